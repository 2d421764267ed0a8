"""A race that is taken out of config.toml, and one that comes back. Pure.

What was going out, or waited for a person, waits no longer: whoever puts the race back
gets it asked anew, on the figures of that time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.diff import Step
from monitor.events import Kind
from monitor.standing import Verdict
from monitor.teller import Teller
from monitor.words import listing, surname

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.state import RaceState, Told, Watched

_FAMILY = "listed"


def leave(watched: Watched, state: RaceState, now: datetime) -> Step:
    """Tell the race's thread that it is not watched, and callers what goes out no more."""
    waited = [name for name, told in state.told.items() if _waits(told)]
    forgotten = {name: _forgotten(told) for name, told in state.told.items()}
    teller = Teller(watched, replace(state, told=forgotten), now)
    if state.opened:
        names = listing(surname(name) for name in waited)
        reason = f"What waited for you does not go out ({names})." if waited else ""
        teller.tell(Kind.RACE_REMOVED, _FAMILY, "removed", reason=reason)
    return _step(teller)


def come_back(watched: Watched, state: RaceState, now: datetime) -> Step:
    """Tell a thread that says "not watched" that it is."""
    teller = Teller(watched, state, now)
    if _FAMILY in state.chain:
        teller.tell(Kind.RACE_RESTORED, _FAMILY, "restored")
    return _step(teller)


def _waits(told: Told) -> bool:
    return any(one is not None for one in (told.waiting, told.asked, told.heads_up))


def _forgotten(told: Told) -> Told:
    return replace(told, waiting=None, asked=None, heads_up=None, heads_up_key="")


def _step(teller: Teller) -> Step:
    events = tuple(teller.events)
    return Step(teller.state, events, Verdict.SAME, None, (), wants_look=False)
