"""What is told of a count at once, what is gathered, and that nothing of it is ever lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from monitor import ledger, noise
from monitor.diff import pass_time
from monitor.events import OUTCOMES, Kind
from monitor.message import posts
from monitor.model import VoteCount, VoteType
from monitor.night import prepare
from monitor.noise import NOISE, Lead, Pace, Thresholds, all_told, due_at, gathered, milestone
from monitor.races import Config, FetchConfig
from monitor.state import RaceState, Watched, current
from monitor.teller import content
from monitor.timers import next_moment
from tests.core_examples import (
    CERTIFIED,
    DURHAM,
    RULES,
    SLACK,
    Told,
    arrival,
    card,
    contest,
    minutes,
)
from tests.test_message import scene_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.events import Event
    from monitor.night import Scraper

STATE = TypeAdapter(RaceState)
BEGUN = {"Satana Deberry": 10_000, "Roger Echols": 9_950, "Daniel Meier": 2_000}
LOUD = Thresholds(fewest=0, per_mille=0, longest=timedelta(0), turns=1_000_000)
"""As it would be without any rule against noise."""


def night(budget: int = 20) -> Told:
    """Return Durham with its first votes told, half of the precincts out."""
    told = Told(Watched(DURHAM, card(DURHAM), closes_at=minutes(0), updates_per_hour=budget))
    told.look(arrival(contest(dict.fromkeys(BEGUN, 0), (0, 57)), minutes(-5)))
    assert told.see(BEGUN, 5, (20, 57)) == [Kind.FIRST_VOTES]
    return told


def plus(*votes: int) -> dict[str, int]:
    """Return the figures of the first votes with some more for each."""
    return {name: count + more for (name, count), more in zip(BEGUN.items(), votes, strict=False)}


def until(told: Told, at: float) -> list[Kind]:
    """Let time alone pass, tick by tick; each state goes through JSON and back."""
    kinds: list[Kind] = []
    now = max((step.at for step in told.events), default=minutes(0))
    while (due := next_moment(told.watched, told.state, now)) and due <= minutes(at):
        told.state = STATE.validate_json(STATE.dump_json(told.state))
        kinds += told.take(pass_time(told.watched, told.state, due))
        now = due
    return kinds


# -- thresholds --------------------------------------------------------------------------


def test_a_small_change_waits_for_the_next_one_that_is_worth_telling() -> None:
    """A few votes are left for the next update, which tells them all against the last told."""
    told = night()
    assert told.see(plus(6, 5, 0), 10, (20, 57)) == []
    assert told.see(plus(9, 6, 0), 12, (20, 57)) == []
    assert told.see(plus(100, 60, 0), 14, (21, 57)) == [Kind.COUNT_UPDATED]
    event = told.last(Kind.COUNT_UPDATED)
    assert event.before is not None
    assert event.after is not None
    assert (event.before.total, event.after.total) == (21_950, 22_110)
    assert (event.updates, event.since) == (3, minutes(5))
    (post,) = posts(event, scene_of(told))
    assert post.text == (
        "COUNT: Deberry leads Echols by 90, Durham DA, DEM. 21/57 precincts (+1); "
        "3 updates since 7:35 PM ET (was +50); +160 votes."
    )


def test_what_is_too_small_is_told_after_a_quarter_of_an_hour() -> None:
    """Without any other change a tick tells it, once."""
    told = night()
    assert told.see(plus(6, 5, 0), 10, (20, 57)) == []
    assert noise.next_moment(told.state.pace, 20) == minutes(25)
    assert until(told, 24.9) == []
    assert until(told, 40) == [Kind.COUNT_UPDATED]
    assert told.events[-1].at == minutes(25)
    assert told.see(plus(6, 5, 0), 41, (20, 57)) == []


def test_small_races_hear_of_smaller_changes_than_large_ones() -> None:
    """25 votes or 0.2 percent of those told, whichever is more."""
    assert night().see(plus(30, 10, 2), 10, (20, 57)) == []  # 43 of 21,950 is the limit
    assert night().see(plus(30, 10, 3), 10, (20, 57)) == [Kind.COUNT_UPDATED]


@pytest.mark.parametrize(
    ("more", "units"),
    [((0, 0, 0), (21, 57)), ((0, 51, 0), (20, 57)), ((1, 0, 0), (57, 57))],
    ids=["units", "leader", "complete"],
)
def test_units_leaders_and_completeness_are_told_at_once(
    more: tuple[int, int, int], units: tuple[int, int]
) -> None:
    """However few votes came with them; a lead waits for its second look as ever."""
    told = night()
    kinds = told.see(plus(*more), 10, units) + told.see(plus(*more), 11, units)
    assert {Kind.COUNT_UPDATED, Kind.LEAD_CHANGED} & set(kinds)


def test_figures_an_outcome_hangs_on_are_told_at_once() -> None:
    """Eleven votes after the last precinct, and the outcome a minute later."""
    told = night()
    last = {"Satana Deberry": 15_207, "Roger Echols": 12_648, "Daniel Meier": 3_325}
    told.see(last, 60, (57, 57))
    more = {**last, "Roger Echols": 12_659}
    assert told.see(more, 60.5, (57, 57)) == [Kind.COUNT_UPDATED]
    assert told.see(more, 61.5, (57, 57)) == [Kind.RACE_WON]
    assert told.see({**more, "Roger Echols": 12_660}, 70, (57, 57)) == []


def test_what_was_gathered_is_told_before_the_count_is_certified() -> None:
    """Or it would be told as an amendment of what was certified."""
    told = night()
    last = {"Satana Deberry": 15_207, "Roger Echols": 12_648, "Daniel Meier": 3_325}
    for at in (60, 61):
        told.see(last, at, (57, 57))
    more = {**last, "Roger Echols": 12_650}
    assert told.see(more, 70, (57, 57)) == []
    kinds = [told.see(more, at, (57, 57), CERTIFIED) for at in (71, 72)]
    assert kinds == [[], [Kind.COUNT_UPDATED, Kind.OUTCOME_CERTIFIED]]


def test_figures_that_are_those_told_again_leave_nothing_to_tell() -> None:
    """The county takes four votes back before anybody heard of them."""
    told = night()
    told.see(plus(4, 0, 0), 10, (20, 57), version=1)
    for at in (11, 17):
        told.see(BEGUN, at, (20, 57), version=2)
    assert content(told.state.tally) == content(current(told.watched, told.state, minutes(17))[0])
    assert told.state.pace.since is None
    assert until(told, 60) == []


def test_a_count_that_was_gathered_is_no_late_start() -> None:
    """Whoever saw it change saw it before it was complete."""
    told = Told(Watched(DURHAM, card(DURHAM)))
    assert told.see(BEGUN, 60, (57, 57)) == [Kind.NOW_WATCHING]
    told.see(plus(2, 0, 0), 60.5, (57, 57))
    assert not told.state.late_start


# -- the budget --------------------------------------------------------------------------


def test_beyond_the_budget_updates_are_told_in_one_digest_at_the_half_hour() -> None:
    """Two an hour: the third waits for 8:00 PM, and the next for room."""
    told = night(budget=2)
    kinds = [told.see(plus(100 * n, 0, 0), 5 + n, (20 + n, 57)) for n in range(1, 6)]
    assert kinds == [[Kind.COUNT_UPDATED], [Kind.COUNT_UPDATED], [], [], []]
    assert until(told, 60) == [Kind.COUNT_UPDATED]
    digest = told.events[-1]
    assert (digest.at, digest.updates) == (minutes(30), 3)
    assert told.see(plus(900, 0, 0), 40, (30, 57)) == []
    assert until(told, 200) == [Kind.COUNT_UPDATED]
    assert told.events[-1].at == minutes(67)  # the first two are an hour old


def test_lead_changes_revisions_and_outcomes_are_never_held_back() -> None:
    """The budget is for updates alone."""
    told = night(budget=1)
    told.see(plus(100, 0, 0), 6, (21, 57))
    assert told.see(plus(200, 0, 0), 7, (22, 57)) == []
    told.see(plus(200, 900, 0), 8, (23, 57))
    assert told.see(plus(200, 900, 0), 9, (23, 57)) == [Kind.LEAD_CHANGED]
    fewer = plus(200, 700, 0)
    told.see(fewer, 10, (23, 57), version=2)
    assert told.see(fewer, 16, (23, 57), version=2) == [Kind.COUNT_REVISED]


def test_the_half_hour_is_every_zones() -> None:
    """The first :00 or :30 that is not before; one more an hour than the budget, never two."""
    full = Pace(told_at=(minutes(1), minutes(2)))
    waits = gathered(full, "more", minutes(5), worth=True)
    assert due_at(waits, 2) == minutes(30)
    again = replace(waits, told_at=(*full.told_at, minutes(30)), since=minutes(31))
    assert due_at(again, 2) == minutes(62)
    assert due_at(all_told(waits, "more", minutes(30), counts=True), 2) is None


# -- leads -------------------------------------------------------------------------------


def swinging() -> Told:
    """Return a lead that changes every two minutes, five times confirmed."""
    told = night()
    for turn in range(5):
        ahead = plus(0, 100 + turn, 0) if turn % 2 == 0 else plus(200 + turn, 100 + turn, 0)
        ahead = {name: votes + 300 * turn for name, votes in ahead.items()}
        for look in (0, 1):
            told.see(ahead, 10 + 2 * turn + look, (21 + turn, 57))
    return told


def leads(events: list[Event]) -> Iterator[tuple[str, datetime]]:
    """Yield what was told of a lead, and when."""
    return ((e.reason, e.at) for e in events if e.kind is Kind.LEAD_CHANGED)


def test_a_lead_that_goes_back_and_forth_is_told_once_until_it_stands() -> None:
    """Three changes, then one word for all, then quiet, then who leads in the end."""
    told = swinging()
    until(told, 60)
    assert [reason for reason, _ in leads(told.events)] == ["", "", "", "back and forth", "settled"]
    assert told.events[-1].at == minutes(29)  # ten minutes after the last change
    words = [posts(e, scene_of(told))[0].text for e in told.events if e.kind is Kind.LEAD_CHANGED]
    assert [text.partition(":")[0] for text in words[2:]] == [
        "LEAD CHANGE", "LEAD CHANGING BACK AND FORTH", "LEAD STANDS AGAIN",
    ]  # fmt: skip
    assert "Deberry trails Echols" in words[-1]


def test_the_next_change_after_a_lead_stood_is_news_again() -> None:
    """The memory of turns ends with it."""
    told = swinging()
    until(told, 60)
    back = {name: votes + 4_000 for name, votes in plus(900, 0, 0).items()}
    told.see(back, 61, (40, 57))
    told.see(back, 62, (40, 57))
    assert list(leads(told.events))[-1] == (Lead.CHANGED.value, minutes(62))


# -- words -------------------------------------------------------------------------------


def test_an_update_says_what_kind_of_votes_came() -> None:
    """Of a source that splits every vote; nothing is said where one vote has no kind."""
    told = Told(Watched(DURHAM, card(DURHAM)))
    told.look(arrival(contest({"Satana Deberry": 0, "Roger Echols": 0}, (0, 57)), minutes(-5)))
    for at, mail, day in ((5, 500, 0), (9, 900, 0), (14, 900, 400)):
        types = {VoteType.ABSENTEE_MAIL: mail, VoteType.ELECTION_DAY: day}
        made = contest({"Satana Deberry": mail + day, "Roger Echols": 0}, (0, 57), types=types)
        told.look(arrival(made, minutes(at)))
    texts = [posts(e, scene_of(told))[0].text for e in told.events]
    assert texts[0].endswith("0/57 precincts; mail only.")
    assert texts[1].endswith("0/57 precincts; +400 votes, mail only.")
    assert texts[2].endswith("0/57 precincts; +400 votes, election day.")
    plain = contest({"Satana Deberry": 2_000, "Roger Echols": 0}, (0, 57))
    told.look(arrival(replace(plain, selections=(
        replace(plain.selections[0], by_type=(VoteCount(VoteType.ELECTION_DAY, 900),)),
        plain.selections[1],
    )), minutes(19)))  # fmt: skip
    assert posts(told.events[-1], scene_of(told))[0].text.endswith("; +700 votes.")


@pytest.mark.parametrize(
    ("units", "words"),
    [
        (28, "precincts (+8); +60 votes."),
        (29, "Half of the precincts are in."),
        (43, "Three quarters of the precincts are in."),
        (56, "97% of the precincts are in."),
        (57, "All precincts are in."),
    ],
)
def test_milestones_are_named_once_they_are_passed(units: int, words: str) -> None:
    """And only the highest of those passed at once."""
    told = night()
    told.see(plus(60, 0, 0), 10, (units, 57))
    assert posts(told.last(Kind.COUNT_UPDATED), scene_of(told))[0].text.endswith(words)


def test_no_milestone_without_units() -> None:
    """Los Angeles publishes none."""
    assert milestone(None, None) == 0


def test_a_count_says_all_in_while_an_outcome_waits_for_its_release() -> None:
    """Some people have it; a reason for no outcome would be false."""
    told = Told(Watched(DURHAM, card(DURHAM), closes_at=minutes(0), release=(("won", 30),)))
    told.look(arrival(contest(dict.fromkeys(BEGUN, 0), (0, 57)), minutes(-5)))
    last = {"Satana Deberry": 15_207, "Roger Echols": 12_648, "Daniel Meier": 3_325}
    for at in (60, 61):
        told.see(last, at, (57, 57))
    assert told.kinds[-1] is Kind.HEADS_UP
    config = Config((DURHAM.election,), (), (DURHAM,), SLACK, FetchConfig(), "", "digest")
    told.see({**last, "Daniel Meier": 3_400}, 65, (57, 57))
    scene = ledger.scene_of(prepare(config, RULES, _no_source), DURHAM, told.state)
    (post,) = posts(told.last(Kind.COUNT_UPDATED), scene)
    assert "All in, not released." in post.blocks
    assert "No outcome yet" not in post.blocks


def _no_source(source: object) -> Scraper:
    raise LookupError(source)


# -- nothing is lost ---------------------------------------------------------------------


@dataclass
class Sequence:
    """A night given as steps, played with looks every minute and every tick in between."""

    budget: int
    told: Told

    def play(self, steps: list[tuple[int, int, int, int, int]]) -> None:
        """Take each step: minutes, more votes for each of three, more units."""
        votes, units, at = dict(BEGUN), 20, 5
        for gap, *more, came in steps:
            votes = {
                name: count + new for (name, count), new in zip(votes.items(), more, strict=True)
            }
            units = min(units + came, 57)
            for _ in range(gap):
                at += 1
                until(self.told, at)
                self.told.see(votes, at, (units, 57))
                self._check(at)

    def _check(self, at: float) -> None:
        """Compare what is newest with what was told, and with what waits."""
        state = self.told.state
        newest, _ = current(self.told.watched, state, minutes(at))
        shown = [e for e in self.told.events if e.after is not None and e.kind not in OUTCOMES]
        assert content(shown[-1].after) == content(state.tally)
        if content(newest) == content(state.tally):
            return
        turning = any(one.turning is not None for one in state.told.values())
        recent = [t for t in state.pace.told_at if minutes(at) - t < NOISE.hour]
        assert state.pace.since is not None or turning
        if not turning and state.pace.since is not None and len(recent) < self.budget:
            assert minutes(at) - state.pace.since < NOISE.longest


STEPS = st.lists(
    st.tuples(
        st.integers(1, 4), st.integers(0, 90), st.integers(0, 90), st.integers(0, 9),
        st.sampled_from([0, 0, 0, 1, 9]),
    ),
    max_size=40,
)  # fmt: skip


@settings(max_examples=40)
@given(STEPS, st.sampled_from([1, 3, 20]))
def test_what_was_told_and_what_waits_is_always_what_is_newest(
    steps: list[tuple[int, int, int, int, int]], budget: int
) -> None:
    """For any night: nothing lost or late, no hour over its budget, every outcome in its minute."""
    quiet, loud = (Sequence(one, night(one)) for one in (budget, 100_000))
    quiet.play(steps)
    before = noise.NOISE
    noise.NOISE = LOUD
    try:
        loud.play(steps)
    finally:
        noise.NOISE = before
    told, without = (
        [(e.kind, e.at, e.candidate) for e in one.told.events if e.kind in OUTCOMES]
        for one in (quiet, loud)
    )
    assert told == without
    counts = [e.at for e in quiet.told.events if e.kind is Kind.COUNT_UPDATED]
    for at in counts:
        assert sum(at - NOISE.hour < one <= at for one in counts) <= budget + 1
