"""What stands below a headline for ops: figures to judge by, callers, what to run. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.buttons import buttons_block
from monitor.details import TABLE_LINES, cell, context, sections, table
from monitor.events import Event, Kind
from monitor.fitting import fitted
from monitor.ops_buttons import buttons_of
from monitor.ops_headlines import CALLED_UPON, QUESTION, last_change, lines_to_run, would_be
from monitor.outcome_details import caveat_lines, rule_line
from monitor.provenance import agreement_lines, provenance
from monitor.sentences import HOLD_SENTENCES
from monitor.words import mentions, safe_text, sentence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.races import Race
    from monitor.scene import Scene

LONG = 600
"""Characters of a reason that ops read; escaped they still fit a section."""
_SECTION = 2_000
"""Characters of lines to paste in one section, before they are escaped."""
_DECIDED_ON = frozenset({
    Kind.READY_TO_CALL, Kind.GOING_OUT, Kind.CALLERS_PAGED, Kind.HEADS_UP,
})  # fmt: skip


def ops_blocks(event: Event, scene: Scene, headline: str, key: str = "") -> list[dict[str, Any]]:
    """Build the Block Kit of a message to callers or ops, within Slack's limits.

    `key`: of the message in the outbox, so that a button tells which message it stands in;
    without one it has no buttons.
    """
    text, _, to_paste = event.reason.partition("\n\n")
    more = safe_text(text, LONG)
    more = "" if more.removeprefix(QUESTION).strip() in headline or more == "reminder" else more
    blocks = sections(f"*{headline}*", more) + sections(held_table(event, scene))
    blocks += _pasted(to_paste)
    if scene.race is not None:
        blocks += _of_race(event, scene, scene.race)
        if key and (buttons := buttons_of(event, scene, scene.race)):
            blocks.append(buttons_block(key, buttons))
    return fitted(blocks)


def _of_race(event: Event, scene: Scene, race: Race) -> list[dict[str, Any]]:
    judged = event.after if event.kind in _DECIDED_ON and event.decision is not None else None
    lines = sections("\n".join(_lines(event, scene, race)))
    if judged is None:
        return lines
    votes = sections(f"```{table(judged, race, scene.rule)}```")
    return [*votes, *lines, context(provenance(event, scene, judged))]


def _lines(event: Event, scene: Scene, race: Race) -> Iterator[str]:
    if event.kind is Kind.REPORT_HELD and event.hold is not None:
        yield sentence(HOLD_SENTENCES[event.hold.kind])
    if event.kind in _DECIDED_ON:
        yield from _decision_lines(event, scene, race)
    if event.kind in (Kind.SOURCES_DISAGREE, Kind.SOURCES_AGREE):
        yield from agreement_lines(scene, race, event.after) if event.after else ()
    yield from lines_to_run(event, race, scene)
    if event.kind in CALLED_UPON and race.callers:
        yield f"Callers: {mentions(race.callers)}"


def _decision_lines(event: Event, scene: Scene, race: Race) -> Iterator[str]:
    decision, after = event.decision, event.after
    if decision is None or after is None:
        return
    yield rule_line(decision, after, scene.rule, points=True)
    if event.kind is Kind.READY_TO_CALL:
        yield f"It would go out as: “{would_be(decision, after, race, scene)}”"
    yield from caveat_lines(event, scene, race, decision, after)
    if changed := last_change(scene, event):
        yield changed


def _pasted(text: str) -> list[dict[str, Any]]:
    """Set lines to paste as they are, each one code: a block of it would be too wide."""
    found: list[dict[str, Any]] = []
    part: list[str] = []
    for line in text.splitlines():
        if sum(map(len, part)) + len(line) > _SECTION:
            found += sections("\n".join(part))
            part = []
        if line.strip():
            part.append(f"`{_literal(line)}`")
    return found + sections("\n".join(part))


def _literal(line: str) -> str:
    """Keep a line as it is, but for what would act in Slack."""
    kept = "".join(c for c in line if c.isprintable()).replace("`", "'")[:400]
    return kept.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


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
