"""A channel that speaks for two candidates of one race has no "ours" (desk §4.16)."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from monitor.acts import apply, seen_now
from monitor.app import opened
from monitor.decision import Outcome
from monitor.diff import source_failed
from monitor.events import OF_ALL_OURS, OUTCOMES, Kind
from monitor.ledger import Ledger, said_of
from monitor.message import posts
from monitor.night import prepare
from monitor.people import Act, ActKind
from monitor.races import Channel, Config, Endorsement, FetchConfig, SlackConfig
from monitor.routing import shared_channels
from monitor.scene import Said
from monitor.sites import SITE_DOWN
from monitor.state import Watched
from tests.core_examples import DALLAS, RULES, Told, arrival, card, contest, minutes
from tests.test_message import scene_of

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.night import Scraper
    from monitor.posts import Post

TWO = replace(
    DALLAS,
    endorsements=(
        Endorsement("John Creuzot", ("Alpha Org",)), Endorsement("Elizabeth Frizell", ("Beta Org",))
    ),
)  # fmt: skip
SLACK = SlackConfig(
    channels=(
        Channel("#both", ("Alpha Org", "Beta Org")),
        Channel("#alpha", ("Alpha Org",)),
        Channel("#beta", ("Beta Org",)),
    ),
    ops_channel="#ops",
)
CLEAR = {"John Creuzot": 72_000, "Elizabeth Frizell": 40_000}
TURNED = {"John Creuzot": 72_000, "Elizabeth Frizell": 99_000}


def night(*shown: tuple[dict[str, int], float], units: tuple[int, int] = (57, 57)) -> Told:
    """Return the race after some looks."""
    told = Told(Watched(TWO, card(TWO)))
    told.look(arrival(contest(dict.fromkeys(CLEAR, 0), (0, 57)), minutes(-5)))
    for votes, at in shown:
        told.see(votes, at, units)
    return told


def heard(told: Told, kinds: frozenset[Kind] = OUTCOMES) -> dict[str, list[Post]]:
    """Return by channel every message of some kinds, each step told as it came."""
    found: dict[str, list[Post]] = {}
    scene = replace(scene_of(told), slack=SLACK)
    for step in told.steps:
        scene = replace(scene, decisions=step.decisions)
        for event in step.events:
            for post in posts(event, scene, step.events) if event.kind in kinds else ():
                found.setdefault(post.channel, []).append(post)
    return found


def test_both_outcomes_are_one_message_where_both_are_spoken_for() -> None:
    """Each with who endorsed it; a channel of one side keeps its own words."""
    found = heard(night((CLEAR, 180), (CLEAR, 181)))
    both, alpha, beta = (found[channel] for channel in ("#both", "#alpha", "#beta"))
    assert [len(both), len(alpha), len(beta)] == [1, 1, 1]
    assert both[0].text == (
        "Creuzot won (endorsed by Alpha Org); Frizell lost (endorsed by Beta Org): Dallas DA, "
        "DEM nomination, unofficial. Creuzot 64.3%, Frizell 35.7%. 57/57 precincts."
    )
    assert alpha[0].text.startswith("WON (unofficial): Creuzot, Dallas DA, DEM nomination. 64.3%")
    assert beta[0].text == (
        "LOST (unofficial): Frizell, Dallas DA, DEM nomination. Behind Creuzot by 32,000."
    )


def test_the_one_message_says_what_may_be_said_of_both() -> None:
    """Endorsers, margins and the SAY line of each; the votes once."""
    (post,) = heard(night((CLEAR, 180), (CLEAR, 181)))["#both"]
    assert post.blocks.count("*SAY:*") == 2
    assert post.blocks.count("John Creuzot            72,000") == 1
    assert "Endorsed by Alpha Org." in post.blocks
    assert "Endorsed by Beta Org." in post.blocks
    assert "OURS" not in post.text + post.blocks
    assert json.loads(post.blocks)[-1]["type"] in {"context", "data_visualization"}


def test_the_table_marks_whom_the_channel_speaks_for() -> None:
    """Both where both are spoken for, else its own alone."""
    found = heard(night((CLEAR, 180)), frozenset({Kind.FIRST_VOTES}))
    marked = {channel: posts_[0].blocks.count("&gt; ") for channel, posts_ in found.items()}
    assert marked == {"#both": 2, "#alpha": 1, "#beta": 1}


def test_a_count_is_told_from_the_side_a_channel_speaks_for() -> None:
    """First votes, a changed lead, and a site that is silent."""
    first, turned = {"John Creuzot": 500, "Elizabeth Frizell": 400}, {
        "John Creuzot": 9_000, "Elizabeth Frizell": 12_000,
    }  # fmt: skip
    told = night((first, 10), (turned, 60), (turned, 62), units=(20, 57))
    watched = replace(told.watched, closes_at=minutes(0))
    down = source_failed(watched, told.state, "nc_durham", minutes(63), SITE_DOWN, minutes(75))
    told.take(down)
    found = heard(told, OF_ALL_OURS)
    heads = {channel: [post.text[:40] for post in posts_] for channel, posts_ in found.items()}
    assert len(heads["#alpha"]) == len(heads["#beta"]) == len(heads["#both"]) >= 3
    assert all("Creuzot" in one for one in heads["#alpha"])
    assert all(": Frizell" in one for one in heads["#beta"])
    assert [one.partition(":")[0] for one in heads["#alpha"]] == [
        one.partition(":")[0] for one in heads["#beta"]
    ]
    assert found["#alpha"][0].text.startswith("FIRST VOTES: Creuzot leads Frizell by 100")
    assert found["#beta"][0].text.startswith("FIRST VOTES: Frizell trails Creuzot by 100")


def test_a_lead_that_changed_between_two_others_is_told_as_it_is() -> None:
    """Two seats: Frizell is first before and after; it was Creuzot who fell behind the rival."""
    race = replace(TWO, seats=2)
    told = Told(Watched(race, card(race)))
    for votes, at in ((500, 10), (5_000, 60), (5_000, 62)):
        rival = 400 if votes == 500 else 6_000
        given = {"Elizabeth Frizell": 9_000, "John Creuzot": votes, "Bo Rival": rival}
        made = replace(contest(given, (votes // 250, 57)), votes_allowed=2)
        told.look(arrival(made, minutes(at)))
    heads = [post.text for post in heard(told, frozenset({Kind.LEAD_CHANGED}))["#beta"]]
    assert [one[:44] for one in heads] == ["LEAD CHANGE: Creuzot trails Rival by 1,000, "]


def test_a_note_on_one_outcome_is_for_its_own_channels() -> None:
    """The gap of Creuzot's outcome is nothing Frizell's people were told of."""
    told = night((CLEAR, 180), (CLEAR, 181))
    note = replace(told.last(Kind.RACE_WON), kind=Kind.NOTE_ADDED, reason="The gap is small again.")
    texts = [post.channel for post in posts(note, replace(scene_of(told), slack=SLACK))]
    assert texts == ["#both", "#alpha"]


def test_a_close_count_is_one_message_too() -> None:
    """TOO CLOSE comes for each of ours; the channel of both reads it once."""
    close = {"John Creuzot": 56_612, "Elizabeth Frizell": 56_000}
    found = heard(night((close, 180), (close, 181)), frozenset({Kind.TOO_CLOSE}))
    (post,) = found["#both"]
    assert post.text.count("TOO CLOSE: ") == 2
    assert [len(found[one]) for one in ("#alpha", "#beta")] == [1, 1]


def test_doubt_and_withdrawal_of_both_are_one_message_each() -> None:
    """As the outcome they speak of was."""
    told = night((CLEAR, 180), (CLEAR, 181), (TURNED, 200), (TURNED, 201), (TURNED, 212))
    found = heard(told)
    assert [post.kind for post in found["#both"]] == [
        "race-won", "hold-off", "outcome-retracted", "race-lost",
    ]  # fmt: skip
    assert found["#both"][3].text.startswith("Creuzot lost (endorsed by Alpha Org); Frizell won (")
    off = found["#both"][1].text
    assert "Stop saying Creuzot won" in off
    assert "Stop saying Frizell lost" in off


def test_an_outcome_that_comes_alone_is_told_alone_and_neutrally() -> None:
    """One is frozen for the other by its own policy: two moments, two messages."""
    told = night((CLEAR, 180), (CLEAR, 181))
    event = told.last(Kind.RACE_LOST)
    scene = replace(scene_of(told), slack=SLACK)
    texts = {post.channel: post.text for post in posts(event, scene, (event,))}
    assert texts["#both"].startswith("Frizell lost (endorsed by Beta Org): Dallas DA, DEM nom")


def test_an_outcome_a_person_declares_is_told_neutrally_too() -> None:
    """Certified by two acts, one after the other: two messages, each with its endorsers."""
    told = night((CLEAR, 180), units=(40, 57))
    for name, outcome in (("John Creuzot", Outcome.WON), ("Elizabeth Frizell", Outcome.LOST)):
        act = Act(
            f"call {name}", ActKind.CALL, "the-race", "Ann", "the clerk", minutes(185),
            candidate=name, outcome=outcome, link="https://example.org/", certified=True,
            override=True,
        )  # fmt: skip
        seen = seen_now(told.watched, told.state, act, minutes(185))
        answer = apply(told.watched, told.state, replace(act, seen=seen), minutes(185))
        assert answer.step is not None, answer.sentence
        told.take(answer.step)
    texts = [post.text for post in heard(told)["#both"]]
    assert [text.partition(":")[0] for text in texts] == [
        "Creuzot won (endorsed by Alpha Org)", "Frizell lost (endorsed by Beta Org)",
    ]  # fmt: skip
    assert all("DEM nomination, certified." in text for text in texts)


def test_a_moment_is_one_moment() -> None:
    """Only what came in the same step is told together."""
    told = night((CLEAR, 180), (CLEAR, 181))
    won, lost = told.last(Kind.RACE_WON), told.last(Kind.RACE_LOST)
    scene = replace(scene_of(told), slack=SLACK)
    first = [p for p in posts(won, scene, (won, lost)) if p.channel == "#both"]
    second = [p for p in posts(lost, scene, (won, lost)) if p.channel == "#both"]
    assert (len(first), len(second)) == (1, 0)


# -- what is said of an outcome later ----------------------------------------------------


def test_the_later_word_on_either_repeats_the_one_message(tmp_path: Path) -> None:
    """Frizell's outcome has no row of its own in the channel of both; its doubt finds it there."""
    config = Config((TWO.election,), (), (TWO,), SLACK, FetchConfig(), "", "digest")
    night_ = prepare(config, RULES, _no_source)
    told = night((CLEAR, 180), (CLEAR, 181))
    with opened(tmp_path / "night.db") as store:
        ledger, state = Ledger(store), replace(told.state, chain={"race": "root"})
        with ledger.transaction():
            ledger.tell(night_, told.steps[-1].events, TWO, state)
        lost = told.last(Kind.RACE_LOST)
        off = replace(lost, kind=Kind.HOLD_OFF, key="off", about=lost.key, at=minutes(200))
        shared = shared_channels(TWO, SLACK)
        assert shared == {"#both"}
        said = {one.channel: one.text for one in said_of(store, off, shared)}
        assert set(said) == {"#both", "#beta"}
        assert said["#both"].startswith("Creuzot won (endorsed by Alpha Org); Frizell lost (")
        rows = store.rows("SELECT channel FROM post_log WHERE kind LIKE 'race-%'", [])
        assert sorted(row["channel"] for row in rows) == ["#alpha", "#beta", "#both"]


def _no_source(source: object) -> Scraper:
    raise LookupError(source)


def test_whoever_had_one_of_two_outcomes_first_hears_of_its_doubt() -> None:
    """The doubts are one message in the channel of both, and each its own where it was alone."""
    told = night((CLEAR, 180), (CLEAR, 181), (TURNED, 200))
    step = told.steps[-1].events
    off = next(e for e in step if e.kind is Kind.HOLD_OFF and e.candidate == "Elizabeth Frizell")
    first = Said("U0FIRST0001", "LOST", minutes(181))
    scene = replace(scene_of(told), slack=SLACK, said=(first,))
    texts = {post.channel: post.text for post in posts(off, scene, step)}
    assert set(texts) == {"#beta", "U0FIRST0001"}
    assert texts["U0FIRST0001"].startswith("HOLD OFF: Frizell, Dallas DA. Stop saying Frizell lost")
