"""A rehearsal in Slack: marked TEST, and the same channel however often it was killed.

Points as in tests/test_kill.py, most of them while there is news: before, while and after
Slack takes a message.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.channel import as_edited, told_in
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.kill import Launchers, launchers
from tests.kill_points import Replaying, points

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

POINTS, EACH, KILLS = 60, 15, 50
KINDS = ("news-calls", "news-statements", "news-calls", "calls")


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def pool() -> Iterator[Launchers]:
    with launchers() as running:
        yield running


def rehearsal(slack: Emulator, folder: Path) -> Replaying:
    environ = {"PRIMARY_NIGHT_SLACK_TOKEN": TOKEN, "PRIMARY_NIGHT_SLACK_URL": slack.api_url}
    return Replaying(folder, rehearsal=True, environ=environ)


def test_a_rehearsal_says_test_in_the_rehearsal_channel(
    slack: Emulator, pool: Launchers, tmp_path: Path
) -> None:
    """Every message of the night, in order and thread, each beginning with TEST."""
    night = rehearsal(slack, tmp_path)
    channel = slack.create_channel("marked")
    assert pool.run(night.job("marked")).code == 0
    posts = as_edited(json.loads(night.printed("marked")))
    expected = [
        (f"test:{post['key']}", f"TEST {post['text']}", post["thread"] and f"test:{post['thread']}")
        for post in posts
    ]
    told = told_in(slack, channel)
    assert [(one.key, one.text, one.thread) for one in told] == expected
    assert [one.blocks for one in told] == [len(post["blocks"]) + 1 for post in posts]


@pytest.mark.long
def test_a_rehearsal_killed_anywhere_leaves_the_same_channel(
    slack: Emulator, pool: Launchers, tmp_path: Path
) -> None:
    """No message twice, none missing, none out of its thread or order."""
    night = rehearsal(slack, tmp_path)
    names = ["whole", *(f"point-{number}" for number in range(POINTS // EACH))]
    channels = {name: slack.create_channel(name) for name in names}
    whole = pool.run(night.job("whole", at=0))
    assert whole.code == 0
    drawn = points(whole.counts, KINDS, POINTS, each=EACH)
    kills = pool.each(
        lambda point: night.killed_and_finished(pool, f"point-{point.number}", point), drawn
    )
    assert sum(kills) >= KILLS, kills

    expected, printed = told_in(slack, channels["whole"]), night.printed("whole")
    assert len(expected) > 10
    for point in drawn:
        name = f"point-{point.number}"
        assert told_in(slack, channels[name]) == expected, point
        assert night.printed(name) == printed, point
