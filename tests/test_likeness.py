"""Suggestions: what stands nearest, in titles and names as real sources print them.

Titles and names are from the stored answers of North Carolina (2024), Dallas and Bexar
(2018), Allegheny (2023), Indiana, Washington, Oklahoma, Kentucky and Los Angeles; which of
them stand together in one list is ours. Nothing here finds anything: that is test_match.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import likeness
from monitor.likeness import alike, guesses, nearest, spelt_alike
from monitor.match import (
    Found,
    find,
    is_prosecutor,
    nearest_contests,
    nearest_names,
    normal_name,
)
from monitor.model import Contest, Report, Selection
from tests.test_match import BY_KEY, BY_TITLE, DEBERRY, REPORT, race

if TYPE_CHECKING:
    import random

    from monitor.races import SourceUse

# -- titles ------------------------------------------------------------------------------

AROUND = (
    "ATTORNEY GENERAL", "NC ATTORNEY GENERAL (VOTE FOR 1)", "DISTRICT COURT JUDGE DISTRICT 16",
    "Circuit Court Clerk", "County Commissioner District 16", "City Attorney", "SHERIFF",
    "MEMBER STATE BOARD OF EQUALIZATION 3rd District", "Judge of the Commonwealth Court",
    "State Senator, 16th Judicial District", "ARCADIA CITY GENERAL MUNICIPAL ELECTION - MEASURE CA",
    "DEM County Controller", "County Auditor", "Solid Waste District Director",
)  # fmt: skip
"""What stands on the same ballots and shares words with the office."""


def titled(*titles: str) -> tuple[Contest, ...]:
    """Make contests with titles; the id is the title's place."""
    return tuple(Contest(str(key), title, ()) for key, title in enumerate(titles))


def shown(contest: Contest) -> str:
    """Return how a contest is listed."""
    return f"{contest.title} (id {contest.key})"


OFFICES = (
    "DISTRICT ATTORNEY DISTRICT 16 (VOTE FOR 1)",
    "DISTRICT ATTORNEY DISTRICT 16 - DEM (VOTE FOR 1)",
    "CRIMINAL DISTRICT ATTORNEY DALLAS COUNTY",
    "DEM District Attorney",
    "FOR DISTRICT ATTORNEY DISTRICT 3",
    "Prosecuting Attorney Of Dearborn & Ohio Counties, 7th Judicial Circuit",
    "CLARK COUNTY COUNTY PROSECUTING ATTORNEY",
    "COUNTY WIDE DISTRICT 01 Columbia County Prosecutor",
    "County of Jefferson Prosecutor and Coroner",
    "Grays Harbor - ALL Prosecutor",
    "Commonwealth's Attorney, 57th Judicial Circuit",
    "COMMONWEALTH’S ATTORNEY (Alexandria City)",  # noqa: RUF001 - as sources print it
    "State Attorney, 20th Judicial Circuit",
    "STATES ATTORNEY",
    "State's Attorney Vote for not more than 1",
    "For County Attorney",
    "Circuit Attorney",
    "Solicitor Circuit 5",
    "Dist. Attorney",
    "PROS ATTY",
    "Durham DA",
)
"""The office in the words of many states."""
ASKED = (
    "district attorney", "prosecuting attorney", "state's attorney", "commonwealth's attorney",
    "county attorney", "solicitor", "circuit attorney", "county prosecutor", "DA",
)  # fmt: skip


@pytest.mark.parametrize("title", OFFICES)
@pytest.mark.parametrize("asked", ASKED)
def test_the_office_is_nearest_by_any_name(asked: str, title: str) -> None:
    """Nobody has to know what a state calls its prosecutor."""
    contests = titled(*AROUND, title)
    assert nearest_contests(f"{asked} Durham", contests)[0] == shown(contests[-1])


@pytest.mark.parametrize("title", AROUND)
def test_what_only_shares_words_is_no_prosecutor(title: str) -> None:
    assert not is_prosecutor(title)


def test_a_measures_letters_are_no_office() -> None:
    """California gives measures double letters."""
    assert not is_prosecutor("CITY GENERAL MUNICIPAL ELECTION - MEASURE DA")
    assert not is_prosecutor("For Associate Justice - MARIA DA SILVA")
    for title in ("Durham DA", "DA - DEM", "DA District 16 (Vote For 1)", "DA 16", "DA - REP"):
        assert is_prosecutor(title)


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        (
            "District Attorney district attorney district 16 DEM",
            (
                "DISTRICT ATTORNEY DISTRICT 16 - DEM (VOTE FOR 1)",
                "DISTRICT ATTORNEY DISTRICT 06 (UNEXPIRED) (VOTE FOR 1)",
                "DISTRICT COURT JUDGE DISTRICT 16",
                "SHERIFF",
            ),
        ),
        (
            "Crawford County prosecutor",
            (
                "Prosecuting Attorney Of Crawford County, 77th Judicial Circuit",
                "Prosecuting Attorney Of Dearborn & Ohio Counties, 7th Judicial Circuit",
                "Sheriff Of Crawford County",
            ),
        ),
        (
            "Allegheny District Attorney REP",
            ("REP District Attorney", "DEM District Attorney", "REP County Controller"),
        ),
        ("sherif", ("SHERIFF", "ATTORNEY GENERAL", "DISTRICT ATTORNEY DISTRICT 16")),
    ],
)
def test_titles_stand_nearest_first(asked: str, titles: tuple[str, ...]) -> None:
    contests = titled(*titles)
    expected = tuple(shown(one) for one in contests)
    assert nearest_contests(asked, contests) == expected
    assert nearest_contests(asked, contests[::-1]) == expected


# -- names -------------------------------------------------------------------------------

BALLOT = (
    "Roger Echols", "Daniel Meier", "Sarah Stevens", "Write-in", "John Smith", "Dan Gonzalez",
    "Joe Smithson", "ELIZABETH DAVIS FRIZELL", "Faith Johnson", "Michael Dougherty",
)  # fmt: skip
"""Other lines of a contest, some of them near."""


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Satana Deberry", "DEBERRY, SATANA (I)"),
        ("Satana Deberry", "Deberry, Satana M."),
        ("Satana Deberry", "Satana Deberry - DEM"),
        ("Satana Deberry", "Satana De Berry"),
        ("Satana Deberry", "SATANA DEBERRI"),
        ("Satana Deberry", "Deberry"),
        ("John Creuzot", "CREUZOT, JOHN C. (VOTE FOR 1)"),
        ("Joe Gonzales", "JOSEPH D. GONZALES"),
        ("Nico LaHood", 'Nicholas "Nico" LaHood'),
        ("Nicholas LaHood", "LaHood, Nico"),
        ("Bill Nash", "William M. (Bill) Nash"),
        ("Rene Guerra", "René Guerra"),
        ("Ricardo Rodriguez", "RODRÍGUEZ, RICARDO (INCUMBENT)"),
        ("Stephen Zappala", "Steve Zappala"),
        ("Stephen A. Zappala Jr.", "Steve Zappala"),
        ("Matthew Dugan", "Matt Dugan (DEM)"),
        ("Laura Austin", "LAURA AUSTIN THOMAS"),
        ("Jenny Proehl Day", "JENNY PROEHL-DAY"),
        ("Allie Leake", "Alexandria (Allie) Leake"),
        ("Angie Fox", "Angela Bullard (Angie) Fox"),
        ("James Johnson", "James L. Johnson Jr. (W/I)"),
    ],
)
def test_the_same_person_is_nearest(ours: str, theirs: str) -> None:
    assert nearest_names(ours, (*BALLOT, theirs))[0] == theirs
    assert nearest_names(ours, (theirs, *BALLOT[::-1]))[0] == theirs


# -- misspelt words ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "known", "told"),
    [
        ("Buks", ("bucks", "Berks", "Bucks", "York"), ("Bucks",)),
        ("nc_duram", ("nc_durham", "nc_pitt"), ("nc_durham",)),
        ("xyz", ("nc_durham", "nc_pitt"), ()),
        ("", ("nc_durham",), ()),
        ("nc_durham", (), ()),
    ],
)
def test_a_misspelt_word_is_answered_with_the_nearest(
    said: str, known: tuple[str, ...], told: tuple[str, ...]
) -> None:
    assert guesses(said, known) == told


def test_as_many_are_told_as_are_wanted_and_as_near() -> None:
    assert guesses("ab", ("ac", "ab", "ad", "ab", "zz"), most=3, at_least=0.5) == ("ab", "ac", "ad")
    assert guesses("ab", ("ac",), at_least=0.51) == ()


# -- properties --------------------------------------------------------------------------

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=25)


@given(TEXTS, st.lists(TEXTS, max_size=8), st.randoms(use_true_random=False))
def test_an_order_does_not_depend_on_the_sources(
    wanted: str, names: list[str], seed: random.Random
) -> None:
    """Each is listed, and a shuffled ballot gives the same list."""
    pairs = [(name, name) for name in names]
    shuffled = seed.sample(pairs, len(pairs))
    assert nearest(wanted, shuffled) == nearest(wanted, pairs)
    assert sorted(nearest(wanted, pairs)) == sorted(names)
    assert guesses(wanted, seed.sample(names, len(names)), most=3) == guesses(wanted, names, most=3)


@given(TEXTS, TEXTS)
def test_likeness_is_from_0_to_1_and_the_same_both_ways(one: str, other: str) -> None:
    for how in (alike, spelt_alike):
        assert 0 <= how(one, other) <= 1
        assert how(one, other) == how(other, one)
    assert spelt_alike(one, one) == 1


def test_half_a_letter_does_not_stop_a_list() -> None:
    r"""JSON's \ud800 comes alone at times."""
    assert nearest("a\ud800", [("b\udfff", "b"), ("a\ud800", "a")]) == ("a", "b")


@given(
    names=st.lists(TEXTS, min_size=1, max_size=6),
    titles=st.lists(st.sampled_from([*OFFICES, *AROUND]), min_size=1, max_size=6),
    use=st.sampled_from([BY_KEY, BY_TITLE, replace(BY_TITLE, contest="attorney")]),
)
def test_likeness_never_finds_anything(names: list[str], titles: list[str], use: SourceUse) -> None:
    """With every likeness the same, the same is found and the same refused."""
    lines = tuple(Selection(str(key), name, 0) for key, name in enumerate([*names, "S Deberry"]))
    contests = tuple(Contest(str(key), title, lines, "DEM") for key, title in enumerate(titles))
    report = Report((*contests, *REPORT.contests))
    before = find(report, race(DEBERRY), use)
    with pytest.MonkeyPatch.context() as patch:
        for name in ("alike", "spelt_alike"):
            patch.setattr(likeness, name, lambda *_: 0.5)
            patch.setattr(f"monitor.match.{name}", lambda *_: 0.5)
        blind = find(report, race(DEBERRY), use)
    if isinstance(before, Found):
        assert blind == before
        assert {normal_name(line.name) for _, line in before.ours} == {"satana deberry"}
    else:
        assert not isinstance(blind, Found)
        assert (blind.kind, sorted(blind.listed)) == (before.kind, sorted(before.listed))
