"""Clarity's links: what any of them says, in every form used since 2008.

The number after the state or county is the election, a second one a version:
`/KY/50972/131636/en/summary.html`, `/NJ/Middlesex/46982/117336/Web01/en/…`,
`/WV/74487/Web02-state.206999/#/`, `/CO/122598/web.345435/#/summary`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from monitor.errors import LayoutChanged
from monitor.model import ElectionListing
from scrapers.base import clean
from scrapers.platforms.clarity_settings import read_date

if TYPE_CHECKING:
    from collections.abc import Iterable

DEFAULT_HOST = "https://results.enr.clarityelections.com"
_HOSTS = {
    "results.enr.clarityelections.com": DEFAULT_HOST,
    "www.enr-scvotes.org": "https://www.enr-scvotes.org",
    "electionresults.iowa.gov": "https://electionresults.iowa.gov",
    "admin.enr.clarityelections.com": "https://admin.enr.clarityelections.com/files",
}
"""Clarity under its own and its customers' names; the last is Hudson County NJ's."""
_STATE = re.compile(r"[A-Za-z]{2}")
_COUNTY = re.compile(r"[A-Za-z][\w.' -]*(?<!\.json)")
_ELECTION = re.compile(r"[0-9]{4,6}")


def settings_of_link(url: str) -> dict[str, str] | None:
    """Return jurisdiction, eid where the link has one, and host where it is not Clarity's own."""
    parts = urlsplit(url)
    host = _HOSTS.get((parts.hostname or "").lower(), "")
    path = [unquote(piece) for piece in parts.path.split("/") if piece]
    if path and host.endswith(f"/{path[0]}"):
        del path[0]
    if not host or not path or not _STATE.fullmatch(path[0]):
        return None
    places = [path.pop(0).upper()]
    if path and _COUNTY.fullmatch(path[0]):
        places.append(path.pop(0))
    found = {"jurisdiction": joined(places)}
    if path and _ELECTION.fullmatch(path[0]):
        found["eid"] = path[0]
    return found if host == DEFAULT_HOST else {**found, "host": host}


def joined(places: Iterable[str]) -> str:
    """Return a jurisdiction as paths spell it: "CO", "CO/Clear_Creek"."""
    return "/".join(place.replace(" ", "_") for place in places if place)


def listing(row: Any, settings: dict[str, str], url: str) -> ElectionListing:
    """Return one row of elections.json with the settings that reach it.

    `settings`: what the list's own place gives; a row of a state's list names its county.
    """
    if not isinstance(row, dict) or not _ELECTION.fullmatch(str(row.get("EID"))):
        raise LayoutChanged(f"expected an election with its EID, found {row!r:.80} at {url}")
    named = joined(clean(str(row.get(key) or "")) for key in ("State", "County"))
    reached = {**settings, "eid": str(row["EID"])}
    if "jurisdiction" in settings and named:
        reached["jurisdiction"] = named
    return ElectionListing(
        name=clean(str(row.get("ElectionName") or "")),
        date=read_date(str(row.get("Date"))),
        settings=tuple(sorted(reached.items())),
    )
