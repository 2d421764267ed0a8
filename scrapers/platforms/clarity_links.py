"""Clarity's links: what any of them says, in every form used since 2008.

The number after the state or county is the election, a second one a version:
`/KY/50972/131636/en/summary.html`, `/NJ/Middlesex/46982/117336/Web01/en/…`,
`/WV/74487/Web02-state.206999/#/`, `/CO/122598/web.345435/#/summary`. A version is left
out, since a pasted page grows old; http and doubled slashes are the same site; a county
is spelled as it stands, since names are case sensitive (`DuPage`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from monitor.errors import LayoutChanged, NothingMatched
from monitor.model import ElectionListing
from scrapers.base import clean, json_of
from scrapers.platforms.clarity_settings import read_date

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Page

DEFAULT_HOST = "https://results.enr.clarityelections.com"
_HOSTS = {
    "results.enr.clarityelections.com": DEFAULT_HOST,
    "www.enr-scvotes.org": "https://www.enr-scvotes.org",
    "enr-scvotes.org": "https://www.enr-scvotes.org",
    "electionresults.iowa.gov": "https://electionresults.iowa.gov",
    "admin.enr.clarityelections.com": "https://admin.enr.clarityelections.com/files",
}
"""Clarity under its own and its customers' names; the last is Hudson County NJ's."""
_STATE = re.compile(r"(?!en|sp|es)[a-z]{2}", re.IGNORECASE)
"""Not the folder of a language, which old links have below a version."""
_COUNTY = re.compile(r"[A-Za-z][\w.' -]*")
_NO_COUNTY = re.compile(r"en|sp|es|web[.\d].*|.*\.(?:json|html?|txt|xml|zip)", re.IGNORECASE)
"""Folders and files of the site itself: "Web01", "Web02-state.206999", "web.345435"."""
ELECTION = re.compile(r"[0-9]{4,6}")


def settings_of_link(url: str) -> dict[str, str] | None:
    """Return jurisdiction, eid where the link has one, and host where it is not Clarity's own.

    None is no link of Clarity's. Raises `NothingMatched` for one that names no state, or a
    host of Clarity's that is not known.
    """
    parts = urlsplit(url.strip() if "://" in url else f"//{url.strip()}")
    name = (parts.hostname or "").lower()
    host = _HOSTS.get(name, "")
    if not host and not name.endswith(".clarityelections.com"):
        return None
    path = [piece for piece in unquote(parts.path).split("/") if piece.strip()]
    if path and host.endswith(f"/{path[0]}"):
        del path[0]
    if not host or not path or not _STATE.fullmatch(path[0]):
        raise NothingMatched(
            f"{url} is on a host of Clarity's, but "
            + ("names no state" if host else f"{name} is not known here")
            + "; open the county's results page and paste its whole address, such as "
            f"{DEFAULT_HOST}/PA/Allegheny/118321/"
        )
    places = [path.pop(0).upper()]
    if path and _COUNTY.fullmatch(path[0]) and not _NO_COUNTY.fullmatch(path[0]):
        places.append(path.pop(0))
    found = {"jurisdiction": joined(places)}
    if path and ELECTION.fullmatch(path[0]):
        found["eid"] = path[0]
    return found if host == DEFAULT_HOST else {**found, "host": host}


def joined(places: Iterable[str]) -> str:
    """Return a jurisdiction as paths spell it: "CO", "CO/Clear_Creek"."""
    return "/".join(place.strip().replace(" ", "_") for place in places if place)


def listings(page: Page, settings: dict[str, str]) -> tuple[ElectionListing, ...]:
    """Return the rows of elections.json with the settings that reach each.

    `settings`: what the list's own place gives; a row of a state's list names its county.
    """
    rows = json_of(page)
    if not isinstance(rows, list):
        raise LayoutChanged(f"expected a list of elections at {page.url}")
    return tuple(_listing(row, settings, page.url) for row in rows)


def _listing(row: Any, settings: dict[str, str], url: str) -> ElectionListing:
    if not isinstance(row, dict) or not ELECTION.fullmatch(str(row.get("EID"))):
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
