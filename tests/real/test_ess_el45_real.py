"""ess_el45 on two summaries of Cabell County, beside an independent count of their lines."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.errors import ParseFailure
from monitor.model import Page, Report, ResultsStatus, UnitKind, Units
from scrapers.platforms.ess_el45 import Scraper

if TYPE_CHECKING:
    from pathlib import Path

PRIMARY = "ess_el45_cabell_wv_2012_primary_summary.html"
GENERAL = "ess_el45_cabell_wv_2016_general_cums.txt"


def body(shared_data: Path, name: str) -> bytes:
    """Return one file as the county served it."""
    return (shared_data / "vendor_reports" / name).read_bytes()


def read(content: bytes) -> Report:
    """Read one file."""
    page = Page("https://example.org/el45", 200, (), content, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


def rows_in(text: str) -> Counter[tuple[str, int]]:
    """Return every name with dot leaders and its figure, left or right of the 72nd place."""
    rows: Counter[tuple[str, int]] = Counter()
    for line in text.splitlines():
        for part in (line[:72], line[72:]):
            found = re.match(r"\s*(.+?)[ .]*\.\s+([\d,]+)(?: |$)", part)
            name = " ".join(found.group(1).split()) if found else ""
            if found and not re.match(r"PRECINCTS|REGISTERED|BALLOTS|VOTER T|NO C|Total", name):
                rows[name.rstrip("."), int(found.group(2).replace(",", ""))] += 1
    return rows


@pytest.mark.parametrize(("name", "contests"), [(PRIMARY, 57), (GENERAL, 32)])
def test_every_row_of_the_file_is_in_the_report(
    shared_data: Path, name: str, contests: int
) -> None:
    content = body(shared_data, name)
    report = read(content)
    read_rows = Counter(
        (one.key.rstrip("."), one.votes)
        for contest in report.contests
        for one in contest.selections
    )
    expected = rows_in(content.decode("ascii"))
    assert sum(expected.values()) > 100
    assert read_rows == expected
    assert len(report.contests) == contests


def test_the_primary_of_2012(shared_data: Path) -> None:
    """Two parties; the Republican prosecuting attorney's contest has nobody in it."""
    report = read(body(shared_data, PRIMARY))
    assert (report.status, report.election_date) == (ResultsStatus.CERTIFIED, date(2012, 5, 8))
    contests = {one.key: one for one in report.contests}
    attorney = contests["PROSECUTING ATTORNEY|DEM"]
    assert [(one.name, one.votes) for one in attorney.selections] == [("CHRIS CHILES", 6_754)]
    assert attorney.units == Units(71, 71, UnitKind.PRECINCTS)
    assert (attorney.total_votes, attorney.ballots_cast) == (6_754, 8_573)


def test_the_general_of_2016(shared_data: Path) -> None:
    """Two columns side by side on three pages."""
    report = read(body(shared_data, GENERAL))
    assert (report.status, report.status_text) == (None, "RESULTS AFTER CANVASS")
    assert report.election_date == date(2016, 11, 8)
    attorney = next(one for one in report.contests if one.title == "PROSECUTING ATTORNEY")
    assert [(one.name, one.votes) for one in attorney.selections] == [
        ('SEAN "CORKY" HAMMERS', 24_920),
        ("WRITE-IN", 130),
    ]


@pytest.mark.parametrize("name", [PRIMARY, GENERAL])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.995])
def test_a_cut_file_is_refused(shared_data: Path, name: str, part: float) -> None:
    content = body(shared_data, name)
    with pytest.raises(ParseFailure):
        read(content[: int(len(content) * part)])


@pytest.mark.parametrize("name", [PRIMARY, GENERAL])
def test_a_changed_figure_is_refused(shared_data: Path, name: str) -> None:
    """Another first digit in any row of a thousand votes or more is refused."""
    lines = body(shared_data, name).decode("ascii").split("\n")
    tried = 0
    for number, line in enumerate(lines):
        found = re.search(r"\.\s+(\d)\d?,\d{3}\s+\d{1,2}\.\d\d", line)
        if found and not re.search(r"PRECINCTS|REGISTERED|BALLOTS", line):
            place = found.start(1)
            other = line[:place] + str(int(line[place]) % 9 + 1) + line[place + 1 :]
            with pytest.raises(ParseFailure):
                read("\n".join((*lines[:number], other, *lines[number + 1 :])).encode("ascii"))
            tried += 1
    assert tried > 30
