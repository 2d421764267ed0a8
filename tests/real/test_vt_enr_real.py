"""vt_enr on the stored files of Vermont's primary of 2026-08-11, trimmed and without votes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.errors import LayoutChanged
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.vt_enr import Scraper

if TYPE_CHECKING:
    from pathlib import Path

EID = "a18f77e0-89f8-4a01-8d97-61a7c75ba200"


def page(shared_data: Path, name: str) -> Page:
    """Serve a stored file."""
    body = (shared_data / "state_files" / name).read_bytes()
    return Page(f"https://example.org/{name}", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))


def read(shared_data: Path, category: str, eid: str = EID) -> Report:
    """Read a category's stored file under the stored index."""
    pages = (
        page(shared_data, "vt_election_manifest.json"),
        page(shared_data, f"vt_{category}_category.json"),
    )
    return Scraper(date=None, settings={"eid": eid, "category": category}).parse(pages)


def test_the_federal_category(shared_data: Path) -> None:
    """Each party's ballot is a contest, and its units are the towns of the state."""
    report = read(shared_data, "federal")
    assert [(one.key, len(one.selections)) for one in report.contests] == [
        ("4|DEM", 2), ("4|PROGRESSIVE", 1), ("4|REP", 3),
    ]  # fmt: skip
    assert {one.units for one in report.contests} == {Units(0, 247, UnitKind.UNITS)}
    assert (report.version, report.election_date) == (20260721220608, date(2026, 8, 11))
    assert not sum(line.votes for one in report.contests for line in one.selections)


def test_the_house_category(shared_data: Path) -> None:
    """It has districts and towns, no row of the whole, and no units of its own."""
    report = read(shared_data, "house")
    assert [(one.key, one.title, one.votes_allowed) for one in report.contests] == [
        ("11|ADD RUT|DEM", "STATE REPRESENTATIVE, ADDISON RUTLAND", 1),
        ("12|CHI 1|DEM", "STATE REPRESENTATIVE, CHITTENDEN 1", 2),
    ]
    assert {one.units for one in report.contests} == {None}


def test_the_index_of_another_election_is_refused(shared_data: Path) -> None:
    other = "b29f88f1-9ff9-4a01-8d97-61a7c75ba201"
    with pytest.raises(LayoutChanged, match="is no file of the election"):
        read(shared_data, "federal", other)


def test_the_stored_list_of_elections(shared_data: Path) -> None:
    """The one of a town is in it too."""
    asked = Scraper(date=None, settings={}).elections()
    assert next(asked).url.endswith("/elections/elections.json")
    with pytest.raises(StopIteration) as ended:
        asked.send(page(shared_data, "vt_elections.json"))
    listed = ended.value.value
    assert [(one.name, one.date) for one in listed] == [
        ("08/11/2026 -- AUGUST PRIMARY", date(2026, 8, 11)),
        ("11/03/2026 -- NOVEMBER GENERAL", date(2026, 11, 3)),
        ("03/03/2026 -- BRADFORD TOWN MEETING", date(2026, 3, 3)),
    ]
    assert listed[0].settings == (("eid", EID),)
