"""Where each race stands in the words of the desk: scoreboard, pulse and morning report. Pure.

A state is always a word; the light after it repeats it for the eye (desk §3.11). What is
shown as decided is what staff were told, never what the figures give by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from monitor.decision import Basis, Decision, Outcome, Standing
from monitor.outcome_headlines import grade_of
from monitor.prizes import is_nomination, main_prize, next_election, race_words, rival_of
from monitor.routing import speaks_for
from monitor.state import Told
from monitor.still_open import open_words
from monitor.words import listing, reasons, safe, surname, units_short

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from monitor.race_view import RaceView
    from monitor.races import Channel, Endorsement, Race
    from monitor.tally import Tally


MOST_CHARACTERS = 11_000
"""Characters in the blocks of a message; Slack takes 12,000, and the sender marks tests."""
MOST_IN_SECTION = 2_900


class Grade(StrEnum):
    """What a race is counted as in a headline, in the order of the headline."""

    HOLD_OFF = "on hold off"
    NOMINATED = "nominated"
    ELECTED = "elected"
    ADVANCING = "advancing"
    RUNOFF = "runoff"
    RUNOFF_POSSIBLE = "possible runoff"
    LOST = "lost"
    TIED = "tied"
    DECIDED = "decided"
    UNCONTESTED = "uncontested"
    COUNTING = "counting"
    WAITING = "with no numbers yet"

    @property
    def is_open(self) -> bool:
        """Nothing was told that settles it."""
        return self in (Grade.HOLD_OFF, Grade.COUNTING, Grade.WAITING)


_GRADES = {
    Outcome.LOST: Grade.LOST,
    Outcome.ADVANCED: Grade.ADVANCING,
    Outcome.RUNOFF: Grade.RUNOFF,
    Outcome.RUNOFF_POSSIBLE: Grade.RUNOFF_POSSIBLE,
    Outcome.TIE: Grade.TIED,
}
_LIGHTS = {
    Grade.HOLD_OFF: "🟠",
    Grade.NOMINATED: "🟢",
    Grade.ELECTED: "🟢",
    Grade.ADVANCING: "🟢",
    Grade.RUNOFF: "🔵",
    Grade.RUNOFF_POSSIBLE: "🔵",
    Grade.LOST: "🔴",
    Grade.TIED: "🔵",
    Grade.COUNTING: "🟡",
}
_NO_LIGHT = "⚪"
NEW_STANDING = "new, being checked"
"""Said of a standing that waits for its second look, as of numbers that do."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where one endorsed candidate stands: the state in words, its light, the standing."""

    candidate: str
    grade: Grade
    word: str
    light: str
    standing: str
    decision: Decision | None
    told: Told


def by_whom(one: Endorsement, channel: Channel) -> str:
    """Name the channel's organisations behind an endorsement."""
    return safe(listing(name for name in one.by if name in channel.organisations))


def stands_of(view: RaceView, channel: Channel) -> tuple[Stand, ...]:
    """Return where each of a channel's candidates in a race stands."""
    return tuple(_stand(view, one.candidate) for one in speaks_for(channel, view.watched.race))


def grade_in(stands: Sequence[Stand]) -> Grade:
    """Count a race: with two of ours in it, as decided or not, and never as won or lost."""
    grades = [one.grade for one in stands]
    if len(set(grades)) == 1 and (len(grades) == 1 or grades[0] in _SAME_FOR_ALL):
        return grades[0]
    return next((one for one in _SAME_FOR_ALL if one in grades), Grade.DECIDED)


_SAME_FOR_ALL = (
    Grade.HOLD_OFF, Grade.COUNTING, Grade.WAITING, Grade.UNCONTESTED, Grade.TIED,
)  # fmt: skip
"""What two of ours in a race can be counted as without saying that one of them won."""


def counts(grades: Iterable[Grade]) -> str:
    """Write the headline counts: "2 nominated, 1 elected, 3 counting" (desk §3.15)."""
    found = list(grades)
    if found and set(found) == {Grade.WAITING}:
        return f"{len(found):,} race{'s' if len(found) > 1 else ''}, no numbers yet"
    parts = [f"{found.count(one):,} {_plural(one, found.count(one))}" for one in Grade]
    return ", ".join(part for part in parts if not part.startswith("0 ")) or "no races"


def _plural(grade: Grade, number: int) -> str:
    many = number > 1 and grade in (Grade.RUNOFF, Grade.RUNOFF_POSSIBLE)
    return f"{grade.value}s" if many else grade.value


def is_withheld(told: Told) -> bool:
    """The count gives an outcome that people still keep back: it is named nowhere (desk §4.20)."""
    waits = told.waiting is not None or told.heads_up is not None
    return told.outcome is Outcome.NONE and waits


# -- one candidate -----------------------------------------------------------------------


def _stand(view: RaceView, candidate: str) -> Stand:
    told = view.state.told.get(candidate, Told())
    decision = next((one for one in view.decisions if one.candidate == candidate), None)
    grade = _grade(view, told)
    return Stand(
        candidate,
        grade,
        _word(view, told, grade),
        _LIGHTS.get(grade, _NO_LIGHT),
        _standing(view, decision, told),
        decision,
        told,
    )


def _grade(view: RaceView, told: Told) -> Grade:
    if told.doubt_since is not None:
        return Grade.HOLD_OFF
    if told.outcome is Outcome.WON:
        return Grade.NOMINATED if is_nomination(view.watched.race) else Grade.ELECTED
    if told.outcome is not Outcome.NONE:
        return _GRADES[told.outcome]
    if view.state.uncontested or view.watched.race.uncontested:
        return Grade.UNCONTESTED
    return Grade.COUNTING if view.state.counted else Grade.WAITING


def _word(view: RaceView, told: Told, grade: Grade) -> str:
    official = f" ({grade_of(told.basis)})"
    match grade:
        case Grade.NOMINATED | Grade.ELECTED:
            return f"WON{official}"
        case Grade.LOST:
            return f"LOST{official}"
        case Grade.ADVANCING:
            return f"ADVANCES{official}"
        case Grade.RUNOFF:
            return f"RUNOFF, OURS IN{official}"
        case Grade.RUNOFF_POSSIBLE:
            return f"RUNOFF?{official}"
        case Grade.TIED:
            return f"TIED{official}"
        case Grade.COUNTING:
            return _open_word(view, told)
        case Grade.WAITING:
            return "NO NUMBERS YET"
        case _:
            return grade.name.replace("_", " ")


def _open_word(view: RaceView, told: Told) -> str:
    if is_withheld(told):
        return "ALL IN, NOT RELEASED"
    if told.still_open:
        return open_words(view.watched.race, view.watched.rule)
    return "TOO CLOSE" if told.too_close else "COUNTING"


def _standing(view: RaceView, decision: Decision | None, told: Told) -> str:
    standing = _figures_say(view, decision)
    # A change that one look has shown is told to nobody before the second (design of looks).
    return f"{standing}, {NEW_STANDING}" if standing and told.turning is not None else standing


def _figures_say(view: RaceView, decision: Decision | None) -> str:
    if decision is None or view.tally is None or not view.state.counted:
        return ""
    rival, margin = rival_of(decision, view.tally), abs(decision.margin)
    match decision.standing:
        case Standing.LEADS:
            return f"leads {rival} by {margin:,}"
        case Standing.TRAILS:
            return f"trails {rival} by {margin:,}"
        case Standing.TIED:
            return f"is tied with {rival}"
        case Standing.ALONE:
            return "stands alone"
        case _:
            return "has no votes"


def race_and_prize(race: Race, grade: Grade) -> str:
    """Name a race, and what was won or lost in it, or where ours goes on, once that is told."""
    if grade in (Grade.NOMINATED, Grade.ELECTED, Grade.LOST):
        return f"{safe(race.name)}, {main_prize(race)}"
    if grade is Grade.ADVANCING:
        return f"{race_words(race)}, to the {next_election(race)}"
    return race_words(race)


def why(stand: Stand, tally: Tally | None) -> str:
    """Say in words why the light is what it is."""
    told, decision = stand.told, stand.decision
    if stand.grade is Grade.HOLD_OFF:
        return "The outcome told is in doubt and being checked; do not repeat it."
    if told.amber:
        return "The gap is not larger than the votes that may still come."
    if told.outcome is not Outcome.NONE:
        return _RESTS_ON.get(told.basis, "")
    if stand.grade is Grade.UNCONTESTED:
        return "Nobody runs against ours; nothing to win."
    if is_withheld(told) or decision is None or tally is None or not decision.blocks:
        return ""
    return f"No outcome yet: {reasons(decision, tally)}."


_RESTS_ON = {
    Basis.COMPLETE: "The count is complete, seen twice.",
    Basis.CLINCHED: "Holds whatever is still uncounted.",
    Basis.CONFIRMED: "Released by a named person.",
    Basis.CALLED: "Declared by a named person.",
    Basis.CERTIFIED: "The result is certified.",
}
"""What an outcome rests on, as short as a phone needs it."""


def units_words(view: RaceView) -> str:
    """Write what is in, and that counties lack, so that no part of a sum looks whole."""
    if view.tally is None:
        return units_short(None)
    units, missing = units_short(view.tally.units), set(view.tally.missing)
    if not missing:
        return units
    every = {county for use in view.watched.race.sources for county in use.covers}
    return f"{len(every - missing)} of {len(every)} counties in, {units} there"


def ours_named(race: Race, channel: Channel) -> str:
    """Name the channel's candidates in a race by surname."""
    return safe(listing(surname(one.candidate) for one in speaks_for(channel, race)))
