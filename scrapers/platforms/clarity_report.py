"""The files of one version, read together: one report of one site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from monitor.model import Report, UnitKind
from scrapers.platforms.clarity_json import read_contests
from scrapers.platforms.clarity_packed import peel
from scrapers.platforms.clarity_settings import Heading, read_date, read_settings, read_time
from scrapers.platforms.clarity_types import with_types
from scrapers.platforms.clarity_version import kind_of, version_of
from scrapers.platforms.clarity_xml import read_detail

if TYPE_CHECKING:
    from monitor.model import Contest, Page
    from scrapers.platforms.clarity_xml import Detail


def read_files(pages: tuple[Page, ...], kind: UnitKind, where: str) -> Report:
    """Return what one site says; `kind` is what its JSON counts as reporting.

    Raises a `ParseFailure`, also where neither JSON nor XML is among the pages.
    """
    found = {name: peel(page) for page in pages if (name := kind_of(page.url))}
    detail = read_detail(found["detail"]) if "detail" in found else None
    heading = read_settings(found["settings"]) if "settings" in found else Heading()
    stamp = heading.source_time_text or (detail.timestamp if detail else "")
    return Report(
        contests=_contests(found.get("contests"), detail, kind, where),
        source_time=read_time(stamp),
        source_time_text=stamp,
        version=version_of(pages),
        election_date=heading.election_date or read_date(detail.election_date if detail else ""),
        status=heading.status,
        status_text=heading.status_text,
        is_test=heading.is_test,
    )


def _contests(
    page: Page | None, detail: Detail | None, kind: UnitKind, where: str
) -> tuple[Contest, ...]:
    if page is not None:
        contests = read_contests(page, kind)
        return with_types(contests, detail.contests) if detail else contests
    if detail is None:
        raise LayoutChanged(f"neither JSON nor detail.xml among the pages of {where}")
    return detail.contests
