"""A person's act as JSON text: how the audit table and the archive keep it."""

from __future__ import annotations

from pydantic import TypeAdapter

from monitor.people import Act

_ACT = TypeAdapter(Act)


def act_json(act: Act) -> str:
    """Write an act as one JSON object."""
    return _ACT.dump_json(act).decode()


def act_of(text: str | bytes) -> Act:
    """Read what `act_json` wrote; raises `ValueError` for anything else."""
    return _ACT.validate_json(text)
