"""`explain`: why a race stands as it does, now and at any moment of a real night."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor import inquiry
from tests.commands import NIGHTS, run

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.explanation import Explanation


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the databases of the replayed Durham and Dallas nights."""
    folder = tmp_path_factory.mktemp("nights")
    for name in ("durham-2018", "dallas-2018"):
        ran = run("replay", NIGHTS / f"{name}.warc.gz", "--database", folder / f"{name}.db",
                  "--json")  # fmt: skip
        assert ran.code == 0
    return folder


def durham(nights: Path, at: datetime | None = None) -> Explanation:
    return inquiry.explain(nights / "durham-2018.db", "durham-da-2018", at)


def dallas(nights: Path, at: datetime | None = None) -> Explanation:
    return inquiry.explain(nights / "dallas-2018.db", "dallas-da-2018", at)


def test_the_present_shows_polling_figures_and_the_outcome(nights: Path) -> None:
    told = durham(nights)
    (source,) = told.sources
    assert not told.is_past
    assert source.looks == 2
    assert source.units == "57/57 precincts"
    assert source.visited_at is not None
    assert {vote.name: vote.votes for vote in source.votes}["Satana Deberry"] == 15_281
    (decided,) = told.decisions
    assert (decided.told, decided.told_basis) == ("won", "complete")
    assert decided.blocks == ()


def test_the_integers_of_the_rule_are_shown(nights: Path) -> None:
    """More than 30% of 31,319 is 9,396 votes; 3% may still come."""
    (decided,) = durham(nights).decisions
    assert (decided.total, decided.threshold, decided.late) == (31_319, 9_396, 939)
    assert decided.slack == 939


def test_a_past_moment_shows_what_was_known_then(nights: Path) -> None:
    """At 10:30 PM 51 of 57 precincts were in, and that was what stood against the outcome."""
    told = durham(nights, datetime.fromisoformat("2018-05-08T22:30:00-04:00"))
    assert told.is_past
    (source,), (decided,) = told.sources, told.decisions
    assert source.visited_at is None
    assert {vote.name: vote.votes for vote in source.votes}["Satana Deberry"] == 14_208
    assert (decided.computed, decided.told) == ("won", "none")
    assert "not-complete" in {reason.block for reason in decided.blocks}
    assert "51 of 57 precincts reporting" in {reason.sentence for reason in decided.blocks}
    assert told.messages[-1].kind == "count-updated"
    assert all(message.at <= told.at for message in told.messages)


def test_a_time_without_a_zone_is_the_races(nights: Path) -> None:
    told = dallas(nights, datetime(2018, 3, 7, 9, 0))  # noqa: DTZ001 - that is what is tested
    assert told.at == datetime(2018, 3, 7, 15, 0, tzinfo=UTC)


def test_before_anything_was_counted_there_is_no_decision(nights: Path) -> None:
    told = durham(nights, datetime(2018, 5, 8, 22, 45, tzinfo=UTC))
    assert told.decisions == ()
    assert told.sources[0].votes == ()
    assert [message.kind for message in told.messages] == ["race-opened"]
    ran = run("explain", "durham-da-2018", "2018-05-08T18:45", "--database",
              nights / "durham-2018.db")  # fmt: skip
    assert "No decision: no votes were accepted by then." in ran.out


def test_too_close_is_explained(nights: Path) -> None:
    """On 10 March: behind by 612, and up to 3,378 votes may still come."""
    (decided,) = dallas(nights, datetime(2018, 3, 10, 18, 0, tzinfo=UTC)).decisions
    assert (decided.margin, decided.late) == (-612, 3_378)
    assert [reason.block for reason in decided.blocks] == ["place-open"]
    assert decided.next_step == "TOO CLOSE is told"


def test_the_certified_end_is_explained(nights: Path) -> None:
    (decided,) = dallas(nights).decisions
    assert (decided.told, decided.told_basis, decided.margin) == ("lost", "certified", -589)


def test_people_read_it_line_by_line(nights: Path) -> None:
    ran = run("explain", "durham-da-2018", "2018-05-08T22:30", "--database",
              nights / "durham-2018.db")  # fmt: skip
    assert ran.code == 0
    for line in (
        "durham-da-2018 at Tue May 8, 2018, 10:30 PM ET",
        "rule: needs more than 30% (North Carolina)",
        "late ballots L = 880; a gap must exceed 880",
        "threshold 8,807 votes: +5,401",
        "against it: 51 of 57 precincts reporting (not-complete)",
        "told: none; no outcome while anything stands against it",
        "sent to #primary-night: LEAD CHANGE: Deberry leads Echols by 603",
    ):
        assert line in ran.out


def test_the_json_holds_everything(nights: Path) -> None:
    ran = run("explain", "dallas-da-2018", "--database", nights / "dallas-2018.db", "--json")
    told = json.loads(ran.out)
    assert told["race"] == "dallas-da-2018"
    assert told["decisions"][0]["told"] == "lost"
    kinds = [event["kind"] for event in told["events"]]
    assert "source-broken" in kinds or "note-added" in kinds
    assert [message["kind"] for message in told["messages"]][-1] == "race-lost"
