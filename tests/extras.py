"""Packages of the `ci` extra, which the README's test line does not install."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest


def needs(package: str) -> Any:
    """Import a package of the `ci` extra; skip where it is absent, fail where CI runs."""
    if find_spec(package) is None:
        reason = f"{package} is not installed (it comes with the ci extra)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    return import_module(package)
