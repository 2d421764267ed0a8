"""Every kind of message of a race, to be read before the night: shown, as JSON, or as a TEST.

The figures are made up; the race, its law, its channels and the words are the real ones. Of
each kind the first message is shown for each way it begins and each channel it goes to.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.errors import NothingMatched
from monitor.events import OUTCOMES
from monitor.ledger import ABOUT, scene_of
from monitor.likeness import guesses
from monitor.message import posts
from monitor.preview_desk import of_desk
from monitor.preview_nights import of_source, told
from monitor.scene import Said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.made_up import Told
    from monitor.night import Night
    from monitor.posts import Post
    from monitor.races import Race
    from monitor.scene import Scene


_NO_BEGINNING = re.compile(r" ?\(.*?\)|\d+$")
"""How final it is, and a time: the same words otherwise."""


def of_race(night: Night, race: Race, kinds: Iterable[str] = ()) -> tuple[Post, ...]:
    """Write the messages of a race's made-up nights, of some kinds or of all.

    Raises `NothingMatched` for a kind that this race cannot have.
    """
    own = tuple(_firsts(_posts(night, race)))
    made = (*own, *of_desk(night, race, own))
    wanted = frozenset(kinds)
    has = dict.fromkeys(post.kind for post in made)
    for kind in sorted(wanted - has.keys()):
        near = guesses(kind, has)
        meant = f"; did you mean {near[0]}?" if near else ""
        raise NothingMatched(f"{race.id} shows no {kind!r}{meant}; it has {', '.join(has)}")
    return tuple(post for post in made if not wanted or post.kind in wanted)


def _firsts(made: Iterable[Post]) -> Iterator[Post]:
    """Keep the first message of each kind, beginning and channel."""
    seen = set[tuple[str, str, str]]()
    for post in made:
        head = _NO_BEGINNING.sub("", post.text.partition(":")[0] if ":" in post.text else "")
        about = post.kind, post.channel, head
        if about not in seen:
            seen.add(about)
            yield post


def _posts(night: Night, race: Race) -> Iterator[Post]:
    watched = night.races[race.id]
    for one in told(watched):
        yield from posts(one.event, _scene(night, race, one), one.step)
    if race.sources and watched.closes_at is not None:
        plain = scene_of(night, None, None)
        for event in of_source(race.sources[0].source, watched.closes_at):
            yield from posts(event, plain)


def _scene(night: Night, race: Race, one: Told) -> Scene:
    scene = scene_of(night, race, one.state)
    if one.event.kind in OUTCOMES:
        scene = replace(scene, trend=one.trend)
    said: list[Said] = []
    about = one.about if one.event.kind in ABOUT else None
    while about is not None:
        told_then = posts(about.event, scene_of(night, race, about.state), about.step)
        said += (Said(post.channel, post.text, post.at) for post in told_then)
        about = about.about
    return replace(scene, said=tuple(said))
