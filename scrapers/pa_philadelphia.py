"""Philadelphia, Pennsylvania.

Source: https://philadelphiaresults.azurewebsites.us/ResultsSW.aspx (Philadelphia City
Commissioners, a ResultsSW site); on the night every few minutes.
Quirk: the city is the county, so its district attorney's race is whole here.
Quirk: mail ballots are counted for days, with all divisions reported.
Unproven: whether this site serves the CSV that others of its kind do.
"""

from __future__ import annotations

from typing import ClassVar

from scrapers.platforms import results_sw


class Scraper(results_sw.Scraper):
    """Every contest of the city."""

    source_name = "Philadelphia City Commissioners"
    state = "PA"
    county = "Philadelphia"
    unproven: ClassVar[bool] = True
    site: ClassVar[str] = "philadelphiaresults.azurewebsites.us"
