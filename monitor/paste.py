"""Config for a results link, ready to paste: what is known is filled in, the rest is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.adding import (
    Draft,
    ElectionDraft,
    RaceDraft,
    SourceDraft,
    UseDraft,
    blocks,
    election_id,
    office_of,
    race_id,
    race_name,
    source_id,
)
from monitor.adding_text import written
from monitor.match import is_prosecutor
from monitor.races import Endorsement

if TYPE_CHECKING:
    from monitor.lookup import Lookup, Recognised


def config_for(link: Recognised, found: Lookup) -> str:
    """Write the tables for a link: election, source, and the skeleton of a race."""
    tables = (table for block in blocks(_draft(link, found)) for table in block.tables)
    return written(tables)


def _draft(link: Recognised, found: Lookup) -> Draft:
    day = found.day or link.day
    election, source = election_id(link.state, day), source_id(link)
    contest = next((one for one in found.contests if is_prosecutor(one.title)), None)
    county, party = link.county or "COUNTY", contest.party if contest else ""
    office = office_of(contest.title if contest else "") or "District Attorney"
    return Draft(
        ElectionDraft(election, day, link.state, None),
        SourceDraft(source, election, link.scraper, bool(link.county), link.settings, link.missing),
        RaceDraft(
            id=race_id(county, office, party, day),
            election=election,
            name=race_name(county, office),
            office=office,
            endorsements=(Endorsement("CANDIDATE", ("ORGANIZATION",)),),
            party=party or None,
            choices=tuple(one.name for one in contest.selections) if contest else (),
        ),
        UseDraft(
            source, (county,), contest.key if contest else "", contest.title if contest else ""
        ),
    )
