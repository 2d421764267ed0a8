"""Before the close: what was shown too soon, and what it takes to believe the source after.

Days and figures are ours; California's and Oregon's rehearsals stand in test_real_incidents.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from pydantic import TypeAdapter

from monitor.decision import Outcome
from monitor.events import OUTCOMES, Kind
from monitor.holds import next_page, page
from monitor.sanity import accept
from monitor.standing import HoldKind, Verdict
from monitor.state import RaceState, Watched
from monitor.teller import Teller
from tests.core_examples import (
    CLOSE,
    DURHAM,
    DURHAM_EARLY,
    DURHAM_NIGHT,
    Told,
    arrival,
    card,
    contest,
    minutes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.standing import Hold

STATE = TypeAdapter(RaceState)
ZERO = dict.fromkeys(DURHAM_NIGHT, 0)
REHEARSED = {"Satana Deberry": 900, "Roger Echols": 1_800, "Daniel Meier": 300}
HOURS = 60
DAYS = 24 * HOURS


@dataclass
class Page:
    """Durham's page, read as `watch` reads it; each state goes through JSON and back."""

    told: Told = field(default_factory=lambda: Told(Watched(DURHAM, card(DURHAM), closes_at=CLOSE)))
    live: bool = False

    def show(
        self,
        votes: Mapping[str, int],
        at: float,
        *,
        is_test: bool = False,
        is_look: bool = True,
        election_date: date | None = None,
    ) -> list[Kind]:
        """Look at figures some minutes after the close, with every unit in."""
        one = arrival(
            contest(votes), minutes(at), is_look=is_look, is_test=is_test,
            election_date=election_date,
        )  # fmt: skip
        kinds = self.told.look(replace(one, is_live=self.live, race="the-race", source="nc_durham"))
        kept = STATE.validate_json(STATE.dump_json(self.told.state))
        assert kept == self.told.state
        return kinds

    def wait(self, at: float) -> list[Kind]:
        """Let time pass without a look."""
        teller = Teller(self.told.watched, self.told.state, minutes(at))
        page(teller)
        self.told.state = teller.state
        self.told.events.extend(teller.events)
        return [event.kind for event in teller.events]

    @property
    def hold(self) -> Hold | None:
        """Return the hold in force."""
        return self.told.state.standings["nc_durham"].hold

    @property
    def verdict(self) -> Verdict:
        """Return what became of the last look."""
        return self.told.steps[-1].verdict


def test_a_frozen_page_is_released_by_a_look_after_the_close() -> None:
    """Early votes uploaded ten minutes too soon: a slip, and nobody has to be asked."""
    night = Page()
    assert night.show(DURHAM_EARLY, -10) == [Kind.REPORT_HELD]
    assert night.show(DURHAM_EARLY, 1, is_look=False) == []
    assert night.verdict is Verdict.HELD
    assert night.show(DURHAM_EARLY, 2) == [Kind.FIRST_VOTES]


def test_votes_that_nobody_saw_before_the_close_need_no_person() -> None:
    night = Page()
    night.show(ZERO, -2 * DAYS)
    night.show(ZERO, -5)
    assert night.show(DURHAM_EARLY, 2) == [Kind.FIRST_VOTES]


@pytest.mark.parametrize("shown_at", [-6.9 * DAYS, -1 * DAYS, -12 * HOURS, -61])
@pytest.mark.parametrize("reset", [True, False])
def test_a_source_that_rehearsed_is_not_believed_until_somebody_says_it_is_live(
    shown_at: float, *, reset: bool
) -> None:
    """Neither new figures nor repetition release it, and no outcome comes from it."""
    night = Page()
    night.show(REHEARSED, shown_at)
    if reset:
        night.show(ZERO, -30)
    for at, votes in (
        (5, DURHAM_EARLY),
        (60, DURHAM_EARLY),
        (180, DURHAM_NIGHT),
        (200, DURHAM_NIGHT),
    ):
        night.show(votes, at)
        assert night.verdict is Verdict.HELD
    assert not {Kind.FIRST_VOTES, Kind.COUNT_UPDATED, *OUTCOMES} & set(night.told.kinds)
    night.live = True
    assert night.show(DURHAM_NIGHT, 201) == [Kind.FIRST_VOTES]
    assert night.show(DURHAM_NIGHT, 202) == [Kind.RACE_WON]


def test_the_reason_names_the_rehearsal_and_the_remedy() -> None:
    night = Page()
    night.show(REHEARSED, -2 * DAYS)
    night.show(ZERO, -30)
    night.show(DURHAM_EARLY, 5)
    assert night.told.last(Kind.REPORT_HELD).reason == (
        "this source showed rehearsal votes on May 6; "
        "if these are the real count, say so: "
        "python run.py go-live the-race nc_durham --who NAME --why …"
    )


def test_callers_are_paged_ten_minutes_after_the_close_and_not_for_days_before() -> None:
    night = Page()
    night.show(REHEARSED, -2 * DAYS)
    assert night.wait(-DAYS) == []
    assert next_page(night.told.watched, night.told.state) == minutes(10)
    night.show(REHEARSED, 1)
    assert night.wait(9.9) == []
    assert night.wait(10) == [Kind.CALLERS_PAGED]
    assert "python run.py go-live the-race nc_durham" in night.told.last(Kind.CALLERS_PAGED).reason
    assert night.wait(60) == []


def test_a_rehearsal_of_an_earlier_week_tells_nothing_of_the_night() -> None:
    night = Page()
    night.show(REHEARSED, -8 * DAYS)
    night.show(ZERO, -30)
    assert night.show(DURHAM_EARLY, 2) == [Kind.FIRST_VOTES]


def test_zeros_under_a_test_mark_are_no_rehearsal() -> None:
    """Vendors mark a page as not for production until the night begins."""
    night = Page()
    night.show(ZERO, -2 * DAYS, is_test=True)
    assert night.show(DURHAM_EARLY, 2) == [Kind.FIRST_VOTES]


def test_votes_under_a_test_mark_are_a_rehearsal_even_after_the_close() -> None:
    night = Page()
    night.show(REHEARSED, 1, is_test=True)
    night.show(REHEARSED, 2)
    assert night.verdict is Verdict.HELD
    assert night.hold is not None
    assert "go-live" in night.hold.reason


def test_a_test_mark_on_a_source_that_counts_already_ends_with_the_mark() -> None:
    night = Page()
    night.show(ZERO, -5)
    night.show(DURHAM_EARLY, 2)
    night.show(REHEARSED, 10, is_test=True)
    night.show(DURHAM_EARLY, 12)
    assert (night.verdict, night.hold) == (Verdict.SAME, None)


def test_the_election_before_at_the_same_address_is_no_rehearsal() -> None:
    """Its votes stand there for months; the date alone is what holds them."""
    night = Page()
    night.show(DURHAM_NIGHT, -3 * DAYS, election_date=date(2016, 3, 15))
    assert night.hold is not None
    assert night.hold.kind is HoldKind.HARD
    assert night.show(DURHAM_EARLY, 2) == [Kind.FIRST_VOTES]


def test_zeros_after_the_close_are_read_from_a_source_that_rehearsed() -> None:
    night = Page()
    night.show(REHEARSED, -DAYS)
    night.show(ZERO, 3)
    assert (night.verdict, night.hold) == (Verdict.ACCEPTED, None)
    night.show(DURHAM_EARLY, 5)
    assert night.verdict is Verdict.HELD


def test_a_person_may_accept_one_report_of_it_instead() -> None:
    night = Page()
    night.show(REHEARSED, -DAYS)
    night.show(DURHAM_EARLY, 5)
    state = night.told.state
    standing = accept(state.standings["nc_durham"], minutes(6))
    night.told.state = replace(state, standings={"nc_durham": standing})
    assert night.show(DURHAM_EARLY, 7) == [Kind.FIRST_VOTES]
    night.show(DURHAM_NIGHT, 180)
    assert night.verdict is Verdict.HELD, "the next one is held again"


def test_going_live_taken_back_holds_the_source_again() -> None:
    night = Page(live=True)
    night.show(REHEARSED, -DAYS)
    night.show(DURHAM_NIGHT, 5)
    night.live = False
    night.show(DURHAM_NIGHT, 7)
    assert night.verdict is Verdict.HELD
    assert all(one.outcome is Outcome.NONE for one in night.told.steps[-1].decisions)


def test_a_close_in_another_zone_is_a_slip_and_no_rehearsal() -> None:
    """The first polls of the state close an hour before the race's last ones."""
    night = Page()
    night.show(DURHAM_EARLY, -60)
    assert night.show(DURHAM_EARLY, 1) == [Kind.FIRST_VOTES]
    assert night.told.events[-1].at - CLOSE == timedelta(minutes=1)
