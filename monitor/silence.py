"""While Slack does not know the token nothing is sent and nothing refused: everything waits."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from monitor.pauses import Pause

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from monitor.slack_answers import AuthTrouble

LONGEST_BACKOFF = 60.0
"""Seconds between tries while Slack is away."""

_log = structlog.get_logger()


class Silence:
    """Whether the app as a whole may speak. `on_trouble` is told once each time it may not."""

    def __init__(self, clock: Callable[[], datetime], on_trouble: Callable[[str], None]) -> None:
        self._clock = clock
        self._on_trouble = on_trouble
        self._refusals = 0
        self._pause: Pause | None = None

    def __bool__(self) -> bool:
        """Say whether the last call was refused for its token."""
        return self._refusals > 0

    @property
    def is_over(self) -> bool:
        """Say whether a call may be tried."""
        return self._pause is None or self._pause.is_over(self._clock())

    def begin(self, error: AuthTrouble) -> None:
        """Hold everything for a while, longer each time."""
        self._refusals += 1
        now = self._clock()
        self._pause = Pause(now, now + backoff(self._refusals))
        if self._refusals == 1:
            _log.critical("Slack does not know the token, every message waits", error=str(error))
            self._on_trouble(str(error))

    def end(self) -> None:
        """Slack has taken a call."""
        if self:
            _log.warning("Slack knows the token again")
        self._refusals, self._pause = 0, None


def backoff(failures: int, retry_after: float = 0.0) -> timedelta:
    """Return the wait after so many failures: 1, 2, 4 … seconds, or longer if Slack says so."""
    own = min(LONGEST_BACKOFF, 0.5 * 2 ** min(failures, 16))
    return timedelta(seconds=max(own, retry_after))
