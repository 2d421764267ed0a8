"""One Socket Mode connection of bolt's, watched from outside and ended in time.

bolt reconnects by itself. Where it cannot (slack_sdk's client asks one spent address for
ever when the network was away between its two steps), the connection is given up, for a
new one to be made.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any, Protocol

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler

if TYPE_CHECKING:
    from slack_bolt.async_app import AsyncApp

GOODBYE_SECONDS = 0.5
LOOK_SECONDS = 1.0
"""Between two looks whether there is a connection."""

_log = structlog.get_logger()


class Client(Protocol):
    """What of slack_sdk's client is used: it is to be ended as well."""

    wss_uri: str | None
    closed: bool
    auto_reconnect_enabled: bool
    message_processor: asyncio.Future[Any]
    current_session_monitor: asyncio.Future[Any] | None
    message_receiver: asyncio.Future[Any] | None
    aiohttp_client_session: aiohttp.ClientSession

    async def connect(self) -> None:
        """Connect to `wss_uri`, trying for ever."""

    async def is_connected(self) -> bool:
        """Say whether it is."""

    async def disconnect(self) -> None:
        """Say goodbye."""


async def answer_by_socket(
    bolt: AsyncApp, app_token: str, address: str, ping_seconds: float, lost_seconds: float
) -> None:
    """Let bolt answer, first at this address, until there is no connection for so long."""
    handler = AsyncSocketModeHandler(
        bolt, app_token, bolt.logger, bolt.client, ping_interval=ping_seconds
    )
    client: Client = handler.client
    client.wss_uri = address
    connecting = asyncio.ensure_future(client.connect())
    loop = asyncio.get_running_loop()
    seen = loop.time()
    try:
        while loop.time() - seen < lost_seconds:
            if await client.is_connected():
                seen = loop.time()
            await asyncio.sleep(min(LOOK_SECONDS, ping_seconds))
        _log.warning("no connection to Slack, a new one is made", after_seconds=lost_seconds)
    finally:
        connecting.cancel()
        try:
            await asyncio.gather(connecting, return_exceptions=True)
        finally:
            await _end(client)


async def _end(client: Client) -> None:
    """End a client at once; its own `close` waits ten seconds for a server that is gone."""
    client.closed = True
    client.auto_reconnect_enabled = False
    try:
        await _let_go(client)
    finally:
        # Whoever is in a hurry cancels us too; a session left open would stay for ever.
        await client.aiohttp_client_session.close()


async def _let_go(client: Client) -> None:
    with contextlib.suppress(TimeoutError, aiohttp.ClientError, OSError):
        await asyncio.wait_for(client.disconnect(), GOODBYE_SECONDS)
    tasks = [client.message_processor, client.current_session_monitor, client.message_receiver]
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
