"""What every act of a person needs: whom and what it names, and what was seen. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.decide import decide
from monitor.decision import Block, Decision, Evidence, Outcome
from monitor.match import normal_name
from monitor.people import Act, ActKind, Called, People, Stood, last_key
from monitor.sentences import BLOCK_SENTENCES
from monitor.standing import SourceStanding
from monitor.state import current, line_of
from monitor.teller import Teller, seen_digest
from monitor.words import clock, units_short

if TYPE_CHECKING:
    from monitor.races import Endorsement
    from monitor.state import Watched
    from monitor.tally import Tally

OVERRIDE = "OVERRIDE"
"""What a person types to act against what the figures show."""


class ActRefused(Exception):
    """An act has no effect; `str` says what was seen and what to do."""


def stood(teller: Teller, act: Act) -> Stood:
    """Return an act as it stands from now on."""
    return Stood(act.who, act.why, teller.now, act.id)


def keep_people(teller: Teller, people: People) -> None:
    """Put what people's acts have made of the race into its state."""
    teller.state = replace(teller.state, people=people)


# -- who was first -----------------------------------------------------------------------


def already(teller: Teller, done: str, by: Stood | Called) -> str:
    """Say who did it first: "confirmed already, by Ana Ruiz at 10:13 PM ET"."""
    return f"{done} already, by {by.who} at {clock(by.at, zone_of(teller.watched), teller.now)}"


def last_of(teller: Teller, kind: ActKind, about: str = "") -> Stood | None:
    """Return the last act of a kind on a candidate or source, or on the race as a whole."""
    return teller.state.people.last.get(last_key(kind, about))


def refuse(teller: Teller, done: str, by: Stood | Called | None, why: str) -> ActRefused:
    """Return the refusal of what cannot be done, naming who has done it where somebody has."""
    return ActRefused(why if by is None else f"{already(teller, done, by)}: {why}")


def zone_of(watched: Watched) -> str:
    """Return the zone in which a race's times are written."""
    return watched.race.zone or (watched.rule.zone if watched.rule is not None else "UTC")


# -- whom and what -----------------------------------------------------------------------


def ours(teller: Teller, name: str) -> Endorsement:
    """Return the endorsed candidate an act means; left out, the race's only one."""
    endorsements = teller.watched.race.endorsements
    if not name and len(endorsements) == 1:
        return endorsements[0]
    for one in endorsements:
        if normal_name(name) in {normal_name(n) for n in (one.candidate, *one.aliases)}:
            return one
    has = ", ".join(one.candidate for one in endorsements)
    asked = f"{name!r} is not endorsed in this race" if name else "say which candidate"
    raise ActRefused(f"{asked}; it has {has}: name one with --candidate")


def source_of(teller: Teller, name: str) -> str:
    """Return the source an act means; left out, the race's only one."""
    sources = [use.source for use in teller.watched.race.sources]
    if not name and len(sources) == 1:
        return sources[0]
    if name in sources:
        return name
    has = ", ".join(sources) or "none"
    asked = f"{name!r} is no source of this race" if name else "say which source"
    raise ActRefused(f"{asked}; it has {has}")


def standing_of(teller: Teller, source: str) -> SourceStanding:
    """Return what a source has said of the race, empty when it said nothing yet."""
    return teller.state.standings.get(source, SourceStanding())


def keep_standing(teller: Teller, source: str, standing: SourceStanding | None) -> None:
    """Put a source's standing into the state, or take it out."""
    rest = {k: v for k, v in teller.state.standings.items() if k != source}
    if standing is not None:
        rest[source] = standing
    teller.state = replace(teller.state, standings=rest)


# -- what was seen -----------------------------------------------------------------------


def figures_of(teller: Teller, candidate: str) -> tuple[Decision, Tally]:
    """Return what the figures alone say of a candidate now, whatever people declared."""
    people = teller.state.people
    called = {k: v for k, v in people.called.items() if k != candidate}
    bare = replace(teller.state, people=replace(people, called=called))
    tally, decisions = current(teller.watched, bare, teller.now)
    found = next((one for one in decisions if one.candidate == candidate), None)
    if tally is None or found is None:
        raise ActRefused(
            f"there are no figures of {candidate} yet; wait for the source, or `enter` them"
        )
    return found, tally


def last_figures(teller: Teller, candidate: Endorsement) -> tuple[Decision, Tally]:
    """Return what the figures say, or said last: taking back must never wait for a source."""
    try:
        return figures_of(teller, candidate.candidate)
    except ActRefused:
        tally = teller.state.tally
        line = line_of(candidate, tally) if tally is not None else None
        if tally is None or line is None:
            raise
        race, rule = teller.watched.race, teller.watched.rule
        return decide(race, candidate.candidate, line, rule, tally, Evidence(False)), tally


def goes_out_as(teller: Teller, candidate: str) -> Outcome:
    """Return the outcome that nothing stands against now but policy and release."""
    _, decisions = current(teller.watched, teller.state, teller.now)
    found = (one.outcome for one in decisions if one.candidate == candidate)
    return next(found, Outcome.NONE)


def as_seen(decision: Decision, tally: Tally) -> str:
    """Write the standing in one line, for somebody who is to act on it."""
    gap = "alone on the ballot"
    if decision.rival:
        side = "ahead of" if decision.margin > 0 else "behind"
        gap = f"{abs(decision.margin):,} {side} {decision.rival}"
        gap = gap if decision.margin else f"level with {decision.rival}"
    final = "nothing" if decision.if_final is Outcome.NONE else said(decision.if_final)
    return (
        f"{decision.candidate} has {decision.votes:,} of {decision.total:,} votes, {gap}; "
        f"{units_short(tally.units)}; if final: {final}"
    )


def said(outcome: Outcome) -> str:
    """Write an outcome for a person: "runoff possible"."""
    return outcome.value.replace("-", " ")


def lacking(decision: Decision) -> str:
    """Write everything that an outcome lacks but a named person, who is there."""
    blocks = [one for one in decision.blocks if one not in (Block.HAND_KEPT, Block.UNPROVEN)]
    return "; ".join(BLOCK_SENTENCES[block] for block in blocks)


def bind(act: Act, decision: Decision, tally: Tally) -> None:
    """Refuse an act on another state than the one the person saw."""
    digest = seen_digest(decision, tally)
    if act.seen == digest:
        return
    now = f"{as_seen(decision, tally)}. To go on, add --seen {digest}"
    if not act.seen:
        raise ActRefused(f"look first: {now}")
    raise ActRefused(f"the count changed since you looked: now {now}")


def need_override(act: Act, why: str) -> None:
    """Refuse an act against what the figures show, unless OVERRIDE was typed."""
    if not act.override:
        raise ActRefused(f"{why}; if you know better, add --override {OVERRIDE}")


def refuse_frozen(teller: Teller) -> None:
    """Refuse to tell an outcome while a person has stopped them."""
    frozen = teller.state.people.frozen
    if frozen is not None:
        raise ActRefused(f"{frozen.who} froze this race ({frozen.why}); `unfreeze` it first")
