"""Modals: what a person reads before acting, and what a submission means."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.buttons import Pressed, Verb
from monitor.decision import Outcome
from monitor.details import sections
from monitor.modal_parts import ago, spoken
from monitor.modal_views import Facts, done_view, view
from monitor.modals import (
    VOTES,
    Asked,
    ModalKind,
    Seen,
    act_kind,
    asked_of,
    at_once,
    digest_of,
    draft,
    kind_of,
    metadata,
)
from monitor.people import Act, ActKind
from monitor.posts import SCOREBOARD_LINK, Post, RowClass
from monitor.submissions import submitted
from tests.block_checkers import check_view
from tests.core_examples import race

if TYPE_CHECKING:
    from collections.abc import Mapping

NOW = datetime(2018, 5, 9, 2, 43, tzinfo=UTC)
"""10:43 PM ET."""
ET = "America/New_York"
DURHAM = race()
PRESSED = Pressed("durham-da", "Satana Deberry", seen="1a2b3c4d")
WHO = ("Ana Ruiz", "U012ABCDEF")
CLOSE = Asked(ModalKind.CLOSE, Pressed("durham-da"), zone=ET, day="2018-05-08")


def post(text: str, channel: str, thread: str | None = None, blocks: str = "[]") -> Post:
    row = RowClass.UPDATE if blocks == "[]" else RowClass.OUTCOME
    return Post(
        f"{text}{channel}", row, "durham-da", "race-won", channel, thread, text, blocks, NOW
    )


def facts(**more: Any) -> Facts:
    given_ = {
        "changed_at": NOW - timedelta(minutes=4), "sources": ("nc_durham",), "ballot": (),
        "heads": {"#primary-night": 212, "#one": 1}, **more,
    }  # fmt: skip
    return Facts(DURHAM, ET, ET, NOW, **given_)


def words(shown: Mapping[str, Any]) -> str:
    """Return everything a view says."""
    return json.dumps(shown["blocks"], ensure_ascii=False)


def opened(kind: ModalKind, seen: Seen, **more: Any) -> dict[str, Any]:
    asked = Asked(kind, PRESSED, "k1", "C1")
    return view(asked, seen, facts(**more), draft(asked, *WHO, NOW, "x"))


def field(text: str) -> dict[str, Any]:
    return {"value": {"type": "plain_text_input", "value": text}}


def fields(**typed: str) -> dict[str, Any]:
    return {block: field(text) for block, text in typed.items()}


def sent(asked: Asked, values: Mapping[str, Any]) -> Act | dict[str, str]:
    return submitted(values, metadata(asked), *WHO, NOW, "a1")


def done(asked: Asked, values: Mapping[str, Any]) -> Act:
    act = sent(asked, values)
    assert isinstance(act, Act), act
    return act


# -- what is shown -----------------------------------------------------------------------


def test_a_view_shows_the_words_everyone_they_reach_and_how_old_the_data_is() -> None:
    blocks = json.dumps(sections(f"*WON (unofficial): Deberry* <{SCOREBOARD_LINK}|Scoreboard>"))
    seen = Seen("1a2b3c4d", "Done.", (
        post("WON", "#primary-night", blocks=blocks), post("WON", "#one", blocks=blocks),
        post("PERSON ACTED: Deberry", "#ops"), post("COUNT", "#primary-night", "root"),
    ))  # fmt: skip
    said = words(opened(ModalKind.CONFIRM, seen))
    assert "Figures of 10:39 PM ET, 4 minutes old." in said
    assert "*WON (unofficial): Deberry* Scoreboard" in said
    assert "To #primary-night, 212 people; #one, 1 person" in said
    assert "> PERSON ACTED: Deberry" in said
    assert "To #ops, people not counted" in said
    assert "#primary-night (thread), 212 people" in said


def test_the_last_look_that_found_nothing_new_is_said_too() -> None:
    seen = Seen("", "Done.")
    said = words(opened(ModalKind.FREEZE, seen, checked_at=NOW - timedelta(minutes=1)))
    assert "Still so at 10:42 PM ET." in said
    assert "Nothing goes out by this." in said
    none = words(opened(ModalKind.FREEZE, seen, changed_at=None))
    assert "No figures yet." in none


def test_an_act_that_is_refused_has_a_reason_and_nothing_to_submit() -> None:
    seen = Seen("", "Confirmed already by Ben Ortiz at 10:41 PM ET.", refused=True)
    shown = opened(ModalKind.CONFIRM, seen)
    assert "submit" not in shown
    assert "Confirmed already by Ben Ortiz at 10:41 PM ET." in words(shown)
    assert '"input"' not in words(shown)


def test_override_is_asked_for_where_the_act_needs_it() -> None:
    against = "The count is still under way; if you know better, add --override OVERRIDE."
    needs = opened(ModalKind.CONFIRM, Seen("d", "Done.", against=against))
    free = opened(ModalKind.CONFIRM, Seen("d", "Done."))
    assert '"block_id": "override"' in words(needs)
    assert "The count is still under way." in words(needs)
    assert "--override" not in words(needs)
    assert "override" not in words(free)


def test_a_view_carries_what_its_submission_needs() -> None:
    shown = opened(ModalKind.CONFIRM, Seen("5e6f7a8b", "Done."))
    carried = asked_of(shown["private_metadata"])
    assert carried.pressed == Pressed("durham-da", "Satana Deberry", seen="5e6f7a8b")
    assert (carried.kind, carried.key, carried.channel) == (ModalKind.CONFIRM, "k1", "C1")
    act = submitted(fields(reason="all in"), shown["private_metadata"], *WHO, NOW, "a1")
    assert isinstance(act, Act)
    assert digest_of(act, "") == carried.shown
    assert (act.seen, act.why, act.who, act.user) == ("5e6f7a8b", "all in", *WHO)


def test_words_that_depend_on_what_is_typed_are_looked_at_first() -> None:
    """Figures and a new time are shown as they would go out before anybody submits them."""
    ballot = (("Satana Deberry", 100), ("Roger Echols", 90))
    asked = Asked(ModalKind.ENTER, Pressed("durham-da"))
    first = view(asked, None, facts(ballot=ballot, units="12/57"))
    assert first["submit"]["text"] == "Look"
    carried = asked_of(first["private_metadata"])
    typed = {f"{VOTES}Satana Deberry": field("15,207"), **fields(
        units="57/57", link="phone, clerk Lee", reason="site down")}  # fmt: skip
    act = done(carried, typed)
    assert carried.shown != digest_of(act, "")
    second = view(carried, Seen("", "Done.", (post("COUNT: Deberry", "#ops"),)), facts(
        ballot=ballot), act)  # fmt: skip
    assert second["submit"]["text"] == "Enter them"
    assert "COUNT: Deberry" in words(second)
    assert '"initial_value": "15,207"' in words(second)
    assert '"initial_value": "57/57"' in words(second)
    again = done(asked_of(second["private_metadata"]), typed)
    assert digest_of(again, "") == asked_of(second["private_metadata"]).shown
    changed = {**typed, f"{VOTES}Satana Deberry": field("15,208")}
    other = done(asked_of(second["private_metadata"]), changed)
    assert digest_of(other, "") != asked_of(second["private_metadata"]).shown


def test_a_race_of_several_sources_asks_which() -> None:
    asked = Asked(ModalKind.SUPERSEDE, Pressed("durham-da"))
    shown = view(asked, None, facts(sources=("nc_durham", "nc_state")))
    assert '"static_select"' in words(shown)
    chosen = {"value": {"selected_option": {"value": "nc_state"}}}
    act = done(asked, {"source": chosen, **fields(reason="stuck")})
    assert (act.kind, act.source) == (ActKind.SUPERSEDE, "nc_state")
    assert sent(asked, {"source": {"value": {"selected_option": None}}, **fields(reason="x")}) == {
        "source": "Choose one."
    }


def test_a_race_without_figures_takes_names_that_are_typed() -> None:
    asked = Asked(ModalKind.ENTER, Pressed("durham-da"))
    shown = view(asked, None, facts(ballot=(("Satana Deberry", None),)))
    assert '"block_id": "others"' in words(shown)
    typed = {f"{VOTES}Satana Deberry": field("15207"), **fields(
        others="Roger Echols = 12,648\n\nDaniel Meier=3325", link="phone, clerk Lee",
        reason="x")}  # fmt: skip
    assert done(asked, typed).votes == (
        ("Satana Deberry", 15_207), ("Roger Echols", 12_648), ("Daniel Meier", 3_325),
    )  # fmt: skip


# -- submissions -------------------------------------------------------------------------


def test_every_mistake_is_named_at_its_field() -> None:
    asked = Asked(ModalKind.ENTER, Pressed("durham-da"))
    typed = {f"{VOTES}Satana Deberry": field("many"), **fields(
        units="all", link="somewhere", reason=" ", override="override")}  # fmt: skip
    assert sent(asked, typed) == {
        "reason": "Say why, in a sentence; it is kept and shown.",
        "override": "Type OVERRIDE in capitals to do it all the same, or cancel.",
        "link": 'Give a link (https://…), or "phone, clerk NAME".',
        f"{VOTES}Satana Deberry": "Write a number such as 12,345, or leave it empty.",
        "units": "Write them as 12/57: units in, of all.",
    }
    empty = {f"{VOTES}Satana Deberry": field(""), **fields(
        link="phone, clerk Lee", reason="x", others="")}  # fmt: skip
    assert sent(asked, empty) == {
        f"{VOTES}Satana Deberry": "Give the votes of one candidate at least."
    }
    assert "others" in sent(asked, {**empty, "others": field("Echols 12")})  # type: ignore[operator]


def test_override_counts_only_in_full() -> None:
    asked = Asked(ModalKind.CONFIRM, PRESSED)
    assert done(asked, fields(reason="x", override="OVERRIDE")).override
    assert not done(asked, fields(reason="x")).override


@pytest.mark.parametrize(
    ("link", "is_taken"),
    [
        ("https://example.org/canvass.pdf", True), ("http://x.org", True),
        ("phone, clerk Lee Jones", True), ("By phone, clerk Lee", True), ("phone", False),
        ("ftp://x.org", False), ("https://", False), ("<https://x.org|x>", False), ("", False),
    ],
)  # fmt: skip
def test_a_certified_result_needs_a_place_to_read_it(link: str, *, is_taken: bool) -> None:
    asked = Asked(ModalKind.CERTIFIED, Pressed("durham-da", outcome="won"))
    read = sent(asked, fields(reason="canvassed", link=link))
    assert isinstance(read, Act) is is_taken
    if isinstance(read, Act):
        assert (read.kind, read.outcome, read.certified) == (ActKind.CALL, Outcome.WON, True)


def test_which_outcome_is_certified_is_asked_where_none_stands() -> None:
    asked = Asked(ModalKind.CERTIFIED, Pressed("durham-da", outcome="OUTCOME"))
    chosen = {"value": {"selected_option": {"value": "lost"}}}
    link = fields(reason="canvassed", link="https://x.org")
    assert '"outcome"' in words(view(asked, None, facts()))
    assert done(asked, {"outcome": chosen, **link}).outcome is Outcome.LOST


@pytest.mark.parametrize(
    ("typed", "there"),
    [
        ("9:00 PM", "2018-05-08T21:00:00-04:00"), ("9 pm", "2018-05-08T21:00:00-04:00"),
        ("9:30p.m.", "2018-05-08T21:30:00-04:00"), ("21:00", "2018-05-08T21:00:00-04:00"),
        ("12:15 AM", "2018-05-08T00:15:00-04:00"),
        ("2018-05-09T00:30", "2018-05-09T00:30:00-04:00"),
        ("2018-05-08T20:00-05:00", "2018-05-08T20:00:00-05:00"),
    ],
)  # fmt: skip
def test_a_close_is_read_where_the_race_is(typed: str, there: str) -> None:
    closes = done(CLOSE, fields(closes=typed, reason="court order")).closes_at
    assert closes is not None
    assert closes.isoformat() == there


@pytest.mark.parametrize("typed", ["9:00", "9", "25:00", "21", "13 pm", "0 pm", "soon", ""])
def test_a_time_that_may_be_morning_or_evening_is_not_guessed(typed: str) -> None:
    read = sent(CLOSE, fields(closes=typed, reason="court order"))
    assert isinstance(read, dict)
    assert list(read) == ["closes"]


# -- buttons -----------------------------------------------------------------------------


def test_every_button_opens_a_modal_or_is_an_act() -> None:
    for verb in Verb:
        if kind_of(verb) is None:
            act = at_once(verb, PRESSED, *WHO, NOW, "a1")
            assert act.kind is act_kind(verb)
            assert act.why
        else:
            assert act_kind(verb) in ActKind
    assert at_once(Verb.ASK_LATER, PRESSED, *WHO, NOW, "a1").minutes == 30
    assert at_once(Verb.STOP, PRESSED, *WHO, NOW, "a1").kind is ActKind.FREEZE


def test_somebody_without_a_name_acts_as_the_member() -> None:
    assert at_once(Verb.STOP, PRESSED, " \n", "U012ABCDEF", NOW, "a1").who == "U012ABCDEF"


@pytest.mark.parametrize(
    "given_",
    ["", "[]", "{}", '{"kind":"confirm"}', '{"kind":"x","pressed":{"race":"r"}}',
     '{"kind":"confirm","pressed":{"race":"r"},"day":1}',
     '{"kind":"confirm","pressed":{"race":"r"},"more":"x"}',
     '{"kind":"confirm","pressed":"r"}'],
)  # fmt: skip
def test_metadata_that_we_did_not_write_is_refused(given_: str) -> None:
    with pytest.raises(ValueError):
        asked_of(given_)


# -- texts -------------------------------------------------------------------------------


def test_what_only_the_command_line_takes_is_left_out() -> None:
    told = "The count changed since you looked: now A has 5 votes. To go on, add --seen 1a2b3c4d."
    assert spoken(told) == "The count changed since you looked: now A has 5 votes."
    assert spoken('Say where it can be read: --link URL, or --link "phone, clerk NAME".') == (
        "Say where it can be read."
    )
    assert spoken("Nothing is entered; give --votes NAME=N for each candidate.") == (
        "Nothing is entered."
    )


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "less than a minute"), (59, "less than a minute"), (60, "1 minute"),
        (245, "4 minutes"), (3_600, "1 hour"), (7_500, "2 hours 5 minutes"),
    ],
)  # fmt: skip
def test_an_age_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert ago(seconds) == said


# -- limits and hostile names ------------------------------------------------------------

HOSTILE = st.text(
    alphabet=st.sampled_from("<>&|@!*_~`:#\n\t\x00\u202e\"'\\aZ é😀/"), min_size=1, max_size=150
)


def checked(shown: dict[str, Any]) -> None:
    """Hold a view against Slack's published limits."""
    check_view(shown)
    assert len(shown["title"]["text"]) <= 24
    assert len(shown["close"]["text"]) <= 24
    assert len(shown.get("submit", shown["close"])["text"]) <= 24
    assert len(shown.get("private_metadata", "")) <= 3_000
    blocks = shown["blocks"]
    assert 1 <= len(blocks) <= 100
    ids = [block["block_id"] for block in blocks if "block_id" in block]
    assert len(ids) == len(set(ids))
    assert all(len(one) <= 255 for one in ids)
    for block in blocks:
        _checked_block(block)


def _checked_block(block: Mapping[str, Any]) -> None:
    if block["type"] == "section":
        assert 1 <= len(block["text"]["text"]) <= 3_000
        assert "<" not in block["text"]["text"]
    elif block["type"] == "context":
        assert 1 <= len(block["elements"][0]["text"]) <= 2_000
        assert "<" not in block["elements"][0]["text"]
    else:
        element = block["element"]
        assert block["label"]["type"] == "plain_text"
        assert 1 <= len(block["label"]["text"]) <= 2_000
        assert len(element.get("placeholder", {"text": ""})["text"]) <= 150
        assert len(element.get("initial_value", "")) <= element.get("max_length", 3_000) <= 3_000
        assert all(len(one["text"]["text"]) <= 75 for one in element.get("options", []))


@given(st.lists(HOSTILE, min_size=1, max_size=90, unique=True), HOSTILE)
@settings(max_examples=60)
def test_the_form_for_figures_fits_and_no_name_acts(names: list[str], candidate: str) -> None:
    asked = Asked(ModalKind.ENTER, Pressed("durham-da", candidate, "nc_durham"), "k" * 32, "C1")
    ballot = tuple((name, 12_345) for name in names)
    seen = Seen("", "Done.", tuple(post(f"&lt;{n}".replace("<", ""), f"#c{n}") for n in range(20)))
    act = done(asked, {
        **{f"{VOTES}{name}": field("1,000") for name in names},
        **fields(link="phone, clerk Lee", reason="r" * 3_000),
    })  # fmt: skip
    assert act.votes == tuple((name, 1_000) for name in names)
    assert len(act.why) <= 300
    for shown in (view(asked, None, facts(ballot=ballot)), view(asked, seen, facts(
            ballot=ballot), act, "look " * 300)):  # fmt: skip
        checked(shown)
        labels = [b["label"]["text"] for b in shown["blocks"] if b["type"] == "input"]
        assert len(labels) >= min(len(names), 61)


@given(st.sampled_from(list(ModalKind)), HOSTILE, HOSTILE, HOSTILE)
@settings(max_examples=120)
def test_every_modal_fits_and_no_name_acts(
    kind: ModalKind, candidate: str, source: str, refusal: str
) -> None:
    asked = Asked(kind, Pressed("durham-da", candidate, source, "won", "1a2b3c4d"), "k", "C1")
    act = draft(asked, candidate, "U012ABCDEF", NOW, "x")
    for seen in (
        None, Seen("", refusal, refused=True), Seen("d", "Done.", against=refusal),
        Seen("d", "Done.", tuple(post("W" * 5_000, f"#c{n}") for n in range(400))),
    ):  # fmt: skip
        checked(view(asked, seen, facts(), act, refusal))
    checked(done_view(asked, refusal))
    assert asked_of(metadata(asked)) == asked


def test_61_candidates_with_names_of_150_characters_fit() -> None:
    names = [f"{number:02}" + "N" * 148 for number in range(61)]
    asked = Asked(ModalKind.ENTER, Pressed("durham-da"))
    shown = view(asked, None, facts(ballot=tuple((name, 9) for name in names)))
    checked(shown)
    fields_ = [b for b in shown["blocks"] if str(b.get("block_id", "")).startswith(VOTES)]
    assert [re.sub(f"^{VOTES}", "", b["block_id"]) for b in fields_] == names
