"""What was missed, from a site's own list of versions: history, once, and never the present.

The site is a folder of files. Its figures are those of Allegheny County's primary for district
attorney on 2023-05-16, as they stood at six moments of the night and of the weeks after it; the
versions' numbers and the precincts counted are ours.
"""

from __future__ import annotations

import json
import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from monitor.app import config_at, night_of, opened
from monitor.backfill import narrowed
from monitor.backfill_app import Options, run
from monitor.backfill_versions import Versioned, add_versions
from monitor.database import open_reader
from monitor.errors import NothingMatched, TooLarge
from monitor.fetch import HttpFetcher
from monitor.parsing import Parser

if TYPE_CHECKING:
    from monitor.backfill import Backfilled

SHIPPED = Path(__file__).parent.parent / "config.toml"
RACE = "allegheny-da-2023"
NIGHT: dict[int, tuple[str, tuple[int, int, int], int]] = {
    317001: ("5/13/2023 1:57:48 PM EDT", (0, 0, 0), 0),
    317640: ("5/16/2023 8:04:00 PM EDT", (38031, 31015, 40), 0),
    317647: ("5/16/2023 8:48:00 PM EDT", (39363, 31776, 44), 210),
    317655: ("5/16/2023 9:10:00 PM EDT", (46914, 37509, 61), 402),
    317660: ("5/16/2023 9:12:00 PM EDT", (46914, 37509, 61), 402),
    318010: ("6/5/2023 11:47:28 AM EDT", (94974, 75575, 196), 1324),
}
"""By version: the time it prints, the votes of Dugan, Zappala and write-ins, precincts in."""


def publish(site: Path, *versions: int, listed: tuple[int, ...] = tuple(NIGHT)) -> Path:
    """Write the files of some versions; the newest of them is the current one."""
    folder = site / "PA" / "Allegheny" / "118321"
    for version in versions:
        stamp, votes, precincts = NIGHT[version]
        body = {
            "C": "DEM District Attorney", "K": "0016", "AggID": "-1", "VF": 1, "TP": 1324,
            "PR": precincts, "CH": ["Matt Dugan", "Steve Zappala", "Write-in"],
            "P": ["DEM", "DEM", "DEM"], "V": votes,
        }  # fmt: skip
        settings = {
            "settings": {"electiondetails": {"electiondate": "5/16/2023"}},
            "websiteupdatedat": stamp,
            "versions": [str(one) for one in listed if one <= version],
        }
        below = folder / str(version) / "json"
        (below / "en").mkdir(parents=True)
        (below / "sum.json").write_text(json.dumps({"Contests": [body]}), encoding="utf-8")
        (below / "en" / "electionsettings.json").write_text(json.dumps(settings), encoding="utf-8")
    (folder / "current_ver.txt").write_text(str(max(versions)), encoding="utf-8")
    return folder


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The shipped configuration, with the folder in the site's place."""
    path = tmp_path / "config.toml"
    path.write_text(SHIPPED.read_text(encoding="utf-8"), encoding="utf-8")
    host = f'\nhost = "{(tmp_path / "site").as_uri()}"'
    changed(path, '\neid = "118321"', f'\neid = "118321"{host}')
    return path


def changed(path: Path, old: str, new: str) -> None:
    """Change a text in a file, where it stands once."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


class Counted(HttpFetcher):
    """The real fetcher, which remembers what was asked for."""

    asked: list[str]

    async def fetch(self, request: Any, **more: Any) -> Any:
        """Fetch, and remember."""
        self.asked.append(request.url)
        return await super().fetch(request, **more)


async def backfill(config: Path, source: str = "pa_allegheny") -> tuple[Backfilled, list[str]]:
    """Backfill a source's versions; return what was added, and what was asked for."""
    one = narrowed(config_at(config), None, source)
    fetcher, parser = Counted(one.fetch), Parser()
    fetcher.asked = []
    try:
        with opened(config.with_name("it.db")) as store:
            done = await add_versions(store, night_of(one), source, fetcher, parser)
    finally:
        parser.close()
        await fetcher.aclose()
    return done, fetcher.asked


def history(config: Path) -> list[dict[str, Any]]:
    """Return Dugan's rows as they were written."""
    with closing(open_reader(config.with_name("it.db"))) as db:
        query = "SELECT * FROM history WHERE name = 'Matt Dugan' ORDER BY \"row\""
        return list(db.query(query))


async def test_every_version_that_changed_something_is_a_report_of_its_own(config: Path) -> None:
    """In the order of the count; zeros of May 13 and the repetition of 9:12 are no history."""
    publish(config.with_name("site"), *NIGHT)
    done, asked = await backfill(config)
    assert (done.kind, done.history, done.passed_over) == ("versions", {RACE: 12}, {})
    found = history(config)
    assert [(row["version"], row["votes"], row["units_reported"]) for row in found] == [
        (317640, 38031, 0),
        (317647, 39363, 210),
        (317655, 46914, 402),
        (318010, 94974, 1324),
    ]
    stamps = [datetime.fromisoformat(row["source_time"]) for row in found]
    assert stamps[0] == datetime(2023, 5, 17, 0, 4, tzinfo=UTC)
    assert stamps == sorted(stamps)
    assert [row["at"] for row in found] == sorted(row["at"] for row in found)
    assert all(row["is_backfill"] for row in found)
    order = [int(match[1]) for url in asked if (match := re.search(r"/(\d{6})/json/sum", url))]
    assert order == sorted(NIGHT)


async def test_nothing_of_it_is_the_present(config: Path) -> None:
    """No race state, no event, no message, and nothing that `--notify` could tell."""
    publish(config.with_name("site"), *NIGHT)
    done, _ = await backfill(config)
    assert done.newest == {}
    with closing(open_reader(config.with_name("it.db"))) as db:
        for table in ("events", "outbox", "races"):
            (count,) = db.query(f"SELECT count(*) AS n FROM {table}")  # noqa: S608 - ours
            assert count["n"] == 0


async def test_again_adds_nothing_and_asks_for_the_list_alone(config: Path) -> None:
    publish(config.with_name("site"), *NIGHT)
    await backfill(config)
    before = history(config)
    done, asked = await backfill(config)
    assert (done.history, history(config)) == ({RACE: 0}, before)
    assert len(asked) == 2


async def test_what_came_since_is_added_with_what_it_changed(config: Path) -> None:
    """The version before is read again to tell a change from a repetition."""
    *early, newest = NIGHT
    site = config.with_name("site")
    publish(site, *early[:-1])
    await backfill(config)
    publish(site, early[-1], newest)
    done, asked = await backfill(config)
    assert done.history == {RACE: 3}
    assert [row["version"] for row in history(config)] == [317640, 317647, 317655, 318010]
    assert not any("/317647/" in url for url in asked)


async def test_a_version_that_is_gone_or_damaged_stops_no_other(config: Path) -> None:
    """Each is tried again the next time."""
    folder = publish(config.with_name("site"), *NIGHT)
    kept = (folder / "317640" / "json" / "sum.json").read_bytes()
    (folder / "317640" / "json" / "sum.json").unlink()
    (folder / "317647" / "json" / "sum.json").write_bytes(kept[:80])
    done, _ = await backfill(config)
    assert done.history == {RACE: 6}
    (folder / "317640" / "json" / "sum.json").write_bytes(kept)
    done, _ = await backfill(config)
    assert done.history == {RACE: 3}
    assert {row["version"] for row in history(config)} == {317640, 317655, 318010}


async def test_a_site_that_fails_keeps_what_was_added(config: Path) -> None:
    folder = publish(config.with_name("site"), *NIGHT)
    changed(config, "max_bytes = 32_000_000", "max_bytes = 100_000")
    (folder / "317655" / "json" / "sum.json").write_bytes(b" " * 100_001)
    with pytest.raises(TooLarge):
        await backfill(config)
    assert [row["version"] for row in history(config)] == [317640, 317647]


async def test_versions_that_fit_no_race_are_named(config: Path) -> None:
    """Before election day, or of another election."""
    site = config.with_name("site")
    folder = publish(site, 317001)
    with pytest.raises(NothingMatched, match="none of election day or later"):
        await backfill(config)
    publish(site, 317640)
    settings = folder / "317640" / "json" / "en" / "electionsettings.json"
    changed(settings, '"5/16/2023"', '"11/7/2023"')
    done, _ = await backfill(config)
    assert "of the election of 2023-11-07" in done.passed_over[RACE]
    assert history(config) == []


async def test_a_source_without_versions_says_so(config: Path) -> None:
    one = narrowed(config_at(config), None, None)
    assert isinstance(night_of(one).scrapers["pa_allegheny"], Versioned)
    with pytest.raises(NothingMatched, match="dallas_sheet keeps no versions"):
        await backfill(config, "dallas_sheet")


async def test_the_command_takes_the_versions_of_a_source(config: Path) -> None:
    """Without a file: `run.py backfill --source pa_allegheny`, and `--notify` tells nothing."""
    publish(config.with_name("site"), *NIGHT)
    options = Options(
        None, config, config.with_name("it.db"), source="pa_allegheny", notify=True, quiet=True
    )
    done, told = await run(options, {})
    assert (done.kind, done.history, told) == ("versions", {RACE: 12}, {})


async def test_another_contest_that_changed_alone_is_not_taken_for_ours(config: Path) -> None:
    """Two contests fit the race, so none is ours; that one of them moves tells nothing."""
    folder = publish(config.with_name("site"), *NIGHT)
    for version in NIGHT:
        path = folder / str(version) / "json" / "sum.json"
        told = json.loads(path.read_text(encoding="utf-8"))
        (ours,) = told["Contests"]
        other = {**ours, "K": "0017", "PR": 0, "V": [1, 2, 3]}
        told["Contests"] = [ours, other]
        path.write_text(json.dumps(told), encoding="utf-8")
    with pytest.raises(NothingMatched, match="no version of pa_allegheny could be added"):
        await backfill(config)
    assert history(config) == []
