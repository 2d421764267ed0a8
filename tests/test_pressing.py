"""People press buttons and submit modals on a running watch, over a real database."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from monitor import app, audit, edits, questions
from monitor.buttons import Button, Pressed, Verb, buttons_block
from monitor.details import sections
from monitor.modals import VOTES, Asked, ModalKind, asked_of
from monitor.people import Act, ActKind
from monitor.posts import Post, RowClass
from monitor.pressing import CHANGED, DeskActs
from monitor.questions import _ASKING, asking
from monitor.store import Store
from monitor.watch import Watch
from tests.act_night import RACE, People, prepared
from tests.now_night import ZONE, sheet, sheets_served

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.now_night import Sheets

ANA, BEN = ("Ana Ruiz", "U012ABCDEF"), ("Ben Ortiz", "U034GHIJKL")
HEADS = {"#primary-night": 212, "#ops": 9}
OURS = "Ann Alpha"


@dataclass
class Desk:
    """The desk's acts over a watch, with what was woken."""

    acts: DeskActs
    watch: Watch
    store: Store
    woken: list[str] = field(default_factory=list)

    @property
    def asked(self) -> str:
        """The key of READY TO CALL."""
        return str(self.store.rows("SELECT key FROM outbox WHERE kind = 'ready-to-call'")[0]["key"])

    def told(self, kind: str) -> int:
        """Count the messages of a kind."""
        return len(self.store.rows("SELECT 1 FROM outbox WHERE kind = ?", [kind]))

    def last_line(self, key: str) -> str:
        """Return the last line of a message, as it is to stand in Slack."""
        edit = edits.wanted(self.store.db, key)
        return "" if edit is None else str(json.loads(edit.blocks)[-1]["elements"][-1]["text"])

    def sees(self, asked: Asked, who: tuple[str, str] = ANA) -> dict[str, Any]:
        """Open a modal."""
        return self.acts.open(asked, *who, now(), HEADS)

    def sends(
        self, shown: dict[str, Any], id_: str, typed: dict[str, str], who: tuple[str, str] = ANA
    ) -> tuple[dict[str, Any], str]:
        """Submit a modal with what is typed, by field."""
        values = {block: {"value": {"value": text}} for block, text in typed.items()}
        return self.acts.submit(values, shown["private_metadata"], *who, now(), id_, HEADS)


def now() -> datetime:
    return datetime.now(UTC)


def act(kind: ActKind, id_: str, who: tuple[str, str] = ANA, **parts: Any) -> Act:
    return Act(id_, kind, RACE, who[0], "all in", now(), user=who[1], **parts)


def words(shown: dict[str, Any]) -> str:
    return json.dumps(shown["blocks"], ensure_ascii=False)


@pytest.fixture
def sheets() -> Iterator[Sheets]:
    with sheets_served() as served:
        yield served


@pytest.fixture
def people(tmp_path: Path, sheets: Sheets) -> People:
    return prepared(tmp_path, sheets)


@pytest.fixture
def early(tmp_path: Path, sheets: Sheets) -> People:
    """A night with five of twenty precincts in."""
    return prepared(tmp_path, sheets, precincts=5)


@asynccontextmanager
async def desk_of(people: People) -> AsyncIterator[Desk]:
    """Hold the night as `watch` does, with people at their Slack."""
    config = app.config_at(people.config)
    async with app.attending(config, people.config, people.database) as (watch, store):
        woken: list[str] = []
        yield Desk(DeskActs(watch, store, woken.append), watch, store, woken)


CONFIRM = Asked(ModalKind.CONFIRM, Pressed(RACE, OURS))


# -- one person --------------------------------------------------------------------------


async def test_a_look_shows_what_would_go_out_and_does_nothing(people: People) -> None:
    async with desk_of(people) as desk:
        before = desk.store.rows("SELECT key FROM outbox")
        seen = desk.acts.look(act(ActKind.CONFIRM, "a1"), now())
        assert not seen.refused
        assert [post.kind for post in seen.posts if post.channel == "#primary-night"] == [
            "race-won"
        ]
        assert seen.digest
        assert desk.store.rows("SELECT key FROM outbox") == before
        assert audit.of_race(desk.store.db, RACE) == []
        gone = desk.acts.look(Act("a1", ActKind.FREEZE, "gone", "Ana", "x", now()), now())
        assert gone.refused
        assert "gone" in gone.sentence


async def test_post_won_goes_out_once_and_its_buttons_go(people: People) -> None:
    async with desk_of(people) as desk:
        asked = Asked(ModalKind.CONFIRM, Pressed(RACE, OURS), desk.asked, "C1")
        shown = desk.sees(asked)
        assert "WON (unofficial): Alpha" in words(shown)
        assert "#primary-night, 212 people" in words(shown)
        answer, said = desk.sends(shown, "a1", {"reason": "the clerk said so"})
        assert answer["response_action"] == "update"
        assert "confirmed by Ana Ruiz" in said
        assert desk.told("race-won") == 1
        assert desk.last_line(asked.key).startswith("Posted by Ana Ruiz at ")
        assert desk.last_line(asked.key).endswith(": the clerk said so")
        assert asking(desk.store.db, RACE) == []
        assert desk.woken == [RACE]
        row = audit.of_race(desk.store.db, RACE)[-1]
        assert json.loads(row["body"])["user"] == "U012ABCDEF"
        desk.sends(shown, "a1", {"reason": "the clerk said so"})  # Slack sends it again
        assert desk.told("race-won") == 1


async def test_a_modal_is_bound_to_the_figures_it_showed(people: People, sheets: Sheets) -> None:
    async with desk_of(people) as desk:
        shown = desk.sees(CONFIRM)
        sheets.bodies["alpha.csv"] = sheet("Alpha", 710, 305, 20)
        await desk.watch.visit("alpha", now())
        answer, said = desk.sends(shown, "a1", {"reason": "all in"})
        assert said == ""
        assert desk.told("race-won") == 0
        assert "Not done: look again. The count changed since you looked" in words(answer["view"])
        assert "--seen" not in words(answer["view"])
        assert "+405" in words(answer["view"])
        assert '"initial_value": "all in"' in words(answer["view"])
        _, said = desk.sends(answer["view"], "a2", {"reason": "all in"})
        assert "confirmed by Ana Ruiz" in said
        assert desk.told("race-won") == 1


async def test_an_old_button_says_that_the_count_changed(people: People, sheets: Sheets) -> None:
    async with desk_of(people) as desk:
        seen = desk.acts.look(act(ActKind.CONFIRM, "x"), now()).digest
        old = Asked(ModalKind.CONFIRM, Pressed(RACE, OURS, seen=seen))
        assert CHANGED not in words(desk.sees(old))
        sheets.bodies["alpha.csv"] = sheet("Alpha", 710, 305, 20)
        await desk.watch.visit("alpha", now())
        assert CHANGED in words(desk.sees(old))


async def test_what_the_figures_do_not_carry_needs_override(early: People) -> None:
    async with desk_of(early) as desk:
        shown = desk.sees(CONFIRM)
        assert '"override"' in words(shown)
        answer, _ = desk.sends(shown, "a1", {"reason": "all in", "override": "yes"})
        assert answer["response_action"] == "errors"
        assert list(answer["errors"]) == ["override"]
        _, said = desk.sends(shown, "a2", {"reason": "all in", "override": "OVERRIDE"})
        assert "confirmed by Ana Ruiz" in said


async def test_override_is_for_what_was_shown_to_stand_against_it(early: People) -> None:
    """What somebody overrides is what they read, and nothing that came up since."""
    async with desk_of(early) as desk:
        shown = desk.sees(Asked(ModalKind.CLOSE, Pressed(RACE)))
        typed = {"closes": "2099-01-01T00:00", "reason": "court order"}
        answer, _ = desk.sends(shown, "a1", typed)
        assert "Not possible now" in words(answer["view"])
        day = desk.watch.night.places[RACE].closes_at + timedelta(hours=30)
        typed = {"closes": day.isoformat(timespec="minutes"), "reason": "court order"}
        answer, _ = desk.sends(shown, "a2", typed)
        assert '"override"' in words(answer["view"])
        later = {**typed, "closes": (day + timedelta(hours=40)).isoformat(timespec="minutes")}
        again, said = desk.sends(answer["view"], "a3", {**later, "override": "OVERRIDE"})
        assert said == ""
        _, said = desk.sends(again["view"], "a4", {**later, "override": "OVERRIDE"})
        assert "The polls close at" in said


async def test_figures_by_hand_are_looked_at_before_they_count(people: People) -> None:
    async with desk_of(people) as desk:
        shown = desk.sees(Asked(ModalKind.ENTER, Pressed(RACE)))
        typed = {
            f"{VOTES}{OURS}": "720", f"{VOTES}Bo Rival": "310", "units": "20/20",
            "link": "phone, clerk Lee", "reason": "the site is slow",
        }  # fmt: skip
        answer, said = desk.sends(shown, "a1", typed)
        assert said == ""
        assert audit.of_race(desk.store.db, RACE) == []
        assert "This would go out" in words(answer["view"])
        assert "+410" in words(answer["view"]) or "by 410" in words(answer["view"])
        _, said = desk.sends(answer["view"], "a2", typed)
        assert "1,030 votes stand for alpha, entered by hand by Ana Ruiz" in said
        behind = {**typed, f"{VOTES}{OURS}": "1"}
        answer, _ = desk.sends(shown, "a3", behind)
        assert "Not possible now" in words(answer["view"])
        assert '"initial_value": "310"' in words(answer["view"])


async def test_a_close_is_moved_after_a_look(people: People) -> None:
    async with desk_of(people) as desk:
        shown = desk.sees(Asked(ModalKind.CLOSE, Pressed(RACE)))
        known = desk.watch.night.places[RACE].closes_at
        later = (known + timedelta(minutes=30)).isoformat(timespec="minutes")
        answer, _ = desk.sends(shown, "a1", {"closes": later, "reason": "court order"})
        assert "CLOSE MOVED" in words(answer["view"])
        assert answer["view"]["submit"]["text"] == "Move it"
        assert desk.watch.night.places[RACE].closes_at == known
        _, said = desk.sends(answer["view"], "a2", {"closes": later, "reason": "court order"})
        assert "The polls close at" in said
        moved = desk.watch.night.places[RACE].closes_at
        assert moved.isoformat(timespec="minutes") == later


# -- two people --------------------------------------------------------------------------


async def test_of_two_who_press_at_once_one_wins_and_the_other_hears_who(people: People) -> None:
    async with desk_of(people) as desk:
        first, second = desk.sees(CONFIRM), desk.sees(CONFIRM, BEN)
        desk.sends(first, "a1", {"reason": "all in"})
        answer, said = desk.sends(second, "a2", {"reason": "all in"}, BEN)
        assert said == ""
        assert "by Ana Ruiz at " in words(answer["view"])
        assert "submit" not in answer["view"]
        assert desk.told("race-won") == 1
        later = desk.sees(CONFIRM, BEN)
        assert "by Ana Ruiz at " in words(later)


async def test_a_stop_after_a_stop_names_the_first(people: People) -> None:
    async with desk_of(people) as desk:
        pressed = Pressed(RACE, OURS)
        ok, _ = desk.acts.press(Verb.STOP, pressed, "", *ANA, now(), "a1")
        again, said = desk.acts.press(Verb.STOP, pressed, "", *BEN, now(), "a2")
        assert (ok, again) == (True, False)
        assert "by Ana Ruiz" in said
        post, told = desk.acts.do(act(ActKind.CONFIRM, "a3", BEN, candidate=OURS), now())
        assert not post
        assert "Ana Ruiz froze this race" in told


# -- buttons -----------------------------------------------------------------------------


async def test_ask_later_takes_its_own_button_only(people: People) -> None:
    async with desk_of(people) as desk:
        pressed = Pressed(RACE, OURS)
        ok, _ = desk.acts.press(Verb.ASK_LATER, pressed, desk.asked, *ANA, now(), "a1")
        assert ok
        assert desk.last_line(desk.asked).startswith("Asked again in 30 minutes, says Ana Ruiz")
        (left,) = asking(desk.store.db, RACE)
        assert '"confirm"' in left.blocks
        assert '"ask-later"' not in left.blocks


async def test_not_tonight_ends_the_question(people: People) -> None:
    async with desk_of(people) as desk:
        pressed = Pressed(RACE, OURS)
        ok, said = desk.acts.press(Verb.NOT_TONIGHT, pressed, desk.asked, *ANA, now(), "a1")
        assert ok, said
        assert desk.last_line(desk.asked).startswith("Not tonight, says Ana Ruiz at ")
        assert asking(desk.store.db, RACE) == []


async def test_after_a_kill_the_next_press_makes_up_for_the_buttons(people: People) -> None:
    """The act was stored and we died before the edit: refused with who, and the buttons go."""
    async with desk_of(people) as desk:
        seen = desk.acts.look(act(ActKind.CONFIRM, "x"), now()).digest
        assert desk.watch.act(act(ActKind.CONFIRM, "a1", seen=seen), now()).applied
    async with desk_of(people) as desk:
        confirmed = act(ActKind.CONFIRM, "a2", BEN, seen=seen)
        ok, said = desk.acts.do(confirmed, now(), desk.asked)
        assert not ok
        assert "by Ana Ruiz at " in said
        assert desk.last_line(desk.asked).startswith("Posted by Ana Ruiz at ")
        assert asking(desk.store.db, RACE) == []


async def test_an_act_that_cannot_be_stored_leaves_everything(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk_of(people) as desk:
        with monkeypatch.context() as broken:
            broken.setattr(desk.store, "save_race", _fails)
            with pytest.raises(RuntimeError, match="disk"):
                desk.acts.press(Verb.STOP, Pressed(RACE), desk.asked, *ANA, now(), "a1")
        assert desk.woken == []
        assert desk.last_line(desk.asked) == ""
        assert desk.acts.press(Verb.STOP, Pressed(RACE), desk.asked, *ANA, now(), "a1")[0]


def _fails(*_: object) -> None:
    raise RuntimeError("disk")


async def test_only_messages_with_our_buttons_are_asking(people: People) -> None:
    async with desk_of(people) as desk:
        pressed = Pressed(RACE, source="alpha")
        button = buttons_block("k9", (Button(Verb.FREEZE, "Freeze", pressed),))
        plain = json.dumps(sections('the words "acts" alone'))
        for key, blocks in (("k8", plain), ("k9", json.dumps([button]))):
            post = Post(key, RowClass.UPDATE, RACE, "site-down", "#ops", None, "t", blocks, now())
            with desk.store.transaction():
                desk.store.put([post])
        assert {one.key for one in asking(desk.store.db, RACE)} == {desk.asked, "k9"}


async def test_a_race_of_the_past_is_no_race(people: People) -> None:
    async with desk_of(people) as desk:
        ok, said = desk.acts.press(Verb.STOP, Pressed("gone-da"), "", *ANA, now(), "a1")
        assert not ok
        assert "gone-da" in said
        with pytest.raises(LookupError):
            desk.sees(Asked(ModalKind.CONFIRM, Pressed("gone-da")))


async def test_a_view_says_what_it_was_opened_for(people: People) -> None:
    async with desk_of(people) as desk:
        asked = Asked(ModalKind.RETRACT, Pressed(RACE, OURS), "k1", "C1")
        assert "nothing to retract" in words(desk.sees(asked))
        carried = asked_of(desk.sees(Asked(ModalKind.FREEZE, Pressed(RACE)))["private_metadata"])
        assert carried.day
        assert carried.zone == ZONE


async def test_a_question_that_others_answered_loses_its_buttons(people: People) -> None:
    """Confirmed on the command line: what the ledger calls takes the buttons out."""
    async with desk_of(people) as desk:
        seen = desk.acts.look(act(ActKind.CONFIRM, "x"), now()).digest
        key = desk.asked
        assert desk.watch.act(act(ActKind.CONFIRM, "a1", BEN, seen=seen), now()).applied
        with desk.store.transaction():
            questions.end(desk.store.db, RACE, desk.store.race(RACE), "America/New_York", now())
        assert desk.last_line(key).startswith("Posted by Ben Ortiz at ")
        assert asking(desk.store.db, RACE) == []


async def test_questions_are_found_without_reading_the_history(people: People) -> None:
    async with desk_of(people) as desk:
        db = desk.store.db
        if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'outbox_asking'").fetchone():
            questions.create(db)
        plan = " ".join(str(row) for row in db.query(f"EXPLAIN QUERY PLAN {_ASKING}", [RACE]))
        assert "outbox_asking" in plan
        assert len(asking(db, RACE)) == 1
