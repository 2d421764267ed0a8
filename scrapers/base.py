"""The scraper contract and its small helpers.

A platform is a class in `scrapers/platforms/<platform>.py`, always named
`Scraper`; a county file is `scrapers/<state>_<county>.py` with a class of the
same name over it. Nothing is registered: a module that is there is found.

Settings. Class attributes ending in `_url` are templates. Their `{fields}` are
filled, in this order, from `date` (the election's date; use `{date:%Y%m%d}`),
from values found on the way (`on_the_way`, such as a version number), from the
class's own attributes (`cid = "32"` in a county file), and from config.toml.
What is left after the first three is exactly what config.toml must give.
"""

from __future__ import annotations

import json
import re
from abc import ABC, abstractmethod
from string import Formatter
from typing import TYPE_CHECKING, Any, ClassVar

from monitor.errors import Blocked, EmptyPage, LayoutChanged, Truncated, WrongFormat

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from datetime import date

    from monitor.model import ElectionListing, Page, Report, Request

MAX_VOTES = 100_000_000
"""No county or state counts more; a larger number is damage, not votes."""


class Platform(ABC):
    """One results platform, used as it is from config.toml or through a county file."""

    source_name: ClassVar[str] = ""
    """Who publishes the figures, as staff read it: "NC State Board of Elections"."""
    state: ClassVar[str] = ""
    """Two letters; empty on a platform that serves many states."""
    county: ClassVar[str] = ""
    """The county's name; empty on a platform."""
    on_the_way: ClassVar[frozenset[str]] = frozenset()
    """Template fields that the visit itself finds."""
    optional_settings: ClassVar[Mapping[str, str]] = {}
    """Settings config.toml may give, with their defaults."""
    hand_kept: ClassVar[bool] = False
    """People type the figures in; outcomes need a named person."""
    needs_confirmation: ClassVar[bool] = False
    """What it says is shown and confirmed before it is used, unless config says it is trusted."""
    unproven: ClassVar[bool] = False
    """No stored payload proves it: no outcome follows until a person has accepted a live one."""
    parse_in_pool: ClassVar[bool] = False
    """HTML and XML are parsed in another process, with a time limit."""
    refresh_seconds: ClassVar[int] = 60
    """How often the source changes at most; no poll is faster."""
    public_url: ClassVar[str] = ""
    """Template of the page staff may open."""

    def __init__(self, *, date: date | None, settings: Mapping[str, str]) -> None:
        """Take the election's date (None only when listing) and the source's settings."""
        self.date = date
        self.settings = {**self.optional_settings, **settings}

    @classmethod
    def settings_needed(cls) -> frozenset[str]:
        """Return the names config.toml must give for a source of this class."""
        fields = {
            field.partition(".")[0].partition("[")[0]
            for name in dir(cls)
            if name.endswith("_url") and isinstance(template := getattr(cls, name), str)
            for _, field, _, _ in Formatter().parse(template)
            if field
        }
        own = {field for field in fields if getattr(cls, field, "")}
        return frozenset(fields - own - cls.on_the_way - set(cls.optional_settings) - {"date"})

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return the settings a pasted link holds (`date` as YYYY-MM-DD), or None if not ours."""
        del url
        return None

    def fill(self, template: str, **found: str) -> str:
        """Fill a URL template from what was found, our attributes and the settings."""
        fields = [field for _, field, _, _ in Formatter().parse(template) if field]
        values: dict[str, Any] = {"date": self.date, **self.settings, **found}
        for field in fields:
            if field not in values:
                values[field] = getattr(self, field)
        return template.format_map(values)

    def link(self) -> str:
        """Return the page staff may open."""
        return self.fill(self.public_url)

    def elections(self) -> Generator[Request, Page, tuple[ElectionListing, ...]]:
        """Visit the platform's own list of elections; platforms without one list none."""
        yield from ()
        return ()

    @abstractmethod
    def visit(self) -> Generator[Request, Page, tuple[Page, ...]]:
        """Decide what to fetch: yield requests, be sent pages, return the pages to parse."""

    @abstractmethod
    def parse(self, pages: tuple[Page, ...]) -> Report:
        """Read every contest from the pages.

        Raises a `ParseFailure` or `Blocked` that names what was seen and where.
        """


_WALLS = re.compile(
    rb"captcha|challenge-platform|cf-chl|_Incapsula_|awswaf|request blocked|access denied"
    rb"|attention required|are you a robot|enable javascript and cookies",
    re.IGNORECASE,
)
_HTML = re.compile(
    rb"^\s*(?:<!--.*?-->\s*)*<(?:!doctype html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
_CHARSET = re.compile(r"charset=[\"']?([\w-]+)", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,9}", re.ASCII)


def refuse_wall(page: Page) -> None:
    """Raise `Blocked` when the page is a challenge or a login instead of results."""
    found = _WALLS.search(page.body[:20_000])
    if found and _HTML.match(page.body.removeprefix(b"\xef\xbb\xbf")):
        seen = found.group().decode("ascii").lower()
        raise Blocked(
            f"a wall ({seen!r}) instead of results at {page.url}; "
            "open it in a browser, then use another source or the sheet",
            page=page,
        )


def refuse_html(page: Page, expected: str) -> None:
    """Raise when the body is empty, a wall, or any HTML where `expected` should stand."""
    body = page.body.removeprefix(b"\xef\xbb\xbf").strip()
    if not body:
        raise EmptyPage(f"empty answer where {expected} was expected at {page.url}")
    refuse_wall(page)
    if _HTML.match(body):
        raise WrongFormat(f"an HTML page where {expected} was expected at {page.url}")


def text_of(page: Page) -> str:
    """Decode a body: byte-order mark, then header, then strict UTF-8, then cp1252."""
    if page.body.startswith(b"\xef\xbb\xbf"):
        try:
            return page.body[3:].decode("utf-8", errors="strict")
        except UnicodeDecodeError as error:
            raise WrongFormat(f"broken UTF-8 at byte {error.start + 3} of {page.url}") from None
    named = _CHARSET.search(page.header("content-type"))
    for encoding in ((named.group(1),) if named else ()) + ("utf-8", "cp1252"):
        try:
            return page.body.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return page.body.decode("latin-1")


def json_of(page: Page) -> Any:
    """Decode a JSON body strictly: no NaN, no duplicate keys, no damage passed on."""
    refuse_html(page, "JSON")
    try:
        return json.loads(
            text_of(page), parse_constant=_refuse_constant, object_pairs_hook=_unique_keys
        )
    except json.JSONDecodeError as error:
        if error.pos >= len(error.doc.rstrip()) - 1 or "Unterminated" in error.msg:
            size = len(page.body)
            raise Truncated(f"JSON ends early, after {size} bytes, at {page.url}") from None
        raise WrongFormat(f"not JSON ({error.msg} at {error.pos}) at {page.url}") from None
    except RecursionError:
        raise WrongFormat(f"JSON nested too deep at {page.url}") from None
    except ValueError as error:
        raise LayoutChanged(f"{error} at {page.url}") from None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"the JSON holds {name}, which is no number")


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        names = [name for name, _ in pairs]
        double = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the JSON holds the key {double!r} twice in one object")
    return unique


def whole(value: object, what: str) -> int:
    """Read a vote or unit count: 1204, "1204" or "1,204"; anything else is `LayoutChanged`.

    `what` names the place, for the error: "votes of Deberry at https://…".
    """
    if isinstance(value, int) and not isinstance(value, bool):
        number = value
    elif isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        number = int(value.strip().replace(",", ""))
    else:
        raise LayoutChanged(f"expected a whole number for {what}, found {value!r:.60}")
    if not 0 <= number <= MAX_VOTES:
        raise LayoutChanged(f"{number} is no possible count for {what}")
    return number


def marked(text: str, marks: Mapping[str, bool], what: str) -> bool:
    """Read a mark of yes or no in a source's own words; any other is `LayoutChanged`."""
    if text not in marks:
        seen = " or ".join(map(repr, marks))
        raise LayoutChanged(f"expected {seen} for {what}, found {text!r:.20}")
    return marks[text]


def clean(text: str) -> str:
    """Strip control and format characters and fold white space; keep everything people read."""
    kept = "".join(char for char in text if char.isprintable() or char.isspace())
    return " ".join(kept.split())
