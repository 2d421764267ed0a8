"""pa_returns: JSON in a text in JSON; votes by type have to sum, and districts have their names."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from monitor.errors import Blocked, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report
from scrapers.platforms.pa_returns import Scraper

EXAMPLES = Path(__file__).parent / "examples" / "pa_returns"
WHOLE = json.loads((EXAMPLES / "complete" / "office.json").read_bytes())
SITE = "https://www.electionreturns.pa.gov"
SERVICE = f"{SITE}/api/ElectionReturn/GetOfficeData?officeId=2&methodName=GetOfficeDetails"


def page(content: Any) -> Page:
    """Serve JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    headers = (("content-type", "application/json; charset=utf-8"),)
    return Page(f"{SITE}/api", 200, headers, body, datetime(2026, 1, 1, tzinfo=UTC))


def read(content: Any, kind: str = "G") -> Report:
    """Read an office of 2024."""
    settings = {"eid": "105", "kind": kind, "office": "2"}
    return Scraper(date=date(2024, 11, 5), settings=settings).parse((page(content),))


def edited(old: str, new: str, count: int = 1) -> str:
    """Change the inner text, which has to hold what is changed."""
    assert old in WHOLE
    return str(WHOLE).replace(old, new, count)


def test_what_has_to_be_set() -> None:
    """The attorney general is what is watched where nothing else is said."""
    assert Scraper.settings_needed() == {"eid", "kind"}
    (asked,) = [next(Scraper(date=None, settings={"eid": "105", "kind": "P"}).visit()).url]
    assert "officeId=5&" in asked
    assert asked.endswith("&electionid=105&electiontype=P&isactive=1")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (
            f"{SERVICE}&electionid=105&electiontype=G&isactive=0",
            {"eid": "105", "kind": "G", "office": "2", "active": "0"},
        ),
        (f"{SERVICE}&electionid=undefined&electiontype=undefined", {"office": "2"}),
        (f"{SITE}/", {}),
        (f"{SITE}/x#y", {}),
        ("https://www.pa.gov/agencies/vote", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_a_primary_and_its_general_election_share_a_number() -> None:
    """So the list gives the kind too. Its rows are as the site has them, two of many."""
    rows = [
        {
            "Electionid": 105, "ElectionType": kind, "ElectionName": name, "ISActive": 0,
            "ElectionDate": day, "ElectionStatus": "O",
        }
        for kind, name, day in (
            ("G", "2024 Presidential Election", "11/05/2024"),
            ("P", "2024 Presidential Primary", "04/23/2024"),
        )
    ]  # fmt: skip
    asked = Scraper(date=None, settings={}).elections()
    assert next(asked).url == f"{SITE}/api/Reports/GetElectionList"
    with pytest.raises(StopIteration) as ended:
        asked.send(page(json.dumps({"Table": rows})))
    assert [(one.date, one.settings) for one in ended.value.value] == [
        (date(2024, 11, 5), (("eid", "105"), ("kind", "G"), ("active", "0"))),
        (date(2024, 4, 23), (("eid", "105"), ("kind", "P"), ("active", "0"))),
    ]


def test_votes_without_a_breakdown_have_no_types() -> None:
    contest = read(edited('"ShowVotesBreakdown": "1"', '"ShowVotesBreakdown": "0"')).contests[0]
    assert [len(one.by_type) for one in contest.selections] == [0, 3, 3]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (edited('"Votes": "3384180"', '"Votes": "3384181"'), "do not sum to 3384181"),
        (edited('"Votes": "3384180"', '"Votes": "*"'), "expected a whole number for Votes"),
        (edited('"MailInVotes"', '"MailVotes"'), "expected the field 'MailInVotes'"),
        (edited("Statewide$$1$$", "Statewide$$2$$"), "is not 'Statewide'"),
        (edited('"IsRetention": "0"', '"IsRetention": "1"'), "retention, which is not read"),
        (edited('"IsRetention": "0"', '"IsRetention": ""'), "'0' or '1' for IsRetention"),
        (edited("DAVE MCCORMICK", "ROBERT P CASEY JR").replace("REP", "DEM"), "stands twice"),
        (edited('"2024"', '"2022"'), "the election of '2022', not of 2024"),
        (json.dumps({"Election": {}}), "no candidate at"),
        (json.dumps({"Table": []}), "expected the field 'Election'"),
        (json.loads(WHOLE), "expected a text that holds JSON"),
    ],
)
def test_what_is_not_understood_is_refused(content: Any, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(content)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (WHOLE[:900], Truncated),
        (json.dumps(WHOLE).encode()[:900], Truncated),
        (b"<html><body>Sorry", WrongFormat),
        (b"<html><body>_Incapsula_Resource", Blocked),
    ],
)
def test_damaged_answers_are_refused(content: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(content)
