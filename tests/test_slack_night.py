"""A whole night into Slack through storms, killed at 200 moments: nothing lost, nothing double.

Durham's recorded night is rehearsed into an independent Slack. Between them calls fail as
networks and Slack fail, for a while nobody listens at all, and the bot dies by SIGKILL again
and again; each time the same command is started anew. What stands in the channel in the end
is what an undisturbed run leaves there.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from monitor.events import OUTCOMES
from monitor.posts import SCOREBOARD_LINK, DeskKind
from tests.channel import as_edited
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.kill import Ended, Job, Launchers, launchers
from tests.kill_points import SEED, Replaying
from tests.slack_storm import OUTAGE, Sky, sky

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

KILLS = 200
PARTS = 2
"""Parts that may run at once, each with a Slack, storms and a share of the kills of its own."""
NIGHTS = 5
"""Nights at once in a part; a night is killed so often that they share the part's kills."""
KINDS = ("news-calls", "news-statements") * 3 + ("calls", "statements")
"""What the moments are counted in: mostly while there is news being stored and sent."""
QUARANTINE = 1
OUTAGE_SECONDS = 2.0
"""Half an hour, in a night that takes a second."""


@dataclass(frozen=True, slots=True)
class Told:
    """One message as it stands in the channel; `thread`: key of its root."""

    key: str
    text: str
    thread: str | None


@dataclass(slots=True)
class Part:
    """What one part of the proof runs on, and what it has counted."""

    slack: Emulator
    sky: Sky
    pool: Launchers
    folder: Path
    expected: list[dict[str, Any]] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def job(self, name: str, api_url: str, kind: str = "calls", at: int | None = None) -> Job:
        """Describe a run of the night `name`; see `Job`."""
        environ = {"PRIMARY_NIGHT_SLACK_TOKEN": TOKEN, "PRIMARY_NIGHT_SLACK_URL": api_url}
        job = Replaying(self.folder, rehearsal=True, environ=environ).job(name, kind, at)
        config = self.folder / f"{name}.toml"
        text = config.read_text(encoding="utf-8")
        rest = f"quarantine_seconds = {QUARANTINE}"
        config.write_text(text.replace("quarantine_seconds = 1", rest), encoding="utf-8")
        return job

    def run(self, job: Job) -> Ended:
        """Run it; it ends well or by our hand."""
        ended = self.pool.run(job)
        assert ended.killed or ended.code == 0, Path(job.err).read_text(encoding="utf-8")
        return ended


@pytest.fixture
def part(tmp_path: Path) -> Iterator[Part]:
    with emulated_slack() as slack, sky() as above, launchers(NIGHTS) as pool:
        yield Part(slack, above, pool, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("number", range(PARTS))
def test_nothing_lost_nothing_double(part: Part, number: int) -> None:
    """Every outcome once, every message told, order and threads kept, through it all."""
    undisturbed(part)
    seeds = [SEED + number * NIGHTS + place for place in range(NIGHTS)]
    share = KILLS // PARTS // NIGHTS
    ends = part.pool.each(lambda seed: killed_nights(part, seed, share), seeds)

    seen: Counter[str] = sum(ends, Counter())
    faults = part.sky.faults
    print(  # noqa: T201 - the proof shows its figures
        f"{seen['nights']} nights, {seen['kills']} kills, {faults.total()} faults: {dict(faults)}, "
        f"{seen['messages']} messages, {seen['outcomes']} outcomes"
    )
    assert seen["kills"] == KILLS // PARTS
    assert faults[OUTAGE] >= NIGHTS
    assert faults.total() > 3 * NIGHTS
    assert seen["outcomes"] >= seen["nights"] >= NIGHTS


def undisturbed(part: Part) -> None:
    """Run the night once in fine weather: what it tells is what every other one must tell."""
    channel = part.slack.create_channel("undisturbed")
    job = part.job("undisturbed", part.slack.api_url, at=0)
    part.counts = part.run(job).counts
    part.expected = as_edited(json.loads(Path(job.out).read_text(encoding="utf-8")))
    assert len(part.expected) > 10
    check(part, "undisturbed", channel)


def killed_nights(part: Part, seed: int, kills: int) -> Counter[str]:
    """Go through stormy nights until the bot was killed so often; check each channel."""
    random, seen = Random(seed), Counter[str]()  # noqa: S311 - chosen once, for ever
    while seen["kills"] < kills:
        name = f"night-{seed}-{seen['nights']}"
        seen["nights"] += 1
        channel = part.slack.create_channel(name)
        storm = part.sky.storm(part.slack.api_url, random.getrandbits(32), OUTAGE_SECONDS)
        ended = False
        while seen["kills"] < kills and not ended:
            kind = random.choice(KINDS)
            at = random.randint(1, part.counts[kind] * 5 // (4 * kills))
            ended = not part.run(part.job(name, storm.api_url, kind, at)).killed
            seen["kills"] += not ended
        last = part.run(part.job(name, storm.api_url))
        assert not last.killed
        seen += check(part, name, channel)
    return seen


def check(part: Part, name: str, channel: str) -> Counter[str]:
    """Compare a channel with what an undisturbed night tells; count what stands in it."""
    found = told_in(part.slack, channel)
    assert [key for key, times in Counter(one.key for one in found).items() if times > 1] == []
    with closing(sqlite3.connect(part.folder / f"{name}.db")) as db:
        rows = db.execute(
            'SELECT key, kind, race, state, superseded_by FROM outbox ORDER BY "row"'
        ).fetchall()
        edits = db.execute("SELECT key, text FROM edits WHERE NOT is_gone").fetchall()
    digested = {f"test:{key}": by for key, *_, by in rows if by is not None}
    digests = {f"test:{key}" for key, kind, *_ in rows if kind == DeskKind.DIGEST.value}
    assert {state for *_, state, _ in rows} <= {"sent", "superseded"}
    assert {f"test:{by}" for by in digested.values()} <= digests

    expected = [as_told(post) for post in part.expected]
    edited = {f"test:{key}": f"TEST {text}" for key, text in edits if SCOREBOARD_LINK not in text}
    for race in {post["race"] for post in part.expected}:
        keys = {f"test:{post['key']}" for post in part.expected if post["race"] == race}
        assert [one for one in found if one.key in keys] == [
            replace(one, text=edited.get(one.key, one.text))
            for one in expected
            if one.key in keys and one.key not in digested
        ]
    assert {one.key for one in found} - {one.key for one in expected} <= digests
    assert part.slack.call("chat.scheduledMessages.list")["scheduled_messages"] == []
    outcomes = {f"test:{p['key']}" for p in part.expected if p["kind"] in OUTCOMES}
    assert outcomes <= {one.key for one in found}
    return Counter(messages=len(found), outcomes=len(outcomes))


def as_told(post: dict[str, Any]) -> Told:
    """Return how a message of the log stands in the rehearsal channel."""
    return Told(f"test:{post['key']}", f"TEST {post['text']}", post["thread"] and _key(post))


def _key(post: dict[str, Any]) -> str:
    return f"test:{post['thread']}"


def told_in(slack: Emulator, channel_id: str) -> list[Told]:
    """Read a channel and its threads back, in order of time."""
    found: list[tuple[str, Told]] = []
    for root in slack.history(channel_id):
        found += _told([root], None)
        found += _told(slack.replies(channel_id, root["ts"]), _key_in(root))
    return [told for _, told in sorted(found, key=lambda each: each[0])]


def _told(messages: Sequence[dict[str, Any]], thread: str | None) -> list[tuple[str, Told]]:
    # A file in a thread is a message of Slack's own, without a key.
    ours = [one for one in messages if not one.get("files")]
    return [(one["ts"], Told(_key_in(one), one["text"], thread)) for one in ours]


def _key_in(message: dict[str, Any]) -> str:
    return str(message["metadata"]["event_payload"]["key"])
