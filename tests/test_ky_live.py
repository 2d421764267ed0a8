"""ky_live: a county is final when its clerk says so; ids without a name are refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.errors import Blocked, EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.ky_live import Scraper

EXAMPLES = Path(__file__).parent / "examples" / "ky_live" / "complete"
DATA = "https://vrsws.sos.ky.gov/liveresults/Data/"
NAMES = (
    "Elections", "PoliticalParties", "GeopoliticalUnits", "Contests", "Candidates",
    "CurrentResults",
)  # fmt: skip
PAGES = {
    name: Page(
        DATA + name,
        200,
        (),
        (EXAMPLES / f"{name}.xml").read_bytes(),
        datetime(2026, 1, 1, tzinfo=UTC),
    )
    for name in NAMES
}
NIGHT = date(2018, 11, 6)


def read(name: str = "Elections", body: bytes | None = None, day: date | None = NIGHT) -> Report:
    """Read the example, with another body of one file."""
    pages = dict(PAGES)
    if body is not None:
        pages[name] = replace(pages[name], body=body)
    return Scraper(date=day, settings={}).parse(tuple(pages.values()))


def edited(name: str, old: str, new: str, count: int = 1) -> tuple[str, bytes]:
    """Change a file of the example, which has to hold what is changed."""
    text = PAGES[name].body.decode()
    assert old in text
    return name, text.replace(old, new, count).encode()


def units(name: str, body: bytes) -> dict[str, Units | None]:
    """Return the units of each contest."""
    return {one.key: one.units for one in read(name, body).contests}


def test_names_are_asked_for_before_counts() -> None:
    assert Scraper.settings_needed() == frozenset()
    visit = Scraper(date=NIGHT, settings={}).visit()
    asked = [next(visit).url, *(visit.send(PAGES[name]).url for name in NAMES[:-1])]
    assert asked == [DATA + name for name in NAMES]
    with pytest.raises(StopIteration) as ended:
        visit.send(PAGES[NAMES[-1]])
    assert ended.value.value == tuple(PAGES.values())


def test_the_elections_are_listed() -> None:
    asked = Scraper(date=None, settings={}).elections()
    assert next(asked).url == f"{DATA}Elections"
    with pytest.raises(StopIteration) as ended:
        asked.send(PAGES["Elections"])
    assert [(one.name, one.date) for one in ended.value.value] == [("2018 General Election", NIGHT)]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://vrsws.sos.ky.gov/liveresults/", {}),
        ("https://vrsws.sos.ky.gov/liveresults?id=38", {}),
        ("https://vrsws.sos.ky.gov/liveresults/Data/CurrentResults", {}),
        ("https://vrsws.sos.ky.gov/ovrweb/", None),
        ("https://elect.ky.gov/results/", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_all_precincts_reporting_are_no_final_county() -> None:
    """All 18 of Logan's precincts report in the example, whatever its clerk says."""
    part = edited("CurrentResults", "FinalReporting", "PartialReporting")
    assert units(*part) == {"700": None, "701": Units(0, 1, UnitKind.COUNTIES)}
    assert {one.key: one.units for one in read().contests} == {
        "700": None, "701": Units(1, 1, UnitKind.COUNTIES),
    }  # fmt: skip


def test_a_race_of_the_whole_state_counts_all_its_counties() -> None:
    """A county that says nothing yet is not final, and one that left its votes out neither."""
    state = edited("Contests", 'ContestScopeUnitId="5007"', 'ContestScopeUnitId="2"')
    assert units(*state)["700"] == Units(2, 2, UnitKind.COUNTIES)
    third = edited(
        "GeopoliticalUnits", '<GeopoliticalUnit UnitId="1700"',
        '<GeopoliticalUnit UnitId="9" UnitName="Barren" UnitType="12" ParentId="2" />'
        '<GeopoliticalUnit UnitId="1700"',
    )  # fmt: skip
    pages = {**PAGES, **{name: replace(PAGES[name], body=body) for name, body in (state, third)}}
    report = Scraper(date=NIGHT, settings={}).parse(tuple(pages.values()))
    assert report.contests[0].units == Units(2, 3, UnitKind.COUNTIES)


def test_a_race_counted_outside_of_its_county_has_no_units() -> None:
    moved = edited("Contests", 'ContestScopeUnitId="73"', 'ContestScopeUnitId="112"')
    assert units(*moved)["701"] is None


def test_candidates_of_a_race_without_parties_have_none() -> None:
    body = edited("Contests", 'IsPartisan="true"', 'IsPartisan="false"')
    parties = {one.key: [line.party for line in one.selections] for one in read(*body).contests}
    assert parties == {"700": ["", ""], "701": ["DEM", "REP"]}


def test_names_may_be_written_as_the_guide_writes_others() -> None:
    """ElectionId in one place of the guide, gpu_id in another."""
    assert read(*edited("Contests", "ContestName", "contest_name", 2)) == read()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (edited("CurrentResults", 'candidate_id="9001"', 'candidate_id="9"', 9), "no candidate"),
        (edited("CurrentResults", 'gpu_id="73"', 'gpu_id="74"'), "no geopolitical unit '74'"),
        (edited("CurrentResults", 'total_votes="7946"', 'total_votes="7947"'), "make 7946 votes"),
        (edited("CurrentResults", 'total_votes="5289"', 'total_votes="1"'), "4700 of 1 votes"),
        (edited("CurrentResults", 'total_votes="5289"', 'total_votes=""'), "a whole number"),
        (edited("CurrentResults", '"112" contest_id="700" candidate_id="9002"',
                '"112" contest_id="700" candidate_id="9001"'), "stands twice"),
        (edited("CurrentResults", 'gpu_id="112" status', 'gpu_id="73" status'), "stand twice"),
        (edited("CurrentResults", "FinalReporting", "Complete"), "'Complete' is no status"),
        (edited("Candidates", 'PoliticalPartyId="2"', 'PoliticalPartyId="7"'), "no party '7'"),
        (edited("Candidates", 'IsWriteIn="false"', 'IsWriteIn="no"'), "IsWriteIn in .*'no'"),
        (edited("Candidates", 'BallotName="Neil KERR"', 'BallotName=""'), "an empty BallotName"),
        (edited("Contests", 'SelectableOption="1"', 'SelectableOption="0"'), "number of seats"),
        (edited("Contests", "IsPartisan", "Partisan"), "no IsPartisan"),
        (edited("Elections", "11/06/2018", "soon"), "ElectionDate 'soon' is no date"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(change: tuple[str, bytes], message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(*change)


def test_the_day_says_which_election() -> None:
    """Of two on other days neither is meant; the only one is told with its own day."""
    assert read(day=date(2020, 11, 3)).election_date == NIGHT
    line = '<Election ElectionId="92" ElectionName="x" ElectionType="Primary" ElectionDate="{}" />'
    other = line.format("2019-05-21T00:00:00")
    two = edited("Elections", "</Elections>", f"{other}</Elections>")
    assert read(*two).election_date == NIGHT
    with pytest.raises(LayoutChanged, match="0 elections of 2020-11-03 among those of 2018-11-06"):
        read(*two, day=date(2020, 11, 3))
    twice = edited("Elections", "</Elections>", f"{line.format('11/06/2018')}</Elections>")
    with pytest.raises(LayoutChanged, match="2 elections of 2018-11-06"):
        read(*twice)


def test_an_election_without_counts_is_empty() -> None:
    none = edited("Contests", 'ElectionId="91"', 'ElectionId="92"', 2)
    with pytest.raises(EmptyPage, match="no county's votes in this election"):
        read(*none)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (PAGES["Contests"].body[:200], Truncated),
        (b"<html><body>Sorry</body></html>", WrongFormat),
        (b"<HTML><TITLE>Access Denied</TITLE></HTML>", Blocked),
        (b"<html><h1>Acceptable Use Policy</h1></html>", Blocked),
        (b"<Contests></Contests>", EmptyPage),
        (b"", EmptyPage),
    ],
)
def test_damaged_answers_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read("Contests", body)
