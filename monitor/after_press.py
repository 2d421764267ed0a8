"""What a message to callers says after somebody acted: its buttons go, a line says who. Pure.

A question can be answered by its buttons, on the command line, or by the count itself:
`over` finds every message whose question nobody has to answer any more.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from monitor.buttons import BLOCK_ID, Pressed, Verb, buttons_block, pressed_of, unfreeze
from monitor.decision import Basis, Outcome
from monitor.details import context
from monitor.events import Kind
from monitor.people import Act, ActKind, last_key
from monitor.posts import Edit
from monitor.state import Told
from monitor.words import clock, safe, safe_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from monitor.people import Called, Stood
    from monitor.state import RaceState

_DONE = {
    ActKind.CONFIRM: "Posted by",
    ActKind.FREEZE: "Stopped by",
    ActKind.UNFREEZE: "Freeze lifted by",
    ActKind.RETRACT: "Withdrawn by",
    ActKind.RELEASE: "Released by",
    ActKind.ACCEPT: "Accepted by",
    ActKind.REJECT: "Rejected by",
    ActKind.CALL: "Declared by",
    ActKind.ENTER: "Entered by hand by",
    ActKind.SUPERSEDE: "Left out by",
    ActKind.CLOSE: "Close moved by",
    ActKind.ACKNOWLEDGE: "Seen by",
}


_ONLY = {
    ActKind.ASK_LATER: frozenset({Verb.ASK_LATER}),
    ActKind.ACKNOWLEDGE: frozenset({Verb.ACKNOWLEDGE}),
    ActKind.NOTE: frozenset({Verb.NOT_YET}),
    ActKind.FREEZE: frozenset({Verb.FREEZE}),
    ActKind.UNFREEZE: frozenset({Verb.UNFREEZE}),
    ActKind.ENTER: frozenset[Verb](),
}
"""Acts that leave a question open: only these buttons go, others may still be pressed."""
_DONE_ID = "done:"
"""How the id of the block begins that says what was done."""
_MOST_DONE = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """A message with buttons: `text` and `blocks` (JSON) as they are to stand now.

    `kind`: of its event, as `post_log` has it. `at`: when it was decided.
    """

    key: str
    channel: str
    kind: str
    text: str
    blocks: str
    at: datetime


def pressed_line(act: Act, desk: str, now: datetime) -> str:
    """Say who did what, when and why: "Posted by Ana Ruiz at 10:13 PM ET: all in"."""
    who, at, why = safe(act.who), clock(act.at, desk, now), safe_text(act.why)
    if act.kind is ActKind.NOT_TONIGHT:
        return f"Not tonight, says {who} at {at}: {why}"
    if act.kind is ActKind.ASK_LATER:
        return f"Asked again in {act.minutes} minutes, says {who} at {at}"
    if act.kind is ActKind.NOTE:
        return f"Not yet, says {who} at {at}"
    done = "Certified by" if act.certified else _DONE.get(act.kind, f"{act.kind.value} by")
    return f"{done} {who} at {at}: {why}"


def pressed_edit(message: Asking, act: Act, desk: str, now: datetime) -> Edit:
    """Say in a message what its button did; what can still be answered keeps its buttons."""
    gone = _ONLY.get(act.kind)
    if act.kind is ActKind.FREEZE and message.kind == Kind.GOING_OUT:
        gone = None
    stops = gone is None and act.kind in {ActKind.FREEZE, ActKind.RETRACT}
    lifts = act.race if stops else ""
    return _edited(message, pressed_line(act, desk, now), now, gone, lifts=lifts)


def without_buttons(message: Asking, line: str, now: datetime) -> Edit:
    """Take the buttons out of a message and put a line in their place."""
    return _edited(message, line, now, None)


def over(
    messages: Iterable[Asking], state: RaceState, desk: str, now: datetime
) -> tuple[Edit, ...]:
    """Return the edits of messages whose question is answered, whoever answered it.

    `messages`: of one race; `state`: as it is now. Of several questions about one
    candidate only the newest of a kind can be open.
    """
    found: list[Edit] = []
    newer: set[tuple[str, ...]] = set()
    for message in sorted(messages, key=lambda one: one.at, reverse=True):
        about = _about(message)
        if about is None:
            continue
        if _is_stopped(message):
            if line := _lifted(message, state, desk, now):
                found.append(without_buttons(message, line, now))
            continue
        same = (message.channel, message.kind, about.candidate, about.source)
        line = _NEWER if same in newer else _answered(message, about, state, desk, now)
        newer.add(same)
        if line:
            lifts = about.race if _by_freeze(message, about, state) else ""
            found.append(_edited(message, line, now, None, lifts=lifts))
    return tuple(reversed(found))


# -- what answered it --------------------------------------------------------------------


_OF_OUTCOME = frozenset({Kind.READY_TO_CALL, Kind.GOING_OUT, Kind.HEADS_UP})
_OF_DOUBT = frozenset({Kind.OUTCOME_QUESTIONED, Kind.HOLD_OFF})
_OF_HOLD = frozenset({Kind.REPORT_HELD, Kind.CALLERS_PAGED})


def _answered(message: Asking, about: Pressed, state: RaceState, desk: str, now: datetime) -> str:
    """Say what answered the question of a message, "" while it is open."""
    candidate, kind = _candidate(about, state), Kind(message.kind)
    told, called = state.told.get(candidate, Told()), state.people.called.get(candidate)
    if kind in _OF_OUTCOME and told.outcome is not Outcome.NONE:
        return _signed("Posted by", called, message, desk, now) or "It went out"
    if kind in _OF_OUTCOME:
        return _not_asked(message, told, state, desk, now)
    if kind in _OF_HOLD and about.source:
        return _unheld(message, about.source, state, desk, now)
    if kind in _OF_DOUBT or kind is Kind.CALLERS_PAGED:
        return _settled(message, candidate, state, desk, now)
    if kind is Kind.REMINDER and told.basis is Basis.CERTIFIED:
        return _signed("Certified by", called, message, desk, now) or "It is certified"
    if kind is Kind.SOURCES_DISAGREE and state.disagreed_since is None:
        return "They do not differ any more"
    if kind is Kind.SITE_DOWN and about.source not in state.down:
        return "The site answers again"
    return ""


def _candidate(about: Pressed, state: RaceState) -> str:
    """Return whom a button is about; one that names nobody is about the only one."""
    return about.candidate or (next(iter(state.told)) if len(state.told) == 1 else "")


def _not_asked(message: Asking, told: Told, state: RaceState, desk: str, now: datetime) -> str:
    """Say why an outcome that did not go out is not asked about any more."""
    is_ready, waiting, asked = message.kind == Kind.READY_TO_CALL, told.waiting, told.asked
    if message.kind == Kind.HEADS_UP:
        return "" if told.heads_up is not None else _NOT_OUT
    if told.heads_up is not None:
        return "Those of the heads-up have it"
    if is_ready and asked is not None and asked.put_off is not None:
        later = asked.put_off
        if not later.tonight:
            return ""  # for some minutes: it can be posted meanwhile
        return _signed("Not tonight, says", later.by, message, desk, now)
    if is_ready:
        return "" if asked is not None else _NOT_ASKED
    stopped = _signed("Stopped by", state.people.frozen, message, desk, now)
    # The time of a message is kept in whole milliseconds, that of a state in smaller parts.
    same = waiting is not None and waiting.since < message.at + timedelta(milliseconds=1)
    return stopped or ("" if same else _NOT_OUT)


def _by_freeze(message: Asking, about: Pressed, state: RaceState) -> bool:
    """Say whether a freeze came after a message whose outcome it stops, or that was withdrawn."""
    frozen, kind = state.people.frozen, Kind(message.kind)
    stops = kind in _STOPPED or (kind is Kind.CALLERS_PAGED and not about.source)
    return stops and frozen is not None and frozen.at >= message.at


def _lifted(message: Asking, state: RaceState, desk: str, now: datetime) -> str:
    """Say who lifted the freeze that a message can be used to lift, "" while it lasts."""
    people = state.people
    if people.frozen is not None:
        return ""
    by = people.last.get(last_key(ActKind.UNFREEZE))
    return _signed("Freeze lifted by", by, message, desk, now) or "Not frozen any more"


_STOPPED = frozenset({Kind.GOING_OUT, Kind.HEADS_UP}) | _OF_DOUBT
_NOT_OUT = "It does not go out now"
_NOT_ASKED = "This is not asked any more"
_NEWER = "A newer message stands below"


def _unheld(message: Asking, source: str, state: RaceState, desk: str, now: datetime) -> str:
    people = state.people
    rejected = people.rejected.get(source)
    accepted = people.last.get(last_key(ActKind.ACCEPT, source))
    standing = state.standings.get(source)
    return (
        _signed("Rejected by", rejected.by if rejected is not None else None, message, desk, now)
        or _signed("Accepted by", accepted, message, desk, now)
        or ("" if standing is not None and standing.hold is not None else "Not held any more")
    )


def _settled(message: Asking, candidate: str, state: RaceState, desk: str, now: datetime) -> str:
    people, told = state.people, state.told.get(candidate, Told())
    withdrawn = people.last.get(last_key(ActKind.RETRACT, candidate))
    return (
        _signed("Withdrawn by", withdrawn, message, desk, now)
        or _signed("It stands, settled by", people.called.get(candidate), message, desk, now)
        or ("Nothing is in doubt now" if told.doubt_since is None else "")
    )


def _signed(done: str, by: Stood | Called | None, message: Asking, desk: str, now: datetime) -> str:
    """Write who did it, if it was done since the message; "" otherwise."""
    if by is None or by.at < message.at:
        return ""
    return f"{done} {safe(by.who)} at {clock(by.at, desk, now)}: {safe_text(by.why)}"


# -- blocks ------------------------------------------------------------------------------


def _edited(
    message: Asking, line: str, now: datetime, gone: frozenset[Verb] | None, *, lifts: str = ""
) -> Edit:
    """Leave out some buttons, or all, and add a line to those that say what was done.

    `lifts`: the race whose freeze a button in their place lifts, "" for none.
    """
    blocks, done = [], context(line)
    for block in json.loads(message.blocks):
        if str(block.get("block_id", "")).startswith(_DONE_ID):
            said = [one for one in block["elements"] if one["text"] != line]
            done["elements"] = [*said, *done["elements"]][-_MOST_DONE:]
        elif not _has_buttons(block):
            blocks.append(block)
        elif gone is not None and (left := _left(block, gone)):
            blocks.append({**block, "elements": left})
    if lifts:
        blocks.append(buttons_block(message.key, (unfreeze(lifts),)))
    blocks.append({**done, "block_id": f"{_DONE_ID}{message.key}"})
    text = json.dumps(blocks, ensure_ascii=False)
    return Edit(message.key, message.channel, message.text, text, now)


def _left(block: dict[str, Any], gone: frozenset[Verb]) -> list[dict[str, Any]]:
    return [one for one in block["elements"] if one.get("action_id") not in gone]


def _has_buttons(block: dict[str, Any]) -> bool:
    return str(block.get("block_id", "")).startswith(BLOCK_ID)


def _is_stopped(message: Asking) -> bool:
    """Say whether all that is left to press lifts a freeze."""
    held = [block for block in json.loads(message.blocks) if _has_buttons(block)]
    return {one.get("action_id") for block in held for one in block["elements"]} == {
        Verb.UNFREEZE.value
    }


def _about(message: Asking) -> Pressed | None:
    """Return what the buttons of a message are about; None where it has none of ours.

    Not every button of it names the candidate or source: a freeze is of the whole race.
    """
    found = []
    try:
        for block in filter(_has_buttons, json.loads(message.blocks)):
            found += [pressed_of(one["value"]) for one in block["elements"]]
    except (LookupError, ValueError):
        return None
    if not found:
        return None
    candidate = next((one.candidate for one in found if one.candidate), "")
    source = next((one.source for one in found if one.source), "")
    return Pressed(found[0].race, candidate, source)
