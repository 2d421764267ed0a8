"""Parts of real one-file systems of states, each with a plain reader of its own."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import Counter
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from tests.mutants import plain_json, rows_in
from tests.real.payload_case import Case, Votes, by_name, by_title, kept, many, rows_of, rows_reader
from tests.real.payload_edits import (
    json_double,
    json_swap,
    number,
    table_double,
    table_swap,
    text_double,
    text_swap,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def state_files(folder: Path) -> dict[str, Case]:
    """Return the cases of one-file states."""
    state = folder / "state_files"
    indiana = gzip.decompress((state / "2018_indiana.csv.gz").read_bytes())
    florida = (state / "2018_florida_electionwatch.tsv").read_bytes()
    washington = (state / "2018_washington_allcounties.csv").read_bytes()
    return {
        "fl_election_watch": Case(
            "\t",
            kept(florida, 1, "State Attorney", "Representative in Congress, District 1\t"),
            florida_votes,
            table_double(14, delimiter="\t"),
            table_swap((3, 4, 5), 11, 14, delimiter="\t"),
            by_name,
        ),
        "id_enr": Case(
            "lines",
            idaho_part((state / "2018_idaho.xml").read_bytes()),
            idaho_votes,
            text_double(r"(<(?:VoteCount|RaceTotal)>)(\d+)"),
            text_swap("<ChoiceName>David W. Gadd<", "<ChoiceName>Roger B. Harris<"),
            by_name,
        ),
        "in_csv": Case(
            ",",
            kept(indiana, 1, "Prosecuting Attorney Of C", "Prosecuting Attorney Of L"),
            rows_reader("Office", "Name on Ballot", "Total Votes"),
            table_double(12),
            table_swap((5, 2), 8, 12),
            by_title,
        ),
        "la_voterportal": Case(
            "json",
            (state / "la_20241105_Votes_Multiparish.htm").read_bytes(),
            lambda body: {
                (str(race["ID"]), str(one["ID"])): number(one["VoteTotal"])
                for race in many(json.loads(body)["Races"]["Race"])
                for one in many(race["Choice"])
            },
            json_double("VoteTotal"),
            json_swap("Choice", "VoteTotal"),
            before=(
                (b"", 404),
                ((state / "la_20241105_RacesCandidates_Multiparish.htm").read_bytes(), 200),
            ),
        ),
        "md_sbe": Case(
            ",",
            (state / "md_county01.csv").read_bytes(),
            maryland_votes,
            table_double(6, 8, 10, 12, 14, 16),
            table_swap((0, 1), 2, 6, 8, 10, 12, 14, 16, among=("Angela Alsobrooks", "Larry Hogan")),
            by_title,
        ),
        "mi_mvic": Case(
            "\t",
            michigan_part(gzip.decompress((state / "2018_michigan.tsv.gz").read_bytes())),
            michigan_votes,
            table_double(15, delimiter="\t"),
            table_swap((1, 2, 3, 4), 10, 15, delimiter="\t", among=("518295", "518223")),
        ),
        "mn_sos": Case(
            ";",
            (state / "mn_ushouse.txt").read_bytes(),
            lambda body: {
                ("|".join(words(row[at]) for at in (1, 3, 5)), row[6]): number(row[13])
                for row in filter(any, rows_in(body, ";"))
            },
            table_double(13, 15, delimiter=";"),
            table_swap((1, 3, 5), 6, 13, 14, delimiter=";", head=0),
        ),
        "nv_sos": Case(
            ",",
            kept((state / "2018_nevada.csv").read_bytes(), 1, "ATTORNEY GENERAL", "SHERIFF"),
            county_rows("county", "race", "candidate", "votes"),
            table_double(3),
            table_swap((0, 1), 2, 3),
            by_name,
        ),
        "ok_oker": Case(
            ",",
            kept((state / "2018_oklahoma.csv").read_bytes(), 1, "DISTRICT ATTORNEY"),
            lambda body: {
                (row[2], row[6]): number(row[-2]) for row in filter(any, rows_in(body, ",")[1:])
            },
            table_double(9, 10, 11, 12),
            table_swap((2,), 6, 9, 10, 11, 12),
        ),
        "results_sw": Case(
            ",",
            (state / "2018_south_dakota.csv").read_bytes(),
            rows_reader("ContestID", "CandidateID", "CandidateVotes"),
            table_double(11),
            table_swap((0,), 7, 11, 12),
        ),
        "tally": Case(
            "json",
            (state / "nd_tally_results_sw_excerpt.json").read_bytes(),
            lambda body: {
                (str(contest["contestID"]), str(one["choiceID"])): number(one["totalVotes"])
                for contest in rows_of(json.loads(body)["response"]["contests"])
                for one in contest["choices"]
            },
            json_double("totalVotes"),
            json_swap("choices", "totalVotes"),
            settings={"eid": "346"},
            before=(((state / "nd_tally_search_excerpt.json").read_bytes(), 200),),
        ),
        "vt_enr": Case(
            "json",
            vermont_counted(json.loads((state / "vt_federal_category.json").read_bytes())),
            vermont_votes,
            json_double("vc", "bv", "sv", "sc"),
            json_swap("rc", "vc"),
            settings={"eid": "a18f77e0-89f8-4a01-8d97-61a7c75ba200", "category": "federal"},
            before=(((state / "vt_election_manifest.json").read_bytes(), 200),),
        ),
        "wa_export": Case(
            ",",
            kept(washington, 1, "rosecut", "U.S. Senator"),
            county_rows("County", "Race", "Candidate", "Votes"),
            table_double(4),
            table_swap((0, 1), 2, 4, 5),
            by_name,
        ),
    }


def florida_votes(body: bytes) -> Votes:
    """Sum a race's counties by code, title and the parts of the name."""
    sums: Counter[tuple[str, ...]] = Counter()
    for row in csv.DictReader(io.StringIO(body.decode(), newline=""), delimiter="\t"):
        parts = (row["CanNameFirst"], row["CanNameMiddle"], row["CanNameLast"])
        contest = f"{words(row['RaceCode'])}|{words(row['RaceName'])}"
        sums[contest, words(" ".join(parts))] += number(row["CanVotes"])
    return sums


def maryland_votes(body: bytes) -> Votes:
    """Read Maryland's totals; votes against stand under a name of our own."""
    found: dict[tuple[str, ...], int] = {}
    for row in csv.DictReader(io.StringIO(body.decode(), newline="")):
        title = ", ".join(filter(None, map(words, (row["Office Name"], row["Office District"]))))
        name = words(row["Candidate Name"])
        found[title, name] = number(row["Total Votes"])
        if row.get("Total Votes Against", "").strip():
            found[title, f"{name}, against"] = number(row["Total Votes Against"])
    return found


def county_rows(county: str, race: str, choice: str, votes: str) -> Callable[[bytes], Votes]:
    """Sum a table both ways: a race of one county has the county in its key, others not."""

    def read(body: bytes) -> Votes:
        sums: Counter[tuple[str, ...]] = Counter()
        for row in csv.DictReader(io.StringIO(body.decode(), newline="")):
            name = words(words(row[choice]).removesuffix("(INCUMBENT)"))
            for key in (words(row[race]), f"{words(row[county])}|{words(row[race])}"):
                sums[key, name] += number(row[votes])
        return sums

    return read


def idaho_part(body: bytes) -> bytes:
    """Keep two races of three counties, all of them counted."""
    root = ET.fromstring(body)  # noqa: S314
    header, *others = root
    kept_counties = ("Blaine County", "Cassia County", "Twin Falls County")
    for head, report, foot in zip(others[::3], others[1::3], others[2::3], strict=True):
        if head.findtext("Title") not in kept_counties:
            for one in (head, report, foot):
                root.remove(one)
        for row in report.findall("RaceRow"):
            if row.findtext("RaceName") not in ("Attorney General", "District Judge, District 5"):
                report.remove(row)
    assert root[0] is header
    return ET.tostring(root)


def idaho_votes(body: bytes) -> Votes:
    """Sum the counties by race, the judge to be succeeded, and name."""
    sums: Counter[tuple[str, ...]] = Counter()
    for row in ET.fromstring(body).iter("RaceRow"):  # noqa: S314
        race = map(words, (row.findtext("RaceName"), row.findtext("SucceederName")))
        contest = "|".join(filter(None, race))
        for one in row.findall("CandidateRow"):
            sums[contest, words(one.findtext("ChoiceName"))] += number(one.findtext("VoteCount"))
    return sums


def michigan_part(body: bytes) -> bytes:
    """Keep the attorney general and one proposal in five counties, and count them anew."""
    counties = ("ALLEGAN", "BARRY", "IONIA", "OTTAWA", "MISSAUKEE")
    head, *rows, foot = body.decode().splitlines()
    kept_rows = [
        row
        for row in rows
        if row.split("\t")[5] in counties
        and ("Attorney General" in row or "Proposal - 18-1" in row)
    ]
    _, _, said = foot.partition("\t")
    return "\n".join([head, *kept_rows, f"RECORDS: {len(kept_rows)}\t{said}\n"]).encode()


def michigan_votes(body: bytes) -> Votes:
    """Sum the counties by the three codes of a contest and the candidate's id."""
    sums: Counter[tuple[str, ...]] = Counter()
    for row in csv.DictReader(io.StringIO(body.decode(), newline=""), delimiter="\t"):
        if row["CandidateVotes"]:
            codes = (row["OfficeCode(Text)"], row["DistrictCode(Text)"], row["StatusCode"])
            contest = "|".join(map(words, codes))
            sums[contest, words(row["CandidateID"])] += number(row["CandidateVotes"])
    return sums


def vermont_counted(content: Any) -> bytes:
    """Put the figures of 2026-08-11 into the stored file, which is from before the election.

    Malloy 31,324 and Coester 9,046 are the state's, as public readers of its site recorded
    them a month later; the other figures of the row are ours.
    """
    (row,) = content["d"][2]["o"][0]["cs"]
    for one, votes in zip(row["rc"], (9_046, 31_324), strict=True):
        one["vc"] = votes
    row["wc"][0]["vc"], row["bv"], row["sv"] = 120, 2_500, 40
    row["sc"] = 9_046 + 31_324 + 120 + 2_500 + 40
    return plain_json(content)


def vermont_votes(body: bytes) -> Votes:
    """Sum the towns, or read the whole where there is no town; the party is in the key."""
    sums: Counter[tuple[str, ...]] = Counter()
    known = {"DEMOCRATIC": "DEM", "REPUBLICAN": "REP"}
    for part in rows_of(json.loads(body)["d"]):
        said = words(part["pn"]).upper()
        for office in rows_of(part["o"]):
            parts = (office["oid"], office.get("dc"), known.get(said, said))
            contest = "|".join(filter(None, map(words, parts)))
            rows = rows_of(office["cs"])
            for row in [one for one in rows if number(one["tid"])] or rows:
                for one in rows_of(row["rc"]) + rows_of(row["wc"]):
                    choice = str(number(one["cid"]) or words(one["cn"]))
                    sums[contest, choice] += number(one["vc"])
    return sums
