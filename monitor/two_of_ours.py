"""One message for a channel that speaks for several candidates of one race (desk §4.16). Pure.

Such a channel has no "ours": nobody's win is told without the other's loss, each is named
with who endorsed it, and what came together is one message.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.decision import Outcome
from monitor.details import blocks_of, sections
from monitor.events import Event, Kind
from monitor.headlines import headline_of
from monitor.outcome_details import endorsers, margin_line
from monitor.outcome_headlines import grade_of
from monitor.prizes import main_prize
from monitor.saying import say
from monitor.words import percent, safe, surname, units_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from monitor.decision import Decision
    from monitor.races import Race
    from monitor.scene import Scene

_FOUND = frozenset({
    Kind.RACE_WON, Kind.RACE_LOST, Kind.ADVANCED, Kind.RUNOFF_SET, Kind.RUNOFF_POSSIBLE,
    Kind.RACE_TIED, Kind.OUTCOME_CERTIFIED,
})  # fmt: skip
_VERBS = {
    Outcome.NONE: "has no outcome",
    Outcome.WON: "won",
    Outcome.LOST: "lost",
    Outcome.ADVANCED: "advances",
    Outcome.RUNOFF: "goes to the runoff",
    Outcome.RUNOFF_POSSIBLE: "may go to a runoff",
    Outcome.TIE: "is tied",
}


def together_with(event: Event, step: Iterable[Event], race: Race) -> tuple[Event, ...]:
    """Return the events of a step that are told in one message with an outcome, it included."""
    ours = {one.candidate for one in race.endorsements}
    same = _family(event)
    found = [one for one in step if _family(one) == same and one.candidate in ours]
    return tuple(found) if any(one.key == event.key for one in found) else (event,)


def _family(event: Event) -> str:
    """Outcomes found are one family, whichever they are; the rest goes by its kind."""
    return "found" if event.kind in _FOUND else event.kind.value


def joint_headline(events: tuple[Event, ...], scene: Scene, race: Race) -> str:
    """Write the first line of what came together."""
    if events[0].kind not in _FOUND:
        return " · ".join(headline_of(one, scene, race) for one in events)
    parts = "; ".join(
        f"{safe(surname(one.candidate))} {_VERBS[_outcome(one, scene)]} "
        f"(endorsed by {endorsers(race, one.candidate)})"
        for one in events
    )
    grade = f", {_grade(events[0], scene)}"
    return f"{parts}: {safe(race.name)}, {main_prize(race)}{grade}. {_figures(events)}".rstrip()


def _outcome(event: Event, scene: Scene) -> Outcome:
    called = scene.called.get(event.candidate)
    if event.decision is None:
        return called.outcome if called is not None else Outcome.NONE
    return event.decision.outcome


def _grade(event: Event, scene: Scene) -> str:
    called = scene.called.get(event.candidate)
    if event.decision is not None:
        return grade_of(event.decision.basis)
    return grade_of(called.basis) if called is not None else "unofficial"


def _figures(events: tuple[Event, ...]) -> str:
    """Write the share of each, best first, and how much is counted."""
    after, decisions = events[0].after, [one.decision for one in events]
    known = [one for one in decisions if one is not None]
    if after is None or not known:
        return "Votes by name are not reported."
    shares = ", ".join(_share(one) for one in sorted(known, key=lambda one: -one.votes))
    return f"{shares}. {units_short(after.units)}."


def _share(decision: Decision) -> str:
    return f"{safe(surname(decision.candidate))} {percent(decision.votes, decision.total)}"


def joint_blocks(
    events: tuple[Event, ...], scene: Scene, race: Race, headline: str
) -> list[dict[str, Any]]:
    """Build the Block Kit of what came together: the votes once, and what may be said of each."""
    first, *others = events
    blocks = blocks_of(first, scene, race, headline)
    foot = next((n for n, one in enumerate(blocks) if one["type"] == "context"), len(blocks))
    more = [block for one in others for block in _of_another(one, scene, race)]
    return [*blocks[:foot], *more, *blocks[foot:]]


def _of_another(event: Event, scene: Scene, race: Race) -> Iterator[dict[str, Any]]:
    if event.decision is not None and event.after is not None:
        line = f"{safe(event.candidate)}. {margin_line(event, race, event.decision, event.after)}"
        yield from sections(line, say(event, scene, race))
