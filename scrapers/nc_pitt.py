"""Pitt County, North Carolina: District Attorney of prosecutorial district 3.

Source: https://er.ncsbe.gov/?election_dt=11/06/2018&county_id=74 (dashboard of
the State Board of Elections; its files change every 1 to 6 minutes at night).
Quirk: district 3 is Pitt alone, so the county's file holds the whole race.
Quirk: the district was number 3A before; old files name it so.
Quirk: all 40 precincts were in on the night of 2018-11-06 with 30,313 to 27,896;
mail and provisional ballots made it 31,045 to 28,273 later.
"""

from __future__ import annotations

from typing import ClassVar

from scrapers.platforms import ncsbe


class Scraper(ncsbe.Scraper):
    """Pitt's file of the dashboard."""

    state: ClassVar[str] = "NC"
    county: ClassVar[str] = "Pitt"
    cid: ClassVar[str] = "74"
