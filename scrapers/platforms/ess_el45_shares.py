"""Do the figures of an EL45 contest belong together? Its percentages and its total say so.

A row that is lost, doubled, cut or moved to another contest shows there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.errors import LayoutChanged
from scrapers.labels import is_write_in
from scrapers.platforms.ess_el30_lines import Row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapers.platforms.ess_el45_lines import Summed

_ROUNDED = 0.0051


def refuse_other_shares(contest: Summed) -> None:
    """Raise where the votes do not make the total or the percentages printed beside them."""
    votes = sum(row.votes for row in contest.rows)
    if contest.total is not None and contest.total != votes:
        seen = f"the votes of {contest.title!r:.60} make {votes}, not {contest.total}"
        raise LayoutChanged(f"{seen}, {contest.place}")
    for row, share in zip(contest.rows, contest.shares, strict=True):
        real = 100 * row.votes / votes if votes else 0.0
        if abs(real - (share or 0.0)) > _ROUNDED:
            seen = f"{row.votes} votes of {row.name!r} are {real:.2f} %, not {share or 0:.2f}"
            raise LayoutChanged(f"{seen}, of {contest.title!r:.60}, {contest.place}")


def rows_of(contest: Summed) -> Iterator[Row]:
    """Yield the rows, all lines of write-ins as one."""
    written = [row for row in contest.rows if is_write_in(row.name)]
    first = written[0] if written else None
    for row in contest.rows:
        if row is first:
            parts = tuple(map(sum, zip(*(one.parts for one in written), strict=True)))
            yield Row(row.name, sum(one.votes for one in written), parts)
        elif not is_write_in(row.name):
            yield row
