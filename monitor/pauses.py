"""Pauses on the wall clock, which a clock that is set back does not make longer. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST = timedelta(minutes=2)
"""Of a wait that only its end is stored of: what ends later was written under another clock."""


@dataclass(frozen=True, slots=True)
class Pause:
    """From a moment until another; before it began it is over, for the clock was set back."""

    since: datetime
    until: datetime

    def is_over(self, now: datetime) -> bool:
        """Say whether it lasts no longer at a moment."""
        return not self.since <= now < self.until

    def left(self, now: datetime) -> timedelta:
        """Return how long it still lasts, nothing when it is over."""
        return timedelta(0) if self.is_over(now) else self.until - now
