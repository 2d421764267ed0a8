"""Dallas County, Texas.

Source: Texas Secretary of State, https://electionresults.sos.state.tx.us/results.html,
county level of the GoElect feed; the page refreshes every few seconds, uploads are minutes apart.
Quirk: the county's own results are PDFs at addresses nobody can predict, behind a bot wall;
the state's feed has the same contests.
Quirk: the two parties' primaries are two elections, so two sources with an `eid` each.
Quirk: the Criminal District Attorney stands among the district offices, not the county's.
"""

from __future__ import annotations

from scrapers.platforms import tx_goelect


class Scraper(tx_goelect.Scraper):
    """The county as the feed names it, in any case of letters."""

    county = "Dallas"
