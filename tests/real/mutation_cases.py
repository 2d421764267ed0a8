"""A small part of a real payload for each proven platform, with a plain reader of its own.

Parts are whole contests, all of their rows: as the source served them, without the other
contests. Readers know where one format has its ids and votes and nothing else: they check
nothing, and use none of our readers.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from tests.mutants import plain_json
from tests.real.mutation_reports import report_files
from tests.real.mutation_states import state_files
from tests.real.payload_case import Case, Votes, by_title, many, member
from tests.real.payload_edits import (
    Edit,
    json_double,
    json_swap,
    number,
    swap_lists,
    text_double,
    text_swap,
    words,
)

if TYPE_CHECKING:
    from pathlib import Path


def json_sites(folder: Path) -> dict[str, Case]:
    """Return the cases of sites that answer with JSON."""
    los_angeles = json.loads(member(
        folder / "ca" / "la_county_json_2022.tar.gz",
        "la_county_2022/2022-11-14T15:48:38.218335-08:00.json",
    ))  # fmt: skip
    groups = los_angeles["Election"]["ContestGroups"]
    los_angeles["Election"]["ContestGroups"] = [
        one for one in groups if any(it["Title"] == "SHERIFF" for it in one["Contests"])
    ]
    runoff = json.loads(
        (folder / "enhanced_voting" / "ga_elections_data_06162026.json").read_bytes()
    )
    runoff |= {"ballotItems": runoff["ballotItems"][:3], "localityElections": []}
    runoff["jurisdiction"] |= {"childLocalities": [], "clientTexts": []}
    export = json.loads((folder / "enhanced_voting" / "ga_export-2020AugGenPri.json").read_bytes())
    export["results"]["ballotItems"] = export["results"]["ballotItems"][:4]
    export["localResults"] = []
    carolina = json.loads((folder / "nc" / "results_0_20241105_final.json").read_bytes())
    return {
        "ca_sos": Case(
            "json",
            member(
                folder / "ca" / "ca_sos_query_2024-11_electionnight.tar.gz",
                "california_cands_2024-11-06_09-03.json",
            ),
            lambda body: {
                (words(race["raceTitle"]), words(one["Name"])): number(one["Votes"])
                for race in many(json.loads(body))
                for one in race["candidates"]
            },
            json_double("Votes"),
            json_swap("candidates", "Votes", "Percent"),
            by_title,
        ),
        "enhanced_export": Case(
            "json",
            plain_json(export),
            lambda body: {
                (str(item["id"]), str(one["id"])): number(one["voteCount"])
                for item in json.loads(body)["results"]["ballotItems"]
                for one in item["ballotOptions"]
            },
            json_double("voteCount"),
            json_swap("ballotOptions", "voteCount", "groupResults"),
        ),
        "enhanced_voting": Case(
            "json",
            plain_json(runoff),
            lambda body: {
                (str(item["id"]), str(one["id"])): number(one["voteCount"])
                for item in json.loads(body)["ballotItems"] or ()
                for one in item["summaryResults"]["ballotOptions"]
            },
            json_double("voteCount", "voteTotal"),
            json_swap("ballotOptions", "voteCount", "groupResults"),
        ),
        "la_county": Case(
            "json",
            plain_json(los_angeles),
            los_angeles_votes,
            json_double("Votes"),
            json_swap("Candidates", "Votes"),
            settings={"electionid": "4300"},
        ),
        "ncsbe": Case(
            "json",
            plain_json([row for row in carolina if "DISTRICT ATTORNEY" in row["cnm"]]),
            lambda body: {
                (words(row["cnm"]), words(row["bnm"])): number(row["vct"])
                for row in json.loads(body)
            },
            json_double("vct", "evc", "ovc", "avc", "pvc"),
            json_swap("", "vct", "evc", "ovc", "avc", "pvc", "pct"),
            by_title,
            settings={"cid": "0"},
        ),
        "results_ajax": Case(
            "json",
            member(
                folder / "or" / "oregon_resultsajax_2025-05_jackson.tar.gz",
                "oregon_jacksoncand_2025-05-27_11-03.json",
            ),
            lambda body: {
                (str(row["RaceID"]), str(row["CandidateID"])): number(row["calcCandidateVotes"])
                for row in json.loads(body)["d"]
            },
            json_double("calcCandidateVotes"),
            json_swap("d", "calcCandidateVotes", "calcCandidatePercentage"),
        ),
        "tx_goelect": texas((folder / "tx" / "election_56181_v21_final.json").read_bytes()),
    }


def los_angeles_votes(body: bytes) -> Votes:
    """Read Los Angeles by group, title, further text and name."""
    return {
        (
            "|".join(filter(None, map(words, (group["Name"], it["Title"], it["AdditionalText"])))),
            words(one["Name"]),
        ): number(one["Votes"])
        for group in json.loads(body)["Election"]["ContestGroups"] or ()
        for it in group["Contests"] or ()
        for one in it["Candidates"] or ()
    }


def texas(body: bytes) -> Case:
    """Texas packs each part of its answer by itself, so its parts are damaged unpacked."""

    def unpack(packed: bytes) -> Any:
        return {
            name: value if name == "Version" else json.loads(base64.b64decode(value))
            for name, value in json.loads(packed).items()
        }

    def pack(content: Any) -> bytes:
        return plain_json({
            name: base64.b64encode(plain_json(value)).decode() if name != "Version" else value
            for name, value in content.items()
        })  # fmt: skip

    def inside(*edits: Edit) -> Edit:
        def edit(packed: bytes) -> bytes:
            content = plain_json(unpack(packed))
            for one in edits:
                content = one(content)
            return pack(json.loads(content))

        return edit

    return Case(
        "json",
        body,
        lambda packed: texas_votes(unpack(packed)),
        inside(json_double("V", "EV", "T")),
        inside(json_swap("Candidates", "V", "EV"), json_swap("C", "T")),
        settings={"eid": "56181"},
        pack=pack,
        unpack=unpack,
    )


def texas_votes(content: Any) -> Votes:
    """Read the contests of the districts, or where there are none the summary's by name."""
    found: dict[tuple[str, ...], int] = {}
    parties = {"D": "DEM", "R": "REP"}
    for race in (content["OfficeSummary"] or {}).get("OS") or ():
        for one in race["C"] or ():
            party = parties.get(one["P"], one["P"])
            found[str(race["OID"]), f"{words(one['N'])}|{party}"] = number(one["T"])
    for race in (content["Districted"] or {}).get("Races") or ():
        for one in race["Candidates"] or ():
            found[str(race["id"]), str(one["ID"])] = number(one["V"])
    return found


def clarity(folder: Path) -> dict[str, Case]:
    """Return the cases of Clarity: JSON, and XML by precinct."""
    settings = {"jurisdiction": "XX/Example", "eid": "1"}
    return {
        "clarity": Case(
            "json",
            (folder / "clarity" / "co_2022" / "CO_San_Juan_2022_sum.json").read_bytes(),
            lambda body: {
                (str(one["K"]), words(name)): number(votes)
                for one in json.loads(body)["Contests"]
                for name, votes in zip(one["CH"], one["V"], strict=True)
            },
            json_double("V", "T", "TV"),
            swap_lists,
            settings=settings,
            url="https://x/1/sum.json",
        ),
        "clarity in XML": Case(
            "lines",
            (folder / "clarity" / "trimmed" / "precinct.xml").read_bytes(),
            lambda body: {
                (contest.attrib["key"], words(one.attrib["text"])): number(one.attrib["totalVotes"])
                for contest in ET.fromstring(body).findall("Contest")  # noqa: S314
                for one in contest.findall("Choice")
            },
            text_double(r'((?:v|totalV)otes=")(\d+)'),
            text_swap('text="Mitch McCONNELL"', 'text="Matt BEVIN"'),
            settings=settings,
            url="https://x/1/detail.xml",
        ),
    }


def cases(folder: Path) -> dict[str, Case]:
    """Return every case by its platform's name, and what of it where it has two."""
    return {**clarity(folder), **json_sites(folder), **report_files(folder), **state_files(folder)}
