"""What a person's act does to a race: applied, or refused with a sentence. Pure.

An applied act is decided on at once: what it releases, questions or brings to light is
told in the same step, and ops always hear who did what, and why.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.caller_acts import ask_later, follow, not_tonight, release
from monitor.decision import Outcome
from monitor.diff import Step, conclude
from monitor.doing import (
    ActRefused,
    already,
    figures_of,
    keep_people,
    last_of,
    need_override,
    ours,
    refuse,
    said,
    source_of,
    standing_of,
    stood,
    zone_of,
)
from monitor.events import Kind
from monitor.figure_acts import enter, go_live, hold_early, supersede
from monitor.hold_acts import accept, acknowledge, reject
from monitor.outcome_acts import call, confirm, retract
from monitor.people import Act, ActKind, last_key
from monitor.recorded import Before, Recorded, before_of
from monitor.sanity import accept_digest
from monitor.teller import Teller, seen_digest
from monitor.undoing import tell_close, undo
from monitor.words import clock

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.state import RaceState, Watched

MOVED_AT_MOST = timedelta(hours=12)
"""How far a court moves the close of polls, and a slip of the keys does more."""
MOVED_EVER = timedelta(days=31)
"""Farther than any close is moved, whoever knows better: such a day can break every plan."""

_BRINGS_FIGURES = frozenset({ActKind.ENTER, ActKind.ACCEPT})
_TOLD_BY_ITSELF = frozenset({ActKind.CLOSE, ActKind.NOTE, ActKind.FOLLOW})
_OF_CANDIDATE = frozenset({ActKind.CONFIRM, ActKind.CALL, ActKind.RETRACT, ActKind.RELEASE})
_OF_SOURCE = frozenset({ActKind.ACCEPT, ActKind.REJECT})


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of an act, as the person is told.

    `step`: the state after it and what to tell; None where it was refused. `before`:
    what takes it back; an undo, and what was refused, has an empty one or none.
    """

    applied: bool
    sentence: str
    step: Step | None = None
    before: Before | None = None


def apply(
    watched: Watched,
    state: RaceState,
    act: Act,
    now: datetime,
    undone: Recorded | None = None,
) -> Answer:
    """Apply an act to a race, or refuse it. `undone`: the act that an undo takes back."""
    teller = Teller(watched, state, now)
    try:
        _refuse_nameless(act)
        before = before_of(teller, act)
        done = _do(teller, act, undone)
    except ActRefused as refused:
        return Answer(applied=False, sentence=sentence(str(refused)))
    if act.kind is not ActKind.UNDO:
        _note_down(teller, act)
    return Answer(True, sentence(done), _decided(teller, act, done), before)


def _note_down(teller: Teller, act: Act) -> None:
    """Keep that an act can be taken back, and who did the last one of its kind."""
    about = ""
    if act.kind in _OF_CANDIDATE:
        about = ours(teller, act.candidate).candidate
    elif act.kind in _OF_SOURCE:
        about = source_of(teller, act.source)
    people = teller.state.people
    last = {**people.last, last_key(act.kind, about): stood(teller, act)}
    keep_people(teller, replace(people, last=last, undoable=(*people.undoable, act.id)))


def seen_now(watched: Watched, state: RaceState, act: Act, now: datetime) -> str:
    """Return the digest of what an act is bound to; empty for an act bound to nothing.

    Raises `ActRefused` where there is nothing to see.
    """
    teller = Teller(watched, state, now)
    if act.kind in (ActKind.ACCEPT, ActKind.REJECT):
        return accept_digest(standing_of(teller, source_of(teller, act.source)))
    if act.kind in (ActKind.CONFIRM, ActKind.CALL, ActKind.RELEASE):
        return seen_digest(*figures_of(teller, ours(teller, act.candidate).candidate))
    return ""


def _refuse_nameless(act: Act) -> None:
    if not act.who.strip():
        raise ActRefused("say who acts: --who NAME")
    if not act.why.strip():
        raise ActRefused("say why: --why REASON")


def sentence(words: str) -> str:
    """Begin with a capital and end with a full stop."""
    return f"{words[:1].upper()}{words[1:].rstrip('.')}."


def _do(teller: Teller, act: Act, undone: Recorded | None) -> str:
    if act.kind is ActKind.UNDO:
        return undo(teller, act, undone)
    return _DOES[act.kind](teller, act)


def _decided(teller: Teller, act: Act, done: str) -> Step:
    """Tell ops of the act and, in the same step, all that follows from it."""
    if act.kind not in _TOLD_BY_ITSELF:
        teller.tell(Kind.PERSON_ACTED, "people", act.id, who=act.who, reason=f"{done} ({act.why})")
    return conclude(teller, answered=act.kind in _BRINGS_FIGURES)


# -- stops, closes, notes ----------------------------------------------------------------


def _freeze(teller: Teller, act: Act) -> str:
    frozen = teller.state.people.frozen
    if frozen is not None:
        raise ActRefused(f"{already(teller, 'the race is frozen', frozen)} ({frozen.why})")
    keep_people(teller, replace(teller.state.people, frozen=stood(teller, act)))
    out = [name for name, told in teller.state.told.items() if told.outcome is not Outcome.NONE]
    late = ", ".join(f"{said(teller.told(name).outcome)} of {name}" for name in out)
    late = f" ({late} went out before, and `retract` withdraws that)" if late else ""
    return f"no outcome of this race goes out until `unfreeze`{late}"


def _unfreeze(teller: Teller, _: Act) -> str:
    frozen = teller.state.people.frozen
    if frozen is None:
        first = last_of(teller, ActKind.UNFREEZE)
        raise refuse(teller, "unfrozen", first, "the race is not frozen")
    keep_people(teller, replace(teller.state.people, frozen=None))
    return f"outcomes of this race go out again; {frozen.who} had frozen it"


def _close(teller: Teller, act: Act) -> str:
    known, due = teller.watched.closes_at, act.closes_at
    if due is None:
        raise ActRefused("say when the polls close, such as 21:00")
    if due == (teller.state.people.closes_at or known):
        raise ActRefused("that is when the polls close already")
    if known is not None and abs(due - known) > MOVED_EVER:
        raise ActRefused(f"that is {abs(due - known).days:,} days away from the close we know")
    if known is not None and abs(due - known) > MOVED_AT_MOST:
        need_override(act, f"that is {abs(due - known)} away from the close we know")
    keep_people(teller, replace(teller.state.people, closes_at=due))
    hold_early(teller)
    tell_close(teller, act)
    return f"the polls close at {clock(due, zone_of(teller.watched), teller.now)}"


def _note(teller: Teller, act: Act) -> str:
    teller.tell(Kind.NOTE_ADDED, "note:people", act.id, reason=act.why, who=act.who)
    return "the note stands in the race's thread"


_DOES: dict[ActKind, Callable[[Teller, Act], str]] = {
    ActKind.CONFIRM: confirm,
    ActKind.CALL: call,
    ActKind.RETRACT: retract,
    ActKind.FREEZE: _freeze,
    ActKind.UNFREEZE: _unfreeze,
    ActKind.ENTER: enter,
    ActKind.SUPERSEDE: supersede,
    ActKind.ACCEPT: accept,
    ActKind.CLOSE: _close,
    ActKind.GO_LIVE: go_live,
    ActKind.NOTE: _note,
    ActKind.RELEASE: release,
    ActKind.ASK_LATER: ask_later,
    ActKind.NOT_TONIGHT: not_tonight,
    ActKind.REJECT: reject,
    ActKind.ACKNOWLEDGE: acknowledge,
    ActKind.FOLLOW: follow,
}
