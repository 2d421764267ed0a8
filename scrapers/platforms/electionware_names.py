"""Names and titles of Electionware reports, which carry a party in front: "REP Jo Roe"."""

from __future__ import annotations

import re

from scrapers.labels import party_code, plain_name

_IN_FRONT = re.compile(r"([A-Z]{3}) (?:For )?(\S.*)")
_PARTIES = frozenset(
    "DEM REP LIB GRN GRE CON CST IND UST NLP WCP NPA IAP UUP".split()  # noqa: SIM905 - codes
)
"""Codes that were seen in front of names; others may be a name, as in "ROY LOVELADY"."""


def name_and_party(printed: str) -> tuple[str, str]:
    """Part "REP Jo Roe", or the title "DEM For Prosecuting Attorney", into name and party."""
    found = _IN_FRONT.fullmatch(printed)
    if found is None or found.group(1) not in _PARTIES:
        return plain_name(printed), ""
    return plain_name(found.group(2)), party_code(found.group(1))
