"""What config.toml says of a results link: election, source and race, as one description. Pure.

`add` fills every part in and writes it; `sources` prints what the link gives, and what it does
not give stands as a remark, so that a pasted block is refused until a person has written it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import TYPE_CHECKING

from monitor.adding_text import Block, Pair, Remark, Table
from monitor.county_names import slug_words
from monitor.races import ElectionKind, Endorsement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.adding_text import Value
    from monitor.lookup import Recognised

OFFICES = (
    "Criminal District Attorney", "District Attorney", "Prosecuting Attorney", "State's Attorney",
    "State Attorney", "Commonwealth's Attorney", "County Attorney", "Circuit Attorney",
    "County Prosecutor", "Prosecutor", "Solicitor",
)  # fmt: skip
"""What states call their prosecutor; a longer name before one that stands within it."""


@dataclass(frozen=True, slots=True)
class ElectionDraft:
    """An `[elections.ID]`; None or "" is what nobody has said."""

    id: str
    day: date | None
    state: str
    kind: ElectionKind | None


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A `[sources.ID]`; `missing`: settings that nobody has said."""

    id: str
    election: str
    scraper: str
    is_county_file: bool
    settings: tuple[tuple[str, str], ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RaceDraft:
    """A `[[races]]` without its sources.

    `party`: "" for none, None where nobody has said. `choices`: lines of the ballot to
    choose from, as a remark.
    """

    id: str
    election: str
    name: str
    office: str
    endorsements: tuple[Endorsement, ...]
    party: str | None = None
    office_kind: str = ""
    seats: int = 1
    polls_close: time | None = None
    zone: str = ""
    callers: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UseDraft:
    """A `[[races.sources]]`; `title` is a remark, the key "" where no contest was seen."""

    source: str
    covers: tuple[str, ...]
    contest_key: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be written; None is there already. `into`: the place of that race, if so."""

    election: ElectionDraft | None
    source: SourceDraft | None
    race: RaceDraft | None
    use: UseDraft
    into: int | None = None


def blocks(draft: Draft) -> tuple[Block, ...]:
    """Return the tables of a draft, each block with the section it belongs to."""
    made: list[Block] = []
    if draft.election:
        made.append(Block(("elections",), (_election(draft.election),)))
    if draft.source:
        made.append(Block(("sources",), (_source(draft.source),)))
    own = _race(draft.race) if draft.race else ()
    section = ("races",) if draft.into is None else ("races", draft.into)
    return (*made, Block(section, (*own, _use(draft.use))))


def _election(draft: ElectionDraft) -> Table:
    kinds = ", ".join(ElectionKind)
    lines = (
        _said("date", draft.day, "YYYY-MM-DD: election day; the link does not say"),
        _said("state", draft.state, '"XX": write the state'),
        _said("kind", draft.kind and draft.kind.value, f'"…": write one of {kinds}'),
    )
    return Table(("elections", draft.id), lines)


def _said(key: str, value: Value | None, remark: str) -> Pair | Remark:
    return Pair(key, value) if value else Remark(f"{key} = {remark}")


def _source(draft: SourceDraft) -> Table:
    lines: list[Pair | Remark] = []
    if not draft.is_county_file:
        lines.append(Pair("platform", draft.scraper))
    elif draft.id != draft.scraper:
        lines.append(Pair("scraper", draft.scraper))
    lines.append(Pair("election", draft.election))
    lines += [Pair(key, value) for key, value in draft.settings]
    lines += [Remark(f'{key} = "…": the link does not say') for key in draft.missing]
    return Table(("sources", draft.id), tuple(lines))


def _race(draft: RaceDraft) -> tuple[Table, ...]:
    race = Table(("races",), tuple(_race_lines(draft)), repeats=True)
    ours = (
        Table(("races", "endorsements"), tuple(_ours(one, draft)), repeats=True)
        for one in draft.endorsements
    )
    return (race, *ours)


def _race_lines(draft: RaceDraft) -> Iterator[Pair | Remark]:
    yield Pair("id", draft.id)
    yield Pair("election", draft.election)
    yield Pair("name", draft.name)
    yield Pair("office", draft.office)
    if draft.office_kind:
        yield Pair("office_kind", draft.office_kind)
    if draft.party is None:
        yield Remark('party = "DEM": in a party primary only')
    elif draft.party:
        yield Pair("party", draft.party)
    if draft.seats > 1:
        yield Pair("seats", draft.seats)
    if draft.polls_close:
        yield Pair("polls_close", draft.polls_close)
        yield Pair("zone", draft.zone)
    if draft.callers:
        yield Pair("callers", draft.callers)


def _ours(one: Endorsement, draft: RaceDraft) -> Iterator[Pair | Remark]:
    if draft.choices:
        yield Remark(f"one of: {'; '.join(draft.choices)}")
    yield Pair("candidate", one.candidate)
    if one.aliases:
        yield Pair("aliases", one.aliases)
    yield Pair("by", one.by)


def _use(draft: UseDraft) -> Table:
    lines: list[Pair | Remark] = [Pair("source", draft.source), Pair("covers", draft.covers)]
    if draft.contest_key:
        lines += [Remark(draft.title), Pair("contest_key", draft.contest_key)]
    else:
        lines.append(Pair("contest", "District Attorney"))
    return Table(("races", "sources"), tuple(lines), repeats=True)


# -- names that nobody has to type ---------------------------------------------------------


def election_id(state: str, day: date | None) -> str:
    """Name an election by state and day: nc-2018-05-08."""
    return f"{state.lower() or 'state'}-{day or 'election-day'}"


def source_id(link: Recognised) -> str:
    """Name a source: the county file, or the platform and what tells this place from others."""
    settings = dict(link.settings)
    place = settings.get("jurisdiction", settings.get("cid", ""))
    return link.scraper if link.county else "_".join((link.scraper, *slug_words(place)))


def race_id(county: str, office: str, party: str, day: date | None) -> str:
    """Name a race: durham-da-dem-2018."""
    called = ("da",) if office in OFFICES else slug_words(office)
    year = str(day.year) if day else ""
    return "-".join(
        filter(None, (*(slug_words(county) or ["county"]), *called, party.lower(), year))
    )


def race_name(county: str, office: str) -> str:
    """Say a race as staff do: Durham DA."""
    short = "DA" if office.endswith("District Attorney") else office
    return f"{county} {short}"


def office_of(title: str) -> str:
    """Return the prosecutor's office a title names, in full, or "" where it names none."""
    said = f" {' '.join(slug_words(title))} "
    return next((one for one in OFFICES if f" {' '.join(slug_words(one))} " in said), "")
