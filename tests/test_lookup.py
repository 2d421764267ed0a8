"""`sources`: what a link is, what the site has, and the config to paste."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor import app, lookup
from monitor.config import read_config
from monitor.contest_lists import narrowed
from monitor.errors import NotFound, NothingMatched
from monitor.model import Contest, Page, Report, Request, Selection
from monitor.parsing import Parser
from monitor.paste import config_for
from monitor.world import RecordedFetcher, World
from scrapers.platforms import enhanced_voting
from tests.commands import NIGHTS, ROOT, run
from tests.sheet_desk import served, write_sheet

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

EXAMPLES = ROOT / "tests" / "examples"
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


@pytest.mark.parametrize(
    ("url", "state"),
    [
        ("https://results.sos.ga.gov/results/public/Georgia/elections/2020DecStateRun", "GA"),
        ("https://results.sos.ga.gov/results/public/bacon-county-ga", "GA"),
        ("https://enr.elections.virginia.gov/results/public/virginia", "VA"),
        ("https://results.voteidaho.gov/results/public/id", "ID"),
        ("https://app.enhancedvoting.com/results/public/Cochise-County-AZ", "AZ"),
        ("https://app.enhancedvoting.com/results/public/Georgia", ""),
        (ALLEGHENY, "PA"),
        ("https://results.enr.clarityelections.com/CO/", "CO"),
    ],
)
def test_the_state_is_the_links_or_the_sites(
    known: Mapping[str, lookup.Known], url: str, state: str
) -> None:
    """It is never cut out of a name: Georgia was "Ge", and nothing could be added there."""
    assert lookup.recognise(url, known).state == state


def test_a_whole_states_link_is_no_countys(known: Mapping[str, lookup.Known]) -> None:
    """A file of one county there must not give its name to the race of another."""

    class Clarke(enhanced_voting.Scraper):
        county, state = "Clarke", "GA"
        jurisdiction, site = "Georgia", "results.sos.ga.gov"

    link = lookup.recognise(
        "https://results.sos.ga.gov/results/public/Georgia/elections/2020DecStateRun",
        {**known, "ga_clarke": Clarke},
    )
    assert (link.scraper, link.county, link.also) == ("enhanced_voting", "", ("ga_clarke",))


async def test_test_data_is_said(known: Mapping[str, lookup.Known]) -> None:
    case = EXAMPLES / "enhanced_voting" / "test_data"
    (page,) = json.loads((case / "exchange.json").read_text(encoding="utf-8"))["pages"]
    shelf = Shelf({page["url"]: (case / page["body"]).read_bytes()})
    link = lookup.recognise(page["url"].removesuffix("/data"), known)
    parser = Parser()
    found = await lookup.look_up(link, known, shelf, parser, NOW)
    parser.close()
    assert (found.is_test, len(found.contests)) == (True, 1)


def test_a_google_sheets_own_page_is_answered_with_how_to_publish_it(
    known: Mapping[str, lookup.Known],
) -> None:
    with pytest.raises(NothingMatched, match="choose File, Share, Publish to web"):
        lookup.recognise("https://docs.google.com/spreadsheets/d/1a/edit#gid=0", known)


@pytest.mark.parametrize(
    "text", ["kept.csv", "er.ncsbe.gov/?county_id=32", "https://[bad/", "a" * 5000, " "]
)
def test_what_is_neither_link_nor_file_is_said_to_be(text: str) -> None:
    """A file's name misspelt was taken for a sheet, and its tables were printed to be pasted."""
    ran = run("sources", text)
    assert (ran.code, ran.out) == (5, "")
    assert "is no file or folder here, and no link; a link begins with https://" in ran.err


def test_a_link_is_taken_as_chat_programs_copy_it() -> None:
    ran = run("sources", f" <{DURHAM}|Durham> ", "--no-fetch")
    assert ran.out.startswith("nc_durham: ")


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


# -- contests ----------------------------------------------------------------------------

OFFICES = (
    "DISTRICT ATTORNEY DISTRICT 16",
    "Criminal District Attorney",
    "COUNTYWIDE Prosecuting Attorney",
    "ADAMS COUNTY Prosecutor",
    "State's Attorney",
    "STATE’S ATTORNEY",  # noqa: RUF001 - as sources print it
    "State Attorney, 20th Judicial Circuit",
    "Commonwealth's Attorney (Alexandria City)",
    "County Attorney",
    "Circuit Attorney",
    "Solicitor Circuit 5",
)
"""The prosecutor's office in the words of eleven sites."""
OTHERS = ("Attorney General", "County Judge", "DISTRICT COURT JUDGE", "County Auditor")


def report_of_all() -> Report:
    """Make one contest for each title, each with its own candidate."""
    titles = (*OFFICES, *OTHERS)
    choices = ((Selection("1", f"Candidate {number}", 0),) for number in range(len(titles)))
    return Report(
        tuple(
            Contest(str(key), title, lines)
            for key, (title, lines) in enumerate(zip(titles, choices, strict=True), start=100)
        )
    )


@pytest.mark.parametrize(
    "asked",
    [
        "district attorney", "Prosecuting Attorney", "prosecutor", "state's attorney",
        "States Attorney", "state attorney", "Commonwealth's Attorney", "COUNTY ATTORNEY",
        "solicitor", "circuit attorney", "Criminal District Attorney",
    ],
)  # fmt: skip
def test_each_name_of_the_office_finds_all_of_them(asked: str) -> None:
    """Nobody has to know what a state calls its prosecutor."""
    assert tuple(one.title for one in narrowed(report_of_all(), "s", asked)) == OFFICES


def test_attorney_finds_the_office_and_what_has_the_word() -> None:
    titles = [one.title for one in narrowed(report_of_all(), "s", "attorney")]
    assert titles == [*OFFICES, "Attorney General"]


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ("judge", ["County Judge", "DISTRICT COURT JUDGE"]),
        ("attorney general", ["Attorney General"]),
        ("district 16", ["DISTRICT ATTORNEY DISTRICT 16"]),
        ("candidate 11", ["Attorney General"]),
        ("114", ["County Auditor"]),
    ],
)
def test_any_other_text_finds_what_has_it(asked: str, titles: list[str]) -> None:
    assert [one.title for one in narrowed(report_of_all(), "s", asked)] == titles


def test_the_office_with_more_words_finds_what_has_them_all() -> None:
    titles = [one.title for one in narrowed(report_of_all(), "s", "district attorney district 16")]
    assert titles == ["DISTRICT ATTORNEY DISTRICT 16"]


PEOPLE = (
    "Satana Deberry", "DEBERRY, SATANA (I)", "Deberry, Satana M.", 'Nicholas "Nico" LaHood',
    "William M. (Bill) Nash", "Perla MUÑOZ Hopkins", "ZAPPALA  JR, STEPHEN A", "Mary O’Neal",  # noqa: RUF001
)  # fmt: skip
"""One line of one contest each."""


@pytest.mark.parametrize(
    ("asked", "people"),
    [
        ("satana deberry", PEOPLE[:3]),
        ("DEBERRY, SATANA", PEOPLE[:3]),
        ("Deberry, Satana (INCUMBENT)", PEOPLE[:3]),
        ("DEM Satana Deberry", PEOPLE[:3]),
        ("Satana Deberry - DEM", PEOPLE[:3]),
        ("Satana Deberry (VOTE FOR 1)", PEOPLE[:3]),
        ("deberry", PEOPLE[:3]),
        ("Nico LaHood", PEOPLE[3:4]),
        ("LAHOOD, NICHOLAS", PEOPLE[3:4]),
        ('Nicholas "The Law" LaHood', PEOPLE[3:4]),
        ("bill nash", PEOPLE[4:5]),
        ("Munoz Hopkins", PEOPLE[5:6]),
        ("Hopkins, Perla Muñoz", PEOPLE[5:6]),
        ("Stephen A. Zappala Jr.", PEOPLE[6:7]),
        ("Stephen A. Zappala, Jr.", PEOPLE[6:7]),
        ("stephen zappala", PEOPLE[6:7]),
        ("zappala jr", PEOPLE[6:7]),
        ("ONEAL, MARY", PEOPLE[7:8]),
    ],
)
def test_a_candidate_is_found_by_any_spelling(asked: str, people: tuple[str, ...]) -> None:
    """For a list that a person reads; the night's matching takes whole names only."""
    report = Report(
        tuple(
            Contest(f"c{key}", f"Race {key}", (Selection("1", name, 0), Selection("2", "Else", 0)))
            for key, name in enumerate(PEOPLE)
        )
    )
    found = narrowed(report, "s", asked)
    assert tuple(one.selections[0].name for one in found) == people


def test_a_text_that_stands_nowhere_is_answered_with_the_nearest_titles() -> None:
    told = (
        "no contest with 'county audit or' at s; it has 15 contests, nearest: "
        "«County Auditor (id 114)»; «County Judge (id 112)»"
    )
    with pytest.raises(NothingMatched, match=re.escape(told)) as refused:
        narrowed(report_of_all(), "s", "county audit or")
    assert str(refused.value).count("«") == 5
    with pytest.raises(NothingMatched, match="it has 15 contests, nearest: «DISTRICT ATTORNEY"):
        narrowed(report_of_all(), "s", "district attorney district 17")
    with pytest.raises(NothingMatched, match=r"no contest with 'x' at s; it has 0 contests$"):
        narrowed(Report(()), "s", "x")
