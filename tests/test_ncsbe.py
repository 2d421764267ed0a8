"""North Carolina: the dashboard's rows and the precinct file, in all their layouts."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.errors import (
    LayoutChanged,
    ParseFailure,
    SourceFailure,
    TooLarge,
    Truncated,
    WrongFormat,
)
from monitor.model import Page, Report, Request, VoteType
from scrapers import nc_durham
from scrapers.labels import is_write_in
from scrapers.platforms import ncsbe, ncsbe_pct, ncsbe_text
from scrapers.platforms.ncsbe_rows import contest_party
from tests.results_pct import read_totals, write_results_pct

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2018, 5, 9, 1, 0, tzinfo=UTC)
DAY = date(2018, 5, 8)
URL = "https://er.ncsbe.gov/enr/20180508/data/results_32.txt"
NUMBERS = ("vct", "evc", "ovc", "avc", "pvc", "prt", "ptl", "vfr")
SEEN_AS = {"evc": 0, "ovc": 1, "avc": 2, "pvc": 3}


def durham_rows(name: str = "DISTRICT ATTORNEY DISTRICT 16 - DEM (VOTE FOR 1)") -> list[Any]:
    """Return Durham's certified count of 2018-05-08; title and ids are ours."""
    counts = (
        ("Satana Deberry", 15281, 10683, 4516, 8, 74),
        ("Roger Echols", 12696, 7931, 4708, 9, 48),
        ("Daniel Meier", 3342, 2089, 1232, 4, 17),
    )
    keys = ("bnm", "vct", "evc", "ovc", "avc", "pvc")
    shared = {"cid": "32", "cnm": name, "gid": "1016", "vfr": "1", "pty": "DEM"}
    return [
        shared | {"prt": "57", "ptl": "57"} | dict(zip(keys, map(str, line), strict=True))
        for line in counts
    ]


def parse(body: bytes | list[Any], scraper: type[ncsbe.Scraper] = nc_durham.Scraper) -> Report:
    """Parse a body, or rows as the dashboard writes them."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    return scraper(date=DAY, settings={}).parse((Page(URL, 200, (), text, NOW),))


def figures(report: Report) -> list[tuple[int, ...]]:
    """Return votes and types of every selection."""
    return [
        (one.votes, *(count.votes for count in one.by_type))
        for contest in report.contests
        for one in contest.selections
    ]


def test_ovc_is_early_and_evc_is_election_day() -> None:
    """Readers elsewhere have the two fields the wrong way round."""
    (contest,) = parse(durham_rows()).contests
    deberry = next(one for one in contest.selections if one.name == "Satana Deberry")
    votes = {count.type: count.votes for count in deberry.by_type}
    assert votes == {
        VoteType.ELECTION_DAY: 10683,
        VoteType.EARLY: 4516,
        VoteType.ABSENTEE_MAIL: 8,
        VoteType.PROVISIONAL: 74,
    }
    assert deberry.key == "Satana Deberry|DEM"


def test_total_is_vct_even_where_the_types_do_not_add_up() -> None:
    """The types can lag behind the total; the total is what the Board counts."""
    rows = durham_rows()
    rows[0]["pvc"] = "0"
    assert (15281, 10683, 4516, 8, 0) in figures(parse(rows))


@pytest.mark.parametrize("key", ["gid", "cnm", "bnm", "pty", *NUMBERS])
def test_missing_key_is_named(key: str) -> None:
    """A row without a key names the key and the contest, or its place at least."""
    rows = durham_rows()
    del rows[1][key]
    with pytest.raises(LayoutChanged, match=f"'{key}' is missing in contest .*row 2") as seen:
        parse(rows)
    assert URL in str(seen.value)


@pytest.mark.parametrize("key", ["cid", "lid", "dtx", "pct", "col", "ogl", "ref"])
def test_keys_we_do_not_need_may_be_missing(key: str) -> None:
    """What is decoration stops nothing."""
    rows = durham_rows()
    for row in rows:
        row.pop(key, None)
    assert parse(rows) == parse(durham_rows())


@pytest.mark.parametrize("key", ["vfr", "prt", "ptl"])
def test_rows_of_a_contest_must_agree(key: str) -> None:
    """Seats and precincts are the contest's, so its rows repeat them."""
    rows = durham_rows()
    rows[2][key] = "2"
    with pytest.raises(LayoutChanged, match=f"disagree in {key}"):
        parse(rows)


@pytest.mark.parametrize("body", [b"[]", b"{}", b'["a"]', b'"a"', b"[[]]", b"null"])
def test_other_json_is_refused(body: bytes) -> None:
    """JSON that is no list of rows never becomes a Report without contests."""
    with pytest.raises(LayoutChanged):
        parse(body)


@pytest.mark.parametrize(
    ("title", "parties", "party"),
    [
        ("DISTRICT ATTORNEY DISTRICT 16 - DEM (VOTE FOR 1)", ["DEM", "DEM"], "DEM"),
        ("US SENATE - REP (VOTE FOR 1)", ["REP"], "REP"),
        ("DISTRICT ATTORNEY DISTRICT 16 (DEM)", ["DEM"], "DEM"),
        ("COUNTY COMMISSIONERS (UNEXPIRED) (REP)", ["REP"], "REP"),
        ("DISTRICT ATTORNEY DISTRICT 37 (VOTE FOR 1)", ["REP"], ""),
        ("DISTRICT ATTORNEY DISTRICT 03 (VOTE FOR 1)", ["DEM", "REP"], ""),
        ("COUNTY SHERIFF PRIMARY (VOTE FOR 1)", ["DEM", "DEM"], "DEM"),
        ("COUNTY SHERIFF PRIMARY (VOTE FOR 1)", ["DEM", "REP"], ""),
        ("CITY COUNCIL PRIMARY (VOTE FOR 1)", ["", ""], ""),
        ("SOIL AND WATER - DEMOCRACY (VOTE FOR 1)", ["DEM"], ""),
    ],
)
def test_party_of_the_contest(title: str, parties: list[str], party: str) -> None:
    """A general contest with one candidate is no party primary."""
    assert contest_party(title, parties) == party


@pytest.mark.parametrize(
    ("name", "write_in"),
    [
        ("Write-In (Miscellaneous)", True),
        ("Miscellaneous (Write-In)", True),
        ("Claudia De la Cruz (Write-In)", False),
        ("Write-ins (unqualified)", True),
        ("WRITE-IN (UNRESOLVED)", True),
        ("Undeclared Write-in", True),
        ("Write-in - Certified", True),
        ("Write-In 1", True),
        ("Write-In Candidate Jane Roe", False),
        ("Wright Inman", False),
    ],
)
def test_write_ins(name: str, write_in: bool) -> None:
    """The line of all write-ins sums unknown names; whoever is named is a candidate."""
    assert is_write_in(name) is write_in


@pytest.mark.parametrize(
    ("url", "found"),
    [
        (
            "https://er.ncsbe.gov/?election_dt=05/08/2018&county_id=32&office=ALL&contest=0",
            {"date": "2018-05-08", "cid": "32"},
        ),
        ("https://er.ncsbe.gov/?election_dt=11/05/2024", {"date": "2024-11-05", "cid": "0"}),
        (
            "https://er.ncsbe.gov/enr/20260303/data/results_32.txt?v=3-11-50",
            {"date": "2026-03-03", "cid": "32"},
        ),
        ("https://er.ncsbe.gov/enr/20261399/data/results_32.txt", None),
        ("https://er.ncsbe.gov/?election_dt=today&county_id=32", None),
        ("https://er.ncsbe.gov/?election_dt=05/08/2018&county_id=Durham", None),
        ("https://results.enr.clarityelections.com/PA/Allegheny/1/", None),
    ],
)
def test_recognise(url: str, found: dict[str, str] | None) -> None:
    """A pasted link gives the settings, anything else nothing."""
    assert ncsbe.Scraper.recognise(url) == found


@pytest.mark.parametrize("host", ["s3.amazonaws.com/dl.ncsbe.gov", "dl.ncsbe.gov"])
def test_recognise_precinct_file(host: str) -> None:
    """Both addresses of the bucket are known; the noisy results_sort is not."""
    url = f"https://{host}/ENRS/2018_05_08/results_pct_20180508.zip"
    assert ncsbe_pct.Scraper.recognise(url) == {"date": "2018-05-08"}
    assert ncsbe_pct.Scraper.recognise(url.replace("pct_20180508", "pct_20181399")) is None
    assert ncsbe_pct.Scraper.recognise(url.replace("results_pct", "results_sort")) is None


def test_addresses_and_settings() -> None:
    """A county file needs no setting, the bare platform its cid."""
    durham = nc_durham.Scraper(date=DAY, settings={})
    assert nc_durham.Scraper.settings_needed() == frozenset()
    assert ncsbe.Scraper.settings_needed() == {"cid"}
    assert ncsbe_pct.Scraper.settings_needed() == frozenset()
    assert ncsbe_pct.Scraper.unproven
    assert next(durham.visit()) == Request(URL)
    assert durham.link() == (
        "https://er.ncsbe.gov/?election_dt=05/08/2018&county_id=32&office=ALL&contest=0"
    )


def elections(body: bytes) -> Any:
    """Drive the listing of elections over one body."""
    listing = ncsbe.Scraper(date=None, settings={}).elections()
    request = next(listing)
    with pytest.raises(StopIteration) as ended:
        listing.send(Page(request.url, 200, (), body, NOW))
    return ended.value.value


def test_elections_are_listed() -> None:
    """The Board's own list gives dates, and the statewide file reaches them."""
    newest, older = elections(b'[{"edt":"11/05/2024"},{"edt":"05/08/2018"}]')
    assert newest.date == date(2024, 11, 5)
    assert older.date == DAY
    assert older.settings == (("cid", "0"),)


@pytest.mark.parametrize(
    "body", [b"[{}]", b'[{"edt":"2024-11-05"}]', b'[{"edt":7}]', b'[{"edt":"11/05/24"}]']
)
def test_elections_without_dates_are_refused(body: bytes) -> None:
    """A list without dates has changed its layout."""
    with pytest.raises(LayoutChanged, match="'edt'"):
        elections(body)


two_contests = durham_rows() + [
    row | {"gid": "2", "cnm": "CLERK OF SUPERIOR COURT - DEM (VOTE FOR 1)"} for row in durham_rows()
]


@given(st.permutations(two_contests))
def test_order_of_rows_means_nothing(rows: list[Any]) -> None:
    """The same rows in another order are the same Report, array or run together."""
    joined = "".join(map(json.dumps, rows)).encode()
    assert parse(rows) == parse(joined) == parse(two_contests)


odd_numbers = st.one_of(
    st.integers(-5, 200_000_000).map(str),
    st.integers(0, 99_999).map("{:,}".format),
    st.text(st.sampled_from("0123456789,.-+ eE\u0661\u00b2"), max_size=9),
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False),
)


@given(st.integers(0, 2), st.sampled_from(NUMBERS), odd_numbers)
def test_changed_number_is_read_as_it_stands_or_refused(row: int, key: str, value: Any) -> None:
    """Whatever stands in a number's place: that number comes out, or an error, never another."""
    rows = durham_rows()
    rows[row][key] = value
    try:
        seen = figures(parse(rows))
    except ParseFailure:
        return
    wanted = figures(parse(durham_rows()))
    place = sorted(range(3), key=lambda number: rows[number]["bnm"]).index(row)
    changed = list(wanted[place])
    if key in {"vct", *SEEN_AS}:
        changed[1 + SEEN_AS[key] if key in SEEN_AS else 0] = int(value.replace(",", ""))
    wanted[place] = tuple(changed)
    assert seen == wanted


@given(st.integers(0, 900), st.booleans())
def test_cut_body_is_refused(cut: int, joined: bool) -> None:
    """A body that ends inside a row is named, wherever it ends."""
    rows = [json.dumps(row) for row in durham_rows()]
    body = ("".join(rows) if joined else f"[{','.join(rows)}]").encode()
    whole_rows = {0, *(sum(map(len, rows[:end])) for end in range(4))} if joined else {len(body)}
    if (end := min(cut, len(body))) not in whole_rows:
        with pytest.raises(SourceFailure):
            parse(body[:end])


HEADING = (
    "County\tElection Date\tPrecinct\tContest Group ID\tContest Type\tContest Name\tChoice\t"
    "Choice Party\tVote For\tElection Day\tOne Stop\tAbsentee by Mail\tProvisional\tTotal Votes"
)
LINE = "DURHAM\t05/08/2018\t01\t1016\tS\tDISTRICT ATTORNEY DISTRICT 16 (DEM)\tDeberry\tDEM\t1"
COUNTS = "\t102\t3\t2\t1\t108"


def pct(*lines: str, heading: str = HEADING) -> bytes:
    """Write a precinct text."""
    return "".join(f"{line}\r\n" for line in (heading, *lines)).encode("latin-1")


def zipped(body: bytes, *names: str) -> bytes:
    """Pack a body under each name."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, body)
    return target.getvalue()


def test_layout_since_2014() -> None:
    """14 columns: real precincts are not told apart."""
    (row,) = ncsbe_pct.open_rows(pct(LINE + COUNTS))
    assert (row.county, row.election_date, row.contest_key) == ("DURHAM", DAY, "1016")
    assert (row.election_day, row.early, row.absentee_mail, row.provisional) == (102, 3, 2, 1)
    assert (row.total, row.is_real_precinct) == (108, None)


@pytest.mark.parametrize("early", ["One Stop", "Early Voting", "EARLY_VOTING"])
@pytest.mark.parametrize(("flag", "real"), [("Y", True), ("N", False)])
def test_layout_since_2018(early: str, flag: str, real: bool) -> None:
    """15 columns, the early one under either name."""
    heading = HEADING.replace("One Stop", early) + "\tReal Precinct"
    (row,) = ncsbe_pct.open_rows(pct(LINE + COUNTS + f"\t{flag}", heading=heading))
    assert (row.early, row.is_real_precinct) == (3, real)


@given(st.permutations(range(15)))
def test_columns_are_found_by_name(order: list[int]) -> None:
    """The order of columns means nothing."""
    heading = (HEADING + "\tReal Precinct").split("\t")
    cells = (LINE + COUNTS + "\tY").split("\t")
    moved = ["\t".join(row[place] for place in order) for row in (heading, cells)]
    straight = ["\t".join(row) for row in (heading, cells)]
    seen, wanted = (list(ncsbe_pct.open_rows(pct(x[1], heading=x[0]))) for x in (moved, straight))
    assert seen == wanted


def test_old_letters_and_nul_bytes() -> None:
    """Latin-1, NUL bytes and unpaired quotation marks are read as names."""
    line = LINE.replace("Deberry", 'Jes\u00fas "Chuy\0 Garc\u00eda') + COUNTS.replace("1", "1\0")
    (row,) = ncsbe_pct.open_rows(pct(line, ""))
    assert row.choice == 'Jes\u00fas "Chuy Garc\u00eda'
    assert row.total == 108


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (LINE + "\t102\t3\t2\t1\t109", "add up to 108, the total says 109"),
        (LINE + "\t102\t3\t2\t1", "13 cells where 14"),
        (LINE + COUNTS + "\tY\tY", "16 cells where 14"),
        (LINE + "\t-102\t3\t2\t1\t108", "expected a whole number"),
        (LINE + "\t\t3\t2\t1\t108", "expected a whole number"),
        (LINE.replace("05/08/2018", "2018-05-08") + COUNTS, "no date MM/DD/YYYY"),
        (LINE.replace("05/08/2018", "02/30/2018") + COUNTS, "no date MM/DD/YYYY"),
        (LINE.replace("Deberry", " ") + COUNTS, "no county, contest or choice"),
    ],
)
def test_bad_line_is_named(line: str, why: str) -> None:
    """A bad line gives its number and what is wrong with it."""
    with pytest.raises(LayoutChanged, match=f"line 3 of .*{why}"):
        list(ncsbe_pct.open_rows(pct(LINE + COUNTS, line, LINE + COUNTS)))


def test_flag_must_be_yes_or_no() -> None:
    """A third kind of precinct is a change of layout."""
    with pytest.raises(LayoutChanged, match="for Real Precinct, found 'X'"):
        list(ncsbe_pct.open_rows(pct(LINE + COUNTS + "\tX", heading=HEADING + "\tReal Precinct")))


@pytest.mark.parametrize(
    ("heading", "why"),
    [
        (HEADING.replace("Total Votes", "Votes"), "total votes"),
        (HEADING + "\tEarly Voting", "one stop"),
        (HEADING + "\tReal Precinct\tReal Precinct", "line 1"),
    ],
)
def test_bad_heading_is_named(heading: str, why: str) -> None:
    """Columns missing or doubled are named."""
    with pytest.raises(LayoutChanged, match=why):
        list(ncsbe_pct.open_rows(pct(LINE + COUNTS, heading=heading)))


@pytest.mark.parametrize("names", [(), ("a.txt", "b.txt"), ("../a.txt",), ("a.csv",), ("d/a.txt",)])
def test_other_zips_are_refused(names: tuple[str, ...]) -> None:
    """Exactly one text, with a bare name."""
    with pytest.raises(WrongFormat):
        list(ncsbe_pct.open_rows(zipped(pct(LINE + COUNTS), *names)))


def test_bombs_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a declared size, nor a real one, nor an endless line fills the memory."""
    with pytest.raises(TooLarge):
        list(ncsbe_pct.open_rows(pct("x" * 300_000)))
    monkeypatch.setattr(ncsbe_text, "MAX_BYTES", 100)
    with pytest.raises(TooLarge, match="declared"):
        list(ncsbe_pct.open_rows(zipped(pct(LINE + COUNTS), "a.txt")))
    with pytest.raises(TooLarge):
        list(ncsbe_pct.open_rows(pct(LINE + COUNTS)))


@given(st.integers(1, 400))
def test_cut_text_is_refused(cut: int) -> None:
    """A text that ends inside a line is truncated, wherever it ends."""
    body = pct(LINE + COUNTS, LINE + COUNTS)
    end = max(len(body) - cut, len(HEADING) + 3)
    if body[:end].endswith((b"\n", b"\r", b"108")):
        assert len(list(ncsbe_pct.open_rows(body[:end]))) >= 1
    else:
        with pytest.raises(Truncated):
            list(ncsbe_pct.open_rows(body[:end]))


@settings(max_examples=300)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_damaged_zip_never_gives_other_rows(place: int, change: int) -> None:
    """One changed byte: the same rows, or a named error."""
    good = zipped(pct(LINE + COUNTS), "results_pct_20180508.txt")
    bad = bytearray(good)
    bad[place % len(good)] ^= change
    try:
        rows = list(ncsbe_pct.open_rows(bytes(bad)))
    except SourceFailure:
        return
    assert rows == list(ncsbe_pct.open_rows(good))


@given(st.integers(9, 13), st.integers(0, 999))
def test_changed_count_never_passes(column: int, number: int) -> None:
    """The total guards the types, and the types the total."""
    cells = (LINE + COUNTS).split("\t")
    if int(cells[column]) != number:
        cells[column] = str(number)
        with pytest.raises(LayoutChanged):
            list(ncsbe_pct.open_rows(pct("\t".join(cells))))


def sums(*lines: str, **given_settings: str) -> Report:
    """Sum lines to a Report."""
    page = Page("https://s3.amazonaws.com/x.zip", 200, (), pct(*lines), NOW)
    return ncsbe_pct.Scraper(date=DAY, settings=given_settings).parse((page,))


def test_line_that_stands_twice_is_refused() -> None:
    """A doubled line is damage, not votes."""
    with pytest.raises(LayoutChanged, match="stands twice"):
        sums(LINE + COUNTS, LINE + COUNTS)


def test_two_dates_or_no_such_county_are_refused() -> None:
    """One file is one election, and a county that is not there is told."""
    other = (LINE + COUNTS).replace("05/08/2018", "11/06/2018").replace("\t01\t", "\t02\t")
    with pytest.raises(LayoutChanged, match="two election dates"):
        sums(LINE + COUNTS, other)
    with pytest.raises(LayoutChanged, match="no line of PITT county"):
        sums(LINE + COUNTS, county_name="Pitt")


def test_lines_must_agree_in_seats() -> None:
    """Vote For is the contest's."""
    other = (LINE + COUNTS).replace("DEM\t1\t", "DEM\t2\t").replace("\t01\t", "\t02\t")
    with pytest.raises(LayoutChanged, match=r"\[1, 2\]"):
        sums(LINE + COUNTS, other)


def test_one_key_under_two_titles_is_two_contests() -> None:
    """Neither may pass for the contest config.toml names."""
    report = sums(LINE + COUNTS, (LINE + COUNTS).replace("DISTRICT 16", "DISTRICT 17"))
    assert [contest.key.partition("|")[0] for contest in report.contests] == ["1016", "1016"]
    assert len({contest.key for contest in report.contests}) == 2


@pytest.fixture(scope="module")
def statewide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the generated file once."""
    path = tmp_path_factory.mktemp("pct") / "results_pct_20241105.txt"
    write_results_pct(path, seed=2024)
    return path


def test_generated_file_sums_to_the_real_totals(statewide: Path) -> None:
    """220,000 lines, 159,087 of them real precincts; every choice and type as counted."""
    seen: Counter[tuple[str, str, str, str]] = Counter()
    real = lines = 0
    for row in ncsbe_pct.open_rows(statewide):
        lines += 1
        real += bool(row.is_real_precinct)
        who = (row.contest_key, row.choice, row.party)
        seen[*who, "day"] += row.election_day
        seen[*who, "early"] += row.early
        seen[*who, "mail"] += row.absentee_mail
        seen[*who, "provisional"] += row.provisional
        seen[*who, "total"] += row.total
    assert (lines, real) == (220_000, 159_087)
    kinds = ("day", "early", "mail", "provisional", "total")
    for choice in read_totals():
        key = (choice.gid, choice.name, choice.party)
        assert tuple(seen[*key, kind] for kind in kinds) == (*choice.votes, choice.total)


def test_generated_file_is_reproducible() -> None:
    """The same seed gives the same bytes, another seed others."""
    same, again, other = io.BytesIO(), io.BytesIO(), io.BytesIO()
    write_results_pct(same, seed=1)
    write_results_pct(again, seed=1)
    write_results_pct(other, seed=2)
    assert same.getvalue() == again.getvalue() != other.getvalue()
    with pytest.raises(ValueError, match="too few"):
        write_results_pct(other, seed=2, rows=1000)
