"""From an event to the messages staff read. Pure.

Desk §3: the state word and our surname come first, the word carries the meaning,
each outcome names its prize and ends with what may be said.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from monitor.decide import Basis, Decision, Outcome, Standing
from monitor.events import OUTCOMES, Event, Kind
from monitor.match import normal_name
from monitor.posts import Post, RowClass
from monitor.races import Race, SlackConfig
from monitor.rules import ContestKind, FollowUp, Rule, contest_kind_of, in_words
from monitor.sanity import HoldKind
from monitor.tally import Snapshot
from monitor.words import (
    all_units,
    clock,
    clocks,
    link,
    listing,
    percent,
    reasons,
    safe,
    short_name,
    signed,
    surname,
    types_line,
    units_short,
)

if TYPE_CHECKING:
    from monitor.tally import Line, Tally

TABLE_LINES = 12
NAMED_SOURCES = 6
LONG = 600
"""Characters of a reason that ops read; escaped they still fit a section."""
_OPS = frozenset({
    Kind.REPORT_HELD, Kind.CONTEST_UNMATCHED, Kind.CONTEST_MATCHED, Kind.SOURCE_BROKEN,
    Kind.SOURCE_RECOVERED, Kind.SOURCE_STALE, Kind.OUTCOME_QUESTIONED,
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """How staff know a source: its publisher and the page they may open."""

    id: str
    name: str
    link: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What a message needs beside its event.

    `snapshots`: accepted snapshots by source. `root`: the key of the race's
    RACE_OPENED event, which its thread hangs on.
    """

    slack: SlackConfig
    sources: dict[str, SourceFacts]
    race: Race | None = None
    rule: Rule | None = None
    closes_at: datetime | None = None
    zone: str = "America/New_York"
    snapshots: dict[str, Snapshot] | None = None
    root: str = ""


def posts(event: Event, scene: Scene) -> tuple[Post, ...]:
    """Write an event for every channel that hears it."""
    made: list[Post] = []
    if event.kind in _OPS:
        made.append(_ops_post(event, scene))
    if scene.race is not None:
        made.extend(_channel_posts(event, scene, scene.race))
    return tuple(made)


def post_key(event_key: str, channel: str) -> str:
    """Return the outbox key of an event in a channel."""
    return sha256(f"{event_key}\x1f{channel}".encode()).hexdigest()[:32]


def channels_of(race: Race, slack: SlackConfig) -> tuple[str, ...]:
    """Return the channels that speak for an organisation endorsing in this race."""
    ours = {name for endorsement in race.endorsements for name in endorsement.by}
    return tuple(c.name for c in slack.channels if ours & set(c.organisations))


def _ops_post(event: Event, scene: Scene) -> Post:
    text = _ops_headline(event, scene)
    more = safe_text(event.reason, LONG)
    more = "" if more in text else more
    blocks = _sections(f"*{text}*", more) + _sections(_held_table(event, scene), "")
    return _post(event, scene.slack.ops_channel, None, text, blocks)


def _held_table(event: Event, scene: Scene) -> str:
    """Set the accepted votes beside those held, for the person who has to judge."""
    held = event.hold.snapshot if event.hold else None
    if held is None:
        return ""
    known = (scene.snapshots or {}).get(event.source)
    old = {s.key: s.votes for s in known.contest.selections} if known else {}
    rows = [f"{'':<18} {'accepted':>10} {'held':>10}"]
    for choice in held.contest.selections[:TABLE_LINES]:
        before = f"{old[choice.key]:,}" if choice.key in old else "none"
        rows.append(f"{_cell(choice.name, 18)} {before:>10} {choice.votes:>10,}")
    return "```{}```".format("\n".join(rows))


def _channel_posts(event: Event, scene: Scene, race: Race) -> list[Post]:
    if event.kind in _OPS and not _is_shown_held(event):
        return []
    headline = _headline(event, scene, race)
    blocks = _blocks(event, scene, race, headline)
    made = []
    for channel in channels_of(_race_of(event, race), scene.slack):
        top = event.kind is Kind.RACE_OPENED or _is_top_level(event)
        thread = None if top else post_key(scene.root, channel)
        made.append(_post(event, channel, thread, headline, blocks))
    return made


def _is_shown_held(event: Event) -> bool:
    """The thread hears of a hard hold when staff already saw older numbers (desk §1.5)."""
    hard = event.hold is not None and event.hold.kind is HoldKind.HARD
    return event.kind is Kind.REPORT_HELD and hard and event.before is not None


def _race_of(event: Event, race: Race) -> Race:
    """An outcome is told where the candidate's own endorsers are; "ours" is per channel."""
    own = tuple(e for e in race.endorsements if e.candidate == event.candidate)
    return replace(race, endorsements=own) if event.kind in OUTCOMES and own else race


def _is_top_level(event: Event) -> bool:
    if event.kind in OUTCOMES or event.kind is Kind.NOW_WATCHING:
        return True
    return event.kind is Kind.COUNT_REVISED and event.touches_outcome


def _post(
    event: Event, channel: str, thread: str | None, text: str, blocks: list[dict[str, Any]]
) -> Post:
    return Post(
        key=post_key(event.key, channel),
        row_class=RowClass.OUTCOME if event.kind in OUTCOMES else RowClass.UPDATE,
        race=event.race or None,
        kind=event.kind.value,
        channel=channel,
        thread=thread,
        text=text,
        blocks=json.dumps(blocks, ensure_ascii=False),
        at=event.at,
    )


# -- headlines ---------------------------------------------------------------------------


def _ops_headline(event: Event, scene: Scene) -> str:
    if event.kind is Kind.OUTCOME_QUESTIONED and scene.race and event.decision:
        ours = safe(surname(event.decision.candidate))
        return (
            f"OUTCOME QUESTIONED: {ours}, {_race_words(scene.race)}: certified as "
            f"{safe(event.reason)}, and the numbers do not show it now. A person must decide."
        )
    where = safe(scene.race.name) if scene.race else safe(event.source)
    at = f" at {safe(event.source)}" if scene.race and event.source else ""
    return f"{_OPS_WORDS[event.kind]}: {where}{at}: {safe(event.reason.partition(';')[0])}"


_OPS_WORDS = {
    Kind.REPORT_HELD: "REPORT HELD",
    Kind.CONTEST_UNMATCHED: "NOT MATCHED",
    Kind.CONTEST_MATCHED: "MATCHED",
    Kind.SOURCE_BROKEN: "SOURCE BROKEN",
    Kind.SOURCE_RECOVERED: "SOURCE BACK",
    Kind.SOURCE_STALE: "SOURCE STALE",
    Kind.OUTCOME_QUESTIONED: "OUTCOME QUESTIONED",
}


def _headline(event: Event, scene: Scene, race: Race) -> str:
    if event.kind is Kind.RACE_OPENED:
        return _opened(event, scene, race)
    if event.kind in (Kind.NOTE_ADDED, Kind.HOLD_CLEARED, Kind.REPORT_HELD):
        return _remark(event, scene, race)
    decision, after = event.decision, event.after
    if decision is None or after is None:
        return f"{event.kind.value}: {safe(race.name)}"
    if event.kind in OUTCOMES:
        return _outcome_headline(event, decision, after, race, scene.rule)
    return _count_headline(event, decision, after, race)


def _opened(event: Event, scene: Scene, race: Race) -> str:
    ours = listing(surname(e.candidate) for e in race.endorsements)
    day = race.election.date
    close = (
        clocks(scene.closes_at, scene.zone, scene.slack.desk_timezone, event.at)
        if (scene.closes_at)
        else "time not known"
    )
    return f"WATCHING: {safe(ours)}, {_race_words(race)}, {day:%b} {day.day}. Polls close {close}."


def _remark(event: Event, scene: Scene, race: Race) -> str:
    ours = safe(listing(surname(e.candidate) for e in race.endorsements))
    if event.kind is Kind.NOTE_ADDED:
        return f"NOTE: {ours}, {_race_words(race)}. {safe_text(event.reason)}"
    if event.kind is Kind.HOLD_CLEARED:
        return f"CHECK DONE: {ours}, {_race_words(race)}. The numbers shown are current again."
    since = clocks(event.at, scene.zone, scene.slack.desk_timezone, event.at)
    return f"UNDER CHECK: {ours}, {_race_words(race)}. New numbers under check since {since}."


def safe_text(text: str, limit: int = 400) -> str:
    """Write a longer text from outside, a note or a reason, each word made safe."""
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    return " ".join(" ".join(safe(word) for word in kept.split()).split())


def _race_words(race: Race) -> str:
    return f"{safe(race.name)}, {safe(race.party)}" if race.party else safe(race.name)


def _count_headline(event: Event, decision: Decision, after: Tally, race: Race) -> str:
    ours, rival = safe(surname(decision.candidate)), safe(surname(decision.rival))
    if event.kind is Kind.COUNT_REVISED:
        was = _margin_before(event, decision)
        stand = " Outcomes stand." if event.touches_outcome and event.outcome_stands else ""
        return (
            f"COUNTY REVISED: {ours}, {safe(race.name)}, now {signed(decision.margin)} "
            f"(was {signed(was)}).{stand}"
        )
    word = {
        Kind.FIRST_VOTES: "FIRST VOTES",
        Kind.LEAD_CHANGED: "LEAD CHANGE",
        Kind.NOW_WATCHING: "NOW WATCHING",
    }.get(event.kind, "NEW, BEING CHECKED" if event.checking else "COUNT")
    where = _race_words(race)
    tail = f"{where}. {units_short(after.units)}{_units_gained(event)}."
    return f"{word}: {ours} {_stands(decision, rival)}, {tail}"


def _stands(decision: Decision, rival: str) -> str:
    match decision.standing:
        case Standing.LEADS:
            return f"leads {rival} by {decision.margin:,}"
        case Standing.TRAILS:
            return f"trails {rival} by {-decision.margin:,}"
        case Standing.TIED:
            return f"is tied with {rival}"
        case Standing.NO_VOTES:
            return "has no votes"
        case _:
            return "stands alone"


def _units_gained(event: Event) -> str:
    before = event.before.units if event.before else None
    after = event.after.units if event.after else None
    if before is None or after is None or after.reported == before.reported:
        return ""
    return f" ({after.reported - before.reported:+,})"


def _margin_before(event: Event, decision: Decision) -> int:
    if event.before is None:
        return 0
    ours, rival = (event.before.line(name) for name in (decision.candidate, decision.rival))
    return (ours.votes if ours else 0) - (rival.votes if rival else 0)


_SAID = {
    Outcome.WON: "won",
    Outcome.LOST: "lost",
    Outcome.ADVANCED: "advances",
    Outcome.RUNOFF: "is in a runoff",
    Outcome.RUNOFF_POSSIBLE: "faces a possible runoff",
    Outcome.TIE: "is tied",
}


def _outcome_headline(
    event: Event, decision: Decision, after: Tally, race: Race, rule: Rule | None
) -> str:
    ours, rival = safe(surname(decision.candidate)), safe(surname(decision.rival))
    where = safe(race.name)
    said = _SAID.get(Outcome(event.reason), "") if event.reason else ""
    match event.kind:
        case Kind.TOO_CLOSE:
            points = percent(abs(decision.margin), decision.total).rstrip("%")
            gap = f"{_side(decision)} by {abs(decision.margin):,} ({points} points)"
            gap = gap if decision.margin else "Tied"
            return f"TOO CLOSE: {ours}, {_race_words(race)}. {gap}. Not final."
        case Kind.HOLD_OFF:
            return (
                f"HOLD OFF: {ours}, {where}. Stop saying {ours} {said}; "
                "new county numbers do not show it. Checking."
            )
        case Kind.OUTCOME_RETRACTED:
            now = f"{rival} +{-decision.margin:,}" if decision.margin < 0 else "not decided"
            return f"DO NOT USE: {ours}, {where}. Our outcome ({said}) is withdrawn; {now}."
        case Kind.OUTCOME_STANDS:
            return f"STANDS: {ours}, {where}. Checked: our outcome ({said}) still holds."
        case _:
            return _found_headline(decision, after, race, rule)


def _found_headline(decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    """Write an outcome, found or certified now: state, ours, race, prize and the figures."""
    ours, rival = safe(surname(decision.candidate)), safe(surname(decision.rival))
    whose = f"{ours}, {safe(race.name)}, {prize_of(race, decision)}."
    grade = "certified" if decision.basis is Basis.CERTIFIED else "unofficial"
    placed = f"{_place(decision)} with {percent(decision.votes, decision.total)}"
    match decision.outcome:
        case Outcome.LOST:
            word = "RUNOFF, OURS OUT" if _is_runoff(decision, after, rule) else "LOST"
            return f"{word} ({grade}): {whose} Behind {rival} by {-decision.margin:,}."
        case Outcome.RUNOFF:
            against = safe(surname(_other(decision, after, race)))
            return f"RUNOFF, OURS IN ({grade}): {whose} {placed}, against {against}."
        case Outcome.ADVANCED:
            return f"ADVANCES ({grade}): {whose} {placed}."
        case Outcome.RUNOFF_POSSIBLE:
            return _runoff_possible(decision, after, race)
        case Outcome.TIE:
            return f"TIED ({grade}): {whose} {decision.votes:,} votes each."
        case _:
            return f"WON ({grade}): {whose} {_score(decision, after)}"


def _side(decision: Decision) -> str:
    return "Behind" if decision.margin < 0 else "Ahead"


def _place(decision: Decision) -> str:
    return _PLACES.get(decision.place, f"Number {decision.place}")


_PLACES = {1: "First", 2: "Second"}


def _other(decision: Decision, after: Tally, race: Race) -> str:
    """Return the name of the first line that is another's: whom a runoff is against."""
    own = tuple(e for e in race.endorsements if e.candidate == decision.candidate)
    ours = _our_names(replace(race, endorsements=own))
    return next((line.name for line in after.lines if normal_name(line.name) not in ours), "")


def _is_runoff(decision: Decision, after: Tally, rule: Rule | None) -> bool:
    """Nobody meets the threshold, the rule sends the top two on, and ours is not one of them."""
    if rule is None or rule.follow_up is not FollowUp.RUNOFF_AUTOMATIC:
        return False
    if decision.threshold_margin is None or decision.place in _PLACES:
        return False
    return after.lines[0].votes < decision.votes - decision.threshold_margin


def _runoff_possible(decision: Decision, after: Tally, race: Race) -> str:
    ours, where = safe(surname(decision.candidate)), _race_words(race)
    other = safe(surname(_other(decision, after, race)))
    share = percent(decision.votes, decision.total)
    certified = " (certified)" if decision.basis is Basis.CERTIFIED else ""
    if decision.place == 1:
        return (
            f"RUNOFF? RIVAL MAY ASK{certified}: {ours} is first, {where}. {share}; {other} is next."
        )
    return f"RUNOFF? OURS MAY ASK{certified}: {ours}, second, {where}. {share}; {other} is first."


def _score(decision: Decision, after: Tally) -> str:
    share = percent(decision.votes, decision.total)
    return f"{share}, {signed(decision.margin)}. {units_short(after.units)}."


def prize_of(race: Race, decision: Decision) -> str:
    """Name what was won or lost: a nomination, the office, or a place in the next round."""
    kind = contest_kind_of(race.election, race)
    if decision.computed in (Outcome.RUNOFF, Outcome.RUNOFF_POSSIBLE):
        return f"place in the {race.party} runoff".replace("  ", " ")
    if decision.computed is Outcome.ADVANCED:
        return "place in the November election"
    if kind in (ContestKind.PARTY_PRIMARY, ContestKind.RUNOFF) and race.party:
        return f"{safe(race.party)} nomination"
    return "the office"


# -- blocks ------------------------------------------------------------------------------


def _blocks(event: Event, scene: Scene, race: Race, headline: str) -> list[dict[str, Any]]:
    if event.kind is Kind.RACE_OPENED:
        return _sections(f"*{headline}*", _root_lines(scene, race))
    if event.decision is None or event.after is None:
        return _sections(f"*{headline}*", "")
    blocks = _sections(f"*{headline}*", f"```{table(event.after, race)}```")
    blocks += _sections(_detail_lines(event, scene, race, event.decision, event.after), "")
    if event.kind in OUTCOMES and (words := say(event, scene, race)):
        blocks += _sections(words, "")
    return [*blocks, _context(_provenance(event, scene, event.after))]


def _sections(first: str, second: str) -> list[dict[str, Any]]:
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}
        for text in (first, second)
        if text
    ]


def _context(text: str) -> dict[str, Any]:
    return {
        "type": "context",
        "elements": [{"type": "mrkdwn", "text": text, "verbatim": True}],
    }


def _root_lines(scene: Scene, race: Race) -> str:
    lines = [f"{safe(e.candidate)} (endorsed by {safe(listing(e.by))})" for e in race.endorsements]
    lines.append(f"Rule: {in_words(scene.rule) if scene.rule else 'not known; no outcome'}")
    used = [scene.sources[u.source] for u in race.sources if u.source in scene.sources]
    lines.append("Source: " + ", ".join(link(s.link, s.name) for s in used))
    return "\n".join(lines)


def table(tally: Tally, race: Race) -> str:
    """Set the votes in lines of at most 40 columns; ours are marked with >."""
    ours = _our_names(race)
    rows = [(line, normal_name(line.name) in ours) for line in tally.lines]
    shown = rows[:TABLE_LINES] + [row for row in rows[TABLE_LINES:] if row[1]]
    text = [_row(line, tally.total, ours=is_ours) for line, is_ours in shown]
    if len(rows) > len(shown):
        text.append(f"  and {len(rows) - len(shown)} more")
    return "\n".join(text)


def _our_names(race: Race) -> frozenset[str]:
    named = (name for e in race.endorsements for name in (e.candidate, *e.aliases))
    return frozenset(map(normal_name, named))


def _row(line: Line, total: int, *, ours: bool) -> str:
    mark = "&gt; " if ours else "  "
    return f"{mark}{_cell(line.name, 20)} {line.votes:>9,} {percent(line.votes, total):>6}"


def _cell(name: str, width: int) -> str:
    """Write a name from outside in a column."""
    kept = "".join(c for c in name if c.isprintable() or c.isspace())
    plain = " ".join(kept.replace("`", "'").replace("://", ": //").split())
    text = short_name(plain, width).ljust(width)
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _detail_lines(event: Event, scene: Scene, race: Race, decision: Decision, after: Tally) -> str:
    lines = []
    if types := types_line(after):
        lines.append(f"Votes so far: {types}.")
    lines.append(_rule_line(decision, scene.rule))
    if event.touches_outcome and event.outcome_stands:
        lines.append("The outcome we told stands.")
    elif event.touches_outcome:
        lines.append("The outcome we told is in doubt.")
    elif decision.blocks and event.kind not in OUTCOMES - {Kind.TOO_CLOSE}:
        lines.append(f"No outcome yet: {reasons(decision, after)}.")
    return "\n".join(
        line for line in [*lines, *_outcome_lines(event, scene, race, decision)] if line
    )


def _outcome_lines(event: Event, scene: Scene, race: Race, decision: Decision) -> list[str]:
    if event.kind not in OUTCOMES:
        return []
    lines = []
    if event.kind is Kind.TOO_CLOSE:
        lines.append(f"Up to {decision.late:,} more votes may be counted.")
    if decision.in_recount_range:
        lines.append("The gap is inside the range in which a recount can be asked for.")
    deadline = scene.rule.follow_up_deadline if scene.rule else ""
    if event.kind is Kind.RUNOFF_POSSIBLE and deadline:
        lines.append(f"To ask for it: {safe_text(deadline)}.")
    if event.late_start:
        lines.append("Already complete when we began.")
    if event.kind is Kind.OUTCOME_RETRACTED:
        lines.append("Our earlier message is canceled everywhere it went.")
    if decision.outcome is Outcome.WON and race.general:
        lines.append(_general_line(race))
    return lines


def _rule_line(decision: Decision, rule: Rule | None) -> str:
    if rule is None:
        return "Rule: not known."
    gap = ""
    if decision.threshold_margin is not None:
        side = "above" if decision.threshold_margin >= 0 else "short of"
        votes = "vote" if abs(decision.threshold_margin) == 1 else "votes"
        gap = f" {abs(decision.threshold_margin):,} {votes} {side} the line."
    return f"Rule: {in_words(rule)}.{gap}"


def _general_line(race: Race) -> str:
    if race.general is None:
        return ""
    day = race.general.date
    opponent = safe(race.general.opponent) or "not known yet"
    return f"General: {day:%b} {day.day}; opponent: {opponent}."


def _provenance(event: Event, scene: Scene, after: Tally) -> str:
    decision = event.decision
    certified = decision is not None and decision.basis is Basis.CERTIFIED
    parts = ["CERTIFIED" if certified else "UNOFFICIAL"]
    for source in after.sources[:NAMED_SOURCES]:
        facts = scene.sources.get(source)
        snapshot = (scene.snapshots or {}).get(source)
        name = link(facts.link, facts.name) if facts else safe(source)
        theirs = _their_time(snapshot, scene, event) if snapshot else "no time of theirs"
        parts.append(f"{name}, {theirs}")
        if snapshot and snapshot.contest.who:
            parts.append(f"kept by {safe(snapshot.contest.who)}")
        if snapshot and snapshot.contest.link:
            parts.append(link(snapshot.contest.link, "their source"))
    if more := len(after.sources[NAMED_SOURCES:]):
        parts.append(f"and {more} more sources")
    seen = clocks(event.at, scene.zone, scene.slack.desk_timezone, event.at)
    return " · ".join([*parts, f"read {seen}"])


def _their_time(snapshot: Snapshot, scene: Scene, event: Event) -> str:
    if snapshot.source_time is not None:
        return "as of " + clock(snapshot.source_time, scene.zone, event.at)
    if snapshot.source_time_text:
        return f"as of {safe(snapshot.source_time_text)}"
    return "gives no time"


def say(event: Event, scene: Scene, race: Race) -> str:
    """Write what may be said of an outcome, and what may not."""
    decision, after = event.decision, event.after
    if decision is None or after is None or event.kind not in _SAYABLE:
        return ""
    sentence = _sentence(event, decision, after, race, scene.rule)
    used = (scene.sources.get(source) for source in after.sources[:NAMED_SOURCES])
    computed = listing(safe(facts.name) for facts in used if facts) or "the source below"
    certified = decision.basis is Basis.CERTIFIED
    never = "called" if certified else "certified, elected, called"
    return (
        f"*SAY:* “{sentence}”\n*DON'T SAY:* {never}. "
        f"Computed from {computed}; no news organization's call implied."
    )


_SAYABLE = frozenset({
    Kind.RACE_WON, Kind.RACE_LOST, Kind.ADVANCED, Kind.RUNOFF_SET, Kind.RUNOFF_POSSIBLE,
    Kind.TOO_CLOSE, Kind.OUTCOME_CERTIFIED, Kind.RACE_TIED,
})  # fmt: skip


def _sentence(event: Event, decision: Decision, after: Tally, race: Race, rule: Rule | None) -> str:
    name, rival = safe(decision.candidate), safe(decision.rival)
    share = percent(decision.votes, decision.total)
    returns = "certified results" if decision.basis is Basis.CERTIFIED else "unofficial returns"
    start = f"{all_units(after.units)}, {returns} put {name} at {share}"
    if decision.basis is Basis.CERTIFIED:
        start = f"Certified results put {name} at {share}"
    if event.kind is Kind.TOO_CLOSE:
        side = "behind" if decision.margin < 0 else "ahead of"
        gap = f"{abs(decision.margin):,} votes {side} {rival}"
        return f"{start}, {gap}; up to {decision.late:,} more votes may still be counted."
    if decision.outcome is Outcome.LOST:
        prize = prize_of(race, decision).removeprefix("the ")
        return f"{start}, {-decision.margin:,} votes behind {rival} for the {prize}."
    if rule is not None and decision.outcome is Outcome.WON and rule.numerator:
        prize = "nomination" if "nomination" in prize_of(race, decision) else "election"
        return f"{start}, {_above(rule)} for {prize}."
    if decision.outcome in _OPEN_ENDS:
        place = _place(decision).lower()
        short = f"nobody is {_above(rule)}" if rule is not None and rule.numerator else ""
        return f"{start}, in {place} place; " + _OPEN_ENDS[decision.outcome].format(short=short)
    if decision.outcome is Outcome.TIE or not decision.margin:
        return f"{start}, tied with {rival}."
    return f"{start}, {abs(decision.margin):,} votes ahead of {rival}."


_OPEN_ENDS = {
    Outcome.RUNOFF: "{short}, so the top two go to a runoff.",
    Outcome.RUNOFF_POSSIBLE: "{short}, so the runner-up may ask for a runoff.",
    Outcome.ADVANCED: "the top two go on to the November election.",
}


def _above(rule: Rule) -> str:
    """Say the line of a rule: "above the 30% North Carolina requires"."""
    share = f"{100 * rule.numerator / rule.denominator:.4g}%"
    return f"{'above' if rule.strict else 'at or above'} the {share} {rule.state_name} requires"
