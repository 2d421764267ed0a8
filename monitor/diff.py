"""From one look to the next: what changed, and what of it may be told. Pure.

`advance` takes a race's stored state and one arrival, and returns the state
after it with the events to tell. Nothing here reads a clock or remembers
anything: the state is the whole memory, so a restart goes on where it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from monitor.decide import Basis, Block, Decision, Evidence, Outcome, Standing, decide
from monitor.events import Event, Kind
from monitor.model import ResultsStatus
from monitor.races import Race
from monitor.rules import Rule
from monitor.sanity import Hold, HoldKind, Judgement, SourceStanding, Verdict, judge
from monitor.tally import Line, Snapshot, Tally, add_up, disagreement

if TYPE_CHECKING:
    from monitor.races import Endorsement
    from monitor.sanity import Arrival

LOOKS_APART = timedelta(seconds=60)
DOUBT_WAIT = timedelta(minutes=10)
OLDER_WAIT = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Told:
    """What staff were told of one endorsed candidate, and what waits for a second look.

    `standing` is the last one told; `turning` another one seen since `turning_since`.
    `doubt_since`: HOLD OFF went out then. `amber`: staff know the gap is inside the
    bound again.
    """

    standing: Standing | None = None
    turning: Standing | None = None
    turning_since: datetime | None = None
    outcome: Outcome = Outcome.NONE
    basis: Basis = Basis.NONE
    too_close: bool = False
    doubt_since: datetime | None = None
    amber: bool = False


@dataclass(frozen=True, slots=True)
class RaceState:
    """The whole memory of one race.

    `counted`: first votes or NOW WATCHING were told, with `tally` as last told.
    `late_start`: these figures were complete when we began. `chain` holds the last key of
    each family of events. `unmatched` holds, by source, what ops were told of a
    contest or candidate that is not found.
    """

    standings: dict[str, SourceStanding] = field(default_factory=dict)
    opened: bool = False
    counted: bool = False
    late_start: bool = False
    tally: Tally | None = None
    told: dict[str, Told] = field(default_factory=dict)
    chain: dict[str, str] = field(default_factory=dict)
    unmatched: dict[str, str] = field(default_factory=dict)


_ANSWERS = frozenset({Verdict.SAME, Verdict.ACCEPTED, Verdict.REVISED})


@dataclass(frozen=True, slots=True)
class Watched:
    """A race with its rule and which of its sources are kept by hand."""

    race: Race
    rule: Rule | None
    hand_kept: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """The state after an arrival, the events to tell, and what is known now.

    `verdict` is sanity's. `wants_look`: something waits for a second look, so an
    unconditional visit follows after 60 seconds.
    """

    state: RaceState
    events: tuple[Event, ...]
    verdict: Verdict
    tally: Tally | None
    decisions: tuple[Decision, ...]
    wants_look: bool


def advance(watched: Watched, state: RaceState, source: str, arrival: Arrival) -> Step:
    """Take one arrival into account."""
    teller = _Teller(watched, state, arrival.at)
    teller.matched(source)
    judgement = judge(state.standings.get(source, SourceStanding()), arrival)
    teller.keep(source, judgement)
    tally, decisions = teller.look_again(
        answered=arrival.is_look and judgement.verdict in _ANSWERS,
        revised=judgement.verdict is Verdict.REVISED,
    )
    return Step(
        state=teller.state,
        events=tuple(teller.events),
        verdict=judgement.verdict,
        tally=tally,
        decisions=decisions,
        # Changed figures without a full look are not told yet: they need one soon.
        wants_look=wants_look(teller.state, decisions)
        or (judgement.verdict is Verdict.ACCEPTED and not arrival.is_look),
    )


def miss(
    watched: Watched, state: RaceState, source: str, sentence: str, now: datetime, *, alarm: bool
) -> Step:
    """Take a report into account in which the race was not found.

    A contest that had figures is held, so that nothing is told from old ones;
    one that never had any is ops' question once it is time to `alarm`.
    """
    teller = _Teller(watched, state, now)
    teller.missed(source, sentence, alarm=alarm)
    tally, decisions = current(watched, teller.state)
    return Step(
        teller.state, tuple(teller.events), Verdict.HELD, tally, decisions, wants_look=False
    )


def redecide(watched: Watched, state: RaceState, now: datetime) -> Step:
    """Decide again on the stored figures, after a rule, an alias or an endorsement changed."""
    teller = _Teller(watched, state, now)
    tally, decisions = teller.look_again(answered=False, revised=False)
    return Step(
        teller.state, tuple(teller.events), Verdict.SAME, tally, decisions,
        wants_look(teller.state, decisions),
    )  # fmt: skip


def open_race(watched: Watched, state: RaceState, now: datetime) -> Step:
    """Post the race's root: the thread everything else hangs on."""
    teller = _Teller(watched, state, now)
    teller.tell(Kind.RACE_OPENED, "race", "opened")
    teller.state = replace(teller.state, opened=True)
    tally, decisions = current(watched, teller.state)
    return Step(
        teller.state, tuple(teller.events), Verdict.SAME, tally, decisions, wants_look=False
    )


def accepted(state: RaceState) -> dict[str, Snapshot]:
    """Return the accepted snapshots by source."""
    return {
        source: standing.accepted
        for source, standing in state.standings.items()
        if standing.accepted is not None
    }


def current(watched: Watched, state: RaceState) -> tuple[Tally | None, tuple[Decision, ...]]:
    """Return the tally and the decisions the stored figures give."""
    race, snapshots = watched.race, accepted(state)
    if not snapshots:
        return None, ()
    tally = add_up(race, snapshots)
    seen = evidence(watched, state, tally)
    return tally, tuple(
        decide(race, one.candidate, line, watched.rule, tally, seen)
        for one in race.endorsements
        if (line := line_of(one, tally)) is not None
    )


def line_of(endorsement: Endorsement, tally: Tally) -> Line | None:
    """Return the tally's line of an endorsed candidate, by name or alias."""
    names = (endorsement.candidate, *endorsement.aliases)
    return next((line for line in map(tally.line, names) if line is not None), None)


def evidence(watched: Watched, state: RaceState, tally: Tally) -> Evidence:
    """Gather what is known beside the figures."""
    used = [state.standings[source] for source in tally.sources]
    by_hand = [state.standings[s].accepted for s in tally.sources if s in watched.hand_kept]
    return Evidence(
        two_looks=all(map(_two_looks, used)),
        held=any(standing.hold is not None for standing in used),
        disagreement=disagreement(watched.race, accepted(state)),
        hand_kept=bool(by_hand),
        signed=all(s is not None and s.contest.link and s.contest.who for s in by_hand),
    )


def _two_looks(standing: SourceStanding) -> bool:
    if standing.first_look is None or standing.last_look is None:
        return False
    return standing.last_look - standing.first_look >= LOOKS_APART


def wants_look(state: RaceState, decisions: tuple[Decision, ...]) -> bool:
    """Say whether something waits for a second look."""
    holds = [s.hold.kind for s in state.standings.values() if s.hold is not None]
    if HoldKind.DECREASE in holds or HoldKind.SOFT in holds:
        return True
    if any(told.turning or _is_settling(told) for told in state.told.values()):
        return True
    return any(_waits_for_look(state.told.get(d.candidate, Told()), d) for d in decisions)


def _is_settling(told: Told) -> bool:
    """HOLD OFF went out; a certified outcome in doubt is a person's business instead."""
    return told.doubt_since is not None and told.basis is not Basis.CERTIFIED


def _waits_for_look(told: Told, decision: Decision) -> bool:
    if Block.ONE_LOOK not in decision.blocks:
        return False
    rest = set(decision.blocks) - {Block.ONE_LOOK}
    if rest in ({Block.PLACE_OPEN}, {Block.PLACE_OPEN, Block.HAND_KEPT}):
        return told.outcome is Outcome.NONE and not told.too_close
    ripe = not rest and decision.computed is not Outcome.NONE
    certifies = decision.computed is told.outcome and told.basis is not Basis.CERTIFIED
    return ripe and (told.outcome is not decision.computed or certifies)


@dataclass
class _Teller:
    """Collects the events of one step and threads the state through them."""

    watched: Watched
    state: RaceState
    now: datetime
    events: list[Event] = field(default_factory=list)

    def tell(self, kind: Kind, family: str, content: str, **parts: Any) -> None:
        after = self.state.chain.get(family, "")
        candidate = parts.get("candidate", "")
        race = self.watched.race.id
        whole = f"{race}\x1f{candidate}\x1f{family}\x1f{kind}\x1f{content}\x1f{after}"
        key = sha256(whole.encode()).hexdigest()[:32]
        self.state = replace(self.state, chain={**self.state.chain, family: key})
        self.events.append(Event(key=key, kind=kind, at=self.now, race=race, **parts))

    def matched(self, source: str) -> None:
        """Tell ops that a race they were told of is found now."""
        if source in self.state.unmatched:
            rest = {k: v for k, v in self.state.unmatched.items() if k != source}
            self.state = replace(self.state, unmatched=rest)
            self.tell(
                Kind.CONTEST_MATCHED, f"match:{source}", "matched", source=source,
                reason="the contest and our candidate are found now",
            )  # fmt: skip

    def missed(self, source: str, sentence: str, *, alarm: bool) -> None:
        """Hold a contest that vanished; tell ops once of one that is not found."""
        standing = self.state.standings.get(source, SourceStanding())
        is_hard = standing.hold is not None and standing.hold.kind is HoldKind.HARD
        if standing.accepted is not None and not is_hard:
            hold = Hold(HoldKind.HARD, sentence, self.now)
            held = {**self.state.standings, source: replace(standing, hold=hold)}
            self.state = replace(self.state, standings=held)
            self._tell_hold(source, hold)
        elif standing.accepted is None and alarm and source not in self.state.unmatched:
            told = {**self.state.unmatched, source: sentence}
            self.state = replace(self.state, unmatched=told)
            self.tell(
                Kind.CONTEST_UNMATCHED, f"match:{source}", "unmatched", source=source,
                reason=sentence,
            )  # fmt: skip

    def keep(self, source: str, judged: Judgement) -> None:
        """Store the source's standing and tell of holds and notes."""
        before = self.state.standings.get(source, SourceStanding())
        standing = judged.standing
        if judged.placed:
            self._hold_placed(source, judged.placed)
        elif standing.hold is not None and _must_ask(standing.hold, self.now):
            asked = replace(standing.hold, asked=True)
            standing = replace(standing, hold=asked)
            self._tell_hold(source, asked)
        if judged.verdict is Verdict.NOTED and standing.note not in ("", before.note):
            self.tell(
                Kind.NOTE_ADDED, f"note:{source}", standing.note, source=source,
                reason=standing.note,
            )  # fmt: skip
        if judged.gone:
            self._note(source, "The new numbers are gone again.")
        self.state = replace(self.state, standings={**self.state.standings, source: standing})
        if judged.ended and judged.ended.kind is HoldKind.HARD and self.state.counted:
            reason = judged.ended.reason
            self.tell(Kind.HOLD_CLEARED, f"hold:{source}", "cleared", source=source, reason=reason)

    def _hold_placed(self, source: str, hold: Hold) -> None:
        if hold.kind in (HoldKind.HARD, HoldKind.DECREASE):
            self._tell_hold(source, hold)
        elif hold.kind is HoldKind.SOFT and hold.snapshot is not None:
            shown, decisions = current(self.watched, self._as_if(source, hold, hold.snapshot))
            self.tell(
                Kind.COUNT_UPDATED, "counts", f"checking {_content(shown)}", source=source,
                before=self.state.tally, after=shown, decision=_first_of(decisions),
                candidate=_name_of(decisions), checking=True,
            )  # fmt: skip

    def _as_if(self, source: str, hold: Hold, snapshot: Snapshot) -> RaceState:
        """Return the state as if held figures were accepted; the hold still blocks outcomes."""
        standing = self.state.standings.get(source, SourceStanding())
        as_if = replace(standing, accepted=snapshot, hold=hold)
        return replace(self.state, standings={**self.state.standings, source: as_if})

    def _tell_hold(self, source: str, hold: Hold) -> None:
        self.tell(
            Kind.REPORT_HELD, f"hold:{source}", f"{hold.kind} {hold.since.isoformat()}",
            source=source, reason=hold.reason, hold=hold, before=self.state.tally,
        )  # fmt: skip

    def _note(self, source: str, text: str) -> None:
        self.tell(Kind.NOTE_ADDED, f"note:{source}", text, source=source, reason=text)

    def look_again(
        self, *, answered: bool, revised: bool
    ) -> tuple[Tally | None, tuple[Decision, ...]]:
        """Tally and decide on the state as it is now, and tell what changed.

        Nothing is told of a race without a vote, unless it had some. Counts and leads
        are told only when an accepted look `answered`.
        """
        tally, decisions = current(self.watched, self.state)
        if tally is None or not (tally.total or self.state.counted):
            return tally, decisions
        if not answered:
            pass
        elif not self.state.counted:
            self._first(tally, decisions)
        elif self.state.tally is None or _content(self.state.tally) != _content(tally):
            self._count_changed(tally, decisions, revised=revised)
        else:
            self._turned_back(decisions)
        for decision in decisions:
            self._outcome(decision, tally)
        return tally, decisions

    def _first(self, tally: Tally, decisions: tuple[Decision, ...]) -> None:
        from_zero = all(self.state.standings[source].from_zero for source in tally.sources)
        kind = Kind.FIRST_VOTES if from_zero else Kind.NOW_WATCHING
        self.tell(
            kind, "counts", _content(tally), after=tally, decision=_first_of(decisions),
            candidate=_name_of(decisions), late_start=not from_zero,
        )  # fmt: skip
        told = {
            d.candidate: replace(self._told(d.candidate), standing=d.standing) for d in decisions
        }
        self.state = replace(
            self.state, counted=True, tally=tally,
            late_start=not from_zero and tally.is_complete,
            told={**self.state.told, **told},
        )  # fmt: skip

    def _count_changed(
        self, tally: Tally, decisions: tuple[Decision, ...], *, revised: bool
    ) -> None:
        turned = self._turn(decisions)
        if self._is_turning() and not revised:
            return
        before = self.state.tally
        kind = Kind.LEAD_CHANGED if turned else Kind.COUNT_UPDATED
        if revised:
            kind = Kind.COUNT_REVISED
        shown = turned or _first_of(decisions)
        self.tell(
            kind, "counts", f"{_content(before)} {_content(tally)}",
            before=before, after=tally, decision=shown,
            candidate=shown.candidate if shown else "",
            touches_outcome=any(t.outcome is not Outcome.NONE for t in self.state.told.values()),
            outcome_stands=all(map(self._stands, decisions)),
        )  # fmt: skip
        self.state = replace(self.state, tally=tally, late_start=False)

    def _turned_back(self, decisions: tuple[Decision, ...]) -> None:
        """The figures are those told: a standing that was turning has its second look."""
        turned = self._turn(decisions)
        if turned and self.state.tally is not None:
            self.tell(
                Kind.LEAD_CHANGED, "counts", _content(self.state.tally),
                before=self.state.tally, after=self.state.tally, decision=turned,
                candidate=turned.candidate,
            )  # fmt: skip

    def _turn(self, decisions: tuple[Decision, ...]) -> Decision | None:
        """Move each candidate's standing on; return the first whose turn is confirmed."""
        confirmed = None
        for decision in decisions:
            told = self._told(decision.candidate)
            after = _turned(told, decision.standing, self.now)
            if None not in (told.standing, after.standing) and after.standing != told.standing:
                confirmed = confirmed or decision
            self._remember(decision.candidate, after)
        return confirmed

    def _stands(self, decision: Decision) -> bool:
        """Say whether what was told of a candidate is what the figures still give."""
        told = self._told(decision.candidate)
        if told.outcome is Outcome.NONE:
            return True
        return told.doubt_since is None and decision.if_final is told.outcome

    def _is_turning(self) -> bool:
        return any(told.turning is not None for told in self.state.told.values())

    def _outcome(self, decision: Decision, tally: Tally) -> None:
        told = self._told(decision.candidate)
        if told.outcome is Outcome.NONE:
            self._new_outcome(decision, tally, told)
        elif told.doubt_since is not None:
            self._settle(decision, tally, told)
        elif decision.if_final is not told.outcome:
            self._doubt(decision, tally, told)
        elif decision.outcome is told.outcome and decision.basis is not told.basis:
            self._certify(decision, tally, told)
        elif decision.outcome is Outcome.NONE and not told.amber and _gap_open(decision):
            self._remember(decision.candidate, replace(told, amber=True))
            self.tell(
                Kind.NOTE_ADDED, f"outcome:{decision.candidate}", "amber",
                candidate=decision.candidate, decision=decision, after=tally,
                reason="The gap is small again; the outcome told stands for now.",
            )  # fmt: skip

    def _new_outcome(self, decision: Decision, tally: Tally, told: Told) -> None:
        if decision.outcome is not Outcome.NONE:
            after = replace(
                told, outcome=decision.outcome, basis=decision.basis, amber=False, too_close=True
            )
            self._tell_outcome(_KINDS[decision.outcome], decision, tally, after)
        elif decision.too_close and not told.too_close:
            self._tell_outcome(Kind.TOO_CLOSE, decision, tally, replace(told, too_close=True))

    def _certify(self, decision: Decision, tally: Tally, told: Told) -> None:
        if decision.basis is Basis.CERTIFIED:
            after = replace(told, basis=Basis.CERTIFIED, amber=False)
            self._tell_outcome(Kind.OUTCOME_CERTIFIED, decision, tally, after)

    def _doubt(self, decision: Decision, tally: Tally, told: Told) -> None:
        """Leader changed or threshold missed: stop the words at once (desk §2.8)."""
        certified = told.basis is Basis.CERTIFIED
        kind = Kind.OUTCOME_QUESTIONED if certified else Kind.HOLD_OFF
        self._tell_outcome(kind, decision, tally, replace(told, doubt_since=self.now))

    def _settle(self, decision: Decision, tally: Tally, told: Told) -> None:
        """After a second look and ten minutes: retracted, or it stands."""
        if told.doubt_since is None or self.now - told.doubt_since < DOUBT_WAIT:
            return
        if Block.ONE_LOOK in decision.blocks or Block.HELD in decision.blocks:
            return
        if decision.if_final is told.outcome:
            after = replace(told, doubt_since=None)
            if told.basis is Basis.CERTIFIED:  # channels heard no HOLD OFF
                self._remember(decision.candidate, after)
            else:
                self._tell_outcome(Kind.OUTCOME_STANDS, decision, tally, after)
        elif told.basis is not Basis.CERTIFIED:
            after = replace(
                told, outcome=Outcome.NONE, basis=Basis.NONE, doubt_since=None, too_close=False
            )
            self._tell_outcome(Kind.OUTCOME_RETRACTED, decision, tally, after)
            self._new_outcome(decision, tally, after)

    def _tell_outcome(self, kind: Kind, decision: Decision, tally: Tally, after: Told) -> None:
        told = self._told(decision.candidate)
        content = f"{told.outcome} {told.basis} > {after.outcome} {after.basis} {kind}"
        self.tell(
            kind, f"outcome:{decision.candidate}", content, candidate=decision.candidate,
            decision=decision, after=tally, before=self.state.tally,
            reason=str(told.outcome), late_start=self.state.late_start,
        )  # fmt: skip
        self._remember(decision.candidate, after)

    def _told(self, candidate: str) -> Told:
        return self.state.told.get(candidate, Told())

    def _remember(self, candidate: str, told: Told) -> None:
        self.state = replace(self.state, told={**self.state.told, candidate: told})


_KINDS = {
    Outcome.WON: Kind.RACE_WON,
    Outcome.LOST: Kind.RACE_LOST,
    Outcome.ADVANCED: Kind.ADVANCED,
    Outcome.RUNOFF: Kind.RUNOFF_SET,
    Outcome.RUNOFF_POSSIBLE: Kind.RUNOFF_POSSIBLE,
    Outcome.TIE: Kind.RACE_TIED,
}


def _turned(told: Told, standing: Standing, now: datetime) -> Told:
    """A standing turns when an accepted answer at least 60 s later still shows it."""
    if standing is Standing.NO_VOTES:
        return replace(told, standing=None, turning=None, turning_since=None)
    if told.standing is None or standing is told.standing:
        return replace(told, standing=standing, turning=None, turning_since=None)
    if told.turning is not standing or told.turning_since is None:
        return replace(told, turning=standing, turning_since=now)
    if now - told.turning_since < LOOKS_APART:
        return told
    return replace(told, standing=standing, turning=None, turning_since=None)


def _must_ask(hold: Hold, now: datetime) -> bool:
    """An older version that nothing newer replaced for an hour is ops' question."""
    if hold.kind is not HoldKind.OLDER or hold.asked:
        return False
    return now - hold.since >= OLDER_WAIT


def _gap_open(decision: Decision) -> bool:
    return Block.PLACE_OPEN in decision.blocks or Block.THRESHOLD_OPEN in decision.blocks


def _first_of(decisions: tuple[Decision, ...]) -> Decision | None:
    return decisions[0] if decisions else None


def _name_of(decisions: tuple[Decision, ...]) -> str:
    return decisions[0].candidate if decisions else ""


def _content(tally: Tally | None) -> str:
    """The figures of a tally: what a count event says, and nothing else."""
    if tally is None:
        return "none"
    lines = ",".join(f"{line.name}={line.votes}" for line in tally.lines)
    units = f"{tally.units.reported}/{tally.units.total}" if tally.units else "-"
    return f"{lines} {units}"


def is_finished(state: RaceState) -> bool:
    """Every source certified and every certified outcome told: nothing more is expected."""
    snapshots = accepted(state)
    certified = all(s.status is ResultsStatus.CERTIFIED for s in snapshots.values())
    told = all(told.basis is Basis.CERTIFIED for told in state.told.values())
    return bool(snapshots and state.told) and certified and told
