"""California's night of 2024-11-05, replayed from 297 stored answers of its own site.

Until 5 November the address counted twice to 100 % and fell back to zero; the rehearsals'
winner of this race lost on the night. Real are all bytes and the times they were fetched. Ours:
the address without its list of race ids, whom we speak for, the rule card (a prosecutor's: most
votes win, as here), and who said go-live when and why. Chris Rogers won the seat.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.people import Act, ActKind
from tests.real.series import Story, moment, pacific, refuse_other, replayed
from tests.real.series_oracle import OF_A_HOLD, Oracle, numbers_told, outcomes_told
from tests.real.series_sites import california

if TYPE_CHECKING:
    from pathlib import Path

    from tests.real.series_oracle import Answers

CLOSE = pacific("2024-11-05T20:00")
SLACK = timedelta(minutes=6)
"""It is asked every five minutes."""


def test_the_rehearsal_is_held_its_reset_silent_and_the_night_told(
    shared_data: Path, tmp_path: Path
) -> None:
    """Somebody says go-live at 20:40; then each change is told, and 643 of 643 is no end."""
    live = Act(
        id="ca-assembly-2024-live",
        kind=ActKind.GO_LIVE,
        race="ca-assembly-2024",
        who="Dana Desk",
        why="The state's desk says by phone that the count is up",
        at=pacific("2024-11-05T20:40"),
        source="ca_sos",
    )
    series = replace(california(shared_data), acts=(live,))
    story = replayed(series, tmp_path)
    refuse_other(story, "ca-assembly-2024")
    oracle = Oracle(series.known(), SLACK)
    assert oracle.check([*story.posts, *story.edits]) > 70
    assert oracle.missed(story.posts, CLOSE) == []
    assert outcomes_told(story.posts) == []
    nothing_of_the_rehearsal(story, series.known())
    row = story.status()
    assert (row["votes"], row["rival_votes"]) == (84_449, 43_383)
    assert (row["units_reported"], row["units_total"], row["outcome"]) == (643, 643, "none")
    assert row["blocks"] == ["place-open"]


def test_without_a_person_the_night_is_held_and_callers_are_paged(
    shared_data: Path, tmp_path: Path
) -> None:
    """The same answers, and nobody says go-live: staff hear no number, callers are asked."""
    series = california(shared_data)
    story = replayed(series, tmp_path)
    refuse_other(story, "ca-assembly-2024-nobody")
    zeros = tuple(one for one in series.known() if one[0] < pacific("2024-11-05T20:33"))
    held = [post for post in story.posts if post["kind"] in OF_A_HOLD]
    rest = [post for post in [*story.posts, *story.edits] if post not in held]
    assert Oracle(series.known(), SLACK).check(held) == 8
    Oracle(zeros, SLACK).check(rest)  # what was last accepted
    assert outcomes_told(story.posts) == []
    assert numbers_told([p for p in story.posts if not p["channel"].endswith("-ops")]) == set()
    row = story.status()
    assert (row["votes"], row["outcome"]) == (0, "none")


def nothing_of_the_rehearsal(story: Story, known: Answers) -> None:
    """Before the close no figure in a channel of staff; no number of the rehearsal ever."""
    public = [p for p in [*story.posts, *story.edits] if not p["channel"].endswith("-ops")]
    before = [post for post in public if moment(post) < CLOSE]
    assert {post["kind"] for post in before} == {"race-opened", "scoreboard", "roll-call"}
    assert numbers_told(before) == set()
    rehearsed, real = numbers(known, before=True), numbers(known, before=False)
    assert len(rehearsed) == 20
    assert numbers_told(public) & (rehearsed - real) == set()


def numbers(known: Answers, *, before: bool) -> set[int]:
    """Return the votes of the answers before the close, or after it."""
    return {
        votes
        for at, read in known
        if read is not None and (at < CLOSE) is before
        for votes in read.votes.values()
        if votes
    }
