"""County files for Sacramento, Alameda and Philadelphia: whose link is whose, and what is left."""

from __future__ import annotations

import pytest

from monitor.discover import discover
from monitor.lookup import recognise

SCRAPERS = discover().scrapers


@pytest.mark.parametrize(
    ("url", "scraper", "settings", "missing"),
    [
        ("https://eresults.saccounty.net/", "ca_sacramento", {}, ()),
        (
            "https://www.alamedacountyca.gov/rovresults/259/indexA.htm",
            "ca_alameda",
            {"number": "259", "file": "indexA.htm"},
            (),
        ),
        ("https://alamedacountyca.gov/rovresults/259/", "ca_alameda", {"number": "259"}, ("file",)),
        (
            "https://philadelphiaresults.azurewebsites.us/ResultsSW.aspx?type=CTY&map=CTY",
            "pa_philadelphia",
            {"type": "CTY", "map": "CTY"},
            (),
        ),
        (
            "https://electionresults.sd.gov/ResultsSW.aspx?type=SW&map=CTY",
            "results_sw",
            {"site": "electionresults.sd.gov", "type": "SW", "map": "CTY"},
            (),
        ),
    ],
)
def test_a_pasted_link_finds_its_county(
    url: str, scraper: str, settings: dict[str, str], missing: tuple[str, ...]
) -> None:
    found = recognise(url, SCRAPERS)
    assert (found.scraper, dict(found.settings), found.missing) == (scraper, settings, missing)


def test_ranked_choice_of_alameda_s_cities_is_not_its_page() -> None:
    url = "https://www.alamedacountyca.gov/rovresults/rcv/252/rcvresults.htm?race=Albany"
    assert SCRAPERS["ca_alameda"].recognise(url) is None


@pytest.mark.parametrize("name", ["ca_sacramento", "ca_alameda", "pa_philadelphia"])
def test_they_are_marked_as_unproven(name: str) -> None:
    """No page of theirs is stored, so a person has to look first."""
    assert getattr(SCRAPERS[name], "unproven", False)


@pytest.mark.parametrize("name", ["ca_sacramento", "ca_alameda"])
def test_their_reports_are_shown_before_they_are_used(name: str) -> None:
    assert SCRAPERS[name].needs_confirmation
