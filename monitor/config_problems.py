"""A problem of config.toml, from what a check found to the line that ops read."""

from __future__ import annotations

import re
import reprlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.config_shape import schema
from monitor.config_types import PATTERN_WORDS
from monitor.likeness import guesses
from monitor.races import ElectionKind
from monitor.toml_lines import Path, line_index, line_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import Any

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

_EXPECTED = {
    "string_type": "expected text in quotes",
    "date_type": "expected a date without quotes, such as 2018-05-08",
    "time_type": "expected a time without quotes, such as 19:30:00",
    "bool_type": "expected true or false, without quotes",
    "list_type": "expected a list in [ ]",
    "model_type": "expected a table",
    "dict_type": "expected tables",
    "too_short": "expected at least one",
    "string_too_short": "expected some text",
}
_FEW = 12
_BARE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong, and where."""

    path: Path
    message: str


def hint(name: str, known: Collection[str]) -> str:
    """Name the nearest known name, or all of them when none is near and they are few."""
    near = guesses(name, known)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; known here: {', '.join(sorted(known))}" if 0 < len(known) <= _FEW else ""


def lines(problems: Iterable[Problem], text: str) -> tuple[str, ...]:
    """Write the problems in the order of their lines."""
    index = line_index(text)
    placed = {
        (line_of(index, problem.path), f"{_dotted(problem.path)}: {problem.message}")
        for problem in problems
    }
    return tuple(f"{message} (line {line})" for line, message in sorted(placed))


def _dotted(path: Path) -> str:
    """Write a path as people read it: `races[0].sources[1].covers`."""
    parts = (
        f"[{part}]"
        if isinstance(part, int)
        else f".{part if _BARE.fullmatch(part) else repr(part)}"
        for part in path
    )
    return "".join(parts).removeprefix(".")


def shape_problems(error: ValidationError) -> Iterator[Problem]:
    """Put pydantic's findings into our words, with the nearest known key for an unknown one."""
    made = schema()
    for detail in error.errors(include_url=False):
        path = tuple(part for part in detail["loc"] if part != "[key]")
        known = _table_at(made, path[:-1]).get("properties", {})
        yield Problem(path, _message(detail, known))


def _message(detail: ErrorDetails, known: Mapping[str, Any]) -> str:
    """Say what is wrong with one value, and what to write instead."""
    key, kind, context = detail["loc"][-1], detail["type"], detail.get("ctx", {})
    if kind == "missing":
        return f"missing. {known.get(str(key), {}).get('description', '')}".strip()
    if kind == "extra_forbidden":
        return f"unknown key{hint(str(key), known)}"
    if kind == "value_error":
        return str(context["error"])
    seen = reprlib.repr(detail["input"])
    if kind == "enum":
        return f"{seen} is none of the kinds{hint(str(detail['input']), list(ElectionKind))}"
    if kind == "string_pattern_mismatch":
        return f"{seen}: {PATTERN_WORDS[context['pattern']]}"
    return f"{_EXPECTED.get(kind, detail['msg'].lower())}, found {seen}"


def _table_at(made: Mapping[str, Any], path: Path) -> Mapping[str, Any]:
    """Follow a path through the JSON schema to the table it means."""
    at = made
    for part in path:
        if isinstance(part, int):
            at = at.get("items", {})
        else:
            at = at.get("properties", {}).get(part) or _any_key(at)
        name = str(at.get("$ref", "")).rpartition("/")[2]
        at = made["$defs"][name] if name else at
    return at


def _any_key(table: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the schema of what stands under a free key, such as an election's id."""
    by_pattern = next(iter(table.get("patternProperties", {}).values()), None)
    free = by_pattern or table.get("additionalProperties")
    return free if isinstance(free, dict) else {}
