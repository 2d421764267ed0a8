"""Holds, notes and missing contests: what sanity kept back, and who hears of it. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from monitor.events import Kind
from monitor.sanity import Hold, HoldKind, Judgement, SourceStanding, Verdict
from monitor.state import RaceState, current
from monitor.teller import content, first_of, name_of

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.tally import Snapshot
    from monitor.teller import Teller

OLDER_WAIT = timedelta(minutes=60)


def matched(teller: Teller, source: str) -> None:
    """Tell ops that a race they were told of is found now."""
    if source in teller.state.unmatched:
        rest = {k: v for k, v in teller.state.unmatched.items() if k != source}
        teller.state = replace(teller.state, unmatched=rest)
        teller.tell(
            Kind.CONTEST_MATCHED, f"match:{source}", "matched", source=source,
            reason="the contest and our candidate are found now",
        )  # fmt: skip


def missed(teller: Teller, source: str, sentence: str, *, alarm: bool) -> None:
    """Hold a contest that vanished; tell ops once of one that is not found."""
    standing = teller.state.standings.get(source, SourceStanding())
    is_hard = standing.hold is not None and standing.hold.kind is HoldKind.HARD
    if standing.accepted is not None and not is_hard:
        hold = Hold(HoldKind.HARD, sentence, teller.now)
        held = {**teller.state.standings, source: replace(standing, hold=hold)}
        teller.state = replace(teller.state, standings=held)
        _tell_hold(teller, source, hold)
    elif standing.accepted is None and alarm and source not in teller.state.unmatched:
        told = {**teller.state.unmatched, source: sentence}
        teller.state = replace(teller.state, unmatched=told)
        teller.tell(
            Kind.CONTEST_UNMATCHED, f"match:{source}", "unmatched", source=source,
            reason=sentence,
        )  # fmt: skip


def keep(teller: Teller, source: str, judged: Judgement) -> None:
    """Store the source's standing and tell of holds and notes."""
    before = teller.state.standings.get(source, SourceStanding())
    standing = judged.standing
    if judged.placed:
        _hold_placed(teller, source, judged.placed)
    elif standing.hold is not None and _must_ask(standing.hold, teller.now):
        asked = replace(standing.hold, asked=True)
        standing = replace(standing, hold=asked)
        _tell_hold(teller, source, asked)
    if judged.verdict is Verdict.NOTED and standing.note not in ("", before.note):
        teller.tell(
            Kind.NOTE_ADDED, f"note:{source}", standing.note, source=source,
            reason=standing.note,
        )  # fmt: skip
    if judged.gone:
        _note(teller, source, "The new numbers are gone again.")
    teller.state = replace(teller.state, standings={**teller.state.standings, source: standing})
    if judged.ended and judged.ended.kind is HoldKind.HARD and teller.state.counted:
        reason = judged.ended.reason
        teller.tell(Kind.HOLD_CLEARED, f"hold:{source}", "cleared", source=source, reason=reason)


def _hold_placed(teller: Teller, source: str, hold: Hold) -> None:
    if hold.kind in (HoldKind.HARD, HoldKind.DECREASE):
        _tell_hold(teller, source, hold)
    elif hold.kind is HoldKind.SOFT and hold.snapshot is not None:
        shown, decisions = current(teller.watched, _as_if(teller, source, hold, hold.snapshot))
        teller.tell(
            Kind.COUNT_UPDATED, "counts", f"checking {content(shown)}", source=source,
            before=teller.state.tally, after=shown, decision=first_of(decisions),
            candidate=name_of(decisions), checking=True,
        )  # fmt: skip


def _as_if(teller: Teller, source: str, hold: Hold, snapshot: Snapshot) -> RaceState:
    """Return the state as if held figures were accepted; the hold still blocks outcomes."""
    standing = teller.state.standings.get(source, SourceStanding())
    as_if = replace(standing, accepted=snapshot, hold=hold)
    return replace(teller.state, standings={**teller.state.standings, source: as_if})


def _tell_hold(teller: Teller, source: str, hold: Hold) -> None:
    teller.tell(
        Kind.REPORT_HELD, f"hold:{source}", f"{hold.kind} {hold.since.isoformat()}",
        source=source, reason=hold.reason, hold=hold, before=teller.state.tally,
    )  # fmt: skip


def _note(teller: Teller, source: str, text: str) -> None:
    teller.tell(Kind.NOTE_ADDED, f"note:{source}", text, source=source, reason=text)


def _must_ask(hold: Hold, now: datetime) -> bool:
    """An older version that nothing newer replaced for an hour is ops' question."""
    if hold.kind is not HoldKind.OLDER or hold.asked:
        return False
    return now - hold.since >= OLDER_WAIT
