"""One contest as Enhanced Voting writes it in its data file: texts by language, options by id."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.errors import LayoutChanged
from monitor.model import Contest, Selection, Units, VoteCount
from scrapers.fields import count, listed, need, text
from scrapers.labels import (
    is_write_in,
    name_and_party,
    party_code,
    seats_in,
    title_and_party,
    vote_type,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.model import UnitKind

RANKED = "Ranked choice: the rounds of the count are not read, so there are no figures here."
SEATS = "How many may be chosen is not understood, so there are no figures here."


def contests(items: Iterable[Any], kind: UnitKind, where: str) -> tuple[Contest, ...]:
    """Read every contest; two of one id are refused, as the second would hide the first."""
    found = tuple(_contest(one, kind, where) for one in items)
    _refuse_twins(((one.key, one.title) for one in found), where)
    return found


def words(value: Any, where: str) -> str:
    """Return the English of [{"languageId": "en", "text": …}], or its first language."""
    if not isinstance(value, list) or not value:
        raise LayoutChanged(f"expected a text in some language, found {value!r:.40} at {where}")
    said = {text(one, "languageId", where): text(one, "text", where) for one in value}
    return said.get("en") or next(iter(said.values()))


def _contest(item: Any, kind: UnitKind, where: str) -> Contest:
    title = words(need(item, "name", where), where)
    here = f"{title!r:.60} at {where}"
    plain, marked = title_and_party(title)
    said = need(item, "voteFor", here)
    seats = seats_in(words(said, here)) if said else 1
    unread = _unread(item, seats)
    options = listed(need(item, "summaryResults", here), "ballotOptions", here)
    selections = tuple(_selection(one, here) for one in options)
    _refuse_twins(((one.key, one.name) for one in selections), here)
    return Contest(
        key=text(item, "id", here),
        title=plain,
        selections=() if unread else selections,
        party=party_code(text(item, "partyName", here)) or marked,
        votes_allowed=seats or 1,
        number_elected=seats or 1,
        units=_units(need(item, "reportingStatus", here), kind, here),
        total_votes=None if unread else count(item, "voteTotal", here) or None,
        counts_known=not unread,
        note=unread,
    )


def _unread(item: dict[str, Any], seats: int | None) -> str:
    """Say why a contest's figures are left out; the others of the file stay readable."""
    if item.get("rankedChoiceSummaryResults") is not None:
        return RANKED
    return "" if seats else SEATS


def _units(status: Any, kind: UnitKind, where: str) -> Units | None:
    if status is None or not need(status, "totalUnits", where):
        return None
    return Units(count(status, "reportingUnits", where), count(status, "totalUnits", where), kind)


def _selection(option: Any, where: str) -> Selection:
    name = words(need(option, "name", where), where)
    here = f"{name!r:.40} in {where}"
    party = need(option, "party", here)
    plain, marked = name_and_party(name)
    return Selection(
        key=text(option, "id", here),
        name=plain,
        votes=count(option, "voteCount", here),
        party=party_code(text(party, "abbreviation", here)) if party else marked,
        by_type=tuple(_by_type(one, here) for one in listed(option, "groupResults", here)),
        is_write_in=is_write_in(name),
        winner_mark=need(option, "isWinner", here) is True,
    )


def _by_type(group: Any, where: str) -> VoteCount:
    label = words(need(group, "groupName", where), where)
    return VoteCount(vote_type(label), count(group, "voteCount", where), label)


def _refuse_twins(pairs: Iterable[tuple[str, str]], where: str) -> None:
    seen: set[str] = set()
    for key, name in pairs:
        if not key:
            raise LayoutChanged(f"{name!r:.60} has an empty id at {where}")
        if key in seen:
            raise LayoutChanged(f"id {key!r:.40} ({name}) stands twice at {where}")
        seen.add(key)
