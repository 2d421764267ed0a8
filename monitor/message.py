"""From an event to the messages staff read: which channels, which thread, which words. Pure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor.details import blocks_of
from monitor.events import OUTCOMES, Event, Kind
from monitor.headlines import headline_of
from monitor.ops_details import ops_blocks
from monitor.ops_headlines import QUESTION, ops_headline
from monitor.posts import Post, RowClass, post_key
from monitor.standing import HoldKind

if TYPE_CHECKING:
    from monitor.races import Race, SlackConfig
    from monitor.scene import Scene

_OPS = frozenset({
    Kind.REPORT_HELD, Kind.CONTEST_UNMATCHED, Kind.CONTEST_MATCHED, Kind.SOURCE_BROKEN,
    Kind.SOURCE_RECOVERED, Kind.SOURCE_STALE, Kind.OUTCOME_QUESTIONED, Kind.READY_TO_CALL,
    Kind.GOING_OUT, Kind.CALLERS_PAGED, Kind.PERSON_ACTED, Kind.SOURCES_DISAGREE,
    Kind.SOURCES_AGREE, Kind.FOLLOW_UP_WAITS,
})  # fmt: skip
_TOP = frozenset({*OUTCOMES, Kind.RACE_OPENED, Kind.NOW_WATCHING, Kind.RACE_UNCONTESTED})


def posts(event: Event, scene: Scene) -> tuple[Post, ...]:
    """Write an event for every channel that hears it."""
    made: list[Post] = []
    if event.kind in _OPS or event.kind is Kind.CLOSE_MOVED or _is_question(event):
        made.append(_ops_post(event, scene))
    if scene.race is not None:
        made.extend(_channel_posts(event, scene, scene.race))
    return tuple(made)


def channels_of(race: Race, slack: SlackConfig) -> tuple[str, ...]:
    """Return the channels that speak for an organisation endorsing in this race."""
    ours = {name for endorsement in race.endorsements for name in endorsement.by}
    return tuple(c.name for c in slack.channels if ours & set(c.organisations))


def _is_question(event: Event) -> bool:
    """Whether it is certified is asked of the callers; every other date is for the thread."""
    return event.kind is Kind.REMINDER and event.reason.startswith(QUESTION)


def _ops_post(event: Event, scene: Scene) -> Post:
    text = ops_headline(event, scene)
    return _post(event, scene.slack.ops_channel, None, text, ops_blocks(event, scene, text))


def _channel_posts(event: Event, scene: Scene, race: Race) -> list[Post]:
    if _is_question(event) or (event.kind in _OPS and not _is_shown_held(event)):
        return []
    headline = headline_of(event, scene, race)
    blocks = blocks_of(event, scene, race, headline)
    made = []
    for channel in _heard_in(event, scene, race):
        thread = None if _is_top_level(event) else post_key(scene.root, channel)
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
    if event.kind is Kind.COUNT_AMENDED:
        return event.touches_outcome
    if event.kind is Kind.COUNT_REVISED:  # the thread's matter otherwise (desk §2.10)
        shaken = event.touches_outcome and not event.outcome_stands
        return shaken or _has_new_leader(event)
    return event.kind in _TOP


def _has_new_leader(event: Event) -> bool:
    if event.before is None or event.after is None:
        return False
    first, now = event.before.lines[:1], event.after.lines[:1]
    return [line.name for line in first] != [line.name for line in now]


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
