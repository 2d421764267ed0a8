"""Oklahoma State Election Board: the CSV that its results page exports.

How to recognise it: links to results.okelections.us (or .gov), whose page exports the
CSV; its header begins with elec_date,entity_description,race_number.

Source: one row for each candidate with the total of the race. The site refuses programs:
a person exports the file, and `url` is where it lies (https://…, or file:///…).
Quirk: the header names `race_party`, which the rows leave out, and `cand_party`, which rows
of judges and questions leave out. So the ends of a row are read from both sides.
Quirk: a race in two counties has its rows twice with the same totals; they count once.
Quirk: county offices have one title in all counties; the county is added to it.
Quirk: only contested races appear. There is no time, and no sign of what is official.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.errors import EmptyPage, LayoutChanged, Truncated
from monitor.model import Report, Request, VoteCount, VoteType
from scrapers.base import Platform, refuse_html, text_of, whole
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of
from scrapers.moments import day_of
from scrapers.tables import cells_of, refuse_open_end

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import date

    from monitor.model import Page

HEADER = (
    "elec_date", "entity_description", "race_number", "race_description", "race_party",
    "tot_race_prec", "race_prec_reporting", "cand_number", "cand_name", "cand_party",
    "cand_absmail_votes", "cand_early_votes", "cand_elecday_votes", "cand_tot_votes",
)  # fmt: skip
_LAST = ("race_county", "race_county_owner")
_TYPES = (VoteType.ABSENTEE_MAIL, VoteType.EARLY, VoteType.ELECTION_DAY)
_MIDDLE = ("precincts", "reported", "number", "name", "party")
_WIDTHS = (13, 14, 15)
_STATE = "FEDERAL, STATE AND COUNTY"


class Scraper(Platform):
    """Reads `url`: the exported file's address."""

    source_name = "Oklahoma State Election Board"
    state = "OK"
    refresh_seconds = 60
    csv_url = "{url}"
    public_url = "https://results.okelections.us/OKER/?elecDate={date:%Y%m%d}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return no settings: the page's own address is not that of the file."""
        hosts = ("results.okelections.us", "results.okelections.gov")
        return {} if urlsplit(url).hostname in hosts else None

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one file."""
        return ((yield Request(self.fill(self.csv_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every race."""
        (page,) = pages
        rows = _rows(page)
        seen: dict[tuple[str, ...], str] = {}
        lines = []
        for at, cells in rows:
            *same, county = cells
            if seen.setdefault(tuple(same), county) == county or not county:
                lines.append(_line(cells, f"line {at} at {page.url}"))
        return Report(contests=contests_of(lines), election_date=_day(rows, page.url))


def _rows(page: Page) -> list[tuple[int, list[str]]]:
    refuse_html(page, "a table")
    rows = list(cells_of(text_of(page), page.url))
    if not rows:
        raise EmptyPage(f"no line of a table at {page.url}")
    _, header = rows.pop(0)
    if tuple(header[:-1]) != HEADER or header[-1] not in _LAST:
        seen = f"{header!r:.200} at {page.url}"
        raise LayoutChanged(f"expected the columns of an export, found {seen}")
    for line, cells in rows:
        if len(cells) not in _WIDTHS:
            seen = f"{len(cells)} cells under {len(header)} columns in line {line} at {page.url}"
            raise (Truncated if line == rows[-1][0] else LayoutChanged)(seen)
    refuse_open_end(page)
    return rows


def _line(cells: list[str], where: str) -> Line:
    (_, entity, race, title), middle, back = cells[:4], cells[4:-5], cells[-5:]
    *counts, total, county = back
    if not (race and title):
        raise LayoutChanged(f"a race without number or title in {where}")
    race_party = "" if middle[0].isdecimal() else middle.pop(0)
    precincts, reported, number, name, party = _five(middle, where)
    here = f"{name!r:.40} in {where}"
    by_type = tuple(
        VoteCount(kind, whole(given, f"{kind} votes of {here}"))
        for kind, given in zip(_TYPES, counts, strict=True)
    )
    votes = whole(total, f"votes of {here}")
    if sum(one.votes for one in by_type) != votes:
        raise LayoutChanged(f"{counts} votes do not sum to {total} of {here}")
    return Line(
        contest=race,
        title=f"{title}, {county}" if county and entity == _STATE else title,
        choice=number,
        name=name,
        votes=votes,
        where=where,
        party=party_code(party),
        contest_party=party_code(race_party),
        by_type=by_type,
        reported=_units(reported, precincts, where),
        is_write_in=is_write_in(name),
    )


def _five(middle: list[str], where: str) -> list[str]:
    """Return precincts, reported, number, name and party, which may be left out."""
    five = middle if len(middle) == len(_MIDDLE) else [*middle, ""]
    if len(five) != len(_MIDDLE) or not all(five[:4]):
        raise LayoutChanged(f"expected {_MIDDLE}, found {middle!r:.80} in {where}")
    return five


def _units(reported: str, precincts: str, where: str) -> tuple[int, int]:
    units = whole(reported, f"precincts in {where}"), whole(precincts, f"precincts in {where}")
    if units[0] > units[1]:
        raise LayoutChanged(f"{reported} of {precincts} precincts in {where}")
    return units


def _day(rows: list[tuple[int, list[str]]], where: str) -> date | None:
    days = {cells[0] for _, cells in rows}
    if len(days) > 1:
        raise LayoutChanged(f"rows of {len(days)} election days at {where}")
    return day_of(days.pop()) if days else None
