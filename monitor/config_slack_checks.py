"""What must hold in [slack]: every race is heard somewhere, and rehearsals nowhere real."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from monitor.config_document import named, tables, text, texts, twice
from monitor.config_problems import Problem, hint

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from monitor.toml_lines import Path


def slack_problems(
    document: Mapping[str, Any], races: list[tuple[int, dict[str, Any]]]
) -> Iterator[Problem]:
    """Find what does not fit together in [slack], and whom no channel hears of."""
    slack = document.get("slack")
    slack = slack if isinstance(slack, dict) else {}
    channels = tables(slack, "channels")
    yield from twice(("slack", "channels"), channels, "name")
    rehearsal = text(slack, "rehearsal_channel")
    asking = ("ops_channel", "callers_channel")
    real = {*(text(slack, one) for one in asking), *(text(one, "name") for _, one in channels)}
    if rehearsal and rehearsal in real:
        yield Problem(
            ("slack", "rehearsal_channel"), f"{rehearsal} is a real channel; rehearse in another"
        )
    if not isinstance(slack.get("channels", []), list):
        return
    staff = {text(one, "name") for _, one in channels} - {""}
    for key in asking:
        if (name := text(slack, key)) in staff:
            yield Problem(
                ("slack", key),
                f"{name} is a channel staff read; questions, buttons and heads-ups need another",
            )
    spoken = {name for _, channel in channels for name in texts(channel, "organisations")}
    for place, race in races:
        for inner, endorsement in tables(race, "endorsements"):
            for last, name in enumerate(texts(endorsement, "by")):
                if name not in spoken:
                    yield Problem(
                        ("races", place, "endorsements", inner, "by", last),
                        f'no [[slack.channels]] speaks for "{name}"{hint(name, spoken)}',
                    )
    states = {name: text(one, "state") for name, one in named(document, "elections").items()}
    for place, race in races:
        state = states.get(text(race, "election"), "")
        yield from _heard(("races", place), race, state, [one for _, one in channels], spoken)


def _heard(
    path: Path,
    race: Mapping[str, Any],
    state: str,
    channels: list[dict[str, Any]],
    spoken: Collection[str],
) -> Iterator[Problem]:
    """Refuse a candidate whom no channel hears of, once its filters are through."""
    own = {"states": state, "groups": text(race, "group"), "races": text(race, "id")}
    hearing = [
        channel
        for channel in channels
        if all(not texts(channel, key) or one in texts(channel, key) for key, one in own.items())
    ]
    heard = {name for channel in hearing for name in texts(channel, "organisations")}
    for inner, endorsement in tables(race, "endorsements"):
        by = set(texts(endorsement, "by"))
        if by and by <= set(spoken) and not by & heard:
            yield Problem(
                (*path, "endorsements", inner),
                f"no channel hears of {text(race, 'id')}: the `states`, `groups` or `races` of "
                f"every channel that speaks for {text(endorsement, 'candidate')} leave it out",
            )
