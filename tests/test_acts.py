"""What people do to a race: every kind of act, every refusal, and each taken back.

Figures are Durham's of 2018 (see `core_examples`); who acts, when and why is made up.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from monitor.acts import Answer, apply, seen_now
from monitor.decision import Basis, Outcome, Outstanding
from monitor.doing import ActRefused
from monitor.events import Kind
from monitor.people import Act, ActKind, People
from monitor.races import Endorsement, Policy, PolicyKind, SourceUse
from monitor.recorded import Recorded
from monitor.standing import HoldKind, SourceStanding
from monitor.state import Watched, current, entered_key
from tests.core_examples import (
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
    from collections.abc import Callable, Mapping

    from monitor.races import Race

NAME = "Satana Deberry"
SOURCE = "nc_durham"
MOST = {name: count * 55 // 57 for name, count in DURHAM_NIGHT.items()}
CLOSE_RACE = {"Satana Deberry": 15_000, "Roger Echols": 14_950, "Daniel Meier": 1_000}
TURNED = {"Satana Deberry": 15_207, "Roger Echols": 17_000, "Daniel Meier": 3_325}
CLERK = "phone, clerk Ana Ruiz"


@dataclass
class Desk(Told):
    """A race with the acts done on it, each with what takes it back."""

    done: list[Recorded] = field(default_factory=list)

    def act(self, kind: ActKind, at: float = 200, **parts: Any) -> Answer:
        """Do one act, bound to what is seen now, and go on from it."""
        act = self.made(kind, at, **parts)
        return self.apply(act, at)

    def made(self, kind: ActKind, at: float = 200, **parts: Any) -> Act:
        """Make an act; `seen` is what a person sees now, unless it is given."""
        given = {"who": "Ben Ortiz", "why": "the clerk said so", "race": "the-race", **parts}
        act = Act(id=f"a{len(self.done) + 1}", kind=kind, at=minutes(at), **given)
        if "seen" in parts:
            return act
        try:
            return replace(act, seen=seen_now(self.watched, self.state, act, minutes(at)))
        except ActRefused:
            return act

    def apply(self, act: Act, at: float, undone: Recorded | None = None) -> Answer:
        """Have an act answered, and go on from what it did."""
        answer = apply(self.watched, self.state, act, minutes(at), undone)
        if answer.step is not None and answer.before is not None:
            self.take(answer.step)
            self.done.append(Recorded(act, answer.before))
        return answer

    def undo(self, at: float = 210, which: int = -1) -> Answer:
        """Take an act back, the last one unless another is named."""
        undone = self.done[which]
        act = self.made(ActKind.UNDO, at, undoes=undone.act.id, why="it was a mistake")
        return self.apply(act, at, undone)

    @property
    def new(self) -> list[Kind]:
        """The kinds the last step told."""
        return [event.kind for event in self.steps[-1].events]

    @property
    def people(self) -> People:
        """What people's acts have made of the race."""
        return self.state.people

    @property
    def outcome(self) -> tuple[Outcome, Basis]:
        """What staff were told of ours, and on what it rests."""
        told = self.state.told[NAME]
        return told.outcome, told.basis


def desk(race: Race = DURHAM) -> Desk:
    """Return the race, read at zero before its close."""
    made = Desk(Watched(race, card(DURHAM), closes_at=minutes(0)))
    made.look(arrival(contest(dict.fromkeys(DURHAM_NIGHT, 0), (0, 57)), minutes(-5)))
    return made


def seen(
    votes: Mapping[str, int] = MOST, units: tuple[int, int] = (56, 57), race: Race = DURHAM
) -> Desk:
    """Return the race with figures seen twice."""
    made = desk(race)
    made.see(votes, 180, units)
    made.see(votes, 181, units)
    return made


def won() -> Desk:
    """Return the race with its outcome told by the machine."""
    made = seen(DURHAM_NIGHT, (57, 57))
    assert made.outcome == (Outcome.WON, Basis.COMPLETE)
    return made


def doubted() -> Desk:
    """Return the race after HOLD OFF: the county's new numbers show another leader."""
    made = won()
    made.see(TURNED, 190)
    made.see(TURNED, 191)
    assert made.state.told[NAME].doubt_since is not None
    return made


def refused(answer: Answer, *words: str) -> None:
    """The act has no effect, and its sentence says what was seen and what to do."""
    assert (answer.applied, answer.step, answer.before) == (False, None, None)
    for word in words:
        assert word.casefold() in answer.sentence.casefold()
    assert answer.sentence[0] == answer.sentence[0].upper()
    assert answer.sentence.endswith(".")


# -- confirm -----------------------------------------------------------------------------


def test_confirm_releases_what_the_rule_gives_and_names_who() -> None:
    made = seen()
    answer = made.act(ActKind.CONFIRM)
    assert answer.sentence == "Satana Deberry: won, confirmed by Ben Ortiz."
    assert Kind.RACE_WON in made.new
    assert Kind.PERSON_ACTED in made.new
    assert made.last(Kind.RACE_WON).who == "Ben Ortiz"
    assert "the clerk said so" in made.last(Kind.PERSON_ACTED).reason
    assert made.outcome == (Outcome.WON, Basis.CONFIRMED)


def test_confirm_without_a_look_shows_the_standing_and_its_digest() -> None:
    made = seen()
    digest = made.made(ActKind.CONFIRM).seen
    refused(
        made.act(ActKind.CONFIRM, seen=""),
        "Look first", "14,673 of 30,085 votes", "2,469 ahead of Roger Echols",
        "56/57 precincts", "if final: won", f"--seen {digest}",
    )  # fmt: skip


def test_confirm_on_a_count_that_changed_meanwhile_shows_the_new_one() -> None:
    made = seen()
    old = made.made(ActKind.CONFIRM).seen
    made.see(DURHAM_NIGHT, 190, (56, 57))
    new = made.made(ActKind.CONFIRM).seen
    assert old != new
    refused(made.act(ActKind.CONFIRM, seen=old), "changed since you looked", "15,207", new)


def test_confirm_when_everything_was_told() -> None:
    refused(won().act(ActKind.CONFIRM), "nothing to confirm", "staff were told won")


def test_confirm_against_the_standing_needs_override_typed() -> None:
    made = seen(CLOSE_RACE, (57, 57))
    refused(made.act(ActKind.CONFIRM), "do not carry it yet", "--override OVERRIDE")
    assert made.act(ActKind.CONFIRM, override=True).applied
    assert made.outcome == (Outcome.WON, Basis.CONFIRMED)


def test_confirm_without_a_rule_says_that_call_declares() -> None:
    made = Desk(Watched(DURHAM, None, closes_at=minutes(0)))
    made.see(MOST, 180)
    refused(made.act(ActKind.CONFIRM), "the rule gives nothing", "`call`")


def test_confirm_of_a_frozen_race_says_who_froze_it() -> None:
    made = seen()
    made.act(ActKind.FREEZE, why="a recount")
    refused(made.act(ActKind.CONFIRM), "Ben Ortiz froze this race", "a recount", "unfreeze")


def test_confirm_without_figures() -> None:
    made = Desk(Watched(DURHAM, card(DURHAM)))
    refused(made.act(ActKind.CONFIRM), "no figures of Satana Deberry yet", "`enter`")


def test_confirm_ends_the_wait_of_a_policy() -> None:
    policy = (("", Policy(PolicyKind.AFTER, 3)),)
    race = replace(DURHAM, callers=("Ben Ortiz",), policies=policy)
    made = seen(DURHAM_NIGHT, (57, 57), race)
    assert made.kinds[-1] is Kind.GOING_OUT
    assert made.act(ActKind.CONFIRM, at=182).applied
    assert made.outcome == (Outcome.WON, Basis.CONFIRMED)


def test_confirm_settles_a_doubt_as_stands() -> None:
    made = doubted()
    refused(made.act(ActKind.CONFIRM), "staff were told won", "the figures give", "OVERRIDE")
    assert made.act(ActKind.CONFIRM, override=True).sentence.startswith(
        "Satana Deberry: won stands"
    )
    assert Kind.OUTCOME_STANDS in made.new
    assert made.outcome == (Outcome.WON, Basis.CONFIRMED)
    assert made.state.told[NAME].doubt_since is None
    assert Kind.HOLD_OFF not in made.see(TURNED, 220)


def test_undo_of_a_confirmation_withdraws_what_it_told() -> None:
    made = seen()
    made.act(ActKind.CONFIRM)
    assert made.undo().applied
    assert Kind.OUTCOME_RETRACTED in made.new
    assert made.last(Kind.OUTCOME_RETRACTED).who == "Ben Ortiz"
    assert made.outcome == (Outcome.NONE, Basis.NONE)
    assert made.state.people.called == {}
    assert made.state.people.frozen is None


def test_undo_of_a_confirmation_leaves_what_stands_by_itself_now() -> None:
    made = seen()
    made.act(ActKind.CONFIRM)
    made.see(DURHAM_NIGHT, 202, (57, 57))
    made.see(DURHAM_NIGHT, 204, (57, 57))
    assert made.undo().applied
    assert Kind.OUTCOME_RETRACTED not in made.kinds
    assert made.outcome == (Outcome.WON, Basis.COMPLETE)


def test_undo_of_a_settled_doubt_brings_it_back() -> None:
    made = doubted()
    made.act(ActKind.CONFIRM, override=True)
    assert made.undo().applied
    assert made.new.count(Kind.HOLD_OFF) == 1
    assert made.state.told[NAME].doubt_since == minutes(210)


# -- call --------------------------------------------------------------------------------


def test_call_declares_what_the_rule_has_not_computed() -> None:
    made = seen()
    answer = made.act(ActKind.CALL, outcome=Outcome.WON, link="https://example.org/canvass")
    assert answer.sentence == "Satana Deberry: won, as Ben Ortiz says."
    assert made.outcome == (Outcome.WON, Basis.CALLED)
    assert made.state.people.called[NAME].link == "https://example.org/canvass"
    assert made.undo().applied
    assert Kind.OUTCOME_RETRACTED in made.new


def test_call_against_the_figures_needs_override() -> None:
    made = seen()
    refused(made.act(ActKind.CALL, outcome=Outcome.LOST), "say otherwise", "if final: won")
    assert made.act(ActKind.CALL, outcome=Outcome.LOST, override=True).applied
    assert Kind.RACE_LOST in made.new


def test_call_names_an_outcome() -> None:
    refused(seen().act(ActKind.CALL), "which outcome")


def test_call_certified_needs_a_link_and_is_told_as_certified() -> None:
    made = seen()
    refused(made.act(ActKind.CALL, outcome=Outcome.WON, certified=True), "--link")
    made.act(ActKind.CALL, outcome=Outcome.WON, certified=True, link="https://example.org/c")
    assert made.outcome == (Outcome.WON, Basis.CERTIFIED)


def test_call_certified_of_what_was_told_says_so_once() -> None:
    made = won()
    link = "https://example.org/certified"
    assert made.act(ActKind.CALL, outcome=Outcome.WON, certified=True, link=link).applied
    assert Kind.OUTCOME_CERTIFIED in made.new
    again = made.act(ActKind.CALL, outcome=Outcome.WON, certified=True, link=link)
    refused(again, "told won of Satana Deberry already")


def test_a_wrong_certification_taken_back_is_withdrawn_and_told_anew() -> None:
    made = won()
    made.act(ActKind.CALL, outcome=Outcome.WON, certified=True, link="https://example.org/c")
    assert made.undo().applied
    assert made.new[:2] == [Kind.OUTCOME_RETRACTED, Kind.PERSON_ACTED]
    assert made.outcome == (Outcome.WON, Basis.COMPLETE)


def test_call_of_what_was_told_and_of_the_contrary() -> None:
    made = won()
    refused(made.act(ActKind.CALL, outcome=Outcome.WON), "told won", "already")
    refused(made.act(ActKind.CALL, outcome=Outcome.LOST), "told won", "`retract` it first")


def test_call_of_a_frozen_race() -> None:
    made = seen()
    made.act(ActKind.FREEZE)
    refused(made.act(ActKind.CALL, outcome=Outcome.WON), "froze this race")


def test_call_settles_a_doubt() -> None:
    made = doubted()
    refused(made.act(ActKind.CALL, outcome=Outcome.WON), "OVERRIDE")
    assert made.act(ActKind.CALL, outcome=Outcome.WON, override=True).applied
    assert Kind.OUTCOME_STANDS in made.new
    assert made.outcome == (Outcome.WON, Basis.CALLED)


def test_two_of_ours_must_be_told_apart() -> None:
    both = (*DURHAM.endorsements, Endorsement("Roger Echols", ("Org 1",), ("R. Echols",)))
    made = seen(race=replace(DURHAM, endorsements=both))
    refused(made.act(ActKind.CONFIRM), "say which candidate", "Satana Deberry, Roger Echols")
    refused(made.act(ActKind.CONFIRM, candidate="Nobody"), "'Nobody' is not endorsed")
    assert made.act(ActKind.CONFIRM, candidate="r. echols").applied
    assert Kind.RACE_LOST in made.new


def test_a_race_that_lacks_a_county_is_told_only_with_override() -> None:
    sources = (*DURHAM.sources, SourceUse("nc_wake", ("Wake",), "16"))
    made = seen(race=replace(DURHAM, sources=sources))
    refused(made.act(ActKind.CONFIRM), "a county of this race has no numbers yet")
    assert made.act(ActKind.CONFIRM, override=True).applied
    assert Kind.RACE_WON in made.new


# -- retract -----------------------------------------------------------------------------


def test_retract_withdraws_and_freezes() -> None:
    made = won()
    answer = made.act(ActKind.RETRACT, why="the county mixed two precincts up")
    assert "withdrawn everywhere" in answer.sentence
    assert made.last(Kind.OUTCOME_RETRACTED).about == made.last(Kind.RACE_WON).key
    assert made.outcome == (Outcome.NONE, Basis.NONE)
    assert made.see(DURHAM_NIGHT, 220) == []
    refused(made.act(ActKind.RETRACT), "no outcome of Satana Deberry stands")


def test_retract_needs_no_figures() -> None:
    """The source was changed and has not answered yet: the words must stop all the same."""
    made = won()
    made.state = replace(made.state, standings={})
    assert made.act(ActKind.RETRACT).applied
    assert Kind.OUTCOME_RETRACTED in made.new


def test_undo_of_a_retraction_tells_the_outcome_again() -> None:
    made = won()
    made.act(ActKind.RETRACT)
    assert made.undo().applied
    assert Kind.RACE_WON in made.new
    assert made.state.people.frozen is None


def test_undo_of_a_retraction_brings_back_what_a_person_declared() -> None:
    made = seen()
    made.act(ActKind.CONFIRM)
    made.act(ActKind.RETRACT)
    assert made.state.people.called == {}
    assert made.undo().applied
    assert made.outcome == (Outcome.WON, Basis.CONFIRMED)


# -- freeze, unfreeze --------------------------------------------------------------------


def test_freeze_stops_outcomes_and_unfreeze_lets_them_go() -> None:
    made = desk()
    assert made.act(ActKind.FREEZE, at=100).applied
    made.see(DURHAM_NIGHT, 180)
    made.see(DURHAM_NIGHT, 181)
    assert Kind.RACE_WON not in made.kinds
    refused(made.act(ActKind.FREEZE), "frozen already, by Ben Ortiz")
    assert made.act(ActKind.UNFREEZE).applied
    assert Kind.RACE_WON in made.new
    refused(made.act(ActKind.UNFREEZE), "not frozen")


def test_undo_of_freeze_and_unfreeze() -> None:
    made = desk()
    made.act(ActKind.FREEZE)
    made.act(ActKind.UNFREEZE)
    refused(made.undo(which=0), "replaced or has ended since")
    assert made.undo(which=1).applied
    assert made.people.frozen == made.done[1].before.people.frozen
    assert made.undo(which=0).applied
    assert made.people == People()


# -- enter -------------------------------------------------------------------------------

HIGHER = (("Satana Deberry", 15_207), ("Roger Echols", 12_648), ("Daniel Meier", 3_325))


def enter(made: Desk, **parts: Any) -> Answer:
    """Enter the night's last figures by hand."""
    given: dict[str, Any] = {"votes": HIGHER, "units": (57, 57), "link": CLERK, **parts}
    return made.act(ActKind.ENTER, **given)


def test_entered_figures_count_at_once_and_wait_for_a_person() -> None:
    made = seen()
    answer = enter(made)
    assert answer.sentence == "31,180 votes stand for nc_durham, entered by hand by Ben Ortiz."
    assert Kind.COUNT_UPDATED in made.new
    assert Kind.RACE_WON not in made.kinds
    tally, _ = current(made.watched, made.state, minutes(200))
    assert tally is not None
    assert (tally.total, tally.sources) == (31_180, (entered_key(SOURCE),))
    accepted = made.state.standings[entered_key(SOURCE)].accepted
    assert accepted is not None
    assert (accepted.contest.who, accepted.contest.link) == ("Ben Ortiz", CLERK)
    assert made.act(ActKind.CONFIRM).applied
    assert made.outcome == (Outcome.WON, Basis.CONFIRMED)


def test_a_lead_that_turns_by_hand_is_told_at_once() -> None:
    made = seen()
    enter(made, votes=tuple(TURNED.items()))
    assert Kind.LEAD_CHANGED in made.new


def test_a_name_left_out_keeps_its_votes() -> None:
    made = seen()
    assert enter(made, votes=HIGHER[:2], units=None).applied
    tally, _ = current(made.watched, made.state, minutes(200))
    assert tally is not None
    assert tally.total == 15_207 + 12_648 + MOST["Daniel Meier"]


def test_figures_of_a_race_that_no_source_has_shown() -> None:
    made = Desk(Watched(DURHAM, card(DURHAM), closes_at=minutes(0)))
    refused(enter(made, votes=HIGHER[1:]), "no votes are given for Satana Deberry")
    assert enter(made).applied
    assert Kind.NOW_WATCHING in made.new


def test_entered_figures_are_judged_like_a_sources() -> None:
    made = seen()
    fallen = (("Satana Deberry", 14_000), ("Roger Echols", 15_000))
    refused(enter(made, votes=fallen), "look wrong", "fell from 14,673 to 14,000", "OVERRIDE")
    assert enter(made, votes=fallen, override=True).applied
    tally, _ = current(made.watched, made.state, minutes(200))
    assert tally is not None
    assert tally.line(NAME) == replace(tally.lines[1], votes=14_000)


def test_fewer_votes_than_the_source_has_count_once_it_is_superseded() -> None:
    made = seen()
    fewer = (("Satana Deberry", 14_000),)
    refused(enter(made, votes=fewer, override=True), "has 30,085 votes", "`supersede` it first")
    made.act(ActKind.SUPERSEDE, override=True)
    assert enter(made, votes=fewer, override=True).applied
    made.see(MOST, 205, (56, 57))
    tally, _ = current(made.watched, made.state, minutes(205))
    assert tally is not None
    assert (tally.lines[0].name, tally.lines[0].votes) == (NAME, 14_000)


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"votes": ()}, "nothing is entered"),
        ({"link": ""}, "say where it can be read"),
        ({"votes": (("Nobody", 5),)}, "nobody is called Nobody in this race; it has Satana"),
        ({"votes": (("Satana Deberry", -1),)}, "cannot have -1 votes"),
        ({"votes": (("Satana Deberry", 1), ("SATANA DEBERRY", 2))}, "is given twice"),
        ({"units": (58, 57)}, "58 of 57 units cannot be"),
        ({"votes": (), "outstanding": 5, "units": (1, 2)}, "units alone say nothing"),
        ({"outstanding": -1}, "-1 ballots cannot be outstanding"),
        ({"source": "nc_wake"}, "'nc_wake' is no source of this race; it has nc_durham"),
    ],
)
def test_what_cannot_be_entered(parts: dict[str, Any], words: str) -> None:
    made = seen()
    before = made.state
    refused(enter(made, **parts), words)
    assert made.state == before


def test_nothing_is_entered_before_the_close() -> None:
    refused(enter(desk(), at=-1), "look wrong", "votes before the polls closed")


def test_outstanding_ballots_take_the_place_of_the_states_share() -> None:
    made = seen(CLOSE_RACE, (57, 57))
    counted = sum(CLOSE_RACE.values())
    answer = enter(made, votes=(), units=None, outstanding=20, is_estimate=False)
    assert answer.sentence == "20 ballots are outstanding (official)."
    assert made.state.people.outstanding == Outstanding(20, False, CLERK, minutes(200), counted)
    enter(made, votes=(), units=None, outstanding=70)
    assert made.state.people.outstanding == Outstanding(70, True, CLERK, minutes(200), counted)
    assert made.undo().applied
    assert made.state.people.outstanding == Outstanding(20, False, CLERK, minutes(200), counted)


def test_undo_of_entered_figures() -> None:
    made = seen()
    enter(made)
    assert made.undo().applied
    assert entered_key(SOURCE) not in made.state.standings
    tally, _ = current(made.watched, made.state, minutes(210))
    assert tally is not None
    assert tally.sources == (SOURCE,)


def test_figures_that_the_source_has_caught_up_with_are_not_taken_back() -> None:
    made = seen()
    enter(made)
    made.see(DURHAM_CERTIFIED, 205)
    refused(made.undo(), "replaced or has ended since")


# -- accept ------------------------------------------------------------------------------

DOUBLED = {name: 2 * votes for name, votes in MOST.items()}


def held() -> Desk:
    """Return the race with a hard hold on doubled figures."""
    made = seen()
    made.see(DOUBLED, 190, (57, 57))
    hold = made.state.standings[SOURCE].hold
    assert hold is not None
    assert hold.kind is HoldKind.HARD
    return made


def test_accept_takes_what_is_held() -> None:
    made = held()
    digest = made.made(ActKind.ACCEPT).seen
    refused(made.act(ActKind.ACCEPT, seen=""), "Look first", "29,346", f"--seen {digest}")
    assert made.act(ActKind.ACCEPT).applied
    assert {Kind.HOLD_CLEARED, Kind.COUNT_UPDATED} <= set(made.new)
    assert made.state.standings[SOURCE].hold is None
    assert made.see(DOUBLED, 202, (57, 57)) == []
    assert made.state.standings[SOURCE].hold is None


def test_accept_of_figures_that_changed_meanwhile() -> None:
    made = held()
    old = made.made(ActKind.ACCEPT).seen
    made.see({name: votes + 2 for name, votes in DOUBLED.items()}, 191, (57, 57))
    refused(made.act(ActKind.ACCEPT, seen=old), "changed since you looked", "29,348")


def test_accept_where_nothing_waits_for_a_person() -> None:
    refused(seen().act(ActKind.ACCEPT), "none of its numbers wait for a person (nc_durham)")


def unpaged(made: Desk) -> dict[str, SourceStanding]:
    """Return the standings but for this: the callers were paged of a hold that lasts."""
    return {
        source: replace(one, hold=replace(one.hold, paged=False)) if one.hold else one
        for source, one in made.state.standings.items()
    }


def test_undo_of_accept_puts_the_hold_back() -> None:
    made = held()
    before = made.state.standings[SOURCE]
    made.act(ActKind.ACCEPT)
    assert made.undo().applied
    assert unpaged(made)[SOURCE] == before


# -- supersede ---------------------------------------------------------------------------

TWO = (*DURHAM.sources, SourceUse("nc_state", ("Durham",), "16"))


def two_sources() -> Desk:
    """Return the race with two sources for the county that differ."""
    made = seen(race=replace(DURHAM, sources=TWO))
    made.look(arrival(contest(DURHAM_NIGHT, (57, 57)), minutes(182)), "nc_state")
    return made


def test_supersede_leaves_a_source_out() -> None:
    made = two_sources()
    answer = made.act(ActKind.SUPERSEDE, source=SOURCE, since=minutes(150))
    assert "left out of the total" in answer.sentence
    tally, _ = current(made.watched, made.state, minutes(200))
    assert tally is not None
    assert tally.sources == ("nc_state",)
    assert SOURCE in made.state.standings
    refused(made.act(ActKind.SUPERSEDE, source=SOURCE), "superseded already, by Ben Ortiz")
    assert made.undo().applied
    assert made.state.people.superseded == {}


def test_the_only_source_is_superseded_with_override_alone() -> None:
    made = two_sources()
    refused(made.act(ActKind.SUPERSEDE), "say which source")
    made.act(ActKind.SUPERSEDE, source=SOURCE)
    refused(made.act(ActKind.SUPERSEDE, source="nc_state"), "nothing else covers")
    assert made.act(ActKind.SUPERSEDE, source="nc_state", override=True).applied


# -- close, go-live, note ----------------------------------------------------------------


def test_close_moves_the_close_and_says_why() -> None:
    made = desk()
    later = minutes(90)
    answer = made.act(ActKind.CLOSE, at=-30, closes_at=later, why="court order")
    assert answer.sentence == "The polls close at 9:00 PM ET."
    assert made.new == [Kind.CLOSE_MOVED]
    moved = made.last(Kind.CLOSE_MOVED)
    assert (moved.due, moved.who, moved.reason) == (later, "Ben Ortiz", "court order")
    assert made.people.closes_at == later
    refused(made.act(ActKind.CLOSE, closes_at=later), "already")
    assert made.undo().applied
    assert made.people == People()
    assert made.last(Kind.CLOSE_MOVED).due == minutes(0)


def test_a_close_far_away_is_a_slip() -> None:
    made = desk()
    refused(made.act(ActKind.CLOSE), "say when")
    far = minutes(0) + timedelta(days=1)
    refused(made.act(ActKind.CLOSE, closes_at=far), "1 day, 0:00:00 away", "OVERRIDE")
    assert made.act(ActKind.CLOSE, closes_at=far, override=True).applied
    made.act(ActKind.CLOSE, closes_at=minutes(30))
    refused(made.undo(which=0), "undo what came after it first")


def rehearsed() -> Desk:
    """Return the race whose source showed votes two hours before the close."""
    made = Desk(Watched(DURHAM, card(DURHAM), closes_at=minutes(0)))
    made.look(arrival(contest(MOST, (56, 57)), minutes(-120)))
    return made


def test_go_live_is_for_a_source_that_rehearsed() -> None:
    refused(seen().act(ActKind.GO_LIVE), "shown no rehearsal votes")
    made = rehearsed()
    assert made.act(ActKind.GO_LIVE).sentence.startswith("The source nc_durham is live")
    assert made.state.people.live[SOURCE].who == "Ben Ortiz"
    refused(made.act(ActKind.GO_LIVE), "live already, as Ben Ortiz said")
    assert made.undo().applied
    assert made.state.people.live == {}


def test_a_note_shows_and_sets_no_outcome() -> None:
    made = won()
    before = made.outcome
    assert made.act(ActKind.NOTE, why="Echols conceded").applied
    assert made.new == [Kind.NOTE_ADDED]
    shown = made.last(Kind.NOTE_ADDED)
    assert (shown.reason, shown.who) == ("Echols conceded", "Ben Ortiz")
    assert made.outcome == before
    assert made.undo().applied
    assert made.last(Kind.NOTE_ADDED).reason == "Taken back: Echols conceded"


# -- every act ---------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "words"), [("who", "say who acts"), ("why", "say why")])
def test_an_act_has_who_and_why(part: str, words: str) -> None:
    made = desk()
    act = made.made(ActKind.FREEZE)
    refused(
        made.apply(replace(act, who="") if part == "who" else replace(act, why=" "), 200), words
    )


def test_undo_of_what_is_not_in_force() -> None:
    made = desk()
    made.act(ActKind.FREEZE)
    unknown = made.made(ActKind.UNDO, undoes="zzz")
    refused(made.apply(unknown, 210), "'zzz' is not in force", "in force: a1")
    made.undo()
    refused(made.undo(which=0), "'a1' is not in force")


DOES: list[tuple[Callable[[], Desk], ActKind, dict[str, Any]]] = [
    (seen, ActKind.CONFIRM, {}),
    (seen, ActKind.CALL, {"outcome": Outcome.WON}),
    (won, ActKind.RETRACT, {}),
    (seen, ActKind.FREEZE, {}),
    (seen, ActKind.ENTER, {"votes": HIGHER, "link": CLERK}),
    (two_sources, ActKind.SUPERSEDE, {"source": SOURCE}),
    (held, ActKind.ACCEPT, {}),
    (seen, ActKind.CLOSE, {"closes_at": minutes(60)}),
    (rehearsed, ActKind.GO_LIVE, {}),
    (seen, ActKind.NOTE, {}),
]


@pytest.mark.parametrize(("start", "kind", "parts"), DOES)
def test_every_act_tells_who_and_is_taken_back_whole(
    start: Callable[[], Desk], kind: ActKind, parts: dict[str, Any]
) -> None:
    made = start()
    before = made.state
    assert made.act(kind, **parts).applied
    assert "Ben Ortiz" in {event.who for event in made.steps[-1].events}
    assert made.state.people.undoable == ("a1",)
    assert made.undo().applied
    assert made.state.people == before.people
    assert unpaged(made) == before.standings


def test_the_same_act_told_again_would_have_another_key() -> None:
    made = desk()
    for _ in range(2):
        made.act(ActKind.NOTE, why="Echols conceded")
    keys = [event.key for event in made.events if event.kind is Kind.NOTE_ADDED]
    assert len(set(keys)) == 2
