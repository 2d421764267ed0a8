"""A folder that report files are dropped into: the newest whole one is read, and named."""

from __future__ import annotations

import os
import shutil
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor.asking import ask
from monitor.errors import NotFound, TooLarge, Unreachable
from monitor.exchange import read_file
from monitor.fetch import HttpFetcher
from monitor.inbox import SETTLED_AFTER, newest_in
from monitor.model import Page, Request
from monitor.races import FetchConfig
from scrapers.platforms.gems_text import Scraper

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.model import Report

WHERE = "file:///inbox"


def later(seconds: float = SETTLED_AFTER + 1) -> datetime:
    """Return a moment after everything that was written until now."""
    return datetime.now(UTC) + timedelta(seconds=seconds)


def drop(folder: Path, name: str, text: str = "x\n", *, age: float = 0) -> Path:
    """Write a file `age` seconds ago, as its own time says."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    written = path.stat().st_mtime_ns - int(age * 1e9)
    os.utime(path, ns=(written, written))
    return path


def test_the_newest_is_read_and_of_one_time_the_last_by_name(tmp_path: Path) -> None:
    drop(tmp_path, "z.txt", age=900)
    for name in ("b.txt", "a.txt"):
        same = drop(tmp_path, name, age=60)
        os.utime(same, (1_500_000_000, 1_500_000_000))
    assert newest_in(tmp_path, WHERE, later()).name == "z.txt"
    drop(tmp_path, "z.txt").unlink()
    assert newest_in(tmp_path, WHERE, later()).name == "b.txt"


@pytest.mark.parametrize(
    "name",
    ["~$x.xlsx", ".~lock.x.csv#", "._x.csv", ".x.csv", "x.csv.part", "x.csv.crdownload", "x.tmp",
     "x.csv.filepart", "x.docx", "x"],
)  # fmt: skip
def test_what_programs_keep_beside_a_file_is_passed_over(name: str, tmp_path: Path) -> None:
    """They are newer than the report, and say nothing."""
    drop(tmp_path, "report.CSV", age=60)
    drop(tmp_path, name)
    assert newest_in(tmp_path, WHERE, datetime.now(UTC) + timedelta(seconds=6)).name == "report.CSV"


def test_links_and_folders_are_not_followed(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "sub.csv").mkdir()
    drop(inbox / "sub.csv", "deep.csv")
    (inbox / "link.csv").symlink_to(drop(tmp_path, "outside.csv"))
    (inbox / "nowhere.csv").symlink_to(tmp_path / "absent.csv")
    with pytest.raises(NotFound, match="3 other names"):
        newest_in(inbox, WHERE, later())
    drop(inbox, "own.csv")
    assert newest_in(inbox, WHERE, later()).name == "own.csv"


def test_a_file_that_is_being_written_is_left_and_no_older_one_read(tmp_path: Path) -> None:
    """The older one would look like votes taken back."""
    drop(tmp_path, "21h.csv", age=3600)
    drop(tmp_path, "22h.csv")
    with pytest.raises(Unreachable, match=r"'22h\.csv' is still being written in file:///inbox"):
        newest_in(tmp_path, WHERE, datetime.now(UTC))
    assert newest_in(tmp_path, WHERE, later()).name == "22h.csv"
    with pytest.raises(Unreachable, match="machine's clock"):
        newest_in(tmp_path, WHERE, later(-3600))


def test_a_copy_that_keeps_its_originals_time_is_left_as_well(tmp_path: Path) -> None:
    """Its own time is of an hour ago, but the file was made now."""
    drop(tmp_path, "copy.csv", age=3600)
    with pytest.raises(Unreachable, match="being written"):
        newest_in(tmp_path, WHERE, datetime.now(UTC))


def test_which_is_newer_is_not_guessed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of 22:00 out of an archive, dropped after one that was saved at 22:05."""
    monkeypatch.setattr("monitor.inbox.SETTLED_AFTER", 0.0)
    saved = drop(tmp_path, "saved.csv")
    time.sleep(0.02)
    drop(tmp_path, "unpacked.csv", age=300)
    with pytest.raises(Unreachable, match=r"'unpacked\.csv' came into .* after 'saved\.csv', but"):
        newest_in(tmp_path, WHERE, later())
    saved.unlink()
    assert newest_in(tmp_path, WHERE, later()).name == "unpacked.csv"


def test_an_empty_file_is_being_written_and_later_passed_over(tmp_path: Path) -> None:
    drop(tmp_path, "21h.csv", age=60)
    drop(tmp_path, "22h.csv", "")
    with pytest.raises(Unreachable, match=r"'22h\.csv'"):
        newest_in(tmp_path, WHERE, datetime.now(UTC))
    assert newest_in(tmp_path, WHERE, later()).name == "21h.csv"


def test_a_folder_without_a_report_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"it is empty\); drop the county's file there.*\.csv"):
        newest_in(tmp_path, WHERE, later())
    (tmp_path / "empty.csv").touch()
    with pytest.raises(NotFound, match="1 other names"):
        newest_in(tmp_path, WHERE, later())


async def test_a_folder_answers_like_a_page(tmp_path: Path) -> None:
    """200 with the file's name, 304 until another file is the newest, even with equal bytes."""
    url, fetcher = tmp_path.as_uri(), HttpFetcher(FetchConfig())

    async def fetch(known: Page | None) -> Page:
        return await fetcher.fetch(Request(url), known=known, now=later(), unconditional=False)

    first_path = drop(tmp_path, "one file.csv", age=60)
    first = await fetch(None)
    assert (first.url, first.body) == (url, b"x\n")
    assert first.header("content-location") == first_path.as_uri()
    assert (await fetch(first)).unchanged
    twin = drop(tmp_path, "twin.csv")
    os.utime(twin, ns=(first_path.stat().st_mtime_ns,) * 2)
    after = await fetch(first)
    assert not after.unchanged
    assert after.header("content-location") == twin.as_uri()
    shutil.rmtree(tmp_path)
    with pytest.raises(NotFound, match=r"404 at file:.*check the source's settings"):
        await fetch(after)
    await fetcher.aclose()


def test_a_file_that_changes_while_it_is_read_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program writes on between our first look at the file and our last."""
    path = drop(tmp_path, "report.csv")
    fstat, asked = os.fstat, list[int]()

    def writing(descriptor: int) -> os.stat_result:
        asked.append(descriptor)
        if len(asked) > 1:
            with path.open("a") as more:
                more.write("y\n")
        return fstat(descriptor)

    monkeypatch.setattr(os, "fstat", writing)
    with pytest.raises(Unreachable, match="still being written"):
        read_file(path.as_uri(), {}, max_bytes=100, now=later())
    monkeypatch.undo()
    with pytest.raises(TooLarge):
        read_file(tmp_path.as_uri(), {}, max_bytes=3, now=later())


async def read(folder: Path, *, url: str = "") -> Report:
    """Visit a source over a folder, as `watch` does."""
    scraper = Scraper(date=date(2026, 11, 3), settings={"url": url or folder.as_uri()})
    fetcher = HttpFetcher(FetchConfig())

    async def answer(request: Request) -> Page:
        return await fetcher.fetch(request, known=None, now=later(), unconditional=True)

    pages = await ask(scraper.visit(), answer)
    await fetcher.aclose()
    return scraper.parse(pages)


LINE = '"2" ,999999 ,"Election Total" ,"County Attorney" ,"020010" ,"NP" ,"Roe" ,"1" ,"NP" ,{} ,\n'


async def test_what_was_read_is_told_beside_its_time(tmp_path: Path) -> None:
    """A report of a folder names its file, one of a file says nothing more than it prints."""
    path = drop(tmp_path, "night 2.txt", LINE.format(7), age=60)
    assert (await read(tmp_path)).source_time_text == "file night 2.txt"
    assert (await read(tmp_path, url=path.as_uri())).source_time_text == ""


async def test_errors_name_the_file_of_the_folder(tmp_path: Path) -> None:
    drop(tmp_path, "bad.txt", LINE.format('"seven"'))
    with pytest.raises(Exception, match=r"in line 1 at file:.*/bad\.txt"):
        await read(tmp_path)
