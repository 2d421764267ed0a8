"""`check`: the three grades of each race, and the sentence to sign off."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from monitor import app
from monitor.check import Answer, Checked, Grade, check_channels, check_race
from monitor.config import load_config
from monitor.errors import Blocked, LayoutChanged, NotFound, Unreachable
from monitor.model import Contest, Report, Selection
from monitor.rules import RuleBook
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
        "needs more than 30% (North Carolina); polls close 7:30 PM ET; posts to #primary-night."
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
    assert "NC: method, base and follow up unverified, no automatic outcome" in told


def test_a_rule_that_is_fully_verified_is_green(night: Night) -> None:
    source = night.rules.rules[0].sources[0][1]
    facts = ("method", "base", "follow_up", "recount", "late_ballots", "tie", "canvass",
             "certification", "polls_close")  # fmt: skip
    named = tuple((fact, source) for fact in facts)
    rules = tuple(replace(rule, sources=named) for rule in night.rules.rules)
    result = checked(app.night_of(night.config, RuleBook(rules, "d")), Report((contest(),)))
    assert result.grade is Grade.GREEN


def test_a_past_election_is_amber(night: Night) -> None:
    told = sentences(checked(night, None, CLOSE + timedelta(days=2)), Grade.AMBER)
    assert "the election was on May 8, 2018, which is past" in told
    assert "which is past" not in sentences(checked(night, None, CLOSE), Grade.AMBER)


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


# -- the command -------------------------------------------------------------------------


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
