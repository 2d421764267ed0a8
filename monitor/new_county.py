"""A county file over a known platform, written from what a person gives. Pure.

The file holds what belongs to the place. What belongs to one election (an id, a report's
address) is never written into it: it stands in config.toml.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from monitor.county_names import CountyRefused, ascii_of, county_name, folded, is_words, module_name
from monitor.errors import NothingMatched
from monitor.likeness import guesses
from monitor.scraper_class import ScraperClass
from monitor.secret_parts import is_secret_name, secret_in

if TYPE_CHECKING:
    from collections.abc import Mapping

PLACE = frozenset(
    {"jurisdiction", "cid", "site", "host", "county", "county_name", "parish", "location"}
)
"""Settings that name a place, and stay the same from one election to the next."""
_COUNTY = ("county", "county_name")
_NUMBERED = ("parish", "cid", "location")
"""How platforms of a whole state name the part that is one county: by name, by number."""
_ADDRESS = "url"
"""The setting of report files: their addresses are the counties' own, and say nothing."""
_STATE = re.compile(
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]"
    "|T[NX]|UT|V[AT]|W[AIVY]"
)
_TENANT = re.compile(r"([\w-]+)-county-([a-z]{2})", re.ASCII | re.IGNORECASE)
"""A county's own part of a site of many: "bacon-county-ga"."""
_LONGEST = 60
_PIECE = re.compile(r"[\w.:/ %+-]*", re.ASCII)
_LINK = re.compile(r"https?://[\w.~:/?#@!$&()*+,;=%-]{1,300}", re.ASCII)


class Known(ScraperClass, Protocol):
    """A scraper class with what a county file over it may say."""

    @property
    def public_url(self) -> str:
        """Template of the page staff may open."""

    @property
    def optional_settings(self) -> Mapping[str, str]:
        """Settings that may be given, with their defaults."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person gives; an empty text is what was left out."""

    county: str
    platform: str
    state: str = ""
    url: str = ""
    source_name: str = ""
    settings: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CountyFile:
    """The file `scrapers/<module>.py`, and what is left for config.toml.

    `settings`: what was given and belongs to one election. `missing`: what config.toml
    must give besides. `day`: the election's date where the link says it, else "".
    """

    module: str
    county: str
    state: str
    source_name: str
    text: str
    settings: tuple[tuple[str, str], ...]
    missing: tuple[str, ...]
    day: str


def county_file(asked: Asked, known: Mapping[str, Known]) -> CountyFile:
    """Write a county's file. Raises `NothingMatched` or `CountyRefused`."""
    platform = _platform(asked.platform, known)
    county = county_name(asked.county)
    given = _given(asked, platform)
    found = _from_link(asked, platform, known)
    if odd := [key for key, value in given.items() if found.get(key, value) != value]:
        seen = f"the link says {odd[0]} = {found[odd[0]]}, --set says {given[odd[0]]}"
        raise CountyRefused(f"{seen}; leave one of them out")
    said = found | given
    pinned = _pinned(said, county, asked.platform, platform)
    state = _state(asked, platform, pinned.get("jurisdiction", ""))
    module = module_name(county, state)
    if module in known:
        raise CountyRefused(f"there is a scraper {module} already; edit or remove its file")
    needed, optional = platform.settings_needed(), platform.optional_settings
    left = {
        key: value
        for key, value in said.items()
        if value and key in {*needed, *optional} - set(pinned) and optional.get(key) != value
    }
    who = _who(asked, platform, county)
    return CountyFile(
        module=module,
        county=county,
        state=state,
        source_name=who or platform.source_name,
        text=_text(
            asked, platform, county, state, who, pinned, _link(asked, platform, said | pinned)
        ),
        settings=tuple(sorted(left.items())),
        missing=tuple(sorted(needed - set(pinned) - set(left))),
        day=found.get("date", ""),
    )


def _platform(name: str, known: Mapping[str, Known]) -> Known:
    platforms = sorted(one for one in known if not known[one].county)
    if name in platforms:
        return known[name]
    if name in known:
        raise CountyRefused(f"{name} is a county file; name the platform it stands on")
    near = guesses(name.casefold(), platforms)
    meant = f"; did you mean {near[0]}?" if near else "."
    raise NothingMatched(f"no platform {name!r:.40}{meant} Known are {', '.join(platforms)}")


def _given(asked: Asked, platform: Known) -> dict[str, str]:
    """Return what --set gives. Raises `CountyRefused` for what the platform has not."""
    takes = {*platform.settings_needed(), *platform.optional_settings}
    given: dict[str, str] = {}
    for key, value in asked.settings:
        if key not in takes:
            near = guesses(key, takes)
            meant = f"; did you mean {near[0]}?" if near else ""
            names = ", ".join(sorted(takes)) or "no settings"
            raise CountyRefused(f"{asked.platform} takes {names}, not {key!r:.40}{meant}")
        if key in given:
            raise CountyRefused(f"--set {key} is given twice")
        given[key] = _value(key, value)
    return given


def _value(key: str, value: str) -> str:
    secret = key if is_secret_name(key) else secret_in(value)
    if secret:
        raise CountyRefused(f"{key} holds {secret}; a county file is published, no secret in it")
    is_link = bool(_LINK.fullmatch(value))
    if not is_link and not (_PIECE.fullmatch(value) and len(value) <= _LONGEST):
        raise CountyRefused(f"{key} = {value!r:.40} is no such setting; write letters and digits")
    return value


def _from_link(asked: Asked, platform: Known, known: Mapping[str, Known]) -> dict[str, str]:
    """Return what the link says. Raises where it is no link, or another platform's."""
    url = asked.url
    if not url:
        return {}
    if not _LINK.fullmatch(url) or not urlsplit(url).hostname:
        raise CountyRefused(f"{url!r:.80} is no link to a page, https://…")
    if secret := secret_in(url):
        raise CountyRefused(f"the link holds {secret}; a county file is published, take it out")
    found = platform.recognise(url)
    if found is None:
        theirs = sorted(
            name for name, one in known.items()
            if not one.county and not one.hand_kept and one.recognise(url) is not None
        )  # fmt: skip
        if theirs or _ADDRESS not in platform.settings_needed():
            whose = f"it is one of {', '.join(theirs)}" if theirs else "`run.py sources` knows more"
            raise NothingMatched(f"{asked.platform} does not know the link {url}; {whose}")
        found = {_ADDRESS: url}
    return {key: value if key == "date" else _value(key, value) for key, value in found.items()}


def _pinned(said: Mapping[str, str], county: str, name: str, platform: Known) -> dict[str, str]:
    """Return the settings that name the place. Raises `CountyRefused` where one is missing."""
    needed, optional = platform.settings_needed(), platform.optional_settings
    places = [key for key in sorted(PLACE) if key in needed or key in optional]
    pinned = {key: said[key] for key in places if key in said}
    if "/" not in pinned.get("jurisdiction", ""):  # "PA/Bucks" is the county's own site
        pinned |= {key: county for key in _COUNTY if key in places and key not in pinned}
    numbers = {key for key in _NUMBERED if optional.get(key) == ""}
    empty = {key for key in places if key in needed and not pinned.get(key)}
    if left := sorted(empty | numbers - set(pinned)):
        told = f"{name} needs {', '.join(left)} for {county}"
        settings = " ".join(f"--set {key}=…" for key in left)
        raise CountyRefused(f"{told}; give {settings}, or --url with a link that holds it")
    _refuse_other(pinned.get("jurisdiction", ""), county)
    return {key: value for key, value in pinned.items() if optional.get(key) != value}


def _refuse_other(jurisdiction: str, county: str) -> None:
    """Refuse the link of another county: "PA/Bucks" for Berks, "Cochise-County-AZ"."""
    _, _, place = jurisdiction.partition("/")
    if tenant := _TENANT.fullmatch(jurisdiction):
        place = tenant[1]
    theirs, ours = (re.sub(r"\W|_", "", ascii_of(name)).casefold() for name in (place, county))
    if theirs and not (theirs.startswith(ours) or ours.startswith(theirs)):
        raise CountyRefused(f"{jurisdiction} is not {county}; write the county as the link does")


def _state(asked: Asked, platform: Known, jurisdiction: str) -> str:
    tenant = _TENANT.fullmatch(jurisdiction)
    place = tenant[2].upper() if tenant else jurisdiction.partition("/")[0]
    says = platform.state or (place if _STATE.fullmatch(place) else "")
    state = asked.state.upper() or says
    if not _STATE.fullmatch(state):
        seen = f"--state {asked.state!r:.20} is no state" if asked.state else "which state?"
        raise CountyRefused(f"{seen}; give --state with two letters, such as --state NC")
    if says and state != says:
        raise CountyRefused(f"{asked.platform} reads {says} here, not {state}")
    return state


def _who(asked: Asked, platform: Known, county: str) -> str:
    """Return who publishes the figures, "" where the platform says so itself."""
    who = folded(asked.source_name)
    if who and not is_words(who):
        raise CountyRefused(f"--source-name {who!r:.60}: write who publishes the figures")
    return who or ("" if platform.state else f"{county} elections office")


def _link(asked: Asked, platform: Known, said: Mapping[str, str]) -> str:
    """Return the link given, or as much of the platform's own as the settings say."""
    if asked.url:
        return asked.url
    values, link = {**platform.optional_settings, **said}, ""
    for text, field, _, _ in Formatter().parse(platform.public_url):
        link += text
        if field is None:
            break
        if not values.get(field):
            link = link[: link.rindex("/") + 1] if "/" in link.partition("://")[2] else ""
            break
        link += values[field]
    if not _LINK.fullmatch(link):
        raise CountyRefused("the file names a page people can open: give it with --url")
    return link


def _text(
    asked: Asked, platform: Known, county: str, state: str, who: str,
    pinned: Mapping[str, str], link: str,
) -> str:  # fmt: skip
    base = f"{asked.platform}.Scraper"
    own = {"source_name": who, "state": "" if platform.state else state, "county": county}
    own |= {key: value for key, value in pinned.items() if key not in platform.optional_settings}
    lines = [f"    {key} = {_quoted(value)}" for key, value in own.items() if value]
    optional = {key: value for key, value in pinned.items() if key in platform.optional_settings}
    if optional:
        lines += ["    optional_settings: ClassVar[dict[str, str]] = {"]
        lines += [f"        **{base}.optional_settings,"]
        lines += [f"        {_quoted(key)}: {_quoted(value)}," for key, value in optional.items()]
        lines += ["    }"]
    return "\n".join((
        f'"""{county}, {state}.', "", f"Source: {who or platform.source_name},", link, '"""', "",
        *(("from typing import ClassVar", "") if optional else ()),
        f"from scrapers.platforms import {asked.platform}", "", "",
        f"class Scraper({base}):", '    """The county\'s results."""', "", *lines, "",
    ))  # fmt: skip


def _quoted(value: str) -> str:
    """Write a text without quotes and backslashes: `_value` and `is_words` let none through."""
    return f'"{value}"'
