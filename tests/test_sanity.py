"""Hold before you tell: each row of design §5's table, what ends it, and what is never held."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from monitor.model import Contest, Selection, UnitKind, VoteCount, VoteType
from monitor.sanity import accept, accept_digest, judge, why_not_accepted
from monitor.standing import HoldKind, Judgement, SourceStanding, Verdict
from tests.core_examples import (
    CERTIFIED,
    COMPLETE,
    DAY,
    arrival,
    contest,
    minutes,
    snapshot,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.standing import Arrival
    from monitor.tally import Snapshot

OURS = {"Satana Deberry": 4_524, "Roger Echols": 4_717, "Daniel Meier": 1_236}
"""Durham 2018 with early and absentee votes in."""

STANDING = TypeAdapter(SourceStanding)


@dataclass
class Seen:
    """One source's race, judged look by look; each standing goes through JSON and back."""

    standing: SourceStanding = field(default_factory=SourceStanding)
    judged: Judgement | None = None

    def see(self, one: Arrival) -> Verdict:
        """Judge an arrival and go on from it."""
        self.judged = judge(self.standing, one)
        kept = STANDING.validate_json(STANDING.dump_json(self.judged.standing))
        assert kept == self.judged.standing
        self.standing = kept
        return self.judged.verdict

    def look(
        self,
        votes: Mapping[str, int],
        at: float,
        units: tuple[int, int] | None = (0, 57),
        version: int | None = None,
        *,
        is_look: bool = True,
    ) -> Verdict:
        """Look at figures some minutes after the close."""
        made = contest(votes, units)
        return self.see(arrival(made, minutes(at), version=version, is_look=is_look))

    @property
    def last(self) -> Judgement:
        """Return the last judgement."""
        assert self.judged is not None
        return self.judged

    @property
    def hold(self) -> HoldKind | None:
        """Return the kind of hold in force."""
        return self.standing.hold.kind if self.standing.hold else None

    @property
    def total(self) -> int:
        """Return the votes accepted."""
        accepted = self.standing.accepted
        return sum(one.votes for one in accepted.contest.selections) if accepted else 0


def times(factor: float, votes: Mapping[str, int] = OURS) -> dict[str, int]:
    return {name: int(factor * count) for name, count in votes.items()}


ZERO = times(0)


def begun(units: tuple[int, int] | None = (0, 57), version: int | None = None) -> Seen:
    """Return a source read at zero before the close, then with the early votes."""
    seen = Seen()
    assert seen.look(ZERO, -5, units, version) is Verdict.BEFORE_CLOSE
    assert seen.look(OURS, 5, units, version) is Verdict.ACCEPTED
    return seen


# -- before the close --------------------------------------------------------------------


def test_zeros_before_the_close_are_no_baseline_but_show_where_we_began() -> None:
    seen = Seen()
    assert seen.look(ZERO, -5) is Verdict.BEFORE_CLOSE
    assert seen.standing.accepted is None
    assert seen.standing.from_zero


def test_votes_before_the_close_are_held_and_told_once() -> None:
    seen = Seen()
    assert seen.look(OURS, -10) is Verdict.HELD
    assert seen.last.placed is not None
    assert (seen.hold, seen.total) == (HoldKind.HARD, 0)
    assert seen.look(times(1.1), -9) is Verdict.HELD
    assert seen.last.placed is None


def test_the_same_votes_after_the_close_are_released_by_a_look_and_by_nothing_else() -> None:
    """A page that is frozen since before the close: a bare 304 proves nothing."""
    seen = Seen()
    seen.look(OURS, -10)
    for at in (1, 2, 30):
        assert seen.look(OURS, at, is_look=False) is Verdict.HELD
        assert seen.last.placed is None
    assert seen.look(OURS, 31) is Verdict.ACCEPTED
    assert seen.last.ended is not None
    assert seen.standing.first_look == minutes(31), "what was seen before the close is no look"
    assert seen.standing.from_zero, "its first votes are news"


def test_a_rehearsal_that_is_wiped_before_the_close_leaves_no_hold() -> None:
    seen = Seen()
    seen.look(OURS, -10)
    assert seen.look(ZERO, -5) is Verdict.BEFORE_CLOSE
    assert seen.hold is None
    assert seen.look(times(1.2), 5) is Verdict.ACCEPTED


# -- hard holds --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        {"election_date": date(2016, 3, 15)},
        {"election_date": date(2018, 11, 6)},
        {"is_test": True},
    ],
)
def test_a_wrong_date_or_a_test_mark_is_held_for_as_long_as_it_lasts(bad: Any) -> None:
    seen = begun()
    for at in (10, 20, 90):
        one = replace(arrival(contest(times(1.1), (3, 57)), minutes(at)), **bad)
        assert seen.see(one) is Verdict.HELD
        assert (seen.last.placed is not None) is (at == 10)
    assert seen.total == sum(OURS.values())
    good = arrival(contest(times(1.1), (3, 57)), minutes(91), election_date=DAY)
    assert seen.see(good) is Verdict.ACCEPTED
    assert seen.last.ended is not None
    assert seen.last.ended.kind is HoldKind.HARD


@pytest.mark.parametrize("growth", [0, 0.01, 0.4])
def test_a_doubled_upload_is_held_however_often_it_comes_and_while_it_grows(growth: float) -> None:
    seen = begun()
    assert seen.look(times(2), 10) is Verdict.HELD
    for at in range(11, 80, 10):
        assert seen.look(times(2 + growth), at, (9, 57)) is Verdict.HELD
    assert (seen.hold, seen.total) == (HoldKind.HARD, sum(OURS.values()))


def test_an_older_page_in_between_does_not_make_a_doubled_one_good() -> None:
    seen = begun()
    seen.look(times(1.1), 9, (3, 57))
    doubled = {name: 2 * count for name, count in times(1.1).items()}
    assert seen.look(doubled, 11, (3, 57)) is Verdict.HELD
    assert seen.look(OURS, 12) is Verdict.IGNORED
    grown = {name: count + 50 for name, count in doubled.items()}
    assert seen.look(grown, 13, (4, 57)) is Verdict.HELD


def test_a_doubled_upload_that_is_mended_ends_the_hold() -> None:
    seen = begun()
    seen.look(times(2), 10)
    assert seen.look(times(1.05), 12, (4, 57)) is Verdict.ACCEPTED
    assert seen.last.ended is not None


def test_a_few_votes_may_double() -> None:
    seen = Seen()
    seen.look({"A": 3, "B": 4}, 5)
    assert seen.look({"A": 6, "B": 8}, 10, (1, 57)) is Verdict.ACCEPTED


def with_limits(made: Contest, **limits: Any) -> Contest:
    return replace(made, **limits)


@pytest.mark.parametrize(
    ("limits", "held"),
    [
        ({"ballots_cast": 10_476}, True),
        ({"ballots_cast": 10_477}, False),
        ({"registered_voters": 10_476}, True),
        ({"registered_voters": 10_477}, False),
        ({"registered_voters": 0}, False),
        ({"ballots_cast": 5_239, "votes_allowed": 2}, False),
        ({"total_votes": 10_476}, True),
        ({"total_votes": 10_477}, False),
        ({"total_votes": 10_900}, False),
    ],
)
def test_more_votes_than_ballots_voters_or_the_printed_total(
    limits: dict[str, int], *, held: bool
) -> None:
    seen = Seen()
    verdict = seen.see(arrival(with_limits(contest(OURS), **limits), minutes(5)))
    assert verdict is (Verdict.HELD if held else Verdict.ACCEPTED)


def test_negative_votes_and_doubled_rows_are_held() -> None:
    one = contest(OURS)
    first, *rest = one.selections
    for bad in (
        replace(one, selections=(replace(first, votes=-1), *rest)),
        replace(one, selections=(first, first, *rest)),
    ):
        assert Seen().see(arrival(bad, minutes(5))) is Verdict.HELD


@pytest.mark.parametrize(
    "change",
    [
        {"title": "SHERIFF"},
        {"party": "REP"},
        {"key": "17"},
    ],
)
def test_another_contest_under_the_same_id_is_held(change: Any) -> None:
    seen = begun()
    other = replace(contest(times(1.1), (1, 57)), **change)
    for at in (10, 70):
        assert seen.see(arrival(other, minutes(at))) is Verdict.HELD
    assert seen.hold is HoldKind.HARD


def test_a_title_set_differently_is_the_same_contest() -> None:
    seen = begun()
    same = replace(contest(times(1.1), (1, 57)), title="District  Attorney (VOTE FOR 1)")
    assert seen.see(arrival(same, minutes(10))) is Verdict.ACCEPTED


def renamed(votes: Mapping[str, int], key: str, name: str) -> Contest:
    made = contest(votes, (1, 57))
    lines = tuple(replace(s, name=name) if s.key == key else s for s in made.selections)
    return replace(made, selections=lines)


def test_a_renamed_or_vanished_candidate_is_held_and_named() -> None:
    seen = begun()
    assert (
        seen.see(arrival(renamed(times(1.1), "Roger Echols", "Ada Stone"), minutes(10)))
        is Verdict.HELD
    )
    assert seen.last.placed is not None
    assert seen.last.placed.reason == "Roger Echols vanished; Ada Stone appeared"
    rest = {name: count for name, count in OURS.items() if name != "Daniel Meier"}
    assert seen.look(rest, 12) is Verdict.HELD
    assert seen.last.placed is not None
    assert seen.last.placed.reason == "Daniel Meier vanished"
    assert seen.look(OURS, 14) is Verdict.SAME
    assert seen.hold is None


def test_names_that_change_places_are_held() -> None:
    """The parallel arrays of some feeds shift: the ids stay, the names move."""
    seen = begun()
    made = contest(times(1.1), (1, 57))
    names = [s.name for s in made.selections]
    moved = tuple(
        replace(s, name=name)
        for s, name in zip(made.selections, names[1:] + names[:1], strict=True)
    )
    assert seen.see(arrival(replace(made, selections=moved), minutes(10))) is Verdict.HELD


def test_another_spelling_of_the_name_is_no_rename() -> None:
    seen = begun()
    same = renamed(times(1.1), "Satana Deberry", "DEBERRY, SATANA (I)")
    assert seen.see(arrival(same, minutes(10))) is Verdict.ACCEPTED


def test_a_new_line_is_no_trouble() -> None:
    seen = begun()
    assert seen.look({**times(1.05), "A Write-in Name": 12}, 10, (1, 57)) is Verdict.ACCEPTED


def test_a_name_the_configuration_knows_ends_a_rename() -> None:
    """Ops add the alias: nobody has to accept anything besides."""
    seen = begun()
    made = renamed(times(1.1), "Satana Deberry", "Satana Deberry-Smith")
    one = arrival(made, minutes(10))
    assert seen.see(one) is Verdict.HELD
    known = frozenset({"satana deberry", "satana deberry-smith"})
    assert seen.see(replace(one, people=(known,))) is Verdict.ACCEPTED
    other = replace(one, at=minutes(12), people=(frozenset({"roger echols"}),))
    assert seen.see(replace(other, snapshot=begun_as("Ada Stone", 12))) is Verdict.HELD


def begun_as(name: str, at: float) -> Snapshot:
    return snapshot(renamed(times(1.2), "Satana Deberry", name), minutes(at))


# -- older versions ----------------------------------------------------------------------


def test_a_lower_version_is_ignored_again_and_again() -> None:
    seen = begun(version=5)
    assert seen.look(times(1.1), 10, (5, 57), version=7) is Verdict.ACCEPTED
    for at in range(11, 60, 2):
        assert seen.look(OURS, at, (0, 57), version=5) is Verdict.HELD
        assert seen.hold is HoldKind.OLDER
        assert seen.look(times(1.1), at + 1, (5, 57), version=7) is Verdict.SAME
        assert seen.hold is None
    assert seen.total == sum(times(1.1).values())


def test_a_source_time_that_goes_back_is_older() -> None:
    seen = Seen()
    seen.see(arrival(contest(OURS), minutes(10), source_time=minutes(9)))
    one = arrival(contest(times(1.1)), minutes(11), source_time=minutes(8))
    assert seen.see(one) is Verdict.HELD
    assert seen.hold is HoldKind.OLDER


def test_without_version_or_time_figures_seen_before_are_older() -> None:
    seen = begun()
    seen.look(times(1.1), 10, (5, 57))
    for at in (11, 20, 40, 100):
        assert seen.look(OURS, at) is Verdict.HELD
    assert seen.hold is HoldKind.OLDER
    assert seen.look(times(1.2), 101, (6, 57)) is Verdict.ACCEPTED


def test_an_older_version_with_the_same_figures_is_an_unchanged_look() -> None:
    seen = begun(version=5)
    assert seen.look(OURS, 7, version=4) is Verdict.SAME
    assert seen.standing.accepted is not None
    assert seen.standing.accepted.version == 5
    assert seen.hold is None
    assert seen.standing.last_look == minutes(7)


def test_an_older_version_of_another_status_proves_nothing() -> None:
    seen = Seen()
    seen.see(arrival(contest(OURS), minutes(5), COMPLETE, version=5))
    seen.see(arrival(contest(OURS), minutes(7), None, version=4))
    assert seen.standing.last_look == minutes(5)
    assert seen.standing.accepted is not None
    assert seen.standing.accepted.status is COMPLETE


# -- decreases ---------------------------------------------------------------------------

LESS = {**OURS, "Roger Echols": 4_000}


def test_a_decrease_needs_a_look_five_minutes_later() -> None:
    seen = begun()
    assert seen.look(LESS, 10) is Verdict.HELD
    assert seen.last.placed is not None
    assert seen.last.placed.reason == "Roger Echols fell from 4,717 to 4,000"
    assert seen.look(LESS, 14.9) is Verdict.HELD
    assert seen.look(LESS, 15, is_look=False) is Verdict.HELD
    assert seen.look(LESS, 15.1) is Verdict.REVISED
    assert (seen.total, seen.hold) == (sum(LESS.values()), None)


def test_a_decrease_that_grows_meanwhile_is_accepted() -> None:
    seen = begun()
    seen.look(LESS, 10)
    grown = {**LESS, "Satana Deberry": 4_600, "Roger Echols": 4_100}
    assert seen.look(grown, 15, (1, 57)) is Verdict.REVISED


def test_a_decrease_that_falls_further_waits_again() -> None:
    seen = begun()
    seen.look(LESS, 10)
    lower = {**LESS, "Roger Echols": 3_900}
    assert seen.look(lower, 16) is Verdict.HELD
    assert seen.look(lower, 20.9) is Verdict.HELD
    assert seen.look(lower, 21) is Verdict.REVISED


def test_a_decrease_that_goes_away_is_dropped() -> None:
    seen = begun()
    seen.look(LESS, 10)
    assert seen.look(OURS, 12) is Verdict.SAME
    assert (seen.hold, seen.last.gone) == (None, False)
    assert seen.look(LESS, 20) is Verdict.HELD


def test_an_older_page_does_not_restart_the_wait_of_a_decrease() -> None:
    seen = begun(version=5)
    seen.look(times(1.1), 8, (1, 57), version=6)
    assert seen.look(LESS, 10, (1, 57), version=7) is Verdict.HELD
    assert seen.look(OURS, 12, version=5) is Verdict.IGNORED
    assert seen.look(LESS, 15, (1, 57), version=7) is Verdict.REVISED


@pytest.mark.parametrize(
    ("before", "after"),
    [((5, 57), (4, 57)), ((5, 58), (5, 57)), ((57, 58), (57, 57))],
)
def test_fewer_units_are_a_decrease(before: tuple[int, int], after: tuple[int, int]) -> None:
    seen = begun(before)
    assert seen.look(OURS, 10, after) is Verdict.HELD
    assert seen.hold is HoldKind.DECREASE


def test_more_units_in_all_are_no_trouble() -> None:
    seen = begun((57, 57))
    assert seen.look(OURS, 10, (57, 58)) is Verdict.ACCEPTED


def test_units_of_another_kind_are_not_believed_at_once() -> None:
    """40 of 57 precincts that become 1 of 1 counties would look complete."""
    seen = begun((40, 57))
    made = contest(OURS, (1, 1), UnitKind.COUNTIES)
    assert seen.see(arrival(made, minutes(10))) is Verdict.HELD


def test_a_doubled_upload_with_fewer_units_is_doubled_first_of_all() -> None:
    """A decrease would be accepted by repetition; a double upload never is."""
    seen = begun((40, 57))
    for at in (10, 16, 30):
        assert seen.look(times(2), at, (9, 57)) is Verdict.HELD
    assert seen.hold is HoldKind.HARD


def test_votes_are_back_after_a_page_without_any() -> None:
    """Nothing is older than no votes at all."""
    seen = begun()
    for at in (10, 16):
        seen.look(ZERO, at)
    assert seen.total == 0
    assert seen.look(OURS, 20) is Verdict.ACCEPTED


def test_a_write_in_line_that_vanishes_is_a_decrease() -> None:
    seen = Seen()
    seen.see(arrival(contest(OURS, write_in=30), minutes(5)))
    assert seen.look(OURS, 10, (57, 57)) is Verdict.HELD
    assert seen.hold is HoldKind.DECREASE


# -- soft holds, and what is never soft-held ----------------------------------------------


def moving() -> Seen:
    """Return a source whose precincts have moved tonight."""
    seen = begun()
    assert seen.look(times(1.1), 20, (9, 57)) is Verdict.ACCEPTED
    return seen


JUMP = times(1.3)


def test_many_votes_and_no_new_unit_are_shown_once_and_told_by_the_second_look() -> None:
    seen = moving()
    assert seen.look(JUMP, 30, (9, 57)) is Verdict.SHOWN
    assert (seen.hold, seen.total) == (HoldKind.SOFT, sum(times(1.1).values()))
    assert seen.look(JUMP, 30.5, (9, 57)) is Verdict.IGNORED
    assert seen.look(JUMP, 31, (9, 57), is_look=False) is Verdict.IGNORED
    assert seen.look(JUMP, 31, (9, 57)) is Verdict.ACCEPTED


def test_soft_figures_that_vanish_leave_a_note() -> None:
    seen = moving()
    seen.look(JUMP, 30, (9, 57))
    assert seen.look(times(1.1), 31, (9, 57)) is Verdict.SAME
    assert seen.last.gone


def test_soft_figures_that_become_a_decrease_leave_a_note_too() -> None:
    seen = moving()
    seen.look(JUMP, 30, (9, 57))
    fallen = {**times(1.1), "Daniel Meier": 1}
    assert seen.look(fallen, 31, (9, 57)) is Verdict.HELD
    assert seen.last.gone


def test_soft_figures_that_are_corrected_downward_do_not_wait_for_ever() -> None:
    seen = moving()
    seen.look(JUMP, 30, (9, 57))
    assert seen.look(times(1.25), 31, (9, 57)) is Verdict.SHOWN
    assert seen.look(times(1.25), 32, (9, 57)) is Verdict.ACCEPTED


def test_soft_figures_with_a_new_unit_are_simply_told() -> None:
    seen = moving()
    seen.look(JUMP, 30, (9, 57))
    assert seen.look(JUMP, 31, (10, 57)) is Verdict.ACCEPTED


@pytest.mark.parametrize(
    ("votes", "at", "units"),
    [
        (times(1.2), 30, (9, 57)),  # 9 percent
        (times(9), 30, (10, 57)),  # a unit moved
        (times(9), 30, (9, 58)),  # the number of units changed
        (times(9), 15 * 60, (9, 57)),  # the night is over
    ],
)
def test_ordinary_growth_is_not_held(
    votes: dict[str, int], at: float, units: tuple[int, int]
) -> None:
    assert moving().look(votes, at, units) is Verdict.ACCEPTED


def test_the_first_votes_are_never_held_softly() -> None:
    seen = Seen()
    seen.look(ZERO, 1, (0, 57))
    seen.look(ZERO, 2, (2, 57))
    assert seen.look(OURS, 5, (2, 57)) is Verdict.ACCEPTED


def test_growth_after_all_units_are_in_is_never_held_softly() -> None:
    seen = moving()
    seen.look(times(1.2), 40, (57, 57))
    assert seen.look(times(3), 50, (57, 57)) is Verdict.ACCEPTED


@pytest.mark.parametrize("units", [(0, 57), None])
def test_sources_whose_units_never_moved_are_never_held_softly(
    units: tuple[int, int] | None,
) -> None:
    assert begun(units).look(times(1.9), 10, units) is Verdict.ACCEPTED


def typed(factor: float, kind: VoteType, more: int) -> Contest:
    """Split every line by type, with more votes of one kind on each."""
    made = contest(times(factor), (9, 57))
    lines = []
    for line in made.selections:
        counts = {VoteType.EARLY: line.votes, VoteType.ELECTION_DAY: 0}
        counts[kind] = counts.get(kind, 0) + more
        by_type = tuple(VoteCount(one, votes) for one, votes in counts.items())
        lines.append(Selection(line.key, line.name, line.votes + more, by_type=by_type))
    return replace(made, selections=tuple(lines))


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [
        (VoteType.EARLY, Verdict.ACCEPTED),
        (VoteType.ABSENTEE_MAIL, Verdict.ACCEPTED),
        (VoteType.PROVISIONAL, Verdict.ACCEPTED),
        (VoteType.ELECTION_DAY, Verdict.SHOWN),
        (VoteType.OTHER, Verdict.SHOWN),
    ],
)
def test_growth_in_late_types_alone_is_never_held_softly(kind: VoteType, verdict: Verdict) -> None:
    seen = begun()
    seen.see(arrival(typed(1.1, VoteType.EARLY, 0), minutes(20)))
    assert seen.see(arrival(typed(1.1, kind, 900), minutes(30))) is verdict


# -- looks -------------------------------------------------------------------------------


def test_equal_figures_are_an_unchanged_look() -> None:
    seen = begun()
    assert seen.look(OURS, 7) is Verdict.SAME
    assert (seen.standing.first_look, seen.standing.last_look) == (minutes(5), minutes(7))
    assert seen.standing.changed_at == minutes(5)


def test_a_bare_304_proves_nothing() -> None:
    seen = begun()
    seen.look(OURS, 7, is_look=False)
    assert seen.standing.last_look == minutes(5)


def test_new_figures_begin_the_looks_again() -> None:
    seen = begun()
    seen.look(OURS, 7)
    seen.look(times(1.01), 8, (1, 57))
    assert (seen.standing.first_look, seen.standing.last_look) == (minutes(8), minutes(8))


def test_a_new_status_begins_the_looks_again() -> None:
    seen = begun()
    seen.look(OURS, 7)
    seen.see(arrival(contest(OURS, (0, 57)), minutes(9), CERTIFIED))
    assert (seen.standing.first_look, seen.standing.last_look) == (minutes(9), minutes(9))


def test_permuted_lines_are_the_same_figures() -> None:
    seen = begun()
    assert seen.look(dict(reversed(OURS.items())), 7) is Verdict.SAME


# -- what a named person accepts ---------------------------------------------------------


def accepted_at(seen: Seen, at: float) -> None:
    """Let a person accept what is held, and go on from there, through JSON."""
    assert why_not_accepted(seen.standing) == ""
    after = accept(seen.standing, minutes(at))
    assert STANDING.validate_json(STANDING.dump_json(after)) == after
    assert after.hold is None
    seen.standing = after


def held_for_doubling() -> Seen:
    seen = begun()
    seen.look(times(2), 10)
    return seen


def held_for_a_test_mark() -> Seen:
    seen = begun()
    seen.see(arrival(contest(times(1.1)), minutes(10), is_test=True))
    return seen


def held_for_another_date() -> Seen:
    seen = begun()
    seen.see(arrival(contest(times(1.1)), minutes(10), election_date=date(2018, 5, 9)))
    return seen


def held_above_the_ballots() -> Seen:
    seen = begun()
    seen.see(arrival(with_limits(contest(times(1.1)), ballots_cast=50), minutes(10)))
    return seen


def held_for_a_name() -> Seen:
    seen = begun()
    seen.see(arrival(renamed(times(1.1), "Roger Echols", "Ada Stone"), minutes(10)))
    return seen


def held_as_older() -> Seen:
    seen = begun(version=5)
    seen.look(times(1.1), 10, (3, 57), version=4)
    return seen


def held_as_seen_before() -> Seen:
    seen = begun()
    seen.look(times(1.1), 8, (3, 57))
    seen.look(OURS, 10)
    return seen


@pytest.mark.parametrize(
    "held",
    [
        held_for_doubling, held_for_a_test_mark, held_for_another_date, held_above_the_ballots,
        held_for_a_name, held_as_older, held_as_seen_before,
    ],
)  # fmt: skip
def test_what_a_person_accepts_is_not_held_again(held: Callable[[], Seen]) -> None:
    """Two looks are needed after it like after any count; other figures are judged anew."""
    seen = held()
    hold = seen.standing.hold
    assert hold is not None
    assert hold.snapshot is not None
    again = replace(seen_arrival(seen), snapshot=hold.snapshot)
    accepted_at(seen, 20)
    assert seen.standing.accepted == hold.snapshot
    assert (seen.standing.changed_at, seen.standing.first_look) == (minutes(20), None)
    for at in (21, 22, 50):
        assert seen.see(replace(again, at=minutes(at))) is Verdict.SAME
    assert seen.standing.first_look == minutes(21)


def seen_arrival(seen: Seen) -> Arrival:
    """Return the last arrival as it was judged, with its mark or date."""
    hold = seen.standing.hold
    assert hold is not None
    is_test = "test data" in hold.reason
    other_date = date(2018, 5, 9) if "election of" in hold.reason else None
    return arrival(contest(OURS), minutes(10), is_test=is_test, election_date=other_date)


def test_a_person_accepts_the_figures_held_last_and_nothing_beyond_them() -> None:
    """The digest is of what is held now: a person who looked a minute ago looks again."""
    seen = held_for_a_test_mark()
    shown = accept_digest(seen.standing)
    seen.see(arrival(contest(times(1.2)), minutes(12), is_test=True))
    assert shown != accept_digest(seen.standing) != ""
    accepted_at(seen, 13)
    assert seen.total == sum(times(1.2).values())
    assert accept_digest(seen.standing) == ""
    assert seen.see(arrival(contest(times(1.3)), minutes(14), is_test=True)) is Verdict.HELD


def test_accepted_figures_are_held_for_another_cause() -> None:
    seen = held_for_doubling()
    accepted_at(seen, 12)
    assert seen.see(arrival(contest(times(2)), minutes(13), is_test=True)) is Verdict.HELD


@pytest.mark.parametrize(
    ("votes", "at", "said"),
    [
        (None, 5, "none of its numbers wait for a person"),
        (OURS, -10, "numbers from before the close are never accepted; was the close moved?"),
        (times(0.5), 10, "none of its numbers wait for a person"),
    ],
)
def test_what_a_person_cannot_accept(votes: dict[str, int] | None, at: float, said: str) -> None:
    """Nothing held, votes of before the close, and a decrease, which ends by itself."""
    seen = begun() if at > 0 else Seen()
    if votes is not None:
        seen.look(votes, at)
    assert why_not_accepted(seen.standing) == said
    assert accept(seen.standing, minutes(20)) == seen.standing


def test_a_report_without_counts_cannot_be_accepted() -> None:
    seen = begun()
    note = replace(contest({}, None), counts_known=False, note="Later.")
    seen.see(arrival(note, minutes(10), is_test=True))
    assert why_not_accepted(seen.standing).startswith("there are no numbers to accept: ")


def test_hard_holds_of_one_cause_after_another_are_one_stretch() -> None:
    seen = held_for_doubling()
    assert seen.see(arrival(contest(times(2)), minutes(15), is_test=True)) is Verdict.HELD
    assert seen.last.placed is not None
    assert seen.last.placed.since == minutes(10)


# -- notes -------------------------------------------------------------------------------


def test_a_note_is_no_baseline_and_changes_no_figures() -> None:
    note = replace(contest({}, None), counts_known=False, note="Margin reported: 516.")
    seen = Seen()
    assert seen.see(arrival(note, minutes(5))) is Verdict.NOTED
    assert seen.standing.accepted is None
    assert not seen.standing.from_zero
    seen.look(OURS, 10)
    assert seen.see(arrival(note, minutes(15))) is Verdict.NOTED
    assert seen.total == sum(OURS.values())


# -- properties --------------------------------------------------------------------------

VOTES = st.fixed_dictionaries({name: st.integers(0, 400) for name in ("A", "B")})
ARRIVALS = st.builds(
    lambda votes, units, is_look, test: (votes, (min(units), max(units)), is_look, test),
    VOTES,
    st.tuples(st.integers(0, 6), st.integers(6, 7)),
    st.booleans(),
    st.sampled_from([False] * 9 + [True]),
)


@given(st.lists(ARRIVALS, max_size=12), st.lists(st.integers(1, 900), min_size=12, max_size=12))
def test_accepted_figures_only_fall_by_a_revision_and_a_hold_keeps_them(
    shown: list[tuple[dict[str, int], tuple[int, int], bool, bool]], waits: list[int]
) -> None:
    seen, at = Seen(), minutes(-2)
    for (votes, units, is_look, is_test), wait in zip(shown, waits, strict=False):
        at += timedelta(seconds=wait)
        before = seen.standing
        one = arrival(contest(votes, units), at, is_look=is_look, is_test=is_test)
        verdict = seen.see(one)
        after = seen.standing
        if verdict in (Verdict.HELD, Verdict.IGNORED, Verdict.SHOWN, Verdict.BEFORE_CLOSE):
            assert after.accepted == before.accepted
            continue
        assert after.hold is None
        assert not is_test
        if verdict is Verdict.REVISED:
            assert before.hold is not None
            assert is_look
            assert at - before.hold.since >= timedelta(minutes=5)
        elif before.accepted is not None and after.accepted is not None:
            old = {s.key: s.votes for s in before.accepted.contest.selections}
            assert all(s.votes >= old[s.key] for s in after.accepted.contest.selections)
