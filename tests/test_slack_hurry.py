"""People in a hurry: late presses, lost connections, a busy database, and rehearsals kept apart."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor import app, questions, sending
from monitor.buttons import Pressed, Verb
from monitor.database import open_database
from monitor.errors import ConfigInvalid, DatabaseInUse, DiskFull
from monitor.modals import Asked, ModalKind
from monitor.outbox import Row
from monitor.people import Act, ActKind
from monitor.posts import RowClass
from monitor.pressing import DeskActs
from monitor.slack import SlackPoster
from monitor.slack_app import UNHEARD
from tests.act_night import RACE, prepared
from tests.now_night import sheets_served
from tests.slack_night import ANA, BEN, CALLERS, EVE, STAFF, SlackNight, populate, slack_night
from tests.socket_slack import BOT_TOKEN, SocketSlack, socket_slack, until
from tests.watch_process import watching

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

REHEARSAL = "C0REHEARSE"


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[SlackNight]:
    with sheets_served() as sheets:
        async with slack_night(tmp_path, sheets) as running:
            await running.slack.connected(1)
            yield running


# -- the instance --------------------------------------------------------------------------


async def test_watch_waits_for_an_act_that_holds_the_instance(tmp_path: Path) -> None:
    """Somebody froze a race while `systemd` restarted `watch`: it must not stay down."""
    with sheets_served() as sheets:
        people = await asyncio.to_thread(prepared, tmp_path, sheets)
        config = app.config_at(people.config)
        held = open_database(people.database)
        with pytest.raises(DatabaseInUse):
            async with app.attending(config, people.config, people.database):
                pass
        with watching(tmp_path / "run", people.config, people.database) as watch:
            await until(lambda: '"waiting"' in watch.log)
            held.close()
            await until(lambda: '"watching"' in watch.log)
            assert await asyncio.to_thread(watch.stop) == 0


# -- what is done, and what is said --------------------------------------------------------


def _now() -> datetime:
    return datetime.now(UTC)


def _confirm(night: SlackNight) -> None:
    """Let the outcome go out, as at the end of a window."""
    desk = DeskActs(night.watch, night.store, lambda _: None)
    act = Act("c1", ActKind.CONFIRM, RACE, "Ben Ortiz", "all in", _now())
    seen = desk.look(act, _now()).digest
    bound = Act("c2", ActKind.CONFIRM, RACE, "Ben Ortiz", "all in", _now(), seen=seen)
    assert desk.do(bound, _now())[0]


async def test_a_stop_that_comes_too_late_says_so(night: SlackNight) -> None:
    """Nobody may believe that an outcome was stopped which staff have read already."""
    message, block, _ = night.asks(Verb.STOP)
    _confirm(night)
    await night.slack.press(ANA, message, block)
    (said,) = await night.slack.told()
    assert "won of Ann Alpha went out before" in said
    assert "retract withdraws that" in said
    await night.slack.command(ANA, f"retract {RACE}")
    shown = await night.slack.opened()
    assert "DO NOT USE" in json.dumps(shown["blocks"])
    await night.slack.submit(ANA, shown, {"reason": "a recount"})
    assert [row["applied"] for row in night.acts()] == [1, 1, 1]
    assert len(night.posts("outcome-retracted")) == 1


async def test_buttons_that_cannot_be_taken_out_are_no_failure(
    night: SlackNight, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The act stands in the database: "nothing was done" would be the opposite of the truth."""
    message, block, _ = night.asks(Verb.STOP)

    def full(*_: object) -> None:
        raise DiskFull("no room on the disk")

    monkeypatch.setattr(questions, "answer", full)
    await night.slack.press(ANA, message, block)
    (said,) = await night.slack.told()
    assert said.startswith("No outcome of this race goes out")
    assert night.woken == [RACE]
    assert [row["applied"] for row in night.acts()] == [1]


async def test_a_race_is_frozen_and_let_go_from_a_command(night: SlackNight) -> None:
    """By those who may act; whoever lifts a freeze sees first what goes out then."""
    await night.slack.command(EVE, f"unfreeze {RACE}")
    (refused,) = await night.slack.told()
    assert "may act here" in refused
    for number, verb in enumerate(("freeze", "unfreeze"), start=1):
        await night.slack.command(BEN, f"{verb} {RACE}")
        shown = await night.slack.opened(number)
        answer = await night.slack.submit(BEN, shown, {"reason": "a recount"})
        assert "*Done.*" in json.dumps(answer["view"])
    kinds = [(row["kind"], row["slack_user"], row["applied"]) for row in night.acts()]
    assert kinds == [("unfreeze", EVE, 0), ("freeze", BEN, 1), ("unfreeze", BEN, 1)]


async def test_a_freeze_that_others_lifted_is_said_so(night: SlackNight) -> None:
    desk = DeskActs(night.watch, night.store, lambda _: None)
    asked = Asked(ModalKind.UNFREEZE, Pressed(RACE))
    shown = desk.open(asked, "Ana Ruiz", ANA, _now(), {})
    assert "not frozen" in json.dumps(shown["blocks"])
    assert "submit" not in shown


async def test_ops_hear_that_nobody_can_press_anything(night: SlackNight) -> None:
    """A window would end while callers press Stop into the void."""
    told: list[str] = []

    async def trouble(text: str) -> None:
        told.append(text)

    night.app._trouble = trouble
    night.slack.refuses_sockets = True
    await night.slack.drop()
    await until(lambda: told == [UNHEARD])
    night.slack.refuses_sockets = False
    connected = night.slack.connections
    await night.slack.connected(connected + 1)
    assert await night.slack.command(ANA, "whoami") == {}


# -- who may act ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marks", "may"),
    [
        ({}, True), ({"deleted": True}, False), ({"is_bot": True}, False),
        ({"is_stranger": True}, False), ({"is_email_confirmed": False}, False),
        ({"team_id": "T0ELSEWHERE"}, False), ({"team_id": ""}, False),
        ({"profile": {"real_name": "Ben", "email": "BEN@EXAMPLE.ORG"}}, True),
        ({"profile": {"real_name": "Ben", "email": "ben+x@example.org"}}, False),
        ({"profile": {"real_name": "ben@example.org", "email": ""}}, False),
        ({"profile": {"real_name": ANA, "email": ""}}, False),
    ],
)  # fmt: skip
async def test_only_a_living_member_whom_the_address_names(
    night: SlackNight, marks: dict[str, Any], *, may: bool
) -> None:
    night.slack.users[BEN] |= marks
    message, block, _ = night.asks(Verb.STOP)
    await night.slack.press(BEN, message, block)
    await night.slack.told()
    assert [bool(row["applied"]) for row in night.acts()] == [may]


async def test_a_press_is_taken_only_where_the_message_stands(night: SlackNight) -> None:
    """Forwarded, in a thread of another, under another's block id, or of a race of the past."""
    (channel, ts), block, _ = night.asks(Verb.STOP)
    _, other, _ = night.asks(Verb.STOP)
    gone, past, _ = night.asks(Verb.STOP, race="older-da")
    staff, shown, _ = night.asks(Verb.STOP, channel="#primary-night", channel_id=STAFF)
    tries = [
        ((channel, "1700000000.999999"), block), ((STAFF, ts), block), ((channel, ts), other),
        (staff, shown), (gone, past),
        ((channel, ts), {**block, "block_id": "acts:nothing"}),
    ]  # fmt: skip
    for number, (message, pressed) in enumerate(tries, start=1):
        await night.slack.press(ANA, message, pressed)
        await night.slack.told(number)
    assert not night.store.race(RACE).people.frozen
    assert not any(row["applied"] for row in night.acts())


# -- rehearsals ----------------------------------------------------------------------------


def _row(channel: str, key: str = "k1") -> Row:
    return Row(
        key=key, row_class=RowClass.OUTCOME, race=RACE, kind="race-won", channel=channel,
        thread=None, text="WON (unofficial): Alpha", blocks="[]", at=_now(), row=1, attempts=1,
        first_claimed_at=_now(), claimed_at=_now(),
    )  # fmt: skip


def _with_rehearsal(slack: SocketSlack) -> None:
    populate(slack)
    slack.channels[REHEARSAL] = {"id": REHEARSAL, "name": "rehearsal", "is_member": True}


async def test_a_rehearsal_reaches_its_own_channel_and_nothing_real() -> None:
    async with socket_slack() as slack:
        _with_rehearsal(slack)
        test = SlackPoster(BOT_TOKEN, api_url=slack.api_url, rehearsal_channel="#rehearsal")
        real = SlackPoster(BOT_TOKEN, api_url=slack.api_url)
        try:
            for channel in ("#primary-night", "#ops", "#callers", STAFF, ANA):
                await test.post(_row(channel), None)
            assert list(slack.messages) == [REHEARSAL]
            assert all(one["text"].startswith("TEST ") for one in slack.messages[REHEARSAL])
            # Not even one that stands in the real channel.
            slack.messages[STAFF] = slack.messages[REHEARSAL]
            assert await real.find([_row("#primary-night")], {}) == {}
            slack.messages[REHEARSAL] = []
            await real.post(_row("#rehearsal"), None)
            assert await test.find([_row("#primary-night")], {}) == {}
        finally:
            await test.close()
            await real.close()


async def test_a_rehearsal_channel_that_is_a_real_one_by_its_id_is_refused(tmp_path: Path) -> None:
    """The configuration cannot know it: it names one by its name and one by its id."""
    with sheets_served() as sheets:
        people = await asyncio.to_thread(prepared, tmp_path, sheets)
    async with socket_slack() as slack:
        _with_rehearsal(slack)
        environ = {
            "PRIMARY_NIGHT_SLACK_TOKEN": BOT_TOKEN, "PRIMARY_NIGHT_SLACK_URL": slack.api_url,
        }  # fmt: skip
        plain = people.config.read_text(encoding="utf-8")
        for channel, is_taken in ((STAFF, False), ("#rehearsal", True), (REHEARSAL, True)):
            text = plain.replace("[slack]\n", f'[slack]\nrehearsal_channel = "{channel}"\n')
            people.config.write_text(text, encoding="utf-8")
            night = app.night_of(app.config_at(people.config))
            given = sending.rehearsal_access(environ, night)
            opened = sending.opened_poster(given, night, rehearsal=channel)
            if is_taken:
                async with opened:
                    pass
                continue
            with pytest.raises(ConfigInvalid, match="is #primary-night in Slack"):
                async with opened:
                    pass
        assert slack.messages == {}
        assert CALLERS in slack.channels
