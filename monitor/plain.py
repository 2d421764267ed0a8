"""A Slack message as plain text, for ways that know neither its markup nor its mentions. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ENTITY = re.compile(r"<([^<>|]*)(?:\|([^<>]*))?>")
_MARKS = re.compile(r"[*`]|(?<!\w)_(?=\S)|(?<=\S)_(?!\w)")


def plain(text: str) -> str:
    """Undo Slack's markup, links and entities.

    Who is mentioned is left out, and nothing that comes from outside can mention anybody
    in another service: an @ is followed by a space.
    """
    bare = _MARKS.sub("", _ENTITY.sub(_undone, text))
    for entity, sign in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        bare = bare.replace(entity, sign)
    lines = [line.rstrip() for line in bare.replace("@", "@ ").split("\n")]
    return "\n".join(lines).strip("\n")


def body_of(text: str, blocks: str) -> str:
    """Return what stands below a message's first line. `blocks`: Block Kit as JSON text."""
    title = plain(text)
    parts = [plain(part) for block in json.loads(blocks) for part in _texts(block)]
    return "\n".join(part for part in parts if part and part != title)


def _undone(entity: re.Match[str]) -> str:
    target, label = entity[1], entity[2]
    if target.startswith(("@", "!", "#")):
        return ""
    return f"{label} ({target})" if label else target


def _texts(block: Mapping[str, Any]) -> Iterator[str]:
    """Yield the texts of a block; what has none, such as buttons and pictures, is left out."""
    if block.get("type") not in {"header", "section", "context"}:
        return
    for one in (block.get("text"), *block.get("fields", ()), *block.get("elements", ())):
        if isinstance(one, dict) and isinstance(one.get("text"), str):
            yield one["text"]
