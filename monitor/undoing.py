"""Undo: one act is taken back, and nothing else that was done since. Pure.

An act can be taken back while it is still in force: not after another act replaced
what it did, nor after the source caught up with figures typed in.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor import undoing_figures
from monitor.decision import Outcome
from monitor.doing import ActRefused, as_seen, keep_people, last_figures, ours, said
from monitor.events import Kind
from monitor.figure_acts import hold_early
from monitor.outcome_acts import take_back
from monitor.people import Act, ActKind
from monitor.recorded import Recorded, replaced

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.decision import Decision
    from monitor.people import Called, People, Stood
    from monitor.state import Told
    from monitor.teller import Teller


def undo(teller: Teller, act: Act, undone: Recorded | None) -> str:
    """Take one act back."""
    in_force = teller.state.people.undoable
    if undone is None or undone.act.id not in in_force:
        has = ", ".join(in_force) or "none"
        raise ActRefused(f"act {act.undoes!r} is not in force in this race; in force: {has}")
    _UNDOES[undone.act.kind](teller, act, undone)
    people = teller.state.people
    left = tuple(one for one in people.undoable if one != undone.act.id)
    keep_people(teller, replace(people, undoable=left, last=_last_without(people, undone, left)))
    return f"{undone.act.kind.value} of {undone.act.who} ({undone.act.why}) is taken back"


def _last_without(people: People, undone: Recorded, left: tuple[str, ...]) -> dict[str, Stood]:
    """Return the last act of each kind; that before the one undone, while it is in force."""
    last: dict[str, Stood] = {}
    for key, stood in people.last.items():
        was = undone.before.people.last.get(key) if stood.act == undone.act.id else stood
        if was is not None and (was is stood or was.act in left):
            last[key] = was
    return last


# -- outcomes ----------------------------------------------------------------------------


def _declared(teller: Teller, act: Act, undone: Recorded) -> None:
    """Take back a confirmation or a call, and withdraw what it told."""
    endorsement = ours(teller, undone.act.candidate)
    candidate = endorsement.candidate
    called = teller.state.people.called.get(candidate)
    if called is None or called.act != undone.act.id:
        raise replaced(undone)
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
        raise replaced(undone)
    keep_people(teller, replace(teller.state.people, frozen=None))


def _unfrozen(teller: Teller, _: Act, undone: Recorded) -> None:
    if teller.state.people.frozen is not None:
        raise replaced(undone)
    keep_people(teller, replace(teller.state.people, frozen=undone.before.people.frozen))


def _closed(teller: Teller, act: Act, undone: Recorded) -> None:
    if teller.state.people.closes_at != undone.act.closes_at:
        raise replaced(undone)
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


# -- what callers answered -----------------------------------------------------------------


def _released(teller: Teller, _: Act, undone: Recorded) -> None:
    """Keep an outcome with those of the heads-up, while it is not out yet."""
    candidate = ours(teller, undone.act.candidate).candidate
    told = teller.told(candidate)
    waiting = told.heads_up
    if waiting is None or waiting.released is None or waiting.released.act != undone.act.id:
        raise ActRefused(f"{undone.act.who} released it and it went out; `retract` withdraws it")
    teller.remember(candidate, replace(told, heads_up=replace(waiting, released=None)))


def _put_off(teller: Teller, _: Act, undone: Recorded) -> None:
    """Remind callers as if nobody had put it off."""
    candidate = ours(teller, undone.act.candidate).candidate
    told = teller.told(candidate)
    asked = told.asked
    if asked is None or asked.put_off is None or asked.put_off.by.act != undone.act.id:
        raise replaced(undone)
    teller.remember(candidate, replace(told, asked=replace(asked, put_off=None)))


def _followed(teller: Teller, _: Act, undone: Recorded) -> None:
    people = teller.state.people
    left = tuple(one for one in people.followers if one != undone.act.user)
    keep_people(teller, replace(people, followers=left))


_UNDOES: dict[ActKind, Callable[[Teller, Act, Recorded], None]] = {
    ActKind.CONFIRM: _declared,
    ActKind.CALL: _declared,
    ActKind.RETRACT: _retracted,
    ActKind.FREEZE: _frozen,
    ActKind.UNFREEZE: _unfrozen,
    ActKind.CLOSE: _closed,
    ActKind.NOTE: _noted,
    ActKind.ENTER: undoing_figures.entered,
    ActKind.ACCEPT: undoing_figures.accepted,
    ActKind.SUPERSEDE: undoing_figures.superseded,
    ActKind.GO_LIVE: undoing_figures.live,
    ActKind.REJECT: undoing_figures.rejected,
    ActKind.ACKNOWLEDGE: undoing_figures.acknowledged,
    ActKind.RELEASE: _released,
    ActKind.ASK_LATER: _put_off,
    ActKind.NOT_TONIGHT: _put_off,
    ActKind.FOLLOW: _followed,
}
