"""What Slack's commands and buttons need of the running watch and of Slack, as small ports."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from monitor.race_view import RaceView
from monitor.races import Config

if TYPE_CHECKING:
    from collections.abc import Mapping

    from monitor.buttons import Pressed, Verb
    from monitor.modals import Asked
    from monitor.people import Act
    from monitor.slack_channels import ChannelFacts


class Acts(Protocol):
    """People's acts over the running watch (`monitor.pressing`)."""

    def do(self, act: Act, now: datetime, pressed_key: str = "") -> tuple[bool, str]:
        """Do an act; return whether it was applied, and the sentence for the person."""

    def press(
        self, verb: Verb, pressed: Pressed, key: str, who: str, user: str, now: datetime, id_: str
    ) -> tuple[bool, str]:
        """Do what a button without a modal does."""

    def open(
        self, asked: Asked, who: str, user: str, now: datetime, heads: Mapping[str, int]
    ) -> dict[str, Any]:
        """Return the view of a modal. `heads`: members by channel, as far as known."""

    def submit(
        self, values: Mapping[str, Any], private_metadata: str, who: str, user: str,
        now: datetime, id_: str, heads: Mapping[str, int],
    ) -> tuple[dict[str, Any], str]:  # fmt: skip
        """Answer a submission: what to acknowledge with, and the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a message of ours stands: our name for the channel, Slack's, and its time there."""

    channel: str
    channel_id: str
    ts: str


class Records(Protocol):
    """What the database knows of presses (`monitor.slack_records`)."""

    def place_of(self, key: str) -> Placed | None:
        """Return where the message of an outbox key stands, None when it was not sent."""

    def refuse(self, act: Act, sentence: str, now: datetime) -> None:
        """Write down an act that somebody was not allowed."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the running watch lends to Slack's commands and buttons.

    `config` and `views` give what is in force at each call. `explain`: the lines of
    `explain` for a race, now or at a time; it may raise `MonitorError`.
    """

    acts: Acts
    records: Records
    config: Callable[[], Config]
    views: Callable[[], Sequence[RaceView]]
    explain: Callable[[str, datetime | None], Awaitable[Iterable[str]]]
    now: Callable[[], datetime]


class Calls(Protocol):
    """Slack's Web API (`monitor.slack_calls`)."""

    async def call(
        self, method: str, arguments: Mapping[str, Any], *, as_json: bool = False
    ) -> dict[str, Any]:
        """Call a method; raises `SlackFailure`."""

    async def ask(self, method: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Call a method that changes nothing; raises `SlackFailure`."""


class Channels(Protocol):
    """Slack's channels (`monitor.slack_channels`)."""

    async def facts(self, channel: str) -> ChannelFacts:
        """Ask what a channel is; raises `SlackFailure`."""
