"""A race that is taken out of config.toml, and one that comes back. Pure.

What was going out, or waited for a person, waits no longer: whoever puts the race back
gets it asked anew, on the figures of that time.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.decision import Basis, Outcome
from monitor.diff import Step
from monitor.events import Kind
from monitor.heads_up import take_all_back
from monitor.noise import Pace
from monitor.races import Endorsement
from monitor.standing import Verdict
from monitor.state import Told, current, refitted
from monitor.teller import Teller
from monitor.words import listing, surname

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.decision import Decision
    from monitor.state import RaceState, Watched
    from monitor.tally import Tally

_FAMILY = "listed"


def leave(watched: Watched, state: RaceState, now: datetime) -> Step:
    """Tell the race's thread that it is not watched, and who was asked what goes out no more.

    One that is certified ends there: nobody waits for more of it.
    """
    teller = Teller(watched, state, now)
    take_all_back(teller, "the race was taken out of config.toml")
    open_ones = [name for name, told in state.told.items() if _is_open(told)]
    teller.state = _forgotten(teller.state)
    if state.opened and not _is_certified(watched, state):
        names = listing(surname(name) for name in open_ones)
        reason = f"Nothing that was asked about {names} is open any more." if open_ones else ""
        in_doubt = any(told.doubt_since is not None for told in state.told.values())
        teller.tell(
            Kind.RACE_REMOVED, _FAMILY, "removed", reason=reason, touches_outcome=in_doubt
        )  # fmt: skip
    tally, decisions = current(watched, teller.state, now)
    return _step(teller, tally, decisions)


def come_back(watched: Watched, state: RaceState, now: datetime) -> Step:
    """Begin anew with the sources, and tell a thread that says "not watched" that it is.

    What the race was read from may be mended: no figures of that time are kept, while what
    staff were told of a candidate stays told under another spelling.
    """
    named = tuple(Endorsement(name, ()) for name in state.told)
    known = refitted(state, replace(watched.race, endorsements=named), watched.race)
    told = {
        name: replace(one, turning=None, turning_since=None) for name, one in known.told.items()
    }
    anew = replace(
        known, standings={}, told=told, unmatched={}, checks={}, down={}, disagreed_since=None,
        disagreement_told=False, pace=Pace(),
    )  # fmt: skip
    teller = Teller(watched, anew, now)
    if _FAMILY in state.chain:
        teller.tell(Kind.RACE_RESTORED, _FAMILY, "restored")
    return _step(teller, None, ())


def _is_certified(watched: Watched, state: RaceState) -> bool:
    ours = (state.told.get(one.candidate, Told()) for one in watched.race.endorsements)
    return all(told.basis is Basis.CERTIFIED and told.doubt_since is None for told in ours)


def _is_open(told: Told) -> bool:
    """Callers were asked, or know of a doubt that only they can settle."""
    return any(one is not None for one in (told.waiting, told.asked, told.doubt_since))


def _forgotten(state: RaceState) -> RaceState:
    """Forget what waits; a person's word for an outcome that never went out is asked again."""
    told = {
        name: replace(one, waiting=None, asked=None, heads_up=None, heads_up_key="")
        for name, one in state.told.items()
    }
    called = {
        name: one
        for name, one in state.people.called.items()
        if told.get(name, Told()).outcome is not Outcome.NONE
    }
    return replace(state, told=told, people=replace(state.people, called=called))


def _step(teller: Teller, tally: Tally | None, decisions: tuple[Decision, ...]) -> Step:
    events = tuple(teller.events)
    return Step(teller.state, events, Verdict.SAME, tally, decisions, wants_look=False)
