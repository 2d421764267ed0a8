"""A person's check of rule cards, and the shipped rules with those checks laid over them. Pure.

A check holds for what the card said when the person read it: when a later version of
the rules says something else there, it no longer applies, and `outdated` names it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from monitor.errors import NothingMatched
from monitor.likeness import guesses
from monitor.rule_card import LABELS, rows
from monitor.rules import FACTS, ContestKind, RecountKind, Rule, RuleBook, Source, in_words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_BY = "checked by"
_DEADLINES = {
    "follow_up": "runoff-request",
    "runoff_date": "runoff",
    "recount": "recount-request",
    "canvass": "canvass",
    "certification": "certification",
}


@dataclass(frozen=True, slots=True)
class Verification:
    """Who read what where, of one rule card: `source` (a link) confirms `facts`, says `who`.

    The card is the one of `state`, `contest` and `offices` that is in force from
    `effective_from`. `at`: when it was said (aware). `seen`: digest of what the facts
    said then, from `digest_of`.
    """

    state: str
    contest: ContestKind
    offices: tuple[str, ...]
    effective_from: date
    facts: tuple[str, ...]
    who: str
    source: str
    at: datetime
    seen: str

    def is_of(self, rule: Rule) -> bool:
        """Say whether a card is the one that was read."""
        return (rule.state, rule.contest_kind, rule.office_kinds, rule.effective_from) == (
            self.state, self.contest, self.offices, self.effective_from,
        )  # fmt: skip


def checks_of(
    book: RuleBook,
    state: str,
    on: date,
    facts: Collection[str],
    who: str,
    source: str,
    at: datetime,
) -> tuple[Verification, ...]:
    """Return a check for each of a state's cards in force on a day.

    `facts`: names of `monitor.rules.FACTS`; none means every fact without a source that
    says something a person can check. Raises `NothingMatched` for a state without
    cards, a fact that is none, and where there is nothing left to check.
    """
    codes = {row.state for row in rows(book, state, on)}
    _refuse_unknown(facts)
    found = []
    for rule in book.rules:
        if rule.state in codes and rule.effective_from <= on <= rule.last_day():
            named = _named(rule, facts)
            card = (rule.state, rule.contest_kind, rule.office_kinds, rule.effective_from)
            if named:
                found.append(Verification(*card, named, who, source, at, digest_of(rule, named)))
    if not found:
        raise NothingMatched(f"nothing is left to check in the rules of {state}; name it: --fact")
    return tuple(found)


def _refuse_unknown(facts: Collection[str]) -> None:
    for fact in facts:
        if fact not in FACTS:
            near = guesses(fact, FACTS)
            meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(FACTS)}"
            raise NothingMatched(f"no fact {fact!r} on a rule card; {meant}")


def _named(rule: Rule, facts: Collection[str]) -> tuple[str, ...]:
    if facts:
        return tuple(fact for fact in FACTS if fact in facts and rule.has(fact))
    return tuple(fact for fact in open_facts(rule) if not _is_placeholder(rule, fact))


def _is_placeholder(rule: Rule, fact: str) -> bool:
    """A start value of ours, or "not known": checked by its own name only."""
    if fact == "recount":
        return rule.recount.kind is RecountKind.ON_REQUEST and rule.recount.numerator == 0
    return fact == "late_ballots"


def open_facts(rule: Rule) -> tuple[str, ...]:
    """Return what a card says without a source."""
    return tuple(fact for fact in FACTS if rule.has(fact) and rule.source_of(fact) is None)


def digest_of(rule: Rule, facts: Iterable[str]) -> str:
    """Digest what a card says of some facts; where it was read is not part of it."""
    deadlines = dict(rule.deadlines)
    said = [(fact, _said(rule, fact), deadlines.get(_DEADLINES.get(fact, ""))) for fact in facts]
    return sha256(repr(said).encode()).hexdigest()[:16]


def _said(rule: Rule, fact: str) -> tuple[object, ...]:
    """Return a fact as it is reckoned with; most stand on the card under their own name."""
    several: dict[str, tuple[object, ...]] = {
        "method": (rule.method.value, rule.numerator, rule.denominator, rule.strict),
        "base": (rule.write_ins_in_base, rule.withdrawn_in_base),
        "follow_up": (rule.follow_up.value, rule.follow_up_deadline),
        "late_ballots": (rule.late_ballots_per_mille,),
        "polls_close": (rule.polls_close.isoformat(), rule.zone),
    }
    return several[fact] if fact in several else (getattr(rule, fact),)


def recorded(check: Verification) -> str:
    """Say what was checked: "NC party-primary: who wins, tie checked by Ana Ruiz: https://…"."""
    who = f"{_BY} {check.who}: {check.source}"
    return f"{check.state} {check.contest}: {_labels(check.facts)} {who}"


def with_checks(rule: Rule) -> str:
    """Write a rule in one line as `in_words` does, and who checked what of it."""
    by_text: dict[str, list[str]] = {}
    for fact, source in rule.sources:
        if source.text.startswith(_BY):
            by_text.setdefault(source.text, []).append(fact)
    said = (f"{_labels(facts)} {text}" for text, facts in by_text.items())
    return "; ".join((in_words(rule), *said))


def still_open(book: RuleBook, checks: Iterable[Verification]) -> list[str]:
    """Say what the cards checked still hold without a source, one line a card."""
    return [
        f"{rule.state} {rule.contest_kind}: still not verified: {_labels(facts)} (--fact names one)"
        for rule in book.rules
        if any(check.is_of(rule) for check in checks) and (facts := open_facts(rule))
    ]


def _labels(facts: Iterable[str]) -> str:
    return ", ".join(LABELS[fact] for fact in facts)


def verified(book: RuleBook, checks: Iterable[Verification]) -> RuleBook:
    """Lay people's checks over a book, oldest first; the digest covers those that hold."""
    holding = [one for one in checks if _holds(book, one)]
    if not holding:
        return book
    rules = book.rules
    for check in holding:
        rules = tuple(_checked(rule, check) if check.is_of(rule) else rule for rule in rules)
    said = "\n".join((book.digest, *map(repr, holding)))
    return replace(book, rules=rules, digest=sha256(said.encode()).hexdigest())


def _holds(book: RuleBook, check: Verification) -> bool:
    card = next((rule for rule in book.rules if check.is_of(rule)), None)
    return card is not None and digest_of(card, check.facts) == check.seen


def _checked(rule: Rule, check: Verification) -> Rule:
    source = Source(f"{_BY} {check.who}: {check.source}", check.at.date())
    known = {**dict(rule.sources), **dict.fromkeys(check.facts, source)}
    return replace(rule, sources=tuple((fact, known[fact]) for fact in FACTS if fact in known))


def as_of(book: RuleBook, checks: tuple[Verification, ...], digest: str) -> RuleBook:
    """Return a book with as many of the checks as it had when its digest was this one."""
    with_checks = (verified(book, checks[:count]) for count in range(len(checks) + 1))
    return next((one for one in with_checks if one.digest == digest), book)


def outdated(book: RuleBook, checks: Iterable[Verification]) -> tuple[Verification, ...]:
    """Return the checks of a card that says something else now, while nobody read it again."""
    every = tuple(checks)
    now = verified(book, every)
    return tuple(one for one in every if not _holds(book, one) and _is_missed(now, one))


def _is_missed(now: RuleBook, check: Verification) -> bool:
    """A fact of the check has no source on a card in force since, or there is no such card."""
    cards = [
        rule
        for rule in now.rules
        if (rule.state, rule.contest_kind) == (check.state, check.contest)
        and rule.last_day() >= check.effective_from
    ]
    return not cards or any(set(check.facts) & set(open_facts(rule)) for rule in cards)
