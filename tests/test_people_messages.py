"""What callers and ops read, outcomes people stand for, and words no figure contradicts."""

from __future__ import annotations

import html
import json
import re
import shlex
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import click
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.cli import main
from monitor.decision import Basis, Block, Outcome, Standing
from monitor.events import OUTCOMES, Event, Kind
from monitor.message import posts
from monitor.people import Called, Stood
from monitor.prizes import NextRound, next_round, ordinal, said_of
from monitor.rules import FollowUp, Method
from monitor.sentences import KIND_SENTENCES
from tests import people_nights as nights
from tests.core_examples import (
    BEXAR,
    CONTRA_COSTA,
    DURHAM,
    DURHAM_NIGHT,
    MAJORITY,
    MAJORITY_OR_TOP_TWO,
    PLURALITY,
    SHARE,
    TOP_TWO,
    card,
    decision_of,
    minutes,
    snapshot,
    tally_of,
)
from tests.strict_mrkdwn import SCOREBOARD
from tests.test_message import EVIL, check_slack, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.posts import Post
    from monitor.rules import Rule
    from tests.people_nights import Night

EVERY = [*nights.KINDS.values(), *nights.WORDINGS]


def told(night: Night) -> tuple[Post, ...]:
    """Return what a night's event says."""
    return posts(night.event, night.scene)


def only(night: Night) -> Post:
    """Return the one post of a night's event."""
    (post,) = told(night)
    return post


def texts(post: Post) -> list[str]:
    """Return a post's text and those of its blocks."""
    return [post.text, *map(text_of, json.loads(post.blocks))]


# -- every wording -----------------------------------------------------------------------


@pytest.mark.parametrize("night", EVERY)
def test_every_wording_begins_as_listed_and_fits_slack(night: Callable[[], Night]) -> None:
    made = night()
    for post in told(made):
        check_slack(post)
        assert post.text.startswith(KIND_SENTENCES[made.event.kind].begins), post.text
        assert "\n" not in post.text
        assert not re.search(r":[a-z_]+:|[\U0001F300-\U0001FAFF\u2600-\u27BF]", post.blocks)


@pytest.mark.parametrize("night", EVERY)
def test_every_wording_names_ours_within_fifty_characters(night: Callable[[], Night]) -> None:
    made = night()
    race = made.scene.race
    assert race is not None
    ours = race.endorsements[0].candidate.split()[-1]
    for post in told(made):
        if post.kind != Kind.REPORT_HELD or post.channel != "#ops":
            assert ours in post.text[:50], post.text


@pytest.mark.parametrize("night", EVERY)
def test_no_wording_contradicts_its_own_figures(night: Callable[[], Night]) -> None:
    for post in told(night()):
        for text in (text for text in texts(post) if not text.startswith("```")):
            assert not re.search(r"\b(50|30)\.0%,? above|\b0 votes (above|short)", text), text
            assert not re.search(r"None|\( ?\)|  [a-z]|\.\.|of \.|, \.", text), text


# -- whom it concerns --------------------------------------------------------------------


def test_only_ops_hear_what_callers_are_asked() -> None:
    for night in (nights.ready, nights.going_out, nights.paged, nights.certified_question):
        post = only(night())
        assert post.channel == "#ops"
        assert "Callers: <@U012ABCDEF> and Ann Example" in post.blocks


def test_callers_are_mentioned_below_the_headline_and_nowhere_else() -> None:
    for night in EVERY:
        for post in told(night()):
            assert "<@" not in post.text
            assert "<@" not in post.blocks or post.channel == "#ops"


def test_a_name_that_looks_like_a_mention_is_none() -> None:
    made = nights.ready()
    assert made.scene.race is not None
    race = replace(made.scene.race, callers=("<!channel>", "U012", "u012abcdef", "@here"))
    post = only(replace(made, scene=replace(made.scene, race=race)))
    assert "Callers: &lt;!channel&gt;, U012, u012abcdef and @here" in post.blocks


def test_a_moved_close_is_told_in_the_thread_and_to_ops() -> None:
    ops, thread = told(nights.close_moved())
    assert (ops.channel, ops.thread) == ("#ops", None)
    assert (thread.channel, thread.thread is not None) == ("#primary-night", True)
    assert "9:00 PM ET now (Ann Example; court order)" in ops.text


def test_dates_are_for_the_thread_and_the_question_is_for_callers() -> None:
    assert only(nights.reminder()).channel == "#primary-night"
    assert only(nights.certified_question()).text.startswith("CERTIFIED?: Deberry")


def test_an_amended_count_is_top_level_where_an_outcome_was_told() -> None:
    post = only(nights.amended())
    assert post.thread is None
    assert post.text == (
        "AMENDED: Deberry, Durham DA, now +2,581 (was +2,585), after it was certified. "
        "Outcomes stand."
    )


# -- what may be run ---------------------------------------------------------------------


def lines_to_run() -> set[str]:
    """Return every line to run that any message shows."""
    whole = " ".join(text for night in EVERY for post in told(night()) for text in texts(post))
    return {html.unescape(line) for line in re.findall(r"`python run\.py ([^`]+)`", whole)}


def test_every_line_to_run_is_one_that_the_command_line_takes() -> None:
    assert {line.split()[0] for line in lines_to_run()} >= {
        "confirm", "freeze", "retract", "call", "supersede",
    }  # fmt: skip
    for line in lines_to_run():
        name, *rest = shlex.split(line)
        command = main.commands[name] if isinstance(main, click.Group) else main
        context = click.Context(command, resilient_parsing=True)
        values, left, _ = command.make_parser(context).parse_args(rest)
        assert left == []
        assert values["race"] == "the-race"


def test_a_race_with_two_of_ours_names_whom_a_line_is_about() -> None:
    made = nights.ready()
    assert made.scene.race is not None
    both = replace(
        made.scene.race,
        endorsements=(
            *made.scene.race.endorsements,
            replace(made.scene.race.endorsements[0], candidate="Roger Echols"),
        ),
    )
    event = replace(made.event, candidate='Satana "$(rm)" O\'Deberry')
    post = only(replace(made, event=event, scene=replace(made.scene, race=both)))
    (line,) = re.findall(r"`python run\.py ([^`]+)`", "\n".join(texts(post)))
    assert shlex.split(line)[4:6] == ["--candidate", "Satana (rm) O'Deberry"]


def test_what_is_asked_names_the_state_that_was_seen() -> None:
    made = nights.ready()
    assert f"--seen {made.event.seen} " in only(made).blocks


def test_a_policy_alone_lacks_a_persons_yes() -> None:
    made = nights.ready()
    post = only(replace(made, event=replace(made.event, missing=())))
    assert post.text.endswith("Missing: a person's yes, as this race's policy asks.")


def test_each_thing_missing_is_named() -> None:
    made = nights.ready()
    missing = (Block.NOT_COMPLETE, Block.RULE_UNVERIFIED)
    post = only(replace(made, event=replace(made.event, missing=missing)))
    assert post.text.endswith("Missing: 1 of 57 precincts; the state's rule is not verified.")


def test_what_goes_out_is_what_was_announced() -> None:
    announced = only(nights.going_out())
    made = nights.going_out()
    event = replace(made.event, kind=Kind.RACE_WON)
    (out,) = (post for post in posts(event, made.scene) if post.channel != "#ops")
    assert f"“{out.text}”" in announced.text


def test_the_hour_something_goes_out_is_the_desks() -> None:
    made = nights.going_out()
    scene = replace(made.scene, zone="America/Chicago")
    due = minutes(275)  # five past midnight: the date would only push our name out of sight
    post = only(replace(made, event=replace(made.event, due=due), scene=scene))
    assert post.text.startswith("GOING OUT 12:05 AM ET unless stopped: Deberry")


# -- outcomes people stand for -----------------------------------------------------------


def test_a_released_outcome_names_who_and_why_and_stays_unofficial() -> None:
    post = only(nights.confirmed())
    assert post.text.startswith("WON (unofficial): Deberry, Durham DA, DEM nomination.")
    assert "Released by Ann Example: the last precinct has 40 voters." in post.blocks
    assert "With 56 of 57 precincts reporting" in post.blocks


def test_a_call_is_said_to_be_a_persons_and_the_figures_stand_beside_it() -> None:
    post = only(nights.called())
    assert "Called by Ann Example: the clerk found 900 mail ballots" in post.blocks
    assert "48 votes behind Roger Echols" in post.blocks
    assert "above the 30%" not in post.blocks
    assert "Declared by Ann Example, not computed" in post.blocks


def test_a_person_who_certifies_does_not_certify_the_figures() -> None:
    post = only(nights.certified_by_a_person())
    assert post.text.startswith("WON (certified): ")
    assert "CERTIFIED as told by Ann Example; figures UNOFFICIAL" in post.blocks
    assert "Certified results put" not in post.blocks


def test_a_loss_called_while_ahead_never_prints_a_negative_gap() -> None:
    made = nights.called()
    decision = made.event.decision
    assert decision is not None
    ahead = replace(decision, outcome=Outcome.LOST, margin=612, rival="Roger Echols")
    post = only(replace(made, event=replace(made.event, kind=Kind.RACE_LOST, decision=ahead)))
    assert "In this count ahead of Echols by 612." in post.text


@pytest.mark.parametrize("outcome", [one for one in Outcome if one is not Outcome.NONE])
def test_every_outcome_can_be_declared_without_votes(outcome: Outcome) -> None:
    made = nights.called_without_votes()
    by = replace(made.scene.called["Stephen Zappala"], outcome=outcome)
    scene = replace(made.scene, called={"Stephen Zappala": by})
    post = only(replace(made, scene=scene))
    assert re.match(r"[A-Z?, ]+ \(unofficial\): Zappala, Allegheny DA, REP nomination\.", post.text)
    assert "Called by Ann Example" in post.blocks


def test_a_withdrawn_outcome_says_by_whom_and_nothing_of_the_general() -> None:
    post = only(nights.retracted())
    assert "Withdrawn by Ann Example." in post.blocks
    assert "General:" not in post.blocks


def test_clinched_names_its_bound_and_who_gives_it() -> None:
    assert (
        "even if all 1,900 uncounted ballots (registrar, June 6) went to Roger Echols"
        in only(nights.clinched()).blocks
    )
    made = nights.clinched()
    decision = made.event.decision
    assert decision is not None
    voters = replace(decision, outstanding=None, late=1_200)
    post = only(replace(made, event=replace(made.event, decision=voters)))
    assert "all 1,200 registered voters who have not voted" in post.blocks


# -- the law -----------------------------------------------------------------------------


def test_the_desks_sentence_for_contra_costa() -> None:
    assert only(nights.still_open_california()).text == (
        "ELECTED NOW OR NOVEMBER: Becton, Contra Costa DA. 49.6%, first by 7.5 points; "
        "423 votes short of a majority; est. 80,000 uncounted (county, June 6)."
    )


def test_a_paused_count_never_says_how_much_may_come() -> None:
    post = only(nights.paused_too_close())
    assert "more votes may" not in post.blocks
    assert "the count is not complete" in post.blocks


def test_a_share_beside_its_line_is_told_as_finely_as_it_takes() -> None:
    assert "50.04%, +80" in only(nights.barely_a_majority()).text
    assert "500,001 of 1,000,001 votes" in only(nights.by_one_vote()).text
    assert "First with 50.0%" in only(nights.exactly_half()).text


def test_a_share_is_of_the_votes_the_law_counts() -> None:
    assert "50.1% of the votes that count" in only(nights.without_write_ins_in_the_base()).text


def test_a_loss_says_what_follows_without_ours() -> None:
    for night, words in (
        (nights.third_in_north_carolina, "a runoff of Fourth and Second may be asked for"),
        (nights.third_before_a_possible_runoff, "a runoff may follow without ours"),
        (nights.third_in_california, "place in the November election. Third with 9.6%"),
    ):
        post = only(night())
        assert words in post.text
        assert " out" not in post.text


def test_losing_one_nomination_says_nothing_of_the_other() -> None:
    post = only(nights.lost_one_nomination())
    assert post.text.startswith("LOST (unofficial): Zappala, Allegheny DA, DEM nomination.")
    assert "one party's nomination, and says nothing of another's" in post.blocks
    assert not re.search(r"\bout\b", post.text)


def test_write_ins_that_lead_have_no_names() -> None:
    post = only(nights.write_ins_lead())
    assert "trails write-ins (names not reported) by 9,597" in post.text
    assert "nobody else is on the ballot" not in post.blocks


def test_a_nomination_by_write_in_says_so() -> None:
    tally = tally_of(DURHAM, {"Roger Echols": 100}, write_in=900)
    lines = tuple(
        replace(line, name="Satana Deberry") if line.is_write_in else line for line in tally.lines
    )
    made = nights.found(DURHAM, DURHAM_NIGHT)
    decision = made.event.decision
    assert decision is not None
    ours = replace(decision, votes=900, total=1_000, margin=800)
    event = replace(made.event, after=replace(tally, lines=lines), decision=ours)
    post = only(replace(made, event=event))
    assert "DEM nomination. By write-in. 90.0%, +800." in post.text
    assert "at 90.0% by write-in, above the 30%" in post.blocks


def test_ties_name_the_place_and_the_others() -> None:
    first = only(nights.three_tied()).text
    assert "place in the DEM runoff. 30,000 votes each, with LaHood and Name." in first
    assert (
        "First with 40.0%, against LaHood or Name (tied)" in only(nights.against_one_of_two()).text
    )


def test_many_missing_counties_are_counted() -> None:
    assert only(nights.counties_missing()).text.endswith("2 of 5 counties in; 40/57 precincts.")


def test_nothing_is_said_of_the_line_before_a_precinct_is_in() -> None:
    for reported, is_said in ((0, False), (1, True)):
        made = nights.found(DURHAM, DURHAM_NIGHT, Kind.COUNT_UPDATED, units=(reported, 57))
        assert ("the line" in only(made).blocks) is is_said


@pytest.mark.parametrize(
    ("number", "written"), [(1, "1st"), (4, "4th"), (11, "11th"), (22, "22nd"), (113, "113th")]
)
def test_places(number: int, written: str) -> None:
    assert ordinal(number) == written


def test_every_outcome_told_before_is_named_with_its_prize() -> None:
    said = {outcome: said_of(outcome, DURHAM) for outcome in Outcome}
    assert said[Outcome.WON] == "won the DEM nomination"
    assert said[Outcome.ADVANCED] == "advances to the November election"
    assert said[Outcome.RUNOFF_POSSIBLE] == "faces a possible DEM runoff"
    assert said_of(Outcome.LOST, CONTRA_COSTA) == "lost the office"


@pytest.mark.parametrize(
    ("leader", "expected"),
    [(50_001, NextRound.NONE), (49_999, NextRound.SURE), (50_000, NextRound.SURE)],
)
def test_another_round_is_sure_to_the_vote_when_nothing_more_comes(
    leader: int, expected: NextRound
) -> None:
    votes = {"Nico LaHood": leader, "Third Name": 99_999 - leader - 9_999, "Joe Gonzales": 10_000}
    tally = replace(tally_of(BEXAR, votes), is_complete=True)
    decision = replace(decision_of(BEXAR, votes), late=0)
    assert tally.total == 100_000
    assert next_round(decision, tally, card(BEXAR), BEXAR) is expected


RULES = (MAJORITY, SHARE, TOP_TWO, MAJORITY_OR_TOP_TWO, PLURALITY)
FOUND = {
    Outcome.WON: Kind.RACE_WON,
    Outcome.LOST: Kind.RACE_LOST,
    Outcome.ADVANCED: Kind.ADVANCED,
    Outcome.RUNOFF: Kind.RUNOFF_SET,
    Outcome.RUNOFF_POSSIBLE: Kind.RUNOFF_POSSIBLE,
    Outcome.TIE: Kind.RACE_TIED,
}


@settings(max_examples=150)
@given(
    rule=st.sampled_from(RULES),
    outcome=st.sampled_from(sorted(FOUND)),
    basis=st.sampled_from([one for one in Basis if one is not Basis.NONE]),
    votes=st.tuples(*[st.integers(0, 60_000)] * 4).filter(any),
    units=st.sampled_from([None, (0, 57), (40, 57), (57, 57)]),
)
def test_whatever_is_found_or_declared_has_its_sentence(
    rule: Rule,
    outcome: Outcome,
    basis: Basis,
    votes: tuple[int, ...],
    units: tuple[int, int] | None,
) -> None:
    names = ("Satana Deberry", "Roger Echols", "Daniel Meier", "Fourth Name")
    made = nights.found(
        DURHAM, dict(zip(names, votes, strict=True)), FOUND[outcome], units=units, rule=rule,
        complete=False,
    )  # fmt: skip
    assert made.event.decision is not None
    decision = replace(made.event.decision, outcome=outcome, basis=basis, blocks=())
    by = Called(outcome, basis, outcome, "Ann Example", "seen", minutes(1), "1")
    post = only(
        replace(
            made,
            event=replace(made.event, decision=decision, who="Ann Example"),
            scene=replace(made.scene, called={"Satana Deberry": by}),
        )
    )
    check_slack(post)
    (said,) = re.findall(r"SAY:\* “([^”]*)”", post.blocks)
    assert said.endswith(".")
    wrong = r"  |None|, \.|of \.|-\d|50\.0%, above the 50%|30\.0%, above the 30%"
    assert not re.search(wrong, said), said
    assert "Deberry" in post.text[:50]


def test_every_method_is_tried() -> None:
    assert {one.method for one in RULES} == set(Method)
    assert {one.follow_up for one in RULES} == set(FollowUp)
    assert set(FOUND) | {Outcome.NONE} == set(Outcome)
    assert set(FOUND.values()) <= OUTCOMES
    assert Standing.ALONE in Standing


# -- where it comes from -----------------------------------------------------------------


def test_figures_by_hand_are_stamped() -> None:
    assert (
        "ENTERED BY HAND for <https://er.ncsbe.gov/|Durham County> by Ann Example, "
        "from phone, clerk Lee Jones, 9:08 PM ET"
    ) in only(nights.entered()).blocks


def test_two_sources_stand_side_by_side() -> None:
    assert (
        "Sources agree: Durham County 31,180; NC State Board of Elections 31,180, 6 minutes older."
    ) in only(nights.count_of_two_sources()).blocks
    assert (
        "Sources differ: Durham County 31,180; NC State Board of Elections 30,855"
        in only(nights.disagree()).blocks
    )


def test_what_was_set_aside_stays_visible() -> None:
    blocks = only(nights.superseded()).blocks
    assert "30,855, 6 minutes older, superseded by Ann Example: stuck since 9 PM." in blocks
    assert "agree" not in blocks


# -- hostile -----------------------------------------------------------------------------


def hostile(text: str) -> list[Post]:
    """Return messages in which all that people type comes from somebody hostile."""
    made: list[Post] = []
    for night in EVERY:
        one = night()
        scene = replace(
            one.scene,
            called={name: replace(c, who=text, why=text, link=text)
                    for name, c in one.scene.called.items()},
            superseded={name: Stood(text, text, s.at, s.act)
                        for name, s in one.scene.superseded.items()},
            snapshots={
                name: replace(s, contest=replace(s.contest, who=text, link=text))
                for name, s in (one.scene.snapshots or {}).items()
            },
            race=replace(one.scene.race, callers=(text, "U012ABCDEF")) if one.scene.race else None,
        )  # fmt: skip
        reason = one.event.reason
        if one.event.kind not in OUTCOMES | {Kind.OUTCOME_QUESTIONED}:
            reason = f"{text}\n\n{text}"
        decision = one.event.decision
        if decision is not None and decision.outstanding is not None:
            given = replace(decision.outstanding, source=text)
            decision = replace(decision, outstanding=given)
        event = replace(
            one.event, reason=reason, who=text if one.event.who else "", decision=decision
        )
        made += posts(event, scene)
    return made


def is_callers_mention(markup: str, text: str, shown: str) -> bool:
    """A caller may be a member id, which is mentioned among the callers and nowhere else."""
    is_id = re.fullmatch(r"[UW][A-Z0-9]{8,20}", text) is not None
    lines = [line for line in shown.split("\n") if markup in line]
    return is_id and markup == f"<@{text}>" and all(li.startswith("Callers: ") for li in lines)


@settings(max_examples=30)
@given(EVIL)
@example("U00000000")
def test_nothing_people_type_mentions_links_formats_or_forges(text: str) -> None:
    for post in hostile(text):
        check_slack(post)
        for shown in texts(post):
            markup = set(re.findall(r"<[^>]*>", shown))
            assert all(
                one in ("<@U012ABCDEF>", SCOREBOARD)
                or is_callers_mention(one, text, shown)
                or one.startswith("<https://er.ncsbe.gov/|")
                or (one.startswith("<https://evil.example") and one.endswith("|their source>"))
                for one in markup
            ), shown
            assert not re.search(r"[\u202a-\u202e\u2066-\u2069\x00-\x08\x1b]", shown)
            assert shown.count("```") in (0, 2)
        assert "\n" not in post.text


def test_old_reminders_and_long_reasons_fit() -> None:
    long = "\n".join(f"line {number} = " + "x" * 300 for number in range(60))
    made = nights.follow_up_waits()
    event = replace(made.event, reason=f"{'why ' * 400}\n\n{long}")
    check_slack(only(replace(made, event=event)))


def test_a_hold_is_under_check_since_it_began() -> None:
    _, thread = told(nights.under_check())
    assert thread.text.endswith("New numbers under check since 8:50 PM ET.")
    assert "stay in use" in thread.blocks


def test_an_event_without_words_of_its_own_still_names_race_and_kind() -> None:
    made = nights.uncontested()
    event = Event("k", Kind.COUNT_UPDATED, minutes(1), race="the-race")
    post = only(replace(made, event=event))
    assert post.text == "COUNT-UPDATED: Deberry, Durham DA, DEM"


def test_age_is_told_in_minutes() -> None:
    made = nights.count_of_two_sources()
    snapshots = dict(made.scene.snapshots or {})
    late = minutes(58) - timedelta(minutes=1)
    snapshots["nc_state"] = snapshot(snapshots["nc_state"].contest, minutes(60), source_time=late)
    post = only(replace(made, scene=replace(made.scene, snapshots=snapshots)))
    assert "31,180, 1 minute older." in post.blocks
