"""Matching: exactly one contest, each candidate by whole name, and never a guess.

Contest titles are in the styles of real sources (NC State Board, Texas SOS, Clarity,
Washington); ids, and which titles stand together in one report, are ours.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.match import Found, Trouble, Unmatched, find, fingerprint, normal_name
from monitor.model import Contest, Report, Selection
from monitor.races import Election, ElectionKind, Endorsement, Race, SourceUse

if TYPE_CHECKING:
    import random

PRIMARY = Election("nc-2018", date(2018, 5, 8), "NC", ElectionKind.PARTISAN_PRIMARY_OPEN)
DEBERRY = Endorsement("Satana Deberry", ("Example Coalition",))


def contest(key: str, title: str, *names: str, party: str = "") -> Contest:
    lines = tuple(Selection(f"{key}-{i}", name, 10 * i) for i, name in enumerate(names))
    return Contest(key=key, title=title, selections=lines, party=party)


DURHAM = contest(
    "1016",
    "DISTRICT ATTORNEY DISTRICT 16",
    "Roger Echols",
    "Satana Deberry",
    "Daniel Meier",
    party="DEM",
)
REPORT = Report(
    (
        contest("1001", "US HOUSE OF REPRESENTATIVES DISTRICT 04", "A B", "C D", party="DEM"),
        DURHAM,
        contest("2016", "DISTRICT ATTORNEY DISTRICT 16", "Someone Else", party="REP"),
        contest("1030", "DURHAM COUNTY SHERIFF", "E F", "G H", party="DEM"),
    )
)
BY_KEY = SourceUse("nc_durham", ("Durham",), contest_key="1016")
BY_TITLE = SourceUse("nc_durham", ("Durham",), contest="district attorney district 16")


def race(*endorsements: Endorsement, party: str = "DEM") -> Race:
    return Race(
        "durham-da",
        PRIMARY,
        "Durham DA",
        "District Attorney",
        endorsements or (DEBERRY,),
        (),
        party=party,
    )


def found(report: Report, use: SourceUse = BY_TITLE, wanted: Race | None = None) -> Found:
    result = find(report, wanted or race(), use)
    assert isinstance(result, Found), result
    return result


def trouble(report: Report, use: SourceUse = BY_TITLE, wanted: Race | None = None) -> Unmatched:
    result = find(report, wanted or race(), use)
    assert isinstance(result, Unmatched), result
    assert "\n" not in result.sentence
    return result


def named(name: str, *on_ballot: str, aliases: tuple[str, ...] = ()) -> Found | Unmatched:
    """Look for one name among the lines of one contest."""
    ours = Endorsement(name, ("Example Coalition",), aliases)
    return find(Report((contest("1", "DA", *on_ballot),)), race(ours, party=""), ONLY)


ONLY = SourceUse("sheet", ("Durham",), contest="^DA$")


# --- contests


@pytest.mark.parametrize("use", [BY_KEY, BY_TITLE, replace(BY_TITLE, contest=r"attorney.*\b16\b")])
def test_a_contest_is_found_by_id_or_by_pattern(use: SourceUse) -> None:
    result = found(REPORT, use)
    assert result.contest is DURHAM
    assert [(e.candidate, s.key) for e, s in result.ours] == [("Satana Deberry", "1016-1")]


def test_the_id_goes_before_the_pattern() -> None:
    use = replace(BY_KEY, contest="sheriff")
    assert found(REPORT, use).contest is DURHAM


def test_the_other_partys_primary_of_the_same_name_is_not_ours() -> None:
    only_theirs = Report(tuple(c for c in REPORT.contests if c.party != "DEM"))
    result = trouble(only_theirs)
    assert result.kind is Trouble.CONTEST_MISSING
    assert "party DEM" in result.sentence
    assert "«DISTRICT ATTORNEY DISTRICT 16 (id 2016, REP)»" in result.sentence


def test_a_party_contest_is_not_a_race_without_a_party() -> None:
    assert trouble(REPORT, wanted=race(party="")).kind is Trouble.CONTEST_MISSING


@pytest.mark.parametrize(
    ("title", "fits"),
    [
        ("District Attorney District 16 - DEM", True),
        ("DEM - District Attorney District 16", True),
        ("Democratic District Attorney District 16 (Vote For 1)", True),
        ("District Attorney District 16", True),
        ("Green County District Attorney District 16", True),
        ("District Attorney District 16 - REP", False),
        ("Republican District Attorney District 16", False),
    ],
)
def test_where_the_party_stands_in_the_title_only_it_must_not_be_another(
    title: str, *, fits: bool
) -> None:
    result = find(Report((contest("5", title, "Satana Deberry"),)), race(), BY_TITLE)
    assert isinstance(result, Found) is fits


@pytest.mark.parametrize(
    "party", ["DEM", "Democratic", "democrat", "D", "Dem.", "Democratic Party"]
)
def test_a_party_has_several_spellings(party: str) -> None:
    assert found(Report((replace(DURHAM, party=party),))).ours


def test_an_id_given_to_another_partys_contest_does_not_match_and_says_so() -> None:
    reused = Report((replace(REPORT.contests[2], key="1016"),))
    result = trouble(reused, BY_KEY)
    assert result.kind is Trouble.CONTEST_MISSING
    assert "that id is DISTRICT ATTORNEY DISTRICT 16 (id 1016, REP)" in result.sentence


def test_two_contests_that_fit_are_told_and_neither_is_taken() -> None:
    result = trouble(REPORT, replace(BY_TITLE, contest="."))
    assert result.kind is Trouble.CONTEST_AMBIGUOUS
    assert result.sentence.startswith("3 contests fit pattern '.', party DEM in source nc_durham")
    assert len(result.listed) == 3
    twice = Report((DURHAM, DURHAM))
    assert trouble(twice, BY_KEY).kind is Trouble.CONTEST_AMBIGUOUS


def test_without_id_and_pattern_nothing_fits_even_a_single_contest() -> None:
    result = trouble(Report((DURHAM,)), SourceUse("nc_durham", ("Durham",)))
    assert result.kind is Trouble.CONTEST_MISSING


def test_what_the_source_has_is_listed_nearest_first_and_not_endlessly() -> None:
    others = tuple(contest(str(i), f"SOIL AND WATER DISTRICT {i}") for i in range(20))
    near = contest("77", "Prosecuting Attorney, Durham", party="DEM")
    result = trouble(Report((*others, near)))
    assert result.listed[0] == "Prosecuting Attorney, Durham (id 77, DEM)"
    assert len(result.listed) == 21
    assert result.sentence.count("«") == 8
    assert result.sentence.endswith("and 13 more")


@pytest.mark.parametrize(
    "office",
    [
        "District Attorney",
        "Criminal District Attorney",
        "Prosecuting Attorney",
        "Prosecutor",
        "State's Attorney",
        "State’s Attorney",  # noqa: RUF001 - as sources print it
        "State Attorney",
        "Commonwealth's Attorney",
        "County Attorney",
        "Circuit Attorney",
        "Solicitor",
    ],
)
def test_every_name_of_the_office_counts_as_near(office: str) -> None:
    report = Report((contest("1", "Durham District Court Judge"), contest("2", f"{office} Dist 9")))
    assert trouble(report).listed[0].endswith("(id 2)")


def test_an_empty_report_is_a_missing_contest() -> None:
    result = trouble(Report(()))
    assert result.kind is Trouble.CONTEST_MISSING
    assert result.listed == ()
    assert result.sentence.endswith("it has nothing")


def test_a_note_without_counts_matches_and_has_no_lines() -> None:
    note = Contest(key="1016", title="DA", selections=(), party="DEM", counts_known=False)
    assert found(Report((note,)), BY_KEY) == Found(note, ())


# --- candidates


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Satana Deberry", "SATANA DEBERRY"),
        ("Satana Deberry", "  Satana   Deberry "),
        ("Satana Deberry", "DEBERRY, SATANA"),
        ("Satana Deberry", "Deberry, Satana (INCUMBENT)"),
        ("Satana Deberry", "DEM Satana Deberry"),
        ("Satana Deberry", "DEM - DEBERRY, SATANA"),
        ("Satana Deberry", "Satana Deberry (DEM)"),
        ("Satana Deberry", "* Satana Deberry"),
        ("Satana Deberry", "Satana Deberry*"),
        ("Satana Deberry", "Satana\u00a0Deberry"),
        ("Paul Howard", "Paul Howard (I)"),
        ('John "Jack" Smith', "John Smith"),
        ("John “Jack” Smith", "SMITH, JOHN (JACK)"),
        ("John 'Jack' Smith", "John Smith"),
        ("John Smith Jr.", "SMITH JR, JOHN"),
        ("John Smith, Jr.", "SMITH, JOHN JR"),
        ("John Smith III", "Smith, John, III"),
        ("Mary O'Neal", "MARY O’NEAL"),  # noqa: RUF001 - as sources print it
        ("Mary O'Neal", "ONEAL, MARY"),
        ("Perla Muñoz Hopkins", "PERLA MUNOZ HOPKINS"),
        ("Perla Munoz Hopkins", "PERLA MUÑOZ HOPKINS"),
        ("José J. Garza", "GARZA, JOSE J"),
        ("Genevieve Jones-Wright", "GENEVIEVE JONES–WRIGHT"),  # noqa: RUF001 - a dash
    ],
)
def test_one_name_in_two_spellings_matches(ours: str, theirs: str) -> None:
    result = named(ours, "Somebody Else", theirs)
    assert isinstance(result, Found), result
    assert result.ours[0][1].name == theirs


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("Satana Deberry", "Deberry"),
        ("Deberry", "Satana Deberry"),
        ("Satana Deberry", "Satana Deberry-Jones"),
        ("Satana Deberry", "Satana Deberri"),
        ("Satana Deberry", "Satana M. Deberry"),
        ("John Smith", "John Smith Jr."),
        ("John Smith II", "John Smith III"),
        ("John Smith", "Smith John"),
    ],
)
def test_a_part_of_a_name_or_a_near_one_never_matches(ours: str, theirs: str) -> None:
    result = named(ours, theirs, "Somebody Else")
    assert isinstance(result, Unmatched)
    assert result.kind is Trouble.CANDIDATE_MISSING
    assert result.listed[0] == theirs
    assert result.sentence.startswith(f"nobody is called {ours} in DA (id 1); it has «{theirs}»")


def test_an_alias_is_another_whole_name() -> None:
    result = named("Faris Dixon", "FARIS C DIXON, JR", aliases=("Faris C. Dixon Jr.",))
    assert isinstance(result, Found)


def test_two_lines_of_one_name_are_told_and_neither_is_taken() -> None:
    result = named("John Smith", "John Smith (A)", "SMITH, JOHN", "Else")
    assert isinstance(result, Unmatched)
    assert result.kind is Trouble.CANDIDATE_AMBIGUOUS
    assert result.sentence.startswith("2 lines are called John Smith in DA (id 1)")
    assert set(result.listed) == {"John Smith (A)", "SMITH, JOHN"}


def test_two_endorsements_cannot_share_a_line() -> None:
    two = race(DEBERRY, Endorsement("S. Deberry", ("Other",), ("Satana Deberry",)))
    result = trouble(REPORT, wanted=two)
    assert result.kind is Trouble.CANDIDATE_AMBIGUOUS
    assert "Satana Deberry and S. Deberry both fit one line" in result.sentence


def test_two_of_ours_are_both_found_in_the_order_of_the_config() -> None:
    two = race(Endorsement("Daniel Meier", ("B",)), DEBERRY)
    assert [s.name for _, s in found(REPORT, wanted=two).ours] == ["Daniel Meier", "Satana Deberry"]


@pytest.mark.parametrize(
    ("theirs", "told"),
    [
        ("Satana D\u0435berry", "U+0435 CYRILLIC SMALL LETTER IE"),
        ("Satana De\u200bberry", "U+200B ZERO WIDTH SPACE"),
        ("\u202eSatana Deberry", "U+202E RIGHT-TO-LEFT OVERRIDE"),
        ("Satana De\u00adberry", "U+00AD SOFT HYPHEN"),
        ("Satana De\u034fberry", "U+034F COMBINING GRAPHEME JOINER"),
        ("Satana De\ufe0fberry", "U+FE0F VARIATION SELECTOR-16"),
        ("Satana Debe\u0433ry", "U+0433 CYRILLIC SMALL LETTER GHE"),
    ],
)
def test_letters_that_only_look_alike_do_not_match_and_are_named(theirs: str, told: str) -> None:
    result = named("Satana Deberry", theirs, "Roger Echols")
    assert isinstance(result, Unmatched)
    assert result.kind is Trouble.CANDIDATE_MISSING
    assert "only looks like it" in result.sentence
    assert told in result.sentence
    assert "\u202e" not in result.sentence
    assert "\u200b" not in result.sentence


def test_hostile_text_stays_on_one_line() -> None:
    result = named("Satana Deberry", "A\nB\r\u2028C" + "x" * 500)
    assert isinstance(result, Unmatched)
    assert len(result.sentence.splitlines()) == 1
    assert len(result.listed[0]) == 80


def test_a_blank_endorsement_matches_no_blank_line() -> None:
    assert isinstance(named(" ", "", " "), Unmatched)


def test_a_name_of_asides_alone_is_still_a_name() -> None:
    assert normal_name("(Write-in)") == "(write-in)"
    assert normal_name('"Skip"') == '"skip"'
    assert normal_name("***") == "***"


# --- fingerprints


def test_a_fingerprint_holds_through_another_printing_of_the_title() -> None:
    same = ("DISTRICT  ATTORNEY - District 16 (Vote For 1)", "District Attorney, District 16")
    assert {fingerprint(replace(DURHAM, title=t)) for t in same} == {fingerprint(DURHAM)}
    doubled = replace(DURHAM, title="Durham County County DA")
    assert fingerprint(doubled) == fingerprint(replace(DURHAM, title="DURHAM COUNTY DA"))


def test_a_fingerprint_tells_an_id_reused_for_another_race() -> None:
    others = (
        replace(DURHAM, title="DURHAM COUNTY SHERIFF"),
        replace(DURHAM, party="REP"),
        replace(DURHAM, key="1017"),
    )
    assert fingerprint(DURHAM) not in {fingerprint(other) for other in others}


def test_a_fingerprint_does_not_look_at_votes_or_lines() -> None:
    assert fingerprint(replace(DURHAM, selections=())) == fingerprint(DURHAM)


# --- properties

NAMES = st.text(
    st.characters(codec="utf-8", categories=("L", "M", "N", "P", "Z", "S", "Cf")), max_size=20
)


@given(st.lists(NAMES, min_size=1, max_size=6))
def test_any_name_in_a_contest_matches_itself(names: list[str]) -> None:
    """Itself, or a told ambiguity where another line has the same name."""
    for name in names:
        if not normal_name(name):
            continue
        result = named(name, *names)
        if [normal_name(other) for other in names].count(normal_name(name)) == 1:
            assert isinstance(result, Found)
            assert result.ours[0][1].name == name
        else:
            assert isinstance(result, Unmatched)
            assert result.kind is Trouble.CANDIDATE_AMBIGUOUS


@given(
    seed=st.randoms(use_true_random=False),
    use=st.sampled_from([BY_KEY, BY_TITLE, replace(BY_TITLE, contest="."), ONLY]),
    candidate=st.sampled_from(["Satana Deberry", "Daniel Meier", "Nobody Here"]),
)
def test_order_never_changes_the_result(
    seed: random.Random, use: SourceUse, candidate: str
) -> None:
    """Sources shuffle contests and choices during the night."""
    wanted = race(Endorsement(candidate, ("Example Coalition",)))

    def shuffled(one: Contest) -> Contest:
        return replace(one, selections=tuple(seed.sample(one.selections, len(one.selections))))

    contests = [shuffled(one) for one in REPORT.contests]
    seed.shuffle(contests)
    before, after = find(REPORT, wanted, use), find(Report(tuple(contests)), wanted, use)
    if isinstance(before, Found):
        assert isinstance(after, Found)
        assert after.contest.key == before.contest.key
        assert after.ours == before.ours
    else:
        assert after == before


WORDS = st.text("abcdeéñ-", min_size=3, max_size=8).filter(lambda word: word != "dem")


@given(first=WORDS, last=WORDS, suffix=st.sampled_from(["", " Jr.", " III"]))
def test_dressing_a_name_up_never_changes_it(first: str, last: str, suffix: str) -> None:
    """Every way sources print one name has one normal form."""
    plain = normal_name(f"{first} {last}{suffix}")
    for dressed in (
        f"{last}, {first}{suffix} (I)",
        f"{last}{suffix}, {first}".upper(),
        f"* {first}  {last}{suffix}",
        f'DEM {first} "Ace" {last}{suffix}',
        f"{first} (Ace) {last}{suffix.replace('.', '')} (REP)",
    ):
        assert normal_name(dressed) == plain
