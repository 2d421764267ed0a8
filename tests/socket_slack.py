"""A Slack on loopback for what people do: Socket Mode, modals, messages, and who people are.

It is strict where Slack is: an address for Socket Mode and the right to open a modal can be
used once, tokens are of their own kind, a view keeps Slack's limits. It keeps every call,
and what each envelope was acknowledged with.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp
from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

BOT_TOKEN = "xoxb-1111-2222-loopback"  # noqa: S105 - valid here only
APP_TOKEN = "xapp-1-A0EXAMPLE-3333-loopback"  # noqa: S105 - valid here only
SECRET = "8f742231b10e8888abcd9900011185a5"  # noqa: S105 - valid here only
TEAM = "T0EXAMPLE1"
OTHER_TEAM = "T0ELSEWHERE"
ACK_SECONDS = 3.0
"""How long Slack waits for an acknowledgement."""


def person(
    user: str, name: str, email: str = "", *, team: str = TEAM, **marks: Any
) -> dict[str, Any]:
    """Return a member as `users.info` does."""
    return {
        "id": user, "team_id": team, "name": name.split(maxsplit=1)[0].lower(), "deleted": False,
        "is_bot": False, "is_email_confirmed": True,
        "profile": {"real_name": name, "display_name": "", "email": email}, **marks,
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Call:
    """A call of the Web API, or an answer by a request's own address (method "respond")."""

    method: str
    arguments: dict[str, Any]


@dataclass(slots=True)
class SocketSlack:
    """One workspace. `errors`: codes that the next calls of a method are refused with.

    `acks`: by envelope, what was acknowledged. `slow`: seconds before a method answers.
    `messages`: by channel id, as they stand, oldest first; `held`: what is scheduled, by id.
    """

    base: str = ""
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    channels: dict[str, dict[str, Any]] = field(default_factory=dict)
    errors: dict[str, list[str]] = field(default_factory=dict)
    slow: dict[str, float] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    views: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    connections: int = 0
    refuses_sockets: bool = False
    _acks: dict[str, asyncio.Future[dict[str, Any]]] = field(default_factory=dict)
    _tickets: set[str] = field(default_factory=set)
    _triggers: set[str] = field(default_factory=set)
    _sockets: list[web.WebSocketResponse] = field(default_factory=list)
    _numbers: Any = field(default_factory=lambda: count(1))

    @property
    def api_url(self) -> str:
        """Where the Web API is."""
        return f"{self.base}/api/"

    # -- what people do --------------------------------------------------------------------

    async def command(self, user: str, text: str, channel: str = "C0STAFF00") -> dict[str, Any]:
        """Type `/race`; return the acknowledgement."""
        return await self._send("slash_commands", self.command_body(user, text, channel))

    def command_body(self, user: str, text: str, channel: str = "C0STAFF00") -> dict[str, Any]:
        """Return what Slack sends of a command."""
        return {
            "command": "/race", "text": text, "user_id": user, "user_name": "somebody",
            "team_id": self._team_of(user), "channel_id": channel, "api_app_id": "A0EXAMPLE",
            "trigger_id": self._trigger(), "response_url": f"{self.base}/respond",
        }  # fmt: skip

    async def press(
        self, user: str, message: tuple[str, str], block: Mapping[str, Any], number: int = 0
    ) -> dict[str, Any]:
        """Press a button of a block in the message at (channel id, ts)."""
        element = block["elements"][number]
        channel, ts = message
        action = {
            "action_id": element["action_id"], "block_id": block["block_id"], "type": "button",
            "value": element["value"], "text": element["text"], "action_ts": self._ts(),
        }  # fmt: skip
        return await self._send("interactive", {
            **self._interactive("block_actions", user),
            "container": {"type": "message", "channel_id": channel, "message_ts": ts},
            "channel": {"id": channel, "name": "somewhere"}, "actions": [action],
            "response_url": f"{self.base}/respond",
        })  # fmt: skip

    async def submit(
        self, user: str, view: Mapping[str, Any], typed: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Send a modal in: what was typed, by block; an option by its value in a list."""
        values = {block: {_action(view, block): _held(value)} for block, value in typed.items()}
        body = {**self._interactive("view_submission", user)}
        answer = await self._send(
            "interactive", {**body, "view": {**view, "state": {"values": values}}}
        )
        if answer.get("response_action") == "update":
            self._stand(str(view["id"]), answer["view"])
        return answer

    async def close(self, user: str, view: Mapping[str, Any]) -> dict[str, Any]:
        """Close a modal without sending it in."""
        body = self._interactive("view_closed", user)
        return await self._send("interactive", {**body, "view": view, "is_cleared": False})

    async def open_home(self, user: str) -> dict[str, Any]:
        """Open the app's Home tab."""
        return await self._send("events_api", {
            "type": "event_callback", "team_id": self._team_of(user), "api_app_id": "A0EXAMPLE",
            "event_id": f"Ev{next(self._numbers)}", "event_time": int(time.time()),
            "event": {
                "type": "app_home_opened", "user": user, "channel": "D0HOME000", "tab": "home",
                "event_ts": self._ts(),
            },
        })  # fmt: skip

    # -- what Slack does -------------------------------------------------------------------

    async def refresh(self) -> None:
        """Ask the app to connect anew, as Slack does every few hours."""
        await self._sockets[-1].send_json({"type": "disconnect", "reason": "refresh_requested"})

    async def drop(self) -> None:
        """Cut every connection, as a network that went away."""
        for socket in self._sockets:
            if not socket.closed and socket._req is not None and socket._req.transport is not None:
                socket._req.transport.abort()
        self._sockets.clear()

    async def connected(self, number: int) -> None:
        """Wait until the app has connected so many times."""
        await until(lambda: self.connections >= number and bool(self._sockets))

    def of(self, method: str) -> list[dict[str, Any]]:
        """Return the arguments of every call of a method."""
        return [call.arguments for call in self.calls if call.method == method]

    async def told(self, number: int = 1) -> list[str]:
        """Return what people were told by the address of their requests, `number` at least."""
        await until(lambda: len(self.of("respond")) >= number)
        return [str(answer["text"]) for answer in self.of("respond")]

    async def opened(self, number: int = 1) -> dict[str, Any]:
        """Return the modal that was opened last, with its id, when `number` were."""
        await until(lambda: len(self.of("views.open")) >= number and len(self.views) >= number)
        return list(self.views.values())[-1]

    def signed(
        self, body: Mapping[str, Any], secret: str = SECRET, at: float | None = None
    ) -> tuple[bytes, dict[str, str]]:
        """Return the bytes and headers of a request as Slack signs it for HTTP."""
        form = body if "command" in body else {"payload": json.dumps(body)}
        content, stamp = urlencode(form).encode(), str(int(time.time() if at is None else at))
        base = f"v0:{stamp}:".encode() + content
        digest = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
        return content, {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}",
        }  # fmt: skip

    async def _send(self, kind: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Send an envelope; return its acknowledgement, which must come in time."""
        envelope = f"envelope-{next(self._numbers)}"
        self._acks[envelope] = asyncio.get_running_loop().create_future()
        await self._sockets[-1].send_json({
            "envelope_id": envelope, "type": kind, "payload": payload,
            "accepts_response_payload": kind != "events_api",
        })  # fmt: skip
        return await asyncio.wait_for(self._acks[envelope], ACK_SECONDS)

    def _interactive(self, kind: str, user: str) -> dict[str, Any]:
        team = self._team_of(user)
        return {
            "type": kind, "user": {"id": user, "username": "somebody", "team_id": team},
            "team": {"id": TEAM, "domain": "example"}, "api_app_id": "A0EXAMPLE",
            "trigger_id": self._trigger(),
        }  # fmt: skip

    def _team_of(self, user: str) -> str:
        return str(self.users.get(user, {}).get("team_id", TEAM))

    def _trigger(self) -> str:
        trigger = f"{next(self._numbers)}.trigger"
        self._triggers.add(trigger)
        return trigger

    def _ts(self) -> str:
        return f"{int(time.time())}.{next(self._numbers):06d}"

    # -- the server ------------------------------------------------------------------------

    async def api(self, request: web.Request) -> web.Response:
        """Answer one method."""
        method = request.match_info["method"]
        arguments = (
            await request.json()
            if request.content_type == "application/json"
            else dict(await request.post())
        )
        self.calls.append(Call(method, arguments))
        await asyncio.sleep(self.slow.get(method, 0.0))
        wanted = APP_TOKEN if method.startswith("apps.") else BOT_TOKEN
        if request.headers.get("Authorization") != f"Bearer {wanted}":
            return web.json_response({"ok": False, "error": "invalid_auth"})
        if self.errors.get(method):
            return web.json_response({"ok": False, "error": self.errors[method].pop(0)})
        return web.json_response(self._answer(method, arguments))

    def _answer(self, method: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what Slack answers to a call that is allowed."""
        match method:
            case "auth.test":
                return _ok(team_id=TEAM, team="Example", user_id="U0BOT0000", bot_id="B0BOT0000")
            case "apps.connections.open":
                ticket = f"ticket-{next(self._numbers)}"
                self._tickets.add(ticket)
                return _ok(url=f"{self.base.replace('http', 'ws', 1)}/link/{ticket}")
            case "users.info":
                found = self.users.get(str(given.get("user")))
                return _ok(user=found) if found else _refused("user_not_found")
            case "usergroups.users.list":
                members = self.groups.get(str(given.get("usergroup")))
                return _ok(users=members) if members is not None else _refused("no_such_subteam")
            case "conversations.info":
                channel = self.channels.get(str(given.get("channel")))
                return _ok(channel=channel) if channel else _refused("channel_not_found")
            case "conversations.list":
                return _ok(channels=list(self.channels.values()))
            case "views.open" | "views.update" | "views.publish":
                return self._viewed(method, given)
            case _:
                return self._of_messages(method, given)

    def _of_messages(self, method: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return what Slack answers to a call about messages."""
        match method:
            case "chat.postEphemeral":
                return _ok(message_ts=self._ts())
            case "chat.postMessage" | "chat.update":
                return self._said(method, given)
            case "conversations.history" | "conversations.replies":
                return self._read(given)
            case (
                "chat.scheduleMessage"
                | "chat.scheduledMessages.list"
                | ("chat.deleteScheduledMessage")
            ):
                return self._scheduled(method, given)
            case "chat.getPermalink":
                return _ok(permalink=f"https://example.slack.com/{given['message_ts']}")
            case "pins.add":
                return _ok()
            case _:
                return _refused("unknown_method")

    def _said(self, method: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """Post a message, or let one say something else."""
        stand = self.messages.setdefault(str(given["channel"]), [])
        said = {name: given[name] for name in ("text", "blocks") if name in given}
        if method == "chat.update":
            found = [one for one in stand if one["ts"] == given["ts"]]
            for one in found:
                one.update(said)
            return (
                _ok(ts=given["ts"], channel=given["channel"])
                if found
                else _refused("message_not_found")
            )
        more = {name: given[name] for name in ("thread_ts", "metadata") if name in given}
        stand.append({"ts": self._ts(), "blocks": [], **said, **more})
        return _ok(ts=stand[-1]["ts"], channel=given["channel"], message=stand[-1])

    def _read(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Return a thread with its root, or what stands in a channel, newest first."""
        stand, root = self.messages.get(str(given["channel"]), []), given.get("ts")
        if root is not None:
            return _ok(messages=[one for one in stand if root in (one["ts"], one.get("thread_ts"))])
        return _ok(messages=[one for one in stand if "thread_ts" not in one][::-1])

    def _scheduled(self, method: str, given: Mapping[str, Any]) -> dict[str, Any]:
        channel, known = str(given["channel"]), str(given.get("scheduled_message_id"))
        if method == "chat.scheduledMessages.list":
            own = [one for one in self.held.values() if one["channel_id"] == channel]
            return _ok(scheduled_messages=own)
        if method == "chat.deleteScheduledMessage":
            gone = self.held.pop(known, None)
            return _ok() if gone else _refused("invalid_scheduled_message_id")
        made = f"Q{next(self._numbers)}"
        self.held[made] = {
            "id": made, "channel_id": channel, "post_at": given["post_at"], "text": given["text"],
        }  # fmt: skip
        return _ok(scheduled_message_id=made, channel=channel)

    def _viewed(self, method: str, given: Mapping[str, Any]) -> dict[str, Any]:
        trigger = given.get("trigger_id")
        if method == "views.open" and trigger not in self._triggers:
            return _refused("expired_trigger_id")
        self._triggers.discard(str(trigger))
        view = given["view"]
        if wrong := _wrong_view(view, "home" if method == "views.publish" else "modal"):
            return {**_refused("invalid_arguments"), "response_metadata": {"messages": [wrong]}}
        known = str(given.get("view_id") or f"V{next(self._numbers)}")
        if method != "views.publish":
            self._stand(known, view)
        return _ok(view={**view, "id": known})

    def _stand(self, known: str, view: Mapping[str, Any]) -> None:
        self.views[known] = {**view, "id": known, "hash": f"{next(self._numbers)}.hash"}

    async def respond(self, request: web.Request) -> web.Response:
        """Take an answer by a request's own address."""
        if self.errors.get("respond"):
            return web.Response(status=404, text=self.errors["respond"].pop(0))
        self.calls.append(Call("respond", await request.json()))
        return web.Response(text="ok")

    async def link(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one Socket Mode connection; its address works once."""
        ticket = request.match_info["ticket"]
        if ticket not in self._tickets or self.refuses_sockets:
            self._tickets.discard(ticket)
            raise web.HTTPForbidden
        self._tickets.discard(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": 1})
        self._sockets.append(socket)
        self.connections += 1
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                answer = json.loads(message.data)
                self._acks[answer["envelope_id"]].set_result(answer.get("payload") or {})
        if socket in self._sockets:
            self._sockets.remove(socket)
        return socket


@asynccontextmanager
async def socket_slack() -> AsyncIterator[SocketSlack]:
    """Run a workspace in this event loop."""
    slack = SocketSlack()
    served = web.Application()
    served.router.add_post("/api/{method}", slack.api)
    served.router.add_post("/respond", slack.respond)
    served.router.add_get("/link/{ticket}", slack.link)
    runner = web.AppRunner(served, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield slack
    finally:
        await slack.drop()
        await runner.cleanup()


async def until(is_so: Any, seconds: float = 10.0) -> None:
    """Wait until something is so."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never became so"
        await asyncio.sleep(0.01)


def _ok(**answer: Any) -> dict[str, Any]:
    return {"ok": True, **answer}


def _refused(code: str) -> dict[str, Any]:
    return {"ok": False, "error": code}


def _wrong_view(view: Mapping[str, Any], kind: str) -> str:
    """Say what Slack would refuse in a view, "" for nothing."""
    blocks = view.get("blocks", [])
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    for is_wrong, what in (
        (view.get("type") != kind, "type"),
        (not 1 <= len(blocks) <= 100, "number of blocks"),
        (len(ids) != len(set(ids)), "block_id twice"),
        (len(view.get("private_metadata", "")) > 3000, "private_metadata"),
        (kind == "modal" and not 1 <= len(view["title"]["text"]) <= 24, "title"),
        (len(view.get("submit", {}).get("text", "")) > 24, "submit"),
        (len(view.get("callback_id", "")) > 255, "callback_id"),
        (any(block["type"] == "input" for block in blocks) and "submit" not in view, "no submit"),
    ):
        if is_wrong:
            return what
    return ""


def _action(view: Mapping[str, Any], block: str) -> str:
    found = next(one for one in view["blocks"] if one.get("block_id") == block)
    return str(found["element"]["action_id"])


def _held(value: Any) -> dict[str, Any]:
    if isinstance(value, list):
        return {"type": "static_select", "selected_option": {"value": value[0]}}
    return {"type": "plain_text_input", "value": value}
