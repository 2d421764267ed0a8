"""The rows of North Carolina's precinct file, one for each line of its text.

The layouts and their quirks stand in `ncsbe_pct`, whose rows these are. No
scraper itself: it has no class `Scraper`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO
from operator import itemgetter
from typing import TYPE_CHECKING, BinaryIO

from monitor.errors import LayoutChanged, Truncated, WrongFormat
from scrapers.base import clean, marked, whole
from scrapers.platforms.ncsbe_rows import us_date
from scrapers.platforms.ncsbe_text import lines_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_HEADINGS = (
    *("county", "election date", "precinct", "contest group id", "contest type", "contest name"),
    *("choice", "choice party", "vote for", "election day", "one stop", "absentee by mail"),
    *("provisional", "total votes"),
)
_SINCE_2024 = {"early voting": "one stop"}
_FLAGS = {"Y": True, "N": False}


@dataclass(frozen=True, slots=True)
class PrecinctRow:
    """One line: the votes of one choice in one precinct.

    `total` is the sum of the four types. `is_real_precinct` is None in files
    before July 2018, which do not tell administrative precincts apart.
    """

    county: str
    election_date: date
    precinct: str
    contest_key: str
    contest_type: str
    contest: str
    choice: str
    party: str
    vote_for: int
    election_day: int
    early: int
    absentee_mail: int
    provisional: int
    total: int
    is_real_precinct: bool | None


def open_rows(source: Path | bytes) -> Iterator[PrecinctRow]:
    """Yield the rows of a file, or of its bytes; errors as `read_rows`."""
    if isinstance(source, bytes):
        yield from read_rows(BytesIO(source))
    else:
        with source.open("rb") as stream:
            yield from read_rows(stream, source.name)


def read_rows(stream: BinaryIO, where: str = "the precinct file") -> Iterator[PrecinctRow]:
    """Yield the rows of a seekable stream: the zip with its one text, or the text itself.

    Raises `LayoutChanged` naming the line, `Truncated`, `WrongFormat` (no such
    zip) and `TooLarge`. `where` names the file in them.
    """
    lines = lines_of(stream, where)
    heading = _cells(next(lines, b"").removeprefix(b"\xef\xbb\xbf"))
    if len(heading) == 1:
        raise WrongFormat(f"no table, but {heading[0]!r:.60}, in {where}")
    row_of = _row_reader(heading, where)
    for number, line in enumerate(lines, start=2):
        if not line.strip():
            continue
        try:
            row = row_of(_cells(line))
        except LayoutChanged as error:
            if not line.endswith(b"\n"):
                raise Truncated(f"the text ends inside line {number} of {where}") from None
            raise LayoutChanged(f"line {number} of {where}: {error}") from None
        yield row


def _cells(line: bytes) -> list[str]:
    """Split a line; older files are Latin-1 and some hold NUL bytes."""
    line = line.rstrip(b"\r\n").replace(b"\0", b"")
    try:
        return line.decode().split("\t")
    except UnicodeDecodeError:
        return line.decode("latin-1").split("\t")


def _row_reader(heading: list[str], where: str) -> Callable[[list[str]], PrecinctRow]:
    """Return what reads the cells of a line, for the layout a heading tells."""
    seen = [clean(cell).lower().replace("_", " ") for cell in heading]
    names = [_SINCE_2024.get(name, name) for name in seen]
    wrong = [name for name in _HEADINGS if names.count(name) != 1]
    if wrong or names.count("real precinct") > 1:
        raise LayoutChanged(f"line 1 of {where}: columns missing or doubled: {wrong!r:.200}")
    pick = itemgetter(*map(names.index, _HEADINGS))
    flag = names.index("real precinct") if "real precinct" in names else None
    # An exporter's tab after the last column is no column.
    width = len(names) if names[-1] else len(names) - 1
    texts, numbers, dates = _Texts(), _Numbers(), _Dates()

    def read(cells: list[str]) -> PrecinctRow:
        if not width <= len(cells) <= width + 1 or any(cells[width:]):
            raise LayoutChanged(f"{len(cells)} cells where {width} were expected")
        county, day, precinct, key, kind, contest, choice, party, *counts = pick(cells)
        seats, day_votes, early, mail, provisional, total = (numbers[cell] for cell in counts)
        row = PrecinctRow(
            texts[county],
            dates[day],
            texts[precinct],
            texts[key],
            texts[kind],
            texts[contest],
            texts[choice],
            texts[party],
            seats,
            day_votes,
            early,
            mail,
            provisional,
            total,
            None if flag is None else marked(cells[flag].strip(), _FLAGS, "Real Precinct"),
        )
        _refuse_damage(row)
        return row

    return read


def _refuse_damage(row: PrecinctRow) -> None:
    if not (row.county and row.contest_key and row.contest and row.choice):
        raise LayoutChanged("no county, contest or choice")
    added = row.election_day + row.early + row.absentee_mail + row.provisional
    if added != row.total:
        raise LayoutChanged(f"the types add up to {added}, the total says {row.total}")


class _Texts(dict[str, str]):
    """Cleaned texts by what stood in the cell: names repeat thousands of times."""

    def __missing__(self, cell: str) -> str:
        self[cell] = text = clean(cell)
        return text


class _Numbers(dict[str, int]):
    """Counts by what stood in the cell."""

    def __missing__(self, cell: str) -> int:
        self[cell] = number = whole(cell, "a count")
        return number


class _Dates(dict[str, date]):
    """Dates by what stood in the cell."""

    def __missing__(self, cell: str) -> date:
        try:
            self[cell] = day = us_date(cell.strip())
        except ValueError:
            raise LayoutChanged(f"{cell!r:.40} is no date MM/DD/YYYY") from None
        return day
