"""The trend chart: Slack's own block, its figures in words, its picture, and what it is made of."""

from __future__ import annotations

import json
import re
import struct
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import app, chart_png
from monitor.chart import FEWEST_POINTS, alt_text, trend_block
from monitor.match import normal_name
from monitor.scene import TrendPoint
from monitor.tally import add_up
from monitor.trend import trend
from tests.block_checkers import check_message
from tests.core_examples import DURHAM, contest, minutes, race, snapshot
from tests.extras import needs
from tests.strict_mrkdwn import tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.store import Store

ET = "America/New_York"
CLOSE = datetime(2018, 5, 8, 23, 30, tzinfo=UTC)
OURS = ("Satana Deberry",)


def point(votes: Mapping[str, int], at: float) -> TrendPoint:
    """Return the votes of a moment, some minutes after the close."""
    ordered = sorted(votes.items(), key=lambda one: -one[1])
    return TrendPoint(CLOSE + timedelta(minutes=at), tuple(ordered), sum(votes.values()))


def night(count: int, apart: float = 5) -> tuple[TrendPoint, ...]:
    """Return a night in which ours comes from behind."""
    return tuple(
        point(
            {"Satana Deberry": 4_000 + 40 * n, "Roger Echols": 4_500, "Daniel Meier": 1_000},
            n * apart,
        )
        for n in range(count)
    )


# -- the block ---------------------------------------------------------------------------


def test_ours_come_first_then_the_best_rivals() -> None:
    """The order is by whom we speak for, not by votes."""
    many = {f"Rival Number{n}": 9_000 - n for n in range(9)} | {"Satana Deberry": 5}
    block = trend_block(tuple(point(many, at) for at in (1, 2, 3)), "Durham DA", OURS, ET)
    assert block is not None
    assert [one["name"] for one in block["chart"]["series"]] == [
        "Deberry", "Number0", "Number1", "Number2",
    ]  # fmt: skip


def test_a_long_night_keeps_its_first_and_last_point() -> None:
    """Slack takes twenty points; the ends are what people compare."""
    block = trend_block(night(200), "Durham DA", OURS, ET)
    assert block is not None
    times = block["chart"]["axis_config"]["categories"]
    assert len(times) == 20
    assert (times[0], times[-1]) == ("May 8, 7:30 PM ET", "May 9, 12:05 PM ET")
    assert len(set(times)) == len(times)
    check_message("chart", [block])


def test_two_points_are_no_trend() -> None:
    """A line between two points says nothing that the table does not."""
    assert trend_block(night(FEWEST_POINTS - 1), "Durham DA", OURS, ET) is None
    assert trend_block((), "Durham DA", OURS, ET) is None
    assert trend_block(night(5, apart=0.1), "Durham DA", OURS, ET) is None  # all in one minute
    assert trend_block(night(FEWEST_POINTS), "Durham DA", OURS, ET) is not None


def test_points_without_a_vote_are_left_out() -> None:
    """Zeros before the first votes would be shares of nothing."""
    empty = point({"Satana Deberry": 0, "Roger Echols": 0}, -5)
    assert trend_block((empty, *night(2)), "Durham DA", OURS, ET) is None


def test_the_words_hold_the_first_and_last_figure_of_every_line() -> None:
    """What the chart shows is read aloud by a screen reader, too."""
    block = trend_block(night(4), "Durham DA", OURS, ET)
    assert block is not None
    assert alt_text(block) == (
        "Share of votes, Durham DA, 7:30 PM ET to 7:45 PM ET: Deberry 42.1% to 42.8%, "
        "Echols 47.4% to 46.8% and Meier 10.5% to 10.4%."
    )


def test_no_point_is_rounded_up_to_a_half() -> None:
    """A share is drawn as it is written: 49.96 percent is 49.9."""
    votes = ({"Satana Deberry": 4_996, "Roger Echols": 5_004 + n} for n in range(3))
    block = trend_block(tuple(point(v, n) for n, v in enumerate(votes)), "X", OURS, ET)
    assert block is not None
    assert block["chart"]["series"][0]["data"][0]["value"] == 49.9


def test_two_of_one_surname_stay_apart() -> None:
    """Series of one name would be one line."""
    votes = {"Satana Deberry": 5, "Ann Deberry": 4, "Satana Deberry-Long Of The Long Name": 3}
    block = trend_block(tuple(point(votes, n) for n in range(3)), "X", OURS, ET)
    assert block is not None
    names = [one["name"] for one in block["chart"]["series"]]
    assert len(set(names)) == 3
    check_message("chart", [block])


@settings(max_examples=150)
@given(
    st.lists(st.text(max_size=60), min_size=1, max_size=8, unique_by=normal_name),
    st.text(max_size=80),
)
def test_no_name_breaks_a_chart_or_acts_in_it(names: list[str], title: str) -> None:
    """Names come from outside; a chart of them is one that Slack takes."""
    votes = {name: 10 + number for number, name in enumerate(names)}
    points = tuple(point(votes, n) for n in range(3))
    block = trend_block(points, title, names[:1], "America/Anchorage")
    assert block is not None
    check_message("chart", [block])
    assert tokens(alt_text(block)) == []
    assert not re.search(r"[<>&\x00-\x1f\u202a-\u202e]", json.dumps(block, ensure_ascii=False))


# -- the picture -------------------------------------------------------------------------


def test_the_picture_is_the_same_each_time() -> None:
    """A replayed night uploads the same bytes; the figures alone decide."""
    needs("vl_convert")
    block = trend_block(night(12), "Durham DA", OURS, ET)
    assert block is not None
    drawn = chart_png.render(block)
    assert drawn == chart_png.render(json.loads(json.dumps(block)))
    assert drawn[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", drawn[16:24])
    assert 800 <= width <= 1_400
    assert height < width


def test_lines_of_a_picture_differ_by_more_than_color() -> None:
    """Some people see no difference between two colors."""
    block = trend_block(night(4), "Durham DA", OURS, ET)
    assert block is not None
    drawn = chart_png.specification(block)
    dashes = drawn["encoding"]["strokeDash"]["scale"]["range"]
    assert len({tuple(dash) for dash in dashes}) == 3
    values = drawn["data"]["values"]
    assert len(values) == 12
    assert values[0] == {"time": "7:30 PM ET", "share": 42.1, "name": "Deberry"}


# -- where the points come from ------------------------------------------------------------


@pytest.fixture
def store() -> Iterator[Store]:
    with app.temporary(None) as path, app.opened(path) as made:
        yield made


def counts(first: int, second: int) -> dict[str, int]:
    return {"Satana Deberry": first, "Roger Echols": second}


def test_history_is_added_up_and_ends_with_what_is_told(store: Store) -> None:
    """A person's declared figures are the last point though no source brought them."""
    for at, votes in ((5, (10, 20)), (10, (30, 30))):
        store.add_history("the-race", "nc_durham", snapshot(contest(counts(*votes)), minutes(at)))
    told = snapshot(contest(counts(50, 40)), minutes(15))
    after = add_up(DURHAM, {"nc_durham": told})
    points = trend(store.db, DURHAM, after, minutes(15))
    assert [dict(one.votes)["Satana Deberry"] for one in points] == [10, 30, 50]
    assert [one.at for one in points] == [minutes(5), minutes(10), minutes(15)]
    assert trend(store.db, DURHAM, None, minutes(15)) == ()
    assert trend(store.db, replace(DURHAM, id="other"), after, minutes(15)) == points[-1:]


def test_what_is_told_is_no_second_point_when_it_is_the_last_change(store: Store) -> None:
    """The second look brings the outcome, and no new figures."""
    made = snapshot(contest(counts(10, 20)), minutes(5))
    store.add_history("the-race", "nc_durham", made)
    points = trend(store.db, DURHAM, add_up(DURHAM, {"nc_durham": made}), minutes(7))
    assert [one.at for one in points] == [minutes(5)]


def test_a_sum_that_lacks_a_county_is_no_point(store: Store) -> None:
    """One county's shares beside those of two would look like a trend."""
    both = race(sources=(("a", "Able"), ("b", "Baker")))
    for at, source, votes in ((5, "a", (10, 20)), (6, "b", (5, 5)), (9, "a", (20, 30))):
        made = snapshot(contest(counts(*votes)), minutes(at))
        store.add_history("the-race", source, made)
    now = {
        "a": snapshot(contest(counts(20, 30)), minutes(9)),
        "b": snapshot(contest(counts(5, 5)), minutes(6)),
    }
    points = trend(store.db, both, add_up(both, now), minutes(9))
    assert [dict(one.votes)["Satana Deberry"] for one in points] == [15, 25]


def test_backfilled_rows_are_no_part_of_what_staff_saw(store: Store) -> None:
    """History filled in later was never told, and its time is not ours."""
    made = snapshot(contest(counts(1, 2)), minutes(2))
    store.add_history("the-race", "nc_durham", made, is_backfill=True)
    told = snapshot(contest(counts(10, 20)), minutes(5))
    points = trend(store.db, DURHAM, add_up(DURHAM, {"nc_durham": told}), minutes(5))
    assert len(points) == 1
