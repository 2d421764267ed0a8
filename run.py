"""Hand over to the command line: `python run.py demo`, `python run.py watch`, …."""

import sys

try:
    from monitor.cli import main
except ModuleNotFoundError as missing:
    if missing.name and missing.name.partition(".")[0] in ("monitor", "scrapers"):
        raise
    sys.exit(
        f"The package {missing.name!r} is not installed. Set everything up with this one line:\n"
        "  python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' "
        "&& .venv/bin/python run.py demo"
    )

if __name__ == "__main__":
    main()
