"""Allegheny County, Pennsylvania.

Source: https://results.enr.clarityelections.com/PA/Allegheny/ (Clarity), a new
version every 10 to 70 minutes on the night, and on several days after it.
Quirk: choices stood in ballot order until 21:21 on 2023-05-16, then in the order
of votes; they are keyed by name.
Quirk: at 20:05 that night mail votes stood in nearly all 1,324 precincts; progress
is what the source counts as reported, nothing derived from votes.
Quirk: 75 titles of 2023 stand on two or three contests (terms of two and four
years); `contest_key` in config.toml tells them apart.
Quirk: in a party primary the write-ins may nominate the other party's loser
(Zappala 2023, as REP); the site never names them.
"""

from scrapers.platforms import clarity


class Scraper(clarity.Scraper):
    """Precincts with votes for every contest of the county."""

    source_name = "Allegheny County Elections"
    state = "PA"
    county = "Allegheny"
    jurisdiction = "PA/Allegheny"
