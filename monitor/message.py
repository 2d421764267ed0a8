"""From an event to the messages staff read: which channels, which thread, which words. Pure."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor.details import blocks_of, sections
from monitor.events import OF_ALL_OURS, OUTCOMES, Event, Kind
from monitor.fitting import fitted
from monitor.headlines import headline_of
from monitor.ops_details import ops_blocks
from monitor.ops_headlines import ops_headline
from monitor.posts import Post, RowClass, post_key
from monitor.routing import (
    asked_in,
    channels_of,
    is_for_thread,
    mentions_with,
    seen_from,
    shared_channels,
)
from monitor.standing import HoldKind
from monitor.two_of_ours import joint_blocks, joint_headline, together_with

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.races import Race
    from monitor.scene import Scene

_FROZEN = OUTCOMES | {Kind.HEADS_UP}
_TOP = frozenset({*OUTCOMES, Kind.RACE_OPENED, Kind.NOW_WATCHING, Kind.RACE_UNCONTESTED})

Body = tuple[str, list[dict[str, Any]]]


def posts(event: Event, scene: Scene, step: tuple[Event, ...] = ()) -> tuple[Post, ...]:
    """Write an event for every channel that hears it.

    `step`: everything told with it. A channel that speaks for several candidates hears the
    outcomes of one step in one message, which the first of them makes.
    """
    made = list(_asking_posts(event, scene))
    if scene.race is not None and (is_for_thread(event) or _is_shown_held(event)):
        made.extend(_channel_posts(event, scene, scene.race, step))
    return tuple(made)


def is_reply(event: Event) -> bool:
    """Say whether the race's channels hear of an event in its thread."""
    return (is_for_thread(event) or _is_shown_held(event)) and not _is_top_level(event)


def _asking_posts(event: Event, scene: Scene) -> Iterator[Post]:
    """Write it where ops and callers read, and to those who have an outcome first."""
    places = asked_in(event, scene.slack)
    if event.kind is Kind.HEADS_UP and scene.said:  # whoever had it hears what becomes of it
        had_it = (one.channel for one in scene.said)
        places = tuple(dict.fromkeys((*had_it, scene.slack.asking_channel)))
    text = ops_headline(event, scene) if places else ""
    for channel in places:
        blocks = ops_blocks(event, scene, text, post_key(event.key, channel))
        if channel not in (scene.slack.asking_channel, scene.slack.ops_channel):
            blocks = [block for block in blocks if block["type"] != "actions"]
        yield _post(event, channel, None, text, blocks)


def _channel_posts(
    event: Event, scene: Scene, race: Race, step: tuple[Event, ...]
) -> Iterator[Post]:
    bodies: dict[tuple[str, ...], Body | None] = {}
    shared = shared_channels(race, scene.slack)
    for channel in _heard_in(event, scene, race):
        own = seen_from(channel, race, scene.slack)
        names = tuple(one.candidate for one in own.endorsements)
        known = (*names, "together" if channel in shared else "alone")
        if known not in bodies:
            bodies[known] = _body(event, scene, own, step if channel in shared else None)
        body = bodies[known]
        if body is None:
            continue
        thread = None if _is_top_level(event) else post_key(scene.root, channel)
        blocks = _with(body[1], mentions_with(event, channel, scene.slack))
        yield _post(event, channel, thread, body[0], blocks)


def _body(event: Event, scene: Scene, race: Race, step: tuple[Event, ...] | None) -> Body | None:
    """Write text and blocks as a channel hears them, None where another event's tell it.

    `step`: of a channel that speaks for several candidates, what is told at the same time.
    """
    event = _as_heard(event, scene, race)
    if event.kind in OUTCOMES and step is not None:
        together = together_with(event, step, race)
        if together[0].key != event.key:
            return None
        headline = joint_headline(together, scene, race)
        return headline, joint_blocks(together, scene, race, headline)
    headline = headline_of(event, scene, race)
    return headline, blocks_of(event, scene, race, headline)


def _as_heard(event: Event, scene: Scene, race: Race) -> Event:
    """Tell a channel of the count as it is for its own candidate, not for another of ours."""
    names = {one.candidate for one in race.endorsements}
    if event.kind not in OF_ALL_OURS or event.candidate in names:
        return event
    own = next((one for one in scene.decisions if one.candidate in names), None)
    if own is None:
        return event
    against = event.decision.rival if event.decision is not None else ""
    if event.kind is Kind.LEAD_CHANGED and against != own.candidate:
        return event  # it changed between two others
    return replace(event, candidate=own.candidate, decision=own)


def _with(blocks: list[dict[str, Any]], mentioned: str) -> list[dict[str, Any]]:
    """Put the line that mentions people before the small print."""
    if not mentioned:
        return blocks
    foot = next((n for n, one in enumerate(blocks) if one["type"] == "context"), len(blocks))
    return fitted([*blocks[:foot], *sections(mentioned), *blocks[foot:]])


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
    is_own = event.kind in OUTCOMES or event.kind is Kind.NOTE_ADDED
    return replace(race, endorsements=own) if is_own and own else race


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
        row_class=RowClass.OUTCOME if event.kind in _FROZEN else RowClass.UPDATE,
        race=event.race or None,
        kind=event.kind.value,
        channel=channel,
        thread=thread,
        text=text,
        blocks=json.dumps(blocks, ensure_ascii=False),
        at=event.at,
    )
