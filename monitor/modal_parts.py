"""The pieces a modal is made of: fields, plain texts, and texts cut to Slack's limits. Pure."""

from __future__ import annotations

import re
from typing import Any

from monitor.modals import FIELD

LABEL = 150
"""Characters of a label; Slack takes 150 in a hint."""
_MINUTE = 60


def text_field(
    block: str, label: str, hint: str, initial: str, *, most: int = 500
) -> dict[str, Any]:
    """Build a field to type into, of so many characters at most."""
    element: dict[str, Any] = {
        "type": "plain_text_input",
        "action_id": FIELD,
        "max_length": most,
        "placeholder": plain(hint),
    }
    if initial:
        element["initial_value"] = initial[:most]
    return {"type": "input", "block_id": block, "label": plain(label), "element": element}


def choice_field(block: str, label: str, values: tuple[str, ...], initial: str) -> dict[str, Any]:
    """Build a field to choose one of up to 100 values from."""
    options = [{"text": plain(one), "value": one} for one in values]
    element: dict[str, Any] = {"type": "static_select", "action_id": FIELD, "options": options}
    if initial in values:
        element["initial_option"] = options[values.index(initial)]
    return {"type": "input", "block_id": block, "label": plain(label), "element": element}


def plain(text: str, limit: int = LABEL) -> dict[str, Any]:
    """Build a plain text object: Slack shows it as it is, so nothing in it is escaped."""
    return {"type": "plain_text", "text": safe_plain(text, limit) or "…", "emoji": False}


def safe_plain(text: str, limit: int) -> str:
    """Keep what can be printed, and cut it."""
    kept = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    return kept if len(kept) <= limit else f"{kept[: limit - 1]}…"


_FLAGS = "override|seen|candidate|who|why|votes|link|units"


def spoken(sentence: str) -> str:
    """Leave out what only the command line takes: "To go on, add --seen 1a2b3c4d"."""
    bare = re.sub(rf"[;:.] [^;:.]*--(?:{_FLAGS})\b[^;.]*", "", sentence)
    return re.sub(rf"--({_FLAGS})\b", r"a \1", bare)


def ago(seconds: float) -> str:
    """Write a span as people say it: "4 minutes", "2 hours 5 minutes", "less than a minute"."""
    minutes = int(max(seconds, 0)) // _MINUTE
    if minutes < 1:
        return "less than a minute"
    hours, rest = divmod(minutes, _MINUTE)
    parts = [_counted(hours, "hour"), _counted(rest, "minute")]
    return " ".join(part for part in parts if part)


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}" if number else ""
