"""A state's rule cards in plain words: who wins, what follows, and who says so. Pure.

`card` is what `rules STATE` prints, `rows` what `rules STATE --json` prints, and
`unverified_facts` what `check` warns of.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from textwrap import fill

from monitor.errors import NothingMatched
from monitor.rules import (
    FACTS,
    NEEDED,
    ContestKind,
    FollowUp,
    Method,
    RecountBase,
    RecountKind,
    Rule,
    RuleBook,
    Source,
    Unelected,
)

WIDTH = 80

LABELS = {
    "method": "who wins",
    "base": "what counts",
    "follow_up": "what follows",
    "runoff_date": "runoff",
    "recount": "recount",
    "late_ballots": "late ballots",
    "tie": "tie",
    "ties_advance": "ties for the last place",
    "registration_closed": "registration",
    "canvass": "canvass",
    "certification": "certification",
    "polls_close": "polls close",
}
"""What staff call each fact."""

_CONTESTS = {
    ContestKind.PARTY_PRIMARY: "PARTY PRIMARY",
    ContestKind.NONPARTISAN_PRIMARY: "PRIMARY OF ALL CANDIDATES",
    ContestKind.RUNOFF: "RUNOFF",
    ContestKind.GENERAL: "GENERAL ELECTION",
    ContestKind.SPECIAL: "SPECIAL ELECTION",
}

_FOLLOW_UPS = {
    FollowUp.RUNOFF_AUTOMATIC: "a runoff between the top two, by itself",
    FollowUp.RUNOFF_ON_REQUEST: "a runoff between the top two, only if the second asks for it",
    FollowUp.ADVANCE_TOP_TWO: "the top two go on",
    FollowUp.NONE: "nothing but what a tie or a recount brings",
}

_BASES = {
    RecountBase.CONTEST: "the votes in the contest",
    RecountBase.WINNER: "the winner's votes",
    RecountBase.TOP_TWO: "the votes of the two",
}


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact of one card. `source` is "" and `checked_on` None where nobody verified it.

    `blocks`: unverified, and no outcome is given automatically without it.
    """

    state: str
    contest: ContestKind
    effective_from: date
    effective_to: date | None
    fact: str
    label: str
    words: str
    source: str
    checked_on: date | None
    blocks: bool


def card(book: RuleBook, state: str, on: date) -> str:
    """Return a state's cards in force on a day, in words, no line over 80 unless a link is.

    `state` is its two letters or its name. Raises `NothingMatched`.
    """
    unelected = _unelected(book, state)
    if unelected is not None:
        return _without_election(unelected)
    rules = _in_force(book, state, on)
    shared = _shared(rules)
    parts = [f"{rules[0].state_name}: how prosecutors are elected, on {day(on)}"]
    parts += [_paragraph(note, "  ") for note in dict.fromkeys(r.note for r in rules if r.note)]
    parts += [_section(rule, shared) for rule in rules]
    if shared:
        parts.append("\n".join(["IN ALL OF THESE", *(_entry(row) for row in shared)]))
    return "\n\n".join(parts)


def rows(book: RuleBook, state: str, on: date) -> tuple[FactRow, ...]:
    """Return every fact of a state's cards in force on a day; none where nobody is elected.

    Raises `NothingMatched` where there is no card.
    """
    if _unelected(book, state) is not None:
        return ()
    return tuple(row for rule in _in_force(book, state, on) for row in _rows_of(rule))


def unverified_facts(rule: Rule) -> tuple[str, ...]:
    """Return what nobody has verified of a card, in words and in order of the alphabet."""
    return tuple(
        sorted(LABELS[fact] for fact in FACTS if rule.has(fact) and rule.source_of(fact) is None)
    )


def fact_in_words(rule: Rule, fact: str) -> str:
    """Return what a card says of one fact (`monitor.rules.FACTS`), without its source."""
    texts = {
        "runoff_date": rule.runoff_date,
        "tie": rule.tie,
        "ties_advance": "all who tie for the last place that goes on do go on",
        "registration_closed": (
            "closed before election day: at most the registered voters who have not voted may "
            "still be counted"
        ),
        "canvass": rule.canvass,
        "certification": rule.certification,
    }
    if fact in texts:
        return texts[fact]
    return {
        "method": _method,
        "base": _base,
        "follow_up": _follow_up,
        "recount": _recount,
        "late_ballots": _late_ballots,
        "polls_close": _polls_close,
    }[fact](rule)


def day(when: date) -> str:
    """Write a date in US copy: "May 8, 2018"."""
    return f"{when:%B} {when.day}, {when.year}"


def hour(when: time) -> str:
    """Write a time of day in US copy: "7:30 PM"."""
    return f"{when.hour % 12 or 12}:{when:%M} {when:%p}"


def _named(state: str, code: str, name: str) -> bool:
    return state.casefold() in (code.casefold(), name.casefold())


def _unelected(book: RuleBook, state: str) -> Unelected | None:
    return next((u for u in book.unelected if _named(state, u.state, u.state_name)), None)


def _in_force(book: RuleBook, state: str, on: date) -> tuple[Rule, ...]:
    every = [rule for rule in book.rules if _named(state, rule.state, rule.state_name)]
    if not every:
        raise NothingMatched(f"no rule card is for {state!r}; give two letters, such as NC")
    found = [rule for rule in every if rule.effective_from <= on <= rule.last_day()]
    if not found:
        first = min(rule.effective_from for rule in every)
        raise NothingMatched(
            f"no rule card of {every[0].state_name} is in force on {day(on)}; "
            f"the first begins on {day(first)}"
        )
    order = tuple(_CONTESTS)
    return tuple(sorted(found, key=lambda rule: order.index(rule.contest_kind)))


def _without_election(state: Unelected) -> str:
    said = _paragraph(f"{state.state_name} elects no local prosecutor: {state.text}.", "")
    return f"{said}\n{_paragraph(_source_words(state.source), '    ')}"


def _rows_of(rule: Rule) -> tuple[FactRow, ...]:
    return tuple(_row(rule, fact) for fact in FACTS if rule.has(fact))


def _row(rule: Rule, fact: str) -> FactRow:
    source = rule.source_of(fact)
    return FactRow(
        state=rule.state,
        contest=rule.contest_kind,
        effective_from=rule.effective_from,
        effective_to=rule.effective_to,
        fact=fact,
        label=LABELS[fact],
        words=fact_in_words(rule, fact),
        source=source.text if source else "",
        checked_on=source.checked_on if source else None,
        blocks=source is None and fact in NEEDED,
    )


def _alike(row: FactRow) -> tuple[str, str, str]:
    return row.fact, row.words, row.source


def _shared(rules: tuple[Rule, ...]) -> tuple[FactRow, ...]:
    """Return the facts that all of several cards give alike, the decisive ones aside."""
    first, *others = (_rows_of(rule) for rule in rules)
    if not others:
        return ()
    return tuple(
        row
        for row in first
        if row.fact not in NEEDED and all(_alike(row) in map(_alike, other) for other in others)
    )


def _section(rule: Rule, shared: tuple[FactRow, ...]) -> str:
    told = {row.fact for row in shared}
    entries = [_entry(row) for row in _rows_of(rule) if row.fact not in told]
    until = f" to {day(rule.effective_to)}" if rule.effective_to else ""
    title = f"{_CONTESTS[rule.contest_kind]} (from {day(rule.effective_from)}{until})"
    return "\n".join([title, _verdict(rule), *entries])


def _verdict(rule: Rule) -> str:
    missing = [LABELS[fact] for fact in rule.unverified()]
    if not missing:
        return "  Outcomes may be given automatically."
    return _paragraph(f"No automatic outcome. Nobody has verified: {', '.join(missing)}.", "  ")


def _entry(row: FactRow) -> str:
    source = Source(row.source, row.checked_on) if row.checked_on else None
    said = _paragraph(f"{row.label.capitalize()}: {row.words}", "  ", "    ")
    return f"{said}\n{_paragraph(_source_words(source), '      ')}"


def _source_words(source: Source | None) -> str:
    return f"{source.text} (checked {day(source.checked_on)})" if source else "NOT VERIFIED"


def _paragraph(text: str, first: str, then: str | None = None) -> str:
    return fill(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if then is None else then,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _share(numerator: int, denominator: int) -> str:
    return f"{100 * numerator / denominator:.4g}%"


def _method(rule: Rule) -> str:
    if rule.method is Method.PLURALITY:
        return "most votes wins"
    if rule.method is Method.TOP_TWO:
        return "the two with the most votes go on"
    than = "more than" if rule.strict else "at least"
    words = f"{than} {_share(rule.numerator, rule.denominator)} of the votes"
    if rule.method is Method.SUBSTANTIAL_PLURALITY:
        words += "; of several who have it, the one with the most"
    return words


def _base(rule: Rule) -> str:
    if rule.method in (Method.PLURALITY, Method.TOP_TWO):
        return "no share is asked for; only the order of the candidates matters"
    write_ins = "count" if rule.write_ins_in_base else "do not count"
    withdrawn = "count" if rule.withdrawn_in_base else "do not count"
    return f"write-ins {write_ins}; votes for candidates who withdrew {withdrawn}"


def _follow_up(rule: Rule) -> str:
    return "; ".join(filter(None, (_FOLLOW_UPS[rule.follow_up], rule.follow_up_deadline)))


def _recount(rule: Rule) -> str:
    recount = rule.recount
    if recount.kind is RecountKind.NONE:
        return "there is none"
    if recount.numerator == 0 and rule.source_of("recount") is None:
        return "not known; treated as if one may be asked for"
    comes = "comes by itself" if recount.kind is RecountKind.AUTOMATIC else "may be asked for"
    return "; ".join(filter(None, (f"{comes} {_recount_range(rule)}", recount.deadline)))


def _recount_range(rule: Rule) -> str:
    recount = rule.recount
    if recount.numerator == 0:
        return "at any margin"
    than = "at most" if recount.inclusive else "less than"
    share = _share(recount.numerator, recount.denominator)
    words = f"when the margin is {than} {share} of {_BASES[recount.base]}"
    if recount.at_most_votes:
        words += f", and at most {recount.at_most_votes:,} votes"
    if recount.at_least_votes:
        words += f", or at most {recount.at_least_votes:,} votes"
    if recount.or_total_below:
        words += f", or fewer than {recount.or_total_below:,} votes were cast"
    return words


def _late_ballots(rule: Rule) -> str:
    share = _share(rule.late_ballots_per_mille, 1000)
    return f"after the night, at most {share} of the ballots counted may still come"


def _polls_close(rule: Rule) -> str:
    return f"{hour(rule.polls_close)}, {rule.zone.replace('_', ' ')}"
