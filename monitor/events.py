"""Changes worth telling, as stored rows: what happened, to whom, on which figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from monitor.decision import Block, Decision, Outcome
from monitor.standing import Hold
from monitor.tally import Tally


class Kind(StrEnum):
    """Every kind of event, in the past tense, in kebab case as `post_log` shows it."""

    RACE_OPENED = "race-opened"
    NOW_WATCHING = "now-watching"
    FIRST_VOTES = "first-votes"
    COUNT_UPDATED = "count-updated"
    LEAD_CHANGED = "lead-changed"
    COUNT_REVISED = "count-revised"
    NOTE_ADDED = "note-added"
    HOLD_CLEARED = "hold-cleared"
    REPORT_HELD = "report-held"
    RACE_WON = "race-won"
    RACE_LOST = "race-lost"
    ADVANCED = "advanced"
    RUNOFF_SET = "runoff-set"
    RUNOFF_POSSIBLE = "runoff-possible"
    RACE_TIED = "race-tied"
    TOO_CLOSE = "too-close-to-call"
    STILL_OPEN = "still-open"
    RACE_UNCONTESTED = "race-uncontested"
    OUTCOME_CERTIFIED = "outcome-certified"
    OUTCOME_QUESTIONED = "outcome-questioned"
    HOLD_OFF = "hold-off"
    OUTCOME_RETRACTED = "outcome-retracted"
    OUTCOME_STANDS = "outcome-stands"
    CONTEST_UNMATCHED = "contest-unmatched"
    CONTEST_MATCHED = "contest-matched"
    SOURCE_BROKEN = "source-broken"
    SOURCE_RECOVERED = "source-recovered"
    SOURCE_STALE = "source-stale"
    READY_TO_CALL = "ready-to-call"
    GOING_OUT = "going-out"
    CALLERS_PAGED = "callers-paged"
    PERSON_ACTED = "person-acted"
    CLOSE_MOVED = "close-moved"
    COUNT_AMENDED = "count-amended"
    SOURCES_DISAGREE = "sources-disagree"
    SOURCES_AGREE = "sources-agree"
    REMINDER = "reminder"
    FOLLOW_UP_SET = "follow-up-set"
    FOLLOW_UP_WAITS = "follow-up-waits"
    HEADS_UP = "heads-up"
    SITE_DOWN = "site-down"
    SITE_BACK = "site-back"
    PERSON_FOLLOWS = "person-follows"
    RACE_REMOVED = "race-removed"
    RACE_RESTORED = "race-restored"


KIND_OF = {
    Outcome.WON: Kind.RACE_WON,
    Outcome.LOST: Kind.RACE_LOST,
    Outcome.ADVANCED: Kind.ADVANCED,
    Outcome.RUNOFF: Kind.RUNOFF_SET,
    Outcome.RUNOFF_POSSIBLE: Kind.RUNOFF_POSSIBLE,
    Outcome.TIE: Kind.RACE_TIED,
}
"""What tells of an outcome that was found."""
OUTCOMES = frozenset({
    Kind.RACE_WON, Kind.RACE_LOST, Kind.ADVANCED, Kind.RUNOFF_SET, Kind.RUNOFF_POSSIBLE,
    Kind.RACE_TIED, Kind.TOO_CLOSE, Kind.STILL_OPEN, Kind.OUTCOME_CERTIFIED, Kind.HOLD_OFF,
    Kind.OUTCOME_RETRACTED, Kind.OUTCOME_STANDS,
})  # fmt: skip
"""Told at top level, frozen, never merged and never dropped."""
OF_ALL_OURS = frozenset({
    Kind.FIRST_VOTES, Kind.NOW_WATCHING, Kind.COUNT_UPDATED, Kind.LEAD_CHANGED,
    Kind.COUNT_REVISED, Kind.COUNT_AMENDED, Kind.SITE_DOWN,
})  # fmt: skip
"""Told once for a race with several of ours, each channel hearing of its own."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change.

    `key` is the digest of its content, chained by the key of the row before it in
    its family, so finding a change twice gives one key. `race` or `source` is
    empty where the event has none. `before` and `after` are the tallies, `was` and
    `decision` the decisions around it. `reason`: what was seen, for notes, holds
    and source states. `late_start`: the race had votes when we began.
    `touches_outcome`: staff were told an outcome that rests on these figures;
    `outcome_stands`: it is still what they give, and not in doubt. `about`: key of
    the event whose outcome this one questions, withdraws or confirms. `who`: the person
    who acted. `missing`: what a READY TO CALL lacks. `due`: when an outcome goes out
    unless stopped, or a deadline falls. `seen`: digest of the state a person is shown.
    `cause`: why it came, where no new numbers of a county brought it. `since`: what it tells
    began then; `updates`: how many changes of the count it tells in one, if not one.
    """

    key: str
    kind: Kind
    at: datetime
    race: str = ""
    source: str = ""
    candidate: str = ""
    reason: str = ""
    before: Tally | None = None
    after: Tally | None = None
    was: Decision | None = None
    decision: Decision | None = None
    hold: Hold | None = None
    late_start: bool = False
    checking: bool = False
    touches_outcome: bool = False
    outcome_stands: bool = False
    about: str = ""
    who: str = ""
    missing: tuple[Block, ...] = ()
    due: datetime | None = None
    seen: str = ""
    cause: str = ""
    since: datetime | None = None
    updates: int = 0
