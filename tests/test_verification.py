"""`rules verify`: a person's check of rule cards, what it makes of them, and when it ends.

The facts are the shipped ones; names of people and links in checks are ours.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from monitor import rule_checks, verification_store
from monitor.app import night_of, opened, rules_of, scrapers
from monitor.config import load_config
from monitor.database import open_reader, transaction
from monitor.deadlines import Deadline
from monitor.decision import Outcome
from monitor.errors import NothingMatched, StoreFailure
from monitor.events import Kind
from monitor.rulebook import load_rules, shipped_rules
from monitor.rules import FACTS, ContestKind, Method, Recount, RecountKind, Rule, RuleBook, Source
from monitor.state import RaceState, Watched
from monitor.verification import (
    Verification,
    as_of,
    checks_of,
    digest_of,
    open_facts,
    outdated,
    verified,
)
from monitor.watch import Watch
from tests.commands import NIGHTS, run
from tests.core_examples import CLOSE, COMPLETE, DURHAM_NIGHT, Told, arrival, contest

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.night import Night
    from monitor.store import Store

BOOK = shipped_rules()
ON = date(2026, 11, 3)
AT = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
LINK = "https://sos.oregon.gov/elections"
OREGON = ContestKind.NONPARTISAN_PRIMARY


def checks(
    state: str = "OR", facts: tuple[str, ...] = (), who: str = "Ada Ops", book: RuleBook = BOOK
) -> tuple[Verification, ...]:
    return checks_of(book, state, ON, facts, who, LINK, AT)


def card_of(book: RuleBook, state: str = "OR", kind: ContestKind = OREGON, on: date = ON) -> Rule:
    found = book.rule_for(state, "prosecutor", kind, on)
    assert found is not None
    return found


def changed(kind: ContestKind = OREGON, **values: object) -> RuleBook:
    """Return the book as a later version could ship it, with another Oregon card."""
    card = card_of(BOOK, kind=kind)
    other = replace(card, **values)  # type: ignore[arg-type]
    return replace(BOOK, rules=tuple(other if rule is card else rule for rule in BOOK.rules))


# --- what is checked


def test_a_check_of_a_state_fills_every_fact_without_a_source() -> None:
    assert card_of(BOOK).unverified() == ("method", "base", "follow_up")
    card = card_of(verified(BOOK, checks()))
    assert card.unverified() == ()
    source = card.source_of("method")
    assert source == Source(f"checked by Ada Ops: {LINK}", date(2026, 11, 20))
    assert card.source_of("runoff_date") is None  # the card has none


def test_start_values_of_ours_are_checked_by_name_only() -> None:
    """No statute holds a bound of late ballots, nor a recount nobody knows."""
    assert open_facts(card_of(verified(BOOK, checks()))) == ("late_ballots",)
    named = verified(BOOK, checks(facts=("late_ballots",)))
    assert card_of(named).source_of("late_ballots") is not None
    unknown = card_of(BOOK, "IN", ContestKind.GENERAL)
    assert unknown.source_of("recount") is None
    assert (
        card_of(verified(BOOK, checks("IN")), "IN", ContestKind.GENERAL).source_of("recount")
        is None
    )


def test_it_leaves_the_sources_there_are_and_other_states_alone() -> None:
    book = verified(BOOK, checks())
    before, after = (card_of(one, kind=ContestKind.GENERAL) for one in (BOOK, book))
    assert after.source_of("method") == before.source_of("method") is not None
    assert [r for r in book.rules if r.state != "OR"] == [r for r in BOOK.rules if r.state != "OR"]


def test_a_fact_that_is_named_gets_the_new_source_on_every_card_of_the_day() -> None:
    book = verified(BOOK, checks("NC", ("tie", "method")))
    cards = [rule for rule in book.rules if rule.state == "NC"]
    by_person = {
        (rule.contest_kind, rule.effective_from)
        for rule in cards
        if (source := rule.source_of("method")) and source.text.startswith("checked by")
    }
    assert by_person == {
        (rule.contest_kind, rule.effective_from)
        for rule in cards
        if rule.effective_from <= ON <= rule.last_day()
    }
    assert len(by_person) < len(cards)


def test_a_state_may_be_named_by_its_name_and_an_older_day_means_older_cards() -> None:
    found = checks_of(BOOK, "north carolina", date(2016, 3, 15), (), "Ada", LINK, AT)
    assert {(one.state, one.effective_from) for one in found} == {("NC", date(1990, 1, 1))}


@pytest.mark.parametrize(
    ("state", "facts", "told"),
    [
        ("XX", (), "no rule card is for 'XX'"),
        ("OR", ("metod",), "no fact 'metod' on a rule card; did you mean method?"),
        ("OR", ("weather",), "there are method, base"),
        ("NJ", (), "nothing is left to check in the rules of NJ"),
    ],
)
def test_what_cannot_be_checked_is_told(state: str, facts: tuple[str, ...], told: str) -> None:
    with pytest.raises(NothingMatched, match=told):
        checks(state, facts)


def test_where_everything_is_checked_nothing_is_left() -> None:
    with pytest.raises(NothingMatched, match="nothing is left to check"):
        checks(book=verified(BOOK, checks()))


# --- what it does to the book


def test_the_digest_covers_the_checks_that_hold() -> None:
    once = verified(BOOK, checks())
    assert once.digest != BOOK.digest
    assert once.digest == verified(BOOK, checks()).digest
    assert once.digest != verified(BOOK, checks(who="Grace Ops")).digest
    assert verified(BOOK, []) is BOOK
    assert once.text == BOOK.text


def test_the_last_check_of_a_fact_stands() -> None:
    both = (*checks(facts=("method",), who="Early"), *checks(facts=("method",), who="Late"))
    source = card_of(verified(BOOK, both)).source_of("method")
    assert source is not None
    assert source.text.startswith("checked by Late: ")


def test_a_digest_tells_which_checks_were_known_then() -> None:
    """What was decided before a check is explained without it."""
    every = (*checks(facts=("method",)), *checks(facts=("base",), who="Grace Ops"))
    for count in range(len(every) + 1):
        then = verified(BOOK, every[:count])
        assert as_of(load_rules(BOOK.text), every, then.digest) == then
    assert as_of(BOOK, every, "of an older version") is BOOK


# --- when it ends


def test_a_check_holds_only_for_what_the_person_saw() -> None:
    later = changed(method=Method.PLURALITY, numerator=0)
    (gone,) = outdated(later, checks())
    assert (gone.contest, gone.facts[:3]) == (OREGON, ("method", "base", "follow_up"))
    assert card_of(verified(later, checks())).unverified() == ("method", "base", "follow_up")
    general = card_of(verified(later, checks()), kind=ContestKind.GENERAL)
    assert open_facts(general) == ("late_ballots",)


def test_a_new_source_of_ours_ends_no_check_and_hides_an_outdated_one() -> None:
    source = Source("a statute", ON)
    every = tuple((fact, source) for fact in FACTS)
    assert outdated(changed(sources=every), checks()) == ()
    assert outdated(changed(sources=every, method=Method.PLURALITY), checks()) == ()


def test_a_card_that_is_gone_leaves_its_check_outdated() -> None:
    card = card_of(BOOK)
    none = replace(BOOK, rules=tuple(rule for rule in BOOK.rules if rule is not card))
    assert [one.contest for one in outdated(none, checks())] == [OREGON]
    replaced = changed(effective_from=date(2026, 1, 1))
    assert [one.contest for one in outdated(replaced, checks())] == [OREGON]


def test_reading_it_again_ends_the_warning() -> None:
    later = changed(method=Method.PLURALITY, numerator=0)
    again = checks(book=later, who="Grace Ops")
    assert outdated(later, (*checks(), *again)) == ()
    assert card_of(verified(later, (*checks(), *again))).unverified() == ()


@pytest.mark.parametrize(
    ("fact", "values"),
    [
        ("method", {"numerator": 1, "denominator": 3}),
        ("base", {"write_ins_in_base": False}),
        ("follow_up", {"follow_up_deadline": "noon"}),
        ("runoff_date", {"runoff_date": "a month later"}),
        ("recount", {"recount": Recount(RecountKind.AUTOMATIC, 1, 200)}),
        ("late_ballots", {"late_ballots_per_mille": 1}),
        ("tie", {"tie": "a duel"}),
        ("canvass", {"canvass": "soon"}),
        ("canvass", {"deadlines": (("canvass", Deadline("soon", days_after=3)),)}),
        ("certification", {"certification": "later"}),
        ("polls_close", {"polls_close": time(21)}),
        ("ties_advance", {"ties_advance": True}),
        ("registration_closed", {"registration_closed": True}),
    ],
)
def test_every_fact_is_bound_to_what_it_says(fact: str, values: dict[str, object]) -> None:
    card = replace(card_of(BOOK, kind=ContestKind.GENERAL), deadlines=())
    other = replace(card, **values)  # type: ignore[arg-type]
    assert digest_of(other, (fact,)) != digest_of(card, (fact,))
    rest = [one for one in FACTS if one != fact]
    assert digest_of(other, rest) == digest_of(card, rest)


# --- kept in the database


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "night.db"


def test_checks_are_kept_and_read_back_in_order(database: Path) -> None:
    assert rule_checks.kept(database) == ()
    rule_checks.record(database, checks())
    rule_checks.record(database, checks("NC", ("tie",)))
    assert rule_checks.kept(database) == (*checks(), *checks("NC", ("tie",)))
    assert rule_checks.races(database) == frozenset()


@pytest.mark.parametrize(
    "statement", ["DELETE FROM verifications", "UPDATE verifications SET who = 'Somebody'"]
)
def test_a_check_is_never_changed_nor_taken_out(database: Path, statement: str) -> None:
    rule_checks.record(database, checks())
    with opened(database) as store, pytest.raises(StoreFailure, match="append-only"):
        store.db.execute(statement)


def test_a_check_is_written_beside_the_instance_that_watches(database: Path) -> None:
    with opened(database) as store:
        assert verification_store.count(store.db) == 0
        rule_checks.record(database, checks())
        assert verification_store.count(store.db) == len(checks())
        assert card_of(rules_of(store)).unverified() == ()


def test_a_database_of_an_earlier_version_holds_none(database: Path) -> None:
    with opened(database) as store, transaction(store.db):
        store.db.execute("DROP TABLE verifications")
    reader = open_reader(database)
    assert verification_store.read(reader) == ()
    reader.close()


# --- the command line


def test_verify_says_what_was_recorded_and_what_is_left(database: Path) -> None:
    ran = run(
        "rules", "verify", "or", "--who", " Ada  Ops ", "--source", LINK, "--on", "2026-11-03",
        "--database", database,
    )  # fmt: skip
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].startswith("OR nonpartisan-primary: who wins, what counts, what follows")
    assert lines[0].endswith(f"checked by Ada Ops: {LINK}")
    assert lines[-1] == "OR general: still not verified: late ballots (--fact names one)"
    shown = run("rules", "OR", "--on", "2026-11-03", "--database", database)
    assert "Outcomes may be given automatically." in shown.out
    assert "No automatic outcome" not in shown.out
    assert f"checked by Ada Ops: {LINK}" in " ".join(shown.out.split())
    bare = run("rules", "OR", "--on", "2026-11-03", "--database", database.with_name("no.db"))
    assert "No automatic outcome" in bare.out


def test_rules_as_json_holds_the_check(database: Path) -> None:
    rule_checks.record(database, checks())
    ran = run("rules", "OR", "--on", "2026-11-03", "--database", database, "--json")
    rows = json.loads(ran.out)
    assert not any(row["blocks"] for row in rows)
    assert {row["source"] for row in rows if row["fact"] == "tie"} == {
        f"checked by Ada Ops: {LINK}"
    }


def test_an_outdated_check_is_said_by_rules(database: Path) -> None:
    stale = replace(checks()[0], seen="what it said then")
    rule_checks.record(database, (stale,))
    ran = run("rules", "OR", "--on", "2026-11-03", "--database", database)
    assert ran.code == 0
    assert "OR: the check of method, base, follow up" in ran.err
    assert "by Ada Ops on Nov 20, 2026 was of other words than the rule card has now" in ran.err
    assert "No automatic outcome" in ran.out


@pytest.mark.parametrize(
    ("who", "source", "code", "told"),
    [
        ("", LINK, 2, "give a name"),
        ("Ada", "the statute", 2, "give a link"),
        ("Ada", "https://a b", 2, "give a link"),
        ("A\x1bda", LINK, 2, "give a name"),
    ],
)
def test_what_is_refused(database: Path, who: str, source: str, code: int, told: str) -> None:
    ran = run("rules", "verify", "OR", "--who", who, "--source", source, "--database", database)
    assert ran.code == code
    assert told in ran.err
    assert not database.exists()


def test_an_unknown_state_leaves_no_database(database: Path) -> None:
    ran = run("rules", "verify", "XX", "--who", "Ada", "--source", LINK, "--database", database)
    assert (ran.code, database.exists()) == (5, False)


# --- what a running watch makes of it


def bare() -> RuleBook:
    """Return the rules as if nobody had verified anything."""
    return replace(BOOK, rules=tuple(replace(rule, sources=()) for rule in BOOK.rules))


def durham_decided_without_a_rule(store: Store, night: Night) -> None:
    """Store Durham's complete figures, seen twice, with nothing told but the count."""
    race = night.config.races[0]
    seen = Told(Watched(race, night.races[race.id].rule, closes_at=CLOSE))
    for minutes, votes in ((-5, dict.fromkeys(DURHAM_NIGHT, 0)), (60, DURHAM_NIGHT)):
        for later in (0, 2):
            at = CLOSE + timedelta(minutes=minutes + later)
            seen.look(arrival(contest(votes), at, COMPLETE))
    assert Kind.RACE_WON not in seen.kinds
    with store.transaction():
        store.save_race(race.id, seen.state, night.digests)


def test_a_check_makes_a_running_watch_decide_again(database: Path) -> None:
    """Durham was decided but for an unverified rule: verified, it is told at once."""
    config = load_config(NIGHTS / "durham-2018.config.toml", scrapers())
    night, nothing = night_of(config, bare()), cast("Any", None)
    found = checks_of(bare(), "NC", date(2018, 5, 8), (), "Ada", LINK, AT)
    now = CLOSE + timedelta(minutes=70)
    with opened(database) as store:
        store.begin(night.config, night.rules, now)
        durham_decided_without_a_rule(store, night)
        watch = Watch(night, store, nothing, nothing, nothing)
        watch.reload(night, (), now)
        assert events(store) == []
        watch.reload(night_of(config, verified(bare(), found)), (), now)
        assert Kind.RACE_WON in events(store)
        kept = store.race(config.races[0].id)
        assert kept.told["Satana Deberry"].outcome is Outcome.WON
        digest = watch.night.rules.digest
        assert store.rows("SELECT text FROM configs WHERE digest = ?", [digest])


def test_explain_shows_who_checked_what_as_it_was_known(database: Path) -> None:
    """The kept rules are the shipped text; the checks known then are laid over it again."""
    config = load_config(NIGHTS / "durham-2018.config.toml", scrapers())
    race = config.races[0].id
    tie = checks_of(BOOK, "NC", date(2018, 5, 8), ("tie",), "Ada Ops", LINK, AT)
    rule_checks.record(database, tie)
    for known, told in ((verified(BOOK, tie), True), (BOOK, False)):
        night = night_of(config, known)
        with opened(database) as store:
            store.begin(night.config, night.rules, AT)
            with store.transaction():
                store.save_race(race, RaceState(), night.digests)
        out = " ".join(run("explain", race, "--database", database).out.split())
        assert (f"(North Carolina); tie checked by Ada Ops: {LINK}" in out) == told
        assert "needs more than 30% (North Carolina)" in out


def events(store: Store) -> list[str]:
    return [row["kind"] for row in store.rows('SELECT kind FROM event_log ORDER BY "row"')]
