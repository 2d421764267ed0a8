"""Run the backtest over files: read them, play their contests in several processes."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from datetime import date
from multiprocessing import get_context
from typing import TYPE_CHECKING

from monitor.backtest.contests import RowContest
from monitor.backtest.rows import read_contests
from monitor.backtest.scoring import Score, assumed, card_for, play
from monitor.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from monitor.backtest.rows import Wanted
    from monitor.precincts import PrecinctFormat
    from monitor.rules import RuleBook


@dataclass(frozen=True, slots=True)
class Options:
    """How many orders of each contest, from which seed, in how many processes."""

    orders: int = 20
    seed: int = 1
    jobs: int = 2


@dataclass(slots=True)
class FileScore:
    """What came of one file.

    `held`: contests in it; `contests`: those played; `left_out`: contested ones that were
    not, by reason; `assumed`: facts of the card nobody has verified. `again`: the file was
    played before under another state's card, so its own state's is the other one.
    """

    file: str
    state: str
    on: date | None
    held: int
    contests: int
    left_out: dict[str, int]
    assumed: tuple[str, ...]
    again: bool = False
    score: Score = field(default_factory=Score)


@dataclass(frozen=True, slots=True)
class _Task:
    """One contest to play, and where its score goes."""

    result: FileScore
    contest: RowContest
    rule: Rule


def run(
    files: Sequence[Wanted],
    book: RuleBook,
    options: Options,
    north_carolina: PrecinctFormat,
    on_progress: Callable[[float], None],
) -> tuple[FileScore, ...]:
    """Read every file and play every contest of it; `on_progress` is told the share done.

    Raises what reading a file raises, before anything is played.
    """
    results: list[FileScore] = []
    tasks: list[_Task] = []
    for wanted in files:
        result, found = _prepared(wanted, book, north_carolina)
        result.again = any(one.file == result.file for one in results)
        results.append(result)
        tasks += found
    _play(tasks, options, on_progress)
    return tuple(results)


def _prepared(
    wanted: Wanted, book: RuleBook, north_carolina: PrecinctFormat
) -> tuple[FileScore, list[_Task]]:
    reading = read_contests(wanted, north_carolina)
    cards = [(contest, card_for(book, contest)) for contest in reading.contests]
    unruled = sum(card is None for _, card in cards)
    result = FileScore(
        file=reading.file,
        state=wanted.state,
        on=next((contest.on for contest in reading.contests), None),
        held=reading.held,
        contests=len(cards) - unruled,
        left_out=dict(reading.left_out)
        | ({"no rule card of that day": unruled} if unruled else {}),
        assumed=tuple(sorted({fact for _, card in cards if card for fact in card.unverified()})),
    )
    return result, [_Task(result, contest, assumed(card)) for contest, card in cards if card]


def _play(tasks: list[_Task], options: Options, on_progress: Callable[[float], None]) -> None:
    """Play the longest contests first, so that no process is left with one at the end."""
    tasks = sorted(tasks, key=lambda task: -len(task.contest.boxes) * len(task.contest.choices))
    if options.jobs == 1:
        for done, task in enumerate(tasks, start=1):
            task.result.score.add(play(task.contest, task.rule, options.orders, options.seed))
            on_progress(done / len(tasks))
        return
    with ProcessPoolExecutor(options.jobs, mp_context=get_context("spawn")) as pool:
        playing = {
            pool.submit(play, task.contest, task.rule, options.orders, options.seed): task
            for task in tasks
        }
        for done, future in enumerate(as_completed(playing), start=1):
            playing[future].result.score.add(future.result())
            on_progress(done / len(tasks))
