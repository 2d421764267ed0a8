"""`check`: is every race ready, in three grades, with the sentence to sign off. Pure.

Green: watched as it stands. Amber: watched, but somebody should know something.
Red: this race will not be told, or not rightly, until it is mended; the others run (desk §23).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.errors import NotFound, SourceFailure
from monitor.match import Found, Trouble, Unmatched, find
from monitor.model import Report
from monitor.race_taking import UNMATCHED_ALARM
from monitor.races import ElectionKind, PolicyKind
from monitor.rules import contest_kind_of
from monitor.sign_off import sign_off
from monitor.verification import Verification, open_facts
from monitor.words import listing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.model import Contest
    from monitor.night import Night, Place
    from monitor.races import Race, SourceUse
    from monitor.rules import Rule

NOON = time(12)
"""No polls close before it; 7:30 is written where 19:30 is meant."""
_MEMBER = re.compile(r"[UW][A-Z0-9]{8,20}")
_LIKE_AN_ID = re.compile(r"(?i:[uw])(?=[A-Za-z0-9-]*\d)[A-Za-z0-9-]{3,}|[ABCDEGT][A-Z0-9]{8,}")
"""Written as a name, but of the form of Slack's ids: of a member misspelt, or of a channel."""


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


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database holds that the configuration does not: its races, outdated checks."""

    races: frozenset[str] = frozenset()
    outdated: tuple[Verification, ...] = ()


Answer = Report | SourceFailure
"""What one visit to a source brought."""

NOTHING_KEPT = Kept()


def check_race(
    night: Night,
    race: Race,
    answers: Mapping[str, Answer] | None,
    now: datetime,
    kept: Kept = NOTHING_KEPT,
) -> Checked:
    """Grade a race. `answers`: what each source said just now, or None without visits."""
    place, rule = night.places[race.id], night.races[race.id].rule
    findings = [*_calendar(race, place, now), *_follows(night, race, kept), *_callers(race)]
    if race.uncontested:
        told = "uncontested: no votes are read, and one line on election day says so"
        findings.append(Finding(Grade.AMBER, told))
    else:
        findings += [*_rule(race, rule), *_outdated(race, kept)]
    findings += _unproven(night, race)
    contests: list[Contest] = []
    if answers is not None:
        for use in race.sources:
            finding, contest = _source(race, use, answers[use.source], place, now)
            findings.append(finding)
            contests += [contest] if contest else []
    sentence = sign_off(night, race, contests[0] if contests else None, now)
    return Checked(race.id, worst(findings), sentence, tuple(findings))


def _unproven(night: Night, race: Race) -> list[Finding]:
    """Name sources whose reader no real page has proven: a person releases their outcomes."""
    found = night.races[race.id].unproven
    return [
        Finding(
            Grade.AMBER,
            f"{use.source}: unproven, no automatic outcome; READY TO CALL instead; compare what "
            f"`run.py record {use.source} --case live --who NAME` shows with the site, then set "
            f"`trusted = true` under [sources.{use.source}]",
        )
        for use in race.sources
        if use.source in found
    ]


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
    day, close = race.election.date, race.polls_close
    if close is not None and close < NOON:
        evening = f"; for the evening write {close.replace(hour=close.hour + 12)}"
        told = f"polls_close = {close} is in the morning{evening if close.hour else ''}"
        return [Finding(Grade.RED, told)]
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
        told = (
            f"{state}: rule unverified ({_facts(needed)}), no automatic outcome; READY TO CALL "
            f"instead; clear with `run.py rules verify {state} --who NAME --source URL`"
        )
        return [Finding(Grade.AMBER, told)]
    facts = open_facts(rule)
    if not facts:
        return [Finding(Grade.GREEN, f"{state}: every fact of the rule is verified")]
    told = f"{state}: {_facts(facts)} unverified; outcomes are computed all the same"
    return [Finding(Grade.AMBER, told)]


def _outdated(race: Race, kept: Kept) -> list[Finding]:
    state, kind = race.election.state, contest_kind_of(race.election, race)
    return [
        Finding(Grade.AMBER, f"{state}: {outdated_words(one)}")
        for one in kept.outdated
        if (one.state, one.contest) == (state, kind)
    ]


def outdated_words(check: Verification) -> str:
    """Say of a person's check that it holds no longer."""
    day = f"{check.at:%b} {check.at.day}, {check.at.year}"
    return (
        f"the check of {_facts(check.facts)} ({check.contest}) by {check.who} on {day} was of "
        "other words than the rule card has now; read it and verify again"
    )


def _follows(night: Night, race: Race, kept: Kept) -> list[Finding]:
    known = {one.id for one in night.config.races} | kept.races
    if not race.follows or race.follows in known:
        return []
    told = f'follows "{race.follows}", a race neither config.toml nor the database knows'
    return [Finding(Grade.AMBER, told)]


def _callers(race: Race) -> list[Finding]:
    """Name what would leave an outcome waiting for nobody."""
    found = [
        f"caller \"{one}\" looks like an id of Slack's, but not like a member's (U or W and 8 or "
        "more capitals and digits): it is shown as a name, and nobody is mentioned"
        for one in race.callers
        if _LIKE_AN_ID.fullmatch(one) and not _MEMBER.fullmatch(one)
    ]
    policies = {race.policy(""), *(policy for _, policy in race.policies)}
    kinds = {policy.kind for policy in policies if not race.callers}
    if PolicyKind.ON_CONFIRMATION in kinds:
        found.append("outcomes wait to be confirmed, and no callers are named who would be asked")
    if PolicyKind.AFTER in kinds:
        found.append("outcomes wait for minutes to be stopped, and no callers are named who could")
    return [Finding(Grade.AMBER, told) for told in found]


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
    return _matched(race, use, found), found.contest


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


def _matched(race: Race, use: SourceUse, found: Found) -> Finding:
    contest = found.contest
    if contest.party and race.election.kind is ElectionKind.GENERAL:
        told = (
            f"«{contest.title}» is a contest of {contest.party} alone, as in a primary, and "
            "config.toml says a general election; if it is a primary, correct its `kind`"
        )
        return Finding(Grade.AMBER, f"{use.source}: {told}")
    if not contest.counts_known:
        return Finding(Grade.GREEN, f"{use.source}: «{contest.title}» is there, counts not known")
    votes = sum(choice.votes for choice in contest.selections)
    told = f"«{contest.title}» is there, {len(contest.selections)} choices, {votes:,} votes"
    return Finding(Grade.GREEN, f"{use.source}: {told}")
