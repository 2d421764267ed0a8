"""Export: the documented views as CSV and JSON, harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from monitor import commands_backfill
from monitor.app import opened
from monitor.errors import DiskFull, NothingMatched, StoreFailure
from monitor.export import EXPORTS, _harmless, export, replacing
from monitor.model import Contest, Selection, UnitKind, Units, VoteCount, VoteType
from monitor.tally import Snapshot
from tests.posts import a_post, put

if TYPE_CHECKING:
    from pathlib import Path

NIGHT = datetime(2018, 5, 9, 1, 12, tzinfo=UTC)
EVIL = '=HYPERLINK("https://evil.example","WON")'
COLUMNS = {
    "race_status": "race,candidate,rival,votes,rival_votes,total,units_reported,units_total,"
    "units,standing,margin,threshold_margin,outcome,basis,caveats,blocks,source_time,"
    "checked_at,changed_at",
    "race_history": "row,race,source,at,source_time,version,status,units_reported,units_total,"
    "units,selection,name,party,votes,by_type,is_backfill",
    "source_status": "source,visited_at,ok_at,changed_at,failures,error,version,finished",
    "event_log": "row,key,kind,race,source,candidate,at,reason,config,rules",
    "post_log": "at,race,kind,channel,thread,text,blocks,key,row,state",
    "visit_log": "row,source,at,result,is_look,digest,error,race,verdict,reason,looks,first_look,"
    "last_look",
    "decision_log": "row,race,candidate,at,votes,total,standing,margin,threshold_margin,late,slack,"
    "computed_outcome,outcome,basis,blocks,config,rules",
    "precinct_votes": "import,line,county,election_date,precinct,contest_key,contest,choice,"
    "party,election_day,early,absentee_mail,provisional,votes,vote_for,is_real_precinct",
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a database with one count and two posts; the names are ours."""
    path = tmp_path / "it.db"
    contest = Contest(
        key="1",
        title="Sheriff",
        selections=(
            Selection("1", EVIL, 7, "DEM", (VoteCount(VoteType.EARLY, 7),)),
            Selection("2", "Jos\u00e9 Example, Jr.", 3, "REP"),
        ),
        units=Units(1, 2, UnitKind.PRECINCTS),
    )
    with opened(path) as store:
        with store.transaction():
            store.add_history("a", "one", Snapshot(contest, NIGHT))
        put(store.db, a_post("k1", race="a"), a_post("k2", race="b", text="-1 and more"))
    return path


def exported(database: Path, view: str, form: str, race: str | None = None) -> str:
    """Return what is written."""
    out = io.StringIO()
    export(database, view, form, race, out)
    return out.getvalue()


@pytest.mark.parametrize("view", EXPORTS)
def test_columns_are_stable_and_there_without_rows(view: str, tmp_path: Path) -> None:
    with opened(tmp_path / "empty.db"):
        pass
    assert exported(tmp_path / "empty.db", view, "csv") == COLUMNS[view] + "\n"
    assert json.loads(exported(tmp_path / "empty.db", view, "json")) == []


def test_csv_holds_every_row_and_no_formula(database: Path) -> None:
    """Names get an apostrophe where a spreadsheet would run them; numbers stay numbers."""
    rows = list(csv.DictReader(io.StringIO(exported(database, "race_history", "csv"))))
    assert [row["name"] for row in rows] == ["'" + EVIL, "Jos\u00e9 Example, Jr."]
    assert [row["votes"] for row in rows] == ["7", "3"]
    posts = list(csv.DictReader(io.StringIO(exported(database, "post_log", "csv"))))
    assert [row["text"] for row in posts] == ["k1", "'-1 and more"]


def test_json_is_one_array_with_lists_as_lists_and_texts_as_they_are(database: Path) -> None:
    rows = json.loads(exported(database, "race_history", "json"))
    assert [row["name"] for row in rows] == [EVIL, "Jos\u00e9 Example, Jr."]
    assert [row["by_type"] for row in rows] == [{"early": 7}, {}]
    assert list(rows[0]) == COLUMNS["race_history"].split(",")


def test_one_race_can_be_asked_for(database: Path) -> None:
    """A race that is not there is named with those that are; some views have none."""
    rows = json.loads(exported(database, "post_log", "json", race="b"))
    assert [row["key"] for row in rows] == ["k2"]
    with pytest.raises(NothingMatched, match=r"no row of race 'c' in post_log; it has a, b"):
        exported(database, "post_log", "csv", race="c")
    with pytest.raises(NothingMatched, match="source_status has no races"):
        exported(database, "source_status", "csv", race="a")


@given(st.text())
def test_no_text_begins_as_a_formula(text: str) -> None:
    kept = _harmless(text)
    assert kept.lstrip()[:1] not in {"=", "+", "-", "@"} or kept.startswith("'")
    assert kept[:1] not in {"\t", "\r", "\n"}
    assert kept in {text, "'" + text}


@pytest.mark.parametrize("value", [-5, 0, 1.5, None])
def test_what_is_no_text_stays(value: Any) -> None:
    assert _harmless(value) == value


def test_a_file_is_replaced_whole_or_not_at_all(database: Path, tmp_path: Path) -> None:
    """What was there stays until everything is written."""
    target = tmp_path / "out.csv"
    target.write_text("before", encoding="utf-8")
    with pytest.raises(StoreFailure), replacing(target) as out:
        export(tmp_path / "no.db", "post_log", "csv", None, out)
    assert target.read_text(encoding="utf-8") == "before"
    result = CliRunner().invoke(
        commands_backfill.export,
        ["post_log", "--database", str(database), "--output", str(target)],
    )
    assert result.exit_code == 0, result.output
    assert target.read_text(encoding="utf-8") == exported(database, "post_log", "csv")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".out")) == []


def test_a_full_disk_and_a_bad_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match="No space left"), replacing(tmp_path / "full.csv"):
        raise OSError(28, "No space left on device")
    with (
        pytest.raises(StoreFailure, match=r"cannot write .*nowhere"),
        replacing(tmp_path / "nowhere" / "out.csv"),
    ):
        pass


def test_an_unknown_view_is_a_usage_error(database: Path) -> None:
    result = CliRunner().invoke(commands_backfill.export, ["races", "--database", str(database)])
    assert result.exit_code == 2
    assert "one of race_status" in result.output


def test_a_database_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreFailure, match=r"no\.db"):
        exported(tmp_path / "no.db", "race_status", "csv")
