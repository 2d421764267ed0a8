"""Who somebody in Slack is, and whether that person may act. It fails closed.

Only people and groups that config.toml names may act (`slack.actors`, and a race's callers
where they are member ids, in that race only), and only people of our own workspace. What
Slack says of them is believed for five minutes; while it says nothing, nobody acts.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from monitor.errors import SlackFailure
from monitor.words import listing, safe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from monitor.races import Config

KEPT_SECONDS = 300.0
"""How long an answer of Slack about a person or a group is believed."""
NAME_LIMIT = 60
NAMED_AT_MOST = 10
"""People and groups a refusal names."""

_GROUP = "S"
_MEMBER = re.compile(r"[UW][A-Z0-9]{8,20}", re.ASCII)


class Asks(Protocol):
    """Something that asks Slack's Web API."""

    async def ask(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Call a method that changes nothing; raises `SlackFailure`."""


class NotAllowed(Exception):
    """Somebody may not do what they asked for; `str` says why, safe to show in Slack."""


@dataclass(frozen=True, slots=True)
class Home:
    """Our workspace, and the bot in it."""

    team: str
    enterprise: str
    bot_user: str
    bot_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of our workspace. `name`: as acts keep it; `email`: empty unless confirmed."""

    user: str
    name: str
    email: str = ""


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether somebody may act, and why: "you are named in slack.actors".

    `allowed`: who may, as config.toml has it, for somebody who may not.
    """

    may: bool
    why: str
    allowed: tuple[str, ...] = ()


class SlackPeople:
    """Asks Slack who people are. `config`: the configuration in force, read at each question."""

    def __init__(self, slack: Asks, config: Callable[[], Config]) -> None:
        self._slack = slack
        self._config = config
        self._home: Home | None = None
        self._people: dict[str, tuple[float, dict[str, Any]]] = {}
        self._groups: dict[str, tuple[float, frozenset[str]]] = {}

    async def home(self) -> Home:
        """Return whom the bot token speaks for; raises `SlackFailure`."""
        if self._home is None:
            said = await self._slack.ask("auth.test", {})
            self._home = Home(
                *(str(said.get(name) or "") for name in ("team_id", "enterprise_id")),
                *(str(said.get(name) or "") for name in ("user_id", "bot_id")),
            )
        return self._home

    async def member(self, user: str, teams: Iterable[str] = ()) -> Person:
        """Return somebody of our workspace; `teams`: every team Slack named with the request.

        Raises `NotAllowed` for anybody else, and while Slack does not say who it is.
        """
        try:
            home = await self.home()
            said = await self._said_of(user)
        except SlackFailure as error:
            raise NotAllowed(unsure(error)) from error
        at_home = {home.team, home.enterprise} - {""}
        if not _is_of(said, home) or not {team for team in teams if team} <= at_home:
            raise NotAllowed("This bot answers people of its own workspace only.")
        profile = said.get("profile") or {}
        email = profile.get("email") if said.get("is_email_confirmed") is not False else ""
        return Person(user, _name_of(said, profile), str(email or ""))

    async def permission(self, person: Person, race: str = "") -> Permission:
        """Say whether somebody may act in a race; "" asks about every race.

        Raises `NotAllowed` where only Slack could tell, and does not.
        """
        config = self._config()
        actors = config.slack.actors
        callers = {one for known in config.races if known.id == race for one in known.callers}
        named = permission_of(person, {}, actors, callers)
        if named.may:
            return named
        groups: dict[str, frozenset[str]] = {}
        failed: SlackFailure | None = None
        for group in (one for one in actors if one[:1] == _GROUP and "@" not in one):
            try:
                groups[group] = await self._members_of(group)
            except SlackFailure as error:
                failed = error
        found = permission_of(person, groups, actors, callers)
        if not found.may and failed is not None:
            raise NotAllowed(unsure(failed)) from failed
        return found

    async def _said_of(self, user: str) -> dict[str, Any]:
        at, said = self._people.get(user, (0.0, {}))
        if not said or time.monotonic() - at > KEPT_SECONDS:
            answer = await self._slack.ask("users.info", {"user": user})
            said = answer.get("user") or {}
            self._people[user] = (time.monotonic(), said)
        return said

    async def _members_of(self, group: str) -> frozenset[str]:
        at, members = self._groups.get(group, (0.0, frozenset()))
        if not at or time.monotonic() - at > KEPT_SECONDS:
            answer = await self._slack.ask("usergroups.users.list", {"usergroup": group})
            members = frozenset(str(one) for one in answer.get("users") or ())
            self._groups[group] = (time.monotonic(), members)
        return members


def permission_of(
    person: Person,
    groups: Mapping[str, frozenset[str]],
    actors: Iterable[str],
    callers: Iterable[str] = (),
) -> Permission:
    """Say whether a person may act. `groups`: the members of each group that is known."""
    actors, callers = tuple(actors), frozenset(callers)
    if person.user in actors:
        return Permission(True, "you are named in slack.actors")
    if person.email and person.email.casefold() in {one.casefold() for one in actors}:
        return Permission(True, "your e-mail address stands in slack.actors")
    if person.user in callers:
        return Permission(True, "you are a caller of this race")
    for group in actors:
        if person.user in groups.get(group, ()):
            return Permission(True, "you are in a group that slack.actors names")
    members = (one for one in callers if _MEMBER.fullmatch(one))
    return Permission(
        False, "slack.actors in config.toml does not name you", tuple(sorted({*actors, *members}))
    )


def who_may(allowed: Iterable[str]) -> str:
    """Say who may act, for somebody who may not."""
    named = [_shown(one) for one in allowed]
    if not named:
        return "Nobody may act in Slack yet: slack.actors in config.toml names nobody."
    rest = len(named) - NAMED_AT_MOST
    more = [f"{rest} more"] if rest > 0 else []
    return f"Only {listing([*named[:NAMED_AT_MOST], *more])} may act here."


def unsure(error: SlackFailure) -> str:
    """Say that Slack does not tell who somebody is."""
    return (
        f"Slack does not say who you are now ({safe(str(error))}), so nothing was done. "
        "Try again, or use the command line."
    )


def _shown(actor: str) -> str:
    """Write an actor as an answer that only one person sees shows it; it notifies nobody."""
    if "@" in actor:
        return safe(actor)
    return f"<!subteam^{actor}>" if actor.startswith(_GROUP) else f"<@{actor}>"


def _is_of(said: Mapping[str, Any], home: Home) -> bool:
    """Say whether somebody is a living person of our workspace."""
    if not home.team or any(said.get(mark) for mark in ("deleted", "is_bot", "is_stranger")):
        return False
    teams = (said.get("enterprise_user") or {}).get("teams") or ()
    return said.get("team_id") == home.team or home.team in teams


def _name_of(said: Mapping[str, Any], profile: Mapping[str, Any]) -> str:
    """Return a person's name in printable characters; the member id where Slack has none."""
    given = profile.get("real_name"), profile.get("display_name"), said.get("name"), said.get("id")
    for name in (str(one or "") for one in given):
        printable = "".join(char if char.isprintable() else " " for char in name)
        if shown := " ".join(printable.split())[:NAME_LIMIT].strip():
            return shown
    return "somebody in Slack"
