"""Every recorded night, rehearsed into Slack and read back: scoreboard, threads and posts.

The scoreboard a night ends with stands in `tests/nights/<night>.board`; one that is missing is
written and its test fails, so that somebody reads it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.channel import as_edited, told_in
from tests.commands import NIGHTS, bare_environment, spawn
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.whole_nights import whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RECORDED = sorted(path.name.removesuffix(".warc.gz") for path in NIGHTS.glob("*.warc.gz"))
ENDS = "Replayed with `--edits`; read every change."


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


@pytest.mark.parametrize("night", RECORDED)
def test_a_night_ends_in_slack_with_its_scoreboard_threads_and_posts(
    night: str, slack: Emulator, tmp_path: Path
) -> None:
    """Each message once, in order, in its thread, saying what it is to say in the end; pinned."""
    channel = slack.create_channel(night)
    text = (NIGHTS / f"{night}.config.toml").read_text(encoding="utf-8")
    path = tmp_path / "config.toml"
    path.write_text(text.replace("#primary-night-rehearsal", f"#{night}"), encoding="utf-8")
    ran = spawn(
        *("replay", NIGHTS / f"{night}.warc.gz", "--rehearse", "--json", "--edits"),
        *("--config", path),
        environ=bare_environment(
            PRIMARY_NIGHT_SLACK_TOKEN=TOKEN, PRIMARY_NIGHT_SLACK_URL=slack.api_url
        ),
    )
    assert ran.code == 0, ran.err
    printed: list[dict[str, Any]] = json.loads(ran.out)
    posts = as_edited(printed)
    assert [one for one in printed if one["kind"] != "edit"] == whole(night).posts

    told = told_in(slack, channel)
    assert [(one.key, one.text, one.thread) for one in told] == [
        (f"test:{one['key']}", f"TEST {one['text']}", one["thread"] and f"test:{one['thread']}")
        for one in posts
    ]
    boards = [one for one in posts if one["kind"] == "scoreboard"]
    pinned = [item["message"]["text"] for item in slack.call("pins.list", channel=channel)["items"]]
    assert sorted(pinned) == sorted(f"TEST {one['text']}" for one in boards if is_first(one))
    check_golden(night, boards)


def is_first(board: dict[str, Any]) -> bool:
    """Say whether it is the first page of its scoreboard: that one is pinned."""
    return ", page " not in board["text"].partition(":")[0]


def check_golden(night: str, boards: list[dict[str, Any]]) -> None:
    """Compare the scoreboards with those that were read."""
    golden = NIGHTS / f"{night}.board"
    shown = f"{ENDS}\n" + "".join(map(written, boards))
    if not golden.exists():
        golden.write_text(shown, encoding="utf-8")
        pytest.fail(f"{golden.name} was missing and is written now: read it")
    assert shown == golden.read_text(encoding="utf-8")


def written(board: dict[str, Any]) -> str:
    """Write a scoreboard as its golden file keeps it."""
    lines = [f"\n== {board['channel']}", board["text"]]
    for block in board["blocks"]:
        texts = [block["text"]] if "text" in block else block.get("elements", [])
        lines += [f"  | {line}" for text in texts for line in str(text["text"]).splitlines()]
    return "\n".join(lines) + "\n"
