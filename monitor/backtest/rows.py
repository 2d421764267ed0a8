"""Contests by precinct out of results files, for the backtest: the adapter that reads them.

Totals, parties and seats of Clarity's and ES&S's files come from the scrapers that read
them on the night; only the cells of precincts, which those never need, are read here.
A contest whose precincts do not make its printed total is left out, and counted.
"""

from __future__ import annotations

import gzip
import re
import tarfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import escape, unescape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from lxml import etree

from monitor.backtest.contests import Row, RowContest, gather
from monitor.backtest.tables import rows_of_table
from monitor.discover import discover
from monitor.errors import LayoutChanged, NothingMatched
from monitor.match import normal_name
from monitor.model import Contest, Page, VoteType

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Report
    from monitor.precincts import Line, PrecinctFormat

_TOP = re.compile(r"^.*(?:Precinct Summary|PREC REPORT)", re.IGNORECASE | re.MULTILINE)
_PRECINCT = re.compile(r"^\d{3,6} +\S.*$", re.MULTILINE | re.ASCII)
_FIXED = re.compile(r"<pre\b[^>]*>(.*?)</pre>", re.DOTALL | re.IGNORECASE)
_DAY_IN_NAME = re.compile(r"(?<!\d)(20\d\d)(\d\d)(\d\d)(?!\d)")

WRONG_SUMS = "precincts do not make the printed total"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to read, and what it may not say itself: state and day.

    `on` goes before the file's own day: so a card of another time is tried on its rows.
    `member`: the file's name in a tar archive.
    """

    path: Path
    state: str
    on: date | None = None
    member: str = ""

    @property
    def name(self) -> str:
        """The file's own name, and its member's."""
        return Path(self.member).name if self.member else self.path.name


@dataclass(frozen=True, slots=True)
class Reading:
    """The contested contests of one file; how many it holds; how many are left out, and why."""

    file: str
    contests: tuple[RowContest, ...]
    held: int
    left_out: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows as they stand in a file, its day, and the totals it prints for each contest."""

    rows: tuple[Row, ...]
    on: date | None
    printed: tuple[Contest, ...] = ()


def read_contests(wanted: Wanted, north_carolina: PrecinctFormat) -> Reading:
    """Read one file. Raises `LayoutChanged`, and `NothingMatched` where a day is missing."""
    body = _body(wanted)
    found = _rows(body, wanted, north_carolina)
    on = wanted.on or found.on or _day_in_name(wanted)
    contests = gather(found.rows, wanted.name, wanted.state, on)
    printed = {contest.key: _totals(contest) for contest in found.printed}
    contested = [contest for contest in contests if contest.is_contested]
    wrong = [c for c in contested if c.key in printed and _sums(c) != printed[c.key]]
    left_out = Counter({WRONG_SUMS: len(wrong)} if wrong else {})
    return Reading(
        file=wanted.name,
        contests=tuple(contest for contest in contested if contest not in wrong),
        held=len(contests),
        left_out=tuple(left_out.items()),
    )


def _body(wanted: Wanted) -> bytes:
    try:
        if wanted.member:
            with tarfile.open(wanted.path) as archive:
                member = archive.extractfile(wanted.member)
                return member.read() if member else b""
        body = wanted.path.read_bytes()
        return gzip.decompress(body) if body.startswith(b"\x1f\x8b") else body
    except (OSError, EOFError, KeyError, tarfile.TarError) as error:
        raise NothingMatched(f"{wanted.path}: cannot be read ({error})") from None


def _day_in_name(wanted: Wanted) -> date:
    found = _DAY_IN_NAME.search(wanted.name)
    if found is None:
        raise NothingMatched(f"{wanted.path}: tells no day; write {wanted.state}@YYYY-MM-DD=FILE")
    return date(*map(int, found.groups()))


def _totals(contest: Contest) -> Counter[str]:
    sums: Counter[str] = Counter()
    for choice in contest.selections:
        sums[normal_name(choice.name)] += choice.votes
    return sums


def _sums(contest: RowContest) -> Counter[str]:
    names = (normal_name(choice.name) for choice in contest.choices)
    return Counter(dict(zip(names, contest.votes, strict=True)))


def _rows(body: bytes, wanted: Wanted, north_carolina: PrecinctFormat) -> _Rows:
    if body.startswith(b"PK") and "detail.xml" not in _members(body, wanted):
        return _of_north_carolina(body, wanted, north_carolina)
    if body.startswith(b"PK") or body.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml"):
        return _of_clarity(body, wanted)
    if re.search(rb"<pre\b", body, re.IGNORECASE):
        return _of_ess(body, wanted)
    return _Rows(tuple(rows_of_table(body, wanted.name)), None)


def _members(body: bytes, wanted: Wanted) -> list[str]:
    try:
        return ZipFile(BytesIO(body)).namelist()
    except BadZipFile as error:
        raise LayoutChanged(f"{wanted.path}: damaged zip ({error})") from None


def _parsed(platform: str, settings: dict[str, str], body: bytes, where: str) -> Report:
    page = Page(where, 200, (), body, datetime.min.replace(tzinfo=UTC))
    return discover().scrapers[platform](date=None, settings=settings).parse((page,))


# --- Clarity


def _of_clarity(body: bytes, wanted: Wanted) -> _Rows:
    settings = {"jurisdiction": f"{wanted.state}/County", "eid": "1"}
    report = _parsed("clarity", settings, body, wanted.name)
    if body.startswith(b"PK"):
        with ZipFile(BytesIO(body)) as archive:
            body = archive.read("detail.xml")
    heads = {contest.key: contest for contest in report.contests}
    rows: list[Row] = []
    for _, element in etree.iterparse(BytesIO(body), tag="Contest", resolve_entities=False):
        head = heads.get((element.get("key") or "").strip())
        rows += _cells(element, head) if head else []
        element.clear()
    return _Rows(tuple(rows), report.election_date, report.contests)


def _cells(element: etree._Element, head: Contest) -> Iterator[Row]:
    """Yield the cells of one contest; a protected one ("*12") is left out and fails the sums."""
    types = {count.label: count.type for line in head.selections for count in line.by_type}
    write_ins = {line.name for line in head.selections if line.is_write_in}
    for choice in element.iterchildren("Choice"):
        name = " ".join((choice.get("text") or "").split())
        for votes in choice.iterchildren("VoteType"):
            label = " ".join((votes.get("name") or "").split())
            for cell in votes:
                if (cell.get("votes") or "").isdecimal():
                    yield Row(
                        head.key, head.title, head.party, head.number_elected,
                        cell.get("name") or "", name, name in write_ins,
                        types.get(label, VoteType.OTHER), int(cell.get("votes") or 0),
                    )  # fmt: skip


# --- ES&S precinct reports


def _of_ess(body: bytes, wanted: Wanted) -> _Rows:
    """Give each precinct's block to the scraper as a page of its own."""
    text = body.decode("cp1252", errors="replace")
    fixed = unescape("\n".join(_FIXED.findall(text)))
    starts = [found.start() for found in _TOP.finditer(fixed)]
    rows: list[Row] = []
    day = None
    for start, end in zip(starts, (*starts[1:], len(fixed)), strict=True):
        block = fixed[start:end]
        page = f"<html><pre>{escape(block)}</pre></html>".encode()
        report = _parsed("ess_el30_html", {"url": wanted.name}, page, wanted.name)
        found = _PRECINCT.search(block)
        day = report.election_date
        for contest in report.contests:
            rows += _one_precinct(contest, found.group() if found else "")
    whole = _parsed("ess_el30_html", {"url": wanted.name}, text.encode(), wanted.name)
    return _Rows(tuple(rows), day, whole.contests)


def _one_precinct(contest: Contest, precinct: str) -> Iterator[Row]:
    for line in contest.selections:
        parts = [(count.type, count.votes) for count in line.by_type]
        for kind, votes in parts or [(VoteType.TOTAL, line.votes)]:
            yield Row(
                contest.key, contest.title, contest.party, contest.number_elected,
                precinct, line.name, line.is_write_in, kind, votes,
            )  # fmt: skip


# --- North Carolina's own file


def _of_north_carolina(body: bytes, wanted: Wanted, state: PrecinctFormat) -> _Rows:
    lines = tuple(state.lines(BytesIO(body), wanted.name))
    choices: dict[str, set[str]] = {}
    for line in lines:
        choices.setdefault(line.contest, set()).add(line.party)
    parties = {title: state.party_of(title, found) for title, found in choices.items()}
    rows = tuple(row for line in lines for row in _typed(line, parties[line.contest]))
    return _Rows(rows, lines[0].election_date if lines else None)


def _typed(line: Line, party: str) -> Iterator[Row]:
    for kind, votes in (
        (VoteType.ELECTION_DAY, line.election_day),
        (VoteType.EARLY, line.early),
        (VoteType.ABSENTEE_MAIL, line.absentee_mail),
        (VoteType.PROVISIONAL, line.provisional),
    ):
        yield Row(
            f"{line.contest_key}|{line.contest}", line.contest, party, line.vote_for,
            f"{line.county} {line.precinct}", line.choice,
            line.choice.casefold().startswith("write-in"), kind, votes,
        )  # fmt: skip
