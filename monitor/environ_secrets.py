"""A secret from the environment, or from the file that the same name with _FILE gives."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Refused = Callable[[str], Exception]
"""Makes the error to raise from its words."""


def secret_in(environ: Mapping[str, str], name: str, refused: Refused) -> tuple[str, str]:
    """Return what is set under a name, or stands in its file, and which of the two it was.

    Empty where nothing is set. Raises what `refused` makes when the file cannot be read.
    """
    value, path = environ.get(name, "").strip(), environ.get(f"{name}_FILE", "")
    if value or not path:
        return value, name
    try:
        return Path(path).read_text(encoding="utf-8").strip(), f"{name}_FILE"
    except (OSError, UnicodeDecodeError) as error:
        # Not the file's name: somebody may have put the secret itself there.
        raise refused(
            f"the file that {name}_FILE names cannot be read ({type(error).__name__})"
        ) from None
