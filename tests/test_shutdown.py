"""SIGTERM while everything hangs: a visit, a message or an edit, and the way to Slack's socket."""

from __future__ import annotations

import json
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from tests.now_night import Watched, config
from tests.socket_slack import APP_TOKEN, BOT_TOKEN
from tests.watch_process import integrity, watching

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

END_SECONDS = 5.0
ANSWERS: dict[str, dict[str, Any]] = {
    "auth.test": {"team": "T", "team_id": "T0EXAMPLE1", "user": "bot", "user_id": "U0BOT00001"},
    "chat.postMessage": {"channel": "C0EXAMPLE1", "ts": "1.000001"},
    "conversations.list": {
        "channels": [{"id": f"C0EXAMPLE{n}", "name": name} for n, name in enumerate(
            ("primary-night", "ops"))],
    },
}  # fmt: skip
"""What is answered at once; everything else never is."""


@contextmanager
def tarpit(silent: str) -> Iterator[tuple[int, list[str]]]:
    """Take every request and answer few of them; `silent`: a method that is not answered either."""
    asked: list[str] = []
    over = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            method = self.path.rpartition("/")[2]
            asked.append(method)
            if method == silent or method not in ANSWERS:
                over.wait()
                return
            body = json.dumps({"ok": True, **ANSWERS[method]}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_address[1], asked
        finally:
            over.set()
            server.shutdown()
            thread.join()


@pytest.mark.parametrize("silent", ["chat.postMessage", "conversations.info"])
def test_it_ends_within_five_seconds_whatever_hangs(silent: str, tmp_path: Path) -> None:
    """Nothing is waited for that takes up the rest at the next start."""
    path, database = tmp_path / "config.toml", tmp_path / "night.db"
    with tarpit(silent) as (port, asked):
        races = [Watched("Alpha", "alpha", f"http://127.0.0.1:{port}/alpha.csv")]
        path.write_text(config(races), encoding="utf-8")
        with watching(
            tmp_path / "run", path, database, PRIMARY_NIGHT_SLACK_TOKEN=BOT_TOKEN,
            PRIMARY_NIGHT_SLACK_APP_TOKEN=APP_TOKEN,
            PRIMARY_NIGHT_SLACK_URL=f"http://127.0.0.1:{port}/api/",
        ) as watch:  # fmt: skip
            hung = {"apps.connections.open", "chat.scheduledMessages.list"}
            watch.until(lambda: hung <= set(asked), "work that hangs")
            began = time.monotonic()
            assert watch.stop() == 0, watch.log
            assert time.monotonic() - began < END_SECONDS, watch.log
            assert "Traceback" not in watch.log
            assert "Unclosed" not in watch.log
    assert integrity(database) == "ok"
