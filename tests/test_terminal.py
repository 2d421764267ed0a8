"""The terminal's messages: readable, deterministic, and no character that can do harm."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from monitor.outbox import Row, Sent, Thread
from monitor.posts import RowClass
from monitor.terminal import TerminalPoster, mrkdwn, safe, when

EASTERN = ZoneInfo("America/New_York")
NIGHT = datetime(2018, 5, 9, 1, 12, tzinfo=UTC)


def a_row(text: str = "fallback", blocks: object = (), thread: str | None = None) -> Row:
    return Row(
        key="k1",
        row_class=RowClass.UPDATE,
        race="durham-da",
        kind="lead-changed",
        channel="#da-races",
        thread=thread,
        text=text,
        blocks=json.dumps(blocks),
        at=NIGHT,
        row=1,
        attempts=0,
        first_claimed_at=None,
        claimed_at=None,
    )


async def shown(row: Row, thread: Thread | None = None) -> str:
    """Return what a terminal of 80 columns gets, colors included."""
    screen = io.StringIO()
    console = Console(file=screen, width=80, force_terminal=True, color_system=None)
    assert await TerminalPoster(console, EASTERN).post(row, thread) == Sent("#da-races", "k1")
    return screen.getvalue()


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


async def test_a_message_shows_channel_time_and_blocks() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "WON (unofficial): Deberry"}},
        {
            "type": "section",
            "text": {"type": "mrkdwn", "text": "*48.8%*, <https://x.org/r|NC results>"},
            "fields": [{"type": "mrkdwn", "text": "57/57 precincts"}],
        },
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "A &amp; B"}]},
        {"type": "image", "image_url": "https://x.org/i.png", "alt_text": "bar: 48.8% to 40.6%"},
    ]
    assert lines(await shown(a_row(blocks=blocks))) == [
        "#da-races  Tue May 8, 2018, 9:12 PM ET",
        "  WON (unofficial): Deberry",
        "  48.8%, NC results (https://x.org/r)",
        "  57/57 precincts",
        "  ------------------------",
        "  A & B",
        "  [image: bar: 48.8% to 40.6%]",
    ]


async def test_a_message_without_blocks_shows_its_text() -> None:
    assert lines(await shown(a_row("Deberry *leads*")))[1:] == ["  Deberry leads"]


async def test_a_reply_is_indented_under_its_roots_first_line() -> None:
    thread = Thread("root", "#da-races", "root", "*Durham DA*, DEM primary\nmore")
    assert lines(await shown(a_row("new votes", thread="root"), thread)) == [
        "    #da-races  Tue May 8, 2018, 9:12 PM ET  in thread: Durham DA, DEM primary",
        "      new votes",
    ]


async def test_rich_markup_in_a_name_is_only_text() -> None:
    assert "[red]Smith[/red] :smile:" in await shown(a_row("[red]Smith[/red] :smile:"))


async def test_the_same_post_shows_the_same_bytes() -> None:
    assert await shown(a_row()) == await shown(a_row())


async def test_a_terminal_finds_nothing_to_adopt() -> None:
    poster = TerminalPoster(Console(file=io.StringIO()), EASTERN)
    assert await poster.find([a_row()], {}) == {}
    assert poster.place("#da-races") == "#da-races"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<https://x.org>", "https://x.org"),
        ("<!channel> <@U1|Ann> <#C1|ops>", "!channel Ann ops"),
        ("<!date^1^{date}|May 8>", "May 8"),
        ("&lt;!channel&gt; &amp;lt;", "<!channel> &lt;"),
        ("_it_ ~no~ `code` *b _i_*", "it no code b i"),
        ("snake_case_name 2*3*4", "snake_case_name 2*3*4"),
        ("```&gt; *Ann*  1\n  <Bo> 2```", "> *Ann*  1\n  <Bo> 2"),
        ("&#27;[2J &#x202e;", "&#27;[2J &#x202e;"),
    ],
)
def test_mrkdwn_reads_as_staff_would_read_it(written: str, read: str) -> None:
    assert mrkdwn(written).plain == read


def test_bold_is_bold() -> None:
    assert [(span.start, span.end, span.style) for span in mrkdwn("a *b*").spans] == [
        (2, 3, "bold")
    ]


HOSTILE = "\x1b[2J\x1b]0;title\x07\x9b31m\u202eWON\u200b\rover\x00\x08"


async def test_escape_and_direction_characters_never_reach_the_terminal() -> None:
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": HOSTILE}},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": f"*{HOSTILE}*"}]},
        {"type": HOSTILE, "alt_text": HOSTILE},
    ]
    thread = Thread("root", "C", "1", HOSTILE)
    for text in (await shown(a_row(blocks=blocks), thread), await shown(a_row(HOSTILE))):
        plain = text.replace("\x1b[1m", "").replace("\x1b[2m", "").replace("\x1b[0m", "")
        assert plain == safe(plain)


@given(st.text())
def test_no_text_brings_a_control_character_through(text: str) -> None:
    kept = mrkdwn(text).plain
    assert all(char.isprintable() or char == "\n" for char in kept)


@pytest.mark.parametrize(
    ("moment", "zone", "read"),
    [
        (NIGHT, "America/Chicago", "Tue May 8, 2018, 8:12 PM CT"),
        (
            datetime(2018, 11, 6, 5, 0, tzinfo=UTC),
            "America/New_York",
            "Tue Nov 6, 2018, 12:00 AM ET",
        ),
        (
            datetime(2018, 11, 6, 17, 5, tzinfo=UTC),
            "America/New_York",
            "Tue Nov 6, 2018, 12:05 PM ET",
        ),
        (NIGHT, "UTC", "Wed May 9, 2018, 1:12 AM UTC"),
    ],
)
def test_times_are_written_as_us_desks_do(moment: datetime, zone: str, read: str) -> None:
    assert when(moment, ZoneInfo(zone)) == read
