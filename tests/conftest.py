"""Hypothesis draws the same examples in every run; `--hypothesis-profile=wide` draws others."""

from hypothesis import settings

settings.register_profile("same", derandomize=True)
settings.register_profile("wide", derandomize=False)
settings.load_profile("same")
