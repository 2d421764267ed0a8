"""What the tools of the desk ask of every scraper class, county files and platforms alike."""

from __future__ import annotations

from typing import Protocol


class ScraperClass(Protocol):
    """A class of scrapers; `scrapers.base.Platform` is one."""

    @property
    def county(self) -> str:
        """The county's name, or empty on a platform."""

    @property
    def state(self) -> str:
        """Two letters, or empty for many states."""

    @property
    def source_name(self) -> str:
        """Who publishes the figures."""

    @property
    def hand_kept(self) -> bool:
        """Whether people type the figures in."""

    def recognise(self, url: str) -> dict[str, str] | None:
        """Return the settings a pasted link holds."""

    def settings_needed(self) -> frozenset[str]:
        """Return the settings that must be given."""
