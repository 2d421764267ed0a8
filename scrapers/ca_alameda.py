"""Alameda County, California.

Source: https://alamedacountyca.gov/rovresults/{number}/ (Registrar of Voters), the county's
own page; the number is new for each election (252 was November 2024, 259 June 2026).
Quirk: the page is `index.htm` for some numbers and `indexA.htm` for others.
Unproven: no page is stored. It is read as tables with a candidate's and a votes' column
under their contest, and refused when it is anything else.
"""

import re
from typing import ClassVar

from scrapers.platforms import plain_table


class Scraper(plain_table.Scraper):
    """Every contest of the county's page; cities' ranked choice (/rcv/) is not on it."""

    source_name = "Alameda County Registrar of Voters"
    state = "CA"
    county = "Alameda"
    unproven: ClassVar[bool] = True
    file_url = public_url = "https://alamedacountyca.gov/rovresults/{number}/{file}"

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return `number`, and `file` where the link has it."""
        found = re.search(r"//(?:www\.)?alamedacountyca\.gov/rovresults/(\d+)/(\w+\.html?)?", url)
        return found and {"number": found[1], **({"file": found[2]} if found[2] else {})}
