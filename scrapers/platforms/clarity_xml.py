"""detail.xml: the same contests with votes by type, read as a stream.

Totals come from `totalVotes`, never from sums of types (Arkansas 2014: Cotton has
477,734 votes and types that sum to 462,123). A `VoteType` directly under a
contest is under- and overvotes or registered voters, nobody's votes. Choices are
keyed by name as in JSON, not by their `key`, so that switching between the two
is no change. Cells of precincts are never read: some are protected ("*12").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from monitor.errors import LayoutChanged
from monitor.model import Contest, Selection, UnitKind, Units
from scrapers.base import clean, whole
from scrapers.labels import is_write_in
from scrapers.platforms.clarity_ballot import contest_party, keyed, line_party
from scrapers.platforms.clarity_json import in_key_order, units_of
from scrapers.platforms.clarity_packed import reading
from scrapers.platforms.clarity_types import votes_by_type

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.model import Page
    from scrapers.platforms.clarity_packed import Tail


_READ = ("Timestamp", "ElectionDate", "Contest", "VoterTurnout", "ElectionVoterTurnout")


@dataclass(frozen=True, slots=True)
class Detail:
    """One detail.xml: contests sorted by key; date and time as printed."""

    contests: tuple[Contest, ...]
    timestamp: str
    election_date: str


def read_detail(page: Page) -> Detail:
    """Return every real contest of a detailxml.zip, or of a bare detail.xml.

    Raises `Truncated`, `WrongFormat`, `TooLarge`, and `LayoutChanged` naming the
    contest.
    """
    with reading(page, "detail.xml", b"</ElectionResult>") as stream:
        return _read(stream, page.url)


def _read(stream: Tail, url: str) -> Detail:
    texts: dict[str, str] = {}
    contests: list[Contest] = []
    for element in _elements(stream, url):
        if element.tag != "Contest":
            texts.setdefault(element.tag, clean(element.text or ""))
        elif contest := _contest(element, url):
            contests.append(contest)
    return Detail(
        contests=in_key_order(contests, url),
        timestamp=texts.get("Timestamp", ""),
        election_date=texts.get("ElectionDate", ""),
    )


def _elements(stream: Tail, url: str) -> Iterator[Any]:
    """Yield the root's children that matter as they end, and free each after its use."""
    walk = etree.iterparse(
        stream,
        events=("start", "end"),
        tag=("ElectionResult", *_READ),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
    )
    for event, element in walk:
        if event == "start":
            _refuse_doctype(element, url)
        elif element.tag in _READ:
            yield element
            _free(element)
    if walk.root is None or walk.root.tag != "ElectionResult":
        found = getattr(walk.root, "tag", None)
        raise LayoutChanged(f"expected ElectionResult in detail.xml, found {found!r:.40} at {url}")


def _refuse_doctype(element: Any, url: str) -> None:
    if element.tag == "ElectionResult" and element.getroottree().docinfo.doctype:
        raise LayoutChanged(f"detail.xml declares a document type, which it never did, at {url}")


def _free(element: Any) -> None:
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _contest(element: Any, url: str) -> Contest | None:
    title = clean(element.get("text") or "")
    key = clean(element.get("key") or "")
    where = f"{title!r:.80} at {url}"
    if not title or not key:
        raise LayoutChanged(f"a contest without text or key in {where}")
    seats = whole(element.get("voteFor"), f"voteFor of {where}")
    lines = keyed((_line(choice, where) for choice in element.iterchildren("Choice")), where)
    if not seats or not lines:
        return None  # "REGISTERED VOTERS - Nonpartisan", "NO CANDIDATE"
    return Contest(
        key=key,
        title=title,
        selections=lines,
        party=contest_party(title, (), lines),
        votes_allowed=seats,
        number_elected=seats,
        units=_units(element, where),
    )


def _line(choice: Any, where: str) -> Selection:
    name = clean(choice.get("text") or "")
    if not name:
        raise LayoutChanged(f"a choice without text in {where}")
    return Selection(
        key=name,
        name=name,
        votes=whole(choice.get("totalVotes"), f"totalVotes of {name!r} in {where}"),
        party=line_party(clean(choice.get("party") or "")),
        by_type=tuple(votes_by_type(choice.iterchildren("VoteType"))),
        is_write_in=is_write_in(name),
    )


def _units(contest: Any, where: str) -> Units | None:
    """Read units; `precinctsReporting` is the number taking part, not the number in."""
    kind = UnitKind.PRECINCTS
    names = ("precinctsReported", "precinctsReporting")
    if contest.get("countiesParticipating") is not None:
        kind, names = UnitKind.COUNTIES, ("countiesReported", "countiesParticipating")
    reported, total = (whole(contest.get(name), f"{name} of {where}") for name in names)
    return units_of(reported, total, kind, where)
