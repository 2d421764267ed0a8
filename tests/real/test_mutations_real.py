"""A thousand damaged copies of a real payload for each proven platform, from one seed.

Each copy is refused by name, or every number in its Report is the one that stands in the
damaged bytes under the same ids, as a plain reader finds it. That reader passes over a last
line without an end: a figure cut there is nobody's.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING

import pytest

from monitor.discover import discover
from monitor.errors import SourceFailure
from monitor.events import Kind
from monitor.model import Contest, Page, Report
from monitor.races import ElectionKind
from monitor.state import Watched
from tests.core_examples import COMPLETE, PLURALITY, Told, arrival, minutes, race
from tests.mutants import mutants
from tests.real.mutation_cases import cases

if TYPE_CHECKING:
    from pathlib import Path

    from scrapers.base import Platform
    from tests.real.payload_case import Case, Votes

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MUTANTS = 1_000
CASES = (
    "ca_sos", "clarity", "clarity in XML", "dominion_sovc", "electionware", "enhanced_export",
    "enhanced_voting", "ess_el30_html", "ess_el45", "fl_election_watch", "gems_text",
    "hart_tally", "id_enr", "in_csv", "la_county", "la_voterportal", "md_sbe", "mi_mvic",
    "mn_sos", "ncsbe", "nv_sos", "ok_oker", "plain_table", "results_ajax", "results_sw", "tally",
    "tx_goelect", "vt_enr", "wa_export",
)  # fmt: skip
OUTCOMES = {
    Kind.RACE_WON, Kind.RACE_LOST, Kind.ADVANCED, Kind.RUNOFF_SET, Kind.RUNOFF_POSSIBLE,
    Kind.RACE_TIED, Kind.OUTCOME_CERTIFIED, Kind.READY_TO_CALL, Kind.HEADS_UP, Kind.GOING_OUT,
}  # fmt: skip


@pytest.fixture(scope="module")
def all_cases(shared_data: Path) -> dict[str, Case]:
    """Return the case of every platform."""
    return cases(shared_data)


@cache
def platforms() -> dict[str, type[Platform]]:
    """Return every scraper by its name."""
    return dict(discover().scrapers)


def read(name: str, case: Case, body: bytes) -> Report:
    """Read a body as the platform does, beside the other pages of its visit."""
    scraper = platforms()[name.partition(" ")[0]]
    given = dict.fromkeys(scraper.settings_needed(), "x")
    pages = [Page("https://x/other", status, (), other, NOW) for other, status in case.before]
    pages.append(Page(case.url, 200, (), body, NOW))
    return scraper(date=None, settings={**given, **case.settings}).parse(tuple(pages))


def expected(case: Case, body: bytes) -> Votes:
    """Return what the plain reader finds, without a last line that has no end."""
    if case.kind != "json" and case.body.endswith(b"\n") and not body.endswith((b"\n", b"\r")):
        body = body[: body.rfind(b"\n") + 1]
    found = case.reader(body)
    return {tuple(" ".join(part.split()) for part in key): found[key] for key in found}


@pytest.mark.parametrize("name", CASES)
def test_a_damaged_payload_is_refused_or_read_as_it_stands(
    all_cases: dict[str, Case], name: str
) -> None:
    """Prints how many copies were refused, and how many were read with which numbers."""
    case = all_cases[name]
    original = case.ours(read(name, case, case.body))
    assert original
    plain = expected(case, case.body)
    assert original == {key: plain[key] for key in original}
    counts: Counter[str] = Counter()
    for damage, body in mutants(case.body, case.kind, MUTANTS, name, case.pack, case.unpack):
        try:
            report = read(name, case, body)
        except SourceFailure:
            counts["refused"] += 1
            continue
        ours, theirs = case.ours(report), expected(case, body)
        for key, votes in ours.items():
            assert theirs.get(key) == votes, (damage, key)
        counts["the same" if ours == original else "other numbers, as they stand"] += 1
        counts["numbers compared"] += len(ours)
    compared = counts.pop("numbers compared")
    assert counts.total() == MUTANTS
    assert counts["refused"] > MUTANTS // 10
    print(f"{name}: {dict(counts)}, {compared} numbers compared")  # noqa: T201


def leader(contest: Contest) -> str:
    """Return the name with the most votes."""
    return max(contest.selections, key=lambda one: one.votes).name


def margin(contest: Contest) -> float:
    """Return the lead over the second, as a part of all votes."""
    first, second, *_ = sorted((one.votes for one in contest.selections), reverse=True)
    return (first - second) / max(1, first + second)


def kinds_after(original: Contest, later: Contest) -> set[Kind]:
    """See a contest once, and then three looks at another state of it, said to be complete.

    The race endorses its first two. Three minutes are fewer than a fall has to last.
    """
    names = [one.name for one in sorted(original.selections, key=lambda one: -one.votes)][:2]
    watched = race(*names, kind=ElectionKind.GENERAL, party="", day=date(2018, 11, 6))
    told = Told(Watched(watched, PLURALITY))
    told.look(arrival(original, minutes(30)))
    seen: set[Kind] = set()
    for at in (31.5, 33, 34.5):
        seen |= set(told.look(arrival(later, minutes(at), COMPLETE)))
    return seen


@pytest.mark.parametrize("name", CASES)
def test_doubled_and_swapped_votes_give_no_outcome(all_cases: dict[str, Case], name: str) -> None:
    """The payload itself is doubled and swapped; the same contest unchanged gives one."""
    case = all_cases[name]
    found = {one.key: one for one in read(name, case, case.body).contests}
    swapped = {one.key: one for one in read(name, case, case.swap(case.body)).contests}
    turned = [
        key for key, one in found.items()
        if len(one.selections) > 1 and key in swapped and leader(one) != leader(swapped[key])
    ]  # fmt: skip
    key = max(turned, key=lambda key: margin(found[key]))
    doubled = {one.key: one for one in read(name, case, case.double(case.body)).contests}
    before = {one.key: one.votes for one in found[key].selections}
    assert {one.key: one.votes for one in doubled[key].selections} == {
        choice: 2 * votes for choice, votes in before.items()
    }
    assert kinds_after(found[key], found[key]) & OUTCOMES
    assert not kinds_after(found[key], swapped[key]) & OUTCOMES
    assert not kinds_after(found[key], doubled[key]) & OUTCOMES
