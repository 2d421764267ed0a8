"""Parties by the words that sites print for them: one table for reading, matching and saying.

Nothing is guessed: a word that is not plainly a party's keeps standing as it is.
"""

from __future__ import annotations

CODES = {
    **dict.fromkeys(("d", "dem", "democrat", "democratic"), "DEM"),
    **dict.fromkeys(("r", "rep", "gop", "republican"), "REP"),
    **dict.fromkeys(("l", "lib", "lbt", "libertarian"), "LIB"),
    **dict.fromkeys(("g", "grn", "gre", "green"), "GRN"),
    **dict.fromkeys(("con", "cst", "constitution"), "CST"),
    **dict.fromkeys(("i", "ind", "independent"), "IND"),
    "dfl": "DFL",
    **dict.fromkeys(
        ("", "n", "np", "npp", "non", "nonpartisan", "none", "no preference"), ""
    ),
}  # fmt: skip
"""The code of a party by a word in lower case, without points and hyphens; "" is no party."""

SPOKEN = {"DEM": "Democratic", "REP": "Republican", "LIB": "Libertarian", "GRN": "Green"}
"""A party as it is said aloud, by its code."""
