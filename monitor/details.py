"""What stands below a headline: the votes, the rule, the reasons, where it comes from. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.chart import alt_text, trend_block
from monitor.decision import Block
from monitor.events import OUTCOMES, Event, Kind
from monitor.fitting import fitted
from monitor.match import normal_name
from monitor.outcome_details import (
    MAY_CHANGE,
    TOLD_BEFORE,
    endorsers,
    margin_line,
    outcome_lines,
    person_lines,
    rule_line,
)
from monitor.posts import SCOREBOARD_LINK
from monitor.prizes import our_names, threshold_line
from monitor.provenance import agreement_lines, of_remark, provenance, source_name
from monitor.rules import Rule, in_words
from monitor.saying import say
from monitor.sentences import BLOCK_SENTENCES, HOLD_SENTENCES
from monitor.words import (
    listing,
    mention,
    percent,
    reasons,
    safe,
    sentence,
    share,
    short_name,
    types_line,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.decision import Decision
    from monitor.races import Race
    from monitor.scene import Scene
    from monitor.tally import Line, Tally

TABLE_LINES = 12
TO_SCOREBOARD = f"<{SCOREBOARD_LINK}|Scoreboard>"
"""Points to the channel's scoreboard; the sender puts its address in."""
_SHARE_WIDTH = 6
_MOST_SOURCES = 6
_MINUTE = 60
_ONE_LINE = frozenset({
    Kind.FOLLOW_UP_SET, Kind.REMINDER, Kind.CLOSE_MOVED, Kind.RACE_UNCONTESTED, Kind.SITE_DOWN,
    Kind.SITE_BACK, Kind.PERSON_FOLLOWS, Kind.RACE_REMOVED, Kind.RACE_RESTORED,
})  # fmt: skip


def blocks_of(event: Event, scene: Scene, race: Race, headline: str) -> list[dict[str, Any]]:
    """Build the Block Kit of a message to a channel, within Slack's limits."""
    return fitted([*sections(f"*{headline}*"), *_below(event, scene, race)])


def _below(event: Event, scene: Scene, race: Race) -> list[dict[str, Any]]:
    if event.kind is Kind.RACE_OPENED:
        return sections(_root_lines(scene, race))
    if event.kind in _ONE_LINE:
        return []
    if event.decision is None or event.after is None:
        return _without_figures(event, scene, race)
    blocks = sections(f"```{table(event.after, race, scene.rule)}```")
    details = _detail_lines(event, scene, race, event.decision, event.after)
    blocks += sections("\n".join(line for line in details if line))
    foot = [provenance(event, scene, event.after)]
    if event.kind in OUTCOMES:
        blocks += sections(say(event, scene, race))
        foot[0] += f" · {TO_SCOREBOARD}"
        chart = _chart(event, scene, race)
        blocks += chart
        foot = [*map(alt_text, chart), *foot]
    return [*blocks, context(*foot)]


def _without_figures(event: Event, scene: Scene, race: Race) -> list[dict[str, Any]]:
    lines = [*_hold_lines(event), *person_lines(event, scene, event.decision)]
    if event.kind in OUTCOMES - TOLD_BEFORE:
        lines.insert(0, f"Endorsed by {endorsers(race, event.candidate)}.")
    blocks = sections("\n".join(lines))
    if event.source in scene.sources:
        blocks.append(context(of_remark(event, scene)))
    if event.kind in OUTCOMES:
        blocks.append(context(TO_SCOREBOARD))
    return blocks


def _chart(event: Event, scene: Scene, race: Race) -> list[dict[str, Any]]:
    if event.kind in TOLD_BEFORE:
        return []
    ours = [endorsement.candidate for endorsement in race.endorsements]
    chart = trend_block(scene.trend, race.name, ours, scene.zone)
    return [chart] if chart is not None else []


def sections(*texts: str) -> list[dict[str, Any]]:
    """Build one section for each text that is not empty."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        for text in texts
        if text
    ]


def context(*texts: str) -> dict[str, Any]:
    """Build the small lines at the end of a message."""
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text, "verbatim": True} for text in texts],
    }


def _root_lines(scene: Scene, race: Race) -> str:
    lines = [f"{safe(e.candidate)} (endorsed by {safe(listing(e.by))})" for e in race.endorsements]
    lines.append(f"Rule: {in_words(scene.rule) if scene.rule else 'not known; no outcome'}")
    used = [use.source for use in race.sources if use.source in scene.sources]
    lines += [_source_line(one, scene) for one in used[:_MOST_SOURCES]]
    if more := len(used[_MOST_SOURCES:]):
        lines.append(f"and {more} more sources")
    if race.followers:
        lines.append(f"Following: {listing(map(mention, race.followers))}")
    return "\n".join(lines)


def _source_line(source: str, scene: Scene) -> str:
    """Name a source, and say how often it is asked on the night."""
    every = scene.sources[source].every
    minutes = max(round(every / _MINUTE), 1)
    often = "every minute" if minutes == 1 else f"every {minutes} minutes"
    asked = f", asked {often} on election night" if every else ""
    return f"Source: {source_name(source, scene)}{asked}"


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
    is_outcome = event.kind in OUTCOMES
    if is_outcome:
        yield margin_line(event, race, decision, after)
    yield rule_line(decision, after, scene.rule, points=is_outcome)
    if event.touches_outcome and event.outcome_stands:
        yield "The outcome we told stands."
    elif event.touches_outcome:
        yield "The outcome we told is in doubt."
    elif decision.candidate in scene.unreleased and not is_outcome:
        yield "All in, not released."
    elif event.kind is Kind.STILL_OPEN:
        yield f"No outcome yet: {BLOCK_SENTENCES[Block.THRESHOLD_OPEN]}."
    elif decision.blocks and event.kind not in OUTCOMES - MAY_CHANGE:
        yield f"No outcome yet: {reasons(decision, after)}."
    if is_outcome:
        yield from outcome_lines(event, scene, race, decision, after)
    yield from agreement_lines(scene, race, after)
