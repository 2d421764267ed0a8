"""Keeps every message within Slack's limits, however many names it holds. Pure.

The one place that guarantees it: whatever builds blocks sends them through `fitted`. Long
texts go on in another block, at the end of a line; only what no message can hold is cut.
"""

from __future__ import annotations

import re
from typing import Any

MOST_BLOCKS = 50
MOST_CHARACTERS = 12_000
"""Characters of all texts of a message."""
MOST_IN_SECTION = 3_000
MOST_IN_FIELD = 2_000
MOST_FIELDS = 10
MOST_IN_ELEMENT = 2_000
MOST_ELEMENTS = 10
MOST_IN_HEADER = 150
MOST_ON_BUTTON = 75

Block = dict[str, Any]

_FEWEST = 200
"""Characters of a section that are never cut: fifty of them fit into one message."""
_FENCE = "```"
_LEFT_OUT = "{} more parts do not fit into one message."


def fitted(blocks: list[Block]) -> list[Block]:
    """Return blocks that Slack takes as one message, in their order."""
    whole = [part for block in blocks for part in _parts(block)]
    return _short_enough(_few_enough(whole))


def cut(text: str, most: int) -> str:
    """Cut a text in mrkdwn: no half entity or link stays, and what was opened is closed."""
    if len(text) <= most:
        return text
    fence = _FENCE if text.startswith(_FENCE) else ""
    kept = text[: most - len(fence) - 2]
    kept = re.sub(r"(?:&[a-z]{0,3}|<[^<>]*)$", "", kept)
    kept = fence + kept[len(fence) :].rstrip("`") if fence else kept
    if not fence:
        fence = "".join(mark for mark in "`*" if kept.count(mark) % 2)
    return f"{kept}…{fence}"


# -- one block ---------------------------------------------------------------------------


def _parts(block: Block) -> list[Block]:
    """Split or cut one block so that each part is within its own limits."""
    match block.get("type"):
        case "section" if "fields" in block:
            return _sections_of_fields(block)
        case "section":
            return [_with_text(block, part) for part in _pieces(block["text"]["text"])]
        case "context":
            return _contexts(block)
        case "header":
            return [_with_text(block, cut(block["text"]["text"], MOST_IN_HEADER))]
        case "actions":
            return [{**block, "elements": [_button(one) for one in block["elements"]]}]
        case _:
            return [block]


def _with_text(block: Block, text: str) -> Block:
    return {**block, "text": {**block["text"], "text": text}}


def _pieces(text: str) -> list[str]:
    """Split a section's text at the ends of lines; preformatted text stays so in each piece."""
    if len(text) <= MOST_IN_SECTION:
        return [text]
    fence = _FENCE if text.startswith(_FENCE) and text.endswith(_FENCE) else ""
    room = MOST_IN_SECTION - 2 * len(fence)
    pieces: list[str] = []
    for line in text.removeprefix(fence).removesuffix(fence).split("\n"):
        short = cut(line, room)
        if pieces and len(pieces[-1]) + 1 + len(short) <= room:
            pieces[-1] = f"{pieces[-1]}\n{short}"
        else:
            pieces.append(short)
    return [f"{fence}{piece}{fence}" for piece in pieces if piece.strip()]


def _sections_of_fields(block: Block) -> list[Block]:
    fields = [{**one, "text": cut(one["text"], MOST_IN_FIELD)} for one in block["fields"]]
    return [{**block, "fields": some} for some in _chunks(fields, MOST_FIELDS)]


def _contexts(block: Block) -> list[Block]:
    elements = [
        {**one, "text": cut(one["text"], MOST_IN_ELEMENT)} if "text" in one else one
        for one in block["elements"]
    ]
    return [{**block, "elements": some} for some in _chunks(elements, MOST_ELEMENTS)]


def _chunks(found: list[Block], size: int) -> list[list[Block]]:
    return [found[start : start + size] for start in range(0, len(found), size)]


def _button(element: Block) -> Block:
    text = element.get("text", {})
    if len(text.get("text", "")) <= MOST_ON_BUTTON:
        return element
    return {**element, "text": {**text, "text": cut(text["text"], MOST_ON_BUTTON)}}


# -- the whole message -------------------------------------------------------------------


def _few_enough(blocks: list[Block]) -> list[Block]:
    """Leave out the last sections before the foot, and say how many."""
    over = len(blocks) - MOST_BLOCKS
    if over <= 0:
        return blocks
    sections = [number for number, one in enumerate(blocks) if one.get("type") == "section"]
    gone = sections[-over - 1 :]
    note = {"type": "mrkdwn", "text": _LEFT_OUT.format(len(gone)), "verbatim": True}
    kept = [one for number, one in enumerate(blocks) if number not in gone]
    kept.insert(gone[0], {"type": "context", "elements": [note]})
    return kept


def _short_enough(blocks: list[Block]) -> list[Block]:
    """Cut the longest section again and again until all texts together fit."""
    kept = list(blocks)
    while (over := sum(map(length, kept)) - MOST_CHARACTERS) > 0:
        longest = max(range(len(kept)), key=lambda number: _to_spare(kept[number]))
        if not _to_spare(kept[longest]):
            break
        text = kept[longest]["text"]["text"]
        kept[longest] = _with_text(kept[longest], cut(text, max(len(text) - over, _FEWEST)))
    return kept


def _to_spare(block: Block) -> int:
    """Return how many characters of a section may be cut; its first ones stay."""
    return max(length(block) - _FEWEST, 0) if block.get("type") == "section" else 0


def length(found: object) -> int:
    """Count the characters of every text in blocks, as they stand in the message."""
    if isinstance(found, list):
        return sum(map(length, found))
    if not isinstance(found, dict):
        return 0
    own = found.get("text")
    return (len(own) if isinstance(own, str) else 0) + sum(map(length, found.values()))
