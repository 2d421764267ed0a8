"""ES&S Unity precinct reports (EL30, EL30A), as a page with fixed text in <PRE>, or as text.

How to recognise it: one block per precinct, "Precinct Summary" or "PREC REPORT-GROUP DETAIL"
in its first line, names with dot leaders. The address is the county's own and says nothing.

Source: one file. Precincts are summed. Each block names its precinct, then
    ********** (Republican) **********
    PROSECUTING ATTORNEY COUNTY
    (VOTE FOR)  1
     Rob Russell.  .  .  .  .  .  .  .  .  .  .    817  100.00
with one more column per group of voters in EL30A (election day, mail, …).
Quirk: no ids are printed. A contest's key is its party and title, a candidate's the name;
two contests of one title in a precinct, or a precinct twice, are refused.
Quirk: it does not say how many precincts there are, so there are no units; nor are its
registered voters a bound, because precincts may be missing and absentees have none.
Quirk: "Official Results" is the county's word for certified; times carry no zone, but
tell the older of two files.
Unproven: the same as a text file; its last line must have an end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapers.platforms.ess_el30_lines import read_blocks
from scrapers.platforms.ess_el30_sums import report_of
from scrapers.report_files import ReportFile, fixed_text
from scrapers.tables import refuse_open_end

if TYPE_CHECKING:
    from monitor.model import Page, Report

_END = b"</"


class Scraper(ReportFile):
    """Reads the report at `url`."""

    source_name = "county clerk"
    parse_in_pool = True
    usual_names = r"el-?30"

    def read(self, page: Page) -> Report:
        """Sum the precincts of the fixed text."""
        lines = fixed_text(page)
        if _END not in page.body:
            refuse_open_end(page)
        return report_of(read_blocks("\n".join(lines), page.url), page.url)
