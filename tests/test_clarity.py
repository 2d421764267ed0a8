"""The Clarity platform: every trap its real files have shown, and damage of every kind."""

from __future__ import annotations

import gzip
import io
import json
import random
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import (
    Blocked,
    EmptyPage,
    LayoutChanged,
    NotFound,
    ParseFailure,
    TooLarge,
    Truncated,
    WrongFormat,
)
from monitor.model import (
    Contest,
    Page,
    Report,
    Request,
    ResultsStatus,
    Selection,
    UnitKind,
    Units,
    VoteType,
)
from scrapers import ca_contra_costa, pa_allegheny
from scrapers.labels import is_write_in, vote_type
from scrapers.platforms import clarity_packed
from scrapers.platforms.clarity import Scraper
from scrapers.platforms.clarity_ballot import contest_party, keyed, line_party
from scrapers.platforms.clarity_packed import peel
from scrapers.platforms.clarity_settings import read_date, read_settings, read_time
from scrapers.platforms.clarity_version import read_version
from scrapers.platforms.clarity_xml import read_detail

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 3, 4, 1, tzinfo=UTC)
BASE = "https://results.enr.clarityelections.com/PA/Allegheny/118321"
SUM = f"{BASE}/318010/json/sum.json"
EXAMPLES = Path(__file__).parent / "examples"


def page(body: bytes | str, url: str = SUM, status: int = 200) -> Page:
    """Make a page of a body."""
    return Page(url, status, (), body.encode() if isinstance(body, str) else body, NOW)


def scraper(jurisdiction: str = "PA/Allegheny", **settings: str) -> Scraper:
    """Make a scraper of one site."""
    given = {"jurisdiction": jurisdiction, "eid": "118321", **settings}
    return Scraper(date=date(2023, 5, 16), settings=given)


def row(**changes: Any) -> dict[str, Any]:
    """Make a contest of sum.json: the DEM District Attorney primary of 2023, at 20:05."""
    return {
        "C": "DEM District Attorney",
        "K": "0016",
        "AggID": "-1",
        "VF": 1,
        "TP": 1324,
        "PR": 0,
        "TV": 0,
        "BC": 0,
        "CH": ["Matt Dugan", "Steve Zappala", "Write-in"],
        "P": ["DEM", "DEM", "DEM"],
        "V": [38031, 31015, 40],
        "W": [0, 0, 0],
        "IsContestNoChoice": 0,
    } | changes


def parsed(*rows: Any, jurisdiction: str = "PA/Allegheny") -> Report:
    """Parse contests as sum.json gives them."""
    body = json.dumps({"VPCFE": False, "Contests": list(rows)})
    return scraper(jurisdiction).parse((page(body),))


def driven(visitor: Scraper, answers: dict[str, bytes]) -> tuple[list[Request], tuple[Page, ...]]:
    """Drive a visit over a site that has just these pages."""
    visit, asked = visitor.visit(), []
    request = next(visit)
    while True:
        asked.append(request)
        body = answers.get(request.url)
        try:
            request = visit.send(page(body or b"", request.url, 404 if body is None else 200))
        except StopIteration as ended:
            pages: tuple[Page, ...] = ended.value
            return asked, pages


# --- The visit -----------------------------------------------------------------------------------


def test_visit_asks_for_the_version_first_and_marks_the_rest_immutable() -> None:
    """Only current_ver.txt is polled; a version's files are asked for once."""
    answers = {
        f"{BASE}/current_ver.txt": b"318010",
        SUM: b"{}",
        f"{BASE}/318010/json/en/electionsettings.json": b"{}",
    }
    asked, pages = driven(scraper(), answers)
    assert asked == [
        Request(f"{BASE}/current_ver.txt"),
        Request(SUM, immutable=True, optional=True),
        Request(f"{BASE}/318010/json/en/electionsettings.json", immutable=True, optional=True),
    ]
    assert [found.url for found in pages] == list(answers)


def test_visit_falls_back_to_summary_old_settings_and_xml() -> None:
    """What a version lacks is looked for where other eras keep it."""
    answers = {f"{BASE}/current_ver.txt": b"318010", f"{BASE}/318010/reports/detailxml.zip": b"PK"}
    asked, pages = driven(scraper(), answers)
    assert [request.url.removeprefix(f"{BASE}/") for request in asked] == [
        "current_ver.txt",
        "318010/json/sum.json",
        "318010/json/en/summary.json",
        "318010/json/en/electionsettings.json",
        "318010/json/electionsettings.json",
        "318010/reports/detailxml.zip",
    ]
    assert [found.url for found in pages] == list(answers)


def test_visit_asks_for_xml_when_types_are_wanted_and_does_without() -> None:
    """3 of 15 versions of a Dallas election had no XML; the JSON of those still counts."""
    answers = {f"{BASE}/current_ver.txt": b"318010", SUM: b"{}"}
    asked, pages = driven(scraper(detail="xml"), answers)
    assert asked[-1].url.endswith("/reports/detailxml.zip")
    assert [found.url for found in pages] == list(answers)


def test_a_version_with_nothing_in_it_is_named() -> None:
    with pytest.raises(NotFound, match="version 318010 has neither"):
        driven(scraper(), {f"{BASE}/current_ver.txt": b"318010"})


def test_host_and_jurisdiction_come_from_the_settings() -> None:
    visitor = scraper("SC/Richland", host="https://www.enr-scvotes.org")
    assert next(visitor.visit()).url == (
        "https://www.enr-scvotes.org/SC/Richland/118321/current_ver.txt"
    )
    assert visitor.link() == "https://www.enr-scvotes.org/SC/Richland/118321/"


@pytest.mark.parametrize(
    "body", [b"318010", b"\xef\xbb\xbf318010\n", gzip.compress(b"318010", mtime=0)]
)
def test_a_version_is_six_digits(body: bytes) -> None:
    assert read_version(page(body)) == "318010"


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", EmptyPage),
        (b"3180", WrongFormat),
        (b"3180100", WrongFormat),
        (b"-18010", WrongFormat),
        ("٣١٨٠١٠".encode(), WrongFormat),
        (b"<!DOCTYPE html><html></html>", WrongFormat),
        (b"<html><body>Request blocked.</body></html>", Blocked),
    ],
)
def test_anything_else_is_no_version(body: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        read_version(page(body))


def test_settings_needed() -> None:
    """A county file leaves the election's number to config.toml, and nothing else."""
    assert Scraper.settings_needed() == {"jurisdiction", "eid"}
    assert pa_allegheny.Scraper.settings_needed() == {"eid"}
    assert ca_contra_costa.Scraper.settings_needed() == {"eid"}


# --- Contests from JSON --------------------------------------------------------------------------


def test_order_of_choices_and_contests_never_shows() -> None:
    """The site changed the order of choices at 21:36 on 2023-05-16."""
    for scraper_name, twin in (("clarity", "complete"), ("pa_allegheny", "partial")):
        plain = (EXAMPLES / scraper_name / twin / "expected.json").read_bytes()
        assert (EXAMPLES / scraper_name / "permuted" / "expected.json").read_bytes() == plain


NAMES = st.sampled_from(["Matt Dugan", "Steve Zappala", "Write-in", "NO PETITION FILED"])
LINES = st.lists(
    st.tuples(NAMES, st.sampled_from(["DEM", "REP", ""]), st.integers(0, 3)), min_size=1, max_size=7
)


@given(contests=st.lists(LINES, min_size=1, max_size=4), seed=st.randoms(use_true_random=False))
def test_any_permutation_gives_an_equal_report(
    contests: list[list[tuple[str, str, int]]], seed: random.Random
) -> None:
    """Equal texts included: position is no identity."""

    def told(number: int, lines: list[tuple[str, str, int]]) -> dict[str, Any]:
        names, parties, votes = zip(*lines, strict=True)
        return row(K=f"{number:04}", CH=names, P=parties, V=votes, W=[0] * len(lines))

    plain = [told(number, lines) for number, lines in enumerate(contests)]
    mixed = [told(number, seed.sample(lines, len(lines))) for number, lines in enumerate(contests)]
    seed.shuffle(mixed)
    assert parsed(*mixed) == parsed(*plain)


WRONG = st.one_of(
    st.integers(max_value=-1),
    st.integers(min_value=100_000_001),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=6),
    st.sampled_from(["38031", "38,031", "*12"]),
    st.booleans(),
    st.none(),
    st.just([1]),
)


@given(value=WRONG, place=st.integers(0, 2))
def test_a_damaged_vote_is_never_accepted(value: Any, place: int) -> None:
    votes: list[Any] = [38031, 31015, 40]
    votes[place] = value
    with pytest.raises(LayoutChanged, match="DEM District Attorney"):
        parsed(row(V=votes))


@given(value=WRONG, field=st.sampled_from(["VF", "TP", "PR"]))
def test_a_damaged_count_is_never_accepted(value: Any, field: str) -> None:
    with pytest.raises(LayoutChanged, match="DEM District Attorney"):
        parsed(row(**{field: value}))


@pytest.mark.parametrize(
    "damage",
    [
        {"V": [38031, 31015]},
        {"CH": ["Matt Dugan", "Steve Zappala"]},
        {"P": ["DEM"]},
        {"V": None},
        {"CH": "Matt Dugan"},
        {"CH": ["Matt Dugan", "", "Write-in"]},
        {"CH": ["Matt Dugan", 7, "Write-in"]},
        {"K": ""},
        {"K": 16},
        {"C": None},
        {"T": "69086"},
        {"PR": 1325},
        {"BC": -1},
    ],
)
def test_a_contest_of_another_shape_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(LayoutChanged):
        parsed(row(**damage))


@pytest.mark.parametrize("field", ["C", "K", "CH", "P", "V", "VF", "TP", "PR"])
def test_a_missing_field_is_named(field: str) -> None:
    short = row()
    del short[field]
    with pytest.raises(LayoutChanged, match=f"expected {field} in contest"):
        parsed(short)


@pytest.mark.parametrize("body", ['{"contests": []}', "7", '["a"]', '{"Contests": {}}', "null"])
def test_json_of_another_shape_is_refused(body: str) -> None:
    with pytest.raises(LayoutChanged):
        scraper().parse((page(body),))


def test_no_contests_yet_is_an_empty_report() -> None:
    assert parsed().contests == ()


def test_a_key_on_two_contests_is_refused() -> None:
    with pytest.raises(LayoutChanged, match="'0016' stands on two contests"):
        parsed(row(), row(C="DEM Sheriff"))


def test_one_text_on_two_contests_keeps_both() -> None:
    """75 texts stand on several contests of Allegheny 2023: terms of two and four years."""
    report = parsed(row(K="0630", C="REP Auditor Fawn"), row(K="0631", C="REP Auditor Fawn"))
    assert [contest.key for contest in report.contests] == ["0630", "0631"]


@pytest.mark.parametrize(
    "pseudo", [{"VF": 0}, {"IsContestNoChoice": 1}, {"CH": [], "V": [], "P": []}]
)
def test_pseudo_contests_are_left_out(pseudo: dict[str, Any]) -> None:
    """Nobody runs in "REGISTERED VOTERS - Nonpartisan" or for "NO CANDIDATE"."""
    assert parsed(row(**pseudo)).contests == ()


def test_many_seats() -> None:
    """Vote for 9 in a charter commission of Colorado 2022: the top nine are elected."""
    (contest,) = parsed(row(VF=9)).contests
    assert (contest.votes_allowed, contest.number_elected) == (9, 9)


def test_units_are_counties_on_a_state_site() -> None:
    (contest,) = parsed(row(TP=159, PR=158, BC=10, TV=10), jurisdiction="GA").contests
    assert contest.units == Units(158, 159, UnitKind.COUNTIES)
    assert contest.ballots_cast is None
    assert contest.registered_voters is None


def test_units_registered_and_ballots_of_a_county() -> None:
    (contest,) = parsed(row(TP=404, PR=404, BC=259905, TV=418914)).contests
    assert contest.units == Units(404, 404, UnitKind.PRECINCTS)
    assert (contest.ballots_cast, contest.registered_voters) == (259905, 418914)


def test_zero_of_zero_units_is_not_known() -> None:
    """0 of 0 would read as all in."""
    assert parsed(row(TP=0, PR=0)).contests[0].units is None


def test_votes_never_stand_for_progress() -> None:
    """At 20:05 mail votes stood in 1,320 of 1,324 precincts, and none was in."""
    assert parsed(row()).contests[0].units == Units(0, 1324, UnitKind.PRECINCTS)


def test_printed_total_and_aggregate_key() -> None:
    (contest,) = parsed(row(T=69086, AggID="230")).contests
    assert (contest.total_votes, contest.aggregate_key) == (69086, "230")
    for none in ("-1", None):
        (contest,) = parsed(row(AggID=none)).contests
        assert (contest.total_votes, contest.aggregate_key) == (None, "")


def test_winner_marks_are_kept_as_marks_and_decide_nothing() -> None:
    (contest,) = parsed(row(W=[1, 0, 0])).contests
    assert [line.winner_mark for line in contest.selections] == [True, False, False]
    assert contest.status is None
    assert not any(line.winner_mark for line in parsed(row(W=None)).contests[0].selections)


def test_names_are_cleaned_and_keep_what_people_read() -> None:
    (contest,) = parsed(
        row(CH=["DeWitt  Walton", "Paul Noël\u200b Fiorino", "- FRANK DIMARCO"])
    ).contests
    assert {line.name for line in contest.selections} == {
        "DeWitt Walton",
        "Paul Noël Fiorino",
        "- FRANK DIMARCO",
    }


def test_a_tie_and_an_uncontested_contest_are_read_as_they_stand() -> None:
    (contest,) = parsed(row(V=[7, 7, 0])).contests
    assert [line.votes for line in contest.selections] == [7, 7, 0]
    (contest,) = parsed(
        row(CH=["Write-in"], P=["REP"], V=[11857], C="REP District Attorney")
    ).contests
    assert contest.selections[0].is_write_in
    assert contest.party == "REP"


# --- Keys, parties, write-ins --------------------------------------------------------------------


def line(name: str, votes: int = 0, party: str = "") -> Selection:
    """Make a ballot line."""
    return Selection(key=name, name=name, votes=votes, party=party, is_write_in=is_write_in(name))


def test_lines_of_one_name_are_told_apart_by_party_then_by_rank() -> None:
    lines = [line("A", 3), line("B", 1, "REP"), line("B", 9, "DEM"), line("A", 5), line("C")]
    assert [(found.key, found.votes) for found in keyed(lines, "here")] == [
        ("A", 5),
        ("A #2", 3),
        ("B (DEM)", 9),
        ("B (REP)", 1),
        ("C", 0),
    ]


def test_lines_that_end_with_one_key_are_refused() -> None:
    with pytest.raises(LayoutChanged, match="cannot be told apart in here"):
        keyed([line("A"), line("A"), line("A #2")], "here")


@pytest.mark.parametrize(
    ("title", "parties", "party"),
    [
        ("DEM District Attorney", ["DEM", "DEM"], "DEM"),
        ("DEM District Attorney", ["", "NON"], "DEM"),
        ("REP District Attorney", ["REP"], "REP"),
        ("REP District Attorney", [""], ""),
        ("Dem Auditor Indiana", ["DEM"], "DEM"),
        ("US Senate - Dem", ["NP"], "DEM"),
        ("US Senate - Rep/Senado de los EE.UU. - Rep", ["NP"], "REP"),
        ("REP - Sheriff", ["CGO"], "REP"),
        ("FOR GOVERNOR - DEM", [""], "DEM"),
        ("US Senator - REPUBLICAN", [""], "REP"),
        ("STATE REP 83RD DISTRICT (D)", ["D"], "DEM"),
        ("STATE'S ATTORNEY - DEM", ["DEM"], "DEM"),
        ("STATE REP 83RD DISTRICT", ["D", "R"], ""),
        ("REP 5TH DISTRICT", ["DEM", "REP"], ""),
        ("DEM/REP School Director", ["DEM"], ""),
        ("DEM - Sheriff - REP", [""], ""),
        ("REPUBLICAN RIVER WATER DISTRICT", ["NON"], ""),
        ("Sheriff - Rep", ["DEM", "REP"], ""),
        ("District Attorney", ["DEM"], ""),
        ("District Attorney", ["DEM", "REP"], ""),
        ("District Attorney - 12th Judicial District", ["DEM", "REP"], ""),
        ("Town of Demarest - Mayor", ["DEM"], ""),
        ("Libertarian - Sheriff", [""], "LIB"),
        ("City Council - L", ["NON"], ""),
        ("School Board (L)", ["NP"], ""),
    ],
)
def test_a_contest_has_a_party_only_where_the_source_says_so(
    title: str, parties: list[str], party: str
) -> None:
    lines = [line(str(number), 0, line_party(code)) for number, code in enumerate(parties)]
    assert contest_party(title, (), lines) == party


@pytest.mark.parametrize(
    ("category", "party"),
    [("Democratic", "DEM"), ("Republican Party", "REP"), ("Federal", ""), ("County Offices", "")],
)
def test_a_category_may_name_the_party(category: str, party: str) -> None:
    """Iowa 2026 gives the party as the category."""
    assert parsed(row(C="Sheriff", P=["", "", ""], CAT=category)).contests[0].party == party


@pytest.mark.parametrize(
    ("name", "aggregate"),
    [
        ("Write-in", True),
        ("WRITE-IN", True),
        ("Write-In", True),
        ("Write in", True),
        ("Write-ins", True),
        ("Write-in Votes", True),
        ("Unresolved Write-In", True),
        ("Write-In: Misc.", True),
        ("Personal Choice", True),
        ("SCATTERING", True),
        ("Uncertified Write In", True),
        ("Jane Roe (Write-in)", False),
        ("Writ Inman", False),
        ("Steve Zappala", False),
    ],
)
def test_write_ins_are_one_line_without_a_name(name: str, aggregate: bool) -> None:
    assert is_write_in(name) is aggregate


@pytest.mark.parametrize(
    ("code", "party"),
    [("DEM", "DEM"), ("NP", ""), ("NON", ""), ("Y", ""), ("12", ""), ("", ""), ("D/R", "D/R")],
)
def test_party_codes(code: str, party: str) -> None:
    assert line_party(code) == party


# --- Settings ------------------------------------------------------------------------------------


def heading(test: Any = False, **headers: str) -> Any:
    """Read settings with these headers (`web` and `all`)."""
    body = {
        "settings": {"electiondetails": {"electiondate": "5/16/2023", "istestmode": test}},
        "pagesettings": {
            "web": {"header": headers.get("web")},
            "global settings": {"header": headers.get("all", "")},
        },
        "websiteupdatedat": "5/16/2023 8:04:00 PM EDT",
    }
    return read_settings(page(json.dumps(body)))


@pytest.mark.parametrize(
    ("value", "is_test"),
    [(True, True), ("true", True), ("True", True), (False, False), ("false", False), (None, False)],
)
def test_test_mode_is_a_bool_or_a_text(value: Any, is_test: bool) -> None:
    """County files say "false" as a text, which is truthy."""
    assert heading(value).is_test is is_test


@pytest.mark.parametrize(
    ("web", "everywhere", "certified"),
    [
        ("<div>Official Results</div>", "", True),
        ("Official Results &ndash; Totals include all Absentee Ballots", "", True),
        ("Final Official Results", "2022 General", True),
        ("<b>Certified</b> Results", "", True),
        ("Official Results", "<center>UNOFFICIAL RESULTS</center>", False),
        ("UNOFFICIAL RESULTS", "", False),
        ("Semi-Official Results", "", False),
        ("Official Results will follow the canvass", "", False),
        ("Official Results Site of Example County", "", False),
        ("Official Results - pending recount", "", False),
        ("These are not official results", "", False),
        ("Welcome to the official results", "", False),
        ("2022 General", "", False),
        ("", "", False),
    ],
)
def test_certified_is_said_plainly_and_by_every_header(
    web: str, everywhere: str, certified: bool
) -> None:
    status = heading(web=web, all=everywhere).status
    assert status is (ResultsStatus.CERTIFIED if certified else None)


def test_upload_flags_and_winner_thresholds_certify_nothing() -> None:
    body = (
        '{"settings": {"electiondetails": {"chkisfinalupload": true, "chkiscanvasupload": true}}}'
    )
    assert read_settings(page(body)).status is None


def test_settings_of_another_shape() -> None:
    assert read_settings(page('{"settings": []}')).election_date is None
    with pytest.raises(LayoutChanged):
        read_settings(page("[]"))


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("11/20/2020 3:37:43 PM EST", datetime(2020, 11, 20, 20, 37, 43, tzinfo=UTC)),
        ("5/16/2023 12:05:00 AM EDT", datetime(2023, 5, 16, 4, 5, tzinfo=UTC)),
        # Kaufman TX lies in Central time and stamps Eastern: 8 PM EST is 7 PM CST.
        ("11/5/2024 8:00:20 PM EST", datetime(2024, 11, 6, 1, 0, 20, tzinfo=UTC)),
        ("11/5/2024 8:00:20 PM XYZ", None),
        ("11/5/2024 8:00:20 PM", None),
        ("13/5/2024 8:00:20 PM EST", None),
        ("", None),
    ],
)
def test_times_are_taken_at_their_zone_or_not_at_all(text: str, read: datetime | None) -> None:
    assert read_time(text) == read


def test_an_unknown_zone_keeps_the_text() -> None:
    body = '{"websiteupdatedat": "11/5/2024 8:00:20 PM XYZ"}'
    found = read_settings(page(body))
    assert (found.source_time, found.source_time_text) == (None, "11/5/2024 8:00:20 PM XYZ")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("11/3/2020", date(2020, 11, 3)),
        ("06/30/2026 00:00:00", date(2026, 6, 30)),
        ("2/30/2020", None),
        ("soon", None),
    ],
)
def test_dates(text: str, read: date | None) -> None:
    assert read_date(text) == read


# --- detail.xml ----------------------------------------------------------------------------------

CHOICE = '<Choice key="001" text="Matt Dugan" party="DEM" totalVotes="94974">{}</Choice>'
TYPES = (
    '<VoteType name="Election Day" votes="55195"><Precinct name="Aleppo" votes="*12"/></VoteType>'
    '<VoteType name="Absentee" votes="39126"/><VoteType name="Provisional" votes="653"/>'
)
COUNTY = 'precinctsReporting="1324" precinctsReported="1300"'
STATE = (
    'countiesParticipating="159" countiesReported="158" precinctsParticipating="2656" '
    'precinctsReported="2600" precinctsReportingPercent="97.89"'
)


def xml(inside: str = CHOICE.format(TYPES), units: str = COUNTY, before: str = "") -> str:
    """Write a detail.xml with one contest."""
    return (
        f'<?xml version="1.0"?>\r\n{before}<ElectionResult><Timestamp>6/5/2023 11:47:28 AM EDT'
        "</Timestamp><ElectionDate>5/16/2023</ElectionDate><Region>Allegheny</Region>"
        '<VoterTurnout totalVoters="764358" ballotsCast="235061"><Precincts>'
        '<Precinct name="Aleppo" totalVoters="1" percentReporting="4"/></Precincts></VoterTurnout>'
        f'<Contest key="0016" text="DEM District Attorney" voteFor="1" isQuestion="false" {units}>'
        f'<VoteType name="regVotersCounty" votes="500000"/>{inside}</Contest></ElectionResult>'
    )


def zipped(text: str | bytes, *names: str) -> bytes:
    """Pack a detailxml.zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("detail.xml",):
            archive.writestr(name, text)
    return packed.getvalue()


def contest_of(text: str) -> Contest:
    """Read the one contest of a detail.xml."""
    (contest,) = read_detail(page(zipped(text))).contests
    return contest


def test_xml_contest() -> None:
    """Totals from totalVotes; over- and undervotes under the contest are nobody's."""
    contest = contest_of(xml())
    (dugan,) = contest.selections
    assert (contest.key, contest.party) == ("0016", "DEM")
    assert contest.units == Units(1300, 1324, UnitKind.PRECINCTS)
    assert (dugan.key, dugan.votes) == ("Matt Dugan", 94974)
    assert [(found.type, found.votes, found.label) for found in dugan.by_type] == [
        (VoteType.ELECTION_DAY, 55195, "Election Day"),
        (VoteType.ABSENTEE_MAIL, 39126, "Absentee"),
        (VoteType.PROVISIONAL, 653, "Provisional"),
    ]


def test_xml_of_a_state_counts_counties() -> None:
    assert contest_of(xml(units=STATE)).units == Units(158, 159, UnitKind.COUNTIES)


def test_xml_bare_with_bom_and_gzipped() -> None:
    for body in (b"\xef\xbb\xbf" + xml().encode(), gzip.compress(zipped(xml()))):
        url = f"{BASE}/318010/reports/detailxml.zip"
        assert scraper().parse((page(body, url),)).contests == (contest_of(xml()),)


def test_xml_total_may_differ_from_its_types() -> None:
    """Arkansas 2014: 477,734 votes whose types sum to 462,123."""
    text = CHOICE.format('<VoteType name="Early Vote" votes="462123"/>').replace("94974", "477734")
    (cotton,) = contest_of(xml(text)).selections
    assert cotton.votes == 477734


@pytest.mark.parametrize("protected", ["*12", "", "protected", "4,018", "-1", "1.0"])
def test_a_protected_type_is_left_out_and_the_total_stands(protected: str) -> None:
    text = CHOICE.format(f'<VoteType name="Absentee" votes="{protected}"/>')
    (dugan,) = contest_of(xml(text)).selections
    assert (dugan.votes, dugan.by_type) == (94974, ())


@pytest.mark.parametrize(
    "damage",
    [
        ('totalVotes="94974"', 'totalVotes=""'),
        ('totalVotes="94974"', 'totalVotes="*12"'),
        ('totalVotes="94974"', 'totalVotes="-5"'),
        ('totalVotes="94974"', 'totalVotes="1.5"'),
        (' totalVotes="94974"', ""),
        ('text="Matt Dugan"', 'text=" "'),
        ('key="0016"', ""),
        ('text="DEM District Attorney"', ""),
        ('voteFor="1"', ""),
        ('precinctsReported="1300"', ""),
        ('precinctsReported="1300"', 'precinctsReported="1325"'),
    ],
)
def test_a_damaged_xml_contest_is_refused(damage: tuple[str, str]) -> None:
    with pytest.raises(LayoutChanged):
        read_detail(page(zipped(xml().replace(*damage))))


def test_xml_pseudo_contest_and_missing_turnout() -> None:
    """Every Georgia state file lacks the turnout's attributes."""
    assert read_detail(page(zipped(xml().replace('voteFor="1"', 'voteFor="0"')))).contests == ()
    assert read_detail(page(zipped(xml("")))).contests == ()
    assert read_detail(page(b"<ElectionResult/>")).contests == ()


def test_xml_with_a_document_type_is_refused() -> None:
    entity = '<!DOCTYPE ElectionResult [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
    with pytest.raises(LayoutChanged, match="document type"):
        read_detail(page(zipped(xml("&e;", before=entity))))


def test_xml_of_exploding_entities_is_refused() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol"}">' for n in range(12))
    text = xml(before=f"<!DOCTYPE ElectionResult [{levels}]>").replace("Matt Dugan", "&e11;")
    with pytest.raises(ParseFailure):
        read_detail(page(zipped(text)))


@pytest.mark.parametrize("length", [60, 400, 700])
def test_cut_xml_is_truncated(length: int) -> None:
    with pytest.raises(Truncated):
        read_detail(page(zipped(xml()[:length])))


def test_broken_xml_and_other_documents() -> None:
    with pytest.raises(WrongFormat, match="not XML"):
        read_detail(page(zipped(xml().replace("</Region>", "</Regio>"))))
    with pytest.raises(LayoutChanged, match="expected ElectionResult"):
        read_detail(page(zipped("<Report/>")))
    with pytest.raises(WrongFormat):
        read_detail(page(b"<!DOCTYPE html><html></html>"))
    with pytest.raises(WrongFormat, match="no zip"):
        read_detail(page(b"%PDF-1.7"))
    with pytest.raises(EmptyPage):
        read_detail(page(b""))


def test_xml_key_on_two_contests_is_refused() -> None:
    text = xml()
    contest = text[text.index("<Contest") : text.index("</ElectionResult>")]
    with pytest.raises(LayoutChanged, match="stands on two contests"):
        read_detail(page(zipped(text.replace(contest, contest * 2))))


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Election Day", VoteType.ELECTION_DAY),
        ("Election Day Votes", VoteType.ELECTION_DAY),
        ("ED Paper", VoteType.ELECTION_DAY),
        ("Early Vote", VoteType.EARLY),
        ("early-vote-north", VoteType.EARLY),
        ("Advanced Voting Votes", VoteType.EARLY),
        ("EV Electronic", VoteType.EARLY),
        ("Absentee", VoteType.ABSENTEE_MAIL),
        ("Absentee by Mail Votes", VoteType.ABSENTEE_MAIL),
        ("Provisional", VoteType.PROVISIONAL),
        ("Provisional Votes", VoteType.PROVISIONAL),
        ("Total Votes", VoteType.TOTAL),
        ("Election", VoteType.OTHER),
        ("BBM/PROV", VoteType.OTHER),
        ("", VoteType.OTHER),
    ],
)
def test_labels_of_vote_types(label: str, kind: VoteType) -> None:
    assert vote_type(label) is kind


def test_types_join_json_only_where_the_total_is_the_same() -> None:
    """JSON and XML of one version can be of two moments."""
    report = parsed(row(V=[94974, 75575, 196]))
    detail = page(zipped(xml()), f"{BASE}/318010/reports/detailxml.zip")
    body = json.dumps([row(V=[94974, 75575, 196]), row(K="0017")])
    joined = scraper(detail="xml").parse((page(body), detail))
    (dugan, zappala, _) = joined.contests[0].selections
    assert (len(dugan.by_type), zappala.by_type) == (3, ())
    assert dugan.key == report.contests[0].selections[0].key
    other = scraper().parse((page(json.dumps([row()])), detail))
    assert not any(line.by_type for line in other.contests[0].selections)


# --- Packing -------------------------------------------------------------------------------------


def packed_often(times: int) -> bytes:
    """Gzip a body several times."""
    body = b"{}"
    for _ in range(times):
        body = gzip.compress(body, mtime=0)
    return body


@pytest.mark.parametrize("times", [0, 1, 2])
def test_gzip_layers_are_peeled(times: int) -> None:
    assert peel(page(packed_often(times))).body == b"{}"


def test_gzip_without_end_is_refused() -> None:
    with pytest.raises(WrongFormat, match="layers of gzip"):
        peel(page(packed_often(3)))


def test_gzip_damage_and_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = gzip.compress(random.Random(1).randbytes(5000))  # noqa: S311
    with pytest.raises(Truncated, match="ends early"):
        peel(page(whole[:-200]))
    with pytest.raises(Truncated, match="damaged gzip"):
        peel(page(whole[:-5] + b"\0\0\0\0\0"))
    monkeypatch.setattr(clarity_packed, "MOST_BYTES", 4000)
    with pytest.raises(TooLarge):
        peel(page(whole))


def flagged(body: bytes) -> bytes:
    """Mark the member of a zip as encrypted, in its directory."""
    place = body.index(b"PK\x01\x02") + 8
    return body[:place] + b"\x01" + body[place + 1 :]


def spoiled(body: bytes) -> bytes:
    """Spoil the packed bytes of a zip's member and leave its directory."""
    return body[:60] + b"\xff\x00\xff\x00" + body[64:]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda body: body[:-30], Truncated),
        (spoiled, Truncated),
        (flagged, LayoutChanged),
        (lambda _: zipped("<a/>", "detail.xml", "readme.txt"), LayoutChanged),
        (lambda _: zipped("<a/>", "../detail.xml"), LayoutChanged),
    ],
)
def test_zip_damage(change: Callable[[bytes], bytes], error: type[Exception]) -> None:
    with pytest.raises(error):
        read_detail(page(change(zipped(xml()))))


def test_zip_bomb(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clarity_packed, "MOST_XML_BYTES", 500)
    with pytest.raises(TooLarge, match=r"of [0-9]+ bytes"):
        read_detail(page(zipped(xml())))


# --- Links and lists -----------------------------------------------------------------------------

ENR = "https://results.enr.clarityelections.com"


def test_a_county_file_knows_its_own_links_only() -> None:
    allegheny = pa_allegheny.Scraper
    assert allegheny.recognise(f"{ENR}/PA/Allegheny/118321/web.317647/#/summary") == {
        "eid": "118321"
    }
    assert allegheny.recognise(f"{ENR}/PA/York/117795/") is None


def listed(visitor: Scraper, body: str, status: int = 200) -> Any:
    """Drive a listing over one answer."""
    visit = visitor.elections()
    request = next(visit)
    with pytest.raises(StopIteration) as ended:
        visit.send(page(body, request.url, status))
    return ended.value.value


def test_a_states_list_names_its_counties() -> None:
    one = {"ElectionName": "2024 General", "Date": "11/05/2024 00:00:00", "State": "CO"}
    rows = [one | {"County": None, "EID": 122598}, one | {"County": "Clear Creek", "EID": "122615"}]
    state, county = listed(scraper("CO"), json.dumps(rows))
    assert (state.name, state.date) == ("2024 General", date(2024, 11, 5))
    assert dict(state.settings) == {"jurisdiction": "CO", "eid": "122598"}
    assert dict(county.settings) == {"jurisdiction": "CO/Clear_Creek", "eid": "122615"}


def test_a_county_files_list_gives_the_number_alone() -> None:
    visitor = pa_allegheny.Scraper(date=None, settings={})
    rows = (
        '[{"ElectionName": "x", "Date": "", "State": "PA", "County": "Allegheny", "EID": "118321"}]'
    )
    (found,) = listed(visitor, rows)
    assert found.settings == (("eid", "118321"),)


def test_lists_that_are_missing_empty_or_broken() -> None:
    """Of 254 Texas counties 30 have a list, 8 of those an empty one."""
    assert listed(scraper(), "", 404) == ()
    assert listed(scraper(), "[]") == ()
    for body in ("{}", '[{"EID": null}]', "[7]"):
        visit = scraper().elections()
        request = next(visit)
        with pytest.raises(LayoutChanged):
            visit.send(page(body, request.url))


# --- The report ----------------------------------------------------------------------------------


def test_the_version_stands_in_the_path_and_orders_reports() -> None:
    assert parsed(row()).version == 318010
    assert scraper().parse((page("[]", "file:///here/sum.json"),)).version is None


def test_pages_without_results_are_refused() -> None:
    with pytest.raises(LayoutChanged, match="neither JSON nor"):
        scraper().parse((page("318010", f"{BASE}/current_ver.txt"),))
