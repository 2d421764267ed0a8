"""Wiring of the commands that tell nobody: check, rules, sources, contests, record, explain."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from monitor import (
    app,
    check,
    checking_slack,
    files_told,
    golden,
    golden_file,
    lookup,
    report,
    rule_checks,
    verification_store,
)
from monitor import explain as explaining
from monitor.archive import ArchiveWriter
from monitor.asking import report_of
from monitor.check import Checked, Finding, Grade
from monitor.config import read_config
from monitor.errors import NothingMatched, SourceFailure
from monitor.fetch import HttpFetcher
from monitor.likeness import guesses
from monitor.night import needs_trust
from monitor.parsing import Parser
from monitor.races import FetchConfig
from monitor.recording import Kept, Recorder
from monitor.rulebook import load_rules, shipped_rules
from monitor.store import Store
from monitor.verification import as_of, checks_of, outdated, recorded, still_open, verified

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from datetime import date
    from pathlib import Path

    from monitor.check import Answer
    from monitor.explanation import Explanation
    from monitor.golden import Golden
    from monitor.lookup import Lookup, Recognised
    from monitor.model import Report
    from monitor.night import Night, Scraper
    from monitor.rules import RuleBook


@asynccontextmanager
async def asking(config: FetchConfig) -> AsyncIterator[tuple[HttpFetcher, Parser]]:
    """Give what fetches and what parses, and close both."""
    fetcher, parser = HttpFetcher(config), Parser()
    try:
        yield fetcher, parser
    finally:
        parser.close()
        await fetcher.aclose()


# -- check -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Every race's grade, what holds for all of them, and the worst of it."""

    grade: Grade
    races: tuple[Checked, ...]
    everywhere: tuple[Finding, ...]


async def run_check(
    config_path: Path, database: Path, environ: Mapping[str, str], now: datetime, *, online: bool
) -> CheckResult:
    """Grade every race; `online` visits each source once. Raises `ConfigInvalid`.

    `database`: where people's checks of the rules stand; it need not exist.
    """
    checks, known = rule_checks.kept(database), rule_checks.races(database)
    night = app.night_of(app.config_at(config_path), verified(shipped_rules(), checks))
    kept = check.Kept(known, outdated(shipped_rules(), checks))
    answers = await _answers(night, now) if online else None
    everywhere = (
        *check.check_channels(night), *await checking_slack.of_slack(environ, night.config),
    )  # fmt: skip
    races = tuple(check.check_race(night, race, answers, now, kept) for race in night.config.races)
    of_races = [Finding(one.grade, one.race) for one in races]
    return CheckResult(check.worst([*everywhere, *of_races]), races, everywhere)


async def _answers(night: Night, now: datetime) -> dict[str, Answer]:
    async with asking(night.config.fetch) as (fetcher, parser):

        async def answer(source: str) -> Answer:
            try:
                return await report_of(night.scrapers[source], fetcher, parser, now)
            except SourceFailure as error:
                return error

        used = [source for source, uses in night.uses.items() if uses]
        return dict(zip(used, await asyncio.gather(*map(answer, used)), strict=True))


# -- rules -------------------------------------------------------------------------------


def rules_in(database: Path) -> tuple[RuleBook, tuple[str, ...]]:
    """Return the rules with the checks of a database, and a sentence for each outdated one."""
    checks = rule_checks.kept(database)
    shipped = shipped_rules()
    told = tuple(f"{c.state}: {check.outdated_words(c)}" for c in outdated(shipped, checks))
    return verified(shipped, checks), told


def verify_rules(
    database: Path, state: str, on: date, facts: tuple[str, ...], who: str, source: str
) -> list[str]:
    """Record a person's check of a state's rules, and say of what. Raises `NothingMatched`."""
    book, _ = rules_in(database)
    checks = checks_of(book, state, on, facts, who, source, _now())
    rule_checks.record(database, checks)
    after, _ = rules_in(database)
    return [*map(recorded, checks), *still_open(after, checks)]


# -- sources and contests ----------------------------------------------------------------


async def look_up(url: str, now: datetime, *, fetch: bool) -> tuple[Recognised, Lookup]:
    """Name the platform of a link, and ask it what it has. Raises `NothingMatched`."""
    known: Mapping[str, files_told.ReportKind] = app.scrapers()
    url = files_told.pasted(url)
    if fetch and (file := files_told.address(url, known)):
        async with asking(FetchConfig()) as (fetcher, parser):
            return await files_told.look_up(file, known, fetcher, parser, now)
    link = lookup.recognise(url, known)
    if not fetch:
        return link, lookup.Lookup()
    async with asking(FetchConfig()) as (fetcher, parser):
        return link, await lookup.look_up(link, known, fetcher, parser, now)


async def report_of_source(config_path: Path, source: str, now: datetime) -> Report:
    """Visit one configured source. Raises `NothingMatched` or its `SourceFailure`."""
    night = app.night_of(app.config_at(config_path))
    _refuse_unknown(night, (source,))
    async with asking(night.config.fetch) as (fetcher, parser):
        return await report_of(night.scrapers[source], fetcher, parser, now)


def _refuse_unknown(night: Night, sources: tuple[str, ...]) -> None:
    for source in sources:
        if source not in night.scrapers:
            near = guesses(source, night.scrapers)
            meant = f"did you mean {near[0]}? " if near else ""
            has = ", ".join(night.scrapers)
            raise NothingMatched(f"no source {source!r} in the configuration; {meant}It has {has}")


# -- record ------------------------------------------------------------------------------


async def record(
    config_path: Path,
    sources: tuple[str, ...],
    output: Path,
    every: float,
    minutes: float,
    on_visit: Callable[[float], None],
) -> Kept:
    """Keep every answer of some sources; see `Recorder`. Raises `ArchiveFailure`."""
    night = app.night_of(app.config_at(config_path))
    _refuse_unknown(night, sources)
    scrapers = {source: night.scrapers[source] for source in sources}
    fetcher = HttpFetcher(night.config.fetch)
    try:
        with ArchiveWriter(output, fsync=True) as archive:
            archive.start(night.config.text, night.rules.digest, _now())
            recorder = Recorder(scrapers, fetcher, archive)
            return await recorder.run(every, minutes * 60, _now, on_visit)
    finally:
        await fetcher.aclose()


async def take_case(
    config_path: Path, source: str, examples: Path, case: str, *, force: bool
) -> tuple[Golden, Path, bool]:
    """Visit a source once for a golden case; return it, its folder, and whether it is unproven.

    Raises `CaseRefused`, `NothingMatched` or the source's `SourceFailure`.
    """
    night = app.night_of(app.config_at(config_path))
    _refuse_unknown(night, (source,))
    told = next(one for one in night.config.sources if one.id == source)
    folder = golden_file.folder_for(examples, told.scraper, case, force=force)
    scraper = app.scrapers()[told.scraper]
    unproven = needs_trust(scraper) and not told.trusted

    def make(settings: Mapping[str, str]) -> Scraper:
        return scraper(date=told.election.date, settings=settings)

    contact = night.config.fetch.contact
    async with asking(night.config.fetch) as (fetcher, parser):
        taken = await golden.take(told, make, fetcher, parser, _now(), contact)
    return taken, folder, unproven


def _now() -> datetime:
    return datetime.now(UTC)


# -- explain -----------------------------------------------------------------------------


def explain(database: Path, race: str, at: datetime | None) -> Explanation:
    """Explain a race now, or at a moment; one without a zone is in the race's own.

    Raises `NothingMatched` for a race the database does not know.
    """
    with report.reading(database) as db:
        store = Store(db)
        digests = explaining.known_race(store, race)
        night = _night_of(store, digests, database)
        moment = at or _now()
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=night.places[race].closes_at.tzinfo)
        clock = store.meta("clock")
        is_past = clock is not None and moment < datetime.fromisoformat(clock)
        then = explaining.digests_at(store, race, moment) if is_past else None
        if then is not None and then != digests:
            night = _night_of(store, then, database)
        return explaining.explain(night, store, race, moment, is_past=is_past)


def _night_of(store: Store, digests: tuple[str, str], database: Path) -> Night:
    """Make the configuration and rules ready that the database keeps."""
    config, rules = (explaining.kept_text(store, digest) for digest in digests)
    base = database.resolve().parent
    book = as_of(load_rules(rules), verification_store.read(store.db), digests[1])
    return app.night_of(read_config(config, base=base, scrapers=app.scrapers()), book)
