"""`/race` in Slack: everybody of our workspace may ask, who may act also opens forms."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor import slash
from monitor.buttons import Pressed
from monitor.desk_words import is_withheld
from monitor.errors import MonitorError
from monitor.modals import Asked, ModalKind
from monitor.people import ActKind
from monitor.slack_people import NotAllowed, Permission
from monitor.slash import CommandKind, NotUnderstood, Reply
from monitor.words import safe_text

if TYPE_CHECKING:
    from monitor.race_view import RaceView
    from monitor.races import Race
    from monitor.slack_desk import Desk
    from monitor.slack_payloads import Typed
    from monitor.slack_people import Person, SlackPeople
    from monitor.slack_presses import Presses

_FORMS = {
    CommandKind.ENTER: (ModalKind.ENTER, ActKind.ENTER),
    CommandKind.CLOSE: (ModalKind.CLOSE, ActKind.CLOSE),
    CommandKind.FREEZE: (ModalKind.FREEZE, ActKind.FREEZE),
    CommandKind.UNFREEZE: (ModalKind.UNFREEZE, ActKind.UNFREEZE),
    CommandKind.RETRACT: (ModalKind.RETRACT, ActKind.RETRACT),
}
NOT_RELEASED = "All in, not released: why it stands so is shown when everybody has the outcome."


class Commands:
    """Answers the words after `/race`."""

    def __init__(self, desk: Desk, people: SlackPeople, presses: Presses) -> None:
        self._desk = desk
        self._people = people
        self._presses = presses

    async def answer(self, typed: Typed) -> Reply | None:
        """Answer a command, for the eyes of who typed it; None where a form opened."""
        try:
            person = await self._people.member(typed.who.user, typed.who.teams)
            command = slash.parse(typed.text, self._desk.config().races)
            return await self._answered(command, typed, person)
        except (NotAllowed, NotUnderstood) as refusal:
            return slash.sentence_reply(str(refusal))

    async def _answered(self, command: slash.Command, typed: Typed, person: Person) -> Reply | None:
        now = self._desk.now()
        match command.kind:
            case CommandKind.HELP:
                return slash.help_reply()
            case CommandKind.STATUS:
                return slash.status_reply(self._views(command.race), now)
            case CommandKind.LIST:
                return slash.list_reply(self._desk.config().races)
            case CommandKind.EXPLAIN:
                return await self._explained(command, person)
            case CommandKind.FOLLOW:
                act = slash.follow_act(command.race, person.name, person.user, now, typed.id)
                applied, said = self._desk.acts.do(act, now)
                return slash.follow_reply(self._race(command.race), said, applied=applied)
            case CommandKind.WHOAMI:
                return await self._whoami(person)
            case _:
                return await self._form(command, typed)

    async def _explained(self, command: slash.Command, person: Person) -> Reply:
        """Explain a race; one whose outcome is kept back, to those who may act."""
        views = self._views(command.race)
        if any(is_withheld(told) for view in views for told in view.state.told.values()):
            permission = await self._people.permission(person, command.race)
            if not permission.may:
                return slash.sentence_reply(NOT_RELEASED)
        zone = ZoneInfo(views[0].scene.zone if views else "UTC")
        at = slash.moment(command.time, zone, self._desk.now())
        try:
            lines = await self._desk.explain(command.race, at)
        except MonitorError as error:
            return slash.sentence_reply(safe_text(str(error)))
        return slash.explain_reply(lines, self._race(command.race))

    async def _whoami(self, person: Person) -> Reply:
        permission = await self._people.permission(person)
        races = [one for one in self._desk.config().races if person.user in one.callers]
        if races and not permission.may:
            permission = Permission(True, "in the races that you are a caller of")
        return slash.whoami_reply(
            person.name, person.user, permission.why, races, may_act=permission.may
        )

    async def _form(self, command: slash.Command, typed: Typed) -> Reply | None:
        modal, kind = _FORMS[command.kind]
        pressed = Pressed(command.race)
        try:
            person = await self._presses.actor(typed.who, command.race)
        except NotAllowed as refusal:
            said = self._presses.refused(typed.who, kind, pressed, typed.id, str(refusal))
            return slash.sentence_reply(said)
        asked = Asked(modal, pressed, channel=typed.channel)
        said = await self._presses.open(asked, person, typed.who.trigger)
        return slash.sentence_reply(said) if said else None

    def _views(self, race: str) -> list[RaceView]:
        """Return the views of a race, or of all."""
        return [one for one in self._desk.views() if race in ("", one.watched.race.id)]

    def _race(self, race: str) -> Race:
        return next(one for one in self._desk.config().races if one.id == race)
