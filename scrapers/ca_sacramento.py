"""Sacramento County, California.

Source: https://eresults.saccounty.net/ (Voter Registration and Elections), a summary report
as fixed text; one address for all elections, new some times on the night, then twice a week.
Quirk: in June 2018 all precincts were "counted" with most mail ballots still to count.
Unproven: no page is stored. "SUMMARY REPORT" with run date and run time is what others
report; it is read as an EL45 summary, and refused when it is anything else.
"""

from typing import ClassVar

from scrapers.platforms import ess_el45


class Scraper(ess_el45.Scraper):
    """The county's report."""

    source_name = "Sacramento County Elections"
    state = "CA"
    county = "Sacramento"
    unproven: ClassVar[bool] = True
    url: ClassVar[str] = "https://eresults.saccounty.net/"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Recognise the county's host; it has one page."""
        return {} if "eresults.saccounty.net" in url else None
