"""The desk at work: over recorded nights, killed at any statement, live, and in a real Slack."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from monitor import app, chores
from monitor.desk_service import Desk
from monitor.posts import DeskKind
from monitor.report import view
from monitor.slack import SlackPoster
from tests import whole_nights
from tests.block_checkers import check_message
from tests.desk_night import Death, Killed, play, printed
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.now_night import Sheets, Watched, config, in_seconds, phased, sheet, sheets_served
from tests.test_watch_service import visit_a_minute_ago
from tests.watch_process import BY_THE_CLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ET = ZoneInfo("America/New_York")
NIGHT = "durham-2018"
EVENING = datetime(2018, 5, 8, 20, 45, tzinfo=ET)
DEATHS = 12
KINDS = frozenset(kind.value for kind in DeskKind)


def rows(database: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(printed(database))
    return found


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Durham's night, played by nobody disturbed."""
    database = tmp_path_factory.mktemp("whole") / "night.db"
    play(NIGHT, database)
    return database


def test_a_night_has_its_roll_call_pulses_and_report_at_their_times(whole: Path) -> None:
    """An hour before the close, on each half hour with news, at eight in the morning."""
    when: dict[str, list[str]] = {}
    for row in rows(whole):
        if row["kind"] in KINDS:
            at = datetime.fromisoformat(row["at"]).astimezone(ET)
            when.setdefault(row["kind"], []).append(f"{at:%d %H:%M:%S}")
    assert when == {
        "scoreboard": ["08 18:30:00"],
        "roll-call": ["08 18:30:00"],
        "pulse": [
            f"08 {hour}:00" for hour in ("20:00", "20:30", "21:00", "21:30", "22:00", "22:30")
        ],
        "morning-report": ["09 08:00:00"],
    }


def test_the_board_ends_as_the_night_ended(whole: Path) -> None:
    """One message, edited: the last figures, the outcome as told, and the next check."""
    (edit,) = [row for row in rows(whole) if row["kind"] == "edit"]
    (board,) = [row for row in rows(whole) if row["kind"] == "scoreboard"]
    assert edit["key"] == board["key"]
    assert edit["text"] == "SCOREBOARD: 1 nominated."
    assert "leads Echols by 2,585. 15,281 votes, 48.8%, 57/57 precincts." in str(edit["blocks"])
    assert "Next check by May 19" in str(edit["blocks"])


def test_every_desk_message_is_one_that_slack_takes(whole: Path) -> None:
    """Both checkers of Block Kit, over what the night really wrote."""
    for row in rows(whole):
        if row["kind"] in KINDS or row["kind"] == "edit":
            check_message(row["text"], row["blocks"])


def test_the_first_page_is_pinned_and_the_dates_hang_on_the_report(whole: Path) -> None:
    """Each chore once: the pin, and the calendar file in the report's thread."""
    keys = {row["kind"]: row["key"] for row in rows(whole)}
    with app.opened(whole) as store:
        found = store.rows("SELECT key, kind, name FROM chores ORDER BY kind")
    assert found == [
        {"key": keys["morning-report"], "kind": "file", "name": "deadlines-2018-05-09.ics"},
        {"key": keys["scoreboard"], "kind": "pin", "name": ""},
    ]


def test_a_night_stopped_and_continued_anywhere_is_the_same_night(
    whole: Path, tmp_path: Path
) -> None:
    """Stopped between any two visits: every message once, and every board as it was."""
    database = tmp_path / "night.db"
    for minute in (0, 61, 90, 151):
        play(NIGHT, database, datetime(2018, 5, 8, 18, 30, tzinfo=ET) + timedelta(minutes=minute))
    play(NIGHT, database)
    assert printed(database) == printed(whole)
    play(NIGHT, database)
    assert printed(database) == printed(whole)


def test_the_desk_killed_at_any_statement_neither_loses_nor_doubles(tmp_path: Path) -> None:
    """Before and after each statement of a refresh, up to the second pulse of the night."""
    undisturbed, counting = tmp_path / "undisturbed.db", Death()
    play(NIGHT, undisturbed, EVENING, counting)
    expected = printed(undisturbed)
    assert {"scoreboard", "roll-call", "pulse"} <= {row["kind"] for row in rows(undisturbed)}
    random, died = Random(7), 0  # noqa: S311 - chosen once, for ever
    for number in range(DEATHS):
        database = tmp_path / f"{number}.db"
        # The first refresh writes most: half of the deaths fall into the first ones.
        most = counting.counted if number % 2 else 80
        try:
            play(NIGHT, database, EVENING, Death(at=random.randint(1, most)))
        except Killed:
            died += 1
        play(NIGHT, database, EVENING)
        assert printed(database) == expected, number
    assert died == DEATHS


@pytest.mark.parametrize("night", ["cape-fear-2024", "uncontested-2026"])
def test_other_nights_end_as_the_command_line_ends_them(night: str, tmp_path: Path) -> None:
    """Several sources, days of waiting, races nobody contests."""
    database = tmp_path / "night.db"
    play(night, database)
    assert printed(database) == printed(whole_nights.whole(night).database)
    kinds = Counter(row["kind"] for row in rows(database))
    assert kinds["scoreboard"] == 1


def test_nothing_is_said_to_staff_of_callers(tmp_path: Path) -> None:
    """Allegheny waits for a caller for three weeks; the posts of the desk name nobody."""
    database = tmp_path / "night.db"
    play("allegheny-2023", database, datetime(2023, 5, 17, 2, tzinfo=ET))
    posts = [row for row in rows(database) if row["kind"] != "edit"]
    staff = [row for row in posts if row["channel"] == "#primary-night"]
    assert not [row for row in staff if "Casey" in str(row)]
    edits = [row for row in rows(database) if row["kind"] == "edit"]
    (edit,) = [row for row in edits if row["channel"] == "#primary-night"]
    assert "Waiting for Casey Caller: Dugan, Allegheny DA, DEM." in str(edit["blocks"])


# -- live --------------------------------------------------------------------------------


def test_live_the_desk_writes_by_itself_and_wakes_the_sender(tmp_path: Path) -> None:
    """On the wall clock, over a database that a watch has filled: within seconds, once."""
    path, database = tmp_path / "config.toml", tmp_path / "night.db"
    with sheets_served() as sheets:
        path.write_text(config([raced(sheets)]), encoding="utf-8")
        asyncio.run(visit_a_minute_ago(path, database))
    woken = asyncio.run(kept(path, database, 4.0))
    posts = [row for row in view(database, "post_log") if row["kind"] in KINDS]
    by_clock = [row for row in posts if row["kind"] in BY_THE_CLOCK]
    (board,) = [row for row in posts if row["kind"] not in BY_THE_CLOCK]
    assert board["kind"] == DeskKind.SCOREBOARD.value
    assert "leads Rival by 100" in str(board["blocks"])
    assert woken == 1 or by_clock


def raced(sheets: Sheets) -> Watched:
    sheets.bodies["alpha.csv"] = sheet("Alpha", 400, 300, 5)
    return Watched("Alpha", phased("alpha", in_seconds(30)), sheets.url("alpha.csv"))


async def kept(config_path: Path, database: Path, seconds: float) -> int:
    """Keep the desk for some seconds; return how often the sender was woken."""
    night, woken = app.night_of(app.config_at(config_path)), 0

    def wake() -> None:
        nonlocal woken
        woken += 1

    with app.opened(database) as store:
        stop = asyncio.Event()
        running = asyncio.create_task(Desk(lambda: night, store, wake).run(stop))
        await asyncio.sleep(seconds)
        stop.set()
        await running
    return woken


def test_when_watching_ends_ops_hear_once_which_races_are_open(tmp_path: Path) -> None:
    """A restart on the same day is no news."""
    path, database = tmp_path / "config.toml", tmp_path / "night.db"
    with sheets_served() as sheets:
        path.write_text(config([raced(sheets)]), encoding="utf-8")
        asyncio.run(visit_a_minute_ago(path, database))
    night = app.night_of(app.config_at(path))
    with app.opened(database) as store:
        now = datetime.now(UTC)
        assert Desk(lambda: night, store, lambda: None).stopped(now)
        assert not Desk(lambda: night, store, lambda: None).stopped(now)
    (post,) = [row for row in view(database, "post_log") if row["kind"] == "watch-stopped"]
    assert post["text"].startswith("WATCH STOPPED: 1 race open until ")
    assert post["channel"] == night.config.slack.ops_channel


# -- Slack -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


def test_a_night_ends_in_slack_with_exactly_the_expected_board(
    slack: Emulator, whole: Path, tmp_path: Path
) -> None:
    """Read back from an independent Slack: one board, edited to its last words and pinned."""
    ids = {name: slack.create_channel(name) for name in ("primary-night", "primary-night-ops")}
    database = tmp_path / "night.db"
    play(NIGHT, database, poster=SlackPoster(TOKEN, api_url=slack.api_url))
    found = slack.history(ids["primary-night"])
    boards = [one for one in found if one["text"].startswith("SCOREBOARD")]
    (edit,) = [row for row in rows(whole) if row["kind"] == "edit"]
    assert [(one["text"], one["blocks"]) for one in boards] == [(edit["text"], edit["blocks"])]
    desk = [row for row in rows(whole) if row["kind"] in KINDS - {"scoreboard"}]
    for row in desk:
        assert [one["text"] for one in found].count(row["text"]) == 1
    pinned = slack.call("pins.list", channel=ids["primary-night"])["items"]
    assert [item["message"]["ts"] for item in pinned] == [boards[0]["ts"]]
    with app.opened(database) as store:
        assert chores.due(store.db, datetime.now(UTC)) == []
