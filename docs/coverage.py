"""Write docs/coverage.md, and its short form in the README: what can be watched, by state.

`python docs/coverage.py` writes both anew from the shipped addresses, the platforms and the
nominal numbers of prosecutors' districts.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.app import scrapers
from monitor.coverage import Way, coverage, shipped_nominal, total
from monitor.directory import shipped_directory

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.coverage import Coverage

PAGE = Path(__file__).parent / "coverage.md"
README = Path(__file__).parents[1] / "README.md"
BLOCK = re.compile(r"(?<=<!-- coverage -->\n).*?(?=<!-- /coverage -->\n)", re.DOTALL)
WAYS = {
    Way.PROVEN: "settings, proven",
    Way.UNPROVEN: "settings, unproven",
    Way.REPORT_FILE: "a report file, at most",
    Way.NONE: "not at all",
}
HEAD = """\
# Which prosecutors' races can be watched

Written by `python docs/coverage.py`; do not edit. `run.py coverage` prints the same, and
`run.py sources --state PA --county Bucks` the addresses it is counted from.

The numbers of districts are nominal and general knowledge; the addresses are as other
people's notes had them, and none was opened for this table. A district counts once, in the
first column that fits:

- **settings, proven**: config.toml is enough. The platform is proven by stored answers, and
  prosecutors were seen there, or it is a county's own site with all of its contests.
- **settings, unproven**: config.toml is enough, but either no stored answer proves the
  platform, or nobody has seen prosecutors or the address there. Try it before the night.
- **report file**: a file that the county posts or a person saves, shown and confirmed before
  it is used. The most there can be: not every county posts one, and a scan cannot be read.
- **not at all**: no address is noted, a wall stands before it, or nothing here reads it.

A sheet kept by hand works for all of them and is not counted. Where prosecutors are elected
by circuit, the sites of single counties are not counted either.
"""
FOOT = """\
What the words mean, and every state's numbers, stand in [docs/coverage.md](docs/coverage.md);
`sources --state PA --county Bucks` lists the addresses they are counted from."""
COLUMNS = (
    "state", "districts", "settings, proven", "settings, unproven", "report file", "not at all",
    "platforms",
)  # fmt: skip


def page() -> str:
    """Return the whole page."""
    nominal = shipped_nominal()
    rows = coverage(shipped_directory(), nominal, scrapers())
    names = {one.state: one.name for one in nominal}
    whole = total(rows)
    ordered = sorted(rows, key=lambda one: names[one.state])
    lines = [_row(names[one.state], one, one.platforms) for one in ordered]
    notes = [f"- {one.name}: {one.note}." for one in nominal if one.note]
    return "\n".join((
        HEAD,
        _cells(COLUMNS),
        _cells(["---", *["---:"] * 5, "---"]),
        _row(f"**{len(rows)} states**", whole, ()),
        *lines,
        "",
        "What is counted as a district:",
        "",
        *notes,
        "",
    ))  # fmt: skip


def block() -> str:
    """Return the table of the README: each way with its states, the most districts first."""
    rows = coverage(shipped_directory(), shipped_nominal(), scrapers())
    whole = total(rows)
    lines = [_cells(["reached with", "of them", "in these states"]), _cells(["---", "---:", "---"])]
    for way, words in WAYS.items():
        states = sorted((-_by(one, way), one.state) for one in rows if _by(one, way))
        listed = ", ".join(f"{state} {-count}" for count, state in states)
        lines.append(_cells([words, f"{_by(whole, way):,}", listed]))
    head = f"{whole.districts:,} prosecutors' districts in {len(rows)} states, nominally:"
    return "\n".join((head, "", *lines, "", FOOT, ""))


def _by(one: Coverage, way: Way) -> int:
    numbers = {
        Way.PROVEN: one.proven,
        Way.UNPROVEN: one.unproven,
        Way.REPORT_FILE: one.report_file,
        Way.NONE: one.none,
    }
    return numbers[way]


def in_readme(text: str) -> str:
    """Return the README with the table in its place; one without its marks is refused."""
    made, found = BLOCK.subn(lambda _: block(), text)
    if found != 1:
        raise SystemExit(f"expected <!-- coverage --> once in README.md, found {found}")
    return made


def _row(name: str, one: Coverage, platforms: Iterable[str]) -> str:
    numbers = (one.districts, one.proven, one.unproven, one.report_file, one.none)
    return _cells([name, *(f"{n:,}" for n in numbers), ", ".join(f"`{p}`" for p in platforms)])


def _cells(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    README.write_text(in_readme(README.read_text(encoding="utf-8")), encoding="utf-8")
