"""la_county: seats in words, other elections, ids made of names, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.la_county import Scraper

URL = "https://results.lavote.gov/electionresults/json?electionid=4300"
GOLDEN = Path(__file__).parent / "examples" / "la_county" / "partial" / "results.json"


def file() -> Any:
    """Return the golden file as JSON, to be changed."""
    return json.loads(GOLDEN.read_bytes())


def contest(whole_file: Any) -> Any:
    """Return the file's first contest."""
    return whole_file["Election"]["ContestGroups"][0]["Contests"][0]


def parse(body: bytes, electionid: str = "4300") -> Report:
    """Read a file of these bytes."""
    page = Page(URL, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"electionid": electionid}).parse((page,))


def read(whole_file: Any) -> Report:
    """Read a file."""
    return parse(json.dumps(whole_file).encode())


def test_the_number_alone_reaches_the_file() -> None:
    assert Scraper.settings_needed() == {"electionid"}
    assert next(Scraper(date=None, settings={"electionid": "4300"}).visit()).url == URL


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (URL, {"electionid": "4300"}),
        ("https://results.lavote.gov/ElectionResults/Text?ElectionID=4269", {"electionid": "4269"}),
        ("https://results.lavote.gov/", {}),
        ("https://lavote.gov/", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


@pytest.mark.parametrize(
    ("said", "seats"),
    [("", 1), ("Vote for no more than two", 2), ("Vote for no more than four", 4)],
)
def test_seats_are_said_in_words(said: str, seats: int) -> None:
    whole_file = file()
    contest(whole_file)["VoteFor"] = said
    (found,) = read(whole_file).contests
    assert (found.votes_allowed, found.number_elected) == (seats, seats)


def test_another_election_is_refused() -> None:
    """An old number's address answers for ever with its own election."""
    with pytest.raises(LayoutChanged, match="election '4300' instead of 4269"):
        parse(GOLDEN.read_bytes(), "4269")


def test_the_day_and_the_county_s_time() -> None:
    report = read(file())
    assert report.election_date == date(2022, 11, 8)
    assert report.source_time == datetime(2022, 11, 9, 11, 35, 19, tzinfo=UTC)


def test_two_texts_of_one_title_are_two_contests() -> None:
    """Titles repeat from city to city; the additional text is part of key and title."""
    whole_file = file()
    first = contest(whole_file)
    whole_file["Election"]["ContestGroups"][0]["Contests"] = [
        {**first, "AdditionalText": city} for city in ("Azusa", "Artesia")
    ]
    assert [one.title for one in read(whole_file).contests] == ["SHERIFF Azusa", "SHERIFF Artesia"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("Votes", None, "whole number for Votes"),
        ("Votes", "*", "whole number for Votes"),
        ("Votes", -3, "no possible count"),
        ("Votes", 0.5, "whole number for Votes"),
        ("Name", ["x"], "expected a text in 'Name'"),
    ],
)
def test_a_candidate_who_is_not_understood_is_refused(
    field: str, value: object, message: str
) -> None:
    whole_file = file()
    contest(whole_file)["Candidates"][0][field] = value
    with pytest.raises(LayoutChanged, match=message):
        read(whole_file)


def test_unknown_words_for_seats_are_refused() -> None:
    whole_file = file()
    contest(whole_file)["VoteFor"] = "Rank three"
    with pytest.raises(LayoutChanged, match="'Rank three' is no number of seats"):
        read(whole_file)


def test_a_doubled_candidate_is_refused() -> None:
    whole_file = file()
    contest(whole_file)["Candidates"] *= 2
    with pytest.raises(LayoutChanged, match="stands twice"):
        read(whole_file)


def test_a_doubled_contest_is_refused() -> None:
    whole_file = file()
    whole_file["Election"]["ContestGroups"] *= 2
    with pytest.raises(LayoutChanged, match="stands twice"):
        read(whole_file)


def test_half_a_file_is_truncated() -> None:
    with pytest.raises(Truncated):
        parse(GOLDEN.read_bytes()[:200])


def test_the_site_s_page_is_no_file() -> None:
    with pytest.raises(WrongFormat):
        parse(b"<!doctype html><html></html>")
