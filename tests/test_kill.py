"""SIGKILL at any point of a night, then the same command again: the same messages.

The points are seeded: most of them while there is news being stored and sent, the others at
any time. A night dies several times on its way, so that fifty deaths cost four nights.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.kill import launchers
from tests.kill_points import Replaying, points

if TYPE_CHECKING:
    from pathlib import Path

POINTS, EACH, KILLS = 72, 18, 50
KINDS = ("news-statements", "news-calls", "statements", "calls")


@pytest.mark.long
def test_a_night_killed_anywhere_ends_with_the_same_messages(tmp_path: Path) -> None:
    """Design §6: whatever point it died at, `post_log` ends as in a run nobody disturbed."""
    night = Replaying(tmp_path)
    with launchers() as pool:
        whole = pool.run(night.job("whole", at=0))
        assert whole.code == 0
        drawn = points(whole.counts, KINDS, POINTS, each=EACH)
        kills = pool.each(
            lambda point: night.killed_and_finished(pool, f"point-{point.number}", point), drawn
        )

    assert sum(kills) >= KILLS, kills
    expected = night.printed("whole")
    assert len(json.loads(expected)) > 10
    assert [point for point in drawn if night.printed(f"point-{point.number}") != expected] == []
