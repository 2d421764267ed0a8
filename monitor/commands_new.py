"""`new`: a county's own file over a known platform, and what to do next."""

from __future__ import annotations

import shlex
from datetime import date
from typing import TYPE_CHECKING

import click

from monitor.commands import JSON, SETTINGS, log_errors_only, show_json
from monitor.terminal import safe

if TYPE_CHECKING:
    from monitor.lookup import Recognised
    from monitor.new_county import CountyFile


@click.command()
@click.argument("county")
@click.option("--platform", required=True, help="The platform its site runs on; see `sources`.")
@click.option("--state", default="", help="Two letters, where the platform serves many states.")
@click.option("--url", default="", help="A page of the site: its settings are read from the link.")
@click.option("--source-name", default="", help="Who publishes the figures, as staff read it.")
@SETTINGS
@JSON
def new(
    county: str, platform: str, state: str, url: str, source_name: str,
    settings: tuple[tuple[str, str], ...], *, as_json: bool,
) -> None:  # fmt: skip
    """Write scrapers/ST_COUNTY.py for COUNTY over a platform; what is there is never replaced."""
    from monitor import app, new_county_file
    from monitor.lookup import Lookup
    from monitor.new_county import Asked, county_file
    from monitor.paste import config_for

    log_errors_only()
    asked = Asked(county, platform, state, url, source_name, settings)
    made = county_file(asked, app.scrapers())
    path = new_county_file.write(made)
    config = config_for(_as_found(made, url), Lookup())
    if as_json:
        show_json({
            "scraper": made.module, "file": str(path), "config": config, "missing": made.missing,
        })  # fmt: skip
        return
    click.echo(f"{path} is written, and it loads. Lines for config.toml:\n\n{safe(config)}")
    is_known = bool(url) and app.scrapers()[made.module].recognise(url) is not None
    click.echo(_next(made, url if is_known else ""))


def _as_found(made: CountyFile, url: str) -> Recognised:
    from monitor.lookup import Recognised

    return Recognised(
        url=url,
        scraper=made.module,
        county=made.county,
        state=made.state,
        source_name=made.source_name,
        day=date.fromisoformat(made.day) if made.day else None,
        settings=made.settings,
        missing=made.missing,
        also=(),
    )


def _next(made: CountyFile, url: str) -> str:
    """Say what to do now; `add` knows the file again by a link that says whose it is."""
    paste = "paste these lines, with election and race, into config.toml"
    first = f"  python run.py add {shlex.quote(url)}   (or {paste})" if url else f"  {paste}"
    return "\n".join((
        "Next:",
        first,
        f"  python run.py record {made.module} --case complete --who 'YOUR NAME'",
        f"  python -m pytest tests/test_examples.py -k {made.module}",
        "  python run.py check --online",
        "a `watch` that runs finds new files in scrapers/ after a restart only;",
        f"and write into {made.module}.py, as `Quirk:` lines, what is odd about this county.",
    ))  # fmt: skip


COMMANDS = (new,)
