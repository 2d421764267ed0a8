"""Clarity's real payloads: every sum, settings and detail file, against independent readings.

`status.json` and `details.json` have no reader in the product (their codes are
not documented, and votes per area are not wanted yet): here their shape is
checked, so that we learn when it is not what our notes say.
"""

from __future__ import annotations

import csv
import gzip
import html
import json
import re
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor.model import Contest, Page, Report, UnitKind, Units, VoteType
from scrapers.base import json_of
from scrapers.platforms import clarity_xls
from scrapers.platforms.clarity import Scraper
from scrapers.platforms.clarity_county import own_election
from scrapers.platforms.clarity_links import DEFAULT_HOST
from scrapers.platforms.clarity_settings import read_settings
from scrapers.platforms.clarity_version import versions_in
from tests.extras import needs

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 1, 1, tzinfo=UTC)

SUMS = {
    "clarity/co_2022/CO_115903_316199_sum.json": ("CO", 291),
    "clarity/co_2022/CO_Arapahoe_2022_sum.json": ("CO/Arapahoe", 91),
    "clarity/co_2022/CO_Denver_2022_sum.json": ("CO/Denver", 69),
    "clarity/co_2022/CO_Dolores_2022_sum.json": ("CO/Dolores", 41),
    "clarity/co_2022/CO_San_Juan_2022_sum.json": ("CO/San_Juan", 35),
    "clarity/ga_2020/GA_105369_271066_summary.json": ("GA", 298),
    "state_files/nj_atlantic_clarity_summary.json": ("NJ/Atlantic", 204),
}
DETAILS = {
    "clarity/ga_2020/ga_atkinson_precincts_11-3.xml": 25,
    "clarity/ga_2020/ga_bacon_precincts_11-3.xml": 20,
    "clarity/ga_2020/ga_gwinnett_precincts_11-3.xml": 3,
    "clarity/ga_2020/ga_counties_11-3.xml": 2,
    "clarity/ga_2020/wv_counties_11-3.xml": 2,
    "clarity/trimmed/county.xml": 1,
    "clarity/trimmed/precinct.xml": 1,
}
ALLEGHENY = "clarity/pa_allegheny_2023/Allegheny_2023_primary_detailxml.zip"
SEQUENCE = "clarity/pa_allegheny_2023/seq_2023_da_dem_primary"
MOMENTS = {
    "20230513T135748": (0, 0, 0),
    "20230515T155925": (0, 0, 0),
    "20230516T200553": (38031, 31015, 40),
    "20230516T204847": (39363, 31776, 44),
    "20230516T211059": (46914, 37509, 61),
    "20230516T212128": (55565, 44766, 74),
    "20230516T213650": (64011, 51521, 102),
    "20230516T215840": (78340, 62553, 145),
    "20230516T230835": (92399, 73584, 188),
    "20230516T233539": (93179, 74287, 190),
    "20230517T194151": (93179, 74287, 190),
    "20230519T111219": (94258, 75195, 194),
    "20230524T155526": (94973, 75573, 196),
    "20230605T172729": (94974, 75575, 196),
}


def page(path: Path) -> Page:
    """Make a page of a file."""
    return Page(path.as_uri(), 200, (), path.read_bytes(), NOW)


def report(*paths: Path, jurisdiction: str = "XX/Example") -> Report:
    """Parse the files of one version."""
    scraper = Scraper(date=None, settings={"jurisdiction": jurisdiction, "eid": "1"})
    return scraper.parse(tuple(map(page, paths)))


def votes(contest: Contest) -> dict[str, int]:
    """Return a contest's votes by choice."""
    return {line.key: line.votes for line in contest.selections}


def by_key(found: Report) -> dict[str, Contest]:
    """Return a report's contests by key."""
    return {contest.key: contest for contest in found.contests}


def test_no_sum_file_is_left_out(shared_data: Path) -> None:
    """Every *sum*.json of Clarity is read; the one other is a summary.csv someone turned over."""
    there = {*shared_data.glob("clarity/*/*sum*.json"), *shared_data.glob("*/*clarity*summ*.json")}
    known = {shared_data / name for name in SUMS}
    assert [path.name for path in there - known] == [
        "IA_115641_2022_summarycsv_as_json_preresults.json"
    ]


@pytest.mark.parametrize("name", SUMS)
def test_every_sum_file(shared_data: Path, name: str) -> None:
    """Every contest is read, with every vote, whatever the site's level."""
    jurisdiction, count = SUMS[name]
    found = report(shared_data / name, jurisdiction=jurisdiction)
    told = json.loads((shared_data / name).read_bytes())
    rows: list[dict[str, Any]] = told if isinstance(told, list) else told["Contests"]
    assert len(found.contests) == len(rows) == count
    for row in rows:
        contest = by_key(found)[row["K"]]
        assert sorted(votes(contest).values()) == sorted(row["V"])
        assert contest.number_elected == row["VF"]
        kind = UnitKind.PRECINCTS if "/" in jurisdiction else UnitKind.COUNTIES
        assert contest.units == Units(row["PR"], row["TP"], kind)
        assert contest.total_votes == row.get("T")


def test_votes_never_exceed_ballots_where_both_are_given(shared_data: Path) -> None:
    """What sanity holds on is not tripped by honest files."""
    for name, (jurisdiction, _) in SUMS.items():
        for contest in report(shared_data / name, jurisdiction=jurisdiction).contests:
            if contest.ballots_cast:
                assert sum(votes(contest).values()) <= contest.ballots_cast * contest.votes_allowed


def test_a_county_joins_its_state_by_the_aggregate_key(shared_data: Path) -> None:
    """State Treasurer is 5 in San Juan, 230 at the state; -1 joins nothing."""
    state = by_key(report(shared_data / next(iter(SUMS)), jurisdiction="CO"))
    county = report(shared_data / "clarity/co_2022/CO_San_Juan_2022_sum.json")
    joined = [contest for contest in county.contests if contest.aggregate_key]
    assert 0 < len(joined) < len(county.contests)
    assert all(state[contest.aggregate_key].title == contest.title for contest in joined)


COUNTIES = {"Arapahoe": 57, "Denver": 62, "Dolores": 29, "San_Juan": 28}
"""Contests of each county of Colorado that the state has too."""
STATE_EID, STATE_VERSION = "115903", "316199"


@pytest.mark.parametrize("county", COUNTIES)
def test_a_county_by_its_states_link(shared_data: Path, county: str) -> None:
    """The state's real list leads to the county; every AggID joins, and no count exceeds its own.

    The county's own settings and version are not stored: the list's version stands for them.
    """
    folder = shared_data / "clarity/co_2022"
    there = page(folder / f"CO_{STATE_EID}_{STATE_VERSION}_electionsettings.json")
    name, eid = own_election(there, county)
    state_base = f"{DEFAULT_HOST}/CO/{STATE_EID}"
    county_base = f"{DEFAULT_HOST}/CO/{county}/{eid}"
    stem = f"{state_base}/{STATE_VERSION}/json"
    answers = {
        f"{state_base}/current_ver.txt": STATE_VERSION.encode(),
        f"{stem}/sum.json": (folder / f"CO_{STATE_EID}_{STATE_VERSION}_sum.json").read_bytes(),
        f"{stem}/en/electionsettings.json": there.body,
        f"{county_base}/current_ver.txt": b"314513",
        f"{county_base}/314513/json/sum.json": (folder / f"CO_{county}_2022_sum.json").read_bytes(),
    }
    scraper = Scraper(
        date=None, settings={"jurisdiction": "CO", "eid": STATE_EID, "county": county}
    )
    visit = scraper.visit()
    request = next(visit)
    while True:
        body = answers.get(request.url)
        answer = Page(request.url, 404 if body is None else 200, (), body or b"", NOW)
        try:
            request = visit.send(answer)
        except StopIteration as ended:
            found = scraper.parse(ended.value)
            break
    rows = json.loads(answers[f"{county_base}/314513/json/sum.json"])["Contests"]
    state = {row["K"]: row for row in json.loads(answers[f"{stem}/sum.json"])["Contests"]}
    expected = {row["AggID"] if row["AggID"] != "-1" else f"county/{row['K']}": row for row in rows}
    assert name == county
    assert set(by_key(found)) == set(expected)
    assert sum(key in state for key in expected) == COUNTIES[county]
    assert found.election_date == date(2022, 11, 8)
    for key, row in expected.items():
        assert sorted(votes(by_key(found)[key]).values()) == sorted(row["V"])
        if key in state:
            above = dict(zip(state[key]["CH"], state[key]["V"], strict=True))
            assert all(
                count <= above[line] for line, count in zip(row["CH"], row["V"], strict=True)
            )
            assert row["K"] not in state or state[row["K"]]["C"] != row["C"]


@pytest.mark.parametrize(
    ("name", "count"), [("co_2022/CO_115903_316199", 64), ("ga_2020/GA_105369_271927", 159)]
)
def test_every_county_of_a_state_is_found_by_its_name(
    shared_data: Path, name: str, count: int
) -> None:
    """By the name people write, and each has an election of its own."""
    there = page(shared_data / f"clarity/{name}_electionsettings.json")
    details = json_of(there)["settings"]["electiondetails"]
    listed = [row.split("|") for row in details["participatingcounties"]]
    assert len(listed) == count
    for spelled, eid, *_ in listed:
        assert own_election(there, spelled.replace("_", " ").upper()) == (spelled, eid)
    assert len({eid for _, eid, *_ in listed} | {details["electionid"]}) == count + 1


@pytest.mark.parametrize(
    ("name", "count"), [("co_2022/CO_115903_316199", 379), ("ga_2020/GA_105369_271927", 384)]
)
def test_every_version_of_an_election_is_listed(shared_data: Path, name: str, count: int) -> None:
    """The last of them is the one whose settings these are."""
    there = page(shared_data / f"clarity/{name}_electionsettings.json")
    newest = int(name[-6:])
    found = versions_in(there, newest)
    assert (len(found), found[-1]) == (count, newest)
    assert versions_in(there, found[-1] - 1) == found[:-1]


def test_parties_of_primaries(shared_data: Path) -> None:
    """Atlantic County's primary names a party in each title, general elections in none."""
    for name, (jurisdiction, count) in SUMS.items():
        found = report(shared_data / name, jurisdiction=jurisdiction)
        named = [contest for contest in found.contests if contest.party]
        assert len(named) == (count if jurisdiction == "NJ/Atlantic" else 0)
        assert all(contest.title.startswith(contest.party) for contest in named)


@pytest.mark.parametrize(
    ("name", "day", "stamp"),
    [
        ("ga_2020/GA_105369_271927", date(2020, 11, 3), datetime(2020, 11, 20, 20, 37, 43)),  # noqa: DTZ001
        ("co_2022/CO_115903_316199", date(2022, 11, 8), datetime(2022, 12, 12, 23, 45, 26)),  # noqa: DTZ001
    ],
)
def test_settings(shared_data: Path, name: str, day: date, stamp: datetime) -> None:
    """Both say "Official Results" in one header and UNOFFICIAL in another: no status."""
    found = read_settings(page(shared_data / f"clarity/{name}_electionsettings.json"))
    assert (found.election_date, found.source_time) == (day, stamp.replace(tzinfo=UTC))
    assert found.status_text.startswith("Official Results")
    assert found.status is None
    assert not found.is_test


def test_status_and_details_are_as_noted(shared_data: Path) -> None:
    """Lists run parallel, and the areas' votes sum to the areas' totals."""
    status = json_of(page(shared_data / "clarity/ia/IA_122322_2024_status.json"))
    assert {len(status[key]) for key in ("P", "PX", "PY", "S", "R", "B")} == {99}
    assert set(status["S"]) == {4}
    (path,) = (shared_data / "clarity/ia").glob("IA_122322_2024_details_*.json")
    contests = json_of(page(path))["Contests"]
    assert len(contests) == 5
    for contest in contests:
        assert [sum(area) for area in contest["V"]] == contest["T"]


def reference(path: Path) -> dict[str, tuple[str, int, dict[str, int]]]:
    """Read a detail.xml with clarify, which is nobody's code here."""
    parser = needs("clarify").Parser()
    parser.parse(str(path))
    return {
        contest.key: (
            " ".join(contest.text.split()),
            contest.vote_for,
            {" ".join(choice.text.split()): choice.total_votes for choice in contest.choices},
        )
        for contest in parser.contests
        if contest.vote_for
    }


def ours(found: Report) -> dict[str, tuple[str, int, dict[str, int]]]:
    """Show a report as `reference` shows a file."""
    return {
        contest.key: (contest.title, contest.votes_allowed, votes(contest))
        for contest in found.contests
    }


@pytest.mark.parametrize("name", DETAILS)
def test_every_detail_file(shared_data: Path, name: str) -> None:
    """As clarify reads it, but Georgia's state file: it fails where turnout has no attributes."""
    found = report(shared_data / name)
    assert len(found.contests) == DETAILS[name]
    assert found.source_time is not None
    assert all(contest.units for contest in found.contests)
    if name.endswith("ga_counties_11-3.xml"):
        with pytest.raises(IndexError):
            reference(shared_data / name)
    else:
        assert ours(found) == reference(shared_data / name)


def test_no_detail_file_is_left_out(shared_data: Path) -> None:
    """Every detail.xml there is read above or below."""
    there = {*shared_data.glob("clarity/**/*.xml"), *shared_data.glob("clarity/**/*.zip")}
    assert there == {shared_data / name for name in (*DETAILS, ALLEGHENY)}


def test_state_files_count_counties(shared_data: Path) -> None:
    """West Virginia's 55; Cotton's printed total stands over the sum of its types."""
    found = report(shared_data / "clarity/ga_2020/wv_counties_11-3.xml")
    assert {contest.units for contest in found.contests} == {Units(55, 55, UnitKind.COUNTIES)}
    (senate,) = report(shared_data / "clarity/trimmed/county.xml").contests
    (cotton,) = senate.selections
    assert cotton.votes == 477734
    assert sum(count.votes for count in cotton.by_type) == 462123


def test_allegheny(shared_data: Path, tmp_path: Path) -> None:
    """24 MB, 826 contests: all but the pseudo one, as clarify reads them."""
    found = report(shared_data / ALLEGHENY)
    assert len(found.contests) == 825
    assert found.election_date == date(2023, 5, 16)
    with zipfile.ZipFile(shared_data / ALLEGHENY) as archive:
        archive.extract("detail.xml", tmp_path)
    assert ours(found) == reference(tmp_path / "detail.xml")


def test_allegheny_traps(shared_data: Path) -> None:
    """75 texts on two or three contests, write-ins that lead, types that sum to the totals."""
    found = report(shared_data / ALLEGHENY)
    titles = Counter(contest.title for contest in found.contests)
    assert Counter(titles.values()) == {1: 667, 2: 67, 3: 8}
    leaders = [max(contest.selections, key=lambda line: line.votes) for contest in found.contests]
    assert sum(leader.is_write_in for leader in leaders) == 305
    parties = [contest.party for contest in found.contests]
    assert (parties.count("DEM"), parties.count("REP"), parties.count("")) == (412, 412, 1)
    for contest in found.contests:
        for line in contest.selections:
            assert sum(count.votes for count in line.by_type) == line.votes
            assert {count.type for count in line.by_type} == {
                VoteType.ELECTION_DAY,
                VoteType.ABSENTEE_MAIL,
                VoteType.PROVISIONAL,
            }


def moment(path: Path) -> tuple[int, ...]:
    """Sum one moment's precincts."""
    with path.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    names = ("Dugan_total", "Zappala_total", "Write-in_total")
    return tuple(sum(int(row[name]) for row in rows) for name in names)


def test_allegheny_sequence_ends_at_the_detail_file(shared_data: Path) -> None:
    """The 14 moments by precinct sum as the nights say, and the last as detail.xml does."""
    seen = {path.name[:15]: moment(path) for path in (shared_data / SEQUENCE).glob("*.csv")}
    assert seen == MOMENTS
    contest = by_key(report(shared_data / ALLEGHENY))["0016"]
    assert contest.units == Units(1324, 1324, UnitKind.PRECINCTS)
    assert tuple(votes(contest).values()) == MOMENTS["20230605T172729"]


def test_kentuckys_workbook(shared_data: Path) -> None:
    """Each total of 298 contests is the sum over the counties; 36 Commonwealth's Attorneys."""
    path = shared_data / "state_files" / "2018_kentucky_clarity.xls.gz"
    report = clarity_xls.Scraper(date=None, settings={"url": path.as_uri()}).parse((page(path),))
    attorneys = [one for one in report.contests if "Commonwealth's Attorney" in one.title]
    assert (len(report.contests), len(attorneys)) == (298, 36)
    assert sum(len(one.selections) > 1 for one in attorneys) == 6
    assert votes(by_key(report)["Commonwealth's Attorney, 37th Judicial Circuit"]) == {
        "Brandon ISON": 7_509,
        "Justin CRISWELL": 7_486,
    }
    assert workbook(path) == {
        one.key: [line.votes for line in sorted(one.selections, key=lambda line: line.name)]
        for one in report.contests
    }


def workbook(path: Path) -> dict[str, list[int]]:
    """Sum each choice over the counties, by the text of the cells alone."""
    body = gzip.decompress(path.read_bytes()).decode("utf-8-sig")
    found = {}
    for sheet in re.split(r"<s:Worksheet ", body)[3:]:
        rows = [
            [html.unescape(cell) for cell in re.findall(r"<s:Data[^>]*?(?:/>|>([^<]*))", row)]
            for row in re.findall(r"<s:Row>(.*?)</s:Row>", sheet, re.DOTALL)
        ]
        (title,), names, heads, *areas = rows[:-1]
        places = [place for place, head in enumerate(heads) if head == "Total Votes"]
        sums = [sum(int(area[place]) for area in areas) for place in places]
        people = [" ".join(name.split()) for name in names[2:-1]]
        pairs = sorted(zip(people, sums, strict=True))
        found[" ".join(title.split())] = [count for _, count in pairs]
    return found
