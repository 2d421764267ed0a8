"""GEMS (Diebold, Premier) results as text: quoted cells with a space before each comma.

How to recognise it: each line has ten cells and the second is a precinct's number, 999999
"Election Total" for the county.

Source: one file of all contests; the county's total is read, precincts are passed over.
    "2" ,999999 ,"Election Total" ,"COUNTY ATTORNEY" ,"020010" ,"NP" ,
    "Number of Precincts Reporting" ,"" ,"NP" ,52 ,
    "2" ,999999 ,"Election Total" ,"COUNTY ATTORNEY" ,"020010" ,"NP" ,
    "HADFIELD, STEPHEN R." ,"020012" ,"REP" ,11756 ,          (each on one line)
Quirk: units are the precincts of the contest, by its two statistics.
Quirk: write-ins and straight party have no id; title or name stand for it. The number in
"Write-in 20" is no count.
Quirk: how many are elected is not printed, and 1 is taken. No time, no date, no status.
Unproven: a party's primary, and a file with precincts in it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from monitor.errors import LayoutChanged
from monitor.model import Report
from scrapers.base import clean, refuse_html, text_of, whole
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line, contests_of
from scrapers.report_files import ReportFile, refuse_binary
from scrapers.tables import refuse_open_end

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.model import Contest, Page

_CELL = re.compile(r'\s*(?:"((?:[^"\\]|\\.)*)"|(\d+))\s*,', re.ASCII)
_LINE = re.compile(rf"(?:{_CELL.pattern}){{10}}\s*", re.ASCII)
_QUOTED = re.compile(r"\\(.)")
_COUNTY = "999999"
_ALL, _REPORTING, _VOTERS = (
    "Number of Precincts for Race", "Number of Precincts Reporting", "Registered Voters",
)  # fmt: skip
_STATISTICS = frozenset({_ALL, _REPORTING, _VOTERS, "Number of Precincts"})
_NUMBERED = re.compile(r"(write-?in) \d+", re.IGNORECASE)


class _Record(NamedTuple):
    """The cells of one line, and where it stands."""

    kind: str
    precinct: str
    precinct_name: str
    title: str
    contest: str
    contest_party: str
    name: str
    choice: str
    party: str
    votes: str
    place: str

    def key(self) -> str:
        """Return the contest's id, or its title, with the party of a primary."""
        party = party_code(self.contest_party)
        return "|".join((self.contest or self.title, *((party,) if party else ())))


class Scraper(ReportFile):
    """Reads the file at `url`."""

    def read(self, page: Page) -> Report:
        """Read the county's total of every contest."""
        refuse_binary(page, "a GEMS file")
        refuse_html(page, "a GEMS file")
        refuse_open_end(page)
        county = [one for one in _records(page) if one.precinct == _COUNTY]
        if not county:
            raise LayoutChanged(f"no line of the county's total ({_COUNTY}) at {page.url}")
        statistics = _statistics(county)
        choices = [one for one in county if one.name not in _STATISTICS]
        contests = contests_of(_line(one, statistics) for one in choices)
        return Report(contests=tuple(_with_voters(one, statistics) for one in contests))


def _records(page: Page) -> Iterator[_Record]:
    for number, line in enumerate(text_of(page).splitlines(), start=1):
        place = f"line {number} at {page.url}"
        if not line.strip():
            continue
        if not _LINE.fullmatch(line):
            raise LayoutChanged(f"expected ten cells, found {line!r:.80} in {place}")
        cells = (_QUOTED.sub(r"\1", found[1] or found[2] or "") for found in _CELL.finditer(line))
        yield _Record._make((*map(clean, cells), place))


def _statistics(records: list[_Record]) -> dict[tuple[str, str], int]:
    """Return the statistics by contest and name; one that stands twice is refused."""
    found: dict[tuple[str, str], int] = {}
    for one in records:
        if one.name in _STATISTICS:
            key = one.key(), one.name
            if key in found:
                raise LayoutChanged(f"{one.name!r} stands twice for {one.title!r:.60}, {one.place}")
            found[key] = whole(one.votes, f"{one.name!r} in {one.place}")
    return found


def _line(one: _Record, statistics: Mapping[tuple[str, str], int]) -> Line:
    if not (one.title and one.name):
        raise LayoutChanged(f"a choice without a name or a contest in {one.place}")
    reporting, of = (statistics.get((one.key(), part)) for part in (_REPORTING, _ALL))
    if reporting is not None and of is not None and reporting > of:
        raise LayoutChanged(f"{reporting} of {of} precincts for {one.title!r:.60}, {one.place}")
    name = _NUMBERED.sub(r"\1", one.name)
    return Line(
        contest=one.key(),
        title=one.title,
        choice=one.choice or name,
        name=name,
        votes=whole(one.votes, f"votes of {one.name!r:.40} in {one.place}"),
        where=one.place,
        party=party_code("" if one.party == "NP" else one.party),
        contest_party=party_code(one.contest_party),
        reported=(reporting, of) if reporting is not None and of is not None else None,
        is_write_in=is_write_in(name),
    )


def _with_voters(contest: Contest, statistics: Mapping[tuple[str, str], int]) -> Contest:
    return replace(contest, registered_voters=statistics.get((contest.key, _VOTERS)))
