"""What a phone shows of a message: state word and our surname first (desk §11 and §14).

`lock-screen.txt` lists the beginning of every kind's text to staff, as a lock screen cuts
it. A missing list is written and its test fails, so that someone reads it.
"""

from __future__ import annotations

import json
import re
import unicodedata
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitor.events import OUTCOMES, Kind
from monitor.message import posts
from monitor.posts import DeskKind
from tests.desk_kinds import desk_posts
from tests.people_nights import KINDS, WORDINGS
from tests.test_message import night_of, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from monitor.posts import Post
    from tests.people_nights import Night

GOLDEN = Path(__file__).parent / "lock-screen.txt"
SHOWN = 50
STAFF = ("#primary-night", "#other")
STATE = re.compile(r"[A-Z][A-Z?, '-]+(?: \([a-z]+\))?:")
"""A state: words in capitals, how official, a colon."""
LIGHT = re.compile(r"[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\uFE0F]|:[a-z_+-]+:")
TIME = re.compile(r"\b\d{1,2}:\d{2}(?: [AP]M)?\b(.{0,5})")
ZONE = re.compile(r" (?:[ECMPAH]T|AK[SD]?T|H[SD]T|AST|ChST|SST|UTC)\b")


def nights() -> Iterable[tuple[str, Callable[[], tuple[Post, ...]], str]]:
    """Yield every kind and wording: its name, its posts, and the surname it is about."""
    for kind in Kind:
        event, scene = night_of(kind)
        name = event.candidate or (scene.race.endorsements[0].candidate if scene.race else "")
        yield kind.value, partial(posts, event, scene), _last(name)
    for made in (*KINDS.values(), *WORDINGS):
        night = made()
        name = night.event.candidate or _first(night)
        yield made.__name__, partial(posts, night.event, night.scene), _last(name)


def _first(night: Night) -> str:
    return night.scene.race.endorsements[0].candidate if night.scene.race else ""


def _last(name: str) -> str:
    return name.rpartition(" ")[2]


EVERY = tuple(nights())
NAMED = pytest.mark.parametrize(("made", "ours"), [one[1:] for one in EVERY], ids=[
    one[0] for one in EVERY
])  # fmt: skip


@NAMED
def test_staff_see_the_state_and_our_surname_first(
    made: Callable[[], tuple[Post, ...]], ours: str
) -> None:
    """On a lock screen fifty characters are all there is."""
    for post in made():
        if post.channel not in STAFF:
            continue
        head = post.text[:SHOWN]
        assert ours in head, post.text
        assert STATE.match(head), post.text
        assert "<" not in head


@NAMED
def test_callers_and_ops_see_the_state_first(
    made: Callable[[], tuple[Post, ...]], ours: str
) -> None:
    """What is asked of them begins with what it is, and is about somebody or a source."""
    for post in made():
        if post.channel not in STAFF:
            start = re.match(r"GOING OUT [^:]*:\d\d [AP]M [A-Z]+ unless stopped:", post.text)
            assert start or re.match(r"[A-Z][A-Z?, -]+[ :]", post.text), post.text


@NAMED
def test_the_meaning_stays_without_emoji_and_color(
    made: Callable[[], tuple[Post, ...]], ours: str
) -> None:
    """Messages of a race need neither: nothing in them is a light or a color alone."""
    for post in made():
        whole = "\n".join([post.text, *(text for block in blocks(post) for text in strings(block))])
        assert LIGHT.sub("", whole) == whole
        for block in blocks(post):
            if block["type"] == "actions":
                labels = [element["text"]["text"] for element in block["elements"]]
                assert len(set(labels)) == len(labels)
                assert all(label.strip() for label in labels)


@pytest.mark.parametrize("kind", DeskKind)
def test_the_desk_says_in_words_what_its_lights_say(kind: DeskKind) -> None:
    """A light follows the word it repeats; without lights each line says the same."""
    for post in desk_posts(kind):
        assert not LIGHT.search(post.text)
        for line in lines(post):
            for light in LIGHT.finditer(line):
                assert re.search(r"[A-Z]{3,}(?: \([a-z]+\))?\*? $", line[: light.start()]), line


@NAMED
def test_every_time_carries_its_zone(made: Callable[[], tuple[Post, ...]], ours: str) -> None:
    """9:12 is another moment in Dallas than in Durham."""
    for post in made():
        check_times(post)


@pytest.mark.parametrize("kind", DeskKind)
def test_every_time_of_the_desk_carries_its_zone(kind: DeskKind) -> None:
    """On boards and in reports, too."""
    for post in desk_posts(kind):
        check_times(post)


def check_times(post: Post) -> None:
    """Check that a zone follows every time of day, code to paste aside."""
    for line in (post.text, *lines(post)):
        plain = re.sub(r"`[^`]*`|<[^<>|]*\|?", "", line)
        for time in TIME.finditer(plain):
            assert ZONE.match(time[1] if time[1].startswith(" ") else f" {time[1]}"), line


def blocks(post: Post) -> list[dict[str, Any]]:
    """Return a post's blocks."""
    found: list[dict[str, Any]] = json.loads(post.blocks)
    return found


def lines(post: Post) -> list[str]:
    """Return every line that a post's blocks show."""
    return [li for block in blocks(post) for text in strings(block) for li in text.split("\n")]


# -- the lock screen -----------------------------------------------------------------------


def as_on_a_phone() -> str:
    """List what a lock screen shows of every kind, in one column."""
    found: dict[str, None] = {}
    for name, made, _ in EVERY:
        for post in made():
            if post.channel in STAFF:
                level = "top" if post.thread is None else "thread"
                found[f"{name:<32} {level:<7} {_cut(post.text)}"] = None
    for kind in DeskKind:
        for post in desk_posts(kind):
            found[f"{kind.value:<32} {'desk':<7} {_cut(post.text)}"] = None
    return "\n".join(sorted(found)) + "\n"


def _cut(text: str) -> str:
    plain = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert all(unicodedata.category(sign)[0] != "C" for sign in plain)
    return plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}|"


def test_the_lock_screen_of_every_kind() -> None:
    """Read as a list: each line says what happened, and to whom."""
    text = as_on_a_phone()
    if not GOLDEN.exists():
        GOLDEN.write_text(text, encoding="utf-8")
        pytest.fail(f"{GOLDEN.name} was missing and is written now: read it")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_every_outcome_is_on_the_list() -> None:
    """No kind that a channel hears at top level is left out."""
    shown = as_on_a_phone()
    for kind in OUTCOMES:
        assert re.search(rf"^{kind.value} +top", shown, re.MULTILINE), kind
