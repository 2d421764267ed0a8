"""The key-path -> line index, against texts in every shape TOML has for our file."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.toml_lines import line_index, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NIGHT = '''\
#:schema ./config.schema.json
[elections.nc-2018-05-08]
date = 2018-05-08  # a comment with = and [brackets]
"quoted key" = "a # that is text"

[[races]]
id = "durham"
note = """
[not.a.header]
key = "not a key" """

[[races.sources]]
source = "one"
covers = [
  "Durham",  # one county

  "Pitt",
]

[[races.sources]]
source = "two"

[[races]]
id = "pitt"
general = { date = 2018-11-06, "opponent" = 'no # one' }
sources = [
  { source = "three", covers = ["A", "B"] },
  { source = "four" },
]
slack.desk.zone = 07:30:00.5
'''


@pytest.fixture(scope="module")
def index() -> dict[tuple[str | int, ...], int]:
    return line_index(NIGHT)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("elections",), 2),
        (("elections", "nc-2018-05-08"), 2),
        (("elections", "nc-2018-05-08", "date"), 3),
        (("elections", "nc-2018-05-08", "quoted key"), 4),
        (("races",), 6),
        (("races", 0), 6),
        (("races", 0, "note"), 8),
        (("races", 0, "sources", 0), 12),
        (("races", 0, "sources", 0, "covers"), 14),
        (("races", 0, "sources", 0, "covers", 1), 17),
        (("races", 0, "sources", 1, "source"), 21),
        (("races", 1), 23),
        (("races", 1, "general", "opponent"), 25),
        (("races", 1, "sources", 0, "covers", 1), 27),
        (("races", 1, "sources", 1, "source"), 28),
        (("races", 1, "slack", "desk", "zone"), 30),
    ],
)
def test_line_of_every_kind_of_place(
    index: dict[tuple[str | int, ...], int], path: tuple[str | int, ...], line: int
) -> None:
    assert index[path] == line


def test_a_missing_key_is_looked_for_in_its_table(
    index: dict[tuple[str | int, ...], int],
) -> None:
    assert line_of(index, ("races", 0, "sources", 1, "covers")) == 20
    assert line_of(index, ("fetch", "contact")) == 1
    assert line_of(index, ()) == 1


def test_windows_line_ends_and_five_quotes() -> None:
    text = 'a = """x"""""\r\nb = \'\'\'\r\ny\'\'\'\'\'\r\nc = "\\"#"\r\nd = 1\r\n'
    tomllib.loads(text)
    assert line_index(text) == {("a",): 1, ("b",): 2, ("c",): 4, ("d",): 5}


def test_an_escaped_key_is_the_key_tomllib_reads() -> None:
    text = '\n"a\\u0062.c".d = 1\n'
    assert tomllib.loads(text) == {"ab.c": {"d": 1}}
    assert line_index(text) == {("ab.c",): 2, ("ab.c", "d"): 2}


def test_an_explicit_header_goes_before_an_implied_one() -> None:
    assert line_index("[a.b]\n\n[a]\nc = 1\n")["a",] == 3


def paths_of(value: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Walk every path of a parsed document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*at, key)
            yield from paths_of(inner, (*at, key))
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield (*at, place)
            yield from paths_of(inner, (*at, place))


KEYS = st.sampled_from(["a", "b", "a.b", '"x.y"', "'q'.a", '"\\u0061"'])
VALUES = st.recursive(
    st.sampled_from(["1", "-2.5e3", "2018-05-08 07:30:00.5Z", '"#]"', "'}'", '"""\n,"""', "true"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda some: "[\n" + ", # c]\n".join([*some, "]"]))
        | st.lists(st.tuples(KEYS, inner), max_size=2).map(
            lambda some: "{" + ", ".join(f"{key} = {value}" for key, value in some) + "}"
        )
    ),
    max_leaves=4,
)
LINES = st.one_of(
    KEYS.map(lambda key: f"[{key}]"),
    KEYS.map(lambda key: f"[[{key}]]"),
    st.tuples(KEYS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
)


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_the_index_knows_exactly_the_paths_tomllib_reads(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(line_index(text)) == set(paths_of(document))


@given(st.lists(LINES, max_size=8).map("\n".join))
def test_a_marker_before_a_key_moves_what_stands_below_by_one(text: str) -> None:
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    moved = line_index("# a comment\n" + text)
    assert moved == {path: line + 1 for path, line in line_index(text).items()}
