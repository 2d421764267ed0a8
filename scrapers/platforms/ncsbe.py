"""North Carolina State Board of Elections, dashboard files: one JSON file per county.

Recognised by the host er.ncsbe.gov: the dashboard
(`?election_dt=05/08/2018&county_id=32`) or a file
(`/enr/20180508/data/results_32.txt`). Setting `cid`: the county's number in
alphabetical order, 1 to 100 (Durham 32, Pitt 74), or 0 for the statewide file,
which holds every contest of more than one county and the referenda.

One row per choice, every value a string. `evc` is election day and `ovc` the
one-stop (early) vote; other readers have the two the wrong way round, but in
2024 only `ovc` was as large as early voting. The four types add up to `vct` in
all rows seen; `vct` is the total whatever they do. Contests are keyed by `gid`,
the state's own id of a contest across counties, one per party in a primary.
There is no id of a choice: its key is name and party. Contests are ordered by
title and choices by key, as the order of rows means nothing. Status, time and
date stand nowhere in the file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from monitor.errors import LayoutChanged
from monitor.model import ElectionListing, Page, Report, Request
from scrapers.base import Platform, json_of
from scrapers.platforms.ncsbe_rows import contests, refuse_gaps, us_date

if TYPE_CHECKING:
    from collections.abc import Generator

_JOINT = re.compile(rb'("(?:[^"\\]|\\.)*+")|\}\s*\{', re.DOTALL)
_FILE = re.compile(r"/enr/(\d{8})/data/results_(\d{1,3})\.txt")


class Scraper(Platform):
    """One county's file, or the statewide one; see the module for its fields."""

    source_name: ClassVar[str] = "NC State Board of Elections"
    state: ClassVar[str] = "NC"
    cid: ClassVar[str] = ""
    refresh_seconds: ClassVar[int] = 60
    results_url: ClassVar[str] = "https://er.ncsbe.gov/enr/{date:%Y%m%d}/data/results_{cid}.txt"
    public_url: ClassVar[str] = (
        "https://er.ncsbe.gov/?election_dt={date:%m/%d/%Y}&county_id={cid}&office=ALL&contest=0"
    )

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return date and cid of a dashboard link or a results file, or None."""
        parts = urlsplit(url)
        if parts.hostname != "er.ncsbe.gov":
            return None
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        cid = query.get("county_id", "0")
        try:
            if found := _FILE.fullmatch(parts.path):
                day, cid = date.fromisoformat(found[1]), found[2]
            else:
                day = us_date(query.get("election_dt", ""))
            return {"date": day.isoformat(), "cid": str(int(cid))}
        except ValueError:
            return None

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """List the Board's elections, newest first as it does, each as the statewide file."""
        page = yield Request("https://er.ncsbe.gov/enr/elections.txt")
        settings = () if self.cid else (("cid", "0"),)
        dates = [_election_date(row, page) for row in _rows(page)]
        return tuple(ElectionListing(f"North Carolina {day}", day, settings) for day in dates)

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Fetch the one file."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest; precincts are the units, in the statewide file too."""
        (page,) = pages
        rows = _rows(page)
        for number, row in enumerate(rows, start=1):
            refuse_gaps(row, f"row {number} at {page.url}")
        self._refuse_other_county(rows, page)
        return Report(contests=tuple(contests(rows, page.url)))

    def _refuse_other_county(self, rows: list[dict[str, Any]], page: Page) -> None:
        wanted = self.fill("{cid}")
        for row in rows:
            if (seen := str(row.get("cid", wanted)).strip()).lstrip("0") != wanted.lstrip("0"):
                raise LayoutChanged(f"a row of county {seen!r:.20} in the file of {page.url}")


def _election_date(row: dict[str, Any], page: Page) -> date:
    try:
        return us_date(row["edt"])
    except (KeyError, TypeError, ValueError):
        seen = f"{row!r:.80}"
        raise LayoutChanged(f"no 'edt' MM/DD/YYYY in {seen} at {page.url}") from None


def _rows(page: Page) -> list[dict[str, Any]]:
    """Return the objects of an array, or of objects run together with no brackets."""
    body = page.body.removeprefix(b"\xef\xbb\xbf").strip()
    if body.startswith(b"{"):
        joined = _JOINT.sub(lambda found: found[1] or b"},{", body)
        page = replace(page, body=b"[" + joined + b"]")
    rows = json_of(page)
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise LayoutChanged(f"expected a list of rows, found {rows!r:.60} at {page.url}")
    return rows
