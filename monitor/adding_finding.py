"""`add`: which contest and which line of it are meant, and what stands there already. Pure.

By the rules of `match`: an id or a text that fits one contest, a name that fits exactly one
line. A lone surname is taken only as a proposal, in full, and likeness only orders a list.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.contest_lists import narrowed
from monitor.errors import MonitorError, NothingMatched
from monitor.match import Unmatched, find, is_prosecutor, normal_name
from monitor.model import Report
from monitor.races import Endorsement, SourceUse
from monitor.toml_lines import line_index, line_of
from monitor.words import surname

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.match import Found
    from monitor.model import Contest
    from monitor.races import Config, Race

LISTED = 12
"""Contests, elections and names that an answer lists."""


class AddRefused(MonitorError):
    """Nothing was written; the sentence says why, and what to give."""


# -- contest and candidates ----------------------------------------------------------------


def one_contest(
    wanted: str,
    party: str,
    source: str,
    contests: tuple[Contest, ...],
    fits: Callable[[Contest], bool],
) -> tuple[Contest, tuple[str, ...]]:
    """Return the one contest meant, and, where it was not named by its id, what it is.

    `wanted`: its id, words of its title, or "" for the prosecutor's. Where several are left,
    those count that `fits` says our candidates stand in.
    """
    keyed = [one for one in contests if wanted and one.key == wanted]
    if keyed:
        found = keyed
    elif wanted:
        found = list(narrowed(Report(contests), source, wanted))
    else:
        found = [one for one in contests if is_prosecutor(one.title)]
    found = [one for one in found if not (party and one.party) or one.party == party]
    if len(found) > 1:
        found = [one for one in found if fits(one)] or found
    if len(found) != 1:
        listed = "; ".join(map(_named, found[:LISTED] or contests[:LISTED]))
        what = f"{len(found)} contests fit" if found else "no contest of a prosecutor fits"
        raise NothingMatched(f"{what}; give --contest with an id. It has {listed}")
    return found[0], () if keyed else (f"the contest {_named(found[0])}",)


def _named(contest: Contest) -> str:
    party = f", {contest.party}" if contest.party else ""
    return f"«{contest.title}» (id {contest.key}{party})"


def endorsements_of(
    candidates: tuple[tuple[str, str], ...], contest: Contest, by: tuple[str, ...]
) -> tuple[tuple[Endorsement, ...], tuple[str, ...]]:
    """Return whom we speak for; a surname that fits one line is proposed in full."""
    made, proposed = list[Endorsement](), list[str]()
    for name, ballot in candidates:
        full = line_of_ballot(name, ballot, contest) or name
        made.append(Endorsement(full, by, (ballot,) if ballot else ()))
        if full != name:
            proposed.append(f"{full} for {name}")
    return tuple(made), tuple(proposed)


def line_of_ballot(name: str, ballot: str, contest: Contest) -> str:
    """Return the name to write: as typed where it fits one line, in full where a surname does."""
    wanted = {normal_name(one) for one in (name, ballot)} - {""}
    exact = [one for one in contest.selections if normal_name(one.name) in wanted]
    if exact or ballot or len(normal_name(name).split()) != 1:
        return name if len(exact) == 1 else ""
    last = [
        one.name
        for one in contest.selections
        if not one.is_write_in and normal_name(surname(one.name)) == normal_name(name)
    ]
    return last[0] if len(last) == 1 else ""


# -- refusals ------------------------------------------------------------------------------


def found_by(race: Race, source: str, contest: Contest) -> Found | Unmatched:
    """Find a race in one contest, by its id, as `watch` will."""
    use = SourceUse(source, (), contest_key=contest.key)
    return find(Report((contest,)), race, use)


def refuse_unlisted(race: Race, source: str, contest: Contest) -> None:
    """Refuse candidates that are not there; the answer lists who is, nearest first."""
    found = found_by(race, source, contest)
    if isinstance(found, Unmatched):
        raise NothingMatched(found.sentence)
    if not contest.counts_known or not contest.selections:
        raise AddRefused(f"«{contest.title}» lists nobody yet; add it when its candidates are seen")


def refuse_twice(config: Config, source: str, contest: Contest) -> None:
    """Refuse a contest that a race reads from this source already."""
    for race in config.races:
        for use in race.sources:
            has = find(Report((contest,)), replace(race, endorsements=()), use)
            if use.source == source and not isinstance(has, Unmatched):
                raise AddRefused(
                    f"«{contest.title}» of {source} is watched already by race {race.id} "
                    f"({where(config, race)}); another endorsement goes there"
                )


def refuse_taken(config: Config, race_id: str) -> None:
    """Refuse an id that a race has."""
    for race in config.races:
        if race.id == race_id:
            raise AddRefused(
                f"a race {race_id} is there already ({where(config, race)}); give --race {race_id} "
                "alone for a second source of it, or another --race ID"
            )


def where(config: Config, race: Race) -> str:
    """Say on which line of the file a race stands."""
    line = line_of(line_index(config.text), ("races", config.races.index(race)))
    return f"line {line} of the file"
