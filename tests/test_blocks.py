"""Every message and view, by two checkers that others wrote; and that the checkers check."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slackblocks.errors import InvalidUsageError

from monitor.buttons import Button, Pressed, Verb, buttons_block, key_of, pressed_of
from monitor.chart import trend_block
from monitor.details import context, sections
from monitor.events import Kind
from monitor.fitting import MOST_CHARACTERS, cut, fitted, length
from monitor.message import posts
from monitor.modal_views import done_view
from monitor.modals import Asked, ModalKind, Seen
from monitor.posts import DeskKind
from monitor.rehearsal import REHEARSED
from monitor.slack_home import home_view
from tests.block_checkers import (
    NOT_IN_SCHEMA,
    check_message,
    check_schema,
    check_view,
    needs_schema,
)
from tests.desk_examples import DESK, counting, waiting, won
from tests.desk_kinds import desk_posts
from tests.people_nights import KINDS, WORDINGS
from tests.strict_mrkdwn import tokens
from tests.test_chart import night
from tests.test_message import night_of, written
from tests.test_modals import NOW, PRESSED, opened
from tests.test_nights import posts as replayed
from tests.whole_nights import NAMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from monitor.posts import Post
    from monitor.race_view import RaceView
    from tests.people_nights import Night

Block = dict[str, Any]

CHART = trend_block(night(5), "Durham DA", ("Satana Deberry",), "America/New_York")
SECTION, SMALL = sections("*WON*")[0], context("read 9:12 PM ET")
BUTTONS = buttons_block("k" * 32, (Button(Verb.CONFIRM, "Post now", Pressed("r"), "primary"),))


def both(text: str, blocks: str) -> None:
    """Check a message by `slackblocks` and by Slack's own types."""
    needs_schema()
    check_message(text, json.loads(blocks))


# -- everything that is sent ---------------------------------------------------------------


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_a_race_passes_both(kind: Kind) -> None:
    """Each golden message, in every channel that hears it."""
    for post in written(kind):
        both(post.text, post.blocks)


@pytest.mark.parametrize("made", [*KINDS.values(), *WORDINGS])
def test_every_wording_passes_both(made: Callable[[], Night]) -> None:
    """Each golden wording, too."""
    one = made()
    for post in posts(one.event, one.scene):
        both(post.text, post.blocks)


@pytest.mark.parametrize("kind", DeskKind)
def test_every_kind_of_the_desk_passes_both(kind: DeskKind) -> None:
    """Scoreboard, roll call, pulse, morning report and what else is about no single race."""
    for post in desk_posts(kind):
        both(post.text, post.blocks)


@pytest.mark.parametrize("name", NAMES)
def test_every_message_of_a_recorded_night_passes_both(name: str) -> None:
    """The nights as they are replayed, charts and buttons included."""
    needs_schema()
    for post in replayed(name):
        both(post["text"], json.dumps(post["blocks"]))


@pytest.mark.parametrize("kind", ModalKind)
def test_every_modal_passes_both(kind: ModalKind) -> None:
    """As it opens, as it is refused, and when its act was done."""
    needs_schema()
    (post,) = written(Kind.RACE_WON)
    for seen in (Seen("1a2b3c4d", "Done.", (post,)), Seen("", "It is frozen.", refused=True)):
        check_view(opened(kind, seen, sources=("nc_durham", "nc_state")))
    check_view(done_view(Asked(kind, PRESSED), "Posted."))


@pytest.mark.parametrize("views", [(), (waiting(),), (counting(), won())])
def test_the_home_tab_passes_both(views: tuple[RaceView, ...]) -> None:
    """Before a race is watched, before the close, and with races decided and open."""
    needs_schema()
    check_view(home_view(views, DESK, NOW))


# -- the checkers --------------------------------------------------------------------------


def broken(block: Block, **parts: Any) -> Block:
    """Return a block with other parts; None takes a part out."""
    made = {**deepcopy(block), **parts}
    return {name: part for name, part in made.items() if part is not None}


TOO_LONG = (
    broken(SECTION, text={"type": "mrkdwn", "text": "x" * 3_001}),
    broken(SMALL, elements=SMALL["elements"] * 11),
    {"type": "header", "text": {"type": "plain_text", "text": "x" * 151}},
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2_001}]},
    {"type": "section", "fields": [{"type": "mrkdwn", "text": "x"}] * 11},
    broken(BUTTONS, block_id="x" * 256),
    broken(BUTTONS, elements=[broken(BUTTONS["elements"][0], value="x" * 2_001)]),
    broken(CHART or {}, title="x" * 51),
    {"type": "unknown_block"},
)
NOT_A_FORM = (
    broken(SECTION, extra=1),
    broken(SMALL, elements=None),
    broken(BUTTONS, elements=[broken(BUTTONS["elements"][0], text=None)]),
    broken(BUTTONS, elements=[broken(BUTTONS["elements"][0], style="green")]),
    broken(SECTION, text={"type": "markdown", "text": "x"}),
    {"type": "image", "image_url": "https://a.example/x.png"},
)


@pytest.mark.parametrize("block", TOO_LONG)
def test_slackblocks_refuses_what_is_too_long(block: Block) -> None:
    """Slack's limits, as others have read them in Slack's pages."""
    with pytest.raises(InvalidUsageError):
        check_message("text", [block])


@pytest.mark.parametrize("block", NOT_A_FORM)
def test_slacks_own_types_refuse_what_has_another_form(block: Block) -> None:
    """A key too many, a part that lacks, a word that is none."""
    needs_schema()
    with pytest.raises(jsonschema.ValidationError):
        check_schema([block])


def test_a_chart_has_one_point_for_each_time() -> None:
    """Slack's types do not know the chart yet: `slackblocks` alone reads it."""
    assert CHART is not None
    assert CHART["type"] in NOT_IN_SCHEMA
    chart = deepcopy(CHART)
    chart["chart"]["series"][0]["data"].pop()
    with pytest.raises(InvalidUsageError):
        check_message("text", [chart])
    with pytest.raises(InvalidUsageError):
        check_message("text", [CHART, CHART, CHART])


def test_fifty_one_blocks_are_too_many() -> None:
    """The whole message has limits of its own."""
    with pytest.raises(InvalidUsageError):
        check_message("text", [SECTION] * 51)


# -- the one place that keeps the limits ---------------------------------------------------

TEXTS = st.text(st.sampled_from("ab &<>`*_|\n"), min_size=1, max_size=4_000)


@settings(max_examples=80)
@given(st.lists(st.lists(st.sampled_from(["&amp;", "&lt;", "word ", "\n"]), min_size=1,
                         max_size=1_500), min_size=1, max_size=60))  # fmt: skip
def test_whatever_comes_is_within_the_limits(parts: list[list[str]]) -> None:
    """Any number of sections of any length, between a first line, small print and buttons."""
    bodies = [text for words in parts if (text := "".join(words)).strip()]
    made = fitted([*sections("*WON*", *bodies), SMALL, BUTTONS])
    check_message("text", made)
    assert made[0] == SECTION
    assert made[-2:] == [SMALL, BUTTONS]
    for block in made[:-2]:
        assert tokens(block.get("text", {}).get("text", "")) == []


def test_preformatted_text_stays_so_on_each_side_of_a_break() -> None:
    """A table of hundreds of lines is several tables, and none is cut within a line."""
    lines = [f"{'&lt;' * 20} {number:>9,}" for number in range(100)]
    made = fitted(sections("```{}```".format("\n".join(lines))))
    texts = [one["text"]["text"] for one in made]
    assert len(texts) > 1
    assert all(text.startswith("```") and text.endswith("```") for text in texts)
    assert "\n".join(text.strip("`") for text in texts).split("\n") == lines


def test_sections_that_do_not_fit_are_counted() -> None:
    """What is left out is said; the small print and the buttons stay."""
    made = fitted([*sections(*(f"part {n}" for n in range(80))), SMALL, BUTTONS])
    assert len(made) == 50
    assert made[-3]["elements"][0]["text"] == "33 more parts do not fit into one message."


def test_a_message_within_the_limits_is_left_as_it_is() -> None:
    """No word of a usual message is touched."""
    whole = [SECTION, *sections("x" * 3_000), SMALL, BUTTONS]
    assert fitted(whole) == whole
    assert length(whole) < MOST_CHARACTERS


@pytest.mark.parametrize(
    ("text", "most", "wanted"),
    [
        ("short", 10, "short"),
        ("one &amp; two", 10, "one …"),
        ("see <https://a.example|a page>", 20, "see …"),
        ("*bold words*", 8, "*bold …*"),
        ("run `python run.py`", 12, "run `pytho…`"),
        ("```a table of votes```", 16, "```a table …```"),
    ],
)
def test_a_cut_text_leaves_nothing_open(text: str, most: int, wanted: str) -> None:
    """Half an entity, an open link, bold or code would change what follows."""
    assert cut(text, most) == wanted
    assert len(cut(text, most)) <= most


# -- buttons -------------------------------------------------------------------------------


def buttons_of(post: Post) -> list[Block]:
    """Return the blocks of buttons of a post."""
    return [block for block in json.loads(post.blocks) if block["type"] == "actions"]


@pytest.mark.parametrize("kind", Kind)
def test_buttons_say_which_message_they_stand_in_and_what_they_are_about(kind: Kind) -> None:
    """They stand with callers and ops alone, and hold all of an act but its reason."""
    for post in written(kind):
        for block in buttons_of(post):
            assert post.channel in ("#ops", "#callers")
            assert key_of(block["block_id"]) == post.key
            for element in block["elements"]:
                assert pressed_of(element["value"]).race == "the-race"
                assert Verb(element["action_id"])


WANTED = {
    Kind.GOING_OUT: ["Post now", "Stop"],
    Kind.READY_TO_CALL: ["Post WON", "Ask me in 30", "Not tonight"],
    Kind.REPORT_HELD: ["Accept", "Reject", "Freeze outcomes"],
    Kind.CALLERS_PAGED: ["Accept", "Reject", "Freeze outcomes"],
    Kind.OUTCOME_QUESTIONED: ["Retract", "Acknowledge", "Freeze outcomes"],
    Kind.SITE_DOWN: ["Enter by hand", "Freeze outcomes"],
    Kind.HEADS_UP: ["Release"],
    Kind.SOURCES_DISAGREE: ["Freeze outcomes", "Acknowledge"],
}


@pytest.mark.parametrize("kind", Kind)
def test_which_buttons_a_kind_has(kind: Kind) -> None:
    """Every other kind has none."""
    labels = [
        element["text"]["text"]
        for post in written(kind)
        for block in buttons_of(post)
        for element in block["elements"]
    ]
    assert labels == WANTED.get(kind, [])


def test_the_canvass_question_has_its_two_answers() -> None:
    """The outcome to certify goes with it."""
    question = next(one for one in WORDINGS if one.__name__ == "certified_question")()
    (post,) = posts(question.event, question.scene)
    (block,) = buttons_of(post)
    yes, no = block["elements"]
    assert [yes["text"]["text"], no["text"]["text"]] == ["Yes, link", "Not yet"]
    assert pressed_of(yes["value"]).outcome == "won"


def test_a_doubt_is_for_a_person_to_settle() -> None:
    """Callers are paged of an outcome that stands and is not what the numbers give."""
    event, scene = night_of(Kind.OUTCOME_QUESTIONED)
    reason = "no second look has settled the outcome told (won) since HOLD OFF"
    doubt = replace(event, kind=Kind.CALLERS_PAGED, reason=f"{reason}; confirm it or retract it")
    (post,) = posts(doubt, scene)
    (block,) = buttons_of(post)
    labels = [element["text"]["text"] for element in block["elements"]]
    assert labels == ["Retract", "Acknowledge", "Freeze outcomes"]
    assert pressed_of(block["elements"][0]["value"]).candidate == "Satana Deberry"


def test_rehearsal_votes_are_not_accepted_by_a_button() -> None:
    """They have a remedy of their own; what is held without numbers has nothing to accept."""
    event, scene = night_of(Kind.REPORT_HELD)
    assert event.hold is not None
    for hold in (
        replace(event.hold, reason=f"{REHEARSED} on May 6"),
        replace(event.hold, snapshot=None),
    ):
        (post, *_) = posts(replace(event, hold=hold), scene)
        (block,) = buttons_of(post)
        labels = [element["text"]["text"] for element in block["elements"]]
        assert labels == ["Freeze outcomes", "Acknowledge"]
        assert "run.py accept" not in post.blocks


def test_another_source_is_offered_only_where_there_is_one() -> None:
    """The state's numbers stand in for a county's; one that was set aside does not."""
    (down, *_) = written(Kind.SITE_DOWN)
    assert "Try" not in down.blocks
    disagree = next(one for one in KINDS.values() if one.__name__ == "disagree")()
    event = replace(disagree.event, kind=Kind.SITE_DOWN, source="nc_durham", reason="site down")
    made = posts(event, disagree.scene)
    (block,) = buttons_of(made[0])
    first = block["elements"][0]
    assert (first["text"]["text"], first["action_id"]) == ("Try state source", "supersede")
    assert pressed_of(first["value"]).source == "nc_durham"
