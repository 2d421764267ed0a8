"""Precinct tables of several makers, as rows for the backtest. Pure.

Known by their headings: MEDSL's, Hart Tally's, Dominion's statement of votes, New York
City's by election district, ES&S Unity's wide export, and one contest in a wide table.
Hart's and Dominion's name no party where the contest is nonpartisan.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from io import StringIO

from monitor.backtest.contests import Row
from monitor.errors import LayoutChanged
from monitor.model import VoteType

_PARTY_IN_NAME = re.compile(r"_(dem|rep)_", re.IGNORECASE)
_PARTY_BEFORE = re.compile(r"(DEM|REP|LIB|CON|NON) (.*)")
_TOTALS = "ZZZ"
_MEDSL_MODES = {
    "ELECTION DAY": VoteType.ELECTION_DAY,
    "ONE STOP": VoteType.EARLY,
    "ABSENTEE BY MAIL": VoteType.ABSENTEE_MAIL,
    "PROVISIONAL": VoteType.PROVISIONAL,
}

Line = Mapping[str, str]


def rows_of_table(body: bytes, name: str) -> Iterator[Row]:
    """Yield the rows of a table; `name` is the file's. Raises `LayoutChanged`."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    lines = list(csv.reader(StringIO(text, newline="")))
    heads = lines[0] if lines else []
    for known, reader in _READERS.items():
        if set(known) <= set(heads):
            return reader(lines, name)
    if heads[:1] == ["Precinct"]:
        return _wide(lines, name)
    raise LayoutChanged(f"no precinct table is known with the headings {heads[:6]} in {name}")


def _named(lines: list[list[str]]) -> Iterator[Line]:
    """Yield the lines as mappings; one with another number of fields is no line of the table."""
    heads = lines[0]
    for line in lines[1:]:
        if len(line) == len(heads):
            yield dict(zip(heads, line, strict=True))


def _is_write_in(name: str) -> bool:
    return "write-in" in name.casefold()


def _votes(text: str, name: str) -> int:
    digits = text.replace(",", "").strip()
    if not digits.isdecimal():
        raise LayoutChanged(f"expected a number of votes, found {text!r:.40} in {name}")
    return int(digits)


def _medsl(lines: list[list[str]], name: str) -> Iterator[Row]:
    for line in _named(lines):
        contest = f"{line['county_name']} {line['office']} {line['district']}"
        yield Row(
            contest, contest, "", 1, line["precinct"], line["candidate"],
            line["writein"] == "TRUE", _MEDSL_MODES.get(line["mode"], VoteType.OTHER),
            _votes(line["votes"], name),
        )  # fmt: skip


def _hart(lines: list[list[str]], name: str) -> Iterator[Row]:
    """Candidate_Type C and W are people, R and U write-ins nobody is named for."""
    for line in _named(lines):
        for column, kind in (
            ("absentee_votes", VoteType.ABSENTEE_MAIL),
            ("early_votes", VoteType.EARLY),
            ("election_votes", VoteType.ELECTION_DAY),
        ):
            yield Row(
                line["Contest_Id"], line["Contest_title"], line["Contest_party_name"],
                int(line["Selectable_Options"]), line["Precinct_name"], line["candidate_name"],
                line["Candidate_Type"] in "RU", kind, _votes(line[column], name),
            )  # fmt: skip


def _dominion(lines: list[list[str]], name: str) -> Iterator[Row]:
    for line in _named(lines):
        yield Row(
            line["CONTEST_ID"], line["CONTEST_FULL_NAME"], "", int(line["VOTES_ALLOWED"]),
            f"{line['PRECINCT_ID']} {line['PRECINCT_NAME']}", line["CANDIDATE_FULL_NAME"],
            _is_write_in(line["CANDIDATE_FULL_NAME"]), VoteType.TOTAL,
            _votes(line["VOTE_COUNT"], name),
        )  # fmt: skip


def _new_york(lines: list[list[str]], name: str) -> Iterator[Row]:
    """One contest by election district, in a party's primary; the sums of districts left out."""
    for line in _named(lines):
        if line["ED_num"] == "Total":
            continue
        yield Row(
            name, name, line["party"].strip("()")[:3].upper(), 1,
            f"{line['AD_num']} {line['ED_num']}", line["candidate"],
            _is_write_in(line["candidate"]), VoteType.TOTAL, _votes(line["votes"], name),
        )  # fmt: skip


def _unity(lines: list[list[str]], name: str) -> Iterator[Row]:
    """Three lines of headings: contest, party, candidate; then a line per precinct."""
    titles, parties, candidates = lines[:3]
    seats = 1  # the export does not tell how many are elected
    for line in lines[3:]:
        if len(line) != len(titles) or line[1] == _TOTALS:
            continue
        for title, party, candidate, votes in zip(titles, parties, candidates, line, strict=True):
            if party and not title.startswith(("BALLOTS CAST", "REGISTERED")):
                found = _PARTY_BEFORE.fullmatch(title)
                yield Row(
                    title, title, found[1] if found and found[1] != "NON" else "", seats,
                    f"{line[1]} {line[2]}", candidate, _is_write_in(candidate), VoteType.TOTAL,
                    _votes(votes, name),
                )  # fmt: skip


def _wide(lines: list[list[str]], name: str) -> Iterator[Row]:
    """One contest: a line per precinct, a column per candidate; the party is in the file's name."""
    party = _PARTY_IN_NAME.search(name)
    for line in lines[1:]:
        for candidate, votes in zip(lines[0][1:], line[1:], strict=True):
            yield Row(
                name, name, party[1].upper() if party else "", 1, line[0], candidate,
                _is_write_in(candidate), VoteType.TOTAL, _votes(votes, name),
            )  # fmt: skip


_READERS: Mapping[tuple[str, ...], Callable[[list[list[str]], str], Iterator[Row]]] = {
    ("county_name", "precinct", "office", "candidate", "mode", "votes"): _medsl,
    ("Precinct_name", "Contest_Id", "Candidate_Type", "election_votes"): _hart,
    ("PRECINCT_NAME", "CONTEST_ID", "CANDIDATE_FULL_NAME", "VOTE_COUNT"): _dominion,
    ("ED_num", "AD_num", "candidate", "votes"): _new_york,
    ("PRECINCT CODE", "PRECINCT NAME"): _unity,
}
