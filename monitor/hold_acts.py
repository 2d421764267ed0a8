"""Accept, reject, acknowledge: what a named person says of figures held back. Pure.

Only a person ends a hold that looks wrong. Who says that it is wrong ends the pages about
it, and another report is judged anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor import sanity
from monitor.checks import speak
from monitor.doing import (
    ActRefused,
    already,
    keep_people,
    keep_standing,
    last_of,
    refuse,
    source_of,
    standing_of,
    stood,
)
from monitor.figure_acts import seen_twice
from monitor.people import ActKind, Rejected, acknowledged
from monitor.sanity import accept_digest, why_not_accepted

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.people import Act
    from monitor.standing import SourceStanding
    from monitor.teller import Teller


def accept(teller: Teller, act: Act) -> str:
    """End a hold that only a person may end, by taking the figures it holds back."""
    source = source_of(teller, act.source)
    before = standing_of(teller, source)
    if reason := why_not_accepted(before):
        first = last_of(teller, ActKind.ACCEPT, source) if before.hold is None else None
        raise refuse(teller, "accepted", first, f"{reason} ({source})")
    rejected = _rejection(teller, source)
    if rejected is not None:
        why = f"{rejected.by.why}; `undo` {rejected.by.act} first"
        raise refuse(teller, "rejected", rejected.by, why)
    _bind(act, source, before)
    keep_standing(teller, source, sanity.accept(before, teller.now))
    speak(teller, source)
    seen_twice(teller)
    return f"the figures of {source} count from now on, though {_reason(before)}"


def _bind(act: Act, source: str, before: SourceStanding) -> None:
    """Refuse an act on other figures than those the person saw."""
    digest = accept_digest(before)
    if act.seen != digest:
        begin = "the figures changed since you looked" if act.seen else "look first"
        raise ActRefused(f"{begin}: {_as_held(source, before)}. To go on, add --seen {digest}")


def _as_held(source: str, standing: SourceStanding) -> str:
    snapshot = standing.hold.snapshot if standing.hold else None
    shown = snapshot.contest.selections if snapshot else ()
    lines = ", ".join(f"{line.name} {line.votes:,}" for line in shown)
    return f"{source} shows {lines}; held because {_reason(standing)}"


def _reason(standing: SourceStanding) -> str:
    return standing.hold.reason if standing.hold else ""


def _rejection(teller: Teller, source: str) -> Rejected | None:
    """Return who rejected what a source's hold shows now."""
    rejected = teller.state.people.rejected.get(source)
    is_it = rejected is not None and rejected.figures == accept_digest(standing_of(teller, source))
    return rejected if is_it else None


def reject(teller: Teller, act: Act) -> str:
    """Say that a held report is wrong: it stays held, and nobody is asked about it again."""
    source = source_of(teller, act.source)
    before = standing_of(teller, source)
    rejected = _rejection(teller, source)
    if rejected is not None:
        raise ActRefused(already(teller, "rejected", rejected.by))
    if reason := why_not_accepted(before):
        first = last_of(teller, ActKind.ACCEPT, source) if before.hold is None else None
        raise refuse(teller, "accepted", first, f"{reason} ({source})")
    if act.seen:
        _bind(act, source, before)
    people = teller.state.people
    wrong = Rejected(accept_digest(before), stood(teller, act))
    keep_people(teller, replace(people, rejected={**people.rejected, source: wrong}))
    return f"what {source} shows stays held and is not asked about again; another report is judged"


def acknowledge(teller: Teller, act: Act) -> str:
    """Say that somebody has seen a page: a hold, a doubt, or a site that is down."""
    doubts = _doubts(teller) if not act.source else {}
    source = "" if doubts else source_of(teller, act.source)
    hold = standing_of(teller, source).hold if source else None
    since = min(doubts.values(), default=hold.since if hold is not None else None)
    people = teller.state.people
    first = acknowledged(people, source, since) if since is not None else None
    if first is not None:
        raise ActRefused(already(teller, "seen", first))
    seen = {**people.acknowledged, source: stood(teller, act)}
    keep_people(teller, replace(people, acknowledged=seen))
    for candidate in doubts:
        told = replace(teller.told(candidate), paged=True)
        teller.remember(candidate, told)
    what = f"what {source} shows" if source else "the doubt about our outcome"
    return f"{act.who} has seen {what}; nobody is paged about it again"


def _doubts(teller: Teller) -> dict[str, datetime]:
    """Return since when outcomes are in doubt, by candidate."""
    return {
        candidate: told.doubt_since
        for candidate, told in teller.state.told.items()
        if told.doubt_since is not None
    }
