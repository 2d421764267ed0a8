"""Every error the monitor names, as a tree.

MonitorError                     exit  what it means
├── ConfigInvalid                3     config.toml is refused; every problem is listed
├── SlackFailure                 4     Slack refused; `permanent` says whether trying again helps
│   └── OutcomeUnknown                 the answer was lost: the message may stand in the channel
├── NothingMatched               5     no race, source, contest or file answers the call
├── CountyRefused                2     no county file can be written from this (county_names)
├── CaseRefused                  1     a golden case cannot be kept (golden)
├── StoreFailure                 6     the database
│   ├── DatabaseInUse                  another instance holds it
│   ├── DatabaseLocked                 another program holds its write lock
│   ├── DiskFull
│   └── WrongDatabase                  it belongs to something else, or is newer than this code
├── ArchiveFailure               7     a WARC file cannot be read or written
└── SourceFailure                1     one source; never stops another
├── ScraperBroken                  a file of scrapers/ cannot be used
├── FetchFailure                   nothing usable came back
│   ├── Unreachable                DNS, refused, reset, TLS
│   ├── TimedOut                   the whole exchange took too long
│   ├── Blocked                    a wall: 401, 403, challenge, login
│   ├── NotFound                   404 or 410
│   ├── ServerTrouble              429 or 5xx; `retry_after` in seconds where given
│   ├── TooLarge                   more bytes than the cap, before or after inflating
│   ├── MovedAway                  a redirect that is not followed
│   └── NotRecorded                replay: the URL stands nowhere in the archive
└── ParseFailure                   something came back that is not what it was
├── EmptyPage
├── WrongFormat                HTML where JSON was, a PDF where CSV was
├── Truncated                  the end of the document is missing
└── LayoutChanged              fields or elements are missing or doubled
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from monitor.model import Page


class MonitorError(Exception):
    """The root: `str(error)` is one line that says what was seen, where, and what to do."""

    exit_code: ClassVar[int] = 1


class ConfigInvalid(MonitorError):
    """config.toml is refused. `problems` holds one `path: message` line each."""

    exit_code: ClassVar[int] = 3

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SlackFailure(MonitorError):
    """Slack refused a call. `permanent`: the same call will never be taken."""

    exit_code: ClassVar[int] = 4

    def __init__(self, message: str, *, permanent: bool, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.permanent = permanent
        self.retry_after = retry_after


class OutcomeUnknown(SlackFailure):
    """The answer was lost: only looking the message up says whether Slack took it."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=False)


class NothingMatched(MonitorError):
    """Nothing in the configuration or the input answers the call."""

    exit_code: ClassVar[int] = 5


class StoreFailure(MonitorError):
    """The database cannot be used."""

    exit_code: ClassVar[int] = 6


class DatabaseInUse(StoreFailure):
    """Another instance of the monitor holds this database."""


class DatabaseLocked(StoreFailure):
    """Another program holds the write lock for longer than we wait."""


class DiskFull(StoreFailure):
    """The disk has no room; nothing was half-written."""


class WrongDatabase(StoreFailure):
    """The database belongs to another archive, or to a newer version of this program."""


class ArchiveFailure(MonitorError):
    """A WARC file cannot be read or written."""

    exit_code: ClassVar[int] = 7


class SourceFailure(MonitorError):
    """One source failed. Other sources go on."""


class ScraperBroken(SourceFailure):
    """A file of scrapers/ cannot be imported, or its `Scraper` is no usable `Platform`."""


class FetchFailure(SourceFailure):
    """Nothing usable came back. `page` holds the response where there was one."""

    def __init__(self, message: str, *, page: Page | None = None, retry_after: float = 0.0) -> None:
        super().__init__(message)
        self.page = page
        self.retry_after = retry_after


class Unreachable(FetchFailure):
    """DNS, connection or TLS failed, or the body was cut."""


class TimedOut(FetchFailure):
    """The whole exchange took longer than the limit."""


class Blocked(FetchFailure):
    """A wall stands before the site: 401, 403, a challenge or a login page."""


class NotFound(FetchFailure):
    """404 or 410."""


class ServerTrouble(FetchFailure):
    """429 or 5xx."""


class TooLarge(FetchFailure):
    """The body is over the cap, before or after inflating."""


class MovedAway(FetchFailure):
    """A redirect to another host or scheme, or too many of them."""


class NotRecorded(FetchFailure):
    """Replay asked for a URL that stands nowhere in the archive."""


class ParseFailure(SourceFailure):
    """Something came back that is not what the scraper knows."""


class EmptyPage(ParseFailure):
    """The body has no bytes."""


class WrongFormat(ParseFailure):
    """Another kind of document came, such as HTML where JSON was."""


class Truncated(ParseFailure):
    """The end of the document is missing."""


class LayoutChanged(ParseFailure):
    """Fields or elements are missing, doubled, or not of their type."""
