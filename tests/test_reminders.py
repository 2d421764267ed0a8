"""The days after a night: what is reminded of, when, and what is left alone.

The laws and Dallas' night are real (rules.toml; 612 votes apart, March 2018); the
figures of the North Carolina runoff and the custom rule cards are ours.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from monitor.deadlines import CountedFrom, Deadline
from monitor.decision import Basis
from monitor.diff import pass_time
from monitor.events import Event, Kind
from monitor.reminders import next_reminder, reminders_of
from monitor.rules import Recount, RecountKind
from monitor.state import RaceState, Watched, current
from monitor.timers import next_moment
from tests.core_examples import (
    CHECKED,
    COMPLETE,
    DALLAS,
    DALLAS_NIGHT,
    DURHAM,
    DURHAM_NIGHT,
    PLURALITY,
    Told,
    arrival,
    card,
    contest,
    durham,
    race,
)

if TYPE_CHECKING:
    from monitor.races import Race
    from monitor.rules import Rule

EASTERN = ZoneInfo("America/New_York")
CENTRAL = ZoneInfo("America/Chicago")
NOBODY_AT_30 = {"Satana Deberry": 2_400, "Roger Echols": 2_600, "A": 1_800, "B": 1_700, "C": 1_500}
"""Nobody can reach 30 %; ours is second, surely before the third."""


def watched(one: Race, rule: Rule | None = None, zone: ZoneInfo = EASTERN) -> Watched:
    used = rule or card(one)
    closes = datetime.combine(one.election.date, used.polls_close, tzinfo=zone)
    return Watched(one, used, closes_at=closes)


def counted(
    one: Race, votes: dict[str, int], rule: Rule | None = None, zone: ZoneInfo = EASTERN
) -> Told:
    """Return a race whose complete figures were seen twice on the night."""
    told = Told(watched(one, rule, zone))
    close = told.watched.closes_at
    assert close is not None
    source = one.sources[0].source
    for minutes in (-5, 60, 62):
        figures = dict.fromkeys(votes, 0) if minutes < 0 else votes
        seen = arrival(contest(figures), close + timedelta(minutes=minutes), COMPLETE)
        told.look(replace(seen, expected_date=one.election.date, closes_at=close), source)
    return told


def local(month: int, day: int, hour: int, minute: int = 0, zone: ZoneInfo = EASTERN) -> datetime:
    return datetime(2018, month, day, hour, minute, tzinfo=zone).astimezone(UTC)


def passed(told: Told, at: datetime) -> list[Event]:
    """Let time pass until a moment and return the reminders told."""
    told.take(pass_time(told.watched, told.state, at))
    return [one for one in told.steps[-1].events if one.kind is Kind.REMINDER]


def reasons(told: Told, at: datetime) -> list[str]:
    return [one.reason for one in passed(told, at)]


def names(told: Told) -> list[tuple[str, str]]:
    """Return the reminders of a race by name and day, as it stands."""
    close = told.watched.closes_at
    assert close is not None
    _, decisions = current(told.watched, told.state, close + timedelta(days=1))
    found = reminders_of(told.watched, told.state, decisions)
    return [(one.name, f"{one.at:%m-%d %H:%M}") for one in found]


# --- what is reminded of


def test_a_possible_runoff_is_reminded_of_on_the_day_before_and_on_the_day() -> None:
    """North Carolina: the second may ask by the ninth day; the counties canvass on the tenth."""
    told = counted(DURHAM, NOBODY_AT_30)
    assert Kind.RUNOFF_POSSIBLE in told.kinds
    assert names(told) == [
        ("runoff-request", "05-16 09:00"),
        ("runoff-request", "05-17 09:00"),
        ("canvass", "05-18 09:00"),
        ("certified? canvass", "05-18 09:00"),
    ]
    (before,) = passed(told, local(5, 16, 9))
    assert before.reason.startswith(
        "Deberry, ours, may ask for a runoff until Thursday, May 17 (in writing by the runner-up"
    )
    assert before.due == local(5, 17, 23, 59)
    assert before.seen == ""
    assert [one.due for one in passed(told, local(5, 17, 9))] == [before.due]


def test_when_ours_is_first_the_second_may_ask() -> None:
    votes = {**NOBODY_AT_30, "Satana Deberry": 2_600, "Roger Echols": 2_400}
    told = counted(DURHAM, votes)
    assert reasons(told, local(5, 16, 9))[0].startswith("The second may ask for a runoff until")


def test_nothing_is_due_for_a_runoff_nobody_was_told_of() -> None:
    assert [name for name, _ in names(counted(DURHAM, DURHAM_NIGHT))] == [
        "canvass",
        "certified? canvass",
    ]


def test_dallas_is_reminded_of_its_recount_two_days_after_the_canvass() -> None:
    """612 votes, less than 10 % of the winner's; canvass on the second Thursday, March 15."""
    told = counted(DALLAS, DALLAS_NIGHT, zone=CENTRAL)
    assert ("recount-request", "03-16 09:00") in names(told)
    (told_of,) = passed(told, local(3, 16, 9, zone=CENTRAL))
    assert told_of.reason == (
        "The margin, 612 votes, is one for which a recount may be asked, by Saturday, March 17, "
        "5:00 PM CT (5 PM on the second day after the final canvass)."
    )
    assert told_of.due == local(3, 17, 17, zone=CENTRAL)


def test_a_margin_outside_the_range_is_no_recount() -> None:
    votes = {"Elizabeth Frizell": 80_000, "John Creuzot": 32_612}
    found = [name for name, _ in names(counted(DALLAS, votes, zone=CENTRAL))]
    assert found == ["canvass", "certified? canvass"]


CLOSE_CALL = {"Satana Deberry": 10_020, "Roger Echols": 10_000}
ON_REQUEST = Recount(RecountKind.ON_REQUEST, 1, 100)


def dated(*deadlines: tuple[str, Deadline], recount: Recount = ON_REQUEST) -> Rule:
    """Return a card with every fact verified and these deadlines."""
    facts = ("method", "base", "follow_up", "runoff_date", "recount", "canvass", "certification")
    return replace(
        PLURALITY,
        recount=recount,
        sources=tuple((fact, CHECKED) for fact in facts),
        deadlines=deadlines,
    )


LATEST = Deadline("within a week", days_after=7)
EXACT = replace(LATEST, text="a week after", is_exact=True)
AFTER_CANVASS = Deadline("by the third day after the canvass", CountedFrom.CANVASS, days_after=3)


def test_no_day_is_counted_from_the_latest_day_of_a_canvass() -> None:
    """The county may canvass earlier, and the real last day would have passed: only words."""
    rule = dated(("canvass", LATEST), ("recount-request", AFTER_CANVASS))
    told = counted(DURHAM, CLOSE_CALL, rule)
    assert [name for name, _ in names(told)] == ["canvass", "certified? canvass"]
    text = reasons(told, local(5, 15, 9))[0]
    assert text == (
        "The canvass is due Tuesday, May 15: within a week. The margin, 20 votes, is one for "
        "which a recount may be asked: by the third day after the canvass."
    )


def test_a_day_is_counted_from_a_canvass_whose_day_the_law_sets() -> None:
    rule = dated(("canvass", EXACT), ("recount-request", AFTER_CANVASS))
    told = counted(DURHAM, CLOSE_CALL, rule)
    assert ("recount-request", "05-17 09:00") in names(told)
    assert ("recount-request", "05-18 09:00") in names(told)
    assert "recount" not in reasons(told, local(5, 15, 9))[0]


def test_a_recount_that_comes_by_itself_is_nobodys_request() -> None:
    by_itself = replace(ON_REQUEST, kind=RecountKind.AUTOMATIC)
    rule = dated(("recount-request", EXACT), recount=by_itself)
    assert names(counted(DURHAM, CLOSE_CALL, rule)) == []


def test_a_fact_nobody_verified_is_not_reminded_of() -> None:
    rule = card(DURHAM)
    sources = tuple((name, one) for name, one in rule.sources if name != "canvass")
    assert names(counted(DURHAM, DURHAM_NIGHT, replace(rule, sources=sources))) == []


def test_a_race_without_rule_zone_or_votes_has_no_reminders() -> None:
    told = counted(DURHAM, DURHAM_NIGHT)
    assert reminders_of(replace(told.watched, rule=None), told.state, ()) == ()
    assert reminders_of(replace(told.watched, closes_at=None), told.state, ()) == ()
    assert reminders_of(told.watched, RaceState(), ()) == ()
    assert next_moment(told.watched, RaceState(), local(5, 9, 9)) is None


# --- "Certified?"


def test_on_canvass_day_callers_are_asked_with_the_state_they_see() -> None:
    told = counted(DURHAM, DURHAM_NIGHT)
    date_told, question = passed(told, local(5, 18, 9))
    assert date_told.reason == (
        "The canvass is due Friday, May 18, 11:00 AM ET: county canvass 10 days after the "
        "election, 11 AM."
    )
    assert question.reason == f"Certified? {date_told.reason}"
    assert (question.candidate, question.due) == ("Satana Deberry", local(5, 18, 11))
    assert question.seen
    assert question.decision is not None


def test_what_is_certified_already_is_not_asked_about() -> None:
    told = counted(DURHAM, DURHAM_NIGHT)
    ours = told.state.told["Satana Deberry"]
    certified = {"Satana Deberry": replace(ours, basis=Basis.CERTIFIED)}
    told.state = replace(told.state, told=certified)
    assert names(told) == []


def test_canvass_and_certification_on_one_day_are_one_question() -> None:
    rule = dated(("canvass", EXACT), ("certification", EXACT))
    told = counted(DURHAM, DURHAM_NIGHT, rule)
    dates, question = reasons(told, local(5, 15, 9))
    assert dates == (
        "The canvass is due Tuesday, May 15: a week after. "
        "Certification is due Tuesday, May 15: a week after."
    )
    assert question.startswith("Certified? Certification is due")


# --- once, and at its hour


def test_a_reminder_is_told_at_nine_where_the_race_is_and_once() -> None:
    told = counted(DURHAM, NOBODY_AT_30)
    assert passed(told, local(5, 16, 8, 59)) == []
    assert len(passed(told, local(5, 16, 9))) == 1
    assert passed(told, local(5, 16, 9, 1)) == []
    assert "runoff-request 2018-05-16" in told.state.reminded


def test_a_late_start_tells_one_message_and_nothing_older_than_a_day() -> None:
    told = counted(DURHAM, NOBODY_AT_30)
    found = reasons(told, local(5, 17, 12))
    assert len(found) == 1
    assert "until Thursday, May 17" in found[0]
    assert set(told.state.reminded) == {"runoff-request 2018-05-16", "runoff-request 2018-05-17"}


def test_what_fell_due_while_we_were_away_is_dropped_and_kept_as_told() -> None:
    told = counted(DURHAM, NOBODY_AT_30)
    assert passed(told, local(5, 20, 12)) == []
    assert len(told.state.reminded) == 4
    assert next_reminder(told.watched, told.state, local(5, 20, 12)) is None


def test_a_request_is_not_called_for_once_its_hour_has_passed() -> None:
    rule = dated(("recount-request", replace(EXACT, at=time(10))))
    told = counted(DURHAM, CLOSE_CALL, rule)
    told.take(pass_time(told.watched, told.state, local(5, 14, 9)))
    assert passed(told, local(5, 15, 10, 1)) == []


def test_a_canvass_day_that_was_missed_is_asked_about_the_next_morning() -> None:
    told = counted(DURHAM, DURHAM_NIGHT)
    (question,) = reasons(told, local(5, 19, 8))
    assert question.startswith("Certified?")


def test_the_next_moment_is_that_of_the_next_reminder() -> None:
    told = counted(DURHAM, NOBODY_AT_30)
    at = local(5, 10, 12)
    seen = []
    for _ in range(3):
        moment = next_reminder(told.watched, told.state, at)
        assert moment is not None
        assert moment == next_moment(told.watched, told.state, at)
        seen.append(moment)
        told.take(pass_time(told.watched, told.state, moment))
        at = moment
    assert seen == [local(5, 16, 9), local(5, 17, 9), local(5, 18, 9)]
    assert next_reminder(told.watched, told.state, at) is None


def test_a_visit_in_the_morning_tells_it_as_well_as_the_hour() -> None:
    told = durham()
    told.watched = watched(DURHAM)
    told.see(DURHAM_NIGHT, 60, status=COMPLETE)
    assert Kind.REMINDER in told.see(DURHAM_NIGHT, 10 * 24 * 60 - 300, status=COMPLETE)


def test_hours_are_those_of_the_race_across_a_change_of_clocks() -> None:
    """New York's clocks go back on November 4, 2018: nine is nine on both sides."""
    october = race(day=date(2018, 10, 30))
    told = counted(october, DURHAM_NIGHT, dated(("canvass", EXACT)))
    assert names(told) == [("canvass", "11-06 09:00"), ("certified? canvass", "11-06 09:00")]
    assert passed(told, local(11, 6, 8, 59)) == []
    assert len(passed(told, local(11, 6, 9))) == 2


@pytest.mark.parametrize("text", ["<!channel> *now*", "a\nb"])
def test_the_words_of_the_law_stand_as_they_are(text: str) -> None:
    """Events hold them raw; whoever writes the message makes them safe."""
    told = counted(DURHAM, DURHAM_NIGHT, dated(("canvass", replace(EXACT, text=text))))
    assert text in reasons(told, local(5, 15, 9))[0]
