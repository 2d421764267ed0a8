"""The sections of tx_goelect: from base64 to checked fields.

Everything here raises a `ParseFailure` that
names the section and the address, whatever stands there.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from monitor.errors import EmptyPage, LayoutChanged, WrongFormat
from monitor.model import UnitKind, Units
from scrapers.base import clean, json_of
from scrapers.fields import count, fields_of, listed, need
from scrapers.moments import day_of

if TYPE_CHECKING:
    from datetime import date

    from monitor.model import Page


def section(sections: Any, name: str, page: Page) -> dict[str, Any]:
    """Decode one base64 section as strictly as a page; one that is null has no fields."""
    coded = need(sections, name, page.url)
    try:
        body = base64.b64decode(coded or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise WrongFormat(f"section {name} is not base64 at {page.url}") from None
    if not body:
        return {}
    inner = replace(page, url=f"{page.url} ({name})", headers=(), body=body)
    found = json_of(inner)
    return {} if found is None else fields_of(found, inner.url)


def upload(page: Page) -> dict[str, Any]:
    """Decode the one section of countyInfo and electionConstants."""
    found = section(json_of(page), "upload", page)
    if not found:
        raise EmptyPage(f"nothing has been uploaded yet at {page.url}")
    return found


def office_titles(lookups: Any, where: str) -> dict[str, str]:
    """Return each office's name by its id: the one name both files share."""
    offices = listed(lookups, "Office", where)
    return {str(need(one, "ID", where)): clean(str(need(one, "ON", where))) for one in offices}


def polling_places(home: Any, where: str) -> Units | None:
    """Return the polling places of the whole election, None where there are none."""
    places = need(home, "PollingReporting", where) or {"PLT": 0}
    total = count(places, "PLT", where)
    return Units(count(places, "PLR", where), total, UnitKind.POLLING_PLACES) if total else None


def election_date(text: Any, where: str) -> date:
    """Read Home's ElecDate, "05262026" for May 26, 2026."""
    day = day_of(str(text)) if re.fullmatch(r"\d{8}", str(text), re.ASCII) else None
    if day is None:
        raise LayoutChanged(f"expected a date MMDDYYYY, found {text!r:.20} at {where}")
    return day
