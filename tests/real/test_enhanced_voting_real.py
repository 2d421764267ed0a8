"""enhanced_voting on what Georgia served for the runoff of 2026-06-16, and its list."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor.model import Page, Report, UnitKind
from scrapers.platforms.enhanced_voting import Scraper

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS = {"site": "results.sos.ga.gov", "jurisdiction": "Georgia", "eid": "x"}


def page(shared_data: Path, name: str) -> Page:
    """Serve one stored payload."""
    body = (shared_data / "enhanced_voting" / name).read_bytes()
    return Page(f"https://example.org/{name}", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))


def plain(shared_data: Path) -> Any:
    """Return the stored file as plain JSON."""
    path = shared_data / "enhanced_voting" / "ga_elections_data_06162026.json"
    return json.loads(path.read_bytes())


def report(shared_data: Path) -> Report:
    """Read the stored file."""
    stored = page(shared_data, "ga_elections_data_06162026.json")
    return Scraper(date=None, settings=SETTINGS).parse((stored,))


def test_every_line_and_every_sum(shared_data: Path) -> None:
    """27 contests with 54 lines; each adds up to the file's own total, and its types to it."""
    read = report(shared_data)
    items = plain(shared_data)["ballotItems"]
    wanted = {
        (item["id"], option["id"]): option["voteCount"]
        for item in items
        for option in item["summaryResults"]["ballotOptions"]
    }
    found = {(one.key, line.key): line.votes for one in read.contests for line in one.selections}
    assert found == wanted
    assert (len(read.contests), len(found)) == (27, 54)
    for one, item in zip(read.contests, items, strict=True):
        assert one.total_votes == sum(line.votes for line in one.selections) == item["voteTotal"]
        for line in one.selections:
            assert line.votes == sum(part.votes for part in line.by_type)
    assert sum(found.values()) == sum(item["voteTotal"] for item in items)


def test_the_head_of_the_report(shared_data: Path) -> None:
    """Real data two weeks later, not official yet, with counties as its units."""
    read = report(shared_data)
    assert (read.is_test, read.status, read.status_text) == (False, None, "unofficial")
    assert read.election_date == date(2026, 6, 16)
    assert read.source_time == datetime(2026, 7, 2, 15, 9, 0, 881784, tzinfo=UTC)
    senate = read.contests[0]
    assert (senate.title, senate.party) == ("US Senate", "REP")
    assert senate.units is not None
    assert (senate.units.reported, senate.units.kind) == (159, UnitKind.COUNTIES)
    assert Counter(one.party for one in read.contests) == {"DEM": 16, "REP": 10, "": 1}


def test_the_list_of_elections(shared_data: Path) -> None:
    """Every election of the site's list comes with its id."""
    stored = page(shared_data, "ga_jurisdictions_Georgia.json")
    visit = Scraper(date=None, settings=SETTINGS).elections()
    next(visit)
    with pytest.raises(StopIteration) as ended:
        visit.send(stored)
    listed = ended.value.value
    wanted = {one["publicElectionId"] for one in json.loads(stored.body)["elections"]}
    assert {dict(one.settings)["eid"] for one in listed} == wanted
    assert ("2020DecStateRun", date(2020, 12, 1)) in {
        (dict(one.settings)["eid"], one.date) for one in listed
    }
