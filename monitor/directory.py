"""Known addresses of results by state and county: what `addresses.csv` has, and a search in it.

The file is our own, gathered from other people's notes and code; `seen` is when they saw an
address, not when we did. An address is where a person begins: `sources URL` reads from it
what the site has now. A line without a county is for the whole state.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from monitor.errors import ConfigInvalid, NothingMatched
from monitor.likeness import guesses

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FILE = "addresses.csv"
_COLUMNS = ("state", "county", "platform", "address", "reach", "seen", "note")
_STATE = re.compile(r"[A-Z]{2}")
_SEEN = re.compile(r"\d{4}(?:-(?:0[1-9]|1[0-2]))?|")
_ADDRESS = re.compile(r"https?://[\w.-]+/?\S*|")
_SUFFIX = re.compile(r" (?:county|parish|borough)$")
_LIKE = 0.75
"""How much alike a misspelt name and the county meant are, from 0 to 1 (letter by letter)."""


class Reach(StrEnum):
    """Whether the contests of prosecutors are to be had at an address."""

    SHOWN = "shown"
    """They were seen in its answers, or in the state's files of the same form; or it is a
    county's own site for all of its contests, and answers of such sites are stored."""
    LIKELY = "likely"
    """Nobody has seen them there, or not the address itself."""
    FILE = "file"
    """Only as a file that a person finds or saves, and gives."""
    NONE = "none"
    """No such contest is there, or nothing here can read it."""


@dataclass(frozen=True, slots=True)
class Address:
    """One line. Any text may be empty but `state`; then `note` says why.

    `county`: empty for the whole state. `platform`: the file of scrapers/ that reads it.
    `seen`: the year, or year and month, of the note it is from.
    """

    state: str
    county: str
    platform: str
    address: str
    reach: Reach
    seen: str
    note: str


@dataclass(frozen=True, slots=True)
class Found:
    """What answers a question: the county's addresses before the state's.

    `told`: a sentence where the county has no address of its own, else "".
    """

    addresses: tuple[Address, ...]
    told: str = ""


@cache
def shipped_directory() -> tuple[Address, ...]:
    """Read the `addresses.csv` that lies beside this module, once a process."""
    return read(files("monitor").joinpath(FILE).read_text(encoding="utf-8"))


def read(text: str) -> tuple[Address, ...]:
    """Read the file. Raises `ConfigInvalid` with a line for every problem."""
    addresses: dict[tuple[str, ...], Address] = {}
    problems: list[str] = []
    for number, row in _rows(text):
        found = list(_problems(row))
        if not found:
            made = Address(**{**row, "reach": Reach(row["reach"])})
            key = (made.state, _plain(made.county), made.platform, made.address)
            if key in addresses:
                found.append("the line stands there twice")
            addresses[key] = made
        problems += [f"{FILE}:{number}: {problem}" for problem in found]
    if problems:
        raise ConfigInvalid(tuple(problems))
    return tuple(addresses.values())


def _rows(text: str) -> list[tuple[int, dict[str, Any]]]:
    """Return each line's cells by column, with its number."""
    rows = csv.DictReader(text.splitlines(), strict=True)
    try:
        if tuple(rows.fieldnames or ()) != _COLUMNS:
            raise ConfigInvalid((f"{FILE}:1: the columns must be {', '.join(_COLUMNS)}",))
        return [(rows.line_num, row) for row in rows]
    except csv.Error as error:
        # The reader counts a line when it is read whole: this one, or one that never ends.
        raise ConfigInvalid((f"{FILE}:{rows.line_num + 1}: {error}",)) from None


def _problems(row: Mapping[str, str | None]) -> Iterator[str]:
    """Say what is wrong with a line; a missing cell is None, a surplus one a key None."""
    if set(row) != set(_COLUMNS) or None in row.values():
        yield f"it must have {len(_COLUMNS)} cells"
        return
    said = {name: value or "" for name, value in row.items()}
    for name, value in said.items():
        if value != " ".join(value.split()):
            yield f"{name}: {value!r} has blanks that are too many"
    for name, pattern, form in (
        ("state", _STATE, "two capital letters"),
        ("seen", _SEEN, "YYYY or YYYY-MM"),
        ("address", _ADDRESS, "http:// or https://"),
    ):
        if not pattern.fullmatch(said[name]):
            yield f"{name}: {said[name]!r} is not {form}"
    if said["reach"] not in list(Reach):
        yield f"reach: {said['reach']!r} is none of {', '.join(Reach)}"
    elif said["reach"] != Reach.NONE and not said["platform"]:
        yield f"platform: is missing, so that reach cannot be {said['reach']!r}"
    if not said["note"] and not (said["platform"] and said["address"]):
        yield "note: say why there is no platform or no address"


def look_for(directory: tuple[Address, ...], state: str, county: str = "") -> Found:
    """Return the addresses of a state, or of one of its counties and of the whole state.

    Raises `NothingMatched` when there is no line at all.
    """
    asked = state.strip().upper()
    of_state = tuple(one for one in directory if one.state == asked)
    if not of_state:
        known = ", ".join(dict.fromkeys(one.state for one in directory))
        raise NothingMatched(f"no state {state!r} in the directory; it has {known}")
    if not county:
        return Found(of_state)
    own = tuple(one for one in of_state if one.county and _plain(one.county) == _plain(county))
    whole = tuple(one for one in of_state if not one.county)
    told = "" if own else _nothing_of(county, asked, of_state)
    if not (own or whole):
        raise NothingMatched(told)
    return Found((*own, *whole), told)


_WALL = re.compile(r"\b(?:walled|refuses?)\b")


def warnings(directory: tuple[Address, ...], url: str) -> tuple[str, ...]:
    """Say what is known against a link's site: a wall before it, or that nothing reads it."""
    host = _host(url)
    known = (
        f"{host}, {one.state}: {one.note}" + (f" (seen {one.seen})" if one.seen else "")
        for one in directory
        if host and _host(one.address) == host and (_WALL.search(one.note) or not one.platform)
    )
    return tuple(dict.fromkeys(known))


def state_site(directory: tuple[Address, ...], url: str) -> str:
    """Return the one known address of a whole state at a link's host, or "".

    So the front page of a state's site is enough, though it names nothing itself.
    """
    host = _host(url)
    found = {
        one.address
        for one in directory
        if host and _host(one.address) == host and not one.county and one.reach is not Reach.NONE
    }
    return found.pop() if len(found) == 1 else ""


def state_of(directory: tuple[Address, ...], url: str) -> str:
    """Return the state whose own site stands at a link's host, or "" for a host of several."""
    host = _host(url)
    here = [one for one in directory if host and _host(one.address) == host]
    states = {one.state for one in here}
    return states.pop() if len(states) == 1 and any(not one.county for one in here) else ""


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _nothing_of(county: str, state: str, of_state: tuple[Address, ...]) -> str:
    names = {_plain(one.county): one.county for one in of_state if one.county}
    near = guesses(_plain(county), names, most=3, at_least=_LIKE)
    meant = f"; did you mean {' or '.join(names[name] for name in near)}?" if near else ""
    return f"no address of {county}, {state}, is known{meant}"


def _plain(county: str) -> str:
    return _SUFFIX.sub("", " ".join(county.casefold().replace(".", "").split()))
