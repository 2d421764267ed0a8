"""What a newcomer tripped over: ops at 6:30 pm with the README, and a staff member's phone."""

from __future__ import annotations

import inspect
import re
from typing import TYPE_CHECKING

import pytest

from monitor import sentences
from monitor.decision import Basis, Block, Outcome
from monitor.events import Kind
from monitor.people import ActKind
from monitor.report import view
from monitor.words import block_words, missing_words
from tests.act_night import BEN, RACE, People, pasted, prepared
from tests.commands import NIGHTS, run
from tests.core_examples import DURHAM, tally_of
from tests.now_night import sheets_served
from tests.test_acts import MOST, NAME, TURNED, Desk, refused, seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from monitor.tally import Tally


@pytest.fixture
def people(tmp_path: Path) -> Iterator[People]:
    with sheets_served() as sheets:
        yield prepared(tmp_path, sheets)


def confirmed_then_turned() -> Desk:
    """Return a race whose count gave a won that a person released, and then another leader."""
    made = seen()
    made.act(ActKind.CONFIRM, 182)
    made.see(TURNED, 190)
    made.see(TURNED, 196)
    made.see(TURNED, 197)
    assert made.state.told[NAME].doubt_since is not None
    return made


# -- what is taken back, and what goes out because of it -----------------------------------


def test_a_retraction_taken_back_tells_no_outcome_that_the_figures_deny() -> None:
    """It had told WON of somebody 1,793 votes behind, without anybody having seen it."""
    made = confirmed_then_turned()
    made.act(ActKind.RETRACT, 198)
    answer = made.undo(199)
    refused(answer, "won, as Ben Ortiz said, would go out again", "1,793 behind", "`unfreeze`")
    assert made.outcome == (Outcome.NONE, Basis.NONE)
    assert made.act(ActKind.UNFREEZE, 200).applied
    assert Kind.RACE_WON not in made.new


def test_an_outcome_declared_against_the_figures_comes_back_on_the_same_figures() -> None:
    made = seen()
    made.act(ActKind.CALL, 182, outcome=Outcome.LOST, override=True)
    made.act(ActKind.RETRACT, 183)
    assert made.undo(184).applied
    assert made.outcome == (Outcome.LOST, Basis.CALLED)


def test_a_certification_taken_back_tells_no_earlier_outcome_that_the_figures_deny() -> None:
    made = seen()
    made.act(ActKind.CONFIRM, 182)
    made.act(ActKind.CALL, 183, outcome=Outcome.WON, certified=True, link="https://example.org/c")
    made.see(TURNED, 190)
    made.see(TURNED, 196)
    made.see(TURNED, 197)
    assert made.undo(198).applied
    assert Kind.OUTCOME_RETRACTED in made.new
    assert Kind.RACE_WON not in made.new
    assert made.people.called == {}


def test_what_the_count_questions_or_restores_names_nobody() -> None:
    """HOLD OFF said "Withdrawn by" whoever had released the outcome, and STANDS "Checked by"."""
    made = confirmed_then_turned()
    assert made.last(Kind.HOLD_OFF).who == ""
    for at in (199, 205, 206, 208):
        made.see({**TURNED, NAME: 19_000}, at)
    assert made.last(Kind.OUTCOME_STANDS).who == ""


# -- the terminal --------------------------------------------------------------------------


def test_status_says_that_an_outcome_is_in_doubt_and_that_a_race_is_frozen(people: People) -> None:
    shown = people.does("confirm", RACE, *BEN)
    assert run(*pasted(shown.out), *people.places).code == 0
    people.does(
        "enter", RACE, "--votes", "Ann Alpha=700", "--votes", "Bo Rival=900",
        "--link", "phone, clerk Ben", "--override", "OVERRIDE", *BEN,
    )  # fmt: skip
    assert "HOLD OFF: won (confirmed)" in run("status", "--database", people.database).out
    people.does("freeze", RACE, *BEN)
    status = run("status", "--database", people.database).out
    assert "HOLD OFF: won (confirmed), frozen" in status


@pytest.mark.parametrize("words", [("--who", "NAME", "--why", "x"), ("--who", "A", "--why", "…")])
def test_a_line_pasted_as_printed_asks_for_a_name_and_a_reason(
    people: People, words: tuple[str, ...]
) -> None:
    ran = people.does("freeze", RACE, *words)
    assert ran.code == 2
    assert people.acts() == []


def test_figures_that_come_back_stand_once_in_the_history(people: People) -> None:
    for ours in ("800", "900"):
        ran = people.does(
            "enter", RACE, "--votes", f"Ann Alpha={ours}", "--link", "phone, clerk Ben", *BEN
        )
        assert ran.code == 0, ran.out
    last = people.acts()[-1]["id"]
    assert people.does("undo", RACE, last, *BEN).code == 0
    rows = [row for row in view(people.database, "race_history") if "entered" in row["source"]]
    assert len(rows) == len({(row["at"], row["name"]) for row in rows}) == 4
    lines = run("explain", RACE, "--database", people.database).out
    assert lines.count("800  Ann Alpha") == 1


def test_an_act_into_a_new_database_says_so(people: People) -> None:
    """From another folder it freezes a race nobody watches, and said no more than "done"."""
    other = people.folder / "other.db"
    ran = run("freeze", RACE, *BEN, "--config", people.config, "--database", other)
    assert "other.db is new: a `watch` that runs with another --database" in ran.out
    ran = run("unfreeze", RACE, *BEN, "--config", people.config, "--database", other)
    assert "is new" not in ran.out


def test_acts_of_a_misspelt_race_are_not_nothing_yet(people: People) -> None:
    ran = run("acts", "alpha-daa", "--database", people.database)
    assert ran.code == 5
    assert "did you mean alpha-da?" in ran.err
    assert run("acts", RACE, "--database", people.database).code == 0


def test_a_look_shows_the_desks_time(people: People) -> None:
    shown = people.does("confirm", RACE, *BEN).out
    head = next(line for line in shown.splitlines() if line.startswith("#primary-night"))
    assert head.strip().endswith(" ET")


def test_check_does_not_promise_outcomes_from_a_sheet(people: People) -> None:
    assert (
        "numbers kept by hand wait for a named person unless marked certified"
        in run("check", "--config", people.config, "--database", people.database).out
    )


# -- confirm in the middle of the count ----------------------------------------------------


def test_a_count_under_way_is_confirmed_only_by_one_who_says_so() -> None:
    """With the mail alone in, `confirm` had released WON like a count with one precinct out."""
    made = seen({name: count // 2 for name, count in MOST.items()}, (28, 57))
    refused(made.act(ActKind.CONFIRM, 182), "still under way", "28/57 precincts", "OVERRIDE")
    assert made.act(ActKind.CONFIRM, 183, override=True).applied
    assert seen().act(ActKind.CONFIRM, 182).applied  # 56 of 57


def test_a_refusal_to_confirm_does_not_ask_for_a_person(tmp_path: Path) -> None:
    with sheets_served() as sheets:
        close = prepared(tmp_path, sheets, 10)
        ran = close.does("confirm", RACE, *BEN)
    assert ran.code == 1
    assert "named person to confirm" not in ran.out


# -- words ---------------------------------------------------------------------------------


def units(reported: int) -> Tally:
    return tally_of(DURHAM, MOST, None, (reported, 57))


def test_what_is_missing_is_what_is_out() -> None:
    blocks = (Block.NOT_COMPLETE, Block.RULE_UNVERIFIED)
    assert missing_words(blocks, units(56)) == "1 of 57 precincts; the state's rule is not verified"
    assert missing_words(blocks[:1], units(57)) == "the count is not complete"


def test_all_units_in_are_no_reason_why_the_count_is_not_complete() -> None:
    assert block_words((Block.NOT_COMPLETE,), units(57)) == "the count is not complete"
    assert block_words((Block.NOT_COMPLETE,), units(9)) == "9 of 57 precincts reporting"


def test_each_block_has_one_sentence() -> None:
    """A key written twice keeps the last, and nobody is told."""
    source = inspect.getsource(sentences)
    for block in Block:
        assert source.count(f"Block.{block.name}:") == 1


def test_a_database_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    """It had spoken of rights and backups to whoever typed `status` before `watch`."""
    for command in (("status",), ("acts", RACE), ("explain", RACE)):
        ran = run(*command, "--database", tmp_path / "none.db")
        assert ran.code == 6
        assert "there is no such file; start `watch`, or name another with --database" in ran.err


def test_a_sum_of_counties_names_the_county_of_each_source() -> None:
    """Both counties of Cape Fear were "NC State Board of Elections, no time of its own"."""
    posts = (NIGHTS / "cape-fear-2024.posts").read_text(encoding="utf-8")
    assert "|New Hanover: NC State Board of Elections>" in posts
    assert "|Pender: NC State Board of Elections>" in posts
    assert "43 of 43 precincts reporting" not in posts


def test_what_is_to_be_said_aloud_names_parties_as_people_say_them() -> None:
    for night in NIGHTS.glob("*.posts"):
        for line in night.read_text(encoding="utf-8").splitlines():
            if "*SAY:*" in line:
                assert not re.search(r"\b(DEM|REP) |\(unexpired", line), line
