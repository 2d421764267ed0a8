"""The configuration of a runoff, ready to paste once its source is filled in. Pure."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from monitor.match import normal_name
from monitor.races import PolicyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from monitor.races import Endorsement, Policy, Race

LONGEST_ID = 60


def config_text(race: Race, day: date, candidates: tuple[str, ...]) -> str:
    """Write the tables of a race's runoff on a day, with ours among the candidates.

    A race that follows another inherits nothing, so everything that still holds is
    written out. Its sources are placeholders, which `check` refuses by name.
    """
    election = f"{race.election.state.lower()}-{day}"
    lines = [
        f"[elections.{election}] # leave this table out where the file has it",
        f"date = {day}",
        f"state = {_text(race.election.state)}",
        'kind = "runoff"',
        "",
        *_race(race, election),
    ]
    for one in _going_on(race, candidates):
        lines += ["", *_endorsement(one)]
    for place, covers in enumerate(dict.fromkeys(use.covers for use in race.sources), start=1):
        lines += ["", *_source(race, place, covers)]
    return "\n".join(lines)


def _race(race: Race, election: str) -> Iterator[str]:
    yield "[[races]]"
    yield f"id = {_text(race.id[: LONGEST_ID - len('-runoff')] + '-runoff')}"
    yield f"follows = {_text(race.id)}"
    yield f"election = {_text(election)}"
    yield f"name = {_text(f'{race.name} runoff')}"
    yield f"office = {_text(race.office)}"
    yield f"office_kind = {_text(race.office_kind)}"
    if race.party:
        yield f"party = {_text(race.party)}"
    yield f"seats = {race.seats}"
    if race.general is not None:
        opponent = f", opponent = {_text(race.general.opponent)}" if race.general.opponent else ""
        yield f"general = {{ date = {race.general.date}{opponent} }}"
    if race.polls_close is not None:
        yield f"polls_close = {race.polls_close}"
        yield f"zone = {_text(race.zone)}"
    if race.unexpired:
        yield "unexpired = true"
    yield from _people(race)


def _people(race: Race) -> Iterator[str]:
    if race.callers:
        yield f"callers = {_texts(race.callers)}"
    of_kinds = {kind: _policy(policy) for kind, policy in race.policies}
    if (first := of_kinds.pop("", None)) is not None:
        yield f"policy = {first}"
    if of_kinds:
        inner = ", ".join(f"{kind.replace('-', '_')} = {one}" for kind, one in of_kinds.items())
        yield f"policies = {{ {inner} }}"


def _policy(policy: Policy) -> str:
    if policy.kind is PolicyKind.AFTER:
        return _text(f"after-{policy.minutes}-minutes")
    return _text(policy.kind.value)


def _going_on(race: Race, candidates: tuple[str, ...]) -> list[Endorsement]:
    """Return whom we speak for in the runoff; all of ours where a spelling hides them."""
    going_on = {normal_name(name) for name in candidates}
    found = [
        one
        for one in race.endorsements
        if not going_on.isdisjoint(map(normal_name, (one.candidate, *one.aliases)))
    ]
    return found or list(race.endorsements)


def _endorsement(one: Endorsement) -> Iterator[str]:
    yield "[[races.endorsements]]"
    yield f"candidate = {_text(one.candidate)}"
    if one.aliases:
        yield f"aliases = {_texts(one.aliases)}"
    yield f"by = {_texts(one.by)}"


def _source(race: Race, place: int, covers: tuple[str, ...]) -> Iterator[str]:
    known = next((use.contest for use in race.sources if use.covers == covers and use.contest), "")
    yield "[[races.sources]]"
    yield f'source = "fill-in-{place}" # an id of [sources.ID]; run.py sources LINK writes one'
    yield f"covers = {_texts(covers)}"
    yield f"contest = {_text(known or re.escape(race.office))}"


def _texts(values: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, values))}]"


def _text(value: str) -> str:
    """Write a TOML string; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False)
