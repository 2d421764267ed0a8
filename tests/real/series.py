"""A stored series of a site's answers as a recorded world, and what replaying it posts.

A world holds each answer at the time it was fetched, bytes as stored; an answer that repeats
the one before needs no record. `tests/real/stories/<story>.config.toml` is the configuration, ours.
"""

from __future__ import annotations

import difflib
import json
import tarfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from monitor.archive import ArchiveWriter
from monitor.people import Act
from monitor.report import post_log_json, view
from monitor.rulebook import shipped_rules
from tests.commands import run
from tests.nights.moments import served
from tests.real.series_oracle import Answers, Reading

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent / "stories"
PACIFIC = ZoneInfo("America/Los_Angeles")
Post = dict[str, Any]


def pacific(moment: str) -> datetime:
    """Read a time of the West Coast: "2024-11-05T20:40"."""
    return datetime.fromisoformat(moment).replace(tzinfo=PACIFIC)


def members(tar: Path) -> dict[str, bytes]:
    """Return every file of a stored series by its name, in the order of their names."""
    with tarfile.open(tar) as stored:
        found = {
            one.name.rpartition("/")[2]: body.read()
            for one in stored.getmembers()
            if (body := stored.extractfile(one))
        }
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Series:
    """A site's answers to one URL, in order of time, and how plain JSON reads them.

    `name`: of the configuration in `series/`. `acts`: what people did, ours.
    """

    name: str
    url: str
    answers: tuple[tuple[datetime, bytes], ...]
    read: Callable[[bytes], Reading | None]
    acts: tuple[Act, ...] = ()

    def between(self, since: str, until: str) -> Series:
        """Keep the answers fetched in a span of Pacific time, the first one included."""
        start, end = pacific(since), pacific(until)
        return replace(self, answers=tuple(one for one in self.answers if start <= one[0] < end))

    def plus(self, injected: Iterable[tuple[datetime, bytes]]) -> Series:
        """Add answers that the site never gave."""
        answers = sorted([*self.answers, *injected], key=lambda one: one[0])
        return replace(self, answers=tuple(answers))

    def known(self) -> Answers:
        """Return what plain JSON reads in each answer."""
        return tuple((at, self.read(body)) for at, body in self.answers)


@dataclass(frozen=True, slots=True)
class Story:
    """A series as it was replayed: every message, and the database it left."""

    posts: list[Post]
    edits: list[Post]
    database: Path

    def told(self) -> list[list[str]]:
        """Return time (Pacific), kind and first line of every message, in their order."""
        return [
            [f"{moment(post):%Y-%m-%d %H:%M:%S %Z}", post["kind"], post["text"].split("\n")[0]]
            for post in self.posts
        ]

    def status(self) -> dict[str, Any]:
        """Return the one row of `race_status`."""
        (row,) = view(self.database, "race_status")
        return row


def moment(post: Post) -> datetime:
    """Return when a message was written, on the West Coast's clock."""
    return datetime.fromisoformat(post["at"]).astimezone(PACIFIC)


def write(series: Series, folder: Path, config: str) -> Path:
    """Write the world of a series as an archive, or add the acts to the one that is there."""
    path = folder / f"{series.name}.warc.gz"
    answers = () if path.exists() else series.answers
    with ArchiveWriter(path) as writer:
        writer.start(config, shipped_rules().digest, series.answers[0][0])
        for number, (at, body) in enumerate(answers):
            writer.keep(served(series.url, body, at, {}), f"{series.name}-{number:04}")
        for act in series.acts:
            writer.keep_act(act, act.at)
    return path


def config_of(series: Series) -> str:
    """Return the configuration of a series."""
    return (FOLDER / f"{series.name}.config.toml").read_text(encoding="utf-8")


def replayed(series: Series, folder: Path, *, config: str = "") -> Story:
    """Replay a series through the command line, on from where `folder` holds its database."""
    recording = write(series, folder, config or config_of(series))
    database = folder / f"{series.name}.db"
    done = run("replay", recording, "--speed", "max", "--json", "--database", database)
    assert done.code == 0, done.err
    posts: list[Post] = json.loads(done.out)
    first = {post["key"]: post["at"] for post in posts}
    everything: list[Post] = json.loads(post_log_json(database, edits=True))
    edits = [one | {"first_at": first[one["key"]]} for one in everything if one["kind"] == "edit"]
    return Story(posts, edits, database)


def seen(series: Series, folder: Path, *command: str) -> str:
    """Return what a person is shown, as a command without `--seen` prints it."""
    config = folder / "config.toml"
    config.write_text(config_of(series), encoding="utf-8")
    done = run(*command, "--config", config, "--database", folder / f"{series.name}.db", "--json")
    shown: dict[str, Any] = json.loads(done.out)
    assert not shown["done"], shown
    return str(shown["seen"])


def refuse_other(story: Story, name: str) -> None:
    """Fail where a story is not the one in `series/<name>.toml`, which a person has read.

    The other one is written beside it, as `<name>.toml.new`.
    """
    kept, new = FOLDER / f"{name}.toml", FOLDER / f"{name}.toml.new"
    before = tomllib.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if before.get("told") == story.told():
        new.unlink(missing_ok=True)
        return
    rows = "".join(f"  {json.dumps(row, ensure_ascii=False)},\n" for row in story.told())
    about = before.get("about", "")
    new.write_text(f'about = """\n{about}"""\n\ntold = [\n{rows}]\n', encoding="utf-8")
    shown = (json.dumps(row) for row in before.get("told", []))
    diff = difflib.unified_diff(list(shown), [json.dumps(row) for row in story.told()], n=1)
    pytest.fail(f"{new.name} differs; read it, then rename it:\n" + "\n".join(diff))
