"""Ask a source outside the watch: drive a scraper's generator once, and parse what came.

`check`, `sources`, `contests` and `record` use it; nothing is stored here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from monitor.errors import MonitorError, ScraperBroken

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator
    from datetime import datetime

    from monitor.fetch import Fetcher
    from monitor.model import Page, Report, Request
    from monitor.night import Scraper
    from monitor.parsing import Parser

Answer = TypeVar("Answer")


async def ask(
    asked: Generator[Request, Page, Answer], answer: Callable[[Request], Awaitable[Page]]
) -> Answer:
    """Answer each request of a generator; return what it returns.

    Raises what `answer` raises, and `ScraperBroken` for a fault of the scraper's own.
    """
    page: Page | None = None
    while True:
        try:
            request = next(asked) if page is None else asked.send(page)
        except StopIteration as done:
            answered: Answer = done.value
            return answered
        except MonitorError:
            raise
        except Exception as error:  # a scraper's own code can raise anything
            raise broken(error) from error
        page = await answer(request)


def broken(error: Exception) -> ScraperBroken:
    """Name a fault in a scraper's own code."""
    return ScraperBroken(
        f"the scraper failed on what the site answered ({type(error).__name__}: {error}); mend it"
    )


def fresh(fetcher: Fetcher, now: datetime) -> Callable[[Request], Awaitable[Page]]:
    """Return what answers each request with the whole page, as the site has it now."""

    async def answer(request: Request) -> Page:
        return await fetcher.fetch(request, known=None, now=now, unconditional=True)

    return answer


async def report_of(scraper: Scraper, fetcher: Fetcher, parser: Parser, now: datetime) -> Report:
    """Visit a source once and read its report. Raises `SourceFailure`."""
    pages = await ask(scraper.visit(), fresh(fetcher, now))
    try:
        return await parser.parse(scraper, pages)
    except MonitorError:
        raise
    except Exception as error:  # a scraper's own code can raise anything
        raise broken(error) from error
