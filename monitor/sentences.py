"""One sentence for everything the monitor can say, as staff understand it. Data only.

Kinds of message, outcomes, what they rest on, reasons for no outcome, holds and
caveats. `docs/sentences.md` shows them all; `python docs/sentences.py` writes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitor.decision import Basis, Block, Outcome
from monitor.events import Kind
from monitor.standing import HoldKind


class Caveat(StrEnum):
    """What is added to a standing or an outcome without standing in its way."""

    RECOUNT_RANGE = "in recount range"
    RECOUNT_AUTOMATIC = "in automatic recount range"
    HOLD_OFF = "hold off: being checked"
    FROZEN = "frozen by a person"
    GAP_OPEN = "gap within what may still come"
    BY_HAND = "entered by hand"
    LATE_START = "complete when we began"
    ESTIMATE = "outstanding is an estimate"
    RUNOFF_OPEN = "a runoff may follow"
    ONE_NOMINATION = "one nomination only"
    UNEXPIRED = "unexpired term"


class Wait(StrEnum):
    """What an outcome waits for when the figures carry it."""

    WINDOW = "policy-window"
    CONFIRMATION = "on-confirmation"
    RELEASE = "not-released"


@dataclass(frozen=True, slots=True)
class KindWords:
    """How a kind of message begins, where it stands, and what it means.

    `where`: top and thread are those of the race's channels.
    """

    begins: tuple[str, ...]
    where: str
    means: str


KIND_SENTENCES = {
    Kind.RACE_OPENED: KindWords(("WATCHING",), "top", "the race's thread begins here"),
    Kind.NOW_WATCHING: KindWords(
        ("NOW WATCHING",), "top", "we started after the first votes; this is the standing"
    ),
    Kind.FIRST_VOTES: KindWords(
        ("FIRST VOTES",), "thread", "the first numbers after the polls closed"
    ),
    Kind.COUNT_UPDATED: KindWords(
        ("COUNT", "NEW, BEING CHECKED"), "thread",
        "new numbers, or several small changes in one; the latter until a second look agrees",
    ),
    Kind.LEAD_CHANGED: KindWords(
        ("LEAD CHANGE", "LEAD CHANGING BACK AND FORTH", "LEAD STANDS AGAIN"), "thread",
        "another candidate leads, seen twice; after many changes nothing, until it has stood",
    ),
    Kind.COUNT_REVISED: KindWords(
        ("COUNTY REVISED",), "thread; top where the leader changes or an outcome is in doubt",
        "the county lowered or replaced its numbers, seen twice",
    ),
    Kind.NOTE_ADDED: KindWords(
        ("NOTE",), "thread", "a remark of the source or of a person: a margin, a concession"
    ),
    Kind.HOLD_CLEARED: KindWords(
        ("CHECK DONE",), "thread", "nothing is kept back any more; the numbers shown are current"
    ),
    Kind.REPORT_HELD: KindWords(
        ("REPORT HELD", "UNDER CHECK"), "ops; thread where older numbers were told",
        "new numbers look wrong, and are not used",
    ),
    Kind.RACE_WON: KindWords(("WON",), "top", "ours has the nomination or the office"),
    Kind.RACE_LOST: KindWords(
        ("LOST", "RUNOFF, OURS OUT"), "top",
        "ours has not; the second: others go to a runoff",
    ),
    Kind.ADVANCED: KindWords(("ADVANCES",), "top", "ours goes on to the next election"),
    Kind.RUNOFF_SET: KindWords(
        ("RUNOFF, OURS IN",), "top", "nobody met the threshold; ours is in the runoff"
    ),
    Kind.RUNOFF_POSSIBLE: KindWords(
        ("RUNOFF?",), "top", "the second may ask for a runoff, by a deadline"
    ),
    Kind.RACE_TIED: KindWords(("TIED",), "top", "the same number of votes at the cut"),
    Kind.TOO_CLOSE: KindWords(
        ("TOO CLOSE",), "top", "the gap to a rival is smaller than what may still come"
    ),
    Kind.STILL_OPEN: KindWords(
        ("ELECTED NOW OR", "NOMINATED NOW OR"), "top",
        "ours is firmly ahead; only the threshold is open, so the outcome is not known",
    ),
    Kind.RACE_UNCONTESTED: KindWords(
        ("UNCONTESTED",), "top", "nobody runs against ours; never counted as won"
    ),
    Kind.OUTCOME_CERTIFIED: KindWords(
        ("WON", "LOST", "ADVANCES", "RUNOFF", "TIED"), "top",
        "the source or a named person says certified, and the outcome holds",
    ),
    Kind.OUTCOME_QUESTIONED: KindWords(
        ("OUTCOME QUESTIONED",), "ops", "a certified outcome is not what the numbers give now"
    ),
    Kind.HOLD_OFF: KindWords(
        ("HOLD OFF",), "top", "stop saying it: new county numbers do not show it"
    ),
    Kind.OUTCOME_RETRACTED: KindWords(("DO NOT USE",), "top", "the outcome is withdrawn"),
    Kind.OUTCOME_STANDS: KindWords(("STANDS",), "top", "checked after a HOLD OFF: it holds"),
    Kind.CONTEST_UNMATCHED: KindWords(
        ("NOT MATCHED",), "ops", "a contest or candidate is found zero or two times"
    ),
    Kind.CONTEST_MATCHED: KindWords(("MATCHED",), "ops", "now found"),
    Kind.SOURCE_BROKEN: KindWords(
        ("SOURCE BROKEN",), "ops", "a site is down, blocked, or was redesigned"
    ),
    Kind.SOURCE_RECOVERED: KindWords(("SOURCE BACK",), "ops", "it works again"),
    Kind.SOURCE_STALE: KindWords(
        ("SOURCE STALE",), "ops", "it answers, but with nothing new since the polls closed"
    ),
    Kind.READY_TO_CALL: KindWords(
        ("READY TO CALL",), "ops, callers mentioned",
        "the gap is sure and a proof alone is missing: a person may release the outcome",
    ),
    Kind.GOING_OUT: KindWords(
        ("GOING OUT",), "ops, callers mentioned", "this exact text goes out then, unless stopped"
    ),
    Kind.CALLERS_PAGED: KindWords(
        ("CALLERS PAGED",), "ops, callers mentioned", "something only a person can settle"
    ),
    Kind.PERSON_ACTED: KindWords(("PERSON ACTED",), "ops", "who did what, and why"),
    Kind.CLOSE_MOVED: KindWords(
        ("CLOSE MOVED",), "thread and ops", "the polls of this race close at another time"
    ),
    Kind.COUNT_AMENDED: KindWords(
        ("AMENDED",), "thread; top where an outcome was told",
        "the numbers changed after they were certified",
    ),
    Kind.SOURCES_DISAGREE: KindWords(
        ("SOURCES DISAGREE",), "ops", "two sources for the same county differ; no outcome meanwhile"
    ),
    Kind.SOURCES_AGREE: KindWords(("SOURCES AGREE",), "ops", "they are equal again"),
    Kind.REMINDER: KindWords(
        ("REMINDER", "CERTIFIED?"), "thread; ops, callers mentioned",
        "a date of the count after the night; the question goes to the callers",
    ),
    Kind.FOLLOW_UP_SET: KindWords(
        ("FOLLOW UP",), "thread", "the next race of these candidates is watched"
    ),
    Kind.FOLLOW_UP_WAITS: KindWords(
        ("FOLLOW UP WAITS",), "ops", "the next race is near and has no source yet"
    ),
    Kind.HEADS_UP: KindWords(
        ("HEADS-UP", "NOT GOING OUT"), "ops and named people alone",
        "they have the outcome first, or it does not go out; nobody else has it yet",
    ),
    Kind.SITE_DOWN: KindWords(
        ("NO FRESH NUMBERS",), "thread; ops",
        "a site that the count waits for is down, refuses us or cannot be read",
    ),
    Kind.SITE_BACK: KindWords(
        ("FRESH NUMBERS AGAIN", "NOT WAITED FOR"), "thread; ops",
        "it works again; or numbers come another way, and it is not waited for",
    ),
    Kind.PERSON_FOLLOWS: KindWords(
        ("FOLLOWING",), "thread", "a member of the workspace follows the race from now on"
    ),
    Kind.RACE_REMOVED: KindWords(
        ("NOT WATCHED",), "thread; callers, where an outcome waited",
        "the race was taken out of config.toml; nothing more of it is told",
    ),
    Kind.RACE_RESTORED: KindWords(
        ("WATCHED AGAIN",), "thread", "it stands in config.toml again"
    ),
}  # fmt: skip
"""In the order of `Kind`."""

OUTCOME_SENTENCES = {
    Outcome.NONE: "there is no outcome yet",
    Outcome.WON: "ours has the nomination or the office",
    Outcome.LOST: "ours has not got this nomination or this office; another may be open",
    Outcome.ADVANCED: "ours goes on to the next election; nobody is elected yet",
    Outcome.RUNOFF: "nobody met the threshold, and ours is in the runoff",
    Outcome.RUNOFF_POSSIBLE: "nobody met the threshold, and the second may ask for a runoff",
    Outcome.TIE: "ours has as many votes as another at the cut",
}
"""What each outcome means for ours."""

BASIS_SENTENCES = {
    Basis.NONE: "nothing yet",
    Basis.COMPLETE: "all units are in, seen twice, and the gap is larger than what may still come",
    Basis.CLINCHED: "even if every uncounted ballot went against it, it would hold",
    Basis.CONFIRMED: "a named person released the computed outcome; still unofficial",
    Basis.CALLED: "a named person declares it, with a reason; still unofficial",
    Basis.CERTIFIED: "the source, or a named person with a link, says the result is certified",
}
"""What an outcome rests on."""

BLOCK_SENTENCES = {
    Block.FROZEN: "a person stopped outcomes for this race",
    Block.HELD: "new numbers are under check",
    Block.SOURCES_DISAGREE: "two sources for the same county disagree",
    Block.COUNTY_MISSING: "a county of this race has no numbers yet",
    Block.ONE_LOOK: "waiting for a second look at the same numbers",
    Block.RULE_UNKNOWN: "no rule card covers this contest",
    Block.RULE_UNVERIFIED: "the state's rule is not verified",
    Block.NOT_COMPLETE: "the count is not complete",
    Block.NO_ELECTION_DAY: "marked complete, but no election-day votes are in",
    Block.WRITE_IN_AHEAD: "write-ins are ahead and their names are not reported",
    Block.WITHDRAWN_AHEAD: "whoever withdrew, or a line for nobody, has enough votes to be first",
    Block.SEATS_MIXED: "some seats are decided and others are not",
    Block.UNCONTESTED: "nobody else is on the ballot, so there is no race to win",
    Block.HAND_KEPT: "numbers kept by hand need a named person to confirm",
    Block.UNPROVEN: "a named person must confirm that this site is read rightly",
    Block.NO_FOLLOW_UP: "nobody met the threshold, and the rule card names nothing that follows",
    Block.PLACE_OPEN: "the gap is smaller than the votes that may still come",
    Block.THRESHOLD_OPEN: "the votes that may still come decide whether the threshold is met",
}
"""Each reason why there is no outcome yet."""

POLICY_SENTENCES = {
    Wait.WINDOW: "nothing else is open; it goes out in minutes unless a caller stops it",
    Wait.CONFIRMATION: "nothing else is open; by the race's policy a named person confirms it",
    Wait.RELEASE: "all in, not released; named people have it first, everybody else gets it later",
}
"""What an outcome waits for by the race's policy, the last of its blocks in `race_status`."""

HOLD_SENTENCES = {
    HoldKind.HARD: "the new numbers look wrong and are not used until the cause is gone "
    "or a named person accepts them",
    HoldKind.OLDER: "an older version was served again; it is ignored until a newer one comes",
    HoldKind.DECREASE: "numbers fell; they are used when a second look, five minutes later, "
    "still shows them",
    HoldKind.SOFT: "many new votes without a new unit; shown as being checked until a second look",
}
"""Why new numbers are kept back, and what ends it."""

CAVEAT_SENTENCES = {
    Caveat.RECOUNT_RANGE: "the gap is inside the range in which a recount can be asked for",
    Caveat.RECOUNT_AUTOMATIC: "the gap is inside the range in which a recount comes by itself",
    Caveat.HOLD_OFF: "the outcome told is in doubt and being checked; do not repeat it",
    Caveat.FROZEN: "a person stopped outcomes; none goes out until `unfreeze`",
    Caveat.GAP_OPEN: "the gap is not larger than the votes that may still come",
    Caveat.BY_HAND: "a person typed these numbers in; they are not the site's",
    Caveat.LATE_START: "already complete when we began",
    Caveat.ESTIMATE: "how many are uncounted is an estimate; twice as many are reckoned with",
    Caveat.RUNOFF_OPEN: "whether others go to another round is not known yet",
    Caveat.ONE_NOMINATION: "this is one party's nomination, and says nothing of another's",
    Caveat.UNEXPIRED: "this is the rest of an unexpired term, not a full one",
}
"""What is added without standing in the way of an outcome."""
