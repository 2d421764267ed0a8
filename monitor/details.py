"""What stands below a headline: the votes, the rule, the reasons, where it comes from. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.caveats import caveats_of
from monitor.decision import Basis, Block, Decision, Outcome
from monitor.events import OUTCOMES, Event, Kind
from monitor.match import normal_name
from monitor.prizes import our_names, prize_of, the, threshold_line
from monitor.provenance import agreement_lines, cited, of_remark, provenance, source_name
from monitor.rules import Rule, in_words
from monitor.saying import say
from monitor.sentences import BLOCK_SENTENCES, CAVEAT_SENTENCES, HOLD_SENTENCES, Caveat
from monitor.still_open import uncounted_words
from monitor.words import (
    clocks,
    full_day,
    listing,
    percent,
    reasons,
    safe,
    safe_text,
    sentence,
    share,
    short_name,
    types_line,
    votes,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.people import Called
    from monitor.races import Race
    from monitor.scene import Said, Scene
    from monitor.tally import Line, Tally

TABLE_LINES = 12
_SHARE_WIDTH = 6
_OPEN = frozenset({Kind.TOO_CLOSE, Kind.STILL_OPEN})
"""Outcome events without an outcome: they say why there is none."""
_ONE_LINE = frozenset({Kind.FOLLOW_UP_SET, Kind.REMINDER, Kind.CLOSE_MOVED, Kind.RACE_UNCONTESTED})
_IN_DOUBT = frozenset({Kind.HOLD_OFF, Kind.OUTCOME_RETRACTED})


def blocks_of(event: Event, scene: Scene, race: Race, headline: str) -> list[dict[str, Any]]:
    """Build the Block Kit of a message to a channel."""
    if event.kind is Kind.RACE_OPENED:
        return sections(f"*{headline}*", _root_lines(scene, race))
    if event.kind in _ONE_LINE:
        return sections(f"*{headline}*")
    if event.decision is None or event.after is None:
        lines = [*_hold_lines(event), *_person_lines(event, scene, event.decision)]
        source = [context(of_remark(event, scene))] if event.source in scene.sources else []
        return sections(f"*{headline}*", "\n".join(lines)) + source
    blocks = sections(f"*{headline}*", f"```{table(event.after, race, scene.rule)}```")
    details = _detail_lines(event, scene, race, event.decision, event.after)
    blocks += sections("\n".join(line for line in details if line))
    if event.kind in OUTCOMES and (words := say(event, scene, race)):
        blocks += sections(words)
    return [*blocks, context(provenance(event, scene, event.after))]


def sections(*texts: str) -> list[dict[str, Any]]:
    """Build one section for each text that is not empty."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        for text in texts
        if text
    ]


def context(text: str) -> dict[str, Any]:
    """Build the small line at the end of a message."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}],
    }


def _root_lines(scene: Scene, race: Race) -> str:
    lines = [f"{safe(e.candidate)} (endorsed by {safe(listing(e.by))})" for e in race.endorsements]
    lines.append(f"Rule: {in_words(scene.rule) if scene.rule else 'not known; no outcome'}")
    used = [use.source for use in race.sources if use.source in scene.sources]
    if used:
        lines.append("Source: " + ", ".join(source_name(one, scene) for one in used))
    return "\n".join(lines)


def _hold_lines(event: Event) -> Iterator[str]:
    """Say what a hold means to staff; why it is one, ops read."""
    if event.kind is Kind.REPORT_HELD and event.hold is not None:
        yield sentence(HOLD_SENTENCES[event.hold.kind])
        yield "The numbers shown before stay in use."


# -- votes -------------------------------------------------------------------------------


def table(tally: Tally, race: Race, rule: Rule | None = None) -> str:
    """Set the votes in lines of at most 40 columns; ours are marked with >."""
    ours, line = our_names(race), threshold_line(rule, race)
    rows = [(one, normal_name(one.name) in ours) for one in tally.lines]
    shown = rows[:TABLE_LINES] + [row for row in rows[TABLE_LINES:] if row[1]]
    text = [_row(one, tally.total, line, ours=is_ours) for one, is_ours in shown]
    if len(rows) > len(shown):
        text.append(f"  and {len(rows) - len(shown)} more")
    return "\n".join(text)


def _row(line: Line, total: int, threshold: tuple[int, int] | None, *, ours: bool) -> str:
    mark = "&gt; " if ours else "  "
    part = share(line.votes, total, threshold)
    if len(part) > _SHARE_WIDTH:  # nearer to the line than two decimals tell
        part = f"&gt;{percent(line.votes, total)}"
    return f"{mark}{cell(line.name, 20)} {line.votes:>9,} {part:>6}"


def cell(name: str, width: int) -> str:
    """Write a name from outside in a column."""
    kept = "".join(c for c in name if c.isprintable() or c.isspace())
    plain = " ".join(kept.replace("`", "'").replace("://", ": //").split())
    text = short_name(plain, width).ljust(width)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


# -- lines -------------------------------------------------------------------------------


def _detail_lines(
    event: Event, scene: Scene, race: Race, decision: Decision, after: Tally
) -> Iterator[str]:
    if types := types_line(after):
        yield f"Votes so far: {types}."
    yield rule_line(decision, after, scene.rule)
    if event.touches_outcome and event.outcome_stands:
        yield "The outcome we told stands."
    elif event.touches_outcome:
        yield "The outcome we told is in doubt."
    elif event.kind is Kind.STILL_OPEN:
        yield f"No outcome yet: {BLOCK_SENTENCES[Block.THRESHOLD_OPEN]}."
    elif decision.blocks and event.kind not in OUTCOMES - _OPEN:
        yield f"No outcome yet: {reasons(decision, after)}."
    if event.kind in OUTCOMES:
        yield from _outcome_lines(event, scene, race, decision, after)
    yield from agreement_lines(scene, race, after)


def rule_line(decision: Decision, after: Tally, rule: Rule | None) -> str:
    """Say the rule and how far ours is from its line; of the first mail alone, no line."""
    if rule is None:
        return "Rule: not known."
    none_in = after.units is not None and after.units.reported == 0
    if decision.threshold_margin is None or none_in:
        return f"Rule: {in_words(rule)}."
    return f"Rule: {in_words(rule)}. {_from_line(decision.threshold_margin)}."


def _from_line(gap: int) -> str:
    if gap == 0:
        return "Exactly the smallest count that meets it"
    return f"{votes(gap)} {'above' if gap > 0 else 'short of'} the line"


def _outcome_lines(
    event: Event, scene: Scene, race: Race, decision: Decision, after: Tally
) -> Iterator[str]:
    if event.kind in _OPEN:
        yield sentence(_may_come(decision, after, scene))
    yield from _person_lines(event, scene, decision)
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


def _person_lines(event: Event, scene: Scene, decision: Decision | None) -> Iterator[str]:
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
