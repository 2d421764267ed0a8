"""`check` and Slack: channels, permissions, people and the other ways, before the night."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from monitor import app
from monitor.check import Finding, Grade
from monitor.check_slack import SlackFacts, findings
from monitor.checking_slack import of_slack
from monitor.config import load_config
from monitor.errors import SlackFailure
from monitor.races import Config, SlackConfig
from monitor.slack import Identity, SlackPoster
from monitor.slack_answers import ChannelUnknown
from monitor.slack_channels import ChannelFacts
from monitor.slack_scopes import SCOPES
from tests.commands import NIGHTS
from tests.emulator import TOKEN, Emulator, emulated_slack
from tests.extras import needs
from tests.slack_faults import FaultProxy, fault_proxy, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

STAFF, OPS, REHEARSAL = "#primary-night", "#primary-night-ops", "#primary-night-rehearsal"
FINE = ChannelFacts("C01", is_shared=False, is_member=True, is_archived=False, members=14)
ALL = frozenset(scope.name for scope in SCOPES)


@pytest.fixture(scope="module")
def config() -> Config:
    return load_config(NIGHTS / "durham-2018.config.toml", app.scrapers())


@pytest.fixture(scope="module")
def slack() -> Iterator[Emulator]:
    with emulated_slack() as emulator:
        yield emulator


@pytest.fixture
async def proxy(slack: Emulator) -> AsyncIterator[FaultProxy]:
    async with fault_proxy(slack.api_url) as running:
        yield running


def told(config: Config, facts: SlackFacts, grade: Grade) -> list[str]:
    return [one.sentence for one in findings(config, facts) if one.grade is grade]


def of(config: Config, channel: str, seen: ChannelFacts | SlackFailure) -> list[Finding]:
    """Return what is said of one channel."""
    found = findings(config, SlackFacts("Team", "primarynight", ALL, {channel: seen}))
    return [one for one in found if channel in one.sentence]


# -- pure --------------------------------------------------------------------------------


def test_a_channel_that_is_fine_says_how_many_read_it(config: Config) -> None:
    assert of(config, STAFF, FINE) == [
        Finding(Grade.GREEN, "Slack: #primary-night (staff): the bot is in it, 14 members")
    ]


@pytest.mark.parametrize(("channel", "grade"), [(STAFF, Grade.RED), (REHEARSAL, Grade.AMBER)])
def test_a_channel_nothing_can_be_posted_to(config: Config, channel: str, grade: Grade) -> None:
    """Red where staff would hear nothing; a rehearsal alone sets nothing aside."""
    unknown = ChannelUnknown("channel_not_found", permanent=True)
    (missing,) = of(config, channel, unknown)
    (outside,) = of(config, channel, replace(FINE, is_member=False))
    (archived,) = of(config, channel, replace(FINE, is_archived=True))
    assert [one.grade for one in (missing, outside, archived)] == [grade] * 3
    assert "make it and write /invite @primarynight in it, or mend its name" in missing.sentence
    assert outside.sentence.endswith("write /invite @primarynight in it")
    assert "unarchive it, or name another channel" in archived.sentence


def test_a_channel_that_cannot_be_looked_up_is_no_missing_one(config: Config) -> None:
    seen = SlackFailure("conversations.list: missing_scope (channels:read)", permanent=True)
    (found,) = of(config, STAFF, seen)
    assert found.grade is Grade.AMBER
    assert "cannot be looked up: conversations.list: missing_scope" in found.sentence


def test_a_channel_shared_with_another_organization(config: Config) -> None:
    """Staff may share theirs; questions and internal trouble are for our own people."""
    shared = replace(FINE, is_shared=True)
    grades = {name: of(config, name, shared)[0].grade for name in (STAFF, OPS, REHEARSAL)}
    assert grades == {STAFF: Grade.AMBER, OPS: Grade.RED, REHEARSAL: Grade.AMBER}
    (found,) = of(config, STAFF, shared)
    assert found.sentence == (
        "Slack: people of another organization read #primary-night (a shared channel): "
        "no button, hold or internal note is shown there"
    )


def test_one_channel_under_two_names_is_red(config: Config) -> None:
    """The rehearsal channel given by its id, which is that of a real one."""
    slack = replace(config.slack, rehearsal_channel="C01")
    facts = SlackFacts("Team", "bot", ALL, {STAFF: FINE, "C01": FINE})
    assert told(replace(config, slack=slack), facts, Grade.RED) == [
        "Slack: #primary-night (staff) and C01 (rehearsal) are one channel; name different ones"
    ]


def test_missing_scopes_are_named_with_what_they_are_for(config: Config) -> None:
    facts = SlackFacts("Team", "bot", ALL - {"pins:write"})
    assert told(config, facts, Grade.AMBER) == [
        (
            "Slack: the app lacks pins:write, to pin the scoreboard; add them under OAuth & "
            "Permissions (docs/slack-manifest.yaml), install the app again"
        )
    ]
    assert told(config, replace(facts, scopes=ALL - {"chat:write"}), Grade.RED) != []
    assert told(config, replace(facts, scopes=None), Grade.AMBER) == []


def test_without_an_app_token_buttons_do_not_work(config: Config) -> None:
    (found,) = told(config, SlackFacts("Team", "bot", ALL, interactive=False), Grade.AMBER)
    assert "PRIMARY_NIGHT_SLACK_APP_TOKEN is not set" in found


def test_an_id_of_nobody_says_where_it_stands(config: Config) -> None:
    slack = replace(config.slack, actors=("U0NOBODY01",))
    facts = SlackFacts("Team", "bot", ALL, {}, {"U0NOBODY01": "this member was deactivated"})
    assert told(replace(config, slack=slack), facts, Grade.AMBER) == [
        "slack.actors: U0NOBODY01: this member was deactivated"
    ]


# -- against a Slack ---------------------------------------------------------------------


def environ(slack: Emulator | FaultProxy) -> dict[str, str]:
    return {"PRIMARY_NIGHT_SLACK_TOKEN": TOKEN, "PRIMARY_NIGHT_SLACK_URL": slack.api_url}


async def test_channels_and_people_are_looked_up(slack: Emulator, config: Config) -> None:
    """One is there, one the bot is not in, one does not exist; an actor is nobody."""
    slack.create_channel(STAFF.removeprefix("#"))
    made = SlackConfig(
        config.slack.channels, "#general", REHEARSAL, actors=("U0NOBODY01", "U000000001")
    )
    found = await of_slack(environ(slack), replace(config, slack=made))
    assert [(one.grade.value, one.sentence) for one in found] == [
        ("green", "Slack: posts to Example Coalition as primarynight"),
        ("amber", ("Slack: /race and buttons do not work: PRIMARY_NIGHT_SLACK_APP_TOKEN is not "
         "set; people act on the command line")),
        ("green", "Slack: #primary-night (staff): the bot is in it, 1 member"),
        ("red", ("Slack: the bot is not in #general, so nothing can be posted there; write "
         "/invite @primarynight in it")),
        ("amber", ("Slack: #primary-night-rehearsal (rehearsal) is not there, or is private and "
         "the bot is not in it; make it and write /invite @primarynight in it, or mend its name")),
        ("amber", ("slack.actors: U0NOBODY01: Slack knows nobody by it in this workspace; copy "
         "it again from Slack")),
    ]  # fmt: skip


async def test_a_scope_that_is_missing_is_not_taken_for_a_missing_channel(
    proxy: FaultProxy, config: Config
) -> None:
    for _ in range(2 * 3):
        proxy.plan(refusal("missing_scope"), method="conversations.list")
    found = await of_slack(environ(proxy), config)
    assert [one.sentence for one in found if "not there" in one.sentence] == []
    looked = [one for one in found if "cannot be looked up" in one.sentence]
    assert {one.grade for one in looked} == {Grade.AMBER}
    assert all("give the app the scope" in one.sentence for one in looked)


async def test_a_token_slack_does_not_know_is_one_red_line(
    proxy: FaultProxy, config: Config
) -> None:
    proxy.plan(refusal("invalid_auth"), method="auth.test")
    (found,) = await of_slack(environ(proxy), config)
    assert found.grade is Grade.RED
    assert "set a valid bot token in PRIMARY_NIGHT_SLACK_TOKEN" in found.sentence


async def test_who_is_not_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    poster, us = SlackPoster(TOKEN), Identity("Team", "bot", "U01", "T01")
    person = {"id": "U02", "team_id": "T01"}
    answers: dict[str, dict[str, object]] = {
        "": {}, "this member was deactivated": {"deleted": True},
        "this is a bot, not a person": {"is_bot": True},
        "this person is of another workspace, and cannot act here": {"team_id": "T99"},
    }  # fmt: skip
    for why, marks in answers.items():

        async def ask(*_: object, answer: dict[str, object] = {**person, **marks}) -> object:  # noqa: B006
            return {"user": answer}

        monkeypatch.setattr(poster._calls, "ask", ask)
        assert await poster.why_not_ours("U0SOMEONE1", us) == why


# -- the other ways ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PRIMARY_NIGHT_SLACK_TOKEN", "xapp-1", "not a bot token"),
        ("PRIMARY_NIGHT_SLACK_APP_TOKEN", "xoxb-1", "not an app-level token"),
        ("PRIMARY_NIGHT_SLACK_WEBHOOKS", "no json", "must be a JSON object"),
        ("PRIMARY_NIGHT_SLACK_WEBHOOKS", "{}", "has no webhook for #primary-night"),
        ("PRIMARY_NIGHT_NOTIFY_URLS", "slack://a/b/c", "Slack"),
    ],
)
async def test_what_watch_would_refuse_is_red_beforehand(
    config: Config, name: str, value: str, said: str
) -> None:
    if "NOTIFY" in name:
        needs("apprise")
    found = await of_slack({name: value}, config)
    assert [said in one.sentence for one in found if one.grade is Grade.RED] == [True]


async def test_webhooks_are_said_to_be_the_reduced_mode(config: Config) -> None:
    hooks = f'{{"{STAFF}": "https://hooks.example/1", "{OPS}": "https://hooks.example/2"}}'
    (found,) = await of_slack({"PRIMARY_NIGHT_SLACK_WEBHOOKS": hooks}, config)
    assert found == Finding(
        Grade.AMBER,
        "Slack: webhooks for #primary-night and #primary-night-ops, not tried; no scoreboard, "
        "edit, button or TEST",
    )
