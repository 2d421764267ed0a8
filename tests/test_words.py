"""Figures, names, times: US copy, no figure rounded up to a line, no name that acts."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.decision import Block
from monitor.model import UnitKind, Units
from monitor.sentences import BLOCK_SENTENCES
from monitor.words import (
    all_units,
    clock,
    clocks,
    counted,
    dated,
    full_day,
    link,
    listing,
    mentions,
    percent,
    reasons,
    safe,
    sentence,
    share,
    signed,
    surname,
    units_short,
)
from tests.core_examples import COMPLETE, DURHAM, DURHAM_NIGHT, decision_of, tally_of

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
    ("votes", "total", "line", "shown"),
    [
        (48_800, 100_000, (30, 100), "48.8%"),
        (50_040, 100_000, (1, 2), "50.04%"),
        (50_004, 100_000, (1, 2), "50.004%"),
        (500_001, 1_000_001, (1, 2), "500,001 of 1,000,001 votes"),
        (50_000, 100_000, (1, 2), "50.0%"),
        (49_999, 100_000, (1, 2), "49.9%"),
        (30_001, 100_000, (30, 100), "30.001%"),
        (30_001, 100_000, (1, 2), "30.0%"),
        (15_002, 100_000, (30, 200), "15.002%"),
        (50_040, 100_000, None, "50.0%"),
        (0, 0, (1, 2), "0.0%"),
    ],
)
def test_a_share_beside_its_line(
    votes: int, total: int, line: tuple[int, int] | None, shown: str
) -> None:
    assert share(votes, total, line) == shown


@given(st.integers(1, 10**7), st.sampled_from([(30, 100), (40, 100), (1, 2)]), st.data())
def test_a_share_is_on_the_same_side_of_its_line_as_the_votes(
    total: int, line: tuple[int, int], data: st.DataObject
) -> None:
    near = total * line[0] // line[1]
    votes = data.draw(st.integers(max(0, near - 3), min(total, near + 3)))
    found = re.fullmatch(r"(\d+)\.(\d+)%", share(votes, total, line))
    if found:
        scale = 100 * 10 ** len(found[2])
        shown = int(found[1] + found[2]) * line[1] - scale * line[0]
        exact = votes * line[1] - total * line[0]
        assert (shown > 0, shown < 0) == (exact > 0, exact < 0)


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


def test_a_write_in_that_leads_is_somebody_to_run_against() -> None:
    made = decision_of(DURHAM, {"Satana Deberry": 100}, status=None, units=(12, 57), write_in=900)
    assert Block.UNCONTESTED in made.blocks
    words = reasons(made, tally_of(DURHAM, {"Satana Deberry": 100}, None, (12, 57), 900))
    assert "nobody else" not in words
    assert "write-ins are ahead" in words


def test_what_is_counted_is_said_as_far_as_it_is_known() -> None:
    assert [
        counted(tally_of(DURHAM, DURHAM_NIGHT, status, units))
        for status, units in (
            (None, (57, 57)), (COMPLETE, None), (None, (12, 57)), (None, None),
        )
    ] == [
        "With all 57 precincts reporting",
        "With the count reported complete",
        "With 12 of 57 precincts reporting",
        "With 31,180 votes counted so far",
    ]  # fmt: skip


def test_days_and_dates() -> None:
    assert full_day(AT, ET) == "May 8"
    assert dated(AT, ET) == "Tue, May 8, 10:12 PM ET"


def test_only_member_ids_are_mentioned() -> None:
    assert mentions(["U012ABCDEF", "Ann <b>", "U01", "U012ABCDEF>"]) == (
        "<@U012ABCDEF>, Ann &lt;b&gt;, U01 and U012ABCDEF&gt;"
    )


def test_sentences_begin_and_end_as_such() -> None:
    assert [sentence(words) for words in ("the count", "Why?", "")] == ["The count.", "Why?", ""]
