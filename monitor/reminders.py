"""The days after a night: canvass, requests, certification and runoff are reminded of. Pure.

Only of what is verified and given as a date (`Rule.reminders`), only of what concerns
the race as it was told, at nine in the morning where the race is: on the day, and on
the day before where somebody must act. Texts name days, never "tomorrow": a message
may be read later than it was written.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from monitor.deadlines import CountedFrom, Deadline
from monitor.decision import Basis, Decision, Outcome
from monitor.events import Kind
from monitor.follow_up import at_nine, moments, weekday
from monitor.rules import RecountKind, Rule
from monitor.state import RaceState, Told, Watched, current
from monitor.teller import first_of, name_of, seen_digest
from monitor.words import listing, surname, zone_letters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from monitor.tally import Tally
    from monitor.teller import Teller

LATE = timedelta(hours=24)
"""A reminder this old is not told any more."""
LAST_MINUTE = time(23, 59)
"""When a deadline falls whose hour the law does not give."""
CERTIFIED = "certified?"

_BASES = {CountedFrom.CANVASS: "canvass", CountedFrom.CERTIFICATION: "certification"}
_OFFICIAL = {"canvass": "The canvass", "certification": "Certification"}
_REQUESTS = frozenset({"recount-request", "runoff-request"})
_RECOUNTED = frozenset({Outcome.WON, Outcome.LOST, Outcome.TIE})


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reminder: told at `at`, of what falls due at `due` (both aware, where the race is).

    `name`: the deadline's, as `Rule.reminders` gives it, or "certified?", the question
    to the race's callers.
    """

    name: str
    at: datetime
    due: datetime
    text: str

    @property
    def mark(self) -> str:
        """What `RaceState.reminded` keeps of it."""
        return f"{self.name} {self.at:%Y-%m-%d}"


@dataclass(frozen=True, slots=True)
class _Known:
    """What the reminders of a race depend on."""

    watched: Watched
    rule: Rule
    state: RaceState
    decisions: tuple[Decision, ...]

    def told(self, candidate: str) -> Told:
        return self.state.told.get(candidate, Told())

    def was_told(self, outcome: Outcome) -> bool:
        ours = self.watched.race.endorsements
        return any(self.told(one.candidate).outcome is outcome for one in ours)

    @property
    def is_certified(self) -> bool:
        told = [self.told(one.candidate) for one in self.watched.race.endorsements]
        found = [one.basis for one in told if one.outcome is not Outcome.NONE]
        return bool(found) and all(basis is Basis.CERTIFIED for basis in found)


def reminders_of(
    watched: Watched, state: RaceState, decisions: tuple[Decision, ...]
) -> tuple[Reminder, ...]:
    """Return every reminder of a race as it stands now, the earliest first, told ones too."""
    if watched.rule is None or not state.counted:
        return ()
    known = _Known(watched, watched.rule, state, decisions)
    days = _days(known.rule, watched.race.election.date)
    found = [
        one
        for name, deadline in known.rule.reminders()
        if name in days and (text := _text(known, name, deadline, days))
        for one in _reminders(known, name, deadline, days[name], text)
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.name)))


def _days(rule: Rule, election: date) -> dict[str, date]:
    """Return the day of each deadline that is known.

    One that is counted from the canvass or certification is known only where the law
    sets that day itself: from its latest day, a date would be told that may have passed.
    """
    given = dict(rule.reminders())
    days: dict[str, date] = {}
    for name, deadline in given.items():
        base = _BASES.get(deadline.counted_from, "")
        is_set = not base or (base in days and given[base].is_exact)
        due = deadline.due(days.get(base, election)) if is_set else None
        if due is not None:
            days[name] = due
    return days


def _reminders(
    known: _Known, name: str, deadline: Deadline, day: date, text: str
) -> Iterator[Reminder]:
    on_the_day = at_nine(known.watched, day)
    if on_the_day is None:
        return
    due = datetime.combine(day, deadline.at or LAST_MINUTE, tzinfo=on_the_day.tzinfo)
    before = at_nine(known.watched, day - timedelta(days=1))
    if name in _REQUESTS and before is not None:
        yield Reminder(name, before, due, text)
    yield Reminder(name, on_the_day, due, text)
    if name in _OFFICIAL:
        yield Reminder(f"{CERTIFIED} {name}", on_the_day, due, f"Certified? {text}")


# -- the words ---------------------------------------------------------------------------


def _text(known: _Known, name: str, deadline: Deadline, days: dict[str, date]) -> str:
    """Say what falls due, or nothing where it does not concern the race as it stands."""
    until = _until(known, days[name], deadline.at)
    match name:
        case "canvass" | "certification":
            return "" if known.is_certified else _official(known, name, deadline, days)
        case "recount-request":
            return _recount(known, until, deadline.text) if _in_range(known) else ""
        case "runoff-request":
            return _request(known, until, deadline.text)
        case _:
            return _runoff(known, days[name]) if known.was_told(Outcome.RUNOFF) else ""


def _until(known: _Known, day: date, at: time | None) -> str:
    """Write a deadline: "Thursday, May 17", with hour and zone where the law gives one."""
    if at is None or known.watched.closes_at is None:
        return weekday(day)
    local = datetime.combine(day, at, tzinfo=known.watched.closes_at.tzinfo)
    hour = f"{local.hour % 12 or 12}:{local:%M} {local:%p} {zone_letters(local)}"
    return f"{weekday(day)}, {hour}"


def _official(known: _Known, name: str, deadline: Deadline, days: dict[str, date]) -> str:
    until = _until(known, days[name], deadline.at)
    text = f"{_OFFICIAL[name]} is due {until}: {deadline.text}."
    recount = dict(known.rule.reminders()).get("recount-request")
    if recount and "recount-request" not in days and _BASES.get(recount.counted_from) == name:
        text += f" {_may_recount(known)}: {recount.text}." if _in_range(known) else ""
    return text


def _in_range(known: _Known) -> bool:
    """Ours won or lost inside the range of a recount that may be asked for, as far as known."""
    if known.rule.recount.kind is not RecountKind.ON_REQUEST:
        return False
    return any(_is_recounted(known, one) for one in known.decisions if one.in_recount_range)


def _is_recounted(known: _Known, decision: Decision) -> bool:
    told = known.told(decision.candidate).outcome
    return (decision.if_final if told is Outcome.NONE else told) in _RECOUNTED


def _may_recount(known: _Known) -> str:
    margin = next(abs(one.margin) for one in known.decisions if one.in_recount_range)
    return f"The margin, {margin:,} votes, is one for which a recount may be asked"


def _recount(known: _Known, until: str, law: str) -> str:
    return f"{_may_recount(known)}, by {until} ({law})."


def _request(known: _Known, until: str, law: str) -> str:
    """Say who may ask for a runoff, once one was told as possible."""
    possible = [
        one
        for one in known.decisions
        if known.told(one.candidate).outcome is Outcome.RUNOFF_POSSIBLE
    ]
    if not possible:
        return ""
    ours = [surname(one.candidate) for one in possible if one.place > known.watched.race.seats]
    asker = f"{listing(ours)}, ours, may" if ours else "The second may"
    return f"{asker} ask for a runoff until {until} ({law})."


def _runoff(known: _Known, day: date) -> str:
    follow_up = known.state.follow_up
    names = f": {listing(follow_up.candidates)}" if follow_up else ""
    return f"The runoff is on {weekday(day)}{names}."


# -- told once ---------------------------------------------------------------------------


def remind(teller: Teller, tally: Tally, decisions: tuple[Decision, ...]) -> None:
    """Tell what is due to be told: one message for the thread, and one question to callers."""
    now = teller.now
    due = [
        one
        for one in reminders_of(teller.watched, teller.state, decisions)
        if one.at <= now and one.mark not in teller.state.reminded
    ]
    if not due:
        return
    marks = (*teller.state.reminded, *(one.mark for one in due))
    teller.state = replace(teller.state, reminded=marks)
    fresh = {one.name: one for one in due if now - one.at < LATE}.values()
    questions = [one for one in fresh if one.name.startswith(CERTIFIED)]
    _tell_dates(teller, tally, [one for one in fresh if one not in questions and now <= one.due])
    if questions:
        _ask(teller, tally, decisions, questions[-1])


def _tell_dates(teller: Teller, tally: Tally, dates: list[Reminder]) -> None:
    if dates:
        teller.tell(
            Kind.REMINDER, "reminders", " ".join(one.mark for one in dates), after=tally,
            reason=" ".join(one.text for one in dates),
            due=min(one.due for one in dates).astimezone(UTC),
        )  # fmt: skip


def _ask(teller: Teller, tally: Tally, decisions: tuple[Decision, ...], question: Reminder) -> None:
    """Ask the callers whether it is certified, with the state they are shown (desk §4.22)."""
    first = first_of(decisions)
    teller.tell(
        Kind.REMINDER, "reminders", question.mark, after=tally, decision=first,
        candidate=name_of(decisions), reason=question.text, due=question.due.astimezone(UTC),
        seen=seen_digest(first, tally) if first else "",
    )  # fmt: skip


def next_reminder(watched: Watched, state: RaceState, now: datetime) -> datetime | None:
    """Return the next moment after `now` at which a reminder or a question falls."""
    _, decisions = current(watched, state, now)
    dates = [
        one.at for one in reminders_of(watched, state, decisions) if one.mark not in state.reminded
    ]
    return min((at for at in (*dates, *moments(watched, state)) if at > now), default=None)
