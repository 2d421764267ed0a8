"""What somebody typed into a modal: an act, or what is wrong with each field. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from monitor.decision import Outcome
from monitor.doing import OVERRIDE
from monitor.modals import ACTS, FIELD, NEEDS_LINK, OFFICIAL, VOTES, ModalKind, act_of, asked_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.modals import Asked
    from monitor.people import Act

MOST_WHY = 300
"""Characters of a reason."""
_NUMBER = re.compile(r"\d{1,3}(?:,\d{3}){0,4}|\d{1,13}", re.ASCII)
_OTHER = re.compile(r"([^=]{1,150}?)\s*=\s*(\d{1,3}(?:,\d{3}){0,4}|\d{1,13})", re.ASCII)
_UNITS = re.compile(r"(\d[\d,]{0,12})\s*(?:/|of)\s*(\d[\d,]{0,12})", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2})(?::([0-5]\d))?\s*([ap])?\.?(?:m\.?)?", re.ASCII)
_NOON = 12
_HOURS = 24


def submitted(
    values: Mapping[str, Any], private_metadata: str, who: str, user: str, now: datetime, id_: str
) -> Act | dict[str, str]:
    """Read a submission: the act, or what is wrong in plain words, by block id.

    `values`: of `view.state`. Raises `ValueError` for metadata we did not write.
    """
    asked = asked_of(private_metadata)
    typed = {block: _typed(held) for block, held in values.items()}
    errors = _problems(asked, typed)
    if errors:
        return errors
    act = replace(
        act_of(ACTS[asked.kind], asked.pressed, who, user, now, id_),
        why=" ".join(typed.get("reason", "").split())[:MOST_WHY],
        override=typed.get("override", "") == OVERRIDE,
        link=typed.get("link", ""),
    )
    act = replace(act, source=typed.get("source", "") or act.source)
    match asked.kind:
        case ModalKind.CERTIFIED:
            outcome = Outcome(typed.get("outcome", "") or asked.pressed.outcome)
            return replace(act, outcome=outcome, certified=True)
        case ModalKind.CLOSE:
            return replace(act, closes_at=_closes(typed["closes"], asked))
        case ModalKind.ENTER:
            left = typed.get("outstanding", "")
            return replace(
                act, votes=_votes(typed), units=_units(typed.get("units", "")),
                outstanding=_number(left) if left else None,
                is_estimate=typed.get("estimate", "") != OFFICIAL,
            )  # fmt: skip
        case _:
            return act


def _typed(held: Any) -> str:
    """Return what one block holds: a text, or the value of what was chosen."""
    field = held.get(FIELD, {}) if isinstance(held, dict) else {}
    chosen = field.get("selected_option") or {}
    return str(chosen.get("value") or field.get("value") or "").strip()


def _problems(asked: Asked, typed: Mapping[str, str]) -> dict[str, str]:
    """Say what is wrong with each block, all at once."""
    found = {}
    if not typed.get("reason"):
        found["reason"] = "Say why, in a sentence; it is kept and shown."
    if "override" in typed and typed["override"] != OVERRIDE:
        found["override"] = f"Type {OVERRIDE} in capitals to do it all the same, or cancel."
    if asked.kind in NEEDS_LINK and not _is_link(typed.get("link", "")):
        found["link"] = 'Give a link (https://…), or "phone, clerk NAME".'
    for block in ("source", "outcome"):
        if block in typed and not typed[block]:
            found[block] = "Choose one."
    if asked.kind is ModalKind.CLOSE:
        found.update(_close_problem(typed.get("closes", ""), asked))
    if asked.kind is ModalKind.ENTER:
        found.update(_vote_problems(typed))
    return found


def _is_link(text: str) -> bool:
    """Say whether it is a web address, or says who was asked on the phone."""
    return (
        re.fullmatch(r"https?://[^\s/<>|][^\s<>|]*|(by )?phone\b.*\w", text, re.IGNORECASE)
        is not None
    )


def _vote_problems(typed: Mapping[str, str]) -> dict[str, str]:
    blocks = {block: text for block, text in typed.items() if block.startswith(VOTES)}
    found = {
        block: "Write a number such as 12,345, or leave it empty."
        for block, text in blocks.items()
        if text and not _NUMBER.fullmatch(text)
    }
    others = typed.get("others", "")
    if others and not all(_OTHER.fullmatch(line) for line in _lines(others)):
        found["others"] = "Write one a line, such as Roger Echols = 12,648."
    left = typed.get("outstanding", "")
    if left and not _NUMBER.fullmatch(left):
        found["outstanding"] = "Write a number such as 3,000, or leave it empty."
    if blocks and not (any(blocks.values()) or others or left):
        found[next(iter(blocks))] = "Give the votes of one candidate at least."
    if typed.get("units") and _units(typed["units"]) is None:
        found["units"] = "Write them as 12/57: units in, of all."
    return found


def _votes(typed: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    lines = [
        (block.removeprefix(VOTES), _number(text))
        for block, text in typed.items()
        if block.startswith(VOTES) and text
    ]
    others = [_OTHER.fullmatch(line) for line in _lines(typed.get("others", ""))]
    return (*lines, *((found[1], _number(found[2])) for found in others if found))


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _units(text: str) -> tuple[int, int] | None:
    found = _UNITS.fullmatch(text)
    return (_number(found[1]), _number(found[2])) if found else None


def _number(text: str) -> int:
    return int(text.replace(",", ""))


# -- a close of the polls ----------------------------------------------------------------


def _close_problem(text: str, asked: Asked) -> dict[str, str]:
    try:
        _closes(text, asked)
    except ValueError as error:
        return {"closes": str(error)}
    return {}


def _closes(text: str, asked: Asked) -> datetime:
    """Read a time of day there on election day, or ISO 8601; raises `ValueError` with advice."""
    zone = ZoneInfo(asked.zone)
    clock = _CLOCK.fullmatch(text.lower())
    if clock and asked.day:
        return datetime.combine(date.fromisoformat(asked.day), _time_of(clock), tzinfo=zone)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("Write 9:00 PM, 21:00 or 2018-05-08T21:00.") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _time_of(clock: re.Match[str]) -> time:
    hour, minute, half = int(clock[1]), int(clock[2] or 0), clock[3]
    if half:
        if not 1 <= hour <= _NOON:
            raise ValueError("Write 9:00 PM or 21:00.")
        return time(hour % _NOON + (_NOON if half == "p" else 0), minute)
    if clock[2] is None or not _NOON <= hour < _HOURS:
        # "9:00" is the morning to the command line, and the evening to whoever types it here.
        raise ValueError(f"Is that AM or PM? Write {clock[1]}:{minute:02} PM, or 21:00.")
    return time(hour, minute)
