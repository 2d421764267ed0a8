"""The types config.toml is made of: texts, ids, zones and patterns, each with its advice.

Types are strict: a quoted date or a number for a text is refused, because a
lax reader would take `date = 20180508` for a second in 1970.
"""

import re
import warnings
from functools import cache
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

SIMPLE_ID = r"^[a-z0-9_-]{1,60}$"
STATE = r"^[A-Z]{2}$"
PARTY = r"^[A-Z]{2,4}$"
CHANNEL = r"^(#[^\s#,:<>A-Z]{1,79}|[CG][A-Z0-9]{8,20})$"
CONTACT = r"^(https?://\S+|[^@\s]+@[^@\s]+\.[^@\s]+)$"
POLICY = r"^(auto|after-[1-9][0-9]?-minutes?|on-confirmation)$"
MEMBER = r"^[UW][A-Z0-9]{8,20}$"
MENTION = r"^[UWS][A-Z0-9]{8,20}$"
ACTOR = r"^([UWS][A-Z0-9]{8,20}|[^@\s<>&]+@[^@\s<>&]+\.[^@\s<>&]+)$"
QUIET = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
CALLER = r"^([UW][A-Z0-9]{8,20}|[^\s@<>&#][^@<>&#]{0,79})$"
PATTERN_WORDS = {
    SIMPLE_ID: "use small letters, digits, - and _ only",
    STATE: "write the state as two capitals, such as NC",
    PARTY: "write the party as its capitals, such as DEM",
    CHANNEL: 'write the channel as Slack shows it, such as "#primary-night", or its id',
    POLICY: 'write "auto", "after-3-minutes" or "on-confirmation"',
    CALLER: "give a name, or a Slack member id such as U024BE7LH",
    MEMBER: "give a Slack member id such as U024BE7LH",
    MENTION: "give the id of a Slack member (U…) or user group (S…)",
    ACTOR: "give the id of a Slack member or user group, or an e-mail address",
    QUIET: 'write two times of day, such as "23:00-07:00"',
    CONTACT: "give an e-mail address or a link that answers to you",
}
"""What to write instead, for every pattern of this shape."""


def _printable(text: str) -> str:
    bad = next((char for char in text if not char.isprintable()), "")
    if bad:
        # In "double quotes" TOML reads \b as a backspace, and no pattern matches that.
        raise ValueError(
            f"holds the character {bad!r}, which cannot be printed; "
            "write patterns in 'single quotes'"
        )
    if text != text.strip():
        raise ValueError("begins or ends with a space")
    return text


def _pattern(text: str) -> str:
    try:
        with warnings.catch_warnings(action="error", category=FutureWarning):
            re.compile(text, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError, FutureWarning) as error:
        raise ValueError(f"no regular expression: {error}") from None
    return text


@cache
def zones() -> frozenset[str]:
    """Return the names of all time zones."""
    return frozenset(available_timezones())


def _zone(name: str) -> str:
    if name not in zones():
        raise ValueError(f"{name!r} is no time zone; write one such as America/New_York")
    return name


Line = Annotated[str, StringConstraints(max_length=300), AfterValidator(_printable)]
Text = Annotated[Line, Field(min_length=1)]
Pattern = Annotated[Text, AfterValidator(_pattern)]
Zone = Annotated[str, AfterValidator(_zone)]
Id = Annotated[str, Field(pattern=SIMPLE_ID)]
ChannelName = Annotated[str, Field(pattern=CHANNEL)]
Texts = Annotated[list[Text], Field(min_length=1)]
PolicyText = Annotated[str, Field(pattern=POLICY)]
Caller = Annotated[Line, Field(pattern=CALLER)]


class Table(BaseModel):
    """A table of config.toml: strict types, no unknown keys."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True
    )
