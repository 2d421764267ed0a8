"""Sites that bring no fresh numbers while a race counts on them, and their return. Pure.

Ops hear of every broken source (`monitor.polls`). The race's thread hears of one only
while votes are counted and nothing else gives its counties' numbers (desk §4.21).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from monitor.errors import Blocked, ParseFailure, ScraperBroken, SourceFailure
from monitor.events import Kind
from monitor.standing import Verdict
from monitor.state import accepted, current, entered_key
from monitor.tally import add_up, groups
from monitor.teller import first_of, name_of

if TYPE_CHECKING:
    from monitor.state import RaceState, Watched
    from monitor.tally import Tally
    from monitor.teller import Teller

DOWN_AFTER = timedelta(minutes=10)
COUNT_WINDOW = timedelta(hours=16)
"""The night and the morning after it: what stops later, ops hear of."""

SITE_DOWN = "site down"
BLOCKED = "the site refuses us"
UNREADABLE = "the page cannot be read"

_FRESH = frozenset({Verdict.SAME, Verdict.ACCEPTED, Verdict.REVISED, Verdict.SHOWN})


def what_is_wrong(error: SourceFailure) -> str:
    """Say in staff's words why a source brings nothing."""
    if isinstance(error, Blocked):
        return BLOCKED
    return UNREADABLE if isinstance(error, (ParseFailure, ScraperBroken)) else SITE_DOWN


def failed(teller: Teller, source: str, since: datetime, why: str) -> None:
    """Tell once of a source that has failed `since`, when the race needs it now."""
    state, now = teller.state, teller.now
    close = _close(teller.watched, state)
    if close is None or now - max(since, close) < DOWN_AFTER or source in state.down:
        return
    tally, decisions = current(teller.watched, state, now)
    if now - close > COUNT_WINDOW or not _is_needed(teller.watched, state, source, tally):
        return
    teller.state = replace(state, down={**state.down, source: since})
    teller.tell(
        Kind.SITE_DOWN, f"site:{source}", "down", source=source, since=since, reason=why,
        after=tally, decision=first_of(decisions), candidate=name_of(decisions),
    )  # fmt: skip


def answered(teller: Teller, source: str, verdict: Verdict) -> None:
    """Tell that fresh numbers come again; what is held or out of date is none."""
    if source in teller.state.down and verdict in _FRESH:
        _end(teller, source, "")


def let_go(teller: Teller) -> None:
    """Say of a source that is down and not waited for any more why that is."""
    for source in tuple(teller.state.down):
        why, who = _not_waited_for(teller, source)
        if why:
            _end(teller, source, why, who)


def _end(teller: Teller, source: str, why: str, who: str = "") -> None:
    state = teller.state
    teller.state = replace(state, down={k: v for k, v in state.down.items() if k != source})
    teller.tell(
        Kind.SITE_BACK, f"site:{source}", "back", source=source, since=state.down[source],
        reason=why, who=who,
    )  # fmt: skip


def _not_waited_for(teller: Teller, source: str) -> tuple[str, str]:
    """Return why a source is not waited for, and by whose act; two empty words if it is."""
    state = teller.state
    if source not in {use.source for use in teller.watched.race.sources}:
        return "another source is read", ""
    if source in state.people.superseded:
        return "set aside", state.people.superseded[source].who
    entered = state.standings.get(entered_key(source))
    if entered is not None and entered.accepted is not None:
        return "numbers entered by hand", entered.accepted.contest.who
    return "", ""


def _close(watched: Watched, state: RaceState) -> datetime | None:
    return state.people.closes_at or watched.closes_at


def _is_needed(watched: Watched, state: RaceState, source: str, tally: Tally | None) -> bool:
    """Say whether a count that is not complete waits for this source and for no other."""
    race, people = watched.race, state.people
    if race.uncontested or state.uncontested or source in people.superseded:
        return False
    if entered_key(source) in state.standings:
        return False
    uses = next((uses for uses in groups(race) if any(u.source == source for u in uses)), ())
    asked = [use for use in uses if use.source not in people.superseded]
    told = tally.sources if tally is not None else ()
    if not any(use.source in told for use in asked):  # no number of these counties yet
        return bool(asked) and asked[0].source == source
    known = accepted(state)
    own = [use for use in asked if use.source == source and source in told]
    return bool(own) and not add_up(replace(race, sources=tuple(own)), known).is_complete
