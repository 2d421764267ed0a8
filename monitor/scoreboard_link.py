"""The address of the channel's scoreboard, put into a message when it is sent. Pure."""

from __future__ import annotations

import json
import re
from typing import Any

from monitor.posts import SCOREBOARD_LINK

_IN_TEXT = re.compile(rf"<{re.escape(SCOREBOARD_LINK)}\|([^<>|]*)>")


def is_in(text: str, blocks: str) -> bool:
    """Say whether a message points to the scoreboard."""
    return SCOREBOARD_LINK in text or SCOREBOARD_LINK in blocks


def put_in(text: str, blocks: str, address: str | None) -> tuple[str, str]:
    """Link the scoreboard in a message's text and blocks; without an address leave its words.

    `blocks`: Block Kit as JSON text.
    """
    linked = _linked(json.loads(blocks), address)
    return _text(text, address), json.dumps(linked, ensure_ascii=False)


def _linked(value: Any, address: str | None) -> Any:
    if isinstance(value, str):
        return _text(value, address)
    if isinstance(value, list):
        return [_linked(one, address) for one in value]
    if not isinstance(value, dict):
        return value
    if value.get("url") == SCOREBOARD_LINK and value.get("type") == "link":
        words = str(value.get("text") or "scoreboard")
        return {**value, "url": address} if address else {"type": "text", "text": words}
    return {name: _linked(one, address) for name, one in value.items()}


def _text(text: str, address: str | None) -> str:
    escaped = address.replace("&", "&amp;") if address else None
    return _IN_TEXT.sub(lambda m: f"<{escaped}|{m[1]}>" if escaped else m[1], text)
