"""config.toml on disk, for `add`: replaced in one step, and only while nobody else changed it."""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING

from monitor.adding_finding import AddRefused

if TYPE_CHECKING:
    from collections.abc import Iterator

_MARK = b"\xef\xbb\xbf"
_WRITABLE = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """The file as it was read: the real one, behind any link, and its bytes."""

    path: Path
    content: bytes

    def replace(self, text: str) -> None:
        """Put another text in its place, with its permissions. Raises `AddRefused`."""
        mark = _MARK if self.content.startswith(_MARK) else b""
        try:
            if not self.path.stat().st_mode & _WRITABLE:
                raise AddRefused(f"{self.path} is read-only (chmod u+w), and it is as it was")
            with NamedTemporaryFile(dir=self.path.parent, prefix=".add-", delete=False) as made:
                try:
                    made.write(mark + text.encode())
                    made.flush()
                    os.fsync(made.fileno())
                    shutil.copymode(self.path, made.name)
                    with _alone(self.path.parent):
                        self._refuse_changed()
                        Path(made.name).replace(self.path)
                except BaseException:  # raised again; a stop, too, leaves no half file behind
                    with suppress(FileNotFoundError):
                        Path(made.name).unlink()
                    raise
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise AddRefused(f"{self.path}: cannot be written ({why}); it is as it was") from None

    def _refuse_changed(self) -> None:
        if self.path.read_bytes() != self.content:
            raise AddRefused(
                f"{self.path} was changed meanwhile and is left as it is; run `add` again"
            )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one `add` at a time compare and replace; the lock ends with the process."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def as_read(path: Path, text: str) -> ConfigFile:
    """Return the file with the bytes its text was read from, with a byte-order mark or without."""
    has_mark = path.read_bytes().startswith(_MARK)
    return ConfigFile(path.resolve(), (_MARK if has_mark else b"") + text.encode())
