"""Reads a parsed config.toml whose types nobody has checked yet.

A value of another type than expected counts as not there: its own problem comes from
`monitor.config_shape`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.config_problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.toml_lines import Path


def named(table: Mapping[str, Any], key: str) -> dict[str, dict[str, Any]]:
    """Return the tables of a table of tables, by name."""
    inner = table.get(key)
    held = inner if isinstance(inner, dict) else {}
    return {name: one for name, one in held.items() if isinstance(one, dict)}


def tables(table: Mapping[str, Any], key: str) -> list[tuple[int, dict[str, Any]]]:
    """Return the tables of an array, each with its place in it."""
    inner = table.get(key)
    held = inner if isinstance(inner, list) else []
    return [(place, one) for place, one in enumerate(held) if isinstance(one, dict)]


def text(table: Mapping[str, Any], key: str) -> str:
    """Return a text, "" where there is none."""
    value = table.get(key)
    return value if isinstance(value, str) else ""


def texts(table: Mapping[str, Any], key: str) -> list[str]:
    """Return the texts of an array."""
    values = table.get(key)
    return [one for one in values if isinstance(one, str)] if isinstance(values, list) else []


def twice(path: Path, found: list[tuple[int, dict[str, Any]]], key: str) -> Iterator[Problem]:
    """Find what stands in an array of tables a second time."""
    seen: set[str] = set()
    for place, table in found:
        value = text(table, key)
        if value and value in seen:
            yield Problem((*path, place, key), f'"{value}" stands here a second time')
        seen.add(value)
