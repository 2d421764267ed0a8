"""North Carolina State Board of Elections, precinct file: `results_pct_YYYYMMDD.zip`.

Recognised by `…dl.ncsbe.gov/ENRS/2018_05_08/results_pct_20180508.zip`. One
tab-separated text per election in one zip, a line per county, precinct, contest
and choice; the source of the backfill. Columns are found by their heading:

- since 2014: 14 columns, County to Total Votes;
- since 2018-07-01: 15, with Real Precinct (Y, or N for an administrative one);
- since 2024: the column One Stop is headed Early Voting.

Administrative precincts (ABSENTEE, OS DUKE, PROVISIONAL, TRANSFER) carry most
early and mail votes and are in every sum. The four types add up to the total on
each line (a 2026 loader checks it on the Board's own file): a line that does not
add up is damage. Some years hold NUL bytes, and quotation marks are letters.
`results_sort_…` looks alike and carries statistical noise: never use it.
Optional setting `county_name`: sum one county only; empty for the state.
Unproven: no file of the Board's own is stored, only its description of the columns and
tables made from two of its files.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged
from monitor.model import Contest, Page, Report, Request, Selection, UnitKind, Units, VoteCount
from scrapers.base import Platform, clean, refuse_html
from scrapers.labels import is_write_in
from scrapers.platforms.ncsbe_lines import PrecinctRow, open_rows, read_rows
from scrapers.platforms.ncsbe_rows import VOTE_TYPES, contest_party

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = ["PrecinctRow", "Scraper", "open_rows", "read_rows"]

_FILE = re.compile(r"(?:/dl\.ncsbe\.gov)?/ENRS/\d{4}_\d{2}_\d{2}/results_pct_(\d{8})\.zip")
_HOSTS = ("s3.amazonaws.com", "dl.ncsbe.gov")


class Scraper(Platform):
    """The precinct file summed to contests, over the state or one county."""

    source_name: ClassVar[str] = "NC State Board of Elections (precinct file)"
    state: ClassVar[str] = "NC"
    optional_settings: ClassVar[dict[str, str]] = {"county_name": ""}
    unproven: ClassVar[bool] = True
    parse_in_pool: ClassVar[bool] = True
    refresh_seconds: ClassVar[int] = 600
    results_url: ClassVar[str] = (
        "https://s3.amazonaws.com/dl.ncsbe.gov/ENRS/{date:%Y_%m_%d}/results_pct_{date:%Y%m%d}.zip"
    )
    public_url: ClassVar[str] = "https://er.ncsbe.gov/downloads.html?election_dt={date:%m/%d/%Y}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return the date of a link to a precinct file, or None."""
        parts = urlsplit(url)
        found = _FILE.fullmatch(parts.path)
        if parts.hostname not in _HOSTS or found is None:
            return None
        try:
            return {"date": date.fromisoformat(found[1]).isoformat()}
        except ValueError:
            return None

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Fetch the one zip; a 404 means that no statewide election was held that day."""
        return ((yield Request(self.fill(self.results_url))),)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Sum every contest; units are the real precincts, where the file tells them."""
        (page,) = pages
        refuse_html(page, "a zip with the precinct file")
        county = clean(self.settings["county_name"]).upper()
        sums = _Sums(page.url)
        for row in read_rows(BytesIO(page.body), page.url):
            if not county or row.county.upper() == county:
                sums.add(row)
        if not sums.dates:
            raise LayoutChanged(f"no line of {county or 'any'} county in {page.url}")
        day, *others = sorted(sums.dates)
        if others:
            raise LayoutChanged(f"two election dates, {day} and {others[0]}, in {page.url}")
        return Report(contests=sums.contests(), election_date=day)


@dataclass(slots=True)
class _Sum:
    """One contest while it is added up."""

    counts: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    lines: set[tuple[str, str, str, str]] = field(default_factory=set)
    seats: set[int] = field(default_factory=set)
    precincts: set[tuple[str, str]] = field(default_factory=set)


@dataclass(slots=True)
class _Sums:
    """Every contest of the file `where`, by title and key, while its lines pass."""

    where: str
    by_contest: dict[tuple[str, str], _Sum] = field(default_factory=dict)
    dates: set[date] = field(default_factory=set)
    voted: set[tuple[str, str]] = field(default_factory=set)

    def add(self, row: PrecinctRow) -> None:
        """Add one line; a line that stands twice is damage, not votes."""
        contest = self.by_contest.setdefault((row.contest, row.contest_key), _Sum())
        line = (row.county, row.precinct, row.choice, row.party)
        if line in contest.lines:
            raise LayoutChanged(f"{line} of {row.contest!r} stands twice in {self.where}")
        contest.lines.add(line)
        contest.seats.add(row.vote_for)
        self.dates.add(row.election_date)
        if row.is_real_precinct:
            contest.precincts.add(line[:2])
        if row.election_day:
            self.voted.add(line[:2])
        counts = contest.counts.setdefault((row.choice, row.party), [0, 0, 0, 0, 0])
        votes = (row.election_day, row.early, row.absentee_mail, row.provisional, row.total)
        for place, number in enumerate(votes):
            counts[place] += number

    def contests(self) -> tuple[Contest, ...]:
        """Return the contests by title; one key under two titles is keyed by both."""
        titles = Counter(key for _, key in self.by_contest)
        return tuple(
            self._contest(key if titles[key] == 1 else f"{key}|{title}", title, contest)
            for (title, key), contest in sorted(self.by_contest.items(), key=itemgetter(0))
        )

    def _contest(self, key: str, title: str, contest: _Sum) -> Contest:
        """Close one contest: a precinct is in when it has election-day votes for anything."""
        if len(contest.seats) != 1:
            seen = sorted(contest.seats)
            raise LayoutChanged(f"Vote For of {title!r} is {seen} at once in {self.where}")
        selections = [_selection(*who, *votes) for who, votes in contest.counts.items()]
        (seats,) = contest.seats
        reported = len(contest.precincts & self.voted)
        total = len(contest.precincts)
        return Contest(
            key=key,
            title=title,
            selections=tuple(sorted(selections, key=attrgetter("key"))),
            party=contest_party(title, (one.party for one in selections)),
            votes_allowed=seats,
            number_elected=seats,
            units=Units(reported, total, UnitKind.PRECINCTS) if total else None,
        )


def _selection(name: str, party: str, *votes: int) -> Selection:
    *types, total = votes
    return Selection(
        key=f"{name}|{party}",
        name=name,
        party=party,
        votes=total,
        by_type=tuple(
            VoteCount(kind, number, label)
            for (_, kind, label), number in zip(VOTE_TYPES, types, strict=True)
        ),
        is_write_in=is_write_in(name),
    )
