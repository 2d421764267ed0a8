"""What Clarity's free text says of a ballot: parties, write-ins, and keys for its lines.

Nothing is guessed. The traps are real titles: "STATE REP 83RD DISTRICT (D)" is
no Republican contest, "DEM/REP School Director" belongs to no single party, and
"REPUBLICAN RIVER WATER DISTRICT" to none at all.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from scrapers.labels import party_code

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Selection

_MARKED = frozenset({"DEM", "REP", "LIB"})
"""Parties whose words mark a contest; "Green" or "Independent" are places and names too."""
_NO_PARTY = frozenset({"NP", "NON", "Y", "N"})
"""Codes of `P` that name no party: nonpartisan, and the two answers to a question."""
_DASH = re.compile(r"\s+[-\N{EN DASH}\N{EM DASH}]\s*|\s*[-\N{EN DASH}\N{EM DASH}]\s+")
_BRACKETED = re.compile(r"\(([A-Za-z]+)\)$")
_FIRST_WORD = re.compile(r"([A-Za-z]{3,})\s+[A-Za-z]")
_CATEGORY = re.compile(r"([A-Za-z]{3,})(?: party)?(?: primary)?", re.IGNORECASE)


def line_party(code: str) -> str:
    """Return a ballot line's party, or "" for nonpartisan codes, Y/N and ballot numbers."""
    return "" if code.upper() in _NO_PARTY or code.isdigit() else code


def contest_party(title: str, categories: Iterable[str], lines: Iterable[Selection]) -> str:
    """Return DEM, REP or LIB where the source clearly marks a party primary, else "".

    The mark stands in the title or is the category (Iowa 2026); no line's own
    party may contradict it. A bare first word but DEM ("REP Sheriff", but also
    "REP 5TH DISTRICT") counts only when the lines' parties confirm it; the
    write-in line has one too, and is often the only one (Allegheny 2023).
    """
    own = {_marked(line.party) for line in lines} - {""}
    marks = _marks(title) | {mark for text in categories if (mark := _category(text))}
    if not marks and (first := _FIRST_WORD.match(title)):
        word = _marked(first.group(1))
        marks = {word} if word and (first.group(1) == "DEM" or own == {word}) else set()
    if len(marks) != 1 or own - marks:
        return ""
    return next(iter(marks))


def _marks(title: str) -> set[str]:
    pieces = _DASH.split(title)
    if bracketed := _BRACKETED.search(title):
        pieces.append(bracketed.group(1))
    return {mark for piece in pieces if (mark := _marked(piece))}


def _category(text: str) -> str:
    found = _CATEGORY.fullmatch(text)
    return _marked(found.group(1)) if found else ""


def _marked(words: str) -> str:
    code = party_code(words)
    # "Seat L" is a seat; D and R alone mark a party with their letter.
    return code if code in _MARKED and words.strip().upper() != "L" else ""


def keyed(lines: Iterable[Selection], where: str) -> tuple[Selection, ...]:
    """Return the lines sorted by key: name, with party where one name stands twice.

    JSON carries no ids of choices, and their order changes during the night, so
    position never enters. Lines equal in name and party ("NO PETITION FILED" in
    Atlantic County NJ) are told apart by rank of votes: whoever is who, the n-th
    highest of figures that only grow only grows.
    """
    ordered = sorted(lines, key=_by_votes)
    names = Counter(name for name, _ in {(line.name, line.party) for line in ordered})
    seen: Counter[str] = Counter()
    result = []
    for line in ordered:
        base = line.name if names[line.name] == 1 else f"{line.name} ({line.party or 'no party'})"
        seen[base] += 1
        key = base if seen[base] == 1 else f"{base} #{seen[base]}"
        result.append(replace(line, key=key))
    if len({line.key for line in result}) != len(result):
        raise LayoutChanged(f"two choices cannot be told apart in {where}")
    return tuple(sorted(result, key=lambda line: line.key))


def _by_votes(line: Selection) -> tuple[object, ...]:
    types = tuple((count.label, count.votes) for count in line.by_type)
    return (line.name, line.party, -line.votes, line.winner_mark, types)
