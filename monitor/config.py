"""config.toml -> frozen records, or every problem at once; and what a reload changes.

Reading is pure: text in, `Config` out. A problem is one line,
`path: what is wrong, and what to write instead (line N)`.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from datetime import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from monitor.config_changes import Change, ChangeKind, changes
from monitor.config_checks import ScraperShape, cross_problems
from monitor.config_problems import lines, shape_problems
from monitor.config_shape import Document, RaceTable, SourceTable, schema
from monitor.errors import ConfigInvalid
from monitor.races import (
    Channel,
    Config,
    Election,
    Endorsement,
    FetchConfig,
    General,
    Policy,
    PolicyKind,
    Race,
    SlackConfig,
    SourceConfig,
    SourceUse,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitor.config_slack import ChannelTable, SlackTable

__all__ = [
    "Change",
    "ChangeKind",
    "ScraperShape",
    "changes",
    "load_config",
    "read_config",
    "schema",
]

# A webhook's address is a secret like a token: who has it posts.
_TOKEN = re.compile(r"(?:xox[a-z]|xapp)-[\w-]*|hooks\.slack\.com/[^\s\"']*", re.IGNORECASE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]+:", re.IGNORECASE)
_AT_LINE = re.compile(r" \(at line (\d+), column \d+\)$")


def load_config(path: Path, scrapers: Mapping[str, ScraperShape]) -> Config:
    """Read the file at `path`; relative sheet paths in it start from its folder.

    Raises `ConfigInvalid`, also when the file is not there or is not UTF-8.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise ConfigInvalid((f"{path}: cannot be read ({why}); name it with --config",)) from None
    except UnicodeDecodeError as error:
        raise ConfigInvalid(
            (f"{path}: not UTF-8 at byte {error.start}; save it as UTF-8",)
        ) from None
    return read_config(text, base=path.resolve().parent, scrapers=scrapers)


def read_config(text: str, *, base: Path, scrapers: Mapping[str, ScraperShape]) -> Config:
    """Read and validate config.toml.

    `base`: the folder that relative sheet paths start from. `scrapers`: every
    scraper and platform by its name. Raises `ConfigInvalid` with all problems.
    """
    tokens = tuple(_token_problems(text))
    safe = _TOKEN.sub("removed", text)  # so that no other message can print a token
    parsed = _parsed(safe, tokens)
    problems = [*cross_problems(parsed, scrapers)]
    try:
        document = Document.model_validate(parsed)
    except ValidationError as error:
        problems += shape_problems(error)
    if problems or tokens:
        raise ConfigInvalid(tokens + lines(problems, safe))
    return _config(document, text, base)


def _token_problems(text: str) -> Iterator[str]:
    for number, line in enumerate(text.split("\n"), start=1):
        if _TOKEN.search(line):
            yield (
                "file: a Slack token stands here; revoke it, and give the new one "
                f"in the environment (line {number})"
            )


def _parsed(text: str, tokens: tuple[str, ...]) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = _AT_LINE.search(str(error))
        line = found.group(1) if found else str(text.rstrip().count("\n") + 1)
        message = _AT_LINE.sub("", str(error)).removesuffix(" (at end of document)")
        problem = f"file: no TOML: {message} (line {line})"
    except RecursionError:
        problem = "file: no TOML we read: nested too deep"
    except ValueError as error:  # a number of thousands of digits
        problem = f"file: no TOML we read: {error}"
    raise ConfigInvalid((*tokens, problem))


def _config(document: Document, text: str, base: Path) -> Config:
    elections = {
        name: Election(id=name, date=table.date, state=table.state, kind=table.kind)
        for name, table in document.elections.items()
    }
    slack, fetch = document.slack, document.fetch
    return Config(
        elections=tuple(elections.values()),
        sources=tuple(
            _source(name, table, elections, base) for name, table in document.sources.items()
        ),
        races=tuple(_race(table, elections) for table in document.races),
        slack=_slack(slack),
        fetch=FetchConfig(
            contact=fetch.contact or "",
            total_seconds=fetch.total_seconds,
            max_bytes=fetch.max_bytes,
            unconditional_every=fetch.unconditional_every,
        ),
        text=text,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _slack(table: SlackTable) -> SlackConfig:
    return SlackConfig(
        channels=tuple(map(_channel, table.channels)),
        ops_channel=table.ops_channel or "",
        rehearsal_channel=table.rehearsal_channel or "",
        desk_timezone=table.desk_timezone,
        quarantine_seconds=table.quarantine_seconds,
        callers_channel=table.callers_channel or "",
        actors=tuple(table.actors),
        heads_up=tuple(table.heads_up),
        release_after=tuple(
            (kind.replace("_", "-"), minutes)
            for kind, minutes in dict(table.release_after).items()
            if minutes is not None
        ),
        bot_contact=table.bot_contact or "",
        updates_per_hour=table.updates_per_hour,
        quiet_hours=_hours(table.quiet_hours) if table.quiet_hours else None,
    )


def _channel(table: ChannelTable) -> Channel:
    return Channel(
        name=table.name,
        organisations=tuple(table.organisations),
        states=tuple(table.states),
        groups=tuple(table.groups),
        races=tuple(table.races),
        mentions=tuple(table.mentions),
    )


def _hours(text: str) -> tuple[time, time]:
    """Read "23:00-07:00"."""
    begin, _, end = text.partition("-")
    return time.fromisoformat(begin), time.fromisoformat(end)


def _source(
    name: str, table: SourceTable, elections: Mapping[str, Election], base: Path
) -> SourceConfig:
    given = sorted((table.model_extra or {}).items())
    return SourceConfig(
        id=name,
        election=elections[table.election],
        scraper=table.scraper or table.platform or name,
        settings=tuple((key, _located(key, value, base)) for key, value in given),
        trusted=table.trusted,
    )


def _located(key: str, value: str, base: Path) -> str:
    """Make the `url` of a sheet on disk a file:// URI; every other setting stays as it is."""
    if key != "url" or _SCHEME.match(value):
        return value
    return Path(os.path.normpath(base.absolute() / value)).as_uri()


def _race(table: RaceTable, elections: Mapping[str, Election]) -> Race:
    general = table.general
    return Race(
        id=table.id,
        election=elections[table.election],
        name=table.name,
        office=table.office,
        endorsements=tuple(
            Endorsement(candidate=one.candidate, by=tuple(one.by), aliases=tuple(one.aliases))
            for one in table.endorsements
        ),
        sources=tuple(
            SourceUse(
                source=use.source,
                covers=tuple(use.covers),
                contest_key=use.contest_key or "",
                contest=use.contest or "",
            )
            for use in table.sources
        ),
        party=table.party or "",
        seats=table.seats,
        office_kind=table.office_kind,
        general=General(date=general.date, opponent=general.opponent) if general else None,
        polls_close=table.polls_close,
        zone=table.zone or "",
        callers=tuple(table.callers),
        policies=tuple(_policies(table)),
        withdrawn=tuple(table.withdrawn),
        rivals=tuple(map(tuple, table.rivals)),
        uncontested=table.uncontested,
        unexpired=table.unexpired,
        follows=table.follows or "",
        group=table.group or "",
        followers=tuple(table.followers),
    )


def _policies(table: RaceTable) -> Iterator[tuple[str, Policy]]:
    given = {"": table.policy, **dict(table.policies)}
    for kind, text in given.items():
        if text is not None:
            yield kind.replace("_", "-"), _policy(text)


def _policy(text: str) -> Policy:
    """Read "auto", "after-3-minutes" or "on-confirmation"."""
    if text.startswith("after-"):
        return Policy(PolicyKind.AFTER, int(text.split("-")[1]))
    return Policy(PolicyKind(text))
