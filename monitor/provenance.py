"""Where figures come from: source, their time and ours, and who stands for them. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.agreement import ENTERED, Side, agreement
from monitor.decision import Basis
from monitor.events import Event, Kind
from monitor.model import ResultsStatus
from monitor.words import clock, clocks, link, safe, safe_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.races import Race
    from monitor.scene import Scene
    from monitor.tally import Snapshot, Tally

NAMED_SOURCES = 6


def provenance(event: Event, scene: Scene, after: Tally) -> str:
    """Write the line below figures: how official, which sources, whose time."""
    parts = [_grade(event, after)]
    for source in after.sources[:NAMED_SOURCES]:
        parts.extend(_of_source(source, event, scene))
    if more := len(after.sources[NAMED_SOURCES:]):
        parts.append(f"and {more} more sources")
    return " · ".join([*parts, _read(event, scene, _fetched_at(event, after, scene))])


def _fetched_at(event: Event, after: Tally, scene: Scene) -> datetime:
    """Return when we last read these figures: earlier than what time or a person brought."""
    known = scene.snapshots or {}
    read = [known[one].fetched_at for one in after.sources if one in known]
    return event.at if event.checking else max(read, default=event.at)


def _grade(event: Event, after: Tally) -> str:
    decision, certified = event.decision, after.status is ResultsStatus.CERTIFIED
    if event.kind is Kind.COUNT_AMENDED and certified:
        return "CERTIFIED, AMENDED"
    if decision is None or decision.basis is not Basis.CERTIFIED:
        return "UNOFFICIAL"
    if event.who and not certified:
        return f"CERTIFIED as told by {safe(event.who)}; figures UNOFFICIAL"
    return "CERTIFIED"


def of_remark(event: Event, scene: Scene) -> str:
    """Say where a remark comes from, and when we read it."""
    snapshot = (scene.snapshots or {}).get(event.source)
    certified = snapshot is not None and snapshot.status is ResultsStatus.CERTIFIED
    grade = "CERTIFIED" if certified else "UNOFFICIAL"
    return f"{grade} · {source_name(event.source, scene)} · {_read(event, scene, event.at)}"


def source_name(source: str, scene: Scene) -> str:
    """Write a source as staff know it, with the page they may open."""
    one = source.removeprefix(ENTERED)
    facts = scene.sources.get(one)
    if facts is None:
        return safe(one)
    name = f"{_county(one, facts.name, scene)}{facts.name}".replace("|", "/")
    words = next((text for text in (name, one) if safe(text)), "the source")
    return link(facts.link, words)  # a link has words, and no bar in them


def _county(source: str, name: str, scene: Scene) -> str:
    """Say of which county a source is where a race is summed of several and its name does not."""
    uses = scene.race.sources if scene.race is not None else ()
    covers = next((use.covers for use in uses if use.source == source), ())
    is_sum = any(use.covers != covers for use in uses)
    return f"{covers[0]}: " if is_sum and len(covers) == 1 and covers[0] not in name else ""


def plain_name(source: str, scene: Scene) -> str:
    """Write a source's name for a sentence, or nothing where it has none."""
    facts = scene.sources.get(source.removeprefix(ENTERED))
    stamp = ", entered by hand" if source.startswith(ENTERED) else ""
    return f"{safe(facts.name)}{stamp}" if facts else ""


def _read(event: Event, scene: Scene, at: datetime) -> str:
    return f"read {clocks(at, scene.zone, scene.slack.desk_timezone, event.at)}"


def _of_source(source: str, event: Event, scene: Scene) -> Iterator[str]:
    snapshot = (scene.snapshots or {}).get(source)
    name = source_name(source, scene)
    if source.startswith(ENTERED):
        yield _by_hand(name, snapshot, scene, event)
        return
    yield f"{name}, {_their_time(snapshot, scene, event) if snapshot else 'no time of theirs'}"
    if snapshot and snapshot.contest.who:
        yield f"kept by {safe(snapshot.contest.who)}"
    if snapshot and snapshot.contest.link:
        yield link(snapshot.contest.link, "their source")


def _by_hand(name: str, snapshot: Snapshot | None, scene: Scene, event: Event) -> str:
    """Stamp what a person typed in: by whom, from what, and when (desk §5.25)."""
    if snapshot is None:
        return f"ENTERED BY HAND for {name}"
    when = clocks(snapshot.fetched_at, scene.zone, scene.slack.desk_timezone, event.at)
    who = safe(snapshot.contest.who) or "nobody named"
    return f"ENTERED BY HAND for {name} by {who}, from {cited(snapshot.contest.link)}, {when}"


def cited(source: str) -> str:
    """Write what a person's word rests on: a link, or "phone, clerk NAME"."""
    if source.startswith(("http://", "https://")):
        return link(source, "their source")
    return safe_text(source) or "a source not named"


def _their_time(snapshot: Snapshot, scene: Scene, event: Event) -> str:
    if snapshot.source_time is not None:
        return "as of " + clock(snapshot.source_time, scene.zone, event.at)
    if snapshot.source_time_text:
        return f"as of {safe(snapshot.source_time_text)}"
    return "no time of its own given"


def agreement_lines(scene: Scene, race: Race, after: Tally) -> Iterator[str]:
    """Set the sources of one county side by side: votes, age, and what was set aside."""
    snapshots, superseded = scene.snapshots or {}, scene.superseded
    for one in agreement(race, snapshots, superseded, frozenset(after.sources)):
        sides = "; ".join(_side(side, scene) for side in one.sides)
        counting = [side for side in one.sides if not side.is_superseded]
        word = "Sources differ" if one.difference else "Sources agree"
        word = word if len(counting) > 1 else "Sources"
        yield f"{word}: {sides}."


def _side(side: Side, scene: Scene) -> str:
    name = plain_name(side.source, scene) or safe(side.source)
    minutes = round(side.older / timedelta(minutes=1)) if side.older is not None else 0
    age = f", {minutes} {'minute' if minutes == 1 else 'minutes'} older" if minutes else ""
    stood = scene.superseded.get(side.source)
    why = f", superseded by {safe(stood.who)}: {safe_text(stood.why)}" if stood else ""
    return f"{name} {side.total:,}{age}{why}"
