"""One county of a state's site: which election is the county's own, and what joins the two.

A state's settings list its counties as "Clear_Creek|115915|314283|11/23/2022 …|16": name as
in paths, election, version, time. The version there is left alone, since 12 of Georgia's
159 led to a 404: the county's own current_ver.txt says it.

A setting on the state's source, because ops paste one link for all of a state, know a
county by its name and not by an election number of its own, and can pin one contest key
for all its counties. It costs the state's two files for each of the state's versions.

A contest has one key at the state and another in each county; a county's row names the
state's as `AggID`. Both kinds of key are plain numbers, so that one key can mean two
contests. Under the state's election a contest therefore goes by the state's key, and one
that the state does not have, or with other people in it, by "county/" and the county's key.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged, NotFound
from scrapers.base import json_of
from scrapers.platforms.clarity_json import in_key_order
from scrapers.platforms.clarity_links import ELECTION
from scrapers.platforms.clarity_settings import details_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.model import Contest, Page, Report


def own_election(page: Page, county: str) -> tuple[str, str]:
    """Return a county's name as paths spell it, and its own election, from the state's list.

    Raises `NotFound` for a county that is not listed, and `LayoutChanged` where it is listed
    twice or without an election.
    """
    rows = details_of(json_of(page), page.url).get("participatingcounties")
    if not isinstance(rows, list):
        raise LayoutChanged(f"expected participatingcounties, found {rows!r:.40} at {page.url}")
    listed = [str(row).split("|") for row in rows]
    ours = [row for row in listed if _folded(row[0]) == _folded(county)]
    if not ours:
        named = ", ".join(row[0] for row in listed[:200]) or "none"
        raise NotFound(
            f"no county {county!r} in the list of {page.url}, which has {named}; "
            "correct the setting county, or give the county's own link"
        )
    if len(ours) > 1:
        raise LayoutChanged(
            f"the county {county!r} is listed {len(ours)} times at {page.url}; "
            "open it, and give the county's own link"
        )
    name, *rest = ours[0]
    if not rest or not ELECTION.fullmatch(rest[0]):
        raise LayoutChanged(f"expected an election of {name}, found {ours[0]!r:.80} at {page.url}")
    return name, rest[0]


def _folded(county: str) -> str:
    words = " ".join(county.replace("_", " ").split()).casefold()
    return words.removesuffix(" county")


def under_state(state: Report, county: Report, name: str, where: str) -> Report:
    """Return the county's report with its contests under the state's keys.

    No figure comes from the state, and none is compared: either file may be the newer.
    Raises `LayoutChanged` where the county's file is of another date.
    """
    days = (state.election_date, county.election_date)
    if None not in days and days[0] != days[1]:
        raise LayoutChanged(
            f"the state's list leads {name} to an election of {days[1]}, its own is of {days[0]}, "
            f"at {where}; give the county's own link"
        )
    theirs = {contest.key: contest for contest in state.contests}
    contests = (replace(one, key=_key(one, theirs)) for one in county.contests)
    return replace(
        county,
        contests=in_key_order(contests, where),
        election_date=county.election_date or state.election_date,
        is_test=county.is_test or state.is_test,
    )


def _key(contest: Contest, theirs: Mapping[str, Contest]) -> str:
    """Return the state's key where the state has the contest with the same people in it."""
    other = theirs.get(contest.aggregate_key)
    if other is not None and _people(other) == _people(contest):
        return other.key
    return f"county/{contest.key}"


def _people(contest: Contest) -> set[str]:
    """Return the names on the ballot: only one of two levels may print the write-in line."""
    return {line.name.casefold() for line in contest.selections if not line.is_write_in}
