"""The shipped addresses: what stands in the file, what is refused, and what a question finds."""

from __future__ import annotations

import json
import re

import pytest

from monitor.app import scrapers
from monitor.directory import Address, Reach, look_for, read, shipped_directory
from monitor.errors import ConfigInvalid, NothingMatched
from monitor.rulebook import shipped_rules
from tests.commands import run

HEAD = "state,county,platform,address,reach,seen,note\n"
SHIPPED = shipped_directory()
BUCKS = "https://www.livevoterturnout.com/ENR/buckspaenr/18/summary_18.xml"


# -- the file ----------------------------------------------------------------------------


def place(one: Address) -> str:
    """Name a line in a test's name."""
    return "-".join((one.state, one.county or "state", one.platform or "none"))


@pytest.mark.parametrize("one", [one for one in SHIPPED if one.platform], ids=place)
def test_every_platform_is_there_and_knows_its_address(one: Address) -> None:
    """A report file may lie anywhere: its note says how its address is used."""
    platform = scrapers()[one.platform]
    assert platform.state in ("", one.state)
    assert platform.county in ("", one.county)
    assert not platform.hand_kept
    if one.address and platform.recognise(one.address) is None:
        assert platform.needs_confirmation
        assert "`url`" in one.note


def test_every_state_has_a_line_for_the_whole_of_it() -> None:
    """The states are those of the rules, with those that elect no prosecutor."""
    rules = shipped_rules()
    states = {rule.state for rule in rules.rules} | {one.state for one in rules.unelected}
    assert {one.state for one in SHIPPED if not one.county} == states


def test_states_that_elect_no_prosecutor_reach_none() -> None:
    unelected = {one.state for one in shipped_rules().unelected}
    assert {one.reach for one in SHIPPED if one.state in unelected} == {Reach.NONE}


def test_the_lines_stand_in_order() -> None:
    """Sorted by place, so that a person finds one and a change is one line of a diff."""
    places = [(one.state, one.county) for one in SHIPPED]
    assert places == sorted(places)
    assert len(SHIPPED) > 150


def test_an_address_that_was_not_seen_is_nowhere_said_to_show_prosecutors() -> None:
    assert [one for one in SHIPPED if one.reach is Reach.SHOWN and not one.address] == []


def test_no_election_is_named_by_a_clarity_address() -> None:
    """Its number is new for each election; `sources` reads the current ones."""
    clarity = [one.address for one in SHIPPED if "clarityelections" in one.address]
    assert clarity
    assert [one for one in clarity if re.search(r"/\d", one)] == []


# -- the reader --------------------------------------------------------------------------


def test_every_problem_is_named_with_its_line() -> None:
    text = HEAD + (
        "PA,Bucks,ess_enr,https://example.org/a,shown,2024-11,\n"
        "Pa,Bucks,ess_enr,ftp://example.org,often,2024-13,\n"
        "PA,Berks,,https://example.org/b,likely,,\n"
        "PA,York,clarity\n"
        "PA,Erie  County,clarity,https://example.org/c,shown,2024,\n"
        "PA,bucks county,ess_enr,https://example.org/a,likely,,\n"
        "PA,Elk,clarity,,likely,,,surplus\n"
    )
    with pytest.raises(ConfigInvalid) as refused:
        read(text)
    assert refused.value.problems == (
        "addresses.csv:3: state: 'Pa' is not two capital letters",
        "addresses.csv:3: seen: '2024-13' is not YYYY or YYYY-MM",
        "addresses.csv:3: address: 'ftp://example.org' is not http:// or https://",
        "addresses.csv:3: reach: 'often' is none of shown, likely, file, none",
        "addresses.csv:4: platform: is missing, so that reach cannot be 'likely'",
        "addresses.csv:4: note: say why there is no platform or no address",
        "addresses.csv:5: it must have 7 cells",
        "addresses.csv:6: county: 'Erie  County' has blanks that are too many",
        "addresses.csv:7: the line stands there twice",
        "addresses.csv:8: it must have 7 cells",
    )


@pytest.mark.parametrize("text", ["", "state,county\nPA,Bucks\n", HEAD.replace("seen,", "")])
def test_other_columns_are_refused(text: str) -> None:
    with pytest.raises(ConfigInvalid, match=r"addresses\.csv:1: the columns must be state, county"):
        read(text)


def test_a_quote_that_is_not_closed_is_refused_with_its_line() -> None:
    """The line it begins in, however far the reader went to look for its end."""
    with pytest.raises(ConfigInvalid, match=r"addresses\.csv:2: unexpected end of data"):
        read(HEAD + 'PA,Bucks,ess_enr,https://example.org/a,shown,2024-11,"half\nPA,,,,,,\n')


# -- questions ---------------------------------------------------------------------------


@pytest.mark.parametrize("county", ["Bucks", "bucks", " BUCKS  County ", "Bucks county"])
def test_a_county_is_found_before_its_state(county: str) -> None:
    found = look_for(SHIPPED, "pa", county)
    assert [one.county for one in found.addresses] == ["Bucks", "", ""]
    assert found.addresses[0].address == BUCKS
    assert found.told == ""


@pytest.mark.parametrize(
    ("state", "asked", "meant"),
    [
        ("PA", "Buks", "; did you mean Bucks?"),
        ("CA", "Contra Cost", "; did you mean Contra Costa?"),
        ("FL", "Miami Dade", "; did you mean Miami-Dade?"),
        ("PA", "Zzyzx", ""),
    ],
)
def test_a_misspelt_county_is_answered_with_the_nearest(state: str, asked: str, meant: str) -> None:
    """The state's own lines are shown all the same: they hold for every county."""
    found = look_for(SHIPPED, state, asked)
    assert found.told == f"no address of {asked}, {state}, is known{meant}"
    assert {one.county for one in found.addresses} == {""}


def test_a_state_alone_gives_all_its_lines() -> None:
    found = look_for(SHIPPED, "PA")
    assert {"", "Allegheny", "Bucks", "Philadelphia"} <= {one.county for one in found.addresses}


def test_a_state_that_is_not_there_is_refused() -> None:
    with pytest.raises(NothingMatched, match=r"no state 'XX' in the directory; it has AK, AL"):
        look_for(SHIPPED, "XX")
    lone = (Address("PA", "Bucks", "ess_enr", BUCKS, Reach.LIKELY, "2024-11", ""),)
    with pytest.raises(NothingMatched, match=r"no address of Buck, PA, .* mean Bucks\?"):
        look_for(lone, "PA", "Buck")


# -- the command -------------------------------------------------------------------------


def test_sources_of_a_county_are_printed_without_the_web(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*_: object, **__: object) -> None:
        pytest.fail("the web was asked")

    monkeypatch.setattr("monitor.fetch.HttpFetcher.__init__", asked)
    ran = run("sources", "--state", "PA", "--county", "Bucks")
    assert ran.code == 0, ran.err
    lines = ran.out.splitlines()
    assert lines[0] == f"Bucks, PA: {BUCKS}"
    assert lines[1] == "  ess_enr, unproven, seen 2024-11"
    assert "whole state, PA: no address" in lines
    assert ran.err == ""


def test_sources_of_a_county_as_json() -> None:
    ran = run("sources", "--state", "GA", "--county", "Bibb", "--json")
    assert ran.code == 0
    state, *_ = json.loads(ran.out)
    assert (state["county"], state["platform"], state["way"]) == ("", "enhanced_voting", "proven")
    assert ran.err == "no address of Bibb, GA, is known\n"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((), "give a results link or a report file, or --state"),
        ((BUCKS, "--state", "PA"), "give a results link or a report file, or --state"),
        (("--county", "Bucks"), "give a results link or a report file, or --state"),
        ((BUCKS, "--county", "Bucks"), "--county goes with --state"),
    ],
)
def test_sources_wants_a_link_or_a_state(asked: tuple[str, ...], told: str) -> None:
    ran = run("sources", *asked)
    assert ran.code == 2
    assert told in ran.err
