"""One county by its state's Clarity link: whose files are asked for, and under whose keys.

Colorado 2022: key 20 is United States Senator at the state, and State Representative of
District 8 (2080 at the state) in Denver; the figures are those of the official count.
"""

from __future__ import annotations

import gzip
import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor.errors import LayoutChanged, NotFound
from monitor.model import Page, UnitKind
from scrapers.platforms.clarity import Scraper
from scrapers.platforms.clarity_county import own_election
from scrapers.platforms.clarity_version import versions_in

if TYPE_CHECKING:
    from monitor.model import Report

NOW = datetime(2022, 11, 9, 4, tzinfo=UTC)
ENR = "https://results.enr.clarityelections.com"
STATE = f"{ENR}/CO/115903"
DENVER = f"{ENR}/CO/Denver/115921"
ROWS = [
    "Adams|115906|314687|11/30/2022 1:12:13 PM MST|16",
    "Clear_Creek|115915|314283|11/23/2022 11:14:45 AM MST|16",
    "Denver|115921|314513|11/29/2022 11:22:52 AM MST|16",
]


def page(body: Any, url: str = f"{STATE}/316199/json/en/electionsettings.json") -> Page:
    """Make a page of a body, or of a value as JSON."""
    return Page(url, 200, (), body if isinstance(body, bytes) else json.dumps(body).encode(), NOW)


def settings(day: str = "11/8/2022", *, test: Any = False, rows: Any = ROWS) -> dict[str, Any]:
    """Make electionsettings.json."""
    details = {"electiondate": day, "istestmode": test, "participatingcounties": rows}
    return {"settings": {"electiondetails": details}, "versions": ["314513", "303401", "314513"]}


def contest(key: str, parent: str, **votes: int) -> dict[str, Any]:
    """Make a contest of sum.json; `parent` is AggID."""
    return {
        "C": f"Contest {parent} of the ballot", "K": key, "AggID": parent, "VF": 1, "TP": 40,
        "PR": 40, "CH": list(votes), "P": [""] * len(votes), "V": list(votes.values()),
    }  # fmt: skip


def site(**changes: Any) -> dict[str, Any]:
    """Make both sites' answers by URL; None takes one away."""
    senate = contest("20", "20", Bennet=1_397_170, Dea=1_031_693)
    house = contest("2080", "2080", Herod=35_015, Waters=4_833)
    names = {
        "state_version": f"{STATE}/current_ver.txt",
        "state_sum": f"{STATE}/316199/json/sum.json",
        "state_settings": f"{STATE}/316199/json/en/electionsettings.json",
        "version": f"{DENVER}/current_ver.txt",
        "sum": f"{DENVER}/314600/json/sum.json",
        "settings": f"{DENVER}/314600/json/en/electionsettings.json",
    }
    bodies = {
        "state_version": b"316199",
        "state_sum": [senate, house],
        "state_settings": settings(),
        "version": b"314600",
        "sum": [
            contest("1", "20", Bennet=228_419, Dea=51_582),
            contest("20", "2080", Herod=35_015, Waters=4_833),
            contest("62", "-1", Yes=185_907, No=88_160),
        ],
        "settings": settings(test="false"),
    } | changes
    return {names[name]: body for name, body in bodies.items() if body is not None}


def visited(answers: dict[str, Any], county: str = "Denver") -> tuple[Page, ...]:
    """Drive a visit over both sites."""
    pages: tuple[Page, ...] = driven(scraper(county).visit(), answers)[1]
    return pages


def scraper(county: str = "Denver") -> Scraper:
    """Make the scraper of one county of Colorado."""
    given = {"jurisdiction": "CO", "eid": "115903", "county": county}
    return Scraper(date=date(2022, 11, 8), settings=given)


def driven(visit: Any, answers: dict[str, Any]) -> tuple[list[str], Any]:
    """Drive a generator; return what was asked for, and what it returns."""
    asked: list[str] = []
    request = next(visit)
    while True:
        asked.append(request.url)
        found = request.url in answers
        answer = page(answers[request.url], request.url) if found else None
        assert answer or request.optional, request.url
        try:
            request = visit.send(answer or Page(request.url, 404, (), b"", NOW))
        except StopIteration as ended:
            return asked, ended.value


def read(answers: dict[str, Any], county: str = "Denver") -> Report:
    """Visit and parse."""
    return scraper(county).parse(visited(answers, county))


def keys(report: Report) -> dict[str, dict[str, int]]:
    """Return votes by key and name."""
    return {one.key: {line.name: line.votes for line in one.selections} for one in report.contests}


# -- whose files ---------------------------------------------------------------------------


def test_the_state_leads_to_the_countys_own_current_version() -> None:
    """The list's 314513 is not asked for: 12 of Georgia's 159 were a 404."""
    asked, pages = driven(scraper().visit(), site())
    assert asked == [
        f"{STATE}/current_ver.txt",
        f"{STATE}/316199/json/en/electionsettings.json",
        f"{STATE}/316199/json/sum.json",
        f"{DENVER}/current_ver.txt",
        f"{DENVER}/314600/json/sum.json",
        f"{DENVER}/314600/json/en/electionsettings.json",
    ]
    assert scraper().parse(pages).version == 314600


def test_only_the_two_version_files_are_asked_for_again() -> None:
    visit, again = scraper().visit(), []
    request = next(visit)
    answers = site()
    while True:
        if not request.immutable:
            again.append(request.url)
        try:
            request = visit.send(page(answers[request.url], request.url))
        except StopIteration:
            break
    assert again == [f"{STATE}/current_ver.txt", f"{DENVER}/current_ver.txt"]


@pytest.mark.parametrize(
    "name", ["Clear Creek", "clear_creek", " Clear  Creek County", "CLEAR CREEK"]
)
def test_a_county_is_found_however_its_name_is_written(name: str) -> None:
    assert own_election(page(settings()), name) == ("Clear_Creek", "115915")


@pytest.mark.parametrize(
    ("rows", "county", "error", "told"),
    [
        (ROWS, "Creek", NotFound, "no county 'Creek' in the list .* Adams, Clear_Creek, Denver;"),
        ([], "Denver", NotFound, "which has none"),
        ([*ROWS, ROWS[2]], "Denver", LayoutChanged, "'Denver' is listed 2 times"),
        ([*ROWS, "denver|1|2"], "Denver", LayoutChanged, "'Denver' is listed 2 times"),
        (["Denver"], "Denver", LayoutChanged, "expected an election of Denver"),
        (["Denver||314513"], "Denver", LayoutChanged, "expected an election of Denver"),
        ([None, 7], "Denver", NotFound, "no county"),
        (None, "Denver", LayoutChanged, "expected participatingcounties"),
        ("Denver|115921", "Denver", LayoutChanged, "expected participatingcounties"),
    ],
)  # fmt: skip
def test_a_list_that_does_not_lead_to_the_county_is_named(
    rows: Any, county: str, error: type[Exception], told: str
) -> None:
    with pytest.raises(error, match=told):
        own_election(page(settings(rows=rows)), county)


def test_a_row_of_another_county_may_be_odd() -> None:
    assert own_election(page(settings(rows=["Adams", *ROWS])), "Denver") == ("Denver", "115921")


@pytest.mark.parametrize("missing", ["state_sum", "state_settings"])
def test_a_version_of_the_state_without_its_files_is_named(missing: str) -> None:
    with pytest.raises(NotFound, match="version 316199 of the state lacks"):
        visited(site(**{missing: None}))


def test_packed_twice_is_read_all_the_same() -> None:
    packed = gzip.compress(json.dumps(settings()).encode())
    assert len(read(site(state_settings=packed)).contests) == 3


def test_the_countys_own_link_asks_the_state_nothing() -> None:
    own = Scraper(date=None, settings={"jurisdiction": "CO/Denver", "eid": "115921"})
    asked, pages = driven(own.visit(), site())
    assert not any(url.startswith(STATE) for url in asked)
    assert set(keys(own.parse(pages))) == {"1", "20", "62"}


# -- under whose keys ----------------------------------------------------------------------


def test_contests_go_by_the_states_keys_and_keep_their_own_figures() -> None:
    """20 is the Senate, as at the state, and never what Denver calls 20."""
    report = read(site())
    assert keys(report) == {
        "20": {"Bennet": 228_419, "Dea": 51_582},
        "2080": {"Herod": 35_015, "Waters": 4_833},
        "county/62": {"Yes": 185_907, "No": 88_160},
    }
    assert {one.units.kind for one in report.contests if one.units} == {UnitKind.PRECINCTS}


@pytest.mark.parametrize(
    "parent",
    [
        contest("20", "20", Bennet=9, OtherMan=9),
        contest("20", "20", Bennet=9),
        contest("20", "20", Bennet=9, Dea=9, Brauchler=9),
        contest("21", "21", Bennet=9, Dea=9),
    ],
)
def test_a_contest_with_other_people_is_not_joined(parent: dict[str, Any]) -> None:
    """Then a race that pins the state's key finds nothing, and says so."""
    assert set(keys(read(site(state_sum=[parent])))) == {"county/1", "county/20", "county/62"}


def test_the_order_of_people_and_a_write_in_line_join_all_the_same() -> None:
    ours = contest("1", "20", Dea=51_582, Bennet=228_419) | {"C": "US SENATE"}
    theirs = contest("20", "20", Bennet=1, Dea=2, **{"Write-in": 3})
    assert "20" in keys(read(site(sum=[ours], state_sum=[theirs])))


def test_two_contests_that_join_one_are_refused() -> None:
    twins = [contest(key, "20", Bennet=1, Dea=2) for key in ("1", "2")]
    with pytest.raises(LayoutChanged, match="'20' stands on two contests"):
        read(site(sum=twins))


def test_the_state_may_be_the_older_of_the_two() -> None:
    """No figure is compared between files of two versions."""
    behind = contest("20", "20", Bennet=0, Dea=0)
    assert keys(read(site(state_sum=[behind])))["20"] == {"Bennet": 228_419, "Dea": 51_582}


def test_another_elections_date_is_refused_and_a_missing_one_is_the_states() -> None:
    with pytest.raises(LayoutChanged, match="Denver to an election of 2022-06-28, its own is of"):
        read(site(settings=settings("6/28/2022")))
    assert read(site(settings=None)).election_date == date(2022, 11, 8)


@pytest.mark.parametrize(
    ("above", "own", "told"),
    [(True, "false", True), (False, "true", True), (False, "false", False)],
)
def test_test_mode_of_either_level_counts(above: object, own: object, *, told: bool) -> None:
    changed = site(state_settings=settings(test=above), settings=settings(test=own))
    assert read(changed).is_test is told


# -- versions ------------------------------------------------------------------------------


def test_versions_are_the_countys_in_order_to_the_current_one() -> None:
    listed = settings() | {"versions": ["314601", "314513", "303401", "314600", "314513"]}
    asked, found = driven(scraper().versions(), site(settings=listed))
    assert found == (303401, 314513, 314600)
    assert asked[-2:] == [
        f"{DENVER}/current_ver.txt",
        f"{DENVER}/314600/json/en/electionsettings.json",
    ]
    assert driven(scraper().versions(), site(settings=None))[1] == ()


def test_an_earlier_version_is_read_from_its_own_folder() -> None:
    old = f"{DENVER}/303401/json/sum.json"
    answers = site() | {old: [contest("1", "20", Bennet=5, Dea=7)]}
    asked, pages = driven(scraper().visit_version(303401), answers)
    assert f"{DENVER}/current_ver.txt" not in asked
    report = scraper().parse(pages)
    assert (report.version, keys(report)) == (303401, {"20": {"Bennet": 5, "Dea": 7}})


@pytest.mark.parametrize("listed", [None, "303401", ["30340"], [303401, None], {"303401": 1}])
def test_versions_of_another_shape_are_refused(listed: Any) -> None:
    with pytest.raises(LayoutChanged, match=r"expected (a list of )?versions"):
        versions_in(page({"versions": listed}), 999999)
