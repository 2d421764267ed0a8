"""The small trend chart of an outcome: Slack's own line chart, and its figures in words. Pure.

Slack's `data_visualization` block holds no alt text, so `alt_text` says what the chart
shows; the words stand below it, and beside the picture that is drawn where it is refused.
Names in it are plain text: nothing in a label can act.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from monitor.match import normal_name
from monitor.words import clock, day_of, listing, percent, safe, short_name, surname

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.scene import TrendPoint

FEWEST_POINTS = 3
"""With fewer there is no trend to see."""
MOST_POINTS = 20
MOST_SERIES = 6
"""Slack's page says six, its checkers twelve: six are taken by both."""
RIVALS = 3
_LABEL = 20
_TITLE = 50

Block = dict[str, Any]


def trend_block(
    points: tuple[TrendPoint, ...], race: str, ours: Iterable[str], zone: str
) -> Block | None:
    """Draw each candidate's share of the votes over time; None with too few points.

    `ours` come first, then the best rivals of the last point. Times are those of `zone`.
    """
    dated = _labelled(points, zone)
    if len(dated) < FEWEST_POINTS:
        return None
    last = next(reversed(dated.values()))
    names = _shown(last, {normal_name(name) for name in ours})
    series = [
        {
            "name": label,
            "data": [
                {"label": when, "value": _share(point, name)} for when, point in dated.items()
            ],
        }
        for label, name in _unique(names).items()
    ]
    axis = {"categories": list(dated), "x_label": "When we read it", "y_label": "Percent of votes"}
    return {
        "type": "data_visualization",
        "title": _plain(f"Share of votes, {race}")[:_TITLE].strip(),
        "chart": {"type": "line", "series": series, "axis_config": axis},
    }


def alt_text(block: Mapping[str, Any]) -> str:
    """Say in words what a trend chart shows: each line's first and last figure, and when."""
    chart = block["chart"]
    times = chart["axis_config"]["categories"]
    lines = (
        f"{one['name']} {one['data'][0]['value']}% to {one['data'][-1]['value']}%"
        for one in chart["series"]
    )
    return f"{block['title']}, {times[0]} to {times[-1]}: {listing(lines)}."


# -- points ------------------------------------------------------------------------------


def _labelled(points: tuple[TrendPoint, ...], zone: str) -> dict[str, TrendPoint]:
    """Label points with their times, the last of each minute, evenly thinned out."""
    counted = [point for point in points if point.total > 0]
    if not counted:
        return {}
    days = {day_of(point.at, zone) for point in counted}
    # Of several days each time has its date; of one, none has.
    now = counted[-1].at if len(days) == 1 else counted[0].at - timedelta(days=2)
    by_time: dict[str, TrendPoint] = {}
    for point in counted:
        label = clock(point.at, zone, now)
        by_time[label if len(label) <= _LABEL else label.replace(",", "")[:_LABEL]] = point
    every = list(by_time.items())
    steps = min(len(every), MOST_POINTS)
    picked = [every[(number * (len(every) - 1)) // max(steps - 1, 1)] for number in range(steps)]
    return dict(picked)


def _shown(last: TrendPoint, ours: set[str]) -> list[str]:
    own = [name for name, _ in last.votes if normal_name(name) in ours]
    rivals = [name for name, _ in last.votes if normal_name(name) not in ours]
    own = own[: MOST_SERIES - 1]
    return own + rivals[: min(RIVALS, MOST_SERIES - len(own))]


def _share(point: TrendPoint, name: str) -> float:
    wanted = normal_name(name)
    votes = sum(votes for one, votes in point.votes if normal_name(one) == wanted)
    return float(percent(votes, point.total).rstrip("%"))


# -- names -------------------------------------------------------------------------------


def _unique(names: list[str]) -> dict[str, str]:
    """Label names by surname, and two that would be the same by more of the name."""
    labels: dict[str, str] = {}
    surnames = [_plain(surname(name)) for name in names]
    for number, name in enumerate(names, start=1):
        short = _plain(surname(name))
        label = short if surnames.count(short) == 1 else _plain(name)
        label = short_name(label, _LABEL).strip() or "Candidate"
        if label in labels:
            label = f"{label[: _LABEL - 3]} {number}"
        labels[label] = name
    return labels


def _plain(name: str) -> str:
    return safe(re.sub(r"[<>&]", " ", name)).strip()
