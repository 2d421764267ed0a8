"""mn_sos on what Minnesota served for the U.S. Senate and House, 2024-11-05."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.errors import LayoutChanged
from monitor.model import Page, Report
from scrapers.platforms.mn_sos import Scraper

if TYPE_CHECKING:
    from pathlib import Path


def report(shared_data: Path, name: str) -> Report:
    """Read one stored file."""
    body = (shared_data / "state_files" / name).read_bytes()
    page = Page(f"https://example.org/{name}", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"file": name}).parse((page,))


@pytest.mark.parametrize(
    ("name", "contests", "votes"), [("mn_ussenate.txt", 1, 3_189_323), ("mn_ushouse.txt", 8, 0)]
)
def test_the_totals_are_the_sum_of_the_rows(
    shared_data: Path, name: str, contests: int, votes: int
) -> None:
    """Each contest's lines add up to the total that each of its rows repeats."""
    text = (shared_data / "state_files" / name).read_text(encoding="utf-8")
    cells = [line.split(";") for line in text.splitlines() if line]
    read = report(shared_data, name)
    assert len(read.contests) == contests
    found = {(one.key, line.name): line.votes for one in read.contests for line in one.selections}
    assert found == {(f"{c[1]}|{c[3]}|{c[5]}", c[7]): int(c[13]) for c in cells}
    for one in read.contests:
        assert one.total_votes == sum(line.votes for line in one.selections)
        assert one.units is not None
        assert one.units.reported == one.units.total
    assert sum(found.values()) == sum(int(c[13]) for c in cells)
    assert votes in (0, sum(found.values()))


def test_another_file_of_the_site_is_refused(shared_data: Path) -> None:
    """The table of candidates lies in the same folder and holds no votes."""
    with pytest.raises(LayoutChanged, match="7 cells under 16 columns"):
        report(shared_data, "mn_cand.txt")
