"""When a race is too close, and when only its threshold is open (desk §1.7). Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.decision import Block
from monitor.rules import FollowUp, meets

if TYPE_CHECKING:
    from monitor.reading import Count, Finding

FIRM_PER_MILLE = 50
"""A gap above this, in thousandths of the votes counted, is not close: a start value.

Late ballots rarely turn five points, and in a state where as many come as are counted
on the night every race would be too close.
"""

_OPEN = frozenset({Block.PLACE_OPEN, Block.THRESHOLD_OPEN})


def may_be_told(blocks: tuple[Block, ...], *, paused: bool) -> bool:
    """Say whether nothing but closeness blocks, or the end of a count that has paused."""
    allowed = _OPEN | {Block.NOT_COMPLETE} if paused else _OPEN
    return bool(_OPEN & set(blocks)) and set(blocks) <= allowed


def is_too_close(count: Count, finding: Finding, floor: int) -> bool:
    """Say whether the place against a rival is open and the gap is small.

    `floor`: guard and automatic recount range, in votes; a gap inside is always small.
    """
    if Block.PLACE_OPEN not in finding.open or count.total == 0:
        return False
    return abs(finding.cut.margin) <= max(_firm(count), floor)


def is_still_open(count: Count, finding: Finding, floor: int) -> bool:
    """Say whether ours is first by far and only the share it needs is open."""
    if count.rule is None or not count.asks_share or count.seats > 1:
        return False
    if count.rule.follow_up is FollowUp.NONE:
        return False
    if Block.THRESHOLD_OPEN in finding.open:
        return finding.cut.inside
    firm = max(_firm(count), floor)
    if Block.PLACE_OPEN not in finding.open or count.cut(1).margin <= firm:
        return False
    can_meet = meets(count.rule, count.ours.votes + count.late, count.base + count.late)
    base = count.base + min(count.late, _room(count, firm))
    return can_meet and not meets(count.rule, count.ours.votes, base)


def _room(count: Count, firm: int) -> int:
    """Return how many votes the rivals can still take with ours first by more than `firm`."""
    most = count.ours.votes - firm - 1
    return sum(max(0, most - line.votes) for line in count.rivals if not line.is_write_in)


def _firm(count: Count) -> int:
    return count.total * FIRM_PER_MILLE // 1000
