"""Every stored payload on every platform: taken by its own, refused by name by every other.

The rows are all files of the data folder, not only those of formats we read: notes, lists,
guides and pages of other vendors must be refused too. Of an archive of one series the first,
the middle and the last answer are taken; the tests of that platform read all of them.

A table of rows over 200 KB is cut after its last whole line of the first 200 KB before the
platforms it does not belong to see it: its header and a thousand rows are as strange to them
as all of it. JSON, XML, pages and packed files stay whole, as a cut one would be refused for
being cut.
"""

from __future__ import annotations

import gzip
import json
import tarfile
import time
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

import pytest

from monitor.discover import discover
from monitor.errors import SourceFailure
from monitor.model import Page, Report
from tests.extras import needs
from tests.real.conftest import SHARED_DATA

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scrapers.base import Platform

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CUT = 200_000
LA_NAMES = "state_files/la_20241105_RacesCandidates_Multiparish.htm"
LA_VOTES = "state_files/la_20241105_Votes_Multiparish.htm"
ND_NAMES = "state_files/nd_tally_search_excerpt.json"
ND_VOTES = "state_files/nd_tally_results_sw_excerpt.json"
VT_INDEX = "state_files/vt_election_manifest.json"

BELONGS = {
    "ca_sos": ("ca/ca_sos_query_2024-11_electionnight.tar.gz",),
    "clarity": (
        "clarity/co_2022/CO_115903_316199_sum.json",
        "clarity/co_2022/CO_Arapahoe_2022_sum.json",
        "clarity/co_2022/CO_Denver_2022_sum.json",
        "clarity/co_2022/CO_Dolores_2022_sum.json",
        "clarity/co_2022/CO_San_Juan_2022_sum.json",
        "clarity/ga_2020/GA_105369_271066_summary.json",
        "clarity/ga_2020/ga_atkinson_precincts_11-3.xml",
        "clarity/ga_2020/ga_bacon_precincts_11-3.xml",
        "clarity/ga_2020/ga_counties_11-3.xml",
        "clarity/ga_2020/ga_gwinnett_precincts_11-3.xml",
        "clarity/ga_2020/wv_counties_11-3.xml",
        "clarity/pa_allegheny_2023/Allegheny_2023_primary_detailxml.zip",
        "clarity/trimmed/county.xml",
        "clarity/trimmed/precinct.xml",
        "state_files/nj_atlantic_clarity_summary.json",
    ),
    "clarity_xls": ("state_files/2018_kentucky_clarity.xls.gz",),
    "dominion_sovc": ("vendor_reports/dominion_sovc_san_luis_obispo_ca_2018_primary.txt.gz",),
    "electionware": (
        "vendor_reports/boone_mo_2022_primary_ppr.csv",
        "vendor_reports/electionware_grand_traverse_mi_2020_pct.txt.gz",
        "vendor_reports/electionware_summary_adams_pa_2020.pdf",
        "vendor_reports/grand_ut_2018_export.csv",
    ),
    "enhanced_export": ("enhanced_voting/ga_export-2020AugGenPri.json",),
    "enhanced_voting": ("enhanced_voting/ga_elections_data_06162026.json",),
    "ess_el30_html": (
        "vendor_reports/ess_el30a_amador_ca_2018_primary.htm.gz",
        "vendor_reports/johnson_mo_2018_primary.htm",
    ),
    "ess_el45": (
        "vendor_reports/ess_el45_cabell_wv_2012_primary_summary.html",
        "vendor_reports/ess_el45_cabell_wv_2016_general_cums.txt",
    ),
    "fl_election_watch": (
        "state_files/2018_florida_electionwatch.tsv",
        "state_files/fl_20260324_ElecResultsFL.txt",
    ),
    "gems_text": ("vendor_reports/box_elder_ut_2010.txt",),
    "hart_tally": (
        "state_files/2018_hawaii_media.txt.gz",
        "vendor_reports/hart_tally_humboldt_ca_2018_primary.txt.gz",
    ),
    "id_enr": ("state_files/2018_idaho.xml",),
    "in_csv": ("state_files/2018_indiana.csv.gz",),
    "in_enr": ("state_files/in_enr_OffCatC_1005_A_excerpt.json",),
    "la_county": ("ca/la_county_json_2022.tar.gz",),
    "la_voterportal": (LA_NAMES, LA_VOTES),
    "md_sbe": ("state_files/md_county01.csv",),
    "mi_mvic": ("state_files/2018_michigan.tsv.gz",),
    "mn_sos": ("state_files/mn_ushouse.txt", "state_files/mn_ussenate.txt"),
    "ncsbe": (
        "nc/results_0_20241105_final.json",
        "nc/results_0_20261103_SYNTHETIC_zero_state.json",
    ),
    "nv_sos": ("state_files/2018_nevada.csv",),
    "ok_oker": ("state_files/2018_oklahoma.csv",),
    "pa_returns": ("state_files/pa_GetOfficeData_2024_senate_excerpt.json",),
    "plain_table": ("vendor_reports/st_charles_mo_2018_primary.csv",),
    "results_ajax": ("or/oregon_resultsajax_2025-05_jackson.tar.gz",),
    "results_sw": ("state_files/2018_south_dakota.csv", "state_files/nm_resultsCSV_excerpt.csv"),
    # One family: a file with the columns contest, party, candidate, votes is what a sheet is,
    # whoever made it; its outcomes need a named person.
    "sheet": ("state_files/mi_mvic_705.tsv",),
    "tally": (ND_NAMES, ND_VOTES),
    "tx_goelect": ("tx/election_56181_v21_final.json", "tx/election_56181_v2_preelection.json"),
    "vt_enr": ("state_files/vt_federal_category.json", "state_files/vt_house_category.json"),
    "wa_export": ("state_files/2018_washington_allcounties.csv",),
}
"""The payloads of each platform. What stands nowhere here is refused by all of them: other
vendors and guides, and files that say nothing alone (Clarity's settings, Texas' counties,
Vermont's index)."""

WITHOUT_A_PAYLOAD = {"ess_enr", "ky_live", "ncsbe_pct", "nyc_enr"}
"""None of their format is stored; New York's and the tables by precinct were made from it."""

NOT_OF_THE_ELECTION = (
    "ca/la_county_json_2022.tar.gz:la_county_2022/2022-10-13T14:17:11.161844-07:00.json",
    "ca/la_county_json_2022.tar.gz:la_county_2022/fetch_index.tsv",
)
"""In an archive of Los Angeles: the election before, at the same address, and our index."""

SETTINGS = {
    "contest": "x", "jurisdiction": "XX/Example", "eid": "56181", "site": "x", "url": "https://x",
    "report_url": "https://x", "folder": "x", "number": "1", "category": "1005",
    "electionid": "4300", "cid": "0", "cycle": "PG24", "race": "1", "type": "CTYALL", "page": "x",
    "kind": "G",
}  # fmt: skip
OWN_SETTINGS = {
    "enhanced_export": {"eid": "e"},
    "md_sbe": {"cid": "01"},
    "results_sw": {"type": ""},
    "tally": {"eid": "346", "type": "SW"},
    "vt_enr": {"eid": "a18f77e0-89f8-4a01-8d97-61a7c75ba200"},
}
IN_SETTINGS = json.dumps({
    "Root": {
        "CurrentElection": "05/05/2026", "ElectionType": "P", "VersionType": "A", "Certified": "T"
    }
}).encode()  # fmt: skip


def stored() -> tuple[str, ...]:
    """Name every file there is, and of a series its first, middle and last answer."""
    names = []
    for path in sorted(SHARED_DATA.rglob("*")):
        name = path.relative_to(SHARED_DATA).as_posix()
        if name.endswith(".tar.gz"):
            with tarfile.open(path) as series:
                members = sorted(one.name for one in series.getmembers() if one.isfile())
            kept = members if len(members) < 8 else members[:: (len(members) - 1) // 2]
            names += [f"{name}:{member}" for member in kept]
        elif path.is_file():
            names.append(name)
    return tuple(names)


@cache
def content(name: str) -> bytes:
    """Return a payload, unpacked where it was packed for keeping."""
    path, _, member = name.partition(":")
    if member:
        with tarfile.open(SHARED_DATA / path) as series:
            taken = series.extractfile(member)
            return taken.read() if taken else b""
    body = (SHARED_DATA / path).read_bytes()
    return gzip.decompress(body) if path.endswith(".gz") else body


def cut(body: bytes) -> bytes:
    """Return the first whole lines of a large table; anything else as it is."""
    if len(body) <= CUT or body.lstrip(b"\xef\xbb\xbf \r\n")[:1] in b"{[<" or b"\0" in body:
        return body
    return body[: body.rindex(b"\n", 0, CUT) + 1]


def arrangements(platform: str, body: bytes) -> Iterator[tuple[Page, ...]]:
    """Put a body in every place of a platform's pages, beside real ones where there are some."""
    if platform == "clarity":
        yield (page("https://x/1/sum.json", body),)
        yield (page("https://x/1/detail.xml", body),)
    elif platform == "in_enr":
        yield page("https://x/s", IN_SETTINGS), page("https://x/c", body)
        yield page("https://x/s", body), page("https://x/c", body)
    elif platform == "vt_enr":
        yield page("https://x/i", content(VT_INDEX)), page("https://x/c", body)
        yield page("https://x/i", body), page("https://x/c", body)
    elif platform == "ky_live":
        yield (page("https://x/file", body),) * 6
    elif platform in {"la_voterportal", "tally"}:
        first = (page("https://x/d", b"", 404),) if platform == "la_voterportal" else ()
        real = (LA_NAMES, LA_VOTES) if platform == "la_voterportal" else (ND_NAMES, ND_VOTES)
        names, votes = map(content, real)
        for pair in ((body, votes), (names, body), (body, body)):
            yield *first, *(page("https://x/p", one) for one in pair)
    else:
        yield (page("https://x/file", body),)


def page(url: str, body: bytes, status: int = 200) -> Page:
    """Serve a body."""
    return Page(url, status, (), body, NOW)


def read(platform: str, scraper: type[Platform], body: bytes) -> list[Report | SourceFailure]:
    """Read a body in every arrangement; an exception without our name fails the test."""
    given = {**SETTINGS, **OWN_SETTINGS.get(platform, {})}
    settings = {name: given[name] for name in scraper.settings_needed()}
    answers: list[Report | SourceFailure] = []
    for pages in arrangements(platform, body):
        try:
            answers.append(scraper(date=None, settings=settings).parse(pages))
        except SourceFailure as failure:
            answers.append(failure)
    return answers


def platforms() -> dict[str, type[Platform]]:
    """Return every platform, found as the program finds it; county files are over them."""
    found = discover()
    return {name: one for name, one in found.scrapers.items() if ".platforms." in one.__module__}


def owners(name: str) -> set[str]:
    """Return the platforms that a payload belongs to."""
    if name in NOT_OF_THE_ELECTION:
        return set()
    return {one for one, names in BELONGS.items() if name.partition(":")[0] in names}


@pytest.mark.parametrize("name", stored())
def test_a_payload_is_taken_by_its_own_platform_alone(shared_data: Path, name: str) -> None:
    """One row of the matrix; each refusal says something, and takes less than a second.

    Most take less than a tenth; the second is the processor's, whatever else runs beside.
    """
    if name.endswith(".pdf"):
        needs("pdfplumber")
    body = content(name)
    short = cut(body)
    taken = set()
    for platform, scraper in platforms().items():
        is_own = platform in owners(name)
        began = time.process_time()
        answers = read(platform, scraper, body if is_own else short)
        took = time.process_time() - began
        if any(isinstance(one, Report) and one.contests for one in answers):
            taken.add(platform)
        empty = [one for one in answers if isinstance(one, Report) and not one.contests]
        assert not empty, f"{platform} made an empty report of it"
        assert all(str(one) for one in answers if isinstance(one, SourceFailure))
        assert is_own or took < len(answers), f"{platform} took {took:.1f} s to refuse it"
    assert taken == owners(name)


def test_the_table_is_whole(shared_data: Path) -> None:
    """Every platform stands in it, or is said to have no payload; every payload is there."""
    assert set(BELONGS) | WITHOUT_A_PAYLOAD == set(platforms())
    assert not set(BELONGS) & WITHOUT_A_PAYLOAD
    there = {name.partition(":")[0] for name in stored()}
    assert {name for names in BELONGS.values() for name in names} <= there
    assert set(NOT_OF_THE_ELECTION) <= set(stored())
