"""A simulated night: the visits to a county's page, two or three of every upload. Pure.

Mishaps are drawn too, each in one night of ten: the units come in one look before their
votes, an older page is served again, every figure is doubled. On three nights of ten the
page bears neither time nor version.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.backtest.counts import Publication, Stage, Votes, plus, publications
from monitor.model import Contest, ResultsStatus, Selection, UnitKind, Units, VoteCount, VoteType
from monitor.tally import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.backtest.contests import RowContest
    from monitor.rules import Rule

_MISHAP = 0.1
_UNSTAMPED = 0.3


@dataclass(frozen=True, slots=True)
class Look:
    """One visit, and the honest count behind the page: `left` votes were not in it yet."""

    at: datetime
    snapshot: Snapshot
    stage: Stage
    counted: Votes
    left: int


@dataclass(frozen=True, slots=True)
class SimulatedNight:
    """Every look of one night. `all_in`: when the last unit was reported."""

    closes_at: datetime
    all_in: datetime
    final: Votes
    late: int
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class _Page:
    """What one visit finds: an upload, its number, and what was really counted by then."""

    shown: Publication
    number: int
    counted: Votes
    is_odd: bool = False


def simulate(contest: RowContest, rule: Rule, seed: str) -> SimulatedNight:
    """Draw one night; the same seed gives the same night."""
    rng = Random(f"{seed}/{contest.file}/{contest.key}")  # noqa: S311 - a simulation
    closes_at = datetime.combine(contest.on, rule.polls_close, ZoneInfo(rule.zone)).astimezone(UTC)
    uploads = publications(contest, closes_at, rng)
    on_the_night = [upload for upload in uploads if upload.stage is Stage.NIGHT]
    final = uploads[-1].votes
    pages = tuple(_pages(_before(contest, closes_at), uploads, on_the_night[-1], rng))
    return SimulatedNight(
        closes_at=closes_at,
        all_in=on_the_night[-1].at,
        final=final,
        late=sum(final) - sum(on_the_night[-1].votes),
        looks=tuple(_looks(contest, pages, sum(final), rng)),
    )


def _before(contest: RowContest, closes_at: datetime) -> Publication:
    nothing = (0,) * len(contest.choices)
    return Publication(closes_at - timedelta(minutes=10), nothing, nothing, 0, Stage.NIGHT)


def _pages(
    zero: Publication, uploads: tuple[Publication, ...], last: Publication, rng: Random
) -> Iterator[_Page]:
    """Yield the pages in order, with the night's mishaps before the upload they befall."""
    early_units, older, doubled = (rng.random() < _MISHAP for _ in range(3))
    middle = rng.randrange(2, max(3, uploads.index(last)))
    before = (zero, zero)
    yield _Page(zero, 0, zero.votes)
    for number, upload in enumerate(uploads, start=1):
        counted = before[-1].votes
        if older and number == middle:
            yield _Page(before[0], number - 2, counted, is_odd=True)
        if doubled and number == middle:
            yield _Page(_twice(before[1]), number - 1, counted, is_odd=True)
        if early_units and upload is last:
            odd = replace(before[1], at=upload.at, units=upload.units)
            yield _Page(odd, number, counted, is_odd=True)
        yield _Page(upload, number, upload.votes)
        before = (before[1], upload)


def _twice(upload: Publication) -> Publication:
    return replace(
        upload, first=plus(upload.first, upload.first), rest=plus(upload.rest, upload.rest)
    )


def _looks(
    contest: RowContest, pages: tuple[_Page, ...], total: int, rng: Random
) -> Iterator[Look]:
    """Yield the visits, never less than 60 s apart; an odd page is seen once."""
    units = sum(box.is_unit for box in contest.boxes)
    is_stamped = rng.random() >= _UNSTAMPED
    at = pages[0].shown.at
    for page in pages:
        at = max(at, page.shown.at + timedelta(seconds=rng.randint(0, 59)))
        is_all_in = page.shown.units == units and not page.is_odd
        for wait in _waits(page, is_all_in=is_all_in, rng=rng):
            snapshot = _snapshot(contest, page, at, units, is_stamped=is_stamped)
            yield Look(at, snapshot, page.shown.stage, page.counted, total - sum(page.counted))
            at += wait


def _waits(page: _Page, *, is_all_in: bool, rng: Random) -> list[timedelta]:
    """Return the waits after each look of a page; once all is in, one look comes much later."""
    looks = 1 if page.is_odd else 2
    waits = [timedelta(seconds=rng.randint(60, 75)) for _ in range(looks)]
    return [waits[0], timedelta(minutes=12), waits[1]] if is_all_in else waits


def _snapshot(
    contest: RowContest, page: _Page, at: datetime, units: int, *, is_stamped: bool
) -> Snapshot:
    is_certified = page.shown.stage is Stage.CERTIFIED
    return Snapshot(
        contest=_contest(contest, page.shown, units),
        fetched_at=at,
        source_time=page.shown.at if is_stamped else None,
        version=page.number if is_stamped else None,
        status=ResultsStatus.CERTIFIED if is_certified else ResultsStatus.UNOFFICIAL_PARTIAL,
    )


def _contest(contest: RowContest, shown: Publication, units: int) -> Contest:
    return Contest(
        key=contest.key,
        title=contest.title,
        party=contest.party,
        votes_allowed=contest.seats,
        number_elected=contest.seats,
        units=Units(shown.units, units, UnitKind.PRECINCTS),
        selections=tuple(
            Selection(
                key=choice.name,
                name=choice.name,
                votes=first + rest,
                by_type=_by_type(first, rest) if contest.types_known else (),
                is_write_in=choice.is_write_in,
            )
            for choice, first, rest in zip(contest.choices, shown.first, shown.rest, strict=True)
        ),
    )


def _by_type(first: int, rest: int) -> tuple[VoteCount, ...]:
    return VoteCount(VoteType.ABSENTEE_MAIL, first), VoteCount(VoteType.ELECTION_DAY, rest)
