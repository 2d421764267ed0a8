"""One race as the desk sees it at a moment: what scoreboard, roll call and reports are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from monitor.decision import Decision
from monitor.scene import Scene
from monitor.state import RaceState, Watched
from monitor.tally import Tally


@dataclass(frozen=True, slots=True)
class SourceView:
    """How a source of a race is doing.

    `checked_at`: the last answer. `changed_at`: when its figures last changed. `failing_since`
    and `error`: of the failures in a row until now. `next_at`: when it is asked next, None
    when nothing more is expected.
    """

    id: str
    checked_at: datetime | None
    changed_at: datetime | None
    failing_since: datetime | None
    error: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class RaceView:
    """A race with its memory, what its figures give now, and how its sources are doing.

    What staff were told is in `state.told`: only an outcome that stands there is shown
    (desk §4.20); `decisions` is for standing, margins and what blocks.
    """

    watched: Watched
    state: RaceState
    tally: Tally | None
    decisions: tuple[Decision, ...]
    scene: Scene
    sources: tuple[SourceView, ...]
    closes_at: datetime
