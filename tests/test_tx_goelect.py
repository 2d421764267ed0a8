"""tx_goelect: what the golden examples do not show, and that they say what they hold."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import EmptyPage, LayoutChanged, ParseFailure, SourceFailure, WrongFormat
from monitor.model import Page, Report, UnitKind, VoteType
from scrapers import tx_bexar, tx_dallas
from scrapers.platforms.tx_goelect import Scraper

EXAMPLES = Path(__file__).parent / "examples"
API = "https://goelect.txelections.civixapps.com/api-ivis-system/api/s3/enr/"
DECODED = sorted(
    folder / "exchange.json"
    for folder in EXAMPLES.glob("tx_*/*")
    if "decoded" in json.loads((folder / "exchange.json").read_text(encoding="utf-8"))
)


def coded(value: object) -> str:
    """Wrap a value as the feed does."""
    return base64.b64encode(json.dumps(value).encode()).decode()


def page(url: str, value: object) -> Page:
    """Answer with JSON."""
    return Page(API + url, 200, (), json.dumps(value).encode(), datetime(2026, 1, 1, tzinfo=UTC))


def sections(case: str = "tx_goelect/zero") -> dict[str, Any]:
    """Return the decoded sections of a golden example."""
    told = json.loads((EXAMPLES / case / "exchange.json").read_text(encoding="utf-8"))
    found: dict[str, Any] = told["decoded"]["election.json"]
    return found


def election(found: dict[str, Any]) -> Page:
    """Wrap sections as `election/{eid}` does."""
    wrapped = {name: value if name == "Version" else coded(value) for name, value in found.items()}
    return page("election/56181", wrapped)


def read(found: dict[str, Any]) -> Report:
    """Read sections at state level."""
    return Scraper(date=None, settings={"eid": "56181"}).parse((election(found),))


@pytest.mark.parametrize("path", DECODED, ids=lambda path: f"{path.parts[-3]}/{path.parts[-2]}")
def test_a_body_holds_what_its_case_says_it_holds(path: Path) -> None:
    """`decoded` in a case is for people; it is checked against the base64 beside it."""
    told = json.loads(path.read_text(encoding="utf-8"))
    for name, expected in told["decoded"].items():
        body = json.loads((path.parent / name).read_text(encoding="utf-8"))
        seen = {
            key: value if key == "Version" else json.loads(base64.b64decode(value))
            for key, value in body.items()
        }
        assert seen == expected


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        (API + "election/58315", {"eid": "58315"}),
        (API + "election/countyInfo/53814", {"eid": "53814"}),
        ("https://goelect.txelections.civixapps.com/ivis-enr-ui/races", {}),
        ("https://electionresults.sos.state.tx.us/results.html", {}),
        ("https://results.texas-election.com/static/data/election/58315", None),
        ("not a link", None),
    ],
)
def test_a_pasted_link_is_recognised(url: str, settings: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == settings


def test_config_gives_the_election_and_nothing_else_is_needed() -> None:
    assert Scraper.settings_needed() == {"eid"}
    assert tx_dallas.Scraper.settings_needed() == {"eid"}
    assert (tx_dallas.Scraper.county, tx_bexar.Scraper.county) == ("Dallas", "Bexar")


def test_elections_are_listed_newest_year_first() -> None:
    """Ids and names: electionConstants as peers describe it; each party has its own election."""
    listing = Scraper(date=None, settings={}).elections()
    request = next(listing)
    assert request.url == API + "electionConstants"
    primaries = {
        "53813": {"N": "2026 REPUBLICAN PRIMARY ELECTION", "O": "Y"},
        "53814": {"N": "2026 DEMOCRATIC PRIMARY ELECTION", "O": "Y"},
    }
    years = {
        "2025": {
            "S": {"51742": {"N": "2025 SPECIAL ELECTION CONGRESSIONAL DISTRICT 18", "O": "N"}}
        },
        "2026": {"P": primaries},
    }
    with pytest.raises(StopIteration) as ended:
        listing.send(page("electionConstants", {"upload": coded({"electionInfo": years})}))
    found = [(one.name, dict(one.settings)) for one in ended.value.value]
    assert found == [
        ("2026 REPUBLICAN PRIMARY ELECTION", {"eid": "53813"}),
        ("2026 DEMOCRATIC PRIMARY ELECTION", {"eid": "53814"}),
        ("2025 SPECIAL ELECTION CONGRESSIONAL DISTRICT 18", {"eid": "51742"}),
    ]


def test_the_version_is_asked_before_the_counts() -> None:
    """Counts may be newer than the version they carry, never older."""
    visit = tx_dallas.Scraper(date=None, settings={"eid": "56181"}).visit()
    assert next(visit).url == API + "election/56181"
    assert visit.send(election(sections())).url == API + "election/countyInfo/56181"


def test_a_county_file_that_is_not_uploaded_yet_is_named() -> None:
    pages = (election(sections()), page("election/countyInfo/56181", {"upload": coded(None)}))
    with pytest.raises(EmptyPage, match="nothing has been uploaded yet"):
        tx_dallas.Scraper(date=None, settings={"eid": "56181"}).parse(pages)


def test_precincts_of_home_are_never_the_units() -> None:
    """45 of 122 after the canvass: junk. The polling places are complete."""
    units = read(sections("tx_goelect/complete")).contests[0].units
    assert units is not None
    assert (units.reported, units.total, units.kind) == (112, 112, UnitKind.POLLING_PLACES)


def test_a_proposition_has_no_parties() -> None:
    """P and C are null for propositions. Title, ids and counts are ours."""
    found = sections()
    choices = [
        {"ID": 1, "N": "IN FAVOR", "P": None, "V": 12, "EV": 5, "C": None},
        {"ID": 2, "N": "AGAINST", "P": None, "V": 7, "EV": 9, "C": None},
    ]
    found["StateWideQ"] = {
        "Races": [{"id": 9, "N": "PROPOSITION 1", "Candidates": choices, "T": 19}]
    }
    contest = read(found).contests[-1]
    assert [(one.name, one.party, one.votes) for one in contest.selections] == [
        ("IN FAVOR", "", 12),
        ("AGAINST", "", 7),
    ]
    assert [count.type for count in contest.selections[0].by_type] == [
        VoteType.EARLY,
        VoteType.ELECTION_DAY,
    ]
    # More early votes than votes: no election-day figure is made up from that.
    assert [count.votes for count in contest.selections[1].by_type] == [9]


def test_a_race_without_candidates_has_no_counts() -> None:
    found = sections()
    found["Districted"]["Races"][0]["Candidates"] = None
    contest = read(found).contests[0]
    assert not contest.counts_known
    assert contest.selections == ()


@pytest.mark.parametrize("votes", [-1, 1.5, "8,70", None, True, 10**9])
def test_a_broken_count_is_refused(votes: object) -> None:
    found = sections()
    found["Districted"]["Races"][0]["Candidates"][0]["V"] = votes
    with pytest.raises(LayoutChanged, match="ANGELETTI in race 5031"):
        read(found)


@pytest.mark.parametrize("field", ["Home", "Lookups", "Federal", "Districted", "OfficeSummary"])
def test_a_missing_section_is_named(field: str) -> None:
    found = sections()
    del found[field]
    with pytest.raises(LayoutChanged, match=f"expected the field '{field}', found none"):
        read(found)


def test_doubles_are_refused() -> None:
    """A race or a candidate that stands twice would count twice."""
    found = sections()
    race = found["Districted"]["Races"][0]
    found["Federal"] = {"Races": [race]}
    with pytest.raises(LayoutChanged, match="race 5031 stands twice"):
        read(found)
    found = sections()
    candidates = found["Districted"]["Races"][0]["Candidates"]
    candidates.append(candidates[0])
    with pytest.raises(LayoutChanged, match="one candidate stands twice"):
        read(found)


@pytest.mark.parametrize("text", ["2026-05-02", "13022026", "", None])
def test_a_date_of_another_shape_is_refused(text: object) -> None:
    found = sections()
    found["Home"]["ElecDate"] = text
    with pytest.raises(LayoutChanged, match="MMDDYYYY"):
        read(found)


def test_the_election_date_is_read() -> None:
    assert read(sections()).election_date == date(2026, 5, 2)


@given(st.binary(max_size=60))
def test_any_damage_to_a_section_is_named(junk: bytes) -> None:
    """Whatever stands in a section, the answer is a named error or a report."""
    body = {**json.loads(election(sections()).body), "Districted": base64.b64encode(junk).decode()}
    seen = ""
    try:
        Scraper(date=None, settings={"eid": "56181"}).parse((page("election/56181", body),))
    except ParseFailure as error:
        seen = str(error)
    assert not seen or "Districted" in seen


@given(st.recursive(st.none() | st.integers() | st.text(max_size=3), st.lists, max_leaves=5))
def test_any_other_shape_of_a_race_is_named(shape: object) -> None:
    """A race that is no object is refused by name, not by accident."""
    found = sections()
    found["Districted"] = {"Races": [shape]}
    with pytest.raises(SourceFailure):
        read(found)


def test_a_section_that_is_no_text_is_named() -> None:
    body = {**json.loads(election(sections()).body), "Home": 7}
    with pytest.raises(WrongFormat, match="section Home is not base64"):
        Scraper(date=None, settings={"eid": "56181"}).parse((page("election/56181", body),))
