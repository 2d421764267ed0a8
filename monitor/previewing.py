"""Wiring of `preview`: made-up messages to the terminal, or as TEST to the rehearsal channel."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from monitor import app, outbox, sending
from monitor.acting import refuse_unknown
from monitor.errors import SlackFailure
from monitor.preview import of_race

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from monitor.night import Night
    from monitor.posts import Post


def made(night: Night, race: str, kinds: Iterable[str]) -> tuple[Post, ...]:
    """Write a race's made-up messages. Raises `NothingMatched` without the race or a kind."""
    refuse_unknown(night, race)
    return of_race(night, night.races[race].race, kinds)


async def tell(
    night: Night, posts: Iterable[Post], environ: Mapping[str, str], *, rehearse: bool
) -> None:
    """Deliver messages as the watch does: here, or to Slack's rehearsal channel.

    Raises `ConfigInvalid` without a token or that channel, `SlackFailure` when Slack refuses.
    """
    with app.temporary(None) as path, app.opened(path) as store:
        made = tuple(posts)
        roots = {post.key for post in made}
        # A reply that is shown without its root stands by itself.
        with store.transaction():
            store.put(p if p.thread in roots else replace(p, thread=None) for p in made)
        async with sending.sender(
            night, store, environ if rehearse else {}, quiet=False, rehearse=rehearse
        ) as deliverer:
            await deliverer.settle()
        for channel, error in outbox.refusals(store.db).items():
            place = night.config.slack.rehearsal_channel if rehearse else channel
            raise SlackFailure(f"messages to {place} are refused: {error}", permanent=True)
