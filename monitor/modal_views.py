"""Modals as Block Kit: what would go out, to whom, how old the data is, and the fields. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from monitor.decision import Outcome
from monitor.details import context, sections
from monitor.doing import OVERRIDE
from monitor.fitting import MOST_IN_ELEMENT, MOST_IN_SECTION, cut
from monitor.modal_parts import ago, choice_field, plain, spoken, text_field
from monitor.modals import (
    ESTIMATE,
    NEEDS_LINK,
    NEEDS_SOURCE,
    NO_LINK,
    NOT_SAID,
    OFFICIAL,
    VOTES,
    ModalKind,
    digest_of,
    lacks_outcome,
    metadata,
)
from monitor.posts import SCOREBOARD_LINK, RowClass
from monitor.prizes import race_words
from monitor.races import Race
from monitor.words import clock, clocks, mentions, safe, safe_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.modals import Asked, Seen
    from monitor.people import Act
    from monitor.posts import Post

MOST_LINES = 70
"""Names on a ballot with a field each; a modal takes 100 blocks."""
MOST_MESSAGES = 6
"""Messages shown of those that would go out; more are counted."""
MOST_BODY = 4
"""Blocks shown of a message, its headline first."""
_BLOCK_ID = 255

_TITLES = {
    ModalKind.CONFIRM: ("Post the outcome", "Post"),
    ModalKind.RETRACT: ("Withdraw an outcome", "Withdraw"),
    ModalKind.FREEZE: ("Freeze outcomes", "Freeze"),
    ModalKind.UNFREEZE: ("Lift the freeze", "Lift it"),
    ModalKind.RELEASE: ("Release the outcome", "Release"),
    ModalKind.ACCEPT: ("Take held figures", "Take them"),
    ModalKind.REJECT: ("Reject held figures", "Reject them"),
    ModalKind.CERTIFIED: ("Certify an outcome", "Certify"),
    ModalKind.ENTER: ("Enter figures by hand", "Enter them"),
    ModalKind.SUPERSEDE: ("Leave a source out", "Leave it out"),
    ModalKind.CLOSE: ("Move the poll close", "Move it"),
}
_ABOUT = {
    ModalKind.CONFIRM: "Post what the rule gives, on your name.",
    ModalKind.RETRACT: "Withdraw it everywhere it went, and freeze the race.",
    ModalKind.FREEZE: "No outcome of this race goes out until somebody lifts it.",
    ModalKind.UNFREEZE: "Outcomes of this race go out again, as the count gives them.",
    ModalKind.RELEASE: "Everybody gets what those of the heads-up have.",
    ModalKind.ACCEPT: "Count the figures that are held back.",
    ModalKind.REJECT: "The figures held back are wrong; they do not count.",
    ModalKind.CERTIFIED: "Say that the result is certified.",
    ModalKind.ENTER: "Figures you read somewhere, in the place of the source until it has "
    "caught up. A field left empty keeps its votes.",
    ModalKind.SUPERSEDE: "Leave the source out of the total from now on; it stays visible.",
    ModalKind.CLOSE: "When the last polls of this race close.",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a modal shows beside what would go out.

    `zone`: where the race is, `desk`: where staff live. `ballot`: names with their votes now,
    None where that is not known. `sources`: ids of the race's sources. `units`: "12/57", as
    they are now; `outstanding` likewise: "3,000 (an estimate)". `heads`: members by channel,
    as far as known. `changed_at`, `checked_at`: when the figures last changed and when a
    source last answered.
    """

    race: Race
    zone: str
    desk: str
    now: datetime
    ballot: tuple[tuple[str, int | None], ...] = ()
    sources: tuple[str, ...] = ()
    units: str = ""
    outstanding: str = ""
    closes_at: datetime | None = None
    changed_at: datetime | None = None
    checked_at: datetime | None = None
    heads: Mapping[str, int] = field(default_factory=dict)


def view(
    asked: Asked, seen: Seen | None, facts: Facts, act: Act | None = None, notice: str = ""
) -> dict[str, Any]:
    """Build a modal, as `views.open` takes it.

    `seen`: what `act` would do, None where more must be said before anybody can know;
    `act` fills the fields. `notice` stands first, such as why one has to look again.
    """
    title, submit = _TITLES[asked.kind]
    refused = seen is not None and seen.refused and not says_more(asked, facts)
    shown = ""
    if act is not None and seen is not None and not seen.refused:
        shown = digest_of(act, seen.against)
    about = replace(asked.pressed, seen=seen.digest) if seen is not None else asked.pressed
    carried = replace(asked, pressed=about, shown=shown, zone=facts.zone)
    carried = replace(carried, day=facts.race.election.date.isoformat())
    blocks = [*_head(asked, facts, notice)]
    if seen is not None:
        blocks += _refusal(seen) if seen.refused else _effect(seen, facts)
    if not refused:
        blocks += _fields(carried, seen, facts, act)
    made = {
        "type": "modal",
        "callback_id": asked.kind.value,
        "private_metadata": metadata(carried),
        "title": plain(title),
        "close": plain("Close" if refused else "Cancel"),
        "blocks": blocks,
    }
    return made if refused else {**made, "submit": plain(submit if shown else "Look")}


def done_view(asked: Asked, sentence: str) -> dict[str, Any]:
    """Build what a modal says when its act was done."""
    return {
        "type": "modal",
        "callback_id": asked.kind.value,
        "title": plain(_TITLES[asked.kind][0]),
        "close": plain("Close"),
        "blocks": sections(f"*Done.* {safe_text(spoken(sentence), 500)}"),
    }


def says_more(asked: Asked, facts: Facts) -> bool:
    """Say whether what is typed decides what would go out: figures, a time, which source."""
    several = asked.kind in NEEDS_SOURCE and len(facts.sources) > 1 and not asked.pressed.source
    return several or asked.kind in (ModalKind.ENTER, ModalKind.CLOSE) or lacks_outcome(asked)


# -- what is shown -----------------------------------------------------------------------


def _head(asked: Asked, facts: Facts, notice: str) -> Iterator[dict[str, Any]]:
    if notice:
        yield from sections(f"*{safe_text(spoken(notice), 500)}*")
    whose = safe(asked.pressed.candidate)
    source = f"source {safe(asked.pressed.source)}" if asked.pressed.source else ""
    named = ": ".join(part for part in (race_words(facts.race), whose or source) if part)
    yield from sections(f"*{named}*\n{_ABOUT[asked.kind]}")
    yield context(age(facts))


def age(facts: Facts) -> str:
    """Say how old the data is: "Figures of 10:39 PM ET, 4 minutes old."."""
    if facts.changed_at is None:
        return "No figures yet."
    desk, now = facts.desk, facts.now
    told = f"Figures of {clocks(facts.changed_at, facts.zone, desk, now)}"
    told = f"{told}, {ago((now - facts.changed_at).total_seconds())} old."
    if facts.checked_at is None or facts.checked_at <= facts.changed_at:
        return told
    return f"{told} Still so at {clock(facts.checked_at, desk, now)}."


def _refusal(seen: Seen) -> list[dict[str, Any]]:
    return sections(f"*Not possible now:* {safe_text(spoken(seen.sentence), 500)}")


def _effect(seen: Seen, facts: Facts) -> list[dict[str, Any]]:
    """Show every message, and to whom it goes."""
    blocks = sections("*This would go out:*" if seen.posts else "Nothing goes out by this.")
    found: dict[str, list[Post]] = {}
    for post in seen.posts:
        found.setdefault(post.text, []).append(post)
    for alike in list(found.values())[:MOST_MESSAGES]:
        blocks += _message(alike[0])
        blocks.append(context(_heard(alike, facts.heads)))
    if len(found) > MOST_MESSAGES:
        blocks.append(context(f"and {len(found) - MOST_MESSAGES} more messages"))
    return blocks


def _message(post: Post) -> list[dict[str, Any]]:
    """Return an outcome as it would look, without what a modal cannot hold; else its text."""
    if post.row_class is RowClass.OUTCOME:
        body = [one for one in json.loads(post.blocks) if one.get("type") in ("section", "context")]
        if body:
            return [_unlinked(one) for one in body[:MOST_BODY]]
    return sections(f"> {cut(post.text, MOST_IN_SECTION - 2)}")


def _unlinked(block: dict[str, Any]) -> dict[str, Any]:
    """Take out ids and the address of a scoreboard, which nobody knows before it is sent."""
    bare = {name: part for name, part in block.items() if name not in ("block_id", "accessory")}
    text = json.dumps(bare, ensure_ascii=False)
    whole: dict[str, Any] = json.loads(
        re.sub(rf"<{re.escape(SCOREBOARD_LINK)}\|([^<>]*)>", r"\1", text)
    )
    return whole


def _heard(posts: list[Post], heads: Mapping[str, int]) -> str:
    """Name every channel with how many people are in it."""
    channels = {post.channel: post.thread is not None for post in posts}
    parts = [_channel(name, heads, in_thread=threaded) for name, threaded in channels.items()]
    return cut("To " + "; ".join(parts), MOST_IN_ELEMENT)


def _channel(name: str, heads: Mapping[str, int], *, in_thread: bool) -> str:
    if (person := mentions((name,))).startswith("<@"):
        return person  # somebody who gets it first
    number = heads.get(name)
    people = "people not counted" if number is None else f"{number:,} people"
    people = "1 person" if number == 1 else people
    return f"{safe(name)}{' (thread)' if in_thread else ''}, {people}"


# -- fields ------------------------------------------------------------------------------


def _fields(
    asked: Asked, seen: Seen | None, facts: Facts, act: Act | None
) -> Iterator[dict[str, Any]]:
    if asked.kind in NEEDS_SOURCE and len(facts.sources) > 1 and not asked.pressed.source:
        yield choice_field("source", "Source", facts.sources, act.source if act else "")
    if lacks_outcome(asked):
        outcomes = tuple(one.value for one in Outcome if one is not Outcome.NONE)
        yield choice_field("outcome", "Outcome", outcomes, act.outcome.value if act else "")
    if asked.kind is ModalKind.ENTER:
        yield from _ballot(facts, act)
    if asked.kind is ModalKind.CLOSE:
        now = clock(facts.closes_at, facts.zone, facts.now) if facts.closes_at else "not known"
        typed = act.closes_at.isoformat(timespec="minutes") if act and act.closes_at else ""
        yield text_field("closes", "Polls close at", f"Now {now}. Such as 9:00 PM, there.", typed)
    if asked.kind in NEEDS_LINK:
        typed = act.link if act is not None and act.link != NO_LINK else ""
        yield text_field("link", "Where it can be read", 'A link, or "phone, clerk NAME"', typed)
    if seen is not None and seen.against:
        yield from sections(
            f"*Something stands against it:* {safe_text(spoken(seen.against), 500)}"
        )
        yield text_field("override", f"Type {OVERRIDE} to do it all the same", OVERRIDE, "")
    why = act.why if act is not None and act.why != NOT_SAID else ""
    yield text_field("reason", "Reason", "Kept with your name, and shown", why, most=300)


def _ballot(facts: Facts, act: Act | None) -> Iterator[dict[str, Any]]:
    given = {name: f"{votes:,}" for name, votes in act.votes} if act is not None else {}
    fit = [one for one in facts.ballot if len(VOTES + one[0]) <= _BLOCK_ID]
    for name, votes in fit[:MOST_LINES]:
        hint = "votes" if votes is None else f"now {votes:,}"
        block = text_field(f"{VOTES}{name}", name, hint, given.get(name, ""), most=15)
        yield {**block, "optional": True}
    if len(facts.ballot) > len(fit[:MOST_LINES]):
        left = len(facts.ballot) - len(fit[:MOST_LINES])
        yield context(f"{left} more on the ballot keep their votes; `run.py enter` takes them.")
    if all(votes is None for _, votes in facts.ballot):
        known = {name for name, _ in fit}
        typed = "\n".join(f"{name} = {votes}" for name, votes in given.items() if name not in known)
        hint = "One a line: Roger Echols = 12,648"
        others = text_field("others", "Others on the ballot", hint, typed, most=3_000)
        others["element"]["multiline"] = True
        yield {**others, "optional": True}
    units = f"{act.units[0]}/{act.units[1]}" if act is not None and act.units else ""
    hint = f"now {facts.units}" if facts.units else "such as 12/57"
    yield {**text_field("units", "Units reported, of all", hint, units, most=30), "optional": True}
    uncounted = f"{act.outstanding:,}" if act is not None and act.outstanding is not None else ""
    hint = f"now {facts.outstanding}" if facts.outstanding else "a number, or nothing"
    field_ = text_field("outstanding", "Ballots still uncounted", hint, uncounted, most=15)
    yield {**field_, "optional": True}
    kind = OFFICIAL if act is not None and not act.is_estimate else ESTIMATE
    yield choice_field("estimate", "That number is", (ESTIMATE, OFFICIAL), kind)
