"""What of a message's blocks goes to Slack: the test mark, buttons, charts. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor import chart
from monitor.posts import INTERNAL_ID

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHART = "data_visualization"
"""Type of Slack's own chart block, which not every workspace takes."""
_TEST = {"type": "mrkdwn", "text": "*TEST* rehearsal, not real results"}

Block = dict[str, Any]


def marked(text: str, blocks: Sequence[Block]) -> tuple[str, list[Block]]:
    """Mark a message as a test, in its text and in its look."""
    mark = {"type": "context", "elements": [_TEST]}
    return f"TEST {text}", [mark, *blocks] if blocks else []


def has_buttons(blocks: Sequence[Block]) -> bool:
    """Say whether people could press something in a message."""
    return any(block.get("type") == "actions" for block in blocks)


def without_buttons(blocks: Sequence[Block]) -> list[Block]:
    """Take the buttons out: nobody would answer them."""
    return [block for block in blocks if block.get("type") != "actions"]


def has_internal(blocks: Sequence[Block]) -> bool:
    """Say whether a message has blocks for our own workspace alone."""
    return any(_is_internal(block) for block in blocks)


def without_internal(blocks: Sequence[Block]) -> list[Block]:
    """Leave out what people of another workspace do not read."""
    return [block for block in blocks if not _is_internal(block)]


def _is_internal(block: Block) -> bool:
    return str(block.get("block_id", "")).startswith(INTERNAL_ID)


def charts_of(blocks: Sequence[Block]) -> list[Block]:
    """Return a message's charts."""
    return [block for block in blocks if block.get("type") == CHART]


def without_charts(blocks: Sequence[Block]) -> list[Block]:
    """Take the charts out; what they show stands in the message's words too."""
    return [block for block in blocks if block.get("type") != CHART]


def with_pictures(blocks: Sequence[Block], files: Sequence[str]) -> list[Block]:
    """Put pictures in the charts' places. `files`: Slack's id of each chart's picture."""
    left = iter(files)
    return [
        {"type": "image", "slack_file": {"id": next(left)}, "alt_text": alt_of(block)}
        if block.get("type") == CHART
        else block
        for block in blocks
    ]


def alt_of(block: Mapping[str, Any]) -> str:
    """Return the words that stand for a chart; of one that is not ours, its title."""
    try:
        words = chart.alt_text(block)
    except (KeyError, IndexError, TypeError):
        words = str(block.get("title") or "chart")
    return words[:2000]
