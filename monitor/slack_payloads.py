"""What Slack sends when somebody presses a button or submits a modal, read once. Pure.

Slack sends much more than is read here. What we did not write ourselves into a button or a
modal is refused with `ValueError`: nobody acts on a value that we never showed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from monitor.buttons import Pressed, Verb, key_of, pressed_of
from monitor.modals import Asked, asked_of


@dataclass(frozen=True, slots=True)
class Who:
    """A member id, every team Slack named with the request, and the right to open a modal."""

    user: str
    teams: tuple[str, ...]
    trigger: str = ""


@dataclass(frozen=True, slots=True)
class Press:
    """One press of one of our buttons.

    `key`: outbox key of the message; `channel` and `ts`: where Slack says it stands. `id`:
    of the act, the same when Slack delivers the press twice.
    """

    who: Who
    verb: Verb
    pressed: Pressed
    key: str
    channel: str
    ts: str
    id: str


@dataclass(frozen=True, slots=True)
class Submission:
    """One modal, sent in. `id`: of the act, the same when Slack delivers it twice."""

    who: Who
    asked: Asked
    values: Mapping[str, Any]
    metadata: str
    view: str
    id: str


@dataclass(frozen=True, slots=True)
class Typed:
    """One slash command: the words after it, and where it was typed."""

    who: Who
    text: str
    channel: str
    id: str


def press_of(body: Mapping[str, Any]) -> Press:
    """Read a `block_actions` payload; raises `ValueError` for any button but ours."""
    action = (body.get("actions") or [{}])[0]
    stands = body.get("container") or {}
    block, ts = _text(action, "block_id"), _text(stands, "message_ts")
    who = _who(body)
    return Press(
        who=who,
        verb=Verb(_text(action, "action_id")),
        pressed=pressed_of(_text(action, "value")),
        key=key_of(block),
        channel=_text(stands, "channel_id"),
        ts=ts,
        id=_id(who.user, block, action.get("action_id"), ts, action.get("action_ts")),
    )


def submission_of(body: Mapping[str, Any]) -> Submission:
    """Read a `view_submission` payload; raises `ValueError` for any modal but ours."""
    view = body.get("view") or {}
    values, metadata = (view.get("state") or {}).get("values") or {}, view.get("private_metadata")
    who = _who(body)
    return Submission(
        who=who,
        asked=asked_of(str(metadata or "")),
        values=values,
        metadata=str(metadata),
        view=_text(view, "id"),
        id=_id(who.user, view.get("id"), view.get("hash"), metadata, sorted(values.items())),
    )


def typed_of(body: Mapping[str, Any]) -> Typed:
    """Read a slash command."""
    who = Who(_text(body, "user_id"), (_text(body, "team_id"),), _text(body, "trigger_id"))
    return Typed(who, _text(body, "text"), _text(body, "channel_id"), _id(who.user, who.trigger))


def _who(body: Mapping[str, Any]) -> Who:
    user, team = body.get("user") or {}, body.get("team") or {}
    teams = (_text(user, "team_id"), _text(team, "id"))
    return Who(_text(user, "id"), teams, _text(body, "trigger_id"))


def _text(holder: Mapping[str, Any], name: str) -> str:
    return str(holder.get(name) or "")


def _id(*parts: object) -> str:
    return f"slack-{sha256(repr(parts).encode()).hexdigest()[:24]}"
