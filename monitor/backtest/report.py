"""The backtest's report: one page of Markdown, or the same figures as JSON. Pure."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING, Any

from monitor.backtest.scoring import VARIANTS, Contradiction, Measure, Score
from monitor.events import Kind

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Sequence
    from datetime import timedelta

    from monitor.backtest.run import FileScore, Options

CORE = "the core, as it runs"
SHOWN = 10
"""Contradictions of a kind that the page lists; the JSON has them all."""

_TOLD_KINDS = (
    Kind.RACE_WON, Kind.RACE_LOST, Kind.ADVANCED, Kind.RUNOFF_SET, Kind.RUNOFF_POSSIBLE,
    Kind.RACE_TIED, Kind.OUTCOME_CERTIFIED, Kind.TOO_CLOSE, Kind.REPORT_HELD, Kind.HOLD_CLEARED,
    Kind.HOLD_OFF, Kind.OUTCOME_RETRACTED, Kind.OUTCOME_STANDS, Kind.LEAD_CHANGED,
    Kind.COUNT_REVISED,
)  # fmt: skip

_METHOD = """\
Nights are simulated from real precinct rows: the contests of the files below that have more
named candidates than seats (ballot questions among them; the arithmetic is the same; Clarity's
"REGISTERED VOTERS" line, for nobody is elected in it, is no contest), each in {orders} seeded
orders. Mail and early votes come first, as the file tells them, else a drawn
share of every choice's votes (10-50 %); then the precincts in drawn batches, in two thirds of
the nights leaning with or against the winner; then 0-2 % of the votes are counted after 100 %:
real ballots drawn from everywhere, from a few precincts, or from the mail. Last the count is
certified. Every upload is seen twice, 60-75 s apart. One night in ten each: units in before
their votes, an older page again, doubled figures; in one of five the mail comes in two parts.

Every look goes through the core as on a live night (sanity, state, decision, outcomes). Ours
are the first 2 * seats + 1 named candidates of a contest, each a case of its own. The rule is
the state's prosecutor card, whatever the office; facts of a card that nobody has verified are
assumed, for this simulation only. What really came out is computed apart from the core's own
code (`monitor/backtest/truth.py`). Nobody acts: a hold that only a person ends (doubled figures,
where the true count later is twice the mail's or more on every line) stays to the end.

A *contradiction* is an outcome told (won, lost, advanced, runoff, tie), at any time, that the
certified count does not bear out. A case is *clear* when its final gap exceeds guard, late
ballots and an automatic recount's range, and its threshold is as sure.
"""

_SAFEGUARDS = """\
The rule alone, on the same looks: no sanity, no wait, and the safeguards named. Guard and late
ballots stand for each other where at most 2 % come late, so each row that takes away only one
of the two shows what the other one still holds.
"""


def as_markdown(results: Sequence[FileScore], options: Options, command: str) -> str:
    """Write the report."""
    own = [result for result in results if not result.again]
    score, everything = total(own), total(results)
    parts = (
        "# Backtest",
        f"Made by this command; the same seed gives the same page.\n\n```\n{command}\n```",
        _METHOD.format(orders=options.orders).rstrip(),
        "## Result",
        _result(own, score),
        "## What each safeguard prevents",
        _SAFEGUARDS.rstrip(),
        _safeguards(score),
        "## How late",
        _lateness(score),
        "## What was told",
        _table(("event", "times"), ((k.value, f"{score.kinds[k]:,}") for k in _TOLD_KINDS)),
        "## Files",
        _files(own),
        "## The same rows under other states' cards",
        _files([result for result in results if result.again]),
        "## Contradictions of the core",
        _listed(everything.contradictions),
        "## Contradictions of the rule alone (the first ones)",
        _listed(score.naive.get(next(iter(VARIANTS)), [])),
    )
    return "\n\n".join(parts) + "\n"


def as_json(results: Sequence[FileScore], options: Options) -> dict[str, Any]:
    """Return every figure of the report, and every contradiction with the seed of its night."""
    score = total(result for result in results if not result.again)
    return {
        "orders": options.orders,
        "seed": options.seed,
        **_figures(score),
        "naive": {name: len(found) for name, found in score.naive.items()},
        "contradictions": [_contradiction(one) for one in total(results).contradictions],
        "files": [
            {
                "file": one.file,
                "state": one.state,
                "date": one.on.isoformat() if one.on else None,
                "contests_in_file": one.held,
                "contests": one.contests,
                "left_out": one.left_out,
                "again": one.again,
                "assumed": one.assumed,
                **_figures(one.score),
            }
            for one in results
        ],
    }


def total(results: Iterable[FileScore]) -> Score:
    """Add up every file's score."""
    score = Score()
    for result in results:
        score.add(result.score)
    return score


def _figures(score: Score) -> dict[str, Any]:
    return {
        **{one.name.lower(): score.counts[one] for one in Measure},
        "contradicted": len(score.contradictions),
        "events": {kind.value: times for kind, times in sorted(score.kinds.items())},
    }


def _contradiction(one: Contradiction) -> dict[str, str]:
    return {
        "file": one.file, "card": one.state, "contest": one.contest, "seed": one.seed,
        "candidate": one.candidate, "told": one.told.value, "truth": one.truth.value,
        "stage": one.stage.value,
    }  # fmt: skip


def _result(own: list[FileScore], score: Score) -> str:
    counts = score.counts
    contests = sum(result.contests for result in own)
    return _table(
        ("measure", "figure"),
        (
            ("contests", f"{contests:,}"),
            ("nights", f"{counts[Measure.NIGHTS]:,}"),
            ("cases (one candidate on one night)", f"{counts[Measure.CASES]:,}"),
            ("**contradicted outcomes**", f"**{len(score.contradictions):,}**"),
            ("told on the night", f"{counts[Measure.TOLD]:,}"),
            ("told on the night and right", f"{counts[Measure.RIGHT]:,}"),
            ("clear cases", f"{counts[Measure.CLEAR]:,}"),
            ("clear cases told rightly on the night", _share(counts)),
            ("never told: a hold waits for a person", f"{counts[Measure.HELD]:,}"),
            ("never told: a write-in line may hide the name", f"{counts[Measure.HIDDEN]:,}"),
            ("never told for any other reason", f"{counts[Measure.SILENT]:,}"),
            ("votes counted after 100 %", f"{counts[Measure.LATE_VOTES]:,}"),
        ),
    )


def _share(counts: Counter[Measure]) -> str:
    right, clear = counts[Measure.CLEAR_RIGHT], counts[Measure.CLEAR]
    return f"{right:,} ({1000 * right // clear / 10} %)" if clear else "none"


def _safeguards(score: Score) -> str:
    rows = [(CORE, score.contradictions), *((name, score.naive.get(name, [])) for name in VARIANTS)]
    return _table(
        ("decider", "contradicted cases", "nights with one"),
        (
            (name, f"{len(found):,}", f"{len({(c.file, c.contest, c.seed) for c in found}):,}")
            for name, found in rows
        ),
    )


def _lateness(score: Score) -> str:
    return _table(
        ("right outcomes of the night, minutes", "cases", "median", "9 of 10 within", "longest"),
        (
            _spread("after the first look at which no votes left could change it", score.waits),
            _spread("after the report of the last unit", score.waits_all_in),
        ),
    )


def _spread(name: str, waits: list[timedelta]) -> tuple[str, ...]:
    minutes = sorted(wait.total_seconds() / 60 for wait in waits)
    if not minutes:
        return name, "0", "-", "-", "-"
    ninth = minutes[-(-9 * len(minutes) // 10) - 1]
    return name, f"{len(minutes):,}", f"{median(minutes):.1f}", f"{ninth:.1f}", f"{minutes[-1]:.1f}"


def _files(results: list[FileScore]) -> str:
    if not results:
        return "None."
    return _table(
        (
            "file", "card", "day", "contests in it", "played", "left out", "assumed",
            "clear cases", "told rightly on the night", "contradicted",
        ),
        (
            (
                one.file,
                one.state,
                one.on.isoformat() if one.on else "-",
                f"{one.held:,}",
                f"{one.contests:,}",
                "; ".join(f"{count} ({why})" for why, count in one.left_out.items()) or "-",
                ", ".join(one.assumed) or "-",
                f"{one.score.counts[Measure.CLEAR]:,}",
                _share(one.score.counts),
                f"{len(one.score.contradictions):,}",
            )
            for one in results
        ),
    )  # fmt: skip


def _listed(found: list[Contradiction]) -> str:
    if not found:
        return "None."
    ordered = sorted(found, key=lambda c: (c.file, c.state, c.contest, c.seed, c.candidate))
    return _table(
        ("file", "card", "contest", "seed", "candidate", "told", "truth", "when"),
        (tuple(_contradiction(one).values()) for one in ordered[:SHOWN]),
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in line)} |" for line in lines)
