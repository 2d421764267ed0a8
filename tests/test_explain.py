"""`explain`: how a race came to stand as it does, now and at any moment of a night.

Figures of the recorded nights are theirs; races, names and figures of the sheets are made up.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor import inquiry
from monitor.people import Act, ActKind
from tests.commands import run
from tests.test_review import ALPHA, CLOSE, Desk, race, sheet, watched
from tests.whole_nights import whole

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.explanation import Decided, Explanation

REPLAYED = (
    "durham-2018", "dallas-2018", "allegheny-2023", "allegheny-2023-confirmed", "cape-fear-2024",
    "older-2018",
)  # fmt: skip


@pytest.fixture(scope="module")
def nights() -> Path:
    """Return a folder with the databases of replayed nights."""
    (folder,) = {whole(name).database.parent for name in REPLAYED}
    return folder


def durham(nights: Path, at: datetime | None = None) -> Explanation:
    return inquiry.explain(nights / "durham-2018.db", "durham-da-2018", at)


def dallas(nights: Path, at: datetime | None = None) -> Explanation:
    return inquiry.explain(nights / "dallas-2018.db", "dallas-da-2018", at)


def test_the_present_shows_polling_figures_and_the_outcome(nights: Path) -> None:
    told = durham(nights)
    (source,) = told.sources
    assert not told.is_past
    assert source.looks == 2
    assert source.units == "57/57 precincts"
    assert source.visited_at is not None
    assert {vote.name: vote.votes for vote in source.votes}["Satana Deberry"] == 15_281
    (decided,) = told.decisions
    assert (decided.told, decided.told_basis) == ("won", "complete")
    assert decided.blocks == ()


def test_the_integers_of_the_rule_are_shown(nights: Path) -> None:
    """More than 30% of 31,319 is 9,396 votes; 3% may still come."""
    (decided,) = durham(nights).decisions
    assert (decided.total, decided.threshold, decided.late) == (31_319, 9_396, 939)
    assert decided.slack == 939


def test_a_past_moment_shows_what_was_known_then(nights: Path) -> None:
    """At 10:30 PM 51 of 57 precincts were in, and that was what stood against the outcome."""
    told = durham(nights, datetime.fromisoformat("2018-05-08T22:30:00-04:00"))
    assert told.is_past
    (source,), (decided,) = told.sources, told.decisions
    assert source.visited_at is not None
    assert timedelta(0) <= told.at - source.visited_at <= timedelta(minutes=2)
    assert {vote.name: vote.votes for vote in source.votes}["Satana Deberry"] == 14_208
    assert (decided.computed, decided.told) == ("won", "none")
    assert "not-complete" in {reason.block for reason in decided.blocks}
    assert "51 of 57 precincts reporting" in {reason.sentence for reason in decided.blocks}
    assert told.messages[-1].kind == "count-updated"
    assert all(message.at <= told.at for message in told.messages)


def test_a_time_without_a_zone_is_the_races(nights: Path) -> None:
    told = dallas(nights, datetime(2018, 3, 7, 9, 0))  # noqa: DTZ001 - that is what is tested
    assert told.at == datetime(2018, 3, 7, 15, 0, tzinfo=UTC)


def test_before_anything_was_counted_there_is_no_decision(nights: Path) -> None:
    told = durham(nights, datetime(2018, 5, 8, 22, 45, tzinfo=UTC))
    assert told.decisions == ()
    assert told.sources[0].votes == ()
    assert [message.kind for message in told.messages] == ["race-opened"]
    ran = run("explain", "durham-da-2018", "2018-05-08T18:45", "--database",
              nights / "durham-2018.db")  # fmt: skip
    assert "No decision: no votes were accepted by then." in ran.out


def test_too_close_is_explained(nights: Path) -> None:
    """On 10 March: behind by 612, and up to 3,378 votes may still come."""
    (decided,) = dallas(nights, datetime(2018, 3, 10, 18, 0, tzinfo=UTC)).decisions
    assert (decided.margin, decided.late) == (-612, 3_378)
    assert [reason.block for reason in decided.blocks] == ["place-open"]
    assert decided.next_step == "TOO CLOSE is told"


def test_the_certified_end_is_explained(nights: Path) -> None:
    (decided,) = dallas(nights).decisions
    assert (decided.told, decided.told_basis, decided.margin) == ("lost", "certified", -589)


def test_people_read_it_line_by_line(nights: Path) -> None:
    ran = run("explain", "durham-da-2018", "2018-05-08T22:30", "--database",
              nights / "durham-2018.db")  # fmt: skip
    assert ran.code == 0
    for line in (
        "durham-da-2018 at Tue May 8, 2018, 10:30 PM ET",
        "rule: needs more than 30% (North Carolina)",
        "late ballots L = 880; a gap must exceed 880",
        "threshold 8,807 votes: +5,401",
        "against it: 51 of 57 precincts reporting (not-complete)",
        "told: none; no outcome while anything stands against it",
        "sent to #primary-night: LEAD CHANGE: Deberry leads Echols by 603",
    ):
        assert line in ran.out


def test_the_json_holds_everything(nights: Path) -> None:
    ran = run("explain", "dallas-da-2018", "--database", nights / "dallas-2018.db", "--json")
    told = json.loads(ran.out)
    assert told["race"] == "dallas-da-2018"
    assert told["decisions"][0]["told"] == "lost"
    kinds = [event["kind"] for event in told["events"]]
    assert "source-broken" in kinds or "note-added" in kinds
    assert [message["kind"] for message in told["messages"]][-1] == "race-lost"


# -- past moments of the recorded nights ---------------------------------------------------


def allegheny(nights: Path, at: str, night: str = "allegheny-2023") -> Explanation:
    return inquiry.explain(
        nights / f"{night}.db", "allegheny-da-2023", datetime.fromisoformat(f"{at}-04:00")
    )


def test_before_the_first_votes_a_visit_is_known_and_nothing_is_accepted(nights: Path) -> None:
    (source,) = durham(nights, datetime.fromisoformat("2018-05-08T19:10:00-04:00")).sources
    assert source.visited_at is not None
    assert (source.verdict, source.accepted_at, source.looks) == ("before-close", None, 0)
    assert (source.use, source.unmatched, source.hold) == ("no-figures", "", "")


def test_between_two_looks_the_second_one_is_waited_for(nights: Path) -> None:
    """Durham's last report came at 10:38:34 PM; the look that released WON 60 s later."""
    told = durham(nights, datetime.fromisoformat("2018-05-08T22:39:00-04:00"))
    (source,), (one,) = told.sources, told.decisions
    assert (source.result, source.is_look, source.verdict, source.looks) == (
        "fetched", True, "accepted", 1,
    )  # fmt: skip
    assert (one.computed, one.outcome, one.precedence) == ("won", "none", "blocked")
    assert [reason.block for reason in one.blocks] == ["one-look"]
    assert one.posted == ()


def test_at_won_two_looks_agree_and_the_message_is_named(nights: Path) -> None:
    told = durham(nights, datetime.fromisoformat("2018-05-08T22:40:00-04:00"))
    (source,), (one,) = told.sources, told.decisions
    assert (source.looks, source.votes[0].votes) == (2, 3_325)
    assert source.first_look is not None
    assert source.last_look is not None
    assert source.last_look - source.first_look >= timedelta(seconds=60)
    assert (one.votes, one.margin, one.total, one.base) == (15_207, 2_559, 31_180, 31_180)
    assert (one.threshold, one.late, one.guard, one.slack) == (9_355, 935, 311, 935)
    assert (one.recount, one.recount_kind) == (311, "on-request")
    assert one.late_from.startswith("3% of the votes counted")
    assert (one.precedence, one.outcome, one.told) == ("complete", "won", "won")
    assert [(post.state, post.text[:16]) for post in one.posted] == [("sent", "WON (unofficial)")]


def test_an_outage_shows_the_failed_visits_and_the_older_figures(nights: Path) -> None:
    """Allegheny's site answered 504 from 10:20 to 10:25 PM."""
    (source,) = allegheny(nights, "2023-05-16T22:24:00").sources
    assert (source.result, source.is_look) == ("failed", False)
    assert source.failures == 3
    assert "504" in source.error
    assert source.answered_at == datetime.fromisoformat("2023-05-16T22:19:17-04:00")
    assert {vote.votes for vote in source.votes} == {78_340, 62_553, 145}
    (after,) = allegheny(nights, "2023-05-16T22:28:00").sources
    assert (after.failures, after.error) == (0, "")


def test_an_unchanged_visit_is_told_from_one_with_new_pages(nights: Path) -> None:
    (source,) = allegheny(nights, "2023-05-16T22:16:00").sources
    assert source.result == "unchanged"
    assert source.changed_at == datetime.fromisoformat("2023-05-16T21:59:17-04:00")


def test_ready_to_call_and_the_policy_window_are_explained(nights: Path) -> None:
    (asked,) = allegheny(nights, "2023-05-16T23:20:00").decisions
    assert asked.next_step == "READY TO CALL was told once: the count is not complete"
    (waits,) = allegheny(nights, "2023-06-06T15:54:00").decisions
    assert (waits.computed, waits.precedence, waits.told) == ("won", "blocked", "none")
    assert waits.because == "the race's policy asks the callers first"
    assert waits.due == datetime.fromisoformat("2023-06-06T15:56:17-04:00")


def test_the_certified_moment_takes_precedence(nights: Path) -> None:
    """Dallas's canvass came in a sheet at 8:00 AM of 15 March; the second look at 8:01."""
    before = dallas(nights, datetime(2018, 3, 15, 13, 1, tzinfo=UTC)).decisions[0]
    assert [reason.block for reason in before.blocks] == ["one-look"]
    (one,) = dallas(nights, datetime(2018, 3, 15, 13, 2, tzinfo=UTC)).decisions
    assert (one.precedence, one.told_basis) == ("certified", "certified")
    assert (one.late, one.late_from) == (0, "none: the result is certified")


def test_an_act_stands_with_who_why_and_what_it_did(nights: Path) -> None:
    night = "allegheny-2023-confirmed"
    assert allegheny(nights, "2023-05-16T23:30:00", night).acts == ()
    told = allegheny(nights, "2023-05-16T23:32:00", night)
    (act,), (one,) = told.acts, told.decisions
    assert (act.kind, act.who, act.applied) == ("confirm", "Casey Caller", True)
    assert one.precedence == "confirmed"
    assert one.because.startswith("Casey Caller: ")
    ran = run("explain", "allegheny-da-2023", "2023-05-16T23:32", "--database",
              nights / f"{night}.db")  # fmt: skip
    assert "confirm by Casey Caller" in ran.out


def test_two_counties_are_summed_and_a_held_one_keeps_its_older_figures(nights: Path) -> None:
    """New Hanover's total fell by 310 at 10:05 PM; it is used when a later look still has it."""
    told = inquiry.explain(nights / "cape-fear-2024.db", "cape-fear-da-2024",
                           datetime.fromisoformat("2024-11-05T22:06:00-05:00"))  # fmt: skip
    held, other = told.sources
    assert (held.verdict, held.reason) == (
        "held", "decrease: Jason W. Smith fell from 65,928 to 65,618",
    )  # fmt: skip
    assert {vote.votes for vote in held.votes} == {65_928, 67_495}
    assert (held.use, other.use, other.verdict) == ("used", "used", "same")
    (one,) = told.decisions
    assert one.votes == 65_928 + 21_800
    assert one.precedence == "blocked"
    assert "held" in {reason.block for reason in one.blocks}


def test_an_older_version_is_held_with_its_number(nights: Path) -> None:
    told = inquiry.explain(nights / "older-2018.db", "example-da-2018",
                           datetime.fromisoformat("2018-11-06T23:35:00-05:00"))  # fmt: skip
    (source,) = told.sources
    assert source.hold == "older: version 290302 after version 290303"
    assert source.version == 290_303


def test_the_nine_steps_stand_in_order(nights: Path) -> None:
    ran = run("explain", "durham-da-2018", "2018-05-08T22:40", "--database",
              nights / "durham-2018.db")  # fmt: skip
    steps = [line for line in ran.out.splitlines() if line[:1].isdigit()]
    assert [step.split(".")[0] for step in steps] == list("123456789")
    assert steps[0] == "1. Fetched"
    assert steps[6].startswith("7. Precedence: freeze > certified > confirmed or called > blocked")
    assert "Satana Deberry: complete: " in ran.out


# -- races of our own, over sheets -------------------------------------------------------

BOTH = f'{ALPHA}\nby = ["Example Coalition"]\n[[races.endorsements]]\ncandidate = "Bo Rival"'
CALLERS = 'callers = ["Casey Caller"]\n'


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    for name in ("one", "two"):
        made.put(name, sheet(0, 0, 0))
    return made


def at(desk: Desk, minute: float, name: str = "first") -> Explanation:
    """Explain a race of the desk some minutes after the close."""
    return inquiry.explain(desk.folder / "night.db", name, CLOSE + timedelta(minutes=minute))


def one_of(told: Explanation) -> Decided:
    (one,) = told.decisions
    return one


def act(desk: Desk, kind: ActKind, minute: float, **more: str) -> None:
    """Act on the race as a person does, and have it applied."""
    when = CLOSE + timedelta(minutes=minute)
    done = Act(
        id=f"{kind}-{minute}", kind=kind, race="first", who="Dana Desk", why="we know better",
        at=when, source=more.get("source", ""),
    )  # fmt: skip
    answer = desk.watch.act(done, when)
    assert answer.applied, answer.sentence


async def test_each_of_several_endorsed_candidates_has_a_decision_at_any_moment(
    desk: Desk,
) -> None:
    """Count events name the first candidate only; the diary has both, between events too."""
    async with watched(desk, desk.config({"one": "one"}, race("first", BOTH, ("one", "X")))):
        await desk.look("one", -5)
        desk.put("one", sheet(9000, 1000, 10))
        await desk.look("one", 10, 12)
        told = at(desk, 13)
    ours, rival = told.decisions
    assert (ours.candidate, ours.standing, ours.margin) == ("Ann Alpha", "leads", 8_000)
    assert (rival.candidate, rival.standing, rival.margin) == ("Bo Rival", "trails", -8_000)
    assert [reason.block for reason in rival.blocks] == ["not-complete"]


async def test_a_frozen_race_says_who_froze_it_and_until_when_it_was(desk: Desk) -> None:
    async with watched(desk, desk.config({"one": "one"}, race("first", ALPHA, ("one", "X")))):
        await desk.look("one", -5)
        desk.put("one", sheet(9000, 1000, 20))
        await desk.look("one", 10)
        act(desk, ActKind.FREEZE, 10.5)
        await desk.look("one", 12)
        frozen = at(desk, 13)
        (row,) = desk.store.rows("SELECT * FROM race_status")
        act(desk, ActKind.UNFREEZE, 14)
        free = at(desk, 15)
    assert (frozen.frozen, one_of(frozen).precedence) == ("Dana Desk: we know better", "freeze")
    assert one_of(frozen).computed == "won"
    assert "frozen" in {reason.block for reason in one_of(frozen).blocks}
    assert [one.kind for one in frozen.acts] == ["freeze"]
    assert json.loads(row["blocks"]) == ["frozen"]
    assert json.loads(row["caveats"]) == ["frozen by a person"]
    assert row["outcome"] == "none"
    assert (free.frozen, one_of(free).told) == ("", "won")
    assert one_of(at(desk, 13)).precedence == "freeze"


async def test_a_hard_hold_is_told_with_its_reason_and_ends(desk: Desk) -> None:
    async with watched(desk, desk.config({"one": "one"}, race("first", ALPHA, ("one", "X")))):
        await desk.look("one", -5)
        desk.put("one", sheet(900, 100, 5))
        await desk.look("one", 10, 12)
        desk.put("one", sheet(1800, 200, 6))
        await desk.look("one", 14)
        desk.put("one", sheet(950, 110, 6))
        await desk.look("one", 16)
        held, after = at(desk, 15), at(desk, 17)
    (source,) = held.sources
    assert source.verdict == "held"
    assert source.hold.startswith("hard: every candidate has exactly twice the votes")
    assert {vote.votes for vote in source.votes} == {900, 100}
    (source,) = after.sources
    assert (source.verdict, source.hold) == ("accepted", "")


async def test_sources_that_are_not_counted_say_why(desk: Desk) -> None:
    """Two sources for one county: one lags, then a person sets it aside."""
    uses = race("first", ALPHA, ("one", "X"), ("two", "X"))
    async with watched(desk, desk.config({"one": "one", "two": "two"}, uses)):
        for source in ("one", "two"):
            await desk.look(source, -5)
        desk.put("one", sheet(900, 100, 5))
        await desk.look("one", 10)
        desk.put("two", sheet(800, 90, 4))
        await desk.look("two", 11)
        lagging = at(desk, 12)
        act(desk, ActKind.SUPERSEDE, 13, source="two")
        aside = at(desk, 14)
    assert [one.use for one in lagging.sources] == ["used", "lags"]
    assert lagging.difference.startswith("one has 1,000 votes")
    assert "sources-disagree" in {reason.block for reason in one_of(lagging).blocks}
    assert [(one.use, one.aside) for one in aside.sources] == [
        ("used", ""), ("superseded", "Dana Desk: we know better"),
    ]  # fmt: skip
    assert aside.difference == ""
    assert {vote.votes for vote in aside.sources[1].votes} == {800, 90}


async def test_a_race_status_row_says_that_an_outcome_waits_and_not_which(desk: Desk) -> None:
    text = race("first", ALPHA, ("one", "X")).replace("[[races]]\n", f"[[races]]\n{CALLERS}", 1)
    async with watched(desk, desk.config({"one": "one"}, text)):
        await desk.look("one", -5)
        desk.put("one", sheet(9000, 1000, 20))
        await desk.look("one", 10, 12)
        (row,) = desk.store.rows("SELECT * FROM race_status")
        (waits,) = at(desk, 13).decisions
    assert row["outcome"] == "none"
    assert json.loads(row["blocks"]) == ["policy-window"]
    due = CLOSE + timedelta(minutes=15)
    assert json.loads(row["caveats"]) == [f"goes out at {due.isoformat()} unless stopped"]
    assert waits.due == due


async def test_a_contest_that_is_not_there_is_named_at_any_moment(desk: Desk) -> None:
    uses = race("first", ALPHA, ("one", "X")).replace("'District Attorney'", "'Sheriff'")
    async with watched(desk, desk.config({"one": "one"}, uses)):
        desk.put("one", sheet(9000, 1000, 20))
        await desk.look("one", 10)
        told = at(desk, 11)
    (source,) = told.sources
    assert source.verdict == "not-found"
    assert "Sheriff" in source.unmatched
    assert told.decisions == ()


async def test_a_message_that_is_not_sent_says_what_it_waits_for(desk: Desk) -> None:
    """Nothing is delivered here, so every reply waits behind the first message."""
    async with watched(desk, desk.config({"one": "one"}, race("first", ALPHA, ("one", "X")))):
        await desk.look("one", -5)
        desk.put("one", sheet(9000, 1000, 10))
        await desk.look("one", 10, 12)
        root, reply = at(desk, 13).messages[:2]
    assert (root.state, root.why) == ("pending", "it waits to be sent")
    assert (reply.state, reply.why) == (
        "pending",
        "it waits behind an earlier message of this race",
    )


async def test_figures_typed_in_are_a_source_of_their_own(desk: Desk) -> None:
    when = CLOSE + timedelta(minutes=20)
    entered = Act(
        id="typed", kind=ActKind.ENTER, race="first", who="Dana Desk", why="the site is down",
        at=when, link="phone, clerk Lee", votes=(("Ann Alpha", 9_000), ("Bo Rival", 1_000)),
        units=(20, 20),
    )  # fmt: skip
    async with watched(desk, desk.config({"one": "one"}, race("first", ALPHA, ("one", "X")))):
        await desk.look("one", -5)
        desk.put("one", sheet(900, 100, 5))
        await desk.look("one", 10, 12)
        answer = desk.watch.act(entered, when)
        assert answer.applied, answer.sentence
        told = at(desk, 21)
        (row,) = desk.store.rows("SELECT * FROM race_status")
    assert [(one.source, one.use) for one in told.sources] == [
        ("entered:one", "used"), ("one", "lags"),
    ]  # fmt: skip
    assert [vote.votes for vote in told.sources[0].votes] == [9_000, 1_000]
    assert [vote.votes for vote in told.sources[1].votes] == [900, 100]
    assert "hand-kept" in {reason.block for reason in one_of(told).blocks}
    assert "entered by hand" in json.loads(row["caveats"])
    ran = run("explain", "first", when.isoformat(), "--database", desk.folder / "night.db")
    assert "entered:one: entered by hand, through the same checks" in ran.out
