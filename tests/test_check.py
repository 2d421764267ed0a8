"""`check`: the three grades of each race, and the sentence to sign off."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor import app, rule_checks
from monitor.check import Answer, Checked, Grade, Kept, check_channels, check_race
from monitor.config import load_config
from monitor.errors import Blocked, LayoutChanged, NotFound, Unreachable
from monitor.model import Contest, Report, Selection
from monitor.races import AUTO, Policy, PolicyKind
from monitor.rulebook import shipped_rules
from monitor.rules import FACTS, RuleBook
from monitor.verification import checks_of
from tests.commands import NIGHTS, run
from tests.sheet_desk import served, write_config, write_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.night import Night

CLOSE = datetime(2018, 5, 8, 23, 30, tzinfo=UTC)
EVENING = CLOSE - timedelta(hours=1)
TITLE = "DISTRICT ATTORNEY DISTRICT 16"


@pytest.fixture(scope="module")
def night() -> Night:
    """Return the Durham night's configuration, made ready."""
    return app.night_of(load_config(NIGHTS / "durham-2018.config.toml", app.scrapers()))


def contest(title: str = TITLE, party: str = "DEM", *names: str) -> Contest:
    listed = names or ("Satana Deberry", "Roger Echols", "Daniel Meier")
    return Contest(title, title, tuple(Selection(name, name, 0) for name in listed), party=party)


def checked(night: Night, answer: Answer | None, now: datetime = EVENING) -> Checked:
    answers = None if answer is None else {"nc_durham": answer}
    return check_race(night, night.config.races[0], answers, now)


def sentences(result: Checked, grade: Grade) -> str:
    return "\n".join(one.sentence for one in result.findings if one.grade is grade)


def test_the_sentence_to_sign_off(night: Night) -> None:
    """Whom, for whom, which contest, against whom, by which rule, until when, told where."""
    assert checked(night, Report((contest(),))).sign_off == (
        "We speak for Deberry (endorsed by Example Coalition) in "
        "«DISTRICT ATTORNEY DISTRICT 16 - DEM»; rivals Echols and Meier; "
        "needs more than 30% (North Carolina); polls close 7:30 PM ET; posts to #primary-night; "
        "no callers; outcomes go out at once."
    )


def test_without_a_visit_the_sentence_says_so(night: Night) -> None:
    result = checked(night, None)
    assert "in Durham DA, DEM (contest not looked up); rivals not looked up;" in result.sign_off


def test_a_party_in_the_title_is_not_said_twice(night: Night) -> None:
    result = checked(night, Report((contest(f"{TITLE} - DEM"),)))
    assert f"in «{TITLE} - DEM»;" in result.sign_off


def test_a_matched_contest_is_green(night: Night) -> None:
    result = checked(night, Report((contest(),)))
    assert sentences(result, Grade.GREEN) == (f"nc_durham: «{TITLE}» is there, 3 choices, 0 votes")


def test_unverified_facts_are_named_in_amber(night: Night) -> None:
    """NC's late ballots and tie rule have no source yet; outcomes do not rest on them."""
    result = checked(night, Report((contest(),)))
    assert result.grade is Grade.AMBER
    assert "NC: late ballots and tie unverified" in sentences(result, Grade.AMBER)


def test_an_unverified_method_means_no_outcome(night: Night) -> None:
    rules = tuple(replace(rule, sources=()) for rule in night.rules.rules)
    bare = app.night_of(night.config, RuleBook(rules, "d"))
    told = sentences(checked(bare, None), Grade.AMBER)
    assert told == (
        "NC: rule unverified (method, base and follow up), no automatic outcome; READY TO CALL "
        "instead; clear with `run.py rules verify NC --who NAME --source URL`"
    )


def test_a_rule_that_is_fully_verified_is_green(night: Night) -> None:
    source = night.rules.rules[0].sources[0][1]
    named = tuple((fact, source) for fact in FACTS)
    rules = tuple(replace(rule, sources=named) for rule in night.rules.rules)
    result = checked(app.night_of(night.config, RuleBook(rules, "d")), Report((contest(),)))
    assert result.grade is Grade.GREEN


def test_a_past_election_is_amber(night: Night) -> None:
    told = sentences(checked(night, None, CLOSE + timedelta(days=2)), Grade.AMBER)
    assert "the election was on May 8, 2018, which is past" in told
    assert "which is past" not in sentences(checked(night, None, CLOSE), Grade.AMBER)


def test_a_close_in_the_morning_is_red(night: Night) -> None:
    """Ops who write 7:30 at 6:30 pm would have every test of the day taken for votes."""
    race = replace(night.config.races[0], polls_close=time(7, 30), zone="America/New_York")
    made = app.night_of(replace(night.config, races=(race,)))
    told = sentences(checked(made, None, CLOSE), Grade.RED)
    assert "polls_close = 07:30:00 is in the morning; for the evening write 19:30:00" in told
    evening = replace(race, polls_close=time(19, 30))
    made = app.night_of(replace(night.config, races=(evening,)))
    assert not sentences(checked(made, None, CLOSE), Grade.RED)


def test_a_contest_not_listed_yet_is_amber_until_20_minutes_after_close(night: Night) -> None:
    """Many contests appear only when polls have closed."""
    report = Report((contest("SHERIFF"),))
    told = sentences(checked(night, report), Grade.AMBER)
    assert (
        "nc_durham: contest not listed yet; looking every minute, alarm 20 minutes after close"
    ) in told
    assert "«SHERIFF (id SHERIFF, DEM)»" in told
    assert checked(night, report, CLOSE + timedelta(minutes=19)).grade is Grade.AMBER
    assert checked(night, report, CLOSE + timedelta(minutes=20)).grade is Grade.RED


def test_what_is_red(night: Night) -> None:
    """Ambiguous, wrong date, our candidate missing, a wall, nobody there, a new layout."""
    twice = Report((contest(), replace(contest(), key="2")))
    tests: tuple[tuple[Answer, str], ...] = (
        (twice, "2 contests fit"),
        (Report((contest(),), election_date=date(2018, 11, 6)), "wrong date: the site shows"),
        (Report((contest(TITLE, "DEM", "Roger Echols"),)), "nobody is called Satana Deberry"),
        (Blocked("a wall: 403"), "nc_durham: Blocked: a wall: 403"),
        (Unreachable("no connection"), "nc_durham: Unreachable: no connection"),
        (LayoutChanged("no rows"), "nc_durham: LayoutChanged: no rows"),
    )
    for answer, seen in tests:
        result = checked(night, answer)
        assert result.grade is Grade.RED, answer
        assert seen in sentences(result, Grade.RED)


def test_a_page_that_is_not_there_is_amber_before_the_close_only(night: Night) -> None:
    error = NotFound("not found: 404")
    told = sentences(checked(night, error), Grade.AMBER)
    assert "NotFound: not found: 404; some pages appear only when polls have closed" in told
    assert checked(night, error, CLOSE).grade is Grade.RED


def test_test_data_is_amber_before_the_close_only(night: Night) -> None:
    report = Report((contest(),), is_test=True)
    assert "test data" in sentences(checked(night, report), Grade.AMBER)
    assert checked(night, report, CLOSE).grade is Grade.RED


def test_without_an_ops_channel_nobody_hears_of_trouble(night: Night) -> None:
    slack = replace(night.config.slack, ops_channel="")
    quiet = replace(night, config=replace(night.config, slack=slack))
    assert [one.grade for one in check_channels(quiet)] == [Grade.AMBER]
    assert [one.grade for one in check_channels(night)] == [Grade.GREEN]


# -- callers, policies, and who runs against whom -------------------------------------------


def with_race(night: Night, **values: object) -> Night:
    """Return the night with other values in its race."""
    race = replace(night.config.races[0], **values)  # type: ignore[arg-type]
    return app.night_of(replace(night.config, races=(race,)))


AFTER_5 = Policy(PolicyKind.AFTER, 5)
ASKED = Policy(PolicyKind.ON_CONFIRMATION)
ANA = ("Ana Ruiz",)
TWO = ("Ana Ruiz", "U024BE7LH")
BY_KIND = (("lost", ASKED), ("runoff-possible", AUTO))


@pytest.mark.parametrize(
    ("callers", "policies", "told"),
    [
        ((), (), "at once"),
        (ANA, (), "after 3 minutes unless Ana Ruiz stops them"),
        (TWO, (("", AFTER_5),), "after 5 minutes unless Ana Ruiz or U024BE7LH stops them"),
        (ANA, (("", AUTO),), "at once"),
        (ANA, (("", ASKED),), "only when Ana Ruiz confirms them"),
        (ANA, (("", AUTO), *BY_KIND), "at once; lost: only when Ana Ruiz confirms it"),
        ((), (("lost", AFTER_5),), "at once; lost: after 5 minutes unless somebody stops it"),
        (
            (),
            (("tie", Policy(PolicyKind.AFTER, 1)),),
            "at once; tie: after 1 minute unless somebody stops it",
        ),
    ],
)
def test_the_sentence_says_how_outcomes_go_out(
    night: Night, callers: tuple[str, ...], policies: tuple[tuple[str, Policy], ...], told: str
) -> None:
    made = with_race(night, callers=callers, policies=policies)
    assert checked(made, None).sign_off.endswith(f"; outcomes go out {told}.")


def test_the_sentence_says_who_is_asked(night: Night) -> None:
    said = checked(with_race(night, callers=TWO, policies=BY_KIND), None).sign_off
    assert said.endswith(
        "; posts to #primary-night; callers Ana Ruiz and U024BE7LH; outcomes go out after 3 "
        "minutes unless Ana Ruiz or U024BE7LH stops them; lost: only when Ana Ruiz or U024BE7LH "
        "confirms it; runoff possible: at once."
    )


@pytest.mark.parametrize(
    ("policies", "told"),
    [
        ((("", ASKED),), "outcomes wait to be confirmed, and no callers are named who would be"),
        ((("lost", AFTER_5),), "outcomes wait for minutes to be stopped, and no callers are named"),
        ((("", AUTO),), ""),
        ((), ""),
    ],
)
def test_a_policy_that_asks_nobody_is_amber(
    night: Night, policies: tuple[tuple[str, Policy], ...], told: str
) -> None:
    said = sentences(checked(with_race(night, policies=policies), None), Grade.AMBER)
    assert ("no callers" in said) == bool(told)
    assert told in said
    asked = with_race(night, policies=policies, callers=("Ana Ruiz",))
    assert "no callers" not in sentences(checked(asked, None), Grade.AMBER)


@pytest.mark.parametrize("caller", ["U024", "u024be7lh", "U024BE7LH-1", "C024BE7LH", "T0G9PQBBK"])
def test_an_id_that_is_no_members_is_amber(night: Night, caller: str) -> None:
    told = sentences(checked(with_race(night, callers=(caller,)), None), Grade.AMBER)
    assert f"caller \"{caller}\" looks like an id of Slack's, but not like a member's" in told


@pytest.mark.parametrize("caller", ["U024BE7LH", "W012A3CDE9", "Ana Ruiz", "Ulla", "Wade", "DIEGO"])
def test_names_and_members_ids_are_taken_as_they_are(night: Night, caller: str) -> None:
    told = sentences(checked(with_race(night, callers=(caller,)), None), Grade.AMBER)
    assert "looks like" not in told


def test_an_uncontested_race_is_one_amber_line_and_no_contest(night: Night) -> None:
    made = with_race(night, uncontested=True, sources=())
    result = check_race(made, made.config.races[0], {}, EVENING)
    assert [(one.grade, one.sentence) for one in result.findings] == [
        (Grade.AMBER, "uncontested: no votes are read, and one line on election day says so")
    ]
    assert result.sign_off == (
        "We speak for Deberry (endorsed by Example Coalition) in Durham DA, uncontested; "
        "posts to #primary-night; no callers."
    )
    assert made.plans == {}


def test_a_race_that_follows_an_unknown_one_is_amber(night: Night) -> None:
    made = with_race(night, follows="durham-primary")
    told = sentences(checked(made, None), Grade.AMBER)
    assert 'follows "durham-primary", a race neither config.toml nor the database knows' in told
    kept = Kept(races=frozenset({"durham-primary"}))
    known = check_race(made, made.config.races[0], None, EVENING, kept)
    assert "follows" not in sentences(known, Grade.AMBER)


def test_a_check_of_an_older_rule_card_is_amber_where_it_matters(night: Night) -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    rules = night.rules
    found = checks_of(rules, "NC", date(2018, 5, 8), ("tie",), "Ada Ops", "https://x.org", at)
    kept = Kept(outdated=found)
    told = sentences(check_race(night, night.config.races[0], None, EVENING, kept), Grade.AMBER)
    assert told.count("the check of") == 1
    assert (
        "NC: the check of tie (party-primary) by Ada Ops on Nov 20, 2026 was of other words than "
        "the rule card has now; read it and verify again"
    ) in told


# -- the command -------------------------------------------------------------------------


def test_check_takes_what_the_database_holds(tmp_path: Path) -> None:
    """A fact a person checked is not named any more; an outdated check is."""
    config, database = write_config(tmp_path, write_sheet(tmp_path)), tmp_path / "night.db"
    call = ("check", "--config", config, "--database", database)
    assert "runoff date" in run(*call).out
    at = datetime(2026, 11, 20, tzinfo=UTC)
    book, day = shipped_rules(), date(2018, 3, 6)
    made = checks_of(book, "TX", day, ("runoff_date",), "Ada Ops", "https://x.org", at)
    rule_checks.record(database, made)
    assert "runoff date" not in run(*call).out
    stale = replace(made[0], facts=("tie",), seen="what it said then")
    rule_checks.record(database, (stale,))
    assert "amber: TX: the check of tie (party-primary) by Ada Ops" in run(*call).out


def test_check_online_visits_the_source(tmp_path: Path) -> None:
    """A local sheet is a source like any other; nothing is written beside it."""
    config = write_config(tmp_path, write_sheet(tmp_path))
    ran = run("check", "--online", "--config", config)
    assert ran.code == 0
    assert ran.out.startswith("AMBER  dallas-da-2018\n")
    assert "in «Criminal District Attorney - DEM»; rivals Creuzot;" in ran.out
    assert "green: dallas_sheet: «Criminal District Attorney» is there" in ran.out
    assert {path.name for path in tmp_path.iterdir()} == {"config.toml", "dallas.csv"}


def test_check_exits_with_1_when_a_race_is_red(tmp_path: Path) -> None:
    config = write_config(tmp_path, write_sheet(tmp_path), candidate="Elisabeth Frizel")
    ran = run("check", "--online", "--config", config, "--json")
    assert ran.code == 1
    result = json.loads(ran.out)
    assert (result["grade"], result["races"][0]["grade"]) == ("red", "red")
    assert "nobody is called Elisabeth Frizel" in ran.out


def test_a_wall_is_red(tmp_path: Path) -> None:
    with served() as server:
        config = write_config(tmp_path, server.url("challenge"))
        ran = run("check", "--online", "--config", config)
    assert ran.code == 1
    assert "red: dallas_sheet: Blocked: a wall: 403" in ran.out


def test_a_token_is_asked_for_its_team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No token is amber; one that Slack's place does not answer for is red."""
    config = write_config(tmp_path, write_sheet(tmp_path))
    monkeypatch.delenv("PRIMARY_NIGHT_SLACK_TOKEN", raising=False)
    ran = run("check", "--config", config)
    assert "amber: Slack: no token in the environment" in ran.out
    with served() as server:
        monkeypatch.setenv("PRIMARY_NIGHT_SLACK_TOKEN", "xoxb-1-secret")
        monkeypatch.setenv("PRIMARY_NIGHT_SLACK_URL", server.url("api/"))
        ran = run("check", "--config", config)
    assert ran.code == 1
    assert "red: Slack: " in ran.out
    assert "secret" not in ran.out + ran.err
