"""Enter, supersede, go-live: what a named person says of a race's figures. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.agreement import ENTERED
from monitor.decision import Outstanding
from monitor.doing import (
    ActRefused,
    already,
    keep_people,
    keep_standing,
    need_override,
    source_of,
    standing_of,
    stood,
    zone_of,
)
from monitor.match import normal_name, people_of
from monitor.model import Contest, Selection, UnitKind, Units
from monitor.rehearsal import BEFORE_CLOSE
from monitor.sanity import judge
from monitor.standing import LOOKS_APART, Arrival, Hold, HoldKind, SourceStanding, Verdict
from monitor.state import current, entered_key
from monitor.suspicion import total_of
from monitor.tally import Snapshot, groups
from monitor.words import clock, units_short

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.people import Act
    from monitor.standing import Judgement
    from monitor.tally import Tally
    from monitor.teller import Teller

MOST = 1_000_000_000
"""More votes than any count has; a larger number is a slip of the keys."""

FAR_BELOW = 4
"""An official figure so many times below what the units out suggest needs OVERRIDE."""

_TAKEN = frozenset({Verdict.ACCEPTED, Verdict.REVISED, Verdict.SAME})


# -- enter -------------------------------------------------------------------------------


def enter(teller: Teller, act: Act) -> str:
    """Take figures by hand, what is still uncounted, or both."""
    if not act.votes and act.outstanding is None:
        raise ActRefused("nothing is entered; give --votes NAME=N for each candidate")
    if not act.link:
        raise ActRefused('say where it can be read: --link URL, or --link "phone, clerk NAME"')
    done = []
    if act.votes:
        done.append(_enter_votes(teller, act))
    elif act.units is not None:
        raise ActRefused("units alone say nothing; give --votes NAME=N for each candidate")
    if act.outstanding is not None:
        done.append(_enter_outstanding(teller, act, act.outstanding))
    return "; ".join(done)


def _enter_votes(teller: Teller, act: Act) -> str:
    source = source_of(teller, act.source)
    key = entered_key(source)
    before = standing_of(teller, key if key in teller.state.standings else source)
    contest = contest_of(teller, act, before.accepted.contest if before.accepted else None)
    _refuse_outdone(teller, source, contest)
    arrival = _arrival(teller, contest)
    judged = judge(before, arrival)
    if judged.verdict not in _TAKEN:
        need_override(act, f"these figures look wrong: {_why_held(judged)}")
    standing = judged.standing if judged.verdict in _TAKEN else before
    if judged.verdict is not Verdict.ACCEPTED:
        standing = replace(standing, accepted=arrival.snapshot, changed_at=teller.now)
    keep_standing(teller, key, _proved(replace(standing, hold=None), teller.now))
    seen_twice(teller)
    return f"{total_of(contest):,} votes stand for {source}, entered by hand by {act.who}"


def _refuse_outdone(teller: Teller, source: str, contest: Contest) -> None:
    """Refuse figures that the source is ahead of: it would take their place at once."""
    site = standing_of(teller, source).accepted
    if site is None or source in teller.state.people.superseded:
        return
    if total_of(site.contest) > total_of(contest):
        raise ActRefused(
            f"the source {source} has {total_of(site.contest):,} votes, more than the "
            f"{total_of(contest):,} entered; if it is wrong, `supersede` it first"
        )


def _enter_outstanding(teller: Teller, act: Act, votes: int) -> str:
    if not 0 <= votes <= MOST:
        raise ActRefused(f"{votes:,} ballots cannot be outstanding")
    tally, _ = current(teller.watched, teller.state, teller.now)
    if not act.is_estimate and tally is not None:
        _need_most(teller, act, votes, tally)
    counted = tally.total if tally is not None else None
    given = Outstanding(votes, act.is_estimate, act.link, teller.now, counted)
    keep_people(teller, replace(teller.state.people, outstanding=given))
    kind = "an estimate, reckoned double" if act.is_estimate else "official"
    return f"{votes:,} ballots are outstanding ({kind})"


def _need_most(teller: Teller, act: Act, votes: int, tally: Tally) -> None:
    """Ask whoever gives an official figure that is far below what the units still out hold.

    "300 provisional ballots are left", said with half of the precincts out, is no bound.
    """
    units = tally.units
    if units is None or not units.reported:
        return
    out = tally.total * (units.total - units.reported) // units.reported
    if FAR_BELOW * votes * teller.watched.race.seats < out:
        need_override(
            act,
            f"{units_short(units)} are in, so about {out:,} votes are still out, and {votes:,} "
            "would be all of them",
        )


def _why_held(judged: Judgement) -> str:
    if judged.verdict is Verdict.BEFORE_CLOSE:
        return "the polls have not closed"
    hold = judged.placed or judged.standing.hold
    return hold.reason if hold else judged.verdict.value


def contest_of(teller: Teller, act: Act, last: Contest | None) -> Contest:
    """Build the contest: last known lines with the votes given; a line left out keeps its own."""
    given = _given(act)
    lines = last.selections if last else _named(teller, act)
    known = {normal_name(line.name): line for line in lines}
    unknown = [name for name, _ in act.votes if normal_name(name) not in known]
    if unknown:
        has = ", ".join(line.name for line in lines)
        raise ActRefused(f"nobody is called {', '.join(unknown)} in this race; it has {has}")
    lines = tuple(
        replace(line, votes=given.get(normal_name(line.name), line.votes), by_type=())
        for line in lines
    )
    office = teller.watched.race.office
    base = last or Contest(office, office, (), party=teller.watched.race.party)
    return replace(
        base, selections=lines, units=_units(act, last), link=act.link, who=act.who,
        total_votes=None, ballots_cast=None, status=None, note="", counts_known=True,
    )  # fmt: skip


def _given(act: Act) -> dict[str, int]:
    given: dict[str, int] = {}
    for name, votes in act.votes:
        if not 0 <= votes <= MOST:
            raise ActRefused(f"{name} cannot have {votes:,} votes")
        if normal_name(name) in given:
            raise ActRefused(f"{name} is given twice")
        given[normal_name(name)] = votes
    return given


def _named(teller: Teller, act: Act) -> tuple[Selection, ...]:
    """Return the lines of a race no source has shown yet: the names given, ours among them."""
    names = {normal_name(name) for name, _ in act.votes}
    for one in teller.watched.race.endorsements:
        if names.isdisjoint(normal_name(name) for name in (one.candidate, *one.aliases)):
            raise ActRefused(f"no votes are given for {one.candidate}, whom we speak for")
    return tuple(Selection(name, name, votes) for name, votes in act.votes)


def _units(act: Act, last: Contest | None) -> Units | None:
    old = last.units if last else None
    if act.units is None:
        return old
    reported, total = act.units
    if not 0 <= reported <= total <= MOST:
        raise ActRefused(f"{reported:,} of {total:,} units cannot be; write them as 12/57")
    return Units(reported, total, old.kind if old else UnitKind.UNITS)


def _arrival(teller: Teller, contest: Contest) -> Arrival:
    watched, state = teller.watched, teller.state
    return Arrival(
        snapshot=Snapshot(contest, teller.now),
        at=teller.now,
        is_look=True,
        expected_date=watched.race.election.date,
        closes_at=state.people.closes_at or watched.closes_at or teller.now,
        is_live=True,
        people=people_of(watched.race),
    )


def _proved(standing: SourceStanding, now: datetime) -> SourceStanding:
    """Whoever stands for figures by name is the second look at them."""
    return replace(standing, first_look=now - LOOKS_APART, last_look=now)


def seen_twice(teller: Teller) -> None:
    """Let a change of the lead be told at once: a named person stands for the figures."""
    _, decisions = current(teller.watched, teller.state, teller.now)
    for one in decisions:
        told = teller.told(one.candidate)
        if told.standing is not None and told.standing is not one.standing:
            since = teller.now - LOOKS_APART
            turned = replace(told, turning=one.standing, turning_since=since)
            teller.remember(one.candidate, turned)


# -- a close that is moved ---------------------------------------------------------------


def hold_early(teller: Teller) -> None:
    """Hold figures accepted before a close that was moved to later, until a look after it.

    What a person typed in stays: no look would ever release it, and no outcome goes out
    on it by itself.
    """
    close = teller.state.people.closes_at or teller.watched.closes_at
    if close is None or teller.now >= close:
        return
    for source, standing in teller.state.standings.items():
        shown, hold = standing.accepted, standing.hold
        is_hard = hold is not None and hold.kind is HoldKind.HARD
        if source.startswith(ENTERED) or shown is None or is_hard or not total_of(shown.contest):
            continue
        early = Hold(HoldKind.HARD, BEFORE_CLOSE, teller.now, shown)
        unproved = replace(standing, hold=early, first_look=None, last_look=None)
        keep_standing(teller, source, unproved)


# -- sources -----------------------------------------------------------------------------


def supersede(teller: Teller, act: Act) -> str:
    """Leave a source out of the tally from now on; it stays visible."""
    source = source_of(teller, act.source)
    people = teller.state.people
    if source in people.superseded:
        raise ActRefused(
            already(teller, f"the source {source} is superseded", people.superseded[source])
        )
    if not _has_other(teller, source):
        need_override(act, f"nothing else covers what {source} covers, so no total would be left")
    left_out = {**people.superseded, source: stood(teller, act)}
    keep_people(teller, replace(people, superseded=left_out))
    since = f" for its figures since {act.since:%Y-%m-%d %H:%M %Z}" if act.since else ""
    return f"the source {source} is left out of the total from now on{since}; it stays visible"


def _has_other(teller: Teller, source: str) -> bool:
    """Say whether an alternative, or figures by hand, stand beside a source."""
    group = next(
        one for one in groups(teller.watched.race) if source in [use.source for use in one]
    )
    left = {use.source for use in group} - {source, *teller.state.people.superseded}
    return bool(left) or entered_key(source) in teller.state.standings


def go_live(teller: Teller, act: Act) -> str:
    """Trust a source that showed rehearsal data: what it shows now are real votes."""
    source = source_of(teller, act.source)
    people = teller.state.people
    if source in people.live:
        at = clock(people.live[source].at, zone_of(teller.watched), teller.now)
        raise ActRefused(
            f"the source {source} is live already, as {people.live[source].who} said at {at}"
        )
    if standing_of(teller, source).rehearsed_at is None:
        raise ActRefused(
            f"the source {source} has shown no rehearsal votes, so it is live by itself"
        )
    keep_people(teller, replace(people, live={**people.live, source: stood(teller, act)}))
    return f"the source {source} is live: what it shows from now on are votes"
