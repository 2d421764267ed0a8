"""Contra Costa County, California.

Source: https://results.enr.clarityelections.com/CA/Contra_Costa/ (Clarity); on the
night a new version when a batch is counted, later some days apart.
Quirk: all precincts "reported" is far from the end: in June 2018 the count grew by
77 % after the night, and 49.59 % became 50.49 %.
Quirk: contests for judicial and county offices are nonpartisan; parties are empty.
"""

from scrapers.platforms import clarity


class Scraper(clarity.Scraper):
    """Every contest of the county."""

    source_name = "Contra Costa County Elections"
    state = "CA"
    county = "Contra Costa"
    jurisdiction = "CA/Contra_Costa"
