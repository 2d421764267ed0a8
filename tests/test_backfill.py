"""Backfill: what was missed becomes history, once, and nobody is told of it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from monitor.app import config_at, history_url, opened
from monitor.backfill_app import Options, run
from monitor.cli import main
from monitor.database import open_database, open_reader
from monitor.errors import (
    ArchiveFailure,
    DatabaseInUse,
    LayoutChanged,
    MonitorError,
    NotFound,
    NothingMatched,
    ScraperBroken,
    Truncated,
)
from monitor.polls import PollState
from tests.results_pct import HEADING, read_totals, write_results_pct

if TYPE_CHECKING:
    from monitor.backfill import Backfilled
    from monitor.model import Page

HERE = Path(__file__).parent
SHIPPED = HERE.parent / "config.toml"
NIGHTS = HERE / "nights"
ROWS = 220_000
KILLED_AT = 120_000
CERTIFIED = HERE / "examples" / "ncsbe_pct" / "complete" / "results_pct_20180508.zip"
"""Durham, 2018-05-08, in the layout of 14 columns, with the certified figures."""
DEBERRY = {"Satana Deberry": 15_281, "Roger Echols": 12_696, "Daniel Meier": 3_342}

KILLED = """
import os, signal, sys
from pathlib import Path
from datetime import UTC, datetime
from monitor import app, given, precincts
file, database, stop = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
def die(read):
    if read >= stop:
        os.kill(os.getpid(), signal.SIGKILL)
with app.opened(database) as store, file.open("rb") as stream:
    digest = given.digest_of(stream)
    stream.seek(0)
    precincts.begin(store, digest, file.name, datetime.now(UTC))
    precincts.add_lines(store, digest, app.precinct_format().lines(stream, "it"), "it", die)
"""


async def backfill(
    what: Path | str | None, database: Path, config: Path = SHIPPED, **more: Any
) -> Backfilled:
    """Backfill and return what was added."""
    given = None if what is None else str(what)
    done, _ = await run(Options(given, config, database, quiet=True, **more), {})
    return done


def rows(database: Path, sql: str) -> list[dict[str, Any]]:
    """Return the rows of a query."""
    with closing(open_reader(database)) as db:
        return list(db.query(sql))


def history(database: Path, race: str = "durham-da-2018") -> list[dict[str, Any]]:
    found = rows(database, 'SELECT * FROM race_history ORDER BY "row"')
    return [row for row in found if row["race"] == race]


def untouched(database: Path) -> bool:
    """Say whether nothing but history, imports and their lines was written."""
    tables = ("outbox", "events", "races", "standings", "sources", "pages")
    return not any(rows(database, f"SELECT * FROM {table}") for table in tables)  # noqa: S608 - ours


def line(choice: str = "Ann Example", votes: str = "7", day: str = "11/05/2024") -> str:
    """Return one line of the layout of 2024; names are ours."""
    middle = f"1\tS\tSHERIFF\t{choice}\tDEM\t1"
    return f"ASHE\t{day}\t01\t{middle}\t{votes}\t0\t0\t0\t{votes}\tY\r\n"


# -- the statewide file ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def statewide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the file of 220,000 lines."""
    path = tmp_path_factory.mktemp("statewide") / "results_pct_20241105.txt"
    write_results_pct(path, seed=2024, rows=ROWS)
    return path


@pytest.fixture(scope="module")
def killed(statewide: Path) -> Path:
    """Import it in a process that is killed without warning on its way."""
    database = statewide.with_name("killed.db")
    command = [sys.executable, "-c", KILLED, str(statewide), str(database), str(KILLED_AT)]
    ended = subprocess.run(command, check=False, cwd=HERE.parent)
    assert ended.returncode == -9
    return database


def stored(database: Path) -> int:
    return int(rows(database, "SELECT count(*) AS n FROM precinct_lines")[0]["n"])


async def test_a_statewide_file_killed_on_its_way_goes_on_and_is_whole(
    statewide: Path, killed: Path
) -> None:
    """Every choice sums to its real total, in all and by type; a third run adds nothing."""
    assert stored(killed) == KILLED_AT
    assert rows(killed, "SELECT * FROM precinct_votes LIMIT 1") == []
    shares: list[float] = []
    first = await backfill(statewide, killed, on_progress=shares.append)
    assert first.lines == ROWS - KILLED_AT
    assert stored(killed) == ROWS
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    again = await backfill(statewide, killed)
    assert (again.lines, again.history, stored(killed)) == (0, {}, ROWS)
    assert sums(killed) == expected()
    assert untouched(killed)


def sums(database: Path) -> dict[tuple[str, ...], tuple[int, ...]]:
    """Return the view's sums by contest, title, choice and party: four types and the total."""
    found = rows(
        database,
        "SELECT contest_key, contest, choice, party, sum(election_day) AS d, sum(early) AS e,"
        " sum(absentee_mail) AS a, sum(provisional) AS p, sum(votes) AS v FROM precinct_votes"
        " GROUP BY contest_key, contest, choice, party",
    )
    return {
        (row["contest_key"], row["contest"], row["choice"], row["party"]): tuple(
            row[name] for name in "deapv"
        )
        for row in found
    }


def expected() -> dict[tuple[str, ...], tuple[int, ...]]:
    """Return the real totals as the fixture has them."""
    totals: dict[tuple[str, ...], tuple[int, ...]] = {}
    for one in read_totals():
        title = one.contest.partition(" (VOTE FOR")[0]
        totals[one.gid, title, one.name, one.party] = (*one.votes, one.total)
    assert len(totals) == 738
    return totals


# -- a precinct file becomes history ---------------------------------------------------------


async def test_a_file_in_the_old_layout_is_history_of_its_race(tmp_path: Path) -> None:
    """Durham's certified count: the sums, the types, marked as backfill, and only once."""
    database = tmp_path / "it.db"
    done = await backfill(CERTIFIED, database)
    assert (done.kind, done.history) == ("precincts", {"durham-da-2018": 3})
    found = history(database)
    assert {row["name"]: row["votes"] for row in found} == DEBERRY
    assert {(row["is_backfill"], row["source"], row["units"]) for row in found} == {
        (1, "ncsbe_pct", None)
    }
    again = await backfill(CERTIFIED, database)
    assert (again.lines, again.history) == (0, {"durham-da-2018": 0})
    assert history(database) == found
    assert untouched(database)


async def test_real_precincts_are_units_and_other_counties_are_left_out(tmp_path: Path) -> None:
    """Pitt's count of November 2018; a line of another county is not the race's."""
    example = HERE / "examples" / "ncsbe_pct" / "real_precincts" / "results_pct_20181106.zip"
    with zipfile.ZipFile(example) as archive:
        text = archive.read(archive.namelist()[0]).decode()
    first = text.splitlines()[1]
    file = tmp_path / "with_another_county.txt"
    file.write_bytes((text + first.replace("PITT", "WAKE") + "\r\n").encode())
    both = tmp_path / "both.db"
    await backfill(file, both)
    alone = tmp_path / "alone.db"
    await backfill(example, alone)
    keep = ("name", "votes", "by_type", "units_reported", "units_total", "units")
    figures = [{key: row[key] for key in keep} for row in history(alone, "pitt-da-2018")]
    assert figures == [{key: row[key] for key in keep} for row in history(both, "pitt-da-2018")]
    assert {row["units"] for row in figures} == {"precincts"}
    assert {(row["units_reported"], row["units_total"]) for row in figures} == {(40, 40)}


async def test_a_file_of_another_date_names_both_dates(tmp_path: Path) -> None:
    """Asked for a race, nothing is stored; asked for all, the lines are worth keeping."""
    file = tmp_path / "other.txt"
    file.write_text(HEADING + line(), newline="")
    database = tmp_path / "it.db"
    with pytest.raises(NothingMatched, match=r"2024-11-05, but .* durham-da-2018 on 2018-05-08"):
        await backfill(file, database, race="durham-da-2018")
    assert stored(database) == 0
    assert (await backfill(file, database)).lines == 1


@pytest.mark.parametrize(
    ("body", "error", "told"),
    [
        (HEADING + line() + line("Bo Example", "x"), LayoutChanged, "line 3 of"),
        (HEADING + line() + line(), LayoutChanged, "lines 2 and 3 of .* are one line twice"),
        (HEADING + line() + line("Bo", day="11/08/2022"), LayoutChanged, "two election dates"),
        (HEADING + line() + line("Bo Example")[:30], Truncated, "ends inside line 3"),
        ("PK\3\4 and no zip", Truncated, "damaged or cut"),
        ("not known at all", NothingMatched, "say with --source"),
        ("", NothingMatched, "say with --source"),
    ],
)
async def test_a_bad_file_is_named_with_its_line_and_never_shown(
    body: str, error: type[MonitorError], told: str, tmp_path: Path
) -> None:
    file = tmp_path / "bad.txt"
    file.write_text(body, newline="")
    with pytest.raises(error, match=told):
        await backfill(file, tmp_path / "it.db")
    assert rows(tmp_path / "it.db", "SELECT * FROM precinct_votes") == []
    assert rows(tmp_path / "it.db", "SELECT * FROM race_history") == []


async def test_whole_batches_before_a_bad_line_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The transaction of the bad line's batch is all that is lost."""
    monkeypatch.setattr("monitor.precincts.BATCH", 2)
    file = tmp_path / "bad.txt"
    good = [line(f"Candidate {number}") for number in range(5)]
    file.write_text(HEADING + "".join(good) + line("Bo", "x"), newline="")
    with pytest.raises(LayoutChanged, match="line 7 of"):
        await backfill(file, tmp_path / "it.db")
    assert stored(tmp_path / "it.db") == 4


# -- archives --------------------------------------------------------------------------------


async def test_a_recorded_night_becomes_the_history_live_watching_writes(tmp_path: Path) -> None:
    """From zero to the certified count, once, and none of it is told."""
    database = tmp_path / "it.db"
    done = await backfill(NIGHTS / "durham-2018.warc.gz", database)
    found = history(database)
    assert done.history == {"durham-da-2018": len(found)}
    last = {row["name"]: row["votes"] for row in found}
    assert last == DEBERRY
    assert [row["at"] for row in found] == sorted(row["at"] for row in found)
    assert all(row["is_backfill"] for row in found)
    again = await backfill(NIGHTS / "durham-2018.warc.gz", database)
    assert again.history == {"durham-da-2018": 0}
    assert untouched(database)


async def test_an_archive_can_be_taken_in_part(tmp_path: Path) -> None:
    """The night of the primary, without the days after it."""
    database = tmp_path / "it.db"
    day = date(2018, 5, 9)
    await backfill(NIGHTS / "durham-2018.warc.gz", database, first=day, last=day)
    found = history(database)
    assert found
    assert {row["at"][:10] for row in found} == {"2018-05-09"}


async def test_an_archive_of_other_races_names_both(tmp_path: Path) -> None:
    with pytest.raises(
        NothingMatched, match=r"durham-2018.*recorded 2018-05-.* no page of nc_pitt"
    ):
        await backfill(NIGHTS / "durham-2018.warc.gz", tmp_path / "it.db", source="nc_pitt")


async def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    file = tmp_path / "night.warc.gz"
    file.write_bytes(b"\x1f\x8bnothing")
    with pytest.raises(ArchiveFailure, match="night"):
        await backfill(file, tmp_path / "it.db")


# -- any other page ---------------------------------------------------------------------------


@pytest.fixture
def sheet(tmp_path: Path) -> tuple[Path, Path]:
    """Write a sheet with Dallas's official figures of 2018, and a config that names it."""
    example = HERE / "examples" / "sheet" / "complete"
    (body,) = [path for path in example.iterdir() if path.suffix == ".csv"]
    copy = tmp_path / "dallas.csv"
    copy.write_bytes(body.read_bytes())
    config = tmp_path / "config.toml"
    config.write_text(SHIPPED.read_text(encoding="utf-8"), encoding="utf-8")
    return copy, config


async def test_a_page_is_parsed_by_the_platform_of_its_source(
    sheet: tuple[Path, Path], tmp_path: Path
) -> None:
    """One report, one row a selection; a second run adds none though the clock went on."""
    page, config = sheet
    database = tmp_path / "it.db"
    done = await backfill(page, database, config, source="dallas_sheet")
    assert done.kind == "report"
    found = history(database, "dallas-da-2018")
    assert done.history == {"dallas-da-2018": len(found)}
    assert {row["source"] for row in found} == {"dallas_sheet"}
    again = await backfill(page.as_uri(), database, config, source="dallas_sheet")
    assert again.history == {"dallas-da-2018": 0}
    assert untouched(database)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"source": "nowhere"}, "no source 'nowhere' .* nc_durham"),
        ({"race": "nobody"}, "no race 'nobody' .* durham-da-2018"),
        ({"race": "pitt-da-2018", "source": "nc_durham"}, "does not use source nc_durham"),
    ],
)
async def test_unknown_names_are_answered_with_the_known_ones(
    more: dict[str, Any], told: str, tmp_path: Path
) -> None:
    with pytest.raises(NothingMatched, match=told):
        await backfill(CERTIFIED, tmp_path / "it.db", **more)


async def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(NothingMatched, match=r"cannot read nothing\.zip"):
        await backfill("nothing.zip", tmp_path / "it.db")
    missing = (tmp_path / "nothing.csv").as_uri()
    with pytest.raises(NotFound):
        await backfill(missing, tmp_path / "it.db", source="dallas_sheet")


async def test_a_scraper_that_cannot_read_one_page_alone_is_named(
    sheet: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A platform that wants its pages together fails by name, not with a traceback."""

    def two_pages(self: object, pages: tuple[Page, ...]) -> None:
        _one, _two = pages

    monkeypatch.setattr("scrapers.platforms.sheet.Scraper.parse", two_pages)
    with pytest.raises(ScraperBroken, match=r"dallas_sheet cannot read dallas.csv alone"):
        await backfill(sheet[0], tmp_path / "it.db", source="dallas_sheet")


async def test_a_source_of_north_carolina_has_its_precinct_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of the election's date is fetched and imported, as if it had been given."""
    source = next(one for one in config_at(SHIPPED).sources if one.id == "nc_durham")
    url = "https://s3.amazonaws.com/dl.ncsbe.gov/ENRS/2018_05_08/results_pct_20180508.zip"
    assert history_url(source) == url
    monkeypatch.setattr("monitor.app.history_url", lambda _: CERTIFIED.as_uri())
    database = tmp_path / "it.db"
    day = date(2018, 5, 8)
    done = await backfill(None, database, source="nc_durham", first=day, last=day)
    assert done.history == {"durham-da-2018": 3}
    assert {row["source"] for row in history(database)} == {"nc_durham"}


async def test_a_source_without_history_of_its_own_says_so(tmp_path: Path) -> None:
    database = tmp_path / "it.db"
    with pytest.raises(NothingMatched, match="keeps no history of its own"):
        await backfill(None, database, source="dallas_sheet")
    with pytest.raises(NothingMatched, match="was on 2018-05-08, not between 2019-01-01"):
        await backfill(None, database, source="nc_durham", first=date(2019, 1, 1))
    with pytest.raises(NothingMatched, match="days of an archive"):
        await backfill(CERTIFIED, database, first=date(2018, 5, 8))
    with pytest.raises(NothingMatched, match="say what to backfill"):
        await backfill(None, database)


async def test_a_running_watch_is_not_disturbed(tmp_path: Path) -> None:
    """One instance per database: the error says what to do."""
    database = tmp_path / "it.db"
    with closing(open_database(database)), pytest.raises(DatabaseInUse, match="stop it, or name"):
        await backfill(CERTIFIED, database)


# -- the present state, once -------------------------------------------------------------------


def posts(database: Path) -> list[dict[str, Any]]:
    return rows(database, 'SELECT kind, race, text, state FROM post_log ORDER BY "row"')


async def told(what: Path, database: Path, **more: Any) -> dict[str, str]:
    """Backfill with --notify; return what became of each race."""
    options = Options(str(what), SHIPPED, database, notify=True, quiet=True, **more)
    return (await run(options, {}))[1]


async def test_notify_tells_the_present_once_and_no_history(tmp_path: Path) -> None:
    """One root, one NOW WATCHING with the last figures; again: nothing.

    The source's polling is left alone: what a file says is no sign that the site answers.
    """
    database = tmp_path / "it.db"
    night = NIGHTS / "durham-2018.warc.gz"
    failing = PollState(visited_at=datetime(2018, 5, 9, tzinfo=UTC), failures=4, broken_told=True)
    with opened(database) as store, store.transaction():
        store.save_poll("nc_durham", failing)
    assert await told(night, database) == {"durham-da-2018": "told"}
    found = posts(database)
    assert [post["kind"] for post in found] == ["race-opened", "now-watching"]
    assert "leads Echols by 2,585" in found[1]["text"]
    assert not database.with_suffix(".warc.gz").exists()
    assert {post["state"] for post in found} == {"sent"}
    assert "already has newer figures" in (await told(night, database))["durham-da-2018"]
    assert posts(database) == found
    with opened(database) as store:
        assert store.poll("nc_durham") == failing


async def test_notify_says_when_sanity_keeps_the_figures_back(
    sheet: tuple[Path, Path], tmp_path: Path
) -> None:
    """Fewer votes than live has accepted: the live path holds them, and no count is told."""
    page, _ = sheet
    database = tmp_path / "it.db"
    await told(page, database, source="dallas_sheet")
    found = posts(database)
    text = page.read_text(encoding="utf-8")
    fewer = tmp_path / "fewer.csv"
    fewer.write_text(text.replace("56,000", "55,990"), encoding="utf-8")
    assert fewer.read_text(encoding="utf-8") != text
    answer = await told(fewer, database, source="dallas_sheet")
    assert answer["dallas-da-2018"].startswith("held: ")
    assert {post["kind"] for post in posts(database)} - {post["kind"] for post in found} <= {
        "report-held"
    }


async def test_notify_from_a_page_uses_the_live_keys(
    sheet: tuple[Path, Path], tmp_path: Path
) -> None:
    """The sheet's figures are told in the race's thread; the same file is not told twice."""
    page, _ = sheet
    database = tmp_path / "it.db"
    first = await told(page, database, source="dallas_sheet")
    assert first == {"dallas-da-2018": "told"}
    found = posts(database)
    assert [post["kind"] for post in found][:2] == ["race-opened", "now-watching"]
    again = await told(page, database, source="dallas_sheet")
    assert again == {"dallas-da-2018": "dallas_sheet already has these figures"}
    assert posts(database) == found


async def test_notify_of_a_file_without_a_configured_source_is_refused(tmp_path: Path) -> None:
    """The history stands; a figure nobody polls has no live path."""
    database = tmp_path / "it.db"
    with pytest.raises(NothingMatched, match="no live path for ncsbe_pct"):
        await told(CERTIFIED, database)
    assert len(history(database)) == 3
    assert posts(database) == []


def test_the_command_prints_what_was_added_and_its_errors_in_one_line(tmp_path: Path) -> None:
    """Data on stdout, as JSON when asked; an error's own exit code."""
    more = ["--config", str(SHIPPED), "--database", str(tmp_path / "it.db")]
    result = CliRunner().invoke(main, ["backfill", str(CERTIFIED), "--json", *more])
    assert result.exit_code == 0, result.output
    shown = json.loads(result.stdout)
    assert (shown["kind"], shown["lines_added"]) == ("precincts", 198)
    assert shown["races"] == [
        {
            "race": "durham-da-2018",
            "history_rows_added": 3,
            "passed_over": "",
            "notify": "",
        }
    ]
    result = CliRunner().invoke(main, ["backfill", str(CERTIFIED), "--race", "pitt-da-2018", *more])
    assert result.exit_code == 5
    assert "2018-05-08, but the races are pitt-da-2018 on 2018-11-06" in result.stderr
