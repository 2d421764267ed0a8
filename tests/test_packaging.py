"""What a clone, a wheel and a machine without packages give."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.extras import needs

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")
PINS: dict[str, str] = dict(re.findall(r"^([a-z0-9-]+)==([^\s;\\]+)", LOCK, re.MULTILINE))
LARGEST = 1_000_000

# Each is written in pieces, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:root|Users|work|opt|tmp)" + r"/\w")
REGISTRIES = re.compile(
    r"index" + r"-url|://[^\s\"']*/simple(?:/|\b)|://[^\s\"']*/packages/[0-9a-f]{2}/[0-9a-f]{2}/"
    r"|(?:pypi|pythonhosted|npmjs|yarnpkg)\.(?:org|com)|\"resolved\"",
    re.IGNORECASE,
)


def tracked() -> list[Path]:
    """Return every file of the repository; where there is none (an sdist), skip."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("this is no git clone")
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def found(pattern: re.Pattern[str]) -> list[str]:
    """Return where a pattern stands in a tracked text file."""
    places = []
    for path in tracked():
        text = path.read_bytes().decode("utf-8", errors="replace")
        if path.suffix != ".gz" and (hit := pattern.search(text)):
            places.append(f"{path.relative_to(ROOT)}: {hit[0]}")
    return places


def test_no_registry_address_is_tracked() -> None:
    """Nobody's mirror lands in a file: pins stand in requirements.lock, without addresses."""
    assert found(REGISTRIES) == []


def test_no_path_of_a_machine_is_tracked() -> None:
    assert found(MACHINE_PATHS) == []
    assert found(re.compile(re.escape(f"{Path.home()}/."))) == []


def test_no_large_file_is_tracked() -> None:
    assert [path.name for path in tracked() if path.stat().st_size > LARGEST] == []


def test_uv_lock_is_not_tracked() -> None:
    """It records the addresses its maker downloaded from."""
    assert ROOT / "uv.lock" not in tracked()


def requirements() -> list[Requirement]:
    """Return every direct requirement, of the product and of all its extras."""
    extras = PROJECT["optional-dependencies"].values()
    return [
        Requirement(text) for text in (*PROJECT["dependencies"], *(t for e in extras for t in e))
    ]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda r: r.name)
def test_the_lock_pins_what_is_asked_for(requirement: Requirement) -> None:
    assert requirement.specifier.contains(PINS[requirement.name])


def test_every_pin_has_its_hashes_and_no_address() -> None:
    entries = re.split(r"\n(?=[a-z])", LOCK.partition("\n")[2])
    assert len(entries) >= len(PINS)
    for entry in entries:
        assert "--hash=sha256:" in entry, entry.partition(" ")[0]
    assert "://" not in LOCK


def test_run_py_without_the_packages_says_which_line_to_run() -> None:
    """A bare Python gets one message with the README's line, and no traceback."""
    bare = [sys.executable, "-E", "-s", "-S", "run.py", "demo"]
    ran = subprocess.run(bare, cwd=ROOT, check=False, capture_output=True, text=True)
    assert ran.returncode == 1
    assert ran.stdout == ""
    assert "Traceback" not in ran.stderr
    assert "is not installed" in ran.stderr
    line = next(line for line in ran.stderr.splitlines() if "python3 -m venv" in line)
    assert line.strip() in (ROOT / "README.md").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Build the wheel without the network; skip where the build back end is not there."""
    needs("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(built).namelist())


def test_the_wheel_holds_the_product(wheel: set[str]) -> None:
    needed = {
        "monitor/cli.py", "monitor/rules.toml", "monitor/py.typed", "scrapers/py.typed",
        "scrapers/nc_durham.py", "scrapers/platforms/ncsbe.py",
    }  # fmt: skip
    assert needed <= wheel


def test_the_wheel_holds_nothing_else(wheel: set[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"monitor", "scrapers"}


def test_every_file_of_the_packages_is_in_the_wheel(wheel: set[str]) -> None:
    sources = {
        str(path.relative_to(ROOT)) for path in tracked() if path.suffix in (".py", ".toml")
        and path.relative_to(ROOT).parts[0] in ("monitor", "scrapers")
    }  # fmt: skip
    assert sources <= wheel
