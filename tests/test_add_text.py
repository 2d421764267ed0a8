"""What `add` writes, whatever a site calls things: it parses to what was meant, the rest stays."""

from __future__ import annotations

import tomllib
from datetime import date, time
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from monitor import app
from monitor.adding import (
    Draft,
    ElectionDraft,
    RaceDraft,
    SourceDraft,
    UseDraft,
    blocks,
    office_of,
    race_id,
)
from monitor.adding_choice import Asked, choose
from monitor.adding_finding import AddRefused
from monitor.adding_text import Block, Pair, Table, keeps, spliced
from monitor.config import read_config
from monitor.errors import ConfigInvalid, NothingMatched
from monitor.lookup import Lookup, Recognised
from monitor.match import Found, find
from monitor.model import Contest, Report, Selection
from monitor.races import ElectionKind, Endorsement
from tests.commands import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

SHIPPED = (ROOT / "config.toml").read_text(encoding="utf-8")
FORMS = (
    SHIPPED,
    SHIPPED.replace("\n", "\r\n"),
    SHIPPED.rstrip("\n"),
    SHIPPED[: SHIPPED.index("# --- Slack")],  # the races stand last
    f"{SHIPPED}# the end",
    "a = 1\n# of no section",
    "",
)
HOSTILE = st.text(st.sampled_from("a'\"\\\n\r\t#[]={},. \x00\x7f\u2028\ufeff\u202eé")) | st.text(
    st.characters(exclude_categories=["Cs"])
)
SHOWN = st.text(st.sampled_from("ab'\"\\#[]={},.é\u4e00"), min_size=1)
"""Hostile, and yet nothing a configuration refuses."""
LONG = '\'"\\\n"""' * 1_429


def draft_of(text: str) -> Draft:
    """Return a draft with a hostile text wherever a site's or a person's words go."""
    return Draft(
        ElectionDraft("ga-2022", date(2022, 5, 24), text, ElectionKind.PRIMARY),
        SourceDraft("cobb", "ga-2022", "clarity", False, (("eid", text), ("jurisdiction", text))),
        RaceDraft(
            id="cobb-da",
            election="ga-2022",
            name=text,
            office=text,
            endorsements=(Endorsement(text, (text, text), (text,)),),
            party=text,
            seats=2,
            polls_close=time(19, 0),
            zone=text,
            callers=(text,),
            choices=(text,),
        ),
        UseDraft("cobb", (text, "b"), f"k{text}", text),
    )


def meant(text: str) -> dict[str, Any]:
    """Return the new tables of that draft as TOML reads them."""
    race = {
        "id": "cobb-da", "election": "ga-2022", "name": text, "office": text, "seats": 2,
        "polls_close": time(19, 0), "zone": text, "callers": [text],
        "endorsements": [{"candidate": text, "by": [text, text], "aliases": [text]}],
        "sources": [{"source": "cobb", "covers": [text, "b"], "contest_key": f"k{text}"}],
    }  # fmt: skip
    race |= {"party": text} if text else {}
    election = {"date": date(2022, 5, 24), "kind": "primary"} | ({"state": text} if text else {})
    source = {"platform": "clarity", "election": "ga-2022", "eid": text, "jurisdiction": text}
    return {"election": election, "source": source, "race": race}


@given(HOSTILE, st.sampled_from(FORMS))
@example(LONG, SHIPPED)
@example("x" * 10_000, SHIPPED)
@example("", SHIPPED)
def test_what_is_written_parses_to_what_was_meant(text: str, before: str) -> None:
    """Every old line stands, in its order and to the byte; nothing but the new tables is new."""
    after = spliced(before, blocks(draft_of(text)))
    rest = iter(after.split("\n"))
    assert all(line in rest for line in before.split("\n"))
    document, old, new = tomllib.loads(after), tomllib.loads(before), meant(text)
    assert document["elections"].pop("ga-2022") == new["election"]
    assert document["sources"].pop("cobb") == new["source"]
    assert document["races"].pop() == new["race"]
    assert {key: value for key, value in document.items() if value} == old


@given(HOSTILE, st.sampled_from(range(4)))
@example(LONG, 3)
def test_a_source_goes_into_the_race_that_is_meant(text: str, place: int) -> None:
    """And into no other, wherever it stands in the file."""
    use = UseDraft("cobb", (text,), "k", text)
    after = spliced(SHIPPED, blocks(Draft(None, None, None, use, into=place)))
    document = tomllib.loads(after)
    added = document["races"][place]["sources"].pop()
    assert added == {"source": "cobb", "covers": [text], "contest_key": "k"}
    assert document == tomllib.loads(SHIPPED)


@given(HOSTILE, SHOWN | HOSTILE, SHOWN | HOSTILE)
@example("DISTRICT ATTORNEY", LONG, "Ann Ours")
@example("DISTRICT ATTORNEY", "7", LONG)
def test_a_hostile_site_is_written_rightly_or_refused(title: str, key: str, name: str) -> None:
    """Through the choice and the checks of `watch`: one error that has a name, or the very race."""
    contest = Contest(key, title, (Selection("1", name, 0), Selection("2", "Bo Rival", 0)))
    link = Recognised(
        "https://example.org/x", "clarity", "", "NC", "a county", None,
        (("eid", "1"), ("jurisdiction", "NC/X")), (), (),
    )  # fmt: skip
    asked = Asked(
        link.url, contest=key, candidates=((name, ""),), election="nc-2018-11-06",
        counties=("X",), office="District Attorney", office_kind="prosecutor",
    )  # fmt: skip
    try:
        chosen = choose(asked, CONFIG, link, Lookup(contests=(contest,)))
        text = spliced(SHIPPED, blocks(chosen.draft))
        config = read_config(text, base=ROOT, scrapers=SCRAPERS)
    except (AddRefused, NothingMatched, ConfigInvalid):
        return
    assert config.races[:-1] == CONFIG.races
    race = config.races[-1]
    found = find(Report((contest,)), race, race.sources[0])
    assert isinstance(found, Found)
    assert (found.contest, found.ours) == (
        contest, ((race.endorsements[0], contest.selections[0]),)
    )  # fmt: skip
    assert race.endorsements[0].candidate == name


SCRAPERS = app.scrapers()
CONFIG = read_config(SHIPPED, base=ROOT, scrapers=SCRAPERS)


# -- where a block goes --------------------------------------------------------------------

BLOCK = (Table(("s", "new"), (Pair("k", "v"),)),)
NEW = '[s.new]\nk = "v"\n'


def places() -> Iterator[tuple[str, str, str]]:
    """Yield what stands before and behind the block, and what the case is."""
    yield '[s.a]\nk = """\n# no remark\n"""\n\n', "[t]\n", "a value over several lines"
    yield "[s.a]\nk = [\n  1, # one\n]\n\n", "[t]\n", "a list over several lines"
    yield "[s.a]\nk = 1\n# of a\n\n", "# of t\n[t]\n", "a remark below belongs to what it is below"
    yield "[s.a]\nk = 1\n\n", "# of t\n[t]\n", "a remark above belongs to what follows"
    yield "[t]\n[s.a]\nk = 1\n\n", "", "the section stands last"
    yield "[s.a]\nk = 1\n[t]\n[s.b]\nk = 1\n\n", "[u]\n", "a section in two pieces"


@pytest.mark.parametrize(("before", "behind", "case"), list(places()))
def test_a_block_ends_its_section(before: str, behind: str, case: str) -> None:
    text = before + behind if behind else before.rstrip("\n") + "\n"
    gap = "\n" if behind else ""
    assert spliced(text, (Block(("s",), BLOCK),)) == f"{before}{NEW}{gap}{behind}", case


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("a = 1\n[s.a]\nk = [1, 2]\n", "a = 1\n[s.a]\nk = [1, 2]\n[s.b]\nk = 1\n", True),
        ("[[r]]\nk = 1\n", "[[r]]\nk = 1\n[[r]]\nk = 2\n", True),
        ("s.a = 1\nt.a = 1\n", "s.a = 1\n[s.b]\nt.a = 1\n", False),
        ("s = { a = 1 }\n", "s = { a = 1 }\n[s.b]\n", False),
        ("[[r]]\nk = 1\n[[r]]\nk = 2\n", "[[r]]\nk = 1\n", False),
        ("[[r]]\nk = 1\n", "[[r]]\nk = 2\n[[r]]\nk = 1\n", False),
    ],
)
def test_what_the_file_said_is_still_said(before: str, after: str, *, kept: bool) -> None:
    assert keeps(before, after) is kept


# -- names that nobody types ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "office"),
    [
        ("DISTRICT ATTORNEY DISTRICT 16 - DEM (VOTE FOR 1)", "District Attorney"),
        ("Criminal District Attorney, Bexar County", "Criminal District Attorney"),
        ("STATE\u2019S ATTORNEY", "State's Attorney"),
        ("Commonwealth's Attorney (Alexandria City)", "Commonwealth's Attorney"),
        ("County Judge", ""),
    ],
)
def test_the_office_is_named_as_the_state_does(title: str, office: str) -> None:
    assert office_of(title) == office


def test_a_races_id_says_place_office_party_and_year() -> None:
    assert race_id("Doña Ana", "District Attorney", "DEM", date(2022, 6, 7)) == (
        "dona-ana-da-dem-2022"
    )
    assert race_id("St. Mary's", "County Judge", "", date(2022, 6, 7)) == (
        "st-marys-county-judge-2022"
    )
