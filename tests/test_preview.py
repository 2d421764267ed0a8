"""`preview`: every kind of message a race can have, readable before the night, sent as TEST only.

What a race cannot have is listed for each of them, by its law and its settings.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from monitor import app, previewing, sending
from monitor.commands_preview import row
from monitor.config import load_config
from monitor.errors import ConfigInvalid, NothingMatched, SlackFailure
from monitor.events import OUTCOMES, Kind
from monitor.posts import SCOREBOARD_LINK, DeskKind
from monitor.scoreboard_link import put_in
from tests.block_checkers import check_message
from tests.commands import NIGHTS, run
from tests.emulator import TOKEN, Emulator, emulated_slack

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.night import Night
    from monitor.posts import Post

SETTINGS = """
{sources}
{races}
[slack]
ops_channel = "#ops"
callers_channel = "#callers"
rehearsal_channel = "#rehearsal"
heads_up = ["U024BE7LH"]
release_after = {{ won = 5, lost = 15 }}
bot_contact = "Riley Ops"

[[slack.channels]]
name = "#night"
organisations = ["Org A"]

[[slack.channels]]
name = "#both"
organisations = ["Org A", "Org B"]
"""
PLACES = {
    "ca": ("CA", "primary", "Alameda", "2026-06-02"),
    "ga": ("GA", "partisan-primary-open", "Fulton", "2026-05-19"),
    "tx": ("TX", "partisan-primary-open", "Harris", "2026-03-03"),
    "ny": ("NY", "partisan-primary-closed", "Queens", "2026-06-23"),
    "la": ("LA", "primary", "Orleans", "2026-11-03"),
    "hi": ("HI", "general", "Honolulu", "2026-11-03"),
    "alone": ("PA", "general", "Erie", "2026-11-03"),
}
UNCONTESTED, ALTERNATIVES, TWO = "alone", "ny", "tx"

KINDS = {kind.value for kind in (*Kind, *DeskKind)}
SOURCES = {Kind.SOURCES_DISAGREE, Kind.SOURCES_AGREE}
FOLLOW_UPS = {Kind.FOLLOW_UP_SET, Kind.FOLLOW_UP_WAITS, Kind.RUNOFF_SET}
NEVER = {Kind.RACE_UNCONTESTED, Kind.GOING_OUT}
"""The votes stand in sheets, and what a sheet gives waits for a person's word."""
NO_RUNOFF = {*FOLLOW_UPS, Kind.RUNOFF_POSSIBLE}
CANNOT: dict[str, set[str]] = {
    "ca": {*NEVER, *SOURCES, *NO_RUNOFF, Kind.REMINDER, Kind.RACE_TIED},
    "ga": {*NEVER, *SOURCES, Kind.ADVANCED, Kind.RUNOFF_POSSIBLE},
    "tx": {*NEVER, *SOURCES, Kind.ADVANCED, Kind.RUNOFF_POSSIBLE, Kind.FOLLOW_UP_WAITS},
    "ny": {*NEVER, *NO_RUNOFF, Kind.ADVANCED, Kind.STILL_OPEN, Kind.REMINDER},
    "la": {*NEVER, *SOURCES, *NO_RUNOFF, Kind.REMINDER, Kind.RACE_TIED},
    "hi": {*NEVER, *SOURCES, *NO_RUNOFF, Kind.ADVANCED, Kind.STILL_OPEN},
}
"""By the rules: where the first two go on, all who are level on the second place do; by most
votes no threshold is open; a reminder needs a verified date."""


def settings() -> str:
    """Return made-up races in other states: two of ours, two sources of a county, alone."""
    sources, races = [], []
    for name, (state, kind, county, day) in PLACES.items():
        race = f'[[races]]\nid = "{name}"\nelection = "{name}"\nname = "{county} DA"\n'
        race += 'office = "District Attorney"\n'
        race += 'party = "DEM"\n' if "partisan" in kind else ""
        race += "uncontested = true\n" if name == UNCONTESTED else ""
        ours = {"Pat Ours": "Org A", "Lee Also": "Org B"}
        for one, by in list(ours.items())[: 2 if name == TWO else 1]:
            race += f'[[races.endorsements]]\ncandidate = "{one}"\nby = ["{by}"]\n'
        sources.append(f'[elections.{name}]\ndate = {day}\nstate = "{state}"\nkind = "{kind}"\n')
        ids = [name, f"{name}_b"] if name == ALTERNATIVES else [name]
        for one in ids if name != UNCONTESTED else []:
            url = f"https://example.org/{one}.csv"
            table = f'platform = "sheet"\nelection = "{name}"\nurl = "{url}"\n'
            sources.append(f"[sources.{one}]\n{table}")
            race += f'[[races.sources]]\nsource = "{one}"\ncovers = ["{county}"]\n'
            race += "contest = 'Attorney'\n"
        races.append(race)
    return SETTINGS.format(sources="\n".join(sources), races="\n".join(races))


@pytest.fixture(scope="module")
def durham() -> Night:
    return app.night_of(load_config(NIGHTS / "durham-2018.config.toml", app.scrapers()))


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Night:
    path = tmp_path_factory.mktemp("preview") / "config.toml"
    path.write_text(settings(), encoding="utf-8")
    return app.night_of(app.config_at(path))


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


def kinds(posts: tuple[Post, ...]) -> set[str]:
    return {post.kind for post in posts}


# -- what is shown -----------------------------------------------------------------------


def test_every_kind_is_shown_by_some_race(durham: Night, made_up: Night) -> None:
    found = kinds(previewing.made(durham, "durham-da-2018", ()))
    for race in PLACES:
        found |= kinds(previewing.made(made_up, race, ()))
    assert KINDS - found == set()


def test_durham_has_every_kind_of_its_law(durham: Night) -> None:
    """One source, one candidate, no heads-up; the second asks for a runoff, none comes alone."""
    shown = kinds(previewing.made(durham, "durham-da-2018", ()))
    cannot = {
        Kind.RACE_UNCONTESTED, Kind.ADVANCED, Kind.STILL_OPEN, Kind.HEADS_UP, *SOURCES,
        *FOLLOW_UPS,
    }  # fmt: skip
    assert KINDS - shown == cannot


@pytest.mark.parametrize(("race", "cannot"), CANNOT.items())
def test_a_race_has_every_kind_of_its_law(made_up: Night, race: str, cannot: set[str]) -> None:
    assert KINDS - kinds(previewing.made(made_up, race, ())) == cannot


def test_a_race_without_an_opponent_has_a_line_and_its_board(made_up: Night) -> None:
    shown = previewing.made(made_up, UNCONTESTED, ())
    assert kinds(shown) == {Kind.RACE_UNCONTESTED, DeskKind.SCOREBOARD}
    assert {post.text for post in shown} == {
        "UNCONTESTED: Ours, Erie DA. Nobody else filed; not on the ballot.",
        "SCOREBOARD: 1 uncontested.",
    }


@pytest.mark.parametrize("race", PLACES)
def test_every_message_is_sound(made_up: Night, race: str) -> None:
    """Its blocks are valid, its key its own, and no word of it asks for a link that is missing."""
    shown = previewing.made(made_up, race, ())
    assert len({post.key for post in shown}) == len(shown)
    for post in shown:
        text, blocks = put_in(post.text, post.blocks, None)
        check_message(text, json.loads(blocks))
        assert SCOREBOARD_LINK not in json.dumps(row(post))


def test_an_outcome_has_its_chart(made_up: Night) -> None:
    """The votes came in three times, so there is something to draw."""
    charted = [
        post.kind
        for race in set(PLACES) - {UNCONTESTED}
        for post in previewing.made(made_up, race, ())
        if "data_visualization" in post.blocks
    ]
    assert {Kind.RACE_WON, Kind.RACE_LOST, Kind.ADVANCED, Kind.RUNOFF_SET} <= set(charted)
    assert set(charted) <= OUTCOMES


def test_a_heads_up_goes_to_those_named_and_what_follows_only_where_it_does(
    made_up: Night,
) -> None:
    """Their own channel gets the heads-up and what takes the outcome back, never the outcome."""
    shown = previewing.made(made_up, "hi", ())
    alone = [post for post in shown if post.channel == "U024BE7LH"]
    heads = {post.text.partition(":")[0].partition(" until")[0] for post in alone}
    assert heads == {"HEADS-UP", "NOT GOING OUT", "HOLD OFF", "DO NOT USE", "STANDS"}


def test_words_that_begin_otherwise_are_shown_too(made_up: Night) -> None:
    begun = {post.text.partition(":")[0] for post in previewing.made(made_up, TWO, ())}
    assert {"RUNOFF, OURS OUT (certified)", "RUNOFF, OURS IN (unofficial)"} <= begun


def test_json_is_what_slack_takes(made_up: Night, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(settings(), encoding="utf-8")
    printed = json.loads(run("preview", "hi", "--json", "--config", path).out)
    assert [one["kind"] for one in printed] == [
        post.kind for post in previewing.made(made_up, "hi", ())
    ]


# -- what is sent ------------------------------------------------------------------------


def access(slack: Emulator) -> dict[str, str]:
    return {"PRIMARY_NIGHT_SLACK_TOKEN": TOKEN, "PRIMARY_NIGHT_SLACK_URL": slack.api_url}


async def test_everything_sent_says_test_and_stands_in_the_rehearsal_channel_alone(
    slack: Emulator, made_up: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is for ops, for callers and for one person."""
    monkeypatch.setattr(sending, "SLACK_PACE", 0.0)
    here = slack.create_channel("rehearsal")
    others = [slack.create_channel(name) for name in ("ops", "callers", "night", "both")]
    shown = previewing.made(made_up, "hi", ())
    await previewing.tell(made_up, shown, access(slack), rehearse=True)
    roots = slack.history(here)
    said = [*roots, *(reply for root in roots for reply in slack.replies(here, root["ts"]))]
    assert sorted(one["text"] for one in said) == sorted(f"TEST {post.text}" for post in shown)
    for one in (one for one in said if one.get("blocks")):
        assert one["blocks"][0]["elements"][0]["text"].startswith("*TEST*")
    assert [slack.history(other) for other in others] == [[], [], [], []]
    everywhere = slack.call("conversations.list", limit=100, types="public_channel,im")
    ids = {one["id"] for one in everywhere["channels"]} - {here}
    assert [one for one in ids if slack.history(one)] == []


async def test_a_reply_alone_is_sent_too(
    slack: Emulator, made_up: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its thread has no root yet: it stands at top level."""
    monkeypatch.setattr(sending, "SLACK_PACE", 0.0)
    channel = next(
        one["id"]
        for one in slack.call("conversations.list", limit=100)["channels"]
        if one["name"] == "rehearsal"
    )
    before = len(slack.history(channel))
    shown = previewing.made(made_up, "ga", [Kind.FIRST_VOTES.value])
    await previewing.tell(made_up, shown, access(slack), rehearse=True)
    assert len(slack.history(channel)) == before + len(shown)


async def test_a_refusal_names_the_rehearsal_channel(
    slack: Emulator, durham: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is that channel which is not there, whatever channel the message is for."""
    monkeypatch.setattr(sending, "SLACK_PACE", 0.0)
    shown = previewing.made(durham, "durham-da-2018", [Kind.RACE_WON.value])
    with pytest.raises(SlackFailure, match="messages to #primary-night-rehearsal are refused"):
        await previewing.tell(durham, shown, access(slack), rehearse=True)


async def test_without_a_token_the_error_says_what_to_set(durham: Night) -> None:
    shown = previewing.made(durham, "durham-da-2018", [Kind.RACE_WON.value])
    with pytest.raises(ConfigInvalid, match="set PRIMARY_NIGHT_SLACK_TOKEN"):
        await previewing.tell(durham, shown, {}, rehearse=True)


def test_a_kind_it_does_not_have_is_answered_with_those_it_has(durham: Night) -> None:
    with pytest.raises(NothingMatched, match="did you mean race-won"):
        previewing.made(durham, "durham-da-2018", ["race-one"])
