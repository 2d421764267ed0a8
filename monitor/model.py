"""The vocabulary of election results, as NIST SP 1500-100 names it.

Frozen records only, standard library only: everything else in the project may
import this module, and it imports nothing of the project.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class ResultsStatus(StrEnum):
    """How far a count is, in NIST's words."""

    PRE_ELECTION = "pre-election"
    UNOFFICIAL_PARTIAL = "unofficial-partial"
    UNOFFICIAL_COMPLETE = "unofficial-complete"
    CERTIFIED = "certified"
    CORRECTION = "correction"
    RECOUNT = "recount"


class VoteType(StrEnum):
    """How a vote was cast, in NIST's words; the source's own word stands beside it."""

    TOTAL = "total"
    ELECTION_DAY = "election-day"
    EARLY = "early"
    ABSENTEE_MAIL = "absentee-mail"
    PROVISIONAL = "provisional"
    WRITE_IN = "write-in"
    OTHER = "other"


class UnitKind(StrEnum):
    """What `units_reported` counts; say precincts only when they are precincts."""

    PRECINCTS = "precincts"
    COUNTIES = "counties"
    POLLING_PLACES = "polling places"
    UNITS = "reporting units"


@dataclass(frozen=True, slots=True)
class Request:
    """What a visit wants fetched.

    `immutable`: the URL names one version for ever, so a stored 200 of it is the
    answer and no exchange is needed. `optional`: a 404 is an answer (the page
    comes with its status), not an error. `may_move_to`: hosts, or parents of hosts,
    that a redirect may lead to besides the URL's own.
    """

    url: str
    immutable: bool = False
    optional: bool = False
    may_move_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """One response: status, headers (names in lower case) and the body as inflated bytes.

    `unchanged` is true when the site answered 304 or the stored copy of an
    immutable URL was used; `body` and `headers` are then those of the stored 200.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    unchanged: bool = False

    def header(self, name: str) -> str:
        """Return the first value of a header, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key == wanted), "")


@dataclass(frozen=True, slots=True)
class VoteCount:
    """Votes of one type; `label` is the source's own word for the type."""

    type: VoteType
    votes: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class Selection:
    """One ballot line. `votes` is its total; `by_type` may be empty or not add up.

    `key` is the source's own id, or name and party where it has none.
    `winner_mark` is the source's own mark, shown and never trusted.
    """

    key: str
    name: str
    votes: int
    party: str = ""
    by_type: tuple[VoteCount, ...] = ()
    is_write_in: bool = False
    winner_mark: bool = False


@dataclass(frozen=True, slots=True)
class Units:
    """`reported` of `total` reporting units, and what the units are."""

    reported: int
    total: int
    kind: UnitKind


@dataclass(frozen=True, slots=True)
class Contest:
    """One contest as one source prints it.

    `key`: the source's own id. `party`: DEM, REP, … for a party primary, else "".
    `total_votes`: the source's printed total, None where it prints none.
    `counts_known` is False when the source says something about the contest but
    gives no counts (a hand-kept note); `selections` is then empty.
    `status`, `note`, `link` and `who` stand on hand-kept rows; a status here
    goes before the report's.
    """

    key: str
    title: str
    selections: tuple[Selection, ...]
    party: str = ""
    votes_allowed: int = 1
    number_elected: int = 1
    units: Units | None = None
    total_votes: int | None = None
    ballots_cast: int | None = None
    registered_voters: int | None = None
    aggregate_key: str = ""
    counts_known: bool = True
    status: ResultsStatus | None = None
    note: str = ""
    link: str = ""
    who: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """One parse of one source: every contest on its pages.

    `source_time`: the source's own time, aware; None where it prints none or its
    zone is unknown (`source_time_text` keeps what was printed). `version`: an
    ordinal that only grows, for platforms that have one. `election_date`: as the
    source says it, None where it does not. `is_test`: the source marks the data
    as test data or as not for production.
    """

    contests: tuple[Contest, ...]
    source_time: datetime | None = None
    source_time_text: str = ""
    version: int | None = None
    election_date: date | None = None
    status: ResultsStatus | None = None
    status_text: str = ""
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class ElectionListing:
    """One election as a platform's own list names it, with the settings that reach it."""

    name: str
    date: date | None
    settings: tuple[tuple[str, str], ...]
