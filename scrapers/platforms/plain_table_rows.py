"""The tables of a file: rows of cells from CSV, from the tables of a page, or from a workbook."""

from __future__ import annotations

import re
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from bs4 import BeautifulSoup

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from scrapers.base import clean, refuse_wall, text_of
from scrapers.pdf_text import extra
from scrapers.report_files import XLSX, refuse_binary
from scrapers.tables import cells_of, refuse_open_end

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import Tag

    from monitor.model import Page

_DECLARED = re.compile(r"^\s*<\?xml[^>]*>")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


class Table(NamedTuple):
    """Rows of cells with the place of each; `heading`: what stands over it, or ""."""

    heading: str
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def tables_of(page: Page) -> tuple[Table, ...]:
    """Return every table of the file, whatever its kind."""
    if page.body.startswith(XLSX):
        return tuple(_sheets(page))
    refuse_binary(page, "a table")
    refuse_wall(page)
    text = text_of(page)
    if "<" in text.lstrip()[:1]:
        return tuple(_html(text, page.url))
    refuse_open_end(page)
    delimiter = "\t" if "\t" in text[:1_000] else ","
    rows = tuple(
        (f"line {number} at {page.url}", tuple(cells))
        for number, cells in cells_of(text, page.url, delimiter)
    )
    return (Table("", rows),)


def _html(text: str, where: str) -> Iterator[Table]:
    lower = text.lower()
    for tag in ("html", "table"):
        if lower.count(f"</{tag}>") < lower.count(f"<{tag}>") + lower.count(f"<{tag} "):
            raise Truncated(f"<{tag}> is not closed after {len(text)} characters at {where}")
    if "<table" not in lower:
        raise LayoutChanged(f"a page without a table at {where}")
    tables = BeautifulSoup(_DECLARED.sub("", text), "html.parser").find_all("table")
    for number, table in enumerate(tables, start=1):
        rows = tuple(
            (f"row {at} of table {number} at {where}", cells)
            for at, row in enumerate(table.find_all("tr"), start=1)
            if any(cells := tuple(clean(cell.get_text()) for cell in row.find_all(["td", "th"])))
        )
        yield Table(_heading(table), rows)


def _heading(table: Tag) -> str:
    caption = table.find("caption")
    found = caption or table.find_previous(_HEADINGS)
    return clean(found.get_text()) if found else ""


def _sheets(page: Page) -> Iterator[Table]:
    reader = extra("openpyxl", "xlsx")
    try:
        book = reader.load_workbook(BytesIO(page.body), read_only=True, data_only=True)
        sheets = [(sheet.title, list(sheet.iter_rows(values_only=True))) for sheet in book]
    except Exception as error:  # its parsers raise what they like on a damaged file
        seen = f"{type(error).__name__}: {error}"
        raise WrongFormat(f"no workbook we can read ({seen:.80}) at {page.url}") from error
    for title, rows in sheets:
        kept = tuple(
            (f"row {at} of {title!r:.30} at {page.url}", tuple(map(_cell, row)))
            for at, row in enumerate(rows, start=1)
        )
        yield Table("", tuple((place, cells) for place, cells in kept if any(cells)))
    if not sheets:
        raise EmptyPage(f"a workbook without a sheet at {page.url}")


def _cell(value: Any) -> str:
    """Return a cell as text: 12 for 12.0, and "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return clean(str(value))
