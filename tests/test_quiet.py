"""Quiet hours: what waits for the morning, and that no outcome ever does."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor import outbox
from monitor.app import opened
from monitor.events import Event, Kind
from monitor.ledger import Ledger
from monitor.night import prepare
from monitor.posts import Post, RowClass
from monitor.quiet import is_counting, may_wait, quiet_until
from monitor.races import Channel, Config, FetchConfig, SlackConfig
from monitor.state import RaceState, Watched
from tests.core_examples import (
    COMPLETE,
    DURHAM,
    DURHAM_NIGHT,
    RULES,
    Told,
    arrival,
    card,
    contest,
    minutes,
)
from tests.test_message import NINE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.night import Night, Scraper
    from monitor.store import Store

SLACK = SlackConfig(
    (Channel("#a", ("Example Coalition",)),), "#ops", callers_channel="#callers",
    quiet_hours=(time(23), time(7)),
)  # fmt: skip


def desk(day: int, hour: int, minute: int = 0) -> datetime:
    """Return a moment of May 2018 on the desk's clock, in UTC."""
    return datetime(2018, 5, day, hour + 4, minute, tzinfo=UTC) if hour < 20 else datetime(
        2018, 5, day + 1, hour - 20, minute, tzinfo=UTC
    )  # fmt: skip


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ((time(23), time(7)), desk(8, 22, 59), None),
        ((time(23), time(7)), desk(8, 23), desk(9, 7)),
        ((time(23), time(7)), desk(9, 3), desk(9, 7)),
        ((time(23), time(7)), desk(9, 7), None),
        ((time(1), time(6)), desk(9, 0, 30), None),
        ((time(1), time(6)), desk(9, 5, 59), desk(9, 6)),
        ((time(1), time(6)), desk(9, 12), None),
        (None, desk(9, 3), None),
    ],
)
def test_quiet_hours_are_on_the_desks_clock(
    hours: tuple[time, time] | None, now: datetime, until: datetime | None
) -> None:
    """Over midnight and within a day; the end is no quiet hour any more."""
    assert quiet_until(replace(SLACK, quiet_hours=hours), now) == until


def test_the_clock_that_is_put_forward_in_the_night_ends_them_in_time() -> None:
    """7:00 AM on March 11, 2018 is eleven hours UTC, an hour earlier than the day before."""
    end = quiet_until(SLACK, datetime(2018, 3, 11, 5, tzinfo=UTC))
    assert end is not None
    assert end.astimezone(UTC) == datetime(2018, 3, 11, 11, tzinfo=UTC)


def post(kind: RowClass = RowClass.UPDATE, channel: str = "#a", key: str = "k") -> Post:
    """Return a message of the race."""
    return Post(key, kind, "the-race", "count-updated", channel, None, "t", "[]", minutes(0))


def test_outcomes_callers_and_ops_never_wait() -> None:
    """What is asked of a person in the night is asked in the night."""
    waits = [may_wait(one, SLACK) for one in (
        post(), post(RowClass.OUTCOME), post(channel="#ops"), post(channel="#callers"),
        post(channel="U0FIRST0001"),
    )]  # fmt: skip
    assert waits == [True, False, False, False, False]


def test_a_race_counts_from_its_close_until_it_is_complete_or_the_night_is_over() -> None:
    """Not before, and not for the weeks of late ballots."""
    watched = Watched(DURHAM, card(DURHAM), closes_at=minutes(0))
    told = Told(watched)
    told.look(arrival(contest(NINE, (9, 57)), minutes(30)))
    asked = [is_counting(watched, told.state, minutes(at)) for at in (-1, 0, 300, 960, 961)]
    assert asked == [False, True, True, True, False]
    for at in (180, 181):
        told.look(arrival(contest(DURHAM_NIGHT, (57, 57)), minutes(at), COMPLETE))
    assert not is_counting(watched, told.state, minutes(182))
    assert not is_counting(watched, RaceState(uncontested=True), minutes(30))


# -- in the outbox -----------------------------------------------------------------------


@contextmanager
def stored(folder: Path, archive: str = "live") -> Iterator[tuple[Ledger, Store, Night]]:
    """Yield a ledger over a new database, and a night with Durham and nothing else."""
    config = Config((DURHAM.election,), (), (DURHAM,), SLACK, FetchConfig(), "", "digest")
    night = prepare(config, RULES, _no_source)
    with opened(folder / "night.db") as store:
        store.belongs_to(archive)
        yield Ledger(store), store, night


def _no_source(source: object) -> Scraper:
    raise LookupError(source)


def tell(ledger: Ledger, night: Night, kind: Kind, at: datetime, key: str) -> None:
    """Write down one event about the race, as a visit does."""
    event = Event(key, kind, at, DURHAM.id, reason="The gap is small again.")
    with ledger.transaction():
        ledger.tell(night, [event], DURHAM, RaceState(chain={"race": "root"}))


def due(store: Store, at: datetime) -> list[str]:
    """Return the kinds of message that may be sent at a moment."""
    return [row.kind for row in outbox.due(store.db, at)]


NIGHT_AFTER = desk(10, 3)
MORNING = desk(10, 7)


def test_an_update_waits_for_the_morning(tmp_path: Path) -> None:
    """Nobody's votes are counted at three in the night after the night."""
    with stored(tmp_path) as (ledger, store, night):
        tell(ledger, night, Kind.RACE_OPENED, NIGHT_AFTER, "root")
        assert due(store, NIGHT_AFTER) == []
        assert due(store, MORNING - timedelta(seconds=1)) == []
        assert due(store, MORNING) == ["race-opened"]


def test_an_outcome_takes_what_waits_in_its_line_with_it(tmp_path: Path) -> None:
    """It must not stand behind held rows, and the story stays in order."""
    with stored(tmp_path) as (ledger, store, night):
        tell(ledger, night, Kind.RACE_OPENED, NIGHT_AFTER, "root")
        tell(ledger, night, Kind.HOLD_OFF, NIGHT_AFTER, "off")
        assert due(store, NIGHT_AFTER) == ["race-opened"]
        (row,) = outbox.due(store.db, NIGHT_AFTER)
        assert outbox.claim(store.db, row, NIGHT_AFTER)
        outbox.sent(store.db, row, "C1", "1.1")
        assert due(store, NIGHT_AFTER) == ["hold-off"]


def test_no_hour_is_quiet_while_a_watched_race_counts(tmp_path: Path) -> None:
    """Half past eleven on the night itself."""
    with stored(tmp_path) as (ledger, store, night):
        tell(ledger, night, Kind.RACE_OPENED, desk(8, 23, 30), "root")
        assert due(store, desk(8, 23, 30)) == ["race-opened"]


def test_no_message_of_a_replay_waits_for_the_wall_clock(tmp_path: Path) -> None:
    """Its night is not ours."""
    with stored(tmp_path, "a recording") as (ledger, store, night):
        tell(ledger, night, Kind.RACE_OPENED, NIGHT_AFTER, "root")
        assert due(store, NIGHT_AFTER) == ["race-opened"]


def test_what_waits_for_slack_is_not_let_go_before_its_time(tmp_path: Path) -> None:
    """A row that was tried and given back keeps the wait that Slack asked for."""
    with stored(tmp_path) as (ledger, store, night):
        tell(ledger, night, Kind.RACE_OPENED, desk(8, 23, 30), "root")
        (row,) = outbox.due(store.db, NIGHT_AFTER)
        assert outbox.claim(store.db, row, NIGHT_AFTER)
        outbox.release(store.db, row, "429", NIGHT_AFTER + timedelta(minutes=5))
        tell(ledger, night, Kind.HOLD_OFF, NIGHT_AFTER, "off")
        assert due(store, NIGHT_AFTER + timedelta(minutes=4)) == []


def test_nobody_waits_at_a_terminal_for_the_morning(tmp_path: Path) -> None:
    """What is kept back is not what can still be sent now, and is counted by itself."""
    with stored(tmp_path) as (ledger, store, night):
        tell(ledger, night, Kind.RACE_OPENED, NIGHT_AFTER, "root")
        assert not outbox.movable(store.db)
        assert (outbox.waiting(store.db), outbox.kept_back(store.db)) == (1, 1)
        tell(ledger, night, Kind.HOLD_OFF, NIGHT_AFTER, "off")
        assert outbox.movable(store.db)
        assert outbox.kept_back(store.db) == 0
