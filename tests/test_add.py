"""`add`: a county written into config.toml from its link, or refused with what to give."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import sys
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import structlog

from monitor import adding_app, app, inquiry, lookup
from monitor.adding_choice import Asked, choose
from monitor.adding_finding import AddRefused
from monitor.cli import main
from monitor.config import read_config
from monitor.errors import NothingMatched
from monitor.parsing import Parser
from monitor.races import ElectionKind
from monitor.world import RecordedFetcher, World
from tests.commands import NIGHTS, ROOT, Ran, run
from tests.now_night import sheets_served
from tests.sheet_desk import write_config, write_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.lookup import Lookup, Recognised

DURHAM = "https://er.ncsbe.gov/?election_dt=05/08/2018&county_id=32"
NOW = datetime(2018, 5, 18, 12, tzinfo=UTC)
BEXAR = """\
contest,party,candidate,votes,status
Criminal District Attorney,DEM,Joe Gonzales,54246,unofficial-partial
Criminal District Attorney,DEM,"Nico LaHood (I)",37264,
Criminal District Attorney,REP,Tylden Shaeffer,46535,
County Judge,DEM,Nelson Wolff,60000,
"""
"""Bexar's sheet, of the same day as the configuration's Dallas; the names are of 2018."""
KEY = "criminal district attorney|dem"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a configuration with one race, and another county's sheet beside it."""
    config = write_config(tmp_path, write_sheet(tmp_path))
    text = f"# what we watch\n{config.read_text(encoding='utf-8')}  # to the end\n"
    config.write_text(text, encoding="utf-8")
    sheet = tmp_path / "bexar.csv"
    sheet.write_text(BEXAR, encoding="utf-8")
    return Desk(config, sheet.as_uri())


class Desk:
    """A configuration and a link, and `add` called on them."""

    def __init__(self, config: Path, url: str) -> None:
        self.config, self.url = config, url

    def args(self, *more: str) -> tuple[str, ...]:
        """Return the words after `run.py`: the link, and what nobody could know from it."""
        where = ("--config", str(self.config), "--database", str(self.config.with_suffix(".db")))
        return ("add", self.url, "--election", "tx-2018-03-06", "--county", "Bexar", *where, *more)

    def add(self, *more: str) -> Ran:
        """Run it."""
        return run(*self.args(*more))

    @property
    def text(self) -> str:
        """The file as it is now."""
        return self.config.read_bytes().decode("utf-8")


def in_full(name: str = "Joe Gonzales") -> tuple[str, ...]:
    """Return what a script gives: the contest's id and the whole name."""
    return ("--contest", KEY, "--candidate", name, "--yes")


# -- what is written -----------------------------------------------------------------------


def test_the_race_is_written_and_the_rest_stays(desk: Desk) -> None:
    """Every old line stands where it stood, the new tables end their sections."""
    desk.config.chmod(0o640)
    before = desk.text
    ran = desk.add(*in_full())
    assert ran.code == 0, ran.err
    assert ran.err.startswith(f"{desk.config} is written. A running `watch` takes it")
    source = (
        f'[sources.sheet]\nplatform = "sheet"\nelection = "tx-2018-03-06"\nurl = "{desk.url}"\n'
    )
    race = f"""
[[races]]
id = "bexar-da-dem-2018"
election = "tx-2018-03-06"
name = "Bexar DA"
office = "Criminal District Attorney"
party = "DEM"

[[races.endorsements]]
candidate = "Joe Gonzales"
by = ["Example Coalition"]

[[races.sources]]
source = "sheet"
covers = ["Bexar"]
# Criminal District Attorney
contest_key = "{KEY}"
"""
    assert desk.text == before.replace("[[races]]", f"{source}\n[[races]]", 1).replace(
        "\n[slack]", f"{race}\n[slack]"
    )
    assert desk.config.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in desk.config.parent.iterdir()) == [
        "bexar.csv", "config.toml", "dallas.csv",
    ]  # fmt: skip
    assert run("check", "--online", "--config", desk.config, "--database", "no.db").code == 0


def test_it_shows_what_it_found_and_what_is_left_to_do(desk: Desk) -> None:
    before = desk.config.stat()
    ran = desk.add(*in_full(), "--dry-run")
    assert ran.code == 0
    for told in (
        "sheet: sheet kept by hand (proven)",
        "  Nico LaHood (I)  37,264",
        '+candidate = "Joe Gonzales"',
        (
            "We speak for Gonzales (endorsed by Example Coalition) in «Criminal District Attorney "
            "- DEM»; rivals LaHood; needs a majority"
        ),
        "Still to do, or to know:\n  the election was on Mar 6, 2018, which is past",
    ):
        assert told in ran.out
    assert "\n-" not in ran.out.partition("+++")[2]
    assert (ran.err, desk.config.stat()) == ("", before)


def test_a_script_reads_the_same_as_json(desk: Desk) -> None:
    ran = desk.add(*in_full(), "--json")
    told = json.loads(ran.out)
    assert (told["race"], told["contest"], told["written"]) == ("bexar-da-dem-2018", KEY, True)
    assert told["check"]["grade"] == "amber"


def test_a_new_election_is_written_too(desk: Desk) -> None:
    """Where no election fits, its table is written too; November has no party's race."""
    args = ("add", desk.url, "--config", str(desk.config), "--county", "Bexar", *in_full())
    args = (*args, "--date", "2022-11-08", "--state", "NM", "--kind", "general")
    ran = run(*args)
    assert ran.code == 0, ran.err
    election = {"date": date(2022, 11, 8), "state": "NM", "kind": "general"}
    document = tomllib.loads(desk.text)
    assert document["elections"]["nm-2022-11-08"] == election
    assert document["races"][1]["id"] == "bexar-da-2022"
    assert "party" not in document["races"][1]


def test_the_ballots_spelling_is_an_alias(desk: Desk) -> None:
    """Staff say it otherwise than the ballot prints it, and both are kept."""
    assert desk.add(*in_full("Nicholas LaHood=Nico LaHood")).code == 0
    told = tomllib.loads(desk.text)["races"][1]["endorsements"]
    assert told == [
        {"candidate": "Nicholas LaHood", "aliases": ["Nico LaHood"], "by": ["Example Coalition"]}
    ]


@pytest.mark.parametrize("change", ["\ufeff", "\r\n", "no end"])
def test_the_files_own_form_stays(desk: Desk, change: str) -> None:
    """A byte-order mark, Windows' line ends, no line end at the end, and a link to the file."""
    text = desk.text.replace("\n", "\r\n") if change == "\r\n" else desk.text
    text = text.rstrip("\n") if change == "no end" else text
    text = change + text if change == "\ufeff" else text
    real = desk.config.rename(desk.config.with_name("real.toml"))
    real.write_bytes(text.encode())
    desk.config.symlink_to(real)
    assert desk.add(*in_full()).code == 0
    assert desk.config.is_symlink()
    was, is_now = (t.split("\n") for t in (text, desk.text))
    rest = iter(is_now)
    assert all(line in rest for line in was)
    ends = {line.endswith("\r") for line in is_now[:-1]}
    assert ends == {change == "\r\n"}


# -- people are asked ----------------------------------------------------------------------


@pytest.mark.parametrize("answer", ["y", "n"])
def test_a_surname_is_proposed_and_asked_for(
    desk: Desk, answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """On a terminal: no contest named, a surname alone; what is meant is said in full."""
    before = desk.text
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        args = desk.args("--candidate", "gonzales", "--party", "DEM")
        code = main(args, standalone_mode=False)
    os.close(ours)
    structlog.reset_defaults()
    meant = f"the contest «Criminal District Attorney» (id {KEY}, DEM); Joe Gonzales for gonzales"
    told = capsys.readouterr()
    assert f"Meant is {meant}. Write this? [y/N]" in told.err
    assert ('candidate = "Joe Gonzales"' in desk.text) == (answer == "y")
    assert (code or 0, desk.text == before) == ((1, True) if answer == "n" else (0, False))


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--candidate", "gonzales", "--contest", KEY, "--yes"), "Joe Gonzales for gonzales"),
        (
            ("--candidate", "Joe Gonzales", "--party", "DEM", "--yes"),
            "--yes takes nothing proposed: the contest «Criminal District Attorney»",
        ),
        (("--candidate", "Joe Gonzales", "--contest", KEY), "nobody is here to ask"),
    ],
)
def test_a_script_names_everything_in_full(desk: Desk, given: tuple[str, ...], told: str) -> None:
    before = desk.text
    ran = desk.add(*given)
    assert ran.code == 1
    assert told in ran.err
    assert desk.text == before


# -- what is refused -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        (
            ("--contest", KEY, "--candidate", "Jo Gonzalez"), 5,
            ("nobody is called Jo Gonzalez in Criminal District Attorney (id criminal district "
            "attorney|dem, DEM); it has «Joe Gonzales»; «Nico LaHood (I)»"),
        ),
        (("--candidate", "Joe Nobody"), 5, "2 contests fit; give --contest with an id. It has «"),
        (("--contest", "sheriff"), 5, "no contest with 'sheriff' at sheet; it has 3 conte"),
        (
            ("--contest", "county judge|dem", "--candidate", "Nelson Wolff"), 1,
            "still needed: --office TEXT and --office-kind KIND: the title names no prosecutor",
        ),
        (("--contest", KEY), 1, "still needed: --candidate NAME, one of Joe Gonzales; Nico LaHood"),
        ((*in_full(), "--channel", "#none"), 5, "no channel #none in the configuration; it has #p"),
        ((*in_full(), "--by", "Nobody"), 3, "Nobody"),
        ((*in_full(), "--caller", "<@U1>"), 3, "races[1].callers[0]: '<@U1>': give a name, or a"),
        ((*in_full(), "--date", "2018-03-07"), 1, "election tx-2018-03-06 is of 2018-03-06 in TX"),
        ((*in_full(), "--source", "dallas_sheet"), 1, "a source dallas_sheet is there and reads s"),
        (
            (*in_full(), "--race", "dallas-da-2018"), 1,
            ("race dallas-da-2018 is there already (line 12 of the file); a second source takes "
            "nothing of candidates, election"),
        ),
        ((*in_full(), "--set", "url=file:///other.csv"), 1, "the link says url = file:///"),
        ((*in_full(), "--set", "eid=1"), 3, "sources.sheet.eid: unknown setting"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_to_give_and_writes_nothing(
    desk: Desk, given: tuple[str, ...], code: int, told: str
) -> None:
    before = desk.config.stat()
    ran = desk.add(*given)
    assert told in ran.err
    assert (ran.code, desk.config.stat()) == (code, before)


def test_everything_missing_is_named_at_once(desk: Desk) -> None:
    text = desk.text.replace('organisations = ["', 'organisations = ["A", "')
    desk.config.write_text(text, encoding="utf-8")
    ran = run("add", desk.url, "--config", desk.config, "--contest", KEY)
    for needed in ("--kind, one of", "--date", "--state XX", "--county", "--candidate", "--by"):
        assert needed in ran.err


def test_adding_twice_names_the_race_that_is_there(desk: Desk) -> None:
    assert desk.add(*in_full()).code == 0
    once = desk.text
    ran = desk.add(*in_full("Nico LaHood"))
    line = once.split("\n").index('id = "bexar-da-dem-2018"')
    assert (
        f"«Criminal District Attorney» of sheet is watched already by race bexar-da-dem-2018 "
        f"(line {line} of the file); another endorsement goes there"
    ) in ran.err
    assert (ran.code, desk.text) == (1, once)


def test_another_race_of_a_site_shares_its_source(desk: Desk) -> None:
    assert desk.add(*in_full()).code == 0
    other = ("--contest", "criminal district attorney|rep", "--candidate", "Tylden Shaeffer")
    ran = desk.add(*other, "--yes")
    assert ran.code == 0, ran.err
    document = tomllib.loads(desk.text)
    assert list(document["sources"]) == ["dallas_sheet", "sheet"]
    races = [(race["id"], race["sources"][0]["source"]) for race in document["races"][1:]]
    assert races == [("bexar-da-dem-2018", "sheet"), ("bexar-da-rep-2018", "sheet")]


def test_a_second_source_joins_the_race_that_is_there(desk: Desk) -> None:
    """It takes what the race says already, and both are the same counties' alternatives."""
    again = desk.config.with_name("again.csv")
    again.write_bytes(desk.config.with_name("dallas.csv").read_bytes())
    where = ("--config", str(desk.config), "--county", "Dallas", "--race", "dallas-da-2018")
    before = desk.text
    ran = run("add", again.as_uri(), "--contest", KEY, "--yes", *where)
    assert ran.code == 0, ran.err
    (race,) = tomllib.loads(desk.text)["races"]
    added = {"source": "sheet", "covers": ["Dallas"], "contest_key": KEY}
    assert race["sources"][1:] == [added]
    rest = iter(desk.text.split("\n"))
    assert all(line in rest for line in before.split("\n"))


def test_what_nobody_has_seen_is_not_written(desk: Desk) -> None:
    """A site that is down, and a wall: the way on is a text to fill in by hand."""
    before = desk.text
    with sheets_served() as sheets:
        sheets.bodies["wall.csv"] = b"<html><body>Access Denied</body></html>"
        for path, why in (("gone.csv", "NotFound"), ("wall.csv", "Blocked: a wall")):
            desk.url = sheets.url(path)
            ran = desk.add(*in_full())
            assert "nothing is written, because nobody has seen the race: " in ran.err
            assert why in ran.err
            assert ran.err.endswith(f"run.py sources {desk.url} --no-fetch\n")
            assert (ran.code, desk.text) == (1, before)


def test_a_contest_that_lists_nobody_is_not_written(desk: Desk) -> None:
    """The title is there, and the candidates are not: whom we speak for was not seen."""
    sheet = desk.config.with_name("bexar.csv")
    sheet.write_text(
        "contest,party,candidate,votes,note\nDistrict Attorney,DEM,,,soon\n", encoding="utf-8"
    )
    ran = desk.add("--candidate", "Joe Gonzales")
    assert ran.code == 1
    assert "«District Attorney» lists nobody yet" in ran.err


def test_the_channel_named_must_hear_of_it(desk: Desk) -> None:
    """It speaks for somebody else: the race would be told elsewhere, which nobody asked for."""
    other = '[[slack.channels]]\nname = "#other"\norganisations = ["Other"]\n\n[fetch]'
    desk.config.write_text(desk.text.replace("[fetch]", other), encoding="utf-8")
    ran = desk.add(*in_full(), "--channel", "#other", "--by", "Example Coalition")
    assert ran.code == 1
    assert "would not be told in #other; channels and whom they speak for: #primary" in ran.err
    assert desk.add(*in_full(), "--channel", "#other").code == 0
    assert tomllib.loads(desk.text)["races"][1]["endorsements"][0]["by"] == ["Other"]


async def test_a_file_changed_meanwhile_is_left_alone(desk: Desk) -> None:
    asked = Asked(
        desk.url, contest=KEY, candidates=(("Joe Gonzales", ""),), counties=("Bexar",),
        election="tx-2018-03-06",
    )  # fmt: skip
    plan = await adding_app.plan(asked, desk.config, desk.config.with_suffix(".db"), NOW)
    changed = f"{desk.text}# somebody else\n"
    desk.config.write_text(changed, encoding="utf-8")
    with pytest.raises(AddRefused, match="was changed meanwhile and is left as it is"):
        plan.write()
    assert desk.text == changed
    assert list(desk.config.parent.glob(".add-*")) == []


async def test_of_two_at_once_one_is_refused(desk: Desk) -> None:
    """Both saw the same file; the second may not take away what the first wrote."""
    plans = []
    for candidate, key in (("Joe Gonzales", KEY), ("Tylden Shaeffer", KEY.replace("dem", "rep"))):
        asked = Asked(
            desk.url, contest=key, candidates=((candidate, ""),), counties=("Bexar",),
            election="tx-2018-03-06",
        )  # fmt: skip
        plans.append(await adding_app.plan(asked, desk.config, desk.config.with_suffix(".db"), NOW))
    done = await asyncio.gather(
        *(asyncio.to_thread(one.write) for one in plans), return_exceptions=True
    )
    (refused,) = [one for one in done if one is not None]
    assert isinstance(refused, AddRefused)
    assert len(tomllib.loads(desk.text)["races"]) == 2


def test_a_primary_called_a_general_election_is_said(desk: Desk) -> None:
    """Another rule would hold: the nomination would be told as the office, WON by a plurality."""
    where = ("--config", str(desk.config), "--database", str(desk.config.with_suffix(".db")))
    said = ("--county", "Bexar", "--kind", "general", "--date", "2018-11-06", "--state", "TX")
    ran = run("add", desk.url, *where, *said, *in_full(), "--dry-run")
    to_know = ran.out.partition("Still to do, or to know:")[2]
    assert "is a contest of DEM alone, as in a primary, and config.toml says a general" in to_know


def test_a_read_only_file_stays(desk: Desk) -> None:
    before = desk.text
    desk.config.chmod(0o444)
    ran = desk.add(*in_full())
    assert (ran.code, desk.text) == (1, before)
    assert "is read-only (chmod u+w), and it is as it was" in ran.err


def test_tables_that_take_no_more_are_said_to_be_the_reason(desk: Desk) -> None:
    """The file was right; "no TOML" named a line of a text that nobody will ever see."""
    whole = tomllib.loads(desk.text)
    (name, made), *_ = whole["sources"].items()
    start = desk.text.index(f"[sources.{name}]")
    end = desk.text.index("\n[", start)
    inside = ", ".join(f"{key} = {json.dumps(value)}" for key, value in made.items())
    rest = desk.text[:start] + desk.text[end + 1 :]
    text = f"sources = {{ {name} = {{ {inside} }} }}\n{rest}"
    assert tomllib.loads(text) == whole
    desk.config.write_text(text, encoding="utf-8")
    ran = desk.add(*in_full())
    assert (ran.code, desk.text) == (1, text)
    assert "config.toml is right, but it holds tables in braces or dotted keys" in ran.err


async def test_a_page_of_test_data_is_not_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The polls have closed and it still is a test: `check --online` says red, and so do we."""
    look_up = inquiry.look_up

    async def marked(url: str, now: datetime, *, fetch: bool) -> tuple[Recognised, Lookup]:
        link, found = await look_up(url, now, fetch=fetch)
        return link, replace(found, is_test=True)

    monkeypatch.setattr(inquiry, "look_up", marked)
    asked = Asked(
        desk.url, contest=KEY, candidates=(("Joe Gonzales", ""),), counties=("Bexar",),
        election="tx-2018-03-06",
    )  # fmt: skip
    with pytest.raises(AddRefused, match="the site marks its numbers as test data"):
        await adding_app.plan(asked, desk.config, desk.config.with_suffix(".db"), NOW)


# -- a county's own file, from its recording -----------------------------------------------


async def durham() -> tuple[Recognised, Lookup]:
    """Return what the recorded site of Durham answers."""
    known, world = app.scrapers(), World.read(NIGHTS / "durham-2018.warc.gz")
    link = lookup.recognise(DURHAM, known)
    return link, await lookup.look_up(link, known, RecordedFetcher(world), Parser(), NOW)


async def test_the_race_is_found_by_the_pattern_that_watches_it() -> None:
    """The shipped race names its contest by a pattern, and has another id than we would give."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    config = read_config(text, base=ROOT, scrapers=app.scrapers())
    line = text.split("\n").index('id = "durham-da-2018"')
    asked = Asked(DURHAM, candidates=(("Roger Echols", ""),))
    with pytest.raises(AddRefused, match=rf"by race durham-da-2018 \(line {line} of the file\)"):
        choose(asked, config, *await durham())


async def test_a_county_file_needs_a_candidate_and_nothing_else() -> None:
    """Election and source are there: two options less; the contest is proposed, never assumed."""
    text = (ROOT / "config.toml").read_text(encoding="utf-8")
    start, end = text.index("[[races]]"), text.index('[[races]]\nid = "pitt-da-2018"')
    config = read_config(text[:start] + text[end:], base=ROOT, scrapers=app.scrapers())
    chosen = choose(Asked(DURHAM, candidates=(("Deberry", ""),)), config, *await durham())
    draft = chosen.draft
    assert (draft.election, draft.source, draft.use.source) == (None, None, "nc_durham")
    assert draft.race is not None
    assert (chosen.race, draft.race.party, draft.race.election) == (
        "durham-da-dem-2018", "DEM", "nc-2018-05-08",
    )  # fmt: skip
    assert draft.race.endorsements[0].candidate == "Satana Deberry"
    contest, name = chosen.proposed
    assert contest.startswith("the contest «DISTRICT ATTORNEY DISTRICT 16 - DEM (VOTE FOR 1)» (id ")
    assert name == "Satana Deberry for Deberry"


async def test_a_source_set_to_one_county_has_its_votes() -> None:
    """`--set county=Denver` says it; nobody types it twice."""
    config = app.config_at(ROOT / "config.toml")
    link, found = await durham()
    state = replace(link, scraper="clarity", county="", settings=(("county", "Denver"),))
    asked = Asked(DURHAM, party="DEM", candidates=(("Satana Deberry", ""),), by=("A",))
    chosen = choose(asked, config, state, found)
    assert (chosen.draft.use.covers, chosen.race) == (("Denver",), "denver-da-dem-2018")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (Asked(DURHAM, day=date(2018, 5, 9)), "the site shows 2018-05-08, not 2018-05-09"),
        (Asked(DURHAM, state="TX"), "nc_durham reads NC, not TX"),
        (Asked(DURHAM, election="nc-2018-11-06"), "is of 2018-11-06 in NC; the link is of 2018-05"),
        (Asked(DURHAM, kind=ElectionKind.RUNOFF), "--election ID, because nc-2018-05-08 is there"),
        (Asked(DURHAM, race="pitt-da-2018"), "shows 2018-05-08; race pitt-da-2018 is of 2018-11-0"),
    ],
)
async def test_another_election_is_refused(asked: Asked, told: str) -> None:
    config = app.config_at(ROOT / "config.toml")
    with pytest.raises((AddRefused, NothingMatched), match=told):
        choose(asked, config, *await durham())
