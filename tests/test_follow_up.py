"""The runoff an outcome sets: kept, told once, taken back, and asked for until a race follows.

Alabama's law and the days of its 2022 elections are real (May 24, runoff June 21); the
race, its names, figures, sources and its bound of late ballots (3 %) are ours.
"""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from monitor.app import scrapers
from monitor.config import read_config
from monitor.deadlines import Deadline
from monitor.decision import Outcome
from monitor.diff import pass_time
from monitor.errors import ConfigInvalid
from monitor.events import Event, Kind
from monitor.follow_up_config import config_text
from monitor.races import (
    Endorsement,
    General,
    Policy,
    PolicyKind,
    SourceUse,
)
from monitor.state import FollowUpRace, Watched
from monitor.timers import next_moment
from tests.core_examples import COMPLETE, Told, arrival, card, contest, race

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.races import Race

CENTRAL = ZoneInfo("America/Chicago")
PRIMARY, RUNOFF = date(2022, 5, 24), date(2022, 6, 21)
SOURCES = (("mobile", "Mobile"),)
MOBILE = replace(
    race("Ann Ours", state="AL", day=PRIMARY, name="Mobile DA", sources=SOURCES),
    general=General(date(2022, 11, 8)),
)
THREE = {"Ann Ours": 40_000, "Bob Second": 32_000, "Cy Third": 20_000}
CLOSE = datetime.combine(PRIMARY, time(19), tzinfo=CENTRAL)


def watched(one: Race = MOBILE) -> Watched:
    return Watched(one, replace(card(one), late_ballots_per_mille=30), closes_at=CLOSE)


def see(told: Told, votes: Mapping[str, int], minutes: float) -> list[Kind]:
    """Take one look at complete figures."""
    seen = arrival(contest(votes), CLOSE + timedelta(minutes=minutes), COMPLETE)
    return told.look(replace(seen, expected_date=PRIMARY, closes_at=CLOSE), "mobile")


def after_the_night(votes: Mapping[str, int] = THREE, one: Race = MOBILE) -> Told:
    """Return a race whose complete figures were seen twice."""
    told = Told(watched(one))
    see(told, dict.fromkeys(votes, 0), -5)
    see(told, votes, 60)
    see(told, votes, 62)
    return told


def nine(month: int, day: int) -> datetime:
    return datetime(2022, month, day, 9, tzinfo=CENTRAL).astimezone(UTC)


def asked(told: Told, at: datetime) -> list[Event]:
    """Let time pass until a moment and return what ops are asked."""
    told.take(pass_time(told.watched, told.state, at))
    return [one for one in told.steps[-1].events if one.kind is Kind.FOLLOW_UP_WAITS]


# --- set, and taken back


def test_a_runoff_told_sets_the_race_that_follows() -> None:
    told = after_the_night()
    assert told.kinds[-2:] == [Kind.RUNOFF_SET, Kind.FOLLOW_UP_SET]
    assert told.state.follow_up == FollowUpRace(RUNOFF, ("Ann Ours", "Bob Second"))
    event = told.last(Kind.FOLLOW_UP_SET)
    assert event.reason == "A runoff follows on Tuesday, June 21: Ann Ours and Bob Second."
    assert event.candidate == "Ann Ours"


def test_it_is_told_once() -> None:
    told = after_the_night()
    assert Kind.FOLLOW_UP_SET not in see(told, THREE, 64)
    assert Kind.FOLLOW_UP_SET not in see(told, {**THREE, "Ann Ours": 40_100}, 66)


def test_a_runoff_whose_day_is_not_verified_says_so() -> None:
    """Texas: the fourth Tuesday of May, as general knowledge has it."""
    texas = race("Ann Ours", state="TX", day=PRIMARY, sources=SOURCES)
    told = after_the_night(one=texas)
    assert told.state.follow_up == FollowUpRace(None, ("Ann Ours", "Bob Second"))
    assert told.last(Kind.FOLLOW_UP_SET).reason == (
        "A runoff follows, the fourth Tuesday of May (day not verified): Ann Ours and Bob Second."
    )
    assert asked(told, nine(6, 21)) == []


NEAR = {"Ann Ours": 40_000, "Bob Second": 26_010, "Cy Third": 26_000}


def test_who_is_second_may_not_be_sure_though_ours_is() -> None:
    told = after_the_night(NEAR)
    assert told.last(Kind.FOLLOW_UP_SET).reason.endswith(
        "Ann Ours and Bob Second. That Bob Second is in is not sure: Cy Third is 10 votes behind."
    )


def test_another_opponent_is_told_anew() -> None:
    told = after_the_night(NEAR)
    see(told, {**NEAR, "Cy Third": 26_500}, 64)
    assert told.kinds.count(Kind.FOLLOW_UP_SET) == 1, "one look is no proof"
    see(told, {**NEAR, "Cy Third": 26_500}, 66)
    assert told.state.follow_up == FollowUpRace(RUNOFF, ("Ann Ours", "Cy Third"))
    assert told.kinds.count(Kind.FOLLOW_UP_SET) == 2


def test_a_write_in_line_is_nobody_to_run_against() -> None:
    told = Told(watched())
    figures = contest({"Ann Ours": 40_000, "Bob Second": 32_000}, write_in=21_000)
    zero = contest({"Ann Ours": 0, "Bob Second": 0}, write_in=0)
    for made, minutes in ((zero, -5), (figures, 60), (figures, 62)):
        seen = arrival(made, CLOSE + timedelta(minutes=minutes), COMPLETE)
        told.look(replace(seen, expected_date=PRIMARY, closes_at=CLOSE), "mobile")
    assert told.state.follow_up == FollowUpRace(RUNOFF, ("Ann Ours", "Bob Second"))


def test_a_runoff_taken_back_takes_the_race_back_and_says_so() -> None:
    told = after_the_night()
    won = {**THREE, "Ann Ours": 90_000}
    for minutes in (64, 66, 80, 82):
        see(told, won, minutes)
    assert Kind.OUTCOME_RETRACTED in told.kinds
    assert told.state.follow_up is None
    assert told.last(Kind.NOTE_ADDED).reason == (
        "The runoff is not set any more: the outcome it came from is withdrawn."
    )
    assert asked(told, nine(6, 19)) == []


def test_while_an_outcome_is_in_doubt_the_runoff_stands() -> None:
    told = after_the_night()
    won = {**THREE, "Ann Ours": 90_000}
    assert Kind.HOLD_OFF in see(told, won, 64) + see(told, won, 66)
    assert told.state.follow_up == FollowUpRace(RUNOFF, ("Ann Ours", "Bob Second"))


def test_two_of_ours_in_one_runoff_set_one_race() -> None:
    both = replace(
        MOBILE, endorsements=(*MOBILE.endorsements, Endorsement("Bob Second", ("Org 1",)))
    )
    told = after_the_night(one=both)
    assert {one.outcome for one in told.state.told.values()} == {Outcome.RUNOFF}
    assert told.kinds.count(Kind.FOLLOW_UP_SET) == 1


# --- while it waits for its source


def test_ops_are_asked_14_7_and_2_days_before() -> None:
    told = after_the_night()
    at = CLOSE.astimezone(UTC) + timedelta(hours=3)
    seen = []
    while (moment := next_moment(told.watched, told.state, at)) is not None:
        seen += [(moment, one.reason.partition(";")[0]) for one in asked(told, moment)]
        at = moment
    head = "The runoff is in {} days, on Tuesday, June 21, and no race in config.toml"
    assert seen == [
        (nine(6, 7), f"{head.format(14)} follows this one"),
        (nine(6, 14), f"{head.format(7)} follows this one"),
        (nine(6, 19), f"{head.format(2)} follows this one"),
    ]


def test_nobody_is_asked_once_a_race_follows() -> None:
    told = after_the_night()
    told.watched = replace(told.watched, followed_by="mobile-runoff")
    assert [asked(told, nine(6, day)) for day in (7, 14, 19)] == [[], [], []]


def test_a_late_start_asks_once_and_not_after_the_day() -> None:
    told = after_the_night()
    assert len(asked(told, nine(6, 20))) == 1
    assert asked(told, nine(6, 20) + timedelta(hours=1)) == []
    late = after_the_night()
    assert asked(late, nine(6, 22)) == []


def test_a_runoff_two_weeks_away_is_asked_for_on_the_night() -> None:
    """As in South Carolina: nine o'clock of the fourteenth day before it has passed by then."""
    two_weeks = Deadline("two weeks after the primary", days_after=14)
    told = Told(watched())
    assert told.watched.rule is not None
    rule = replace(told.watched.rule, deadlines=(("runoff", two_weeks),))
    told.watched = replace(told.watched, rule=rule)
    see(told, dict.fromkeys(THREE, 0), -5)
    see(told, THREE, 60)
    see(told, THREE, 62)
    assert told.kinds[-3:] == [Kind.RUNOFF_SET, Kind.FOLLOW_UP_SET, Kind.FOLLOW_UP_WAITS]
    assert "is in 14 days, on Tuesday, June 7" in told.last(Kind.FOLLOW_UP_WAITS).reason


def test_the_runoff_is_reminded_of_on_its_day() -> None:
    told = after_the_night()
    told.take(pass_time(told.watched, told.state, nine(6, 21)))
    reasons = [one.reason for one in told.steps[-1].events if one.kind is Kind.REMINDER]
    assert reasons == ["The runoff is on Tuesday, June 21: Ann Ours and Bob Second."]


# --- the configuration to paste

FIRST = """\
[elections.al-2022-05-24]
date = 2022-05-24
state = "AL"
kind = "partisan-primary-open"

[sources.mobile]
platform = "clarity"
election = "al-2022-05-24"
jurisdiction = "AL/Mobile"
eid = "1"

[[races]]
id = "the-race"
election = "al-2022-05-24"
name = "Mobile DA"
office = "District Attorney"
party = "DEM"

[[races.endorsements]]
candidate = "Ann Ours"
by = ["Example Coalition"]

[[races.sources]]
source = "mobile"
covers = ["Mobile"]
contest = 'District Attorney'
"""
REST = """
[sources.fill-in-1]
platform = "clarity"
election = "al-2022-06-21"
jurisdiction = "AL/Mobile"
eid = "2"

[sources.fill-in-2]
platform = "clarity"
election = "al-2022-06-21"
jurisdiction = "AL/Baldwin"
eid = "2"

[[slack.channels]]
name = "#night"
organisations = ["Example Coalition", "Quote \\" and \\\\ back"]
"""
ODD = replace(
    MOBILE,
    id="a" * 60,
    office="District Attorney (17th)",
    seats=1,
    general=General(date(2022, 11, 8), "none"),
    polls_close=time(20),
    zone="America/Denver",
    callers=("Ana Ruiz", "U024BE7LH"),
    policies=(
        ("", Policy(PolicyKind.AFTER, 1)),
        ("lost", Policy(PolicyKind.ON_CONFIRMATION)),
        ("runoff-possible", Policy(PolicyKind.AUTO)),
    ),
    unexpired=True,
    endorsements=(
        Endorsement("Ann Ours", ('Quote " and \\ back',), ("OURS, ANN",)),
        Endorsement("Cy Third", ("Example Coalition",)),
    ),
    sources=(
        SourceUse("one", ("Mobile",), "16"),
        SourceUse("two", ("Mobile",), "", r"ATTORNEY\b 'x'"),
        SourceUse("three", ("Baldwin",), "17"),
    ),
)


def pasted(text: str) -> str:
    return f"{FIRST}\n{text}\n{REST}"


def test_what_ops_are_asked_to_paste_is_taken_once_its_source_is_filled_in() -> None:
    told = after_the_night()
    (event,) = asked(told, nine(6, 7))
    text = event.reason.partition("\n\n")[2]
    assert tomllib.loads(text)["races"][0]["follows"] == "the-race"
    with pytest.raises(ConfigInvalid, match='no source "fill-in-1"'):
        read_config(f"{FIRST}\n{text}", base=Path(), scrapers=scrapers())
    config = read_config(pasted(text), base=Path(), scrapers=scrapers())
    follower = config.races[1]
    assert (follower.id, follower.follows) == ("the-race-runoff", "the-race")
    assert (follower.election.date, follower.election.kind) == (RUNOFF, "runoff")
    assert [one.candidate for one in follower.endorsements] == ["Ann Ours"]


def test_everything_that_still_holds_is_written_out() -> None:
    """A race that follows inherits nothing, so nothing may be left out silently."""
    text = config_text(ODD, RUNOFF, ("ours, ann", "Bob Second"))
    follower = read_config(pasted(text), base=Path(), scrapers=scrapers()).races[1]
    kept = replace(
        follower, id=ODD.id, election=ODD.election, name=ODD.name, follows="",
        endorsements=ODD.endorsements, sources=ODD.sources,
    )  # fmt: skip
    assert kept == ODD
    assert len(follower.id) == 60
    assert follower.endorsements == ODD.endorsements[:1]
    assert [(use.source, use.covers) for use in follower.sources] == [
        ("fill-in-1", ("Mobile",)),
        ("fill-in-2", ("Baldwin",)),
    ]
    assert follower.sources[0].contest == r"ATTORNEY\b 'x'"
    assert follower.sources[1].contest == r"District\ Attorney\ \(17th\)"


def test_a_spelling_that_hides_ours_leaves_nobody_out() -> None:
    text = config_text(MOBILE, RUNOFF, ("A. Ours", "B. Second"))
    assert tomllib.loads(text)["races"][0]["endorsements"][0]["candidate"] == "Ann Ours"
