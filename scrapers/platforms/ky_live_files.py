"""Kentucky's data files: elements with attributes, read strictly by the guide's names.

The guide writes one name as ElectionId and another as gpu_id: a name is found however it is
written. It names no roots, so what counts is the elements inside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # a dataclass names it
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from monitor.errors import EmptyPage, LayoutChanged
from scrapers.base import clean, marked, refuse_html, whole
from scrapers.elements import root_of
from scrapers.labels import party_code
from scrapers.moments import day_of

if TYPE_CHECKING:
    from datetime import date

    from monitor.model import Page

_ROOT = re.compile(rb"<([A-Za-z_][\w.-]*)")
_NO_PARTY = ("", "0")
_FLAGS = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, slots=True)
class Element:
    """One element: its attributes, cleaned, and where it stands, for errors."""

    values: Mapping[str, str]
    where: str

    def __getitem__(self, name: str) -> str:
        """Return an attribute. Raises `LayoutChanged` where there is none of the name."""
        try:
            return self.values[_folded(name)]
        except KeyError:
            raise LayoutChanged(f"no {name} in {self.where}") from None

    def need(self, name: str) -> str:
        """Return an attribute that must not be empty."""
        if not self[name]:
            raise LayoutChanged(f"an empty {name} in {self.where}")
        return self[name]

    def count(self, name: str) -> int:
        """Read a count."""
        return whole(self[name], f"{name} in {self.where}")

    def flag(self, name: str) -> bool:
        """Read true or false."""
        return marked(self[name].casefold(), _FLAGS, f"{name} in {self.where}")


@dataclass(frozen=True, slots=True)
class Files:
    """What the five files beside `Elections` hold, by their ids."""

    parties: Mapping[tuple[str, ...], Element]
    units: Mapping[tuple[str, ...], Element]
    contests: Mapping[tuple[str, ...], Element]
    candidates: Mapping[tuple[str, ...], Element]
    counts: tuple[Element, ...]
    reports: Mapping[tuple[str, ...], Element]

    @classmethod
    def of(cls, pages: tuple[Page, ...], election: str) -> Self:
        """Read them, with the contests and candidates of one election alone."""
        _, parties, units, contests, candidates, results = pages
        return cls(
            _by_id(read_elements(parties, "PoliticalParty"), "PartyId"),
            _by_id(read_elements(units, "GeopoliticalUnit"), "UnitId"),
            _by_id(_of(read_elements(contests, "Contest"), election), "ContestId"),
            _by_id(
                _of(read_elements(candidates, "Candidate"), election), "ContestId", "CandidateId"
            ),
            read_elements(results, "CandidateData"),
            _by_id(read_elements(results, "ReportData"), "gpu_id"),
        )

    def party(self, element: Element) -> str:
        """Return the code of an element's party."""
        number = element["PoliticalPartyId"]
        if number in _NO_PARTY:
            return ""
        if (number,) not in self.parties:
            raise LayoutChanged(f"no party {number!r:.20} for {element.where}")
        return party_code(self.parties[(number,)]["Abbreviation"])

    def unit_type(self, number: str, where: str) -> str:
        """Return the type of a unit, as the guide numbers them."""
        if (number,) not in self.units:
            raise LayoutChanged(f"no geopolitical unit {number!r:.20} for {where}")
        return self.units[(number,)]["UnitType"]


def read_elements(page: Page, tag: str) -> tuple[Element, ...]:
    """Return every element of a name in a file. Raises `EmptyPage` where there is none."""
    refuse_html(page, "XML")
    root = _ROOT.search(page.body)
    found = tuple(root_of(page, root.group(1).decode() if root else tag).iter(tag))
    if not found:
        raise EmptyPage(f"no {tag} at {page.url}")
    return tuple(
        Element(
            {_folded(name): clean(value) for name, value in one.attrib.items()},
            f"{tag} in line {one.sourceline} at {page.url}",
        )
        for one in found
    )


def _by_id(elements: tuple[Element, ...], *names: str) -> dict[tuple[str, ...], Element]:
    """Return elements by the ids that name them; the same twice is refused."""
    found: dict[tuple[str, ...], Element] = {}
    for one in elements:
        key = tuple(one.need(name) for name in names)
        if key in found:
            raise LayoutChanged(f"{names} {key} stand twice: {one.where}")
        found[key] = one
    return found


def _of(elements: tuple[Element, ...], election: str) -> tuple[Element, ...]:
    return tuple(one for one in elements if one["ElectionId"] == election)


def day_in(election: Element) -> date:
    """Return the day of an election."""
    words = election["ElectionDate"]
    day = day_of(words.removesuffix("T00:00:00"))
    if day is None:
        raise LayoutChanged(f"ElectionDate {words!r:.30} is no date in {election.where}")
    return day


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()
