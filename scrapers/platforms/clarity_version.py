"""Clarity's version number, and which file of a version a page is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.errors import LayoutChanged, WrongFormat
from scrapers.base import json_of, refuse_html
from scrapers.platforms.clarity_packed import peel

if TYPE_CHECKING:
    from monitor.model import Page

_VERSION = re.compile(r"[0-9]{6}")
"""One counter for the whole platform: 131636 in May 2014, 377440 in August 2026."""
_VERSION_IN_PATH = re.compile(r"/([0-9]{6})/(?:json|reports)/")
_KINDS = {
    "sum.json": "contests",
    "summary.json": "contests",
    "electionsettings.json": "settings",
    ".zip": "detail",
    ".xml": "detail",
}


def read_version(page: Page) -> str:
    """Return the six digits of current_ver.txt.

    Raises `EmptyPage`, `Blocked` or `WrongFormat` when something else stands there.
    """
    page = peel(page)
    refuse_html(page, "a version number")
    version = page.body.removeprefix(b"\xef\xbb\xbf").decode("ascii", errors="replace").strip()
    if not _VERSION.fullmatch(version):
        raise WrongFormat(f"expected a version of six digits, found {version!r:.40} at {page.url}")
    return version


def versions_in(page: Page, newest: int) -> tuple[int, ...]:
    """Return the versions electionsettings.json lists, none twice, in order, to `newest`.

    Raises `LayoutChanged` when they are no list, or one is no version.
    """
    found = json_of(page)
    listed = found.get("versions") if isinstance(found, dict) else None
    if not isinstance(listed, list):
        raise LayoutChanged(f"expected a list of versions, found {listed!r:.40} at {page.url}")
    if odd := [one for one in listed if not _VERSION.fullmatch(str(one))]:
        raise LayoutChanged(f"expected versions of six digits, found {odd[0]!r:.40} at {page.url}")
    return tuple(sorted({number for one in listed if (number := int(one)) <= newest}))


def kind_of(url: str) -> str:
    """Return which of Clarity's files a URL names: contests, settings, detail, or ""."""
    path = urlsplit(url).path
    return next((kind for ending, kind in _KINDS.items() if path.endswith(ending)), "")


def version_of(pages: tuple[Page, ...]) -> int | None:
    """Return the version the pages lie under, None for files without one in their path."""
    found = (_VERSION_IN_PATH.search(urlsplit(page.url).path) for page in pages)
    return next((int(match.group(1)) for match in found if match), None)
