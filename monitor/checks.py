"""UNDER CHECK and CHECK DONE: what is said of a source's holds, and how often. Pure.

Ops hear of every hard hold and decrease, the thread of hard ones while it shows older
numbers: UNDER CHECK once, and CHECK DONE when nothing is held. Of a source that flaps,
held and cleared within minutes, nothing is said twice in ten minutes; then it is said
how it stands.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.events import Kind
from monitor.standing import Hold, HoldKind, SourceStanding, stem
from monitor.state import Check, RaceState

if TYPE_CHECKING:
    from monitor.teller import Teller

OLDER_WAIT = timedelta(minutes=60)
QUIET = timedelta(minutes=10)
"""How long nothing is said again of a source: a cause to ops, UNDER CHECK in the thread."""

_TOLD = (HoldKind.HARD, HoldKind.DECREASE)


def put(teller: Teller, source: str, standing: SourceStanding) -> None:
    """Store what a source has said."""
    standings = {**teller.state.standings, source: standing}
    teller.state = replace(teller.state, standings=standings)


def speak(teller: Teller, source: str) -> None:
    """Say of a source's hold what has not been said yet, or that nothing is held any more."""
    standing = teller.state.standings.get(source)
    if standing is None:
        return
    hold = standing.hold
    if hold is None:
        _say_it_is_over(teller, source)
    elif _must_ask(hold, teller.now):
        put(teller, source, replace(standing, hold=replace(hold, asked=True)))
        _tell(teller, source, hold, in_thread=False)
    elif (in_thread := _news(teller, source, hold)) is not None:
        put(teller, source, replace(standing, hold=replace(hold, told=True)))
        _tell(teller, source, hold, in_thread=in_thread)


def _must_ask(hold: Hold, now: datetime) -> bool:
    """An older version that nothing newer replaced for an hour is ops' question."""
    if hold.kind is not HoldKind.OLDER or hold.asked:
        return False
    return now - hold.since >= OLDER_WAIT


def _news(teller: Teller, source: str, hold: Hold) -> bool | None:
    """Say whether a hold is told now, in the thread too or to ops alone; None: to nobody."""
    if hold.kind not in _TOLD:
        return None
    check = teller.state.checks.get(source)
    thread_at = check.thread_at if check is not None else None
    if _is_for_thread(teller.state, source, hold) and not _is_quiet(thread_at, teller.now):
        return True
    if hold.told or (check is not None and _is_repeated(check, hold, teller.now)):
        return None
    return False


def _is_for_thread(state: RaceState, source: str, hold: Hold) -> bool:
    """Staff saw older numbers of this source, and do not know yet that it is under check."""
    check = state.checks.get(source)
    seen = state.tally is not None and source in state.tally.sources
    known = check is not None and check.is_open
    set_aside = source in state.people.superseded
    return hold.kind is HoldKind.HARD and seen and not known and not set_aside


def _is_repeated(check: Check, hold: Hold, now: datetime) -> bool:
    return _is_quiet(check.since, now) and stem(hold.reason) in check.reasons


def _is_quiet(said_at: datetime | None, now: datetime) -> bool:
    """A clock that was set back makes no silence longer."""
    return said_at is not None and timedelta(0) <= now - said_at < QUIET


def _tell(teller: Teller, source: str, hold: Hold, *, in_thread: bool) -> None:
    """Tell of a hold; `before`, the older numbers that staff saw, sends it to the thread."""
    teller.tell(
        Kind.REPORT_HELD, f"hold:{source}", f"{hold.kind} {hold.since.isoformat()}",
        source=source, reason=hold.reason, hold=hold,
        before=teller.state.tally if in_thread else None,
    )  # fmt: skip
    now, check = teller.now, teller.state.checks.get(source) or Check(teller.now)
    if not _is_quiet(check.since, now):
        check = replace(check, since=now, reasons=())
    check = replace(check, reasons=(*check.reasons, stem(hold.reason)))
    if in_thread:
        check = replace(check, thread_at=now, is_open=True)
    _remember(teller, source, check)


def _say_it_is_over(teller: Teller, source: str) -> None:
    check = teller.state.checks.get(source)
    if check is not None and check.is_open:
        _remember(teller, source, replace(check, is_open=False))
        teller.tell(
            Kind.HOLD_CLEARED, f"hold:{source}", "cleared", source=source,
            reason="nothing is held any more",
        )  # fmt: skip


def _remember(teller: Teller, source: str, check: Check) -> None:
    teller.state = replace(teller.state, checks={**teller.state.checks, source: check})


def next_word(state: RaceState, source: str) -> datetime | None:
    """Return when more is to be said of a source's hold, if it lasts."""
    standing, check = state.standings[source], state.checks.get(source)
    hold = standing.hold
    if hold is None or hold.kind is HoldKind.SOFT:
        return None
    if hold.kind is HoldKind.OLDER:
        return None if hold.asked else hold.since + OLDER_WAIT
    if check is None:
        return None
    if _is_for_thread(state, source, hold) and check.thread_at is not None:
        return check.thread_at + QUIET
    return None if hold.told else check.since + QUIET
