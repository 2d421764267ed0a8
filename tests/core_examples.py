"""Builders for the tests of the pure core: races, rules, contests, arrivals.

Figures of Durham, Dallas, Bexar, Pitt and Contra Costa are those nights' real ones
(the pages of the issue and sources/nc-tx.md); ids, order and times of day are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from monitor.decide import decide
from monitor.decision import Decision, Evidence
from monitor.diff import Step, advance
from monitor.events import Event
from monitor.model import Contest, ResultsStatus, Selection, UnitKind, Units, VoteCount, VoteType
from monitor.races import (
    Channel,
    Election,
    ElectionKind,
    Endorsement,
    General,
    Race,
    SlackConfig,
    SourceUse,
)
from monitor.rulebook import shipped_rules
from monitor.rules import (
    ContestKind,
    FollowUp,
    Method,
    Recount,
    RecountKind,
    Rule,
    Source,
    contest_kind_of,
)
from monitor.standing import Arrival
from monitor.state import RaceState, Watched
from monitor.tally import Line, Snapshot, Tally, add_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.events import Kind

CLOSE = datetime(2018, 5, 8, 23, 30, tzinfo=UTC)
"""Polls close in North Carolina: 7:30 PM ET."""

DAY = date(2018, 5, 8)
CHECKED = Source("a statute", date(2026, 11, 22))
COMPLETE = ResultsStatus.UNOFFICIAL_COMPLETE
CERTIFIED = ResultsStatus.CERTIFIED
TWO_LOOKS = Evidence(two_looks=True)
RULES = shipped_rules()

DURHAM_NIGHT = {"Satana Deberry": 15_207, "Roger Echols": 12_648, "Daniel Meier": 3_325}
DURHAM_EARLY = {"Satana Deberry": 4_524, "Roger Echols": 4_717, "Daniel Meier": 1_236}
DURHAM_CERTIFIED = {"Satana Deberry": 15_281, "Roger Echols": 12_696, "Daniel Meier": 3_342}
DALLAS_NIGHT = {"Elizabeth Frizell": 56_000, "John Creuzot": 56_612}
DALLAS_CERTIFIED = {"Elizabeth Frizell": 56_056, "John Creuzot": 56_645}
BEXAR_NIGHT = {"Joe Gonzales": 49_280, "Nico LaHood": 34_042}
PITT_NIGHT = {"Faris Dixon": 30_313, "Rival": 27_896}


def minutes(count: float) -> datetime:
    """Return a moment some minutes after the polls close."""
    return CLOSE + timedelta(minutes=count)


def contest(
    votes: Mapping[str, int],
    units: tuple[int, int] | None = (57, 57),
    kind: UnitKind = UnitKind.PRECINCTS,
    types: Mapping[VoteType, int] | None = None,
    write_in: int | None = None,
) -> Contest:
    """Build a contest; `types` splits the first line's votes, `write_in` adds that line."""
    lines = [Selection(name, name, count) for name, count in votes.items()]
    if types is not None:
        split = tuple(VoteCount(one, count) for one, count in types.items())
        lines[0] = replace(lines[0], by_type=split)
    if write_in is not None:
        lines.append(Selection("W", "Write-in", write_in, is_write_in=True))
    reported = Units(*units, kind) if units else None
    return Contest("16", "DISTRICT ATTORNEY", tuple(lines), units=reported)


def snapshot(
    made: Contest,
    at: datetime = CLOSE,
    status: ResultsStatus | None = None,
    version: int | None = None,
    source_time: datetime | None = None,
) -> Snapshot:
    """Build what one source printed at a moment."""
    return Snapshot(made, at, source_time=source_time, version=version, status=status)


def arrival(
    made: Contest,
    at: datetime,
    status: ResultsStatus | None = None,
    version: int | None = None,
    source_time: datetime | None = None,
    *,
    is_look: bool = True,
    election_date: date | None = None,
    is_test: bool = False,
) -> Arrival:
    """Build one parsed look at a contest."""
    return Arrival(
        snapshot=snapshot(made, at, status, version, source_time),
        at=at,
        is_look=is_look,
        expected_date=DAY,
        closes_at=CLOSE,
        election_date=election_date,
        is_test=is_test,
    )


def race(
    *candidates: str,
    state: str = "NC",
    kind: ElectionKind = ElectionKind.PARTISAN_PRIMARY_CLOSED,
    party: str = "DEM",
    seats: int = 1,
    day: date = DAY,
    name: str = "Durham DA",
    sources: tuple[tuple[str, str], ...] = (("nc_durham", "Durham"),),
) -> Race:
    """Build a race of endorsed candidates; `sources` pairs a source with its county."""
    return Race(
        id="the-race",
        election=Election("e", day, state, kind),
        name=name,
        office="District Attorney",
        endorsements=tuple(
            Endorsement(one, (f"Org {index}" if index else "Example Coalition",))
            for index, one in enumerate(candidates or ("Satana Deberry",))
        ),
        sources=tuple(SourceUse(source, (county,), "16") for source, county in sources),
        party=party,
        seats=seats,
        general=General(date(2018, 11, 6), "none") if party else None,
    )


DURHAM = race()
DALLAS = race("Elizabeth Frizell", state="TX", day=date(2018, 3, 6), name="Dallas DA")
BEXAR = race("Joe Gonzales", state="TX", day=date(2018, 3, 6), name="Bexar DA")
PITT = race(
    "Faris Dixon", kind=ElectionKind.GENERAL, party="", day=date(2018, 11, 6), name="Pitt DA"
)
CONTRA_COSTA = race(
    "Diana Becton", state="CA", kind=ElectionKind.PRIMARY, party="", day=date(2018, 6, 5),
    name="Contra Costa DA",
)  # fmt: skip


def card(one: Race) -> Rule:
    """Return the shipped rule card of a race."""
    kind = contest_kind_of(one.election, one)
    found = RULES.rule_for(one.election.state, one.office_kind, kind, one.election.date)
    if found is None:
        raise LookupError(one)
    return found


def rule(
    method: Method = Method.PLURALITY,
    numerator: int = 0,
    denominator: int = 1,
    follow_up: FollowUp = FollowUp.NONE,
    late: int = 30,
    recount: Recount | None = None,
    *,
    strict: bool = True,
    write_ins: bool = True,
) -> Rule:
    """Build a verified rule card."""
    return Rule(
        state="NC",
        office_kinds=("prosecutor",),
        contest_kind=ContestKind.PARTY_PRIMARY,
        effective_from=date(2018, 1, 1),
        effective_to=None,
        method=method,
        numerator=numerator,
        denominator=denominator,
        strict=strict,
        write_ins_in_base=write_ins,
        withdrawn_in_base=True,
        follow_up=follow_up,
        follow_up_deadline="noon on the tenth day",
        recount=recount or Recount(RecountKind.NONE),
        late_ballots_per_mille=late,
        tie="by lot",
        canvass="",
        certification="",
        polls_close=time(19, 30),
        zone="America/New_York",
        sources=(("method", CHECKED), ("base", CHECKED), ("follow_up", CHECKED)),
        state_name="North Carolina",
    )


MAJORITY = rule(Method.MAJORITY, 1, 2, FollowUp.RUNOFF_AUTOMATIC)
SHARE = rule(Method.SUBSTANTIAL_PLURALITY, 30, 100, FollowUp.RUNOFF_ON_REQUEST)
TOP_TWO = rule(Method.TOP_TWO, follow_up=FollowUp.ADVANCE_TOP_TWO)
MAJORITY_OR_TOP_TWO = rule(Method.MAJORITY_OR_TOP_TWO, 1, 2, FollowUp.ADVANCE_TOP_TWO)
PLURALITY = rule()


def tally_of(
    one: Race,
    votes: Mapping[str, int],
    status: ResultsStatus | None = COMPLETE,
    units: tuple[int, int] | None = (57, 57),
    write_in: int | None = None,
) -> Tally:
    """Add up one source's figures."""
    made = contest(votes, units, write_in=write_in)
    return add_up(one, {one.sources[0].source: snapshot(made, status=status)})


def decision_of(
    one: Race,
    votes: Mapping[str, int],
    card_used: Rule | None = None,
    status: ResultsStatus | None = COMPLETE,
    units: tuple[int, int] | None = (57, 57),
    write_in: int | None = None,
    seen: Evidence = TWO_LOOKS,
) -> Decision:
    """Decide for a race's first endorsed candidate, by its own card or the one given."""
    tally = tally_of(one, votes, status, units, write_in)
    name = one.endorsements[0].candidate
    ours = line_of(tally, name)
    return decide(one, name, ours, card_used or card(one), tally, seen)


def line_of(tally: Tally, name: str) -> Line:
    """Return a candidate's line, which must be there."""
    line = tally.line(name)
    if line is None:
        raise LookupError(name)
    return line


@dataclass
class Told:
    """A race watched step by step: the state, every event told and every step taken."""

    watched: Watched
    state: RaceState = field(default_factory=RaceState)
    events: list[Event] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def look(self, one: Arrival, source: str = "nc_durham") -> list[Kind]:
        """Take an arrival and return the kinds of event it tells."""
        step = advance(self.watched, self.state, source, one)
        return self.take(step)

    def take(self, step: Step) -> list[Kind]:
        """Go on from a step and return the kinds of event it tells."""
        self.state = step.state
        self.steps.append(step)
        self.events.extend(step.events)
        return [event.kind for event in step.events]

    def see(
        self,
        votes: Mapping[str, int],
        at: float,
        units: tuple[int, int] | None = (57, 57),
        status: ResultsStatus | None = None,
        version: int | None = None,
    ) -> list[Kind]:
        """Take a look at figures some minutes after the close."""
        return self.look(arrival(contest(votes, units), minutes(at), status, version))

    @property
    def kinds(self) -> list[Kind]:
        """Every kind told so far."""
        return [event.kind for event in self.events]

    def last(self, kind: Kind) -> Event:
        """Return the last event of a kind."""
        return next(event for event in reversed(self.events) if event.kind is kind)


def durham() -> Told:
    """Return the Durham race, read at zero before its close."""
    told = Told(Watched(DURHAM, card(DURHAM)))
    told.look(arrival(contest(dict.fromkeys(DURHAM_NIGHT, 0), (0, 57)), minutes(-5)))
    return told


def keys_of(events: Iterable[Event]) -> list[str]:
    """Return the keys of events."""
    return [event.key for event in events]


SLACK = SlackConfig(
    channels=(Channel("#primary-night", ("Example Coalition",)), Channel("#other", ("Org 1",))),
    ops_channel="#ops",
)
