"""Damaged copies of a payload: cut, reordered, renamed, retyped and emptied, from one seed.

JSON is damaged at its objects and lists, a table at its cells and columns, fixed text and
XML at their lines and characters; each of them may also be cut anywhere.
"""

from __future__ import annotations

import csv
import io
import json
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STRANGE: tuple[Any, ...] = (
    None, True, -5, 8, 1.5, 10**12, "", "*", "<30", "-", "12a", "1,204", " 7 ", "1e3", "\u0667",
    [], {},
)  # fmt: skip
"""What may stand where a count or a name was; a few of them are counts."""


def mutants(
    body: bytes,
    kind: str,
    count: int,
    seed: str,
    pack: Callable[[Any], bytes],
    unpack: Callable[[bytes], Any],
) -> Iterator[tuple[str, bytes]]:
    """Yield `count` damaged copies with the name of the damage.

    `kind`: json, lines, or the delimiter of a table. `unpack` and `pack` read and
    write the content of JSON as the source does.
    """
    rng = Random(seed)  # noqa: S311
    for _ in range(count):
        if rng.random() < 0.15:
            yield "truncated", body[: rng.randrange(len(body))]
        elif kind == "json":
            name, content = damaged_json(unpack(body), rng)
            yield name, pack(content)
        elif kind == "lines":
            yield damaged_lines(body, rng)
        else:
            yield damaged_table(body, rng, kind)


def plain_json(content: Any) -> bytes:
    """Write JSON."""
    return json.dumps(content).encode()


def places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every object and list with each of its keys or positions."""
    pairs = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in list(pairs):
        yield node, key
        if isinstance(value, (dict, list)):
            yield from places(value)


def damaged_json(content: Any, rng: Random) -> tuple[str, Any]:
    """Damage one place, or two."""
    name = ""
    for _ in range(rng.choice((1, 1, 2))):
        found = list(places(content))
        if found:
            name = _damage_place(*rng.choice(found), rng)
    return name, content


def _damage_place(node: Any, key: Any, rng: Random) -> str:
    value = node[key]
    name = rng.choice(("renamed", "retyped", "retyped", "emptied", "reordered", "changed"))
    if name == "emptied":
        if rng.random() < 0.5 or not isinstance(value, (dict, list, str)):
            del node[key]
        else:
            node[key] = type(value)()
    elif name == "renamed" and isinstance(node, dict):
        node[rng.choice((f"{key}_", key.upper(), key[:-1]))] = node.pop(key)
    elif name == "reordered" and isinstance(value, list):
        rng.shuffle(value)
    elif name == "reordered" and isinstance(node, dict):
        pairs = list(node.items())
        rng.shuffle(pairs)
        node.clear()
        node.update(pairs)
    elif name == "changed" and isinstance(node, list):
        node.insert(key, value)
    else:
        node[key] = _retyped(value, rng)
    return name


def _retyped(value: Any, rng: Random) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and rng.random() < 0.5:
        return rng.choice((value + 1, str(value), f"{value:,}", float(value)))
    if isinstance(value, str) and value.isdecimal() and rng.random() < 0.5:
        return int(value)
    return rng.choice(STRANGE)


def rows_in(body: bytes, delimiter: str) -> list[list[str]]:
    """Return the cells of a table."""
    return list(csv.reader(io.StringIO(body.decode(), newline=""), delimiter=delimiter))


def table_of(rows: list[list[str]], delimiter: str) -> bytes:
    """Write a table."""
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter).writerows(rows)
    return target.getvalue().encode()


def damaged_table(body: bytes, rng: Random, delimiter: str) -> tuple[str, bytes]:
    """Damage cells, rows or columns."""
    rows = rows_in(body, delimiter)
    name = rng.choice(("renamed", "retyped", "retyped", "emptied", "reordered", "changed"))
    row = rng.choice(rows)
    at = rng.randrange(len(row)) if row else 0
    if name == "renamed":
        rows[0][rng.randrange(len(rows[0]))] += "_"
    elif name == "retyped" and row:
        digits = row[at].isdecimal() and rng.random() < 0.4
        row[at] = str(int(row[at]) + 1) if digits else str(rng.choice(STRANGE[2:]))
    elif name == "emptied":
        _empty(rows, row, at, rng)
    elif name == "reordered":
        _reorder(rows, rng)
    else:
        rows.insert(rng.randrange(len(rows)), list(row))
    return name, table_of(rows, delimiter)


def _empty(rows: list[list[str]], row: list[str], at: int, rng: Random) -> None:
    how = rng.randrange(4)
    if how == 0:
        rows.remove(row)
    elif how == 1:
        del row[at : at + 1]
    elif how == 2:
        rows.clear()
    elif row:
        row[at] = ""


def _reorder(rows: list[list[str]], rng: Random) -> None:
    """Move whole columns with their names, or rows."""
    if rng.random() < 0.5:
        width = min(map(len, rows))
        one, other = rng.sample(range(width), 2) if width > 1 else (0, 0)
        for row in rows:
            if row:
                row[one], row[other] = row[other], row[one]
    else:
        one, other = rng.sample(range(len(rows)), 2)
        rows[one], rows[other] = rows[other], rows[one]


def damaged_lines(body: bytes, rng: Random) -> tuple[str, bytes]:
    """Damage lines, words or single characters of a text."""
    lines = body.split(b"\n")
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    name = rng.choice(("renamed", "retyped", "retyped", "emptied", "reordered", "changed"))
    line = lines[at]
    place = rng.randrange(len(line)) if line else 0
    if name == "renamed":
        words = line.split(b" ")
        word = rng.randrange(len(words))
        words[word] = words[word][::-1]
        lines[at] = b" ".join(words)
    elif name == "retyped":
        digits = [spot for spot, char in enumerate(line) if chr(char).isdigit()]
        spot = rng.choice(digits) if digits else place
        lines[at] = line[:spot] + rng.choice((b"7", b"x", b"-", b"*", b" ")) + line[spot + 1 :]
    elif name == "emptied":
        lines[at] = rng.choice((b"", line[:place], line[:place] + line[place + 1 :]))
    elif name == "reordered":
        lines[at], lines[other] = lines[other], lines[at]
    else:
        lines.insert(other, line)
    return name, b"\n".join(lines)
