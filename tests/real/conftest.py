"""The payloads of real results sites, which lie beside the project and never in it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real payloads; skip where it is absent, fail where CI runs."""
    if not SHARED_DATA.is_dir():
        reason = "the real payloads (../shared/data) are not on this machine"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return SHARED_DATA
