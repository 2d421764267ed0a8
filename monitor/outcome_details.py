"""What an outcome says below its votes: margins, the law, who stands for it, what is next. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.caveats import caveats_of
from monitor.decision import Basis, Decision, Outcome
from monitor.events import Event, Kind
from monitor.prizes import ordinal, prize_of, rival_of, the
from monitor.provenance import cited
from monitor.rules import Rule, in_words
from monitor.sentences import CAVEAT_SENTENCES, Caveat
from monitor.still_open import uncounted_words
from monitor.words import clocks, full_day, listing, percent, safe, safe_text, sentence, votes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.people import Called
    from monitor.races import Race
    from monitor.scene import Said, Scene
    from monitor.tally import Tally

MAY_CHANGE = frozenset({Kind.TOO_CLOSE, Kind.STILL_OPEN})
"""Outcome events without an outcome: they say why there is none."""
TOLD_BEFORE = frozenset({Kind.HOLD_OFF, Kind.OUTCOME_RETRACTED, Kind.OUTCOME_STANDS})
"""They speak of an outcome told before, with its figures as they are now."""
RUNNER_UP = 2
_IN_DOUBT = frozenset({Kind.HOLD_OFF, Kind.OUTCOME_RETRACTED})


def margin_line(event: Event, race: Race, decision: Decision, after: Tally) -> str:
    """Say who endorsed ours, and how far it is from the rival at the cut."""
    by = "" if event.kind in TOLD_BEFORE else f"Endorsed by {endorsers(race, decision.candidate)}. "
    if not decision.rival:
        return by.strip()
    if not decision.margin:
        return f"{by}Level with {rival_of(decision, after)}."
    side = "Ahead of" if decision.margin > 0 else "Behind"
    far = _votes_and_points(decision.margin, decision.total)
    return f"{by}{side} {rival_of(decision, after)}{_third(decision, after)} by {far}."


def _third(decision: Decision, after: Tally) -> str:
    """Say the rival's place where it is not the next one, but the first who does not go on."""
    line = after.line(decision.rival)
    if line is None or decision.margin < 0:
        return ""
    place = 1 + sum(other.votes > line.votes for other in after.lines)
    return f", {ordinal(place)}," if place > RUNNER_UP else ""


def endorsers(race: Race, candidate: str) -> str:
    """Name the organizations that endorse a candidate."""
    return safe(
        listing(name for e in race.endorsements if e.candidate == candidate for name in e.by)
    )


def _votes_and_points(gap: int, total: int) -> str:
    points = percent(abs(gap), total).rstrip("%")
    return f"{votes(gap)} ({'under 0.1' if points == '0.0' else points} points)"


def rule_line(decision: Decision, after: Tally, rule: Rule | None, *, points: bool = False) -> str:
    """Say the rule and how far ours is from its line; of the first mail alone, no line.

    `points`: in percentage points too.
    """
    if rule is None:
        return "Rule: not known."
    none_in = after.units is not None and after.units.reported == 0
    if decision.threshold_margin is None or none_in:
        return f"Rule: {in_words(rule)}."
    total = decision.total if points else 0
    return f"Rule: {in_words(rule)}. {_from_line(decision.threshold_margin, total)}."


def _from_line(gap: int, total: int) -> str:
    if gap == 0:
        return "Exactly the smallest count that meets it"
    far = _votes_and_points(gap, total) if total else votes(gap)
    return f"{far} {'above' if gap > 0 else 'short of'} the line"


def outcome_lines(
    event: Event, scene: Scene, race: Race, decision: Decision, after: Tally
) -> Iterator[str]:
    """Write every line that only an outcome has; an empty one is none."""
    if event.kind in MAY_CHANGE:
        yield sentence(_may_come(decision, after, scene))
    yield from person_lines(event, scene, decision)
    if decision.basis is Basis.CLINCHED:
        yield clinched_line(decision, race, scene)
    yield from caveat_lines(event, scene, race, decision, after)
    yield from _next_lines(event, scene, race, decision)


def _may_come(decision: Decision, after: Tally, scene: Scene) -> str:
    words = uncounted_words(decision, after, scene)
    if not words and not after.is_complete:
        return "the count is not complete, and nothing new has come for a while"
    return words


def caveat_lines(
    event: Event, scene: Scene, race: Race, decision: Decision, after: Tally
) -> list[str]:
    """Write every caveat of an outcome."""
    found = list(caveats_of(decision, after, race, scene.rule))
    if event.late_start:
        found.append(Caveat.LATE_START)
    return [sentence(CAVEAT_SENTENCES[one]) for one in found]


def clinched_line(decision: Decision, race: Race, scene: Scene) -> str:
    """Name the bound under which an outcome holds whatever comes, and who gives it."""
    given = decision.outstanding
    bound = f"all {decision.late:,} registered voters who have not voted"
    whose = "as the source has them"
    if given is not None:
        bound = f"all {decision.late:,} uncounted ballots"
        whose = f"{safe(given.source) or 'source not named'}, {full_day(given.at, scene.zone)}"
    ours, rival = safe(decision.candidate), safe(decision.rival) or "others"
    whom, then = (rival, "this would hold")
    if decision.outcome is Outcome.LOST:
        whom, then = (ours, f"it would not win {the(prize_of(race, decision, scene.rule))}")
    return f"Sure already: even if {bound} ({whose}) went to {whom}, {then}."


def _next_lines(event: Event, scene: Scene, race: Race, decision: Decision) -> Iterator[str]:
    rule = scene.rule
    if decision.outcome is Outcome.TIE and rule is not None and rule.tie:
        checked = "" if rule.source_of("tie") else " (not verified)"
        yield f"A tie is settled so: {safe_text(rule.tie)}{checked}."
    if event.kind is Kind.RUNOFF_POSSIBLE and rule is not None and rule.follow_up_deadline:
        yield f"To ask for it: {safe_text(rule.follow_up_deadline)}."
    if event.kind is Kind.OUTCOME_RETRACTED:
        yield "Our earlier message is canceled everywhere it went."
    yield from (_said_line(one, scene, event) for one in scene.said[:1])
    if decision.outcome is Outcome.WON and event.kind not in _IN_DOUBT:
        yield _general_line(race)


def person_lines(event: Event, scene: Scene, decision: Decision | None) -> Iterator[str]:
    """Say who stands for an outcome, and why (desk §1.6)."""
    if event.kind is Kind.HOLD_OFF:
        return
    if event.kind in (Kind.OUTCOME_RETRACTED, Kind.OUTCOME_STANDS):
        verb = "Checked" if event.kind is Kind.OUTCOME_STANDS else "Withdrawn"
        yield f"{verb} by {safe(event.who)}." if event.who else ""
        return
    called = scene.called.get(event.candidate)
    if called is not None and (decision is None or decision.basis is called.basis):
        yield _stands_for(called)


def _stands_for(called: Called) -> str:
    verb = {
        Basis.CONFIRMED: "Released by",
        Basis.CERTIFIED: "Certified, as told by",
    }.get(called.basis, "Called by")
    source = f" ({cited(called.link)})" if called.link else ""
    return sentence(f"{verb} {safe(called.who)}: {safe_text(called.why)}{source}")


def _said_line(said: Said, scene: Scene, event: Event) -> str:
    """Repeat the sentence that is questioned, canceled or confirmed (desk §2.9)."""
    when = clocks(said.at, scene.zone, scene.slack.desk_timezone, event.at)
    return f"We said at {when}: “{said.text}”"


def _general_line(race: Race) -> str:
    if race.general is None:
        return ""
    day = race.general.date
    opponent = safe(race.general.opponent) or "not known yet"
    return f"General: {day:%b} {day.day}; opponent: {opponent}."
