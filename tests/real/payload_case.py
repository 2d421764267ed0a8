"""A payload to be damaged, doubled and swapped, and what its plain reader is made of."""

from __future__ import annotations

import csv
import io
import json
import re
import tarfile
from collections import Counter
from collections.abc import Callable, Mapping  # a dataclass names them
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from monitor.model import Report  # a dataclass names it
from tests.mutants import plain_json
from tests.real.payload_edits import Edit, number, words

if TYPE_CHECKING:
    from pathlib import Path

Votes = Mapping[tuple[str, ...], int]


def by_key(report: Report) -> dict[tuple[str, ...], int]:
    """Return a report's votes by the ids of contest and choice."""
    return {(one.key, line.key): line.votes for one in report.contests for line in one.selections}


def by_name(report: Report) -> dict[tuple[str, ...], int]:
    """Return a report's votes by its contests' keys and the names of the choices."""
    return {(one.key, line.name): line.votes for one in report.contests for line in one.selections}


def by_title(report: Report) -> dict[tuple[str, ...], int]:
    """Return a report's votes by titles and names."""
    return {
        (one.title, line.name): line.votes for one in report.contests for line in one.selections
    }


def by_name_in_all_parties(report: Report) -> Votes:
    """Return a report's votes by titles and names, over the contests of all parties."""
    sums: Counter[tuple[str, ...]] = Counter()
    for (key, name), votes in by_name(report).items():
        sums[key.rpartition("|")[2], name] += votes
    return sums


@dataclass(frozen=True)
class Case:
    """A platform's payload, how it is damaged, doubled and swapped, and its plain reader.

    `ours` shows a report as `reader` shows bytes. `pages` of the visit other than the payload
    are `before`. `pack` writes JSON as the source does.
    """

    kind: str
    body: bytes
    reader: Callable[[bytes], Votes]
    double: Edit
    swap: Edit
    ours: Callable[[Report], Votes] = by_key
    settings: Mapping[str, str] = field(default_factory=dict)
    before: tuple[tuple[bytes, int], ...] = ()
    pack: Callable[[Any], bytes] = plain_json
    unpack: Callable[[bytes], Any] = json.loads
    url: str = "https://x/file"


def rows_reader(
    contest: str, choice: str, votes: str, delimiter: str = ","
) -> Callable[[bytes], Votes]:
    """Sum a column by the names in two others, under the line that names them.

    A cell without a count leaves the whole sum out.
    """

    def read(body: bytes) -> Votes:
        text = body.decode("utf-8-sig")
        lines = text[max(0, text.rfind("\n", 0, text.find(contest)) + 1) :]
        sums: Counter[tuple[str, ...]] = Counter()
        masked: set[tuple[str, str]] = set()
        for row in csv.DictReader(io.StringIO(lines, newline=""), delimiter=delimiter):
            key = words(row[contest]), words(row[choice])
            if re.fullmatch(r"\s*[\d,]+\s*", row[votes] or ""):
                sums[key] += number(row[votes])
            else:
                masked.add(key)
        return {key: count for key, count in sums.items() if key not in masked}

    return read


def rows_of(value: Any) -> list[Any]:
    """Return a list's objects, or an object's by their ids."""
    return list(value.values()) if isinstance(value, dict) else value or []


def many(value: Any) -> list[Any]:
    """Return objects, also where one stands alone without a list."""
    found = value if isinstance(value, list) else [value]
    return [one for one in found if isinstance(one, dict)]


def kept(body: bytes, head: int, *wanted: str, begin: str = "") -> bytes:
    """Return the first lines of a file, and those that begin right and hold one of some words."""
    lines = body.splitlines(keepends=True)
    chosen = [line for line in lines[head:] if any(one.encode() in line for one in wanted)]
    return b"".join(lines[:head] + [one for one in chosen if one.startswith(begin.encode())])


def member(path: Path, name: str) -> bytes:
    """Return one answer of a series."""
    with tarfile.open(path) as series:
        found = series.extractfile(name)
        return found.read() if found else b""
