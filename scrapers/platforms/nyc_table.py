"""The table of one race on New York City's election-night pages, checked against its total."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag

from monitor.errors import EmptyPage, LayoutChanged, Truncated
from scrapers.base import clean, refuse_wall, text_of, whole

if TYPE_CHECKING:
    from monitor.model import Page

_AS_OF = re.compile(r"Information As Of:?\s*([\w/:, -]{6,40}?[AP]M)\b", re.IGNORECASE)
_OPEN, _CLOSE = re.compile(r"<table\b", re.IGNORECASE), re.compile(r"</table\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Table:
    """Votes by name, over all boroughs and parties; the first party of each name; its words."""

    votes: dict[str, int]
    parties: dict[str, str]
    reported: str
    as_of: str


def table_of(page: Page) -> Table:
    """Read a race's page: names, parties, a row for each borough, and a total.

    Raises `Blocked`, `EmptyPage`, `LayoutChanged` or `Truncated`.
    """
    soup = BeautifulSoup(_html(page), "html.parser")
    names, parties, *places, total = _rows(soup, page.url)
    if total[0] != "Total":
        raise LayoutChanged(f"expected a Total, found {total[0]!r:.30} at {page.url}")
    votes: Counter[str] = Counter()
    first: dict[str, str] = {}
    for column in _columns(names, (parties, *places, total), page.url):
        name = names[column]
        votes[name] += _counted([row[column] for row in places], total[column], name, page.url)
        first.setdefault(name, parties[column])
    as_of = _AS_OF.search(clean(soup.get_text(" ")))
    return Table(
        votes=dict(votes),
        parties=first,
        reported=", ".join(f"{row[0]} {row[1]}" for row in places),
        as_of=as_of.group(1) if as_of else "",
    )


def _html(page: Page) -> str:
    if not page.body.strip():
        raise EmptyPage(f"empty answer where a page of results was expected at {page.url}")
    refuse_wall(page)
    text = text_of(page)
    if len(_OPEN.findall(text)) > len(_CLOSE.findall(text)):
        raise Truncated(f"a table is not closed after {len(page.body)} bytes at {page.url}")
    if "underline" not in text:
        raise LayoutChanged(f"expected one table 'underline', found 0 at {page.url}")
    return text


def _rows(soup: BeautifulSoup, where: str) -> list[list[str]]:
    """Return the cells of the one table of places; all rows are of one width."""
    tables = soup.find_all("table", class_="underline")
    if len(tables) != 1:
        raise LayoutChanged(f"expected one table 'underline', found {len(tables)} at {where}")
    cells = [row.find_all(["td", "th"]) for row in tables[0].find_all("tr")]
    rows = [[_text(cell) for cell in row] for row in cells if row]
    if len(rows) < 4 or len({len(row) for row in rows}) != 1:  # noqa: PLR2004
        raise LayoutChanged(f"rows of {[len(row) for row in rows]!s:.60} cells at {where}")
    if any(cell.get("colspan", "1") != "1" for row in cells for cell in row):
        raise LayoutChanged(f"a cell over two columns at {where}")
    if "Reported" not in (rows[0][1], rows[1][1]):
        raise LayoutChanged(f"expected 'Reported' over the second column at {where}")
    return rows


def _text(cell: Tag) -> str:
    """Return a cell's text; the site writes "&nbsp" without its semicolon."""
    return clean(cell.get_text(" ").replace("&nbsp", " "))


def _columns(names: list[str], others: tuple[list[str], ...], where: str) -> list[int]:
    """Return the columns with a name; the ones between them have to be empty."""
    if not any(names[2:]):
        raise LayoutChanged(f"no name over any column at {where}")
    for column, name in enumerate(names[2:], start=2):
        if not name and any(row[column] for row in others):
            raise LayoutChanged(f"column {column + 1} has no name at {where}")
    return [column for column, name in enumerate(names) if column > 1 and name]


def _counted(cells: list[str], total: str, name: str, where: str) -> int:
    given, *parts = (
        0 if cell == "-" else whole(cell, f"votes of {name!r:.40} at {where}")
        for cell in (total, *cells)
    )
    if given != sum(parts):
        raise LayoutChanged(
            f"{sum(parts)} votes by place, {given} in total of {name!r:.40}, {where}"
        )
    return given
