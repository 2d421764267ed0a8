"""One message as the core writes it: what goes into the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256


class RowClass(StrEnum):
    """`outcome`: frozen, never merged. `update`: frozen, may end in a digest."""

    OUTCOME = "outcome"
    UPDATE = "update"


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


def post_key(event_key: str, channel: str) -> str:
    """Return the outbox key of an event in a channel."""
    return sha256(f"{event_key}\x1f{channel}".encode()).hexdigest()[:32]
