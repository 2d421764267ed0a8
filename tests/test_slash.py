"""What /race understands and answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.decision import Outcome
from monitor.people import ActKind
from monitor.race_view import RaceView, SourceView
from monitor.slash import (
    NONE_WATCHED,
    Command,
    CommandKind,
    NotUnderstood,
    Reply,
    explain_reply,
    follow_act,
    follow_reply,
    help_reply,
    list_reply,
    moment,
    parse,
    reply,
    sentence_reply,
    status_reply,
    whoami_reply,
)
from monitor.state import Told, Waiting, current
from tests.block_checkers import check_message
from tests.core_examples import DURHAM_NIGHT, durham, minutes, race
from tests.people_nights import ASKED, begun, scene_of

if TYPE_CHECKING:
    from monitor.races import Race
    from tests import core_examples

ET = ZoneInfo("America/New_York")
DURHAM = replace(race(), id="durham-da")
DALLAS_D = replace(DURHAM, id="dallas-da-d", name="Dallas DA", party="DEM")
DALLAS_R = replace(DURHAM, id="dallas-da-r", name="Dallas DA", party="REP")
SECOND = replace(DURHAM, id="durham-2", name="Durham DA 2", party="")
RACES = (DURHAM, DALLAS_D, DALLAS_R, SECOND)


def viewed(told: core_examples.Told, at: float) -> RaceView:
    """Return a race as the desk sees it some minutes after the close."""
    tally, decisions = current(told.watched, told.state, minutes(at))
    source = SourceView("nc_durham", minutes(at - 1), minutes(at - 5), None, "", minutes(at + 1))
    return RaceView(
        told.watched, told.state, tally, decisions, scene_of(told.watched.race), (source,),
        minutes(0),
    )  # fmt: skip


def said(answer: Reply) -> str:
    """Return everything an answer says."""
    return "\n".join(block["text"]["text"] for block in answer.blocks)


# -- reading -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("", Command(CommandKind.HELP)),
        ("  HELP  ", Command(CommandKind.HELP)),
        ("status", Command(CommandKind.STATUS)),
        ("Status durham-da", Command(CommandKind.STATUS, "durham-da")),
        ("status  durham   da", Command(CommandKind.STATUS, "durham-da")),
        ("status Durham DA, DEM", Command(CommandKind.STATUS, "durham-da")),
        ("status Durham DA 2", Command(CommandKind.STATUS, "durham-2")),
        ("list", Command(CommandKind.LIST)),
        ("whoami", Command(CommandKind.WHOAMI)),
        ("follow DALLAS DA REP", Command(CommandKind.FOLLOW, "dallas-da-r")),
        ("enter dallas-da-d", Command(CommandKind.ENTER, "dallas-da-d")),
        ("close Durham DA", Command(CommandKind.CLOSE, "durham-da")),
        ("explain Durham DA", Command(CommandKind.EXPLAIN, "durham-da")),
        (
            "explain Durham DA 2018-05-08T21:12",
            Command(CommandKind.EXPLAIN, "durham-da", "2018-05-08T21:12"),
        ),
    ],
)
def test_words_are_read(typed: str, meant: Command) -> None:
    assert parse(typed, RACES) == meant


@pytest.mark.parametrize(
    ("typed", "answer"),
    [
        (
            "statsu",
            "“statsu” is not a command; did you mean `status`? `/race help` lists them.",
        ),
        ("explain", "Say which race: `/race explain RACE`. `/race list` shows them all."),
        (
            "status Dallas DA",
            (
                "Several races have that name: `dallas-da-d` (Dallas DA, DEM) "
                "and `dallas-da-r` (Dallas DA, REP). Use the id."
            ),
        ),
        (
            "status Durhm DA",
            "No race is called “Durhm DA”; did you mean `durham-da` or `durham-2`?",
        ),
        ("status xyz", "No race is called “xyz”. `/race list` shows them all."),
        ("status Durham", "No race is called “Durham”; did you mean `durham-2` or `durham-da`?"),
        ("follow durham-da now", "`/race follow` takes one race; “now” is too much."),
    ],
)
def test_nothing_is_guessed(typed: str, answer: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse(typed, RACES)
    assert str(refused.value) == answer


def test_an_id_goes_before_a_name_that_looks_like_it() -> None:
    odd = replace(DURHAM, id="other", name="durham-da")
    assert parse("status durham-da", (odd, DURHAM)).race == "durham-da"


def test_no_race_is_watched() -> None:
    with pytest.raises(NotUnderstood, match="No race is watched"):
        parse("status Durham", ())
    for answer in (list_reply(()), status_reply((), minutes(0))):
        assert said(answer) == NONE_WATCHED


def test_a_time_is_read_as_the_command_line_reads_it() -> None:
    now = datetime(2018, 5, 9, 0, 30, tzinfo=ET)
    assert moment("", ET, now) is None
    assert moment("21:12", ET, now) == datetime(2018, 5, 8, 21, 12, tzinfo=ET)
    assert moment("0:30", ET, now) == now
    assert moment("2018-05-08T21:12", ET, now) == datetime(2018, 5, 8, 21, 12, tzinfo=ET)
    assert moment("2018-05-08T21:12-05:00", ET, now) == datetime(2018, 5, 8, 22, 12, tzinfo=ET)
    with pytest.raises(NotUnderstood, match="write 2018-05-08T21:12"):
        moment("yesterday", ET, now)


# -- answering ---------------------------------------------------------------------------


def test_help_names_every_command() -> None:
    text = said(help_reply())
    assert all(f"`/race {kind.value}" in text for kind in CommandKind if kind != "help")


def test_status_is_the_scoreboard_s_line_with_its_reason_and_times() -> None:
    told = durham()
    told.see(DURHAM_NIGHT, 100, (40, 57))
    text = said(status_reply([viewed(told, 101)], minutes(101)))
    assert "*COUNTING*" in text
    assert "Deberry, Durham DA, DEM: leads Echols by 2,559" in text
    assert "40 of 57 precincts reporting" in text
    assert "Checked 9:10 PM ET" in text
    assert "next check 9:12 PM ET" in text


def test_an_outcome_that_some_have_first_is_not_told() -> None:
    """One gate for every output: all in, not released (desk §4.20)."""
    told = begun(ASKED)
    for at in (188, 190):
        told.see(DURHAM_NIGHT, at)
    candidate = "Satana Deberry"
    heads_up = Told(heads_up=Waiting(Outcome.WON, minutes(190), minutes(205)))
    for before in (told.state.told[candidate], replace(heads_up, standing=None)):
        told.state = replace(told.state, told={candidate: before})
        text = said(status_reply([viewed(told, 191)], minutes(191)))
        assert "ALL IN, NOT RELEASED" in text
        assert "WON" not in text


def test_an_outcome_that_staff_were_told_is_told() -> None:
    told = durham()
    for at in (188, 190, 194):
        told.see(DURHAM_NIGHT, at)
    assert "*WON (unofficial)*" in said(status_reply([viewed(told, 195)], minutes(195)))


def test_the_list_has_ids_and_names() -> None:
    assert "`dallas-da-r`  Dallas DA, REP" in said(list_reply(RACES))


def test_an_explanation_is_shortened_to_what_slack_takes() -> None:
    lines = ["durham-da at Tue May 8", "", "1. Fetched", *(f"  line {n}" for n in range(9_000))]
    answer = explain_reply(lines, DURHAM)
    checked(answer)
    text = said(answer)
    assert "*1. Fetched*" in text
    assert "• line 0" in text
    assert " more." in text
    assert "python run.py explain durham-da" in text


def test_who_follows_is_told() -> None:
    act = follow_act("durham-da", "Ana Ruiz", "U012ABCDEF", minutes(0), "a1")
    assert (act.kind, act.user, act.race) == (ActKind.FOLLOW, "U012ABCDEF", "durham-da")
    assert act.why
    told = said(follow_reply(DURHAM, "x", applied=True))
    assert told == "You follow Durham DA, DEM: Slack tells you of each reply in its thread."
    assert said(follow_reply(DURHAM, "You do already.", applied=False)) == "You do already."


def test_whoami_says_whether_one_may_act_and_why() -> None:
    text = said(whoami_reply("Ana", "U012ABCDEF", "actors names you", [DURHAM], may_act=True))
    assert text == (
        "You are Ana, member id `U012ABCDEF`.\nYou may act: actors names you.\n"
        "You are a caller of Durham DA, DEM."
    )
    text = said(whoami_reply("Ben", "U1", "nobody named you", [], may_act=False))
    assert "You may not act: nobody named you." in text
    assert "You are a caller of no race." in text


# -- limits and hostile names ------------------------------------------------------------

HOSTILE = st.text(
    alphabet=st.sampled_from("<>&|@!*_~`:#\n\t\x00\u202e\"'\\aZ é😀/"), min_size=1, max_size=150
)


def checked(answer: Reply) -> None:
    """Hold an answer against Slack's published limits."""
    check_message(answer.text, answer.blocks)
    assert answer.text
    assert 1 <= len(answer.blocks) <= 50
    assert sum(len(block["text"]["text"]) for block in answer.blocks) <= 11_100
    for block in answer.blocks:
        assert 1 <= len(block["text"]["text"]) <= 3_000
        assert "<" not in block["text"]["text"]
        assert "```" not in block["text"]["text"]


def named(one: Race, name: str, candidate: str) -> Race:
    ours = replace(one.endorsements[0], candidate=candidate, by=(name,))
    return replace(one, name=name, endorsements=(ours,))


@given(HOSTILE, HOSTILE)
@settings(max_examples=100)
def test_no_name_and_no_words_can_act_in_slack(name: str, typed: str) -> None:
    one = named(DURHAM, name, typed)
    told = durham()
    told.see(DURHAM_NIGHT, 100, (40, 57))
    told.watched = replace(told.watched, race=named(told.watched.race, name, typed))
    for answer in (
        list_reply([one]), status_reply([viewed(told, 101)], minutes(101)),
        explain_reply([name, f"  {typed}"], one), follow_reply(one, "", applied=True),
        whoami_reply(name, typed, typed, [one], may_act=False),
    ):  # fmt: skip
        checked(answer)
    for words in (typed, f"status {typed}", f"explain {name} {typed}"):
        try:
            parse(words, [one, DALLAS_D])
        except NotUnderstood as refused:
            checked(sentence_reply(str(refused)))


@given(st.lists(st.text(max_size=4_000), min_size=1, max_size=40))
@settings(max_examples=60)
def test_any_lines_fit(lines: list[str]) -> None:
    answer = reply(lines)
    assert all(len(block["text"]["text"]) <= 3_000 for block in answer.blocks)
    assert len(answer.blocks) <= 50


def test_hundreds_of_races_are_counted_where_they_do_not_fit() -> None:
    told = durham()
    told.see(DURHAM_NIGHT, 100, (40, 57))
    answer = status_reply([viewed(told, 101)] * 2_000, minutes(101) + timedelta(seconds=5))
    checked(answer)
    assert " more." in said(answer)
