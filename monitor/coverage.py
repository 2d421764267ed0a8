"""How many prosecutors' districts of each state can be watched, and by which way.

Counted from `addresses.csv`, from what the platforms say of themselves, and from the nominal
numbers of `prosecutors.toml`. A district counts once, for the best way there is. Where
something is not known the worse is taken:

- Proven is only a platform that is not `unproven` and whose address shows prosecutors (see
  `Reach.SHOWN`). A likely address, or one that was not seen, is unproven: a stored figure
  proves the address it came from, and no other.
- A state's own site counts for every district left; a county's site for one district, and
  only where a district is a county. Sites of counties in circuits count for nothing.
- A platform that wants a person's confirmation, or a file saved by a person, is a report
  file. Whether each county posts one that has text is not known; a county that is known
  to post something else is out of reach.
- What nobody has noted is out of reach, though its site may well be one of these platforms.
  A sheet kept by hand always works and is not counted.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from monitor.directory import Address, Reach
from monitor.errors import ConfigInvalid, NothingMatched

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.night import Tested

FILE = "prosecutors.toml"
_KEYS = {"name": str, "districts": int, "by": str}
_OPTIONAL = {"elsewhere": int, "note": str}
_BY = ("county", "circuit")


class Way(StrEnum):
    """By which way a place is read, best first."""

    PROVEN = "proven"
    UNPROVEN = "unproven"
    REPORT_FILE = "report-file"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Nominal:
    """A state's prosecutors in general knowledge. `by_county`: a district is a county.

    `elsewhere`: how many of them are not known to be at the address of the whole state.
    """

    state: str
    name: str
    districts: int
    by_county: bool
    note: str = ""
    elsewhere: int = 0


@dataclass(frozen=True, slots=True)
class Coverage:
    """A state's districts by way; the four numbers add up to `districts`."""

    state: str
    districts: int
    proven: int
    unproven: int
    report_file: int
    none: int
    platforms: tuple[str, ...]


@cache
def shipped_nominal() -> tuple[Nominal, ...]:
    """Read the `prosecutors.toml` that lies beside this module, once a process."""
    return read(files("monitor").joinpath(FILE).read_text(encoding="utf-8"))


def read(text: str) -> tuple[Nominal, ...]:
    """Read the nominal numbers. Raises `ConfigInvalid` with a line for every problem."""
    try:
        states = tomllib.loads(text).get("states")
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid((f"{FILE}: {error}",)) from None
    if not isinstance(states, dict) or not states:
        raise ConfigInvalid((f"{FILE}: there are no tables [states.XX]",))
    problems = [
        f"{FILE}: states.{state}{told}" for state, one in states.items() for told in _wrong(one)
    ]
    if problems:
        raise ConfigInvalid(tuple(problems))
    return tuple(
        Nominal(
            state,
            one["name"],
            one["districts"],
            one["by"] == "county",
            one.get("note", ""),
            one.get("elsewhere", 0),
        )
        for state, one in states.items()
    )


def _wrong(table: Any) -> list[str]:
    if not isinstance(table, dict):
        return [" must be a table"]
    told = [f".{key}: unknown key" for key in table if key not in {**_KEYS, **_OPTIONAL}]
    told += [
        f".{key}: must be {kind.__name__}"
        for key, kind in {**_KEYS, **_OPTIONAL}.items()
        if (key in _KEYS or key in table) and type(table.get(key)) is not kind
    ]
    if not told and table["districts"] < 1:
        told.append(".districts: must be 1 or more")
    if not told and not 0 <= table.get("elsewhere", 0) <= table["districts"]:
        told.append(".elsewhere: must be from 0 to districts")
    if not told and table["by"] not in _BY:
        told.append(f".by: must be one of {', '.join(_BY)}")
    return told


def of_state(nominal: tuple[Nominal, ...], state: str | None) -> tuple[Nominal, ...]:
    """Return one state's numbers, or all for None. Raises `NothingMatched`."""
    if state is None:
        return nominal
    found = tuple(one for one in nominal if one.state == state.strip().upper())
    if not found:
        known = ", ".join(one.state for one in nominal)
        raise NothingMatched(f"no state {state!r} that elects prosecutors; there are {known}")
    return found


def way_of(address: Address, known: Mapping[str, Tested]) -> Way:
    """Say by which way an address is read; a platform that cannot be used reads nothing."""
    platform = known.get(address.platform)
    if platform is None or address.reach is Reach.NONE:
        return Way.NONE
    if platform.needs_confirmation or address.reach is Reach.FILE:
        return Way.REPORT_FILE
    seen = address.reach is Reach.SHOWN and bool(address.address)
    return Way.PROVEN if seen and not platform.unproven else Way.UNPROVEN


def coverage(
    directory: Iterable[Address], nominal: Iterable[Nominal], known: Mapping[str, Tested]
) -> tuple[Coverage, ...]:
    """Count the districts of each state by way."""
    addresses = tuple(directory)
    return tuple(
        _of_state(one, [a for a in addresses if a.state == one.state], known) for one in nominal
    )


def _of_state(nominal: Nominal, addresses: list[Address], known: Mapping[str, Tested]) -> Coverage:
    counted = [one for one in addresses if nominal.by_county or not one.county]
    ways = [(one, way_of(one, known)) for one in counted]
    whole = {way for one, way in ways if not one.county}
    found = nominal.districts - nominal.elsewhere
    reached = _reached(found, whole, _best([each for each in ways if each[0].county]))
    return Coverage(
        state=nominal.state,
        districts=nominal.districts,
        proven=reached[Way.PROVEN],
        unproven=reached[Way.UNPROVEN],
        report_file=reached[Way.REPORT_FILE],
        none=nominal.districts - sum(reached.values()),
        platforms=tuple(sorted({one.platform for one, way in ways if way is not Way.NONE})),
    )


def _best(ways: list[tuple[Address, Way]]) -> list[Way]:
    """Return the best way of each county."""
    order, best = list(Way), dict[str, Way]()
    for one, way in ways:
        best[one.county] = min(best.get(one.county, way), way, key=order.index)
    return list(best.values())


def _reached(districts: int, whole: set[Way], counties: list[Way]) -> dict[Way, int]:
    """Give each district the best way left: its county's, or that of the whole state."""
    left, reached = districts, dict[Way, int]()
    for way in (Way.PROVEN, Way.UNPROVEN, Way.REPORT_FILE):
        here = counties.count(way)
        if way in whole:
            # A county that is known to post something else posts no report file.
            lost = counties.count(Way.NONE) if way is Way.REPORT_FILE else 0
            here = max(here, left - lost)
        reached[way] = min(left, here)
        left -= reached[way]
    return reached


def total(rows: Iterable[Coverage]) -> Coverage:
    """Add states up, without their platforms."""
    states = tuple(rows)
    return Coverage(
        state="all",
        districts=sum(one.districts for one in states),
        proven=sum(one.proven for one in states),
        unproven=sum(one.unproven for one in states),
        report_file=sum(one.report_file for one in states),
        none=sum(one.none for one in states),
        platforms=(),
    )
