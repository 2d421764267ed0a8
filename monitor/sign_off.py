"""The sentence a person signs off before the night: whom, where, by which rule, told whom. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitor.match import normal_name
from monitor.races import PolicyKind
from monitor.routing import channels_of
from monitor.rules import in_words
from monitor.words import clocks, listing, surname

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.model import Contest
    from monitor.night import Night
    from monitor.races import Policy, Race


def sign_off(night: Night, race: Race, contest: Contest | None, now: datetime) -> str:
    """Write it; `contest` as it was found at the first source, or None when not looked up."""
    desk = night.config.slack.desk_timezone
    place, rule = night.places[race.id], night.races[race.id].rule
    contested = (
        _rivals(race, contest),
        in_words(rule) if rule else "rule not known",
        f"polls close {clocks(place.closes_at, place.zone, desk, now)}",
    )
    parts = (
        f"We speak for {_ours(race)} in {_contest(race, contest)}",
        *(() if race.uncontested else contested),
        f"posts to {listing(channels_of(race, night.config.slack))}",
        f"callers {listing(race.callers)}" if race.callers else "no callers",
        "" if race.uncontested else f"outcomes go out {_policies(race)}",
        "" if race.uncontested else _by_hand(night, race),
    )
    return "; ".join(part for part in parts if part) + "."


def _by_hand(night: Night, race: Race) -> str:
    """Say that figures people keep are no proof: only what they certify goes out by itself."""
    sources = [use.source for use in race.sources]
    hand_kept = [one for one in sources if night.scrapers[one].hand_kept]
    if not hand_kept:
        return ""
    which = "" if hand_kept == sources else f" of {listing(hand_kept)}"
    return f"numbers kept by hand{which} wait for a named person unless marked certified"


def _policies(race: Race) -> str:
    """Say how outcomes go out: "after 3 minutes unless Ana Ruiz stops them"."""
    usual, asked = race.policy(""), " or ".join(race.callers) or "somebody"
    others = [
        f"; {kind.replace('-', ' ')}: {_policy(policy, asked, 'it')}"
        for kind, policy in race.policies
        if kind and policy != usual
    ]
    return _policy(usual, asked, "them") + "".join(others)


def _policy(policy: Policy, asked: str, what: str) -> str:
    match policy.kind:
        case PolicyKind.AFTER:
            minutes = f"{policy.minutes} minute{'s' if policy.minutes > 1 else ''}"
            return f"after {minutes} unless {asked} stops {what}"
        case PolicyKind.ON_CONFIRMATION:
            return f"only when {asked} confirms {what}"
        case _:
            return "at once"


def _ours(race: Race) -> str:
    return listing(
        f"{surname(one.candidate)} (endorsed by {listing(one.by)})" for one in race.endorsements
    )


def _contest(race: Race, contest: Contest | None) -> str:
    if race.uncontested:
        return f"{race.name}, uncontested"
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
