"""One night of the desk for each kind of message that is about no single race."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.config_changes import Change, ChangeKind
from monitor.config_taken import config_taken
from monitor.dead_man import back_words
from monitor.decision import Outcome
from monitor.morning import Morning, Outage, report
from monitor.posts import DeskKind, Post, RowClass
from monitor.pulse import marks_of, pulse
from monitor.races import Config, FetchConfig
from monitor.roll_call import roll_call
from monitor.scoreboard import scoreboard
from monitor.sender_words import digest
from monitor.watch_stopped import watch_stopped
from tests.core_examples import DALLAS, DURHAM, DURHAM_EARLY, PITT, minutes
from tests.desk_examples import CHANNEL, DESK, counting, of_outcome, told_of, view, waiting, won
from tests.people_nights import ASKED

if TYPE_CHECKING:
    from collections.abc import Callable

NINE = {"Satana Deberry": 6_288, "Roger Echols": 5_685, "Daniel Meier": 1_500}
"""Durham at nine precincts; Meier's figure is ours."""


def desk_posts(kind: DeskKind) -> tuple[Post, ...]:
    """Return what the desk says, as a channel gets it."""
    return _NIGHTS[kind]()


def _scoreboard() -> tuple[Post, ...]:
    views = (counting(NINE, at=183), of_outcome(Outcome.WON), waiting(PITT))
    pages = scoreboard(views, DESK, CHANNEL, minutes(184))
    return tuple(
        _post(DeskKind.SCOREBOARD, page.text, page.blocks, f"page {number}")
        for number, page in enumerate(pages)
    )


def _roll_call() -> tuple[Post, ...]:
    alone = replace(PITT, id="pitt", uncontested=True, sources=())
    views = (waiting(), view(told_of().state, alone, minutes(-60)))
    day = ASKED.election.date
    return _made(roll_call(views, DESK, CHANNEL, day, minutes(-60)))


def _pulse() -> tuple[Post, ...]:
    before = marks_of((counting(DURHAM_EARLY, (0, 57)),), CHANNEL)
    return _made(pulse((counting(NINE, at=28),), CHANNEL, before, minutes(30), minutes(30)))


def _morning_report() -> tuple[Post, ...]:
    at = minutes(12.5 * 60)
    withdrawn = "DO NOT USE: Frizell, Dallas DA. Our Mar 6 outcome (won) is withdrawn; Creuzot +20."
    down = Outage("nc_durham", minutes(54), minutes(71))
    morning = Morning(at, {}, (withdrawn,), (down,))
    posts, _ = report((of_outcome(Outcome.WON), counting()), DESK, CHANNEL, morning, at)
    return posts


def _watch_stopped() -> tuple[Post, ...]:
    return _made(watch_stopped((won(),), DESK, minutes(600)))


def _bot_back() -> tuple[Post, ...]:
    return (_post(DeskKind.BOT_BACK, back_words(minutes(140), DESK.desk_timezone), "[]"),)


def _config_taken() -> tuple[Post, ...]:
    """Ops give Dallas another caller, take Durham out, and mend an address."""
    races = (DURHAM, replace(DALLAS, id="dallas-da-2018"))
    config = Config((DURHAM.election,), (), races, DESK, FetchConfig(), "", "digest")
    found = (
        Change(ChangeKind.NEW_BASELINE, "dallas_sheet", what="url"),
        Change(ChangeKind.RACE_REMOVED, DURHAM.id),
        Change(ChangeKind.RE_DECIDE, "dallas-da-2018", what="callers"),
    )
    return _made(config_taken(found, config, config, minutes(20)))


def _digest() -> tuple[Post, ...]:
    who = "Durham DA, DEM"
    texts = {
        "first-votes": f"FIRST VOTES: Deberry trails Echols by 193, {who}. 0/57 precincts.",
        "count-updated": f"COUNT: Deberry trails Echols by 12, {who}. 4/57 precincts (+4).",
        "lead-changed": f"LEAD CHANGE: Deberry leads Echols by 603, {who}. 9/57 precincts.",
    }
    kept = [
        Post(kind, RowClass.UPDATE, "the-race", kind, CHANNEL.name, "root", text, "[]",
             minutes(5 + 20 * number))
        for number, (kind, text) in enumerate(texts.items())
    ]  # fmt: skip
    text, blocks = digest(kept, DESK.desk_timezone)
    return (replace(_post(DeskKind.DIGEST, text, blocks), race="the-race", thread="root"),)


def _post(kind: DeskKind, text: str, blocks: str, key: str = "") -> Post:
    return Post(
        key or kind.value, RowClass.UPDATE, None, kind.value, CHANNEL.name, None, text, blocks,
        minutes(140),
    )  # fmt: skip


def _made(post: Post | None) -> tuple[Post, ...]:
    if post is None:
        raise LookupError
    return (post,)


_NIGHTS: dict[DeskKind, Callable[[], tuple[Post, ...]]] = {
    DeskKind.SCOREBOARD: _scoreboard,
    DeskKind.ROLL_CALL: _roll_call,
    DeskKind.PULSE: _pulse,
    DeskKind.MORNING_REPORT: _morning_report,
    DeskKind.WATCH_STOPPED: _watch_stopped,
    DeskKind.BOT_BACK: _bot_back,
    DeskKind.CONFIG_TAKEN: _config_taken,
    DeskKind.DIGEST: _digest,
}
