"""A whole night in which an outcome has to be taken back.

Durham's contest and its figures of the night; the correction after it is ours: no
such thing happened there. It is played through the real replay, store and outbox.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from monitor.archive import ArchiveWriter
from monitor.cli import main
from monitor.model import Page
from monitor.rulebook import shipped_rules
from tests.nights.build import HERE
from tests.nights.payloads import DashboardContest, dashboard

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

URL = "https://er.ncsbe.gov/enr/20180508/data/results_32.txt"
START = datetime(2018, 5, 8, 22, 30, tzinfo=UTC)
CONTEST = DashboardContest(
    "32",
    "DISTRICT ATTORNEY DISTRICT 16 - DEM (VOTE FOR 1)",
    "1016",
    (("Satana Deberry", "DEM"), ("Roger Echols", "DEM"), ("Daniel Meier", "DEM")),
    57,
)
NIGHT = (15_207, 12_648, 3_325)
SWAPPED = (15_207, 20_648, 3_325)


def page(minutes: int, votes: Sequence[int], reported: int) -> Page:
    """Return the dashboard's file as it stood from so many minutes after the start."""
    nothing = (0, 0, 0)
    kinds = {
        "election-day": votes, "one-stop": nothing, "absentee-mail": nothing,
        "provisional": nothing,
    }  # fmt: skip
    body = dashboard([(CONTEST, kinds, reported)])
    return Page(URL, 200, (("etag", f'"{minutes}"'),), body, START + timedelta(minutes=minutes))


def posts_of(folder: Path, pages: Sequence[Page]) -> list[dict[str, Any]]:
    """Record the pages and return what a replay posts."""
    recording = folder / "night.warc.gz"
    with ArchiveWriter(recording) as archive:
        text = (HERE / "durham-2018.config.toml").read_text(encoding="utf-8")
        archive.start(text, shipped_rules().digest, START)
        for number, one in enumerate(pages):
            archive.keep(one, f"visit-{number}")
    done = CliRunner().invoke(main, ["replay", str(recording), "--json"])
    assert done.exit_code == 0, done.output
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def taken_back(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Zero, complete, then a correction that gives the lead to the rival for good."""
    pages = [page(0, (0, 0, 0), 0), page(120, NIGHT, 57), page(180, SWAPPED, 57)]
    return posts_of(tmp_path_factory.mktemp("taken-back"), pages)


def test_hold_off_comes_at_once_and_the_retraction_after_ten_minutes(
    taken_back: list[dict[str, Any]],
) -> None:
    """WON, HOLD OFF with the first look, DO NOT USE after the second, then the new outcome."""
    told = [(p["kind"], p["at"]) for p in taken_back if p["race"] and p["thread"] is None]
    kinds = [kind for kind, _ in told]
    assert kinds == ["race-opened", "race-won", "hold-off", "outcome-retracted", "race-lost"]
    times = {kind: datetime.fromisoformat(at) for kind, at in told}
    assert times["hold-off"] - (START + timedelta(minutes=180)) <= timedelta(minutes=1)
    waited = times["outcome-retracted"] - times["hold-off"]
    assert timedelta(minutes=10) <= waited <= timedelta(minutes=12)


def test_a_retraction_repeats_the_sentence_it_cancels(taken_back: list[dict[str, Any]]) -> None:
    """Staff see in one message what they must not use any more, and since when."""
    won = next(p for p in taken_back if p["kind"] == "race-won")
    for kind in ("hold-off", "outcome-retracted"):
        message = next(p for p in taken_back if p["kind"] == kind)
        assert won["text"] in json.dumps(message["blocks"], ensure_ascii=False)
        assert message["channel"] == won["channel"]
    retracted = next(p for p in taken_back if p["kind"] == "outcome-retracted")
    assert retracted["text"].startswith(
        "DO NOT USE: Deberry, Durham DA. Our May 8 outcome (won the DEM nomination)"
    )


def test_an_outcome_that_comes_back_stands(tmp_path: Path) -> None:
    """The correction is itself corrected within the ten minutes: the outcome stands."""
    pages = [
        page(0, (0, 0, 0), 0), page(120, NIGHT, 57), page(180, SWAPPED, 57),
        page(183, (24_207, 20_648, 3_325), 57),
    ]  # fmt: skip
    made = posts_of(tmp_path, pages)
    kinds = [p["kind"] for p in made if p["race"] and p["thread"] is None]
    assert kinds == ["race-opened", "race-won", "hold-off", "outcome-stands"]
