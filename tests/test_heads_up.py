"""Heads-up and release: who has an outcome first, and that nobody else has it before."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from dataclasses import dataclass, field, replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import TypeAdapter

from monitor.acts import Answer, apply, seen_now
from monitor.decision import Basis, Outcome
from monitor.diff import pass_time
from monitor.doing import ActRefused
from monitor.events import OUTCOMES, Event, Kind
from monitor.message import posts
from monitor.people import Act, ActKind
from monitor.posts import Post, RowClass, post_key
from monitor.races import Channel, Policy, PolicyKind, Race, SlackConfig
from monitor.recorded import Recorded
from monitor.released import blocks, caveats
from monitor.scene import Said, Scene, SourceFacts
from monitor.state import RaceState, Watched, current, waits_for_release
from monitor.timers import next_moment
from tests.core_examples import (
    CERTIFIED,
    DURHAM,
    DURHAM_CERTIFIED,
    DURHAM_NIGHT,
    Told,
    arrival,
    card,
    contest,
    minutes,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.diff import Step

NAME = "Satana Deberry"
FIRST = ("U0123456789", "W0123456789")
STAFF = "#primary-night"
ASKING = "#callers"
WAIT = 15
MOST = {name: count * 55 // 57 for name, count in DURHAM_NIGHT.items()}
LOSES = {"Satana Deberry": 12_648, "Roger Echols": 15_207, "Daniel Meier": 3_325}
CLOSE = {"Satana Deberry": 15_000, "Roger Echols": 14_950, "Daniel Meier": 1_000}
SLACK = SlackConfig(
    channels=(Channel(STAFF, ("Example Coalition",)),),
    ops_channel="#ops",
    callers_channel=ASKING,
    heads_up=FIRST,
)
STATE = TypeAdapter(RaceState)
ON_CONFIRMATION = Policy(PolicyKind.ON_CONFIRMATION)


@dataclass
class Desk(Told):
    """A race with its messages: every step is stored and read again before the next one."""

    posts: list[Post] = field(default_factory=list)
    done: list[Recorded] = field(default_factory=list)
    unbound: set[str] = field(default_factory=set)
    """Keys of what went out while nobody was to have it first."""

    def take(self, step: Step) -> list[Kind]:
        """Go on from a step as from a database, and write its messages as the ledger does."""
        kinds = super().take(step)
        self.state = STATE.validate_json(STATE.dump_json(self.state))
        for event in step.events:
            if not self.watched.release:
                self.unbound.add(post_key(event.key, STAFF))
            self.posts += posts(event, replace(self.scene, said=self.said(event)))
        return kinds

    @property
    def scene(self) -> Scene:
        """What messages need beside their events."""
        return Scene(
            slack=SLACK, sources={"nc_durham": SourceFacts("nc_durham", "Durham County", "")},
            race=self.watched.race, rule=self.watched.rule, root="root",
            called=self.state.people.called, zone="America/New_York",
        )  # fmt: skip

    def said(self, event: Event) -> tuple[Said, ...]:
        """Return the messages of the events an event speaks of, as `ledger.said_of` does."""
        about = {one.key: one for one in self.events}
        found: list[Said] = []
        if event.kind not in (*_ABOUT, Kind.HEADS_UP):
            return ()
        key = event.about
        while key:
            at = about[key].at
            found += [
                Said(post.channel, post.text, at)
                for post in self.posts
                if post.key == post_key(key, post.channel)
            ]
            key = about[key].about
        return tuple(found)

    def wait(self, at: float) -> list[Kind]:
        """Let time pass without a visit."""
        return self.take(pass_time(self.watched, self.state, minutes(at)))

    def act(self, kind: ActKind, at: float, **parts: Any) -> Answer:
        """Do one act, bound to what is seen now, and go on from it."""
        undone = parts.pop("undone", None)
        given = {"who": "Ana Ruiz", "why": "the clerk said so", "race": "the-race", **parts}
        act = Act(id=f"a{len(self.done) + 1}", kind=kind, at=minutes(at), **given)
        if "seen" not in parts:
            with suppress(ActRefused):
                act = replace(act, seen=seen_now(self.watched, self.state, act, minutes(at)))
        answer = apply(self.watched, self.state, act, minutes(at), undone)
        if answer.step is not None and answer.before is not None:
            self.take(answer.step)
            self.done.append(Recorded(act, answer.before))
        return answer

    def heard(self, channel: str, *kinds: Kind) -> list[str]:
        """Return what a channel heard, of some kinds or of all."""
        return [
            post.text
            for post in self.posts
            if post.channel == channel and (not kinds or post.kind in kinds)
        ]

    @property
    def outcome(self) -> Outcome:
        """What staff were told of ours."""
        return self.state.told[NAME].outcome


_ABOUT = (Kind.HOLD_OFF, Kind.OUTCOME_RETRACTED, Kind.OUTCOME_STANDS)


def desk(
    policy: Policy | None = None, release: Mapping[str, int] | None = None, **changes: object
) -> Desk:
    """Return the Durham race, whose outcomes some people have 15 minutes before all others."""
    callers = ("Ana Ruiz",) if policy is not None else ()
    policies = () if policy is None else (("", policy),)
    race: Race = replace(DURHAM, callers=callers, policies=policies, **changes)  # type: ignore[arg-type]
    after = {"won": WAIT, "lost": WAIT} if release is None else release
    watched = Watched(race, card(DURHAM), closes_at=minutes(0), release=tuple(after.items()))
    made = Desk(watched)
    made.look(arrival(contest(dict.fromkeys(DURHAM_NIGHT, 0), (0, 57)), minutes(-5)))
    return made


def headed_up() -> Desk:
    """Return the race with its outcome told to those of the heads-up, a minute past 181."""
    made = desk()
    made.see(DURHAM_NIGHT, 180)
    assert made.see(DURHAM_NIGHT, 181) == [Kind.HEADS_UP]
    return made


# -- first, then all ----------------------------------------------------------------------


def test_named_people_have_it_first_with_the_exact_text_and_nobody_else() -> None:
    """The text between the quotes is what everybody gets later, word for word."""
    made = headed_up()
    told = [post for post in made.posts if post.kind == Kind.HEADS_UP]
    assert [post.channel for post in told] == [*FIRST, ASKING]
    assert {post.thread for post in told} == {None}
    assert {post.row_class for post in told} == {RowClass.OUTCOME}
    early = told[0].text
    assert early.startswith("HEADS-UP until 10:46 PM ET: Deberry, Durham DA. “WON (unofficial): ")
    assert made.heard(STAFF, *OUTCOMES) == []
    assert made.outcome is Outcome.NONE
    assert made.wait(196) == [Kind.RACE_WON]
    (public,) = made.heard(STAFF, Kind.RACE_WON)
    assert f"“{public}”" in early


def test_the_line_to_release_is_for_those_who_are_asked() -> None:
    """Buttons stand in the callers' channel alone; people of the heads-up act nowhere else."""
    made = headed_up()
    by_channel = {post.channel: json.loads(post.blocks) for post in made.posts}
    types = {channel: {one["type"] for one in shown} for channel, shown in by_channel.items()}
    assert "actions" in types[ASKING]
    assert all("actions" not in types[person] for person in FIRST)


def test_it_goes_out_on_the_minute_without_a_visit() -> None:
    made = headed_up()
    assert next_moment(made.watched, made.state, minutes(181)) == minutes(196)
    assert made.wait(195.9) == []
    assert made.wait(196) == [Kind.RACE_WON]
    assert not waits_for_release(made.state, NAME)
    assert made.wait(197) == []


def test_a_kind_without_minutes_goes_out_at_once() -> None:
    made = desk(release={"lost": WAIT})
    made.see(DURHAM_NIGHT, 180)
    assert made.see(DURHAM_NIGHT, 181) == [Kind.RACE_WON]


@pytest.mark.parametrize(
    ("policy", "first"),
    [(Policy(PolicyKind.AFTER, 3), Kind.GOING_OUT), (ON_CONFIRMATION, Kind.READY_TO_CALL)],
)
def test_the_policy_comes_first(policy: Policy, first: Kind) -> None:
    """Window or confirmation, then the heads-up, then everybody."""
    made = desk(policy)
    made.see(DURHAM_NIGHT, 180)
    assert made.see(DURHAM_NIGHT, 181) == [first]
    if policy is ON_CONFIRMATION:
        answer = made.act(ActKind.CONFIRM, 184)
        assert answer.sentence.endswith(
            "confirmed by Ana Ruiz; it goes out to everybody at 10:49 PM ET, and `release` lets "
            "it out now."
        )
    else:
        assert made.wait(184) == [Kind.HEADS_UP]
    assert made.kinds.count(Kind.HEADS_UP) == 1
    assert made.wait(198.9) == []
    assert made.wait(199) == [Kind.RACE_WON]


def test_callers_are_not_reminded_of_what_waits_for_its_release_alone() -> None:
    made = desk(ON_CONFIRMATION, release={"won": 120})
    made.see(DURHAM_NIGHT, 180)
    made.see(DURHAM_NIGHT, 181)
    made.act(ActKind.CONFIRM, 182)
    for at in (196, 226, 250):
        assert made.wait(at) == []


def test_counts_go_out_meanwhile_and_the_outcome_with_its_second_look() -> None:
    """A new count is shown; what it gives goes out when two looks have seen it."""
    made = headed_up()
    more = {name: count + 900 for name, count in DURHAM_NIGHT.items()}
    assert made.see(more, 195.5) == [Kind.COUNT_UPDATED]
    assert made.wait(196) == []
    assert made.see(more, 196.6) == [Kind.RACE_WON]


def test_what_everybody_may_read_says_all_in_and_not_released() -> None:
    """No row of `race_status` has the outcome, nor which one it is."""
    made = headed_up()
    tally, decisions = current(made.watched, made.state, minutes(182))
    assert tally is not None
    assert waits_for_release(made.state, NAME)
    assert blocks(made.state, decisions[0]) == ["not-released"]
    assert "all in, not released" in caveats(made.watched, made.state, decisions[0], tally)


# -- a person releases it -----------------------------------------------------------------


def test_a_person_releases_it_to_everybody_at_once() -> None:
    made = headed_up()
    answer = made.act(ActKind.RELEASE, 185)
    assert answer.sentence == "Satana Deberry: won goes out to everybody, released by Ana Ruiz."
    assert [event.kind for event in made.steps[-1].events] == [Kind.PERSON_ACTED, Kind.RACE_WON]
    again = made.act(ActKind.RELEASE, 186, who="Ben Ortiz")
    assert not again.applied
    assert again.sentence.startswith("Released already, by Ana Ruiz at 10:35 PM ET: ")


def test_a_release_is_bound_to_the_count_that_was_seen() -> None:
    made = headed_up()
    more = {name: count + 4 for name, count in DURHAM_NIGHT.items()}
    seen = made.last(Kind.HEADS_UP).seen
    made.see(more, 185)
    answer = made.act(ActKind.RELEASE, 186, seen=seen)
    assert not answer.applied
    assert answer.sentence.startswith("The count changed since you looked: ")


def test_a_release_before_the_second_look_waits_for_it_and_can_be_taken_back() -> None:
    made = headed_up()
    more = {name: count + 4 for name, count in DURHAM_NIGHT.items()}
    made.see(more, 185)
    assert "goes out with the next look" in made.act(ActKind.RELEASE, 185.2).sentence
    second = made.act(ActKind.RELEASE, 185.3, who="Ben Ortiz")
    assert second.sentence == "Released already, by Ana Ruiz at 10:35 PM ET."
    assert made.act(ActKind.UNDO, 185.4, undoes="a1", undone=made.done[0]).applied
    assert made.see(more, 186.1) == []
    assert made.act(ActKind.RELEASE, 187).applied
    assert made.outcome is Outcome.WON
    out = made.act(ActKind.UNDO, 188, undoes="a3", undone=made.done[2])
    assert out.sentence == "Ana Ruiz released it and it went out; `retract` withdraws it."


def test_there_is_nothing_to_release_without_a_heads_up() -> None:
    made = desk()
    made.see(MOST, 180, (55, 57))
    answer = made.act(ActKind.RELEASE, 181)
    assert answer.sentence == (
        "There is nothing of Satana Deberry to release: no heads-up of it stands."
    )


@pytest.mark.parametrize("kind", [ActKind.CONFIRM, ActKind.CALL])
def test_nobody_declares_what_goes_out_by_itself(kind: ActKind) -> None:
    made = headed_up()
    answer = made.act(kind, 185, outcome=Outcome.WON)
    assert answer.sentence.startswith("Those of the heads-up have it; it goes out to everybody")
    assert made.outcome is Outcome.NONE


# -- it does not go out -------------------------------------------------------------------


def test_a_freeze_takes_it_back_from_those_who_had_it() -> None:
    made = headed_up()
    made.act(ActKind.FREEZE, 185)
    texts = made.heard(FIRST[0], Kind.HEADS_UP)
    assert texts[-1] == (
        "NOT GOING OUT: Deberry, Durham DA. Do not use our heads-up: a person stopped "
        "outcomes for this race."
    )
    assert made.heard(ASKING, Kind.HEADS_UP)[-1] == texts[-1]
    assert not waits_for_release(made.state, NAME)
    made.wait(300)
    assert made.heard(STAFF, *OUTCOMES) == []
    made.act(ActKind.UNFREEZE, 301)
    assert made.last(Kind.HEADS_UP).due == minutes(301 + WAIT)


def test_a_retraction_before_the_release_takes_it_back_and_freezes_the_race() -> None:
    made = headed_up()
    answer = made.act(ActKind.RETRACT, 185)
    assert answer.sentence == (
        "Satana Deberry: does not go out; the race is frozen until `unfreeze`."
    )
    assert made.heard(FIRST[1], Kind.HEADS_UP)[-1].startswith("NOT GOING OUT: Deberry")
    assert made.heard(STAFF, *OUTCOMES) == []
    assert Kind.OUTCOME_RETRACTED not in made.kinds


def test_a_hold_takes_it_back() -> None:
    made = headed_up()
    twice = {name: 2 * count for name, count in DURHAM_NIGHT.items()}
    assert made.see(twice, 185) == [Kind.REPORT_HELD, Kind.HEADS_UP]
    assert made.last(Kind.HEADS_UP).about


def test_a_source_that_lost_the_contest_takes_it_back_within_ten_minutes() -> None:
    """No figures come to decide on: time alone must say it."""
    made = desk(release={"won": 240})
    made.see(DURHAM_NIGHT, 180)
    made.see(DURHAM_NIGHT, 181)
    gone = contest({"Roger Echols": 12_648, "Daniel Meier": 3_325})
    made.look(arrival(gone, minutes(185)))
    at = next_moment(made.watched, made.state, minutes(185))
    assert made.last(Kind.HEADS_UP).about or (at is not None and at <= minutes(195))


@pytest.mark.parametrize(
    ("votes", "why"),
    [
        (LOSES, "the numbers give something else now"),
        (CLOSE, "the gap is smaller than the votes that may still come"),
    ],
)
def test_other_figures_take_it_back(votes: Mapping[str, int], why: str) -> None:
    """At the first look: whoever has it early must not say it a minute longer."""
    made = headed_up()
    made.see({name: count + 3_000 for name, count in votes.items()}, 185)
    off = made.last(Kind.HEADS_UP)
    assert off.about
    assert why in off.reason
    assert made.outcome is Outcome.NONE


def test_the_other_outcome_has_its_own_heads_up() -> None:
    made = headed_up()
    loses = {name: count + 3_000 for name, count in LOSES.items()}
    made.see(loses, 185)
    made.see(loses, 186.1)
    assert "LOST" in made.heard(FIRST[0], Kind.HEADS_UP)[-1]
    made.wait(186.1 + WAIT)
    assert len(made.heard(STAFF, Kind.RACE_LOST)) == 1
    assert made.heard(STAFF, Kind.RACE_WON) == []


def test_a_confirmation_that_is_taken_back_takes_the_heads_up_with_it() -> None:
    """Callers are to say yes again, and nobody waits for a minute that does not come."""
    made = desk(ON_CONFIRMATION)
    made.see(DURHAM_NIGHT, 180)
    made.see(DURHAM_NIGHT, 181)
    made.act(ActKind.CONFIRM, 184)
    assert made.act(ActKind.UNDO, 186, undoes="a1", undone=made.done[0]).applied
    assert "callers are asked again" in made.heard(FIRST[0], Kind.HEADS_UP)[-1]
    assert made.wait(199) == [Kind.READY_TO_CALL]
    assert made.act(ActKind.CONFIRM, 200).applied
    made.wait(215)
    assert made.outcome is Outcome.WON


def test_callers_are_asked_when_the_site_goes_down_before_the_second_look() -> None:
    """Nobody else would ever say it: they stand in for the look, and it goes out."""
    made = headed_up()
    more = {name: count + 900 for name, count in DURHAM_NIGHT.items()}
    made.see(more, 185)
    at = next_moment(made.watched, made.state, minutes(185))
    assert at == minutes(195)
    assert made.wait(195) == [Kind.READY_TO_CALL]
    assert made.wait(210) == [Kind.READY_TO_CALL]
    answer = made.act(ActKind.CONFIRM, 211)
    assert answer.applied, answer.sentence
    assert made.outcome is Outcome.WON


# -- never delayed ------------------------------------------------------------------------


def test_what_is_said_of_an_outcome_told_reaches_those_who_had_it_first_at_once() -> None:
    made = headed_up()
    made.wait(196)
    loses = {name: count + 3_000 for name, count in LOSES.items()}
    assert Kind.HOLD_OFF in made.see(loses, 200)
    for place in (STAFF, *FIRST):
        assert made.heard(place, Kind.HOLD_OFF)[0].startswith("HOLD OFF: Deberry")
    made.see(loses, 205)
    made.see(loses, 211)
    for place in (STAFF, *FIRST):
        assert made.heard(place, Kind.OUTCOME_RETRACTED)[0].startswith("DO NOT USE: Deberry")
    assert made.heard(STAFF, Kind.RACE_LOST) == []
    assert "LOST" in made.heard(FIRST[0], Kind.HEADS_UP)[-1]


def test_an_outcome_told_is_certified_without_a_heads_up() -> None:
    made = headed_up()
    made.wait(196)
    made.watched = replace(made.watched, release=(("won", 240),))
    made.see(DURHAM_CERTIFIED, 10_000, status=CERTIFIED)
    assert Kind.OUTCOME_CERTIFIED in made.see(DURHAM_CERTIFIED, 10_002, status=CERTIFIED)
    assert made.state.told[NAME].basis is Basis.CERTIFIED


# -- configuration, clock, a race that lacks a county --------------------------------------


def test_minutes_are_read_anew_each_time() -> None:
    made = headed_up()
    made.watched = replace(made.watched, release=(("won", 5),))
    assert next_moment(made.watched, made.state, minutes(182)) == minutes(186)
    assert made.wait(186) == [Kind.RACE_WON]


def test_without_anybody_to_tell_first_it_goes_out() -> None:
    made = headed_up()
    made.watched = replace(made.watched, release=())
    assert made.wait(182) == [Kind.RACE_WON]


def test_a_clock_that_was_set_back_begins_the_wait_anew() -> None:
    made = headed_up()
    assert made.wait(150) == []
    assert made.wait(164.9) == []
    assert made.wait(165) == [Kind.RACE_WON]


def test_what_a_person_declared_without_a_county_goes_out_too() -> None:
    """Its sum is never whole: nothing else would look at the outcome again."""
    made = desk()
    two = tuple(
        replace(made.watched.race.sources[0], source=source, covers=(county,))
        for source, county in (("nc_durham", "Durham"), ("nc_wake", "Wake"))
    )
    made.watched = replace(made.watched, race=replace(made.watched.race, sources=two))
    made.see(DURHAM_NIGHT, 180)
    made.see(DURHAM_NIGHT, 181)
    answer = made.act(ActKind.CALL, 182, outcome=Outcome.WON, override=True)
    assert answer.applied, answer.sentence
    assert made.last(Kind.HEADS_UP).due == minutes(197)
    assert made.wait(196.9) == []
    assert made.wait(197) == [Kind.RACE_WON]


# -- random nights ------------------------------------------------------------------------

NIGHTS = 300
_ACTS = (ActKind.FREEZE, ActKind.UNFREEZE, ActKind.RELEASE, ActKind.CONFIRM, ActKind.RETRACT)


def night(random: Random) -> Desk:
    """Live through a night of looks, holds, acts and passing time, then let it end in peace."""
    policy = random.choice([None, Policy(PolicyKind.AFTER, 3), ON_CONFIRMATION])
    made = desk(policy, release={"won": random.choice([1, 15, 60]), "lost": 15})
    at = 180.0
    votes = random.choice([DURHAM_NIGHT, LOSES, CLOSE])
    for _ in range(random.randint(5, 25)):
        at += random.choice([0.2, 1.1, 1.1, 5, 14, 20, -3])
        match random.randint(0, 9):
            case 0 | 1 | 2 | 3:
                made.see(votes, at)
            case 4:
                votes = random.choice([DURHAM_NIGHT, LOSES, CLOSE])
                votes = {name: count + int(at) for name, count in votes.items()}
                made.see(votes, at)
            case 5:
                made.see({name: 2 * count for name, count in votes.items()}, at)
            case 6:
                made.wait(at)
            case 7:
                some_act(made, random, at)
            case 8:
                minutes_now = random.choice([(), (("won", 2), ("lost", 30))])
                made.watched = replace(made.watched, release=minutes_now)
            case _:
                made.act(random.choice(_ACTS), at)
    calm(made, at, votes)
    return made


def some_act(made: Desk, random: Random, at: float) -> None:
    """Declare something whatever the figures say, or take any act back."""
    if made.done and random.random() < 0.5:
        undone = random.choice(made.done)
        made.act(ActKind.UNDO, at, undoes=undone.act.id, undone=undone)
    else:
        outcome = random.choice([Outcome.WON, Outcome.LOST])
        made.act(ActKind.CALL, at, outcome=outcome, override=True)


def calm(made: Desk, at: float, votes: Mapping[str, int]) -> None:
    """Two looks at one last count, everybody agreed, and hours without news."""
    made.act(ActKind.UNFREEZE, at + 1)
    for later in (2, 8, 10, 16, 30, 32, 120, 240):
        made.see({name: count + 5_000 for name, count in votes.items()}, at + later)
    made.act(ActKind.CONFIRM, at + 241)
    made.wait(at + 310)
    made.wait(at + 380)


class Early:
    """What each person of the heads-up has, and nobody else yet."""

    def __init__(self, unbound: set[str]) -> None:
        self.has: dict[str, str] = {}
        self.unbound = unbound

    def hear(self, post: Post) -> None:
        """Follow a message; everybody gets only what those of the heads-up have."""
        if post.channel in FIRST and post.kind == Kind.HEADS_UP:
            if post.text.startswith("HEADS-UP"):
                assert post.channel not in self.has
                self.has[post.channel] = post.text
            else:
                assert post.text.startswith("NOT GOING OUT")
                del self.has[post.channel]
        elif post.channel == STAFF and post.kind in (Kind.RACE_WON, Kind.RACE_LOST):
            begin = post.text.partition(".")[0]
            if post.key not in self.unbound:
                assert [f"“{begin}" in self.has[one] for one in FIRST] == [True, True]
            self.has.clear()


@pytest.mark.parametrize("seed", range(NIGHTS))
def test_a_night_with_heads_up_keeps_its_promises(seed: int) -> None:
    """No outcome before its heads-up, none lost, every lapse told to all who had it."""
    made = night(Random(seed))  # noqa: S311 - the same nights for ever
    early = Early(made.unbound)
    for post in made.posts:
        early.hear(post)
    assert early.has == {}  # given early, and neither told to all nor taken back
    assert not waits_for_release(made.state, NAME)
    assert made.outcome is not Outcome.NONE or made.state.told[NAME].too_close


def test_nothing_a_staff_channel_reads_before_the_release_gives_it_away() -> None:
    """Words of outcomes stand in no message, nor below it, until everybody has it."""
    counted = {"released": 0, "lapsed": 0}
    for seed in range(NIGHTS):
        made = night(Random(seed))  # noqa: S311 - the same nights for ever
        begun = 0
        for event in made.events:
            counted["lapsed"] += event.kind is Kind.HEADS_UP and bool(event.about)
            if event.kind in (Kind.RACE_WON, Kind.RACE_LOST):
                counted["released"] += 1
                break
            begun += 1
        keys = {post_key(event.key, STAFF) for event in made.events[:begun]}
        for post in made.posts:
            if post.key in keys:
                said = f"{post.text} {post.blocks}"
                assert not re.search(r"\bWON\b|\bLOST\b|heads-up", said), said
    assert counted["released"] > NIGHTS // 2
    assert counted["lapsed"] > NIGHTS // 5
