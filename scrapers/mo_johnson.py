"""Johnson County, Missouri.

Source: Johnson County Clerk, an ES&S precinct report as a web page, uploaded anew for each
count; its address changes with every election (`url`).
Quirk: "1111 Absentee" is a precinct of its own, with no registered voters.
Quirk: "RECORDER OR DEEDS COUNTY" is printed so.
"""

from __future__ import annotations

from scrapers.platforms import ess_el30_html


class Scraper(ess_el30_html.Scraper):
    """The clerk's report."""

    source_name = "Johnson County Clerk, Missouri"
    state = "MO"
    county = "Johnson"
