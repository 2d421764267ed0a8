"""Undo of what was said of figures and sources: entered, accepted, rejected, seen. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.decision import Basis
from monitor.doing import keep_people, keep_standing, source_of, standing_of
from monitor.match import normal_name
from monitor.recorded import Recorded, replaced, standing_key

if TYPE_CHECKING:
    from monitor.people import Act, People, Stood
    from monitor.standing import SourceStanding
    from monitor.teller import Teller


def entered(teller: Teller, _: Act, undone: Recorded) -> None:
    """Take figures by hand away again."""
    act, people = undone.act, teller.state.people
    key = standing_key(teller, act) if act.votes else ""
    is_there = not key or _is_of(standing_of(teller, key), act)
    if not is_there or (act.outstanding is not None and not _is_given(people, act)):
        raise replaced(undone)
    if key:
        keep_standing(teller, key, undone.before.standing)
    if act.outstanding is not None:
        keep_people(teller, replace(people, outstanding=undone.before.people.outstanding))


def _is_of(standing: SourceStanding, act: Act) -> bool:
    """Say whether the figures that stand by hand are those of an act."""
    if standing.accepted is None:
        return False
    contest = standing.accepted.contest
    shown = {normal_name(line.name): line.votes for line in contest.selections}
    same = all(shown.get(normal_name(name)) == votes for name, votes in act.votes)
    return same and contest.who == act.who


def _is_given(people: People, act: Act) -> bool:
    given = people.outstanding
    return given is not None and (given.votes, given.source) == (act.outstanding, act.link)


def accepted(teller: Teller, _: Act, undone: Recorded) -> None:
    """Put the figures of before, and the hold, back; the next look is judged against them."""
    keep_standing(teller, standing_key(teller, undone.act), undone.before.standing)


def superseded(teller: Teller, _: Act, undone: Recorded) -> None:
    """Count a source again."""
    people = teller.state.people
    rest = _without(teller, people.superseded, undone)
    keep_people(teller, replace(people, superseded=rest))


def live(teller: Teller, _: Act, undone: Recorded) -> None:
    """Trust a source that showed a rehearsal no more than by itself."""
    people = teller.state.people
    keep_people(teller, replace(people, live=_without(teller, people.live, undone)))


def _without(teller: Teller, stood: dict[str, Stood], undone: Recorded) -> dict[str, Stood]:
    source = source_of(teller, undone.act.source)
    if source not in stood or stood[source].act != undone.act.id:
        raise replaced(undone)
    return {k: v for k, v in stood.items() if k != source}


def rejected(teller: Teller, _: Act, undone: Recorded) -> None:
    """Ask about a held report again."""
    people = teller.state.people
    rest = {k: v for k, v in people.rejected.items() if v.by.act != undone.act.id}
    if rest == people.rejected:
        raise replaced(undone)
    keep_people(teller, replace(people, rejected=rest))


def acknowledged(teller: Teller, _: Act, undone: Recorded) -> None:
    """Page callers again of what somebody was said to have seen."""
    people, before = teller.state.people, undone.before.people.acknowledged
    rest = {k: v for k, v in people.acknowledged.items() if v.act != undone.act.id}
    if rest == people.acknowledged:
        raise replaced(undone)
    earlier = {k: v for k, v in before.items() if v.act in people.undoable and k not in rest}
    keep_people(teller, replace(people, acknowledged={**rest, **earlier}))
    if "" not in rest and "" in people.acknowledged:
        for candidate, told in teller.state.told.items():
            if told.doubt_since is not None and told.basis is not Basis.CERTIFIED:
                teller.remember(candidate, replace(told, paged=False))
