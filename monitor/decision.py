"""What a decision is made of: outcomes, reasons for none, evidence. Records only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Standing(StrEnum):
    """Where ours stands at the cut."""

    LEADS = "leads"
    TRAILS = "trails"
    TIED = "tied"
    ALONE = "alone"
    NO_VOTES = "no-votes"


class Outcome(StrEnum):
    """What the rule gives ours."""

    NONE = "none"
    WON = "won"
    LOST = "lost"
    ADVANCED = "advanced"
    RUNOFF = "runoff"
    RUNOFF_POSSIBLE = "runoff-possible"
    TIE = "tie"


class Basis(StrEnum):
    """What an outcome rests on."""

    NONE = "none"
    COMPLETE = "complete"
    CLINCHED = "clinched"
    CONFIRMED = "confirmed"
    CALLED = "called"
    CERTIFIED = "certified"


class Block(StrEnum):
    """A reason why there is no outcome yet; `monitor.sentences` holds its sentence."""

    FROZEN = "frozen"
    HELD = "held"
    SOURCES_DISAGREE = "sources-disagree"
    COUNTY_MISSING = "county-missing"
    ONE_LOOK = "one-look"
    RULE_UNKNOWN = "rule-unknown"
    RULE_UNVERIFIED = "rule-unverified"
    NOT_COMPLETE = "not-complete"
    NO_ELECTION_DAY = "no-election-day"
    WRITE_IN_AHEAD = "write-in-ahead"
    WITHDRAWN_AHEAD = "withdrawn-ahead"
    SEATS_MIXED = "seats-mixed"
    UNCONTESTED = "uncontested"
    HAND_KEPT = "hand-kept"
    UNPROVEN = "unproven"
    NO_FOLLOW_UP = "no-follow-up"
    PLACE_OPEN = "place-open"
    THRESHOLD_OPEN = "threshold-open"


@dataclass(frozen=True, slots=True)
class Outstanding:
    """Ballots of this contest not counted yet, as a person or a source gives them.

    `votes`: the figure as given, in ballots, each with a vote for every seat.
    `is_estimate`: it may be wrong, so twice it is reckoned with (desk §1.1), and nothing
    is clinched on it. `source`: who says so. `counted`: the votes counted by then, None
    where that is not known.
    """

    votes: int
    is_estimate: bool
    source: str
    at: datetime
    counted: int | None = None

    @property
    def bound(self) -> int:
        """The most ballots that may still come."""
        return 2 * self.votes if self.is_estimate else self.votes


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known beside the figures.

    `two_looks`: every source used was seen twice with these figures, at least 60 s
    apart. `hand_kept`: a source in use is typed in by people. `unproven`: nobody
    has found yet that a source in use is read rightly. `signed`: such
    figures carry a source link and the name of who stands for them. `frozen`: a
    person stopped outcomes. `paused`: election-day votes are in and nothing has
    changed for 45 minutes. `outstanding`: replaces the state's late ballots.
    """

    two_looks: bool
    held: bool = False
    disagreement: str = ""
    hand_kept: bool = False
    unproven: bool = False
    signed: bool = False
    frozen: bool = False
    paused: bool = False
    outstanding: Outstanding | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rule says for one endorsed candidate.

    `margin`: votes ahead of (or behind, negative) the first candidate on the other
    side of the cut; `rival` is that candidate. `threshold_margin`: votes above or
    below the smallest count that meets the rule, None where there is no threshold.
    `late`: the most votes that may still come; `outstanding` is the figure it rests on,
    None where that is the state's share, or, of a clinch, the registered voters who have
    not voted. `slack`: what a gap must exceed.
    `computed`: what the rule would give; `outcome` is it unless `blocks` is not empty.
    `if_final`: what the rule gives if not one vote more is counted. `best` and `worst`:
    what `late` more votes can still make of it, lost < tie < runoff or advanced < won;
    NONE while the bound means nothing, or where several seats take a share.
    `too_close`: nothing but the place against a near rival blocks, with all units in or
    the count paused. `still_open`: likewise nothing but the threshold, with a firm lead.
    """

    candidate: str
    standing: Standing
    votes: int
    place: int
    total: int
    margin: int
    rival: str
    rival_votes: int
    threshold_margin: int | None
    late: int
    slack: int
    outcome: Outcome
    computed: Outcome
    if_final: Outcome
    basis: Basis
    too_close: bool
    blocks: tuple[Block, ...]
    in_recount_range: bool
    best: Outcome = Outcome.NONE
    worst: Outcome = Outcome.NONE
    still_open: bool = False
    outstanding: Outstanding | None = None
