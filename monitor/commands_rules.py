"""The commands about state law: show a state's rule cards, record that a person checked them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitor.commands import DATABASE, JSON, name_of, now, plain, show_json
from monitor.terminal import safe

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path


class ByDefault(click.Group):
    """A group whose first command, hidden, is meant where none is named: `rules NC`."""

    @property
    def default(self) -> str:
        """Return that command's name."""
        return next(iter(self.commands))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put its name before anything that is neither a command nor a call for help."""
        if args and args[0] not in (*self.commands, *ctx.help_option_names):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


@click.group(cls=ByDefault, subcommand_metavar="STATE | verify STATE [OPTIONS]")
def rules() -> None:
    r"""Print the rule cards of STATE ("NC"), each fact with its source, or record a check.

    \b
    rules STATE [--on DATE] [--json]
    rules verify STATE --who NAME --source URL [--fact FACT] [--on DATE]
    """


_ON = click.option(
    "--on", type=click.DateTime(["%Y-%m-%d"]), default=None,
    help="The day of the election; default: today.",
)  # fmt: skip


@rules.command("show", hidden=True)
@click.argument("state")
@_ON
@DATABASE
@JSON
def show_rules(state: str, on: datetime | None, database: Path, *, as_json: bool) -> None:
    """Print the rule cards of STATE ("NC"), each fact with its source."""
    from monitor import inquiry
    from monitor.rule_card import card, rows

    day = (on or now()).date()
    book, outdated = inquiry.rules_in(database)
    if as_json:
        show_json([plain(row) for row in rows(book, state, day)])
    else:
        click.echo(card(book, state, day))
    for words in outdated:
        click.echo(safe(words), err=True)


def _link_of(_: click.Context, param: click.Parameter, value: str) -> str:
    if not value.startswith(("https://", "http://")) or not value.isprintable() or " " in value:
        raise click.BadParameter("give a link, https://…", param=param)
    return value


@rules.command()
@click.argument("state")
@click.option("--who", required=True, callback=name_of, help="Your name.")
@click.option("--source", required=True, callback=_link_of, help="Where you read it: a link.")
@click.option(
    "--fact", "facts", multiple=True,
    help="Only this fact (method, base, follow_up, …); may be repeated.",
)  # fmt: skip
@_ON
@DATABASE
def verify(
    state: str,
    who: str,
    source: str,
    facts: tuple[str, ...],
    on: datetime | None,
    database: Path,
) -> None:
    """Record that you read STATE's rules at a source, and that the cards are right.

    Read `rules STATE` first. Without --fact, every fact that says something and has no
    source is meant. It holds for the cards in force on the day, as they are worded now.
    """
    from monitor import inquiry

    for line in inquiry.verify_rules(database, state, (on or now()).date(), facts, who, source):
        click.echo(safe(line))


COMMANDS = (rules,)
