"""Who hears of a hold, how often, and until when: the thread, ops, and the callers.

Desk §1.5: UNDER CHECK once while a hard hold lasts and staff saw older numbers; a hard
hold older than ten minutes pages the callers. Figures are Durham's, times are ours.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from monitor.diff import miss
from monitor.events import Event, Kind
from monitor.holds import next_page, page
from monitor.people import Stood
from monitor.sanity import accept, accept_digest
from monitor.state import RaceState, Watched
from monitor.teller import Teller
from tests.core_examples import (
    CLOSE,
    DURHAM,
    DURHAM_EARLY,
    DURHAM_NIGHT,
    SHARE,
    Told,
    arrival,
    card,
    contest,
    keys_of,
    minutes,
    race,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

STATE = TypeAdapter(RaceState)
NEWS = (Kind.REPORT_HELD, Kind.HOLD_CLEARED, Kind.CALLERS_PAGED)


class Night(Told):
    """A race watched, with time passing between its looks."""

    def wait(self, at: float) -> list[Kind]:
        """Let time be looked at, as the timers do."""
        kept = STATE.validate_json(STATE.dump_json(self.state))
        teller = Teller(self.watched, kept, minutes(at))
        page(teller)
        self.state = teller.state
        self.events.extend(teller.events)
        return [event.kind for event in teller.events]

    def test_mark(self, at: float, votes: Mapping[str, int] = DURHAM_NIGHT) -> list[Kind]:
        """Look at a page that is marked as test data."""
        made = arrival(contest(votes, (0, 57)), minutes(at), is_test=True)
        return [kind for kind in self.look(made) if kind in NEWS]

    def good(self, at: float) -> list[Kind]:
        """Look at the numbers staff know."""
        return [kind for kind in self.see(DURHAM_EARLY, at, (0, 57)) if kind in NEWS]

    @property
    def next_at(self) -> datetime | None:
        """Return when time has more to say."""
        return next_page(self.watched, self.state)

    def heard(self) -> list[tuple[Kind, datetime]]:
        """Return what the thread heard of holds, and when."""
        return [(one.kind, one.at) for one in self.events if is_for_thread(one)]


def is_for_thread(event: Event) -> bool:
    """UNDER CHECK shows the older numbers beside it; ops hear of the others alone."""
    if event.kind is Kind.REPORT_HELD:
        return event.before is not None
    return event.kind is Kind.HOLD_CLEARED


def counting() -> Night:
    """Return a night whose early votes staff know since five minutes after the close."""
    night = Night(Watched(DURHAM, card(DURHAM), closes_at=CLOSE))
    night.see(dict.fromkeys(DURHAM_NIGHT, 0), -5, (0, 57))
    night.see(DURHAM_EARLY, 5, (0, 57))
    return night


# -- the thread --------------------------------------------------------------------------


def test_under_check_is_said_once_and_its_end_once() -> None:
    night = counting()
    assert night.test_mark(20) == [Kind.REPORT_HELD]
    assert [night.test_mark(at) for at in (21, 25, 29)] == [[]] * 3
    assert night.good(30) == [Kind.HOLD_CLEARED]
    assert night.good(31) == []
    assert [kind for kind, _ in night.heard()] == [Kind.REPORT_HELD, Kind.HOLD_CLEARED]


def test_another_cause_is_told_to_ops_and_the_thread_knows_already() -> None:
    night = counting()
    night.test_mark(20)
    doubled = {name: 2 * votes for name, votes in DURHAM_EARLY.items()}
    assert night.see(doubled, 22, (0, 57)) == [Kind.REPORT_HELD]
    assert night.events[-1].before is None
    assert "twice the votes" in night.events[-1].reason
    assert night.good(23) == [Kind.HOLD_CLEARED]


def test_a_check_is_not_done_while_lower_numbers_are_held() -> None:
    night = counting()
    night.test_mark(20)
    fewer = {**DURHAM_EARLY, "Roger Echols": 4_000}
    night.see(fewer, 22, (0, 57))
    assert Kind.HOLD_CLEARED not in night.kinds
    kinds = night.see(fewer, 27, (0, 57))
    assert {Kind.COUNT_REVISED, Kind.HOLD_CLEARED} <= set(kinds)


def test_staff_who_saw_no_numbers_hear_of_no_check() -> None:
    night = Night(Watched(DURHAM, card(DURHAM), closes_at=CLOSE))
    night.see(dict.fromkeys(DURHAM_NIGHT, 0), 3, (0, 57))
    assert night.test_mark(5) == [Kind.REPORT_HELD]
    assert night.good(8) == []
    assert night.heard() == []


def test_a_source_set_aside_is_ops_business_alone() -> None:
    night = counting()
    who = Stood("Ann", "frozen", minutes(10), "act-1")
    people = replace(night.state.people, superseded={"nc_durham": who})
    night.state = replace(night.state, people=people)
    assert night.test_mark(20) == [Kind.REPORT_HELD]
    assert night.heard() == []
    assert night.wait(40) == []


# -- flapping ----------------------------------------------------------------------------


def test_a_source_that_flaps_is_told_once_in_ten_minutes() -> None:
    """Held and cleared every other minute: one pair, and then how it stands."""
    night = counting()
    for at in range(20, 30):
        night.test_mark(at) if at % 2 == 0 else night.good(at)
        night.wait(at + 0.5)
    assert [kind for kind, _ in night.heard()] == [Kind.REPORT_HELD, Kind.HOLD_CLEARED]
    assert [one.kind for one in night.events if one.kind in NEWS] == [
        Kind.REPORT_HELD,
        Kind.HOLD_CLEARED,
    ]


def test_the_last_state_of_a_source_that_flaps_is_never_lost() -> None:
    night = counting()
    night.test_mark(20)
    night.good(21)
    night.test_mark(22)
    assert night.next_at == minutes(30), "the thread says that the numbers are current"
    assert night.wait(29.9) == []
    assert night.wait(30) == [Kind.REPORT_HELD]
    assert is_for_thread(night.events[-1])
    assert night.good(33) == [Kind.HOLD_CLEARED]
    assert night.next_at is None


def test_a_new_cause_within_the_silence_is_told_to_ops_at_once() -> None:
    night = counting()
    night.test_mark(20)
    night.good(21)
    doubled = {name: 2 * votes for name, votes in DURHAM_EARLY.items()}
    assert night.see(doubled, 22, (0, 57)) == [Kind.REPORT_HELD]
    assert not is_for_thread(night.events[-1])
    assert night.wait(30) == [Kind.REPORT_HELD]
    assert is_for_thread(night.events[-1])


def test_a_decrease_that_comes_and_goes_is_told_once_in_ten_minutes() -> None:
    """North Carolina's totals fell between two polls and were back at the next."""
    night = counting()
    fewer = {**DURHAM_EARLY, "Roger Echols": 4_000}
    told = [night.see(fewer if at % 2 == 0 else DURHAM_EARLY, at, (0, 57)) for at in range(20, 29)]
    assert sum(map(len, told)) == 1


@settings(max_examples=80)
@given(st.lists(st.tuples(st.integers(20, 400), st.sampled_from(["test", "good", "gone"]))))
def test_whatever_flaps_one_pair_in_ten_minutes_and_the_end_is_known(
    moves: list[tuple[int, str]],
) -> None:
    """In the end the thread knows whether the numbers are under check."""
    night, at = counting(), 20.0
    for wait, kind in moves:
        at += wait / 60
        _move(night, kind, at)
        night.wait(at)
    night.wait(at + 11)
    heard = night.heard()
    starts = [when for kind, when in heard if kind is Kind.REPORT_HELD]
    assert all((b - a).total_seconds() >= 600 for a, b in pairwise(starts))
    assert [kind for kind, _ in heard] == [Kind.REPORT_HELD, Kind.HOLD_CLEARED] * (
        len(heard) // 2
    ) + [Kind.REPORT_HELD] * (len(heard) % 2)
    is_held = night.state.standings["nc_durham"].hold is not None
    assert (len(heard) % 2 == 1) is is_held
    assert len(set(keys_of(night.events))) == len(night.events)


def _move(night: Night, kind: str, at: float) -> None:
    if kind == "gone":
        step = miss(night.watched, night.state, "nc_durham", "gone", minutes(at), alarm=True)
        night.take(step)
    else:
        (night.test_mark if kind == "test" else night.good)(at)


# -- the callers -------------------------------------------------------------------------


def test_a_hard_hold_of_ten_minutes_pages_the_callers_once() -> None:
    night = counting()
    night.test_mark(20)
    assert night.next_at == minutes(30)
    assert night.wait(29.9) == []
    assert night.wait(30) == [Kind.CALLERS_PAGED]
    event = night.last(Kind.CALLERS_PAGED)
    assert (event.source, event.race) == ("nc_durham", "the-race")
    assert event.reason == (
        "numbers held for more than ten minutes: the source marks its data as test data"
    )
    assert event.seen == accept_digest(night.state.standings["nc_durham"]) != ""
    assert [night.wait(at) for at in (31, 60, 600)] == [[]] * 3
    assert night.next_at is None


def test_a_contest_that_is_gone_pages_too_and_has_nothing_to_accept() -> None:
    night = counting()
    step = miss(night.watched, night.state, "nc_durham", "no contest", minutes(20), alarm=True)
    night.take(step)
    assert night.wait(30) == [Kind.CALLERS_PAGED]
    assert night.last(Kind.CALLERS_PAGED).reason.endswith("ten minutes: no contest")
    assert night.last(Kind.CALLERS_PAGED).seen == ""


def test_hard_holds_one_after_another_are_one_wait() -> None:
    night = counting()
    night.test_mark(20)
    doubled = {name: 2 * votes for name, votes in DURHAM_EARLY.items()}
    night.see(doubled, 28, (0, 57))
    assert night.wait(30) == [Kind.CALLERS_PAGED]
    night.test_mark(31)
    assert night.wait(60) == []


def test_a_hold_that_ended_and_came_back_is_another_one() -> None:
    night = counting()
    night.test_mark(20)
    night.wait(30)
    night.good(31)
    night.test_mark(50)
    assert night.wait(59.9) == []
    assert night.wait(60) == [Kind.CALLERS_PAGED]


def test_decreases_and_older_versions_page_nobody() -> None:
    night = counting()
    night.see({**DURHAM_EARLY, "Roger Echols": 4_000}, 20, (0, 57))
    assert night.wait(40) == []
    night = counting()
    night.see({name: votes + 9 for name, votes in DURHAM_EARLY.items()}, 18, (1, 57))
    night.see(DURHAM_EARLY, 20, (0, 57))
    assert night.next_at == minutes(80)
    assert night.wait(40) == []
    assert night.wait(80) == [Kind.REPORT_HELD], "ops are asked without a look, too"
    assert night.wait(81) == []


def test_a_race_told_from_another_source_pages_nobody() -> None:
    """The state's page is removed for 45 minutes while the county's is right."""
    two = race("Satana Deberry", sources=(("county", "Durham"), ("state", "Durham")))
    night = Night(Watched(two, SHARE, closes_at=CLOSE))
    for source in ("county", "state"):
        night.look(arrival(contest(DURHAM_EARLY), minutes(5)), source)
    night.take(miss(night.watched, night.state, "state", "gone", minutes(20), alarm=True))
    assert night.wait(65) == []
    night.take(miss(night.watched, night.state, "county", "gone", minutes(70), alarm=True))
    assert night.wait(80) == [Kind.CALLERS_PAGED]


def two_of(night: Night) -> Watched:
    return night.watched


def test_a_moved_close_moves_the_page() -> None:
    night = Night(Watched(DURHAM, card(DURHAM), closes_at=CLOSE))
    one = arrival(contest(DURHAM_EARLY), minutes(-5), is_test=True)
    night.look(one)
    night.state = replace(night.state, people=replace(night.state.people, closes_at=minutes(60)))
    assert night.wait(69.9) == []
    assert night.wait(70) == [Kind.CALLERS_PAGED]


def test_a_clock_that_is_set_back_begins_the_wait_anew() -> None:
    night = counting()
    night.test_mark(120)
    assert night.wait(20) == []
    assert night.wait(30) == [Kind.CALLERS_PAGED]


@pytest.mark.parametrize("after", [21, 45])
def test_what_a_person_accepts_ends_the_check(after: float) -> None:
    """The count is told by the next look, which proves it."""
    night = counting()
    doubled = {name: 2 * votes for name, votes in DURHAM_EARLY.items()}
    night.see(doubled, 20, (0, 57))
    standing = accept(night.state.standings["nc_durham"], minutes(after))
    night.state = replace(night.state, standings={"nc_durham": standing})
    assert night.wait(after) == [Kind.HOLD_CLEARED]
    assert night.see(doubled, after + 1, (0, 57)) == [Kind.COUNT_UPDATED]
    assert night.see(doubled, after + 2, (0, 57)) == []


def test_a_source_asked_anew_ends_its_check_when_it_answers() -> None:
    """A changed source is a new baseline: its hold is gone, and the thread hears of that."""
    night = counting()
    night.test_mark(20)
    night.state = replace(night.state, standings={})
    assert night.wait(21) == []
    assert Kind.HOLD_CLEARED in night.see(DURHAM_NIGHT, 22)
