"""Fields of JSON, read strictly: one that has to be there and is not is `LayoutChanged`."""

from __future__ import annotations

from typing import Any

from monitor.errors import LayoutChanged
from scrapers.base import clean, whole


def need(container: Any, field: str, where: str) -> Any:
    """Return a field that has to be there; null counts as there."""
    if field not in fields_of(container, where):
        raise LayoutChanged(f"expected the field {field!r}, found none at {where}")
    return container[field]


def fields_of(value: Any, where: str) -> dict[str, Any]:
    """Return a JSON object, refused when it is anything else."""
    if not isinstance(value, dict):
        raise LayoutChanged(f"expected an object with fields, found {value!r:.40} at {where}")
    return value


def listed(container: Any, field: str, where: str) -> list[Any]:
    """Return the rows of a field: a list, an object's values by id, or none for null."""
    rows = need(container, field, where)
    if isinstance(rows, dict):
        return list(rows.values())
    if rows is not None and not isinstance(rows, list):
        raise LayoutChanged(f"expected rows in {field!r}, found {rows!r:.40} at {where}")
    return rows or []


def count(container: Any, field: str, where: str) -> int:
    """Read a count; some sources write 20.0, or "1,204"."""
    number = need(container, field, where)
    if isinstance(number, float) and number.is_integer():
        number = int(number)
    return whole(number, f"{field} of {where}")


def text(container: Any, field: str, where: str) -> str:
    """Return a field's text, cleaned; null is the empty text."""
    found = need(container, field, where)
    if found is not None and not isinstance(found, str | int):
        raise LayoutChanged(f"expected a text in {field!r}, found {found!r:.40} at {where}")
    return "" if found is None else clean(str(found))


def one_or_many(value: Any, where: str) -> list[dict[str, Any]]:
    """Return objects where a converter from XML writes one alone as no list, and none as null."""
    rows = value if isinstance(value, list) else [] if value in (None, "") else [value]
    return [fields_of(row, where) for row in rows]
