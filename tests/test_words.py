"""Figures, names, times: US copy, no figure rounded up to a line, no name that acts."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.decide import Block
from monitor.model import UnitKind, Units
from monitor.words import (
    BLOCK_SENTENCES,
    all_units,
    clock,
    clocks,
    link,
    listing,
    percent,
    reasons,
    safe,
    signed,
    surname,
    units_short,
)
from tests.core_examples import DURHAM, DURHAM_NIGHT, decision_of, tally_of

ET, CT = "America/New_York", "America/Chicago"


@pytest.mark.parametrize(
    ("votes", "total", "shown"),
    [
        (15_207, 31_180, "48.8%"),
        (51_522, 103_889, "49.6%"),
        (29_999, 100_000, "29.9%"),
        (30_000, 100_000, "30.0%"),
        (30_001, 100_000, "30.0%"),
        (49_999, 100_000, "49.9%"),
        (50_000, 100_000, "50.0%"),
        (99_999, 100_000, "99.9%"),
        (100_000, 100_000, "100.0%"),
        (39_960, 100_000, "39.9%"),
        (612, 112_612, "0.5%"),
        (0, 10, "0.0%"),
        (0, 0, "0.0%"),
    ],
)
def test_percentages(votes: int, total: int, shown: str) -> None:
    assert percent(votes, total) == shown


@given(st.integers(1, 10**7), st.data())
def test_a_percentage_is_near_and_never_rounds_up_to_a_line(
    total: int, data: st.DataObject
) -> None:
    votes = data.draw(st.integers(0, total))
    shown = percent(votes, total)
    tenths = int(shown.rstrip("%").replace(".", ""))
    assert abs(tenths * total - 1000 * votes) <= total
    for line in (300, 400, 500, 1000):
        if 1000 * votes < line * total:
            assert tenths < line


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Satana Deberry", "Deberry"),
        ("Larry Krasner Jr.", "Krasner"),
        ("William Smith, III", "Smith"),
        ("DEBERRY, SATANA", "DEBERRY"),
        ("Nico LaHood (I)", "LaHood"),
        ("Write-in", "Write-in"),
        ("Cher", "Cher"),
        ("", ""),
        ("Jr.", "Jr."),
    ],
)
def test_surnames(name: str, shown: str) -> None:
    assert surname(name) == shown


HOSTILE = [
    "<!channel>",
    "<!here|WON>",
    "<@U1>",
    "<https://evil.example|WON>",
    "https://evil.example/won",
    "*WON* _now_ ~not~ `code`",
    "Deberry\n\n:tada: WON (unofficial): Evil",
    "\u202eNOW\u202c",
    "a\x00b\x1b[2Jc",
    "&lt;!channel&gt;",
    "```" * 5,
    "x" * 1_000_000,
]


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names_are_shown_and_do_nothing(name: str) -> None:
    check_harmless(safe(name))


@given(st.text(alphabet=st.sampled_from("<>!@#|&*_~`:/\n\t\u202e\u200bab W"), max_size=200))
def test_no_text_survives_as_markup(name: str) -> None:
    check_harmless(safe(name))


def check_harmless(shown: str) -> None:
    assert not set("<>*~`\n\r\t\u202e\u200b") & set(shown)
    assert "://" not in shown
    assert not re.search(r"&(?!amp;|lt;|gt;)", shown)
    assert not re.search(r":[a-z_]+:", shown)
    assert len(shown) <= 5 * 80


@pytest.mark.parametrize(
    "name", ["O'Brien-Smith", "Núñez", "José M. García", "李小龙", 'D\'Andre "DJ" Lee', "12:30:05"]
)
def test_ordinary_names_are_left_alone(name: str) -> None:
    assert safe(name) == name


def test_links_go_to_web_pages_only_and_their_label_is_safe() -> None:
    assert link("https://a.example/x?y=1&z=2", "A & B") == (
        "<https://a.example/x?y=1&amp;z=2|A &amp; B>"
    )
    assert link("file:///home/me/sheet.csv", "Sheet") == "Sheet"
    assert link("javascript:alert(1)", "x<y") == "x&lt;y"
    broken = link("https://a.example/|WON><!channel>", "x")
    assert broken.count("<") == broken.count(">") == broken.count("|") == 1


AT = datetime(2018, 5, 9, 2, 12, tzinfo=UTC)


def test_times_carry_their_zone_and_the_date_when_it_is_not_today() -> None:
    assert clock(AT, ET, AT) == "10:12 PM ET"
    assert clocks(AT, CT, ET, AT) == "9:12 PM CT (10:12 PM ET)"
    assert clocks(AT, ET, ET, AT) == "10:12 PM ET"
    noon = datetime(2018, 5, 18, 16, 0, tzinfo=UTC)
    assert clock(AT, ET, noon) == "May 8, 10:12 PM ET"
    assert clock(datetime(2018, 1, 9, 17, 0, tzinfo=UTC), ET, noon) == "Jan 9, 12:00 PM ET"


@pytest.mark.parametrize(
    ("zone", "letters"),
    [
        ("America/Denver", "MT"),
        ("America/Phoenix", "MT"),
        ("America/Los_Angeles", "PT"),
        ("America/Anchorage", "AKDT"),
        ("Pacific/Honolulu", "HST"),
    ],
)
def test_zones_are_written_as_people_say_them(zone: str, letters: str) -> None:
    assert clock(AT, zone, AT).endswith(letters)


def test_figures_and_lists() -> None:
    assert [signed(n) for n in (2_559, -589, 0)] == ["+2,559", "-589", "0"]
    assert [listing(x) for x in ([], ["A"], ["A", "B"], ["A", "B", "C"])] == [
        "", "A", "A and B", "A, B and C",
    ]  # fmt: skip
    assert units_short(Units(57, 57, UnitKind.PRECINCTS)) == "57/57 precincts"
    assert all_units(Units(1_324, 1_324, UnitKind.PRECINCTS)) == (
        "With all 1,324 precincts reporting"
    )
    assert all_units(Units(1_301, 1_324, UnitKind.PRECINCTS)) == "With the count reported complete"
    assert "precinct" not in all_units(Units(3, 3, UnitKind.COUNTIES))


def test_every_block_has_its_sentence() -> None:
    assert set(BLOCK_SENTENCES) == set(Block)
    made = decision_of(DURHAM, DURHAM_NIGHT, status=None, units=(12, 57))
    assert reasons(made, tally_of(DURHAM, DURHAM_NIGHT, None, (12, 57))) == (
        "12 of 57 precincts reporting"
    )
