"""A county's name, and the name of its file made from it. Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import ClassVar

from monitor.errors import MonitorError

_LONGEST = 50
_WORDS = re.compile(r"[^\W\d_][^\W_.'()&, -]*(?:[ .'()&,-]+[^\W_.'()&, -]+)*[.)]?")


class CountyRefused(MonitorError):
    """No county file can be written from what was given."""

    exit_code: ClassVar[int] = 2


def county_name(given: str) -> str:
    """Return a county's name as the files write it. Raises `CountyRefused`."""
    name = folded(given).removesuffix(" County").removesuffix(" county")
    if not is_words(name):
        seen = f"{given!r:.60} is no county's name"
        raise CountyRefused(f"{seen}; write it as the state does, such as 'King and Queen'")
    return name


def module_name(county: str, state: str) -> str:
    """Return the name everywhere: "Prince George's" in MD is md_prince_georges."""
    return "_".join((state.lower(), *slug_words(county)))


def slug_words(text: str) -> list[str]:
    """Return a text's words in small letters, as ids are made of them: prince, georges."""
    return re.findall(r"[a-z0-9]+", re.sub("['`.]", "", ascii_of(text).lower()))


def folded(text: str) -> str:
    """Fold typographic apostrophes, and the ways to write one letter."""
    plain = unicodedata.normalize("NFC", text).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    return plain.strip(" ")


def ascii_of(text: str) -> str:
    """Take the accents off; a letter that is none of ours is dropped."""
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()


def is_words(text: str) -> bool:
    """Say whether these are words in our letters, accents included, that need no escapes."""
    is_ours = len(text) <= _LONGEST and all(map(ascii_of, text))
    return is_ours and bool(_WORDS.fullmatch(text)) and "  " not in text
