"""The backtest over real precinct rows: how many contests each file gives, and one small run."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from monitor.app import precinct_format
from monitor.backtest.report import total
from monitor.backtest.rows import WRONG_SUMS, Wanted, read_contests
from monitor.backtest.run import Options, run
from monitor.backtest.scoring import Measure
from monitor.rulebook import shipped_rules

if TYPE_CHECKING:
    from pathlib import Path

JUNE_2018 = date(2018, 6, 5)
ALLEGHENY = "clarity/pa_allegheny_2023/Allegheny_2023_primary_detailxml.zip"
DURHAM = "nc/durham_da_dem_primary_20180508_certified_by_precinct.csv"
PITT = "nc/medsl_20181106_da_durham_pitt_precinct.csv"
GWINNETT = "clarity/ga_2020/ga_gwinnett_precincts_11-3.xml"

FILES = {
    ALLEGHENY: ("PA", None, 825, 155),
    GWINNETT: ("GA", None, 3, 3),
    "clarity/ga_2020/ga_atkinson_precincts_11-3.xml": ("GA", None, 25, 11),
    "clarity/ga_2020/ga_bacon_precincts_11-3.xml": ("GA", None, 20, 10),
    "clarity/ga_2020/ga_counties_11-3.xml": ("GA", None, 2, 1),
    "clarity/ga_2020/wv_counties_11-3.xml": ("WV", None, 2, 2),
    DURHAM: ("NC", None, 1, 1),
    PITT: ("NC", None, 2, 1),
    "vendor_reports/johnson_mo_2018_primary.htm": ("MO", None, 33, 11),
    "vendor_reports/boone_mo_2022_primary_ppr.csv": ("MO", date(2022, 8, 2), 36, 11),
    "vendor_reports/ess_el30a_amador_ca_2018_primary.htm.gz": ("CA", None, 29, 23),
    "vendor_reports/hart_tally_humboldt_ca_2018_primary.txt.gz": ("CA", JUNE_2018, 33, 27),
    "vendor_reports/dominion_sovc_san_luis_obispo_ca_2018_primary.txt.gz": (
        *("CA", JUNE_2018),
        *(29, 25),
    ),
}
"""State and day, contests in the file, and those with more named candidates than seats.

A plain count finds 156 in Allegheny: one of them is "REGISTERED VOTERS", for 0 seats.
"""


@pytest.mark.parametrize("name", FILES)
def test_every_contested_contest_is_read_by_precinct(shared_data: Path, name: str) -> None:
    """As many contests as counted by other means, and their precincts make the totals."""
    state, on, held, contested = FILES[name]
    found = read_contests(Wanted(shared_data / name, state, on), precinct_format())
    assert (found.held, len(found.contests)) == (held, contested)
    # Atkinson's published file has one contest that its own precincts do not make.
    assert dict(found.left_out) == ({WRONG_SUMS: 1} if "atkinson" in name else {})


def test_a_member_of_an_archive_is_read(shared_data: Path) -> None:
    """Manhattan's primary of 2025 by election district; its sums are the borough's."""
    archive = shared_data / "nyc/nyc_enr_2025_district_attorney.tar.gz"
    member = "nyc_enr_boenyc/20250702_ed_district_attorney.csv"
    found = read_contests(Wanted(archive, "NY", date(2025, 6, 24), member), precinct_format())
    (contest,) = found.contests
    votes = {choice.name: n for choice, n in zip(contest.choices, contest.votes, strict=True)}
    assert votes == {
        "Patrick John Timmins": 63_890,
        "Alvin L. Bragg Jr.": 178_095,
        "WRITE-IN": 831,
    }
    assert contest.party == "DEM"


def test_durham_pitt_and_gwinnett_are_never_contradicted(shared_data: Path) -> None:
    """Fifty nights of two counties' DA contests and three of Gwinnett's."""
    files = [
        Wanted(shared_data / DURHAM, "NC"),
        Wanted(shared_data / PITT, "NC"),
        Wanted(shared_data / GWINNETT, "GA"),
    ]
    results = run(files, shipped_rules(), Options(10, 1, 1), precinct_format(), lambda _: None)
    score = total(results)
    assert score.counts[Measure.NIGHTS] == 50
    assert score.contradictions == []
    assert score.counts[Measure.SILENT] == 0
    assert 10 * score.counts[Measure.CLEAR_RIGHT] >= 9 * score.counts[Measure.CLEAR] > 0
