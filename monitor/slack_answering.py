"""What bolt calls: each listener acknowledges within three seconds, then lets others work.

Whatever fails is told to the person who waits for it, and logged; nothing of it ends the
app. Work that was begun is finished when the watch ends, as far as a second goes.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
import structlog

from monitor.errors import MonitorError, SlackFailure
from monitor.slack_home import home_view
from monitor.slack_payloads import press_of, submission_of, typed_of
from monitor.slack_people import NotAllowed
from monitor.slack_presses import notice
from monitor.words import safe_text

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping

    from monitor.slack_commands import Commands
    from monitor.slack_desk import Calls, Desk
    from monitor.slack_people import SlackPeople
    from monitor.slack_presses import Presses

ACK_SECONDS = 2.0
"""A modal is acknowledged with its answer when that comes so soon; else with a wait."""
WAITING = "Working on it. This form says what came of it."

_log = structlog.get_logger()


class Ack(Protocol):
    """Bolt's acknowledgement."""

    async def __call__(self, **answer: Any) -> object:
        """Acknowledge."""


class Respond(Protocol):
    """Bolt's answer by the request's own address."""

    async def __call__(
        self, *, text: str, blocks: Any, response_type: str, replace_original: bool
    ) -> Any:
        """Answer."""


class Answering:
    """The listeners of the app."""

    def __init__(
        self, desk: Desk, people: SlackPeople, slack: Calls, presses: Presses, commands: Commands
    ) -> None:
        self._desk = desk
        self._people = people
        self._slack = slack
        self._presses = presses
        self._commands = commands
        self._work: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Begin work that must not be lost: the loop alone would keep it only weakly."""
        task = asyncio.ensure_future(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    async def finish(self, seconds: float) -> None:
        """Let what was begun end, so many seconds long."""
        if self._work:
            _, late = await asyncio.wait(self._work, timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    # -- listeners -----------------------------------------------------------------------

    async def command(self, ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        """Answer `/race`."""
        await ack()
        self.start(self._command(body, respond))

    async def action(self, ack: Ack, body: dict[str, Any], respond: Respond) -> None:
        """Answer a button."""
        await ack()
        self.start(self._action(body, respond))

    async def submission(self, ack: Ack, body: dict[str, Any]) -> None:
        """Answer a modal: with what came of it, or with a wait and then with that."""
        task = self.start(self._submission(body))
        done, _ = await asyncio.wait({task}, timeout=ACK_SECONDS)
        if done:
            await ack(**task.result())
            return
        await ack(response_action="update", view=notice("One moment", WAITING))
        self.start(self._answer_late(task, body))

    async def closed(self, ack: Ack) -> None:
        """Acknowledge that a modal was closed: nothing is done."""
        await ack()

    async def opened_home(self, event: dict[str, Any], body: dict[str, Any]) -> None:
        """Show the Home tab as things stand now."""
        if event.get("tab") == "home":
            self.start(self._home(str(event.get("user", "")), str(body.get("team_id", ""))))

    # -- work ----------------------------------------------------------------------------

    async def _command(self, body: Mapping[str, Any], respond: Respond) -> None:
        typed = typed_of(body)
        try:
            reply = await self._commands.answer(typed)
        except Exception as error:  # noqa: BLE001 - whoever typed waits for an answer
            await self._tell(respond, typed.channel, typed.who.user, _failed(error, "a command"))
            return
        if reply is not None:
            await self._tell(respond, typed.channel, typed.who.user, reply.text, reply.blocks)

    async def _action(self, body: Mapping[str, Any], respond: Respond) -> None:
        try:
            press = press_of(body)
        except ValueError:
            return  # a link, a field of a modal
        try:
            said = await self._presses.press(press)
        except Exception as error:  # noqa: BLE001 - as for a command
            said = _failed(error, "a button")
        if said:
            await self._tell(respond, press.channel, press.who.user, said)

    async def _submission(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return what to acknowledge a modal with."""
        try:
            return await self._presses.submit(submission_of(body))
        except Exception as error:  # noqa: BLE001 - as for a command
            view = notice("Not done", _failed(error, "a form"))
            return {"response_action": "update", "view": view}

    async def _answer_late(
        self, task: asyncio.Task[dict[str, Any]], body: Mapping[str, Any]
    ) -> None:
        answer = await task
        view = answer.get("view")
        if view is None:  # wrong fields are shown at the fields of a form that is gone
            wrong = " ".join((answer.get("errors") or {}).values())
            view = notice("Not done" if wrong else "Done", safe_text(wrong) or "Done.")
        try:
            await self._slack.call(
                "views.update", {"view_id": (body.get("view") or {}).get("id"), "view": view},
                as_json=True,
            )  # fmt: skip
        except SlackFailure as error:
            _log.warning("a form does not say what came of it", error=str(error))

    async def _home(self, user: str, team: str) -> None:
        try:
            person = await self._people.member(user, (team,))
            view = home_view(self._desk.views(), self._desk.config().slack, self._desk.now())
            await self._slack.call(
                "views.publish", {"user_id": person.user, "view": view}, as_json=True
            )
        except (NotAllowed, SlackFailure) as error:
            _log.warning("no Home tab shown", user=user, error=str(error))
        except Exception as error:  # noqa: BLE001 - a fault of ours must not hide
            _failed(error, "the Home tab")

    async def _tell(
        self, respond: Respond, channel: str, user: str, text: str,
        blocks: list[dict[str, Any]] | None = None,
    ) -> None:  # fmt: skip
        """Tell one person, by the request's address, in the channel, or at last directly."""
        try:
            answer = await respond(
                text=text, blocks=blocks or None, response_type="ephemeral",
                replace_original=False,
            )  # fmt: skip
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            _log.warning("no answer by the request's address", error=type(error).__name__)
        else:
            if answer.status_code == 200:  # noqa: PLR2004 - HTTP's own number
                return
        told = {"text": text, **({"blocks": blocks} if blocks else {})}
        ways: list[tuple[str, dict[str, str]]] = [("chat.postMessage", {"channel": user})]
        if channel:
            ways.insert(0, ("chat.postEphemeral", {"channel": channel, "user": user}))
        for method, to in ways:
            try:
                await self._slack.call(method, {**to, **told}, as_json=True)
            except SlackFailure as error:
                _log.warning("an answer was not told", user=user, by=method, error=str(error))
            else:
                return


def _failed(error: Exception, what: str) -> str:
    """Log a failure of ours, and say so to the person."""
    _log.exception("work for Slack failed", work=what)
    if isinstance(error, MonitorError):
        return f"Nothing was done: {safe_text(str(error))}"
    return (
        f"This failed here ({type(error).__name__}), and the log says more. "
        "Look with `/race status` before you try again."
    )
