"""Commands, buttons, modals and the Home tab: slack-bolt itself against a loopback Slack."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from monitor import slack_answering
from monitor.buttons import Verb
from monitor.decision import Outcome
from monitor.errors import DiskFull, SlackFailure
from monitor.slack_app import SlackApp
from monitor.slack_commands import NOT_RELEASED
from monitor.slack_home import home_view
from monitor.slack_presses import ELSEWHERE
from monitor.slack_scopes import COMMAND, EVENTS, FREE, SCOPES, WITH_APP_TOKEN
from monitor.slack_ways import Http, Socket, read_way
from monitor.state import Told, Waiting
from tests.act_night import RACE
from tests.now_night import sheets_served
from tests.slack_night import (
    ANA,
    BEN,
    CALLERS,
    CY,
    EVE,
    GROUP,
    OPS,
    OUT,
    STAFF,
    SlackNight,
    slack_night,
    views,
)
from tests.socket_slack import APP_TOKEN, SECRET, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "docs" / "slack-manifest.yaml"


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[SlackNight]:
    with sheets_served() as sheets:
        async with slack_night(tmp_path, sheets) as running:
            await running.slack.connected(1)
            yield running


def _text_of(view: Mapping[str, Any]) -> str:
    """Return everything a view says."""
    return json.dumps(view["blocks"], ensure_ascii=False)


# -- /race ---------------------------------------------------------------------------------


async def test_a_command_is_acknowledged_empty_and_answered_to_one_person(
    night: SlackNight,
) -> None:
    """The acknowledgement comes first, the answer by the request's own address."""
    assert await night.slack.command(EVE, "status") == {}
    await night.slack.told()
    (answer,) = night.slack.of("respond")
    assert answer["response_type"] == "ephemeral"
    assert answer["replace_original"] is False
    assert "Alpha DA" in json.dumps(answer)


async def test_what_everybody_may_ask(night: SlackNight) -> None:
    """List, explain, help, and words that are no command, for somebody named nowhere."""
    for number, text in enumerate(("list", f"explain {RACE}", "", "stats"), start=1):
        await night.slack.command(EVE, text)
        await night.slack.told(number)
    said = [json.dumps(one, ensure_ascii=False) for one in night.slack.of("respond")]
    assert RACE in said[0]
    assert "Fetched" in said[1]
    assert "/race follow RACE" in said[2]
    assert "did you mean `status`?" in said[3]
    assert night.explained == [RACE]


async def test_whoami_says_who_may_act_and_why(night: SlackNight) -> None:
    """By member id, by e-mail address, as a caller of a race, and not at all."""
    night.slack.groups[GROUP] = []
    for number, user in enumerate((ANA, BEN, CY, EVE), start=1):
        await night.slack.command(user, "whoami")
        await night.slack.told(number)
    ana, ben, cy, eve = (json.dumps(one) for one in night.slack.of("respond"))
    assert "You are Ana Ruiz" in ana
    assert "named in slack.actors" in ana
    assert "your e-mail address" in ben
    assert "You are a caller of Alpha DA" in cy
    assert "You may not act" not in cy
    assert "You may not act" in eve


async def test_following_is_an_act_of_everybody(night: SlackNight) -> None:
    """It lands in the audit table with the Slack user, who needs no permission."""
    await night.slack.command(EVE, f"follow {RACE}")
    (said,) = await night.slack.told()
    assert "You follow Alpha DA" in said
    (row,) = night.acts()
    assert (row["kind"], row["who"], row["applied"]) == ("follow", "Eve Rival", 1)
    assert json.loads(row["body"])["user"] == EVE
    assert night.woken == [RACE]


async def test_figures_are_entered_from_a_command(night: SlackNight) -> None:
    """The form opens for who may act; wrong fields are shown at the fields, then it is done."""
    await night.slack.command(ANA, f"enter {RACE}")
    view = await night.slack.opened()
    assert night.slack.of("respond") == []
    typed = {
        block["block_id"]: "" for block in view["blocks"]
        if block["type"] == "input" and block["block_id"].startswith("votes:")
    }  # fmt: skip
    first, second = typed
    wrong = await night.slack.submit(ANA, view, {**typed, first: "many", "reason": ""})
    assert wrong["response_action"] == "errors"
    assert {first, "reason"} <= set(wrong["errors"])
    given = {**typed, first: "705", second: "301", "reason": "the clerk said so"}
    given["link"] = "phone, clerk Kim"
    looked = await night.slack.submit(ANA, view, given)
    assert looked["response_action"] == "update"
    done = await night.slack.submit(ANA, night.slack.views[view["id"]], given)
    assert "1,006 votes stand for alpha, entered by hand by Ana Ruiz" in _text_of(done["view"])
    assert ("enter", "Ana Ruiz", 1) in [
        (row["kind"], row["who"], row["applied"]) for row in night.acts()
    ]


async def test_a_form_is_refused_to_who_may_not_act(night: SlackNight) -> None:
    """Refused with who may, written down as refused."""
    await night.slack.command(EVE, f"close {RACE}")
    (said,) = await night.slack.told()
    assert said.startswith("Only ")
    assert f"<@{ANA}>" in said
    assert night.slack.of("views.open") == []
    (row,) = night.acts()
    assert (row["kind"], row["applied"], row["who"]) == ("close", 0, EVE)


# -- buttons and modals --------------------------------------------------------------------


async def test_a_press_opens_the_exact_words_and_the_submission_posts_them(
    night: SlackNight,
) -> None:
    """Button, modal, submission: the act with its Slack user, the outcome in the outbox."""
    place, block, key = night.asks(Verb.CONFIRM)
    assert await night.slack.press(ANA, place, block) == {}
    view = await night.slack.opened()
    assert "WON (unofficial): Alpha" in _text_of(view)
    assert "41" in _text_of(view)  # people in #primary-night
    assert night.posts("race-won") == []
    done = await night.slack.submit(ANA, view, {"reason": "all in, the clerk confirms"})
    assert done["response_action"] == "update"
    (won,) = night.posts("race-won")
    assert won.startswith("WON (unofficial): Alpha")
    (row,) = night.acts()
    assert (row["kind"], row["who"], row["applied"]) == ("confirm", "Ana Ruiz", 1)
    assert json.loads(row["body"])["user"] == ANA
    assert "Ana Ruiz" in night.edit_of(key)
    assert '"actions"' not in night.edit_of(key)


async def test_a_submission_delivered_twice_counts_once(night: SlackNight) -> None:
    """The act's id comes from the view, so the same submission is the same act."""
    place, block, _ = night.asks(Verb.FREEZE)
    await night.slack.press(ANA, place, block)
    view = await night.slack.opened()
    for _ in range(2):
        await night.slack.submit(ANA, view, {"reason": "a court order"})
    assert [row["kind"] for row in night.acts()] == ["freeze"]


async def test_stop_freezes_at_once_and_the_second_hears_who_was_first(night: SlackNight) -> None:
    """No modal: seconds count. Of two people one wins, the other is told who did."""
    place, block, key = night.asks(Verb.STOP)
    await asyncio.gather(night.slack.press(ANA, place, block), night.slack.press(BEN, place, block))
    said = await night.slack.told(2)
    rows = night.acts()
    assert sorted(row["applied"] for row in rows) == [0, 1]
    first = next(row["who"] for row in rows if row["applied"])
    refused = next(text for text in said if "already" in text)
    assert first in refused
    assert re.search(r"\d:\d\d [AP]M", refused)
    assert night.slack.of("views.open") == []
    assert first in night.edit_of(key)


async def test_who_may_press(night: SlackNight) -> None:
    """A caller of the race, and a member of a named group; nobody else."""
    night.slack.groups[GROUP] = [EVE]
    for number, user in enumerate((CY, EVE), start=1):
        place, block, _ = night.asks(Verb.ACKNOWLEDGE)
        await night.slack.press(user, place, block)
        await night.slack.told(number)
    assert {row["who"] for row in night.acts()} == {"Cy Young", "Eve Rival"}


@pytest.mark.parametrize("verb", list(Verb))
async def test_nobody_else_presses_anything(night: SlackNight, verb: Verb) -> None:
    """Every button is refused to who may not, logged, and written down without effect."""
    place, block, _ = night.asks(verb)
    await night.slack.press(EVE, place, block)
    (said,) = await night.slack.told()
    assert f"<@{ANA}>" in said
    assert "ben@example.org" in said
    assert f"<!subteam^{GROUP}>" in said
    (row,) = night.acts()
    assert row["applied"] == 0
    assert json.loads(row["body"])["user"] == EVE
    assert night.slack.of("views.open") == []
    assert night.posts("person-acted") == []
    assert night.store.race(RACE).people.frozen is None


async def test_refusals_are_logged(night: SlackNight, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads the log sees who tried what."""
    place, block, _ = night.asks(Verb.STOP)
    await night.slack.press(EVE, place, block)
    await night.slack.told()
    logged = capsys.readouterr()
    assert "refused in Slack" in logged.out + logged.err
    assert EVE in logged.out + logged.err


async def test_people_of_another_workspace_never_act_nor_ask(night: SlackNight) -> None:
    """Not even with an e-mail address that config.toml names."""
    place, block, _ = night.asks(Verb.STOP)
    await night.slack.press(OUT, place, block)
    await night.slack.command(OUT, "status")
    said = await night.slack.told(2)
    assert said == ["This bot answers people of its own workspace only."] * 2
    assert night.store.race(RACE).people.frozen is None


async def test_a_button_works_only_in_its_own_message(night: SlackNight) -> None:
    """A copy elsewhere, a message never sent, and one in a channel staff read are refused."""
    place, block, _ = night.asks(Verb.STOP)
    await night.slack.press(ANA, (STAFF, place[1]), block)
    await night.slack.press(ANA, place, {**block, "block_id": "acts:unknown"})
    staff, there, _ = night.asks(Verb.STOP, channel="#primary-night", channel_id=STAFF)
    await night.slack.press(ANA, staff, there)
    assert await night.slack.told(3) == [ELSEWHERE] * 3
    ops, ours, _ = night.asks(Verb.STOP, channel="#ops", channel_id=OPS)
    await night.slack.press(ANA, ops, ours)
    assert ELSEWHERE not in (await night.slack.told(4))[3]


async def test_nothing_is_done_while_slack_does_not_say_who_it_is(night: SlackNight) -> None:
    """It fails closed, the person is told, and the next press works."""
    place, block, _ = night.asks(Verb.STOP)
    night.slack.errors["users.info"] = ["fatal_error"]
    await night.slack.press(ANA, place, block)
    (said,) = await night.slack.told()
    assert said.startswith("Slack does not say who you are now")
    assert night.store.race(RACE).people.frozen is None
    await night.slack.press(ANA, place, block)
    await night.slack.told(2)
    assert night.store.race(RACE).people.frozen is not None


async def test_an_act_that_cannot_be_stored_is_told_so(
    night: SlackNight, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person hears that nothing was done; the app goes on."""
    place, block, _ = night.asks(Verb.STOP)

    def full(*_: object) -> None:
        raise DiskFull("the disk has no room")

    with monkeypatch.context() as broken:
        broken.setattr(night.watch, "act", full)
        await night.slack.press(ANA, place, block)
        assert await night.slack.told() == ["Nothing was done: the disk has no room"]
    await night.slack.press(ANA, place, block)
    await night.slack.told(2)
    assert night.store.race(RACE).people.frozen is not None


async def test_a_form_whose_act_fails_says_so(
    night: SlackNight, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fault of ours is acknowledged all the same, with words instead of silence."""
    place, block, _ = night.asks(Verb.FREEZE)
    await night.slack.press(ANA, place, block)
    view = await night.slack.opened()

    def broken(*_: object) -> None:
        raise KeyError("a fault")

    with monkeypatch.context() as patched:
        patched.setattr(night.watch, "act", broken)
        answer = await night.slack.submit(ANA, view, {"reason": "a court order"})
    assert answer["response_action"] == "update"
    assert "failed here (KeyError)" in _text_of(answer["view"])
    assert night.acts() == []


async def test_a_slow_submission_is_acknowledged_in_time_and_answered_later(
    night: SlackNight, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack gives up after three seconds: the form says to wait, then what came of it."""
    monkeypatch.setattr(slack_answering, "ACK_SECONDS", 0.1)
    place, block, _ = night.asks(Verb.FREEZE)
    await night.slack.press(ANA, place, block)
    view = await night.slack.opened()
    night.slack.slow["users.info"] = 0.4
    answer = await night.slack.submit(BEN, view, {"reason": "a court order"})
    assert slack_answering.WAITING in _text_of(answer["view"])
    await until(lambda: bool(night.slack.of("views.update")))
    assert night.store.race(RACE).people.frozen is not None
    (update,) = night.slack.of("views.update")
    assert update["view_id"] == view["id"]


async def test_closing_a_form_does_nothing(night: SlackNight) -> None:
    """It is acknowledged, and nothing else."""
    place, block, _ = night.asks(Verb.CONFIRM)
    await night.slack.press(ANA, place, block)
    view = await night.slack.opened()
    assert await night.slack.close(ANA, view) == {}
    assert night.acts() == []


async def test_a_press_that_comes_too_late_for_a_form_says_to_press_again(
    night: SlackNight,
) -> None:
    """The right to open a form ends after three seconds."""
    place, block, _ = night.asks(Verb.CONFIRM)
    night.slack.errors["views.open"] = ["expired_trigger_id"]
    await night.slack.press(ANA, place, block)
    (said,) = await night.slack.told()
    assert "expired_trigger_id" in said
    assert "Press again" in said


async def test_an_answer_finds_another_way(night: SlackNight) -> None:
    """By the channel when the request's address is gone, directly when that is closed too."""
    place, block, _ = night.asks(Verb.STOP)
    night.slack.errors["respond"] = ["expired", "expired"]
    await night.slack.press(EVE, place, block)
    await until(lambda: bool(night.slack.of("chat.postEphemeral")))
    assert night.slack.of("chat.postEphemeral")[0]["channel"] == CALLERS
    night.slack.errors["chat.postEphemeral"] = ["not_in_channel"]
    await night.slack.command(EVE, "list", channel="C0PRIVATE")
    await until(lambda: bool(night.slack.of("chat.postMessage")))
    assert night.slack.of("chat.postMessage")[0]["channel"] == EVE


async def test_a_race_that_is_watched_no_more_opens_no_form(night: SlackNight) -> None:
    """A message of yesterday's configuration may still be pressed."""
    place, block, _ = night.asks(Verb.CONFIRM, race="gone-da")
    await night.slack.press(ANA, place, block)
    assert await night.slack.told() == ["That race is not watched any more."]


async def test_a_foreign_button_is_only_acknowledged(night: SlackNight) -> None:
    """A link button, or a value we never wrote, does nothing."""
    place, block, _ = night.asks(Verb.STOP)
    forged = {**block, "elements": [{**block["elements"][0], "value": '{"race":"x","who":"me"}'}]}
    link = {**block, "elements": [{**block["elements"][0], "action_id": "open-scoreboard"}]}
    for one in (forged, link):
        assert await night.slack.press(ANA, place, one) == {}
    await night.slack.command(ANA, "help")
    await night.slack.told()
    assert night.acts() == []


# -- the Home tab --------------------------------------------------------------------------


async def test_the_home_tab_shows_the_scoreboard(night: SlackNight) -> None:
    """Built anew each time it is opened, within Slack's limits, without what nobody was told."""
    await night.slack.open_home(EVE)
    await until(lambda: bool(night.slack.of("views.publish")))
    (published,) = night.slack.of("views.publish")
    assert published["user_id"] == EVE
    assert published["view"]["type"] == "home"
    assert "Alpha DA" in _text_of(published["view"])
    assert "WON" not in _text_of(published["view"])
    await night.slack.open_home(OUT)
    await night.slack.command(EVE, "help")
    await night.slack.told()
    assert len(night.slack.of("views.publish")) == 1


async def test_the_home_tab_keeps_slacks_limits(night: SlackNight) -> None:
    """A hundred blocks, however many races; what is left out is said."""
    (view,) = views(night.watch, night.store)
    race = view.watched.race
    many = [
        replace(
            view, watched=replace(view.watched, race=replace(race, id=f"r{n}", name=f"R{n} DA"))
        )
        for n in range(200)
    ]
    shown = home_view(many, night.watch.night.config.slack, datetime.now(UTC))
    assert len(shown["blocks"]) <= 100
    assert "more pages stand on the scoreboard" in _text_of(shown)
    none = home_view([], night.watch.night.config.slack, datetime.now(UTC))
    assert "No race is watched." in _text_of(none)


async def test_why_is_not_explained_before_everybody_has_the_outcome(night: SlackNight) -> None:
    """One gate for every output: who may act sees it, everybody else that it is not released."""
    state = night.store.race(RACE)
    candidate = night.watch.night.races[RACE].race.endorsements[0].candidate
    waiting = Waiting(Outcome.WON, datetime.now(UTC), None)
    told = replace(state.told.get(candidate, Told()), outcome=Outcome.NONE, waiting=waiting)
    with night.store.transaction():
        held_back = replace(state, told={candidate: told})
        night.store.save_race(RACE, held_back, night.watch.night.digests)
    await night.slack.command(EVE, f"explain {RACE}")
    assert await night.slack.told() == [NOT_RELEASED]
    await night.slack.command(ANA, f"explain {RACE}")
    assert "Alpha DA" in (await night.slack.told(2))[1]
    assert night.explained == [RACE]


# -- connections ---------------------------------------------------------------------------


async def test_it_reconnects_when_slack_asks_for_it_and_when_the_network_goes(
    night: SlackNight,
) -> None:
    """Commands work after each, and nothing is answered twice."""
    await night.slack.refresh()
    await night.slack.connected(2)
    await night.slack.command(EVE, "help")
    await night.slack.told(1)
    await night.slack.drop()
    await night.slack.connected(3)
    await night.slack.command(EVE, "help")
    assert len(await night.slack.told(2)) == 2


async def test_it_is_started_anew_where_bolt_asks_a_spent_address_for_ever(
    night: SlackNight,
) -> None:
    """The network went away between the address and the connection."""
    night.slack.refuses_sockets = True
    await night.slack.drop()
    await until(lambda: len(night.slack.of("apps.connections.open")) >= 3)
    night.slack.refuses_sockets = False
    seen = night.slack.connections
    await night.slack.connected(seen + 1)
    await night.slack.command(EVE, "help")
    await night.slack.told()


async def test_it_ends_cleanly_in_under_two_seconds(tmp_path: Path) -> None:
    """In the middle of an answer, and in the middle of connecting, when Slack is slow."""
    with sheets_served() as sheets:
        async with slack_night(tmp_path / "answering", sheets) as night:
            await night.slack.connected(1)
            night.slack.slow["users.info"] = 5.0
            await night.slack.command(EVE, "help")
        async with slack_night(tmp_path / "connecting", sheets, answers=False) as night:
            await until(lambda: bool(night.slack.of("auth.test")))


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_refused_token_is_raised_for_ops(night: SlackNight, method: str) -> None:
    """Not a loop of tracebacks: one error that names the remedy."""
    night.slack.errors[method] = ["invalid_auth"] * 2
    other = SlackApp(
        Socket(APP_TOKEN), lambda: "xoxb-1111-2222-loopback", night.slack.api_url, night.app._desk
    )
    with pytest.raises(SlackFailure, match="invalid_auth") as raised:
        await asyncio.wait_for(other.run(asyncio.Event()), 3.0)
    assert raised.value.permanent


# -- HTTP ----------------------------------------------------------------------------------


async def test_http_mode_takes_only_what_slack_signed_lately(tmp_path: Path) -> None:
    """A good signature is answered; a forged, an old and a missing one are 401."""
    with sheets_served() as sheets:
        way = Http(SECRET, "127.0.0.1", 0)
        async with slack_night(tmp_path, sheets, way) as night, aiohttp.ClientSession() as client:
            await until(lambda: bool(night.app.address))

            async def post(content: bytes, headers: Mapping[str, str]) -> int:
                async with client.post(night.app.address, data=content, headers=headers) as answer:
                    return answer.status

            body = night.slack.command_body(EVE, "list")
            good = night.slack.signed(body)
            assert await post(*good) == 200
            assert RACE in json.dumps(night.slack.of("respond") or await _told(night))
            assert await post(*night.slack.signed(body, secret="0" * 32)) == 401
            assert await post(*night.slack.signed(body, at=time.time() - 301)) == 401
            assert await post(good[0] + b"&text=status", good[1]) == 401
            unsigned = {"Content-Type": "application/x-www-form-urlencoded"}
            assert await post(good[0], unsigned) == 401
            assert len(night.slack.of("respond")) == 1


async def _told(night: SlackNight) -> list[dict[str, Any]]:
    await night.slack.told()
    return night.slack.of("respond")


# -- what is set up ------------------------------------------------------------------------


def test_the_way_is_read_from_the_environment_or_files(tmp_path: Path) -> None:
    """Socket Mode by its token, HTTP by the secret, nothing by nothing."""
    token, secret = tmp_path / "token", tmp_path / "secret"
    token.write_text(f"{APP_TOKEN}\n", encoding="utf-8")
    secret.write_text(SECRET, encoding="utf-8")
    assert read_way({}) is None
    assert read_way({"PRIMARY_NIGHT_SLACK_APP_TOKEN_FILE": str(token)}) == Socket(APP_TOKEN)
    by_http = {"PRIMARY_NIGHT_SLACK_SIGNING_SECRET_FILE": str(secret)}
    assert read_way(by_http) == Http(SECRET, "127.0.0.1", 3000)
    by_http["PRIMARY_NIGHT_SLACK_LISTEN"] = "[::1]:8080"
    assert read_way(by_http) == Http(SECRET, "::1", 8080)
    assert APP_TOKEN not in repr(Socket(APP_TOKEN))
    assert SECRET not in repr(Http(SECRET, "::1", 1))


@pytest.mark.parametrize(
    ("environ", "seen"),
    [
        ({"APP_TOKEN": "xoxb-1-2-abc"}, "holds a bot token (xoxb-), not an app-level token"),
        ({"APP_TOKEN": "xoxp-1-2-abc"}, "holds a user token (xoxp-)"),
        ({"SIGNING_SECRET": "xapp-1-abc"}, "holds an app-level token (xapp-), not a signing"),
        ({"APP_TOKEN": APP_TOKEN, "SIGNING_SECRET": SECRET}, "are both set"),
        ({"APP_TOKEN_FILE": "/nowhere/xapp-secret"}, "cannot be read (FileNotFoundError)"),
        ({"SIGNING_SECRET": SECRET, "LISTEN": "3000"}, "must be a host and a port"),
        ({"SIGNING_SECRET": SECRET, "LISTEN": "a:70000"}, "must be a host and a port"),
    ],
)
def test_what_is_set_wrong_is_named_and_never_shown(environ: dict[str, str], seen: str) -> None:
    """Other kinds of tokens, two ways at once, files and addresses that are none."""
    whole = {f"PRIMARY_NIGHT_SLACK_{name}": value for name, value in environ.items()}
    with pytest.raises(SlackFailure) as raised:
        read_way(whole)
    assert raised.value.permanent
    assert seen in str(raised.value)
    assert "abc" not in str(raised.value)
    assert "xapp-secret" not in str(raised.value)


def test_the_manifest_asks_for_exactly_the_scopes_the_code_states() -> None:
    """The shipped app manifest gives each scope with its reason, in the order of their names."""
    manifest = MANIFEST.read_text(encoding="utf-8")
    asked = manifest.partition("    bot:\n")[2].partition("settings:")[0].splitlines()
    assert asked == [f"      - {scope.name}  # {scope.why}" for scope in SCOPES]
    assert asked == sorted(asked)
    assert all(scope.why for scope in SCOPES)


def test_the_manifest_has_the_command_the_events_and_socket_mode() -> None:
    """What the app listens to is what Slack is told to send, within Slack's limits."""
    lines = [line.strip() for line in MANIFEST.read_text(encoding="utf-8").splitlines()]
    assert [line for line in lines if "command: " in line] == [f"- command: {COMMAND}"]
    events = lines[lines.index("bot_events:") + 1 : lines.index("interactivity:")]
    assert events == [f"- {event}" for event in EVENTS]
    assert lines[lines.index("interactivity:") + 1] == "is_enabled: true"
    assert {"socket_mode_enabled: true", "home_tab_enabled: true"} <= set(lines)
    said = next(line for line in lines if line.startswith("description: "))
    assert len(said.removeprefix("description: ")) <= 140


def test_every_method_the_code_calls_has_its_scope() -> None:
    """A method nobody asked the permission for would fail on the night."""
    families = "apps|auth|chat|conversations|files|pins|usergroups|users|views"
    named = re.compile(rf'"((?:{families})\.[a-zA-Z.]+)"')
    called: set[str] = set()
    for path in (ROOT / "monitor").glob("*.py"):
        if path.name != "slack_scopes.py":
            called.update(named.findall(path.read_text(encoding="utf-8")))
    stated = {method for scope in SCOPES for method in scope.methods}
    assert called == stated | ({*FREE, *WITH_APP_TOKEN} & called)
    assert not {*FREE, *WITH_APP_TOKEN} - called - {"api.test"}
