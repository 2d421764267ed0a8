"""Buttons in messages to callers and ops: what each does, and to what. Pure.

A button carries the whole act but its reason: the race, the candidate or source, and the
digest of what the person saw. Action buttons stand in the callers' and the ops channel only.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

BLOCK_ID = "acts:"
"""How the id of a block of buttons begins; the outbox key of its message follows."""


class Verb(StrEnum):
    """What a button does; also its `action_id`."""

    CONFIRM = "confirm"
    STOP = "stop"
    ASK_LATER = "ask-later"
    NOT_TONIGHT = "not-tonight"
    RETRACT = "retract"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    RELEASE = "release"
    ACCEPT = "accept"
    REJECT = "reject"
    ACKNOWLEDGE = "acknowledge"
    CERTIFIED = "certified"
    NOT_YET = "not-yet"
    ENTER = "enter"
    SUPERSEDE = "supersede"


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a button is about. `outcome`: of certified and retract, its value. `seen`: see `Act`."""

    race: str
    candidate: str = ""
    source: str = ""
    outcome: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """One button. `style`: "primary", "danger" or none."""

    verb: Verb
    label: str
    pressed: Pressed
    style: str = ""


def buttons_block(key: str, buttons: tuple[Button, ...]) -> dict[str, Any]:
    """Build the block of buttons of the message whose outbox key is `key`."""
    return {
        "type": "actions",
        "block_id": f"{BLOCK_ID}{key}",
        "elements": [_element(button) for button in buttons],
    }


def unfreeze(race: str) -> Button:
    """Return the button that lifts a freeze; it stands where a message says there is one."""
    return Button(Verb.UNFREEZE, "Unfreeze", Pressed(race))


def key_of(block_id: str) -> str:
    """Return the outbox key of the message a block of buttons stands in; raises `ValueError`."""
    if not block_id.startswith(BLOCK_ID):
        raise ValueError("no block of our buttons")
    return block_id.removeprefix(BLOCK_ID)


def pressed_of(value: str) -> Pressed:
    """Read a button's value; raises `ValueError` for anything we did not write."""
    given = json.loads(value)
    names = {field.name for field in fields(Pressed)}
    if not isinstance(given, dict) or not given.get("race") or set(given) - names:
        raise ValueError("no value of our buttons")
    if not all(isinstance(one, str) for one in given.values()):
        raise ValueError("no value of our buttons")
    return Pressed(**given)


def _element(button: Button) -> dict[str, Any]:
    about = {name: value for name, value in asdict(button.pressed).items() if value}
    element: dict[str, Any] = {
        "type": "button",
        "action_id": button.verb.value,
        "text": {"type": "plain_text", "text": button.label},
        "value": json.dumps(about, ensure_ascii=False, separators=(",", ":")),
    }
    return {**element, "style": button.style} if button.style else element
