"""Los Angeles County's sheriff, 2022-11-08: replayed from the index of 2,855 real fetches.

Real are all bytes, the times they were fetched, and that some fetches of the night's weeks got
an answer older than the one before. June's answers, which stand first, are read at November's
address: that is ours. Ours too: whom we speak for, and who declares what is certified, when.
Robert Luna was elected with 1,370,837 votes to 867,029, the county's last answer.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from monitor.config import read_config
from monitor.decision import Outcome
from monitor.diff import advance
from monitor.discover import discover
from monitor.errors import LayoutChanged
from monitor.match import Unmatched, find
from monitor.model import Page
from monitor.night import prepare
from monitor.people import Act, ActKind
from monitor.rulebook import shipped_rules
from monitor.standing import Arrival, Verdict
from monitor.state import RaceState
from monitor.tally import Snapshot
from scrapers.platforms.la_county import Scraper
from tests.real.series import (
    FOLDER,
    PACIFIC,
    Series,
    config_of,
    moment,
    pacific,
    refuse_other,
    replayed,
    seen,
)
from tests.real.series_oracle import Oracle, numbers_told, outcomes_told
from tests.real.series_sites import los_angeles, sheriff

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.model import Contest, Report
    from monitor.night import Night

CLOSE = pacific("2022-11-08T20:00")
SLACK = timedelta(days=1, minutes=1)
"""From the fifth day on it is asked once a day."""
CERTIFIED = pacific("2022-12-06T09:00")


def declared(series: Series, folder: Path) -> Series:
    """Have a caller declare the outcome as certified, on what was shown: ours."""
    link, who, why = "https://www.lavote.gov/", "Casey Caller", "The county has certified it"
    digest = seen(
        series, folder, "call", series.name, "won", "--certified",
        "--link", link, "--who", who, "--why", why,
    )  # fmt: skip
    act = Act(
        id="la-sheriff-2022-certified",
        kind=ActKind.CALL,
        race=series.name,
        who=who,
        why=why,
        at=CERTIFIED,
        outcome=Outcome.WON,
        certified=True,
        link=link,
        seen=digest,
    )
    return replace(series, acts=(act,))


def test_june_is_refused_zeros_are_silent_and_the_count_is_told_to_its_end(
    shared_data: Path, tmp_path: Path
) -> None:
    """From 25 October; no outcome without units until somebody says that it is certified."""
    series = los_angeles(shared_data).between("2022-10-25T12:00", "2022-12-31")
    counted = replayed(series, tmp_path)
    assert outcomes_told(counted.posts) == []
    row = counted.status()
    assert (row["votes"], row["rival_votes"]) == (1_370_837, 867_029)
    assert (row["outcome"], row["units_total"]) == ("none", None)
    assert {"not-complete", "place-open"} <= set(row["blocks"])
    series = declared(series, tmp_path)
    story = replayed(series, tmp_path)
    assert story.told()[: len(counted.told())] == counted.told()
    refuse_other(story, "la-sheriff-2022")
    oracle = Oracle(series.known(), SLACK)
    assert oracle.check([*story.posts, *story.edits]) > 80
    assert oracle.missed(story.posts, CLOSE) == []
    assert numbers_told([post for post in story.posts if moment(post) < CLOSE]) == set()
    assert oracle.first_in_the_end() == "ROBERT LUNA"
    (told,) = outcomes_told(story.posts)
    won = "WON (certified): Luna, LA Sheriff, the office. 61.3%, +503,808. No units published."
    assert told == ("race-won", won)


def test_three_years_later_it_is_the_same_count(shared_data: Path, tmp_path: Path) -> None:
    """Fetched on 2026-04-09: the standing as it is, no vote more, no outcome from one look."""
    series = los_angeles(shared_data)
    series = replace(series, answers=series.answers[-1:])
    story = replayed(series, tmp_path)
    refuse_other(story, "la-sheriff-2022-in-2026")
    assert Oracle(series.known(), SLACK).check([*story.posts, *story.edits]) >= 3
    assert outcomes_told(story.posts) == []
    assert story.status()["votes"] == 1_370_837


def test_three_years_later_two_contests_stand_in_another_group(shared_data: Path) -> None:
    """So their keys are others, and their titles are not: why `contest` is safer than a key."""
    before, after = (
        {contest.key: contest.title for contest in report.contests}
        for _, body in los_angeles(shared_data).answers[-2:]
        if (report := parsed(body)) is not None
    )
    moved = {key for key in before if key not in after}
    district = "ALHAMBRA UNIFIED SCHOOL DISTRICT Member, Board of Education, Trustee Area No. "
    assert moved == {f"Cities|{district}4", f"Cities|{district}5"}
    assert sorted(before.values()) == sorted(after.values())
    assert f"Schools|{district}4" in after


# -- every fetch of the index, without a schedule ------------------------------------------


def ready(series: Series) -> Night:
    """Make the configuration ready under the shipped rules."""
    scrapers = discover().scrapers
    config = read_config(config_of(series), base=FOLDER, scrapers=scrapers)
    settings = {"electionid": "4300"}
    return prepare(config, shipped_rules(), lambda _: Scraper(date=None, settings=settings))


@cache
def stamped(body: bytes) -> str:
    """Return the county's own time of its last change, to the second."""
    return str(json.loads(body)["Timestamp"])[:19]


def parsed(body: bytes) -> Report | None:
    """Read an answer, or return None where it is refused as another election's."""
    page = Page("https://example.org/la", 200, (), body, CLOSE)
    try:
        return Scraper(date=None, settings={"electionid": "4300"}).parse((page,))
    except LayoutChanged as refused:
        assert "election '4269' instead of 4300" in str(refused)  # noqa: PT017 - all are
        return None


def test_older_answers_between_newer_ones_never_stand(shared_data: Path) -> None:
    """Each of 2,855 fetches in turn: what is accepted is always the newest count so far."""
    series = los_angeles(shared_data)
    night = ready(series)
    watched = night.races[series.name]
    (use,) = watched.race.sources
    found: dict[bytes, tuple[Report, Contest] | None] = {}
    state, newest, verdicts = RaceState(), "", dict.fromkeys(Verdict, 0)
    for at, body in series.answers:
        if body not in found:
            report = parsed(body)
            match = find(report, watched.race, use) if report else None
            assert not isinstance(match, Unmatched), match
            found[body] = (report, match.contest) if report and match else None
        if (known := found[body]) is None:
            assert sheriff(body) is None
            continue
        report, contest = known
        snapshot = Snapshot(contest, at, report.source_time, report.source_time_text)
        arrival = Arrival(
            snapshot, at, is_look=True, expected_date=watched.race.election.date,
            closes_at=night.places[series.name].closes_at, election_date=report.election_date,
        )  # fmt: skip
        is_older, newest = stamped(body) < newest, max(newest, stamped(body))
        step = advance(watched, state, use.source, arrival)
        state = step.state
        verdicts[step.verdict] += 1
        if at > CLOSE:
            assert not (is_older and step.events), at
            assert (step.verdict is Verdict.HELD) == is_older, at
            accepted = state.standings[use.source].accepted
            assert accepted is not None
            assert accepted.source_time is not None
            assert f"{accepted.source_time.astimezone(PACIFIC):%Y-%m-%dT%H:%M:%S}" == newest, at
    given = {verdict.value: count for verdict, count in verdicts.items() if count}
    assert given == {"before-close": 182, "accepted": 14, "same": 2_577, "held": 12}
