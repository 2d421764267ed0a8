"""README.md against the code: commands, options, keys, kinds, codes, texts and links."""

from __future__ import annotations

import ast
import html
import json
import re
import runpy
import shlex
import tomllib
from typing import TYPE_CHECKING, Any

import click
import pytest

from monitor import errors
from monitor.app import scrapers
from monitor.cli import main
from monitor.commands_rules import ByDefault
from monitor.config import read_config
from monitor.decision import Basis, Outcome, Standing
from monitor.events import Kind
from monitor.export import EXPORTS
from monitor.posts import DeskKind
from scrapers.base import Platform
from tests.commands import NIGHTS, ROOT, run
from tests.whole_nights import whole

if TYPE_CHECKING:
    from enum import StrEnum

RECORDED = sorted(path.name.partition(".")[0] for path in NIGHTS.glob("*.warc.gz"))
README = (ROOT / "README.md").read_text(encoding="utf-8")
CONFIG = (ROOT / "config.toml").read_text(encoding="utf-8")
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
PROMPT = "python run.py "
TYPES: dict[str, type] = {
    "string": str,
    "integer": int,
    "null": type(None),
    "list of objects": list,
    "list of strings": list,
}


def fences(language: str) -> list[str]:
    """Return the blocks of one language, without their indentation."""
    found = []
    for name, body in FENCE.findall(README):
        if name == language:
            lines = body.splitlines()
            indent = min((len(x) - len(x.lstrip()) for x in lines if x.strip()), default=0)
            found.append("\n".join(line[indent:] for line in lines))
    return found


def table_after(words: str) -> list[list[str]]:
    """Return the cells of the first table after some words, without its head."""
    lines = README[README.index(words) :].splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("|"))
    rows = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return rows


def codes(text: str) -> list[str]:
    """Return what stands between backticks."""
    return re.findall(r"`([^`]+)`", text)


# -- commands ----------------------------------------------------------------------------


def commands(group: click.Command = main, prefix: str = "") -> dict[str, click.Command]:
    """Return every command by its full name."""
    if not isinstance(group, click.Group):
        return {prefix.strip(): group}
    found: dict[str, click.Command] = {}
    for name, command in group.commands.items():
        is_meant = isinstance(group, ByDefault) and name == group.default
        found |= commands(command, prefix if is_meant else f"{prefix}{name} ")
    return found


def examples() -> list[str]:
    """Return every call of run.py, in blocks and in sentences."""
    lines = [line.strip() for block in fences("sh") for line in block.splitlines()]
    lines += codes(FENCE.sub("", README))
    return [line.removeprefix(PROMPT) for line in lines if line.startswith(PROMPT)]


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_has_an_example(name: str) -> None:
    assert any(f"{example} ".startswith(f"{name} ") for example in examples())


@pytest.mark.parametrize("example", examples())
def test_every_example_is_taken_by_its_command(example: str) -> None:
    """Its options and arguments exist and none is missing; what they name need not exist."""
    names = [name for name in commands() if f"{example} ".startswith(f"{name} ")]
    assert names
    name = max(names, key=len)  # `rules verify` is no `rules` of a state called verify
    command = commands()[name]
    context = click.Context(command, resilient_parsing=True)
    given = shlex.split(example.removeprefix(name))
    values, left, _ = command.make_parser(context).parse_args(given)
    assert left == []
    assert [p.name for p in command.params if p.required and not values.get(str(p.name))] == []


def test_the_lines_stand_as_people_paste_them() -> None:
    lines = README.splitlines()
    setup = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python "
    for line in (f"{setup}run.py demo", f"{setup}-m pytest", "uv run run.py demo", "uv run pytest"):
        assert lines.count(line) == 1


# -- what is printed ---------------------------------------------------------------------


def durham() -> list[dict[str, Any]]:
    """Return the messages of the Durham night."""
    return whole("durham-2018").posts


@pytest.fixture(scope="module")
def statuses() -> list[dict[str, Any]]:
    """Return `status --json` after each recorded night."""
    rows = []
    for night in RECORDED:
        rows += json.loads(run("status", "--json", "--database", whole(night).database).out)
    return rows


def assert_documented(rows: list[dict[str, Any]], documented: list[list[str]]) -> None:
    """The keys are those of the table, in its order, and every value has its type."""
    types = {key: kind.split(" or ") for cell, kind, _ in documented for key in codes(cell)}
    assert rows
    for row in rows:
        assert list(row) == list(types)
        for key, value in row.items():
            assert type(value) in [TYPES[name] for name in types[key]], (key, value)


def test_replay_prints_what_is_documented() -> None:
    assert_documented(durham(), table_after("`replay --json` prints"))


def test_status_prints_what_is_documented(statuses: list[dict[str, Any]]) -> None:
    assert_documented(statuses, table_after("`status --json` prints"))


@pytest.mark.parametrize(
    ("key", "values"), [("standing", Standing), ("outcome", Outcome), ("basis", Basis)]
)
def test_every_word_of_a_status_is_listed(key: str, values: type[StrEnum]) -> None:
    row = next(row for row in table_after("`status --json` prints") if codes(row[0]) == [key])
    assert codes(row[2]) == [value.value for value in values]


def test_the_views_are_those_that_export_knows() -> None:
    words = README[README.index("these views are") :].partition("\n\n")[0]
    assert codes(words) == list(EXPORTS)


def test_the_exit_codes_are_those_of_the_errors() -> None:
    listed = [int(row[0]) for row in table_after("| exit code")]
    known = {
        e.exit_code
        for e in vars(errors).values()
        if isinstance(e, type) and hasattr(e, "exit_code")
    }
    assert listed == sorted({0, click.UsageError.exit_code} | known)


# -- messages ----------------------------------------------------------------------------


def kinds() -> dict[str, list[str]]:
    """Return the first words that the README gives for each kind."""
    rows = table_after("## What each message means")
    return {codes(row[0])[0]: re.split("[;,] ", row[1]) for row in rows}


def test_every_kind_of_message_is_listed() -> None:
    assert list(kinds()) == [kind.value for kind in (*Kind, *DeskKind)]


@pytest.mark.parametrize("night", RECORDED)
def test_messages_begin_as_listed(night: str) -> None:
    for message in whole(night).posts:
        assert message["text"].startswith(tuple(kinds()[message["kind"]])), message["text"]


def test_the_message_shown_is_the_message_sent() -> None:
    (shown,) = fences("text")
    assert [m["text"] for m in durham() if m["kind"] == Kind.RACE_WON] == [shown]


def test_the_picture_shows_what_the_terminal_shows() -> None:
    """Draw it anew with `python docs/picture.py`; rich's own versions may frame it otherwise."""
    drawn = runpy.run_path(str(ROOT / "docs" / "picture.py"))["drawn"]
    kept = (ROOT / "docs" / "message.svg").read_text(encoding="utf-8")
    assert words_of(drawn()) == words_of(kept)


def words_of(svg: str) -> str:
    """Return the text of a picture without its spaces."""
    return "".join(html.unescape("".join(re.findall(r"<text[^>]*>([^<]*)", svg))).split())


# -- files to write ----------------------------------------------------------------------


def county_file() -> str:
    """Return the county file of the five steps."""
    (text,) = fences("python")
    return text


def test_the_county_file_needs_no_settings() -> None:
    """It is as long as a county file should be, and says everything itself."""
    names: dict[str, Any] = {"__name__": "scrapers.nc_wake"}
    exec(compile(county_file(), "nc_wake.py", "exec"), names)  # noqa: S102 - our own README
    scraper = names["Scraper"]
    assert issubclass(scraper, Platform)
    assert scraper.settings_needed() == frozenset()
    assert 10 <= len(county_file().splitlines()) <= 30
    assert ast.get_docstring(ast.parse(county_file()))


def test_the_golden_example_is_the_county_files_page() -> None:
    (text,) = fences("json")
    told = json.loads(text)
    names: dict[str, Any] = {"__name__": "scrapers.nc_wake"}
    exec(compile(county_file(), "nc_wake.py", "exec"), names)  # noqa: S102 - our own README
    day = tomllib.loads(f"day = {told['date']}")["day"]
    visit = names["Scraper"](date=day, settings=told["settings"]).visit()
    assert [page["url"] for page in told["pages"]] == [next(visit).url]


def test_the_configuration_shown_is_valid() -> None:
    whole, _ = fences("toml")
    config = read_config(whole, base=ROOT, scrapers=scrapers())
    assert [race.id for race in config.races] == ["wake-da-2022"]


def test_the_county_file_takes_the_place_of_the_platform() -> None:
    """The five steps' source stands where the settings' source stood."""
    whole, source = fences("toml")
    names: dict[str, Any] = {"__name__": "scrapers.nc_wake"}
    exec(compile(county_file(), "nc_wake.py", "exec"), names)  # noqa: S102 - our own README
    start, end = whole.index("[sources.wake]"), whole.index("[[races]]")
    text = f"{whole[:start]}{source}\n\n{whole[end:]}".replace('"wake"', '"nc_wake"')
    config = read_config(text, base=ROOT, scrapers={**scrapers(), "nc_wake": names["Scraper"]})
    assert [source.scraper for source in config.sources] == ["nc_wake"]


# -- links -------------------------------------------------------------------------------


def test_every_link_to_a_file_leads_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).is_file(), target


def test_every_platform_named_is_there() -> None:
    """The list is whole: every platform but North Carolina's precinct rows, a reader of files."""
    listed = README[README.index("sites of many counties") : README.index("a table your people")]
    named = [word for word in codes(listed) if re.fullmatch(r"[a-z0-9_]+", word)]
    platforms = {name for name, one in scrapers().items() if not one.county} - {"ncsbe_pct"}
    assert sorted(named) == sorted(platforms)


def test_the_changelog_names_the_version() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"## {version['version']}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
