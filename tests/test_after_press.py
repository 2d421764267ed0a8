"""What a message to callers says after somebody acted, and which questions are over."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from monitor.after_press import Asking, over, pressed_edit, pressed_line, without_buttons
from monitor.buttons import Button, Pressed, Verb, buttons_block
from monitor.details import context, sections
from monitor.diff import pass_time
from monitor.events import Kind
from monitor.people import Act, ActKind
from tests.core_examples import DURHAM_NIGHT, minutes
from tests.people_nights import ASKED, acted, begun

if TYPE_CHECKING:
    from datetime import datetime

    from tests.core_examples import Told

DESK = "America/New_York"
OURS = "Satana Deberry"


def message(kind: Kind, at: datetime, *verbs: Verb, key: str = "k1", **about: str) -> Asking:
    pressed = Pressed("durham-da", **{"candidate": OURS, **about})
    buttons = tuple(Button(verb, verb.value, pressed) for verb in verbs)
    blocks = [*sections("*READY TO CALL*", "votes"), buttons_block(key, buttons), context("source")]
    return Asking(key, "#ops", kind.value, "READY TO CALL", json.dumps(blocks), at)


def act(kind: ActKind, at: float, **parts: Any) -> Act:
    given_ = {"who": "Ana Ruiz", "why": "all in", **parts}
    return Act(id="1", kind=kind, race="durham-da", at=minutes(at), **given_)


def ready() -> Told:
    told = begun(ASKED)
    for at in (188, 190):
        told.see(DURHAM_NIGHT, at, (56, 57))
    return told


def going_out() -> Told:
    told = begun(ASKED)
    for at in (188, 190):
        told.see(DURHAM_NIGHT, at)
    return told


def lines(told: Told, *messages: Asking, at: float = 205) -> dict[str, str]:
    """Return what is written under each message that is over, by key."""
    edits = over(messages, told.state, DESK, minutes(at))
    return {one.key: json.loads(one.blocks)[-1]["elements"][0]["text"] for one in edits}


def test_the_line_says_who_did_what_when_and_why() -> None:
    said = {
        kind: pressed_line(act(kind, 163, minutes=30), DESK, minutes(164))
        for kind in (
            ActKind.CONFIRM, ActKind.FREEZE, ActKind.NOT_TONIGHT, ActKind.ASK_LATER, ActKind.NOTE,
        )
    }  # fmt: skip
    assert said == {
        ActKind.CONFIRM: "Posted by Ana Ruiz at 10:13 PM ET: all in",
        ActKind.FREEZE: "Stopped by Ana Ruiz at 10:13 PM ET: all in",
        ActKind.NOT_TONIGHT: "Not tonight, says Ana Ruiz at 10:13 PM ET: all in",
        ActKind.ASK_LATER: "Asked again in 30 minutes, says Ana Ruiz at 10:13 PM ET",
        ActKind.NOTE: "Not yet, says Ana Ruiz at 10:13 PM ET",
    }
    certified = act(ActKind.CALL, 163, certified=True)
    assert pressed_line(certified, DESK, minutes(164)).startswith("Certified by Ana Ruiz")


def test_the_buttons_go_and_the_rest_stays() -> None:
    before = message(Kind.READY_TO_CALL, minutes(190), Verb.CONFIRM, Verb.NOT_TONIGHT)
    edit = pressed_edit(before, act(ActKind.CONFIRM, 191), DESK, minutes(191))
    kinds = [block["type"] for block in json.loads(edit.blocks)]
    assert kinds == ["section", "section", "context", "context"]
    assert (edit.key, edit.channel, edit.text) == (before.key, before.channel, before.text)


def test_what_can_still_be_answered_keeps_its_buttons() -> None:
    """Whoever wants to be asked later takes nobody else's right to post now."""
    verbs = (Verb.CONFIRM, Verb.ASK_LATER, Verb.NOT_TONIGHT)
    before = message(Kind.READY_TO_CALL, minutes(190), *verbs)
    edit = pressed_edit(before, act(ActKind.ASK_LATER, 191, minutes=30), DESK, minutes(191))
    buttons = next(b for b in json.loads(edit.blocks) if b["type"] == "actions")
    assert [one["action_id"] for one in buttons["elements"]] == ["confirm", "not-tonight"]


def test_a_stop_ends_a_window_but_not_a_question_about_a_site() -> None:
    stop = act(ActKind.FREEZE, 191)
    window = message(Kind.GOING_OUT, minutes(190), Verb.STOP, Verb.CONFIRM)
    site = message(Kind.SITE_DOWN, minutes(190), Verb.ENTER, Verb.FREEZE, source="nc_durham")
    (left,) = [
        block["elements"]
        for block in json.loads(pressed_edit(window, stop, DESK, minutes(191)).blocks)
        if block["type"] == "actions"
    ]
    assert [one["action_id"] for one in left] == ["unfreeze"]
    assert '"enter"' in pressed_edit(site, stop, DESK, minutes(191)).blocks


def test_lines_stand_together_each_once_and_the_last_five_at_most() -> None:
    site = message(Kind.SITE_DOWN, minutes(190), Verb.ENTER, source="nc_durham")
    for at in (191, 191, 192, 193, 194, 195, 196):
        entered = pressed_edit(site, act(ActKind.ENTER, at), DESK, minutes(at))
        site = replace(site, blocks=entered.blocks)
    said = [f"Entered by hand by Ana Ruiz at 10:4{last} PM ET: all in" for last in range(2, 7)]
    assert [one["text"] for one in json.loads(site.blocks)[-1]["elements"]] == said


# -- which questions are over ------------------------------------------------------------


def test_an_open_question_keeps_its_buttons() -> None:
    asked = message(Kind.READY_TO_CALL, minutes(190), Verb.CONFIRM)
    window = message(Kind.GOING_OUT, minutes(190), Verb.STOP)
    assert lines(ready(), asked, at=191) == {}
    assert lines(going_out(), window, at=191) == {}


def test_a_confirmation_on_the_command_line_ends_the_question() -> None:
    told = ready()
    seen = told.last(Kind.READY_TO_CALL).seen
    acted(told, ActKind.CONFIRM, 193, why="all in", seen=seen)
    asked = message(Kind.READY_TO_CALL, minutes(190), Verb.CONFIRM)
    assert lines(told, asked) == {"k1": "Posted by Ann Example at 10:43 PM ET: all in"}


def test_a_window_that_ended_by_itself_is_over() -> None:
    told = going_out()
    told.take(pass_time(told.watched, told.state, minutes(194)))
    told.see(DURHAM_NIGHT, 195)
    window = message(Kind.GOING_OUT, minutes(190), Verb.STOP, Verb.CONFIRM)
    assert lines(told, window) == {"k1": "It went out"}


def test_a_window_stays_open_though_messages_keep_milliseconds_only() -> None:
    """On a real clock the next visit would take Stop away, and say that nothing goes out."""
    told = going_out()
    waits = told.state.told[OURS]
    assert waits.waiting is not None
    since = waits.waiting.since + timedelta(microseconds=789)
    later = replace(waits, waiting=replace(waits.waiting, since=since))
    told.state = replace(told.state, told={**told.state.told, OURS: later})
    kept = since.replace(microsecond=since.microsecond // 1_000 * 1_000)
    assert lines(told, message(Kind.GOING_OUT, kept, Verb.STOP, Verb.CONFIRM), at=191) == {}


def test_a_freeze_can_be_lifted_where_it_is_shown_until_it_is() -> None:
    told = going_out()
    acted(told, ActKind.FREEZE, 191, why="a recount")
    window = message(Kind.GOING_OUT, minutes(190), Verb.STOP, Verb.CONFIRM)
    (edit,) = over([window], told.state, DESK, minutes(191))
    stopped = replace(window, blocks=edit.blocks)
    assert [b["type"] for b in json.loads(edit.blocks)][-2:] == ["actions", "context"]
    assert '"unfreeze"' in edit.blocks
    assert '"stop"' not in edit.blocks
    assert lines(told, stopped) == {}
    acted(told, ActKind.UNFREEZE, 192, why="no recount")
    (edit,) = over([stopped], told.state, DESK, minutes(192))
    assert '"actions"' not in edit.blocks
    assert "Freeze lifted by Ann Example at 10:42 PM ET: no recount" in edit.blocks


def test_a_freeze_ends_a_window_and_not_a_question() -> None:
    """After `unfreeze` the window begins anew, with a message of its own; the question stays."""
    told = going_out()
    acted(told, ActKind.FREEZE, 191, why="a doubt")
    window = message(Kind.GOING_OUT, minutes(190), Verb.STOP)
    assert lines(told, window) == {"k1": "Stopped by Ann Example at 10:41 PM ET: a doubt"}
    asked = ready()
    acted(asked, ActKind.FREEZE, 191, why="a doubt")
    assert lines(asked, message(Kind.READY_TO_CALL, minutes(190), Verb.CONFIRM)) == {}


def test_a_window_whose_outcome_is_gone_is_over() -> None:
    told = going_out()
    told.see(DURHAM_NIGHT, 191, (50, 57))
    told.see({**DURHAM_NIGHT, "Roger Echols": 30_000}, 200, (57, 57))
    told.see({**DURHAM_NIGHT, "Roger Echols": 30_000}, 202, (57, 57))
    window = message(Kind.GOING_OUT, minutes(190), Verb.STOP)
    assert lines(told, window) == {"k1": "It does not go out now"}


def test_only_the_newest_of_several_questions_is_open() -> None:
    old = message(Kind.READY_TO_CALL, minutes(190), Verb.CONFIRM)
    new = message(Kind.READY_TO_CALL, minutes(205), Verb.CONFIRM, key="k2")
    assert lines(ready(), old, new, at=206) == {"k1": "A newer message stands below"}
    elsewhere = replace(new, channel="U012ABCDEF")
    assert lines(ready(), old, elsewhere, at=206) == {}


def test_not_tonight_ends_the_question_and_later_does_not() -> None:
    later, tonight = ready(), ready()
    acted(later, ActKind.ASK_LATER, 192, why="busy", minutes=30)
    acted(tonight, ActKind.NOT_TONIGHT, 192, why="too thin")
    asked = message(Kind.READY_TO_CALL, minutes(190), Verb.CONFIRM)
    assert lines(later, asked) == {}
    assert lines(tonight, asked) == {"k1": "Not tonight, says Ann Example at 10:42 PM ET: too thin"}


def test_a_hold_that_is_gone_is_no_question() -> None:
    told = begun(ASKED)
    told.see(DURHAM_NIGHT, 100, (40, 57))
    told.see({name: 2 * votes for name, votes in DURHAM_NIGHT.items()}, 101, (40, 57))
    held = message(Kind.CALLERS_PAGED, minutes(112), Verb.ACCEPT, source="nc_durham", candidate="")
    assert lines(told, held) == {}
    told.see(DURHAM_NIGHT, 115, (41, 57))
    assert lines(told, held) == {"k1": "Not held any more"}


def test_a_freeze_button_first_hides_no_source() -> None:
    told = begun(ASKED)
    told.see(DURHAM_NIGHT, 100, (40, 57))
    freeze = Button(Verb.FREEZE, "Freeze", Pressed("durham-da"))
    seen = Button(Verb.ACKNOWLEDGE, "Acknowledge", Pressed("durham-da", source="nc_durham"))
    blocks = json.dumps([buttons_block("k1", (freeze, seen))])
    held = Asking("k1", "#ops", "report-held", "REPORT HELD", blocks, minutes(99))
    assert lines(told, held) == {"k1": "Not held any more"}


def test_a_doubt_that_is_settled_is_no_question() -> None:
    told = going_out()
    told.see(DURHAM_NIGHT, 194)
    questioned = message(Kind.CALLERS_PAGED, minutes(200), Verb.RETRACT)
    acted(told, ActKind.RETRACT, 201, why="wrong race")
    assert lines(told, questioned) == {"k1": "Withdrawn by Ann Example at 10:51 PM ET: wrong race"}


def test_a_message_without_our_buttons_is_left_alone() -> None:
    plain = Asking("k1", "#ops", "race-won", "WON", json.dumps(sections("*WON*")), minutes(1))
    foreign = buttons_block("k1", (Button(Verb.CONFIRM, "Post", Pressed("durham-da")),))
    foreign["elements"][0]["value"] = "no json"
    odd = replace(plain, blocks=json.dumps([foreign]))
    assert lines(going_out(), plain, odd) == {}


@given(who=st.text(max_size=200), why=st.text(max_size=400))
def test_no_name_and_no_reason_can_act_in_slack(who: str, why: str) -> None:
    """Whatever somebody is called or types, it neither mentions nor links."""
    edit = without_buttons(
        message(Kind.GOING_OUT, minutes(190), Verb.STOP),
        pressed_line(act(ActKind.FREEZE, 163, who=who, why=why), DESK, minutes(164)),
        minutes(191),
    )
    line = json.loads(edit.blocks)[-1]["elements"][0]["text"]
    assert "<" not in line
    assert ">" not in line
    assert len(line) < 3_000
