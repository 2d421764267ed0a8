"""Slack's commands, buttons and Home tab, through slack-bolt: Socket Mode, or HTTP.

Everything is acknowledged first, within Slack's three seconds, and worked on afterwards.
Whatever is lost or refused is tried anew; a refusal that only people can end is told to ops.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from typing import TYPE_CHECKING, Any

import aiohttp
import structlog
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from monitor.errors import SlackFailure
from monitor.slack_answering import Answering
from monitor.slack_calls import SlackCalls
from monitor.slack_channels import Channels
from monitor.slack_commands import Commands
from monitor.slack_people import SlackPeople
from monitor.slack_presses import Presses
from monitor.slack_scopes import COMMAND, EVENTS
from monitor.slack_socket import answer_by_socket
from monitor.slack_ways import PATH, Http, Socket

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from monitor.slack_desk import Desk
    from monitor.slack_ways import Way

CALL_SECONDS = 3.0
"""Of one call: what takes longer comes too late to open a modal."""
PING_SECONDS = 5.0
"""Between two pings; four unanswered ones end a connection."""
LOST_SECONDS = 30.0
"""How long bolt may be without a connection before it is started anew."""
AGAIN_SECONDS = 5.0
AGAIN_AFTER_REFUSAL = 60.0
"""Before connecting again, when Slack was away or refused: it counts these by the minute."""
END_SECONDS = 1.0
"""For answers under way, and for the connection's goodbye, when the watch ends."""

UNHEARD = (
    "buttons and `/race` have no connection to Slack now; act on the command line meanwhile, "
    "such as `python run.py freeze RACE`"
)
SAID_AT_MOST = 300
"""Characters of a line of bolt's."""

_ANY = re.compile("")

_log = structlog.get_logger()


class SlackApp:
    """Runs beside the visits. `token`: reads the bot token, anew when Slack refuses it.

    `trouble` tells ops that nobody can press anything: a window must not end unseen.
    `address` is where HTTP mode listens, once it does.
    """

    name = "Slack commands and buttons"

    def __init__(
        self, way: Way, token: Callable[[], str], api_url: str, desk: Desk,
        *, ping_seconds: float = PING_SECONDS, lost_seconds: float = LOST_SECONDS,
        trouble: Callable[[str], Awaitable[object]] | None = None,
    ) -> None:  # fmt: skip
        self._way = way
        self._token = token
        self._api_url = api_url
        self._desk = desk
        self._ping = ping_seconds
        self._lost = lost_seconds
        self._trouble = trouble
        self._refused = False
        self.address = ""

    async def run(self, stop: asyncio.Event) -> None:
        """Answer until `stop` is set; raises a permanent `SlackFailure` for ops to hear of."""
        if self._refused:
            await _stopped(stop, AGAIN_AFTER_REFUSAL)
        while not stop.is_set():
            work = asyncio.ensure_future(self._answer())
            ending = asyncio.ensure_future(stop.wait())
            try:
                await asyncio.wait({work, ending}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                ending.cancel()
                work.cancel()  # everything is closed on the way out
            try:
                await work
            except asyncio.CancelledError:
                if not stop.is_set():
                    raise
            except SlackFailure as error:
                self._refused = error.permanent
                if error.permanent:
                    raise
                _log.warning("no commands and buttons now", error=str(error))
                await _stopped(stop, max(AGAIN_SECONDS, error.retry_after))

    async def _answer(self) -> None:
        """Answer, in Socket Mode until the connection is lost for good."""
        async with contextlib.AsyncExitStack() as stack:
            slack = SlackCalls(self._token, self._api_url, CALL_SECONDS)
            stack.push_async_callback(slack.close)
            people = SlackPeople(slack, self._desk.config)
            home = await people.home()
            self._refused = False
            presses = Presses(self._desk, people, slack, Channels(slack))
            answering = Answering(
                self._desk, people, slack, presses, Commands(self._desk, people, presses)
            )
            stack.push_async_callback(answering.finish, END_SECONDS)
            answering.start(presses.heads())
            session = await stack.enter_async_context(aiohttp.ClientSession())

            async def authorize(**_: Any) -> AuthorizeResult:
                # Without the token: nothing of bolt's own calls Slack for us.
                return AuthorizeResult(
                    enterprise_id=home.enterprise or None, team_id=home.team,
                    bot_user_id=home.bot_user, bot_id=home.bot_id,
                )  # fmt: skip

            bolt = AsyncApp(
                name=self.name, logger=_quiet(), authorize=authorize,
                signing_secret=self._way.signing_secret if isinstance(self._way, Http) else "",
                client=AsyncWebClient(
                    base_url=self._api_url, session=session, retry_handlers=[]
                ),
            )  # fmt: skip
            listen(bolt, answering)
            if isinstance(self._way, Socket):
                await self._by_socket(bolt, self._way)
            else:
                await self._by_http(bolt, self._way)

    async def _by_socket(self, bolt: AsyncApp, way: Socket) -> None:
        # The address is asked for here, because bolt would ask for ever with a refused token.
        app = SlackCalls(way.app_token, self._api_url, CALL_SECONDS)
        try:
            address = str((await app.ask("apps.connections.open", {})).get("url") or "")
        finally:
            await app.close()
        await answer_by_socket(bolt, way.app_token, address, self._ping, self._lost)
        if self._trouble is not None:
            await self._trouble(UNHEARD)

    async def _by_http(self, bolt: AsyncApp, way: Http) -> None:
        served = bolt.web_app(path=PATH)
        runner = web.AppRunner(served, access_log=None, shutdown_timeout=END_SECONDS)
        await runner.setup()
        try:
            site = web.TCPSite(runner, way.host, way.port)
            try:
                await site.start()
            except OSError as error:
                raise SlackFailure(
                    f"cannot listen at {way.host}:{way.port} ({error.strerror})", permanent=True
                ) from None
            host, port = runner.addresses[0][:2]
            self.address = f"http://{host}:{port}{PATH}"
            _log.info("commands and buttons", by="HTTP", address=self.address)
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


def listen(bolt: AsyncApp, answering: Answering) -> None:
    """Tell bolt who answers what. A press on anything that is not ours is only acknowledged."""
    bolt.command(COMMAND)(answering.command)
    bolt.action(_ANY)(answering.action)
    bolt.view_submission(_ANY)(answering.submission)
    bolt.view_closed(_ANY)(answering.closed)
    for event in EVENTS:
        bolt.event(event)(answering.opened_home)


class _OneLine(logging.Handler):
    """Writes what bolt has to say into our log, without a traceback at each try to connect."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        _log.warning("slack-bolt", said=record.getMessage()[:SAID_AT_MOST])


def _quiet() -> logging.Logger:
    """Return bolt's logger: what it tells below a warning holds people's words."""
    logger = logging.getLogger("monitor.slack_bolt")
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(_OneLine())
    return logger


async def _stopped(stop: asyncio.Event, seconds: float) -> bool:
    """Wait so long, or until asked to stop; say whether that was so."""
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
    return stop.is_set()
