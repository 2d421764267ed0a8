"""People act in Slack on the running watch: they look, act in one go, and hear who was first.

Everything runs in the watch's own process, so two people pressing at once come one after
the other: the first act is taken, the second is refused with who did it and when.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import structlog

from monitor import acts, message, questions
from monitor.act_taking import no_race
from monitor.doing import ActRefused
from monitor.errors import StoreFailure
from monitor.ledger import said_of, scene_of
from monitor.match import normal_name
from monitor.modal_parts import spoken
from monitor.modal_views import Facts, done_view, says_more, view
from monitor.modals import ESTIMATE, OFFICIAL, Seen, asked_of, at_once, digest_of, draft
from monitor.routing import shared_channels
from monitor.standing import SourceStanding
from monitor.state import current, entered_key
from monitor.submissions import submitted
from monitor.words import units_short

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from monitor.acts import Answer
    from monitor.buttons import Pressed, Verb
    from monitor.modals import Asked
    from monitor.night import Night
    from monitor.people import Act
    from monitor.posts import Post
    from monitor.races import Race
    from monitor.state import RaceState
    from monitor.store import Store
    from monitor.watch import Watch

LOOKING = "looking"
"""Stands for the id of an act that nobody does yet."""
CHANGED = "The count changed since that message: look at what would go out now."
LOOK_AGAIN = "Not done: look again."

_KINDS = {True: ESTIMATE, False: OFFICIAL}
_log = structlog.get_logger()


class DeskActs:
    """People's acts over a running watch.

    `wake`: told the id of the race after each act that was applied, so that messages are sent
    and its sources are planned anew.
    """

    def __init__(self, watch: Watch, store: Store, wake: Callable[[str], object]) -> None:
        self._watch = watch
        self._store = store
        self._wake = wake

    # -- acts ----------------------------------------------------------------------------

    def look(self, act: Act, now: datetime) -> Seen:
        """Say what an act would do now, and do nothing."""
        if act.race not in self._watch.night.races:
            return Seen("", no_race(self._watch.night, act.race), refused=True)
        return would(self._watch.night, self._store, act, now)

    def do(self, act: Act, now: datetime, pressed_key: str = "") -> tuple[bool, str]:
        """Do an act; return whether it was applied, and the sentence for the person.

        `pressed_key`: outbox key of the message whose button was pressed; its buttons go, with
        those of every other message whose question the act answers. That is a transaction of
        its own: where we die before it or it fails, the next press is refused and makes up
        for it. Raises `StoreFailure` when nothing can be stored.
        """
        answer = self._watch.act(act, now)
        try:
            self._tidy(act, now, pressed_key if answer.applied else "")
        except StoreFailure as error:  # whoever acted must not hear that nothing was done
            _log.warning("buttons stay in messages", race=act.race, error=str(error))
        self._wake(act.race)
        return answer.applied, spoken(answer.sentence)

    def press(
        self, verb: Verb, pressed: Pressed, key: str, who: str, user: str, now: datetime, id_: str
    ) -> tuple[bool, str]:
        """Do what a button without a modal does (`modals.kind_of` is None)."""
        return self.do(at_once(verb, pressed, who, user, now, id_), now, key)

    # -- modals --------------------------------------------------------------------------

    def open(
        self, asked: Asked, who: str, user: str, now: datetime, heads: Mapping[str, int]
    ) -> dict[str, Any]:
        """Return a modal as `views.open` takes it. `heads`: members by channel, where known.

        Raises `LookupError` for a race that is not watched.
        """
        facts = self._facts(asked, now, heads)
        if says_more(asked, facts):
            return view(asked, None, facts)
        act = draft(asked, who, user, now, LOOKING)
        seen = self.look(act, now)
        changed = asked.pressed.seen and seen.digest and asked.pressed.seen != seen.digest
        return view(asked, seen, facts, act, CHANGED if changed else "")

    def submit(
        self,
        values: Mapping[str, Any],
        private_metadata: str,
        who: str,
        user: str,
        now: datetime,
        id_: str,
        heads: Mapping[str, int],
    ) -> tuple[dict[str, Any], str]:
        """Answer a submission: what to `ack` with, and the sentence of what was done, or "".

        `values`: of `view.state`. The answer holds errors by block, or the view anew: what was
        done, or what has to be looked at first. `id_`: the act's own; Slack may send a
        submission twice, so it has to come from the view (`view.id` and its `hash`).
        Raises `ValueError` for metadata we did not write, `LookupError` for an unknown race.
        """
        read = submitted(values, private_metadata, who, user, now, id_)
        if isinstance(read, dict):
            return {"response_action": "errors", "errors": read}, ""
        asked = asked_of(private_metadata)
        notice = ""
        plain = replace(read, override=False)
        against = self.look(plain, now).against if read.override else ""
        if digest_of(read, against) == asked.shown:
            applied, sentence = self.do(read, now, asked.key)
            if applied:
                return _updated(done_view(asked, sentence)), sentence
            notice = f"{LOOK_AGAIN} {sentence}"
        seen = self.look(plain, now)
        notice = "" if seen.refused else notice
        return _updated(view(asked, seen, self._facts(asked, now, heads), read, notice)), ""

    # -- what stands ---------------------------------------------------------------------

    def _tidy(self, act: Act, now: datetime, pressed_key: str) -> None:
        """Take the buttons out of messages whose question is answered."""
        desk, db = self._watch.night.config.slack.desk_timezone, self._store.db
        with self._store.transaction():
            if pressed_key:
                questions.answer(db, pressed_key, act, desk, now)
            questions.end(db, act.race, self._store.race(act.race), desk, now)

    def _facts(self, asked: Asked, now: datetime, heads: Mapping[str, int]) -> Facts:
        night, race = self._watch.night, asked.pressed.race
        watched, state = night.races[race], self._store.race(race)
        tally, _ = current(watched, state, now)
        sources = tuple(use.source for use in watched.race.sources)
        answered = [self._store.poll(source).ok_at for source in sources]
        changed = [one.changed_at for one in state.standings.values()]
        return Facts(
            race=watched.race,
            zone=night.places[race].zone,
            desk=night.config.slack.desk_timezone,
            now=now,
            ballot=ballot(watched.race, state, asked.pressed.source),
            sources=sources,
            units=units_short(tally.units) if tally is not None and tally.units else "",
            outstanding=_uncounted(state),
            closes_at=night.places[race].closes_at,
            changed_at=max((at for at in changed if at is not None), default=None),
            checked_at=max((at for at in answered if at is not None), default=None),
            heads=heads,
        )


def would(night: Night, store: Store, act: Act, now: datetime) -> Seen:
    """Say what an act on a race of the night would do, or why it is refused.

    Where only OVERRIDE stands between, it says what would go out with it. Writes nothing.
    """
    watched, state = night.races[act.race], store.race(act.race)
    try:
        digest = acts.seen_now(watched, state, act, now)
    except ActRefused as refused:
        return Seen("", acts.sentence(str(refused)), refused=True)
    bound = replace(act, seen=digest)
    answer = acts.apply(watched, state, bound, now)
    if answer.applied:
        return Seen(digest, answer.sentence, posts_of(night, store, act.race, answer))
    anyway = acts.apply(watched, state, replace(bound, override=True), now)
    if not anyway.applied:
        return Seen(digest, answer.sentence, refused=True)
    posts = posts_of(night, store, act.race, anyway)
    return Seen(digest, anyway.sentence, posts, against=answer.sentence)


def posts_of(night: Night, store: Store, race: str, answer: Answer) -> tuple[Post, ...]:
    """Return the messages an answer to an act would bring, to all that had what it speaks of."""
    if answer.step is None:
        return ()
    one, events = night.races[race].race, tuple(answer.step.events)
    scene = scene_of(night, one, answer.step.state)
    shared = shared_channels(one, scene.slack)
    return tuple(
        post
        for event in events
        for post in message.posts(event, replace(scene, said=said_of(store, event, shared)), events)
    )


def ballot(race: Race, state: RaceState, source: str) -> tuple[tuple[str, int | None], ...]:
    """Return the names figures can be entered for, with their votes where one source is meant.

    Where none has shown any yet, ours and the rivals of the configuration.
    """
    sources = [source] if source else [use.source for use in race.sources]
    found: dict[str, tuple[str, int | None]] = {}
    for one in sources:
        key = entered_key(one) if entered_key(one) in state.standings else one
        accepted = state.standings.get(key, SourceStanding()).accepted
        for line in accepted.contest.selections if accepted is not None else ():
            votes = line.votes if len(sources) == 1 else None
            found.setdefault(normal_name(line.name), (line.name, votes))
    named = [one.candidate for one in race.endorsements] + [one[0] for one in race.rivals if one]
    return tuple(found.values()) or tuple((name, None) for name in dict.fromkeys(named))


def _uncounted(state: RaceState) -> str:
    """Write what a person said is still uncounted: "3,000 (an estimate)"."""
    given = state.people.outstanding
    return "" if given is None else f"{given.votes:,} ({_KINDS[given.is_estimate]})"


def _updated(view_: dict[str, Any]) -> dict[str, Any]:
    return {"response_action": "update", "view": view_}
