"""An independent Slack: starts npm `emulate@0.11.2` on this machine, with strict scopes.

It is found in EMULATE_BIN, in node_modules at the project's root, or on PATH
(`npm install emulate@0.11.2`; exactly this version: `latest` is another package).
Without it the tests that need it are skipped, and fail where CI=true.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "xoxb-1111-2222-emulated"  # noqa: S105 - valid on the emulator only
SCOPES = [
    "chat:write", "channels:read", "channels:history", "channels:manage", "channels:join",
    "pins:read", "pins:write", "files:read", "files:write", "im:read", "im:write", "im:history",
    "users:read",
]  # fmt: skip
START_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Emulator:
    """A running Slack: `api_url` ends in /api/; every name is made by the tests."""

    api_url: str
    client: httpx.Client

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Call a Web API method by POST; anything but `ok` fails the test."""
        body: dict[str, Any] = self.client.post(f"{self.api_url}{method}", json=arguments).json()
        assert body["ok"], body
        return body

    def create_channel(self, name: str) -> str:
        """Make a channel and return its id."""
        return str(self.call("conversations.create", name=name)["channel"]["id"])

    def history(self, channel_id: str) -> list[dict[str, Any]]:
        """Return the channel's messages, oldest first, with metadata."""
        return self._stored("conversations.history", channel=channel_id)[::-1]

    def replies(self, channel_id: str, ts: str) -> list[dict[str, Any]]:
        """Return a thread's replies without its root, oldest first."""
        return self._stored("conversations.replies", channel=channel_id, ts=ts)[1:]

    def texts(self, channel_id: str) -> list[str]:
        """Return the texts of the channel's top-level messages, oldest first."""
        return [str(message["text"]) for message in self.history(channel_id)]

    def _stored(self, method: str, **where: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.call(method, **where, include_all_metadata=True, limit=200, cursor=cursor)
            found += page["messages"]
            cursor = page.get("response_metadata", {}).get("next_cursor", "")
            if not cursor:
                return found


@contextmanager
def emulated_slack() -> Iterator[Emulator]:
    """Start the emulator and stop it again."""
    program = _program()
    with tempfile.TemporaryDirectory() as folder:
        seed = Path(folder) / "seed.json"
        seed.write_text(json.dumps(_seed()), encoding="utf-8")
        port = _free_port()
        process = subprocess.Popen(
            [program, "start", "--service", "slack", "--port", str(port), "--seed", str(seed)],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            with httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
                emulator = Emulator(f"http://localhost:{port}/api/", client)
                _wait_for(emulator, process)
                yield emulator
        finally:
            process.terminate()
            process.wait(timeout=10)


def _seed() -> dict[str, Any]:
    bot = {"name": "primarynight", "real_name": "Primary Night", "email": "bot@example.org"}
    caller = {"name": "casey", "real_name": "Casey Ng", "email": "casey@example.org"}
    token = {"token": TOKEN, "user": bot["name"], "scopes": SCOPES}
    team = {"name": "Example Coalition", "domain": "example-coalition"}
    return {
        "slack": {"strict_scopes": True, "team": team, "users": [bot, caller], "tokens": [token]}
    }


def _program() -> str:
    root = Path(__file__).resolve().parent.parent
    local = root / "node_modules" / ".bin" / "emulate"
    found = os.environ.get("EMULATE_BIN") or (str(local) if local.exists() else None)
    found = found or shutil.which("emulate")
    if found:
        return found
    reason = "no Slack emulator: npm install emulate@0.11.2, or name it in EMULATE_BIN"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(emulator: Emulator, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        try:
            emulator.call("auth.test")
        except httpx.TransportError:
            if process.poll() is not None:
                break
            time.sleep(0.02)
        else:
            return
    pytest.fail("the Slack emulator did not start")
