"""What looks wrong about a contest, or about its way from one report to the next. Pure."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from monitor.match import fingerprint, normal_name
from monitor.model import VoteType

if TYPE_CHECKING:
    from monitor.model import Contest, Selection, Units

_LATE_TYPES = (VoteType.EARLY, VoteType.ABSENTEE_MAIL, VoteType.PROVISIONAL)


def figures(contest: Contest) -> str:
    """Digest what a contest prints: votes by selection and type, units, counts known."""
    lines = sorted(
        (s.key, s.votes, sorted((c.type, c.label, c.votes) for c in s.by_type))
        for s in contest.selections
    )
    return sha256(repr((lines, contest.units, contest.counts_known)).encode()).hexdigest()[:16]


def impossible(contest: Contest) -> str:
    """Say why no count can print this, or return an empty string."""
    total = total_of(contest)
    if min((choice.votes for choice in contest.selections), default=0) < 0:
        return "a line has fewer than zero votes"
    if len({choice.key for choice in contest.selections}) < len(contest.selections):
        return "a line stands there twice"
    for limit, name in (
        (contest.ballots_cast, "ballots cast"),
        (contest.registered_voters, "registered voters"),
    ):
        if limit and total > limit * max(contest.votes_allowed, 1):
            return f"{total:,} votes are more than {limit:,} {name}"
    if contest.total_votes is not None and contest.total_votes < total:
        return f"the lines sum to {total:,}, the printed total is {contest.total_votes:,}"
    return ""


def changed_identity(old: Contest, new: Contest, people: tuple[frozenset[str], ...] = ()) -> str:
    """Say how the contest or its names are not those of before, or return an empty string.

    `people`: sets of normal names, each of one person as the configuration knows them.
    """
    if fingerprint(old) != fingerprint(new):
        party = f", {new.party}" if new.party != old.party else ""
        return f"the contest «{old.title}» is now «{new.title}»{party}"
    before = {s.key: s for s in old.selections if not s.is_write_in}
    after = {s.key: s for s in new.selections if not s.is_write_in}
    gone = [s.name for s in before.values() if not _is_named(after.get(s.key), s, people)]
    come = [s.name for s in after.values() if not _is_named(before.get(s.key), s, people)]
    if not gone:
        return ""
    return f"{', '.join(gone)} vanished" + (f"; {', '.join(come)} appeared" if come else "")


def _is_named(one: Selection | None, other: Selection, people: tuple[frozenset[str], ...]) -> bool:
    """The same line under the same name, however it is spelled, or under one we know it by."""
    if one is None:
        return False
    names = {normal_name(one.name), normal_name(other.name)}
    return len(names) == 1 or any(names <= known for known in people)


def fallen(old: Contest, new: Contest) -> str:
    """Say what fell from one count to the next, or return an empty string."""
    now = {s.key: s.votes for s in new.selections}
    for choice in old.selections:
        if now.get(choice.key, 0) < choice.votes:
            return f"{choice.name} fell from {choice.votes:,} to {now.get(choice.key, 0):,}"
    return _units_fallen(old.units, new.units)


def _units_fallen(old: Units | None, new: Units | None) -> str:
    """Fewer units in, or fewer in all: then a count could look complete that is not."""
    if old is None or new is None:
        return ""
    if new.kind is not old.kind:
        return f"units changed from {old.kind} to {new.kind}"
    if new.reported < old.reported:
        return f"units fell from {old.reported:,} to {new.reported:,}"
    return f"the number of units fell from {old.total:,} to {new.total:,}" * (new.total < old.total)


def grew_only_late(old: Contest, new: Contest) -> bool:
    """Say whether only early, mail or provisional votes were added."""
    grown = _by_type(new)
    for kind, votes in _by_type(old).items():
        grown[kind] = grown.get(kind, 0) - votes
    return any(grown.values()) and all(k in _LATE_TYPES for k, v in grown.items() if v)


def _by_type(contest: Contest) -> dict[VoteType, int]:
    sums: dict[VoteType, int] = {}
    for choice in contest.selections:
        for count in choice.by_type:
            sums[count.type] = sums.get(count.type, 0) + count.votes
    return sums


def total_of(contest: Contest) -> int:
    """Return the votes of all lines."""
    return sum(choice.votes for choice in contest.selections)
