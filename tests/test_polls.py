"""Broken and stale are different alerts; each is told once and clears itself."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from monitor.errors import Blocked, LayoutChanged, ServerTrouble, SourceFailure, Unreachable
from monitor.events import Kind
from monitor.polls import PollState, failed, succeeded
from tests.core_examples import CLOSE, keys_of, minutes

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.events import Event

STATE = TypeAdapter(PollState)


class Polled:
    """A source polled again and again; each state goes through JSON and back."""

    def __init__(self) -> None:
        """Begin with a source never visited."""
        self.poll = PollState()
        self.events: list[Event] = []

    def fail(self, at: float, error: SourceFailure | None = None) -> list[Kind]:
        """Take a failure into account."""
        why = error or Unreachable("no answer from er.ncsbe.gov")
        return self._keep(failed(self.poll, "nc_durham", why, minutes(at)))

    def answer(
        self, at: float, *, changed: bool = False, counting: datetime | None = CLOSE
    ) -> list[Kind]:
        """Take an answer into account."""
        return self._keep(
            succeeded(self.poll, "nc_durham", minutes(at), changed=changed, counting_since=counting)
        )

    def _keep(self, result: tuple[PollState, tuple[Event, ...]]) -> list[Kind]:
        self.poll, events = result
        assert STATE.validate_json(STATE.dump_json(self.poll)) == self.poll
        self.events.extend(events)
        return [event.kind for event in events]


def test_an_outage_of_ten_minutes_is_told_once_and_so_is_its_end() -> None:
    polled = Polled()
    polled.answer(0, changed=True)
    told = [polled.fail(at) for at in (1, 3, 7, 10.9, 11, 15, 60)]
    assert told == [[], [], [], [], [Kind.SOURCE_BROKEN], [], []]
    assert polled.poll.failing_since == minutes(1)
    assert polled.answer(61) == [Kind.SOURCE_RECOVERED]
    assert polled.answer(62, counting=None) == []
    assert (polled.poll.failures, polled.poll.error) == (0, "")
    assert not polled.poll.failing_since


def test_six_minutes_are_not_told() -> None:
    polled = Polled()
    assert [polled.fail(at) for at in range(7)] == [[]] * 7
    assert polled.answer(7) == []


def test_one_long_silence_between_two_failures_is_not_enough() -> None:
    polled = Polled()
    assert polled.fail(0) == []
    assert polled.fail(30) == []
    assert polled.fail(31) == [Kind.SOURCE_BROKEN]


@pytest.mark.parametrize("error", [Blocked("403"), LayoutChanged("expected one table, found 0")])
def test_a_wall_or_a_redesign_is_told_at_the_second_time(error: SourceFailure) -> None:
    polled = Polled()
    assert polled.fail(0, error) == []
    assert polled.fail(1, error) == [Kind.SOURCE_BROKEN]
    assert polled.fail(2, error) == []
    assert polled.events[0].reason == f"{type(error).__name__}: {error}"


def test_a_second_outage_is_told_again_with_another_key() -> None:
    polled = Polled()
    for start in (0, 100):
        for at in (0, 5, 11):
            polled.fail(start + at)
        polled.answer(start + 20)
    kinds = [event.kind for event in polled.events]
    assert kinds == [Kind.SOURCE_BROKEN, Kind.SOURCE_RECOVERED] * 2
    assert len(set(keys_of(polled.events))) == 4


def test_the_sites_wish_to_be_left_alone_is_kept_until_it_answers() -> None:
    polled = Polled()
    polled.fail(0, ServerTrouble("503", retry_after=120.0))
    assert polled.poll.retry_after == 120.0
    polled.fail(3, LayoutChanged("moved"))
    assert polled.poll.retry_after == 0.0


def test_a_failure_makes_the_next_visit_unconditional() -> None:
    polled = Polled()
    polled.poll = PollState(visits=4)
    polled.fail(0)
    assert polled.poll.visits == 0


def test_an_hour_without_a_change_is_stale_once_and_a_change_clears_it() -> None:
    polled = Polled()
    polled.answer(10, changed=True)
    told = [polled.answer(at) for at in (30, 69.9, 70, 71, 200)]
    assert told == [[], [], [Kind.SOURCE_STALE], [], []]
    assert polled.answer(201, changed=True) == []
    assert not polled.poll.stale_told
    assert polled.answer(261) == [Kind.SOURCE_STALE]
    assert len(set(keys_of(polled.events))) == 2


def test_the_hour_begins_at_the_close() -> None:
    polled = Polled()
    polled.answer(-500, changed=True)
    assert [polled.answer(at) for at in (0, 59, 60)] == [[], [], [Kind.SOURCE_STALE]]


def test_nothing_is_stale_when_no_change_is_expected() -> None:
    polled = Polled()
    polled.answer(0, changed=True)
    assert polled.answer(600, counting=None) == []


def test_a_broken_source_is_not_also_stale_until_it_answers() -> None:
    polled = Polled()
    polled.answer(0, changed=True)
    for at in (60, 66, 71):
        polled.fail(at)
    assert polled.answer(90) == [Kind.SOURCE_RECOVERED]
    assert polled.answer(91) == [Kind.SOURCE_STALE]
    assert polled.poll.ok_at == CLOSE + timedelta(minutes=91)
