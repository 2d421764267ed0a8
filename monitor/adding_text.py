"""New tables of config.toml as text, and where in the file they go. Pure.

tomlkit writes the values, so that no title and no name breaks the file. What already stands
there is never written anew: a block goes in where its section ends, and every other byte
stays. (tomlkit's own way, adding to the parsed file, counts the heading of the next section
to the table before it, and would put a new table below that heading.)
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING, Any

import tomlkit

from monitor.toml_lines import Path, line_index

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tomlkit.items import Item

Value = str | int | date | time | tuple[str, ...]

LONGEST_REMARK = 500


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and its value."""

    key: str
    value: Value


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment on a line of its own; any text, it is made to fit one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its path, its lines in order; `repeats`: one of an array, `[[races]]`."""

    path: tuple[str, ...]
    lines: tuple[Pair | Remark, ...]
    repeats: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """Tables that go where the section of a path ends, or last where there is no such path."""

    after: Path
    tables: tuple[Table, ...]


def written(tables: Iterable[Table]) -> str:
    """Write tables, an empty line between two of them."""
    return "\n".join(map(_table, tables))


def _table(table: Table) -> str:
    body = tomlkit.table()
    for line in table.lines:
        if isinstance(line, Remark):
            body.add(tomlkit.comment(_one_line(line.text)))
        else:
            body.add(line.key, _item(line))
    path = tomlkit.key(list(table.path)).as_string()
    head = f"[[{path}]]" if table.repeats else f"[{path}]"
    return f"{head}\n{body.as_string()}"


def _item(pair: Pair) -> Item:
    if isinstance(pair.value, tuple):
        return tomlkit.item(list(pair.value))
    if pair.key == "contest" and isinstance(pair.value, str) and "'" not in pair.value:
        return tomlkit.string(pair.value, literal=True)  # a pattern's backslashes stay as they are
    return tomlkit.item(pair.value)


def _one_line(text: str) -> str:
    """Make a site's words a comment: nothing that cannot be printed, no line break."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    line = " ".join(shown.split())
    return line if len(line) <= LONGEST_REMARK else f"{line[: LONGEST_REMARK - 1]}…"


def spliced(text: str, blocks: Sequence[Block]) -> str:
    """Put blocks into a text that tomllib takes; blocks for one place keep their order."""
    lines, index = text.split("\n"), line_index(text)
    placed = sorted((_end(lines, index, block.after), at) for at, block in enumerate(blocks))
    for end, at in reversed(placed):
        lines[end:end] = _framed(lines, end, written(blocks[at].tables), text)
    return "\n".join(lines)


def keeps(before: str, after: str) -> bool:
    """Say whether a text is TOML, and still says all that it said before.

    Tables in braces take no further ones, and a dotted key below a new heading is read as its.
    """
    try:
        return _holds(tomllib.loads(after), tomllib.loads(before))
    except tomllib.TOMLDecodeError:
        return False


def _holds(after: Any, before: Any) -> bool:
    match after, before:
        case dict(), dict():
            return all(key in after and _holds(after[key], before[key]) for key in before)
        case list(), list():
            return len(after) >= len(before) and all(map(_holds, after, before))
    return bool(after == before)


def _end(lines: Sequence[str], index: Mapping[Path, int], after: Path) -> int:
    """Return how many lines stand before the end of a section.

    Comments directly below its last value belong to it, those after an empty line to
    what follows.
    """
    inside = [line for path, line in index.items() if path[: len(after)] == after]
    last = max(inside) if inside else len(lines)
    beyond = min((line for line in index.values() if line > last), default=len(lines) + 1) - 1
    end = beyond
    while end > last and _is_bare(lines[end - 1]):
        end -= 1
    below = end
    while below < beyond and lines[below].strip():
        below += 1
    return below if below < beyond or beyond == len(lines) else end


def _is_bare(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


def _framed(lines: Sequence[str], end: int, block: str, text: str) -> list[str]:
    """Return the lines of a block, set apart by one empty line on either side.

    The last piece of a split text is the empty one after its last line break; in a file
    that ends without one, the block brings it.
    """
    ending = "\r" if "\r\n" in text else ""
    made = [f"{line}{ending}" for line in block.rstrip("\n").split("\n")]
    before, after = lines[:end], lines[end:]
    if before and before[-1].strip():
        made.insert(0, ending)
    if after and after[0].strip():
        made.append(ending)
    return made
