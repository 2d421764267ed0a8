"""ES&S Unity precinct reports (EL30, EL30A) put on the web as fixed text in <PRE>.

How to recognise it: one block per precinct, "Precinct Summary" or "PREC REPORT-GROUP DETAIL"
in its first line, names with dot leaders. The address is the county's own and says nothing.

Source: one HTML page. Precincts are summed. Each block names its precinct, then
    ********** (Republican) **********
    PROSECUTING ATTORNEY COUNTY
    (VOTE FOR)  1
     Rob Russell.  .  .  .  .  .  .  .  .  .  .    817  100.00
with one more column per group of voters in EL30A (election day, mail, …).
Quirk: no ids are printed. A contest's key is its party and title, a candidate's the name;
two contests of one title in a precinct, or a precinct twice, are refused.
Quirk: it does not say how many precincts there are, so there are no units; nor are its
registered voters a bound, because precincts may be missing and absentees have none.
Quirk: "Official Results" is the county's word for certified; times carry no zone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.errors import EmptyPage, Truncated
from monitor.model import Request
from scrapers.base import Platform, refuse_wall, text_of
from scrapers.platforms.ess_el30_lines import read_blocks
from scrapers.platforms.ess_el30_sums import report_of
from scrapers.report_files import blocks_of

if TYPE_CHECKING:
    from collections.abc import Generator

    from monitor.model import Page, Report


class Scraper(Platform):
    """Reads the page at `report_url`."""

    source_name = "county clerk"
    parse_in_pool = True
    refresh_seconds = 60
    results_url = "{report_url}"
    public_url = "{report_url}"

    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Ask for the one page."""
        page = yield Request(self.fill(self.results_url))
        return (page,)

    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Sum the precincts of the page's fixed text."""
        page = pages[0]
        return report_of(read_blocks(_fixed_text(page), page.url), page.url)


def _fixed_text(page: Page) -> str:
    """Return the text of the <PRE> blocks, refused when the page is cut or holds none."""
    if not page.body.strip():
        raise EmptyPage(f"empty answer where a precinct report was expected at {page.url}")
    refuse_wall(page)
    text = text_of(page)
    for tag in ("pre", "html"):
        opened, closed = (
            len(re.findall(rf"<{slash}{tag}\b", text, re.IGNORECASE)) for slash in ("", "/")
        )
        if closed < opened:
            raise Truncated(f"<{tag}> is not closed after {len(page.body)} bytes at {page.url}")
    return blocks_of(text, page.url)
