"""From look to look: what is told, once, after how many looks, and how it is taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from monitor.decision import Basis, Block, Outcome, Standing
from monitor.diff import advance, miss, open_race, redecide
from monitor.events import OUTCOMES, Event, Kind
from monitor.looks import is_finished
from monitor.state import RaceState, Watched
from tests.core_examples import (
    CERTIFIED,
    COMPLETE,
    DALLAS,
    DALLAS_CERTIFIED,
    DALLAS_NIGHT,
    DURHAM,
    DURHAM_CERTIFIED,
    DURHAM_EARLY,
    DURHAM_NIGHT,
    MAJORITY,
    PLURALITY,
    SHARE,
    Told,
    arrival,
    card,
    contest,
    durham,
    keys_of,
    minutes,
    race,
    rule,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.diff import Step
    from monitor.model import ResultsStatus
    from monitor.rules import Rule

STATE = TypeAdapter(RaceState)
EVENT = TypeAdapter(Event)

SWAPPED = {"Satana Deberry": 12_648, "Roger Echols": 15_207, "Daniel Meier": 3_325}


# -- looks -------------------------------------------------------------------------------


def test_durham_is_told_won_by_the_second_look_and_only_then() -> None:
    told = durham()
    assert told.see(DURHAM_EARLY, 5, (0, 57)) == [Kind.FIRST_VOTES]
    assert told.see(DURHAM_NIGHT, 180) == []
    looks = [told.steps[-1].wants_look]
    assert told.see(DURHAM_NIGHT, 180.9) == []
    assert told.see(DURHAM_NIGHT, 181) == [Kind.LEAD_CHANGED, Kind.RACE_WON]
    assert told.see(DURHAM_NIGHT, 182) == []
    assert told.see(DURHAM_NIGHT, 240) == []
    assert [*looks, told.steps[-1].wants_look] == [True, False]
    won = told.last(Kind.RACE_WON)
    assert won.decision is not None
    assert (won.decision.outcome, won.decision.basis) == (Outcome.WON, Basis.COMPLETE)


def test_a_bare_304_is_no_second_look() -> None:
    told = durham()
    told.see(DURHAM_NIGHT, 180)
    for at in (181, 185, 189):
        bare = arrival(contest(DURHAM_NIGHT), minutes(at), is_look=False)
        assert told.look(bare) == []
        assert told.steps[-1].wants_look
    # No second look for ten minutes: a person is asked, and nothing is told (desk §1.2).
    bare = arrival(contest(DURHAM_NIGHT), minutes(191), is_look=False)
    assert told.look(bare) == [Kind.READY_TO_CALL]
    assert told.steps[-1].wants_look
    assert told.see(DURHAM_NIGHT, 201) == [Kind.RACE_WON]


def test_figures_that_came_without_a_full_look_ask_for_one() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    more = {name: count + 9 for name, count in DURHAM_EARLY.items()}
    assert told.look(arrival(contest(more, (1, 57)), minutes(10), is_look=False)) == []
    assert told.steps[-1].wants_look
    assert told.see(more, 11, (1, 57)) == [Kind.COUNT_UPDATED]


def test_a_status_that_is_withdrawn_between_two_looks_gives_no_outcome() -> None:
    told = durham()
    told.see(DURHAM_NIGHT, 180, None, COMPLETE)
    assert told.see(DURHAM_NIGHT, 182, None, None) == []
    assert told.see(DURHAM_NIGHT, 184, None, COMPLETE) == []
    assert told.see(DURHAM_NIGHT, 186, None, COMPLETE) == [Kind.RACE_WON]


def test_permuted_choices_say_nothing() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    assert told.see(dict(reversed(DURHAM_EARLY.items())), 6, (0, 57)) == []


def test_a_new_version_with_the_same_figures_says_nothing() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57), version=1)
    assert told.see(DURHAM_EARLY, 6, (0, 57), version=2) == []


# -- leads -------------------------------------------------------------------------------

AHEAD = {"Satana Deberry": 5_600, "Roger Echols": 5_100, "Daniel Meier": 1_400}


def test_a_lead_change_waits_sixty_seconds_and_is_told_with_the_newer_figures() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    assert told.see(AHEAD, 20, (3, 57)) == []
    newer = {**AHEAD, "Satana Deberry": 5_900}
    assert told.see(newer, 20.5, (4, 57)) == []
    assert told.see(newer, 21, (4, 57)) == [Kind.LEAD_CHANGED]
    event = told.last(Kind.LEAD_CHANGED)
    assert event.after is not None
    assert event.after.lines[0].votes == 5_900
    assert event.before is not None
    assert event.before.lines[0].name == "Roger Echols"


def test_a_lead_that_turns_back_before_its_second_look_is_an_update() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    told.see(AHEAD, 20, (3, 57))
    back = {**AHEAD, "Roger Echols": 5_700}
    assert told.see(back, 20.8, (4, 57)) == [Kind.COUNT_UPDATED]
    again = {**AHEAD, "Satana Deberry": 5_800, "Roger Echols": 5_700}
    assert told.see(again, 21.5, (5, 57)) == [], "the wait begins again"


def test_leads_that_go_to_and_fro_are_told_each_time_with_another_key() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    for turn in range(6):
        ahead = ("Satana Deberry", "Roger Echols")[turn % 2]
        votes = dict.fromkeys(DURHAM_NIGHT, 6000 + 20 * turn)
        votes[ahead] += 10
        told.see(votes, 20 + 4 * turn, (3 + turn, 57))
        told.see(votes, 22 + 4 * turn, (3 + turn, 57))
    assert told.kinds.count(Kind.LEAD_CHANGED) == 6
    assert len(set(keys_of(told.events))) == len(told.events)


def test_the_same_figures_to_and_fro_under_new_versions_have_distinct_keys() -> None:
    """A→B→A→B, each fall accepted as a revision."""
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57), version=1)
    more = {name: count + 100 for name, count in DURHAM_EARLY.items()}
    for turn, votes in enumerate([more, DURHAM_EARLY, more, DURHAM_EARLY], start=2):
        told.see(votes, 20 * turn, (0, 57), version=turn)
        told.see(votes, 20 * turn + 6, (0, 57), version=turn)
    assert told.kinds.count(Kind.COUNT_REVISED) == 2
    assert told.kinds.count(Kind.COUNT_UPDATED) == 2
    assert len(set(keys_of(told.events))) == len(told.events)


# -- late start --------------------------------------------------------------------------


def test_a_race_already_complete_takes_two_looks_and_says_so() -> None:
    told = Told(Watched(DURHAM, card(DURHAM)))
    assert told.see(DURHAM_NIGHT, 600) == [Kind.NOW_WATCHING]
    assert told.see(DURHAM_NIGHT, 601) == [Kind.RACE_WON]
    assert told.last(Kind.RACE_WON).late_start


def test_already_complete_is_said_only_of_the_figures_we_began_with() -> None:
    """A race that was counting when we began, and one whose figures changed since."""
    told = Told(Watched(DURHAM, card(DURHAM)))
    told.see(DURHAM_NIGHT, 180, (56, 57))
    told.see(DURHAM_NIGHT, 190)
    assert told.see(DURHAM_NIGHT, 191) == [Kind.RACE_WON]
    assert not told.last(Kind.RACE_WON).late_start
    told = dallas()
    for at in (120, 121):
        told.see(DALLAS_NIGHT, at, None, COMPLETE)
    assert told.last(Kind.TOO_CLOSE).late_start
    row = replace(contest(DALLAS_CERTIFIED, None), link="https://example.org/c", who="Ann")
    for at in (300, 301):
        told.look(arrival(row, minutes(at), CERTIFIED))
    assert not told.last(Kind.RACE_LOST).late_start


def test_votes_after_a_zero_are_news_even_without_a_look_before_the_close() -> None:
    told = Told(Watched(DURHAM, card(DURHAM)))
    told.see(dict.fromkeys(DURHAM_NIGHT, 0), 3, (0, 57))
    assert told.see(DURHAM_EARLY, 5, (0, 57)) == [Kind.FIRST_VOTES]


# -- too close, certified ----------------------------------------------------------------


def dallas() -> Told:
    told = Told(Watched(DALLAS, card(DALLAS), frozenset({"nc_durham"})))
    note = replace(contest({}, None), counts_known=False, note="Margin reported: 516.")
    assert told.look(arrival(note, minutes(60))) == [Kind.NOTE_ADDED]
    assert told.look(arrival(note, minutes(61))) == []
    return told


def test_dallas_from_a_note_to_too_close_to_certified() -> None:
    told = dallas()
    assert told.see(DALLAS_NIGHT, 120, None, COMPLETE) == [Kind.NOW_WATCHING]
    assert told.see(DALLAS_NIGHT, 121, None, COMPLETE) == [Kind.TOO_CLOSE]
    assert told.see(DALLAS_NIGHT, 122, None, COMPLETE) == []
    row = replace(contest(DALLAS_CERTIFIED, None), link="https://example.org/c", who="Ann")
    assert told.look(arrival(row, minutes(300), CERTIFIED)) == [Kind.COUNT_UPDATED]
    assert told.look(arrival(row, minutes(301), CERTIFIED)) == [Kind.RACE_LOST]
    lost = told.last(Kind.RACE_LOST)
    assert lost.decision is not None
    assert (lost.decision.basis, lost.decision.margin) == (Basis.CERTIFIED, -589)
    assert is_finished(told.state)


def test_a_certified_row_that_nobody_signed_gives_no_outcome() -> None:
    told = dallas()
    for at in (120, 121, 150):
        told.see(DALLAS_CERTIFIED, at, None, CERTIFIED)
    assert not OUTCOMES & set(told.kinds)


def won() -> Told:
    """Return the Durham night told WON at 181 minutes."""
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    told.see(DURHAM_NIGHT, 180)
    told.see(DURHAM_NIGHT, 181)
    assert told.kinds[-1] is Kind.RACE_WON
    return told


def test_certification_upgrades_an_outcome_once_after_two_looks() -> None:
    told = won()
    assert told.see(DURHAM_CERTIFIED, 20_000, status=CERTIFIED) == [Kind.COUNT_UPDATED]
    assert told.steps[-1].wants_look
    assert told.see(DURHAM_CERTIFIED, 20_001, status=CERTIFIED) == [Kind.OUTCOME_CERTIFIED]
    assert told.see(DURHAM_CERTIFIED, 20_002, status=CERTIFIED) == []
    assert is_finished(told.state)


def test_late_votes_after_an_outcome_are_a_plain_update_that_says_it_stands() -> None:
    told = won()
    assert told.see(DURHAM_CERTIFIED, 9_000) == [Kind.COUNT_UPDATED]
    update = told.last(Kind.COUNT_UPDATED)
    assert (update.touches_outcome, update.outcome_stands) == (True, True)


# -- taking it back ----------------------------------------------------------------------

TURNED = {"Satana Deberry": 15_300, "Roger Echols": 15_900, "Daniel Meier": 3_400}
MISSED = {"Satana Deberry": 15_207, "Roger Echols": 12_648, "Daniel Meier": 24_000}


def test_a_turned_lead_stops_the_words_at_once_and_retracts_after_ten_minutes() -> None:
    told = won()
    assert told.see(TURNED, 300) == [Kind.HOLD_OFF]
    assert told.see(TURNED, 301) == [Kind.LEAD_CHANGED]
    assert not told.last(Kind.LEAD_CHANGED).outcome_stands
    assert told.see(TURNED, 309.9) == []
    assert told.see(TURNED, 310)[0] is Kind.OUTCOME_RETRACTED
    assert told.last(Kind.OUTCOME_RETRACTED).reason == "won"
    assert told.kinds.count(Kind.HOLD_OFF) == 1


def test_the_update_beside_a_hold_off_does_not_say_that_the_outcome_stands() -> None:
    """Third candidate ahead: neither lead nor runoff rule is ours any more."""
    told = won()
    kinds = told.see(MISSED, 300)
    assert Kind.HOLD_OFF in kinds
    revised = [e for e in told.events if e.kind in (Kind.COUNT_UPDATED, Kind.COUNT_REVISED)]
    assert all(e.outcome_stands for e in revised[:-1] if e.at < minutes(300))
    assert not any(e.outcome_stands for e in revised if e.at >= minutes(300))


def test_a_doubt_that_goes_away_is_told_to_stand() -> None:
    told = won()
    told.see(TURNED, 300)
    back = {**TURNED, "Satana Deberry": 17_500}
    told.see(back, 305)
    assert told.see(back, 309) == []
    assert told.see(back, 310) == [Kind.OUTCOME_STANDS]
    assert told.state.told["Satana Deberry"].outcome is Outcome.WON


def test_a_retracted_outcome_can_be_told_again_with_another_key() -> None:
    told = won()
    told.see(TURNED, 300)
    told.see(TURNED, 301)
    told.see(TURNED, 320)
    back = {**TURNED, "Satana Deberry": 18_500}
    told.see(back, 330)
    assert Kind.RACE_WON in told.see(back, 332)
    assert len(set(keys_of(told.events))) == len(told.events)


def test_a_smaller_gap_is_an_amber_note_once_and_no_retraction() -> None:
    told = won()
    close = {**DURHAM_NIGHT, "Roger Echols": 15_100}
    told.see(close, 300)
    closer = {**close, "Roger Echols": 15_110}
    told.see(closer, 310)
    assert told.kinds.count(Kind.NOTE_ADDED) == 1
    assert Kind.HOLD_OFF not in told.kinds


def test_a_county_that_goes_back_to_zero_stops_the_words() -> None:
    told = won()
    zero = dict.fromkeys(DURHAM_NIGHT, 0)
    told.see(zero, 300, (0, 57), version=2)
    assert told.see(zero, 306, (0, 57), version=2)[:2] == [Kind.COUNT_REVISED, Kind.HOLD_OFF]
    assert not told.last(Kind.COUNT_REVISED).outcome_stands
    assert Kind.LEAD_CHANGED not in told.kinds[-2:]


def test_a_certified_outcome_is_never_retracted_but_ops_are_asked() -> None:
    told = won()
    told.see(DURHAM_CERTIFIED, 20_000, status=CERTIFIED)
    told.see(DURHAM_CERTIFIED, 20_001, status=CERTIFIED)
    amended = {**DURHAM_CERTIFIED, "Roger Echols": 16_000}
    assert told.see(amended, 21_000, status=CERTIFIED) == [Kind.OUTCOME_QUESTIONED]
    for at in (21_001, 21_015, 21_030):
        told.see(amended, at, status=CERTIFIED)
    assert Kind.OUTCOME_RETRACTED not in told.kinds
    assert not told.steps[-1].wants_look
    back = {**amended, "Satana Deberry": 18_000}
    for at in (22_000, 22_001, 22_020):
        told.see(back, at, status=CERTIFIED)
    assert Kind.OUTCOME_STANDS not in told.kinds, "channels heard no HOLD OFF"


# -- holds -------------------------------------------------------------------------------


def test_a_hard_hold_blocks_the_outcome_and_tells_its_end() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    told.see(DURHAM_NIGHT, 180)
    test_data = arrival(contest(DURHAM_NIGHT), minutes(181), is_test=True)
    assert told.look(test_data) == [Kind.REPORT_HELD]
    assert told.look(replace(test_data, at=minutes(182))) == []
    assert all(d.outcome is Outcome.NONE for d in told.steps[-1].decisions)
    assert all(Block.HELD in d.blocks for d in told.steps[-1].decisions)
    kinds = told.see(DURHAM_NIGHT, 183)
    assert kinds[0] is Kind.HOLD_CLEARED
    assert Kind.RACE_WON in kinds


def test_soft_figures_are_shown_with_their_standing_and_without_an_outcome() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    told.see({name: count + 50 for name, count in DURHAM_EARLY.items()}, 20, (9, 57))
    assert told.see(DURHAM_NIGHT, 30, (9, 57)) == [Kind.COUNT_UPDATED]
    shown = told.last(Kind.COUNT_UPDATED)
    assert shown.checking
    assert shown.decision is not None
    assert (shown.decision.standing, shown.decision.margin) == (Standing.LEADS, 2_559)
    assert shown.decision.outcome is Outcome.NONE
    assert told.steps[-1].wants_look


def test_soft_figures_that_vanish_leave_one_note_and_the_old_standing() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    before = {name: count + 50 for name, count in DURHAM_EARLY.items()}
    told.see(before, 20, (9, 57))
    told.see(DURHAM_NIGHT, 30, (9, 57))
    assert told.see(before, 31, (9, 57)) == [Kind.NOTE_ADDED]
    assert told.see(before, 32, (9, 57)) == []


def test_a_decrease_is_revised_after_five_minutes_and_says_what_was() -> None:
    told = durham()
    told.see(AHEAD, 20, (3, 57))
    fewer = {**AHEAD, "Satana Deberry": 5_500}
    assert told.see(fewer, 30, (3, 57), version=2) == [Kind.REPORT_HELD]
    assert told.steps[-1].wants_look
    assert told.see(fewer, 35, (3, 57), version=2) == [Kind.COUNT_REVISED]


def test_a_contest_that_vanishes_is_held_once_and_told_when_it_is_back() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    watched = told.watched
    for at, kinds in ((10, [Kind.REPORT_HELD]), (11, [])):
        step = miss(watched, told.state, "nc_durham", "no contest fits", minutes(at), alarm=True)
        assert told.take(step) == kinds
        assert all(Block.HELD in decision.blocks for decision in step.decisions)
    assert told.see(DURHAM_EARLY, 12, (0, 57)) == [Kind.HOLD_CLEARED]


def test_a_race_that_is_never_found_is_told_once_and_found_once_per_source() -> None:
    """Both sources' alarms have their own keys."""
    two = race("Satana Deberry", sources=(("a", "Durham"), ("b", "Orange")))
    told = Told(Watched(two, SHARE))
    for source in ("a", "b"):
        for at in (21, 22):
            told.take(miss(told.watched, told.state, source, "none", minutes(at), alarm=True))
    assert told.kinds == [Kind.CONTEST_UNMATCHED] * 2
    for source in ("a", "b"):
        told.look(arrival(contest(DURHAM_EARLY, (0, 57)), minutes(30)), source)
    assert told.kinds.count(Kind.CONTEST_MATCHED) == 2
    assert len(set(keys_of(told.events))) == len(told.events)


def test_two_sources_held_at_one_moment_are_both_told() -> None:
    two = race("Satana Deberry", sources=(("a", "Durham"), ("b", "Orange")))
    told = Told(Watched(two, SHARE))
    for source in ("a", "b"):
        told.look(arrival(contest(DURHAM_EARLY), minutes(5), is_test=True), source)
    assert told.kinds == [Kind.REPORT_HELD] * 2
    assert len(set(keys_of(told.events))) == 2


def test_ops_are_asked_once_about_an_older_version_that_stays() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57), version=5)
    kinds = [told.see(AHEAD, at, (3, 57), version=4) for at in range(10, 200, 10)]
    assert kinds.count([Kind.REPORT_HELD]) == 1
    assert kinds.index([Kind.REPORT_HELD]) == 6


def test_one_county_of_two_gives_no_outcome() -> None:
    two = race("Satana Deberry", sources=(("a", "Durham"), ("b", "Orange")))
    told = Told(Watched(two, SHARE))
    for at in (200, 202, 204):
        told.look(arrival(contest(DURHAM_NIGHT), minutes(at)), "a")
    assert not OUTCOMES & set(told.kinds)
    told.look(arrival(contest(DURHAM_NIGHT), minutes(206)), "b")
    assert not OUTCOMES & set(told.kinds), "the second county was seen once"
    told.look(arrival(contest(DURHAM_NIGHT), minutes(208)), "b")
    assert told.kinds[-1] is Kind.RACE_WON


def test_sources_that_disagree_give_no_outcome() -> None:
    two = race("Satana Deberry", sources=(("county", "Durham"), ("state", "Durham")))
    told = Told(Watched(two, SHARE))
    for at in (200, 202):
        told.look(arrival(contest(DURHAM_NIGHT), minutes(at)), "county")
        told.look(arrival(contest(DURHAM_EARLY), minutes(at)), "state")
    assert not OUTCOMES & set(told.kinds)
    told.look(arrival(contest(DURHAM_NIGHT), minutes(204)), "state")
    assert Kind.RACE_WON in told.kinds


# -- two of ours, rules that change ------------------------------------------------------


def test_two_endorsed_candidates_each_get_their_own_outcome() -> None:
    both = race("Satana Deberry", "Roger Echols")
    told = Told(Watched(both, SHARE))
    told.see(DURHAM_NIGHT, 200)
    assert told.see(DURHAM_NIGHT, 201) == [Kind.RACE_WON, Kind.RACE_LOST]
    assert {e.candidate for e in told.events if e.kind in OUTCOMES} == {
        "Satana Deberry",
        "Roger Echols",
    }
    assert told.see(DURHAM_NIGHT, 202) == []


def test_a_changed_rule_tells_outcomes_and_nothing_else() -> None:
    told = Told(Watched(DURHAM, rule(late=1_000)))
    told.see(DURHAM_NIGHT, 200)
    told.see(DURHAM_NIGHT, 201)
    assert told.kinds == [Kind.NOW_WATCHING]
    step = redecide(Watched(DURHAM, PLURALITY), told.state, minutes(210))
    assert told.take(step) == [Kind.RACE_WON]
    step = redecide(Watched(DURHAM, MAJORITY), told.state, minutes(220))
    assert told.take(step) == [Kind.HOLD_OFF]
    assert told.take(redecide(Watched(DURHAM, MAJORITY), told.state, minutes(229))) == []
    step = redecide(Watched(DURHAM, MAJORITY), told.state, minutes(230))
    assert told.take(step)[0] is Kind.OUTCOME_RETRACTED


def test_the_root_is_opened_once_and_its_key_is_kept() -> None:
    step = open_race(Watched(DURHAM, SHARE), RaceState(), minutes(-900))
    assert [event.kind for event in step.events] == [Kind.RACE_OPENED]
    assert step.state.opened
    assert step.state.chain["race"] == step.events[0].key


def test_finding_the_same_change_twice_gives_the_same_keys() -> None:
    told = durham()
    told.see(DURHAM_EARLY, 5, (0, 57))
    ahead = arrival(contest(AHEAD, (3, 57)), minutes(9))
    one, other = (advance(told.watched, told.state, "nc_durham", ahead) for _ in range(2))
    assert one == other
    assert keys_of(one.events) == keys_of(other.events)


# -- random nights -----------------------------------------------------------------------

THREE = ("Satana Deberry", "Roger Echols", "Daniel Meier")
NOTHING = (0, 0, 0)
Votes = tuple[int, int, int]
COUNTS = st.tuples(*[st.integers(0, 900)] * 3)
MOVES = st.one_of(
    st.tuples(st.sampled_from(["grow", "fall", "test"]), COUNTS),
    st.tuples(st.sampled_from(["same", "same", "older", "double", "gone"]), st.just(NOTHING)),
)
UNITS = st.sampled_from([0, 20, 57, 57])
STATUS = st.sampled_from([None, None, COMPLETE, CERTIFIED])
STEPS = st.lists(
    st.tuples(MOVES, st.integers(60, 400), UNITS, STATUS, st.booleans()), min_size=1, max_size=14
)
FINDINGS = OUTCOMES - {Kind.HOLD_OFF, Kind.OUTCOME_RETRACTED, Kind.OUTCOME_STANDS}


class Night:
    """A site that does what a list of moves says, watched; every state goes through JSON."""

    def __init__(self, watched: Watched) -> None:
        """Begin before the close, at zero."""
        self.told = Told(watched)
        self.at = -2.0
        self.votes: Votes = NOTHING
        self.old: Votes = NOTHING
        self.units = 0
        self.status: ResultsStatus | None = None
        self.looks: list[tuple[float, dict[str, int]]] = []
        self.show(NOTHING)

    def move(self, kind: str, more: Votes, *, look: bool = True) -> None:
        """Change the site as one move says, and look at it."""
        if kind == "grow":
            self.old, self.votes = self.votes, _plus(self.votes, more, 1)
        elif kind == "fall":
            self.old, self.votes = self.votes, _plus(self.votes, more, -1)
        if kind == "gone":
            self._step(self._miss)
        else:
            shown = self.old if kind == "older" else self.votes
            shown = _plus(shown, shown, 1) if kind == "double" else shown
            self.show(shown, is_test=kind == "test", look=look)

    def show(self, votes: Votes, *, is_test: bool = False, look: bool = True) -> None:
        """Look at figures."""
        shown = dict(zip(THREE, votes, strict=True))
        if look and not is_test:
            self.looks.append((self.at, shown))
        made = contest(shown, (self.units, 57))
        one = arrival(made, minutes(self.at), self.status, is_look=look, is_test=is_test)
        self._step(lambda state: advance(self.told.watched, state, "nc_durham", one))

    def _miss(self, state: RaceState) -> Step:
        watched, now = self.told.watched, minutes(self.at)
        return miss(watched, state, "nc_durham", "gone", now, alarm=True)

    def _step(self, go: Callable[[RaceState], Step]) -> None:
        kept = STATE.validate_json(STATE.dump_json(self.told.state))
        step = go(self.told.state)
        assert go(kept) == step, "a restart goes on in the same way"
        for event in step.events:
            assert EVENT.validate_json(EVENT.dump_json(event)) == event
        self.told.take(step)
        self._nothing_leaks(step)

    def _nothing_leaks(self, step: Step) -> None:
        found = [event for event in step.events if event.kind in FINDINGS]
        if any(one.hold for one in step.state.standings.values()):
            assert not found
        for event in found:
            assert event.after is not None
            figures = {line.name: line.votes for line in event.after.lines}
            seen = [at for at, shown in self.looks if shown == figures]
            assert seen[-1] - seen[0] >= 1 - 1e-9, "two looks at these figures"
            assert event.after.is_complete

    def play(
        self, steps: list[tuple[tuple[str, Votes], int, int, ResultsStatus | None, bool]]
    ) -> None:
        """Play a night, then leave the site as it is for half an hour."""
        for (kind, more), wait, units, status, look in steps:
            self.at += wait / 60
            self.units = max(self.units, units)
            self.status = status
            self.move(kind, more, look=look)
        for _ in range(31):
            self.at += 1
            self.move("same", NOTHING)


def _plus(votes: Votes, more: Votes, sign: int) -> Votes:
    a, b, c = (max(0, one + sign * other) for one, other in zip(votes, more, strict=True))
    return a, b, c


@settings(max_examples=150)
@given(STEPS, st.sampled_from([PLURALITY, MAJORITY, SHARE]), st.sampled_from([1, 2]))
def test_whatever_a_night_does(
    steps: list[tuple[tuple[str, Votes], int, int, ResultsStatus | None, bool]],
    rule_used: Rule,
    endorsed: int,
) -> None:
    """Two looks before every outcome, no key twice, and in the end what was told is true."""
    night = Night(Watched(race(*THREE[:endorsed]), rule_used))
    night.play(steps)
    told = night.told
    assert len(set(keys_of(told.events))) == len(told.events)
    state, last = told.state, told.steps[-1]
    held = any(one.hold for one in state.standings.values())
    for decision in last.decisions:
        mine = state.told.get(decision.candidate)
        if mine is None:
            assert not state.counted
            continue
        certified = mine.basis is Basis.CERTIFIED
        if mine.outcome is not Outcome.NONE and not held and not certified:
            assert decision.if_final is mine.outcome, "a false outcome stands"
        if decision.outcome is not Outcome.NONE and not certified:
            assert mine.outcome is decision.outcome, "an outcome was never told"
        if decision.too_close and not certified:
            assert mine.too_close
        if state.counted and not held:
            shown = Standing.NO_VOTES if mine.standing is None else mine.standing
            assert shown is decision.standing, "a lead change was never told"
    if state.counted and not held:
        assert state.tally is not None
        assert last.tally is not None
        assert state.tally.lines == last.tally.lines, "a count was never told"
    assert told.look(arrival(contest(dict(zip(THREE, night.votes, strict=True)), (night.units, 57)),
                             minutes(night.at + 1), night.status)) == []  # fmt: skip
