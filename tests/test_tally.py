"""The race's total: counties summed, alternatives never mixed, completeness never guessed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.model import ResultsStatus, UnitKind, VoteType
from monitor.races import Endorsement
from monitor.tally import Snapshot, Tally, add_up
from tests.core_examples import (
    CERTIFIED,
    COMPLETE,
    DURHAM_NIGHT,
    PITT_NIGHT,
    contest,
    race,
    snapshot,
    tally_of,
)

TWO_COUNTIES = race("Faris Dixon", sources=(("a", "Pitt"), ("b", "Greene")))
TWO_SOURCES = race("Faris Dixon", sources=(("county", "Pitt"), ("state", "Pitt")))
HALF = {"Faris Dixon": 100, "Rival": 90}


def counties(one: tuple[int, int] | None, two: tuple[int, int] | None) -> Tally:
    return add_up(
        TWO_COUNTIES,
        {"a": snapshot(contest(HALF, one)), "b": snapshot(contest(HALF, two))},
    )


def test_the_leader_stands_first_and_write_ins_are_in_the_total() -> None:
    tally = tally_of(race("Faris Dixon"), PITT_NIGHT, write_in=12)
    assert [line.name for line in tally.lines] == ["Faris Dixon", "Rival", "Write-in"]
    assert tally.total == 30_313 + 27_896 + 12


def test_counties_are_summed_by_name() -> None:
    tally = counties((10, 10), (5, 8))
    assert [(line.name, line.votes) for line in tally.lines] == [
        ("Faris Dixon", 200),
        ("Rival", 180),
    ]
    assert tally.units is not None
    assert (tally.units.reported, tally.units.total) == (15, 18)
    assert not tally.is_complete


def test_a_county_without_a_report_is_missing_and_nothing_is_complete() -> None:
    tally = add_up(TWO_COUNTIES, {"a": snapshot(contest(HALF), status=CERTIFIED)})
    assert tally.missing == ("Greene",)
    assert not tally.is_complete


@pytest.mark.parametrize("second", [(0, 0), (8, 10), None])
@pytest.mark.parametrize("first", [(10, 10), (12, 10)])
def test_one_county_never_makes_another_complete(
    first: tuple[int, int], second: tuple[int, int] | None
) -> None:
    assert not counties(first, second).is_complete


MIXED = {
    "a": snapshot(contest(HALF, (1, 1), UnitKind.COUNTIES)),
    "b": snapshot(contest(HALF, (9, 9))),
}


def test_units_of_different_kinds_are_not_summed() -> None:
    assert add_up(TWO_COUNTIES, MIXED).units is None


def test_each_county_is_complete_by_its_own_units_or_status() -> None:
    """One county counts precincts, another itself; a third says in words that it is done."""

    def complete(one: Snapshot, two: Snapshot) -> bool:
        return add_up(TWO_COUNTIES, {"a": one, "b": two}).is_complete

    assert complete(*MIXED.values())
    in_words = snapshot(contest(HALF, None), status=COMPLETE)
    assert complete(MIXED["a"], in_words)
    assert not complete(snapshot(contest(HALF, (9, 10))), in_words)
    assert not complete(snapshot(contest(HALF, None)), in_words)
    recounts = snapshot(contest(HALF, (9, 9)), status=ResultsStatus.RECOUNT)
    assert not complete(recounts, MIXED["b"]), "one that is recounted has not said its last word"


def test_one_person_under_two_spellings_is_one_line() -> None:
    """A county prints the nickname: votes that are split would show ours behind."""
    two = replace(
        TWO_COUNTIES, endorsements=(Endorsement("Faris Dixon", ("X",), aliases=("F. C. Dixon",)),)
    )
    other = contest({"F. C. Dixon": 70, "Rival": 10})
    tally = add_up(two, {"a": snapshot(contest(HALF)), "b": snapshot(other)})
    assert [(line.name, line.votes) for line in tally.lines] == [
        ("Faris Dixon", 170),
        ("Rival", 100),
    ]


@pytest.mark.parametrize(
    ("units", "status", "complete"),
    [
        ((57, 57), None, True),
        ((56, 57), None, False),
        ((0, 0), None, False),
        ((58, 57), None, False),
        (None, None, False),
        (None, COMPLETE, True),
        ((3, 57), CERTIFIED, True),
        ((3, 57), ResultsStatus.UNOFFICIAL_PARTIAL, False),
    ],
)
def test_a_count_is_complete_only_when_the_source_says_so(
    units: tuple[int, int] | None, status: ResultsStatus | None, *, complete: bool
) -> None:
    assert tally_of(race("Faris Dixon"), PITT_NIGHT, status, units).is_complete is complete


def test_the_least_advanced_status_counts() -> None:
    def status(one: ResultsStatus | None, two: ResultsStatus | None) -> ResultsStatus | None:
        made = {
            "a": snapshot(contest(HALF), status=one),
            "b": snapshot(contest(HALF), status=two),
        }
        return add_up(TWO_COUNTIES, made).status

    assert status(CERTIFIED, COMPLETE) is COMPLETE
    assert status(CERTIFIED, None) is None
    assert status(CERTIFIED, ResultsStatus.RECOUNT) is ResultsStatus.RECOUNT


def sources(county: Snapshot | None, state: Snapshot | None) -> dict[str, Snapshot]:
    return {name: one for name, one in (("county", county), ("state", state)) if one is not None}


def test_alternatives_are_never_mixed_and_the_first_is_preferred() -> None:
    newer = {"Faris Dixon": 300, "Rival": 290}
    both = sources(snapshot(contest(HALF)), snapshot(contest(newer)))
    tally = add_up(TWO_SOURCES, both)
    assert (tally.sources, tally.total) == (("county",), 190)


def test_a_preferred_source_at_zero_does_not_hide_an_alternative_with_votes() -> None:
    zero = snapshot(contest(dict.fromkeys(HALF, 0)))
    tally = add_up(TWO_SOURCES, sources(zero, snapshot(contest(HALF))))
    assert (tally.sources, tally.total) == (("state",), 190)
    assert add_up(TWO_SOURCES, sources(zero, zero)).sources == ("county",)


def test_early_votes_alone_are_seen_for_what_they_are() -> None:
    def told(types: dict[VoteType, int]) -> bool:
        made = snapshot(contest(DURHAM_NIGHT, types=types))
        return add_up(race(), {"nc_durham": made}).election_day_missing

    assert told({VoteType.EARLY: 15_207, VoteType.ELECTION_DAY: 0})
    assert not told({VoteType.EARLY: 9_000, VoteType.ELECTION_DAY: 6_207})
    assert not told({})


EARLY_ONLY = {VoteType.EARLY: 9_000, VoteType.ABSENTEE_MAIL: 6_207}


def test_votes_that_are_all_early_lack_election_day_though_nothing_names_it() -> None:
    """29 of 29 precincts with one kind of vote (DC 2014, McHenry 2007)."""

    def lacks(types: dict[VoteType, int]) -> bool:
        made = contest({"Satana Deberry": 15_207}, types=types)
        return add_up(race(), {"nc_durham": snapshot(made)}).election_day_missing

    assert lacks(EARLY_ONLY)
    assert not lacks({**EARLY_ONLY, VoteType.ELECTION_DAY: 1})
    assert not lacks({VoteType.EARLY: 9_000}), "the rest may be of any kind"
    assert not lacks({VoteType.EARLY: 9_000, VoteType.OTHER: 6_207})


def test_one_county_with_election_day_votes_does_not_hide_another_without() -> None:
    early = contest({"Faris Dixon": 15_207}, types=EARLY_ONLY)
    day = contest({"Faris Dixon": 9}, types={VoteType.ELECTION_DAY: 9})
    both = {"a": snapshot(day), "b": snapshot(early)}
    assert add_up(TWO_COUNTIES, both).election_day_missing


def test_a_line_is_found_however_the_name_is_spelled() -> None:
    tally = tally_of(race("Faris Dixon"), {"DIXON, FARIS (I)": 2, "Rival": 1})
    found = tally.line("Faris Dixon")
    assert found is not None
    assert found.votes == 2
    assert tally.line("Somebody Else") is None


def test_permuted_choices_add_up_to_the_same_tally() -> None:
    one = contest(DURHAM_NIGHT)
    other = replace(one, selections=one.selections[::-1])
    durham = race()
    assert add_up(durham, {"nc_durham": snapshot(one)}) == add_up(
        durham, {"nc_durham": snapshot(other)}
    )


def test_a_trusted_source_that_lags_takes_over_when_it_has_caught_up() -> None:
    """The state's early votes hide no later count that staff were already told of."""

    def used(county: int, state: int, *using: str) -> tuple[str, ...]:
        made = sources(
            snapshot(contest({"Ann Alpha": county, "Bo Rival": 10})),
            snapshot(contest({"Ann Alpha": state, "Bo Rival": 10})),
        )
        return add_up(TWO_SOURCES, made, frozenset(using)).sources

    assert used(90, 500) == ("county",)
    assert used(90, 500, "state") == ("state",)
    assert used(500, 500, "state") == ("county",)
    assert used(500, 900, "county") == ("county",)
