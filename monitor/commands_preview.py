"""The command that shows every message of a race before the night."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING

import click

from monitor.commands import CONFIG, JSON, log_errors_only, show_json
from monitor.scoreboard_link import put_in

if TYPE_CHECKING:
    from pathlib import Path

    from monitor.posts import Post


@click.command()
@click.argument("race")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    help="Only messages of this kind, such as race-won; may be repeated.",
)
@click.option("--send", is_flag=True, help="Send them to Slack's rehearsal channel, marked TEST.")
@CONFIG
@JSON
def preview(
    race: str, kinds: tuple[str, ...], config_path: Path, *, send: bool, as_json: bool
) -> None:
    """Show every kind of message of a race, with made-up figures: here, as JSON, or in Slack."""
    from monitor import app, previewing

    log_errors_only()
    night = app.night_of(app.config_at(config_path))
    made = previewing.made(night, race, kinds)
    if as_json:
        show_json([row(post) for post in made])
        return
    if not send:
        click.echo("Made-up figures: nothing below has happened.", err=True)
    asyncio.run(previewing.tell(night, made, os.environ, rehearse=send))
    if send:
        channel = night.config.slack.rehearsal_channel
        stand = "1 message stands" if len(made) == 1 else f"{len(made)} messages stand"
        click.echo(f"{stand} in {channel}, each marked TEST.")


def row(post: Post) -> dict[str, object]:
    """Return a message as `--json` prints it: blocks as they are pasted into Slack's builder."""
    text, blocks = put_in(post.text, post.blocks, None)
    return {
        "kind": post.kind, "channel": post.channel, "thread": post.thread is not None,
        "text": text, "blocks": json.loads(blocks),
    }  # fmt: skip


COMMANDS = (preview,)
