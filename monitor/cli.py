"""The command line. Data and messages go to stdout, diagnostics and progress to stderr.

Exit codes: 0 ok, 1 finished with failures or an act refused, 2 usage, 3 config refused, 4 Slack,
5 nothing matched, 6 database, 7 archive.
"""

from __future__ import annotations

import logging
from typing import Any

import click

from monitor import (
    commands_add,
    commands_backfill,
    commands_backtest,
    commands_new,
    commands_people,
    commands_preview,
    commands_read,
    commands_rules,
    commands_run,
)
from monitor.commands import log_to_stderr
from monitor.errors import ConfigInvalid, MonitorError
from monitor.terminal import safe


class _Group(click.Group):
    """Turns every named error into its line (config problems: one each) and its exit code."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except MonitorError as error:
            _refuse(ctx, error)
        except ExceptionGroup as group:  # from the task group of `watch`
            named, rest = group.split(MonitorError)
            if named is None or rest is not None:
                raise
            _refuse(ctx, *_leaves(named))


def _leaves(group: ExceptionGroup[MonitorError]) -> list[MonitorError]:
    leaves: list[MonitorError] = []
    for error in group.exceptions:
        leaves.extend(_leaves(error) if isinstance(error, ExceptionGroup) else [error])
    return leaves


def _refuse(ctx: click.Context, *errors: MonitorError) -> None:
    for error in errors:
        lines = error.problems if isinstance(error, ConfigInvalid) else (str(error),)
        for line in lines:
            click.echo(f"{type(error).__name__}: {safe(' '.join(line.split()))}", err=True)
    ctx.exit(errors[0].exit_code)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--verbose", is_flag=True, help="Log every visit.")
@click.version_option(package_name="primary-night")
def main(*, verbose: bool) -> None:
    """Watch election results for endorsed candidates and tell staff in Slack."""
    log_to_stderr(logging.INFO if verbose else logging.WARNING)


for _command in (
    *commands_run.COMMANDS,
    *commands_add.COMMANDS,
    *commands_new.COMMANDS,
    *commands_read.COMMANDS,
    *commands_preview.COMMANDS,
    *commands_rules.COMMANDS,
    *commands_people.COMMANDS,
    *commands_backfill.COMMANDS,
    *commands_backtest.COMMANDS,
):
    main.add_command(_command)
