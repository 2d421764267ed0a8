"""The messages staff read: one golden file per kind, and what no message may ever do.

A golden file that is missing is written and its test fails, so that someone reads it.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from monitor.acts import apply
from monitor.decide import decide
from monitor.decision import Outcome
from monitor.details import table
from monitor.diff import miss, open_race
from monitor.errors import Blocked
from monitor.events import OUTCOMES, Event, Kind
from monitor.leaving import come_back, leave
from monitor.message import posts
from monitor.model import Selection, UnitKind, Units, VoteCount, VoteType
from monitor.people import Act, ActKind, Stood
from monitor.polls import PollState, failed, succeeded
from monitor.posts import DeskKind
from monitor.races import ElectionKind, Endorsement, General, SourceUse
from monitor.scene import Said, Scene, SourceFacts, TrendPoint
from monitor.sites import SITE_DOWN, answered
from monitor.sites import failed as failed_site
from monitor.standing import Verdict
from monitor.state import Told as ToldOf
from monitor.state import Waiting, Watched, accepted
from monitor.tally import Line, Tally, add_up
from monitor.teller import Teller
from monitor.words import safe
from tests.block_checkers import check_message
from tests.core_examples import (
    BEXAR,
    CERTIFIED,
    COMPLETE,
    CONTRA_COSTA,
    DALLAS,
    DALLAS_CERTIFIED,
    DALLAS_NIGHT,
    DURHAM,
    DURHAM_CERTIFIED,
    DURHAM_EARLY,
    DURHAM_NIGHT,
    PITT,
    PITT_NIGHT,
    SLACK,
    TWO_LOOKS,
    Told,
    arrival,
    card,
    contest,
    line_of,
    minutes,
    race,
    snapshot,
)
from tests.desk_kinds import desk_posts
from tests.people_nights import KINDS, WORDINGS
from tests.strict_mrkdwn import check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.posts import Post
    from monitor.races import Race
    from tests.people_nights import Night

GOLDEN = Path(__file__).parent / "messages"
WORDING = Path(__file__).parent / "wordings"
NCSBE = SourceFacts(
    "nc_durham", "Durham County, NC State Board of Elections", "https://er.ncsbe.gov/", 60
)
SHEET = SourceFacts("nc_durham", "Dallas County, numbers kept by hand", "sheet.csv")


def scene_of(told: Told, facts: SourceFacts = NCSBE, zone: str = "America/New_York") -> Scene:
    """Return the scene of a race as it is now."""
    return Scene(
        slack=SLACK,
        sources={facts.id: facts},
        race=told.watched.race,
        rule=told.watched.rule,
        closes_at=minutes(0),
        zone=zone,
        snapshots=accepted(told.state),
        root="root",
        trend=trend_of(told),
    )


def trend_of(told: Told) -> tuple[TrendPoint, ...]:
    """Return how the votes of a race came in, as far as it was told."""
    found: list[TrendPoint] = []
    for event in told.events:
        if event.after is not None and event.after.total:
            votes = tuple((line.name, line.votes) for line in event.after.lines)
            if not found or found[-1].votes != votes:
                found.append(TrendPoint(event.at, votes, event.after.total))
    return tuple(found)


def begun(one: Race = DURHAM) -> Told:
    """Return a race at zero before its close, under its own rule card."""
    told = Told(Watched(one, card(one)))
    told.look(arrival(contest({}, (0, 57)), minutes(-5)))
    return told


def counted(one: Race, *shown: tuple[Mapping[str, int], float, tuple[int, int]]) -> Told:
    """Return a race that was looked at; each entry is votes, minutes and units."""
    told = begun(one)
    for votes, at, units in shown:
        told.see(votes, at, units)
    return told


EARLY = (DURHAM_EARLY, 5, (0, 57))
TURNED = {"Satana Deberry": 15_300, "Roger Echols": 15_900, "Daniel Meier": 3_400}
# Durham at nine precincts, 20:24 of the recorded night; Meier's figure is ours.
NINE = {"Satana Deberry": 6_288, "Roger Echols": 5_685, "Daniel Meier": 1_500}


def _won() -> Told:
    return counted(DURHAM, EARLY, (DURHAM_NIGHT, 188, (57, 57)), (DURHAM_NIGHT, 189, (57, 57)))


def _won_by_and_by() -> Told:
    """Durham as its evening went: early votes, nine precincts, all of them."""
    night = ((NINE, 50, (9, 57)), (NINE, 51, (9, 57)), (DURHAM_NIGHT, 188, (57, 57)))
    return counted(DURHAM, EARLY, *night, (DURHAM_NIGHT, 189, (57, 57)))


def _turned() -> Told:
    told = _won()
    told.see(TURNED, 300)
    return told


def _retracted() -> Told:
    told = _turned()
    told.see(TURNED, 301)
    told.see(TURNED, 311)
    return told


def _stands() -> Told:
    told = _turned()
    back = {**TURNED, "Satana Deberry": 17_500}
    told.see(back, 305)
    told.see(back, 311)
    return told


def _certified() -> Told:
    told = _won()
    for at in (20_000, 20_001):
        told.see(DURHAM_CERTIFIED, at, status=CERTIFIED)
    return told


def _questioned() -> Told:
    told = _certified()
    told.see({**DURHAM_CERTIFIED, "Roger Echols": 16_000}, 21_000, status=CERTIFIED)
    return told


def _late_start() -> Told:
    told = Told(Watched(DURHAM, card(DURHAM)))
    told.see(DURHAM_NIGHT, 400)
    return told


def _dallas() -> Told:
    told = Told(Watched(DALLAS, card(DALLAS), frozenset({"nc_durham"})))
    note = "Margin reported on March 7: 516. Counts not known."
    row = replace(contest({}, None), counts_known=False, note=note)
    told.look(arrival(row, minutes(60)))
    return told


def _too_close() -> Told:
    told = _dallas()
    for at in (120, 121):
        told.see(DALLAS_NIGHT, at, None, COMPLETE)
    return told


def _lost() -> Told:
    told = _too_close()
    made = replace(
        contest(DALLAS_CERTIFIED, None), link="https://example.org/canvass", who="Ann Example"
    )
    for at in (300, 301):
        told.look(arrival(made, minutes(at), CERTIFIED))
    return told


def _twice(one: Race, votes: Mapping[str, int], write_in: int | None = None) -> Told:
    told = begun(one)
    for at in (180, 181):
        told.look(arrival(contest(votes, write_in=write_in), minutes(at), CERTIFIED))
    return told


def _runoff() -> Told:
    """Figures of ours: a Texas primary of three in which nobody has a majority."""
    return _twice(BEXAR, {"Joe Gonzales": 39_280, "Nico LaHood": 34_042, "Third Name": 20_000})


def _runoff_out() -> Told:
    """Figures of ours: ours is third of three, and nobody has a majority."""
    return _twice(BEXAR, {"Joe Gonzales": 20_000, "Nico LaHood": 34_042, "Third Name": 30_000})


def _runoff_possible() -> Told:
    """Figures of ours: a North Carolina primary in which nobody has 30 percent."""
    votes = {"Satana Deberry": 2_900, "Roger Echols": 2_800, "Daniel Meier": 2_300, "Fourth": 2_100}
    return _twice(DURHAM, votes)


def _advanced() -> Told:
    """Contra Costa's figures of June 8, 2018, with 17 votes less for Becton: 49.99 percent."""
    votes = {"Diana Becton": 73_825, "Graves": 62_444, "Strauss": 11_218}
    return _twice(CONTRA_COSTA, votes, write_in=164)


def _tied() -> Told:
    """Figures of ours."""
    return _twice(PITT, {"Faris Dixon": 31_045, "Rival": 31_045})


def _held() -> Told:
    told = counted(DURHAM, EARLY)
    told.see({name: 2 * votes for name, votes in DURHAM_EARLY.items()}, 71, (0, 57))
    return told


def _cleared() -> Told:
    told = _held()
    told.see(NINE, 75, (9, 57))
    return told


def _revised() -> Told:
    told = counted(DURHAM, EARLY, (NINE, 50, (9, 57)), (NINE, 51, (9, 57)))
    fewer = {**NINE, "Satana Deberry": 6_182}
    for at in (60, 66):
        told.see(fewer, at, (9, 57), version=2)
    return told


def _unmatched() -> Told:
    told = begun()
    sentence = (
        "no contest fits pattern 'DISTRICT ATTORNEY'; it has «SHERIFF (id 4)», «CLERK <!here>»"
    )
    told.take(miss(told.watched, told.state, "nc_durham", sentence, minutes(21), alarm=True))
    return told


def _matched() -> Told:
    told = _unmatched()
    told.see(DURHAM_EARLY, 30, (0, 57))
    return told


def _opened() -> Told:
    followed = replace(DURHAM, followers=("U012ABCDEF", "S0123456789"))
    told = Told(Watched(followed, card(DURHAM)))
    told.take(open_race(told.watched, told.state, minutes(-900)))
    return told


def _heads_up() -> Told:
    """Named people get a win a quarter of an hour before everybody else."""
    told = Told(Watched(DURHAM, card(DURHAM), closes_at=minutes(0), release=(("won", 15),)))
    told.look(arrival(contest({}, (0, 57)), minutes(-5)))
    for votes, at, units in (EARLY, (DURHAM_NIGHT, 188, (57, 57)), (DURHAM_NIGHT, 189, (57, 57))):
        told.see(votes, at, units)
    return told


def _site_down() -> Told:
    """Durham's site is silent from 8:24 PM; the state has the same numbers."""
    told = Told(Watched(DURHAM, card(DURHAM), closes_at=minutes(0)))
    for votes, at, units in ((dict.fromkeys(DURHAM_EARLY, 0), -5, (0, 57)), (NINE, 54, (9, 57))):
        told.see(votes, at, units)
    teller = Teller(told.watched, told.state, minutes(65))
    failed_site(teller, "nc_durham", minutes(54), SITE_DOWN)
    told.state = teller.state
    told.events += teller.events
    return told


def _site_back() -> Told:
    told = _site_down()
    teller = Teller(told.watched, told.state, minutes(71))
    answered(teller, "nc_durham", Verdict.ACCEPTED)
    told.events += teller.events
    return told


def _followed() -> Told:
    told = counted(DURHAM, EARLY)
    act = Act("1", ActKind.FOLLOW, "the-race", "Ann Example", "hers", minutes(9), user="U012ABCDEF")
    answer = apply(told.watched, told.state, act, minutes(9))
    if answer.step is None:
        raise LookupError(answer.sentence)
    told.take(answer.step)
    return told


def _removed() -> Told:
    """Ops take it out while an outcome waits for its callers."""
    told = counted(DURHAM, EARLY)
    state = replace(told.state, told={"Satana Deberry": ToldOf(
        waiting=Waiting(Outcome.WON, minutes(9), minutes(12)),
    )}, opened=True)  # fmt: skip
    told.take(leave(told.watched, state, minutes(10)))
    return told


def _restored() -> Told:
    told = _removed()
    told.take(come_back(told.watched, told.state, minutes(11)))
    return told


NIGHTS: dict[Kind, Callable[[], Told]] = {
    Kind.RACE_OPENED: _opened,
    Kind.NOW_WATCHING: _late_start,
    Kind.FIRST_VOTES: lambda: counted(DURHAM, EARLY),
    Kind.COUNT_UPDATED: lambda: counted(DURHAM, EARLY, (DURHAM_NIGHT, 180, (56, 57)),
                                        (DURHAM_NIGHT, 181, (56, 57)),
                                        (DURHAM_NIGHT, 182, (57, 57))),
    Kind.LEAD_CHANGED: lambda: counted(DURHAM, EARLY, (NINE, 54, (9, 57)), (NINE, 55, (9, 57))),
    Kind.COUNT_REVISED: _revised,
    Kind.NOTE_ADDED: _dallas,
    Kind.HOLD_CLEARED: _cleared,
    Kind.REPORT_HELD: _held,
    Kind.RACE_WON: _won_by_and_by,
    Kind.RACE_LOST: _lost,
    Kind.ADVANCED: _advanced,
    Kind.RUNOFF_SET: _runoff,
    Kind.RUNOFF_POSSIBLE: _runoff_possible,
    Kind.RACE_TIED: _tied,
    Kind.TOO_CLOSE: _too_close,
    Kind.OUTCOME_CERTIFIED: _certified,
    Kind.OUTCOME_QUESTIONED: _questioned,
    Kind.HOLD_OFF: _turned,
    Kind.OUTCOME_RETRACTED: _retracted,
    Kind.OUTCOME_STANDS: _stands,
    Kind.CONTEST_UNMATCHED: _unmatched,
    Kind.CONTEST_MATCHED: _matched,
    Kind.HEADS_UP: _heads_up,
    Kind.SITE_DOWN: _site_down,
    Kind.SITE_BACK: _site_back,
    Kind.PERSON_FOLLOWS: _followed,
    Kind.RACE_REMOVED: _removed,
    Kind.RACE_RESTORED: _restored,
}  # fmt: skip

_BY_HAND = frozenset({Kind.NOTE_ADDED, Kind.TOO_CLOSE, Kind.RACE_LOST})
_CENTRAL = _BY_HAND | {Kind.RUNOFF_SET}


def written(kind: Kind) -> tuple[Post, ...]:
    """Return what the last event of a kind says, in every channel that hears it."""
    event, scene = night_of(kind)
    return posts(event, scene)


def night_of(kind: Kind) -> tuple[Event, Scene]:
    """Return the last event of a kind and its scene."""
    if kind in KINDS:
        night = KINDS[kind]()
        return night.event, night.scene
    if kind not in NIGHTS:
        return _of_source(kind)
    told = NIGHTS[kind]()
    facts = SHEET if kind in _BY_HAND else NCSBE
    zone = "America/Chicago" if kind in _CENTRAL else "America/New_York"
    return told.last(kind), scene_of(told, facts, zone)


def _of_source(kind: Kind) -> tuple[Event, Scene]:
    scene = Scene(slack=SLACK, sources={})
    events: list[Event] = []
    poll = PollState()
    poll, _ = succeeded(poll, "tx_dallas", minutes(0), changed=True, counting_since=minutes(0))
    poll, more = succeeded(poll, "tx_dallas", minutes(60), changed=False, counting_since=minutes(0))
    events += more
    wall = Blocked("a wall stands before https://results.example.org: 403 <!channel>")
    for at in (61, 62):
        poll, more = failed(poll, "tx_dallas", wall, minutes(at))
        events += more
    poll, more = succeeded(poll, "tx_dallas", minutes(63), changed=True, counting_since=None)
    events += more
    return next(event for event in events if event.kind is kind), scene


def shown(post: Post) -> str:
    """Write a post as a golden file keeps it."""
    place = f"{post.channel}, in the thread" if post.thread else f"{post.channel}, top level"
    blocks = "\n\n".join(f"[{b['type']}]\n{text_of(b)}" for b in json.loads(post.blocks))
    return f"{place}, {post.row_class}\n\n[text]\n{post.text}\n\n{blocks}\n"


def text_of(block: dict[str, Any]) -> str:
    """Return what a block says: its text, its buttons with what they do, or its chart."""
    match block["type"]:
        case "section":
            return str(block["text"]["text"])
        case "actions":
            assert block["block_id"].startswith("acts:")
            return "\n".join(map(_button, block["elements"]))
        case "data_visualization":
            lines = [f"{one['name']}: {_values(one)}" for one in block["chart"]["series"]]
            times = ", ".join(block["chart"]["axis_config"]["categories"])
            return "\n".join((block["title"], times, *lines))
        case _:
            return "\n".join(str(element["text"]) for element in block["elements"])


def _button(element: dict[str, Any]) -> str:
    style = f" {element['style']}" if "style" in element else ""
    return f"({element['action_id']}{style}) {element['text']['text']} {element['value']}"


def _values(series: dict[str, Any]) -> str:
    return ", ".join(f"{point['value']}%" for point in series["data"])


@pytest.mark.parametrize("kind", Kind)
def test_golden(kind: Kind) -> None:
    check_golden(GOLDEN / f"{kind.value}.txt", written(kind))


@pytest.mark.parametrize("night", WORDINGS)
def test_golden_wording(night: Callable[[], Night]) -> None:
    made = night()
    check_golden(WORDING / f"{night.__name__}.txt", posts(made.event, made.scene))


def check_golden(golden: Path, made: tuple[Post, ...]) -> None:
    """Compare posts with their golden file, which is written where it is missing."""
    text = "\n----\n\n".join(map(shown, made))
    if not golden.exists():
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(text, encoding="utf-8")
        pytest.fail(f"{golden.name} was missing and is written now: read it")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", DeskKind)
def test_golden_of_the_desk(kind: DeskKind) -> None:
    check_golden(GOLDEN / f"{kind.value}.txt", desk_posts(kind))


def test_every_kind_has_its_golden_file_and_nothing_else_lies_there() -> None:
    every = {kind.value for kind in (*Kind, *DeskKind)}
    assert {path.stem for path in GOLDEN.iterdir()} == every
    assert {path.stem for path in WORDING.iterdir()} == {night.__name__ for night in WORDINGS}


# -- what every message keeps ------------------------------------------------------------


@pytest.mark.parametrize("kind", NIGHTS)
def test_state_word_and_our_surname_come_first(kind: Kind) -> None:
    for post in written(kind):
        if post.channel != "#ops":
            ours = NIGHTS[kind]().watched.race.endorsements[0].candidate.split()[-1]
            assert re.match(r"[A-Z][A-Z?, -]+( \([a-z]+\))?:", post.text), post.text
            assert ours in post.text[:50], post.text


@pytest.mark.parametrize("kind", Kind)
def test_no_table_line_is_over_forty_columns(kind: Kind) -> None:
    for post in written(kind):
        check_slack(post)


def check_slack(post: Post) -> None:
    """Check Slack's limits by both checkers, and the table's width."""
    blocks = json.loads(post.blocks)
    assert 0 < len(blocks) <= 50
    assert len(post.text) <= 3_000
    check_message(post.text, blocks)
    for block in blocks:
        text = text_of(block)
        assert text
        if block["type"] in ("section", "context"):
            assert len(text) <= (3_000 if block["type"] == "section" else 2_000)
        if text.startswith("```"):
            assert text.endswith("```")
            for line in text.strip("`").splitlines():
                plain = line.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
                assert len(plain) <= 40, line


@pytest.mark.parametrize("kind", Kind)
def test_no_message_needs_an_emoji_or_holds_a_british_word(kind: Kind) -> None:
    for post in written(kind):
        whole = post.text + post.blocks
        assert not re.search(r":[a-z_]+:|[\U0001F300-\U0001FAFF\u2600-\u27BF]", whole)
        assert not re.search(r"organis|favour|cancelled at|centre", whole)


def test_the_times_of_a_message_carry_their_zone() -> None:
    (post,) = written(Kind.RACE_LOST)
    assert "11:31 PM CT (12:31 AM ET)" in post.blocks or "PM CT (" in post.blocks


# -- the words ---------------------------------------------------------------------------


def test_the_durham_outcome_is_the_desks() -> None:
    (post,) = written(Kind.RACE_WON)
    assert post.thread is None
    assert post.text == (
        "WON (unofficial): Deberry, Durham DA, DEM nomination. 48.8%, +2,559. 57/57 precincts."
    )
    assert (
        "*SAY:* “With all 57 precincts reporting, unofficial returns put Satana Deberry at 48.8%, "
        "above the 30% North Carolina requires for nomination.”"
    ) in post.blocks
    assert "*DON'T SAY:* certified, elected, called." in post.blocks
    assert "General: Nov 6; opponent: none." in post.blocks
    assert "no news organization's call implied" in post.blocks


def test_the_dallas_outcomes_are_the_desks() -> None:
    (close,) = written(Kind.TOO_CLOSE)
    assert close.text == (
        "TOO CLOSE: Frizell, Dallas DA, DEM. Behind by 612 (0.5 points). Not final."
    )
    assert "Up to 3,378 more votes" in close.blocks
    (lost,) = written(Kind.RACE_LOST)
    assert lost.text == (
        "LOST (certified): Frizell, Dallas DA, DEM nomination. Behind Creuzot by 589."
    )
    assert "CERTIFIED" in lost.blocks
    assert "UNOFFICIAL" not in lost.blocks


def test_a_general_election_names_the_office() -> None:
    told = begun(PITT)
    for at in (180, 181):
        told.look(arrival(contest(PITT_NIGHT, (40, 40)), minutes(at)))
    (post,) = posts(told.last(Kind.RACE_WON), scene_of(told))
    assert post.text == (
        "WON (unofficial): Dixon, Pitt DA, the office. 52.1%, +2,417. 40/40 precincts."
    )
    assert "nomination" not in post.blocks


def test_a_third_place_before_a_runoff_says_so() -> None:
    told = _runoff_out()
    (post,) = posts(told.last(Kind.RACE_LOST), scene_of(told))
    assert post.text.startswith("RUNOFF, OURS OUT (certified): Gonzales, Bexar DA")


def test_a_certified_loss_that_was_told_before_says_behind_whom() -> None:
    night = {"Elizabeth Frizell": 40_000, "John Creuzot": 72_000}
    told = begun(DALLAS)
    for at, status in ((180, COMPLETE), (181, COMPLETE), (900, CERTIFIED), (901, CERTIFIED)):
        told.see(night, at, status=status)
    (post,) = posts(told.last(Kind.OUTCOME_CERTIFIED), scene_of(told))
    assert post.text == (
        "LOST (certified): Frizell, Dallas DA, DEM nomination. Behind Creuzot by 32,000."
    )


def test_no_say_sentence_is_left_hanging() -> None:
    for kind in Kind:
        for post in written(kind):
            found = re.search(r"SAY:\* “([^”]*)”", post.blocks)
            if found:
                assert found[1].endswith(".")
                assert not re.search(r"of \.|behind \.|  |, \.|None|nobody is ,", found[1])


def test_a_count_message_never_leaks_an_outcome() -> None:
    told = _won()
    for event in told.events:
        if event.kind not in OUTCOMES:
            for post in posts(event, scene_of(told)):
                assert not re.search(r"\b(WON|LOST|SAY:|General:)", post.text + post.blocks)


def test_a_revision_beside_a_hold_off_does_not_say_that_outcomes_stand() -> None:
    told = _won()
    fallen = {"Satana Deberry": 12_000, "Roger Echols": 12_648, "Daniel Meier": 3_325}
    for at in (300, 306):
        told.see(fallen, at, version=2)
    (revised,) = posts(told.last(Kind.COUNT_REVISED), scene_of(told))
    assert "Outcomes stand" not in revised.text
    assert "in doubt" in revised.blocks
    assert told.kinds[-1] is Kind.HOLD_OFF


def test_a_revision_that_changes_no_outcome_says_that_they_stand() -> None:
    told = _won()
    fallen = {**DURHAM_NIGHT, "Satana Deberry": 15_107}
    for at in (300, 306):
        told.see(fallen, at, version=2)
    (revised,) = posts(told.last(Kind.COUNT_REVISED), scene_of(told))
    assert revised.text == (
        "COUNTY REVISED: Deberry, Durham DA, now +2,459 (was +2,559). Outcomes stand."
    )
    assert revised.thread is not None


def test_soft_figures_are_called_what_they_are() -> None:
    told = counted(DURHAM, EARLY, (NINE, 54, (9, 57)), (NINE, 55, (9, 57)))
    told.see(DURHAM_NIGHT, 60, (9, 57))
    (post,) = posts(told.last(Kind.COUNT_UPDATED), scene_of(told))
    assert post.text.startswith("NEW, BEING CHECKED: Deberry leads Echols by 2,559")
    assert "15,207" in post.blocks


def test_only_hard_holds_are_told_in_the_thread() -> None:
    assert [post.channel for post in written(Kind.REPORT_HELD)] == ["#ops", "#primary-night"]
    told = counted(DURHAM, EARLY)
    told.see({**DURHAM_EARLY, "Roger Echols": 4_000}, 20, (0, 57), version=2)
    assert [p.channel for p in posts(told.last(Kind.REPORT_HELD), scene_of(told))] == ["#ops"]


def test_ours_is_per_channel() -> None:
    both = replace(race("Satana Deberry", "Roger Echols"), name="Durham DA")
    told = Told(Watched(both, card(both)))
    for at in (180, 181):
        told.see(DURHAM_NIGHT, at)
    heard = {
        post.channel: post.text.split(",")[0]
        for event in told.events
        if event.kind in OUTCOMES
        for post in posts(event, scene_of(told))
    }
    assert heard == {
        "#primary-night": "WON (unofficial): Deberry",
        "#other": "LOST (unofficial): Echols",
    }


def test_every_post_of_one_event_has_its_own_key() -> None:
    made = [post.key for kind in Kind for post in written(kind)]
    assert len(set(made)) == len(made)


# -- hostile and large -------------------------------------------------------------------


def check_texts(post: Post, pages: tuple[str, ...], mentioned: tuple[str, ...] = ()) -> None:
    """Read every text of a post strictly: nothing acts in Slack but what was meant."""
    check(post.text, pages=(), mentioned=mentioned)
    assert "\n" not in post.text
    for block in json.loads(post.blocks):
        for text in strings(block):
            check(text, pages=pages, mentioned=mentioned)


def strings(block: dict[str, Any]) -> list[str]:
    """Return every text of a block that Slack shows."""
    match block["type"]:
        case "section":
            return [block["text"]["text"]]
        case "actions":
            return [element["text"]["text"] for element in block["elements"]]
        case "data_visualization":
            chart = block["chart"]
            names = [one["name"] for one in chart["series"]]
            return [block["title"], *names, *chart["axis_config"]["categories"]]
        case _:
            return [element["text"] for element in block["elements"]]


EVIL = st.one_of(
    st.sampled_from([
        "<!channel>", "<!here>", "<@U1>", "<https://evil.example|WON>", "https://evil.example",
        "*bold*", "_i_", "```", "`", "~x~", "a\nWON (unofficial): Evil, Durham DA",
        "<!subteam^S0123456789>", "<#C0123456789>", "<", "&", "&amp;lt;", "|",
        "<primary-night:x|y>",
        "@channel", "\u2028*WON*", "https://evil.example|x>", "mailto:a@b.example",
        "\u202eLIVE\u202c", "&lt;!channel&gt;", ":tada: :skull:", "\x1b[2J", "x" * 500,
    ]),
    st.text(max_size=40),
)  # fmt: skip


def hostile_posts(name: str, rival: str, other: str) -> list[Post]:
    """Return every message of a night whose names, notes and errors all come from outside."""
    durham = replace(
        race(name), name=rival, general=General(date(2018, 11, 6), other), office=other
    )
    told = Told(Watched(durham, card(DURHAM)))
    lines = ["zero", "night", "night", "turned", "turned", "turned"]
    votes = {"zero": (0, 0), "night": (900, 100), "turned": (900, 2_000)}
    made = contest({"ours": 0, "rival": 0})
    told.take(open_race(told.watched, told.state, minutes(-60)))
    for at, line in enumerate(lines):
        count = votes[line]
        selections = (
            replace(made.selections[0], name=name, votes=count[0]),
            replace(made.selections[1], name=rival, votes=count[1]),
        )
        told.look(arrival(replace(made, selections=selections, who=other), minutes(11 * at + 1)))
    note = replace(made, counts_known=False, note=other, selections=())
    told.look(arrival(note, minutes(90)))
    told.take(miss(told.watched, told.state, "nc_durham", other, minutes(91), alarm=True))
    facts = SourceFacts("nc_durham", rival, "https://er.ncsbe.gov/")
    scene = scene_of(told, facts)
    return [post for event in told.events for post in posts(event, scene)]


@settings(max_examples=60)
@given(EVIL, EVIL, EVIL)
def test_hostile_names_never_mention_link_format_or_forge(
    name: str, rival: str, other: str
) -> None:
    for post in hostile_posts(f"Ours {name}", f"Rival {rival}", other):
        check_slack(post)
        check_texts(post, ("https://er.ncsbe.gov/",))
        assert "https://evil" not in post.blocks
        head = post.text.split(":")[0]
        assert not head.startswith(("WON", "LOST")) or post.kind in ("race-won", "race-lost")


LONG = "&<`*_" * 30
"""A name of 150 characters that all are escaped or left out."""


def swollen(event: Event, scene: Scene, endorsed: int) -> tuple[Event, Scene]:
    """Return an event in a race of 61, everything in it as long and hostile as it comes."""
    named = [f"{number:02d}{LONG[:138]} Person{number}" for number in range(61)]
    lines = tuple(Line(name, "DEM", 9_999_999 - n, (), is_write_in=False, is_withdrawn=False)
                  for n, name in enumerate(named))  # fmt: skip
    tally = Tally(
        lines, sum(line.votes for line in lines), Units(1, 2, UnitKind.PRECINCTS), None,
        tuple(f"s{n}" for n in range(90)), tuple(f"{LONG}{n}" for n in range(90)),
    )  # fmt: skip
    made = replace(contest({}), selections=tuple(
        Selection(name, name, 9_999_999) for name in named
    ), who=LONG, link=f"https://example.org/{'x' * 3_000}")  # fmt: skip
    decision = event.decision and replace(event.decision, candidate=named[-1], rival=named[0])
    held = event.hold and replace(event.hold, snapshot=snapshot(made), reason=LONG * 9)
    event = replace(
        event, candidate=named[-1], after=event.after and tally, before=event.before and tally,
        decision=decision, hold=held, who=LONG,
        reason=event.reason if _is_word(event.reason) else f"{event.reason}{LONG * 20}",
    )  # fmt: skip
    sources = {f"s{n}": SourceFacts(f"s{n}", LONG, f"https://a.example/{n}/{'y' * 200}")
               for n in range(90)}  # fmt: skip
    one = scene.race and replace(
        scene.race, name=LONG, office=LONG, callers=tuple(f"{LONG}{n}" for n in range(40)),
        endorsements=tuple(Endorsement(name, ("Example Coalition", LONG)) for name in
                           named[-endorsed:]),
        followers=tuple(f"U{n:010d}" for n in range(200)),
        sources=tuple(SourceUse(source, (LONG,)) for source in sources),
    )  # fmt: skip
    points = tuple(
        TrendPoint(minutes(n), tuple((line.name, line.votes) for line in lines), tally.total)
        for n in range(50)
    )
    said = tuple(Said("#primary-night", safe(LONG) * 12, minutes(1)) for _ in range(5))
    return event, replace(
        scene, race=one, sources={**scene.sources, **sources}, said=said, trend=points,
        snapshots=dict.fromkeys(sources, snapshot(made)),
    )  # fmt: skip


def _is_word(reason: str) -> bool:
    """Some reasons are a word of the core's own: an outcome, a member id, a state of the lead."""
    return (
        not reason
        or re.fullmatch(r"[a-z-]+|U[A-Z0-9]+|back and forth|site down", reason) is not None
    )


@pytest.mark.parametrize("endorsed", [1, 61])
@pytest.mark.parametrize("kind", Kind)
def test_every_kind_fits_slack_with_sixty_one_long_hostile_names(kind: Kind, endorsed: int) -> None:
    event, scene = swollen(*night_of(kind), endorsed)
    made = posts(event, scene)
    assert made
    mentioned = ("<@U012ABCDEF>", "<!subteam^S0123456789>")
    for post in made:
        check_slack(post)
        followers = tuple(f"<@U{n:010d}>" for n in range(200))
        pages = ("https://a.example/", "https://er.ncsbe.gov/")
        check_texts(post, pages, mentioned + followers)


def poisoned(event: Event, scene: Scene, text: str) -> tuple[Event, Scene]:
    """Return an event into which everything that comes from outside brings a text."""
    names = (f"Ours {text}", f"Rival {text}", f"Third {text}", text)
    lines = tuple(Line(name, text, 9_000 - n, (), is_write_in=False, is_withdrawn=False)
                  for n, name in enumerate(names))  # fmt: skip
    source = scene.race.sources[0].source if scene.race and scene.race.sources else "nc_durham"
    tally = Tally(
        lines, 35_994, Units(1, 2, UnitKind.PRECINCTS), None, (source, text), (text, "Second")
    )
    made = replace(
        contest({}), selections=tuple(Selection(name, name, 9) for name in names), who=text,
        link=text, note=text,
    )  # fmt: skip
    page = SourceFacts(source, text, f"https://er.ncsbe.gov/{text}")
    given = snapshot(made, minutes(1))
    decision = event.decision and replace(event.decision, candidate=names[0], rival=names[1])
    event = replace(
        event, candidate=names[0], after=event.after and tally, before=event.before and tally,
        decision=decision, hold=event.hold and replace(event.hold, reason=text, snapshot=given),
        who=text, reason=event.reason if _is_word(event.reason) else f"{event.reason}{text}",
    )  # fmt: skip
    race = scene.race and replace(
        scene.race, name=text, office=text, party="DEM", callers=(text, "U012ABCDEF"),
        endorsements=(Endorsement(names[0], ("Example Coalition", text)),),
        sources=(SourceUse(source, (text,)), SourceUse("other", (text, "Second"))),
        general=General(date(2018, 11, 6), text),
    )  # fmt: skip
    points = tuple(TrendPoint(minutes(n), ((names[0], n), (text, 5)), 5 + n) for n in range(9))
    calls = (replace(one, who=text, why=text, link=text) for one in scene.called.values())
    called = dict(zip(names, calls, strict=False))
    return event, replace(
        scene, race=race, sources={source: page, text: replace(page, id=text)}, trend=points,
        snapshots={source: replace(given, source_time_text=text), text: given}, called=called,
        superseded=dict.fromkeys(("other",), Stood(text, text, minutes(1), "1")),
    )  # fmt: skip


EVERY = tuple(night_of(kind) for kind in Kind) + tuple(
    (night.event, night.scene) for night in (made() for made in WORDINGS)
)


@settings(max_examples=15)
@given(EVIL)
@example("U00000000")
@example("S00000000")
def test_nothing_from_outside_acts_in_any_kind(text: str) -> None:
    mentioned: tuple[str, ...] = ("<@U012ABCDEF>", "<!subteam^S0123456789>")
    if re.fullmatch(r"[UW][A-Z0-9]{8,20}", text):  # then it is a caller's id
        mentioned += (f"<@{text}>",)
    for event, scene in EVERY:
        for post in posts(*poisoned(event, scene, text)):
            check_slack(post)
            check_texts(post, ("https://er.ncsbe.gov/",), mentioned)


def test_sixty_one_candidates_with_long_names_fit_slack() -> None:
    names = [f"{'&<' * 70}{number:03d} Candidate" for number in range(61)]
    votes = {name: 10_000_000 - 1_000 * index for index, name in enumerate(names)}
    big = race(names[-1])
    told = Told(Watched(big, card(big)))
    told.see(votes, 180)
    told.see(votes, 181)
    assert told.events
    for event in told.events:
        for post in posts(event, scene_of(told)):
            check_slack(post)


def test_our_line_is_marked_however_it_is_spelled_and_never_cut_off() -> None:
    votes = {f"Name {n}": 100 - n for n in range(20)}
    tally = add_up(DURHAM, {"nc_durham": snapshot(contest({**votes, "DEBERRY, SATANA": 1}))})
    lines = table(tally, DURHAM).splitlines()
    assert lines[-2].startswith("&gt; ")
    assert lines[-1] == "  and 8 more"


def test_a_race_over_many_counties_fits_the_context_line() -> None:
    counties = tuple((f"source_{n}", f"County {n}") for n in range(80))
    wide = race(sources=counties)
    told = Told(Watched(wide, card(wide)))
    for source, _ in counties:
        for at in (180, 181):
            told.look(arrival(contest(DURHAM_NIGHT), minutes(at)), source)
    facts = {
        source: SourceFacts(
            source, f"{county} County, State Board", "https://a.example/" + "x" * 150
        )
        for source, county in counties
    }
    for event in told.events:
        for post in posts(event, replace(scene_of(told), sources=facts)):
            check_slack(post)


def test_votes_by_type_are_told_largest_first() -> None:
    made = contest(DURHAM_NIGHT, kind=UnitKind.PRECINCTS)
    first = replace(
        made.selections[0],
        by_type=(VoteCount(VoteType.EARLY, 4_500), VoteCount(VoteType.ELECTION_DAY, 10_707)),
    )
    whole = replace(made, selections=(first, *made.selections[1:]))
    tally = add_up(DURHAM, {"nc_durham": snapshot(whole)})
    found = decide(DURHAM, "Satana Deberry", line_of(tally, "Satana Deberry"), card(DURHAM), tally,
                   TWO_LOOKS)  # fmt: skip
    event = Event("k", Kind.COUNT_UPDATED, minutes(9), after=tally, decision=found)
    told = begun()
    (post,) = posts(event, scene_of(told))
    assert "Votes so far: election day 10,707, early 4,500." in post.blocks
    assert found.outcome is Outcome.WON
    assert "General:" not in post.blocks


def test_a_runoff_election_is_for_the_nomination() -> None:
    again = replace(BEXAR, election=replace(BEXAR.election, kind=ElectionKind.RUNOFF))
    told = Told(Watched(again, card(again)))
    for at in (180, 181):
        told.see({"Joe Gonzales": 900, "Nico LaHood": 100}, at)
    (post,) = posts(told.last(Kind.RACE_WON), scene_of(told))
    assert post.text.startswith("WON (unofficial): Gonzales, Bexar DA, DEM nomination.")
