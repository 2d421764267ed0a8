"""What callers answer, what they say of held reports, who follows, and who was first.

Figures are Durham's of 2018 (see `core_examples`); who acts, when and why is made up.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from monitor import audit
from monitor.acts import apply
from monitor.cli import main
from monitor.database import open_database, transaction
from monitor.decision import Outcome
from monitor.diff import pass_time
from monitor.events import Kind
from monitor.message import posts
from monitor.people import Act, ActKind, acknowledged
from monitor.races import Policy, PolicyKind
from monitor.scene import Scene
from monitor.standing import HoldKind
from monitor.store import Store, migrations
from monitor.timers import next_moment
from tests.act_night import BEN, RACE, prepared
from tests.core_examples import DURHAM, DURHAM_NIGHT, SLACK, minutes
from tests.now_night import sheets_served
from tests.test_acts import CLOSE_RACE, NAME, SOURCE, TURNED, Desk, desk, refused, seen, won

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlite_utils import Database

    from monitor.acts import Answer
    from tests.act_night import People

TWICE = {name: 2 * count for name, count in DURHAM_NIGHT.items()}
ANA = {"who": "Ana Ruiz"}
MEMBER = "U0123456789"


def wait(made: Desk, at: float) -> list[Kind]:
    """Let time pass without a visit."""
    return made.take(pass_time(made.watched, made.state, minutes(at)))


def due(made: Desk, at: float) -> float | None:
    """Return in which minute time alone may next change something."""
    moment = next_moment(made.watched, made.state, minutes(at))
    return None if moment is None else (moment - minutes(0)) / timedelta(minutes=1)


def asked() -> Desk:
    """Return the race whose callers were asked at 181: its policy wants a person's yes."""
    policy = (("", Policy(PolicyKind.ON_CONFIRMATION)),)
    made = desk(replace(DURHAM, callers=("Ana Ruiz",), policies=policy))
    made.see(DURHAM_NIGHT, 180)
    assert made.see(DURHAM_NIGHT, 181) == [Kind.READY_TO_CALL]
    return made


def held() -> Desk:
    """Return the race whose source shows every vote twice since 200."""
    made = seen(DURHAM_NIGHT, (57, 57))
    made.see(TWICE, 200)
    hold = made.state.standings[SOURCE].hold
    assert hold is not None
    assert hold.kind is HoldKind.HARD
    return made


# -- ask later, not tonight ---------------------------------------------------------------


def test_callers_are_asked_again_after_the_minutes_and_not_before() -> None:
    made = asked()
    answer = made.act(ActKind.ASK_LATER, 185, minutes=30)
    assert answer.sentence == (
        "Satana Deberry: callers are asked again at 11:05 PM ET, not before."
    )
    assert made.new == [Kind.PERSON_ACTED]
    assert due(made, 185) == 215
    assert wait(made, 196) == wait(made, 214.9) == []
    assert wait(made, 215) == [Kind.READY_TO_CALL]
    assert made.last(Kind.READY_TO_CALL).reason == "reminder"
    assert wait(made, 230) == [Kind.READY_TO_CALL]  # an asking like any other


def test_without_minutes_it_is_half_an_hour_and_never_more_than_half_a_day() -> None:
    made = asked()
    refused(made.act(ActKind.ASK_LATER, 182, minutes=721), "721 minutes cannot be")
    assert made.act(ActKind.ASK_LATER, 182).applied
    assert due(made, 182) == 212


def test_not_tonight_is_until_eight_in_the_morning_where_the_race_is() -> None:
    """8 AM in North Carolina is 12.5 hours after the close."""
    made = asked()
    assert "asked again at May 9, 8:00 AM ET" in made.act(ActKind.NOT_TONIGHT, 185).sentence
    put_off = made.state.told[NAME].asked
    assert put_off is not None
    assert put_off.put_off is not None
    assert put_off.put_off.tonight
    assert wait(made, 600) == []
    assert wait(made, 749.9) == []
    assert wait(made, 750) == [Kind.READY_TO_CALL]


def test_another_asking_is_not_put_off() -> None:
    """The figures turned: that ours lost is another question."""
    made = asked()
    made.act(ActKind.NOT_TONIGHT, 185)
    lost = {name: count + 5_000 for name, count in TURNED.items()}
    lost["Roger Echols"] += 5_000
    made.see(lost, 190)
    assert Kind.READY_TO_CALL in made.see(lost, 191.1)


def test_a_second_person_is_told_who_put_it_off_and_the_first_may_think_again() -> None:
    made = asked()
    made.act(ActKind.ASK_LATER, 185, **ANA)
    refused(
        made.act(ActKind.ASK_LATER, 186), "put off already, by Ana Ruiz at 10:35 PM ET, until 11:05"
    )
    assert made.act(ActKind.ASK_LATER, 187, minutes=60, **ANA).applied
    assert made.act(ActKind.NOT_TONIGHT, 188).applied
    refused(made.act(ActKind.NOT_TONIGHT, 189, **ANA), "put off already, by Ben Ortiz")
    assert made.undo(190).applied
    assert wait(made, 196) == [Kind.READY_TO_CALL]


@pytest.mark.parametrize("kind", [ActKind.ASK_LATER, ActKind.NOT_TONIGHT])
def test_nobody_puts_off_what_nobody_is_asked(kind: ActKind) -> None:
    made = seen(CLOSE_RACE, (57, 57))
    refused(made.act(kind), "nobody is being asked about Satana Deberry now")


# -- held reports -------------------------------------------------------------------------


def test_a_rejected_report_stays_held_and_nobody_is_paged_of_it() -> None:
    made = held()
    answer = made.act(ActKind.REJECT, 203, why="the clerk uploaded it twice")
    assert answer.applied, answer.sentence
    assert made.new == [Kind.PERSON_ACTED]
    assert "the clerk uploaded it twice" in made.last(Kind.PERSON_ACTED).reason
    made.see(TWICE, 209)
    assert wait(made, 211) == wait(made, 300) == []
    assert made.state.standings[SOURCE].hold is not None


def test_another_report_is_judged_anew_and_paged_again() -> None:
    made = held()
    made.act(ActKind.REJECT, 203)
    more = {name: count + 50 for name, count in TWICE.items()}
    assert made.see(more, 260) == [Kind.REPORT_HELD]
    assert made.people.rejected == {}
    assert wait(made, 269.9) == []
    assert wait(made, 270) == [Kind.CALLERS_PAGED]


def test_the_report_of_before_ends_the_rejection() -> None:
    made = held()
    made.act(ActKind.REJECT, 203)
    made.see(DURHAM_NIGHT, 204)
    assert made.people.rejected == {}
    assert made.state.standings[SOURCE].hold is None


def test_who_rejects_and_who_accepts_are_told_of_each_other() -> None:
    made = held()
    made.act(ActKind.REJECT, 203, **ANA)
    refused(made.act(ActKind.REJECT, 204), "rejected already, by Ana Ruiz at 10:53 PM ET")
    refused(made.act(ActKind.ACCEPT, 204), "rejected already, by Ana Ruiz", "`undo` a1 first")
    assert made.undo(205).applied
    assert made.act(ActKind.ACCEPT, 206, **ANA).applied
    for kind in (ActKind.ACCEPT, ActKind.REJECT):
        refused(made.act(kind, 207), "accepted already, by Ana Ruiz at 10:56 PM ET")


def test_a_rejection_is_bound_to_what_was_seen() -> None:
    made = held()
    refused(made.act(ActKind.REJECT, 203, seen="00000000"), "the figures changed since you looked")
    assert made.act(ActKind.REJECT, 203, seen="").applied


def test_there_is_nothing_to_reject_where_nothing_is_held() -> None:
    refused(seen().act(ActKind.REJECT), "none of its numbers wait for a person")


# -- pages --------------------------------------------------------------------------------


def test_who_has_seen_a_hold_ends_its_page() -> None:
    made = held()
    answer = made.act(ActKind.ACKNOWLEDGE, 203, **ANA)
    assert answer.sentence == (
        "Ana Ruiz has seen what nc_durham shows; nobody is paged about it again."
    )
    refused(made.act(ActKind.ACKNOWLEDGE, 204), "seen already, by Ana Ruiz at 10:53 PM ET")
    assert wait(made, 211) == []
    assert made.undo(212).applied
    assert Kind.CALLERS_PAGED in made.new


def test_a_later_hold_is_another_page() -> None:
    made = held()
    made.act(ActKind.ACKNOWLEDGE, 203)
    made.see(DURHAM_NIGHT, 210)
    made.see(TWICE, 230)
    assert Kind.CALLERS_PAGED in wait(made, 240)


def test_who_has_seen_a_doubt_ends_its_page() -> None:
    """No second look settles it: after twenty minutes callers would be paged."""
    made = won()
    assert Kind.HOLD_OFF in made.see(TURNED, 300)
    other = replace(made)
    assert other.act(ActKind.ACKNOWLEDGE, 305).sentence == (
        "Ben Ortiz has seen the doubt about our outcome; nobody is paged about it again."
    )
    refused(other.act(ActKind.ACKNOWLEDGE, 306), "seen already, by Ben Ortiz")
    assert Kind.CALLERS_PAGED not in wait(other, 321)
    assert other.undo(330).applied
    assert Kind.CALLERS_PAGED in other.new


def test_a_site_that_is_down_is_seen_since_then() -> None:
    """Its state is no race's: whoever pages asks who has seen it since it went down."""
    made = seen()
    assert made.act(ActKind.ACKNOWLEDGE, 200, source=SOURCE).applied
    assert acknowledged(made.people, SOURCE, minutes(190)) is not None
    assert acknowledged(made.people, SOURCE, minutes(201)) is None


# -- followers ----------------------------------------------------------------------------


def follow(made: Desk, user: str = MEMBER, at: float = 200) -> Answer:
    """Follow the race from Slack."""
    return made.act(ActKind.FOLLOW, at, user=user, why="asked in Slack")


def test_a_follower_is_mentioned_in_the_thread_once() -> None:
    made = seen()
    assert follow(made).applied
    assert Kind.PERSON_FOLLOWS in made.new
    assert Kind.PERSON_ACTED not in made.new
    assert made.people.followers == (MEMBER,)
    refused(follow(made, at=201), "Ben Ortiz follows this race already")
    (post,) = posts(made.last(Kind.PERSON_FOLLOWS), scene(made))
    assert post.text == (
        f"FOLLOWING: Deberry, Durham DA, DEM. Each reply here is told to <@{MEMBER}>."
    )
    assert post.thread is not None
    assert made.undo().applied
    assert not made.people.followers


def scene(made: Desk) -> Scene:
    """What messages need beside their events."""
    return Scene(slack=SLACK, sources={}, race=made.watched.race, rule=made.watched.rule, root="r")


@pytest.mark.parametrize(
    "user", ["", "Ben Ortiz", "U012", "<!channel>", "u0123456789", "S012345678"]
)
def test_only_a_member_of_slack_follows(user: str) -> None:
    """A mention never comes from anything but a member id that Slack gave."""
    made = seen()
    refused(follow(made, user), "only a member of the Slack workspace")
    assert made.people.followers == ()


def test_who_is_named_in_the_configuration_follows_already() -> None:
    refused(follow(seen(race=replace(DURHAM, followers=(MEMBER,)))), "follows this race already")


# -- two people at once -------------------------------------------------------------------


def test_who_confirms_second_is_told_who_was_first() -> None:
    made = asked()
    assert made.act(ActKind.CONFIRM, 183, **ANA).applied
    refused(made.act(ActKind.CONFIRM, 184), "confirmed already, by Ana Ruiz at 10:33 PM ET")


def test_who_calls_second_is_told_who_was_first() -> None:
    made = seen(CLOSE_RACE, (57, 57))
    assert made.act(ActKind.CALL, 190, outcome=Outcome.WON, override=True, **ANA).applied
    refused(
        made.act(ActKind.CALL, 191, outcome=Outcome.WON),
        "called already, by Ana Ruiz at 10:40 PM ET", "told won of Satana Deberry already",
    )  # fmt: skip


def test_who_retracts_second_is_told_who_was_first() -> None:
    made = won()
    assert made.act(ActKind.RETRACT, 200, **ANA).applied
    refused(made.act(ActKind.RETRACT, 201), "withdrawn already, by Ana Ruiz at 10:50 PM ET")


def test_who_freezes_or_unfreezes_second_is_told_who_was_first() -> None:
    made = seen()
    assert made.act(ActKind.FREEZE, 200, **ANA).applied
    refused(made.act(ActKind.FREEZE, 201), "frozen already, by Ana Ruiz at 10:50 PM ET")
    assert made.act(ActKind.UNFREEZE, 202).applied
    refused(made.act(ActKind.UNFREEZE, 203, **ANA), "unfrozen already, by Ben Ortiz at 10:52 PM")
    assert made.undo(204).applied
    assert made.act(ActKind.UNFREEZE, 205, **ANA).applied


def test_who_supersedes_second_is_told_who_was_first() -> None:
    made = seen()
    superseding = {"source": SOURCE, "override": True}
    assert made.act(ActKind.SUPERSEDE, 200, **ANA, **superseding).applied
    refused(
        made.act(ActKind.SUPERSEDE, 201, **superseding),
        "superseded already, by Ana Ruiz at 10:50 PM ET",
    )


def test_an_act_taken_back_leaves_the_one_before_it_as_the_last() -> None:
    made = seen()
    for at, who in ((200, "Ana Ruiz"), (202, "Cy Young")):
        made.act(ActKind.FREEZE, at, who=who)
        made.act(ActKind.UNFREEZE, at + 1, who=who)
    refused(made.act(ActKind.UNFREEZE, 204), "unfrozen already, by Cy Young")
    assert made.undo(205).applied
    made.act(ActKind.UNDO, 206, undoes="a3")
    assert made.people.last["unfreeze"].who == "Ana Ruiz"


def test_a_day_later_the_day_is_named() -> None:
    made = seen()
    made.act(ActKind.FREEZE, 200, **ANA)
    refused(made.act(ActKind.FREEZE, 200 + 24 * 60), "by Ana Ruiz at May 8, 10:50 PM ET")


# -- every kind ---------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(ActKind))
def test_every_kind_of_act_is_answered(kind: ActKind) -> None:
    """Applied or refused with a sentence, never a crash, and refused without who or why."""
    for made in (seen(), asked(), held(), won()):
        act = Act("x", kind, "the-race", "Ana", "why not", minutes(400), source=SOURCE)
        answer = apply(made.watched, made.state, act, minutes(400))
        assert answer.sentence[0].isupper()
        assert answer.sentence.endswith(".")
        assert answer.applied == (answer.step is not None)
        for nameless in (replace(act, who=" "), replace(act, why="")):
            assert not apply(made.watched, made.state, nameless, minutes(400)).applied


# -- the audit table ----------------------------------------------------------------------


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Open a new database as the store makes it."""
    with closing(open_database(tmp_path / "night.db")) as db:
        Store(db)
        yield db


def tried(**parts: Any) -> Act:
    """Make an act that somebody in Slack tried."""
    given = {"who": "", "why": "", "user": MEMBER, **parts}
    return Act("t1", ActKind.FREEZE, "the-race", at=minutes(200), **given)


def test_an_attempt_nobody_is_allowed_is_kept_and_taken_by_nobody(db: Database) -> None:
    with transaction(db):
        assert audit.refuse(db, tried(), minutes(200), "You may not act here.")
    assert audit.unanswered(db) == []
    assert audit.answer_of(db, "t1") == (False, "You may not act here.")
    (row,) = audit.of_race(db, "the-race")
    assert (row["who"], row["why"], row["slack_user"]) == (MEMBER, "not given", MEMBER)
    with transaction(db):
        assert not audit.refuse(db, tried(), minutes(201), "Twice.")


def test_an_act_of_the_command_line_has_no_member(db: Database) -> None:
    with transaction(db):
        audit.put(db, tried(who="Ana Ruiz", why="because", user=""))
    assert audit.of_race(db, "the-race")[0]["slack_user"] is None


def test_a_database_of_the_last_version_is_taken_over(tmp_path: Path) -> None:
    """Its acts stand in the new view."""
    path = tmp_path / "old.db"
    with closing(open_database(path)) as old:
        steps = migrations.pending(old)
        migrations.apply(old, stop_before=next(s.name for s in steps if s.name == "the_desk"))
        assert "slack_user" not in [one.name for one in old["act_log"].columns]
        with transaction(old):
            audit.put(old, tried(who="Ana Ruiz", why="because"))
    with closing(open_database(path)) as new:
        Store(new)
        assert audit.of_race(new, "the-race")[0]["slack_user"] == MEMBER
    with closing(sqlite3.connect(path)) as plain:
        assert plain.execute("SELECT slack_user FROM act_log").fetchall() == [(MEMBER,)]


# -- the command line ---------------------------------------------------------------------


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    """Prepare a night whose race was seen twice."""
    with sheets_served() as sheets:
        yield prepared(tmp_path, sheets)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("release", RACE), "There is nothing of Ann Alpha to release"),
        (("ask-later", RACE, "--minutes", "45"), "Ann Alpha: callers are asked again at"),
        (("not-tonight", RACE), "callers are asked again at "),
        (("reject", RACE, "alpha"), "None of its numbers wait for a person"),
        (("acknowledge", RACE, "alpha"), "Ben Ortiz has seen what alpha shows"),
    ],
)
def test_each_act_has_its_command(people: People, words: tuple[str, ...], sentence: str) -> None:
    seen = ("--seen", "00000000") if words[0] == "release" else ()
    ran = people.does(*words, *BEN, *seen)
    assert sentence in ran.out
    (row,) = people.acts()
    assert (row["kind"], row["who"]) == (words[0], "Ben Ortiz")
    assert row["applied"] == int(ran.code == 0)


def test_release_without_seen_only_shows(people: People) -> None:
    ran = people.does("release", RACE, *BEN, "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["done"] is False
    assert people.acts() == []


def test_nobody_follows_from_the_command_line() -> None:
    """A follower is a member of Slack, and Slack says who that is."""
    assert "follow" not in main.commands
