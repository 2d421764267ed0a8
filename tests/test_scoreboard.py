"""The scoreboard: what it says of each race, in which order, and within Slack's limits."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.board_pages import pages_of
from monitor.decision import Outcome
from monitor.posts import INTERNAL_ID, SCOREBOARD_LINK
from monitor.races import Channel, Endorsement
from monitor.scoreboard import entry_of, first_date, of_night, scoreboard
from monitor.standing import Hold, HoldKind
from monitor.state import Asked, Waiting
from tests.block_checkers import check_message
from tests.core_examples import DURHAM, DURHAM_NIGHT, PITT, minutes, race
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
    from collections.abc import Sequence
    from datetime import datetime

    from monitor.board_pages import Page
    from monitor.race_view import RaceView

EMOJI = re.compile("[\U0001f300-\U0001faff☀-⛿⚪]")


def lines(pages: Sequence[Page]) -> list[str]:
    """Return every line of every page as Slack is given it."""
    found: list[str] = []
    for page in pages:
        for block in json.loads(page.blocks):
            parts: list[Any] = [block.get("text"), *block.get("elements", ())]
            found += [line for part in parts if part for line in part["text"].split("\n")]
    return found


def board(
    *views: RaceView, channel: Channel = CHANNEL, now: datetime | None = None
) -> tuple[Page, ...]:
    return scoreboard(views, DESK, channel, now or minutes(5))


def told_lines(one: RaceView, channel: Channel = CHANNEL) -> str:
    return "\n".join(lines(board(one, channel=channel)))


# -- one race ----------------------------------------------------------------------------


def test_a_race_that_counts_has_standing_reason_and_times() -> None:
    """Standing, votes, reporting, the light with its reason, and when it was and is checked."""
    said = told_lines(counting())
    assert "*COUNTING* 🟡 Deberry, Durham DA, DEM: trails Echols by 193." in said
    assert "4,524 votes, 43.2%, 9/57 precincts." in said
    assert "No outcome yet: 9 of 57 precincts reporting" in said
    assert "Checked 7:35 PM ET · county changed 7:33 PM ET · next check 7:36 PM ET" in said
    assert "UNOFFICIAL" in said


def test_before_the_close_it_says_when_the_polls_close() -> None:
    """No figures of a test before the election, only the close."""
    said = "\n".join(lines(board(waiting(), now=minutes(-5))))
    assert "*NO NUMBERS YET* ⚪ Deberry, Durham DA, DEM." in said
    assert "Polls close 7:30 PM ET" in said
    assert "votes" not in said


def test_an_outcome_that_was_told_is_shown_with_what_it_rests_on() -> None:
    """The prize is named, and why it is sure enough."""
    said = told_lines(won())
    assert (
        "*WON (unofficial)* 🟢 Deberry, Durham DA, DEM nomination: leads Echols by 2,559." in said
    )
    assert "The count is complete, seen twice." in said


@pytest.mark.parametrize("part", ["waiting", "heads_up"])
def test_an_outcome_that_waits_for_people_is_not_shown(part: str) -> None:
    """Desk §4.20: all in, not released; the outcome itself stands nowhere."""
    waits = Waiting(Outcome.WON, minutes(180), None)
    one = with_told(won(), outcome=Outcome.NONE, **{part: waits})
    said = told_lines(one)
    assert "*ALL IN, NOT RELEASED*" in said
    assert "WON" not in said
    assert "nomination" not in said
    assert board(one)[0].text == "SCOREBOARD: 1 counting."


def test_it_says_who_is_waited_for_and_for_what() -> None:
    """Desk §1.3: READY TO CALL names the callers on the board, and what is missing."""
    one = counting(DURHAM_NIGHT, (56, 57))
    asked = Asked(Outcome.WON, one.decisions[0].blocks, minutes(4))
    made = replace(one, watched=replace(one.watched, race=replace(DURHAM, callers=("Casey Ng",))))
    said = told_lines(with_told(made, asked=asked))
    assert "Waiting for Casey Ng: Deberry, Durham DA, DEM. Only this is missing: 1 of 57" in said


def test_an_outcome_in_doubt_is_on_hold_off_and_first() -> None:
    """HOLD OFF stands before every other race, and says not to repeat the outcome."""
    doubtful = with_told(of_outcome(Outcome.WON, number=9), doubt_since=minutes(200))
    pages = board(of_outcome(Outcome.WON, number=1), counting(), doubtful)
    states = [line for line in lines(pages) if line.startswith("*") and "DA" in line]
    assert states[0].startswith("*HOLD OFF* 🟠 Deberry, Durham DA 9")
    assert "do not repeat it" in "\n".join(lines(pages))
    assert pages[0].text == "SCOREBOARD: 1 on hold off, 1 nominated, 1 counting."


def test_numbers_under_check_and_a_site_that_is_down_are_said() -> None:
    """Desk §1.5 and §4.21: since when, of which site, and what was last there."""
    one = counting()
    standing = one.state.standings["nc_durham"]
    held = replace(standing, hold=Hold(HoldKind.HARD, "doubled", minutes(3)))
    state = replace(one.state, standings={"nc_durham": held}, down={"nc_durham": minutes(2)})
    failing = replace(one.sources[0], error="ServerTrouble: 503")
    said = told_lines(replace(one, state=state, sources=(failing,)))
    assert "New numbers under check since 7:33 PM ET." in said
    assert "since 7:35 PM ET: site down. Last: 10,477 votes there." in said


def test_what_is_internal_stands_in_blocks_of_its_own() -> None:
    """People of another workspace read a board without them (desk §4.16); Slack takes it whole."""
    one = counting()
    held = replace(
        one.state.standings["nc_durham"], hold=Hold(HoldKind.HARD, "doubled", minutes(3))
    )
    state = replace(one.state, standings={"nc_durham": held})
    made = [
        replace(one, state=state, watched=replace(
            one.watched, race=replace(one.watched.race, id=f"race-{number}")
        ))
        for number in range(60)
    ]  # fmt: skip
    pages = board(*made)
    assert len(pages) > 1
    for page in pages:
        blocks = json.loads(page.blocks)
        check_message(page.text, blocks)
        assert len(blocks) <= 50
        inside = [one for one in blocks if str(one.get("block_id", "")).startswith(INTERNAL_ID)]
        outside = json.dumps([one for one in blocks if one not in inside])
        assert inside
        assert "under check" not in outside
        assert "Durham DA" in outside


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("Blocked: 403", "the site refuses us"),
        ("LayoutChanged: no table", "the page cannot be read"),
        ("ServerTrouble: 503", "site down"),
    ],
)
def test_what_fails_is_said_as_it_is(error: str, words: str) -> None:
    """A page that cannot be read is no site that is down."""
    one = counting()
    failing = replace(one.sources[0], error=error)
    state = replace(one.state, down={"nc_durham": minutes(2)})
    assert f": {words}. Last" in told_lines(replace(one, state=state, sources=(failing,)))


def test_of_two_of_ours_none_is_won_or_lost_in_the_counts() -> None:
    """Desk §4.16: both are named with who endorsed them, and the headline says decided."""
    two = replace(
        DURHAM,
        endorsements=(
            Endorsement("Satana Deberry", ("Example Coalition",)),
            Endorsement("Roger Echols", ("Org 1",)),
        ),
    )
    told = told_of(two)
    told.see(DURHAM_NIGHT, 180)
    told.see(DURHAM_NIGHT, 182)
    one = view(told.state, two, minutes(183))
    (both,), (alone,) = board(one, channel=BOTH), board(one)
    assert both.text == "SCOREBOARD: 1 decided."
    said = told_lines(one, BOTH)
    assert "WON (unofficial)* 🟢 Deberry, Durham DA, DEM nomination (endorsed by Example Co" in said
    assert "LOST (unofficial)* 🔴 Echols, Durham DA, DEM nomination (endorsed by Org 1)" in said
    assert alone.text == "SCOREBOARD: 1 nominated."
    assert "Echols, Durham DA" not in told_lines(one)


def test_without_emoji_and_colour_the_meaning_is_the_same() -> None:
    """Desk §3.14: each light stands behind the word that says it."""
    views = (counting(), won(), waiting(), of_outcome(Outcome.LOST), of_outcome(Outcome.RUNOFF))
    for one in views:
        (state,) = [line for line in lines(board(one)) if EMOJI.search(line)]
        word = re.match(r"\*([A-Z,? ]+)", EMOJI.sub("", state))
        assert word is not None
        assert word[1].strip()


# -- the whole board ---------------------------------------------------------------------


def test_headline_counts_name_what_was_won() -> None:
    """Desk §3.15, word for word."""
    alone = replace(waiting(), state=replace(waiting().state, uncontested=True))
    views = [
        of_outcome(Outcome.WON, DURHAM, 1),
        of_outcome(Outcome.WON, DURHAM, 2),
        of_outcome(Outcome.WON, replace(PITT, endorsements=DURHAM.endorsements), 3),
        of_outcome(Outcome.RUNOFF, DURHAM, 4),
        *(alone, alone),
        *(counting(), counting(), counting()),
    ]
    (page,) = board(*views)
    assert page.text == ("SCOREBOARD: 2 nominated, 1 elected, 1 runoff, 2 uncontested, 3 counting.")


def test_it_says_by_when_it_must_have_moved() -> None:
    """Desk §4.18: the time is a minute after the next check, so that a slow one is no alarm."""
    (page,) = board(counting())
    assert "Next check by 7:38 PM ET; if that is past, the bot is down." in lines((page,))
    done = replace(counting(), sources=(replace(counting().sources[0], next_at=None),))
    assert "No further checks are planned." in told_lines(done)


def test_only_the_times_of_checks_are_outside_its_substance() -> None:
    """A board on which nothing happened differs in its digest and not in its substance."""
    one = counting()
    later = replace(one, sources=(replace(one.sources[0], checked_at=minutes(7)),))
    before, after = board(one)[0], board(later)[0]
    assert before.digest != after.digest
    assert before.substance == after.substance
    assert board(won())[0].substance != before.substance


def test_open_and_changed_races_stand_first() -> None:
    """Changed in the last quarter hour, then other open ones, then those before, then decided."""
    quiet = counting(at=30)
    quiet = replace(quiet, watched=replace(quiet.watched, race=replace(DURHAM, name="A quiet DA")))
    fresh = counting(at=59)
    views = (of_outcome(Outcome.WON, DURHAM, 1), waiting(), quiet, fresh)
    found = [
        line for line in lines(board(*views, now=minutes(60))) if re.match(r"\*[A-Z (]+.*DA", line)
    ]
    assert [line.partition("* ")[0] for line in found] == [
        "*COUNTING", "*COUNTING", "*NO NUMBERS YET", "*WON (unofficial)",
    ]  # fmt: skip
    assert "A quiet DA" in found[1]


@pytest.mark.parametrize("number", [1, 15, 300])
def test_hundreds_of_races_are_split_within_the_limits(number: int) -> None:
    """Every race is on exactly one page, and every page is one message for Slack."""
    one = counting()
    races = (replace(DURHAM, id=f"r{n}", name=f"County {n:03} DA") for n in range(number))
    views = [replace(one, watched=replace(one.watched, race=made)) for made in races]
    pages = board(*views)
    for page in pages:
        check_message(page.text, json.loads(page.blocks))
        assert len(json.loads(page.blocks)) <= 45
    said = "\n".join(lines(pages))
    assert all(said.count(f"County {place:03} DA") == 1 for place in range(number))
    assert (len(pages) > 1) == (number == 300)


def test_sixty_one_candidates_of_150_characters_fit() -> None:
    """As many endorsed ones as a ballot has, all with names as long as names get."""
    names = [f"{'x' * 140} Name{number:02}" for number in range(61)]
    crowd = replace(
        race(*names, name="N" * 150),
        endorsements=tuple(Endorsement(name, ("Example Coalition",)) for name in names),
        callers=tuple(f"{'c' * 150} {number}" for number in range(61)),
    )
    told = told_of(crowd)
    told.see(dict(zip(names, range(1000, 1061), strict=True)), 3, (5, 57))
    one = view(told.state, crowd, minutes(5))
    waits = with_told(one, waiting=Waiting(Outcome.LOST, minutes(4), None))
    pages = board(*[waits] * 30)
    for page in pages:
        check_message(page.text, json.loads(page.blocks))
    assert "and 53 more of ours in this race" in "\n".join(lines(pages))


@given(st.text(min_size=1, max_size=60))
def test_no_name_can_mention_link_or_format(name: str) -> None:
    """Names come from outside: nothing of them but what they look like reaches Slack."""
    hostile = replace(DURHAM, name=name, endorsements=(Endorsement(name, ("Example Coalition",)),))
    one = waiting()
    made = replace(one, watched=replace(one.watched, race=hostile))
    for line in lines(board(made)):
        assert not re.search(r"<(?!https://x\.example)", line)
        assert line.count("*") in (0, 2)
        assert "`" not in line


def test_the_board_points_nowhere_but_to_sources() -> None:
    """It is what other messages point to, so it never points to itself."""
    assert SCOREBOARD_LINK not in board(counting())[0].blocks


# -- nights ------------------------------------------------------------------------------


def test_a_night_is_the_newest_date_that_has_begun_with_what_is_still_open() -> None:
    """An earlier race that is decided leaves the board when the next night begins."""
    later = replace(DURHAM.election, date=DURHAM.election.date + timedelta(days=35))
    runoff = replace(DURHAM, id="runoff", election=later)
    unopened = replace(waiting(), watched=replace(waiting().watched, race=runoff))
    closed = replace(unopened, state=replace(unopened.state, opened=False))
    assert first_date([won(), closed]) == DURHAM.election.date
    assert first_date([won(), unopened]) == later.date
    assert of_night([won(), unopened], CHANNEL, later.date) == (unopened,)
    open_one = counting()
    assert of_night([open_one, unopened], CHANNEL, later.date) == (open_one, unopened)
    assert first_date([closed]) is None


def test_an_entry_is_the_same_however_often_it_is_made() -> None:
    """It depends on the race, the channel and the day alone."""
    one = counting()
    assert entry_of(one, DESK, CHANNEL, minutes(5)) == entry_of(one, DESK, CHANNEL, minutes(50))
    made = [entry_of(one, DESK, CHANNEL, minutes(5))]
    assert pages_of(made, DESK, minutes(5)) == board(one)
