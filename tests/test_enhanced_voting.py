"""enhanced_voting: texts by language, ids of options, ranked choice and links of every kind."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import LayoutChanged, Truncated, WrongFormat
from monitor.model import ElectionListing, Page, Report, UnitKind, Units, VoteType
from scrapers.platforms.enhanced_voting import Scraper

HOST = "https://results.sos.ga.gov/results/public"
SETTINGS = {"site": "results.sos.ga.gov", "jurisdiction": "Georgia", "eid": "2020DecStateRun"}
DATA = Path(__file__).parent / "examples" / "enhanced_voting" / "complete" / "data.json"


def page(body: bytes) -> Page:
    """Serve these bytes."""
    return Page(f"{HOST}/data", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))


def file() -> Any:
    """Return the golden file as JSON, to be changed."""
    return json.loads(DATA.read_bytes())


def read(whole_file: Any) -> Report:
    """Read a file."""
    return Scraper(date=None, settings=SETTINGS).parse((page(json.dumps(whole_file).encode()),))


def contest(whole_file: Any) -> Any:
    """Return the file's one contest."""
    return whole_file["ballotItems"][0]


def option(whole_file: Any) -> Any:
    """Return the contest's first option."""
    return contest(whole_file)["summaryResults"]["ballotOptions"][0]


def english(words: str) -> list[dict[str, str]]:
    """Write a text as the site does."""
    return [{"languageId": "es", "text": "otra cosa"}, {"languageId": "en", "text": words}]


def test_settings_reach_the_file_and_the_page_for_staff() -> None:
    assert Scraper.settings_needed() == set(SETTINGS)
    scraper = Scraper(date=None, settings=SETTINGS)
    wanted = f"{HOST}/api/elections/Georgia/2020DecStateRun/data"
    assert next(scraper.visit()).url == wanted
    assert scraper.link() == f"{HOST}/Georgia/elections/2020DecStateRun"


@pytest.mark.parametrize(
    ("path", "jurisdiction", "eid"),
    [
        ("/Georgia", "Georgia", ""),
        ("/Georgia/", "Georgia", ""),
        ("/Georgia/elections", "Georgia", ""),
        ("/Georgia/elections/2020DecStateRun", "Georgia", "2020DecStateRun"),
        ("/bacon-county-ga/2020NovGen_/ballot-items/0100-76e9", "bacon-county-ga", "2020NovGen_"),
        ("/api/jurisdictions/virginia", "virginia", ""),
        ("/api/elections/virginia/2025NovGen", "virginia", "2025NovGen"),
        ("/api/elections/virginia/2025NovGen/data", "virginia", "2025NovGen"),
    ],
)
def test_links_of_the_site_are_recognised(path: str, jurisdiction: str, eid: str) -> None:
    found = {"site": "results.sos.ga.gov", "jurisdiction": jurisdiction}
    assert Scraper.recognise(HOST + path) == ({**found, "eid": eid} if eid else found)


@pytest.mark.parametrize(
    "url",
    [
        "https://results.sos.ga.gov/cdn/results/Georgia/export-2020NovGen.json",
        "https://results.sos.ga.gov/results/public",
        "https://results.enr.clarityelections.com/GA/105369/",
    ],
)
def test_other_links_are_not_its_own(url: str) -> None:
    assert Scraper.recognise(url) is None


def test_elections_are_listed_with_their_odd_ids() -> None:
    """An id ends in "_" where somebody mistyped it, so it is taken as it stands."""
    listing = {
        "elections": [
            {
                "name": english("November 3, 2020"),
                "electionDate": "2020-11-03",
                "publicElectionId": "2020NovGen_",
            }
        ]
    }
    visit = Scraper(date=None, settings=SETTINGS).elections()
    assert next(visit).url == f"{HOST}/api/jurisdictions/Georgia"
    with pytest.raises(StopIteration) as ended:
        visit.send(page(json.dumps(listing).encode()))
    day = date(2020, 11, 3)
    settings = (("eid", "2020NovGen_"),)
    assert ended.value.value == (ElectionListing("November 3, 2020", day, settings),)


@pytest.mark.parametrize(
    ("title", "plain", "party"),
    [
        ("District Attorney, Alapaha Circuit", "District Attorney, Alapaha Circuit", ""),
        (
            "District Attorney -  Atlantic Judicial Circuit",
            "District Attorney - Atlantic Judicial Circuit",
            "",
        ),
        ("DEM - District Attorney - Atlanta", "District Attorney - Atlanta", "DEM"),
        ("District Attorney, Alapaha Circuit - REP", "District Attorney, Alapaha Circuit", "REP"),
    ],
)
def test_four_styles_of_title_in_four_elections(title: str, plain: str, party: str) -> None:
    whole_file = file()
    contest(whole_file).update(name=english(title), partyName="")
    (found,) = read(whole_file).contests
    assert (found.title, found.party) == (plain, party)


def test_the_english_of_a_text_is_read_or_its_first_language() -> None:
    whole_file = file()
    option(whole_file)["name"] = english("Jane Roe (I)")
    contest(whole_file)["name"] = [{"languageId": "es", "text": "Fiscal"}]
    (found,) = read(whole_file).contests
    assert (found.title, found.selections[0].name) == ("Fiscal", "Jane Roe")


def test_a_county_counts_precincts() -> None:
    whole_file = file()
    whole_file["jurisdiction"]["isParent"] = False
    contest(whole_file)["reportingStatus"].update(reportingUnits=1.0, totalUnits=31)
    assert read(whole_file).contests[0].units == Units(1, 31, UnitKind.PRECINCTS)


def test_no_status_means_no_units() -> None:
    whole_file = file()
    contest(whole_file)["reportingStatus"] = None
    assert read(whole_file).contests[0].units is None


def test_types_of_votes_may_be_missing() -> None:
    """Some county tenants leave them out."""
    whole_file = file()
    option(whole_file)["groupResults"] = []
    found = read(whole_file).contests[0].selections
    assert found[0].by_type == ()
    assert {one.type for one in found[1].by_type} == {VoteType.ELECTION_DAY, VoteType.EARLY}


def test_ranked_choice_has_no_figures() -> None:
    """First choices alone could name a winner who loses in the last round."""
    whole_file = file()
    contest(whole_file)["rankedChoiceSummaryResults"] = {"rounds": []}
    (found,) = read(whole_file).contests
    assert (found.counts_known, found.selections, found.total_votes) == (False, (), None)
    assert "Ranked choice" in found.note


@pytest.mark.parametrize(
    ("said", "seats", "is_known"),
    [("Vote for 1", 1, True), ("Vote for no more than 3", 3, True), ("Choose some", 1, False)],
)
def test_seats_that_are_not_understood_leave_no_figures(
    said: str, seats: int, is_known: bool
) -> None:
    whole_file = file()
    contest(whole_file)["voteFor"] = english(said)
    (found,) = read(whole_file).contests
    assert (found.number_elected, found.counts_known) == (seats, is_known)
    assert bool(found.selections) is is_known


def test_a_measure_says_no_number_of_seats() -> None:
    whole_file = file()
    contest(whole_file)["voteFor"] = []
    (found,) = read(whole_file).contests
    assert (found.number_elected, found.counts_known) == (1, True)


def test_a_doubled_contest_is_refused() -> None:
    whole_file = file()
    whole_file["ballotItems"] *= 2
    with pytest.raises(LayoutChanged, match="stands twice"):
        read(whole_file)


def test_a_doubled_option_is_refused() -> None:
    whole_file = file()
    contest(whole_file)["summaryResults"]["ballotOptions"] *= 2
    with pytest.raises(LayoutChanged, match="stands twice"):
        read(whole_file)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("voteCount", None, "whole number"),
        ("voteCount", "*", "whole number"),
        ("voteCount", 12.5, "whole number"),
        ("voteCount", -1, "no possible count"),
        ("voteCount", True, "whole number"),
        ("id", "", "empty id"),
        ("id", None, "empty id"),
        ("name", [], "text in some language"),
        ("name", "Deborah Gonzalez", "text in some language"),
        ("groupResults", "none", "expected rows"),
    ],
)
def test_an_option_that_is_not_understood_is_refused(
    field: str, value: object, message: str
) -> None:
    whole_file = file()
    option(whole_file)[field] = value
    with pytest.raises(LayoutChanged, match=message):
        read(whole_file)


@pytest.mark.parametrize("field", ["name", "id", "voteCount", "party", "isWinner", "groupResults"])
def test_a_field_that_is_gone_is_refused(field: str) -> None:
    whole_file = file()
    del option(whole_file)[field]
    with pytest.raises(LayoutChanged, match=field):
        read(whole_file)


def test_a_file_without_a_date_is_refused() -> None:
    whole_file = file()
    whole_file["election"]["electionDate"] = "soon"
    with pytest.raises(LayoutChanged, match="'soon' is no date"):
        read(whole_file)


def test_half_a_file_is_truncated() -> None:
    with pytest.raises(Truncated):
        Scraper(date=None, settings=SETTINGS).parse((page(DATA.read_bytes()[:900]),))


def test_the_site_s_page_is_no_file() -> None:
    with pytest.raises(WrongFormat):
        Scraper(date=None, settings=SETTINGS).parse((page(b"<!doctype html><html></html>"),))
