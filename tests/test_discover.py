"""Discovery: what is there is found, what is broken is named, nothing is registered."""

from __future__ import annotations

import sys
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

from monitor.discover import Discovered, discover
from monitor.errors import ScraperBroken
from scrapers.base import Platform

if TYPE_CHECKING:
    from pathlib import Path

WHOLE = """
from scrapers.base import Platform

class Scraper(Platform):
    page_url = "https://example.org/{eid}"

    def visit(self):
        yield from ()
        return ()

    def parse(self, pages):
        raise NotImplementedError
"""
FILES = {
    "__init__.py": "",
    "base.py": "READERS = 'no scraper'",
    "platforms/__init__.py": "",
    "platforms/vendor.py": WHOLE,
    "platforms/rows.py": "def rows(): ...",
    "nc_good.py": """
        from PACKAGE.platforms import vendor
        class Scraper(vendor.Scraper):
            state, county, eid = "NC", "Good", "7"
    """,
    "nc_syntax.py": "class Scraper(",
    "nc_typo.py": "\nimport re\nNAME = re.compil('x')\n",
    "nc_loose.py": "class Scraper: ...",
    "nc_alias.py": "from PACKAGE.platforms.vendor import Scraper",
    "nc_half.py": "from scrapers.base import Platform\nclass Scraper(Platform): ...",
    "vendor.py": """
        from PACKAGE.platforms import vendor
        class Scraper(vendor.Scraper): ...
    """,
}


@pytest.fixture
def found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Discovered:
    """Discover a package of ours, with files of every kind."""
    package = "sample_scrapers"
    for name, text in FILES.items():
        path = tmp_path / package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text).replace("PACKAGE", package))
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, name)
    return discover(package)


def test_platforms_and_county_files_are_found_by_their_file_names(found: Discovered) -> None:
    assert sorted(found.scrapers) == ["nc_good", "vendor"]
    assert found.scrapers["nc_good"].county == "Good"
    assert found.scrapers["nc_good"].settings_needed() == frozenset()
    assert found.scrapers["vendor"].settings_needed() == {"eid"}


def test_the_platform_keeps_its_name_when_a_county_file_takes_it(found: Discovered) -> None:
    assert found.scrapers["vendor"].__module__ == "sample_scrapers.platforms.vendor"
    assert "a second scraper named vendor; rename one" in str(found.failures["vendor"])


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("nc_syntax", r"nc_syntax\.py: SyntaxError: .* line 1.*; mend the file"),
        ("nc_typo", r"nc_typo\.py:3: AttributeError: module 're' has no attribute 'compil'"),
        ("nc_loose", r"nc_loose\.py: its Scraper is no Platform"),
        ("nc_alias", r"nc_alias\.py: its Scraper is that of sample_scrapers\.platforms\.vendor"),
        ("nc_half", r"nc_half\.py: its Scraper leaves out parse, visit"),
    ],
)
def test_a_broken_file_is_named_and_stops_no_other(found: Discovered, name: str, told: str) -> None:
    error = found.failures[name]
    assert "\n" not in str(error)
    with pytest.raises(ScraperBroken, match=told):
        raise error


def test_modules_without_a_scraper_are_passed_over(found: Discovered) -> None:
    assert not {"base", "rows"} & {*found.scrapers, *found.failures}


def test_every_file_of_this_project_is_usable() -> None:
    found = discover()
    assert found.failures == {}
    assert all(issubclass(scraper, Platform) for scraper in found.scrapers.values())
