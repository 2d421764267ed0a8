"""What comes by the clock: roll call, pulse, morning report, and when each is due."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from monitor.board_pages import Page
from monitor.deadlines_file import Dated, calendar_file
from monitor.decision import Outcome, Standing
from monitor.desk import Board, Marks, Shown, edit_at, look_at, next_mark, passed
from monitor.morning import Morning, Outage, facts_of, report
from monitor.posts import ChoreKind, DeskKind
from monitor.pulse import Mark, marks_of, pulse
from monitor.races import Endorsement
from monitor.roll_call import roll_call
from monitor.state import Waiting
from monitor.watch_stopped import watch_stopped
from tests.block_checkers import check_message
from tests.core_examples import (
    CLOSE,
    CONTRA_COSTA,
    DAY,
    DURHAM,
    DURHAM_EARLY,
    DURHAM_NIGHT,
    minutes,
)
from tests.desk_examples import (
    BOTH,
    CHANNEL,
    DESK,
    counting,
    of_outcome,
    told_of,
    view,
    waiting,
    with_told,
    won,
)

if TYPE_CHECKING:
    from monitor.posts import Post

ET = ZoneInfo("America/New_York")
ZONE = "America/New_York"
EIGHT = datetime(2018, 5, 9, 8, tzinfo=ET)
LEADS = {"Satana Deberry": 6_288, "Roger Echols": 5_685, "Daniel Meier": 1_500}


def said(post: Post | None) -> str:
    """Return text and blocks of a message that Slack takes."""
    assert post is not None
    blocks = json.loads(post.blocks)
    check_message(post.text, blocks)
    return f"{post.text}\n{json.dumps(blocks, ensure_ascii=False)}"


# -- roll call ---------------------------------------------------------------------------


def test_the_roll_call_is_the_sentence_of_the_desk() -> None:
    """Desk §4.17, word for word, and the races by when their polls close."""
    views = [waiting(), replace(waiting(), closes_at=CLOSE + timedelta(hours=1))]
    alone = replace(waiting(), state=replace(waiting().state, uncontested=True))
    post = roll_call([*views, alone], DESK, CHANNEL, DAY, minutes(-60))
    assert post is not None
    assert post.text == (
        "Watching 2 races. First numbers about 7:33 PM ET. Quiet before then is normal. "
        "Bot problems: Riley Ops."
    )
    assert "Polls close 7:30 PM ET: Deberry, Durham DA, DEM\\nPolls close 8:30 PM ET" in said(post)
    assert "Uncontested, nothing to count: Deberry, Durham DA, DEM." in said(post)
    assert (post.thread, post.race, post.kind) == (None, None, DeskKind.ROLL_CALL.value)


def test_without_a_contact_or_a_contest_the_roll_call_says_less() -> None:
    """Nobody is named for bot problems; where nothing is counted, nothing is called."""
    post = roll_call([waiting()], replace(DESK, bot_contact=""), CHANNEL, DAY, minutes(-60))
    assert post is not None
    assert post.text.endswith("Quiet before then is normal.")
    alone = replace(waiting(), state=replace(waiting().state, uncontested=True))
    assert roll_call([alone], DESK, CHANNEL, DAY, minutes(-60)) is None


# -- pulse -------------------------------------------------------------------------------


def test_a_pulse_says_how_many_lead_and_who_moved() -> None:
    """Desk §4.19: the figures, and a change of lead by name and margin."""
    before = marks_of([counting()], CHANNEL)
    told = told_of()
    for at in (3, 4):
        told.see(DURHAM_EARLY, at, (0, 57))
    for at in (50, 52):
        told.see(LEADS, at, (9, 57))
    now = minutes(60)
    post = pulse([view(told.state, at=now)], CHANNEL, before, now, now)
    assert post is not None
    assert post.text == "PULSE: 1 of 1 ours leads; moved: Deberry took the lead (+603)"
    assert "MOVED: Deberry, Durham DA, DEM: leads Echols by 603, 9/57 precincts." in said(post)


def test_a_first_pulse_and_one_without_a_change_of_lead_name_the_margins() -> None:
    """A phone shows where ours stands, not only that something came."""
    one = counting()
    first = pulse([one], CHANNEL, (), minutes(30), minutes(30))
    assert first is not None
    assert first.text == "PULSE: 0 of 1 ours lead; first numbers: Deberry -193"
    before = (Mark("the-race", "Satana Deberry", Standing.TRAILS, 5),)
    later = pulse([one], CHANNEL, before, minutes(60), minutes(60))
    assert later is not None
    assert later.text == "PULSE: 0 of 1 ours lead; no change of lead; now: Deberry -193"


def test_no_pulse_without_news_or_outside_the_count() -> None:
    """Nothing changed, an outcome alone, another half hour, hours after the close."""
    one = counting()
    at = minutes(30)
    assert pulse([one], CHANNEL, marks_of([one], CHANNEL), at, at) is None
    assert pulse([won()], CHANNEL, marks_of([one], CHANNEL), at, at) is None
    assert pulse([waiting()], CHANNEL, (), at, at) is None
    assert pulse([one], CHANNEL, (), minutes(7 * 60), minutes(7 * 60)) is None


def test_a_pulse_of_many_races_stays_short() -> None:
    """Three hundred races that all have new numbers are one line, a few names and a number."""
    one = counting()
    views = [
        replace(one, watched=replace(one.watched, race=replace(DURHAM, id=f"r{n}")))
        for n in range(300)
    ]
    post = pulse(views, CHANNEL, (), minutes(30), minutes(30))
    assert post is not None
    assert post.text.startswith("PULSE: 0 of 300 ours lead; first numbers: Deberry -193, ")
    assert post.text.endswith("and 297 more")
    assert "and 288 more" in said(post)


def test_two_of_ours_in_a_race_are_not_counted_as_leading() -> None:
    """Desk §4.16: each is named with who endorsed it, and none is ours."""
    two = replace(
        DURHAM,
        endorsements=(
            Endorsement("Satana Deberry", ("Example Coalition",)),
            Endorsement("Roger Echols", ("Org 1",)),
        ),
    )
    told = told_of(two)
    told.see(DURHAM_EARLY, 3, (0, 57))
    one = view(told.state, two, minutes(5))
    post = pulse([one], BOTH, (), minutes(30), minutes(30))
    assert post is not None
    assert "ours" not in post.text
    assert "Deberry (endorsed by Example Coalition) -193" in post.text


def test_a_pulse_names_no_outcome_that_waits_for_people() -> None:
    """One gate for every output (desk §4.20)."""
    one = with_told(won(), outcome=Outcome.NONE, heads_up=Waiting(Outcome.WON, minutes(1), None))
    text = said(pulse([one], CHANNEL, (), minutes(200), minutes(200)))
    assert "NOT RELEASED: Deberry" in text
    assert "WON" not in text


# -- morning report ----------------------------------------------------------------------


def test_the_morning_report_says_what_may_be_said_and_what_comes_next() -> None:
    """Desk §4.22: outcome, margin, SAY line, next date with its owner, the file of dates."""
    posts, files = report([won()], DESK, CHANNEL, Morning(EIGHT, {}), EIGHT)
    (post,) = posts
    text = said(post)
    assert post.text == "MORNING REPORT, May 9: 1 nominated."
    assert "*WON (unofficial): Deberry, Durham DA, DEM nomination. 48.8%, +2,559." in text
    assert "15,207 votes; leads Echols by 2,559." in text
    assert "*SAY:* “With all 57 precincts reporting" in text
    assert "DON'T SAY" not in text
    assert "Next: The canvass is due Friday, May 18, 11:00 AM ET" in text
    assert "Owner: Riley Ops." in text
    (file,) = files
    assert (file.kind, file.key, file.name) == (
        ChoreKind.FILE,
        post.key,
        "deadlines-2018-05-09.ics",
    )
    events = Calendar.from_ical(file.content).walk("VEVENT")
    found = {str(one["SUMMARY"]): one.decoded("DTSTART") for one in events}
    assert found["Durham DA: canvass"] == datetime(2018, 5, 18, 15, tzinfo=UTC)
    assert found["Durham DA: general election"] == date(2018, 11, 6)


def test_a_western_race_is_still_counting_in_the_morning() -> None:
    """Weeks of counting: the standing, and why there is no outcome."""
    one = told_of(CONTRA_COSTA)
    votes = {"Diana Becton": 60_000, "Paul Graves": 50_000, "Lawrence Strauss": 9_000}
    one.see(votes, 200, None)
    seen = view(one.state, CONTRA_COSTA, minutes(240))
    ((post,), _) = report([seen], DESK, CHANNEL, Morning(EIGHT, {}), EIGHT)
    assert post.text == "MORNING REPORT, May 9: 1 counting."
    assert "*STILL COUNTING: Becton, Contra Costa DA leads Graves by 10,000.*" in said(post)
    assert "No outcome yet:" in said(post)


def test_everything_withdrawn_and_every_failure_is_in_it() -> None:
    """What staff must not use any more is repeated, and which site was down, and when."""
    morning = Morning(
        EIGHT, {}, ("DO NOT USE: Deberry, Durham DA.",),
        (Outage("nc_durham", minutes(60), minutes(90)), Outage("nc_durham", minutes(100), None)),
    )  # fmt: skip
    ((post,), _) = report([won()], DESK, CHANNEL, morning, EIGHT)
    text = said(post)
    assert "*Withdrawn:*\\n• DO NOT USE: Deberry, Durham DA." in text
    assert "down since May 8, 8:30 PM ET until 9:00 PM ET." in text
    assert "down since May 8, 9:10 PM ET and still down." in text


def test_a_later_morning_reports_only_what_changed() -> None:
    """Nothing new, nothing said; one vote more is."""
    later = EIGHT + timedelta(days=3)
    facts = facts_of([won()], CHANNEL)
    assert report([won()], DESK, CHANNEL, Morning(later, facts), later) == ((), ())
    more = told_of()
    votes = {**DURHAM_NIGHT, "Satana Deberry": 15_208}
    more.see(votes, 180)
    changed = replace(won(), state=more.state, decisions=view(more.state).decisions)
    posts, _ = report([changed], DESK, CHANNEL, Morning(later, facts), later)
    assert len(posts) == 1


def test_an_outcome_in_doubt_is_not_repeated_in_the_morning() -> None:
    """HOLD OFF has neither a WON headline nor a SAY line."""
    doubtful = with_told(won(), doubt_since=minutes(300))
    ((post,), _) = report([doubtful], DESK, CHANNEL, Morning(EIGHT, {}), EIGHT)
    text = said(post)
    assert "*HOLD OFF: Deberry" in text
    assert "WON" not in text
    assert "SAY" not in text


def test_a_report_of_hundreds_of_races_goes_on_in_its_thread() -> None:
    """One message at top level, the rest below it, every one within the limits."""
    views = [of_outcome(Outcome.WON, DURHAM, number) for number in range(120)]
    posts, _ = report(views, DESK, CHANNEL, Morning(EIGHT, {}), EIGHT)
    assert [post.thread for post in posts] == [None, *[posts[0].key] * (len(posts) - 1)]
    assert len(posts) > 3
    assert "Durham DA 119" in "".join(said(post) for post in posts)


# -- the calendar file -------------------------------------------------------------------


@given(st.text(min_size=1, max_size=200))
def test_any_text_makes_a_calendar_that_is_read_back(text: str) -> None:
    """Line breaks, commas and control characters of a law's text end no entry."""
    clean = "".join(char for char in text if char.isprintable())
    made = calendar_file([Dated("r", DAY, "Durham DA: canvass", clean)], CLOSE)
    (event,) = Calendar.from_ical(made).walk("VEVENT")
    assert str(event["DESCRIPTION"]) == clean
    assert made == calendar_file([Dated("r", DAY, "Durham DA: canvass", clean)], CLOSE)


# -- watching ends -----------------------------------------------------------------------


def test_when_watching_ends_the_open_races_are_handed_over() -> None:
    """Desk §4.22: how many, until when, and to whom."""
    post = watch_stopped([won(), counting()], DESK, minutes(300))
    assert post is not None
    assert post.text.startswith("WATCH STOPPED: 2 races open until ")
    assert post.text.endswith("; run daily, or hand the dates to Riley Ops.")
    assert post.channel == "#ops"
    assert watch_stopped([], DESK, minutes(300)) is None
    assert watch_stopped([won()], replace(DESK, ops_channel=""), minutes(300)) is None


# -- when --------------------------------------------------------------------------------


def test_marks_come_once_and_are_not_told_late() -> None:
    """A half hour is told within ten minutes, the report within four hours."""
    half = datetime(2018, 5, 9, 1, 0, tzinfo=UTC)
    assert passed(half - timedelta(seconds=1), half, ZONE) == Marks(half, None)
    assert passed(half, half + timedelta(minutes=1), ZONE) == Marks(None, None)
    assert passed(half - timedelta(hours=3), half + timedelta(minutes=11), ZONE).pulse is None
    assert passed(half, EIGHT, ZONE).report == EIGHT
    assert passed(half, EIGHT + timedelta(hours=5), ZONE).report is None


def test_the_next_mark_is_the_roll_call_then_half_hours_then_mornings() -> None:
    """Around a close at 7:30 PM ET; a half hour that is the close itself counts."""
    marks = []
    at = CLOSE - timedelta(hours=12)
    for _ in range(17):
        found = next_mark(at, [CLOSE], [CLOSE], ZONE)
        assert found is not None
        assert found > at
        marks.append(found)
        at = found
    assert marks[0] == CLOSE - timedelta(hours=1)
    assert marks[1:14] == [CLOSE + timedelta(minutes=30 * n) for n in range(13)]
    assert marks[14:] == [EIGHT, EIGHT + timedelta(days=1), EIGHT + timedelta(days=2)]
    assert next_mark(CLOSE + timedelta(days=61), [CLOSE], [CLOSE], ZONE) is None
    assert next_mark(at, [], [], ZONE) is None


@given(
    st.datetimes(datetime(2018, 3, 1), datetime(2018, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(0), timedelta(days=3)),
)
def test_the_next_mark_is_always_later(handled: datetime, ahead: timedelta) -> None:
    """Or a replay would never get past it; summer time begins and ends in between."""
    close = handled + ahead
    found = next_mark(handled, [close], [close], ZONE)
    assert found is not None
    assert found > handled


@pytest.mark.parametrize(
    ("substance", "pages", "wait"),
    [("other", 1, 15), ("same", 1, 60), ("same", 80, 240)],
)
def test_a_page_is_edited_at_its_pace(substance: str, pages: int, wait: int) -> None:
    """News after 15 s, times alone after a minute, and later on a board of very many pages."""
    shown = Shown("before", "same", CLOSE)
    page = Page("text", "[]", substance)
    assert edit_at(shown, page, pages, minutes(5)) == CLOSE + timedelta(seconds=wait)
    assert edit_at(Shown(page.digest, "same", CLOSE), page, pages, minutes(5)) is None
    # A clock that was set back by hours does not silence the board for hours.
    back = edit_at(shown, page, pages, minutes(-300))
    assert back is not None
    assert back <= minutes(-300) + timedelta(seconds=wait)


def test_a_changed_state_is_looked_at_when_a_page_could_be_written() -> None:
    """At once on a board that rests, 15 s after its last edit on one that does not."""
    board = Board(DAY, (Shown("d", "s", minutes(10)),), "")
    assert look_at([board], minutes(11), minutes(11)) == minutes(11)
    assert look_at([board], minutes(10), minutes(10)) == minutes(10) + timedelta(seconds=15)
    assert look_at([], minutes(3), minutes(3)) == minutes(3)
