"""fl_election_watch on Florida's files of 2018-11-06 and 2026-03-24."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.errors import LayoutChanged
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.fl_election_watch import Scraper

if TYPE_CHECKING:
    from pathlib import Path

GENERAL = "2018_florida_electionwatch.tsv"
SPECIAL = "fl_20260324_ElecResultsFL.txt"
PIPES = "fl_20260324_ElecResultsFL_PipeDlm"


def read(shared_data: Path, name: str) -> Report:
    """Read one stored file."""
    body = (shared_data / "state_files" / name).read_bytes()
    page = Page(f"https://example.org/{name}", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"primary": ""}).parse((page,))


@pytest.mark.parametrize(
    ("name", "contests", "day"),
    [(GENERAL, 182, date(2018, 11, 6)), (SPECIAL, 3, date(2026, 3, 24))],
)
def test_every_candidate_has_the_sum_of_the_counties(
    shared_data: Path, name: str, contests: int, day: date
) -> None:
    text = (shared_data / "state_files" / name).read_text(encoding="utf-8")
    expected: Counter[tuple[str, str]] = Counter()
    precincts: dict[str, dict[str, int]] = {}
    for row in csv.DictReader(text.splitlines(), delimiter="\t"):
        names = (row["CanNameFirst"], row["CanNameMiddle"], row["CanNameLast"])
        contest = f"{row['RaceCode']}|{row['RaceName'].strip()}"
        expected[(contest, " ".join(" ".join(names).split()))] += int(row["CanVotes"])
        precincts.setdefault(contest, {})[row["CountyCode"]] = int(row["Precincts"])
    report = read(shared_data, name)
    assert (len(report.contests), report.election_date) == (contests, day)
    assert {
        (one.key, line.name): line.votes for one in report.contests for line in one.selections
    } == dict(expected)
    assert {one.key: one.units.total for one in report.contests if one.units} == {
        key: sum(counties.values()) for key, counties in precincts.items()
    }


def test_the_state_attorney_of_five_counties(shared_data: Path) -> None:
    """Fox has 403,609; Hoffman, a write-in candidate, none."""
    report = read(shared_data, GENERAL)
    (contest,) = (one for one in report.contests if one.key.startswith("STA|"))
    assert [(one.name, one.votes, one.party) for one in contest.selections] == [
        ("Amira Fox", 403_609, "REP"),
        ("Joseph Hoffman", 0, "WRI"),
    ]
    assert contest.units == Units(276, 276, UnitKind.PRECINCTS)


def test_the_files_with_pipes_say_the_same(shared_data: Path) -> None:
    """They are read here only, as an independent witness of the tab file."""
    folder = shared_data / "state_files"
    facts = (folder / f"{PIPES}_Info.txt").read_text("utf-8")
    names = {
        found[2]: f"{found[1]} {found[0]}"
        for found in re.findall(r"\[c\|FLDOS\|\d+\|\d+\|([^|]*)\|([^|]*)\|(\d+)\]", facts)
    }
    counts = re.findall(
        r"\[V\|FLDOS\|\d+\|I\|\d+\|\d+\|\d+\|(\d+)\|(\d+)\]",
        (folder / f"{PIPES}_Votes.txt").read_text("utf-8"),
    )
    expected = {names[candidate]: int(votes) for candidate, votes in counts}
    found = {
        line.name.replace(" S. ", " "): line.votes
        for one in read(shared_data, SPECIAL).contests
        for line in one.selections
    }
    assert found == expected


@pytest.mark.parametrize("part", ["Info", "Votes"])
def test_the_files_with_pipes_are_not_taken_for_it(shared_data: Path, part: str) -> None:
    with pytest.raises(LayoutChanged, match="no column 'ElectionDate'"):
        read(shared_data, f"{PIPES}_{part}.txt")
