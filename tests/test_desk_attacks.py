"""What staff must never see: older words, internal notes, silence after a clock's step."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from monitor import app, edits, notified, outbox
from monitor.database import transaction
from monitor.decision import Standing
from monitor.deliver import Deliverer
from monitor.desk import Marks
from monitor.desk_boards import MOST_ANEW, Boards
from monitor.desk_calls import Calls
from monitor.errors import OutcomeUnknown, SlackFailure
from monitor.events import Kind
from monitor.morning import Morning, report
from monitor.outbox import Sent
from monitor.posts import DeskKind, RowClass
from monitor.pulse import pulse
from monitor.race_view import RaceView, SourceView
from monitor.races import Policy, PolicyKind, SourceUse
from monitor.scoreboard import entry_of
from monitor.second_way import SecondWay, Way
from monitor.standing import Hold, HoldKind, Verdict
from monitor.state import accepted, current
from tests import test_heads_up
from tests.core_examples import DURHAM, DURHAM_NIGHT, arrival, contest, minutes
from tests.desk_examples import CHANNEL, DESK, counting, with_told
from tests.posts import NIGHT, Clock, a_post, fresh, put, states
from tests.test_deliver import FakePoster
from tests.test_edits import want
from tests.test_scoreboard import told_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from sqlite_utils import Database

    from monitor.diff import Step
    from monitor.outbox import Row, Thread

HOUR = 3600.0


class Recorder(FakePoster):
    """Remembers the words it was given, too; edits take what `takes` says in turn."""

    def __init__(self, *answers: BaseException | None, shared: tuple[str, ...] = ()) -> None:
        super().__init__(*answers)
        self.shared = shared
        self.texts: dict[str, str] = {}
        self.stands: dict[str, str] = {}
        self.lost: list[bool] = []

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Keep the words."""
        sent = await super().post(row, thread)
        self.texts[row.key] = f"{row.text} {row.blocks}"
        self.stands[row.key] = row.text
        return sent

    async def is_shared(self, channel: str) -> bool:
        """Share the channels named."""
        return channel in self.shared

    async def edit(self, one: edits.Due) -> None:
        """Take an edit; where `lost` says so its answer is lost."""
        self.stands[one.edit.key] = one.edit.text
        if self.lost and self.lost.pop(0):
            raise OutcomeUnknown("the answer was lost")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with closing(fresh(tmp_path / "night.db")) as database:
        yield database


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC))


def sender(db: Database, poster: FakePoster, clock: Clock, pace: float = 0.0) -> Deliverer:
    return Deliverer(db, poster, clock, pace_seconds=pace, quarantine_seconds=30, sleep=clock.sleep)


# -- a channel shared with another workspace -----------------------------------------------


async def test_a_digest_tells_a_shared_channel_nothing_internal(db: Database, clock: Clock) -> None:
    """What would have been left out one by one is left out of what stands for it, too."""
    put(db, a_post("root", channel="#ours"), a_post("root2", channel="#shared"))
    poster = Recorder(shared=("#shared",))
    await sender(db, poster, clock).drain()
    for channel, root in (("#ours", "root"), ("#shared", "root2")):
        kinds = ("count-updated", "report-held", "note-added", "site-down", "site-back") * 3
        for number, kind in enumerate((*kinds, "count-updated", "lead-changed", "count-updated")):
            put(db, a_post(
                f"{root}-{number}", channel=channel, thread=root, kind=kind,
                text=f"{kind} {number}", at=NIGHT + timedelta(minutes=number),
            ))  # fmt: skip
    clock.push(HOUR)
    poster = Recorder(shared=("#shared",))
    await sender(db, poster, clock).drain()
    digests = [text for text in poster.texts.values() if "DIGEST" in text]
    (whole,) = (text for text in digests if "report-held" in text)
    (left,) = (text for text in digests if text != whole)
    for kind in ("report-held", "note-added", "site-down", "site-back"):
        assert kind in whole
        assert kind not in left
    assert "count-updated 10" in left


# -- a clock that is set back --------------------------------------------------------------


async def test_a_clock_set_back_by_hours_holds_no_message_for_hours(
    db: Database, clock: Clock
) -> None:
    """A pace, a pause after a failure and a quarantine last as long as they should."""
    put(db, a_post("paced"), a_post("tried", race="pitt", channel="#b"),
        a_post("lost", race="dallas", channel="#c"))  # fmt: skip
    poster = Recorder(
        None, SlackFailure("later", permanent=False), OutcomeUnknown("the answer was lost")
    )
    sending = sender(db, poster, clock, pace=1.0)
    await sending.drain()
    put(db, a_post("won", race="bexar", row_class=RowClass.OUTCOME))
    clock.push(-5 * HOUR)
    for _ in range(70):
        await sending.drain()
        clock.push(1)
    assert set(states(db).values()) == {"sent"}
    assert poster.posted.count("won") == 1


async def test_after_a_start_too_a_clock_set_back_holds_nothing(db: Database, clock: Clock) -> None:
    put(db, a_post("tried"), a_post("lost", race="dallas", channel="#c"))
    poster = Recorder(SlackFailure("later", permanent=False), OutcomeUnknown("the answer was lost"))
    await sender(db, poster, clock, pace=1.0).drain()
    clock.push(-5 * HOUR)
    sending = sender(db, poster, clock, pace=1.0)
    for _ in range(70):
        await sending.drain()
        clock.push(1)
    assert set(states(db).values()) == {"sent"}


async def test_after_a_clock_was_set_right_a_message_is_looked_for_where_it_stands(
    db: Database, clock: Clock
) -> None:
    """Slack's history has it at the true time, not at that of a clock that went ahead."""
    put(db, a_post("lost"), a_post("tried", race="dallas", channel="#c"))
    poster = Recorder(OutcomeUnknown("the answer was lost"), SlackFailure("later", permanent=False))
    sending = sender(db, poster, clock, pace=1.0)
    await sending.drain()
    clock.push(-5 * HOUR)
    right = clock.now
    poster.answers = [OutcomeUnknown("the answer was lost")]
    for _ in range(25):
        await sending.drain()
        clock.push(1)
    waiting = outbox.in_flight(db)
    assert {row.key for row in waiting} == {"lost", "tried"}
    for row in waiting:
        assert row.first_claimed_at is not None
        assert row.first_claimed_at <= right + timedelta(seconds=10)


async def test_a_clock_set_back_holds_no_edit_for_hours(db: Database, clock: Clock) -> None:
    put(db, a_post("board", kind=DeskKind.SCOREBOARD.value))
    poster = Recorder()
    sending = sender(db, poster, clock, pace=1.0)
    await sending.drain()
    poster.lost = [True]
    want(db, "board", "9:40", "#da-races")
    clock.push(2)
    await sending.drain()
    clock.push(-5 * HOUR)
    want(db, "board", "9:41", "#da-races")
    for _ in range(40):
        await sending.drain()
        clock.push(1)
    assert poster.stands["board"] == "9:41"
    assert poster.lost == []


async def test_a_channel_that_waits_long_delays_nothing_elsewhere(
    db: Database, clock: Clock
) -> None:
    """Slack asks one channel for an hour; a lost answer in another is found out in its time."""
    put(db, a_post("limited", channel="#a"), a_post("lost", race="dallas", channel="#b"))
    poster = Recorder(
        SlackFailure("wait", permanent=False, retry_after=HOUR), OutcomeUnknown("lost")
    )
    stop, slept = asyncio.Event(), [0.0]

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.push(seconds)
        if clock.now - began > timedelta(minutes=1):
            stop.set()
        await asyncio.sleep(0)

    began = clock.now
    sending = Deliverer(db, poster, clock, pace_seconds=1, quarantine_seconds=30, sleep=sleep)
    await sending.run(stop)
    assert max(slept) <= 1
    assert states(db)["lost"] == "sent"


async def test_the_second_way_outlives_a_clock_set_back(db: Database, clock: Clock) -> None:
    """Two minutes of patience are two minutes, whatever the clock does meanwhile."""
    with transaction(db):
        notified.create(db)
    put(db, a_post("won", kind=Kind.RACE_WON.value, row_class=RowClass.OUTCOME))
    sent: list[str] = []

    async def send(title: str, text: str) -> bool:
        sent.append(title + text)
        await asyncio.sleep(0)
        return False

    second = SecondWay(db, (Way("mail", "1", send),), clock)
    await second.look(clock())
    clock.push(-5 * HOUR)
    for _ in range(30):
        await second.look(clock())
        clock.push(5)
    tries = len(sent)
    assert tries >= 1
    clock.push(-5 * HOUR)
    for _ in range(60):
        await second.look(clock())
        clock.push(5)
    assert len(sent) > tries


# -- edits ---------------------------------------------------------------------------------


@pytest.mark.parametrize("killed", [False, True], ids=["lost answer", "killed"])
async def test_an_edit_that_may_have_been_made_is_undone_by_the_older_words(
    db: Database, clock: Clock, *, killed: bool
) -> None:
    """A, then B with its answer lost, then A again: what stands is A."""
    put(db, a_post("board", kind=DeskKind.SCOREBOARD.value))
    poster = Recorder()
    sending = sender(db, poster, clock)
    await sending.drain()
    want(db, "board", "A", "#da-races")
    await sending.drain()
    poster.lost = [True]
    want(db, "board", "B", "#da-races")
    await sending.drain()
    assert poster.stands["board"] == "B"
    want(db, "board", "A", "#da-races")
    clock.push(HOUR)
    await (sender(db, poster, clock) if killed else sending).drain()
    assert poster.stands["board"] == "A"


# -- random outages --------------------------------------------------------------------------

STORMS = 36
CHANNELS = ("#a",)
RACES = ("durham", "pitt")


class Killed(BaseException):
    """Stands for SIGKILL: nothing catches it."""


class Storm(Recorder):
    """A Slack that takes, refuses, loses answers or ends the process, as chance has it."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self.random = random
        self.calm = False
        self.is_away = False
        self.taken: list[tuple[str, str, str]] = []
        self.wanted: dict[str, str] = {}

    async def post(self, row: Row, thread: Thread | None) -> Sent:
        """Take it, or not, and say so, or not."""
        del thread
        fate = 1.0 if self.calm else 0.1 if self.is_away else self.random.random()
        if fate < 0.15:
            raise SlackFailure("not now", permanent=False, retry_after=self.random.choice([0, 40]))
        if fate < 0.3:
            raise OutcomeUnknown("lost before it was taken")
        if fate < 0.35:
            raise Killed
        self.taken.append((row.channel, row.race or "", row.key))
        if fate < 0.45:
            raise OutcomeUnknown("taken, and the answer lost")
        if fate < 0.5:
            raise Killed
        return Sent(row.channel, str(len(self.taken)))

    async def find(self, rows: Sequence[Row], threads: Mapping[str, Thread]) -> Mapping[str, Sent]:
        """Find what was taken."""
        del threads
        if not self.calm and self.random.random() < 0.2:
            raise SlackFailure("not now", permanent=False)
        taken = [key for _, _, key in self.taken]
        return {
            row.key: Sent(row.channel, str(1 + taken.index(row.key)))
            for row in rows
            if row.key in taken
        }

    async def edit(self, one: edits.Due) -> None:
        """Take an edit, or not, and say so, or not."""
        fate = 1.0 if self.calm else self.random.random()
        if fate < 0.2:
            raise OutcomeUnknown("lost before it was taken")
        if fate < 0.25:
            raise Killed
        self.stands[one.edit.key] = one.edit.text
        if fate < 0.45:
            raise OutcomeUnknown("taken, and the answer lost")
        if fate < 0.5:
            raise Killed


@pytest.mark.parametrize("seed", range(STORMS))
async def test_storms_lose_and_double_nothing(seed: int, db: Database, clock: Clock) -> None:
    """Refusals, lost answers, kills, and clocks that step by hours either way."""
    random = Random(seed)  # noqa: S311 - the same storms for ever
    poster = Storm(random)
    sending = sender(db, poster, clock, pace=1.0)
    order: dict[tuple[str, str], list[str]] = {}
    with transaction(db):
        for channel in CHANNELS:
            for race in RACES:
                key = f"root {channel} {race}"
                outbox.put(db, a_post(key, channel=channel, race=race, kind="race-opened"))
                order[channel, race] = [key]
    for number in range(random.randint(30, 90)):
        channel, race = random.choice(CHANNELS), random.choice(RACES)
        is_outcome = random.random() < 0.1
        key = f"{'outcome' if is_outcome else 'update'} {number}"
        put(db, a_post(
            key, channel=channel, race=race,
            kind=random.choice(["race-won", "hold-off"]) if is_outcome else random.choice(
                ["count-updated", "lead-changed", "note-added", "count-updated"]
            ),
            row_class=RowClass.OUTCOME if is_outcome else RowClass.UPDATE,
            thread=None if is_outcome else f"root {channel} {race}",
            at=clock.now,
        ))  # fmt: skip
        order[channel, race].append(key)
        if random.random() < 0.2:
            poster.is_away = not poster.is_away
            clock.push(random.choice([0, 400]))
        words = random.choice("AB")
        poster.wanted[f"root {channel} {race}"] = words
        want(db, f"root {channel} {race}", words, channel)
        sending = await _some_time(db, clock, poster, sending, random)
    poster.calm = True
    for _ in range(2_000):
        await sending.drain()
        clock.push(1)
        if not outbox.waiting(db) and not edits.is_behind(db):
            break
    _check(db, poster, order)


async def _some_time(
    db: Database, clock: Clock, poster: Storm, sending: Deliverer, random: Random
) -> Deliverer:
    """Let the sender work now and then; a killed one is followed by another."""
    if random.random() < 0.4:
        return sending
    for _ in range(random.randint(1, 40)):
        try:
            await sending.drain()
        except Killed:
            sending = sender(db, poster, clock, pace=1.0)
        clock.push(random.choice([1, 1, 1, 5, 30]))
    if random.random() < 0.1:
        clock.push(random.choice([-3 * HOUR, -600, 600, 3 * HOUR]))
    return sending


def _check(db: Database, poster: Storm, order: dict[tuple[str, str], list[str]]) -> None:
    keys = [key for _, _, key in poster.taken]
    assert len(keys) == len(set(keys))
    found = {
        str(row["key"]): (str(row["state"]), str(row["superseded_by"]))
        for row in db.query("SELECT key, state, superseded_by FROM outbox")
    }
    for (channel, race), wanted in order.items():
        said = [key for one, other, key in poster.taken if (one, other) == (channel, race)]
        told = []
        for key in wanted:
            end = key
            while found[end][0] == "superseded":
                end = found[end][1]
            assert found[end][0] == "sent"
            assert end == key or not key.startswith(("outcome", "root"))
            told.append(end)
        assert list(dict.fromkeys(told)) == said
    for key, words in poster.wanted.items():
        assert poster.stands[key] == words


# -- the board -----------------------------------------------------------------------------


def test_a_site_that_answers_with_what_is_held_is_not_called_down() -> None:
    """Nor is every new answer of it the last fresh number: that came before it failed."""
    one = counting()
    standing = one.state.standings["nc_durham"]
    held = replace(standing, hold=Hold(HoldKind.HARD, "doubled", minutes(3)))
    state = replace(one.state, standings={"nc_durham": held}, down={"nc_durham": minutes(-8)})
    said = told_lines(replace(one, state=state))
    assert "since 7:22 PM ET: the site answers, but nothing of it can be used yet." in said
    assert "site down" not in said


def test_a_lead_that_one_look_showed_is_not_told_as_one() -> None:
    """LEAD CHANGE waits for a second look, and so do the board's words for it."""
    one = counting()
    assert "trails Echols by 193." in told_lines(one)
    turning = with_told(one, standing=Standing.LEADS, turning=Standing.TRAILS)
    assert "trails Echols by 193, new, being checked." in told_lines(turning)
    made = pulse([turning], CHANNEL, (), minutes(30), minutes(30))
    assert made is not None
    assert "1 of 1 ours leads; first numbers: Deberry -193 (new, being checked)" in made.text


def test_a_board_that_somebody_deleted_comes_back_pinned(tmp_path: Path) -> None:
    """It is the one message staff look for; but nobody is fought over it all night."""
    views = [counting()]
    with app.opened(tmp_path / "night.db") as store:
        boards = Boards(store)

        def look(at: float) -> list[str]:
            one = replace(views[0], state=replace(views[0].state, down={}))
            source = replace(one.sources[0], checked_at=minutes(at), next_at=minutes(at + 1))
            with store.transaction():
                boards.update(
                    [replace(one, sources=(source,))], DESK, CHANNEL, f"{at}", minutes(at)
                )
            found = store.rows("SELECT key FROM outbox WHERE kind = 'scoreboard' ORDER BY row")
            return [str(row["key"]) for row in found]

        posted = look(5)
        for at in range(10, 60, 5):
            look(at)
            (last,) = store.rows("SELECT key FROM outbox ORDER BY row DESC LIMIT 1")
            store.db.execute("UPDATE edits SET is_gone = 1 WHERE key = ?", [last["key"]])
            posted = look(at + 2)
        pins = store.rows("SELECT key FROM chores WHERE kind = 'pin'")
    assert len(posted) == 1 + MOST_ANEW
    assert {row["key"] for row in pins} == set(posted)


@pytest.mark.parametrize("how", ["races removed", "channel removed"])
def test_a_board_that_is_left_calls_nobody_dead(tmp_path: Path, how: str) -> None:
    """Its last words are no "if that is past, the bot is down"; it may come back."""
    with app.opened(tmp_path / "night.db") as store:
        boards = Boards(store)

        def said() -> str:
            (row,) = store.rows("SELECT text, blocks FROM edits")
            return f"{row['text']} {row['blocks']}"

        def update(views: list[RaceView], at: float) -> bool:
            with store.transaction():
                return boards.update(views, DESK, CHANNEL, f"{at}", minutes(at))[0]

        assert update([counting()], 5)
        assert boards.kept() == [CHANNEL.name]
        if how == "races removed":
            assert update([], 10)
            assert not update([], 11)
        else:
            with store.transaction():
                assert boards.leave(CHANNEL.name, minutes(10))
        assert boards.kept() == []
        assert "SCOREBOARD of May 8: not kept up any more." in said()
        assert "the bot is down" not in said()
        assert update([counting()], 15)
        assert "1 counting" in said()


def test_a_first_report_that_is_a_day_late_names_what_was_withdrawn(tmp_path: Path) -> None:
    """The bot was down at eight in the morning; DO NOT USE stands in the next report."""
    with app.opened(tmp_path / "night.db") as store:
        late = minutes(12.5 * 60 + 24 * 60)
        post = a_post(
            "taken back", race="the-race", channel=CHANNEL.name, at=minutes(330),
            kind=Kind.OUTCOME_RETRACTED.value, text="DO NOT USE: Deberry.",
        )  # fmt: skip
        with store.transaction():
            store.save_race("the-race", counting().state, ("", ""))
            store.put([post])
            marks = Marks(None, late)
            assert Calls(store).make([counting()], DESK, CHANNEL, marks, late)
        rows = store.rows("SELECT blocks FROM outbox WHERE kind = 'morning-report'")
    assert "DO NOT USE: Deberry." in str(rows[0]["blocks"])


# -- announced, and then no figures ----------------------------------------------------------

TWO = (*DURHAM.sources, SourceUse("nc_wake", ("Wake",), "16"))


@pytest.mark.parametrize("gone", [("nc_wake",), ("nc_wake", "nc_durham")], ids=["one", "all"])
@pytest.mark.parametrize(
    ("policy", "release", "word"),
    [
        (Policy(PolicyKind.AFTER, 3), {}, "does not go out now"),
        (None, {"won": 15}, "NOT GOING OUT"),
    ],
    ids=["window", "heads-up"],
)
def test_what_was_announced_and_lost_its_figures_is_taken_back(
    policy: Policy | None, release: dict[str, int], word: str, gone: tuple[str, ...]
) -> None:
    """A source was changed in the settings and does not answer: no window ends in silence."""
    made = test_heads_up.desk(policy, release, sources=TWO)
    before = arrival(contest(dict.fromkeys(DURHAM_NIGHT, 0), (0, 57)), minutes(-5))
    made.look(before, "nc_wake")
    for at in (180, 182):
        for source in ("nc_durham", "nc_wake"):
            made.look(arrival(contest(DURHAM_NIGHT), minutes(at)), source)
    told, heard = len(made.posts), Counter(post.channel for post in made.posts)
    left = {name: one for name, one in made.state.standings.items() if name not in gone}
    made.state = replace(made.state, standings=left)
    for at in (184, 200, 260):
        made.wait(at)
    (said,) = {post.text for post in made.posts[told:] if word in post.text}
    assert "Deberry" in said
    assert sum(word in post.text for post in made.posts[told:]) == (
        1 if policy else len(heard & Counter(test_heads_up.FIRST)) + 1
    )
    # When it answers again everything begins anew: nobody's window has passed meanwhile.
    for source in gone:
        made.look(arrival(contest(DURHAM_NIGHT), minutes(270)), source)
        made.look(arrival(contest(DURHAM_NIGHT), minutes(271.5)), source)
    assert Kind.RACE_WON not in made.kinds
    made.wait(300)
    assert made.kinds.count(Kind.RACE_WON) == 1


# -- random nights: the board, the pulse and the report say what the channel heard -----------

NIGHTS_PLAYED = 200
SURE = re.compile(r"\bWON\b|\bLOST\b|\bwon\b|\blost\b|nominated|heads-up|Released|Declared")


@dataclass
class Shown(test_heads_up.Desk):
    """A race of which everything the desk would say is compared with what was heard."""

    wrong: list[str] = field(default_factory=list)

    def take(self, step: Step) -> list[Kind]:
        """Go on from a step, then compare."""
        kinds = super().take(step)
        if step.verdict is not Verdict.BEFORE_CLOSE and self.steps:
            self._compare(max(one.at for one in self.events) if self.events else minutes(0))
        return kinds

    def _compare(self, now: datetime) -> None:
        view = self.view(now)
        channel = test_heads_up.SLACK.channels[0]
        entry = entry_of(view, test_heads_up.SLACK, channel, now)
        heard = self.last_heard()
        said = entry.words.partition("\n")[0]
        first = said.strip("*").split(" (")[0].split("*")[0]
        if heard in {"", "WAITS"}:
            made = pulse([view], channel, (), now, now)
            reported, _ = report([view], test_heads_up.SLACK, channel, Morning(now, {}), now)
            texts = [
                entry.words,
                entry.waited_for,
                *(f"{one.text} {one.blocks}" for one in reported),
            ]
            texts += [f"{made.text} {made.blocks}"] if made else []
            self.wrong += [text for text in texts if SURE.search(text)]
        elif first != heard:
            self.wrong.append(f"heard {heard}, shown {said}")

    def view(self, now: datetime) -> RaceView:
        """Return the race as the desk sees it."""
        tally, decisions = current(self.watched, self.state, now)
        scene = replace(self.scene, snapshots=accepted(self.state))
        source = SourceView("nc_durham", now, now, None, "", now)
        return RaceView(self.watched, self.state, tally, decisions, scene, (source,), minutes(0))

    def last_heard(self) -> str:
        """Return the outcome that stands by what the channel was told, "" for none."""
        stands, doubted = "", False
        for post in self.posts:
            if post.channel != test_heads_up.STAFF or post.thread is not None:
                continue
            match post.kind:
                case Kind.RACE_WON | Kind.RACE_LOST | Kind.OUTCOME_CERTIFIED | Kind.RUNOFF_POSSIBLE:
                    stands, doubted = post.text.split()[0].strip(":,"), False
                case Kind.HOLD_OFF:
                    doubted = True
                case Kind.OUTCOME_STANDS:
                    doubted = False
                case Kind.OUTCOME_RETRACTED:
                    stands, doubted = "", False
        return "HOLD OFF" if doubted else stands


@pytest.mark.parametrize("seed", range(NIGHTS_PLAYED))
def test_the_desk_says_no_more_than_the_channel_heard(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Board, pulse and morning report after every step, against the messages alone."""
    monkeypatch.setattr(test_heads_up, "Desk", Shown)
    made = test_heads_up.night(Random(1000 + seed))  # noqa: S311 - the same nights for ever
    assert isinstance(made, Shown)
    assert made.wrong == []
