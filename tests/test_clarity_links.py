"""Clarity's links: every form used since 2008 gives one place, or a sentence that says why not.

The addresses are real ones, from lists of results pages of 2018 to 2026; the numbers of a few
forms are ours where only the form is known.
"""

from __future__ import annotations

import pytest

from monitor.errors import NothingMatched
from scrapers.platforms.clarity import Scraper

ENR = "https://results.enr.clarityelections.com"
SCVOTES = "https://www.enr-scvotes.org"
IOWA = "https://electionresults.iowa.gov"
HUDSON = "https://admin.enr.clarityelections.com/files"
PLAIN = "http://results.enr.clarityelections.com"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        # 2008 to 2016: pages below the version
        (f"{ENR}/KY/50972/131636/en/summary.html", ("KY", "50972", "")),
        (f"{PLAIN}/KY/50972/131636/en/select-county.html", ("KY", "50972", "")),
        (f"{PLAIN}/KY/Adair/50974/index.html", ("KY/Adair", "50974", "")),
        (f"{PLAIN}/KY/Adair/50974/131500/en/md_data.html?cid=0101&", ("KY/Adair", "50974", "")),
        (f"{PLAIN}/NE/Sarpy/28000/reports.html", ("NE/Sarpy", "28000", "")),
        # 2014 to 2018: Web01
        (f"{ENR}/NJ/Essex/46982/117336/Web01/en/summary.html", ("NJ/Essex", "46982", "")),
        (f"{PLAIN}/KY/91996/216579/Web01/en/summary.html", ("KY", "91996", "")),
        # 2017 to 2020: Web02
        (f"{PLAIN}/AR/92174/Web02-state.216038/", ("AR", "92174", "")),
        (f"{ENR}/CO/91808/Web02-state.216038/#/", ("CO", "91808", "")),
        (f"{PLAIN}/GA/91639/Web02-state.216038/", ("GA", "91639", "")),
        (f"{PLAIN}/IA/91323/Web02-state.216038/", ("IA", "91323", "")),
        (f"{PLAIN}/WV/92360/Web02-state.216038/#/", ("WV", "92360", "")),
        (f"{ENR}/WV/74487/Web02-state.206999/#/", ("WV", "74487", "")),
        (f"{ENR}/TX/Dallas/74487/Web02/#/", ("TX/Dallas", "74487", "")),
        (f"{SCVOTES}/SC/92124/Web02-state.214804/#/", ("SC", "92124", SCVOTES)),
        ("http://enr-scvotes.org/SC/92124/", ("SC", "92124", SCVOTES)),
        # since 2020: web and a build's number
        (f"{ENR}/CO/122598/web.345435/#/summary", ("CO", "122598", "")),
        (f"{ENR}/CO/122598/web.345435/#/access-to-races", ("CO", "122598", "")),
        (f"{ENR}/CO/122598/web.345435/#/summary?category=C_1", ("CO", "122598", "")),
        (f"{ENR}/NJ/Cape_May/126519/web.345435/#/summary", ("NJ/Cape_May", "126519", "")),
        (f"{ENR}/CO/El_Paso/115926/web.1/?v=316199%2F#/detail/2", ("CO/El_Paso", "115926", "")),
        (f"{SCVOTES}/SC/126294/web.345435/", ("SC", "126294", SCVOTES)),
        (f"{IOWA}/IA/122322/web.1/#/", ("IA", "122322", IOWA)),
        (f"{HUDSON}/NJ/Hudson/126484/web.345435/#/?v=373350", ("NJ/Hudson", "126484", HUDSON)),
        # files
        (f"{ENR}//GA/105369/271066/json/en/summary.json", ("GA", "105369", "")),
        (f"{ENR}//GA//Bacon//105373//current_ver.txt", ("GA/Bacon", "105373", "")),
        (f"{ENR}/PA/Allegheny/118321/317647/reports/detailxml.zip", ("PA/Allegheny", "118321", "")),
        (f"{HUDSON}/NJ/Hudson/126000/current_ver.txt", ("NJ/Hudson", "126000", HUDSON)),
        (f"{ENR}/IL/DuPage/elections.json", ("IL/DuPage", "", "")),
        (f"{ENR}/TX/elections.json", ("TX", "", "")),
        # places
        (f"{ENR}/TX/Dallas/", ("TX/Dallas", "", "")),
        (f"{ENR}/TX/Fort%20Bend", ("TX/Fort_Bend", "", "")),
        (f"{ENR}/CO/El%20Paso/115926/", ("CO/El_Paso", "115926", "")),
        (f"{ENR}/FL/Miami-Dade/12345/", ("FL/Miami-Dade", "12345", "")),
        (f"{ENR}//CO//ARAPAHOE//115905/", ("CO/ARAPAHOE", "115905", "")),
        (f"{PLAIN}:80/co/115905/", ("CO", "115905", "")),
        (" results.enr.clarityelections.com/WV/74487 ", ("WV", "74487", "")),
        # what is the site's own is no county
        (f"{ENR}/CO/web.345435/#/summary", ("CO", "", "")),
        (f"{ENR}/WV/Web02-state.206999/#/", ("WV", "", "")),
        (f"{ENR}/KY/Web01/en/summary.html", ("KY", "", "")),
        (f"{ENR}/KY/index.html", ("KY", "", "")),
        (f"{ENR}/WV/Webster/74487/", ("WV/Webster", "74487", "")),
        (f"{ENR}/TX/Webb/74487/", ("TX/Webb", "74487", "")),
        (f"{ENR}/CO/San_Juan/", ("CO/San_Juan", "", "")),
    ],
)  # fmt: skip
def test_links_of_every_era(url: str, found: tuple[str, str, str]) -> None:
    """The version, the build and the page are left out: they grow old."""
    wanted = zip(("jurisdiction", "eid", "host"), found, strict=True)
    assert Scraper.recognise(url) == {name: value for name, value in wanted if value}


COUNTIES_OF_TEXAS = (
    "Bastrop Bell Bexar Comal Dallas Denton El_Paso Fort_Bend Galveston Gregg Guadalupe Hidalgo "
    "Hood Hunt Jefferson Kaufman Kendall Lamar Lubbock Midland Montague Nueces Parker Rockwall "
    "Rusk Tarrant Travis Victoria Williamson Wood Liberty Potter Wise Clay Robertson"
)


@pytest.mark.parametrize("county", COUNTIES_OF_TEXAS.split())
def test_every_county_of_texas_that_had_a_site(county: str) -> None:
    """The 35 asked for on 2026-10-02, by the name with a blank or with an underscore."""
    place = {"jurisdiction": f"TX/{county}"}
    for name in (county, county.replace("_", " "), county.replace("_", "%20")):
        assert Scraper.recognise(f"{ENR}/TX/{name}/elections.json") == place


@pytest.mark.parametrize(
    "url",
    [
        "https://er.ncsbe.gov/",
        "https://enr.boenyc.gov/index.html",
        "https://enr.electionsfl.org/BRE/3704/Summary/",
        "https://results.enr.clarityelections.com.example.org/CO/1/",
        "https://web.archive.org/web/2018/http://results.enr.clarityelections.com/CO/91808/",
        "not a link",
        "",
        "file:///CO/1",
    ],
)
def test_other_links_are_not_ours(url: str) -> None:
    assert Scraper.recognise(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        (ENR, "names no state"),
        (f"{ENR}/files/", "names no state"),
        (f"{ENR}/web.345435/", "names no state"),
        (f"{ENR}//ARAPAHOE//", "names no state"),
        (f"{ENR}/en/summary.html", "names no state"),
        (f"{HUDSON}/", "names no state"),
        (f"{SCVOTES}/", "names no state"),
        ("https://help.clarityelections.com/CO/122598/", "help.clarityelections.com is not known"),
    ],
)
def test_a_link_that_leads_nowhere_is_refused_with_a_sentence(url: str, why: str) -> None:
    with pytest.raises(NothingMatched, match=why) as refused:
        Scraper.recognise(url)
    assert url in str(refused.value)
    assert "paste its whole address" in str(refused.value)
