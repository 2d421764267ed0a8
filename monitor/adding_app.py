"""Wiring of `add`: ask the site, choose, check the whole as `watch` would, then write."""

from __future__ import annotations

from dataclasses import dataclass, replace
from difflib import unified_diff
from shlex import quote
from typing import TYPE_CHECKING

from monitor import adding_file, app, check, inquiry, lookup, rule_checks
from monitor.adding import blocks
from monitor.adding_choice import Chosen, choose
from monitor.adding_file import ConfigFile
from monitor.adding_finding import AddRefused
from monitor.adding_text import keeps, spliced
from monitor.check import Checked, Grade, Kept
from monitor.config import read_config
from monitor.lookup import Recognised
from monitor.model import Report
from monitor.night import needs_trust
from monitor.routing import channels_of
from monitor.rulebook import shipped_rules
from monitor.verification import outdated, verified

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from monitor.adding_choice import Asked
    from monitor.lookup import Known, Lookup
    from monitor.races import Config


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be written, to be looked at first.

    `proven`: real pages of the platform have been read. `diff`: of the file, as `diff -u`
    prints it. `checked`: what `check --online` says of the race.
    """

    link: Recognised
    proven: bool
    chosen: Chosen
    diff: str
    checked: Checked
    file: ConfigFile
    text: str

    def write(self) -> None:
        """Write it. Raises `AddRefused` when the file was changed since it was read."""
        self.file.replace(self.text)


async def plan(asked: Asked, config_path: Path, database: Path, now: datetime) -> Plan:
    """Look at the site and make the plan.

    Raises `NothingMatched`, `AddRefused`, and `ConfigInvalid` with every problem that the
    file has now, or would have.
    """
    config, known = app.config_at(config_path), app.scrapers()
    file = adding_file.as_read(config_path, config.text)
    link, found = await _seen(asked, config, known, now)
    chosen = choose(asked, config, link, found)
    text = spliced(config.text, blocks(chosen.draft))
    if not keeps(config.text, text):
        raise AddRefused(
            f"nothing is written: {config_path} is right, but it holds tables in braces or dotted "
            "keys (a.b = …), and no tables can be put beside them. Paste what "
            f"`run.py sources {quote(asked.url)}` prints, or write them as [sources.ID], [[races]]"
        )
    after = read_config(text, base=file.path.parent, scrapers=known)
    checked = _checked(after, chosen, found, database, now)
    if red := [one.sentence for one in checked.findings if one.grade is Grade.RED]:
        raise AddRefused(f"nothing is written: {'; '.join(red)}")
    _refuse_unheard(asked, after, chosen)
    is_proven = not needs_trust(known[link.scraper])
    return Plan(link, is_proven, chosen, _diff(config.text, text, file), checked, file, text)


async def _seen(
    asked: Asked, config: Config, known: Mapping[str, Known], now: datetime
) -> tuple[Recognised, Lookup]:
    """Ask the site; where the link does not say enough, with what was typed beside it."""
    link, found = await inquiry.look_up(asked.url, now, fetch=True)
    said = dict(link.settings)
    for key, value in asked.settings:
        if said.get(key, value) != value:
            raise AddRefused(
                f"the link says {key} = {said[key]}, --set says {value}; give the link you mean"
            )
    held = next((one.date for one in config.elections if one.id == asked.election), None)
    fuller = replace(
        link,
        day=link.day or asked.day or held,
        settings=tuple(sorted({**said, **dict(asked.settings)}.items())),
        missing=tuple(key for key in link.missing if key not in dict(asked.settings)),
    )
    if fuller == link or (found.contests and fuller.settings == link.settings):
        return link, found
    async with inquiry.asking(config.fetch) as (fetcher, parser):
        return fuller, await lookup.look_up(fuller, known, fetcher, parser, now)


def _checked(
    after: Config, chosen: Chosen, found: Lookup, database: Path, now: datetime
) -> Checked:
    """Grade the race as `check --online` does, from the source that is added."""
    checks = rule_checks.kept(database)
    kept = Kept(rule_checks.races(database), outdated(shipped_rules(), checks))
    night = app.night_of(after, verified(shipped_rules(), checks))
    race, use = night.races[chosen.race].race, chosen.draft.use
    alone = replace(race, sources=tuple(one for one in race.sources if one.source == use.source))
    report = Report(found.contests, election_date=found.day, is_test=found.is_test)
    return check.check_race(night, alone, {use.source: report}, now, kept)


def _refuse_unheard(asked: Asked, after: Config, chosen: Chosen) -> None:
    race = next(one for one in after.races if one.id == chosen.race)
    told = channels_of(race, after.slack)
    if not told or (asked.channel and asked.channel not in told):
        where = asked.channel or "any channel"
        has = "; ".join(
            f"{one.name}: {', '.join(one.organisations)}" for one in after.slack.channels
        )
        raise AddRefused(
            f"the race would not be told in {where}; channels and whom they speak for: {has}"
        )


def _diff(before: str, after: str, file: ConfigFile) -> str:
    old, new, name = before.split("\n"), after.split("\n"), file.path.name
    return "\n".join(unified_diff(old, new, name, name, n=1, lineterm=""))
