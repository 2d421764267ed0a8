"""The three stored series: where they lie, what their one URL is, how plain JSON reads them.

The URLs are those our platforms ask. Los Angeles: the index of fetches does not say which number
of election was asked for, so that June's answers stood at November's URL is ours. California:
the stored answers are of `/returns/query?r=[…]` with a list of races, asked here without it.
Times of fetches stand in the files' names, on the West Coast's clock.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from tests.real.series import PACIFIC, Series, members
from tests.real.series_oracle import Reading

if TYPE_CHECKING:
    from pathlib import Path

SHERIFF = "SHERIFF"
ASSEMBLY = "State Assembly District 2 - Districtwide Results"


def los_angeles(shared_data: Path) -> Series:
    """Return 2,854 fetches of 2022 and the last of 2026, of 22 different answers."""
    stored = members(shared_data / "ca" / "la_county_json_2022.tar.gz")
    index = stored["fetch_index.tsv"].decode().splitlines()[1:]
    rows = [line.split("\t") for line in index]
    answers = [(datetime.fromisoformat(at.removesuffix(".json")), stored[of]) for at, of in rows]
    url = "https://results.lavote.gov/electionresults/json?electionid=4300"
    return Series("la-sheriff-2022", url, tuple(answers), sheriff)


def california(shared_data: Path) -> Series:
    """Return 297 answers for four legislative races, 2024-10-31 to 2024-11-06."""
    stored = members(shared_data / "ca" / "ca_sos_query_2024-11_electionnight.tar.gz")
    answers = [(_stamp(name), body) for name, body in stored.items()]
    url = "https://api.sos.ca.gov/returns/query"
    return Series("ca-assembly-2024", url, tuple(answers), assembly)


def oregon(shared_data: Path) -> Series:
    """Return 170 answers for one contest of Jackson County, 2025-05-20 to 2025-05-27."""
    stored = members(shared_data / "or" / "oregon_resultsajax_2025-05_jackson.tar.gz")
    answers = [(_stamp(name), body) for name, body in stored.items()]
    url = (
        "https://orresultswebservices.azureedge.us/ResultsAjax.svc/GetMapData"
        "?type=CTYALL&category=CTY&raceID=0&osn=0&county=0&party=0"
    )
    return Series("or-library-2025", url, tuple(answers), library)


def _stamp(name: str) -> datetime:
    """Read the end of a name: 2025-05-21_00-03.json."""
    return datetime.strptime(name[-21:], "%Y-%m-%d_%H-%M.json").replace(tzinfo=PACIFIC)


@cache
def sheriff(body: bytes) -> Reading | None:
    """Read Los Angeles' sheriff; None in the answers of June."""
    election = json.loads(body)["Election"]
    if election["ID"] != 4300:
        return None
    contests = [contest for group in election["ContestGroups"] for contest in group["Contests"]]
    (found,) = (one for one in contests if one["Title"] == SHERIFF)
    return Reading({one["Name"]: one["Votes"] for one in found["Candidates"]})


def assembly(body: bytes) -> Reading:
    """Read California's second Assembly district."""
    (found,) = (race for race in json.loads(body) if race["raceTitle"] == ASSEMBLY)
    reported, total = re.findall(r"[\d,]+(?= of| precincts|\))", found["Reporting"])[:2]
    votes = {one["Name"]: int(one["Votes"].replace(",", "")) for one in found["candidates"]}
    return Reading(votes, (int(reported.replace(",", "")), int(total.replace(",", ""))))


def library(body: bytes) -> Reading:
    """Read the director of Jackson County's library district."""
    rows = json.loads(body)["d"]
    votes = {row["calcCandidate"]: row["calcCandidateVotes"] for row in rows}
    return Reading(votes, (rows[0]["PrecinctsReporting"], rows[0]["TotalPrecincts"]))
