"""in_enr: settings first, then the category; one element stands without its list."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor.errors import LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.in_enr import Scraper

if TYPE_CHECKING:
    from collections.abc import Generator

SITE = "https://enr.indianavoters.in.gov/site/data/"
SETTINGS = {
    "CurrentElection": "11/03/2026", "ElectionType": "G", "VersionType": "A", "Certified": "F",
}  # fmt: skip


def page(name: str, content: Any) -> Page:
    """Serve JSON as the site does, with a byte-order mark."""
    body = content if isinstance(content, bytes) else json.dumps({"Root": content}).encode()
    return Page(SITE + name, 200, (), b"\xef\xbb\xbf" + body, datetime(2026, 1, 1, tzinfo=UTC))


def race(*candidates: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Write one race of the summary."""
    one = candidates[0] if len(candidates) == 1 else list(candidates)
    known = {"OFFICEID": "77", "OFFICE_TITLE": "Prosecuting Attorney", "NumofSeats": "1"}
    return {**known, "Candidates": {"Candidate": one}, **changed}


def roe(votes: Any = 10, **changed: Any) -> dict[str, Any]:
    """Write one candidate of the summary."""
    known = {"NAME_ON_BALLOT": "Jane Roe", "isWinner": "F", "PARTY": "D", "TOTAL": votes}
    return {**known, **changed}


def read(category: Any, **settings: str) -> Report:
    """Read a category under these settings."""
    pages = (
        page("settings.json", {**SETTINGS, **settings}),
        page("OffCatC_1020_A.json", category),
    )
    return Scraper(date=None, settings={"category": "1020"}).parse(pages)


def summary(*races: dict[str, Any]) -> dict[str, Any]:
    """Write a category with a summary."""
    found = races[0] if len(races) == 1 else list(races)
    return {"WriteTime": "2026-11-03T20:00:00", "StatewideSummary": {"Race": found}}


def answered(steps: Generator[Any, Page, Any], *pages: Page) -> tuple[list[str], Any]:
    """Drive a generator of requests; return the addresses it asked for and what it returns."""
    asked = [next(steps).url, *(steps.send(one).url for one in pages[:-1])]
    with pytest.raises(StopIteration) as ended:
        steps.send(pages[-1])
    return asked, ended.value.value


def test_the_settings_name_the_copy() -> None:
    assert Scraper.settings_needed() == {"category"}
    scraper = Scraper(date=None, settings={"category": "1020"})
    settings = page("settings.json", {**SETTINGS, "VersionType": "B"})
    asked, pages = answered(scraper.visit(), settings, page("x", {}))
    assert asked == [f"{SITE}settings.json", f"{SITE}OffCatC_1020_B.json"]
    assert len(pages) == 2


def test_the_categories_are_listed() -> None:
    """A list holds groups, a group one item or many."""
    item = {"OFFICE_CATEGORY_NAME": "Prosecuting Attorney", "OFFICECATEGORYID": "1020"}
    other = {"OFFICE_CATEGORY_NAME": "State Senator", "OFFICECATEGORYID": "1009"}
    offices = page("o", {"List": [{"Items": {"Item": item}}, {"Items": {"Item": [other]}}]})
    scraper = Scraper(date=None, settings={})
    asked, listed = answered(scraper.elections(), page("settings.json", SETTINGS), offices)
    assert asked[1] == f"{SITE}statewideElectionsC_A.json"
    assert [(one.name, one.settings) for one in listed] == [
        ("Prosecuting Attorney", (("category", "1020"),)),
        ("State Senator", (("category", "1009"),)),
    ]
    assert listed[0].date == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (f"{SITE}OffCatC_1005_A.json", {"category": "1005"}),
        ("https://enr.indianavoters.in.gov/site/index.html", {}),
        ("https://enr.indianavoters.in.gov/archive/AllOfficeResults.csv", None),
        ("https://www.in.gov/sos/elections/", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_one_race_and_one_candidate_stand_without_lists() -> None:
    (contest,) = read(summary(race(roe("1,204", isWinner="T")))).contests
    (line,) = contest.selections
    assert (contest.key, line.key, line.votes, line.winner_mark) == (
        "77", "Jane Roe|DEM", 1204, True,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("category", "message"),
    [
        (summary(race(roe("*"))), "expected a whole number for TOTAL"),
        (summary(race(roe(None))), "expected a whole number for TOTAL"),
        (summary(race(roe(), roe())), "stands twice"),
        (summary(race(roe(isWinner="X"))), "for isWinner in .*found 'X'"),
        (summary(race(roe()), race(roe(), OFFICE_TITLE="Judge")), "is two contests"),
        ({"WriteTime": "", "StatewideSummary": None, "OfficeCategory": {}}, "no race at"),
        ({"WriteTime": ""}, "expected the field 'OfficeCategory'"),
        (summary({"OFFICE_TITLE": "Judge"}), "expected the field 'OFFICEID'"),
    ],
)
def test_what_is_not_understood_is_refused(category: Any, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(category)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"CurrentElection": "soon"}, "CurrentElection 'soon' is no date"),
        ({"CurrentElection": ""}, "is no date"),
    ],
)
def test_settings_without_a_date_are_refused(settings: dict[str, str], message: str) -> None:
    """The site shows one election at a time: its date is the only sign which."""
    with pytest.raises(LayoutChanged, match=message):
        read(summary(race(roe())), **settings)


def test_a_copy_that_is_no_name_is_not_asked_for() -> None:
    visit = Scraper(date=None, settings={"category": "1020"}).visit()
    next(visit)
    with pytest.raises(LayoutChanged, match="expected a VersionType such as A"):
        visit.send(page("settings.json", {**SETTINGS, "VersionType": "../x"}))


@pytest.mark.parametrize(
    ("body", "error"),
    [(b'{"Root": {"WriteTime": "2026', Truncated), (b"<html><body>Sorry", WrongFormat)],
)
def test_damaged_answers_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(body)
