"""The backtest itself: its oracle, its nights, its readers, and what it found.

Contests are made up here unless a test names its source; the figures of Durham are the
certified ones of 2018-05-08, Johnson County's those of its report of 2018-08-07.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.backtest.contests import Box, Choice, Row, RowContest, gather
from monitor.backtest.counts import MOST_LATE, Stage
from monitor.backtest.nights import simulate
from monitor.backtest.report import as_json, as_markdown
from monitor.backtest.run import FileScore, Options
from monitor.backtest.scoring import (
    VARIANTS,
    Contradiction,
    Measure,
    Score,
    assumed,
    card_for,
    play,
)
from monitor.backtest.tables import rows_of_table
from monitor.backtest.truth import Law, is_clear, is_settled, names_unknown, outcome_of
from monitor.decide import decide
from monitor.decision import Block, Evidence, Outcome
from monitor.errors import LayoutChanged
from monitor.events import Kind
from monitor.model import Contest, ResultsStatus, Selection, UnitKind, Units, VoteType
from monitor.races import Election, ElectionKind, Endorsement, Race, SourceUse
from monitor.rulebook import shipped_rules
from monitor.rules import FollowUp, Method, Rule
from monitor.tally import Snapshot, add_up
from tests.commands import ROOT, run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

RULES = shipped_rules()
DAY = date(2023, 5, 16)
EXAMPLES = ROOT / "tests" / "examples"


def contest(
    *boxes: Sequence[int], state: str = "PA", seats: int = 1, write_in: bool = False
) -> RowContest:
    """Make a party primary of boxes without vote types; the last line may be the write-ins."""
    names = [f"Candidate {letter}" for letter in "ABCDEFGH"[: len(boxes[0])]]
    lines = [Choice(name, is_write_in=False) for name in names]
    if write_in:
        lines[-1] = Choice("Write-in", is_write_in=True)
    nothing = (0,) * len(lines)
    return RowContest(
        file="made up", state=state, on=DAY, key="1", title="District Attorney", party="DEM",
        seats=seats, choices=tuple(lines), types_known=False,
        boxes=tuple(Box(nothing, tuple(votes), is_unit=True) for votes in boxes),
    )  # fmt: skip


def card(state: str, one: RowContest | None = None) -> Rule:
    """Return the card of a party primary of a state."""
    found = card_for(RULES, replace(one or contest((1, 0)), state=state))
    assert found is not None
    return assumed(found)


def law(method: Method, share: tuple[int, int] = (0, 1), seats: int = 1, **parts: bool) -> Law:
    """Return a law with a runoff where nobody meets the share."""
    rule = replace(
        card("PA"), method=method, numerator=share[0], denominator=share[1],
        follow_up=FollowUp.RUNOFF_AUTOMATIC, strict=parts.get("strict", True),
        write_ins_in_base=True,
    )  # fmt: skip
    return Law(rule, seats, (False,) * 8)


HALF, THIRTY = (1, 2), (30, 100)


@pytest.mark.parametrize(
    ("method", "share", "seats", "votes", "outcomes"),
    [
        (Method.PLURALITY, (0, 1), 1, (5, 4), "won lost"),
        (Method.PLURALITY, (0, 1), 1, (5, 5, 1), "tie tie lost"),
        (Method.PLURALITY, (0, 1), 2, (5, 4, 3), "won won lost"),
        (Method.PLURALITY, (0, 1), 2, (5, 4, 4), "won tie tie"),
        (Method.TOP_TWO, (0, 1), 1, (5, 4, 3), "runoff runoff lost"),
        (Method.MAJORITY, HALF, 1, (51, 49), "won lost"),
        (Method.MAJORITY, HALF, 1, (50, 30, 20), "runoff runoff lost"),
        (Method.MAJORITY, HALF, 1, (40, 30, 30), "runoff tie tie"),
        (Method.SUBSTANTIAL_PLURALITY, THIRTY, 1, (30, 29, 28, 13), "runoff runoff lost lost"),
        (Method.SUBSTANTIAL_PLURALITY, THIRTY, 1, (31, 29, 27, 13), "won lost lost lost"),
        (Method.SUBSTANTIAL_PLURALITY, THIRTY, 1, (40, 40, 20), "tie tie lost"),
        # Of five seats three are met by a share; the law of the rest is a person's to read.
        (
            Method.MAJORITY,
            HALF,
            5,
            (2, 2, 2, 1, 1, 1, 1, 1),
            "won won won none none none none none",
        ),
    ],
)
def test_what_really_came_out(
    method: Method, share: tuple[int, int], seats: int, votes: tuple[int, ...], outcomes: str
) -> None:
    """The oracle's outcomes, worked out by hand; the prize of a made-up top two is a runoff."""
    found = [outcome_of(law(method, share, seats), votes, who) for who in range(len(votes))]
    expected = outcomes.split()
    if method is Method.TOP_TWO:
        expected = ["advanced" if word == "runoff" else word for word in expected]
    assert [one.value for one in found] == expected


LAWS = [
    law(Method.PLURALITY),
    law(Method.PLURALITY, seats=2),
    law(Method.MAJORITY, HALF),
    law(Method.SUBSTANTIAL_PLURALITY, THIRTY),
]


@settings(max_examples=60)
@given(
    which=st.sampled_from(LAWS),
    votes=st.lists(st.integers(0, 12), min_size=3, max_size=3),
    left=st.integers(1, 4),
    who=st.integers(0, 2),
)
def test_settled_is_settled_against_every_way_the_rest_can_fall(
    which: Law, votes: list[int], left: int, who: int
) -> None:
    """What `is_settled` calls sure survives each single allocation of the votes left."""
    for first in range(left + 1):
        for second in range(left - first + 1):
            final = [votes[0] + first, votes[1] + second, votes[2] + left - first - second]
            outcome = outcome_of(which, final, who)
            assert not is_settled(which, votes, who, outcome, left) or all(
                outcome_of(which, [votes[0] + a, votes[1] + b, votes[2] + left - a - b], who)
                is outcome
                for a in range(left + 1)
                for b in range(left - a + 1)
            )


def test_a_clear_gap_is_larger_than_the_slack_and_a_tie_is_never_clear() -> None:
    one = law(Method.PLURALITY)
    assert is_clear(one, (60, 49), 0, Outcome.WON, 10)
    assert not is_clear(one, (60, 50), 0, Outcome.WON, 10)
    assert not is_clear(one, (5, 5), 0, Outcome.TIE, 0)
    # First by much, and one vote above the majority: the share is not clear.
    assert not is_clear(law(Method.MAJORITY, HALF), (51, 25, 24), 0, Outcome.WON, 3)


def test_a_write_in_line_ahead_hides_a_name() -> None:
    one = replace(law(Method.PLURALITY), write_ins=(False, False, True))
    assert names_unknown(one, (4, 3, 9), 0)
    assert not names_unknown(one, (9, 3, 4), 0)
    assert not names_unknown(one, (9, 3, 4), 1)  # somebody named won, whoever was written in


def test_rows_become_boxes_by_what_is_counted_first() -> None:
    """Absentee precincts and early votes come first, provisional ones are no unit."""
    row = Row("1", "DA", "DEM", 1, "01", "Ann Roe", is_write_in=False, type=VoteType.TOTAL, votes=5)
    (found,) = gather(
        [
            row,
            row._replace(choice="Bo Doe", votes=3),
            row._replace(precinct="OS DUKE", votes=7),
            row._replace(precinct="PROVISIONAL", votes=2),
            row._replace(precinct="02", type=VoteType.EARLY, votes=4, choice="ANN ROE"),
        ],
        "file", "NC", DAY,
    )  # fmt: skip
    assert found.votes == (18, 3)
    assert [(box.first, box.rest, box.is_unit) for box in found.boxes] == [
        ((0, 0), (5, 3), True),
        ((7, 0), (0, 0), False),
        ((0, 0), (2, 0), False),
        ((4, 0), (0, 0), True),
    ]
    assert found.types_known
    assert found.is_contested


def big(state: str = "PA") -> RowContest:
    """Make a close contest of twelve precincts: 1,212 to 1,200."""
    return contest(*[(60 + 10 * i, 150 - 8 * i, 20) for i in range(12)], (12, 12, 3), state=state)


@pytest.mark.parametrize("order", range(12))
def test_a_night_adds_up_and_keeps_its_promises(order: int) -> None:
    """Every vote is counted once; at most 2 % after all is in; looks are a minute apart."""
    one = big()
    night = simulate(one, card("PA"), f"7/{order}")
    assert night.final == one.votes
    assert night.late <= MOST_LATE * sum(one.votes)
    assert all(
        after.at - before.at >= timedelta(seconds=60) for before, after in pairwise(night.looks)
    )
    assert all(sum(look.counted) + look.left == sum(one.votes) for look in night.looks)
    assert {look.stage for look in night.looks} >= {Stage.NIGHT, Stage.CERTIFIED}
    last = night.looks[-1].snapshot
    assert last.status is ResultsStatus.CERTIFIED
    assert tuple(line.votes for line in last.contest.selections) == one.votes
    all_in = [look for look in night.looks if look.at >= night.all_in]
    assert all(look.snapshot.contest.units == Units(13, 13, UnitKind.PRECINCTS) for look in all_in)
    assert night == simulate(one, card("PA"), f"7/{order}")
    assert night != simulate(one, card("PA"), f"8/{order}")


@pytest.mark.parametrize("state", ["PA", "NC", "TX", "GA", "NY"])
def test_the_core_is_never_contradicted_and_the_rule_alone_is(state: str) -> None:
    """A contest within half a point: told too close, and wrong without the safeguards."""
    one = contest(*[(60 + 10 * i, 171 - 10 * i) for i in range(12)], state=state)
    score = play(one, card(state, one), orders=40, seed=1)
    assert score.counts[Measure.NIGHTS] == 40
    assert score.contradictions == []
    assert score.counts[Measure.SILENT] == 0
    bare, *_ = VARIANTS
    assert len(score.naive[bare]) > 0
    assert score.naive["with all three, but no holds"] == []


def test_a_clear_contest_is_told_on_the_night() -> None:
    one = contest(*[(300 + i, 100, 20) for i in range(12)])
    score = play(one, card("PA"), orders=20, seed=3)
    assert score.counts[Measure.CLEAR] == 60
    assert score.counts[Measure.CLEAR_RIGHT] >= 54
    assert score.contradictions == []
    assert min(score.waits) >= timedelta(0)
    assert min(score.waits_all_in) >= timedelta(seconds=60)


def test_a_card_that_denies_late_ballots_is_found_out() -> None:
    """The eye is open: where the late mail turns a race the card called safe, it is counted."""
    boxes = tuple(Box((0, 100), (500, 403), is_unit=True) for _ in range(12))
    one = replace(contest((1, 1)), boxes=boxes, types_known=True)
    denying = replace(card("PA"), late_ballots_per_mille=0)
    score = play(one, denying, orders=20, seed=1)
    assert {(c.told, c.truth) for c in score.contradictions} == {
        (Outcome.WON, Outcome.LOST),
        (Outcome.LOST, Outcome.WON),
    }
    assert score.kinds[Kind.HOLD_OFF] == score.kinds[Kind.OUTCOME_RETRACTED] > 0
    assert play(one, card("PA"), orders=20, seed=1).contradictions == []


def test_a_tie_at_the_cut_of_people_below_the_share_is_no_tie_of_the_law() -> None:
    """Found by the backtest (Allegheny 2023, REP School Director Norwin, as if in Texas).

    Three of five seats are met by a share; five people with one vote each, below the
    share, stood at the cut and were told TIED, though the other seats go to a runoff.
    """
    votes = (2, 2, 2, 1, 1, 1, 1, 1)
    names = [f"Candidate {letter}" for letter in "ABCDEFGH"]
    race = Race(
        id="race", election=Election("e", DAY, "TX", ElectionKind.PRIMARY), name="Norwin",
        office="School Director", endorsements=(Endorsement("Candidate D", ("A",)),),
        sources=(SourceUse("county", ("Allegheny",)),), party="REP", seats=5,
    )  # fmt: skip
    lines = tuple(Selection(n, n, v) for n, v in zip(names, votes, strict=True))
    shown = Contest("1", "School Director", lines, number_elected=5)
    at = simulate(big(), card("TX"), "1").closes_at
    tally = add_up(race, {"county": Snapshot(shown, at, status=ResultsStatus.CERTIFIED)})
    line = tally.line("Candidate D")
    assert line is not None
    decision = decide(race, "Candidate D", line, card("TX"), tally, Evidence(two_looks=True))
    assert decision.outcome is Outcome.NONE
    assert decision.if_final is Outcome.NONE
    assert decision.blocks == (Block.SEATS_MIXED,)


def test_the_card_is_that_of_the_contest() -> None:
    """A party makes a primary, November a general election, else the nonpartisan primary."""
    one = replace(contest((1, 0)), state="CA", party="", on=date(2018, 6, 5))
    kinds = {
        on.month: found.contest_kind.value
        for on in (one.on, date(2018, 11, 6))
        if (found := card_for(RULES, replace(one, on=on)))
    }
    assert kinds == {6: "nonpartisan-primary", 11: "general"}
    assert card_for(RULES, replace(one, on=date(1950, 6, 5))) is None
    west = card_for(RULES, replace(contest((1, 0)), state="WV"))
    assert west is None or assumed(west).unverified() == ()


DURHAM = """\
Precinct,Satana Deberry,Roger Echols,Daniel Meier
1,102,72,16
2,196,103,10
3,252,104,18
OS DUKE,489,296,54
PROVISIONAL,74,48,17
"""
"""Five lines of Durham's certified precincts, 2018-05-08."""


def test_a_table_of_one_contest_is_read_and_played(tmp_path: Path) -> None:
    path = tmp_path / "durham_da_dem_primary_20180508.csv"
    path.write_text(DURHAM, encoding="utf-8")
    ran = run("backtest", path, "--state", "nc", "--orders", "2", "--jobs", "1", "--json")
    assert ran.code == 0, ran.err
    told = json.loads(ran.out)
    assert told["contradictions"] == []
    assert told["cases"] == 6
    (file,) = told["files"]
    assert (file["date"], file["contests"], file["contests_in_file"]) == ("2018-05-08", 1, 1)
    assert "1 of 1 contests played" in ran.err


def test_reports_and_archives_the_scrapers_know_are_read_by_precinct(tmp_path: Path) -> None:
    """ES&S by its scraper, block by block; North Carolina's zip; Clarity's, whose sums fail."""
    page = tmp_path / "page.md"
    ran = run(
        "backtest",
        f"MO={EXAMPLES / 'mo_johnson/complete/report.htm'}",
        f"NC={EXAMPLES / 'ncsbe_pct/complete/results_pct_20180508.zip'}",
        f"PA={EXAMPLES / 'clarity/with_types/detailxml.zip'}",
        *("--orders", "2", "--jobs", "2", "--output", page),
    )  # fmt: skip
    assert ran.code == 0, ran.err
    text = page.read_text(encoding="utf-8")
    assert "| report.htm | MO | 2018-08-07 | 2 | 1 |" in text
    assert "| results_pct_20180508.zip | NC | 2018-05-08 | 1 | 1 |" in text
    assert "1 (precincts do not make the printed total)" in text
    assert "| **contradicted outcomes** | **0** |" in text


DETAIL = """\
<?xml version="1.0"?>
<ElectionResult><Timestamp>5/17/2023 1:05:50 AM EDT</Timestamp>
<ElectionDate>5/16/2023</ElectionDate>
<Contest key="3" text="DEM District Attorney" voteFor="1"
 precinctsReporting="2" precinctsReported="2">
{choices}</Contest></ElectionResult>
"""
CHOICE = """\
<Choice key="{key}" text="{name}" party="DEM" totalVotes="{total}">
<VoteType name="Election Day" votes="{day}"><Precinct name="Ward 1" votes="{day}" /></VoteType>
<VoteType name="Absentee" votes="{mail}"><Precinct name="Ward 2" votes="{mail}" /></VoteType>
</Choice>
"""


def test_the_cells_of_a_detail_xml_are_read_by_type(tmp_path: Path) -> None:
    """The same file twice, the second time under an old card of another state, stands apart."""
    choices = (("1", "Ann Roe", 500, 300), ("2", "Bo Doe", 200, 90), ("3", "Write-in", 3, 0))
    body = DETAIL.format(
        choices="".join(
            CHOICE.format(key=key, name=name, day=day, mail=mail, total=day + mail)
            for key, name, day, mail in choices
        )
    )
    path = tmp_path / "detailxml.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("detail.xml", body)
    ran = run(
        "backtest", f"PA={path}", f"NC@2016-03-15={path}", "--orders", "3", "--jobs", "1", "--json"
    )  # fmt: skip
    told = json.loads(ran.out)
    assert [(one["state"], one["date"], one["again"]) for one in told["files"]] == [
        ("PA", "2023-05-16", False),
        ("NC", "2016-03-15", True),
    ]
    assert told["nights"] == 3
    assert told["files"][0]["left_out"] == {}


MEDSL = """\
county_name,precinct,office,district,candidate,party_detailed,mode,votes,writein,x
PITT,0101,DISTRICT ATTORNEY,003,FARIS DIXON,DEMOCRAT,ELECTION DAY,414,FALSE,FALSE
"""
DOMINION = """\
PRECINCT_NAME,PRECINCT_ID,CONTEST_FULL_NAME,CONTEST_ID,VOTES_ALLOWED,CANDIDATE_FULL_NAME,VOTE_COUNT
CON 101-01L,1,GOVERNOR,10,1,JOSH JONES,1
broken,line
"""
NEW_YORK = """\
ED_num,reported,candidate,party,votes,AD_num,scrape_time
Total,,Alvin L. Bragg Jr.,(Democratic),-,AD 37,now
ED   71,80.00%,Alvin L. Bragg Jr.,(Democratic),12,AD 37,now
"""
UNITY = """\
COUNTY NUMBER,PRECINCT CODE,PRECINCT NAME,BALLOTS CAST TOTAL,REP For Prosecutor
,,,,REP
,,,BALLOTS CAST,Ann Roe
,0002,1B,9,6
,ZZZ,COUNTY TOTALS,9,6
"""
ONE_ROW = {
    MEDSL: (
        *("PITT DISTRICT ATTORNEY 003", "", "0101", "FARIS DIXON"),
        *(VoteType.ELECTION_DAY, 414),
    ),
    DOMINION: ("GOVERNOR", "", "1 CON 101-01L", "JOSH JONES", VoteType.TOTAL, 1),
    NEW_YORK: ("table", "DEM", "AD 37 ED   71", "Alvin L. Bragg Jr.", VoteType.TOTAL, 12),
    UNITY: ("REP For Prosecutor", "REP", "0002 1B", "Ann Roe", VoteType.TOTAL, 6),
}


@pytest.mark.parametrize("text", ONE_ROW, ids=["medsl", "dominion", "new york", "unity"])
def test_a_makers_table(text: str) -> None:
    """One line of each maker's table, in its own headings; totals and broken lines are no rows."""
    (row,) = rows_of_table(text.encode(), "table")
    found = (row.title, row.party, row.precinct, row.choice, row.type, row.votes)
    assert found == ONE_ROW[text]


def test_hart_tells_people_from_write_ins_and_gives_three_types() -> None:
    heads = (
        "Precinct_name,Contest_Id,Contest_title,Contest_party_name,Selectable_Options,"
        "candidate_name,Candidate_Type,absentee_votes,early_votes,election_votes\n"
    )
    text = f"{heads}1CS-1,21,DISTRICT ATTORNEY,,1,MAGGIE FLEMING,C,8,0,5\n"
    text += "1CS-1,21,DISTRICT ATTORNEY,,1,Unresolved Write-Ins,U,1,0,0\n"
    rows = list(rows_of_table(text.encode(), "table"))
    assert [(row.type.value, row.votes) for row in rows[:3]] == [
        ("absentee-mail", 8),
        ("early", 0),
        ("election-day", 5),
    ]
    assert [row.is_write_in for row in rows[2:4]] == [False, True]


def test_what_no_reader_knows_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="no precinct table is known"):
        list(rows_of_table(b"a,b\n1,2\n", "x.csv"))
    with pytest.raises(LayoutChanged, match="found 'many'"):
        list(rows_of_table(b"Precinct,Ann\n1,many\n", "x.csv"))


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (("nowhere.csv",), 2, "write PA=nowhere.csv, or give --state"),
        (("PA@2023-13-01=nowhere.csv",), 2, "2023-13-01 is no day"),
        (("PA=nowhere.csv",), 5, "nowhere.csv: cannot be read"),
        (("PA=nowhere.tar.gz#x.csv",), 5, "nowhere.tar.gz: cannot be read"),
        ((f"PA={ROOT / 'README.md'}",), 1, "no precinct table is known"),
    ],
)
def test_a_call_that_cannot_be_answered(args: tuple[str, ...], code: int, said: str) -> None:
    ran = run("backtest", *args)
    assert (ran.code, said in ran.err) == (code, True), ran.err


def test_a_file_without_a_day_asks_for_one(tmp_path: Path) -> None:
    path = tmp_path / "county.csv"
    path.write_text(DURHAM, encoding="utf-8")
    ran = run("backtest", f"NC={path}")
    assert ran.code == 5
    assert "write NC@YYYY-MM-DD=FILE" in ran.err


def test_the_report_names_every_contradiction_with_its_seed() -> None:
    """A contradiction of the core, were there one, is listed with what makes its night again."""
    wrong = Contradiction(
        "file.xml", "PA", "Judge | Ward 1", "1/7", "Ann Roe", Outcome.WON, Outcome.LOST,
        Stage.NIGHT,
    )  # fmt: skip
    result = FileScore("file.xml", "PA", DAY, 3, 1, {}, ("method",), score=Score())
    result.score.contradictions = [wrong]
    result.score.naive = {name: [wrong] for name in VARIANTS}
    page = as_markdown([result], Options(), "run.py backtest PA=file.xml")
    row = "| file.xml | PA | Judge / Ward 1 | 1/7 | Ann Roe | won | lost | night |"
    assert page.count(row) == 2
    assert "| **contradicted outcomes** | **1** |" in page
    told = as_json([result], Options())
    assert told["contradictions"][0]["seed"] == "1/7"
    assert told["naive"] == dict.fromkeys(VARIANTS, 1)
