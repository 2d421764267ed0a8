"""A person's check of a rule card, and the shipped rules with those checks laid over them. Pure.

A check holds for the facts as the person saw them: when a later version of the rules
says something else, it no longer applies and `outdated` names it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from monitor.rules import FACTS, ContestKind, Rule, RuleBook, Source

if TYPE_CHECKING:
    from collections.abc import Iterable

OURS = "late_ballots"
"""A start value of ours: no source confirms it with the rest, only by its own name."""


@dataclass(frozen=True, slots=True)
class Verification:
    """Who read what where: `source_url` confirms a state's facts, says `who`, at `at` (aware).

    `contest` None means every kind of contest; `fact` "" means every fact that has no
    source yet, the late-ballot bound aside; a fact named (`monitor.rules.FACTS`) gets
    this source in place of any other. Only cards in force on that day are meant.
    `seen`: digest of what these facts said, from `seen_now`; "" holds for anything.
    """

    state: str
    contest: ContestKind | None
    fact: str
    who: str
    source_url: str
    at: datetime
    seen: str = ""


def seen_now(book: RuleBook, check: Verification) -> str:
    """Return the digest of what the facts say that a check is about."""
    said = [
        (str(rule.contest_kind), rule.effective_from.isoformat(), fact, _value(rule, fact))
        for rule in book.rules
        if _concerns(check, rule)
        for fact in _named(check)
    ]
    return sha256(repr(said).encode()).hexdigest()


def outdated(book: RuleBook, checks: Iterable[Verification]) -> tuple[Verification, ...]:
    """Return the checks that concern no card, or facts that have changed since."""
    return tuple(check for check in checks if not _applies(book, check))


def apply_verifications(book: RuleBook, checks: Iterable[Verification]) -> RuleBook:
    """Lay people's checks over a book, oldest first; the digest covers those that apply."""
    valid = sorted((c for c in checks if _applies(book, c)), key=lambda check: check.at)
    if not valid:
        return book
    rules = book.rules
    for check in valid:
        rules = tuple(_checked(rule, check) if _concerns(check, rule) else rule for rule in rules)
    lines = [
        f"{c.state}|{c.contest}|{c.fact}|{c.who}|{c.source_url}|{c.at.isoformat()}" for c in valid
    ]
    digest = sha256("\n".join((book.digest, *lines)).encode()).hexdigest()
    return replace(book, rules=rules, digest=digest)


def _applies(book: RuleBook, check: Verification) -> bool:
    if not any(_concerns(check, rule) for rule in book.rules):
        return False
    return check.seen in ("", seen_now(book, check))


def _concerns(check: Verification, rule: Rule) -> bool:
    return (
        rule.state == check.state
        and check.contest in (None, rule.contest_kind)
        and rule.effective_from <= check.at.date() <= rule.last_day()
    )


def _named(check: Verification) -> tuple[str, ...]:
    return (check.fact,) if check.fact else tuple(fact for fact in FACTS if fact != OURS)


def _checked(rule: Rule, check: Verification) -> Rule:
    source = Source(f"{check.source_url}, read by {check.who}", check.at.date())
    known = dict(rule.sources)
    for fact in _named(check):
        if check.fact or (fact not in known and rule.has(fact)):
            known[fact] = source
    return replace(rule, sources=tuple((fact, known[fact]) for fact in FACTS if fact in known))


def _value(rule: Rule, fact: str) -> object:
    values: dict[str, object] = {
        "method": (str(rule.method), rule.numerator, rule.denominator, rule.strict),
        "base": (rule.write_ins_in_base, rule.withdrawn_in_base),
        "follow_up": (str(rule.follow_up), rule.follow_up_deadline),
        "recount": repr(rule.recount),
        "late_ballots": rule.late_ballots_per_mille,
        "polls_close": (rule.polls_close.isoformat(), rule.zone),
    }
    return values[fact] if fact in values else getattr(rule, fact)
