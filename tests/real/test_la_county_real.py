"""la_county on the 22 different answers of two elections of 2022."""

from __future__ import annotations

import json
import tarfile
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from monitor.errors import LayoutChanged
from monitor.model import Page, Report
from scrapers.platforms.la_county import Scraper

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def answers(shared_data: Path) -> dict[str, bytes]:
    """Return every stored answer by the time of its first fetch, in their order."""
    with tarfile.open(shared_data / "ca" / "la_county_json_2022.tar.gz") as stored:
        found = {
            member.name.rpartition("/")[2].removesuffix(".json"): body.read()
            for member in stored.getmembers()
            if member.name.endswith(".json") and (body := stored.extractfile(member))
        }
    return dict(sorted(found.items()))


def report(body: bytes, electionid: str) -> Report:
    """Read one answer as that of an election."""
    page = Page("https://example.org/x", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=None, settings={"electionid": electionid}).parse((page,))


def plain(whole_file: Any) -> Counter[tuple[str, str, str]]:
    """Return the votes of plain JSON by title, additional text and name."""
    return Counter(
        {
            (contest["Title"], contest["AdditionalText"], " ".join(one["Name"].split())): one[
                "Votes"
            ]
            for group in whole_file["Election"]["ContestGroups"]
            for contest in group["Contests"]
            for one in contest["Candidates"]
        }
    )


def test_every_line_of_every_answer(answers: dict[str, bytes]) -> None:
    """Lines and sums are those of plain JSON; titles and keys are all different."""
    assert len(answers) == 22
    for name, body in answers.items():
        whole_file = json.loads(body)
        read = report(body, str(whole_file["Election"]["ID"]))
        wanted = plain(whole_file)
        found = [line.votes for one in read.contests for line in one.selections]
        assert (len(found), sum(found)) == (len(wanted), wanted.total()), name
        assert sorted(found) == sorted(wanted.values()), name
        assert len({one.title for one in read.contests}) == len(read.contests), name
        assert all(one.units is None for one in read.contests), name
        assert read.source_time is not None, name


def test_each_answer_is_refused_as_the_other_election(answers: dict[str, bytes]) -> None:
    """June's answers stood where November's were expected for days."""
    for body in answers.values():
        own = str(json.loads(body)["Election"]["ID"])
        other = {"4269": "4300", "4300": "4269"}[own]
        with pytest.raises(LayoutChanged, match=f"election '{own}' instead of {other}"):
            report(body, other)


def test_zeros_before_and_the_sheriff_after(answers: dict[str, bytes]) -> None:
    """Zeros stand from 25 October on; the count of the night grows for four weeks."""
    november = [body for body in answers.values() if json.loads(body)["Election"]["ID"] == 4300]
    counts: list[tuple[int, ...]] = []
    for body in november:
        read = report(body, "4300")
        assert read.election_date == date(2022, 11, 8)
        (sheriff,) = (one for one in read.contests if one.title == "SHERIFF")
        votes = tuple(one.votes for one in sheriff.selections)
        if not counts or counts[-1] != votes:
            counts.append(votes)
    first = report(november[0], "4300")
    assert not any(line.votes for one in first.contests for line in one.selections)
    assert counts[:2] == [(0, 0), (522_926, 687_127)]
    assert counts[-1] == (867_029, 1_370_837)
    assert counts == sorted(counts)


def test_seats_of_city_councils(answers: dict[str, bytes]) -> None:
    """Sixty-nine contests elect two, three or four."""
    final = list(answers.values())[-1]
    seats = Counter(one.number_elected for one in report(final, "4300").contests)
    assert seats == {1: 361, 3: 45, 2: 21, 4: 3}
