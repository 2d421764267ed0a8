"""Contests put together from lines: what stands for an id or a name has to be there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.errors import LayoutChanged
from scrapers.lines import Line, contests_of

ROE = Line("16", "DISTRICT ATTORNEY", "Jane Roe", "Jane Roe", 12, "line 2")


@pytest.mark.parametrize("emptied", ["contest", "title", "choice", "name"])
def test_a_line_without_a_name_is_refused(emptied: str) -> None:
    """An emptied title would make a contest that nobody can find, with somebody's votes."""
    with pytest.raises(LayoutChanged, match="without a name in line 2"):
        contests_of([replace(ROE, **{emptied: ""})])  # type: ignore[arg-type]


def test_a_whole_line_is_read() -> None:
    (contest,) = contests_of([ROE])
    assert [(one.key, one.votes) for one in contest.selections] == [("Jane Roe", 12)]
