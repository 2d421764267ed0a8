"""Draws a trend chart as a picture, for workspaces that do not take Slack's own chart block.

By vl-convert (extra `charts`): Vega-Lite, no browser and no network. The same block gives
the same bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

WIDTH, HEIGHT = 480, 240
_COLORS = ("#0b6e4f", "#9c2c77", "#c45100", "#3a5fcd", "#5c5c5c", "#8a6d00")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [4, 4], [1, 3])
"""Lines differ by more than their color."""


def render(block: Mapping[str, Any]) -> bytes:
    """Draw a `data_visualization` line chart as PNG, for a phone's screen.

    Raises `ModuleNotFoundError` without the extra `charts`.
    """
    import vl_convert  # noqa: PLC0415 - an extra, and slow to load

    drawn: bytes = vl_convert.vegalite_to_png(specification(block), scale=2)
    return drawn


def specification(block: Mapping[str, Any]) -> dict[str, Any]:
    """Return the chart as Vega-Lite."""
    chart = block["chart"]
    axis, series = chart["axis_config"], chart["series"]
    names = [one["name"] for one in series]
    rows = [
        {"time": point["label"], "share": point["value"], "name": one["name"]}
        for one in series
        for point in one["data"]
    ]
    color = {"domain": names, "range": list(_COLORS[: len(names)])}
    dash = {"domain": names, "range": list(_DASHES[: len(names)])}
    legend = {"title": None, "orient": "bottom", "columns": 2}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "title": block["title"],
        "width": WIDTH,
        "height": HEIGHT,
        "background": "white",
        "data": {"values": rows},
        "mark": {"type": "line", "point": True},
        "encoding": {
            "x": {
                "field": "time", "type": "ordinal", "sort": axis["categories"],
                "title": axis.get("x_label"),
                "axis": {"labelAngle": -40, "labelOverlap": True},
            },
            "y": {
                "field": "share", "type": "quantitative", "title": axis.get("y_label"),
                "scale": {"zero": False},
            },
            "color": {"field": "name", "type": "nominal", "scale": color, "legend": legend},
            "strokeDash": {"field": "name", "type": "nominal", "scale": dash, "legend": legend},
        },
    }  # fmt: skip
