"""`sources`: what a link is, what the site has, and the config to paste."""

from __future__ import annotations

import json
import tomllib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor import app, lookup
from monitor.config import read_config
from monitor.errors import NotFound, NothingMatched
from monitor.model import Page, Request
from monitor.parsing import Parser
from monitor.paste import config_for
from monitor.world import RecordedFetcher, World
from tests.commands import NIGHTS, run
from tests.sheet_desk import served, write_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NOW = datetime(2018, 5, 18, 12, tzinfo=UTC)
DURHAM = "https://er.ncsbe.gov/?election_dt=05/08/2018&county_id=32"
ALLEGHENY = "https://results.enr.clarityelections.com/PA/Allegheny/118321/web.345435/#/summary"


@pytest.fixture(scope="module")
def known() -> Mapping[str, lookup.Known]:
    """Return every scraper there is."""
    return app.scrapers()


class Shelf:
    """A fetcher that has some bodies by URL, and a 404 for all else."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self._bodies = bodies

    async def fetch(
        self, request: Request, *, known: Page | None, now: datetime, unconditional: bool
    ) -> Page:
        """Return the body of the URL."""
        del known, unconditional
        if request.url not in self._bodies:
            raise NotFound(f"not found: 404 at {request.url}")
        return Page(request.url, 200, (), self._bodies[request.url], now)


@pytest.mark.parametrize(
    ("url", "scraper", "day", "settings", "missing"),
    [
        (DURHAM, "nc_durham", date(2018, 5, 8), (), ()),
        (
            "https://er.ncsbe.gov/enr/20180508/data/results_92.txt",
            "ncsbe", date(2018, 5, 8), (("cid", "92"),), (),
        ),
        (ALLEGHENY, "pa_allegheny", None, (("eid", "118321"),), ()),
        (
            "https://results.enr.clarityelections.com/GA/Cobb/105374/",
            "clarity", None, (("eid", "105374"), ("jurisdiction", "GA/Cobb")), (),
        ),
        (
            "https://results.enr.clarityelections.com/CO/",
            "clarity", None, (("jurisdiction", "CO"),), ("eid",),
        ),
        (
            "https://goelect.txelections.civixapps.com/ivis-enr-ui/races",
            "tx_goelect", None, (), ("eid",),
        ),
        (
            "https://example.org/kept.csv",
            "sheet", None, (("url", "https://example.org/kept.csv"),), (),
        ),
    ],
)  # fmt: skip
def test_links_are_recognised(
    known: Mapping[str, lookup.Known],
    url: str,
    scraper: str,
    day: date | None,
    settings: tuple[tuple[str, str], ...],
    missing: tuple[str, ...],
) -> None:
    """A county's own file goes before its platform, unless the link fits several of them."""
    link = lookup.recognise(url, known)
    assert (link.scraper, link.day, link.settings, link.missing) == (
        scraper, day, settings, missing,
    )  # fmt: skip


def test_a_link_of_several_counties_names_them(known: Mapping[str, lookup.Known]) -> None:
    link = lookup.recognise("https://goelect.txelections.civixapps.com/ivis-enr-ui/races", known)
    assert {"tx_bexar", "tx_dallas"} <= set(link.also)


def test_an_unknown_link_is_answered_with_the_platforms(
    known: Mapping[str, lookup.Known],
) -> None:
    with pytest.raises(NothingMatched, match=r"known are .*clarity.*ncsbe.*sheet.*tx_goelect"):
        lookup.recognise("https://example.org/results", known)
    ran = run("sources", "https://example.org/results")
    assert ran.code == 5
    assert ran.err.startswith("NothingMatched: no platform knows https://example.org/results")


async def test_the_recorded_site_gives_its_contests(known: Mapping[str, lookup.Known]) -> None:
    """Durham's recording answers for the site; its list of elections was never recorded."""
    world = World.read(NIGHTS / "durham-2018.warc.gz")
    link = lookup.recognise(DURHAM, known)
    found = await lookup.look_up(link, known, RecordedFetcher(world), Parser(), NOW)
    assert "DISTRICT ATTORNEY DISTRICT 16 - DEM (VOTE FOR 1)" in {c.title for c in found.contests}
    assert found.elections == ()
    assert [line.split(":")[:2] for line in found.failures] == [["elections", " NotRecorded"]]


async def test_the_list_of_elections_is_shown(known: Mapping[str, lookup.Known]) -> None:
    """The Board's list, in its format; the file of this election is not there yet."""
    shelf = Shelf({"https://er.ncsbe.gov/enr/elections.txt": b'[{"edt": "05/08/2018"}]'})
    link = lookup.recognise(DURHAM, known)
    found = await lookup.look_up(link, known, shelf, Parser(), NOW)
    assert [one.date for one in found.elections] == [date(2018, 5, 8)]
    assert found.contests == ()
    assert found.failures[0].startswith("contests: NotFound: ")


async def test_the_pasted_config_is_taken_once_it_is_filled_in(
    known: Mapping[str, lookup.Known],
) -> None:
    """What nobody can know from a link is left out and refused by name, never guessed."""
    world = World.read(NIGHTS / "durham-2018.warc.gz")
    link = lookup.recognise(DURHAM, known)
    found = await lookup.look_up(link, known, RecordedFetcher(world), Parser(), NOW)
    pasted = config_for(link, found)
    document = tomllib.loads(pasted)
    assert document["elections"] == {"nc-2018-05-08": {"date": date(2018, 5, 8), "state": "NC"}}
    assert document["sources"] == {"nc_durham": {"election": "nc-2018-05-08"}}
    assert "# one of: Daniel Meier; Roger Echols; Satana Deberry" in pasted
    filled = (
        pasted.replace("# kind = ", 'kind = "partisan-primary-closed" #')
        .replace("CANDIDATE", "Satana Deberry")
        .replace("ORGANIZATION", "Example Coalition")
    )
    slack = '[[slack.channels]]\nname = "#x"\norganisations = ["Example Coalition"]\n'
    config = read_config(f"{filled}\n{slack}", base=NIGHTS, scrapers=app.scrapers())
    assert config.races[0].sources[0].contest_key


def test_a_platform_gets_a_source_id_of_its_own(known: Mapping[str, lookup.Known]) -> None:
    link = lookup.recognise("https://results.enr.clarityelections.com/GA/Cobb/105374/", known)
    pasted = config_for(link, lookup.Lookup())
    document = tomllib.loads(pasted)
    assert document["sources"] == {
        "clarity_ga_cobb": {
            "election": "ga-election-day",
            "platform": "clarity",
            "eid": "105374",
            "jurisdiction": "GA/Cobb",
        }
    }
    assert "# date = YYYY-MM-DD" in pasted


def test_sources_of_a_sheet_prints_contests_and_config(tmp_path: Path) -> None:
    """A file on this machine is a link too."""
    url = write_sheet(tmp_path)
    ran = run("sources", url, "--json")
    assert ran.code == 0, ran.err
    printed = json.loads(ran.out)
    assert printed["link"]["scraper"] == "sheet"
    assert [one["title"] for one in printed["contests"]] == [
        "County Judge",
        "Criminal District Attorney",
    ]
    assert "contest_key = " in printed["config"]
    ran = run("sources", url)
    assert "sheet: sheet kept by hand" in ran.out
    assert 'platform = "sheet"' in ran.out


def test_a_site_that_fails_leaves_the_config(tmp_path: Path) -> None:
    """The failure is named on stderr; what the link says by itself is printed all the same."""
    with served() as server:
        url = server.url("challenge") + "/x.csv"
        ran = run("sources", url)
        assert ran.code == 1
        assert ran.err.startswith("contests: NotFound: ")
        assert 'platform = "sheet"' in ran.out
        asked = len(server.heads)
        assert run("sources", url, "--no-fetch").code == 0
        assert len(server.heads) == asked
