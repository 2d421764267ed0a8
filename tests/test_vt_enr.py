"""vt_enr: the index names the file, rows have to sum, and towns to the row of the whole."""

from __future__ import annotations

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.vt_enr import Scraper

EXAMPLES = Path(__file__).parent / "examples" / "vt_enr"
EID = "a18f77e0-89f8-4a01-8d97-61a7c75ba200"
STATIC = "https://static.electionresults.vermont.gov/elections/"


def stored(case: str, name: str) -> Any:
    """Return a page of an example."""
    return json.loads((EXAMPLES / case / name).read_bytes())


def page(url: str, content: Any) -> Page:
    """Serve JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Page(url, 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))


def read(index: Any, category: Any, name: str = "federal") -> Report:
    """Read a category under an index."""
    pages = page(f"{STATIC}{EID}.json", index), page(f"{STATIC}x.json", category)
    return Scraper(date=None, settings={"eid": EID, "category": name}).parse(pages)


def changed(path: tuple[str | int, ...], value: Any, case: str = "partial") -> Any:
    """Return an example's category with one place changed; a value of `...` takes it out."""
    content = stored(case, "category.json")
    place = content
    for step in path[:-1]:
        place = place[step]
    assert path[-1] in place or isinstance(path[-1], int)
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return content


ROW: tuple[str | int, ...] = ("d", 0, "o", 0, "cs", 0)
INDEX = stored("partial", "index.json")
VOTES = stored("partial", "category.json")


def test_the_index_names_the_file_of_the_category() -> None:
    assert Scraper.settings_needed() == {"eid"}
    visit = Scraper(date=None, settings={"eid": EID}).visit()
    assert next(visit).url == f"{STATIC}{EID}.json"
    asked = visit.send(page(f"{STATIC}{EID}.json", INDEX))
    assert asked.url == f"{STATIC}{EID}-cty-20260811213004.json"


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (f"{STATIC}{EID}.json", {"eid": EID}),
        (f"{STATIC}{EID}-f-20260721220608.json", {"eid": EID}),
        (f"https://electionresults.vermont.gov/#/{EID.upper()}/federal", {"eid": EID}),
        ("https://electionresults.vermont.gov/", {}),
        ("https://sos.vermont.gov/elections/", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


@pytest.mark.parametrize(
    ("category", "message"),
    [
        (changed((*ROW, "rc", 0, "vc"), 11), "votes are not the"),
        (changed((*ROW, "bv"), "*"), "expected a whole number for bv"),
        (changed((*ROW, "sc"), None), "expected a whole number for sc"),
        (changed((*ROW, "rc", 0, "isWinner"), "T"), "expected a mark of a winner, found 'T'"),
        (changed((*ROW, "rc", 0, "cid"), None), "expected a whole number for cid"),
        (changed((*ROW, "rc", 0, "cn"), ""), "without a name"),
        (changed((*ROW, "rc"), []), "votes are not the"),
        (changed((*ROW, "tid"), 0), "'the whole' stands twice"),
        (changed(ROW, VOTES["d"][0]["o"][0]["cs"][1]), "stands twice"),
        (changed(ROW, ...), "the towns do not sum to the row of the whole"),
        (changed(("d", 0, "o"), [VOTES["d"][0]["o"][0]] * 2), r"contest '4\|REP' stands twice"),
        (changed(("d", 0, "o", 0, "vf"), 0), "0 is no number of seats"),
        (changed(("d", 0, "o", 0, "oid"), ...), "expected the field 'oid'"),
        ({"d": []}, "no contest at"),
        ({"rows": []}, "expected the field 'd'"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(category: Any, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(INDEX, category)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (("federal", "isEnable"), False, "no 'federal' in the election"),
        (("federal", "path"), "elections\\..\\x.json", "is no file of the election"),
        (("federal", "path"), f"elections\\{'b' * 36}-f-20260811213004.json", "is no file"),
        (("townsReporting",), "88 OF 247", "expected towns as 0/247"),
        (("townsReporting",), "248/247", "248/247 towns"),
        (("electionDetails", "electionDate"), "soon", "an election without a date"),
        (("electionDetails", "electionTypeCode"), "G", ""),
    ],
)
def test_the_index_is_read_strictly(place: tuple[str, ...], value: Any, message: str) -> None:
    """A general election's one ballot is read: its contests belong to no party."""
    index = copy.deepcopy(INDEX)
    holder = index[place[0]] if len(place) > 1 else index
    holder[place[-1]] = value
    if not message:
        assert [one.party for one in read(index, VOTES).contests] == [""]
        return
    with pytest.raises(LayoutChanged, match=message):
        read(index, VOTES)


def test_a_general_election_with_a_ballot_for_each_party_is_refused() -> None:
    """Nobody has seen one: whether such ballots are to be added up is not known."""
    index = copy.deepcopy(INDEX)
    index["electionDetails"]["electionTypeCode"] = "G"
    with pytest.raises(LayoutChanged, match="2 parties' ballots in an election of all"):
        read(index, {"d": [VOTES["d"][0]] * 2})


def test_a_nominee_written_in_is_one_choice() -> None:
    """Who wins by write-ins may stand in both lists of a town: the votes belong together."""
    content = copy.deepcopy(VOTES)
    for row in content["d"][0]["o"][0]["cs"]:
        malloy = row["rc"][0]
        row["wc"].append({**malloy, "vc": 2, "isWriteIn": True})
        malloy["vc"] -= 2
    (contest,) = read(INDEX, content).contests
    assert [one.votes for one in contest.selections] == [11_000, 4_100, 30]


@pytest.mark.parametrize(
    ("body", "error"),
    [(b'{"d": [{"pid": 1', Truncated), (b"<html><body>Sorry", WrongFormat)],
)
def test_damaged_answers_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(INDEX, body)
