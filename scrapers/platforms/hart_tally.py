"""Hart Tally exports: every cell named, one row per precinct and choice.

How to recognise it: the quoted header holds "Precinct_name" and "Split_name" and begins so.
Counties send the long form, with over- and undervotes; Hawaii's media file is the short one:
`media.txt` under elections.hawaii.gov/wp-content/results or files.hawaii.gov/elections.

Source: one file of all contests. Precincts, and their splits, are added up.
    "1CS-1","",1,5,1,1,762,0.44,21,20,"DISTRICT ATTORNEY","",1,1,"MAGGIE FLEMING","C",1,…
Quirk: the flag of a precinct that has reported is 1; units are the contest's precincts, or
"reporting units" where precincts are split.
Quirk: the kinds of a choice are C candidate, W a write-in with a name, R unqualified and U
unresolved write-ins. The short form has no total: it is the sum of the types; nor does it
say how many are elected, and 1 is taken.
Quirk: Hawaii's candidates carry their party in front: "(D) GABBARD, Tulsi".
Quirk: no time, no date, no status; a contest's party is empty outside primaries.
Unproven: Hawaii's file since 2024, in another encoding and with mail and in-person votes, is
not the one stored, and is refused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.errors import EmptyPage, LayoutChanged
from monitor.model import Report, UnitKind, VoteCount, VoteType
from scrapers.base import marked, text_of
from scrapers.labels import party_code, plain_name
from scrapers.lines import Line, contests_of, refuse_total_place
from scrapers.report_files import ReportFile, refuse_binary
from scrapers.tables import refuse_open_end, rows_of

if TYPE_CHECKING:
    from monitor.model import Page
    from scrapers.tables import Row

_LONG = {
    "total": "total_votes", "flag": "Reporting_flag", "precinct": "Precinct_name",
    "split": "Split_name", "contest": "Contest_Id", "title": "Contest_title",
    "contest_party": "Contest_party_name", "seats": "Selectable_Options",
    "choice": "candidate_id", "name": "candidate_name", "party": "Party_Code",
    "kind": "Candidate_Type", "absentee": "absentee_votes", "early": "early_votes",
    "election": "election_votes",
}  # fmt: skip
_SHORT = {
    "flag": "Reporting", "precinct": "Precinct_Name", "split": "Split_Name",
    "contest": "Contest_id", "title": "Contest_title", "contest_party": "Contest_party",
    "choice": "Choice_id", "name": "Candidate_name", "party": "Choice_party",
    "kind": "Candidate_Type", "absentee": "Absentee_votes", "early": "Early_votes",
    "election": "Election_Votes",
}  # fmt: skip
_TYPES = (
    ("absentee", VoteType.ABSENTEE_MAIL),
    ("early", VoteType.EARLY),
    ("election", VoteType.ELECTION_DAY),
)
_KINDS = frozenset("CWRU")
_ALL_WRITE_INS = frozenset("RU")
_FLAGS = {"0": False, "1": True}
_HAWAII = ("elections.hawaii.gov", "files.hawaii.gov")
_IN_FRONT = re.compile(r"\(([A-Z]{1,3})\) +(.+)")


class Scraper(ReportFile):
    """Reads the file at `url`."""

    @classmethod
    def recognise(cls, url: str) -> dict[str, str] | None:
        """Return Hawaii's media file itself; the state's other pages only name the platform."""
        parts = urlsplit(url)
        if parts.hostname not in _HAWAII:
            return None
        return {"url": url} if parts.path.endswith("/media.txt") else {}

    def read(self, page: Page) -> Report:
        """Add the precincts up."""
        refuse_binary(page, "a table")
        columns = _LONG if _LONG["total"] in text_of(page)[:1_000] else _SHORT
        rows = rows_of(page, tuple(columns.values()))
        refuse_open_end(page)
        if not rows:
            raise EmptyPage(f"a header without rows at {page.url}")
        is_split = any(row[columns["split"]] for row in rows)
        kind = UnitKind.UNITS if is_split else UnitKind.PRECINCTS
        lines = [_line(row, columns) for row in rows]
        refuse_total_place(lines, page.url)
        return Report(contests=contests_of(lines, kind))


def _line(row: Row, columns: dict[str, str]) -> Line:
    cell = {part: row[column] for part, column in columns.items()}
    kind = cell["kind"]
    if kind not in _KINDS:
        raise LayoutChanged(f"kind {kind!r:.10} in {row.place}")
    has_reported = marked(cell["flag"], _FLAGS, f"{columns['flag']} in {row.place}")
    counts = tuple(
        VoteCount(vote_type, row.whole(columns[part]), columns[part]) for part, vote_type in _TYPES
    )
    name, in_front = _name(row.need(columns["name"]))
    votes = sum(one.votes for one in counts)
    if "total" in columns and row.whole(columns["total"]) != votes:
        raise LayoutChanged(f"the parts of {name!r:.40} make {votes}, in {row.place}")
    return Line(
        contest=row.need(columns["contest"]),
        title=row.need(columns["title"]),
        choice=row.need(columns["choice"]),
        name=name,
        votes=votes,
        where=row.place,
        place=f"{row.need(columns['precinct'])}|{cell['split']}",
        party=party_code(cell["party"].strip("|")) or in_front,
        contest_party=party_code(cell["contest_party"]),
        by_type=counts,
        reported=(int(has_reported), 1),
        seats=row.whole(columns["seats"]) if "seats" in columns else 1,
        is_write_in=kind in _ALL_WRITE_INS,
        may_lack=kind != "C",
    )


def _name(printed: str) -> tuple[str, str]:
    """Part "(D) GABBARD, Tulsi" into name and party."""
    found = _IN_FRONT.fullmatch(printed)
    if found is None:
        return plain_name(printed), ""
    return plain_name(found.group(2)), party_code(found.group(1))
