"""The races of Indiana's election-night JSON: a summary of the state, and counties below it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.errors import LayoutChanged
from scrapers.base import marked
from scrapers.fields import count, fields_of, need, one_or_many, text
from scrapers.labels import is_write_in, party_code
from scrapers.lines import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARKS = {"T": True, "1": True, "F": False, "0": False, "": False}


def listed_in(container: Any, outer: str, inner: str, where: str) -> list[dict[str, Any]]:
    """Return the elements of `outer.inner`; either may be missing or null where there is none."""
    found = fields_of(container, where).get(outer)
    return one_or_many(fields_of(found, where).get(inner), where) if found else []


def race_lines(root: dict[str, Any], where: str, *, is_primary: bool) -> Iterator[Line]:
    """Yield a line for each choice: of the summary, or of each county where there is none."""
    races = listed_in(root, "StatewideSummary", "Race", where)
    if races:
        fields = ("TOTAL", "PARTY")
    else:
        regions = listed_in(need(root, "OfficeCategory", where), "Regions", "Region", where)
        races = [race for region in regions for race in listed_in(region, "Races", "Race", where)]
        fields = ("TOTAL_VOTES", "PARTY_ABBREV")
    if not races:
        raise LayoutChanged(f"no race at {where}")
    for race in races:
        yield from _race(race, fields, where, is_primary=is_primary)


def _race(
    race: dict[str, Any], fields: tuple[str, str], where: str, *, is_primary: bool
) -> Iterator[Line]:
    title, office = text(race, "OFFICE_TITLE", where), text(race, "OFFICEID", where)
    here = f"{title!r:.60} at {where}"
    area = race.get("Jurisdiction")
    for one in listed_in(race, "Candidates", "Candidate", here):
        name, party = text(one, "NAME_ON_BALLOT", here), party_code(text(one, fields[1], here))
        mark, own = text(one, "isWinner", here), party if is_primary else ""
        yield Line(
            contest="|".join((office, *((own,) if own else ()))),
            title=title,
            choice="|".join(part for part in (name, party) if part),
            name=name,
            votes=count(one, fields[0], here),
            where=here,
            place=text(area, "FIPS", here) if area else "",
            party=party,
            contest_party=own,
            seats=count(race, "NumofSeats", here),
            is_write_in=is_write_in(name),
            winner_mark=marked(mark, _MARKS, f"isWinner in {here}"),
        )
