"""What holds for every test: the same examples in every run, and long ones begun first.

`--hypothesis-profile=wide` draws other examples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import structlog
from hypothesis import HealthCheck, settings

from tests import whole_nights

if TYPE_CHECKING:
    from collections.abc import Iterator

# How long an example takes says how busy the machine is, and nothing about the code.
_UNTIMED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", _UNTIMED, derandomize=True)
settings.register_profile("wide", _UNTIMED, derandomize=False)
settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin the tests marked `long` first, so that no process is left with one at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture(autouse=True)
def _own_logging() -> Iterator[None]:
    """Give each test structlog's defaults: a command that runs in the process sets its own."""
    structlog.reset_defaults()
    yield
    structlog.reset_defaults()


@pytest.fixture(autouse=True, scope="session")
def _one_folder_for_whole_nights(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> None:
    """Have every process of a run find the nights that one of them has played."""
    base = tmp_path_factory.getbasetemp()
    whole_nights.folder = base if worker_id == "master" else base.parent
