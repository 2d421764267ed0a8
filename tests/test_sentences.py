"""Every hold, caveat, block, outcome, basis and kind has its sentence, and the docs show it."""

from __future__ import annotations

import re
import runpy
from typing import TYPE_CHECKING

import pytest

from monitor.decision import Basis, Block, Outcome
from monitor.events import Kind
from monitor.sentences import (
    BASIS_SENTENCES,
    BLOCK_SENTENCES,
    CAVEAT_SENTENCES,
    HOLD_SENTENCES,
    KIND_SENTENCES,
    OUTCOME_SENTENCES,
    POLICY_SENTENCES,
    Caveat,
    Wait,
)
from monitor.standing import HoldKind
from tests.commands import ROOT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

TABLES = [
    (Block, BLOCK_SENTENCES),
    (HoldKind, HOLD_SENTENCES),
    (Caveat, CAVEAT_SENTENCES),
    (Wait, POLICY_SENTENCES),
    (Outcome, OUTCOME_SENTENCES),
    (Basis, BASIS_SENTENCES),
]


@pytest.mark.parametrize(("members", "sentences"), TABLES)
def test_each_has_one_sentence_of_its_own(
    members: type[StrEnum], sentences: Mapping[StrEnum, str]
) -> None:
    assert list(sentences) == list(members)
    assert len(set(sentences.values())) == len(sentences)
    for words in sentences.values():
        assert len(words.split()) > 1
        assert words[0].islower()
        assert not words.endswith(".")


def test_every_kind_says_how_it_begins_where_it_stands_and_what_it_means() -> None:
    assert list(KIND_SENTENCES) == list(Kind)
    for words in KIND_SENTENCES.values():
        assert all(begin.isupper() for begin in words.begins)
        assert re.match(r"top|thread|ops", words.where)
        assert words.means


def test_the_readme_lists_the_kinds_in_these_words() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for kind, words in KIND_SENTENCES.items():
        row = f"| `{kind}` | {'; '.join(words.begins)} | {words.where} | {words.means} |"
        assert row in readme
    assert "(docs/sentences.md)" in readme


def test_the_page_is_what_the_code_says() -> None:
    """Write it anew with `python docs/sentences.py`."""
    script = runpy.run_path(str(ROOT / "docs" / "sentences.py"))
    assert script["page"]() == (ROOT / "docs" / "sentences.md").read_text(encoding="utf-8")
    assert script["outcomes_shown"]() == set(Outcome) - {Outcome.NONE}
