"""What everybody may read of a decision: the outcome as told, and what waits or blocks. Pure.

`race_status` is read by whoever reads along, so nothing here depends on an outcome that
only the rule has computed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from monitor.caveats import caveats_of
from monitor.decision import Outcome
from monitor.sentences import Caveat, Wait
from monitor.state import Told, waits_for_release
from monitor.words import listing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from monitor.decision import Decision
    from monitor.state import RaceState, Waiting, Watched
    from monitor.tally import Tally


def caveats(watched: Watched, state: RaceState, decision: Decision, tally: Tally) -> list[str]:
    """Return what is added to a race's row, the gravest first."""
    return list(_caveats(watched, state, decision, tally))


def blocks(state: RaceState, decision: Decision) -> list[str]:
    """Return why there is no outcome yet, the race's policy at the end."""
    return [*(block.value for block in (*decision.blocks, *_policy(state, decision)))]


def _policy(state: RaceState, decision: Decision) -> list[Wait]:
    if waits_for_release(state, decision.candidate):
        return [Wait.RELEASE]
    waiting = _waiting(state, decision)
    if waiting is None:
        return []
    return [Wait.CONFIRMATION if waiting.due is None else Wait.WINDOW]


def _caveats(watched: Watched, state: RaceState, decision: Decision, tally: Tally) -> Iterator[str]:
    told = state.told.get(decision.candidate, Told())
    if told.doubt_since is not None:
        yield Caveat.HOLD_OFF.value
    if state.people.frozen is not None:
        yield Caveat.FROZEN.value
    as_told = replace(decision, outcome=told.outcome, basis=told.basis)
    yield from (one.value for one in caveats_of(as_told, tally, watched.race, watched.rule))
    if told.heads_up is not None:
        yield "all in, not released"
        return
    waiting = _waiting(state, decision)
    if waiting is not None and waiting.due is not None:
        yield f"goes out at {_minute(waiting.due)} unless stopped"
    elif waiting is not None or told.asked is not None:
        callers = listing(watched.race.callers)
        yield f"callers asked: {callers}" if callers else "a person is asked"


def _waiting(state: RaceState, decision: Decision) -> Waiting | None:
    """Return what waits by policy; a person's freeze stops it."""
    told = state.told.get(decision.candidate, Told())
    if told.outcome is not Outcome.NONE or state.people.frozen is not None:
        return None
    return told.waiting


def _minute(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
