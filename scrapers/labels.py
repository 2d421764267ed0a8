"""Words of results sites that mean the same everywhere: vote types, parties, marks on names.

Nothing is guessed: a word that is not plainly one of these is kept as it stands.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from monitor.model import VoteType
from monitor.parties import CODES
from scrapers.base import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

_BALLOTS = r"(?: (?:votes|ballots|voting))*"
_TYPES = tuple(
    (re.compile(rf"(?:{form}){_BALLOTS}", re.IGNORECASE), kind)
    for form, kind in (
        (r"total", VoteType.TOTAL),
        (r"election[ -]day|ed (?:electronic|paper)|poll(?:s|ing place)?", VoteType.ELECTION_DAY),
        (
            r"early|early[ -]vote(?:-\w+)?|advanced?|ev (?:electronic|paper)|in[ -]person early",
            VoteType.EARLY,
        ),
        (
            r"absentee(?: by mail)?|mail(?:[ -]in)?|(?:all|vote)[ -](?:by[ -])?mail|vbm",
            VoteType.ABSENTEE_MAIL,
        ),
        (r"provisional", VoteType.PROVISIONAL),
    )
)
_PRIMARIES = frozenset({"DEM", "REP", "LIB", "GRN", "CST", "DFL"})
_FILLING = re.compile(r"\b(?:the|party|primary|prefers|pref\.?|preference:?)\b", re.IGNORECASE)
_INCUMBENT = re.compile(r"\s*(?:\((?:i|inc|incumbent)\)|\*+)\s*$|^\*+\s*", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*\(([^()]+)\)\s*$")
_VOTE_FOR = re.compile(r"\s*\(vote for (?:not? more than |up to |any )?(\w+)\)\s*", re.IGNORECASE)
_DASH = re.compile(r"\s+[-\N{EN DASH}\N{EM DASH}]\s*|\s*[-\N{EN DASH}\N{EM DASH}]\s+")
_NOBODYS = (
    r"un(?:resolved|assigned|qualified|certified|declared|official)|certified|qualified|invalid"
    r"|scattered|misc\w*|other|total|all"
)
_WRITE_IN = re.compile(
    rf"\W*(?:(?:{_NOBODYS})\W+)*"
    rf"write\W?ins?(?:\W+(?:{_NOBODYS}|votes?|totals?|candidates?|none|\d+))*\W*(?:/.*)?"
    r"|personal choice"
    r"|scatter(?:ing|ed)?(?: votes)?",
    re.IGNORECASE,
)
_OFFICIAL = re.compile(
    r"(?:final )?(?:official|certified) (?:final |certified |official |election )*results?\b"
    r"(?! (?:site|page|web|will|are|to|from|of))",
    re.IGNORECASE,
)
_DOUBT = re.compile(
    r"unofficial|un-official|semi-?official|not (?:yet )?(?:official|certified|final)|until|pending"
    r"|preliminary|partial|subject to|will be",
    re.IGNORECASE,
)
_SEATS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}


def vote_type(label: str) -> VoteType:
    """Return NIST's type for a source's label, OTHER where it is not plainly one."""
    return next((kind for form, kind in _TYPES if form.fullmatch(label)), VoteType.OTHER)


def is_write_in(name: str) -> bool:
    """Return whether a line holds all write-ins together.

    "Jane Roe (Write-in)" names one person and is a candidate like others; NJ
    says "Personal Choice", Wisconsin "Scattering".
    """
    return _WRITE_IN.fullmatch(name) is not None


def says_official(texts: Iterable[str]) -> bool:
    """Return whether a headline says that results are official, and none of them casts doubt."""
    said = tuple(texts)
    if any(_DOUBT.search(text) for text in said):
        return False
    return any(map(_OFFICIAL.match, said))


def party_code(words: str) -> str:
    """Return DEM for "D", "Democratic Party" or "(Prefers Democratic Party)", "" for none.

    A party that is not known keeps its own words, in capitals where it is one short word.
    """
    text = clean(words).strip("() ")
    plain = clean(_FILLING.sub(" ", text)).casefold().replace("-", "").replace(".", "")
    plain = "nonpartisan" if plain == "non partisan" else plain
    known = CODES.get(plain)
    if known is not None:
        return known
    return text.upper() if re.fullmatch(r"\w{1,4}", text) else text


def plain_name(name: str) -> str:
    """Return a name without the mark of an incumbent: "(I)", "(INCUMBENT)", "*"."""
    return clean(_INCUMBENT.sub("", clean(name)))


def name_and_party(name: str) -> tuple[str, str]:
    """Part "Todd Chiles (DEM)" or "Paul Howard (I) (Dem)"; only a party is taken off."""
    text = plain_name(name)
    found = _BRACKETED.search(text)
    if found is None:
        return text, ""
    code = party_code(found.group(1))
    if code not in set(CODES.values()) - {""}:
        return text, ""
    return plain_name(text[: found.start()]), code


def title_and_party(title: str) -> tuple[str, str]:
    """Part "DEM - District Attorney - Atlanta" or "District Attorney, Alapaha Circuit - REP".

    The party is that of a primary, "" where the title names none at its begin or end.
    """
    text = clean(_VOTE_FOR.sub(" ", title))
    parts = _DASH.split(text)
    for place in (0, -1):
        code = party_code(parts[place])
        if len(parts) > 1 and code in _PRIMARIES and len(parts[place].split()) <= 2:  # noqa: PLR2004
            dash = list(_DASH.finditer(text))[place]
            return clean(text[dash.end() :] if place == 0 else text[: dash.start()]), code
    found = _BRACKETED.search(text)
    if found and (code := party_code(found.group(1))) in _PRIMARIES:
        return clean(text[: found.start()]), code
    return text, ""


def votes_allowed(title: str) -> int:
    """Return the number in "(VOTE FOR 2)" or "(Vote for two)", 1 where a title says none."""
    found = _VOTE_FOR.search(title)
    return (seats_in(found.group().strip(" ()")) if found else None) or 1


def seats_in(words: str) -> int | None:
    """Return the number of "Vote for 2" or "Vote for no more than three", None for other words."""
    found = _VOTE_FOR.fullmatch(f"({clean(words)})")
    if found is None:
        return None
    word = found.group(1).casefold()
    return _SEATS.get(word) or (int(word) if word.isdecimal() and int(word) > 0 else None)
