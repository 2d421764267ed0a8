"""`add` beside a running `watch`: the county ops add at 6:30 pm is told without a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.commands import spawn
from tests.now_night import ZONE, Watched, config, in_seconds, phased, sheet, sheets_served
from tests.watch_process import told, watching

if TYPE_CHECKING:
    from pathlib import Path


def test_a_running_watch_tells_the_race_that_is_added(tmp_path: Path) -> None:
    """Two processes, one file: the second one writes it, the first one looks at the new site."""
    path, database = tmp_path / "config.toml", tmp_path / "night.db"
    with sheets_served() as sheets:
        sheets.bodies |= {f"{n}.csv": sheet(n.title(), 400, 300, 5) for n in ("alpha", "beta")}
        alpha = Watched("Alpha", phased("alpha", in_seconds(2)), sheets.url("alpha.csv"))
        before = config([alpha])
        path.write_text(before, encoding="utf-8")
        closed = before.partition("polls_close = ")[2][: len("HH:MM")]
        with watching(tmp_path / "first", path, database) as watch:
            watch.until_told("NOW WATCHING: Alpha leads Rival by 100")
            assert sheets.asked["beta.csv"] == 0
            ran = spawn(
                "add", sheets.url("beta.csv"), "--contest", "district attorney|",
                "--candidate", "Ann Beta", "--county", "Beta", "--election", "now",
                "--source", phased("beta", in_seconds(3)), "--race", "beta-da",
                "--polls-close", closed, "--zone", ZONE,
                "--yes", "--config", path, "--database", database,
            )  # fmt: skip
            assert ran.code == 0, ran.err
            assert "We speak for Beta (endorsed by Example Coalition)" in ran.out
            watch.until_told("NOW WATCHING: Beta leads Rival by 100")
            assert watch.stop() == 0, watch.log
        assert watch.log.count('"config reloaded"') == 1
        assert "refused" not in watch.log
        assert told(watch.out, "NOW WATCHING: ") == 2
