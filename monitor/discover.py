"""Every scraper there is, found by looking into the folders: nothing is registered.

A module of `scrapers/` or `scrapers/platforms/` that holds a class `Scraper` is a
scraper, under the module's name. Modules without one (base, readers) are passed
over. This module and `monitor.app` are the only ones that know `scrapers`.
"""

from __future__ import annotations

import inspect
import pkgutil
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from monitor.errors import ScraperBroken
from scrapers.base import Platform

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Discovered:
    """The scrapers by name, and for every module that cannot be used its error, by name."""

    scrapers: Mapping[str, type[Platform]]
    failures: Mapping[str, ScraperBroken]


def discover(package: str = "scrapers") -> Discovered:
    """Import every module of the package and of its `platforms`; never raises for one of them."""
    scrapers: dict[str, type[Platform]] = {}
    failures: dict[str, ScraperBroken] = {}
    for path in _modules(package):
        name = path.rpartition(".")[2]
        try:
            found = _scraper(path)
        except ScraperBroken as error:
            failures[name] = error
            continue
        if found and name in scrapers:
            told = f"{_file(path)}: a second scraper named {name}; rename one"
            failures[name] = ScraperBroken(told)
        elif found:
            scrapers[name] = found
    return Discovered(scrapers=scrapers, failures=failures)


def _modules(package: str) -> Iterator[str]:
    """Name the modules: platforms first, because county files stand on them."""
    for folder in (f"{package}.platforms", package):
        for module in pkgutil.iter_modules(import_module(folder).__path__):
            if not module.ispkg:
                yield f"{folder}.{module.name}"


def _scraper(path: str) -> type[Platform] | None:
    """Import one module and return its scraper, or None when it holds none."""
    try:
        module = import_module(path)
    except Exception as error:  # importing a file runs it, so it can raise anything
        raise ScraperBroken(f"{_place(path, error)}: {_told(error)}; mend the file") from error
    found = getattr(module, "Scraper", None)
    if found is None:
        return None
    if not (isinstance(found, type) and issubclass(found, Platform)):
        raise ScraperBroken(f"{_file(path)}: its Scraper is no Platform; write it over a platform")
    if found.__module__ != path:
        raise ScraperBroken(
            f"{_file(path)}: its Scraper is that of {found.__module__}; "
            "write class Scraper(…) with the county's attributes"
        )
    if inspect.isabstract(found):
        left = ", ".join(sorted(found.__abstractmethods__))
        raise ScraperBroken(f"{_file(path)}: its Scraper leaves out {left}; write them")
    return found


def _file(path: str) -> str:
    return f"{path.replace('.', '/')}.py"


def _place(path: str, error: Exception) -> str:
    """Name the file, and the line of it that raised where it was not the import of another."""
    steps = traceback.extract_tb(error.__traceback__)
    line = next((step.lineno for step in steps if step.filename.endswith(_file(path))), None)
    return f"{_file(path)}:{line}" if line else _file(path)


def _told(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
