"""ess_el30_html on two counties' real reports, beside an independent sum of their lines."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from monitor.errors import LayoutChanged, Truncated
from monitor.model import Page, ResultsStatus
from scrapers.mo_johnson import Scraper
from scrapers.platforms import ess_el30_html

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.model import Report

JOHNSON = "johnson_mo_2018_primary.htm"
AMADOR = "ess_el30a_amador_ca_2018_primary.htm.gz"


def body(shared_data: Path, name: str) -> bytes:
    """Return one report as the county served it."""
    packed = (shared_data / "vendor_reports" / name).read_bytes()
    return gzip.decompress(packed) if name.endswith(".gz") else packed


def read(content: bytes) -> Report:
    """Read a report with the county file of Johnson County."""
    page = Page("https://example.org/report", 200, (), content, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"url": page.url}).parse((page,))


def independent_sum(text: str) -> Counter[tuple[str, str, str]]:
    """Sum votes by heading, title and name: any figure after dot leaders, nothing else known."""
    sums: Counter[tuple[str, str, str]] = Counter()
    party = title = ""
    lines = [line.rstrip() for line in text.splitlines()]
    for number, line in enumerate(lines):
        if "REGISTERED VOTERS" in line:
            party = title = ""
        elif "**********" in line:
            party = line.strip(" *()")
        elif "VOTE FOR" in line:
            above = lines[:number][::-1]
            block = above[: above.index("")][::-1]
            title = " ".join(part.strip() for part in block)
        elif title and (found := re.match(r" +(.+?)[ .]*\.\s+([\d,]+)(?: |$)", line)):
            sums[party, title, " ".join(found.group(1).split())] += int(
                found.group(2).replace(",", "")
            )
    return sums


def summed(report: Report) -> Counter[tuple[str, str]]:
    """Return what the scraper made of a report, by title and name."""
    sums: Counter[tuple[str, str]] = Counter()
    for contest in report.contests:
        for one in contest.selections:
            sums[contest.key.rpartition("|")[2], one.name] += one.votes
    return sums


@pytest.mark.parametrize("name", [JOHNSON, AMADOR])
def test_the_sums_are_those_of_an_independent_count(shared_data: Path, name: str) -> None:
    content = body(shared_data, name)
    expected: Counter[tuple[str, str]] = Counter()
    for (_, title, candidate), votes in independent_sum(content.decode("cp1252")).items():
        expected[title, candidate] += votes
    assert sum(expected.values()) > 0
    assert summed(read(content)) == expected


def test_johnson_county(shared_data: Path) -> None:
    """Eleven precincts, absentees among them; official, with the run's time and no zone."""
    report = read(body(shared_data, JOHNSON))
    assert (report.status, report.status_text) == (ResultsStatus.CERTIFIED, "Official Results")
    assert (report.election_date, report.source_time) == (date(2018, 8, 7), None)
    assert report.source_time_text == "08/13/18 02:21 PM"
    contests = {contest.key: contest for contest in report.contests}
    assert len(contests) == len(report.contests) == 33
    attorney = contests["REP|PROSECUTING ATTORNEY COUNTY"]
    assert [(one.name, one.votes) for one in attorney.selections] == [("Rob Russell", 5_627)]
    assert (attorney.party, attorney.units, attorney.ballots_cast) == ("REP", None, 6_276)
    assert contests["Right To Work Question"].party == ""


def test_amador_county(shared_data: Path) -> None:
    """The EL30A report of Amador has parts by group of voters; they make the totals."""
    report = read(body(shared_data, AMADOR))
    assert (report.status, report.election_date) == (None, date(2018, 6, 5))
    contests = {contest.title: contest for contest in report.contests}
    attorney = {one.name: one for one in contests["DISTRICT ATTORNEY"].selections}
    assert (attorney["TODD D. RIEBE"].votes, attorney["WRITE-IN"].votes) == (9_736, 193)
    assert attorney["WRITE-IN"].is_write_in
    for contest in report.contests:
        for one in contest.selections:
            assert sum(count.votes for count in one.by_type) == one.votes


@pytest.mark.parametrize("name", [JOHNSON, AMADOR])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_report_is_refused(shared_data: Path, name: str, part: float) -> None:
    content = body(shared_data, name)
    with pytest.raises(Truncated):
        read(content[: int(len(content) * part)])


def test_every_digit_that_is_damaged_is_refused(shared_data: Path) -> None:
    """A letter in any figure of the first precinct's votes is a named error, never another sum."""
    lines = body(shared_data, JOHNSON).decode("cp1252").split("\n")
    rows = [number for number, line in enumerate(lines[:120]) if re.search(r"\.\s+\d+\s", line)]
    assert len(rows) > 40
    for number in rows:
        damaged = list(lines)
        damaged[number] = re.sub(r"(\.\s+)\d", r"\1l", damaged[number], count=1)
        if "VOTER TURNOUT" not in lines[number]:
            with pytest.raises(LayoutChanged):
                read("\n".join(damaged).encode("cp1252"))


def test_the_platform_needs_one_setting() -> None:
    assert ess_el30_html.Scraper.settings_needed() == {"url"}
    assert ess_el30_html.Scraper.parse_in_pool
