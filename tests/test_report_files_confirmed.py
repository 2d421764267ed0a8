"""From a file that somebody drops into a folder to WON, through the command line.

What a confirmation covers: the outcome on the figures the person saw, and no file. Counts are
told as they come; the outcome waits for a person, each time, until config.toml says `trusted`.
"""

from __future__ import annotations

import asyncio
import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from monitor import app, report
from tests.commands import run
from tests.now_night import ZONE, Watched, config, in_seconds
from tests.test_examples import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

OLDER = EXAMPLES / "ess_el45" / "two_columns" / "report.txt"
RACE = "beta-da"
OURS, THEIRS = 7_000, 3_000
FIRST_LOOK, SECOND_LOOK = 10.0, 75.0
"""Seconds from now: after the file has settled, and a look later."""


def gems(ours: int, theirs: int, precincts: int, title: str = "District Attorney") -> str:
    """Return the file of a county's counting program, `precincts` of 20 in. Figures are ours."""
    head = f'"2" ,999999 ,"Election Total" ,"{title}" ,"020010" ,"NP" ,'
    rows = (
        ("Number of Precincts for Race", "", "NP", 20),
        ("Number of Precincts Reporting", "", "NP", precincts),
        ("Ann Beta", "020012", "REP", ours),
        ("Bo Rival", "020013", "DEM", theirs),
    )
    return "".join(f'{head}"{a}" ,"{b}" ,"{c}" ,{d} ,\r\n' for a, b, c, d in rows)


class Desk:
    """A county's inbox, the configuration over it, and the database of the night."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.inbox = folder / "inbox"
        self.inbox.mkdir()
        self.config, self.database = folder / "config.toml", folder / "night.db"
        text = config([Watched("Beta", "beta", "inbox/")])
        old = '[sources.beta]\nplatform = "sheet"'
        assert old in text
        text = text.replace(old, f'[sources.beta]\n{more}platform = "gems_text"')
        self.config.write_text(text, encoding="utf-8")

    def drop(self, name: str, text: str) -> None:
        """Put a file into the folder."""
        (self.inbox / name).write_text(text, encoding="ascii", newline="")

    def visit(self, *seconds: float) -> None:
        """Have `watch` visit the source at some seconds from now."""
        asyncio.run(self._visit(seconds))

    async def _visit(self, seconds: tuple[float, ...]) -> None:
        settings = app.config_at(self.config)
        async with app.attending(settings, self.config, self.database) as (watch, _):
            for one in seconds:
                await watch.visit("beta", in_seconds(one))

    def posts(self) -> list[dict[str, Any]]:
        """Return every message that was written for somebody."""
        return report.view(self.database, "post_log")

    def kinds(self) -> list[str]:
        """Return the kinds of the race's messages."""
        return [one["kind"] for one in self.posts() if one["race"] == RACE]

    def last(self, kind: str) -> str:
        """Return all that the last message of a kind shows."""
        return [json.dumps(one) for one in self.posts() if one["kind"] == kind][-1]

    def confirm(self, *more: str) -> dict[str, Any]:
        """Confirm as a person does on the command line; without `--seen` it only shows."""
        ran = run(
            "confirm", RACE, "--config", self.config, "--database", self.database, "--json",
            "--who", "Ana Ruiz", "--why", "compared with the county's paper", *more,
        )  # fmt: skip
        told: dict[str, Any] = json.loads(ran.out)
        return told


def test_a_dropped_file_is_shown_confirmed_and_then_used(tmp_path: Path) -> None:
    """The folder is empty, a file comes, callers see its figures, a person confirms: WON."""
    desk = Desk(tmp_path)
    desk.visit(FIRST_LOOK)
    assert desk.kinds() == []
    desk.drop("21h.txt", gems(OURS, THEIRS, 20))
    desk.visit(FIRST_LOOK, SECOND_LOOK)
    assert desk.kinds() == ["race-opened", "now-watching", "ready-to-call"]
    shown = desk.last("ready-to-call")
    for words in ("7,000  70.0%", "3,000  30.0%", "+4,000 against Rival", "as of file 21h.txt"):
        assert words in shown
    assert "a named person must confirm that this site is read rightly" in shown
    looked = desk.confirm()
    assert (looked["done"], looked["seen"] in shown) == (False, True)
    assert "race-won" not in desk.kinds()
    assert desk.confirm("--seen", looked["seen"])["applied"]
    assert desk.kinds().count("race-won") == 1
    assert "WON (unofficial): Beta" in desk.last("race-won")


def test_trusted_goes_out_by_itself(tmp_path: Path) -> None:
    """Somebody has compared what is read: nobody is asked."""
    desk = Desk(tmp_path, "trusted = true\n")
    desk.drop("21h.txt", gems(OURS, THEIRS, 20))
    desk.visit(FIRST_LOOK, SECOND_LOOK)
    assert "ready-to-call" not in desk.kinds()
    assert desk.kinds().count("race-won") == 1


def test_a_newer_file_is_shown_before_it_can_be_confirmed(tmp_path: Path) -> None:
    """What a person saw of the file before it confirms nothing of this one."""
    desk = Desk(tmp_path)
    desk.drop("21h.txt", gems(OURS, THEIRS, 19))
    desk.visit(FIRST_LOOK, SECOND_LOOK)
    seen = desk.confirm()["seen"]
    desk.drop("22h.txt", gems(OURS + 90, THEIRS + 60, 20))
    desk.visit(2 * SECOND_LOOK, 3 * SECOND_LOOK)
    assert not desk.confirm("--seen", seen)["applied"]
    assert "race-won" not in desk.kinds()
    again = desk.confirm()["seen"]
    assert again != seen
    assert desk.confirm("--seen", again)["applied"]
    assert "7,090" in desk.last("race-won")


@pytest.mark.parametrize("more", ["", "trusted = true\n"])
def test_a_file_with_another_contest_is_not_used(more: str, tmp_path: Path) -> None:
    """Nor does an older confirmation, or `trusted`, speak for it."""
    desk = Desk(tmp_path, more)
    desk.drop("21h.txt", gems(OURS, THEIRS, 10))
    desk.visit(FIRST_LOOK, SECOND_LOOK)
    before = desk.kinds()
    desk.drop("22h.txt", gems(OURS * 2, THEIRS * 2, 20, "District Court Judge"))
    desk.visit(2 * SECOND_LOOK, 3 * SECOND_LOOK)
    assert not {"race-won", "ready-to-call", "count-updated"} & set(desk.kinds()[len(before) :])
    assert "14,000" not in json.dumps(desk.posts())


def test_a_file_of_an_older_election_is_held_by_its_date(tmp_path: Path) -> None:
    """Cabell County's report of 2016, dropped in by mistake; only ops hear of it."""
    desk = Desk(tmp_path)
    text = desk.config.read_text(encoding="utf-8")
    text = text.replace('"gems_text"', '"ess_el45"').replace("District A", "PROSECUTING A")
    desk.config.write_text(text.replace("Ann Beta", "SEAN HAMMERS"), encoding="utf-8")
    desk.drop("old.txt", OLDER.read_text(encoding="ascii"))
    desk.visit(FIRST_LOOK, SECOND_LOOK)
    assert not {"now-watching", "race-won", "first-votes", "ready-to-call"} & set(desk.kinds())
    held = [one["text"] for one in desk.posts() if one["channel"] == "#ops"]
    assert held == ["REPORT HELD: Beta DA at beta: the source shows the election of 2016-11-08"]


def summary(ours: int, theirs: int, ran: str) -> str:
    """Return an EL45 summary of today's election that ran at `ran`. Figures are ours."""
    today = datetime.now(ZoneInfo(ZONE))
    both = ours + theirs
    return (
        f"SUMMARY REPORT        BETA COUNTY                UNOFFICIAL RESULTS\n"
        f"RUN DATE:{today:%m/%d/%y}     GENERAL ELECTION\n"
        f"RUN TIME:{ran}     {today:%B %d, %Y}\n\n"
        f"                                             VOTES PERCENT\n\n"
        f"          District Attorney\n"
        f"          (WITH 12 OF 20 PRECINCTS COUNTED)\n"
        f"          (Vote For)  1\n"
        f"           Ann Beta  .  .  .  .  .    {ours:,}  {100 * ours / both:6.2f}\n"
        f"           Bo Rival  .  .  .  .  .    {theirs:,}  {100 * theirs / both:6.2f}\n"
    )


def test_a_file_that_ran_before_the_last_one_is_older_and_no_revision(tmp_path: Path) -> None:
    """Somebody drops the file of 8:30 after that of 9:10: the county took nothing back."""
    desk = Desk(tmp_path)
    text = desk.config.read_text(encoding="utf-8").replace('"gems_text"', '"ess_el45"')
    desk.config.write_text(text, encoding="utf-8")
    desk.drop("a.txt", summary(5_000, 4_000, "09:10 PM"))
    desk.visit(FIRST_LOOK, SECOND_LOOK)
    desk.drop("b.txt", summary(3_000, 3_500, "08:30 PM"))
    desk.visit(*(SECOND_LOOK + minutes * 60 for minutes in range(2, 15, 3)))
    assert not {"count-revised", "lead-changed", "site-down"} & set(desk.kinds())
    assert "3,500" not in json.dumps([one for one in desk.posts() if one["channel"] != "#ops"])
    desk.drop("c.txt", summary(6_000, 4_500, "10:05 PM"))
    desk.visit(*(SECOND_LOOK + minutes * 60 for minutes in (20, 22)))
    assert desk.kinds().count("count-updated") == 1


def test_a_file_that_lacks_the_rival_makes_no_race_uncontested(tmp_path: Path) -> None:
    """Cut at a line's end within the last contest: nothing in the file shows that."""
    desk = Desk(tmp_path)
    whole = gems(OURS, THEIRS, 20)
    desk.drop("21h.txt", "".join(whole.splitlines(keepends=True)[:-1]))
    desk.visit(FIRST_LOOK, SECOND_LOOK)
    assert desk.kinds() == ["race-opened", "now-watching"]
    desk.drop("22h.txt", whole)
    desk.visit(2 * SECOND_LOOK, 3 * SECOND_LOOK, 4 * SECOND_LOOK)
    assert "ready-to-call" in desk.kinds()


def test_a_recording_holds_which_file_it_was(tmp_path: Path) -> None:
    """Replayed from the archive alone, the same file is named, and the folder is not read."""
    desk = Desk(tmp_path)
    desk.drop("21h.txt", gems(OURS, THEIRS, 20))
    desk.visit(FIRST_LOOK, SECOND_LOOK)
    (desk.inbox / "21h.txt").unlink()
    archive = app.archive_beside(desk.database)
    ran = run("replay", archive, "--json", "--database", tmp_path / "again.db")
    assert ran.code == 0, ran.err
    assert "as of file 21h.txt" in ran.out
