"""What stood before an act, and the act with it: what an undo starts from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from monitor.doing import ActRefused, ours, source_of
from monitor.people import Act, ActKind, People
from monitor.standing import SourceStanding
from monitor.state import Told, entered_key

if TYPE_CHECKING:
    from monitor.teller import Teller


@dataclass(frozen=True, slots=True)
class Before:
    """What stood before an act, so that it can be taken back.

    `standing`: of the source whose figures the act changes, None where it had none.
    `told`: of the candidate the act is about, None where it is about none.
    """

    people: People
    standing: SourceStanding | None = None
    told: Told | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """An act that was applied, and what stood before it."""

    act: Act
    before: Before


def before_of(teller: Teller, act: Act) -> Before:
    """Remember what an act is about to change; call it once the act is known to be possible."""
    state = teller.state
    standing = told = None
    if act.kind in _FIGURES and (act.votes or act.kind is ActKind.ACCEPT):
        standing = state.standings.get(standing_key(teller, act))
    if act.kind in _OUTCOMES:
        told = teller.told(ours(teller, act.candidate).candidate)
    return Before(state.people, standing, told)


_FIGURES = frozenset({ActKind.ENTER, ActKind.ACCEPT})
_OUTCOMES = frozenset({ActKind.CONFIRM, ActKind.CALL, ActKind.RETRACT})


def standing_key(teller: Teller, act: Act) -> str:
    """Return the name of the standing that an act changes."""
    source = source_of(teller, act.source)
    return entered_key(source) if act.kind is ActKind.ENTER else source


def replaced(undone: Recorded) -> ActRefused:
    """Return the refusal to take back what is not in force any more."""
    return ActRefused(
        f"the {undone.act.kind.value} of {undone.act.who} was replaced or has ended since; "
        "undo what came after it first"
    )
