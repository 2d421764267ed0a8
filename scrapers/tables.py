"""Rows of a delimited file, read strictly by the names of its columns.

A shifted cell would put a vote under another name, so a row with another number of cells
than its header is refused, with its line. What a vendor always gets wrong is said by the
platform that reads it (`widths`, `names`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping  # a dataclass names it
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.errors import EmptyPage, LayoutChanged, Truncated
from scrapers.base import clean, refuse_html, text_of, whole

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from monitor.model import Page


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column name, cleaned, and where it stands, for errors."""

    cells: Mapping[str, str]
    place: str

    def __getitem__(self, column: str) -> str:
        """Return a cell. Raises `LayoutChanged` where the file has no such column."""
        try:
            return self.cells[column]
        except KeyError:
            raise LayoutChanged(f"no column {column!r} in {self.place}") from None

    def get(self, column: str) -> str:
        """Return a cell, or an empty string where the file has no such column."""
        return self.cells.get(column, "")

    def whole(self, column: str) -> int:
        """Read a count."""
        return whole(self[column], f"{column} in {self.place}")

    def need(self, column: str) -> str:
        """Return a cell that must not be empty."""
        if not self[column]:
            raise LayoutChanged(f"an empty {column!r} in {self.place}")
        return self[column]


def rows_of(
    page: Page,
    needed: Collection[str],
    *,
    delimiter: str = ",",
    names: Sequence[str] = (),
    skip: int = 0,
    quoted: bool = True,
) -> tuple[Row, ...]:
    """Read every row of a delimited file.

    `needed`: columns that must be there. `names`: the columns of a file without a header
    line. `skip`: lines above the header. `quoted`: False where a quote is only part of a
    name. Raises `EmptyPage`, `LayoutChanged`, `Truncated` or `WrongFormat`.
    """
    refuse_html(page, "a table")
    lines = list(cells_of(text_of(page), page.url, delimiter, quoted=quoted))[skip:]
    if not lines:
        raise EmptyPage(f"no line of a table at {page.url}")
    header = tuple(names) or tuple(lines.pop(0)[1])
    if missing := [name for name in needed if name not in header]:
        raise LayoutChanged(f"no column {missing[0]!r} at {page.url}; it has {header!r:.200}")
    if double := [name for name in needed if header.count(name) > 1]:
        raise LayoutChanged(f"two columns {double[0]!r} at {page.url}")
    last = lines[-1][0] if lines else 0
    return tuple(_row(header, line, cells, page.url, line == last) for line, cells in lines)


def refuse_open_end(page: Page) -> None:
    """Raise where the last line has no end: its last number may be cut, as 85 of 8511."""
    if not page.body.endswith((b"\n", b"\r")):
        raise Truncated(f"the last line has no end, after {len(page.body)} bytes, at {page.url}")


def cells_of(
    text: str, where: str, delimiter: str = ",", *, quoted: bool = True
) -> Iterator[tuple[int, list[str]]]:
    """Yield the line number and the cleaned cells of every line that is not blank."""
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=delimiter,
        quoting=csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE,
        strict=True,
    )
    try:
        for cells in reader:
            cleaned = [clean(cell) for cell in cells]
            if any(cleaned):
                yield reader.line_num, cleaned
    except csv.Error as error:
        if "unexpected end" in str(error):
            raise Truncated(f"a quote is still open where the file ends at {where}") from None
        raise LayoutChanged(f"line {reader.line_num} is no table ({error}) at {where}") from None


def _row(header: tuple[str, ...], line: int, cells: list[str], where: str, is_last: bool) -> Row:
    while len(cells) > len(header) and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != len(header):
        seen = f"{len(cells)} cells under {len(header)} columns in line {line} at {where}"
        raise (Truncated if is_last and len(cells) < len(header) else LayoutChanged)(seen)
    return Row(dict(zip(header, cells, strict=True)), f"line {line} at {where}")
