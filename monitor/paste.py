"""Config for a results link, ready to paste: what is known is filled in, the rest is asked for.

What the link does not say stands as a comment, so that a pasted block is refused
until a person has written it.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from monitor.races import ElectionKind

if TYPE_CHECKING:
    from datetime import date

    from monitor.lookup import Lookup, Recognised
    from monitor.model import Contest

_PROSECUTOR = re.compile(
    r"(?:district|prosecuting|state'?s|commonwealth'?s?|county|circuit) attorney|prosecutor",
    re.IGNORECASE,
)


def config_for(link: Recognised, found: Lookup) -> str:
    """Write the tables for a link: election, source, and the skeleton of a race."""
    day = found.day or link.day
    election = f"{link.state.lower() or 'state'}-{day or 'election-day'}"
    source = link.scraper if link.county else _source_id(link)
    lines = [*_election(election, link, day), "", *_source(source, election, link)]
    contest = next((one for one in found.contests if _PROSECUTOR.search(one.title)), None)
    lines += ["", *_race(source, election, link, contest)]
    return "\n".join(lines) + "\n"


def _source_id(link: Recognised) -> str:
    """Make an id: the platform's name and what tells this place from others."""
    place = dict(link.settings).get("jurisdiction", dict(link.settings).get("cid", ""))
    return "_".join((link.scraper, *re.findall(r"[a-z0-9]+", place.lower())))


def _election(election: str, link: Recognised, day: date | None) -> list[str]:
    return [
        f"[elections.{election}]",
        f"date = {day}" if day else "# date = YYYY-MM-DD: election day; the link does not say",
        f'state = "{link.state}"' if link.state else '# state = "XX": write the state',
        f'# kind = "…": write one of {", ".join(ElectionKind)}',
    ]


def _source(source: str, election: str, link: Recognised) -> list[str]:
    lines = [f"[sources.{source}]", f'election = "{election}"']
    if not link.county:
        lines.append(f'platform = "{link.scraper}"')
    lines += [f"{key} = {_text(value)}" for key, value in link.settings]
    return lines + [f'# {key} = "…": the link does not say' for key in link.missing]


def _race(source: str, election: str, link: Recognised, contest: Contest | None) -> list[str]:
    county = link.county or "COUNTY"
    party = contest.party if contest else ""
    lines = [
        "[[races]]",
        f'id = "{_race_id(link, contest)}"',
        f'election = "{election}"',
        f"name = {_text(f'{county} DA')}",
        'office = "District Attorney"',
        f'party = "{party}"' if party else '# party = "DEM": in a party primary only',
        "",
        "[[races.endorsements]]",
    ]
    names = [choice.name for choice in contest.selections] if contest else []
    lines += [f"# one of: {'; '.join(names)}"] if names else []
    lines += [
        'candidate = "CANDIDATE"',
        'by = ["ORGANIZATION"]',
        "",
        "[[races.sources]]",
        f'source = "{source}"',
        f"covers = [{_text(county)}]",
    ]
    if contest is None:
        return [*lines, "contest = 'District Attorney'"]
    return [*lines, f"# {contest.title}", f"contest_key = {_text(contest.key)}"]


def _race_id(link: Recognised, contest: Contest | None) -> str:
    words = (link.county.lower().replace(" ", "-") or "county", "da")
    party = contest.party.lower() if contest and contest.party else ""
    return "-".join(filter(None, (*words, party)))


def _text(value: str) -> str:
    """Write a TOML string; JSON's escapes are TOML's."""
    return json.dumps(value, ensure_ascii=False)
