"""A folder that people drop report files into: which of its files is read now.

The newest whole file counts, for a county's program writes a new one for each count. A
file that is still being written is never read, nor what stood there before it: figures of
an hour ago would look like votes taken back. A file that came in last with an older time of
its own (out of an archive, or from a machine in another zone) may be the newest or the oldest:
a person says which. Links and folders in it are not followed.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, NamedTuple

from monitor.errors import NotFound, Unreachable

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

EXTENSIONS = (".csv", ".htm", ".html", ".pdf", ".tsv", ".txt", ".xlsx")
SETTLED_AFTER = 5.0
"""Seconds without a change from which a file is taken for whole."""
_UNFINISHED = (".", "~")
"""How the names of files begin that programs keep beside the one they write."""


class _Dropped(NamedTuple):
    """One file; the greatest is the newest, of two of one time the last by name."""

    written_ns: int
    name: str
    size: int
    touched: float


def newest_in(folder: Path, where: str, now: datetime) -> Path:
    """Return the file to read; `where` names the folder in errors.

    Raises `NotFound` for a folder without a report file, `Unreachable` while the newest is
    being written or cannot be told, and `OSError`.
    """
    names = [path.name for path in folder.iterdir()]
    dropped = [one for name in names if _is_report(name) and (one := _dropped(folder / name))]
    whole = max((one for one in dropped if one.size), default=None)
    newer = [one for one in dropped if whole is None or one >= whole]
    for one in sorted(newer, reverse=True):
        if now.timestamp() - one.touched < SETTLED_AFTER:
            raise being_written(one.name, where)
    if whole is None:
        seen = f"{len(names)} other names" if names else "it is empty"
        raise NotFound(
            f"no report file in {where} ({seen}); drop the county's file there, its name ends "
            f"in one of {', '.join(EXTENSIONS)}"
        )
    last = max((one for one in dropped if one.size), key=lambda one: one.touched)
    if last.touched - whole.touched > SETTLED_AFTER:
        raise Unreachable(
            f"{last.name!r} came into {where} after {whole.name!r}, but its own time is older, so "
            "neither is read: delete the one that is not to be read, or copy the newer one anew "
            "with the time of now (touch)"
        )
    return folder / whole.name


def being_written(name: str, where: str) -> Unreachable:
    """Return the error for a file that is left for the next visit."""
    return Unreachable(
        f"{name!r} is still being written in {where}; the next poll tries again (if this "
        "stays, its time lies ahead of this machine's clock: copy it anew)"
    )


def _is_report(name: str) -> bool:
    return name.lower().endswith(EXTENSIONS) and not name.startswith(_UNFINISHED)


def _dropped(path: Path) -> _Dropped | None:
    """Return what is known of a file; None for a link, a folder, or what is gone again."""
    try:
        found = path.lstat()
    except FileNotFoundError:
        return None
    if not stat.S_ISREG(found.st_mode):
        return None
    # A copy keeps the time of its original; the entry's own change says when it was made.
    touched = max(found.st_mtime, found.st_ctime)
    return _Dropped(found.st_mtime_ns, path.name, found.st_size, touched)
