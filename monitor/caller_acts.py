"""Release, ask-later, not-tonight, follow: what callers answer, and who follows. Pure."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.decision import Outcome
from monitor.doing import (
    ActRefused,
    already,
    bind,
    figures_of,
    goes_out_as,
    keep_people,
    last_of,
    ours,
    refuse,
    refuse_frozen,
    said,
    stood,
    zone_of,
)
from monitor.events import Kind
from monitor.people import Act, ActKind
from monitor.state import MORNING, PutOff
from monitor.words import clock

if TYPE_CHECKING:
    from monitor.state import Asked
    from monitor.teller import Teller

MOST_MINUTES = 720
"""Half a day; whoever wants to be asked later than that says `not-tonight`."""
LATER = 30
"""Minutes after which a question is asked again where none are given."""

_MEMBER = re.compile(r"[UW][A-Z0-9]{8,20}")


# -- heads-up ----------------------------------------------------------------------------


def release(teller: Teller, act: Act) -> str:
    """Let everybody have the outcome that those of the heads-up have."""
    candidate = ours(teller, act.candidate).candidate
    told = teller.told(candidate)
    waiting = told.heads_up
    if waiting is None:
        first = last_of(teller, ActKind.RELEASE, candidate)
        is_out = told.outcome is not Outcome.NONE
        state = f"staff were told {said(told.outcome)}" if is_out else "no heads-up of it stands"
        raise refuse(
            teller, "released", first if is_out else None,
            f"there is nothing of {candidate} to release: {state}",
        )  # fmt: skip
    refuse_frozen(teller)
    if waiting.released is not None:
        raise ActRefused(already(teller, "released", waiting.released))
    bind(act, *figures_of(teller, candidate))
    let_out = replace(waiting, released=stood(teller, act))
    teller.remember(candidate, replace(told, heads_up=let_out))
    is_out = goes_out_as(teller, candidate) is waiting.outcome
    when = "to everybody" if is_out else "with the next look"
    return f"{candidate}: {said(waiting.outcome)} goes out {when}, released by {act.who}"


# -- the question whether to call --------------------------------------------------------


def ask_later(teller: Teller, act: Act) -> str:
    """Have callers asked again after some minutes, and not before."""
    minutes = act.minutes or LATER
    if not 0 < minutes <= MOST_MINUTES:
        raise ActRefused(f"{minutes:,} minutes cannot be; give 1 to {MOST_MINUTES}")
    return _put_off(teller, act, teller.now + timedelta(minutes=minutes))


def not_tonight(teller: Teller, act: Act) -> str:
    """Have callers asked again in the morning, where the race is."""
    local = teller.now.astimezone(ZoneInfo(zone_of(teller.watched)))
    morning = datetime.combine(local.date(), MORNING, tzinfo=local.tzinfo)
    if morning <= local:
        morning = datetime.combine(local.date() + timedelta(days=1), MORNING, tzinfo=local.tzinfo)
    return _put_off(teller, act, morning.astimezone(UTC))


def _put_off(teller: Teller, act: Act, until: datetime) -> str:
    candidate = ours(teller, act.candidate).candidate
    told = teller.told(candidate)
    asked, zone = told.asked, zone_of(teller.watched)
    goes_out = told.heads_up is not None and goes_out_as(teller, candidate) is not Outcome.NONE
    if asked is None or goes_out:
        raise ActRefused(f"nobody is being asked about {candidate} now")
    tonight = act.kind is ActKind.NOT_TONIGHT
    _refuse_second(teller, act, asked, tonight=tonight)
    later = PutOff(until, stood(teller, act), tonight=tonight)
    teller.remember(candidate, replace(told, asked=replace(asked, put_off=later)))
    return f"{candidate}: callers are asked again at {clock(until, zone, teller.now)}, not before"


def _refuse_second(teller: Teller, act: Act, asked: Asked, *, tonight: bool) -> None:
    """Refuse to put off what somebody else has put off in the same way."""
    later = asked.put_off
    if later is None or later.tonight is not tonight or later.by.who == act.who:
        return
    until = clock(later.until, zone_of(teller.watched), teller.now)
    raise ActRefused(f"{already(teller, 'put off', later.by)}, until {until}")


# -- followers ---------------------------------------------------------------------------


def follow(teller: Teller, act: Act) -> str:
    """Mention a Slack member in the race's thread, once, so that Slack tells of replies."""
    people = teller.state.people
    if not _MEMBER.fullmatch(act.user):
        raise ActRefused("only a member of the Slack workspace follows a race")
    if act.user in (*people.followers, *teller.watched.race.followers):
        raise ActRefused(f"{act.who} follows this race already")
    keep_people(teller, replace(people, followers=(*people.followers, act.user)))
    teller.tell(Kind.PERSON_FOLLOWS, "followers", act.user, who=act.who, reason=act.user)
    return f"{act.who} follows this race; Slack tells of each reply in its thread"
