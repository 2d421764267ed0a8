"""The shipped addresses have every state and county of the lists they were gathered from."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from monitor.directory import shipped_directory

if TYPE_CHECKING:
    from pathlib import Path

HOSTS = {
    (one.state, one.county, (urlsplit(one.address).hostname or "").removeprefix("www."))
    for one in shipped_directory()
}
PLACES = {(state, county) for state, county, _ in HOSTS}
OURS = {"(state)": "", "New York City": "New York", "Chicago": "Cook"}
"""Places that stand under another name here."""
STATE = re.compile(r"^### [^\n]*\((\w\w)\)([^#]*(?:#[^#\n][^#]*)*)", re.MULTILINE)
URL = re.compile(r"https?://\S+")


def host(url: str) -> str:
    """Return the host of an address, without its www."""
    return (urlsplit(url).hostname or "").removeprefix("www.")


def test_the_vendors_counties_are_there(shared_data: Path) -> None:
    text = (shared_data / "county_vendor_urls.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 88
    for row in rows:
        place = row["state"], OURS.get(row["county"], row["county"])
        if "{slug}" in row["url"]:
            assert place in PLACES
        else:
            assert (*place, host(row["url"])) in HOSTS


def test_the_states_sites_of_2018_are_there(shared_data: Path) -> None:
    text = (shared_data / "state_files" / "2018_medsl_README_urls.md").read_text(encoding="utf-8")
    found = [(state, url) for state, told in STATE.findall(text) for url in URL.findall(told)]
    assert len(found) == 44
    missing = [(state, url) for state, url in found if (state, "", host(url)) not in HOSTS]
    assert missing == []


def test_new_jerseys_21_counties_are_there(shared_data: Path) -> None:
    page = (shared_data / "state_files" / "nj_election_night_results.html").read_text("utf-8")
    linked = set(re.findall(r"clarityelections\.com/(?:files/)?NJ/(\w+)", page))
    assert len(linked) == 15
    counties = {county for state, county in PLACES if state == "NJ" and county}
    assert {name.replace("_", " ") for name in linked} <= counties
    assert len(counties) == 21


def test_the_counties_of_texas_are_there(shared_data: Path) -> None:
    text = (shared_data / "clarity" / "misc" / "tx_clarity_presence.csv").read_text("utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len(rows) == 35
    assert {("TX", row["county"]) for row in rows} <= PLACES
