"""Modules stay small: a platform is read in one sitting, and a county's file says differences."""

from __future__ import annotations

from pathlib import Path
from statistics import median

import pytest

from monitor.discover import discover

SCRAPERS = Path(__file__).resolve().parent.parent / "scrapers"
PLATFORMS = sorted((SCRAPERS / "platforms").glob("[!_]*.py"))
COUNTIES = sorted(
    SCRAPERS / f"{name}.py" for name, one in discover().scrapers.items() if one.county
)
MEDIAN, LONGEST, COUNTY = 150, 250, 30
"""Lines, with docstring and blank ones."""


def lines_of(path: Path) -> int:
    """Count a module's lines."""
    return len(path.read_text(encoding="utf-8").splitlines())


def test_the_median_platform_module_is_small() -> None:
    """A platform of several modules counts by each of them."""
    assert len(PLATFORMS) > 30
    assert median(map(lines_of, PLATFORMS)) <= MEDIAN


@pytest.mark.parametrize("path", PLATFORMS, ids=lambda path: path.stem)
def test_no_platform_module_is_long(path: Path) -> None:
    assert lines_of(path) <= LONGEST


@pytest.mark.parametrize("path", COUNTIES, ids=lambda path: path.stem)
def test_a_county_file_is_a_few_lines(path: Path) -> None:
    assert lines_of(path) <= COUNTY
