"""mi_mvic on the Bureau's own file of 2018-11-07: 7,247 rows of 83 counties."""

from __future__ import annotations

import csv
import gzip
import io
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from monitor.model import Page
from scrapers.platforms.mi_mvic import Scraper

if TYPE_CHECKING:
    from pathlib import Path


def test_every_contest_is_the_sum_of_its_counties(shared_data: Path) -> None:
    """Michigan elected no prosecutor in 2018, and its county commissioners are not in it."""
    body = gzip.decompress((shared_data / "state_files" / "2018_michigan.tsv.gz").read_bytes())
    wanted: Counter[tuple[str, str]] = Counter()
    for row in csv.DictReader(io.StringIO(body.decode()), delimiter="\t"):
        if row["CandidateVotes"]:
            wanted[row["OfficeDescription"], row["CandidateID"]] += int(row["CandidateVotes"])
    page = Page("https://example.org/x", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    report = Scraper(date=None, settings={"url": page.url}).parse((page,))
    found = {
        (one.title, line.key): line.votes for one in report.contests for line in one.selections
    }
    assert found == dict(wanted)
    assert (len(report.contests), sum(found.values())) == (356, 79_436_712)
    assert (report.election_date, report.status_text) == (date(2018, 11, 6), "unofficial")
    assert not [one.title for one in report.contests if "ommissioner" in one.title]
    general = next(one for one in report.contests if one.title.startswith("Attorney General"))
    assert [(one.name, one.votes, one.party) for one in general.selections[:2]] == [
        ("Tom Leonard", 1_720_972, "REP"), ("Dana Nessel", 1_582_429, "DEM"),
    ]  # fmt: skip
