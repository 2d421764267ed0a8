"""Put a county's file into the project's own `scrapers/`, and take it away if it does not load."""

from __future__ import annotations

import sys
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.county_names import CountyRefused
from monitor.discover import discover

if TYPE_CHECKING:
    from monitor.new_county import CountyFile

PACKAGE = "scrapers"


def write(file: CountyFile) -> Path:
    """Write the file and see that it is found as what it says; returns its path.

    Raises `CountyRefused` where one is there, the folder cannot be written or it does not load.
    """
    path = Path(import_module(PACKAGE).__path__[0]) / f"{file.module}.py"
    try:
        with path.open("x", encoding="utf-8", newline="\n") as opened:
            opened.write(file.text)
    except FileExistsError:
        raise CountyRefused(f"{path} is there already; edit or remove it") from None
    except OSError as error:
        raise CountyRefused(
            f"cannot write {path} ({error.strerror}); run this in a clone of the project, "
            "installed with `pip install -e`"
        ) from None
    if wrong := _wrong(file):
        path.unlink()
        sys.modules.pop(f"{PACKAGE}.{file.module}", None)
        raise CountyRefused(f"nothing was written: {file.module} does not load: {wrong}")
    return path


def _wrong(file: CountyFile) -> str:
    """Import the file as `watch` would, and say what is wrong with it; "" for nothing."""
    invalidate_caches()
    found = discover(PACKAGE)
    if file.module in found.failures:
        return str(found.failures[file.module])
    scraper = found.scrapers.get(file.module)
    if scraper is None:
        return "no Scraper was found in it"
    said = (scraper.county, scraper.state, scraper.source_name)
    if said != (file.county, file.state, file.source_name):
        return f"it says {said}"
    given = {key for key, _ in file.settings}
    odd = scraper.settings_needed() ^ (given | set(file.missing)) - set(scraper.optional_settings)
    return f"it needs {', '.join(sorted(odd))} otherwise than meant" if odd else ""
