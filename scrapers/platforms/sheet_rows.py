"""The rows of a sheet: bytes to cells, each with its line number. Nothing is guessed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping  # a dataclass names it
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged, Truncated
from scrapers.base import clean, refuse_html, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Page

_NUMBERS = frozenset(
    {"votes", "early", "election_day", "mail", "provisional"}
    | {"units_reported", "units_total", "seats"}
)
_TEXTS = frozenset(
    {"contest", "party", "candidate", "status", "units", "note", "link", "who", "time"}
)
COLUMNS = _NUMBERS | _TEXTS
_REQUIRED = ("contest", "candidate", "votes")
_DELIMITERS = ",;\t"
# What a spreadsheet writes where a formula failed or has not finished.
_FAILED_FORMULA = re.compile(
    r"#(?:REF|N/A|NAME|VALUE|DIV/0|ERROR|NUM|NULL|SPILL|CALC)\b.*|Loading\.\.\."
)
_SPLIT = re.compile(r"\d{1,3},\d{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line it ends on, and its cells by column name, cleaned."""

    line: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        """Return a cell; a column that the sheet does not have is blank."""
        return self.cells.get(column, "")


def rows_of(page: Page) -> tuple[Row, ...]:
    """Read the rows under the header; raises `LayoutChanged` or `Truncated` with the line."""
    refuse_html(page, "a published CSV (publish the sheet as CSV, not as a web page)")
    lines = list(_lines(text_of(page), page.url))
    if not lines:
        raise LayoutChanged(f"no header line found at {page.url}; it needs {', '.join(_REQUIRED)}")
    header = _header(lines[0][1], page.url)
    last = lines[-1][0]
    return tuple(
        Row(line, _cells(header, cells, line, line == last, page.url)) for line, cells in lines[1:]
    )


def _lines(text: str, where: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of every line that is neither blank nor a comment."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        for cells in reader:
            cleaned = [clean(cell) for cell in cells]
            if any(cleaned) and not _is_comment(cleaned[0]):
                yield reader.line_num, cleaned
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise Truncated(f"a quote is still open where the file ends at {where}") from None
        raise LayoutChanged(f"line {reader.line_num} is no CSV ({error}) at {where}") from None


def _delimiter(text: str) -> str:
    """Return what separates the header's names; spreadsheets in Europe write semicolons."""
    lines = (line for line in text.splitlines() if line.strip() and line.lstrip('" ')[:1] != "#")
    header = next(lines, "")
    return max(_DELIMITERS, key=header.count)


def _is_comment(first: str) -> bool:
    return first.startswith("#") and not _FAILED_FORMULA.fullmatch(first)


def _header(cells: list[str], where: str) -> tuple[str, ...]:
    """Return the column names in lower case, refused when one is missing or doubled."""
    header = tuple("_".join(cell.lower().split()) for cell in cells)
    for name in _REQUIRED:
        if name not in header:
            near = get_close_matches(name, set(header) - COLUMNS, n=1, cutoff=0.5)
            hint = f"rename {near[0]!r}" if near else "add it to the header line"
            raise LayoutChanged(f"the sheet has no column {name!r} at {where}; {hint}")
    double = next((name for name in header if name in COLUMNS and header.count(name) > 1), None)
    if double:
        raise LayoutChanged(f"the sheet has two columns {double!r} at {where}; keep one")
    return header


def _cells(
    header: tuple[str, ...], cells: list[str], line: int, is_last: bool, where: str
) -> dict[str, str]:
    """Pair cells with names; a shifted row could put a vote under another column."""
    count = f"{len(cells)} cells under {len(header)} columns in line {line} at {where}"
    if len(cells) < len(header):
        raise (Truncated if is_last else LayoutChanged)(f"{count}; the row ends too early")
    if any(cells[len(header) :]):
        raise LayoutChanged(f"{count}; put quotes around cells that hold a comma")
    _refuse_split_number(header, cells, line, where)
    row = {name: cell for name, cell in zip(header, cells, strict=False) if name in COLUMNS}
    failed = next((name for name, cell in row.items() if _FAILED_FORMULA.fullmatch(cell)), None)
    if failed:
        raise LayoutChanged(f"{row[failed]!r} stands under {failed!r} in line {line} at {where}")
    return row


def _refuse_split_number(header: tuple[str, ...], cells: list[str], line: int, where: str) -> None:
    """Refuse 1,204 typed without quotes: a 1 under votes and 204 under a column of words."""
    place = header.index("votes")
    number = cells[place : place + 2]
    named = header[place + 1 : place + 2]
    if named and named[0] not in _NUMBERS and _SPLIT.fullmatch(",".join(number)):
        seen = f"votes {','.join(number)!r} over two columns in line {line} at {where}"
        raise LayoutChanged(f"{seen}; write it without commas or in quotes")
