"""A statewide precinct file of 220,000 lines, from a seed, that sums to real totals.

The totals are those of North Carolina's general election of 2024-11-05, kept in
`fixtures/nc_20241105_totals.csv` (its first line says where they come from).
How they fall on precincts and counties is made up here: each choice has one line
in each of the `ptl` precincts of its contest, which carry its election-day
votes (159,087 lines), and lines in administrative precincts for its one-stop,
mail and provisional votes. Counties and places bear numbers, not names. Layout
of 2024: 15 columns, "Early Voting", contests without the dashboard's "(VOTE FOR 1)".
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

TOTALS = Path(__file__).parent / "fixtures" / "nc_20241105_totals.csv"
HEADING = (
    "County\tElection Date\tPrecinct\tContest Group ID\tContest Type\tContest Name\tChoice\t"
    "Choice Party\tVote For\tElection Day\tEarly Voting\tAbsentee by Mail\tProvisional\t"
    "Total Votes\tReal Precinct\r\n"
)
PLACES = ("OS {}", "ABSENTEE {}", "PROVISIONAL {}")
COUNTIES = 100


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of the fixture: votes are election day, early, mail, provisional."""

    gid: str
    contest: str
    name: str
    party: str
    vote_for: int
    precincts: int
    votes: tuple[int, int, int, int]
    total: int


def read_totals(path: Path = TOTALS) -> tuple[Choice, ...]:
    """Read the fixture; its first line is a comment."""
    with path.open(encoding="utf-8", newline="") as lines:
        next(lines)
        return tuple(_choice(row) for row in csv.DictReader(lines))


def _choice(row: dict[str, str]) -> Choice:
    types = ("election_day", "early", "absentee_mail", "provisional")
    day, early, mail, provisional = (int(row[kind]) for kind in types)
    return Choice(
        row["gid"],
        row["contest"],
        row["choice"],
        row["party"],
        int(row["vote_for"]),
        int(row["ptl"]),
        (day, early, mail, provisional),
        int(row["total"]),
    )


def write_results_pct(target: BinaryIO | Path, seed: int, rows: int = 220_000) -> None:
    """Write the file; the same seed gives the same bytes."""
    if isinstance(target, Path):
        with target.open("wb") as stream:
            write_results_pct(stream, seed, rows)
        return
    chance = random.Random(seed)  # noqa: S311 - figures for a test
    choices = read_totals()
    target.write(HEADING.encode())
    for choice, extra in zip(choices, _extra_lines(choices, rows), strict=True):
        target.write("".join(_lines(choice, extra, chance)).encode())


def _extra_lines(choices: tuple[Choice, ...], rows: int) -> list[int]:
    """Share the administrative lines out by precincts, three each at least."""
    precincts = sum(choice.precincts for choice in choices)
    spare = rows - precincts - len(PLACES) * len(choices)
    if spare < 0:
        raise ValueError(f"{rows} rows are too few for {precincts} precincts")
    shares = [spare * choice.precincts // precincts for choice in choices]
    for place in range(spare - sum(shares)):
        shares[place] += 1
    return [len(PLACES) + share for share in shares]


def _lines(choice: Choice, extra: int, chance: random.Random) -> Iterator[str]:
    day, *others = choice.votes
    title = choice.contest.partition(" (VOTE FOR")[0]
    tail = f"{choice.gid}\tS\t{title}\t{choice.name}\t{choice.party}\t{choice.vote_for}"
    for number, votes in enumerate(_split(day, choice.precincts, chance)):
        county, precinct = number % COUNTIES, number // COUNTIES + 1
        yield (
            f"COUNTY {county:03}\t11/05/2024\t{precinct:02}\t{tail}"
            f"\t{votes}\t0\t0\t0\t{votes}\tY\r\n"
        )
    for kind, (place, votes) in enumerate(zip(PLACES, others, strict=True)):
        lines = len(range(kind, extra, len(PLACES)))
        for number, part in enumerate(_split(votes, lines, chance)):
            cells = "\t".join(str(part) if column == kind else "0" for column in range(3))
            county, site = number % COUNTIES, number // COUNTIES + 1
            yield (
                f"COUNTY {county:03}\t11/05/2024\t{place.format(site)}\t{tail}"
                f"\t0\t{cells}\t{part}\tN\r\n"
            )


def _split(votes: int, parts: int, chance: random.Random) -> list[int]:
    """Split votes over parts at random cuts."""
    cuts = sorted(int(chance.random() * (votes + 1)) for _ in range(parts - 1))
    return [high - low for low, high in zip([0, *cuts], [*cuts, votes], strict=True)]
