"""An explanation as people read it: nine steps in the order they were taken. Pure."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.terminal import safe, when
from monitor.words import signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from monitor.explanation import (
        ActDone,
        Decided,
        Explanation,
        Happened,
        Message,
        SourceSeen,
    )

LAST = 12
"""How many events and messages are written out; `--json` has all."""

_VERDICTS = {
    "": "nothing was read yet",
    "not-found": "not accepted",
    "before-close": "only read, to find the contest: the polls had not closed",
    "same": "the figures are those accepted",
    "accepted": "accepted: new figures, and nothing stands against them",
    "revised": "accepted though they fell: a later look still shows them",
    "shown": "shown as being checked",
    "held": "held",
    "ignored": "ignored",
    "noted": "no figures, only a remark",
}
"""What became of an answer, by sanity's verdict."""
_USES = {
    "used": "counted",
    "no-figures": "not counted: it has no accepted figures",
    "superseded": "not counted: superseded by",
    "lags": "not counted: it lags behind the one that is",
    "another-is-used": "not counted: another source of the same county is",
}
_BY_HAND = "entered:"


def lines(told: Explanation) -> Iterator[str]:
    """Write an explanation; outside text is made safe for a terminal."""
    zone = ZoneInfo(told.zone)
    yield f"{told.race} at {when(told.at, zone)}"
    yield f"  polls close {when(told.closes_at, zone)}; rule: {told.rule}"
    yield f"  decided with config {told.config:.12} and rules {told.rules:.12}"
    if told.frozen:
        yield safe(f"  outcomes are frozen by {told.frozen}")
    for number, (title, written) in enumerate(_steps(told, zone), 1):
        yield ""
        yield f"{number}. {title}"
        yield from (f"  {safe(line)}" for line in written)
    yield from _last("What people did", [_act(one, zone) for one in told.acts])
    yield from _last("What happened", [_event(one, zone) for one in told.events])
    since = " (and what has become of it since)" if told.is_past else ""
    yield from _last(f"What was told{since}", [_message(one, zone) for one in told.messages])


def _steps(told: Explanation, zone: ZoneInfo) -> Iterator[tuple[str, Iterable[str]]]:
    seen, decisions = told.sources, told.decisions
    if not seen:
        yield "Fetched", ["nothing: this race has no source"]
        return
    yield "Fetched", chain.from_iterable(_fetched(one, zone) for one in seen)
    yield "Parsed", chain.from_iterable(_parsed(one) for one in seen)
    yield "Accepted or held", chain.from_iterable(_judged(one, zone) for one in seen)
    yield "Looks that prove the figures", chain.from_iterable(_looks(one, zone) for one in seen)
    yield "Tally by source", _tally(told)
    if not decisions:
        yield "Decision", ["No decision: no votes were accepted by then."]
        return
    yield "Rule and figures", chain.from_iterable(_figures(one, zone) for one in decisions)
    yield f"Precedence: {' > '.join(_ORDER)}", map(_precedence, decisions)
    yield "Outcome, or what blocks it", chain.from_iterable(_outcome(d, zone) for d in decisions)
    yield "Posted or not", chain.from_iterable(_posted(one, zone) for one in decisions)


# -- the sources -------------------------------------------------------------------------


def _fetched(source: SourceSeen, zone: ZoneInfo) -> Iterator[str]:
    if source.source.startswith(_BY_HAND):
        yield f"{source.source}: typed in by hand, nothing is fetched"
        return
    look = ", a look" if source.is_look else ""
    result = f", {source.result}{look}" if source.result else ""
    yield f"{source.source}: visited {_when(source.visited_at, zone)}{result}"
    yield (
        f"  answered {_when(source.answered_at, zone)}, "
        f"pages last changed {_when(source.changed_at, zone)}"
    )
    if source.failures:
        visits = "1 failed visit" if source.failures == 1 else f"{source.failures} failed visits"
        yield f"  {visits} since: {source.error}"


def _parsed(source: SourceSeen) -> Iterator[str]:
    if source.unmatched:
        yield f"{source.source}: not found: {source.unmatched}"
    elif source.result == "failed":
        yield f"{source.source}: the last visit brought nothing to read"
    elif source.verdict:
        again = ", on the same pages as before" if source.result == "unchanged" else ""
        yield f"{source.source}: the contest and our candidates are found{again}"
    else:
        yield f"{source.source}: nothing was read"


def _judged(source: SourceSeen, zone: ZoneInfo) -> Iterator[str]:
    yield f"{source.source}: {_verdict(source, zone)}"
    if source.hold and source.hold != source.reason:
        yield f"  kept back: {source.hold}"
    if source.accepted_at is None:
        yield "  no figures accepted"
    else:
        yield f"  accepted {when(source.accepted_at, zone)}{_theirs(source, zone)}"


def _verdict(source: SourceSeen, zone: ZoneInfo) -> str:
    if source.source.startswith(_BY_HAND):
        return "entered by hand, through the same checks"
    reason = f": {source.reason}" if source.reason and not source.unmatched else ""
    since = f" (since {when(source.verdict_at, zone)})" if source.verdict_at else ""
    return f"{_VERDICTS[source.verdict]}{reason}{since}"


def _looks(source: SourceSeen, zone: ZoneInfo) -> Iterator[str]:
    looks = "two, agreeing" if source.looks > 1 else f"{source.looks or 'none'}"
    first = f", first {when(source.first_look, zone)}" if source.first_look else ""
    last = f", last {when(source.last_look, zone)}" if source.last_look else ""
    yield f"{source.source}: {looks}{first}{last}"


def _theirs(source: SourceSeen, zone: ZoneInfo) -> str:
    parts = [
        f"their time {when(source.source_time, zone)}" if source.source_time else "",
        f"version {source.version}" if source.version is not None else "",
        source.status,
        source.units or "no units published",
    ]
    return "".join(f", {part}" for part in parts if part)


def _tally(told: Explanation) -> Iterator[str]:
    for source in told.sources:
        covers = f" ({', '.join(source.covers)})" if source.covers else ""
        by = f" {source.aside}" if source.use == "superseded" else ""
        yield f"{source.source}{covers}: {_USES[source.use]}{by}"
        votes = sorted(source.votes, key=lambda vote: -vote.votes)
        yield from (f"  {vote.votes:>11,}  {vote.name}" for vote in votes)
    several = len(told.sources) > len({source.covers for source in told.sources})
    if told.difference:
        yield f"they differ: {told.difference}"
    elif several:
        yield "the sources of one county agree, as far as they have figures"


# -- the decision ------------------------------------------------------------------------

_ORDER = (
    "freeze", "certified", "confirmed or called", "blocked", "clinched", "complete", "counting",
)  # fmt: skip


def _figures(decided: Decided, zone: ZoneInfo) -> Iterator[str]:
    yield f"{decided.candidate}, as decided {when(decided.decided_at, zone)}"
    rival = f" {decided.rival} ({decided.rival_votes:,})" if decided.rival else ""
    yield (
        f"  {decided.standing}{rival} with {decided.votes:,} of {decided.total:,} votes, "
        f"margin {signed(decided.margin)}"
    )
    if decided.threshold is not None:
        over = decided.votes - decided.threshold
        base = "" if decided.base is None else f", of {decided.base:,} that the share is taken of"
        yield f"  threshold {decided.threshold:,} votes: {signed(over)}{base}"
    yield f"  late ballots L = {decided.late:,}; a gap must exceed {decided.slack:,}"
    yield f"  L is from: {decided.late_from}"
    recount = "no figure" if decided.recount is None else f"{decided.recount:,}"
    yield f"  guard {decided.guard:,}; recount range {recount} ({decided.recount_kind})"
    yield f"  the rule gives: {decided.computed}; if nothing more is counted: {decided.if_final}"
    if decided.best != "none" or decided.worst != "none":
        yield f"  still open: best {decided.best}, worst {decided.worst}"


def _precedence(decided: Decided) -> str:
    return f"{decided.candidate}: {decided.precedence}: {decided.because}"


def _outcome(decided: Decided, zone: ZoneInfo) -> Iterator[str]:
    basis = f" ({decided.basis})" if decided.basis != "none" else ""
    yield f"{decided.candidate}: {decided.outcome}{basis}"
    for reason in decided.blocks:
        yield f"  against it: {reason.sentence} ({reason.block})"
    told = f" ({decided.told_basis})" if decided.told_basis != "none" else ""
    yield f"  told: {decided.told}{told}; {_next_step(decided, zone)}"


def _posted(decided: Decided, zone: ZoneInfo) -> Iterator[str]:
    if not decided.posted:
        yield f"{decided.candidate}: no outcome is posted: {_next_step(decided, zone)}"
    for message in decided.posted:
        yield f"{decided.candidate}: {_message(message, zone)}"


def _next_step(decided: Decided, zone: ZoneInfo) -> str:
    due = f" ({when(decided.due, zone)})" if decided.due else ""
    return f"{decided.next_step}{due}"


# -- what people did, what happened, what was told ---------------------------------------


def _last(title: str, written: list[str]) -> Iterator[str]:
    yield ""
    left = len(written) - LAST
    more = f" (the last {LAST} of {len(written)}; --json has all)" if left > 0 else ""
    yield f"{title}{more}" if written else f"{title}: nothing"
    yield from (f"  {safe(line)}" for line in written[-LAST:])


def _act(act: ActDone, zone: ZoneInfo) -> str:
    became = {None: "not answered yet", True: "applied", False: "refused"}[act.applied]
    answer = f": {act.answer}" if act.answer else ""
    return f"{when(act.at, zone)}  {act.kind} by {act.who} ({act.why}), {became}{answer}"


def _event(event: Happened, zone: ZoneInfo) -> str:
    source = f" at {event.source}" if event.source else ""
    reason = f": {event.reason}" if event.reason not in ("", "none") else ""
    return f"{when(event.at, zone)}  {event.kind}{source}{reason}"


def _message(message: Message, zone: ZoneInfo) -> str:
    why = f" ({message.why})" if message.why else ""
    return f"{when(message.at, zone)}  {message.state}{why} to {message.channel}: {message.text}"


def _when(moment: datetime | None, zone: ZoneInfo) -> str:
    return when(moment, zone) if moment else "never"
