"""Undo: one act is taken back, and nothing else that was done since. Pure.

An act can be taken back while it is still in force: not after another act replaced
what it did, nor after the source caught up with figures typed in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from monitor.decision import Outcome
from monitor.doing import (
    ActRefused,
    as_seen,
    keep_people,
    keep_standing,
    last_figures,
    ours,
    said,
    source_of,
    standing_of,
)
from monitor.events import Kind
from monitor.figure_acts import hold_early
from monitor.match import normal_name
from monitor.outcome_acts import take_back
from monitor.people import Act, ActKind, People, Stood
from monitor.standing import SourceStanding
from monitor.state import Told, entered_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.decision import Decision
    from monitor.people import Called
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
        standing = state.standings.get(_key(teller, act))
    if act.kind in _OUTCOMES:
        told = teller.told(ours(teller, act.candidate).candidate)
    return Before(state.people, standing, told)


_FIGURES = frozenset({ActKind.ENTER, ActKind.ACCEPT})
_OUTCOMES = frozenset({ActKind.CONFIRM, ActKind.CALL, ActKind.RETRACT})


def _key(teller: Teller, act: Act) -> str:
    source = source_of(teller, act.source)
    return entered_key(source) if act.kind is ActKind.ENTER else source


def undo(teller: Teller, act: Act, undone: Recorded | None) -> str:
    """Take one act back."""
    in_force = teller.state.people.undoable
    if undone is None or undone.act.id not in in_force:
        has = ", ".join(in_force) or "none"
        raise ActRefused(f"act {act.undoes!r} is not in force in this race; in force: {has}")
    _UNDOES[undone.act.kind](teller, act, undone)
    people = teller.state.people
    left = tuple(one for one in people.undoable if one != undone.act.id)
    keep_people(teller, replace(people, undoable=left))
    return f"{undone.act.kind.value} of {undone.act.who} ({undone.act.why}) is taken back"


def _replaced(undone: Recorded) -> ActRefused:
    return ActRefused(
        f"the {undone.act.kind.value} of {undone.act.who} was replaced or has ended since; "
        "undo what came after it first"
    )


# -- outcomes ----------------------------------------------------------------------------


def _declared(teller: Teller, act: Act, undone: Recorded) -> None:
    """Take back a confirmation or a call, and withdraw what it told."""
    endorsement = ours(teller, undone.act.candidate)
    candidate = endorsement.candidate
    called = teller.state.people.called.get(candidate)
    if called is None or called.act != undone.act.id:
        raise _replaced(undone)
    told = teller.told(candidate)
    decision, tally = last_figures(teller, endorsement)
    ground = _ground_without(undone, told, decision)
    if ground is not None:
        teller.remember(candidate, ground)
    elif told.outcome is not Outcome.NONE:
        take_back(teller, candidate, decision, tally, act.who)
    was = undone.before.people.called.get(candidate)
    kept = was if ground is not None or _is_carried(was, decision) else None
    _restore_called(teller, candidate, kept)


def _is_carried(called: Called | None, decision: Decision) -> bool:
    """Say whether what a person declared may be told anew: the figures give what they gave."""
    if called is None:
        return True
    return decision.if_final in (called.outcome, called.figures_gave)


def _ground_without(undone: Recorded, told: Told, decision: Decision) -> Told | None:
    """Return what staff were told on the ground it has without the act, None if it has none.

    A wrong "certified" is always withdrawn: what holds without it is told anew.
    """
    was = undone.before.told
    if undone.act.certified:
        return None
    if was is not None and was.outcome is not Outcome.NONE:
        return replace(told, basis=was.basis, figures_gave=was.figures_gave)
    if decision.outcome is not Outcome.NONE and decision.outcome is told.outcome:
        return replace(told, basis=decision.basis, figures_gave=decision.if_final)
    return None


def _restore_called(teller: Teller, candidate: str, called: Called | None) -> None:
    people = teller.state.people
    rest = {k: v for k, v in people.called.items() if k != candidate}
    if called is not None:
        rest[candidate] = called
    keep_people(teller, replace(people, called=rest))


def _retracted(teller: Teller, _: Act, undone: Recorded) -> None:
    """Let the outcome be told again; the words DO NOT USE went out and stay in the thread."""
    endorsement = ours(teller, undone.act.candidate)
    candidate = endorsement.candidate
    decision, tally = last_figures(teller, endorsement)
    called = undone.before.people.called.get(candidate)
    if called is not None and not _is_carried(called, decision):
        raise ActRefused(
            f"{said(called.outcome)}, as {called.who} said, would go out again, and the figures "
            f"say otherwise now: {as_seen(decision, tally)}; `unfreeze` the race instead"
        )
    _restore_called(teller, candidate, called)
    frozen = teller.state.people.frozen
    if frozen is not None and frozen.act == undone.act.id:
        keep_people(teller, replace(teller.state.people, frozen=None))


# -- stops, closes, notes ----------------------------------------------------------------


def _frozen(teller: Teller, _: Act, undone: Recorded) -> None:
    frozen = teller.state.people.frozen
    if frozen is None or frozen.act != undone.act.id:
        raise _replaced(undone)
    keep_people(teller, replace(teller.state.people, frozen=None))


def _unfrozen(teller: Teller, _: Act, undone: Recorded) -> None:
    if teller.state.people.frozen is not None:
        raise _replaced(undone)
    keep_people(teller, replace(teller.state.people, frozen=undone.before.people.frozen))


def _closed(teller: Teller, act: Act, undone: Recorded) -> None:
    if teller.state.people.closes_at != undone.act.closes_at:
        raise _replaced(undone)
    was = undone.before.people.closes_at
    keep_people(teller, replace(teller.state.people, closes_at=was))
    hold_early(teller)
    tell_close(teller, act)


def tell_close(teller: Teller, act: Act) -> None:
    """Tell thread and ops when the polls close now."""
    due = teller.state.people.closes_at or teller.watched.closes_at
    teller.tell(
        Kind.CLOSE_MOVED, "close", f"{due} {act.id}", reason=act.why, who=act.who, due=due,
    )  # fmt: skip


def _noted(teller: Teller, act: Act, undone: Recorded) -> None:
    teller.tell(
        Kind.NOTE_ADDED, "note:people", act.id,
        reason=f"Taken back: {undone.act.why}", who=act.who,
    )  # fmt: skip


# -- figures and sources -----------------------------------------------------------------


def _entered(teller: Teller, _: Act, undone: Recorded) -> None:
    act, people = undone.act, teller.state.people
    key = _key(teller, act) if act.votes else ""
    is_there = not key or _is_of(standing_of(teller, key), act)
    if not is_there or (act.outstanding is not None and not _is_given(people, act)):
        raise _replaced(undone)
    if key:
        keep_standing(teller, key, undone.before.standing)
    if act.outstanding is not None:
        keep_people(teller, replace(people, outstanding=undone.before.people.outstanding))


def _is_of(standing: SourceStanding, act: Act) -> bool:
    """Say whether the figures that stand by hand are those of an act."""
    if standing.accepted is None:
        return False
    contest = standing.accepted.contest
    shown = {normal_name(line.name): line.votes for line in contest.selections}
    same = all(shown.get(normal_name(name)) == votes for name, votes in act.votes)
    return same and contest.who == act.who


def _is_given(people: People, act: Act) -> bool:
    given = people.outstanding
    return given is not None and (given.votes, given.source) == (act.outstanding, act.link)


def _accepted(teller: Teller, _: Act, undone: Recorded) -> None:
    """Put the figures of before, and the hold, back; the next look is judged against them."""
    keep_standing(teller, _key(teller, undone.act), undone.before.standing)


def _superseded(teller: Teller, _: Act, undone: Recorded) -> None:
    people = teller.state.people
    rest = _without(teller, people.superseded, undone)
    keep_people(teller, replace(people, superseded=rest))


def _live(teller: Teller, _: Act, undone: Recorded) -> None:
    people = teller.state.people
    keep_people(teller, replace(people, live=_without(teller, people.live, undone)))


def _without(teller: Teller, stood: dict[str, Stood], undone: Recorded) -> dict[str, Stood]:
    source = source_of(teller, undone.act.source)
    if source not in stood or stood[source].act != undone.act.id:
        raise _replaced(undone)
    return {k: v for k, v in stood.items() if k != source}


_UNDOES: dict[ActKind, Callable[[Teller, Act, Recorded], None]] = {
    ActKind.CONFIRM: _declared,
    ActKind.CALL: _declared,
    ActKind.RETRACT: _retracted,
    ActKind.FREEZE: _frozen,
    ActKind.UNFREEZE: _unfrozen,
    ActKind.CLOSE: _closed,
    ActKind.NOTE: _noted,
    ActKind.ENTER: _entered,
    ActKind.ACCEPT: _accepted,
    ActKind.SUPERSEDE: _superseded,
    ActKind.GO_LIVE: _live,
}
