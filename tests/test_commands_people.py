"""People's commands where no `watch` runs: shown, done, refused, taken back, and listed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from monitor import acting, app
from monitor.report import view
from monitor.world import World
from tests.act_night import BEN, RACE, People, pasted, prepared
from tests.commands import run
from tests.now_night import sheets_served

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.now_night import Sheets


@pytest.fixture
def sheets() -> Iterator[Sheets]:
    with sheets_served() as served:
        yield served


@pytest.fixture
def people(tmp_path: Path, sheets: Sheets) -> People:
    """Return a night that is all in by hand: outcomes wait for a person."""
    return prepared(tmp_path, sheets)


def kinds(people: People) -> list[str]:
    """Return the kinds of every message of the race."""
    return [row["kind"] for row in view(people.database, "post_log")]


def test_a_confirmation_is_first_shown_and_then_done_as_pasted(people: People) -> None:
    shown = people.does("confirm", RACE, *BEN)
    assert shown.code == 0, shown.err
    assert "NOT DONE YET. This would go out:" in shown.out
    assert "WON (unofficial): Alpha" in shown.out
    assert "SAY:" in shown.out
    assert people.acts() == []
    assert "race-won" not in kinds(people)

    done = run(*pasted(shown.out), *people.places)
    assert done.code == 0, done.err
    assert "Ann Alpha: won, confirmed by Ben Ortiz." in done.out
    assert "WON (unofficial): Alpha" in done.out
    assert "race-won" in kinds(people)
    (row,) = people.acts()
    assert (row["kind"], row["who"], row["applied"]) == ("confirm", "Ben Ortiz", 1)


def test_a_confirmation_as_json(people: People) -> None:
    shown = json.loads(people.does("confirm", RACE, *BEN, "--json").out)
    assert (shown["done"], shown["refused"]) == (False, False)
    assert any(post["text"].startswith("WON (unofficial): Alpha") for post in shown["posts"])
    done = people.does("confirm", RACE, *BEN, "--seen", shown["seen"], "--json")
    answer = json.loads(done.out)
    assert answer["applied"] is True
    assert answer["id"] == people.acts()[0]["id"]


def test_a_refusal_says_what_to_do_and_exits_with_one(people: People) -> None:
    stale = people.does("confirm", RACE, *BEN, "--seen", "00000000")
    assert stale.code == 1
    assert "The count changed since you looked: now Ann Alpha has 700 of 1,000" in stale.out
    assert people.acts()[0]["applied"] == 0
    looked = people.does("call", RACE, "lost", *BEN)
    assert looked.code == 1
    assert "--override OVERRIDE" in looked.out
    bold = people.does("call", RACE, "lost", *BEN, "--override", "OVERRIDE")
    assert bold.code == 0
    assert "LOST (unofficial): Alpha" in bold.out
    assert pasted(bold.out)[-2:] == ["--override", "OVERRIDE"]


def test_an_act_is_taken_back_by_its_id(people: People) -> None:
    people.does("freeze", RACE, *BEN)
    name = people.acts()[0]["id"]
    assert people.does("undo", RACE, name, *BEN).code == 0
    again = people.does("undo", RACE, name, *BEN)
    assert again.code == 1
    assert f"Act '{name}' is not in force in this race; in force: none." in again.out


def test_every_other_command_reaches_its_act(people: People) -> None:
    votes = ("--votes", "Ann Alpha=800", "--votes", "Bo Rival=1,300", "--units", "20/20")
    link = ("--link", "phone, clerk Ana Ruiz")
    ran = [
        people.does("enter", RACE, *votes, *link, "--outstanding", "50", "--official", *BEN),
        people.does("note", RACE, "Rival conceded", "--who", "Ben Ortiz"),
        people.does("close", RACE, "23:59", *BEN, "--override", "OVERRIDE"),
        people.does("supersede", RACE, "alpha", "--since", "2026-11-03T20:00-05:00", *BEN),
        people.does("unfreeze", RACE, *BEN),
        people.does("retract", RACE, *BEN),
        people.does("go-live", RACE, *BEN),
        people.does("accept", RACE, *BEN),
    ]
    assert [one.code for one in ran] == [0, 0, 0, 0, 1, 1, 1, 1], [one.out for one in ran]
    assert "2,100 votes stand for alpha, entered by hand by Ben Ortiz; 50 ballots" in ran[0].out
    assert "LEAD CHANGE: Alpha trails Rival by 500" in " ".join(ran[0].out.split())
    assert "Rival conceded" in ran[1].out
    kept = [(row["kind"], row["applied"]) for row in people.acts()]
    assert kept == [
        ("enter", 1), ("note", 1), ("close", 1), ("supersede", 1), ("unfreeze", 0),
        ("retract", 0), ("go-live", 0),
    ]  # fmt: skip
    table = run("acts", RACE, "--database", people.database)
    assert "left out of the total from now on for its figures since 2026-11-03 20:00" in " ".join(
        table.out.split()
    )


def test_applied_acts_are_kept_in_the_archive(people: People) -> None:
    people.does("freeze", RACE, *BEN)
    people.does("freeze", RACE, *BEN)
    world = World.read(people.folder / "night.warc.gz")
    assert [(one.kind.value, one.who) for _, one in world.acts] == [("freeze", "Ben Ortiz")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("freeze", RACE, "--who", "Ben Ortiz"), "Missing option '--why'"),
        (("freeze", RACE, "--why", "a recount"), "Missing option '--who'"),
        (("enter", RACE, "--votes", "Ann Alpha", *BEN), 'write "Satana Deberry=15207"'),
        (("enter", RACE, "--units", "12 of 57", *BEN), "write 12/57"),
        (("close", RACE, "late", *BEN), "'late' is no time; write 21:00"),
        (("supersede", RACE, "alpha", "--since", "9 PM", *BEN), "2018-05-08T21:12-04:00"),
        (("supersede", RACE, "alpha", "--since", "2018-05-08T21:12", *BEN), "offset is missing"),
        (("confirm", RACE, *BEN, "--override", "yes"), "'yes' is not 'OVERRIDE'"),
    ],
)
def test_what_is_typed_wrong_is_named(people: People, words: tuple[str, ...], said: str) -> None:
    ran = people.does(*words)
    assert ran.code == 2
    assert said in " ".join(ran.err.split())
    assert people.acts() == []


def test_a_race_nobody_watches(people: People) -> None:
    ran = people.does("freeze", "alpha-dax", *BEN)
    assert ran.code == 5
    assert "no race 'alpha-dax' is watched; did you mean alpha-da?" in ran.err.casefold()


def test_a_recordings_database_takes_no_acts(people: People) -> None:
    """What is in a recording was done on the night; nobody acts on it afterwards."""
    database = people.folder / "replay.db"
    with app.opened(database) as store:
        store.belongs_to("a recording")
    ran = run("freeze", RACE, *BEN, "--config", people.config, "--database", database)
    assert ran.code == 6
    assert "belongs to another recording" in ran.err


def test_an_act_on_a_night_that_has_not_begun(tmp_path: Path, sheets: Sheets) -> None:
    people = prepared(tmp_path, sheets)
    people.database.unlink()
    assert people.does("freeze", RACE, *BEN).code == 0
    looked = people.does("confirm", RACE, *BEN)
    assert looked.code == 1
    assert "There are no figures of Ann Alpha yet" in looked.out


def test_a_watch_that_does_not_answer(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody holds the instance and takes no acts: the act waits, and that is said."""
    monkeypatch.setattr(acting, "PATIENCE", 0.2)
    with app.opened(people.database):
        ran = people.does("freeze", RACE, *BEN)
    assert ran.code == 1
    assert "has not answered within" in ran.out
    assert [row["applied"] for row in people.acts()] == [None]
    assert "waits for `watch`" in run("acts", RACE, "--database", people.database).out
