"""Delimited report files of counties, beside a sum of their rows by csv alone."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.errors import LayoutChanged, ParseFailure
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms import (
    dominion_sovc,
    electionware,
    ess_el30_html,
    ess_el45,
    gems_text,
    hart_tally,
    plain_table,
)
from tests.extras import needs

if TYPE_CHECKING:
    from pathlib import Path

    from scrapers.base import Platform

SAN_LUIS_OBISPO = "vendor_reports/dominion_sovc_san_luis_obispo_ca_2018_primary.txt.gz"
HUMBOLDT = "vendor_reports/hart_tally_humboldt_ca_2018_primary.txt.gz"
BOX_ELDER = "vendor_reports/box_elder_ut_2010.txt"
ST_CHARLES = "vendor_reports/st_charles_mo_2018_primary.csv"
HAWAII = "state_files/2018_hawaii_media.txt.gz"


def body(shared_data: Path, name: str) -> bytes:
    """Return one file as the county served it."""
    stored = (shared_data / name).read_bytes()
    return gzip.decompress(stored) if name.endswith(".gz") else stored


def read(platform: type[Platform], content: bytes) -> Report:
    """Read one file."""
    page = Page("https://example.org/file", 200, (), content, datetime(2026, 1, 1, tzinfo=UTC))
    return platform(date=None, settings={"url": page.url}).parse((page,))


def table(content: bytes) -> list[dict[str, str]]:
    """Return the rows by column name, as csv reads them."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def summed(report: Report) -> Counter[tuple[str, str]]:
    """Return the votes by the ids of contest and choice; zeros stay."""
    sums: Counter[tuple[str, str]] = Counter()
    for contest in report.contests:
        for one in contest.selections:
            sums[contest.key, one.key] += one.votes
    return sums


def test_san_luis_obispo(shared_data: Path) -> None:
    """Rows that a line's end parts in two are joined here by taking the end away."""
    content = body(shared_data, SAN_LUIS_OBISPO)
    report = read(dominion_sovc.Scraper, content)
    expected: Counter[tuple[str, str]] = Counter()
    for row in table(content.replace(b"PROPOSITION 68\r\n", b"PROPOSITION 68")):
        expected[row["CONTEST_ID"], row["CANDIDATE_ID"]] += int(row["VOTE_COUNT"])
    # Two write-ins with a name are part of the lines of all write-ins.
    expected["10", "140"] -= expected["10", "172"]
    expected["90", "163"] -= expected["90", "177"]
    assert summed(report) == expected
    assert len(report.contests) == 30
    attorney = next(one for one in report.contests if one.title == "DISTRICT ATTORNEY")
    assert {one.name: one.votes for one in attorney.selections} == {
        "DAN DOW": 51_079,
        "JUDGE MIKE CUMMINS": 28_319,
        "Write-in": 0,
    }
    assert {one.units for one in report.contests} == {None}


def test_humboldt(shared_data: Path) -> None:
    content = body(shared_data, HUMBOLDT)
    report = read(hart_tally.Scraper, content)
    expected: Counter[tuple[str, str]] = Counter()
    for row in table(content):
        expected[row["Contest_Id"], row["candidate_id"]] += int(row["total_votes"])
    assert summed(report) == expected
    assert len(report.contests) == len({key for key, _ in expected})
    attorney = next(one for one in report.contests if one.title == "DISTRICT ATTORNEY")
    assert (attorney.selections[0].name, attorney.selections[0].votes) == ("MAGGIE FLEMING", 23_956)
    assert attorney.units == Units(126, 126, UnitKind.PRECINCTS)


def test_hawaii(shared_data: Path) -> None:
    content = body(shared_data, HAWAII)
    report = read(hart_tally.Scraper, content)
    expected: Counter[tuple[str, str]] = Counter()
    for row in table(content):
        parts = ("Absentee_votes", "Early_votes", "Election_Votes")
        expected[row["Contest_id"], row["Choice_id"]] += sum(int(row[part]) for part in parts)
    assert summed(report) == expected
    assert len(report.contests) == 63


def test_box_elder(shared_data: Path) -> None:
    """The last number of each line, by title and name."""
    text = body(shared_data, BOX_ELDER).decode("ascii")
    expected: Counter[tuple[str, str]] = Counter()
    for line in text.splitlines():
        cells = [re.sub(r'^"|"$', "", cell.strip()) for cell in re.split(r" ,", line)]
        title, name, votes = cells[3], cells[6].replace("\\", ""), cells[9]
        if not re.match(r"Number of Precincts|Registered Voters", name):
            expected[title, re.sub(r"^Write-in \d+$", "Write-in", name)] += int(votes)
    report = read(gems_text.Scraper, text.encode())
    assert expected == Counter(
        {(one.title, line.name): line.votes for one in report.contests for line in one.selections}
    )
    attorney = next(one for one in report.contests if one.title == "COUNTY ATTORNEY")
    assert (attorney.selections[0].votes, attorney.registered_voters) == (11_756, 26_663)
    assert attorney.units == Units(52, 52, UnitKind.PRECINCTS)


def test_st_charles(shared_data: Path) -> None:
    """Of fifty titles, twenty-one stand over the primaries of two parties or more."""
    content = body(shared_data, ST_CHARLES)
    expected: Counter[tuple[str, str]] = Counter()
    for row in csv.reader(io.StringIO(content.decode("ascii").split("\n", 2)[2], newline="")):
        expected[row[1], row[2]] += int(row[3])
    report = read(plain_table.Scraper, content)
    assert {title for title, _ in expected} == {one.key for one in report.contests}
    known = {one.key for one in report.contests if one.counts_known}
    assert len(known) == 29
    assert summed(report) == {key: votes for key, votes in expected.items() if key[0] in known}
    attorney = next(one for one in report.contests if one.title == "PROSECUTING ATTORNEY")
    assert [(one.name, one.votes) for one in attorney.selections] == [("TIM LOHMAR", 39_969)]
    assert "DIRECTOR OF ELECTIONS" not in known


PLATFORMS = {
    module.__name__.rpartition(".")[2]: module.Scraper
    for module in (
        dominion_sovc, electionware, ess_el30_html, ess_el45, gems_text, hart_tally, plain_table,
    )
}  # fmt: skip
BELONGS = {
    "boone_mo_2022_primary_ppr.csv": "electionware",
    "box_elder_ut_2010.txt": "gems_text",
    "dominion_sovc_san_luis_obispo_ca_2018_primary.txt.gz": "dominion_sovc",
    "electionware_grand_traverse_mi_2020_pct.txt.gz": "electionware",
    "electionware_summary_adams_pa_2020.pdf": "electionware",
    "ess_asc_layout.pdf": "",
    "ess_el30a_amador_ca_2018_primary.htm.gz": "ess_el30_html",
    "ess_el45_cabell_wv_2012_primary_summary.html": "ess_el45",
    "ess_el45_cabell_wv_2016_general_cums.txt": "ess_el45",
    "grand_ut_2018_export.csv": "electionware",
    "hart_tally_humboldt_ca_2018_primary.txt.gz": "hart_tally",
    "johnson_mo_2018_primary.htm": "ess_el30_html",
    "scanned_no_text_hampshire_wv_2018.pdf": "",
    "st_charles_mo_2018_primary.csv": "plain_table",
}


def test_each_file_is_read_by_its_platform_and_by_no_other(shared_data: Path) -> None:
    """Every stored report file, through every platform of report files."""
    needs("pdfplumber")
    names = {path.name for path in (shared_data / "vendor_reports").iterdir()}
    assert names == set(BELONGS)
    for name, belongs in BELONGS.items():
        content = body(shared_data, f"vendor_reports/{name}")
        takers = []
        for platform, scraper in PLATFORMS.items():
            try:
                read(scraper, content)
            except ParseFailure:
                continue
            takers.append(platform)
        assert takers == ([belongs] if belongs else []), name


@pytest.mark.parametrize(
    "name",
    ["2018_nevada.csv", "2018_washington_allcounties.csv", "al_enr_export.xlsx", "mi_mvic_705.tsv"],
)
def test_tables_of_states_are_no_plain_tables(shared_data: Path, name: str) -> None:
    """They have a column of counties: without it one office is a contest of many counties."""
    if name.endswith(".xlsx"):
        needs("openpyxl")
    with pytest.raises(LayoutChanged, match=r"a column .* that is not known"):
        read(plain_table.Scraper, body(shared_data, f"state_files/{name}"))


@pytest.mark.parametrize(
    ("platform", "name"),
    [
        (dominion_sovc.Scraper, SAN_LUIS_OBISPO),
        (hart_tally.Scraper, HUMBOLDT),
        (hart_tally.Scraper, HAWAII),
        (gems_text.Scraper, BOX_ELDER),
        (plain_table.Scraper, ST_CHARLES),
    ],
)
@pytest.mark.parametrize("part", [0.01, 0.5, 0.999])
def test_a_cut_file_is_refused(
    shared_data: Path, platform: type[Platform], name: str, part: float
) -> None:
    content = body(shared_data, name)
    with pytest.raises(ParseFailure):
        read(platform, content[: int(len(content) * part)])
