"""Collects the events of one step and threads the race's state through them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from monitor.events import Event, Kind
from monitor.state import RaceState, Told, Watched, is_paused

if TYPE_CHECKING:
    from monitor.decision import Decision
    from monitor.tally import Tally


@dataclass
class Teller:
    """What one step starts from, and what it has told so far.

    `cause`: what brought the step, where no new numbers did.
    """

    watched: Watched
    state: RaceState
    now: datetime
    events: list[Event] = field(default_factory=list)
    cause: str = ""

    def tell(self, kind: Kind, family: str, content: str, **parts: Any) -> str:
        """Add an event and return its key.

        The key is the digest of the content, chained by the key of the family's
        event before it: the same change found twice has one key, a real
        repetition another.
        """
        after = self.state.chain.get(family, "")
        candidate = parts.get("candidate", "")
        race = self.watched.race.id
        whole = f"{race}\x1f{candidate}\x1f{family}\x1f{kind}\x1f{content}\x1f{after}"
        key = sha256(whole.encode()).hexdigest()[:32]
        self.state = replace(self.state, chain={**self.state.chain, family: key})
        self.events.append(
            Event(key=key, kind=kind, at=self.now, race=race, cause=self.cause, **parts)
        )
        return key

    def is_paused(self, tally: Tally) -> bool:
        """Say whether election-day votes are in and nothing has changed for 45 minutes."""
        return is_paused(tally, [self.state.standings[s] for s in tally.sources], self.now)

    def told(self, candidate: str) -> Told:
        """Return what staff were told of a candidate."""
        return self.state.told.get(candidate, Told())

    def remember(self, candidate: str, told: Told) -> None:
        """Keep what staff were told of a candidate."""
        self.state = replace(self.state, told={**self.state.told, candidate: told})


def first_of(decisions: tuple[Decision, ...]) -> Decision | None:
    """Return the decision a message of the whole race shows."""
    return decisions[0] if decisions else None


def name_of(decisions: tuple[Decision, ...]) -> str:
    """Return the candidate a message of the whole race names first."""
    return decisions[0].candidate if decisions else ""


def seen_digest(decision: Decision, tally: Tally) -> str:
    """Digest the state a person is shown, so that a confirmation is bound to it."""
    shown = (decision.candidate, content(tally), tally.status, decision.if_final.value)
    return sha256(repr(shown).encode()).hexdigest()[:8]


def content(tally: Tally | None) -> str:
    """Return the figures of a tally: what a count event says, and nothing else."""
    if tally is None:
        return "none"
    lines = ",".join(f"{line.name}={line.votes}" for line in tally.lines)
    units = f"{tally.units.reported}/{tally.units.total}" if tally.units else "-"
    return f"{lines} {units}"
