"""Clarity's version number, and which file of a version a page is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.errors import WrongFormat
from scrapers.base import refuse_html
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


def kind_of(url: str) -> str:
    """Return which of Clarity's files a URL names: contests, settings, detail, or ""."""
    path = urlsplit(url).path
    return next((kind for ending, kind in _KINDS.items() if path.endswith(ending)), "")


def version_of(pages: tuple[Page, ...]) -> int | None:
    """Return the version the pages lie under, None for files without one in their path."""
    found = (_VERSION_IN_PATH.search(urlsplit(page.url).path) for page in pages)
    return next((int(match.group(1)) for match in found if match), None)
