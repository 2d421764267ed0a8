"""What the votes still to come can make of an outcome: the best and the worst for ours. Pure.

No search over allocations. Order outcomes lost < tie < runoff or advanced < won. One
more vote for ours, or one moved to ours from another line, never lowers what the rule
gives ours: its place does not fall, and its share grows faster than the line it must
reach. So the best is what the rule gives when every vote to come is ours; and for the
worst none of them is, which leaves a few ways to look at, each with its cheapest form.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from monitor.decision import Outcome
from monitor.reading import ADVANCING, Count, in_base, next_of, read
from monitor.rules import FollowUp, Method, Rule, meets

if TYPE_CHECKING:
    from monitor.tally import Line


def best_and_worst(count: Count) -> tuple[Outcome, Outcome]:
    """Return the best and the worst that `count.late` more votes, or fewer, can give ours.

    Both are NONE without a rule or a vote, and where a share is asked for and several
    seats are filled or nothing is known to follow: some readings then have no outcome.
    """
    if count.rule is None or count.total == 0:
        return Outcome.NONE, Outcome.NONE
    if count.asks_share and (count.seats > 1 or count.rule.follow_up is FollowUp.NONE):
        return Outcome.NONE, Outcome.NONE
    return _best(count), _worst(count, count.rule)


def _best(count: Count) -> Outcome:
    ours = replace(count.ours, votes=count.ours.votes + count.late)
    lines = sorted((ours, *count.rivals), key=lambda line: -line.votes)
    base = count.base + (count.late if in_base(count.rule, ours) else 0)
    every_vote = replace(count.closed(), ours=ours, lines=tuple(lines), base=base)
    return read(every_vote).outcome


def _worst(count: Count, rule: Rule) -> Outcome:
    if rule.method is Method.PLURALITY:
        return _worst_place(count, count.seats, Outcome.WON, Outcome.TIE)
    level = next_of(rule) if rule.ties_advance else Outcome.TIE
    if rule.method is Method.TOP_TWO:
        return _worst_place(count, ADVANCING * count.seats, next_of(rule), level)
    if _can_lose(count, rule):
        return Outcome.LOST
    if _can_tie_first(count, rule) or (level is Outcome.TIE and _can_tie_second(count, rule)):
        return Outcome.TIE
    return Outcome.WON if _always_wins(count, rule) else next_of(rule)


def _worst_place(count: Count, places: int, prize: Outcome, level: Outcome) -> Outcome:
    if _can_be_passed(count, places, count.ours.votes + 1):
        return Outcome.LOST
    return level if _can_be_passed(count, places, count.ours.votes) else prize


def _can_be_passed(count: Count, places: int, votes: int) -> bool:
    """As many rivals as there are places can have so many votes; the nearest cost least."""
    nearest = count.rivals[:places]
    cost = sum(max(0, votes - line.votes) for line in nearest)
    return len(nearest) == places and cost <= count.late


def _can_lose(count: Count, rule: Rule) -> bool:
    """Two rivals pass ours, or one does who meets the share: at best with every vote."""

    def wins(line: Line) -> bool:
        votes = line.votes + count.late
        base = count.base + (count.late if in_base(rule, line) else 0)
        return votes > count.ours.votes and meets(rule, votes, base)

    passed = _can_be_passed(count, ADVANCING, count.ours.votes + 1)
    return passed or any(map(wins, count.rivals))


def _can_tie_first(count: Count, rule: Rule) -> bool:
    """A rival draws level with ours at the top and both meet the share.

    Only the votes that takes are added: any other makes the share harder to meet.
    """
    ours = count.ours.votes

    def draws_level(line: Line) -> bool:
        gap = ours - line.votes
        base = count.base + (gap if in_base(rule, line) else 0)
        return 0 <= gap <= count.late and meets(rule, ours, base)

    is_first = all(line.votes <= ours for line in count.rivals)
    return is_first and any(map(draws_level, count.rivals))


def _can_tie_second(count: Count, rule: Rule) -> bool:
    """The second of the rivals draws level with ours while nobody meets the share.

    Asked only where two cannot pass ours, so at most one vote is left over when two are
    level. It helps, by making the share harder to meet, where it raises nobody who counts.
    """
    ours = count.ours.votes
    top = max(ours, *(line.votes for line in count.rivals)) if count.rivals else ours
    for pair in combinations(count.rivals, ADVANCING):
        gaps = [(line, max(0, ours - line.votes)) for line in pair]
        spare = count.late - sum(gap for _, gap in gaps)
        if spare < 0:
            continue
        base = count.base + sum(gap for line, gap in gaps if in_base(rule, line))
        if spare and any(_takes_a_vote(count, rule, line, pair) for line in _others(count)):
            base += 1
        if not meets(rule, top, base):
            return True
    return False


def _others(count: Count) -> tuple[Line, ...]:
    return (*count.rivals, *count.withdrawn)


def _takes_a_vote(count: Count, rule: Rule, line: Line, pair: tuple[Line, ...]) -> bool:
    """A line outside the pair that may have a vote more without rising above ours."""
    is_below = line.is_withdrawn or line.votes < count.ours.votes
    return in_base(rule, line) and line not in pair and is_below


def _always_wins(count: Count, rule: Rule) -> bool:
    """Nobody reaches ours, and ours meets the share however large the base becomes."""
    ours = count.ours.votes
    grows = any(in_base(rule, line) for line in _others(count))
    base = count.base + (count.late if grows else 0)
    ahead = all(ours > line.votes + count.late for line in count.rivals)
    return ahead and meets(rule, ours, base)
