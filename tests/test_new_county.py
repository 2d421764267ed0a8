"""`new`: any county's name gives a file that loads, or a refusal; nothing is ever replaced."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import scrapers
from monitor import app, new_county_file
from monitor.county_names import CountyRefused, county_name, module_name
from monitor.errors import NothingMatched
from monitor.new_county import PLACE, Asked, county_file
from monitor.secret_parts import is_secret_name, secret_in
from tests.commands import ROOT, Ran, run
from tests.extras import needs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KNOWN = app.scrapers()
LONGEST = 30
PASTE = "or paste these lines, with election and race, into config.toml"
HOME = "https://example.org"
BUCKS = "https://results.enr.clarityelections.com/PA/Bucks/115903/"
COCHISE = "https://app.enhancedvoting.com/results/public/Cochise-County-AZ"
WAKE = "https://er.ncsbe.gov/?election_dt=05/17/2022&county_id=92"
HOSTILE = (
    "", " ", "../../etc/passwd", "a/../../b", "Wake\nimport os", 'Wake"""', "Wake'''", "Wake\\",
    "{county}", "Wake\0", "\N{RIGHT-TO-LEFT OVERRIDE}ekaW", "Дарем", "__init__", "92",
    "W\N{CYRILLIC SMALL LETTER A}ke", "\N{FULLWIDTH LATIN CAPITAL LETTER W}ake", "<script>",
    "$(id)", "`id`", "a" * 51, "Wake  Forest", "Łódź", "'; DROP TABLE", "Wake;", "-rf",
    "Wake\N{ZERO WIDTH SPACE}", "Wake\N{LINE SEPARATOR}x", "\N{SUPERSCRIPT TWO}", "Wake #",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Put a folder of the test's own before `scrapers/`: files go there, and are found there."""
    before = set(sys.modules)
    monkeypatch.setattr(scrapers, "__path__", [str(tmp_path), *scrapers.__path__])
    yield tmp_path
    for name in set(sys.modules) - before:
        if name.startswith("scrapers.") and hasattr(scrapers, name.partition(".")[2]):
            delattr(scrapers, name.partition(".")[2])
            del sys.modules[name]


def new(*args: str) -> Ran:
    return run("new", *args)


@pytest.mark.parametrize(
    ("given_name", "state", "name", "module"),
    [
        ("Doña Ana", "NM", "Doña Ana", "nm_dona_ana"),
        ("Don\N{COMBINING TILDE}a Ana", "NM", "Doña Ana", "nm_dona_ana"),
        ("St. Louis City", "MO", "St. Louis City", "mo_st_louis_city"),
        ("St. Louis County", "MO", "St. Louis", "mo_st_louis"),
        ("Prince George's", "MD", "Prince George's", "md_prince_georges"),
        ("Prince George\N{RIGHT SINGLE QUOTATION MARK}s", "MD", "Prince George's",
         "md_prince_georges"),
        ("DeKalb", "GA", "DeKalb", "ga_dekalb"),
        ("King and Queen", "VA", "King and Queen", "va_king_and_queen"),
        ("Miami-Dade County", "FL", "Miami-Dade", "fl_miami_dade"),
        ("O'Brien", "IA", "O'Brien", "ia_obrien"),
        ("LaSalle", "TX", "LaSalle", "tx_lasalle"),
        ("Lake of the Woods", "MN", "Lake of the Woods", "mn_lake_of_the_woods"),
    ],
)  # fmt: skip
def test_real_names(given_name: str, state: str, name: str, module: str) -> None:
    assert county_name(given_name) == name
    assert module_name(name, state) == module


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_is_refused(name: str) -> None:
    with pytest.raises(CountyRefused, match="is no county's name"):
        county_name(name)


NAMES = st.text() | st.text("abcABC éñł'. -/()&,_{}\"\\\n", max_size=20)


def loaded(text: str) -> type[Any]:
    """Run a file's text as a module of scrapers/ is run; return its Scraper."""
    space: dict[str, Any] = {"__name__": "scrapers.made"}
    exec(compile(text, "made.py", "exec"), space)  # noqa: S102 - what it runs was just written
    found: type[Any] = space["Scraper"]
    return found


@given(NAMES, st.sampled_from(("ncsbe", "enhanced_export", "results_sw")), NAMES)
def test_any_name_gives_a_module_that_loads_or_a_refusal(
    name: str, platform: str, source_name: str
) -> None:
    """What a file says is what was given, and its text holds nothing else than constants."""
    needed = KNOWN[platform].settings_needed() & PLACE
    settings = tuple((key, "92") for key in sorted(needed))
    state = KNOWN[platform].state or "PA"
    try:
        made = county_file(
            Asked(name, platform, state, source_name=source_name, settings=settings), KNOWN
        )
    except CountyRefused:
        return
    assert re.fullmatch(r"[a-z]{2}(?:_[a-z0-9]+)+", made.module)
    assert made.text.count("\n") <= LONGEST
    scraper = loaded(made.text)
    assert scraper.county == made.county == county_name(name)
    assert (scraper.state, scraper.source_name) == (made.state, made.source_name)
    assert {type(node) for node in ast.parse(made.text).body} <= {
        ast.Expr, ast.ImportFrom, ast.ClassDef,
    }  # fmt: skip


def test_the_command_writes_what_the_readme_says(folder: Path) -> None:
    """Wake County of the README, and what is left to do."""
    done = new("Wake County", "--platform", "ncsbe", "--url", WAKE)
    assert (done.code, done.err) == (0, "")
    assert (
        (folder / "nc_wake.py").read_text(encoding="utf-8")
        == f'''"""Wake, NC.

Source: NC State Board of Elections,
{WAKE}
"""

from scrapers.platforms import ncsbe


class Scraper(ncsbe.Scraper):
    """The county's results."""

    county = "Wake"
    cid = "92"
'''
    )
    for line in (
        f"{folder / 'nc_wake.py'} is written, and it loads. Lines for config.toml:",
        "date = 2022-05-17",
        "[sources.nc_wake]",
        f"  python run.py add '{WAKE}'   ({PASTE})",
        "  python run.py record nc_wake --case complete --who 'YOUR NAME'",
        "  python -m pytest tests/test_examples.py -k nc_wake",
    ):
        assert line in done.out.splitlines()
    assert app.scrapers()["nc_wake"].settings_needed() == set()


def test_what_belongs_to_an_election_stands_in_the_config(folder: Path) -> None:
    """The place of a Clarity link is pinned, its election is not."""
    done = new("Bucks", "--platform", "clarity", "--url", BUCKS, "--json")
    told = json.loads(done.out)
    assert told["scraper"] == "pa_bucks"
    assert 'eid = "115903"' in told["config"]
    assert told["missing"] == []
    scraper = app.scrapers()["pa_bucks"]
    assert (scraper.state, scraper.county) == ("PA", "Bucks")
    assert scraper.settings_needed() == {"eid"}
    assert scraper.source_name == "Bucks elections office"
    assert scraper.recognise(BUCKS) == {"eid": "115903"}


def test_a_county_of_a_states_file_reads_its_own_part(folder: Path) -> None:
    """A file named Fulton must never show the state's figures as Fulton's."""
    new(
        "Fulton", "--platform", "enhanced_export", "--state", "GA",
        "--set", "site=results.sos.ga.gov", "--set", "jurisdiction=Georgia",
    )  # fmt: skip
    scraper = app.scrapers()["ga_fulton"](date=None, settings={"eid": "x"})
    assert scraper.settings["county"] == "Fulton"
    refused = new("Orleans", "--platform", "la_voterportal")
    assert (refused.code, refused.out) == (2, "")
    assert "la_voterportal needs parish for Orleans; give --set parish=…" in refused.err


CLARITY = ("--platform", "clarity")
NCSBE = ("--platform", "ncsbe")
REFUSED = [
    (("Wake", "--platform", "ncsb", "--set", "cid=92"), 5, "did you mean ncsbe? Known are ca_"),
    (("Wake", "--platform", "nc_durham"), 2, "nc_durham is a county file"),
    (("Wake", *NCSBE), 2, "ncsbe needs cid for Wake; give --set cid=…"),
    (("Wake", *NCSBE, "--set", "cid="), 2, "'cid=': write KEY=VALUE, such as cid=92"),
    (("Wake", *NCSBE, "--set", "cid"), 2, "write KEY=VALUE"),
    (("Wake", *NCSBE, "--set", "cdi=92"), 2, "not 'cdi'; did you mean cid?"),
    (("Wake", *NCSBE, "--set", "cid=92", "--set", "cid=32"), 2, "cid is given twice"),
    (("Wake", *NCSBE, "--set", 'cid=9"2'), 2, "is no such setting"),
    (("Wake", *NCSBE, "--set", "cid=32", "--url", WAKE), 2, "the link says cid = 92, "),
    (("Wake", *NCSBE, "--set", "cid=92", "--state", "SC"), 2, "ncsbe reads NC here, not SC"),
    (("Wake", *NCSBE, "--url", BUCKS), 5, f"ncsbe does not know the link {BUCKS}; it is one of cl"),
    (("Wake", *NCSBE, "--url", "file:///home/ana/wake.txt"), 2, "is no link to a page, https://…"),
    (("Wake", *NCSBE, "--url", f"{WAKE}&token=abc"), 2, "the link holds `token=`"),
    (("Wake", *NCSBE, "--url", "https://ana:pw@er.ncsbe.gov/"), 2, "a user's name or password"),
    (("Durham", *NCSBE, "--set", "cid=32"), 2, "there is a scraper nc_durham already"),
    (("Berks", *CLARITY, "--url", BUCKS), 2, "PA/Bucks is not Berks"),
    (("Bacon", "--platform", "enhanced_voting", "--url", COCHISE), 2, "AZ is not Bacon; write"),
    (("Wake", "--platform", "NCSBE"), 5, "no platform 'NCSBE'; did you mean ncsbe? Known are ca_"),
    (("Bucks", *CLARITY, "--set", "jurisdiction=Bucks"), 2, "which state?"),
    (("Bucks", *CLARITY, "--url", BUCKS, "--state", "Pa1"), 2, "'Pa1' is no state"),
    (("Cass", "--platform", "gems_text", "--state", "MN"), 2, "give it with --url"),
    (("Cass", "--platform", "gems_text", "--state", "MN", "--url", BUCKS), 5, "one of clarity"),
    (("Sos", "--platform", "ca_sos", "--url", "https://api.sos.ca.gov/returns/x"), 2, "r ca_sos"),
    (("Wake", *NCSBE, "--set", "cid=92", "--source-name", 'A"B'), 2, "who publishes"),
]  # fmt: skip


@pytest.mark.parametrize(("args", "code", "words"), REFUSED, ids=lambda one: str(one)[:50])
def test_a_refusal_says_what_to_do_and_writes_nothing(
    args: tuple[str, ...], code: int, words: str, folder: Path
) -> None:
    done = new(*args)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert list(folder.iterdir()) == []


def test_a_countys_own_part_of_a_site_of_many_says_its_state(folder: Path) -> None:
    done = new("Cochise", "--platform", "enhanced_voting", "--url", COCHISE)
    assert done.code == 0, done.err
    assert 'state = "AZ"' in (folder / "az_cochise.py").read_text(encoding="utf-8")
    assert "a `watch` that runs finds new files in scrapers/ after a restart only" in done.out


def test_a_file_that_is_there_is_never_replaced(folder: Path) -> None:
    """Not a county's own, nor one that cannot even be loaded."""
    path = folder / "nc_wake.py"
    path.write_text("broken(", encoding="utf-8")
    done = new("Wake", *NCSBE, "--set", "cid=92")
    assert done.code == 2
    assert f"{path} is there already" in done.err
    assert path.read_text(encoding="utf-8") == "broken("


def test_a_file_that_does_not_load_is_taken_away(folder: Path) -> None:
    """Whatever was written, nothing that breaks stays behind, and a second try works."""
    made = county_file(Asked("Wake", "ncsbe", settings=(("cid", "92"),)), KNOWN)
    for wrong, words in (
        (made.text.replace("ncsbe.Scraper", "ncsbe.Gone"), "has no attribute 'Gone'"),
        (made.text.replace('"Wake"', '"Pitt"'), "it says ('Pitt', 'NC'"),
        (made.text.replace("class Scraper", "class Other"), "no Scraper was found"),
        (made.text.replace("cid =", "cod ="), "it needs cid otherwise than meant"),
    ):
        odd = type(made)(**{**{f: getattr(made, f) for f in made.__slots__}, "text": wrong})
        with pytest.raises(CountyRefused, match=re.escape(words)):
            new_county_file.write(odd)
        assert [path.name for path in folder.glob("*.py")] == []
    assert new_county_file.write(made).name == "nc_wake.py"


def test_a_folder_that_is_gone_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scrapers, "__path__", [str(folder / "no"), *scrapers.__path__])
    done = new("Wake", *NCSBE, "--set", "cid=92")
    assert done.code == 2
    assert f"cannot write {folder / 'no' / 'nc_wake.py'}" in done.err


def test_a_link_that_nobody_knows_is_the_reports(folder: Path) -> None:
    """Report files lie anywhere; their address changes, so it stands in config.toml."""
    done = new(
        "Box Elder", "--platform", "gems_text", "--state", "ut", "--url", "https://x.gov/r.txt"
    )
    assert done.code == 0
    assert 'url = "https://x.gov/r.txt"' in done.out
    assert "run.py add" not in done.out  # nobody would know whose such a link is
    assert 'url = "' not in (folder / "ut_box_elder.py").read_text(encoding="utf-8")
    with pytest.raises(NothingMatched, match="does not know the link"):
        county_file(Asked("Wake", "ncsbe", url="https://x.gov/r.txt"), KNOWN)


def made_of_all() -> Iterator[tuple[str, str]]:
    """Yield a file over each platform, with every setting a place can have."""
    for name, platform in sorted(KNOWN.items()):
        if not platform.county:
            takes = {*platform.settings_needed(), *platform.optional_settings} & {*PLACE, "page"}
            given = dict.fromkeys(sorted(takes), "Odd/Word-1.x")
            given |= {"host": HOME, "page": HOME, "jurisdiction": "Georgia"}
            settings = tuple((key, value) for key, value in given.items() if key in takes)
            url = f"{HOME}/a%20b.csv?x=1&y=" + "z" * 120
            made = county_file(
                Asked("Doña Ana", name, platform.state or "NM",
                      url if "url" in platform.settings_needed() else "",
                      "Clerk of the Court, Doña Ana (NM)" * (not platform.state), settings),
                KNOWN,
            )  # fmt: skip
            yield f"{name}_{made.module}.py", made.text


def test_every_platforms_file_is_in_house_style(tmp_path: Path) -> None:
    """Formatted, without a finding, typed, and no longer than the house wants."""
    needs("ruff")
    needs("mypy")
    (tmp_path / "__init__.py").touch()
    for name, text in made_of_all():
        assert text.count("\n") <= LONGEST, name
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = [str(path) for path in tmp_path.glob("*_*.py") if path.name != "__init__.py"]
    assert len(made) >= 30
    rules = ["--config", "pyproject.toml"]
    for line in (["ruff", "format", "--check", *rules], ["ruff", "check", *rules], ["mypy"]):
        done = subprocess.run(
            [sys.executable, "-m", *line, *made],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_secrets_are_known_by_name_and_by_form() -> None:
    """A secretary is no secret, and a county's `key` in a path is none."""
    for name in ("token", "access_token", "apiKey", "api-key", "sig", "X-CSRF", "sessionid", "key"):
        assert is_secret_name(name), name
    for name in ("secretary", "cid", "electionKey", "keys", "office", "signed", "authority"):
        assert not is_secret_name(name), name
    for link in (
        "https://x.gov/?sid=1",
        "https://x.gov/#access_token=1",
        "xoxb-1",
        "eyJhbGciOiJIUzI1.x",
    ):
        assert secret_in(link), link
    for link in (BUCKS, WAKE, "https://x.gov/key/token/", "http://[bad"):
        assert not secret_in(link), link
