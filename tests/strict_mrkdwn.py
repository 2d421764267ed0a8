"""A strict reader of Slack's mrkdwn, written apart from what writes it.

It knows what acts in Slack: `<…>` tokens, entities, code and preformatted text. Anything
that is none of these, or half of one, is an error.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

FENCE = "```"
SCOREBOARD = "<primary-night:scoreboard|Scoreboard>"
THEIRS = "|their source>"
"""The label of a link that a named person or a hand-kept row gives as what it rests on."""

_PART = re.compile(r"<([^<>]*)>|&(?:amp|lt|gt);|[^<>&]", re.DOTALL)
_LINK = re.compile(r"<(https?://[^<>|\s]+)\|([^<>|\n]+)>")


class Malformed(ValueError):
    """A text that Slack would read in another way than it was meant."""


def tokens(text: str) -> list[str]:
    """Return the `<…>` tokens of a text; raises `Malformed` for what is half of anything."""
    found: list[str] = []
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            raise Malformed(f"a bare {text[at]!r} in {text!r}")
        if part[0].startswith("<"):
            found.append(part[0])
        at = part.end()
    _no_hidden_signs(text)
    _closed_code(text)
    return found


def _no_hidden_signs(text: str) -> None:
    for sign in text:
        if sign != "\n" and unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"):
            raise Malformed(f"{sign!r} in {text!r}")


def _closed_code(text: str) -> None:
    fences = text.count(FENCE)
    if fences not in (0, 2):
        raise Malformed(f"{fences} fences in {text!r}")
    if fences and not (text.startswith(FENCE) and text.endswith(FENCE)):
        raise Malformed(f"preformatted text beside other text: {text!r}")
    lines = [] if fences else text.split("\n")
    if any(line.count("`") % 2 for line in lines):
        raise Malformed(f"code that is not closed: {text!r}")


def check(text: str, *, pages: Collection[str], mentioned: Collection[str] = ()) -> None:
    """Fail unless every token was meant: links to `pages`, mentions of `mentioned`.

    `pages`: how the addresses of sources' own pages begin.
    """
    for token in tokens(text):
        link = _LINK.fullmatch(token)
        is_ours = link is not None and any(link[1].startswith(page) for page in pages)
        is_theirs = link is not None and token.endswith(THEIRS)
        assert token == SCOREBOARD or token in mentioned or is_ours or is_theirs, (token, text)
    read = "" if text.startswith(FENCE) else re.sub(r"`[^`\n]*`|<[^<>]*>", " ", text)
    assert not re.search(r"https?://", read), text
    assert not re.search(r":[a-z0-9_+'-]+:", read), text
