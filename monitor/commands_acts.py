"""What every command of a person needs: its options, its act, and how it is answered.

A running `watch` takes an act within a second; where none runs it is applied here. An
act that is refused says what was seen and what to do, and exits with 1.
"""

from __future__ import annotations

import asyncio
import os
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click

from monitor.commands import (
    CONFIG,
    DATABASE,
    JSON,
    log_errors_only,
    name_of,
    now,
    show_json,
    words_of,
)
from monitor.decision import Outcome
from monitor.doing import OVERRIDE
from monitor.people import Act, ActKind
from monitor.terminal import safe

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from monitor.modals import Seen

REFUSED = 1

RACE = click.argument("race")
WHO = click.option("--who", required=True, callback=name_of, help="Who acts: a person's name.")
WHY = click.option(
    "--why", required=True, callback=words_of, help="Why, in a sentence; it is kept and shown."
)
CANDIDATE = click.option(
    "--candidate", default="", help="Whose outcome, where the race has several of ours."
)
SEEN = click.option(
    "--seen", default="", help="What you saw, as the same command without --seen prints it."
)
OVERRIDDEN = click.option(
    "--override", type=click.Choice([OVERRIDE]), help="Act against what the figures show."
)
LINK = click.option(
    "--link", default="", callback=words_of,
    help='Where it can be read, or "phone, clerk NAME".',
)  # fmt: skip
SOURCE = click.argument("source", required=False, default="")


def of_people(*options: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the race first, then its own options, then who, why, where and how."""

    def give(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed((RACE, *options, CONFIG, DATABASE, JSON)):
            function = option(function)
        return function

    return give


def made(kind: ActKind, race: str, who: str, why: str, **parts: Any) -> Act:
    """Make an act of now."""
    return Act(id=uuid4().hex[:12], kind=kind, race=race, who=who, why=why, at=now(), **parts)


def do(act: Act, config_path: Path, database: Path, *, as_json: bool) -> None:
    """Have an act answered, print the sentence, and exit with 1 when it is refused."""
    from monitor import acting

    log_errors_only()
    applied, sentence = asyncio.run(
        acting.do(config_path, database, act, os.environ, quiet=as_json)
    )
    if as_json:
        show_json({"id": act.id, "applied": applied, "sentence": sentence})
    else:
        click.echo(safe(f"{sentence} (act {act.id})"))
    if not applied:
        raise SystemExit(REFUSED)


def look_or_do(act: Act, config_path: Path, database: Path, *, as_json: bool) -> None:
    """Without --seen only show what would go out, and the line that does it."""
    if act.seen:
        do(act, config_path, database, as_json=as_json)
        return
    from monitor import acting

    log_errors_only()
    seen, zone = acting.look(config_path, database, act)
    line = command_line(replace(act, seen=seen.digest)) if seen.digest else ""
    if as_json:
        show_json(_as_json(seen, line))
    else:
        _show(seen, line, zone)
    if seen.refused:
        raise SystemExit(REFUSED)


def _as_json(seen: Seen, line: str) -> dict[str, Any]:
    posts = [{"kind": post.kind, "channel": post.channel, "text": post.text} for post in seen.posts]
    return {
        "done": False, "refused": seen.refused, "sentence": seen.sentence, "seen": seen.digest,
        "command": line, "posts": posts,
    }  # fmt: skip


def _show(seen: Seen, line: str, zone: str) -> None:
    from monitor.acting import show_posts

    if seen.refused:
        click.echo(safe(seen.sentence))
        return
    click.echo("NOT DONE YET. This would go out:")
    show_posts(seen.posts, zone)
    click.echo(f"\nTo do it, as long as the figures stay as they are:\n{safe(line)}")


def command_line(act: Act) -> str:
    """Return the line that does an act, to be pasted."""
    words = ["python", "run.py", act.kind.value, act.race]
    words += [act.source] if act.source else []
    words += [act.outcome.value] if act.outcome is not Outcome.NONE else []
    given = (
        ("--candidate", act.candidate), ("--link", act.link), ("--who", act.who),
        ("--why", act.why), ("--seen", act.seen),
    )  # fmt: skip
    words += [word for name, value in given if value for word in (name, value)]
    words += ["--certified"] if act.certified else []
    words += ["--override", OVERRIDE] if act.override else []
    return shlex.join(words)
