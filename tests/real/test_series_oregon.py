"""Jackson County's library district, 2025-05-20: the state's site, replayed from 170 answers.

Real are all bytes and the times they were fetched: zeros until the close, 10,652 to 7,668 at
20:03, 16,082 to 11,355 at midnight, the same a week later; 0 of 50 precincts throughout. Ours:
whom we speak for, and every act. The fall is INJECTED: no answer of this series falls.
Marta Tarantsey led in every answer with votes, in the last one by 4,727.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.people import Act, ActKind
from scrapers.platforms.results_ajax import Scraper
from tests.real.series import (
    Series,
    Story,
    config_of,
    moment,
    pacific,
    refuse_other,
    replayed,
)
from tests.real.series_oracle import Oracle, numbers_told, outcomes_told, texts
from tests.real.series_sites import oregon

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tests.real.series_oracle import Answers

CLOSE = pacific("2025-05-20T20:00")
SLACK = timedelta(minutes=3)
"""It is asked every two minutes on the night."""
FALLEN = 9_652
"""10,652 less a thousand: ours."""
UNCOUNTED = 1_200
"""Ours: what a clerk is said to have told."""


def check(story: Story, series: Series, *extra: int) -> int:
    """Ask the oracle about every message; nothing has a figure before the close."""
    before = [post for post in story.posts if moment(post) < CLOSE]
    assert numbers_told(before) == set()
    oracle = Oracle(series.known(), SLACK, frozenset(extra))
    assert [one for one in oracle.missed(story.posts, CLOSE) if FALLEN not in one.values()] == []
    return oracle.check([*story.posts, *story.edits])


def public(story: Story) -> list[dict[str, object]]:
    """Return the messages in the channel of staff."""
    return [post for post in story.posts if post["channel"] == "#primary-night"]


def test_the_week_is_told_and_decides_nothing(shared_data: Path, tmp_path: Path) -> None:
    """Two changes, both told; all ballots that may still come could change who is first."""
    series = oregon(shared_data)
    assert len(series.answers) == 170
    story = replayed(series, tmp_path)
    refuse_other(story, "or-library-2025")
    assert check(story, series) >= 10
    assert outcomes_told(story.posts) == []
    row = story.status()
    assert (row["votes"], row["rival_votes"], row["total"]) == (16_082, 11_355, 27_540)
    assert (row["units_reported"], row["units_total"], row["outcome"]) == (0, 50, "none")
    assert {"not-complete", "place-open"} <= set(row["blocks"])
    for name in ("Marta Tarantsey", "Write-in"):
        with pytest.raises(AssertionError, match="first-votes"):
            Oracle(with_one_more(name, series), SLACK).check(story.posts)


def with_one_more(name: str, series: Series) -> Answers:
    """Return the readings with a vote more on one line: the oracle must find it."""
    return tuple(
        (at, replace(read, votes=read.votes | {name: read.votes[name] + 1}))
        for at, read in series.known()
        if read is not None
    )


def injected_fall(series: Series, at: str) -> tuple[datetime, bytes]:
    """Return the answer that stands at a moment, its first candidate a thousand lower: ours."""
    when = pacific(at)
    answer = json.loads(next(body for time, body in reversed(series.answers) if time <= when))
    answer["d"][0]["calcCandidateVotes"] = FALLEN
    return when, json.dumps(answer).encode()


def test_an_injected_fall_is_held_and_dropped_when_the_old_figures_return(
    shared_data: Path, tmp_path: Path
) -> None:
    """INJECTED at 21:20, and the site's own answer of 21:03 again at 21:24: staff hear nothing."""
    series = oregon(shared_data)
    (old,) = (body for at, body in series.answers if at == pacific("2025-05-20T21:03"))
    series = series.plus([injected_fall(series, "2025-05-20T21:20")])
    series = series.plus([(pacific("2025-05-20T21:24"), old)])
    story = replayed(series, tmp_path)
    refuse_other(story, "or-library-2025-fall-dropped")
    check(story, series)
    assert FALLEN in numbers_told(story.posts)
    assert FALLEN not in numbers_told(public(story))
    assert outcomes_told(story.posts) == []


def test_an_injected_fall_that_stays_is_a_revised_count_after_five_minutes(
    shared_data: Path, tmp_path: Path
) -> None:
    """INJECTED at 21:20, and the site's own answers of 22:03 and 23:03 left out."""
    series = oregon(shared_data)
    since, until = pacific("2025-05-20T21:20"), pacific("2025-05-20T23:30")
    kept = tuple(one for one in series.answers if not since < one[0] < until)
    fall = injected_fall(series, "2025-05-20T21:20")
    series = replace(series, answers=kept).plus([fall])
    story = replayed(series, tmp_path)
    refuse_other(story, "or-library-2025-fall-accepted")
    check(story, series, 2_984)  # "was +2,984"
    with_fall = [post for post in public(story) if FALLEN in numbers_told([post])]
    assert [post["kind"] for post in with_fall] == ["count-revised"]
    (held,) = (post for post in story.posts if post["kind"] == "report-held")
    assert moment(with_fall[0]) - moment(held) >= timedelta(minutes=5)
    assert outcomes_told(story.posts) == []


def with_few_left(series: Series) -> Series:
    """Have somebody enter at 00:30 that only a few ballots are left: ours."""
    entered = Act(
        id="or-library-2025-left",
        kind=ActKind.ENTER,
        race=series.name,
        who="Dana Desk",
        why="The clerk says so by phone",
        at=pacific("2025-05-21T00:30"),
        source="jackson",
        outstanding=UNCOUNTED,
        is_estimate=False,
        link="phone, clerk",
        override=True,
    )
    return replace(series, acts=(entered,))


def trusting(series: Series) -> str:
    """Return the configuration of somebody who compared what is read with the site."""
    before = 'platform = "results_ajax"\n'
    text = config_of(series)
    assert before in text
    return text.replace(before, f"{before}trusted = true\n")


def test_a_platform_nobody_proved_asks_callers_and_says_no_outcome(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if no answer of the platform were stored; the gap is larger than what is left."""
    monkeypatch.setattr(Scraper, "unproven", True)
    series = with_few_left(oregon(shared_data))
    story = replayed(series, tmp_path)
    refuse_other(story, "or-library-2025-unproven")
    check(story, series, UNCOUNTED)
    assert {kind for kind, _ in outcomes_told(story.posts)} == {"ready-to-call"}
    (asked,) = (post for post in story.posts if post["kind"] == "ready-to-call")
    assert asked["channel"] == "#primary-night-ops"
    missing = "a named person must confirm that this site is read rightly"
    assert any(missing in line for line in texts(asked))
    assert (story.status()["outcome"], story.status()["blocks"]) == ("none", ["unproven"])


def test_a_platform_nobody_proved_but_config_trusts_tells_the_winner(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With `trusted = true` the outcome goes out three minutes after callers saw it."""
    monkeypatch.setattr(Scraper, "unproven", True)
    series = with_few_left(oregon(shared_data))
    story = replayed(series, tmp_path, config=trusting(series))
    refuse_other(story, "or-library-2025-trusted")
    check(story, series, UNCOUNTED)
    kinds = [kind for kind, _ in outcomes_told(story.posts)]
    assert kinds == ["going-out", "race-won"]
    (won,) = (post for post in story.posts if post["kind"] == "race-won")
    assert won["text"].startswith("WON (unofficial): Tarantsey, Jackson library, the office.")
    assert Oracle(series.known(), SLACK).first_in_the_end() == "Marta Tarantsey"
    assert story.status()["basis"] == "clinched"
