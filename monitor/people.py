"""What named people do: their acts, and what stands of them in a race. Records only.

Every act has who, why and when. It is kept in an append-only table (`monitor.audit`),
takes effect through `monitor.acts`, and can be undone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from monitor.decision import Basis, Outcome, Outstanding


class ActKind(StrEnum):
    """Every kind of act, as the command line names it."""

    CONFIRM = "confirm"
    CALL = "call"
    RETRACT = "retract"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    ENTER = "enter"
    SUPERSEDE = "supersede"
    ACCEPT = "accept"
    CLOSE = "close"
    GO_LIVE = "go-live"
    NOTE = "note"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Act:
    """One act on one race.

    `id`: ours, random or given by a recording; `at`: when it was done. `candidate`:
    of confirm, call and retract; empty where the race has one endorsed candidate.
    `source`: of enter, supersede, accept and go-live. `outcome`: of call. `seen`: digest of the
    state the person saw (`teller.seen_digest`), of confirm, call and accept. `override`:
    the person typed OVERRIDE. `link`: where it can be read, or "phone, clerk NAME".
    `certified`: of call, the person says the result is certified. `closes_at`: of
    close. `since`: of supersede. `votes` (name, votes), `units` (reported, total) and
    `outstanding`: of enter. `undoes`: the act that an undo takes back.
    """

    id: str
    kind: ActKind
    race: str
    who: str
    why: str
    at: datetime
    candidate: str = ""
    source: str = ""
    outcome: Outcome = Outcome.NONE
    seen: str = ""
    override: bool = False
    certified: bool = False
    link: str = ""
    closes_at: datetime | None = None
    since: datetime | None = None
    votes: tuple[tuple[str, int], ...] = ()
    units: tuple[int, int] | None = None
    outstanding: int | None = None
    is_estimate: bool = True
    undoes: str = ""


@dataclass(frozen=True, slots=True)
class Called:
    """An outcome a named person stands for.

    `basis`: CONFIRMED for a computed one that was released, CALLED or CERTIFIED for a
    declared one. `figures_gave`: what the rule gave if final, when the person acted.
    """

    outcome: Outcome
    basis: Basis
    figures_gave: Outcome
    who: str
    why: str
    at: datetime
    act: str
    link: str = ""


@dataclass(frozen=True, slots=True)
class Stood:
    """An act that stands: who, why and when, and its id."""

    who: str
    why: str
    at: datetime
    act: str


@dataclass(frozen=True, slots=True)
class People:
    """What people's acts have made of a race, on top of its figures.

    `called`: by candidate. `superseded` and `live`: by source; `closes_at` replaces
    the close of the configuration. `undoable`: ids of the acts in force, oldest first.
    """

    frozen: Stood | None = None
    called: dict[str, Called] = field(default_factory=dict)
    superseded: dict[str, Stood] = field(default_factory=dict)
    live: dict[str, Stood] = field(default_factory=dict)
    closes_at: datetime | None = None
    outstanding: Outstanding | None = None
    undoable: tuple[str, ...] = ()
