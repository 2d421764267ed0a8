"""A golden case: one visit to a source as a folder of tests/examples holds it.

The pages are kept without what belongs to us or to one visitor (cookies, tokens, headers
nobody reads, this machine's folders), and the report is read from what is kept. So what a
person accepts is what the test reads again.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from pydantic import TypeAdapter

from monitor.asking import ask, fresh
from monitor.errors import MonitorError, NotFound
from monitor.fetch import OK
from monitor.model import Page, Report
from monitor.secret_parts import is_secret_name, secret_in, without_secrets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from monitor.fetch import Fetcher
    from monitor.model import Contest, Request
    from monitor.night import Scraper
    from monitor.parsing import Parser
    from monitor.races import SourceConfig

READ_AT = datetime(2026, 1, 1, tzinfo=UTC)
"""When a case's pages count as fetched: no report depends on it."""
NOT_THERE = 404
_HEADERS = {"content-type": "Content-Type", "last-modified": "Last-Modified"}
_WHICH = "content-location"
"""Says which file of a folder on this machine was read."""
_NAMED = {"json": "json", "html": "html", "xml": "xml", "csv": "csv", "plain": "txt", "pdf": "pdf"}
_DESK = "file:///desk/"
_LONGEST = 60


class CaseRefused(MonitorError):
    """A golden case cannot be kept."""


@dataclass(frozen=True, slots=True)
class Golden:
    """One visit as it can be kept: what config.toml gives, the pages, and what they say.

    `changed`: values of tokens in the pages were removed.
    """

    source: str
    scraper: str
    source_name: str
    day: date
    settings: tuple[tuple[str, str], ...]
    pages: tuple[Page, ...]
    report: Report
    taken_at: datetime
    changed: bool


async def take(
    source: SourceConfig,
    make: Callable[[Mapping[str, str]], Scraper],
    fetcher: Fetcher,
    parser: Parser,
    now: datetime,
    own: str,
) -> Golden:
    """Visit a source once, and read its report again from what would be kept.

    `own`: words of ours that a site may print, such as the contact it is told. Raises
    `SourceFailure`, and `CaseRefused` where an address or a setting holds a secret.
    """
    settings = dict(source.settings)
    for key, value in settings.items():
        _refuse_secret(key if is_secret_name(key) else secret_in(value), source.id)
    seen = await _visited(make(settings), fetcher, now)
    moved = {key: _moved(value) for key, value in settings.items()}
    scraper = make(moved)
    pages = {page.url: page for page in (_kept(page, own) for page in seen)}
    for url in pages:
        _refuse_secret(secret_in(url), source.id)

    async def answer(request: Request) -> Page:
        if page := pages.get(request.url):
            return page
        if request.optional:
            return Page(request.url, NOT_THERE, (), b"", READ_AT)
        raise NotFound(f"the visit to {source.id} did not keep {request.url}")

    report = await parser.parse(scraper, await ask(scraper.visit(), answer))
    return Golden(
        source=source.id,
        scraper=source.scraper,
        source_name=scraper.source_name,
        day=source.election.date,
        settings=tuple(sorted(moved.items())),
        pages=tuple(pages.values()),
        report=report,
        taken_at=now,
        changed=any(page.body != pages[_moved(page.url)].body for page in seen),
    )


async def _visited(scraper: Scraper, fetcher: Fetcher, now: datetime) -> tuple[Page, ...]:
    """Return every page of a visit that was there, parsed or not."""
    asked, seen = fresh(fetcher, now), list[Page]()

    async def answer(request: Request) -> Page:
        page = await asked(request)
        seen.append(page)
        return page

    await ask(scraper.visit(), answer)
    return tuple(page for page in seen if page.status == OK)


def _kept(page: Page, own: str) -> Page:
    which = _WHICH if page.url.startswith("file:") else ""
    headers = tuple(
        (name, _moved(value)) for name, value in page.headers if name in {*_HEADERS, which}
    )
    body = without_secrets(page.body, own)
    return replace(page, url=_moved(page.url), headers=headers, body=body, fetched_at=READ_AT)


def _moved(value: str) -> str:
    """Take this machine's folders out of the address of a file."""
    return _DESK + value.rpartition("/")[2] if value.startswith("file:") else value


def _refuse_secret(found: str, source: str) -> None:
    if found:
        raise CaseRefused(
            f"the address of {source} holds {found}, and a golden case is published; "
            "save the page by hand, under an address without it"
        )


# -- the folder --------------------------------------------------------------------------


def files_of(golden: Golden, who: str) -> dict[str, bytes]:
    """Return the files of a case by name, with who accepted it and when in its `about`."""
    files: dict[str, bytes] = {}
    pages = []
    for page in golden.pages:
        name = _free(_file_name(page), files)
        files[name] = page.body
        headers = {_HEADERS.get(key, key.title()): value for key, value in page.headers}
        pages.append({"url": page.url, "status": page.status, "headers": headers, "body": name})
    told = {
        "about": _about(golden, who),
        "date": golden.day.isoformat(),
        "settings": dict(golden.settings),
        "pages": pages,
    }
    expected = TypeAdapter(Report).dump_python(golden.report, mode="json")
    return {**files, "exchange.json": _json(told), "expected.json": _json(expected)}


def _about(golden: Golden, who: str) -> str:
    at = golden.taken_at.astimezone(UTC)
    changed = " The values of tokens in the pages are removed." if golden.changed else ""
    return (
        f"{golden.source_name}, election of {golden.day}: the pages as they were served on "
        f"{at:%Y-%m-%d} at {at:%H:%M} UTC, kept by `record`.{changed} {who} compared the "
        f"report with the site and accepted it on {at:%Y-%m-%d}."
    )


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _file_name(page: Page) -> str:
    """Name a page's file as the site does, with an ending that says what it is."""
    path = urlsplit(page.header(_WHICH) or page.url).path
    last = unquote(path.rstrip("/").rpartition("/")[2])
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", last).strip("._-")[-_LONGEST:] or "page"
    kind = page.header("content-type").partition(";")[0].rpartition("/")[2].strip().lower()
    return name if "." in name else f"{name}.{_NAMED.get(kind, 'txt')}"


def _free(name: str, taken: Mapping[str, bytes]) -> str:
    """Return the name, with a number before it where it is taken, on any file system."""
    used = {one.casefold() for one in (*taken, "exchange.json", "expected.json")}
    numbered = (f"{number}_{name}" for number in range(2, len(used) + 3))
    return (
        name
        if name.casefold() not in used
        else next(one for one in numbered if one.casefold() not in used)
    )


# -- what a person compares with the site ------------------------------------------------


def shown(golden: Golden) -> Iterator[str]:
    """Yield the report as lines: what it says of itself, then every contest."""
    report = golden.report
    size = sum(len(page.body) for page in golden.pages)
    pages = _many(len(golden.pages), "page")
    yield f"{golden.source}: {golden.source_name}, {pages} of {size:,} bytes"
    status = report.status.value if report.status else "none"
    said = f" ({report.status_text})" if report.status_text else ""
    yield f"  election: {report.election_date or 'not said'}; status: {status}{said}"
    yield f"  its own time: {report.source_time_text or 'none'}"
    if report.is_test:
        yield "  the source marks this as TEST data"
    for contest in report.contests:
        yield from _contest(contest)
    yield _many(len(report.contests), "contest")


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _contest(contest: Contest) -> Iterator[str]:
    units, status = contest.units, contest.status
    parts = (
        contest.party,
        f"vote for {contest.votes_allowed}",
        f"{units.reported:,} of {units.total:,} {units.kind.value}" if units else "no units",
        f"{contest.total_votes:,} votes in all" if contest.total_votes is not None else "",
        status.value if status else "",
        "" if contest.counts_known else f"counts not known: {contest.note}",
    )
    yield f"{contest.title} [{contest.key}]: {', '.join(filter(None, parts))}"
    for one in contest.selections:
        marks = ", ".join(filter(None, (one.party, "write-in" if one.is_write_in else "")))
        yield f"  {one.votes:>11,}  {one.name}{f' ({marks})' if marks else ''}"


def trust_words(golden: Golden, case: str, who: str) -> str:
    """Say which line lets outcomes go out by themselves, now that a person accepted a case."""
    return (
        f"{golden.source} was unproven, and {who} accepted {golden.scraper}/{case}. For outcomes "
        f"without READY TO CALL, write under [sources.{golden.source}] in config.toml: "
        "trusted = true"
    )
