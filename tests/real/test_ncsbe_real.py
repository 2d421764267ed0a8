"""North Carolina's real files, and the tables made from them, against our figures."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.model import Page, Report, UnitKind
from scrapers import nc_durham, nc_pitt
from scrapers.platforms import ncsbe, ncsbe_pct
from tests.results_pct import read_totals

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"
NOW = datetime(2024, 11, 26, tzinfo=UTC)
TYPES = ("evc", "ovc", "avc", "pvc")
STATEWIDE = ("results_0_20241105_final.json", "results_0_20261103_SYNTHETIC_zero_state.json")


def parse(body: bytes, scraper: type[ncsbe.Scraper | ncsbe_pct.Scraper], **given: str) -> Report:
    """Parse one body."""
    page = Page("https://er.ncsbe.gov/a-file", 200, (), body, NOW)
    return scraper(date=date(2024, 11, 5), settings=given).parse((page,))


@pytest.mark.parametrize("name", STATEWIDE)
def test_every_row_of_a_statewide_file_is_read(shared_data: Path, name: str) -> None:
    """Every row comes out once, with its own total and types."""
    body = (shared_data / "nc" / name).read_bytes()
    wanted = Counter(
        (row["cnm"], row["bnm"], row["pty"].strip(), row["vct"], *map(row.get, TYPES))
        for row in json.loads(body)
    )
    seen = Counter(
        (
            contest.title,
            one.name,
            one.party,
            str(one.votes),
            *(str(count.votes) for count in one.by_type),
        )
        for contest in parse(body, ncsbe.Scraper, cid="0").contests
        for one in contest.selections
    )
    assert seen == wanted


def test_every_statewide_file_is_tested(shared_data: Path) -> None:
    """No payload of this format lies there untested."""
    assert {path.name for path in (shared_data / "nc").glob("results_0_*")} == set(STATEWIDE)


def test_contests_of_the_final_file(shared_data: Path) -> None:
    """Sums by contest, precincts, seats; a general election has no party contests."""
    body = (shared_data / "nc" / STATEWIDE[0]).read_bytes()
    rows = json.loads(body)
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row["gid"]] += int(row["vct"])
    contests = parse(body, ncsbe.Scraper, cid="0").contests
    assert {c.key: sum(s.votes for s in c.selections) for c in contests} == dict(sums)
    told = {row["gid"]: (int(row["prt"]), int(row["ptl"]), int(row["vfr"])) for row in rows}
    for contest in contests:
        assert contest.units is not None
        assert contest.units.kind is UnitKind.PRECINCTS
        units = (contest.units.reported, contest.units.total)
        assert (*units, contest.votes_allowed) == told[contest.key]
        assert contest.party == ""
    write_ins = sum(one.is_write_in for contest in contests for one in contest.selections)
    # Who is named, as "Paul Coble (Write-In)", is a candidate like others.
    assert write_ins == sum(row["bnm"] == "Write-In (Miscellaneous)" for row in rows)


def test_zero_state_has_no_units_and_no_placeholder_key(shared_data: Path) -> None:
    """0 of 0 precincts are no units; the placeholder gid 9999 names no contest."""
    body = (shared_data / "nc" / STATEWIDE[1]).read_bytes()
    contests = parse(body, ncsbe.Scraper, cid="0").contests
    assert {contest.units for contest in contests} == {None}
    assert "9999" not in {contest.key for contest in contests}
    assert len({contest.key for contest in contests}) == len(contests)


def test_totals_fixture_is_the_final_file(shared_data: Path) -> None:
    """Our fixture's figures are the file's, row for row."""
    rows = json.loads((shared_data / "nc" / STATEWIDE[0]).read_bytes())
    for row, choice in zip(rows, read_totals(), strict=True):
        assert choice.votes == tuple(int(row[key]) for key in TYPES)
        seen = (choice.gid, choice.contest, choice.name, choice.total, choice.precincts)
        wanted = (row["gid"], row["cnm"], row["bnm"], int(row["vct"]), int(row["ptl"]))
        assert seen == wanted


def durham_sums(shared_data: Path) -> dict[str, tuple[int, ...]]:
    """Add up the certified precinct table: election day, one-stop, mail, provisional."""
    table = shared_data / "nc" / "durham_da_dem_primary_20180508_certified_by_precinct.csv"
    kinds = {"OS": 1, "ABSENTEE": 2, "PROVISIONAL": 3}
    sums = {name: [0, 0, 0, 0] for name in ("Satana Deberry", "Roger Echols", "Daniel Meier")}
    with table.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            kind = kinds.get(line["Precinct"].split()[0], 0)
            for name, types in sums.items():
                types[kind] += int(line[name])
    return {name: tuple(types) for name, types in sums.items()}


def medsl_sums(shared_data: Path, county: str) -> dict[str, tuple[int, ...]]:
    """Add up MEDSL's table of November 2018 in the same order of types."""
    modes = ("ELECTION DAY", "ONE STOP", "ABSENTEE BY MAIL", "PROVISIONAL")
    sums: Counter[tuple[str, str]] = Counter()
    table = shared_data / "nc" / "medsl_20181106_da_durham_pitt_precinct.csv"
    with table.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(lines):
            if line["county_name"] == county.upper():
                sums[line["candidate"].title(), line["mode"]] += int(line["votes"])
    return {name: tuple(sums[name, mode] for mode in modes) for name, _ in sums}


def example(scraper: type[ncsbe.Scraper | ncsbe_pct.Scraper], case: str, **given: str) -> Report:
    """Parse the body of a golden example."""
    name = scraper.__module__.rpartition(".")[2]
    (body,) = (path for path in (EXAMPLES / name / case).iterdir() if path.suffix != ".json")
    return parse(body.read_bytes(), scraper, **given)


def types_of(report: Report) -> dict[str, tuple[int, ...]]:
    """Return the types of every choice of a one-contest report."""
    (contest,) = report.contests
    return {
        one.name: tuple(count.votes for count in one.by_type)
        for one in contest.selections
        if one.votes == sum(count.votes for count in one.by_type)
    }


def test_durham_examples_hold_the_certified_count(shared_data: Path) -> None:
    """The examples' figures are the precinct table's, with and without provisional."""
    certified = durham_sums(shared_data)
    assert types_of(example(nc_durham.Scraper, "certified")) == certified
    assert types_of(example(ncsbe_pct.Scraper, "complete")) == certified
    night = {name: (*types[:3], 0) for name, types in certified.items()}
    assert types_of(example(nc_durham.Scraper, "complete")) == night
    assert [sum(types) for types in night.values()] == [15207, 12648, 3325]


def test_pitt_examples_hold_the_official_count(shared_data: Path) -> None:
    """MEDSL's sums; the night is less provisional and 111 / 45 mail."""
    official = medsl_sums(shared_data, "Pitt")
    assert types_of(example(nc_pitt.Scraper, "certified")) == official
    assert types_of(example(ncsbe_pct.Scraper, "real_precincts", county_name="Pitt")) == official
    durham = types_of(example(ncsbe_pct.Scraper, "real_precincts", county_name="Durham"))
    assert durham == medsl_sums(shared_data, "Durham")
    night = types_of(example(nc_pitt.Scraper, "complete"))
    assert {name: sum(types) for name, types in night.items()} == {
        "Faris Dixon": 30313,
        "Glenn Perry": 27896,
    }


def test_columns_are_those_of_the_layout_file(shared_data: Path) -> None:
    """The Board's own layout page names our columns, in both layouts since 2014."""
    text = (shared_data / "nc" / "layout_results_pct.txt").read_text(encoding="latin-1")
    _, since_2018, since_2014, *_ = text.split("-- File layout: ")
    for part, real_precinct in ((since_2018, True), (since_2014, False)):
        named = [line.split("\t")[0].strip() for line in part.splitlines() if "\t" in line]
        line = "DURHAM,05/08/2018,01,1016,S,DISTRICT ATTORNEY,Deberry,DEM,1,102,3,2,1,108"
        cells = line.split(",") + ["Y"] * real_precinct
        body = "\t".join(named) + "\n" + "\t".join(cells) + "\n"
        (row,) = ncsbe_pct.open_rows(body.encode())
        assert (row.total, row.is_real_precinct) == (108, True if real_precinct else None)
