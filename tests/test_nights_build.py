"""The recorded nights: built from figures, the same bytes every time, and the right sums."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from monitor.act_json import act_of
from monitor.events import Kind
from monitor.model import Contest, Page, Report, ResultsStatus, VoteType
from monitor.warc import ACT
from tests.nights import build
from tests.nights.allegheny import VERSIONS, allegheny
from tests.nights.seen import prepared, read

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.races import Race

Record = tuple[str, str, datetime, str, bytes]
"""Type, URL, date, visit and block; ids are left out, for they name places in the file."""

NIGHTS = tuple(build.NIGHTS)
REAL = ("durham-2018", "pitt-2018", "dallas-2018", "allegheny-2023")
"""Whole nights of one race at one source; the others show one trouble each."""
FOLDER = build.HERE
LARGEST = 60_000
"""Bytes of one archive: the recordings live in the repository."""


def _races(night: str) -> dict[str, Race]:
    return {race.id: race for race in prepared(night).config.races}


def _reports(night: str, source: str = "") -> list[Report]:
    """Parse every state of a source, of the only one if none is named, by its own scraper."""
    scrapers = prepared(night).scrapers
    scraper = scrapers[source] if source else next(iter(scrapers.values()))
    asked_first = next(scraper.visit()).url
    pages: dict[str, Page] = {}
    reports = []
    for moment in build.NIGHTS[night]():
        good = {page.url: page for page in moment.pages if page.status == 200}
        pages.update(good)
        if asked_first in good:
            reports.append(read(scraper, pages))
    return reports


def _watched(night: str, report: Report, race: Race | None = None, source: str = "") -> Contest:
    """Return the contest of a race, of the only one if none is given, in a report."""
    wanted = race or next(iter(_races(night).values()))
    use = next(use for use in wanted.sources if source in ("", use.source))
    (contest,) = (
        contest
        for contest in report.contests
        if contest.party == wanted.party or not wanted.party
        if contest.key == use.contest_key
        or (not use.contest_key and re.search(use.contest, contest.title, re.IGNORECASE))
    )
    return contest


def _told(contest: Contest) -> tuple[int | None, tuple[int, ...]]:
    """Return units reported and the votes in descending order."""
    votes = sorted((line.votes for line in contest.selections), reverse=True)
    return (contest.units.reported if contest.units else None), tuple(votes)


def _must(night: str) -> dict[str, Any]:
    return tomllib.loads((FOLDER / f"{night}.must.toml").read_text(encoding="utf-8"))


def _ends(night: str) -> list[dict[str, Any]]:
    found = _must(night)["end"]
    return found if isinstance(found, list) else [found]


def _records(path: Path) -> list[Record]:
    with path.open("rb") as file:
        return [
            (
                record.rec_type,
                record.rec_headers.get_header("WARC-Target-URI") or "",
                datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
                record.rec_headers.get_header("Visit-Id") or "",
                record.raw_stream.read(),
            )
            for record in ArchiveIterator(file, no_record_parse=True)
        ]


def _first(night: str) -> dict[str, str]:
    """Return what the kept archive's first record says."""
    kind, url, _, _, block = _records(FOLDER / f"{night}.warc.gz")[0]
    assert (kind, url) == ("metadata", "")
    found: dict[str, str] = json.loads(block)
    return found


@pytest.mark.parametrize("night", NIGHTS)
def test_building_twice_gives_the_same_bytes(night: str, tmp_path: Path) -> None:
    """Nothing of the day, the machine or chance enters an archive."""
    first = build.write(night, tmp_path, "rules").read_bytes()
    assert build.write(night, tmp_path, "rules").read_bytes() == first


@pytest.mark.parametrize("night", NIGHTS)
def test_kept_archive_is_what_the_script_writes(night: str, tmp_path: Path) -> None:
    """Record by record, under the rules it was recorded with: zlibs compress differently."""
    rebuilt = build.write(night, tmp_path, _first(night)["rules"])
    kept = FOLDER / f"{night}.warc.gz"
    assert _records(rebuilt) == _records(kept), "run python tests/nights/build.py and read the diff"


@pytest.mark.parametrize("night", NIGHTS)
def test_archive_begins_with_its_configuration(night: str) -> None:
    """The first record holds the night's own config.toml, whole."""
    kept = (FOLDER / f"{night}.config.toml").read_text(encoding="utf-8")
    assert _first(night)["config"] == kept


@pytest.mark.parametrize("night", NIGHTS)
def test_archive_holds_every_answer_in_order_of_time(night: str) -> None:
    """Each page and failure is one record at its own time; a visit's share its id."""
    expected = [
        (url, moment.at, f"{night}-{number:02}")
        for number, moment in enumerate(build.NIGHTS[night](), start=1)
        for url in ([page.url for page in moment.pages] or [moment.url])
        if not moment.act
    ]
    records = _records(FOLDER / f"{night}.warc.gz")
    found = [(url, at, visit) for _, url, at, visit, _ in records if not url.startswith(ACT)]
    assert found[1:] == expected


@pytest.mark.parametrize("night", NIGHTS)
def test_archive_holds_every_act_of_a_person(night: str) -> None:
    """Who did what and why, at its own time, whole."""
    acts = [moment.act for moment in build.NIGHTS[night]() if moment.act]
    records = _records(FOLDER / f"{night}.warc.gz")
    found = [(at, act_of(block)) for _, url, at, _, block in records if url.startswith(ACT)]
    assert found == [(act.at, replace(act, at=act.at.astimezone(UTC))) for act in acts]
    assert all(act.who and act.why for act in acts)


@pytest.mark.parametrize("night", NIGHTS)
def test_archive_is_small(night: str) -> None:
    """The recordings live in the repository, and their replays in every test run."""
    assert (FOLDER / f"{night}.warc.gz").stat().st_size < LARGEST


def test_outages_are_kept_as_what_they_were() -> None:
    """A 503 with its page, no connection and no answer as failures, a 304 as a revisit."""
    kinds = {night: [kind for kind, *_ in _records(FOLDER / f"{night}.warc.gz")] for night in REAL}
    assert {night: found.count("metadata") for night, found in kinds.items()} == {
        "durham-2018": 1,
        "pitt-2018": 2,
        "dallas-2018": 2,
        "allegheny-2023": 1,
    }
    assert kinds["durham-2018"].count("revisit") == 1


def test_durham_sums_are_the_certified_figures() -> None:
    """Early votes first, 57 of 57 on the night, provisional ballots days later."""
    told = [_told(_watched("durham-2018", report)) for report in _reports("durham-2018")]
    assert told[0] == (0, (0, 0, 0))
    assert told[1] == (0, (4717, 4524, 1236))
    assert told[-2] == (57, (15207, 12648, 3325))
    assert told[-1] == (57, (15281, 12696, 3342))
    assert len(told) == 14


def test_durham_lead_changes_in_the_second_batch() -> None:
    """Echols is ahead after two precincts, Deberry after nine and ever after."""
    leaders = [
        max(contest.selections, key=lambda line: line.votes).name
        for report in _reports("durham-2018")[1:]
        for contest in [_watched("durham-2018", report)]
    ]
    assert leaders == ["Roger Echols"] * 2 + ["Satana Deberry"] * 11


def test_durham_provisional_batch_is_what_the_issue_says() -> None:
    """74, 48 and 17 votes, and nothing else moves after the night."""
    night, end = _reports("durham-2018")[-2:]
    grown = {
        line.name: line.votes - before.votes
        for line, before in zip(
            _watched("durham-2018", end).selections,
            _watched("durham-2018", night).selections,
            strict=True,
        )
    }
    assert grown == {"Satana Deberry": 74, "Roger Echols": 48, "Daniel Meier": 17}


def test_pitt_sums_are_the_reported_figures() -> None:
    """One-stop and mail, the night's 40 of 40, and the official result."""
    told = [_told(_watched("pitt-2018", report)) for report in _reports("pitt-2018")]
    assert told[1] == (0, (17748 + 448, 14639 + 176))
    assert told[-2] == (40, (30313, 27896))
    assert told[-1] == (40, (31045, 28273))
    assert [units for units, _ in told[2:8]] == [5, 10, 15, 20, 25, 25]


@pytest.mark.parametrize("night", ["durham-2018", "pitt-2018"])
def test_kinds_of_votes_add_up_to_each_total(night: str) -> None:
    """Election day, one-stop, mail and provisional make the total, as in every real row."""
    for report in _reports(night):
        for line in _watched(night, report).selections:
            assert sum(count.votes for count in line.by_type) == line.votes


def test_dallas_counts_begin_on_8_march() -> None:
    """Nothing before, a note without counts on the 7th, then two sets of figures."""
    states = [_watched("dallas-2018", report) for report in _reports("dallas-2018")]
    noted = states[2]
    assert [state.counts_known for state in states] == [True, True, False, True, True]
    assert _told(states[0]) == _told(states[1]) == (None, (0, 0))
    assert noted.selections == ()
    assert "516" in noted.note
    assert "counts not known" in noted.note
    assert _told(states[3]) == (None, (56612, 56000))
    assert _told(states[4]) == (None, (56645, 56056))


def test_dallas_official_row_is_signed() -> None:
    """Certified, with a link and a name: a named person's statement."""
    before, last = (_watched("dallas-2018", report) for report in _reports("dallas-2018")[-2:])
    assert before.status is ResultsStatus.UNOFFICIAL_COMPLETE
    assert last.status is ResultsStatus.CERTIFIED
    assert last.link.startswith("https://")
    assert last.who


def test_allegheny_units_follow_the_rule() -> None:
    """Fourteen versions; 415 to 1,301 on the night, 1,323, and all in the last."""
    reports = [
        report
        for number, report in enumerate(_reports("allegheny-2023"))
        if number != 8  # the 504's recovery repeats a version
    ]
    told = [_told(_watched("allegheny-2023", report)) for report in reports]
    assert [units for units, _ in told] == [
        *(0, 0, 0, 415, 534, 681, 814, 1102, 1291, 1301),
        *(1301, 1323, 1323, 1324),
    ]
    assert told[2][1] == (38031, 31015, 40)
    assert told[-1][1] == (94974, 75575, 196)
    assert [str(report.version) for report in reports] == list(VERSIONS)


def test_allegheny_version_of_17_may_changes_nothing() -> None:
    """A new version number with the figures of the one before it."""
    night, after = _reports("allegheny-2023")[10:12]
    assert after.version != night.version
    assert after.contests == night.contests


def test_allegheny_other_contests_stand_only_with_known_figures() -> None:
    """Zeros before the close and the real totals in the last version; none in between."""
    reports = _reports("allegheny-2023")
    titles = [{contest.title for contest in report.contests} for report in reports]
    assert all(found == {"DEM District Attorney"} for found in titles[2:-1])
    other = next(c for c in reports[-1].contests if c.title == "REP District Attorney")
    assert _told(other) == (1324, (11857,))
    assert other.selections[0].is_write_in


def test_old_versions_stay_readable() -> None:
    """Each version has its own URLs, and none of them is ever written again."""
    urls = [
        page.url for moment in allegheny() for page in moment.pages if page.url.endswith(".json")
    ]
    assert len(urls) == len(set(urls)) == 2 * len(VERSIONS)


@pytest.mark.parametrize("night", REAL)
def test_no_clarity_or_dashboard_total_shrinks(night: str) -> None:
    """A county revision is no part of these nights."""
    totals = [sum(_told(_watched(night, report))[1]) for report in _reports(night)]
    known = [total for total in totals if total]
    assert known == sorted(known)


@pytest.mark.parametrize("night", NIGHTS)
def test_must_file_names_real_kinds_and_this_night(night: str) -> None:
    """Kinds are event classes, races are configured ones, windows are in order."""
    must, races = _must(night), _races(night)
    kinds = {str(kind) for kind in Kind}
    assert must["night"] == night
    for wanted in must["must"]:
        assert wanted["kind"] in kinds
        assert wanted.get("race") in {None, *races}
        assert wanted["says"]
        assert wanted.get("from", wanted["by"]) <= wanted["by"]
    for banned in must["must_not"]:
        assert banned.get("kind") in {None, *kinds}
        assert banned.get("race") in {None, *races}
        assert {"kind", "says", "from", "until"} & set(banned)


@pytest.mark.parametrize("night", NIGHTS)
def test_must_file_ends_every_race_that_has_a_source(night: str) -> None:
    """Each for its endorsed candidate."""
    wanted = {
        (race.id, race.endorsements[0].candidate) for race in _races(night).values() if race.sources
    }
    assert {(end["race"], end["candidate"]) for end in _ends(night)} == wanted


@pytest.mark.parametrize("night", NIGHTS)
def test_must_windows_lie_inside_the_recording(night: str) -> None:
    """Nothing is asked for before the first record or later than two days after the last."""
    times = [moment.at for moment in build.NIGHTS[night]()]
    for wanted in _must(night)["must"]:
        assert wanted["by"].tzinfo is not None
        assert times[0] <= wanted.get("from", times[0])
        assert wanted["by"] <= times[-1] + timedelta(hours=48)


@pytest.mark.parametrize("night", NIGHTS)
def test_end_of_the_must_file_is_the_last_record(night: str) -> None:
    """The final votes asked for are those the last pages hold, summed over the sources."""
    for end in _ends(night):
        race = _races(night)[end["race"]]
        last = [
            _watched(night, _reports(night, use.source)[-1], race, use.source)
            for use in race.sources
        ]
        votes: Counter[str] = Counter()
        for contest in last:
            votes.update({line.name: line.votes for line in contest.selections})
        assert votes == end["votes"]
        units = [contest.units for contest in last if contest.units]
        if units:
            told = (sum(one.reported for one in units), sum(one.total for one in units))
            assert told == (end["units_reported"], end["units_total"])


# -- one trouble each ---------------------------------------------------------------------


def test_cape_fear_sums_are_the_boards() -> None:
    """By kind of vote, as results_0.txt has them; New Hanover alone has the other leader."""
    race = _races("cape-fear-2024")["cape-fear-da-2024"]
    first, last = [], []
    for use in race.sources:
        reports = _reports("cape-fear-2024", use.source)
        first.append(_watched("cape-fear-2024", reports[-2], race, use.source))
        last.append(_watched("cape-fear-2024", reports[-1], race, use.source))
    by_kind = [
        [sum(c.votes for x in last for c in x.selections[place].by_type if c.type is kind)
         for place in (0, 1)]
        for kind in (VoteType.ELECTION_DAY, VoteType.EARLY, VoteType.ABSENTEE_MAIL,
                     VoteType.PROVISIONAL)
    ]  # fmt: skip
    assert by_kind == [[19111, 16684], [67585, 56801], [3672, 5720], [464, 433]]
    assert [_told(contest)[1] for contest in first] == [(67205, 65618), (24750, 12000)]


def test_revision_has_no_vote_more_than_before_where_boxes_change_places() -> None:
    """23:10: the DEM sum stays, and the leader does not."""
    race = _races("revision-2023")["example-da-dem-2023"]
    told = [_told(_watched("revision-2023", r, race)) for r in _reports("revision-2023")]
    assert sum(told[-1][1]) == sum(told[-2][1]) == 32135
    assert told[-2][1][:2] == (18300, 13780)
    assert told[-1][1][:2] == (16180, 15900)


def test_older_versions_come_back_as_they_were() -> None:
    """A version served again has the figures it had; Pitt's file loses and regains its votes."""
    versions: dict[int | None, set[Contest]] = {}
    for report in _reports("older-2018", "pa_example"):
        versions.setdefault(report.version, set()).update(report.contests)
    assert {version: len(seen) for version, seen in versions.items()} == dict.fromkeys(
        range(290299, 290304), 1
    )
    race = _races("older-2018")["pitt-da-2018"]
    totals = [
        sum(_told(_watched("older-2018", report, race))[1])
        for report in _reports("older-2018", "nc_pitt")
    ]
    falls = [(old, new) for old, new in pairwise(totals) if new < old]
    assert len(falls) == 5
    assert (46600, 46600 - 17748 - 14639) in falls


def test_rehearsal_is_over_before_the_night() -> None:
    """Full results on Friday, zero on Saturday, and then the county's figures."""
    told = [_told(_watched("rehearsal-2018", report)) for report in _reports("rehearsal-2018")]
    assert told[1] == (57, (18000, 9000, 3000))
    assert [sum(votes) for _, votes in (told[0], told[2], told[3])] == [0, 0, 0]
    assert told[4] == (0, (4717, 4524, 1236))


def test_sampson_figures_are_the_newspapers() -> None:
    """3,439 votes: 30 % is 1,031.7, the first is 31 short of passing it."""
    race = _watched("sampson-2018", _reports("sampson-2018")[-2])
    assert _told(race) == (23, (1001, 967, 774, 697))
    assert 100 * (1001 + 30) < 30 * 3439 < 100 * (1001 + 31)


def test_uncontested_ballot_has_one_name() -> None:
    """And a contest beside it that is none of ours."""
    last = _reports("uncontested-2026")[-1]
    assert [line.name for line in _watched_in_texas(last).selections] == ["Anna Alder"]
    assert len(last.contests) == 2


def _watched_in_texas(report: Report) -> Contest:
    race = _races("uncontested-2026")["example-da-tx-2026"]
    return _watched("uncontested-2026", report, race)


def test_confirmed_night_is_the_same_night() -> None:
    """Every answer of the site is that of allegheny-2023; a person is added."""
    same = [moment for moment in build.NIGHTS["allegheny-2023-confirmed"]() if not moment.act]
    assert same == allegheny()
