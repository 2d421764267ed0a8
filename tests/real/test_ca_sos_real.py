"""ca_sos on 297 answers for four legislative races, 2024-10-31 to 2024-11-06."""

from __future__ import annotations

import json
import tarfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.model import Page, Report
from scrapers.platforms.ca_sos import Scraper

if TYPE_CHECKING:
    from pathlib import Path

CLOSE = datetime(2024, 11, 6, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def answers(shared_data: Path) -> dict[str, bytes]:
    """Return every stored answer by the time of its fetch, in their order."""
    with tarfile.open(shared_data / "ca" / "ca_sos_query_2024-11_electionnight.tar.gz") as stored:
        found = {
            member.name.rpartition("california_cands_")[2].removesuffix(".json"): body.read()
            for member in stored.getmembers()
            if member.name.endswith(".json") and (body := stored.extractfile(member))
        }
    return dict(sorted(found.items()))


def report(body: bytes) -> Report:
    """Read one answer."""
    page = Page("https://example.org/x", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"contest": "query"}).parse((page,))


def test_every_line_of_every_answer(answers: dict[str, bytes]) -> None:
    """Lines, sums and precincts are those of plain JSON."""
    assert len(answers) == 297
    for name, body in answers.items():
        races = json.loads(body)
        read = report(body)
        wanted = {
            (race["raceTitle"], one["Name"]): int(one["Votes"].replace(",", ""))
            for race in races
            for one in race["candidates"]
        }
        found = {
            (one.title, line.name): line.votes for one in read.contests for line in one.selections
        }
        assert found == wanted, name
        assert sum(found.values()) == sum(wanted.values()), name
        for one, race in zip(read.contests, races, strict=True):
            assert one.units is not None
            assert f"({one.units.reported:,} of {one.units.total:,})" in race["Reporting"], name
        assert read.source_time is not None, name


def test_the_time_tells_the_rehearsal_from_the_night(answers: dict[str, bytes]) -> None:
    """Counted to 100 % on 30 October and 2 November; the first real votes have a later time."""
    reports = [report(body) for body in answers.values()]
    with_votes = [one for one in reports if any(line.votes for line in one.contests[0].selections)]
    rehearsed = [one for one in with_votes if one.source_time and one.source_time < CLOSE]
    full = {
        one.contests[0].units.reported for one in rehearsed if one.contests[0].units is not None
    }
    assert max(full) == 524
    night = next(one for one in with_votes if one.source_time and one.source_time >= CLOSE)
    assert night.source_time_text == "November 5, 2024, 8:10 p.m."
    assert [line.votes for line in night.contests[0].selections] == [4_991, 10_214]
    assert night.contests[0].units is not None
    assert night.contests[0].units.reported == 0


def test_the_last_answer(answers: dict[str, bytes]) -> None:
    last = report(list(answers.values())[-1]).contests[0]
    assert [(line.name, line.votes) for line in last.selections] == [
        ("Tenessa Audette", 37_185),
        ("Heather Hadwick", 61_116),
    ]
