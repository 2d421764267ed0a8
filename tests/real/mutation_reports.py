"""Parts of real files of counting programs, each with a plain reader of its own."""

from __future__ import annotations

import gzip
import re
from collections import Counter
from typing import TYPE_CHECKING

from tests.mutants import rows_in, table_of
from tests.real.payload_case import (
    Case,
    Votes,
    by_key,
    by_name_in_all_parties,
    by_title,
    kept,
    rows_reader,
)
from tests.real.payload_edits import (
    number,
    scaled,
    table_double,
    table_swap,
    text_double,
    text_swap,
    words,
)

if TYPE_CHECKING:
    from pathlib import Path


def report_files(folder: Path) -> dict[str, Case]:
    """Return the cases of files that counting programs write."""
    vendor = folder / "vendor_reports"
    humboldt = gzip.decompress((vendor / "hart_tally_humboldt_ca_2018_primary.txt.gz").read_bytes())
    san_luis = gzip.decompress(
        (vendor / "dominion_sovc_san_luis_obispo_ca_2018_primary.txt.gz").read_bytes()
    )
    johnson = (vendor / "johnson_mo_2018_primary.htm").read_bytes()
    starts = [found.start() for found in re.finditer(rb"[^\n]*Precinct Summary", johnson)]
    box_elder = (vendor / "box_elder_ut_2010.txt").read_bytes()
    return {
        "dominion_sovc": Case(
            ",",
            kept(san_luis, 1, ",DISTRICT ATTORNEY,", begin="CON 10"),
            rows_reader("CONTEST_ID", "CANDIDATE_ID", "VOTE_COUNT"),
            table_double(11),
            table_swap((1, 5), 9, 11),
        ),
        "electionware": Case(
            ",",
            (vendor / "grand_ut_2018_export.csv").read_bytes(),
            wide_votes,
            wide_double,
            wide_swap,
        ),
        "ess_el30_html": Case(
            "lines",
            johnson[: starts[2]] + b"</PRE>\n</HTML>\n",
            precinct_votes,
            text_double(r"((?<=\.)\s+)(\d+)(?=\s)"),
            text_swap("John Webb", "Vicky Hartzler"),
            by_name_in_all_parties,
        ),
        "ess_el45": Case(
            "lines",
            (vendor / "ess_el45_cabell_wv_2016_general_cums.txt").read_bytes(),
            el45_votes,
            text_double(r"((?<=\.)\s+)([\d,]+)(?=\s+\d{0,2}\.\d\d)"),
            text_swap("EVAN JENKINS (REP)", "MATT DETCH (DEM) ."),
            lambda report: {
                (key.rstrip(" ."), str(votes)): 1 for (_, key), votes in by_key(report).items()
            },
        ),
        "gems_text": Case(
            "lines",
            kept(box_elder, 2, "UNITED STATES SENATE", "COUNTY ATTORNEY"),
            lambda body: {
                (row[4] or row[3], row[7] or name): number(row[9])
                for row in (
                    [cell.strip(' "') for cell in line] for line in rows_in(body, ",") if line
                )
                for name in (row[6], re.sub(r"(?<=-in) \d+", "", row[6]))
            },
            text_double(r'("NP" ,|"[A-Z]{3}" ,)(\d+)(?= ,)'),
            text_swap('"LEE, MIKE" ,"300007" ,"REP"', '"GRANATO, SAM F." ,"300004" ,"DEM"'),
        ),
        "hart_tally": Case(
            ",",
            kept(humboldt, 1, '"ATTORNEY GENERAL"', '"SHERIFF"', begin='"1CS-'),
            rows_reader("Contest_Id", "candidate_id", "total_votes"),
            table_double(19, 23, 27, 31),
            table_swap((4, 8), 13, 19, 23, 27, 31, among=("1", "2")),
        ),
        "plain_table": Case(
            ",",
            kept((vendor / "st_charles_mo_2018_primary.csv").read_bytes(), 2, "LOUIS PROP U"),
            rows_reader("Contest Name", "Candidate Name", "Votes"),
            table_double(3),
            table_swap((0, 1), 2, 3, head=2),
            by_title,
        ),
    }


def wide_votes(body: bytes) -> Votes:
    """Sum the precincts of a table with a column for each choice; its last row is the total."""
    titles, parties, names, *rows = rows_in(body, ",")
    sums: Counter[tuple[str, ...]] = Counter()
    for row in rows:
        for title, party, name, cell in zip(titles, parties, names, row, strict=False):
            if party and "COUNTY TOTALS" not in row:
                sums[words(title), words(name)] += number(cell)
    return sums


def wide_double(body: bytes) -> bytes:
    """Double every column of votes."""
    rows = rows_in(body, ",")
    return table_of(rows[:3] + [row[:6] + list(map(scaled, row[6:])) for row in rows[3:]], ",")


def wide_swap(body: bytes) -> bytes:
    """Swap the columns of two candidates for the Senate."""
    rows = rows_in(body, ",")
    for row in rows[3:]:
        row[16], row[17] = row[17], row[16]
    return table_of(rows, ",")


def precinct_votes(body: bytes) -> Votes:
    """Sum the lines under each title, of all precincts and parties: a figure after dots."""
    sums: Counter[tuple[str, ...]] = Counter()
    above: list[str] = []
    title = ""
    for line in body.decode("cp1252").splitlines():
        if "VOTE FOR" in line:
            title, above = " ".join(above), []
        elif not line.strip() or "*****" in line:
            above = []
        elif found := re.match(r" +(.+?)[ .]*\.\s+([\d,]+)(?: |$)", line):
            sums[title, words(found.group(1))] += number(found.group(2))
        else:
            above.append(words(line))
    return sums


def el45_votes(body: bytes) -> Votes:
    """Find each name with each of its figures: names may stand in more than one contest."""
    rows: dict[tuple[str, ...], int] = {}
    for line in body.decode("cp1252").splitlines():
        for part in (line[:72], line[72:]):
            found = re.match(r"\s*(.+?)[ .]*\.\s+([\d,]+)(?: |$)", part)
            if found:
                rows[words(found.group(1)).rstrip(" ."), str(number(found.group(2)))] = 1
    return rows
