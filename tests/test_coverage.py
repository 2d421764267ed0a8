"""How many prosecutors' districts are reached, by which way, and that the docs show it."""

from __future__ import annotations

import json
import re
import runpy
from dataclasses import dataclass

import pytest

from monitor.app import scrapers
from monitor.coverage import (
    Coverage,
    Nominal,
    Way,
    coverage,
    of_state,
    read,
    shipped_nominal,
    total,
    way_of,
)
from monitor.directory import Address, Reach, shipped_directory
from monitor.errors import ConfigInvalid, NothingMatched
from monitor.rulebook import shipped_rules
from tests.commands import ROOT, run

LINK = "https://example.org/"


@dataclass(frozen=True, slots=True)
class Kind:
    """A platform's own word on itself."""

    unproven: bool = False
    needs_confirmation: bool = False


KNOWN = {"good": Kind(), "new": Kind(unproven=True), "paper": Kind(needs_confirmation=True)}


def line(county: str, platform: str, reach: Reach, address: str = LINK) -> Address:
    """Make a line of a state called XX."""
    return Address("XX", county, platform, address, reach, "2026", "")


def count(*lines: Address, by_county: bool = True, districts: int = 10) -> tuple[int, ...]:
    """Return the four numbers: proven, unproven, report file, none."""
    (one,) = coverage(lines, (Nominal("XX", "Example", districts, by_county),), KNOWN)
    assert one.proven + one.unproven + one.report_file + one.none == one.districts == districts
    return one.proven, one.unproven, one.report_file, one.none


# -- one address -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "way"),
    [
        (line("A", "good", Reach.SHOWN), Way.PROVEN),
        (line("A", "good", Reach.LIKELY), Way.UNPROVEN),
        (line("A", "good", Reach.SHOWN, address=""), Way.UNPROVEN),
        (line("A", "new", Reach.SHOWN), Way.UNPROVEN),
        (line("A", "paper", Reach.SHOWN), Way.REPORT_FILE),
        (line("A", "good", Reach.FILE), Way.REPORT_FILE),
        (line("A", "good", Reach.NONE), Way.NONE),
        (line("A", "", Reach.NONE), Way.NONE),
        (line("A", "broken", Reach.SHOWN), Way.NONE),
    ],
)
def test_the_way_of_an_address(one: Address, way: Way) -> None:
    """Where something is not known, the worse is taken."""
    assert way_of(one, KNOWN) is way


# -- a state -----------------------------------------------------------------------------


def test_a_states_own_site_counts_for_all_that_is_left() -> None:
    assert count(line("", "good", Reach.SHOWN)) == (10, 0, 0, 0)
    assert count(line("", "new", Reach.SHOWN), line("A", "good", Reach.SHOWN)) == (1, 9, 0, 0)


def test_a_county_counts_once_by_its_best_way() -> None:
    one, other = line("A", "new", Reach.LIKELY), line("A", "good", Reach.SHOWN)
    assert count(one, other) == count(other, one) == (1, 0, 0, 9)
    assert count(other, line("A", "good", Reach.NONE)) == (1, 0, 0, 9)


def test_counties_of_circuits_count_for_nothing() -> None:
    assert count(line("A", "good", Reach.SHOWN), by_county=False) == (0, 0, 0, 10)
    assert count(line("", "good", Reach.SHOWN), by_county=False) == (10, 0, 0, 0)


def test_a_county_that_posts_something_else_posts_no_report_file() -> None:
    files = line("", "paper", Reach.FILE, address="")
    assert count(files, line("A", "", Reach.NONE)) == (0, 0, 9, 1)
    assert count(files, line("A", "", Reach.NONE), districts=1) == (0, 0, 0, 1)
    assert count(line("", "good", Reach.SHOWN), line("A", "", Reach.NONE)) == (10, 0, 0, 0)


def test_more_counties_than_districts_are_no_more_than_the_districts() -> None:
    lines = [line(name, "good", Reach.SHOWN) for name in "ABC"]
    assert count(*lines, districts=2) == (2, 0, 0, 0)


def test_what_is_elsewhere_is_out_of_reach() -> None:
    """Texas's county attorneys are not at the state's address."""
    nominal = Nominal("XX", "Example", 10, by_county=False, elsewhere=3)
    (one,) = coverage((line("", "good", Reach.SHOWN),), (nominal,), KNOWN)
    assert (one.proven, one.none, one.districts) == (7, 3, 10)


def test_nothing_noted_is_out_of_reach() -> None:
    assert count() == (0, 0, 0, 10)


def test_states_are_added_up() -> None:
    one = Coverage("XX", 10, 4, 3, 2, 1, ("good",))
    assert total((one, one)) == Coverage("all", 20, 8, 6, 4, 2, ())


# -- the shipped numbers -----------------------------------------------------------------


def test_the_numbers_are_of_the_states_that_elect_prosecutors() -> None:
    rules = shipped_rules()
    names = {rule.state: rule.state_name for rule in rules.rules}
    assert {one.state: one.name for one in shipped_nominal()} == names
    assert 2_300 <= sum(one.districts for one in shipped_nominal()) <= 2_500


def test_the_head_says_what_the_numbers_are() -> None:
    text = (ROOT / "monitor" / "prosecutors.toml").read_text(encoding="utf-8")
    assert "nominal, general knowledge" in text.splitlines()[0]


def test_no_state_has_more_counties_noted_than_districts() -> None:
    by_county = {one.state: one.districts for one in shipped_nominal() if one.by_county}
    for state, districts in by_county.items():
        noted = {one.county for one in shipped_directory() if one.state == state and one.county}
        assert len(noted) <= districts, state


def test_every_problem_of_the_numbers_is_named() -> None:
    text = """\
[states.AA]
name = "A"
districts = 0
by = "county"
[states.BB]
name = "B"
districts = "4"
by = "town"
how = 1
[states.CC]
name = "C"
districts = 4
by = "town"
[states.DD]
by = "county"
districts = true
note = 4
[states.EE]
name = "E"
districts = 4
by = "county"
elsewhere = 5
"""
    with pytest.raises(ConfigInvalid) as refused:
        read(text)
    assert refused.value.problems == (
        "prosecutors.toml: states.AA.districts: must be 1 or more",
        "prosecutors.toml: states.BB.how: unknown key",
        "prosecutors.toml: states.BB.districts: must be int",
        "prosecutors.toml: states.CC.by: must be one of county, circuit",
        "prosecutors.toml: states.DD.name: must be str",
        "prosecutors.toml: states.DD.districts: must be int",
        "prosecutors.toml: states.DD.note: must be str",
        "prosecutors.toml: states.EE.elsewhere: must be from 0 to districts",
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "there are no tables"),
        ("states = 4", "there are no tables"),
        ("[states]\nAA = 4", r"states\.AA must be a table"),
        ("[states", r"prosecutors\.toml: "),
    ],
)
def test_another_shape_is_refused(text: str, told: str) -> None:
    with pytest.raises(ConfigInvalid, match=told):
        read(text)


def test_a_state_that_elects_none_is_refused() -> None:
    with pytest.raises(NothingMatched, match="no state 'NJ' that elects prosecutors; there are AL"):
        of_state(shipped_nominal(), "NJ")
    assert [one.name for one in of_state(shipped_nominal(), "pa")] == ["Pennsylvania"]


# -- what is shown -----------------------------------------------------------------------


def shipped() -> tuple[Coverage, ...]:
    """Count what is shipped."""
    return coverage(shipped_directory(), shipped_nominal(), scrapers())


def test_what_nobody_proved_is_not_counted_as_proven() -> None:
    """Georgia's site was seen with its district attorneys; Bucks's vendor never was."""
    rows = {one.state: one for one in shipped()}
    assert (rows["GA"].proven, rows["KY"].none) == (50, 177)
    proven = {one.platform for one in shipped_directory() if way_of(one, scrapers()) is Way.PROVEN}
    assert proven
    assert not any(scrapers()[name].unproven for name in proven)
    assert "ess_enr" not in proven


@pytest.mark.parametrize(
    ("state", "numbers"),
    [
        # A district attorney of Colorado and one of Florida stand in stored answers of these.
        ("CO", (23, 0, 0, 0)),
        ("FL", (20, 0, 0, 0)),
        # District attorneys were seen, the county attorneys who try felonies were not.
        ("TX", (126, 0, 0, 30)),
        # The stored series of Oregon is of a library district: no attorney was seen there.
        ("OR", (0, 36, 0, 0)),
        # All 91 are in a stored file, which a person exports: its address was not seen, and
        # no stored answer proves the platform that needs nobody.
        ("IN", (0, 91, 0, 0)),
        # Stored are the files of federal offices, not that of the counties.
        ("MN", (0, 87, 0, 0)),
        # 27 are in a list of winners; whether the results have them by state was not seen.
        ("VA", (0, 120, 0, 0)),
        # All 39 are in a file of the site that was left in 2025.
        ("WA", (0, 39, 0, 0)),
        # Built from stored answers without votes: the platform is unproven.
        ("VT", (0, 14, 0, 0)),
        # Akamai stands before it; leave has to be asked for.
        ("KY", (0, 0, 0, 177)),
        # Seven are in a stored file, which the site gives to people only.
        ("OK", (0, 0, 27, 0)),
        # All 17 are in a table that a newsroom made; the site is behind a wall.
        ("NV", (0, 0, 17, 0)),
    ],
)
def test_what_was_seen_decides(state: str, numbers: tuple[int, ...]) -> None:
    """Proven, unproven, report file, none: a stored figure proves its own address, no other."""
    (one,) = (one for one in shipped() if one.state == state)
    assert (one.proven, one.unproven, one.report_file, one.none) == numbers


def test_the_command_prints_the_table_and_its_sum() -> None:
    ran = run("coverage")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0].split() == [
        "state", "districts", "proven", "unproven", "report_file", "none", "platforms",
    ]  # fmt: skip
    whole = total(shipped())
    assert lines[-1].split()[:2] == ["all", f"{whole.districts:,}"]


def test_the_command_prints_json_without_the_sum() -> None:
    printed = json.loads(run("coverage", "--json").out)
    assert [one["state"] for one in printed] == [one.state for one in shipped_nominal()]
    (one,) = json.loads(run("coverage", "--state", "pa", "--json").out)
    assert (one["state"], one["districts"]) == ("PA", 67)
    assert run("coverage", "--state", "NJ").code == 5


def test_the_readme_has_the_same_numbers() -> None:
    """Write it anew with `python docs/coverage.py`; a README without its place is refused."""
    script = runpy.run_path(str(ROOT / "docs" / "coverage.py"))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert script["in_readme"](readme) == readme
    whole, made = total(shipped()), script["block"]()
    for words, number in (
        ("settings, proven", whole.proven), ("settings, unproven", whole.unproven),
        ("a report file, at most", whole.report_file), ("not at all", whole.none),
    ):  # fmt: skip
        (row,) = re.findall(rf"^\| {words} \| ([\d,]+) \| (.*) \|$", made, re.MULTILINE)
        assert int(row[0].replace(",", "")) == number
        assert sum(int(state.split()[1]) for state in row[1].split(", ")) == number
    with pytest.raises(SystemExit, match=r"expected <!-- coverage --> once in README\.md, found 0"):
        script["in_readme"]("# Another")


def test_the_page_is_what_the_code_says() -> None:
    """Write it anew with `python docs/coverage.py`."""
    script = runpy.run_path(str(ROOT / "docs" / "coverage.py"))
    assert script["page"]() == (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
