"""How much alike two texts are: for lists that stand nearest first, and for "did you mean".

Suggestions only: nothing is ever found by likeness. Equal likeness is ordered by the text
that is shown, so an order never depends on how a source shuffles its rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz import fuzz

if TYPE_CHECKING:
    from collections.abc import Iterable

_MEANT = 0.6


def spelt_alike(one: str, other: str) -> float:
    """Return how much alike two words are letter by letter, from 0 to 1."""
    return fuzz.ratio(one, other) / 100


def alike(one: str, other: str) -> float:
    """Return how much alike two titles or names are word by word, in any order, from 0 to 1.

    Half of it is how well the words of one stand within the other, so that a second name,
    a suffix or a district too many costs less than another word.
    """
    return (fuzz.token_set_ratio(one, other) + fuzz.token_sort_ratio(one, other)) / 200


def nearest(wanted: str, named: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """Order texts by likeness. `named`: what is compared with `wanted`, and what is shown."""
    return tuple(
        shown for _, shown in sorted(named, key=lambda pair: (-alike(wanted, pair[0]), pair[1]))
    )


def guesses(
    said: str, known: Iterable[str], *, most: int = 1, at_least: float = _MEANT
) -> tuple[str, ...]:
    """Return what a misspelt word may have meant, nearest first; mostly nothing or one."""
    near = ((spelt_alike(said, one), one) for one in dict.fromkeys(known))
    ordered = sorted((-how, one) for how, one in near if how >= at_least)
    return tuple(one for _, one in ordered[:most])
