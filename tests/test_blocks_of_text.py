"""The fixed text of a page: nothing of it may stand outside of the blocks that are read."""

from __future__ import annotations

import pytest

from monitor.errors import LayoutChanged
from scrapers.report_files import blocks_of

ROW = " Jane Roe .  .  .  .  .  .    507   58.21\n"


def test_two_blocks_are_one_text() -> None:
    assert blocks_of(f"<html><pre>{ROW}</pre><p>and</p><PRE>{ROW}</PRE></html>", "x") == (
        f"{ROW}\n{ROW}"
    )


@pytest.mark.parametrize("end", ["</pre>", "</html>"])
def test_an_end_tag_in_the_middle_loses_no_votes(end: str) -> None:
    """The rows after it would be dropped, and half a county read as the whole."""
    with pytest.raises(LayoutChanged, match=r"a row outside of <pre>, 'Jane Roe \. \."):
        blocks_of(f"<html><pre>{ROW}{end}\n{ROW}</pre></html>", "x")


def test_xml_is_not_parsed_as_a_page() -> None:
    """It has no block; the parser of pages would only warn."""
    with pytest.raises(LayoutChanged, match="found 0 at x"):
        blocks_of('<?xml version="1.0"?><precinct>1</precinct>', "x")
