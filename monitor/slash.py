"""What `/race` understands and answers: words into a command, races into texts. Pure.

A race is named by its id or by its name as staff say it ("Durham DA", "Durham DA, DEM"),
whole and in any case; nothing is guessed. Only outcomes that staff were told are told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from monitor.desk_words import MOST_CHARACTERS, MOST_IN_SECTION
from monitor.details import sections
from monitor.fitting import cut
from monitor.likeness import guesses
from monitor.people import Act, ActKind
from monitor.prizes import race_words
from monitor.races import Channel
from monitor.scoreboard import entry_of
from monitor.words import listing, safe, safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from monitor.race_view import RaceView
    from monitor.races import Race

NEAR = 3
"""Names offered for a race nobody knows."""
LINE = 300
"""Characters of one line of an explanation."""
_TIME = re.compile(r"([01]?\d|2[0-3]):[0-5]\d", re.ASCII)

HELP = (
    "*What you can type*",
    "`/race status` every race, or one: `/race status RACE`",
    "`/race list` the ids and names of the races",
    "`/race explain RACE` why it stands as it does; `/race explain RACE 2018-05-08T21:12` then",
    "`/race follow RACE` be mentioned in its thread",
    "`/race whoami` who you are here, and whether you may act",
    "`/race enter RACE` give figures by hand",
    "`/race close RACE` move the close of the polls",
    "`/race freeze RACE` stop its outcomes; `/race unfreeze RACE` lets them go out again",
    "`/race retract RACE` withdraw its outcome everywhere",
    "RACE is an id or a name, such as Durham DA.",
)


NONE_WATCHED = "No race is watched."


class CommandKind(StrEnum):
    """The first word after `/race`."""

    HELP = "help"
    STATUS = "status"
    LIST = "list"
    EXPLAIN = "explain"
    FOLLOW = "follow"
    WHOAMI = "whoami"
    ENTER = "enter"
    CLOSE = "close"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    RETRACT = "retract"


ACTING = frozenset({
    CommandKind.ENTER, CommandKind.CLOSE, CommandKind.FREEZE, CommandKind.UNFREEZE,
    CommandKind.RETRACT,
})  # fmt: skip
"""Commands that only those who may act can use."""
_OF_A_RACE = frozenset({CommandKind.EXPLAIN, CommandKind.FOLLOW, *ACTING})
_MAY_NAME_ONE = frozenset({CommandKind.STATUS, *_OF_A_RACE})


@dataclass(frozen=True, slots=True)
class Command:
    """What was asked. `race`: an id, "" for every race. `time`: of explain, as it was typed."""

    kind: CommandKind
    race: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer: its fallback text, and its blocks (none where the text says it all)."""

    text: str
    blocks: list[dict[str, Any]]


class NotUnderstood(Exception):
    """The words name nothing we know; `str` is the answer, safe to show in Slack."""


# -- reading -----------------------------------------------------------------------------


def parse(text: str, races: Sequence[Race]) -> Command:
    """Read the words after `/race`. Raises `NotUnderstood`."""
    words = text.split()
    if not words:
        return Command(CommandKind.HELP)
    kind, rest = _kind(words[0]), words[1:]
    if kind not in _MAY_NAME_ONE:
        return Command(kind)
    if not rest:
        if kind in _OF_A_RACE:
            raise NotUnderstood(f"Say which race: `/race {kind.value} RACE`. {_known(races)}")
        return Command(kind)
    race, left = _race(rest, races)
    if left and kind is not CommandKind.EXPLAIN:
        much = safe_text(" ".join(left), 80)
        raise NotUnderstood(f"`/race {kind.value}` takes one race; “{much}” is too much.")
    return Command(kind, race, " ".join(left))


def _kind(word: str) -> CommandKind:
    names = [kind.value for kind in CommandKind]
    said = word.casefold()
    if said in names:
        return CommandKind(said)
    near = guesses(said, names)
    meant = f"; did you mean `{near[0]}`?" if near else "."
    raise NotUnderstood(f"“{safe(word)}” is not a command{meant} `/race help` lists them.")


def _race(words: list[str], races: Sequence[Race]) -> tuple[str, list[str]]:
    """Return the id of the race the words begin with, and what stands behind it."""
    for end in range(len(words), 0, -1):
        found = _named(" ".join(words[:end]), races)
        if len(found) == 1:
            return found[0].id, words[end:]
        if found:
            ids = listing(f"`{race.id}` ({race_words(race)})" for race in found)
            raise NotUnderstood(f"Several races have that name: {ids}. Use the id.")
    raise _unknown(words, races)


def _named(name: str, races: Iterable[Race]) -> list[Race]:
    """Return the race of an id, or every race of a name."""
    said = _folded(name)
    known = list(races)
    by_id = [race for race in known if race.id == said]
    return by_id or [race for race in known if said in _names(race)]


def _names(race: Race) -> tuple[str, str]:
    return _folded(race.name), _folded(f"{race.name} {race.party}")


def _folded(name: str) -> str:
    return " ".join(name.replace(",", " ").casefold().split())


def _unknown(words: list[str], races: Sequence[Race]) -> NotUnderstood:
    said = _folded(" ".join(words))
    names = {label: race.id for race in races for label in (*_names(race), race.id)}
    near = dict.fromkeys(names[one] for one in guesses(said, names, most=NEAR))
    asked = safe_text(" ".join(words), 80)
    if near:
        meant = " or ".join(f"`{one}`" for one in near)
        return NotUnderstood(f"No race is called “{asked}”; did you mean {meant}?")
    return NotUnderstood(f"No race is called “{asked}”. {_known(races)}")


def _known(races: Sequence[Race]) -> str:
    return "`/race list` shows them all." if races else NONE_WATCHED


def moment(text: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Read the time of `explain`, as the command line takes it; None for now.

    A time without a zone is in the race's, `zone`; one without a day is the last such time
    before `now`. Raises `NotUnderstood`.
    """
    if not text:
        return None
    if _TIME.fullmatch(text):
        local = now.astimezone(zone)
        hour, minute = map(int, text.split(":"))
        at = local.replace(hour=hour, minute=minute, second=0, microsecond=0)
        return at if at <= local else at - timedelta(days=1)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        told = f"“{safe_text(text, 80)}” is no time; write 2018-05-08T21:12 or 21:12"
        raise NotUnderstood(f"{told}, in the race's zone.") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


# -- answering ---------------------------------------------------------------------------


def help_reply() -> Reply:
    """Say what can be typed."""
    return reply(HELP)


def sentence_reply(sentence: str) -> Reply:
    """Answer with one sentence that is safe already, such as a refusal's."""
    return reply([sentence])


def status_reply(views: Sequence[RaceView], now: datetime) -> Reply:
    """Say how races stand, in the scoreboard's words, whichever organisations they are for."""
    if not views:
        return reply([NONE_WATCHED])
    return reply(_status(view, now) for view in views)


def _status(view: RaceView, now: datetime) -> str:
    endorsements = view.watched.race.endorsements
    everybody = tuple(dict.fromkeys(name for one in endorsements for name in one.by))
    entry = entry_of(view, view.scene.slack, Channel("", everybody), now)
    return "\n".join(part for part in (entry.words, entry.internal, entry.times) if part)


def list_reply(races: Sequence[Race]) -> Reply:
    """List the ids and names of the races."""
    if not races:
        return reply([NONE_WATCHED])
    return reply([
        "*Races* (use the id or the name)",
        *(f"`{race.id}`  {race_words(race)}" for race in races),
    ])  # fmt: skip


def explain_reply(lines: Iterable[str], race: Race) -> Reply:
    """Show what `run.py explain` says, given its lines, as far as Slack's limits go."""
    whole = f"All of it: `python run.py explain {race.id}`"
    return reply([f"*{race_words(race)}*  {whole}", *map(_explained, lines)])


def _explained(line: str) -> str:
    bare = safe_text(line, LINE)
    if not bare:
        return ""
    if not line.startswith(" "):
        return f"*{bare}*"
    return f"• {bare}" if line.startswith("  ") else bare


def follow_act(race: str, who: str, user: str, now: datetime, id_: str) -> Act:
    """Return the act of somebody who wants to be mentioned in a race's thread."""
    return Act(id_, ActKind.FOLLOW, race, who, "to be mentioned in its thread", now, user=user)


def follow_reply(race: Race, sentence: str, *, applied: bool) -> Reply:
    """Answer who asked to follow a race; `sentence` is the refusal of one that was refused."""
    if not applied:
        return reply([safe_text(sentence)])
    return reply([f"You follow {race_words(race)}: Slack tells you of each reply in its thread."])


def whoami_reply(name: str, user: str, why: str, races: Sequence[Race], *, may_act: bool) -> Reply:
    """Say who somebody is here, whether they may act and why, and which races call on them.

    `why`: such as "you are in the group @callers". `races`: those whose callers they are of.
    """
    may = "You may act" if may_act else "You may not act"
    of = listing(race_words(race) for race in races)
    return reply([
        f"You are {safe(name)}, member id `{safe(user)}`.",
        f"{may}: {safe_text(why)}.",
        f"You are a caller of {of}." if of else "You are a caller of no race.",
    ])  # fmt: skip


def reply(lines: Iterable[str]) -> Reply:
    """Pack lines into sections within Slack's limits; what is too much is counted."""
    packed: list[str] = []
    left = length = 0
    for line in (cut(one, MOST_IN_SECTION) for one in lines):
        length += len(line) + 1
        if left or length > MOST_CHARACTERS:
            left += 1
        elif packed and len(packed[-1]) + len(line) < MOST_IN_SECTION:
            packed[-1] = f"{packed[-1]}\n{line}"
        else:
            packed.append(line)
    if left:
        packed.append(f"… and {left:,} more.")
    text = re.sub(r"[*`]", "", packed[0]) if packed else ""
    return Reply(text, sections(*packed))
