"""SIGKILL at any point of a night, then the same command again: the same messages.

The 50 points are seeded: most of them while there is news being stored and sent, the others
at any time. Every third run is killed a second time on its way.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.kill import launchers
from tests.kill_points import Replaying, points

if TYPE_CHECKING:
    from pathlib import Path

POINTS = 50
KINDS = ("news-statements", "news-calls") * 4 + ("statements", "calls")


def test_a_night_killed_anywhere_ends_with_the_same_messages(tmp_path: Path) -> None:
    """Design §6: whatever point it died at, `post_log` ends as in a run nobody disturbed."""
    night = Replaying(tmp_path)
    with launchers() as pool:
        whole = pool.run(night.job("whole", at=0))
        assert whole.code == 0
        drawn = points(whole.counts, KINDS, POINTS)
        firsts = pool.each(
            lambda point: night.killed_and_finished(pool, f"point-{point.number}", point), drawn
        )

    assert [point for point, ended in zip(drawn, firsts, strict=True) if not ended.killed] == []
    expected = night.printed("whole")
    assert len(json.loads(expected)) > 10
    assert [point for point in drawn if night.printed(f"point-{point.number}") != expected] == []
