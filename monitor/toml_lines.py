"""On which line a key of a TOML text stands, for errors that name the line.

tomllib says a line for syntax errors only. This index is made from text that
tomllib has already taken, so it reads structure and judges nothing: headers,
dotted and quoted keys, arrays of tables, inline tables and arrays over several
lines. Paths are those of the parsed document: `("races", 0, "sources", 1, "covers")`.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]
"""Keys and positions from the top of the document; `()` is the document."""

_TOKEN = re.compile(
    r'''
      """(?:\\.|[^\\])*?"""(?:"{0,2})     # a string over lines may end in up to five quotes
    | \'\'\'.*?\'\'\'(?:'{0,2})
    | "(?:\\.|[^"\\])*"
    | '[^']*'
    | \#[^\n]*
    | \n
    | [\[\]{}=,.]
    | [^\s\[\]{}=,."'\#]+
    ''',
    re.VERBOSE | re.DOTALL,
)
_END = ("", 0)


def line_index(text: str) -> dict[Path, int]:
    """Map every table, key and array element to its line, counted from 1.

    `text` must be TOML that tomllib takes; of other text the index means nothing.
    """
    return _Reader(text).read()


def line_of(index: Mapping[Path, int], path: Path) -> int:
    """Return the line of a path, or of the nearest table around it (a missing key has none)."""
    while path and path not in index:
        path = path[:-1]
    return index.get(path, 1)


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for found in _TOKEN.finditer(text):
        token = found.group()
        if not token.startswith("#"):
            yield token, line
        line += token.count("\n")


class _Reader:
    """One pass over the tokens of a valid document."""

    def __init__(self, text: str) -> None:
        self.tokens = list(_tokens(text))
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.sizes: dict[Path, int] = {}  # arrays of tables, and how many tables they have so far

    def read(self) -> dict[Path, int]:
        table: Path = ()
        while self._peek() != _END:
            if self._peek()[0] == "[":
                table = self._header()
            elif not self._skipped("\n"):
                self._pair(table)
        return self.lines

    def _peek(self) -> tuple[str, int]:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def _take(self) -> tuple[str, int]:
        token = self._peek()
        self.at += 1
        return token

    def _skipped(self, *signs: str) -> bool:
        start = self.at
        while self._peek()[0] in signs:
            self.at += 1
        return self.at > start

    def _header(self) -> Path:
        line = self._peek()[1]
        start = self.at
        self._skipped("[")
        repeats = self.at - start > 1
        *above, last = self._keys()
        self._skipped("]")
        path: Path = ()
        for key in above:
            path = self._newest((*path, key), line)
        path = (*path, last)
        if repeats:
            self.lines.setdefault(path, line)
            self.sizes[path] = self.sizes.get(path, 0) + 1
            path = (*path, self.sizes[path] - 1)
        self.lines[path] = line
        return path

    def _newest(self, path: Path, line: int) -> Path:
        """Return the table a header's upper key means: of an array, its last one."""
        self.lines.setdefault(path, line)
        return (*path, self.sizes[path] - 1) if path in self.sizes else path

    def _keys(self) -> list[str]:
        keys = [_key(self._take()[0])]
        while self._peek()[0] == ".":
            self._take()
            keys.append(_key(self._take()[0]))
        return keys

    def _pair(self, table: Path) -> None:
        line = self._peek()[1]
        path = table
        for key in self._keys():
            path = (*path, key)
            self.lines.setdefault(path, line)
        self._take()  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        opening = self._take()[0]
        if opening == "[":
            place = 0
            while not self._closes("]"):
                self.lines[*path, place] = self._peek()[1]
                self._value((*path, place))
                place += 1
        elif opening == "{":
            while not self._closes("}"):
                self._pair(path)
        else:
            while self._peek()[0] not in {",", "]", "}", "\n", ""}:
                self._take()  # dates and numbers fall into several tokens

    def _closes(self, sign: str) -> bool:
        self._skipped("\n", ",")
        if self._peek()[0] in {sign, ""}:
            self._take()
            return True
        return False


def _key(token: str) -> str:
    """Read a key as TOML does: bare, or a string with its escapes."""
    if token[:1] in {'"', "'"}:
        return str(tomllib.loads(f"key = {token}")["key"])
    return token
