"""Find a race's contest and our candidates in a report. Pure; matching never guesses.

A contest is found by the source's own id or by a pattern that fits exactly one
title; a candidate by whole-name equality after normalising. Nothing is ever found
by likeness: likeness only orders the list of what the source does have.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from itertools import combinations
from typing import TYPE_CHECKING

from monitor.likeness import alike, nearest, spelt_alike
from monitor.model import Contest, Selection
from monitor.parties import CODES
from monitor.races import Endorsement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import Report
    from monitor.races import Race, SourceUse


class Trouble(StrEnum):
    """Why a race is not matched."""

    CONTEST_MISSING = "contest-missing"
    CONTEST_AMBIGUOUS = "contest-ambiguous"
    CANDIDATE_MISSING = "candidate-missing"
    CANDIDATE_AMBIGUOUS = "candidate-ambiguous"


@dataclass(frozen=True, slots=True)
class Found:
    """The contest, and our candidates in it; none where the contest has no counts yet."""

    contest: Contest
    ours: tuple[tuple[Endorsement, Selection], ...]


@dataclass(frozen=True, slots=True)
class Unmatched:
    """No match: a line for ops, and what the source does have, nearest first."""

    kind: Trouble
    sentence: str
    listed: tuple[str, ...]


def find(report: Report, race: Race, use: SourceUse) -> Found | Unmatched:
    """Find a race in one source's report: exactly one contest, each candidate exactly once."""
    contests = [c for c in report.contests if _is_asked_for(c, race, use)]
    if len(contests) != 1:
        return _no_contest(report, race, use, contests)
    contest = contests[0]
    if not contest.counts_known:
        return Found(contest, ())
    ours = []
    for endorsement in race.endorsements:
        choices = _lines_of(endorsement, contest)
        if len(choices) != 1:
            return _no_candidate(endorsement, contest, choices)
        ours.append((endorsement, choices[0]))
    return _once_each(contest, tuple(ours))


def fingerprint(contest: Contest) -> str:
    """Return a digest of id, title and party; another one means the id was reused."""
    parts = (contest.key, _plain_title(contest.title), _party(contest.party))
    return sha256(repr(parts).encode()).hexdigest()


# Words a title may name a party with. "Green" and "Independent" are places too, so they are
# not among them, and no letter is.
_IN_TITLES = {
    word: code for word, code in CODES.items() if code in {"DEM", "REP", "LIB"} and len(word) > 1
}


def _party(text: str) -> str:
    word = text.strip().casefold()
    plain = word.removesuffix(" party").replace("-", "").replace(".", "")
    return CODES.get(plain, word.upper())


def _is_asked_for(contest: Contest, race: Race, use: SourceUse) -> bool:
    theirs, ours = _party(contest.party), _party(race.party)
    if use.contest_key:
        return contest.key == use.contest_key and not (theirs and ours and theirs != ours)
    if not use.contest or not re.search(
        use.contest, " ".join(contest.title.split()), re.IGNORECASE
    ):
        return False
    return theirs == ours or (not theirs and _title_allows(contest.title, ours))


def _title_allows(title: str, party: str) -> bool:
    named = {_IN_TITLES[word] for word in _plain_title(title).split() if word in _IN_TITLES}
    return not named or party in named


def _plain_title(title: str) -> str:
    """Fold what differs between two printings of one title: case, blanks, marks, "Vote For 1"."""
    text = re.sub(r"\(vote for [^)]*\)", " ", _folded(title))
    text = re.sub(r"[\W_]+", " ", text.replace("'", "")).strip()
    return re.sub(r"\bcounty county\b", "county", text)


_OFFICES = re.compile(
    r"\b(?:(?:criminal )?dist(?:rict)? att(?:orne)?y|pros(?:ecuting)? att(?:orne)?y"
    r"|(?:county )?prosecutor|states? att(?:orne)?y|commonwealths? att(?:orne)?y"
    r"|(?:county|circuit) att(?:orne)?y|solicitor|(?<!measure )da(?= d| \d| rep|$))\b"
)
_VOTE_FOR = re.compile(r"\bvote for (?:not? more than |up to )?\w+\b")


def is_prosecutor(text: str, *, alone: bool = False) -> bool:
    """Say whether a title names a prosecutor's office by any of its names; `alone`: only that."""
    plain = _plain_title(text)
    return (_OFFICES.fullmatch(plain) if alone else _OFFICES.search(plain)) is not None


def nearest_contests(wanted: str, contests: Iterable[Contest]) -> tuple[str, ...]:
    """List contests by likeness to a title; where it is a prosecutor's, those go first."""
    theirs, others = list[tuple[str, str]](), list[tuple[str, str]]()
    by_office = is_prosecutor(wanted)
    for one in contests:
        pair = _by_office(f"{one.title} {one.party}"), _named(one)
        (theirs if is_prosecutor(one.title) == by_office else others).append(pair)
    asked = _by_office(wanted)
    return *nearest(asked, theirs), *nearest(asked, others)


def _by_office(text: str) -> str:
    """Give every name of the prosecutor's office one form; for ordering a list only."""
    words = _VOTE_FOR.sub(" ", _OFFICES.sub("prosecutor", _plain_title(text))).split()
    return " ".join(dict.fromkeys(_IN_TITLES.get(word, word).casefold() for word in words))


def _no_contest(report: Report, race: Race, use: SourceUse, found: list[Contest]) -> Unmatched:
    asked = f"id {use.contest_key!r}" if use.contest_key else f"pattern {use.contest!r}"
    asked += f", party {race.party}" if race.party else ""
    reused = [c for c in report.contests if use.contest_key and c.key == use.contest_key]
    wanted = f"{race.office} {race.name} {use.contest} {race.party}"
    listed = nearest_contests(wanted, found or report.contests)
    asked += f" in source {use.source}"
    if found:
        what = f"{len(found)} contests fit {asked}"
        return _unmatched(Trouble.CONTEST_AMBIGUOUS, what, listed)
    what = f"no contest fits {asked}" + "".join(f" (that id is {_named(c)})" for c in reused[:1])
    return _unmatched(Trouble.CONTEST_MISSING, what, listed)


def _named(contest: Contest) -> str:
    party = f", {contest.party}" if contest.party else ""
    return _shown(f"{contest.title} (id {contest.key}{party})")


_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"|(?<!\w)'[^']+'(?!\w)|\*")
_PARTY_BEFORE = re.compile(r"^\s*(?:dem|rep)\s+(?:-\s+)?(?=\S+\s+\S)")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_QUOTES = str.maketrans(
    "\u2018\u2019\u02bb\u02bc\u2032`\u201c\u201d\u2010\u2011\u2013", 6 * "'" + 2 * '"' + 3 * "-"
)
_DROPPED = str.maketrans("", "", "'\".")
# Marks that are no accents: strokes through the letter, and one that shows nothing.
_NO_ACCENTS = frozenset("\u0334\u0335\u0336\u0337\u0338\u034f")


@lru_cache(maxsize=4096)
def normal_name(name: str) -> str:
    """Return the form two spellings of one name share; "" only for a blank name.

    Folded are case, accents, blanks, quotes and full stops; left out are asides in
    parentheses or quotes ("(I)", "(DEM)", nicknames), asterisks and a leading DEM or
    REP; "LAST, FIRST" is turned round, a Jr. or III goes last. Letters that merely
    look alike stay apart, and so do invisible characters.
    """
    folded = _folded(name)
    bare = _PARTY_BEFORE.sub("", _ASIDE.sub(" ", folded))
    parts = [part.translate(_DROPPED).split() for part in bare.split(",")]
    suffixes = [part.pop() for part in parts if part and part[-1] in _SUFFIXES]
    parts = [part for part in parts if part]
    words = [word for part in (*parts[1:], *parts[:1]) for word in part]
    return " ".join((*words, *suffixes)) or " ".join(folded.split())


def _folded(text: str) -> str:
    """Fold compatibility forms, quotes, case and Latin accents; keep everything else."""
    apart = unicodedata.normalize("NFKD", text.translate(_QUOTES)).casefold()
    kept = "".join(c for c in apart if not "\u0300" <= c <= "\u036f" or c in _NO_ACCENTS)
    return unicodedata.normalize("NFKC", kept)


def words_of(name: str) -> str:
    """Return all words of a name, those of its asides too: nicknames, party, "incumbent"."""
    return " ".join(re.findall(r"\w+", _folded(name).translate(_DROPPED)))


def nearest_names(wanted: str, names: Iterable[str]) -> tuple[str, ...]:
    """List names by likeness to one, a nickname as good as the name it stands beside."""
    normal = normal_name(wanted)

    def form(name: str) -> str:
        return max(normal_name(name), words_of(name), key=lambda one: alike(normal, one))

    return nearest(normal, ((form(name), _shown(name)) for name in names))


def _lines_of(endorsement: Endorsement, contest: Contest) -> list[Selection]:
    wanted = _names_of(endorsement)
    return [choice for choice in contest.selections if normal_name(choice.name) in wanted]


def _names_of(endorsement: Endorsement) -> frozenset[str]:
    names = (endorsement.candidate, *endorsement.aliases)
    return frozenset(normal_name(name) for name in names) - {""}


def people_of(race: Race) -> tuple[frozenset[str], ...]:
    """Return the normal names of each person of whom several are known: ours, and rivals."""
    ours = tuple(_names_of(endorsement) for endorsement in race.endorsements)
    return (*ours, *(frozenset(map(normal_name, names)) for names in race.rivals))


def one_name(name: str, people: tuple[frozenset[str], ...]) -> str:
    """Return one normal name for every spelling of a person the configuration knows."""
    normal = normal_name(name)
    return next((min(names) for names in people if normal in names), normal)


def _no_candidate(endorsement: Endorsement, contest: Contest, found: list[Selection]) -> Unmatched:
    wanted = normal_name(endorsement.candidate)
    among = found or contest.selections
    listed = nearest_names(endorsement.candidate, (choice.name for choice in among))
    called = f"called {_shown(endorsement.candidate)} in {_named(contest)}"
    if found:
        what = f"{len(found)} lines are {called}"
        return _unmatched(Trouble.CANDIDATE_AMBIGUOUS, what, listed)
    what = f"nobody is {called}"
    return _unmatched(Trouble.CANDIDATE_MISSING, what + _lookalikes(wanted, among), listed)


def _once_each(
    contest: Contest, ours: tuple[tuple[Endorsement, Selection], ...]
) -> Found | Unmatched:
    for (one, line), (other, same) in combinations(ours, 2):
        if line is same:
            both = f"{_shown(one.candidate)} and {_shown(other.candidate)}"
            what = f"{both} both fit one line in {_named(contest)}"
            return _unmatched(Trouble.CANDIDATE_AMBIGUOUS, what, (_shown(line.name),))
    return Found(contest, ours)


_LISTED = 8
_NEAR = 0.7
_WIDTH = 80


def _unmatched(kind: Trouble, what: str, listed: tuple[str, ...]) -> Unmatched:
    has = "; ".join(f"«{name}»" for name in listed[:_LISTED]) or "nothing"
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return Unmatched(kind, f"{what}; it has {has}{more}", listed)


def _lookalikes(wanted: str, among: Iterable[Selection]) -> str:
    """Say so when a name is near but holds letters that only look Latin, or nothing to see."""
    for choice in sorted(among, key=lambda choice: choice.name):
        odd = [c for c in _folded(choice.name) if _is_odd(c)]
        if odd and spelt_alike(wanted, normal_name(choice.name)) >= _NEAR:
            named = ", ".join(f"U+{ord(c):04X} {unicodedata.name(c, '')}".strip() for c in odd[:3])
            return f" ({_shown(choice.name)} only looks like it: it holds {named})"
    return ""


def _is_odd(char: str) -> bool:
    if char.isalpha():
        return not unicodedata.name(char, "").startswith("LATIN")
    return not char.isascii() and unicodedata.category(char)[0] in "CM"


def _shown(text: str) -> str:
    """Make outside text fit one line: nothing invisible, no line break, 80 characters."""
    visible = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in " ".join(text.split()))
    return visible if len(visible) <= _WIDTH else visible[: _WIDTH - 1] + "…"
