"""The text of a PDF, line by line, through pdfplumber (the extra `pdf`).

A scan holds pictures and no text: it is refused with advice, never read by guess.
"""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import TYPE_CHECKING, Any

from monitor.errors import ScraperBroken, Truncated, WrongFormat

if TYPE_CHECKING:
    from monitor.model import Page

_END = b"%%EOF"
_TAIL = 2_048


def pdf_lines(page: Page) -> tuple[str, ...]:
    """Return the lines of every page of a PDF.

    Raises `Truncated`, `WrongFormat` (a scan, or no PDF we can read), or `ScraperBroken`
    where pdfplumber is not installed.
    """
    if _END not in page.body[-_TAIL:]:
        raise Truncated(f"the PDF's end is missing after {len(page.body)} bytes at {page.url}")
    reader = extra("pdfplumber", "pdf")
    try:
        with reader.open(BytesIO(page.body)) as document:
            texts = [sheet.extract_text() for sheet in document.pages]
    except Exception as error:  # its parsers raise what they like on a damaged file
        seen = f"{type(error).__name__}: {error}"
        raise WrongFormat(f"no PDF we can read ({seen:.80}) at {page.url}") from error
    if not any(text.strip() for text in texts):
        raise WrongFormat(
            f"a scan without a text layer, {len(texts)} pages, at {page.url}; ask the county for "
            "the file its program wrote (PDF, CSV or text), or type the figures into the sheet"
        )
    return tuple(line for text in texts for line in text.splitlines())


def extra(module: str, name: str) -> Any:
    """Import a library that only an extra of this project installs."""
    try:
        return import_module(module)
    except ImportError:
        raise ScraperBroken(
            f"this file needs {module}: pip install 'primary-night[{name}]'"
        ) from None
