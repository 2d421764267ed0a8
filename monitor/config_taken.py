"""What ops read when a running `watch` has taken a changed config.toml. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from monitor.config_changes import ChangeKind
from monitor.details import sections
from monitor.fitting import fitted
from monitor.posts import DeskKind, Post, RowClass, post_key
from monitor.words import safe, safe_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from monitor.config_changes import Change
    from monitor.races import Config

MOST_LINES = 20
_WORDS = {
    ChangeKind.RACE_ADDED: "is watched from now on",
    ChangeKind.RACE_REMOVED: "is not watched any more",
    ChangeKind.RE_DECIDE: "is decided anew",
    ChangeKind.SOURCE_ADDED: "is a new source, visited at once",
    ChangeKind.SOURCE_REMOVED: "is not visited any more",
    ChangeKind.NEW_BASELINE: "is read as if for the first time",
    ChangeKind.CHANNELS: "channels changed",
    ChangeKind.FETCH: "manners toward the sites changed",
}


def config_taken(
    found: Sequence[Change], before: Config, after: Config, now: datetime
) -> Post | None:
    """Say what changed, a line each; nothing without an ops channel or a change."""
    channel = after.slack.ops_channel
    if not found or not channel:
        return None
    names = {race.id: race.name for race in (*before.races, *after.races)}
    lines = [_line(change, names) for change in found]
    more = len(lines) - 1
    text = f"CONFIG TAKEN: {lines[0]}" + (f"; {more} more" if more else "") + "."
    listed = [f"• {line}" for line in lines[:MOST_LINES]]
    listed += [f"• {len(lines) - MOST_LINES} more"] if len(lines) > MOST_LINES else []
    blocks = [*sections(f"*{text}*"), *(sections("\n".join(listed)) if more else [])]
    return Post(
        key=post_key(f"{DeskKind.CONFIG_TAKEN} {after.digest} {now.isoformat()}", channel),
        row_class=RowClass.UPDATE, race=None, kind=DeskKind.CONFIG_TAKEN.value, channel=channel,
        thread=None, text=text, blocks=json.dumps(fitted(blocks)), at=now,
    )  # fmt: skip


def _line(change: Change, names: Mapping[str, str]) -> str:
    name = safe(names.get(change.id, change.id))
    what = f" ({safe_text(change.what)})" if change.what else ""
    of_race = f" for {safe(names.get(change.race, change.race))}" if change.race else ""
    return f"{name + ' ' if name else ''}{_WORDS[change.kind]}{of_race}{what}"
