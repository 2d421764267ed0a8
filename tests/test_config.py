"""config.toml: what is read, what is refused and in which words, and what a reload changes."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.config import (
    Change,
    ChangeKind,
    changes,
    load_config,
    read_config,
    schema,
)
from monitor.discover import discover
from monitor.errors import ConfigInvalid
from monitor.races import (
    AUTO,
    CALLERS_FIRST,
    Channel,
    ElectionKind,
    General,
    Policy,
    PolicyKind,
)

if TYPE_CHECKING:
    from monitor.races import Config

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "config.toml"
BASE = Path("/srv/night")


@dataclass(frozen=True)
class Shape:
    """What the configuration sees of a scraper."""

    state: str = ""
    county: str = ""
    needed: frozenset[str] = frozenset()
    optional_settings: Mapping[str, str] = field(default_factory=dict)

    def settings_needed(self) -> frozenset[str]:
        """Return what a platform would find in its templates."""
        return self.needed


SHAPES = {
    "nc_durham": Shape("NC", "Durham"),
    "nc_wake": Shape("NC", "Wake"),
    "tx_dallas": Shape("TX", "Dallas"),
    "clarity": Shape(needed=frozenset({"eid", "jurisdiction"}), optional_settings={"host": "x"}),
    "sheet": Shape(needed=frozenset({"url"})),
}

GOOD = """\
[elections.may]
date = 2018-05-08
state = "NC"
kind = "partisan-primary-closed"

[elections.nov]
date = 2018-11-06
state = "NC"
kind = "general"

[sources.nc_durham]
election = "may"

[sources.sheet_one]
platform = "sheet"
election = "may"
url = "sheets/one.csv"

[sources.wake_clarity]
platform = "clarity"
election = "nov"
jurisdiction = "NC/Wake"
eid = "100"

[[races]]
id = "durham-da"
election = "may"
name = "Durham DA"
office = "District Attorney"
party = "DEM"
general = { date = 2018-11-06, opponent = "none" }

[[races.endorsements]]
candidate = "Satana Deberry"
aliases = ["Deberry, Satana"]
by = ["Example Coalition"]

[[races.sources]]
source = "nc_durham"
covers = ["Durham"]
contest = 'DISTRICT 0*16\\b'

[[races.sources]]
source = "sheet_one"
covers = ["Durham County"]
contest_key = "da|dem"

[[races]]
id = "wake-da"
election = "nov"
name = "Wake DA"
office = "District Attorney"
polls_close = 20:00:00
zone = "America/New_York"

[[races.endorsements]]
candidate = "Pat Someone"
by = ["Example Coalition", "Second Group"]

[[races.sources]]
source = "wake_clarity"
covers = ["Wake"]
contest = 'District Attorney'

[slack]
ops_channel = "#ops"

[[slack.channels]]
name = "#night"
organisations = ["Example Coalition", "Second Group"]

[fetch]
contact = "a@example.org"
"""


def read(text: str = GOOD) -> Config:
    return read_config(text, base=BASE, scrapers=SHAPES)


def edited(*edits: tuple[str, str], text: str = GOOD) -> str:
    """Replace the first place of each old text, which must be there."""
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def problems(*edits: tuple[str, str], text: str = GOOD) -> tuple[str, ...]:
    with pytest.raises(ConfigInvalid) as caught:
        read(edited(*edits, text=text))
    return caught.value.problems


def line(needle: str, text: str) -> int:
    """Return the number of the first line that holds a text."""
    return next(n for n, one in enumerate(text.split("\n"), start=1) if needle in one)


# --- what is read


def test_the_records_hold_what_the_file_says() -> None:
    config = read()
    durham, wake = config.races
    assert [election.id for election in config.elections] == ["may", "nov"]
    assert config.elections[0].kind is ElectionKind.PARTISAN_PRIMARY_CLOSED
    assert durham.election is config.elections[0]
    assert durham.general == General(date(2018, 11, 6), "none")
    assert (durham.party, durham.seats, durham.office_kind) == ("DEM", 1, "prosecutor")
    assert durham.endorsements[0].aliases == ("Deberry, Satana",)
    assert durham.sources[0].contest == r"DISTRICT 0*16\b"
    assert durham.sources[1].contest_key == "da|dem"
    assert (wake.party, wake.general, wake.polls_close) == ("", None, time(20))
    assert wake.zone == "America/New_York"
    assert config.slack.channels == (Channel("#night", ("Example Coalition", "Second Group")),)
    assert (config.slack.rehearsal_channel, config.slack.quarantine_seconds) == ("", 30)
    assert (config.fetch.contact, config.fetch.unconditional_every) == ("a@example.org", 10)


PEOPLE = """\
callers = ["Ana Ruiz", "U024BE7LH"]
policy = "after-5-minutes"
policies = { lost = "on-confirmation", runoff_possible = "auto", tie = "after-1-minute" }
withdrawn = ["Lee Other"]
rivals = [["Bob Lee", "Robert Lee"]]
unexpired = true
follows = "durham-da"
polls_close = 20:00:00
"""


def test_who_runs_and_who_is_asked() -> None:
    wake = read(edited(("polls_close = 20:00:00\n", PEOPLE))).races[1]
    assert wake.callers == ("Ana Ruiz", "U024BE7LH")
    assert (wake.withdrawn, wake.unexpired) == (("Lee Other",), True)
    assert (wake.uncontested, wake.follows) == (False, "durham-da")
    assert wake.rivals == (("Bob Lee", "Robert Lee"),)
    given = {kind: wake.policy(kind) for kind in ("won", "lost", "runoff-possible", "tie")}
    assert given == {
        "won": Policy(PolicyKind.AFTER, 5),
        "lost": Policy(PolicyKind.ON_CONFIRMATION),
        "runoff-possible": AUTO,
        "tie": Policy(PolicyKind.AFTER, 1),
    }


@pytest.mark.parametrize(
    ("keys", "usual"),
    [("", AUTO), ('callers = ["Ana Ruiz"]\n', CALLERS_FIRST), ('policy = "auto"\n', AUTO)],
)
def test_callers_are_asked_for_three_minutes_unless_a_policy_says_otherwise(
    keys: str, usual: Policy
) -> None:
    race = read(edited(("polls_close", f"{keys}polls_close"))).races[1]
    assert {race.policy(kind) for kind in ("won", "lost", "advanced", "runoff")} == {usual}
    assert Policy(PolicyKind.AFTER, 3) == CALLERS_FIRST


WAKE_USE = """
[[races.sources]]
source = "wake_clarity"
covers = ["Wake"]
contest = 'District Attorney'
"""


def test_an_uncontested_race_has_no_sources() -> None:
    text = edited((WAKE_USE, ""), ("polls_close", "uncontested = true\npolls_close"))
    wake = read(text).races[1]
    assert (wake.uncontested, wake.sources) == (True, ())


def test_a_race_may_follow_one_that_only_the_database_knows() -> None:
    """`check` names it in amber; a refusal would take the other races along."""
    wake = read(edited(("polls_close", 'follows = "long-ago"\npolls_close'))).races[1]
    assert wake.follows == "long-ago"


def test_a_source_has_its_scraper_by_id_by_scraper_or_by_platform() -> None:
    text = edited(
        (
            "[sources.sheet_one]",
            '[sources.other]\nscraper = "nc_durham"\nelection = "may"\n[sources.sheet_one]',
        )
    )
    found = {source.id: (source.scraper, source.settings) for source in read(text).sources}
    assert found == {
        "nc_durham": ("nc_durham", ()),
        "other": ("nc_durham", ()),
        "sheet_one": ("sheet", (("url", "file:///srv/night/sheets/one.csv"),)),
        "wake_clarity": ("clarity", (("eid", "100"), ("jurisdiction", "NC/Wake"))),
    }


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("https://example.org/a.csv", "https://example.org/a.csv"),
        ("file:///x/a.csv", "file:///x/a.csv"),
        ("../a b.csv", "file:///srv/a%20b.csv"),
        ("/x/a.csv", "file:///x/a.csv"),
    ],
)
def test_a_sheet_on_disk_becomes_a_file_link(given: str, url: str) -> None:
    config = read(edited(("sheets/one.csv", given)))
    assert dict(config.sources[1].settings)["url"] == url


def test_the_digest_is_that_of_the_text() -> None:
    config = read()
    assert config.text == GOOD
    assert config.digest == hashlib.sha256(GOOD.encode()).hexdigest()
    assert read(GOOD + "\n").digest != config.digest


# --- what is refused: one line each, with the place


MISTAKES = tomllib.loads(Path(__file__).with_name("config_mistakes.toml").read_text("utf-8"))


@pytest.mark.parametrize("mistake", MISTAKES["mistake"], ids=lambda mistake: mistake["told"][:50])
def test_one_mistake_is_one_line(mistake: dict[str, str]) -> None:
    text = edited((mistake["old"], mistake["new"]))
    told = mistake["told"]
    found = [one for one in problems(text=text) if one.startswith(told)]
    assert [one.rpartition(" (line ")[0] for one in found] == [told]
    if "at" in mistake:
        assert found == [f"{told} (line {line(mistake['at'], text)})"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a = 1\nb = \n", "file: no TOML: Invalid value (line 2)"),
        ("a = 1\n[x\n", "file: no TOML: Expected ']' at the end of a table declaration (line 2)"),
        ("a = 1\n\nb = [1,\n", "file: no TOML: Invalid value (line 3)"),
        ("a = 1\na = 2\n", "file: no TOML: Cannot overwrite a value (line 2)"),
        ("a = " + "[" * 5000, "file: no TOML we read: nested too deep"),
        ("a = " + "9" * 5000, "file: no TOML we read: Exceeds the limit"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(text: str, told: str) -> None:
    (found,) = problems(text=text)
    assert found.startswith(told)


def test_an_empty_file_is_refused_because_half_a_save_must_end_no_race() -> None:
    assert [one.partition(".")[0] for one in problems(text="")] == [
        "elections: missing",
        "races: missing",
        "sources: missing",
    ]


def test_all_problems_come_at_once_in_the_order_of_their_lines() -> None:
    edits = (
        ("date = 2018-05-08", "dat = 2018-05-08"),
        ('election = "may"\n\n[sources.sheet_one]', 'elction = "may"\n\n[sources.sheet_one]'),
        ('url = "sheets/one.csv"', "url = 5"),
        ('election = "may"\nname', 'election = "mayy"\nnam'),
        ('covers = ["Durham"]', "covers = 3"),
        ('by = ["Example Coalition"]', 'by = ["Example Coalitoin"]'),
        ('"#night"', '"night"'),
    )  # fmt: skip
    text = edited(*edits)
    found = problems(*edits)
    numbers = [int(one.rpartition(" (line ")[2].removesuffix(")")) for one in found]
    assert numbers == sorted(numbers)
    places = [one.partition(":")[0] for one in found]
    assert places == [
        "elections.may.date",
        "elections.may.dat",
        "sources.nc_durham.election",
        "sources.nc_durham.elction",
        "sources.sheet_one.url",
        "races[0].name",
        "races[0].election",
        "races[0].nam",
        "races[0].endorsements[0].by[0]",
        "races[0].sources[0].covers",
        "slack.channels[0].name",
    ]
    assert numbers[-1] == line('"night"', text)


@pytest.mark.parametrize(
    "token", ["xoxb-12-abCD", "xoxp-1", "xapp-1-A2-b", "XOXB-9", "xoxe.xoxp-1"]
)
def test_a_token_is_refused_and_never_printed(token: str) -> None:
    secret = token.rpartition("-")[2]
    for text in (
        edited(("[slack]", f'[slack]\ntoken = "{token}"')),
        f"# my token {token}\n{GOOD}",
        f"{GOOD}\n{token}",
    ):
        found = problems(text=text)
        at = line(token, text)
        assert found[0] == (
            "file: a Slack token stands here; revoke it, and give the new one "
            f"in the environment (line {at})"
        )
        assert token not in "\n".join(found)
        assert f"-{secret}" not in "\n".join(found)


def test_equal_covers_are_alternatives_and_disjoint_ones_are_summed() -> None:
    assert [use.source for use in read().races[0].sources] == ["nc_durham", "sheet_one"]
    config = read(edited(('covers = ["Durham County"]', 'covers = ["Wake"]')))
    assert config.races[0].sources[1].covers == ("Wake",)


def test_two_sources_may_use_one_scraper_but_a_race_uses_a_source_once() -> None:
    found = problems(('source = "sheet_one"', 'source = "nc_durham"'))
    assert 'races[0].sources[1].source: "nc_durham" stands here a second time' in found[0]


# --- the file


def test_a_file_is_read_from_its_folder(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    config = load_config(path, SHAPES)
    expected = (tmp_path.resolve() / "sheets/one.csv").as_uri()
    assert dict(config.sources[1].settings)["url"] == expected
    assert config.races == replace(read(), races=config.races).races


def test_a_file_that_is_not_there_or_no_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    with pytest.raises(ConfigInvalid, match=r"config\.toml: cannot be read \(No such file"):
        load_config(path, SHAPES)
    path.write_bytes(b"a = '\xff'")
    with pytest.raises(ConfigInvalid, match=r"config\.toml: not UTF-8 at byte 5"):
        load_config(path, SHAPES)


# --- reload


def change(*edits: tuple[str, str]) -> tuple[Change, ...]:
    return changes(read(), read(edited(*edits)))


def test_the_same_text_or_a_comment_changes_nothing() -> None:
    assert changes(read(), read()) == ()
    assert change(("[slack]", "# told\n[slack]")) == ()


DURHAM_USE = r"contest = 'DISTRICT 0*16\b'"
TWO = '[sources.two]\nscraper = "nc_durham"\nelection = "may"\n'


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([('eid = "100"', 'eid = "101"')],
         [Change(ChangeKind.NEW_BASELINE, "wake_clarity", what="settings")]),
        ([(DURHAM_USE, "contest = 'DISTRICT 14'")],
         [Change(ChangeKind.NEW_BASELINE, "nc_durham", race="durham-da", what="contest")]),
        ([("Deberry, Satana", "DEBERRY")],
         [Change(ChangeKind.RE_DECIDE, "durham-da", what="endorsements")]),
        ([("polls_close = 20:00:00", "polls_close = 21:00:00"), ('"Wake DA"', '"Wake"')],
         [Change(ChangeKind.RE_DECIDE, "wake-da", what="name, polls_close")]),
        ([("polls_close = 20:00:00\n", PEOPLE)],
         [Change(ChangeKind.RE_DECIDE, "wake-da",
                 what="callers, policies, withdrawn, rivals, unexpired, follows")]),
        ([("polls_close", 'callers = ["Ana Ruiz"]\npolls_close')],
         [Change(ChangeKind.RE_DECIDE, "wake-da", what="callers")]),
        ([("polls_close", 'policies = { lost = "on-confirmation" }\npolls_close')],
         [Change(ChangeKind.RE_DECIDE, "wake-da", what="policies")]),
        ([(WAKE_USE, ""), ("polls_close", "uncontested = true\npolls_close")],
         [Change(ChangeKind.RE_DECIDE, "wake-da", what="sources, uncontested")]),
        ([('"#night"', '"#nights"')], [Change(ChangeKind.CHANNELS, what="channels")]),
        ([("a@example.org", "b@example.org")], [Change(ChangeKind.FETCH, what="contact")]),
        ([('kind = "partisan-primary-closed"', 'kind = "partisan-primary-open"')],
         [Change(ChangeKind.RE_DECIDE, "durham-da", what="election")]),
        ([("[sources.sheet_one]", TWO + "[sources.sheet_one]"),
          ('source = "sheet_one"', 'source = "two"')],
         [Change(ChangeKind.SOURCE_ADDED, "two"),
          Change(ChangeKind.NEW_BASELINE, "two", race="durham-da", what="sources"),
          Change(ChangeKind.RE_DECIDE, "durham-da", what="sources")]),
    ],
)  # fmt: skip
def test_a_reload_says_what_must_be_done(
    edits: list[tuple[str, str]], expected: list[Change]
) -> None:
    assert change(*edits) == tuple(expected)


def test_a_removed_race_and_an_added_one() -> None:
    start, end = GOOD.index('[[races]]\nid = "wake-da"'), GOOD.index("[slack]")
    less = read(GOOD[:start] + GOOD[end:])
    assert changes(read(), less) == (Change(ChangeKind.RACE_REMOVED, "wake-da"),)
    assert changes(less, read()) == (Change(ChangeKind.RACE_ADDED, "wake-da"),)


def test_a_race_never_changes_its_election() -> None:
    moved = edited(("date = 2018-05-08", "date = 2018-05-15"))
    at = line('id = "durham-da"', moved) + 1
    with pytest.raises(ConfigInvalid) as caught:
        changes(read(), read(moved))
    (told,) = caught.value.problems
    assert told == (
        "races[0].election: durham-da was of may (NC, 2018-05-08); "
        f"a race keeps its election, so give this one a new id (line {at})"
    )


# --- the shipped files


def test_the_shipped_config_holds_the_four_nights() -> None:
    config = load_config(SHIPPED, discover().scrapers)
    assert [(race.id, race.name, race.party) for race in config.races] == [
        ("durham-da-2018", "Durham DA", "DEM"),
        ("pitt-da-2018", "Pitt DA", ""),
        ("dallas-da-2018", "Dallas DA", "DEM"),
        ("allegheny-da-2023", "Allegheny DA", "DEM"),
    ]
    assert {name for race in config.races for one in race.endorsements for name in one.by} == {
        "Example Coalition"
    }
    assert [race.general and race.general.opponent for race in config.races] == [
        "none",
        None,
        "Faith Johnson",
        "",
    ]


def test_the_schema_file_is_up_to_date() -> None:
    made = json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
    written = (ROOT / "config.schema.json").read_text(encoding="utf-8")
    assert written == made, "write it anew: run.py config schema > config.schema.json"


def test_the_first_line_names_the_schema_and_every_key_has_a_description() -> None:
    assert SHIPPED.read_text(encoding="utf-8").startswith("#:schema ./config.schema.json\n")
    made = schema()
    tables = [made, *(one for one in made["$defs"].values() if "properties" in one)]
    assert not [
        key for table in tables for key, one in table["properties"].items()
        if not one.get("description")
    ]  # fmt: skip


def as_json(value: Any) -> Any:
    """Write dates and times as JSON has them."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time | datetime) else value


def test_the_schema_takes_the_shipped_config_and_refuses_an_unknown_key() -> None:
    document = as_json(tomllib.loads(SHIPPED.read_text(encoding="utf-8")))
    validator = jsonschema.Draft202012Validator(schema())
    validator.check_schema(schema())
    assert not [error.message for error in validator.iter_errors(document)]
    document["races"][0]["nam"] = "x"
    assert ["nam" in error.message for error in validator.iter_errors(document)] == [True]


@pytest.fixture(scope="module")
def tombi() -> str:
    """Find the TOML linter of the ci extra, beside this Python or on the path."""
    found = shutil.which("tombi", path=str(Path(sys.executable).parent)) or shutil.which("tombi")
    if not found and os.environ.get("CI") == "true":
        pytest.fail("tombi is missing; install the ci extra")
    if not found:
        pytest.skip("tombi is not installed (it comes with the ci extra)")
    return found


def lint(tombi: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [tombi, "lint", "--offline", path.name],
        cwd=path.parent,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_editors_take_the_shipped_config(tombi: str) -> None:
    done = lint(tombi, SHIPPED)
    assert done.returncode == 0, done.stdout + done.stderr


def test_editors_name_the_line_we_name(tombi: str, tmp_path: Path) -> None:
    text = SHIPPED.read_text(encoding="utf-8").replace("aliases", "aliasses")
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    shutil.copy(ROOT / "config.schema.json", tmp_path)
    done = lint(tombi, tmp_path / "config.toml")
    with pytest.raises(ConfigInvalid) as caught:
        load_config(tmp_path / "config.toml", discover().scrapers)
    ours = [one for one in caught.value.problems if "aliasses" in one]
    assert len(ours) == 2
    for one in ours:
        number = one.rpartition(" (line ")[2].removesuffix(")")
        assert f"config.toml:{number}:1" in done.stdout + done.stderr


# --- whatever stands there, the reader answers

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.text(max_size=8),
    st.sampled_from(["may", "nc_durham", "Durham", "((", "[[a]", "a{99999999999}", "America", ""]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5) | st.sampled_from(["id", "by"]), inner, max_size=3)
    ),
    max_leaves=5,
)
DOCUMENT = tomllib.loads(GOOD)


def places(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """List every path of a document."""
    pairs = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value) if isinstance(value, list) else ()
    )  # fmt: skip
    return [path for key, inner in pairs for path in ((*at, key), *places(inner, (*at, key)))]


def answer(text: str) -> tuple[str, ...]:
    """Return the problems of a text, of which a refusal has at least one, or none."""
    try:
        config = read(text)
    except ConfigInvalid as refused:
        return refused.problems or ("refused without a problem",)
    assert config.text == text
    return ()


def put(document: Any, path: tuple[str | int, ...], value: Any) -> None:
    """Put a value at a path, or take the key away for `...`."""
    for key in path[:-1]:
        document = document[key]
    if value is ...:
        del document[path[-1]]
    else:
        document[path[-1]] = value


def as_toml(value: Any) -> str:
    """Write a document as TOML, everything inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)} = {as_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(as_toml(inner) for inner in value) + "]"
    if isinstance(value, date | time | datetime):
        return value.isoformat()
    if isinstance(value, float):
        return repr(value)
    return json.dumps(value).replace("\x7f", "\\u007f")


@settings(max_examples=150)
@given(st.sampled_from(places(DOCUMENT)), VALUES | st.just(...))
def test_no_mutation_gets_anything_but_a_config_or_a_refusal(
    path: tuple[str | int, ...], value: Any
) -> None:
    document = copy.deepcopy(DOCUMENT)
    put(document, path, value)
    text = "\n".join(f"{json.dumps(key)} = {as_toml(inner)}" for key, inner in document.items())
    assert all("\n" not in one and ": " in one for one in answer(text))


@settings(max_examples=100)
@given(
    st.integers(0, len(GOOD)),
    st.integers(0, 60),
    st.text(max_size=10) | st.sampled_from(['"""', "[[", "]]", "{", "'", "\r", "\x00", "= ="]),
)
def test_no_cut_or_splice_gets_anything_but_a_config_or_a_refusal(
    start: int, length: int, new: str
) -> None:
    text = GOOD[:start] + new + GOOD[start + length :]
    assert all(": " in one for one in answer(text))
