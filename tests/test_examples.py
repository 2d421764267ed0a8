"""Every golden example: recorded pages go in, the Report beside them must come out.

A case is a folder `examples/<scraper>/<case>` with `exchange.json` and the
bodies it names; `expected.json` holds the Report or the error. Where that is
missing it is written and the test fails, so that somebody reads it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from monitor.discover import discover
from monitor.errors import NotFound, SourceFailure
from monitor.fetch import refuse_status
from monitor.model import Page, Report, Request

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapers.base import Platform

EXAMPLES = Path(__file__).parent / "examples"
CASES = sorted(path.parent for path in EXAMPLES.glob("*/*/exchange.json"))
NEEDED = ("zero", "partial", "complete", "challenge", "moved")
"""A county file adds where, its platform how: the night gives it the other cases."""
FETCHED_AT = datetime(2026, 1, 1, tzinfo=UTC)
SCRAPERS = discover().scrapers
REPORT = TypeAdapter(Report)


@dataclass(frozen=True, slots=True)
class Exchange:
    """What the sites of one case answer, by exact URL."""

    folder: Path
    settings: dict[str, str]
    date: date | None
    pages: dict[str, Page]

    def answer(self, request: Request) -> Page:
        """Answer one request: an unknown URL is a 404."""
        if page := self.pages.get(request.url):
            return page
        if request.optional:
            return Page(request.url, 404, (), b"", FETCHED_AT)
        raise NotFound(f"the case has no page {request.url}")


def read_exchange(folder: Path) -> Exchange:
    """Read a case's `exchange.json` and the bodies beside it."""
    told = json.loads((folder / "exchange.json").read_text(encoding="utf-8"))
    assert told["about"].strip(), f"{folder}: say what this is and where its figures come from"
    day = date.fromisoformat(told["date"]) if told["date"] else None
    pages = {page["url"]: read_page(page, folder) for page in told["pages"]}
    return Exchange(folder, told.get("settings", {}), day, pages)


def read_page(told: dict[str, Any], folder: Path) -> Page:
    """Read one page: its body is a file of the folder, or a text on the spot."""
    body = (folder / told["body"]).read_bytes() if "body" in told else told["text"].encode()
    headers = tuple((name.lower(), value) for name, value in told.get("headers", {}).items())
    return Page(told["url"], told.get("status", 200), headers, body, FETCHED_AT)


def visited(scraper: Platform, exchange: Exchange) -> tuple[Page, ...]:
    """Drive a visit to its end, as the fetcher does."""
    visit = scraper.visit()
    request = next(visit)
    while True:
        page = refuse_status(exchange.answer(request), optional=request.optional)
        try:
            request = visit.send(page)
        except StopIteration as ended:
            pages: tuple[Page, ...] = ended.value
            return pages


def outcome(exchange: Exchange) -> Any:
    """Return the Report of a case as JSON, or the error it ends in."""
    scraper = SCRAPERS[exchange.folder.parent.name](date=exchange.date, settings=exchange.settings)
    try:
        report = scraper.parse(visited(scraper, exchange))
    except SourceFailure as error:
        return {"error": type(error).__name__, "message": str(error)}
    return REPORT.dump_python(report, mode="json")


def case_name(folder: Path) -> str:
    """Name a case as its folders do."""
    return f"{folder.parent.name}/{folder.name}"


@pytest.mark.parametrize("folder", CASES, ids=case_name)
def test_case(folder: Path) -> None:
    """The pages of a case give what a person has read and kept."""
    seen = outcome(read_exchange(folder))
    expected = folder / "expected.json"
    if not expected.exists():
        text = json.dumps(seen, indent=1, ensure_ascii=False)
        expected.write_text(text + "\n", encoding="utf-8")
        pytest.fail(f"{expected} was missing and is written now: read it, then keep it")
    assert seen == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("folder", CASES, ids=case_name)
def test_case_needs_the_settings_it_gives(folder: Path) -> None:
    """A case gives what config.toml would have to give, and no more."""
    scraper = SCRAPERS[folder.parent.name]
    given = set(read_exchange(folder).settings)
    assert (
        scraper.settings_needed()
        <= given
        <= scraper.settings_needed() | set(scraper.optional_settings)
    )


def missing_cases() -> Iterator[str]:
    """Yield the cases that a scraper should have and has not."""
    for name in sorted(SCRAPERS):
        for case in NEEDED:
            if not (EXAMPLES / name / case / "exchange.json").exists():
                yield f"{name}/{case}"


def test_every_scraper_has_its_cases() -> None:
    """No scraper comes without its five golden examples."""
    assert list(missing_cases()) == []


def test_every_error_case_is_one_line() -> None:
    """An error is one line that says where it was seen."""
    for expected in EXAMPLES.glob("*/*/expected.json"):
        told = json.loads(expected.read_text(encoding="utf-8"))
        if "error" in told:
            assert told["message"].strip()
            assert "\n" not in told["message"], expected
