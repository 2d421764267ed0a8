"""Golden cases on disk: a folder that appears whole, or not at all."""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from monitor.golden import CaseRefused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NAME = re.compile(r"[a-z0-9]+(?:_[a-z0-9]+)*")


def folder_for(examples: Path, scraper: str, case: str, *, force: bool) -> Path:
    """Return where a case goes. Raises `CaseRefused` where it may not go there."""
    if not _NAME.fullmatch(case):
        raise CaseRefused(f"{case!r:.40} is no name of a case; write one such as complete_2026")
    if not examples.is_dir():
        raise CaseRefused(
            f"there is no folder {examples}; run this in a clone of the project, or name the "
            "folder of its examples with --examples"
        )
    folder = examples / scraper / case
    if folder.exists() and not force:
        raise CaseRefused(f"there is a case {folder} already; take another name, or --force")
    return folder


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write a case's folder, in the place of one that is there. Raises `CaseRefused`."""
    with _told(folder):
        folder.parent.mkdir(exist_ok=True)
        with TemporaryDirectory(dir=folder.parent, prefix=".new-") as made:
            new = Path(made) / folder.name
            new.mkdir()
            for name, body in files.items():
                (new / name).write_bytes(body)
            if folder.exists():
                folder.rename(Path(made) / f"{folder.name}.old")
            new.rename(folder)


@contextmanager
def _told(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CaseRefused(f"cannot write {folder} ({error}); check its permissions") from None
