"""id_enr on Idaho's own XML of 2018-11-07: 44 counties, two of which had not begun."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.errors import LayoutChanged
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.id_enr import Scraper

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def body(shared_data: Path) -> bytes:
    """Return the file."""
    return (shared_data / "state_files" / "2018_idaho.xml").read_bytes()


def read(body: bytes, year: int = 2018) -> Report:
    """Read it as the file of a year's election."""
    page = Page("https://example.org/x", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=date(year, 11, 6), settings={"url": page.url}).parse((page,))


def plain(body: bytes) -> Counter[tuple[str, str]]:
    """Sum the file by race and name with patterns alone: one judge's seat has its holder too."""
    sums: Counter[tuple[str, str]] = Counter()
    for race in re.findall(r"<RaceRow>(.*?)</RaceRow>", body.decode("utf-8-sig"), re.DOTALL):
        name, holder = (
            found[1] if (found := re.search(f"<{tag}>(.*?)</{tag}>", race)) else ""
            for tag in ("RaceName", "SucceederName")
        )
        key = f"{name}|{holder}" if holder else name
        pattern = r"<ChoiceName>(.*?)</ChoiceName>\s*<VoteCount>(\d+)<"
        for choice, votes in re.findall(pattern, race):
            sums[key, choice] += int(votes)
    return sums


def test_every_race_is_the_sum_of_its_counties(body: bytes) -> None:
    report, wanted = read(body), plain(body)
    found = {(one.key, line.name): line.votes for one in report.contests for line in one.selections}
    assert found == dict(wanted)
    assert (len(report.contests), sum(found.values())) == (117, 6_981_857)


def test_units_stand_where_every_county_has_sound_ones(body: bytes) -> None:
    """Elmore reported 18 of 17 precincts and Latah 34 of 33: what is left is unknown there."""
    units = {one.key: one.units for one in read(body).contests}
    assert units["Governor"] is None
    assert units["District Judge, District 5|Randy J. Stoker"] == Units(
        124, 126, UnitKind.PRECINCTS
    )
    assert sum(one is None for one in units.values()) == 17


def test_a_person_written_in_is_a_choice_of_her_own(body: bytes) -> None:
    """One county has no row for her."""
    (governor,) = (one for one in read(body).contests if one.key == "Governor")
    last = governor.selections[-1]
    assert (last.key, last.votes, last.is_write_in) == ("Lisa Marie|IND", 67, False)
    assert [one.key for one in governor.selections[:2]] == [
        "Walter L. Bayes|CST", 'Bev "Angel" Boeck|LIB',
    ]  # fmt: skip


def test_the_file_of_another_year_is_refused(body: bytes) -> None:
    with pytest.raises(LayoutChanged, match="the election of '2018', not of 2022-11-06"):
        read(body, 2022)
