"""The command line: exit codes, one-line errors, what is printed where."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

import pytest

from monitor import app
from monitor.archive import ArchiveWriter
from monitor.cli import main
from monitor.config import schema
from monitor.database import open_database
from monitor.fetch import HttpFetcher
from monitor.races import FetchConfig
from monitor.recording import Recorder
from monitor.store import Store
from tests.commands import NIGHTS, ROOT, run
from tests.sheet_desk import SHEET, served, write_config, write_sheet

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def dallas(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database that holds the Dallas night, replayed by the command."""
    path = tmp_path_factory.mktemp("dallas") / "night.db"
    assert run("replay", NIGHTS / "dallas-2018.warc.gz", "--database", path, "--json").code == 0
    return path


def test_every_command_has_a_help_line() -> None:
    """Each command says in one sentence what it does."""
    for name, command in main.commands.items():
        assert command.help, name
        assert run(name, "--help").code == 0


def test_usage_errors_exit_with_2() -> None:
    """A wrong option, speed or time is a usage error and no traceback."""
    assert run("watch", "--no-such-option").code == 2
    assert run("nonsense").code == 2
    for speed in ("0", "-1", "fast", "nan", "inf"):
        ran = run("demo", "--speed", speed)
        assert ran.code == 2
        assert "a number above zero, or max" in ran.err
    ran = run("explain", "durham-da-2018", "yesterday")
    assert ran.code == 2
    assert "'yesterday' is no time" in ran.err


def test_a_refused_config_exits_with_3_and_a_line_a_problem(tmp_path: Path) -> None:
    """Every problem of config.toml is one line on stderr."""
    path = write_config(tmp_path, "sheet.csv")
    text = path.read_text(encoding="utf-8")
    wrong = text.replace("ops_channel", "ops_chanel").replace('state = "TX"', 'state = "Texas"')
    path.write_text(wrong, encoding="utf-8")
    ran = run("check", "--config", path)
    assert (ran.code, ran.out) == (3, "")
    lines = ran.err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("ConfigInvalid: ") and "(line " in line for line in lines)


def test_a_missing_config_is_named(tmp_path: Path) -> None:
    for command in (("watch",), ("check",), ("contests", "any")):
        ran = run(*command, "--config", tmp_path / "none.toml")
        assert ran.code == 3
        assert ran.err.startswith("ConfigInvalid: ")
        assert "none.toml: cannot be read" in ran.err


def test_a_token_that_is_none_exits_with_4(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`watch` stops before it opens anything, and does not print the token."""
    monkeypatch.setenv("PRIMARY_NIGHT_SLACK_TOKEN", "xoxp-1-secret")
    config = write_config(tmp_path, write_sheet(tmp_path))
    ran = run("watch", "--config", config, "--database", tmp_path / "n.db")
    assert ran.code == 4
    assert ran.err.startswith("SlackFailure: PRIMARY_NIGHT_SLACK_TOKEN holds a user token")
    assert "secret" not in ran.err
    assert not (tmp_path / "n.db").exists()


def test_nothing_matched_exits_with_5(tmp_path: Path, dallas: Path) -> None:
    """A race or source that is not there is answered with near names."""
    ran = run("explain", "dalas-da-2018", "--database", dallas)
    assert ran.code == 5
    assert "did you mean dallas-da-2018?" in ran.err
    config = write_config(tmp_path, write_sheet(tmp_path))
    ran = run("contests", "dallas_shet", "--config", config)
    assert ran.code == 5
    assert "did you mean dallas_sheet?" in ran.err
    ran = run("contests", "dallas_sheet", "--grep", "sheriff", "--config", config)
    assert ran.code == 5
    assert "no contest with 'sheriff' at dallas_sheet; it has 2 contests" in ran.err


def test_a_database_that_is_none_exits_with_6(tmp_path: Path) -> None:
    """Missing, another program's and no database at all: one named line each."""
    text, other = tmp_path / "text.db", tmp_path / "other.db"
    text.write_text("no database, but long enough to be taken for one" * 20, encoding="utf-8")
    with closing(sqlite3.connect(other)) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    for path, name in ((tmp_path / "none.db", "StoreFailure"), (text, "WrongDatabase"),
                       (other, "WrongDatabase")):  # fmt: skip
        for command in (("status",), ("explain", "any")):
            ran = run(*command, "--database", path)
            assert (ran.code, ran.out) == (6, "")
            assert ran.err.startswith(f"{name}: ")
            assert len(ran.err.splitlines()) == 1


def test_a_database_in_use_is_read_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`status` reads beside a running watch; a second watch is refused by name."""
    monkeypatch.setattr(app, "INSTANCE_SECONDS", 0.3)
    path = tmp_path / "night.db"
    config = write_config(tmp_path, write_sheet(tmp_path))
    db = open_database(path)
    try:
        Store(db)
        assert run("status", "--database", path).code == 0
        ran = run("watch", "--config", config, "--database", path)
        assert ran.code == 6
        assert "DatabaseInUse: another instance holds" in ran.err
    finally:
        db.close()


def test_an_archive_that_is_none_exits_with_7(tmp_path: Path) -> None:
    """What is no WARC file cannot be replayed, nor recorded into."""
    path = tmp_path / "night.warc.gz"
    path.write_bytes(b"no gzip at all")
    ran = run("replay", path)
    assert ran.code == 7
    assert ran.err.startswith("ArchiveFailure: ")
    config = write_config(tmp_path, write_sheet(tmp_path))
    output = tmp_path / "no-such-folder" / "night.warc.gz"
    ran = run("record", "dallas_sheet", "--config", config, "--output", output)
    assert ran.code == 7
    assert "ArchiveFailure: cannot use the archive" in ran.err


def test_a_source_that_fails_exits_with_1(tmp_path: Path) -> None:
    """A wall is named; `record` keeps it and says so, `contests` has nothing to show."""
    with served() as server:
        config = write_config(tmp_path, server.url("challenge"))
        ran = run("contests", "dallas_sheet", "--config", config)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("Blocked: a wall: 403")
        output = tmp_path / "wall.warc.gz"
        ran = run("record", "dallas_sheet", "--config", config, "--output", output)
        assert ran.code == 1
        assert "1 records of 1 visits" in ran.err
        assert "dallas_sheet: Blocked: a wall: 403" in ran.err


def test_status_prints_a_table_that_fits_and_every_column_as_json(dallas: Path) -> None:
    """The table is chosen columns; `--json` has all of race_status."""
    ran = run("status", "--database", dallas)
    assert ran.code == 0
    heading, row = ran.out.splitlines()
    assert max(len(heading.rstrip()), len(row.rstrip())) <= 100
    for word in ("dallas-da-2018", "Frizell", "lost (certified)", "56,056", "Creuzot", "-589"):
        assert word in row
    rows = json.loads(run("status", "--database", dallas, "--json").out)
    assert len(rows[0]) == 19
    assert (rows[0]["outcome"], rows[0]["basis"], rows[0]["margin"]) == ("lost", "certified", -589)


def test_status_of_a_new_database_says_that_nothing_is_there(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "new.db")) as db:
        Store(db)
    assert run("status", "--database", tmp_path / "new.db").out.strip() == "nothing yet"
    assert json.loads(run("status", "--database", tmp_path / "new.db", "--json").out) == []


def test_a_recording_is_kept_continued_and_replayed(tmp_path: Path) -> None:
    """`record` writes what `replay` plays; a second visit that finds nothing new adds nothing."""
    config = write_config(tmp_path, write_sheet(tmp_path))
    output = tmp_path / "dallas.warc.gz"
    ran = run("record", "dallas_sheet", "--config", config, "--output", output)
    assert (ran.code, ran.out) == (0, "")
    assert "1 records of 1 visits in" in ran.err
    size = output.stat().st_size
    ran = run("record", "dallas_sheet", "--config", config, "--output", output)
    assert "0 records of 1 visits in" in ran.err
    assert output.stat().st_size == size
    ran = run("replay", output, "--json")
    assert ran.code == 0
    posts = json.loads(ran.out)
    kinds = [post["kind"] for post in posts]
    assert kinds[:3] == ["race-opened", "now-watching", "scoreboard"]
    # The recording has the hour of this run: the last look, twelve hours on, may pass 8 AM.
    assert set(kinds[3:]) <= {"morning-report"}
    assert "Frizell" in posts[1]["text"]


async def test_a_recording_goes_on_for_its_time(tmp_path: Path) -> None:
    """Visits go on every so often, conditional ones too; what changed is a record more."""
    clock = iter(datetime(2018, 3, 8, 18, tzinfo=UTC) + timedelta(seconds=30 * n) for n in count())
    url = write_sheet(tmp_path)
    night = app.night_of(app.config_at(write_config(tmp_path, url)))
    shares: list[float] = []

    def told(share: float) -> None:
        shares.append(share)
        if len(shares) == 2:
            write_sheet(tmp_path, SHEET.replace("56000", "56056"))

    fetcher = HttpFetcher(FetchConfig())
    with ArchiveWriter(tmp_path / "night.warc.gz") as archive:
        kept = await Recorder(night.scrapers, fetcher, archive).run(
            30, 300, lambda: next(clock), told
        )
    await fetcher.aclose()
    assert (kept.visits, kept.records, kept.failures) == (len(shares), 2, ())
    assert kept.visits > 3
    assert shares == sorted(shares)


def test_contests_lists_what_a_source_has(tmp_path: Path) -> None:
    config = write_config(tmp_path, write_sheet(tmp_path))
    ran = run("contests", "dallas_sheet", "--config", config, "--json")
    rows = json.loads(ran.out)
    assert [row["title"] for row in rows] == ["County Judge", "Criminal District Attorney"]
    assert rows[1]["candidates"] == ["Elizabeth Davis Frizell", "John Creuzot"]
    ran = run("contests", "dallas_sheet", "--config", config, "--grep", "frizell")
    assert "Criminal District Attorney" in ran.out
    assert "County Judge" not in ran.out
    assert "Elizabeth Davis Frizell 56,000" in ran.out
    ran = run("contests", "dallas_sheet", "--config", config, "--grep", "prosecutor", "--json")
    assert [row["title"] for row in json.loads(ran.out)] == ["Criminal District Attorney"]


def test_the_schema_is_the_shipped_one() -> None:
    """`config schema` prints what lies beside config.toml."""
    printed = json.loads(run("config", "schema").out)
    assert printed == schema()
    shipped = (ROOT / "config.schema.json").read_text(encoding="utf-8")
    assert printed == json.loads(shipped)


def test_run_without_the_packages_says_which_line_to_run() -> None:
    """A Python with nothing installed gets the set-up line instead of a traceback."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-S", "-E", str(ROOT / "run.py"), "demo"],
        capture_output=True, text=True, check=False, env=environ, cwd="/",
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]'" in done.stderr
