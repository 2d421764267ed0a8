"""Modals and buttons: what each is about, and the act it stands for. Pure.

`modal_views` builds the modals, `submissions` reads them. A view carries all that its
submission needs, with the digests of what it showed: nobody releases what they have not seen.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from hashlib import sha256
from typing import TYPE_CHECKING

from monitor.buttons import Pressed, Verb, pressed_of
from monitor.decision import Outcome
from monitor.people import Act, ActKind
from monitor.posts import Post

if TYPE_CHECKING:
    from datetime import datetime

VOTES = "votes:"
"""How the id of a block for votes begins; the name on the ballot follows."""
FIELD = "value"
"""`action_id` of every field: the id of its block says which it is."""
NOT_SAID = "your reason"
"""Stands for a reason while nobody has typed one."""
NO_LINK = "your link"
"""Likewise for a link."""
ESTIMATE, OFFICIAL = "an estimate", "official"
"""What a number of ballots still uncounted can be."""
ASK_MINUTES = 30

_MOST_NAME = 80


class ModalKind(StrEnum):
    """Every modal; also its `callback_id`."""

    CONFIRM = "confirm"
    RETRACT = "retract"
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    RELEASE = "release"
    ACCEPT = "accept"
    REJECT = "reject"
    CERTIFIED = "certified"
    ENTER = "enter"
    SUPERSEDE = "supersede"
    CLOSE = "close"


ACTS = {
    ModalKind.CONFIRM: ActKind.CONFIRM,
    ModalKind.RETRACT: ActKind.RETRACT,
    ModalKind.FREEZE: ActKind.FREEZE,
    ModalKind.UNFREEZE: ActKind.UNFREEZE,
    ModalKind.RELEASE: ActKind.RELEASE,
    ModalKind.ACCEPT: ActKind.ACCEPT,
    ModalKind.REJECT: ActKind.REJECT,
    ModalKind.CERTIFIED: ActKind.CALL,
    ModalKind.ENTER: ActKind.ENTER,
    ModalKind.SUPERSEDE: ActKind.SUPERSEDE,
    ModalKind.CLOSE: ActKind.CLOSE,
}
_AT_ONCE = {
    Verb.STOP: (ActKind.FREEZE, "pressed Stop"),
    Verb.ASK_LATER: (ActKind.ASK_LATER, "pressed Ask me later"),
    Verb.NOT_TONIGHT: (ActKind.NOT_TONIGHT, "pressed Not tonight"),
    Verb.ACKNOWLEDGE: (ActKind.ACKNOWLEDGE, "has seen it"),
    Verb.NOT_YET: (ActKind.NOTE, "The result is not certified yet"),
}
"""A stop must not wait for words: the window it stops may be seconds from its end."""
NEEDS_SOURCE = frozenset({
    ModalKind.ACCEPT, ModalKind.REJECT, ModalKind.ENTER, ModalKind.SUPERSEDE,
})  # fmt: skip
NEEDS_LINK = frozenset({ModalKind.ENTER, ModalKind.CERTIFIED})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a modal is about; it travels in the view as `private_metadata`.

    `pressed`: as its button said, with `seen` of what the modal showed. `key`: of the message
    whose button was pressed, "" where none was; `channel`: where the person was. `shown`:
    digest of the act whose words the modal showed, "" where it showed none. `zone` and
    `day` (ISO): where and when the election is, to read a time of day.
    """

    kind: ModalKind
    pressed: Pressed
    key: str = ""
    channel: str = ""
    shown: str = ""
    zone: str = "UTC"
    day: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an act would do: the messages that would go out, or why it is refused.

    `digest`: of what the act is bound to. `sentence`: the answer, or the refusal.
    `against`: what the act goes against, so that OVERRIDE must be typed; "" if nothing.
    """

    digest: str
    sentence: str
    posts: tuple[Post, ...] = ()
    refused: bool = False
    against: str = ""


def kind_of(verb: Verb) -> ModalKind | None:
    """Return the modal a button opens, None where pressing it is the whole act."""
    return None if verb in _AT_ONCE else ModalKind(verb.value)


def act_kind(verb: Verb) -> ActKind:
    """Return the kind of act a button stands for."""
    kind = kind_of(verb)
    return _AT_ONCE[verb][0] if kind is None else ACTS[kind]


def metadata(asked: Asked) -> str:
    """Write what a view carries."""
    whole = {name: value for name, value in asdict(asked).items() if value and name != "pressed"}
    about = {name: value for name, value in asdict(asked.pressed).items() if value}
    return json.dumps({**whole, "pressed": about}, ensure_ascii=False, separators=(",", ":"))


def asked_of(private_metadata: str) -> Asked:
    """Read what a view carries; raises `ValueError` for anything we did not write."""
    given = json.loads(private_metadata)
    names = {field.name for field in fields(Asked)}
    if not isinstance(given, dict) or set(given) - names:
        raise ValueError("no metadata of our modals")
    about = pressed_of(json.dumps(given.pop("pressed", None)))
    kind = ModalKind(given.pop("kind", ""))
    if not all(isinstance(one, str) for one in given.values()):
        raise ValueError("no metadata of our modals")
    return Asked(kind, about, **given)


# -- acts --------------------------------------------------------------------------------


def at_once(verb: Verb, pressed: Pressed, who: str, user: str, now: datetime, id_: str) -> Act:
    """Return the act of a button without a modal: stop, ask later, not tonight, seen, not yet."""
    kind, why = _AT_ONCE[verb]
    minutes = ASK_MINUTES if kind is ActKind.ASK_LATER else 0
    act = act_of(kind, pressed, who, user, now, id_)
    return replace(act, why=why, minutes=minutes)


def draft(asked: Asked, who: str, user: str, now: datetime, id_: str) -> Act:
    """Return the act of a modal before anything is typed into it, to look at what it would do."""
    act = act_of(ACTS[asked.kind], asked.pressed, who, user, now, id_)
    if asked.kind is ModalKind.CERTIFIED:
        outcome = Outcome.NONE if lacks_outcome(asked) else Outcome(asked.pressed.outcome)
        act = replace(act, outcome=outcome, certified=True, link=NO_LINK)
    return act


def lacks_outcome(asked: Asked) -> bool:
    """Say whether a modal must ask which outcome is certified."""
    known = {one.value for one in Outcome if one is not Outcome.NONE}
    return asked.kind is ModalKind.CERTIFIED and asked.pressed.outcome not in known


def digest_of(act: Act, against: str) -> str:
    """Digest what an act says beside who, why and where it can be read, and what is against it."""
    said = (
        against,
        act.kind.value, act.race, act.candidate, act.source, act.outcome.value, act.votes,
        act.units, act.closes_at and act.closes_at.isoformat(), act.outstanding, act.is_estimate,
    )  # fmt: skip
    return sha256(repr(said).encode()).hexdigest()[:12]


def act_of(kind: ActKind, pressed: Pressed, who: str, user: str, now: datetime, id_: str) -> Act:
    """Begin an act; some are of the whole race, whosever button it was."""
    of_race = kind in (ActKind.FREEZE, ActKind.UNFREEZE, ActKind.CLOSE)
    return Act(
        id=id_, kind=kind, race=pressed.race, who=" ".join(who.split())[:_MOST_NAME] or user,
        why=NOT_SAID, at=now, candidate="" if of_race else pressed.candidate,
        source="" if of_race else pressed.source, seen=pressed.seen, user=user,
    )  # fmt: skip
