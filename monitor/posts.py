"""One message as the core writes it: what goes into the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256

SCOREBOARD_LINK = "primary-night:scoreboard"
"""Stands in blocks where the address of the channel's scoreboard comes; the sender puts it in."""


class RowClass(StrEnum):
    """`outcome`: frozen, never merged. `update`: frozen, may end in a digest."""

    OUTCOME = "outcome"
    UPDATE = "update"


INTERNAL_ID = "internal:"
"""How the id of a block begins that people of another workspace do not read."""


class DeskKind(StrEnum):
    """Kinds of messages that are about no single race, as `post_log` shows them."""

    SCOREBOARD = "scoreboard"
    ROLL_CALL = "roll-call"
    PULSE = "pulse"
    MORNING_REPORT = "morning-report"
    WATCH_STOPPED = "watch-stopped"
    BOT_BACK = "bot-back"
    CONFIG_TAKEN = "config-taken"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Post:
    """One message as the core writes it.

    `thread`: key of the root it replies to. `blocks`: Block Kit as JSON text, or
    "[]". `at`: when it was decided, on the clock of the watch (virtual in a replay).
    """

    key: str
    row_class: RowClass
    race: str | None
    kind: str
    channel: str
    thread: str | None
    text: str
    blocks: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Edit:
    """What a message is to say now, whatever it says: aims at the post `key`, newest wins."""

    key: str
    channel: str
    text: str
    blocks: str
    at: datetime


class ChoreKind(StrEnum):
    """What is done to a message that was sent, beside sending it."""

    PIN = "pin"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Chore:
    """Pins the post `key`, or puts a file into its thread.

    `name` and `content`: of the file.
    """

    kind: ChoreKind
    key: str
    name: str = ""
    content: str = ""


def post_key(event_key: str, channel: str) -> str:
    """Return the outbox key of an event in a channel."""
    return sha256(f"{event_key}\x1f{channel}".encode()).hexdigest()[:32]
