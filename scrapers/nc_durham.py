"""Durham County, North Carolina: District Attorney of prosecutorial district 16.

Source: https://er.ncsbe.gov/?election_dt=05/08/2018&county_id=32 (dashboard of
the State Board of Elections; its files change every 1 to 6 minutes at night).
Quirk: district 16 is Durham alone, so the county's file holds the whole race.
Quirk: the district was number 14 before; old files name it so.
Quirk: the state's primary is won with more than 30 %; there is no automatic runoff.
"""

from __future__ import annotations

from typing import ClassVar

from scrapers.platforms import ncsbe


class Scraper(ncsbe.Scraper):
    """Durham's file of the dashboard."""

    state: ClassVar[str] = "NC"
    county: ClassVar[str] = "Durham"
    cid: ClassVar[str] = "32"
