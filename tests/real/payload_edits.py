"""What is done to a payload as a whole: every vote doubled, two candidates' votes swapped."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from itertools import groupby
from typing import Any

from tests.mutants import plain_json, rows_in, table_of

Edit = Callable[[bytes], bytes]


def number(value: Any) -> int:
    """Read a count however it is written: 1204, 1204.0, "1204" or "1,204"."""
    return int(str(value).strip().replace(",", "").removesuffix(".0"))


def words(value: Any) -> str:
    """Fold white space; null is no word."""
    return " ".join(str(value).split()) if value is not None else ""


def scaled(value: Any) -> Any:
    """Double a count as it is written; lists count by count."""
    if isinstance(value, list):
        return [scaled(one) for one in value]
    if isinstance(value, str) and re.fullmatch(r"[\d,]+", value):
        return f"{2 * number(value):,}" if "," in value else str(2 * number(value))
    return 2 * value if isinstance(value, int) else value


def objects(node: Any) -> list[dict[str, Any]]:
    """Return every object in JSON, the outer ones first."""
    inner = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    own = [node] if isinstance(node, dict) else []
    return own + [found for one in inner for found in objects(one)]


def json_double(*fields: str) -> Edit:
    """Double these fields wherever they stand."""

    def edit(body: bytes) -> bytes:
        content = json.loads(body)
        for one in objects(content):
            one.update({name: scaled(one[name]) for name in fields if name in one})
        return plain_json(content)

    return edit


def json_swap(choices: str, *fields: str) -> Edit:
    """Swap these fields of the first two choices in each list of that name, "" for the whole."""

    def edit(body: bytes) -> bytes:
        content = json.loads(body)
        lists = [content] if not choices else [one.get(choices) for one in objects(content)]
        for found in lists:
            if isinstance(found, list) and len(found) > 1 and set(fields) <= set(found[1]):
                swap(found[0], found[1], fields)
        return plain_json(content)

    return edit


def swap(one: Any, other: Any, fields: tuple[Any, ...]) -> None:
    """Swap fields of two objects, or places of two rows."""
    for name in fields:
        one[name], other[name] = other[name], one[name]


def swap_lists(body: bytes) -> bytes:
    """Swap the first two votes in Clarity's lists."""
    content = json.loads(body)
    for one in content["Contests"]:
        if len(one["V"]) > 1:
            one["V"][:2] = one["V"][1::-1]
    return plain_json(content)


def table_double(*columns: int, delimiter: str = ",") -> Edit:
    """Double these columns."""

    def edit(body: bytes) -> bytes:
        rows = rows_in(body, delimiter)
        for row in rows:
            for at in columns:
                if row[at:]:
                    row[at] = scaled(row[at])
        return table_of(rows, delimiter)

    return edit


def table_swap(
    group: tuple[int, ...],
    choice: int,
    *columns: int,
    delimiter: str = ",",
    head: int = 1,
    among: tuple[str, ...] = (),
) -> Edit:
    """Swap these columns of each group's first two choices, sorted, or of two named ones."""

    def edit(body: bytes) -> bytes:
        rows = rows_in(body, delimiter)
        long = (row for row in rows[head:] if len(row) > choice and row[choice] in (among or row))
        ordered = sorted(long, key=lambda row: [row[at] for at in (*group, choice)])
        for _, found in groupby(ordered, lambda row: [row[at] for at in group]):
            one, *others = found
            if others:
                swap(one, others[0], columns)
        return table_of(rows, delimiter)

    return edit


def text_double(pattern: str) -> Edit:
    """Double every figure that a pattern's second group holds, in its place."""

    def doubled(found: re.Match[str]) -> str:
        blank, figure = found.group(1), found.group(2)
        shown = scaled(figure)
        kept = blank[: len(blank) - (len(shown) - len(figure))] if blank.isspace() else blank
        return f"{kept}{shown}"

    return lambda body: re.sub(pattern, doubled, body.decode("cp1252")).encode("cp1252")


def text_swap(one: str, other: str) -> Edit:
    """Let two pieces of a text change places."""

    def edit(body: bytes) -> bytes:
        text = body.decode("cp1252").replace(one, "\0").replace(other, one)
        return text.replace("\0", other).encode("cp1252")

    return edit
