"""The recorded nights, played through the command line: what must be told and what must not.

`<night>.must.toml` was written by hand first. `<night>.posts` is every message of the
night as text: a missing or different one is written as `<night>.posts.new` and the test
fails, so that it is read, and changed only on purpose.
"""

from __future__ import annotations

import difflib
import json
import tomllib
from collections import defaultdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from monitor.report import view
from tests.commands import NIGHTS, run
from tests.whole_nights import NAMES, TWICE, whole

if TYPE_CHECKING:
    from pathlib import Path

Post = dict[str, Any]

DESK = ZoneInfo("America/New_York")
EVER = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
FIELDS = ("at", "race", "kind", "channel", "thread", "text", "blocks", "key")


def recording(night: str) -> Path:
    return NIGHTS / f"{night}.warc.gz"


def printed(night: str) -> str:
    """Return what `replay --json` prints."""
    return whole(night).printed


def posts(night: str) -> list[Post]:
    return whole(night).posts


def must(night: str) -> dict[str, Any]:
    return tomllib.loads((NIGHTS / f"{night}.must.toml").read_text(encoding="utf-8"))


def ends(night: str) -> list[dict[str, Any]]:
    """Return each [end]; a night of several races has more than one."""
    found = must(night)["end"]
    return found if isinstance(found, list) else [found]


# -- what a message says ------------------------------------------------------------------


def block_lines(value: Any) -> list[str]:
    """Return every text of Block Kit, in reading order, as Slack is given it."""
    if isinstance(value, list):
        return [line for part in value for line in block_lines(part)]
    if not isinstance(value, dict):
        return []
    own = value.get("text")
    if isinstance(own, str):
        return own.split("\n")
    parts = (own, value.get("fields"), value.get("elements"))
    return [line for part in parts for line in block_lines(part)]


def all_text(post: Post) -> str:
    """Return the text and the blocks' texts together."""
    return "\n".join([post["text"], *block_lines(post["blocks"])])


def at(post: Post) -> datetime:
    return datetime.fromisoformat(post["at"])


def in_window(post: Post, since: datetime, until: datetime) -> bool:
    return since <= at(post) <= until


# -- must.toml ----------------------------------------------------------------------------


def is_of(post: Post, asked: dict[str, Any]) -> bool:
    """Say whether a post is of the kind, the race and the channel that are asked for, if any."""
    return all(post[key] == asked.get(key, post[key]) for key in ("kind", "race", "channel"))


def wanted_of(night: str, wanted: dict[str, Any]) -> list[Post]:
    """Return the posts that answer one [[must]]."""
    return [
        post
        for post in posts(night)
        if is_of(post, wanted)
        if in_window(post, wanted.get("from", EVER[0]), wanted["by"])
        if all(words in all_text(post) for words in wanted["says"])
    ]


def banned_of(night: str, banned: dict[str, Any]) -> list[Post]:
    """Return the posts that one [[must_not]] forbids."""
    return [
        post
        for post in posts(night)
        if is_of(post, banned)
        if in_window(post, banned.get("from", EVER[0]), banned.get("until", EVER[1]))
        if any(words in all_text(post) for words in banned.get("says", [""]))
    ]


@pytest.mark.parametrize("night", NAMES)
def test_everything_that_must_be_told_is_told_in_time(night: str) -> None:
    """Every [[must]], so many times as it says, with every word it asks for."""
    for wanted in must(night)["must"]:
        found = len(wanted_of(night, wanted))
        assert found == wanted.get("count", max(found, 1)), wanted


@pytest.mark.parametrize("night", NAMES)
def test_nothing_is_told_that_must_not_be(night: str) -> None:
    """Every [[must_not]] forbids what it names, in its window."""
    for banned in must(night)["must_not"]:
        assert banned_of(night, banned) == [], banned


@pytest.mark.parametrize("night", NAMES)
def test_night_ends_as_the_county_ended_it(night: str) -> None:
    """The outcome as `status --json` prints it, and the last accepted votes of everybody."""
    database = whole(night).database
    statuses = json.loads(run("status", "--json", "--database", database).out)
    for end in ends(night):
        (status,) = (
            row
            for row in statuses
            if (row["race"], row["candidate"]) == (end["race"], end["candidate"])
        )
        asked = {key: value for key, value in end.items() if key != "votes"}
        assert {key: status[key] for key in asked} == asked
        assert last_votes(database, end["race"]) == end["votes"]


def last_votes(database: Path, race: str) -> dict[str, int]:
    """Return everybody's votes as last accepted, summed over the race's sources."""
    last = {
        (row["source"], row["name"]): row["votes"]
        for row in view(database, "race_history")
        if row["race"] == race
    }
    votes: dict[str, int] = defaultdict(int)
    for (_, name), number in last.items():
        votes[name] += number
    return dict(votes)


# -- the same again -----------------------------------------------------------------------


@pytest.mark.parametrize("night", TWICE)
def test_replay_gives_the_same_bytes_twice(night: str, tmp_path: Path) -> None:
    """Into a database of its own, and again over that database, which is finished."""
    database = tmp_path / "night.db"
    for _ in range(2):
        again = run("replay", recording(night), "--speed", "max", "--json", "--database", database)
        assert (again.code, again.out) == (0, printed(night))


@pytest.mark.parametrize("night", NAMES)
def test_json_is_the_documented_one(night: str) -> None:
    """Design §7: these fields, in order of time, no key twice, threads that were opened before."""
    found = posts(night)
    keys = [post["key"] for post in found]
    assert all(tuple(post) == FIELDS for post in found)
    assert [at(post) for post in found] == sorted(at(post) for post in found)
    assert len(set(keys)) == len(keys)
    assert all(post["thread"] in (None, *keys[:place]) for place, post in enumerate(found))


def test_a_night_stopped_in_the_middle_goes_on_to_the_same_end(tmp_path: Path) -> None:
    """`--until` keeps its state; going on prints the whole list, each message once."""
    database = tmp_path / "night.db"
    args = ("replay", recording("durham-2018"), "--json", "--database", database)
    stopped = run(*args, "--until", "2018-05-08T21:20-0400")
    assert 0 < len(json.loads(stopped.out)) < len(posts("durham-2018"))
    assert run(*args).out == printed("durham-2018")


def test_allegheny_says_nothing_for_the_version_of_17_may(tmp_path: Path) -> None:
    """The version of 19:41 ET was read, and nothing at all was posted, to ops neither."""
    database = tmp_path / "night.db"
    before, after = (
        datetime(2023, 5, 17, 19, 41, 51, tzinfo=DESK),
        datetime(2023, 5, 19, 11, 12, tzinfo=DESK),
    )
    args = ("replay", recording("allegheny-2023"), "--json", "--database", database, "--until")
    versions = []
    for until in ("2023-05-17T19:41-0400", "2023-05-19T11:00-0400"):
        assert run(*args, until).code == 0
        (source,) = view(database, "source_status")
        versions.append(int(source["version"]))
    assert versions[1] > versions[0], "the version was never read"
    assert [post for post in posts("allegheny-2023") if in_window(post, before, after)] == []


# -- every word ---------------------------------------------------------------------------


def page_of(night: str) -> str:
    """Write the night's messages for reading; keys are left out, they are digests."""
    head = (
        f"# Every message of {night}, as replayed. Generated by tests/test_nights.py; read every\n"
        "# change. A head line is time (New York), kind, channel, and >> for a reply in the\n"
        "# race's thread; the text; the blocks, as mrkdwn, behind |.\n"
    )
    return head + "".join(map(written, posts(night)))


def written(post: Post) -> str:
    moment = at(post).astimezone(DESK)
    mark = ">>" if post["thread"] else "=="
    lines = [f"{mark} {moment:%a %Y-%m-%d %H:%M:%S %Z}  {post['kind']}  {post['channel']}"]
    lines += post["text"].split("\n")
    lines += [f"  | {line}".rstrip() for line in block_lines(post["blocks"])]
    return "\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize("night", NAMES)
def test_every_message_is_the_one_that_was_read(night: str) -> None:
    """A difference is written beside the file, shown here, and taken over only by a person."""
    kept, new = NIGHTS / f"{night}.posts", NIGHTS / f"{night}.posts.new"
    before = kept.read_text(encoding="utf-8") if kept.exists() else ""
    now = page_of(night)
    if before == now:
        new.unlink(missing_ok=True)
        return
    new.write_text(now, encoding="utf-8")
    diff = "\n".join(difflib.unified_diff(before.split("\n"), now.split("\n"), lineterm="", n=2))
    pytest.fail(f"{new.name} differs; read it, then rename it:\n{diff}")
