"""`check`: is every race ready, in three grades, with the sentence to sign off. Pure.

Green: watched as it stands. Amber: watched, but somebody should know something.
Red: this race will not be told until it is mended; the others run (desk §23).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.errors import NotFound, SourceFailure
from monitor.match import Found, Trouble, Unmatched, find, normal_name
from monitor.message import channels_of
from monitor.model import Report
from monitor.rules import in_words
from monitor.watch import UNMATCHED_ALARM
from monitor.words import clocks, listing, surname

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.model import Contest
    from monitor.night import Night, Place
    from monitor.races import Race, SourceUse
    from monitor.rules import Rule

FACTS = (
    "method",
    "base",
    "follow_up",
    "recount",
    "late_ballots",
    "tie",
    "canvass",
    "certification",
    "polls_close",
)
"""The facts of a rule card, in the order they are named."""


class Grade(StrEnum):
    """How ready something is; the later one goes before the earlier."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing seen, in one sentence."""

    grade: Grade
    sentence: str


@dataclass(frozen=True, slots=True)
class Checked:
    """A race's grade (the worst of its findings), and its sentence to sign off."""

    race: str
    grade: Grade
    sign_off: str
    findings: tuple[Finding, ...]


Answer = Report | SourceFailure
"""What one visit to a source brought."""


def check_race(
    night: Night, race: Race, answers: Mapping[str, Answer] | None, now: datetime
) -> Checked:
    """Grade a race. `answers`: what each source said just now, or None without visits."""
    place, rule = night.places[race.id], night.races[race.id].rule
    findings = [*_calendar(race, place, now), *_rule(race, rule)]
    contests: list[Contest] = []
    if answers is not None:
        for use in race.sources:
            finding, contest = _source(race, use, answers[use.source], place, now)
            findings.append(finding)
            contests += [contest] if contest else []
    sign_off = _sign_off(night, race, rule, contests[0] if contests else None, now)
    return Checked(race.id, worst(findings), sign_off, tuple(findings))


def check_channels(night: Night) -> tuple[Finding, ...]:
    """Grade where messages go, as far as the configuration shows."""
    slack = night.config.slack
    if not slack.ops_channel:
        told = "slack.ops_channel is not set: trouble with sites is told to nobody"
        return (Finding(Grade.AMBER, told),)
    named = listing(channel.name for channel in slack.channels)
    return (Finding(Grade.GREEN, f"races are told in {named}, trouble in {slack.ops_channel}"),)


def worst(findings: Iterable[Finding]) -> Grade:
    """Return the worst grade, green for none."""
    grades = list(Grade)
    return max((finding.grade for finding in findings), key=grades.index, default=Grade.GREEN)


def _calendar(race: Race, place: Place, now: datetime) -> list[Finding]:
    day = race.election.date
    if now.astimezone(place.closes_at.tzinfo).date() <= day:
        return []
    told = f"the election was on {day:%b} {day.day}, {day.year}, which is past"
    return [Finding(Grade.AMBER, told)]


def _rule(race: Race, rule: Rule | None) -> list[Finding]:
    state = race.election.state
    if rule is None:
        told = f"{state}: no rule card covers this contest, no automatic outcome"
        return [Finding(Grade.AMBER, told)]
    if needed := rule.unverified():
        told = f"{state}: {_facts(needed)} unverified, no automatic outcome"
        return [Finding(Grade.AMBER, told)]
    open_facts = [fact for fact in FACTS if rule.source_of(fact) is None]
    if not open_facts:
        return [Finding(Grade.GREEN, f"{state}: every fact of the rule is verified")]
    return [
        Finding(
            Grade.AMBER,
            f"{state}: {_facts(open_facts)} unverified; outcomes are computed all the same",
        )
    ]


def _facts(names: Iterable[str]) -> str:
    return listing(name.replace("_", " ") for name in names)


def _source(
    race: Race, use: SourceUse, answer: Answer, place: Place, now: datetime
) -> tuple[Finding, Contest | None]:
    if isinstance(answer, SourceFailure):
        return _unread(use, answer, place, now), None
    found = find(answer, race, use)
    if reason := _wrong_day(race, answer):
        return Finding(Grade.RED, f"{use.source}: {reason}"), None
    if isinstance(found, Unmatched):
        return _unmatched(use, found, place, now), None
    if answer.is_test:
        grade = Grade.AMBER if now < place.closes_at else Grade.RED
        told = f"{use.source}: the site marks its numbers as test data; they are held while it does"
        return Finding(grade, told), found.contest
    return _matched(use, found), found.contest


def _wrong_day(race: Race, report: Report) -> str:
    if report.election_date in (None, race.election.date):
        return ""
    return f"wrong date: the site shows {report.election_date}, not {race.election.date}"


def _unread(use: SourceUse, error: SourceFailure, place: Place, now: datetime) -> Finding:
    seen = f"{use.source}: {type(error).__name__}: {error}"
    if isinstance(error, NotFound) and now < place.closes_at:
        return Finding(Grade.AMBER, f"{seen}; some pages appear only when polls have closed")
    return Finding(Grade.RED, seen)


def _unmatched(use: SourceUse, found: Unmatched, place: Place, now: datetime) -> Finding:
    if found.kind is not Trouble.CONTEST_MISSING or now >= place.closes_at + UNMATCHED_ALARM:
        return Finding(Grade.RED, f"{use.source}: {found.sentence}")
    minutes = UNMATCHED_ALARM // timedelta(minutes=1)
    return Finding(
        Grade.AMBER,
        f"{use.source}: contest not listed yet; looking every minute, alarm {minutes} minutes "
        f"after close ({found.sentence})",
    )


def _matched(use: SourceUse, found: Found) -> Finding:
    contest = found.contest
    if not contest.counts_known:
        return Finding(Grade.GREEN, f"{use.source}: «{contest.title}» is there, counts not known")
    votes = sum(choice.votes for choice in contest.selections)
    told = f"«{contest.title}» is there, {len(contest.selections)} choices, {votes:,} votes"
    return Finding(Grade.GREEN, f"{use.source}: {told}")


def _sign_off(
    night: Night, race: Race, rule: Rule | None, contest: Contest | None, now: datetime
) -> str:
    desk = night.config.slack.desk_timezone
    place = night.places[race.id]
    parts = (
        f"We speak for {_ours(race)} in {_contest(race, contest)}",
        _rivals(race, contest),
        in_words(rule) if rule else "rule not known",
        f"polls close {clocks(place.closes_at, place.zone, desk, now)}",
        f"posts to {listing(channels_of(race, night.config.slack))}",
    )
    return "; ".join(part for part in parts if part) + "."


def _ours(race: Race) -> str:
    return listing(
        f"{surname(one.candidate)} (endorsed by {listing(one.by)})" for one in race.endorsements
    )


def _contest(race: Race, contest: Contest | None) -> str:
    if contest is None:
        party = f", {race.party}" if race.party else ""
        return f"{race.name}{party} (contest not looked up)"
    return f"«{contest.title}{_party(race, contest)}»"


def _party(race: Race, contest: Contest) -> str:
    said = race.party in contest.title.replace("-", " ").split()
    return f" - {race.party}" if race.party and not said else ""


def _rivals(race: Race, contest: Contest | None) -> str:
    if contest is None or not contest.selections:
        return "rivals not looked up" if contest is None else "rivals not listed"
    ours = {normal_name(name) for e in race.endorsements for name in (e.candidate, *e.aliases)}
    names = [
        surname(choice.name) if not choice.is_write_in else choice.name
        for choice in contest.selections
        if normal_name(choice.name) not in ours
    ]
    return f"rivals {listing(names)}" if names else "no rivals"
