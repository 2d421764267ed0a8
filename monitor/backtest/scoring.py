"""The backtest: does the core ever tell an outcome that the final count contradicts? Pure.

Nights are simulated from real precinct rows (`counts`, `nights`), given
to the core look by look, and compared with what really came out (`truth`). A
case is one candidate on one night: of each contest, the first 2 * seats + 1 of the named
candidates, so that both sides of either cut are ours in turn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.backtest.counts import Stage
from monitor.backtest.deciders import Safeguards, ToldOutcome, by_the_core, naively, race_of
from monitor.backtest.nights import simulate
from monitor.backtest.truth import Law, is_clear, is_settled, names_unknown, outcome_of
from monitor.decide import GUARD_PER_MILLE
from monitor.decision import Outcome
from monitor.events import Kind
from monitor.reading import ADVANCING
from monitor.rules import NEEDED, ContestKind, RecountKind, Rule, RuleBook, Source, recount_range

if TYPE_CHECKING:
    from monitor.backtest.contests import RowContest
    from monitor.backtest.deciders import Evening
    from monitor.backtest.nights import SimulatedNight

OFFICE = "prosecutor"
_NOVEMBER = 11
_ASSUMED = Source("assumed, for a simulation only", date(2026, 11, 22))

VARIANTS = {
    "rule alone, none of the three": Safeguards(guard=False, late_ballots=False, second_look=False),
    "without guard": Safeguards(guard=False),
    "without late ballots": Safeguards(late_ballots=False),
    "without guard and late ballots": Safeguards(guard=False, late_ballots=False),
    "without second look": Safeguards(second_look=False),
    "with all three, but no holds": Safeguards(),
}
"""The naive deciders that stand beside the core."""


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A told outcome that the final count does not bear out; `seed` makes its night again."""

    file: str
    state: str
    contest: str
    seed: str
    candidate: str
    told: Outcome
    truth: Outcome
    stage: Stage


class Measure(StrEnum):
    """What is counted.

    `clear`: cases whose final gap exceeds guard and late ballots. `hidden`: those where a
    write-in line may hide the winner's name. `held`: those never told because a hold waits
    for a person; `silent`: never told for any other reason.
    """

    NIGHTS = "nights"
    LATE_VOTES = "votes counted after 100 %"
    CASES = "cases"
    TOLD = "told on the night"
    RIGHT = "told rightly on the night"
    CLEAR = "clear"
    CLEAR_RIGHT = "clear, and told rightly on the night"
    HIDDEN = "hidden by write-ins"
    HELD = "held for a person"
    SILENT = "silent"


@dataclass(slots=True)
class Score:
    """What came of a number of nights.

    `waits`: from the first look that could have known an outcome to its telling on the
    night; `waits_all_in`: from the report of the last unit.
    """

    counts: Counter[Measure] = field(default_factory=Counter)
    kinds: Counter[Kind] = field(default_factory=Counter)
    waits: list[timedelta] = field(default_factory=list)
    waits_all_in: list[timedelta] = field(default_factory=list)
    contradictions: list[Contradiction] = field(default_factory=list)
    naive: dict[str, list[Contradiction]] = field(default_factory=dict)

    def add(self, other: Score) -> None:
        """Take another score in."""
        self.counts.update(other.counts)
        self.kinds.update(other.kinds)
        self.waits += other.waits
        self.waits_all_in += other.waits_all_in
        self.contradictions += other.contradictions
        for variant, found in other.naive.items():
            self.naive.setdefault(variant, []).extend(found)


@dataclass(frozen=True, slots=True)
class _Case:
    """One candidate on one night, and what really came out."""

    candidate: str
    who: int
    truth: Outcome


def card_for(book: RuleBook, contest: RowContest) -> Rule | None:
    """Return the prosecutor card a contest is played under, None where none was in force.

    A contest with a party is a party primary; another one is a general election in
    November, else a nonpartisan primary where the state has one.
    """
    kinds = [ContestKind.GENERAL]
    if contest.party:
        kinds = [ContestKind.PARTY_PRIMARY]
    elif contest.on.month != _NOVEMBER:
        kinds = [ContestKind.NONPARTISAN_PRIMARY, ContestKind.GENERAL]
    cards = (book.rule_for(contest.state, OFFICE, kind, contest.on) for kind in kinds)
    return next((card for card in cards if card), None)


def assumed(card: Rule) -> Rule:
    """Return a card as if all an outcome needs were verified: only arithmetic is tried here."""
    known = dict(card.sources)
    return replace(card, sources=tuple((fact, known.get(fact, _ASSUMED)) for fact in NEEDED))


def play(contest: RowContest, rule: Rule, orders: int, seed: int) -> Score:
    """Play a contest in a number of orders, by the core and by every naive decider."""
    score = Score()
    for order in range(orders):
        score.add(play_night(contest, rule, f"{seed}/{order}"))
    return score


def play_night(contest: RowContest, rule: Rule, seed: str) -> Score:
    """Play one night."""
    night = simulate(contest, rule, seed)
    law = Law(rule, contest.seats, tuple(choice.is_write_in for choice in contest.choices))
    cases = _cases(contest, law, night)
    race = race_of(contest, (case.candidate for case in cases))
    evening = by_the_core(race, rule, night)
    score = Score(kinds=evening.kinds)
    score.counts.update({Measure.NIGHTS: 1, Measure.LATE_VOTES: night.late})
    score.contradictions = _contradictions(contest, seed, cases, evening.told)
    for case in cases:
        _count(score, law, night, case, evening)
    for name, told in naively(race, rule, night, VARIANTS).items():
        score.naive[name] = _contradictions(contest, seed, cases, told)
    return score


def _cases(contest: RowContest, law: Law, night: SimulatedNight) -> list[_Case]:
    """Pick the candidates who are ours: the first named ones, beyond either cut."""
    named = [i for i, choice in enumerate(contest.choices) if not choice.is_write_in]
    named.sort(key=lambda i: -night.final[i])
    return [
        _Case(contest.choices[i].name, i, outcome_of(law, night.final, i))
        for i in named[: ADVANCING * contest.seats + 1]
    ]


def _told(told: tuple[ToldOutcome, ...], case: _Case) -> list[ToldOutcome]:
    return [one for one in told if one.candidate == case.candidate]


def _contradictions(
    contest: RowContest, seed: str, cases: list[_Case], told: tuple[ToldOutcome, ...]
) -> list[Contradiction]:
    """Return the first false outcome of each case."""
    found = []
    for case in cases:
        false = [one for one in _told(told, case) if one.outcome is not case.truth]
        found += [
            Contradiction(
                contest.file, contest.state, contest.title, seed, case.candidate, one.outcome,
                case.truth, one.stage,
            )
            for one in false[:1]
        ]  # fmt: skip
    return found


def _count(score: Score, law: Law, night: SimulatedNight, case: _Case, evening: Evening) -> None:
    told = _told(evening.told, case)
    on_the_night = [one for one in told if one.stage is Stage.NIGHT]
    is_right = bool(on_the_night) and on_the_night[-1].outcome is case.truth
    is_hidden = names_unknown(law, night.final, case.who)
    clear = is_clear(law, night.final, case.who, case.truth, slack_of(law, night.final))
    is_untold = not told and not is_hidden and case.truth is not Outcome.NONE
    score.counts.update({
        Measure.CASES: 1,
        Measure.TOLD: bool(on_the_night),
        Measure.RIGHT: is_right,
        Measure.CLEAR: clear and not is_hidden,
        Measure.CLEAR_RIGHT: clear and not is_hidden and is_right,
        Measure.HIDDEN: is_hidden,
        Measure.HELD: is_untold and evening.is_held,
        Measure.SILENT: is_untold and not evening.is_held,
    })  # fmt: skip
    if is_right:
        score.waits.append(on_the_night[-1].at - _knowable(law, night, case))
        score.waits_all_in.append(on_the_night[-1].at - night.all_in)


def slack_of(law: Law, votes: tuple[int, ...]) -> int:
    """Return what a final gap must exceed to be clear: guard, late ballots, automatic recount."""
    total = sum(votes)
    most = max(GUARD_PER_MILLE, law.rule.late_ballots_per_mille) * total // 1000
    if law.rule.recount.kind is not RecountKind.AUTOMATIC:
        return most
    return max(most, recount_range(law.rule, total, max(votes)))


def _knowable(law: Law, night: SimulatedNight, case: _Case) -> datetime:
    """Return the first look after which no votes left could change the outcome."""
    looks = night.looks
    place = bisect_left(
        looks,
        True,
        key=lambda look: is_settled(law, look.counted, case.who, case.truth, look.left),
    )
    return looks[min(place, len(looks) - 1)].at
