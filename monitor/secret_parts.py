"""What looks like a secret in a link, in a setting's name or in a page. Pure.

County files and golden cases are published with the project, so neither may hold one.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

_WORDS = (
    r"token|secret(?!ar)|passw(?:or)?d|api[_-]?key|csrf|xsrf|signature|credential|session[_-]?id"
)
_NAME = re.compile(_WORDS, re.IGNORECASE)
_SHORT = frozenset({"key", "sig", "pwd", "pass", "auth", "authorization", "sid", "session", "jwt"})
_VALUE = re.compile(r"xox[a-z]-|xapp-|\beyJ[\w-]{10,}\.", re.IGNORECASE)
_TOKEN = re.compile(rb"\b(?:eyJ[\w-]{10,}\.[\w.-]+|xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,})")
"""A token by its form, wherever it stands."""
_REMOVED = b"REMOVED"
_BINARY = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b")
_WORD = rb"[\w:.-]{0,40}(?:" + _WORDS.encode() + rb")[\w:.-]{0,40}"
_NAMED = rb"\b(?:name|id)\s*=\s*[\"']?" + _WORD
_HELD = rb"\b(?:value|content)\s*=\s*"
_WITHIN = rb"[^<>]{0,1000}"
"""As much of one tag as stands between two of its attributes; without an end, a page of one
long tag takes for ever."""
_TEXT = rb"(?P<quote>[\"'])[^\"'<>]*(?P=quote)"
_IN_PAGE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rb"(?P<before><" + _WITHIN + _NAMED + _WITHIN + rb"?" + _HELD + rb")" + _TEXT,
        rb"(?P<before><"
        + _WITHIN
        + rb"?"
        + _HELD
        + rb")"
        + _TEXT
        + rb"(?="
        + _WITHIN
        + _NAMED
        + rb")",
        rb"(?P<before>\b" + _WORD + rb"[\"']?\s*[:=]\s*)(?P<quote>[\"'])[^\"'\\<>]{8,}(?P=quote)",
    )
)
"""A form's field or a page's <meta>, named before its value or after, and a script's constant."""


def is_secret_name(name: str) -> bool:
    """Say whether a setting or a part of a query is named as secrets are."""
    return bool(_NAME.search(name)) or name.casefold() in _SHORT


def secret_in(text: str) -> str:
    """Name the part of a link or a value that looks like a secret; "" for none."""
    if _VALUE.search(text):
        return "a token"
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if "@" in parts.netloc:
        return "a user's name or password"
    named = (name for name, _ in parse_qsl(parts.query + "&" + parts.fragment))
    found = next(filter(is_secret_name, named), "")
    return f"`{found}=`" if found else ""


def without_secrets(body: bytes, own: str) -> bytes:
    """Return a page without the values of its tokens, and without `own` words of ours.

    A file that is no text stays as it is: no site writes a visitor's token into one.
    """
    if body.startswith(_BINARY):
        return body
    for pattern in _IN_PAGE:
        body = pattern.sub(rb"\g<before>\g<quote>" + _REMOVED + rb"\g<quote>", body)
    body = _TOKEN.sub(_REMOVED, body)
    return body.replace(own.encode(), _REMOVED) if own else body
