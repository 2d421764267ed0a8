"""A source whose reader no real page has proven: counts are told, outcomes wait for a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from monitor import app
from monitor.check import Grade, check_race
from monitor.decision import Block
from monitor.events import Kind
from monitor.state import Watched
from tests.commands import ROOT
from tests.core_examples import DURHAM, DURHAM_EARLY, DURHAM_NIGHT, Told, arrival, card, contest
from tests.core_examples import minutes as after

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.night import Night

NOW = datetime(2026, 11, 1, tzinfo=UTC)


def told(unproven: frozenset[str]) -> Told:
    """Return Durham's night from a source that is, or is not, proven."""
    race = Told(Watched(DURHAM, card(DURHAM), closes_at=after(0), unproven=unproven))
    race.look(arrival(contest({}, (0, 57)), after(-5)))
    race.see(DURHAM_EARLY, 5, (0, 57))
    for minute in (188, 190):
        race.see(DURHAM_NIGHT, minute)
    return race


def test_an_unproven_source_never_gives_an_outcome_by_itself() -> None:
    """Callers are asked instead, and told why."""
    race = told(frozenset({"nc_durham"}))
    assert Kind.RACE_WON not in race.kinds
    assert Kind.FIRST_VOTES in race.kinds
    assert race.last(Kind.READY_TO_CALL).missing == (Block.UNPROVEN,)


def test_a_proven_one_does() -> None:
    """The same figures go out."""
    assert Kind.RACE_WON in told(frozenset()).kinds


def night(folder: Path, line: str) -> Night:
    """Read the shipped configuration with Durham on a platform nobody has proven."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    source = '[sources.nc_durham]\nelection = "nc-2018-05-08"\n'
    assert source in text
    given = f"""[sources.nc_durham]
platform = "ess_enr"
election = "nc-2018-05-08"
{SETTINGS}{line}
"""
    path = folder / "config.toml"
    path.write_text(text.replace(source, given), encoding="utf-8")
    return app.night_of(app.config_at(path))


SETTINGS = "".join(
    f'{name} = "1"\n' for name in sorted(app.scrapers()["ess_enr"].settings_needed())
)


@pytest.mark.parametrize("line", ["", "trusted = true"])
def test_check_says_so_until_somebody_has_compared_it(line: str, tmp_path: Path) -> None:
    """`trusted = true` under the source is the person's word."""
    made = night(tmp_path, line)
    race = made.races["durham-da-2018"].race
    checked = check_race(made, race, None, NOW)
    amber = [one.sentence for one in checked.findings if "unproven" in one.sentence]
    assert bool(amber) is (line == "")
    assert all("trusted = true" in one for one in amber)
    assert all(one.grade is not Grade.RED for one in checked.findings)
    used = replace(race, sources=())
    assert check_race(made, used, None, NOW).findings
