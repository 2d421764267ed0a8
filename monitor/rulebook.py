"""Read state law from TOML: the shape of `rules.toml`, and every problem at once.

`[states.XX]` holds a state's name and the facts all its cards share; a `[[rules]]`
card may give any of them again, whole. Each fact is a table of its own with
`source` and `checked_on`, or with neither: then it is unverified.
"""

from __future__ import annotations

import tomllib
from datetime import date, time  # noqa: TC003 - pydantic reads the annotations at run time
from hashlib import sha256
from importlib.resources import files
from itertools import combinations
from typing import Annotated, Any, Self
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

from monitor.errors import ConfigInvalid
from monitor.rules import (
    ContestKind,
    FollowUp,
    Method,
    Recount,
    RecountBase,
    RecountKind,
    Rule,
    RuleBook,
    Source,
)

_FACTS = (
    "method",
    "base",
    "follow_up",
    "recount",
    "late_ballots",
    "tie",
    "canvass",
    "certification",
    "polls_close",
)


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

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if bool(self.source.strip()) != bool(self.checked_on):
            raise ValueError("give both source and checked_on, or neither (unverified)")
        return self


class _Text(_Fact):
    text: str


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


class _Recount(_Fact):
    kind: RecountKind
    numerator: NonNegativeInt = 0
    denominator: PositiveInt = 1
    base: RecountBase = RecountBase.CONTEST
    inclusive: bool = True
    or_total_below: NonNegativeInt = 0
    at_most_votes: NonNegativeInt = 0
    deadline: str = ""


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

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.effective_to and self.effective_to < self.effective_from:
            raise ValueError("effective_to lies before effective_from")
        return self


def shipped_rules() -> RuleBook:
    """Read the `rules.toml` that lies beside this module."""
    return load_rules(files("monitor").joinpath("rules.toml").read_text(encoding="utf-8"))


def load_rules(text: str) -> RuleBook:
    """Read rule cards from TOML text.

    Raises `ConfigInvalid` with one `path: message` for every problem: syntax, unknown
    or missing keys, half a source, and two cards in force on one day.
    """
    states, cards = _tables(text)
    rules: dict[int, Rule] = {}
    problems: list[str] = []
    for index, card in enumerate(cards):
        state = str(card.get("state", ""))
        if state not in states:
            problems.append(f"rules[{index}].state: no table [states.{state}] stands above")
            continue
        try:
            rules[index] = _rule(_Card.model_validate({**states[state], **card}))
        except ValidationError as error:
            problems += _lines(f"rules[{index}]", error)
    problems += _overlaps(rules)
    if problems:
        raise ConfigInvalid(tuple(problems))
    return RuleBook(tuple(rules.values()), sha256(text.encode()).hexdigest(), text)


class _File(_Table):
    states: dict[str, dict[str, Any]]
    rules: list[dict[str, Any]]


def _tables(text: str) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
    try:
        read = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid((f"rules.toml: {error}",)) from None
    except ValidationError as error:
        raise ConfigInvalid(tuple(_lines("rules.toml", error))) from None
    return read.states, read.rules


def _lines(where: str, error: ValidationError) -> list[str]:
    known = {"extra_forbidden": "unknown key", "missing": "is missing"}
    return [
        f"{'.'.join((where, *map(str, found['loc'])))}: "
        f"{known.get(found['type'], found['msg'].removeprefix('Value error, '))}"
        for found in error.errors()
    ]


def _rule(card: _Card) -> Rule:
    given = ((name, getattr(card, name)) for name in _FACTS)
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
        recount=Recount(**card.recount.model_dump(exclude={"source", "checked_on"})),
        late_ballots_per_mille=card.late_ballots.per_mille,
        tie=card.tie.text,
        canvass=card.canvass.text,
        certification=card.certification.text,
        polls_close=card.polls_close.at,
        zone=card.polls_close.zone,
        sources=tuple((name, Source(f.source, f.checked_on)) for name, f in given if f.checked_on),
        state_name=card.name,
    )


def _overlaps(rules: dict[int, Rule]) -> list[str]:
    return [
        f"rules[{second}].effective_from: in force together with rules[{first}] "
        f"({a.state} {a.contest_kind}, {', '.join(sorted(shared))})"
        for (first, a), (second, b) in combinations(rules.items(), 2)
        if (a.state, a.contest_kind) == (b.state, b.contest_kind)
        and (shared := set(a.office_kinds) & set(b.office_kinds))
        and a.effective_from <= b.last_day()
        and b.effective_from <= a.last_day()
    ]
