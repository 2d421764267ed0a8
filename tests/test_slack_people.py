"""Who somebody in Slack is, and who may act: named people only, and nobody while in doubt."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import app, slack_people
from monitor.errors import SlackFailure
from monitor.slack_people import NotAllowed, Person, SlackPeople, permission_of, who_may
from tests.now_night import Watched, config
from tests.socket_slack import OTHER_TEAM, TEAM, person

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from monitor.races import Config

ANA, BEN, CY = "U0ANA0000", "U0BEN0000", "U0CY00000"
GROUP, OTHER_GROUP = "S0CALLERS", "S0NOBODY0"


class Workspace:
    """Answers as Slack does; `away` while it does not answer. Counts what it was asked."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {ANA: person(ANA, "Ana Ruiz", "ana@example.org")}
        self.groups: dict[str, list[str]] = {}
        self.enterprise = ""
        self.away: set[str] = set()
        self.asked: list[str] = []

    async def ask(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Answer one method."""
        self.asked.append(method)
        if method in self.away:
            raise SlackFailure(f"{method}: no answer", permanent=False)
        match method:
            case "auth.test":
                return {"team_id": TEAM, "enterprise_id": self.enterprise, "user_id": "U0BOT0000"}
            case "users.info":
                return {"user": dict(self.users[arguments["user"]])}
            case _:
                return {"users": self.groups[arguments["usergroup"]]}


@pytest.fixture
def workspace() -> Workspace:
    return Workspace()


@pytest.fixture
def base(tmp_path: Path) -> Config:
    path = tmp_path / "config.toml"
    path.write_text(config([Watched("Alpha", "alpha", "http://127.0.0.1:9/a.csv")]), "utf-8")
    return app.config_at(path)


def with_actors(base: Config, *actors: str, callers: tuple[str, ...] = ()) -> Config:
    """Return the configuration with these actors, and callers of its one race."""
    slack, (race,) = replace(base.slack, actors=actors), base.races
    return replace(base, slack=slack, races=(replace(race, callers=callers),))


# -- who it is -----------------------------------------------------------------------------


async def test_a_member_has_a_name_and_an_address(workspace: Workspace, base: Config) -> None:
    """The real name is what acts keep; Slack is asked once in five minutes."""
    people = SlackPeople(workspace, lambda: base)
    for _ in range(3):
        assert await people.member(ANA, (TEAM, "")) == Person(ANA, "Ana Ruiz", "ana@example.org")
    assert workspace.asked == ["auth.test", "users.info"]


async def test_what_slack_said_is_believed_for_minutes_only(
    workspace: Workspace, base: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who was let go stops acting."""
    people = SlackPeople(workspace, lambda: base)
    await people.member(ANA)
    workspace.users[ANA]["deleted"] = True
    await people.member(ANA)
    monkeypatch.setattr(slack_people, "KEPT_SECONDS", -1.0)
    with pytest.raises(NotAllowed):
        await people.member(ANA)


@pytest.mark.parametrize(
    "marks",
    [
        {"team": OTHER_TEAM}, {"is_stranger": True}, {"deleted": True}, {"is_bot": True},
        {"team": OTHER_TEAM, "enterprise_user": {"teams": [OTHER_TEAM]}},
    ],
)  # fmt: skip
async def test_only_living_people_of_our_own_workspace(
    workspace: Workspace, base: Config, marks: dict[str, Any]
) -> None:
    """People of shared channels and of elsewhere, bots, and those who left."""
    workspace.users[ANA] = person(ANA, "Ana Ruiz", **marks)
    with pytest.raises(NotAllowed, match="its own workspace only"):
        await SlackPeople(workspace, lambda: base).member(ANA)


async def test_a_request_from_another_workspace_is_refused(
    workspace: Workspace, base: Config
) -> None:
    """Whoever presses, the teams Slack names with the press must all be ours."""
    with pytest.raises(NotAllowed, match="its own workspace only"):
        await SlackPeople(workspace, lambda: base).member(ANA, (TEAM, OTHER_TEAM))


async def test_a_member_of_our_workspace_in_a_grid(workspace: Workspace, base: Config) -> None:
    """In Enterprise Grid the home of a person may be elsewhere, and the request says the grid."""
    workspace.enterprise = "E0GRID000"
    teams = {"teams": [OTHER_TEAM, TEAM]}
    workspace.users[ANA] = person(ANA, "Ana Ruiz", team=OTHER_TEAM, enterprise_user=teams)
    people = SlackPeople(workspace, lambda: base)
    assert (await people.member(ANA, (TEAM, "E0GRID000"))).user == ANA


@pytest.mark.parametrize(
    ("profile", "shown"),
    [
        ({"real_name": "  Ana\u202e \n Ruiz "}, "Ana Ruiz"),
        ({"real_name": "", "display_name": "ana"}, "ana"),
        ({"real_name": "x" * 200}, "x" * 60),
        ({}, "ana"),
    ],
)
async def test_a_name_is_printable_and_short(
    workspace: Workspace, base: Config, profile: dict[str, str], shown: str
) -> None:
    """Names are chosen by people, and end in the audit table."""
    workspace.users[ANA]["profile"] = profile
    assert (await SlackPeople(workspace, lambda: base).member(ANA)).name == shown


# -- who may act ---------------------------------------------------------------------------


async def test_by_member_id_address_group_or_as_a_caller_of_the_race(
    workspace: Workspace, base: Config
) -> None:
    """Each way is enough; a caller of one race may act in that race alone."""
    ana = Person(ANA, "Ana Ruiz", "Ana@Example.org")
    workspace.groups = {GROUP: [ANA], OTHER_GROUP: []}
    in_force = base
    people = SlackPeople(workspace, lambda: in_force)
    for actors in ((ANA,), ("ana@example.org",), (OTHER_GROUP, GROUP)):
        in_force = with_actors(base, *actors)
        assert (await people.permission(ana)).may, actors
    called = SlackPeople(workspace, lambda: with_actors(base, BEN, callers=(ANA,)))
    assert (await called.permission(ana, "alpha-da")).may
    assert not (await called.permission(ana, "beta-da")).may
    assert not (await called.permission(ana)).may


async def test_nobody_may_act_where_nobody_is_named(workspace: Workspace, base: Config) -> None:
    """The default is that nobody may; a caller's name is no member id."""
    people = SlackPeople(workspace, lambda: with_actors(base, callers=("Ana Ruiz",)))
    permission = await people.permission(Person(ANA, "Ana Ruiz"), "alpha-da")
    assert not permission.may
    assert permission.allowed == ()
    assert "names nobody" in who_may(permission.allowed)


async def test_an_unconfirmed_address_is_none(workspace: Workspace, base: Config) -> None:
    """Anybody can type an address into a profile."""
    workspace.users[ANA]["is_email_confirmed"] = False
    people = SlackPeople(workspace, lambda: with_actors(base, "ana@example.org"))
    person_ = await people.member(ANA)
    assert person_.email == ""
    assert not (await people.permission(person_)).may


async def test_it_fails_closed(workspace: Workspace, base: Config) -> None:
    """While Slack does not say who is in a group, nobody acts by it; others still do."""
    ana, ben = Person(ANA, "Ana Ruiz"), Person(BEN, "Ben Ortiz")
    workspace.groups = {OTHER_GROUP: [BEN]}
    workspace.away = {"usergroups.users.list"}
    people = SlackPeople(workspace, lambda: with_actors(base, GROUP, OTHER_GROUP, CY, ANA))
    assert (await people.permission(ana)).may
    with pytest.raises(NotAllowed, match="nothing was done"):
        await people.permission(ben)
    workspace.away = {"users.info"}
    with pytest.raises(NotAllowed, match="Slack does not say who you are"):
        await people.member(ANA)


async def test_the_configuration_in_force_counts(workspace: Workspace, base: Config) -> None:
    """A reload that takes somebody out takes effect with the next press."""
    now = [with_actors(base, ANA)]
    people, ana = SlackPeople(workspace, lambda: now[0]), Person(ANA, "Ana Ruiz")
    assert (await people.permission(ana)).may
    now[0] = with_actors(base, BEN)
    assert not (await people.permission(ana)).may


IDS = st.sampled_from([ANA, BEN, CY, "U0DEE0000"])
ACTORS = st.lists(st.sampled_from([ANA, BEN, GROUP, OTHER_GROUP, "c@example.org"]), unique=True)


@given(user=IDS, email=st.sampled_from(["", "c@example.org"]), actors=ACTORS,
       members=st.frozensets(IDS), callers=st.frozensets(IDS))  # fmt: skip
def test_permission_is_one_of_four_reasons(
    user: str, email: str, actors: list[str], members: frozenset[str], callers: frozenset[str]
) -> None:
    """Nothing but being named, by any of the four ways, lets anybody act."""
    found = permission_of(Person(user, "Somebody", email), {GROUP: members}, actors, callers)
    named = user in actors or user in callers or (email != "" and email in actors)
    assert found.may == (named or (GROUP in actors and user in members))


def test_a_refusal_names_who_may_and_no_more_than_ten() -> None:
    """Ids are shown as Slack shows people; the text notifies nobody."""
    said = who_may([ANA, GROUP, "ana@example.org"])
    assert said == f"Only <@{ANA}>, <!subteam^{GROUP}> and ana@example.org may act here."
    many = who_may([f"U0AAA000{number}" for number in range(10)] + ["U0BBB0000", "U0BBB0001"])
    assert "and 2 more may act here" in many
