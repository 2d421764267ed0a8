"""Write docs/sentences.md: every sentence the monitor may say, in tables.

`python docs/sentences.py` writes it anew. Nothing in it is typed by hand: the meanings
are `monitor.sentences`, and what may be said is what a message of such figures says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor.decide import decide
from monitor.decision import Basis, Decision, Evidence, Outcome
from monitor.events import Event, Kind
from monitor.model import Contest, ResultsStatus, Selection, UnitKind, Units
from monitor.outcome_headlines import outcome_headline
from monitor.races import Election, ElectionKind, Endorsement, Race, SlackConfig, SourceUse
from monitor.rulebook import shipped_rules
from monitor.rules import Rule, contest_kind_of, in_words
from monitor.saying import say
from monitor.scene import Scene, SourceFacts
from monitor.sentences import (
    BASIS_SENTENCES,
    BLOCK_SENTENCES,
    CAVEAT_SENTENCES,
    HOLD_SENTENCES,
    KIND_SENTENCES,
    OUTCOME_SENTENCES,
    POLICY_SENTENCES,
)
from monitor.tally import Snapshot, Tally, add_up

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from enum import StrEnum

PAGE = Path(__file__).parent / "sentences.md"
HEAD = """\
# What the monitor says, and what it means

Written by `python docs/sentences.py` from the code that writes the messages; do not edit.
Names and figures of the examples are made up.
"""
ALOUD = """\
Under four laws, for each outcome: as computed, as a named person declares it, and certified.
Every message adds what it is computed from, or who declared it, and that no news
organization's call is implied."""
AT = datetime(2026, 11, 22, tzinfo=UTC)
TOTAL = 100_000
BLOCKS: dict[StrEnum, str] = dict(chain(BLOCK_SENTENCES.items(), POLICY_SENTENCES.items()))


@dataclass(frozen=True, slots=True)
class Law:
    """A rule by one of its states, and figures that make each outcome under it.

    `figures`: by outcome, the votes of ours and of the others, of 100,000.
    """

    state: str
    kind: ElectionKind
    day: date
    party: str
    figures: tuple[tuple[Kind, tuple[int, ...]], ...]


PRIMARY = ElectionKind.PARTISAN_PRIMARY_CLOSED
LAWS = (
    Law("PA", PRIMARY, date(2025, 5, 20), "DEM", (
        (Kind.RACE_WON, (60_000, 40_000)),
        (Kind.RACE_LOST, (40_000, 60_000)),
        (Kind.RACE_TIED, (50_000, 50_000)),
        (Kind.TOO_CLOSE, (50_200, 49_800)),
    )),
    Law("NC", PRIMARY, date(2022, 5, 17), "DEM", (
        (Kind.RACE_WON, (48_800, 40_600, 10_600)),
        (Kind.RACE_LOST, (30_000, 58_000, 12_000)),
        (Kind.RUNOFF_POSSIBLE, (28_000, 26_000, 24_000, 22_000)),
        (Kind.RACE_TIED, (40_000, 40_000, 20_000)),
        (Kind.TOO_CLOSE, (45_200, 44_800, 10_000)),
        (Kind.STILL_OPEN, (30_100, 24_000, 23_500, 22_400)),
    )),
    Law("TX", PRIMARY, date(2022, 3, 1), "DEM", (
        (Kind.RACE_WON, (60_000, 40_000)),
        (Kind.RACE_LOST, (20_000, 42_000, 38_000)),
        (Kind.RUNOFF_SET, (42_000, 36_000, 22_000)),
        (Kind.RACE_TIED, (30_000, 40_000, 30_000)),
        (Kind.TOO_CLOSE, (50_200, 49_800)),
        (Kind.STILL_OPEN, (50_100, 34_000, 15_900)),
    )),
    Law("CA", ElectionKind.PRIMARY, date(2022, 6, 7), "", (
        (Kind.RACE_WON, (60_000, 40_000)),
        (Kind.RACE_LOST, (10_000, 48_000, 42_000)),
        (Kind.ADVANCED, (45_000, 40_000, 15_000)),
        (Kind.TOO_CLOSE, (50_200, 49_800)),
        (Kind.STILL_OPEN, (49_600, 34_000, 16_400)),
    )),
)  # fmt: skip


def page() -> str:
    """Return the whole page."""
    parts = [
        HEAD,
        "## Kinds of message\n\n" + _kinds(),
        "## Outcomes\n\n" + _table("outcome", "means", OUTCOME_SENTENCES),
        "## What an outcome rests on\n\n" + _table("basis", "means", BASIS_SENTENCES),
        "## Why there is no outcome yet\n\n" + _table("block", "sentence", BLOCKS),
        "## Why new numbers are kept back\n\n" + _table("hold", "what ends it", HOLD_SENTENCES),
        "## What is added\n\n" + _table("caveat", "sentence", CAVEAT_SENTENCES),
        f"## What may be said aloud\n\n{ALOUD}\n\n" + "\n\n".join(map(_law, LAWS)),
    ]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _kinds() -> str:
    rows = (
        (f"`{kind}`", "; ".join(words.begins), words.where, words.means)
        for kind, words in KIND_SENTENCES.items()
    )
    return _rows(("kind", "begins with", "where", "means"), rows)


def _table(first: str, second: str, sentences: Mapping[Any, str]) -> str:
    rows = ((f"`{key}`", words) for key, words in sentences.items())
    return _rows((first, second), rows)


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _law(law: Law) -> str:
    race, rule = _race(law), _rule(law)
    rows = [row for kind, votes in law.figures for row in _said(race, rule, kind, votes)]
    title = f"### {rule.state_name}: {in_words(rule).partition(' (')[0]}"
    return f"{title}\n\n" + _rows(("headline", "SAY", "DON'T SAY"), rows)


def _race(law: Law) -> Race:
    return Race(
        id="example",
        election=Election("e", law.day, law.state, law.kind),
        name="Example DA",
        office="District Attorney",
        endorsements=(Endorsement("Ann Ours", ("Example Coalition",)),),
        sources=(SourceUse("county", ("Example",)),),
        party=law.party,
    )


def _rule(law: Law) -> Rule:
    race = _race(law)
    kind = contest_kind_of(race.election, race)
    rule = shipped_rules().rule_for(law.state, "prosecutor", kind, law.day)
    if rule is None:
        raise LookupError(law.state)
    return rule


def _said(
    race: Race, rule: Rule, kind: Kind, votes: tuple[int, ...]
) -> Iterator[tuple[str, str, str]]:
    """Yield what is said of unofficial figures, of certified ones, and of a person's call."""
    tally = _tally(race, votes, ResultsStatus.UNOFFICIAL_COMPLETE)
    if kind in (Kind.TOO_CLOSE, Kind.STILL_OPEN):
        yield _row(race, rule, kind, tally, _decision(race, rule, tally))
        return
    official = _tally(race, votes, ResultsStatus.CERTIFIED)
    certified = _decision(race, rule, official)
    for basis in (Basis.COMPLETE, Basis.CALLED):
        yield _row(race, rule, kind, tally, replace(certified, basis=basis))
    yield _row(race, rule, kind, official, certified)


def _row(
    race: Race, rule: Rule, kind: Kind, tally: Tally, decision: Decision
) -> tuple[str, str, str]:
    who = "NAME" if decision.basis is Basis.CALLED else ""
    event = Event(
        "k", kind, AT, candidate=decision.candidate, after=tally, decision=decision, who=who
    )
    facts = {"county": SourceFacts("county", "Example County", "")}
    scene = Scene(slack=SlackConfig(), sources=facts, race=race, rule=rule)
    sentence, _, never = say(event, scene, race).partition("\n")
    headline = outcome_headline(event, decision, tally, race, scene)
    return (
        headline,
        sentence.removeprefix("*SAY:* "),
        never.removeprefix("*DON'T SAY:* ").partition(".")[0],
    )


def _decision(race: Race, rule: Rule, tally: Tally) -> Decision:
    ours = next(line for line in tally.lines if line.name == "Ann Ours")
    return decide(race, ours.name, ours, rule, tally, Evidence(two_looks=True))


def _tally(race: Race, votes: tuple[int, ...], status: ResultsStatus) -> Tally:
    names = ("Ann Ours", "Bob Rival", "Cy Third", "Di Fourth")
    lines = tuple(Selection(name, name, count) for name, count in zip(names, votes, strict=False))
    contest = Contest("1", "DISTRICT ATTORNEY", lines, units=Units(57, 57, UnitKind.PRECINCTS))
    return add_up(race, {"county": Snapshot(contest, AT, status=status)})


def outcomes_shown() -> frozenset[Outcome]:
    """Return which outcomes the examples come to."""
    return frozenset(
        _decision(race, _rule(law), _tally(race, votes, ResultsStatus.CERTIFIED)).outcome
        for law in LAWS
        for race in (_race(law),)
        for _, votes in law.figures
    )


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
