"""What stands below a headline: the votes, the rule, the reasons, where it comes from. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.decide import Basis, Decision, Outcome
from monitor.events import OUTCOMES, Event, Kind
from monitor.headlines import our_names, safe_text
from monitor.match import normal_name
from monitor.rules import Rule, in_words
from monitor.saying import say
from monitor.words import (
    clock,
    clocks,
    link,
    listing,
    percent,
    reasons,
    safe,
    short_name,
    types_line,
)

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.scene import Said, Scene, SourceFacts
    from monitor.tally import Line, Snapshot, Tally

TABLE_LINES = 12
NAMED_SOURCES = 6


def blocks_of(event: Event, scene: Scene, race: Race, headline: str) -> list[dict[str, Any]]:
    """Build the Block Kit of a message to a channel."""
    if event.kind is Kind.RACE_OPENED:
        return sections(f"*{headline}*", _root_lines(scene, race))
    if event.decision is None or event.after is None:
        where = scene.sources.get(event.source)
        source = [_context(_read_at(event, scene, where))] if where else []
        return sections(f"*{headline}*", "") + source
    blocks = sections(f"*{headline}*", f"```{table(event.after, race)}```")
    blocks += sections(_detail_lines(event, scene, race, event.decision, event.after), "")
    if event.kind in OUTCOMES and (words := say(event, scene, race)):
        blocks += sections(words, "")
    return [*blocks, _context(_provenance(event, scene, event.after))]


def sections(first: str, second: str) -> list[dict[str, Any]]:
    """Build one section for each text that is not empty."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        for text in (first, second)
        if text
    ]


def _context(text: str) -> dict[str, Any]:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}],
    }


def _root_lines(scene: Scene, race: Race) -> str:
    lines = [f"{safe(e.candidate)} (endorsed by {safe(listing(e.by))})" for e in race.endorsements]
    lines.append(f"Rule: {in_words(scene.rule) if scene.rule else 'not known; no outcome'}")
    used = [scene.sources[u.source] for u in race.sources if u.source in scene.sources]
    lines.append("Source: " + ", ".join(link(s.link, s.name) for s in used))
    return "\n".join(lines)


def table(tally: Tally, race: Race) -> str:
    """Set the votes in lines of at most 40 columns; ours are marked with >."""
    ours = our_names(race)
    rows = [(line, normal_name(line.name) in ours) for line in tally.lines]
    shown = rows[:TABLE_LINES] + [row for row in rows[TABLE_LINES:] if row[1]]
    text = [_row(line, tally.total, ours=is_ours) for line, is_ours in shown]
    if len(rows) > len(shown):
        text.append(f"  and {len(rows) - len(shown)} more")
    return "\n".join(text)


def _row(line: Line, total: int, *, ours: bool) -> str:
    mark = "&gt; " if ours else "  "
    return f"{mark}{cell(line.name, 20)} {line.votes:>9,} {percent(line.votes, total):>6}"


def cell(name: str, width: int) -> str:
    """Write a name from outside in a column."""
    kept = "".join(c for c in name if c.isprintable() or c.isspace())
    plain = " ".join(kept.replace("`", "'").replace("://", ": //").split())
    text = short_name(plain, width).ljust(width)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _detail_lines(event: Event, scene: Scene, race: Race, decision: Decision, after: Tally) -> str:
    lines = []
    if types := types_line(after):
        lines.append(f"Votes so far: {types}.")
    lines.append(_rule_line(decision, scene.rule))
    if event.touches_outcome and event.outcome_stands:
        lines.append("The outcome we told stands.")
    elif event.touches_outcome:
        lines.append("The outcome we told is in doubt.")
    elif decision.blocks and event.kind not in OUTCOMES - {Kind.TOO_CLOSE}:
        lines.append(f"No outcome yet: {reasons(decision, after)}.")
    return "\n".join(
        line for line in [*lines, *_outcome_lines(event, scene, race, decision)] if line
    )


def _outcome_lines(event: Event, scene: Scene, race: Race, decision: Decision) -> list[str]:
    if event.kind not in OUTCOMES:
        return []
    lines = []
    if event.kind is Kind.TOO_CLOSE:
        lines.append(f"Up to {decision.late:,} more votes may be counted.")
    if decision.in_recount_range:
        lines.append("The gap is inside the range in which a recount can be asked for.")
    deadline = scene.rule.follow_up_deadline if scene.rule else ""
    if event.kind is Kind.RUNOFF_POSSIBLE and deadline:
        lines.append(f"To ask for it: {safe_text(deadline)}.")
    if event.late_start:
        lines.append("Already complete when we began.")
    if event.kind is Kind.OUTCOME_RETRACTED:
        lines.append("Our earlier message is canceled everywhere it went.")
    lines.extend(_said_line(one, scene, event) for one in scene.said[:1])
    if decision.outcome is Outcome.WON and race.general:
        lines.append(_general_line(race))
    return lines


def _said_line(said: Said, scene: Scene, event: Event) -> str:
    """Repeat the sentence that is questioned, canceled or confirmed (desk §2.9)."""
    when = clocks(said.at, scene.zone, scene.slack.desk_timezone, event.at)
    return f"We said at {when}: “{said.text}”"


def _rule_line(decision: Decision, rule: Rule | None) -> str:
    if rule is None:
        return "Rule: not known."
    gap = ""
    if decision.threshold_margin is not None:
        side = "above" if decision.threshold_margin >= 0 else "short of"
        votes = "vote" if abs(decision.threshold_margin) == 1 else "votes"
        gap = f" {abs(decision.threshold_margin):,} {votes} {side} the line."
    return f"Rule: {in_words(rule)}.{gap}"


def _general_line(race: Race) -> str:
    if race.general is None:
        return ""
    day = race.general.date
    opponent = safe(race.general.opponent) or "not known yet"
    return f"General: {day:%b} {day.day}; opponent: {opponent}."


def _provenance(event: Event, scene: Scene, after: Tally) -> str:
    decision = event.decision
    certified = decision is not None and decision.basis is Basis.CERTIFIED
    parts = ["CERTIFIED" if certified else "UNOFFICIAL"]
    for source in after.sources[:NAMED_SOURCES]:
        facts = scene.sources.get(source)
        snapshot = (scene.snapshots or {}).get(source)
        name = link(facts.link, facts.name) if facts else safe(source)
        theirs = _their_time(snapshot, scene, event) if snapshot else "no time of theirs"
        parts.append(f"{name}, {theirs}")
        if snapshot and snapshot.contest.who:
            parts.append(f"kept by {safe(snapshot.contest.who)}")
        if snapshot and snapshot.contest.link:
            parts.append(link(snapshot.contest.link, "their source"))
    if more := len(after.sources[NAMED_SOURCES:]):
        parts.append(f"and {more} more sources")
    seen = clocks(event.at, scene.zone, scene.slack.desk_timezone, event.at)
    return " · ".join([*parts, f"read {seen}"])


def _read_at(event: Event, scene: Scene, facts: SourceFacts) -> str:
    """Say where a remark comes from, and when we read it."""
    seen = clocks(event.at, scene.zone, scene.slack.desk_timezone, event.at)
    return f"UNOFFICIAL · {link(facts.link, facts.name)} · read {seen}"


def _their_time(snapshot: Snapshot, scene: Scene, event: Event) -> str:
    if snapshot.source_time is not None:
        return "as of " + clock(snapshot.source_time, scene.zone, event.at)
    if snapshot.source_time_text:
        return f"as of {safe(snapshot.source_time_text)}"
    return "no time of its own given"


def held_table(event: Event, scene: Scene) -> str:
    """Set the accepted votes beside those held, for the person who has to judge."""
    held = event.hold.snapshot if event.hold else None
    if held is None:
        return ""
    known = (scene.snapshots or {}).get(event.source)
    old = {s.key: s.votes for s in known.contest.selections} if known else {}
    rows = [f"{'':<18} {'accepted':>10} {'held':>10}"]
    for choice in held.contest.selections[:TABLE_LINES]:
        before = f"{old[choice.key]:,}" if choice.key in old else "none"
        rows.append(f"{cell(choice.name, 18)} {before:>10} {choice.votes:>10,}")
    return "```{}```".format("\n".join(rows))
