"""From an event to the messages staff read: which channels, which thread, which words. Pure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor.details import blocks_of, held_table, sections
from monitor.events import OUTCOMES, Event, Kind
from monitor.headlines import headline_of, ops_headline, safe_text
from monitor.posts import Post, RowClass, post_key
from monitor.sanity import HoldKind

if TYPE_CHECKING:
    from monitor.races import Race, SlackConfig
    from monitor.scene import Scene

LONG = 600
"""Characters of a reason that ops read; escaped they still fit a section."""
_OPS = frozenset({
    Kind.REPORT_HELD, Kind.CONTEST_UNMATCHED, Kind.CONTEST_MATCHED, Kind.SOURCE_BROKEN,
    Kind.SOURCE_RECOVERED, Kind.SOURCE_STALE, Kind.OUTCOME_QUESTIONED,
})  # fmt: skip


def posts(event: Event, scene: Scene) -> tuple[Post, ...]:
    """Write an event for every channel that hears it."""
    made: list[Post] = []
    if event.kind in _OPS:
        made.append(_ops_post(event, scene))
    if scene.race is not None:
        made.extend(_channel_posts(event, scene, scene.race))
    return tuple(made)


def channels_of(race: Race, slack: SlackConfig) -> tuple[str, ...]:
    """Return the channels that speak for an organisation endorsing in this race."""
    ours = {name for endorsement in race.endorsements for name in endorsement.by}
    return tuple(c.name for c in slack.channels if ours & set(c.organisations))


def _ops_post(event: Event, scene: Scene) -> Post:
    text = ops_headline(event, scene)
    more = safe_text(event.reason, LONG)
    more = "" if more in text else more
    blocks = sections(f"*{text}*", more) + sections(held_table(event, scene), "")
    return _post(event, scene.slack.ops_channel, None, text, blocks)


def _channel_posts(event: Event, scene: Scene, race: Race) -> list[Post]:
    if event.kind in _OPS and not _is_shown_held(event):
        return []
    headline = headline_of(event, scene, race)
    blocks = blocks_of(event, scene, race, headline)
    made = []
    for channel in _heard_in(event, scene, race):
        top = event.kind is Kind.RACE_OPENED or _is_top_level(event)
        thread = None if top else post_key(scene.root, channel)
        made.append(_post(event, channel, thread, headline, blocks))
    return made


def _heard_in(event: Event, scene: Scene, race: Race) -> tuple[str, ...]:
    """Every channel that speaks for the race, and every one the outcome spoken of reached."""
    speaking = channels_of(_race_of(event, race), scene.slack)
    return tuple(dict.fromkeys((*speaking, *(one.channel for one in scene.said))))


def _is_shown_held(event: Event) -> bool:
    """The thread hears of a hard hold when staff already saw older numbers (desk §1.5)."""
    hard = event.hold is not None and event.hold.kind is HoldKind.HARD
    return event.kind is Kind.REPORT_HELD and hard and event.before is not None


def _race_of(event: Event, race: Race) -> Race:
    """An outcome is told where the candidate's own endorsers are; "ours" is per channel."""
    own = tuple(e for e in race.endorsements if e.candidate == event.candidate)
    return replace(race, endorsements=own) if event.kind in OUTCOMES and own else race


def _is_top_level(event: Event) -> bool:
    if event.kind in OUTCOMES or event.kind is Kind.NOW_WATCHING:
        return True
    return event.kind is Kind.COUNT_REVISED and event.touches_outcome


def _post(
    event: Event, channel: str, thread: str | None, text: str, blocks: list[dict[str, Any]]
) -> Post:
    return Post(
        key=post_key(event.key, channel),
        row_class=RowClass.OUTCOME if event.kind in OUTCOMES else RowClass.UPDATE,
        race=event.race or None,
        kind=event.kind.value,
        channel=channel,
        thread=thread,
        text=text,
        blocks=json.dumps(blocks, ensure_ascii=False),
        at=event.at,
    )
