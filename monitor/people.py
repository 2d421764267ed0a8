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
    RELEASE = "release"
    ASK_LATER = "ask-later"
    NOT_TONIGHT = "not-tonight"
    REJECT = "reject"
    ACKNOWLEDGE = "acknowledge"
    FOLLOW = "follow"


@dataclass(frozen=True, slots=True)
class Act:
    """One act on one race.

    `id`: ours, random or given by a recording; `at`: when it was done. `candidate`:
    of confirm, call, retract, release, ask-later and not-tonight; empty where the race has
    one endorsed candidate. `source`: of enter, supersede, accept, go-live, reject and
    acknowledge. `outcome`: of call. `seen`: digest of the state the person saw
    (`teller.seen_digest`), of confirm, call, release, accept and reject. `override`:
    the person typed OVERRIDE. `link`: where it can be read, or "phone, clerk NAME".
    `certified`: of call, the person says the result is certified. `closes_at`: of
    close. `since`: of supersede. `votes` (name, votes), `units` (reported, total) and
    `outstanding`: of enter. `undoes`: the act that an undo takes back. `user`: Slack
    member id of who acted in Slack; of follow, who is mentioned. `minutes`: of ask-later.
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
    user: str = ""
    minutes: int = 0


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
class Rejected:
    """A held report that a person says is wrong: the digest of what it shows, and who."""

    figures: str
    by: Stood


@dataclass(frozen=True, slots=True)
class People:
    """What people's acts have made of a race, on top of its figures.

    `called`: by candidate. `superseded` and `live`: by source; `closes_at` replaces
    the close of the configuration. `undoable`: ids of the acts in force, oldest first.
    `followers`: Slack member ids of people who asked to follow the race. `rejected`: by
    source, while its hold shows the same. `acknowledged`: by source, "" for a doubt about
    an outcome: who has seen the page. `last`: by kind and what it was about (`last_key`),
    the last act of each, so that whoever comes second is told who was first.
    """

    frozen: Stood | None = None
    called: dict[str, Called] = field(default_factory=dict)
    superseded: dict[str, Stood] = field(default_factory=dict)
    live: dict[str, Stood] = field(default_factory=dict)
    closes_at: datetime | None = None
    outstanding: Outstanding | None = None
    undoable: tuple[str, ...] = ()
    followers: tuple[str, ...] = ()
    rejected: dict[str, Rejected] = field(default_factory=dict)
    acknowledged: dict[str, Stood] = field(default_factory=dict)
    last: dict[str, Stood] = field(default_factory=dict)


def last_key(kind: ActKind, about: str = "") -> str:
    """Return the key of `People.last`: a kind of act, and the candidate or source it is about."""
    return f"{kind.value} {about}".rstrip()


def acknowledged(people: People, source: str, since: datetime) -> Stood | None:
    """Return who has seen what a source, or "" for a doubt, has been paged for since then."""
    seen = people.acknowledged.get(source)
    return seen if seen is not None and seen.at >= since else None
