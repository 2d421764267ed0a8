"""id_enr: heads, races and feet have to follow each other, and every race its total."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from monitor.errors import EmptyPage, LayoutChanged, Truncated, WrongFormat
from monitor.model import Page, Report, UnitKind, Units
from scrapers.platforms.id_enr import Scraper

EXAMPLES = Path(__file__).parent / "examples" / "id_enr"
WHOLE = (EXAMPLES / "complete" / "results.xml").read_bytes().decode("utf-8-sig")
SITE = "https://sos.idaho.gov/elect/results/2018/General/ENR/"


def read(text: str | bytes) -> Report:
    """Read a file as that of 2018."""
    body = text if isinstance(text, bytes) else text.encode()
    page = Page("https://example.org/x", 200, (), body, datetime(2026, 1, 1, tzinfo=UTC))
    return Scraper(date=date(2018, 11, 6), settings={"url": page.url}).parse((page,))


def edited(old: str, new: str, count: int = 1) -> str:
    """Change the example, which has to hold what is changed."""
    assert old in WHOLE
    return WHOLE.replace(old, new, count)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (f"{SITE}xml/results.xml", {"url": f"{SITE}xml/results.xml"}),
        (f"{SITE}xml_access.html", {}),
        ("https://sos.idaho.gov/elections-division/", None),
        ("https://results.voteidaho.gov/results/public/id", None),
    ],
)
def test_links_of_the_site_are_recognised(url: str, found: dict[str, str] | None) -> None:
    assert Scraper.recognise(url) == found


def test_the_address_is_all_there_is_to_set() -> None:
    scraper = Scraper(date=None, settings={"url": f"{SITE}x.xml"})
    assert Scraper.settings_needed() == {"url"}
    assert next(scraper.visit()).url == scraper.link() == f"{SITE}x.xml"


def test_a_county_with_more_precincts_than_it_has_hides_the_units_of_its_races_alone() -> None:
    """Cassia and Blaine vote for the judge, Ada does not."""
    text = edited("<PrecinctReported>150<", "<PrecinctReported>151<")
    assert [one.units for one in read(text).contests] == [None, Units(41, 41, UnitKind.PRECINCTS)]
    assert read(WHOLE).contests[0].units == Units(191, 191, UnitKind.PRECINCTS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (edited("<VoteCount>", "<VoteCount>9"), "votes are not the RaceTotal of"),
        (edited("<RaceTotal>", "<RaceTotal>9"), "votes are not the RaceTotal of"),
        (edited("<VoteCount>", "<VoteCount>*"), "expected a whole number for votes of"),
        (edited("writein=", "write="), "for writein in"),
        (edited('writein="false"', 'writein="no"'), "found 'no'"),
        (edited("<Title>Ada County</Title>", "<Title>Ada</Title>"), "county 'Ada' has no end"),
        (edited("Blaine County", "Ada County", 2), "or stands twice"),
        (edited("<Footer>", "<Foot>").replace("</Footer>", "</Foot>", 1), "found .*'Foot'"),
        (edited("District Judge, District 5", "Attorney General").replace(
            "<SucceederName>Randy J. Stoker</SucceederName>", "<SucceederName />"
        ), "stands twice in"),
        (edited("Lawrence Wasden", "Larry Wasden"), "is missing in"),
        (edited("<PrecinctTotal>", "<PrecinctsTotal>").replace(
            "</PrecinctTotal>", "</PrecinctsTotal>", 1
        ), "expected one PrecinctTotal, found 0"),
        (edited("Header>", "Head>", 2), "expected a Header"),
        ("<Document></Document>", "expected a Header"),
        ("<Results></Results>", "expected Document, found 'Results'"),
    ],
)  # fmt: skip
def test_what_is_not_understood_is_refused(text: str, message: str) -> None:
    with pytest.raises(LayoutChanged, match=message):
        read(text)


def test_a_header_without_counties_is_refused() -> None:
    text = WHOLE[: WHOLE.index("<SubHeader>")] + "</Document>"
    with pytest.raises(LayoutChanged, match="no county at"):
        read(text)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (WHOLE[:3_000].encode(), Truncated),
        (b"  ", EmptyPage),
        (b"<html><body>Sorry</body></html>", WrongFormat),
        (b"DISTRICT ATTORNEY >", WrongFormat),
    ],
)
def test_damaged_answers_are_refused(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(body)
