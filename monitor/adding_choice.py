"""`add`: what a person asked for and what the site has, put together. Pure; nothing is guessed.

A contest is named by its id or by words that fit one; a candidate by a name that fits exactly
one line, by the rules of `match`. What nobody named in full is `proposed`: it is shown and
asked for, and a script that cannot be asked is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, time
from shlex import quote
from typing import TYPE_CHECKING

from monitor import adding
from monitor.adding import Draft, ElectionDraft, RaceDraft, SourceDraft, UseDraft
from monitor.adding_finding import (
    LISTED,
    AddRefused,
    endorsements_of,
    found_by,
    line_of_ballot,
    one_contest,
    refuse_taken,
    refuse_twice,
    refuse_unlisted,
    where,
)
from monitor.config_checks import PARTISAN
from monitor.config_types import PARTY
from monitor.county_names import slug_words
from monitor.errors import NothingMatched
from monitor.match import Unmatched, is_prosecutor
from monitor.model import Contest
from monitor.races import Election, ElectionKind, Race

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.lookup import Lookup, Recognised
    from monitor.races import Config


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed. `candidates`: each as staff say it, and as the ballot prints it or ""."""

    url: str
    contest: str = ""
    candidates: tuple[tuple[str, str], ...] = ()
    by: tuple[str, ...] = ()
    channel: str = ""
    party: str = ""
    counties: tuple[str, ...] = ()
    race: str = ""
    election: str = ""
    source: str = ""
    day: date | None = None
    state: str = ""
    kind: ElectionKind | None = None
    name: str = ""
    office: str = ""
    office_kind: str = ""
    polls_close: time | None = None
    zone: str = ""
    callers: tuple[str, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What would be written, for which race, and what of it nobody named in full."""

    draft: Draft
    race: str
    contest: Contest
    proposed: tuple[str, ...]


def choose(asked: Asked, config: Config, link: Recognised, found: Lookup) -> Chosen:
    """Choose contest, candidates and ids. Raises `NothingMatched` or `AddRefused`."""
    _refuse_unseen(asked, link, found)
    there = next((one for one in config.races if one.id == asked.race), None)
    if there:
        return _second_source(asked, config, there, link, found)
    return _new_race(asked, config, link, found)


def _refuse_unseen(asked: Asked, link: Recognised, found: Lookup) -> None:
    """Refuse a race that nobody has seen: what is written must have been found there."""
    if found.contests:
        return
    why = "; ".join(found.failures) or "the site has no contests yet"
    if link.missing:
        listed = (f"{one.name} ({_settings(one.settings)})" for one in found.elections[:LISTED])
        has = "; ".join(listed) or "; ".join(found.failures) or "no list of elections"
        why = f"the link does not say {', '.join(link.missing)}; give --set KEY=VALUE; it has {has}"
    raise AddRefused(
        f"nothing is written, because nobody has seen the race: {why}. For tables to fill in by "
        f"hand: run.py sources {quote(asked.url)} --no-fetch"
    )


def _settings(settings: Iterable[tuple[str, str]]) -> str:
    return " ".join(f"--set {key}={value}" for key, value in settings)


# -- a race that is there already ----------------------------------------------------------

_OF_A_NEW_RACE = (
    "candidates", "by", "channel", "party", "election", "state", "kind", "name", "office",
    "office_kind", "polls_close", "zone", "callers",
)  # fmt: skip


def _second_source(
    asked: Asked, config: Config, race: Race, link: Recognised, found: Lookup
) -> Chosen:
    if extra := [key for key in _OF_A_NEW_RACE if getattr(asked, key)]:
        raise AddRefused(
            f"race {race.id} is there already ({where(config, race)}); a second source takes "
            f"nothing of {', '.join(extra)}: edit the race, or give another --race"
        )
    day = _day(asked, link, found) or race.election.date
    if day != race.election.date:
        raise AddRefused(f"the site shows {day}; race {race.id} is of {race.election.date}")
    counties = _counties(asked, link)
    if not counties:
        raise AddRefused("give --county NAME: the counties whose votes it has")
    source, table = _source(asked, config, link, race.election.id, day, counties[0])

    def fits(contest: Contest) -> bool:
        return not isinstance(found_by(race, source, contest), Unmatched)

    contest, proposed = one_contest(asked.contest, race.party, link.scraper, found.contests, fits)
    refuse_unlisted(race, source, contest)
    refuse_twice(config, source, contest)
    use = UseDraft(source, counties, contest.key, contest.title)
    return Chosen(
        Draft(None, table, None, use, into=config.races.index(race)), race.id, contest, proposed
    )


# -- a new race ----------------------------------------------------------------------------


def _new_race(asked: Asked, config: Config, link: Recognised, found: Lookup) -> Chosen:
    needs: list[str] = []

    def fits(contest: Contest) -> bool:
        return all(line_of_ballot(name, ballot, contest) for name, ballot in asked.candidates)

    contest, proposed = one_contest(asked.contest, asked.party, link.scraper, found.contests, fits)
    election, table = _election(asked, config, link, _day(asked, link, found), needs)
    counties = _counties(asked, link)
    if not counties:
        needs.append("--county NAME, whose votes it has")
    if not asked.candidates:
        names = "; ".join(choice.name for choice in contest.selections[:LISTED])
        needs.append(f"--candidate NAME, one of {names}")
    by, office = _by(asked, config, needs), _office(asked, contest, needs)
    party = _party(asked, contest, election.kind, needs)
    if len(counties) > 1 and not (asked.race and asked.name):
        needs.append("--race ID and --name TEXT for a race of several counties")
    if needs:
        raise AddRefused(f"«{contest.title}» is there; still needed: {'; '.join(needs)}")
    source, source_table = _source(asked, config, link, election.id, election.date, counties[0])
    endorsements, asides = endorsements_of(asked.candidates, contest, by)
    draft = RaceDraft(
        id=asked.race or adding.race_id(counties[0], office, party, election.date),
        election=election.id,
        name=asked.name or adding.race_name(counties[0], office),
        office=office,
        endorsements=endorsements,
        party=party,
        office_kind=asked.office_kind,
        seats=contest.number_elected,
        polls_close=asked.polls_close,
        zone=asked.zone,
        callers=asked.callers,
    )
    race = Race(
        draft.id, election, draft.name, office, endorsements, (), party=party, seats=draft.seats
    )
    refuse_unlisted(race, source, contest)
    refuse_twice(config, source, contest)
    refuse_taken(config, draft.id)
    use = UseDraft(source, counties, contest.key, contest.title)
    return Chosen(Draft(table, source_table, draft, use), draft.id, contest, (*proposed, *asides))


def _counties(asked: Asked, link: Recognised) -> tuple[str, ...]:
    """Return whose votes the source has, as given; else the one county it reads, if it says so."""
    own = link.county or dict(link.settings).get("county", "")
    return asked.counties or tuple(filter(None, (own,)))


def _day(asked: Asked, link: Recognised, found: Lookup) -> date | None:
    said = found.day or link.day
    if said and asked.day and said != asked.day:
        raise AddRefused(f"the site shows {said}, not {asked.day}; is it the right link?")
    return said or asked.day


def _election(
    asked: Asked, config: Config, link: Recognised, day: date | None, needs: list[str]
) -> tuple[Election, ElectionDraft | None]:
    """Return the election: one that is there and fits, or a new one with its table."""
    state, known = asked.state or link.state, {one.id: one for one in config.elections}
    if link.state and state != link.state:
        raise AddRefused(f"{link.scraper} reads {link.state}, not {state}")
    if asked.election in known:
        held = known[asked.election]
        if day not in {None, held.date} or state not in {"", held.state}:
            raise AddRefused(
                f"election {held.id} is of {held.date} in {held.state}; the link is of "
                f"{day or held.date} in {state or held.state}"
            )
        return held, None
    fitting = [
        one
        for one in known.values()
        if (one.date, one.state) == (day, state) and asked.kind in {None, one.kind}
    ]
    if len(fitting) == 1 and not asked.election:
        return fitting[0], None
    if fitting and not asked.election:
        ids = " or ".join(one.id for one in fitting)
        needs.append(f"--election {ids}: several are of that day")
    elif not asked.kind:
        needs.append(f"--kind, one of {', '.join(ElectionKind)}")
    needs += [] if day else ["--date YYYY-MM-DD, election day"]
    needs += [] if state else ["--state XX"]
    name = asked.election or adding.election_id(state, day)
    if name in known:
        needs.append(f"--election ID, because {name} is there and is another one")
    kind = asked.kind or ElectionKind.GENERAL  # needed above, where nobody gave it
    return Election(name, day or date.max, state, kind), ElectionDraft(name, day, state, kind)


def _by(asked: Asked, config: Config, needs: list[str]) -> tuple[str, ...]:
    """Return the organisations: those given, or the one there is."""
    channels = config.slack.channels
    if asked.channel and asked.channel not in {one.name for one in channels}:
        has = ", ".join(one.name for one in channels) or "none"
        raise NothingMatched(f"no channel {asked.channel} in the configuration; it has {has}")
    told = [one for one in channels if asked.channel in ("", one.name)]
    known = tuple(dict.fromkeys(name for one in told for name in one.organisations))
    if not asked.by and len(known) != 1:
        needs.append(f"--by ORGANIZATION, one of {'; '.join(known) or 'those on a channel'}")
    return asked.by or known


def _office(asked: Asked, contest: Contest, needs: list[str]) -> str:
    office = asked.office or adding.office_of(contest.title)
    if not is_prosecutor(contest.title) and not (asked.office and asked.office_kind):
        needs.append("--office TEXT and --office-kind KIND: the title names no prosecutor")
    elif not office:
        needs.append("--office TEXT: the title does not name it in full")
    return office


def _party(asked: Asked, contest: Contest, kind: ElectionKind, needs: list[str]) -> str:
    if asked.party or kind is ElectionKind.GENERAL:
        return asked.party
    if re.fullmatch(PARTY, contest.party):
        return contest.party
    if kind in PARTISAN:
        needs.append("--party DEM (or another): whose primary it is, the site does not say")
    return ""


def _source(
    asked: Asked, config: Config, link: Recognised, election: str, day: date, county: str
) -> tuple[str, SourceDraft | None]:
    """Return the id of the source that reads this link already, or a new one with its table."""
    for one in config.sources:
        is_it = (one.scraper, set(one.settings)) == (link.scraper, set(link.settings))
        if is_it and one.election.id == election:
            if asked.source not in {"", one.id}:
                raise AddRefused(f"this link is the source {one.id} already; leave --source out")
            return one.id, None
    plain, taken = adding.source_id(link), {one.id for one in config.sources}
    place = "_".join(slug_words(county))
    free = [
        name for name in (plain, f"{plain}_{place}", f"{plain}_{day.year}") if name not in taken
    ]
    name = asked.source or next(iter(free), "")
    if not name or name in taken:
        raise AddRefused(f"a source {name or plain} is there and reads something else; --source ID")
    return name, SourceDraft(name, election, link.scraper, bool(link.county), link.settings)
