"""An XML page as elements, read strictly: no document type, no entities, no half file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from monitor.errors import LayoutChanged, Truncated, WrongFormat
from scrapers.base import clean, refuse_html

if TYPE_CHECKING:
    from monitor.model import Page


def root_of(page: Page, tag: str) -> Any:
    """Return the root element, which has to be `tag`.

    Raises `Blocked`, `EmptyPage`, `LayoutChanged`, `Truncated` or `WrongFormat`.
    """
    refuse_html(page, "XML")
    reader = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False
    )
    try:
        root = etree.fromstring(page.body.strip(), reader)
    except etree.XMLSyntaxError as error:
        if not page.body.rstrip().endswith(b">") or "Premature end" in str(error.msg):
            size = len(page.body)
            raise Truncated(f"XML ends early, after {size} bytes, at {page.url}") from None
        raise WrongFormat(f"not XML ({error.msg}) at {page.url}") from None
    if root.getroottree().docinfo.doctype:
        raise LayoutChanged(f"the XML declares a document type at {page.url}")
    if root.tag != tag:
        raise LayoutChanged(f"expected {tag}, found {root.tag!r:.40} at {page.url}")
    return root


def child_text(element: Any, tag: str, where: str) -> str:
    """Return the cleaned text of the one child of a name, "" where it is empty.

    Raises `LayoutChanged` where there is none, or more than one.
    """
    found = element.findall(tag)
    if len(found) != 1:
        raise LayoutChanged(f"expected one {tag}, found {len(found)} in {where}")
    return clean(found[0].text or "")
