"""Read state law from TOML: the shape of `rules.toml`, and every problem at once.

`[states.XX]` holds a state's name and the facts all its cards share, or says that no
local prosecutor is elected there. A `[[rules]]` card is for one `state`, or for each
of several `states`, and may give any of the shared facts again, whole. Each fact is a
table of its own with `source` and `checked_on`, or `cites`, the name of a page in
`[citations]`, or none of these: then it is unverified.
"""

from __future__ import annotations

import tomllib
from datetime import date, time  # noqa: TC003 - pydantic reads the annotations at run time
from functools import cache
from hashlib import sha256
from importlib.resources import files
from itertools import combinations
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
    model_validator,
)

from monitor.deadlines import CountedFrom, Deadline
from monitor.errors import ConfigInvalid
from monitor.rules import (
    FACTS,
    ContestKind,
    FollowUp,
    Method,
    Recount,
    RecountBase,
    RecountKind,
    Rule,
    RuleBook,
    Source,
    Unelected,
)

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"no time zone is called {name!r}") from None
    return name


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Fact(_Table):
    source: str = ""
    checked_on: date | None = None
    cites: str = ""

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if bool(self.source.strip()) != bool(self.checked_on):
            raise ValueError("give both source and checked_on, or neither (unverified)")
        if self.cites and self.source:
            raise ValueError("give either cites, or source and checked_on")
        return self


class _Citation(_Table):
    source: Annotated[str, Field(min_length=1)]
    checked_on: date


class _Due(_Table):
    after: CountedFrom = CountedFrom.ELECTION
    days: PositiveInt | None = None
    business_days: PositiveInt | None = None
    weekday: Literal["monday", "tuesday", "wednesday", "thursday", "friday"] | None = None
    nth: PositiveInt = 1
    at: time | None = None
    exact: bool = False

    @model_validator(mode="after")
    def _one_rule(self) -> Self:
        if [self.days, self.business_days, self.weekday].count(None) != 2:  # noqa: PLR2004 - of 3
            raise ValueError("give one of days, business_days and weekday")
        return self


class _Text(_Fact):
    text: str
    due: _Due | None = None


class _NoElection(_Text):
    due: None = None


class _Method(_Fact):
    value: Method
    numerator: NonNegativeInt = 0
    denominator: PositiveInt = 1
    strict: bool = True

    @model_validator(mode="after")
    def _a_share_where_one_is_asked(self) -> Self:
        asks = self.value not in (Method.PLURALITY, Method.TOP_TWO)
        if asks != (0 < self.numerator < self.denominator):
            raise ValueError(f"{self.value} takes {'a' if asks else 'no'} share below one")
        return self


class _Base(_Fact):
    write_ins: bool
    withdrawn: bool


class _FollowUp(_Fact):
    value: FollowUp
    deadline: str = ""
    due: _Due | None = None


class _Recount(_Fact):
    kind: RecountKind
    numerator: NonNegativeInt = 0
    denominator: PositiveInt = 1
    base: RecountBase = RecountBase.CONTEST
    inclusive: bool = True
    or_total_below: NonNegativeInt = 0
    at_most_votes: NonNegativeInt = 0
    at_least_votes: NonNegativeInt = 0
    deadline: str = ""
    due: _Due | None = None


class _Sourced(_Fact):
    value: bool

    @model_validator(mode="after")
    def _true_only_with_a_source(self) -> Self:
        if self.value and not (self.source or self.cites):
            raise ValueError("true takes a source")
        return self


class _LateBallots(_Fact):
    per_mille: Annotated[int, Field(ge=0, le=5000)]


class _PollsClose(_Fact):
    at: time
    zone: Annotated[str, AfterValidator(_known_zone)]


class _Card(_Table):
    state: str
    name: Annotated[str, Field(min_length=1)]
    offices: Annotated[tuple[str, ...], Field(min_length=1)]
    contest: ContestKind
    effective_from: date
    effective_to: date | None = None
    method: _Method
    base: _Base
    follow_up: _FollowUp
    recount: _Recount
    late_ballots: _LateBallots
    tie: _Text
    canvass: _Text
    certification: _Text
    polls_close: _PollsClose
    runoff_date: _Text | None = None
    ties_advance: _Sourced | None = None
    registration_closed: _Sourced | None = None
    note: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.effective_to and self.effective_to < self.effective_from:
            raise ValueError("effective_to lies before effective_from")
        return self


class _UnelectedState(_Table):
    name: Annotated[str, Field(min_length=1)]
    not_elected: _NoElection


class _File(_Table):
    states: dict[str, dict[str, Any]]
    rules: list[dict[str, Any]]
    citations: dict[str, _Citation] = {}


@cache
def shipped_rules() -> RuleBook:
    """Read the `rules.toml` that lies beside this module, once a process."""
    return load_rules(files("monitor").joinpath("rules.toml").read_text(encoding="utf-8"))


def load_rules(text: str) -> RuleBook:
    """Read rule cards from TOML text.

    Raises `ConfigInvalid` with one `path: message` for every problem: syntax, unknown
    or missing keys, half a source, and two cards in force on one day.
    """
    read = _read(text)
    rules: dict[str, Rule] = {}
    problems: list[str] = []
    for where, state, card in _one_by_one(read.rules):
        try:
            rules[f"{where} {state}"] = _rule(_card(where, state, card, read), read.citations)
        except ValidationError as error:
            problems += _lines(where, error)
        except ConfigInvalid as error:
            problems += error.problems
    unelected, found = _unelected(read)
    problems += [*found, *_overlaps(rules)]
    if problems:
        raise ConfigInvalid(tuple(dict.fromkeys(problems)))
    return RuleBook(tuple(rules.values()), sha256(text.encode()).hexdigest(), text, unelected)


def _read(text: str) -> _File:
    try:
        return _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid((f"rules.toml: {error}",)) from None
    except ValidationError as error:
        raise ConfigInvalid(tuple(_lines("rules.toml", error))) from None


def _one_by_one(cards: list[dict[str, Any]]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (path, state, card) for every state of every card."""
    return [
        (f"rules[{index}]", str(state), {k: v for k, v in card.items() if k != "states"})
        for index, card in enumerate(cards)
        for state in card.get("states", [card.get("state", "")])
    ]


def _card(where: str, state: str, card: dict[str, Any], read: _File) -> _Card:
    shared = read.states.get(state)
    if shared is None:
        raise ConfigInvalid((f"{where}.state: no table [states.{state}] stands above",))
    if "not_elected" in shared:
        raise ConfigInvalid((f"{where}.state: [states.{state}] says that none is elected",))
    return _Card.model_validate({**shared, **card, "state": state})


def _unelected(read: _File) -> tuple[tuple[Unelected, ...], list[str]]:
    """Return the states that elect no prosecutor, and what is wrong with their tables."""
    found, problems = [], []
    for state, table in read.states.items():
        if "not_elected" not in table:
            continue
        try:
            shape = _UnelectedState.model_validate(table)
            source = _source(f"states.{state}", shape.not_elected, read.citations)
            found.append(Unelected(state, shape.name, shape.not_elected.text, source))
        except ValidationError as error:
            problems += _lines(f"states.{state}", error)
        except ConfigInvalid as error:
            problems += error.problems
    return tuple(found), problems


def _source(where: str, fact: _Fact, citations: dict[str, _Citation]) -> Source | None:
    if not fact.cites:
        return Source(fact.source, fact.checked_on) if fact.checked_on else None
    if fact.cites not in citations:
        raise ConfigInvalid((f"{where}.cites: no page is called {fact.cites!r} in [citations]",))
    page = citations[fact.cites]
    return Source(page.source, page.checked_on)


def _lines(where: str, error: ValidationError) -> list[str]:
    known = {"extra_forbidden": "unknown key", "missing": "is missing"}
    return [
        f"{'.'.join((where, *map(str, found['loc'])))}: "
        f"{known.get(found['type'], found['msg'].removeprefix('Value error, '))}"
        for found in error.errors()
    ]


def _rule(card: _Card, citations: dict[str, _Citation]) -> Rule:
    given = [(name, fact) for name in FACTS if (fact := getattr(card, name)) is not None]
    where = f"{card.state} {card.contest}"
    sources = [(name, _source(f"{where}.{name}", fact, citations)) for name, fact in given]
    return Rule(
        state=card.state,
        office_kinds=card.offices,
        contest_kind=card.contest,
        effective_from=card.effective_from,
        effective_to=card.effective_to,
        method=card.method.value,
        numerator=card.method.numerator,
        denominator=card.method.denominator,
        strict=card.method.strict,
        write_ins_in_base=card.base.write_ins,
        withdrawn_in_base=card.base.withdrawn,
        follow_up=card.follow_up.value,
        follow_up_deadline=card.follow_up.deadline,
        recount=Recount(**card.recount.model_dump(exclude={*_Fact.model_fields, "due"})),
        late_ballots_per_mille=card.late_ballots.per_mille,
        tie=card.tie.text,
        canvass=card.canvass.text,
        certification=card.certification.text,
        polls_close=card.polls_close.at,
        zone=card.polls_close.zone,
        sources=tuple((name, source) for name, source in sources if source),
        state_name=card.name,
        runoff_date=card.runoff_date.text if card.runoff_date else "",
        deadlines=_deadlines(card),
        note=card.note,
        ties_advance=_is_so(card.ties_advance),
        registration_closed=_is_so(card.registration_closed),
    )


def _is_so(fact: _Sourced | None) -> bool:
    return fact is not None and fact.value


def _deadlines(card: _Card) -> tuple[tuple[str, Deadline], ...]:
    runoff = card.runoff_date
    found = (
        ("canvass", card.canvass.text, card.canvass.due),
        ("certification", card.certification.text, card.certification.due),
        ("recount-request", card.recount.deadline, card.recount.due),
        ("runoff-request", card.follow_up.deadline, card.follow_up.due),
        ("runoff", runoff.text if runoff else "", runoff.due if runoff else None),
    )
    return tuple((name, _deadline(text, due)) for name, text, due in found if text)


def _deadline(text: str, due: _Due | None) -> Deadline:
    if due is None:
        return Deadline(text)
    weekday = None if due.weekday is None else _WEEKDAYS.index(due.weekday)
    return Deadline(
        text, due.after, due.days, due.business_days, weekday, due.nth, due.at, due.exact
    )


def _overlaps(rules: dict[str, Rule]) -> list[str]:
    return [
        f"{second.split()[0]}.effective_from: in force together with {first.split()[0]} "
        f"({a.state} {a.contest_kind}, {', '.join(sorted(shared))})"
        for (first, a), (second, b) in combinations(rules.items(), 2)
        if (a.state, a.contest_kind) == (b.state, b.contest_kind)
        and (shared := set(a.office_kinds) & set(b.office_kinds))
        and a.effective_from <= b.last_day()
        and b.effective_from <= a.last_day()
    ]
