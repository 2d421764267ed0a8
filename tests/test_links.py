"""A pasted link of every platform, from any page of its site, names that platform.

The addresses are those of `addresses.csv` and of the platforms' own docstrings; the numbers
of elections in them are of real elections where those are known, else ours.
"""

from __future__ import annotations

import pytest

from monitor import lookup
from monitor.app import scrapers
from monitor.directory import shipped_directory, warnings
from monitor.errors import NothingMatched
from scrapers.report_files import ReportFile
from tests.commands import run

CLARITY = "https://results.enr.clarityelections.com"
LINKS = {
    "ca_alameda": ("https://alamedacountyca.gov/rovresults/252/",),
    "ca_contra_costa": (f"{CLARITY}/CA/Contra_Costa/",),
    "ca_sacramento": ("https://eresults.saccounty.net/",),
    "ca_sos": (
        "https://electionresults.sos.ca.gov/",
        "https://electionresults.sos.ca.gov/returns/attorney-general",
        "https://api.sos.ca.gov/returns/us-rep/district/all",
    ),
    "clarity": (
        f"{CLARITY}/CO/",
        f"{CLARITY}/CO/122598/web.345435/#/summary",
        f"{CLARITY}/KY/Greenup/50972/131636/en/select-county.html",
        f"{CLARITY}/GA/Cobb/105374/271066/json/en/summary.json",
        "https://www.enr-scvotes.org/SC/126294/web.345435/#/summary",
        "https://electionresults.iowa.gov/IA/122322/",
        "https://admin.enr.clarityelections.com/files/NJ/Hudson/126484/web.345435/#/summary?v=1",
    ),
    "enhanced_export": (
        "https://results.sos.ga.gov/cdn/results/Georgia/export-2020AugGenPri.json",
    ),
    "enhanced_voting": (
        "https://results.sos.ga.gov/results/public/Georgia",
        "https://results.sos.ga.gov/results/public/Georgia/elections/06162026",
        "https://results.sos.ga.gov/results/public/api/elections/Georgia/06162026/data",
        "https://results.sos.ga.gov/results/public/api/jurisdictions/Georgia",
        "https://enr.elections.virginia.gov/results/public/virginia",
        "https://app.enhancedvoting.com/results/public/Cochise-County-AZ",
    ),
    "ess_enr": (
        "https://www.livevoterturnout.com/ENR/buckspaenr/18/summary_18.xml",
        "https://www.livevoterturnout.com/ENR/buckspaenr/18/en/Index_18.html",
        "https://www.livevoterturnout.com/ENR/orangecaenr/18/en/1a2b3c_Index_18.html",
        "http://www.livevoterturnout.com/sandiego/liveresults/summary_10.xml",
        "https://results.browardvotes.gov/ENR/browardflenr/236/en/Index_236.html",
        "https://liveresults.boe.ohio.gov/ENR/clarkohenr/16/summary_16.xml",
    ),
    "fl_election_watch": (
        "https://floridaelectionwatch.gov/",
        "https://flelectionfiles.floridados.gov/enightfilespublic/20181106_ElecResultsFL.txt",
    ),
    "id_enr": (
        "https://sos.idaho.gov/elect/results/2018/General/ENR/xml_access.html",
        "https://sos.idaho.gov/elect/results/2018/General/ENR/results.xml",
    ),
    "in_csv": ("https://enr.indianavoters.in.gov/archive/2018General/AllOfficeResults.csv",),
    "in_enr": (
        "https://enr.indianavoters.in.gov/site/index.html",
        "https://enr.indianavoters.in.gov/site/data/OffCatC_1005_A.json",
    ),
    "ky_live": (
        "https://vrsws.sos.ky.gov/liveresults",
        "https://vrsws.sos.ky.gov/liveresults/Data/CurrentResults",
    ),
    "la_county": (
        "https://results.lavote.gov/",
        "https://results.lavote.gov/electionresults/json?electionid=4300",
    ),
    "la_voterportal": (
        "https://voterportal.sos.la.gov/static/2018-11-06",
        "https://voterportal.sos.la.gov/ElectionResults/ElectionResults/Data?blob=20241105/VotesParish/Votes_17.htm",
    ),
    "md_sbe": (
        "https://elections.maryland.gov/",
        "https://results.elections.maryland.gov/elections/2018/results/General/index.html",
        "https://elections.maryland.gov/elections/2024/election_data/PG24_01CountyResults.csv",
    ),
    "mi_mvic": (
        "https://mvic.sos.state.mi.us/votehistory/Index?type=C&electionDate=11-8-2022",
        "https://mvic.sos.state.mi.us/VoteHistory/GetElectionResultFile?electionId=699",
    ),
    "mn_sos": (
        "https://electionresults.sos.mn.gov/Select/MediaFiles/Index?ersElectionId=170",
        "https://electionresults.sos.state.mn.us/Select/Download/115",
        "https://electionresultsfiles.sos.mn.gov/20241105/cntyRaceQuestions.txt",
    ),
    "mo_johnson": (),
    "nc_durham": ("https://er.ncsbe.gov/?election_dt=11/06/2018&county_id=32",),
    "nc_pitt": ("https://er.ncsbe.gov/?election_dt=11/06/2018&county_id=74",),
    "ncsbe": (
        "https://er.ncsbe.gov/?election_dt=11/05/2024&county_id=0",
        "https://er.ncsbe.gov/?election_dt=11/05/2024&county_id=41&office=ALL&contest=0",
        "https://er.ncsbe.gov/downloads.html?election_dt=11/05/2024",
        "https://er.ncsbe.gov/enr/20241105/data/results_0.txt",
    ),
    "ncsbe_pct": (
        "https://s3.amazonaws.com/dl.ncsbe.gov/ENRS/2018_11_06/results_pct_20181106.zip",
    ),
    "nv_sos": (
        "https://silverstateelection.nv.gov/county-results/",
        "http://www.silverstateelection.com/",
    ),
    "nyc_enr": (
        "https://enr.boenyc.gov/index.html",
        "https://enr.boenyc.gov/OF14CY0PY1.html",
        "https://enr.boenyc.gov/CD26944ADI0.html",
    ),
    "ok_oker": (
        "https://results.okelections.us/OKER/",
        "https://results.okelections.us/OKER/?elecDate=20181106",
    ),
    "pa_allegheny": (f"{CLARITY}/PA/Allegheny/118321/web.345435/#/summary",),
    "pa_returns": (
        "https://www.electionreturns.pa.gov/",
        "https://www.electionreturns.pa.gov/api/ElectionReturn/GetOfficeData?officeId=5&electionid=105&electiontype=G",
    ),
    "pa_philadelphia": (
        "https://philadelphiaresults.azurewebsites.us/ResultsSW.aspx?type=JDR&map=CTY",
        "https://philadelphiaresults.azurewebsites.us/ResultsExport.aspx",
    ),
    "results_ajax": (
        "https://results.oregonvotes.gov/",
        "http://results.oregonvotes.gov/ResultsSW.aspx?type=CTYALL&map=CTY",
        "https://orresultswebservices.azureedge.us/ResultsAjax.svc/GetMapData?type=CTYALL&category=CTY",
    ),
    "results_sw": (
        "https://electionresults.sd.gov/resultssw.aspx?type=CTYALL&map=CTY",
        "https://electionresults.nebraska.gov/resultsSW.aspx",
        "https://electionresults.sos.nm.gov/resultsCSV.aspx?text=All&type=SW&map=CTY&eid=2",
        "http://mtelectionresults.gov/ResultsExport.aspx",
    ),
    "sheet": ("https://docs.google.com/spreadsheets/d/1x/export?format=csv&gid=0",),
    "tally": (
        "https://resultsnd.sos.nd.gov/",
        "https://enr-results-api.totalresults.com/",
        "https://api.resultsnd.sos.nd.gov/Election/GetElectionList?cId=north-dakota",
    ),
    "tx_bexar": (),
    "tx_dallas": (),
    "tx_goelect": (
        "https://electionresults.sos.state.tx.us/results.html",
        "https://goelect.txelections.civixapps.com/ivis-enr-ui/races",
    ),
    "vt_enr": (
        "https://electionresults.vermont.gov/",
        "https://static.electionresults.vermont.gov/elections/elections.json",
    ),
    "wa_export": (
        "https://results.vote.wa.gov/results/current/Export.html",
        "https://results.vote.wa.gov/results/20181106/export/20181106_AllCounties.csv",
    ),
}
"""One site each; empty where a link cannot say that it is this file's county."""


def is_told_by_its_content(name: str) -> bool:
    """Say whether a platform reads files that lie anywhere: `sources FILE` tells them."""
    platform = scrapers()[name]
    return isinstance(platform, type) and issubclass(platform, ReportFile) and not platform.state


def test_every_platform_has_a_link() -> None:
    """A platform that nobody can paste a link of is found by nobody."""
    assert set(LINKS) == {name for name in scrapers() if not is_told_by_its_content(name)}


def test_where_there_is_no_link_the_county_shares_its_states() -> None:
    for name in (name for name, links in LINKS.items() if not links):
        assert scrapers()[name].county


@pytest.mark.parametrize(
    ("name", "url"), [(name, url) for name, links in LINKS.items() for url in links]
)
def test_a_link_names_its_platform(name: str, url: str) -> None:
    assert lookup.recognise(url, scrapers()).scraper == name


@pytest.mark.parametrize(
    ("url", "name", "settings"),
    [
        (
            "https://results.sos.ga.gov/",
            "enhanced_voting",
            {"site": "results.sos.ga.gov", "jurisdiction": "Georgia"},
        ),
        (
            "https://enr.elections.virginia.gov",
            "enhanced_voting",
            {"site": "enr.elections.virginia.gov", "jurisdiction": "virginia"},
        ),
        ("http://electionresults.iowa.gov/index.html", "clarity", {"jurisdiction": "IA"}),
        ("https://www.enr-scvotes.org/", "clarity", {"jurisdiction": "SC"}),
        ("https://electionresults.sd.gov/", "results_sw", {"site": "electionresults.sd.gov"}),
        ("HTTPS://ER.NCSBE.GOV/", "ncsbe", {"cid": "0"}),
    ],
)
def test_the_front_page_of_a_states_site_is_enough(
    url: str, name: str, settings: dict[str, str]
) -> None:
    """It names nothing; the shipped address does, but for the day."""
    link = lookup.recognise(url, scrapers())
    assert (link.scraper, link.day, link.url) == (name, None, url)
    assert settings.items() <= dict(link.settings).items()


@pytest.mark.parametrize(
    "url",
    [
        f"{CLARITY}/",
        "https://app.enhancedvoting.com/",
        "https://liveresults.boe.ohio.gov/",
        "https://philadelphiaresults.azurewebsites.us/",
    ],
)
def test_the_front_page_of_many_counties_is_refused(url: str) -> None:
    """Which of them is meant is not guessed, not even where one is noted."""
    with pytest.raises(NothingMatched):
        lookup.recognise(url, scrapers())


# -- what is known against a site --------------------------------------------------------

SHIPPED = shipped_directory()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://vrsws.sos.ky.gov/liveresults/data", "vrsws.sos.ky.gov, KY: walled (Akamai)"),
        ("https://www.electionreturns.pa.gov/x#y", "electionreturns.pa.gov, PA: walled (Imperva)"),
        ("https://nyenr.elections.ny.gov", "nyenr.elections.ny.gov, NY: walled (Cloudflare)"),
        ("https://silverstateelection.nv.gov/a", "silverstateelection.nv.gov, NV: walled"),
        ("https://electionresults.sos.mn.gov/b", "electionresults.sos.mn.gov, MN: the pages are"),
        ("http://RESULTS.okelections.us/OKER/", "results.okelections.us, OK: refuses programs"),
        ("https://il-lee.pollresults.net/c", "il-lee.pollresults.net, IL: a page of JavaScript"),
        ("https://enr.electionsfl.org/BRE/1/", "enr.electionsfl.org, FL: VR Systems"),
    ],
)
def test_a_known_wall_is_told(url: str, told: str) -> None:
    """Once for each note, though seventeen counties may share a host."""
    (warning,) = warnings(SHIPPED, url)
    assert warning.startswith(told)


@pytest.mark.parametrize(
    "url",
    [
        f"{CLARITY}/CO/",
        "https://results.sos.ga.gov/results/public/Georgia",
        "https://example.org/",
        "https://[broken",
        "dallas.csv",
        "",
    ],
)
def test_a_site_without_a_wall_is_not_warned_of(url: str) -> None:
    assert warnings(SHIPPED, url) == ()


def test_the_command_tells_it_beside_what_it_found() -> None:
    ran = run("sources", "https://results.okelections.us/OKER/", "--no-fetch")
    assert ran.code == 0
    assert ran.out.startswith("ok_oker: ")
    assert ran.err.startswith("results.okelections.us, OK: refuses programs")
    ran = run("sources", "https://il-lee.pollresults.net/")
    assert ran.code == 5
    told, refused = ran.err.splitlines()
    assert told.startswith("il-lee.pollresults.net, IL: a page of JavaScript")
    assert refused.startswith("NothingMatched: no platform knows https://il-lee.pollresults.net/")
