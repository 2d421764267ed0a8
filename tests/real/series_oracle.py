"""An independent check of what was posted: every figure stands in the answer of that time.

It knows the words of messages and plain readings of the site's JSON, and nothing of ours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

OUTCOME = re.compile(
    r"\b(?:WON|LOST|ADVANCES|RUNOFF|TIED|NOMINATED|ELECTED|TOO CLOSE|HOLD OFF|DO NOT USE"
    r"|RETRACTED|STANDS|CALLED)\b"
)
"""State words in capitals: what nobody may read before there is an outcome."""
FROM_A_VISIT = ("first-votes", "count-updated", "count-revised", "now-watching", "lead-changed")
"""Kinds that speak of the very answer they were read in, so of none before it."""
OF_A_HOLD = ("report-held", "callers-paged")
"""Kinds that show ops old and held figures side by side, and nobody else."""
MILLISECOND = timedelta(milliseconds=1)
"""To which the time of a message is cut."""
CHECKED = "NEW, BEING CHECKED"
"""Told again, with the same growth, once a second look has seen it."""
_LARGE = re.compile(r"(?<![\d,.])\d{1,3}(?:,\d{3})+(?![\d,])")
_LINE = re.compile(
    r"^(?:```)?(?:&gt;)?\s*(?P<name>\S.*?)\s{2,}(?P<votes>[\d,]+)\s+(?P<share>[\d.]+)%"
)
_LEAD = re.compile(r"([A-Za-z]+)(?:, [^:.]*?:?)? (leads|trails) (\S+) by ([\d,]+)")
_GROWN = re.compile(r"; \+([\d,]+) votes")
_UNITS = re.compile(r"([\d,]+)(?:/| of )([\d,]+) precincts")


@dataclass(frozen=True, slots=True)
class Reading:
    """One contest in one answer, as plain JSON has it. `units`: reported and total."""

    votes: dict[str, int]
    units: tuple[int, int] | None = None

    @property
    def total(self) -> int:
        """Return all votes."""
        return sum(self.votes.values())

    def of(self, surname: str) -> int:
        """Return the votes of the one whose name ends so."""
        found = [v for n, v in self.votes.items() if n.casefold().endswith(surname.casefold())]
        assert len(found) == 1, f"{surname!r} is no one line of {self.votes}"
        return found[0]


Answers = tuple[tuple[datetime, Reading | None], ...]
"""Each answer's time and reading, None where it is of another election."""


def texts(value: Any) -> Iterable[str]:
    """Yield every line of text in a message: its text, and its blocks' in reading order."""
    if isinstance(value, dict):
        for key in ("text", "fields", "elements", "blocks"):
            yield from texts(value.get(key))
    elif isinstance(value, list):
        for part in value:
            yield from texts(part)
    elif isinstance(value, str):
        yield from value.split("\n")


def number(words: str) -> int:
    """Read 10,652."""
    return int(words.replace(",", ""))


@dataclass(frozen=True, slots=True)
class Oracle:
    """What a series shows at any time, against what was posted.

    `slack`: how long after an answer a message that is no count may still speak of the one
    before, as the site is not asked every second. `extra`: numbers that people gave.
    """

    answers: Answers
    slack: timedelta
    extra: frozenset[int] = frozenset()

    def visible(self, at: datetime, since: datetime) -> list[Reading]:
        """Return every reading that stood at the URL between two moments."""
        ends = [*(one for one, _ in self.answers[1:]), datetime.max.replace(tzinfo=at.tzinfo)]
        spans = zip(self.answers, ends, strict=True)
        return [read for (begun, read), end in spans if begun <= at and end > since and read]

    def shown_by(self, at: datetime) -> set[int]:
        """Return every number of votes that any answer until a moment has."""
        return {
            votes
            for begun, read in self.answers
            if read is not None and begun <= at
            for votes in read.votes.values()
        }

    def check(self, posts: list[dict[str, Any]]) -> int:
        """Check the figures of every message; return how many numbers were found in them.

        An edited message may still show what it was written with, at `first_at`.
        """
        told, checked = 0, 0
        for post in posts:
            at, lines = datetime.fromisoformat(post["at"]) + MILLISECOND, list(texts(post))
            checked += sum(len(_LARGE.findall(line)) for line in lines)
            if post["kind"] in OF_A_HOLD:
                assert post["channel"].endswith("-ops"), post
                assert numbers_told([post]) <= self.shown_by(at), post
                continue
            exact = post["kind"] in FROM_A_VISIT
            shown = self.visible(at, at if exact else at - self.slack)
            if post["kind"] == "edit":
                first = datetime.fromisoformat(post["first_at"])
                shown += self.visible(first, first)
            problems = [self._problems(lines, reading, told) for reading in shown]
            if not problems:
                problems = [self._problems(lines, Reading({}), told)]
            assert [] in problems, (post["at"], post["kind"], post["text"], problems)
            if exact and not post["text"].startswith(CHECKED):
                told = shown[-1].total
        return checked

    def first_in_the_end(self) -> str:
        """Return who has the most votes in the last answer."""
        (*_, last) = (read for _, read in self.answers if read is not None)
        return max(last.votes, key=lambda name: last.votes[name])

    def missed(self, posts: list[dict[str, Any]], close: datetime) -> list[dict[str, int]]:
        """Return every count since the close that no message told while it stood."""
        tellers = [post for post in posts if post["kind"] in FROM_A_VISIT]
        times = [datetime.fromisoformat(post["at"]) + MILLISECOND for post in tellers]
        told = [reading.votes for at in times for reading in self.visible(at, at)]
        shown = [read.votes for at, read in self.answers if at > close and read and read.total]
        return [votes for votes in shown if votes not in told]

    def _problems(self, lines: list[str], reading: Reading, told: int) -> list[str]:
        """Return the lines that say something else than an answer."""
        known = self._explained(reading, told)
        found = [line for line in lines for one in _LARGE.findall(line) if number(one) not in known]
        for line in lines:
            found += [line] * (not self._is_right(line, reading, told))
        return found

    def _explained(self, reading: Reading, told: int) -> set[int]:
        votes = sorted(reading.votes.values(), reverse=True)
        gaps = {high - low for high, low in pairwise(votes)}
        return {*votes, *gaps, reading.total, reading.total - told, *self.extra} | {
            *(reading.units or ())
        }

    def _is_right(self, line: str, reading: Reading, told: int) -> bool:
        """Say whether a line's names have their own votes, shares, leads, growth and units."""
        right = True
        for a, verb, b, by in _LEAD.findall(line):
            ahead = reading.of(a) - reading.of(b) if reading.votes else 0
            right &= ahead == (number(by) if verb == "leads" else -number(by))
        for grown in _GROWN.findall(line):
            right &= number(grown) == reading.total - told
        for units in _UNITS.findall(line):
            right &= tuple(map(number, units)) == reading.units
        if row := _LINE.match(line):
            votes = {name.casefold(): count for name, count in reading.votes.items()}
            mine = votes.get(row["name"].casefold())
            right &= mine == number(row["votes"])
            share = 100 * number(row["votes"]) / max(reading.total, 1)
            right &= abs(share - float(row["share"])) <= 0.1
        return right


def outcomes_told(posts: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return kind and first line of every message in which a state word stands."""
    return [
        (post["kind"], post["text"].split("\n")[0])
        for post in posts
        if any(OUTCOME.search(line) for line in texts(post))
    ]


def numbers_told(posts: list[dict[str, Any]]) -> set[int]:
    """Return every number of four digits and more that stands in messages."""
    return {
        number(found) for post in posts for line in texts(post) for found in _LARGE.findall(line)
    }
