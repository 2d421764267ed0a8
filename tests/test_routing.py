"""Who hears what: by organization, state, group and race; callers, ops, mentions, heads-up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from monitor.config_checks import cross_problems
from monitor.errors import Blocked
from monitor.events import OUTCOMES, Event, Kind
from monitor.message import posts
from monitor.polls import PollState, failed
from monitor.races import Channel, SlackConfig
from monitor.routing import channels_of, speaks_for
from monitor.scene import Scene
from monitor.state import Watched
from tests.core_examples import DURHAM, DURHAM_NIGHT, Told, arrival, card, contest, minutes, race
from tests.test_message import NINE, scene_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.posts import Post

OURS = ("Example Coalition",)
GROUPED = replace(DURHAM, group="carolinas")


@pytest.mark.parametrize(
    ("channel", "hears"),
    [
        (Channel("#a", OURS), True),
        (Channel("#a", ("Somebody Else",)), False),
        (Channel("#a", OURS, states=("NC", "TX")), True),
        (Channel("#a", OURS, states=("TX",)), False),
        (Channel("#a", OURS, groups=("carolinas",)), True),
        (Channel("#a", OURS, groups=("texas",)), False),
        (Channel("#a", OURS, races=("the-race",)), True),
        (Channel("#a", OURS, races=("another",)), False),
        (Channel("#a", OURS, states=("NC",), groups=("texas",)), False),
    ],
)
def test_every_filter_narrows_and_an_empty_one_narrows_nothing(
    channel: Channel, hears: bool
) -> None:
    """A race is heard where the organization speaks and every filter lets it through."""
    assert channels_of(GROUPED, SlackConfig((channel,))) == (("#a",) if hears else ())


def test_a_channel_speaks_for_whom_its_organizations_endorse() -> None:
    """Nobody in a race that its filters leave out."""
    two = race("Satana Deberry", "Roger Echols")
    both = Channel("#a", ("Example Coalition", "Org 1"))
    assert [one.candidate for one in speaks_for(both, two)] == ["Satana Deberry", "Roger Echols"]
    assert [one.candidate for one in speaks_for(Channel("#a", ("Org 1",)), two)] == ["Roger Echols"]
    assert speaks_for(replace(both, states=("TX",)), two) == ()


# -- callers and ops ---------------------------------------------------------------------


def asked(slack: SlackConfig, *kinds: Kind) -> dict[Kind, list[str]]:
    """Return where a won night's messages of some kinds stand."""
    named = replace(DURHAM, callers=("U012ABCDEF",))
    told = Told(Watched(named, card(named), closes_at=minutes(0)))
    told.look(arrival(contest(dict.fromkeys(NINE, 0), (0, 57)), minutes(-5)))
    shown = ((NINE, 54), (NINE, 55), (DURHAM_NIGHT, 188), (DURHAM_NIGHT, 189))
    for votes, at in shown:
        told.see(votes, at, (9, 57) if votes is NINE else (57, 57))
    doubled = {name: 2 * votes for name, votes in DURHAM_NIGHT.items()}
    told.look(arrival(contest(doubled, (57, 57)), minutes(190)))
    scene = replace(scene_of(told), slack=slack)
    return {kind: [post.channel for post in posts(told.last(kind), scene)] for kind in kinds}


def test_callers_are_asked_in_their_channel_and_trouble_is_told_to_ops() -> None:
    """A hold is trouble with a site; GOING OUT is a question."""
    slack = SlackConfig((Channel("#a", OURS),), "#ops", callers_channel="#callers")
    found = asked(slack, Kind.GOING_OUT, Kind.REPORT_HELD)
    assert found == {Kind.GOING_OUT: ["#callers"], Kind.REPORT_HELD: ["#ops", "#a"]}
    _, (broken,) = failed(
        PollState(failures=2, failing_since=minutes(0)), "nc", Blocked("403"), minutes(11)
    )
    (post,) = posts(broken, Scene(slack, {}))
    assert post.channel == "#ops"


def test_one_channel_for_both_hears_everything_once() -> None:
    """As do people who set neither: then nobody is asked, and no message goes nowhere."""
    slack = SlackConfig((Channel("#a", OURS),), "#ops")
    assert asked(slack, Kind.GOING_OUT, Kind.REPORT_HELD)[Kind.GOING_OUT] == ["#ops"]
    assert asked(SlackConfig((Channel("#a", OURS),)), Kind.GOING_OUT) == {Kind.GOING_OUT: []}


def test_a_heads_up_goes_to_its_people_and_the_callers_and_to_no_channel() -> None:
    """Buttons stand where callers are asked, in no direct message."""
    told = Told(Watched(DURHAM, card(DURHAM), closes_at=minutes(0), release=(("won", 15),)))
    told.look(arrival(contest(dict.fromkeys(NINE, 0), (0, 57)), minutes(-5)))
    for at in (188, 189):
        told.see(DURHAM_NIGHT, at)
    slack = SlackConfig(
        (Channel("#a", OURS),), "#ops", callers_channel="#callers", heads_up=("U0FIRST0001",)
    )
    made = posts(told.last(Kind.HEADS_UP), replace(scene_of(told), slack=slack))
    assert [post.channel for post in made] == ["U0FIRST0001", "#callers"]
    assert [has_buttons(post) for post in made] == [False, True]


def has_buttons(post: Post) -> bool:
    """Say whether a message has a block of buttons."""
    return any(block["type"] == "actions" for block in json.loads(post.blocks))


# -- mentions ----------------------------------------------------------------------------


def test_people_are_mentioned_with_each_outcome_and_with_nothing_else() -> None:
    """In the channel that names them, in a line of their own, and never in a reply."""
    told = Told(Watched(DURHAM, card(DURHAM), closes_at=minutes(0)))
    told.look(arrival(contest(dict.fromkeys(NINE, 0), (0, 57)), minutes(-5)))
    for at in (188, 189):
        told.see(DURHAM_NIGHT, at)
    slack = SlackConfig((
        Channel("#a", OURS, mentions=("U012ABCDEF", "S0123456789")), Channel("#b", OURS),
    ))  # fmt: skip
    scene = replace(scene_of(told), slack=slack)
    for event in told.events:
        for post in posts(event, scene):
            lines = [b["text"]["text"] for b in json.loads(post.blocks) if b["type"] == "section"]
            line = "<@U012ABCDEF> <!subteam^S0123456789>"
            wanted = event.kind in OUTCOMES and post.channel == "#a"
            assert (line in lines) is wanted
            assert ("<@" in post.text + post.blocks) is wanted


def test_a_name_of_the_data_is_no_mention() -> None:
    """Ids come from the configuration; what a source prints is escaped."""
    named = race("<!channel> <@U012ABCDEF>")
    event = Event("k", Kind.NOTE_ADDED, minutes(1), "the-race", reason="<!here> <@U012ABCDEF>")
    told = Told(Watched(named, card(named)))
    (post,) = posts(event, scene_of(told))
    assert "<!" not in post.text + post.blocks
    assert "<@" not in post.text + post.blocks


# -- the configuration -------------------------------------------------------------------


def problems(channel: Mapping[str, object]) -> list[str]:
    """Return what is wrong with a channel's filters, for one race in North Carolina."""
    document = {
        "elections": {"e": {"date": date(2018, 5, 8), "state": "NC", "kind": "general"}},
        "sources": {},
        "races": [{
            "id": "the-race", "election": "e", "group": "carolinas", "uncontested": True,
            "endorsements": [{"candidate": "Satana Deberry", "by": ["Example Coalition"]}],
        }],
        "slack": {"channels": [{"name": "#a", "organisations": ["Example Coalition"], **channel}]},
    }  # fmt: skip
    return [one.message for one in cross_problems(document, {})]


@pytest.mark.parametrize("key", ["states", "groups", "races"])
def test_a_race_that_no_channel_hears_is_an_error_that_names_it(key: str) -> None:
    """An outcome nobody hears is a lost alert; it must not wait for the night."""
    (message,) = problems({key: ["TX"]})
    assert message.startswith("no channel hears of the-race")
    assert "Satana Deberry" in message


def test_filters_that_let_it_through_are_no_error() -> None:
    """Nor are filters that are empty."""
    own = {"states": ["NC"], "groups": ["carolinas"], "races": ["the-race"]}
    assert problems(own) == problems({"states": []}) == []
