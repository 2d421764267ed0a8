"""Nights in which people are asked and act: each ends in one event and its scene.

Figures of Durham, Contra Costa, Sampson and Allegheny are those nights' real ones
(field.md, sources/nc-tx.md); callers, reasons, links and times of day are ours.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from monitor.acts import apply
from monitor.decide import decide
from monitor.decision import Basis, Decision, Evidence, Outcome, Outstanding
from monitor.diff import pass_time
from monitor.events import Event, Kind
from monitor.holds import page
from monitor.people import Act, ActKind, Called, Stood
from monitor.races import SourceUse
from monitor.scene import Scene, SourceFacts
from monitor.standing import Hold, HoldKind
from monitor.state import Watched, accepted
from monitor.teller import Teller
from tests.core_examples import (
    BEXAR,
    CERTIFIED,
    COMPLETE,
    CONTRA_COSTA,
    DURHAM,
    DURHAM_CERTIFIED,
    DURHAM_NIGHT,
    PITT,
    SLACK,
    TWO_LOOKS,
    Told,
    arrival,
    card,
    contest,
    line_of,
    minutes,
    race,
    snapshot,
    tally_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from monitor.races import Race
    from monitor.rules import Rule
    from monitor.tally import Tally

CALLERS = ("U012ABCDEF", "Ann Example")
ASKED = replace(DURHAM, callers=CALLERS)
COUNTY = SourceFacts("nc_durham", "Durham County", "https://er.ncsbe.gov/")
STATE = SourceFacts("nc_state", "NC State Board of Elections", "https://er.ncsbe.gov/")
JUNE_6 = datetime(2018, 6, 6, 20, 0, tzinfo=UTC)
OUT = Outstanding(80_000, is_estimate=True, source="county", at=JUNE_6)
BECTON = {"Diana Becton": 51_522, "Graves": 43_700, "Strauss": 8_520}
SAMPSON = race("First", name="Sampson Clerk", party="REP")
SAMPSON_NIGHT = {"First": 1_001, "Second": 967, "Third": 774, "Fourth": 697}
ALLEGHENY = race(
    "Stephen Zappala", state="PA", day=date(2023, 5, 16), name="Allegheny DA", party="DEM"
)


@dataclass(frozen=True, slots=True)
class Night:
    """What a message is written from."""

    event: Event
    scene: Scene


def scene_of(one: Race, rule: Rule | None = None, **more: object) -> Scene:
    """Return the scene of a race, in its county's zone."""
    made = Scene(
        slack=SLACK,
        sources={"nc_durham": COUNTY, "nc_state": STATE},
        race=one,
        rule=rule or card(one),
        closes_at=minutes(0),
        root="root",
    )
    return replace(made, **more)  # type: ignore[arg-type]


def shown(told: Told, kind: Kind) -> Night:
    """Return the last event of a kind, with the scene as it is now."""
    changed = [s.changed_at for s in told.state.standings.values() if s.changed_at is not None]
    scene = scene_of(
        told.watched.race,
        told.watched.rule,
        snapshots=accepted(told.state),
        called=told.state.people.called,
        superseded=told.state.people.superseded,
        changed_at=max(changed, default=None),
    )
    return Night(told.last(kind), scene)


def begun(one: Race) -> Told:
    """Return a race at zero before its close."""
    told = Told(Watched(one, card(one), closes_at=minutes(0)))
    told.look(arrival(contest({}, (0, 57)), minutes(-5)))
    return told


def acted(told: Told, kind: ActKind, at: float, **parts: object) -> Told:
    """Have Ann Example do something some minutes after the close."""
    now = minutes(at)
    act = Act(id="1", kind=kind, race=told.watched.race.id, who="Ann Example", at=now, **parts)  # type: ignore[arg-type]
    answer = apply(told.watched, told.state, act, now)
    if answer.step is None:
        raise LookupError(answer.sentence)
    told.take(answer.step)
    return told


# -- callers are asked -------------------------------------------------------------------


def ready() -> Night:
    """One precinct of Durham's 57 never reports, as Allegheny's never did."""
    told = begun(ASKED)
    for at in (188, 190):
        told.see(DURHAM_NIGHT, at, (56, 57))
    return shown(told, Kind.READY_TO_CALL)


def reminded() -> Night:
    """Callers did not answer for a quarter of an hour."""
    told = begun(ASKED)
    for at in (188, 190):
        told.see(DURHAM_NIGHT, at, (56, 57))
    told.take(pass_time(told.watched, told.state, minutes(206)))
    return shown(told, Kind.READY_TO_CALL)


def going_out() -> Night:
    """All is in: the outcome goes out in three minutes unless stopped."""
    told = begun(ASKED)
    for at in (188, 190):
        told.see(DURHAM_NIGHT, at)
    return shown(told, Kind.GOING_OUT)


def paged() -> Night:
    """Doubled figures stay for more than ten minutes."""
    told = begun(ASKED)
    told.see(DURHAM_NIGHT, 100, (40, 57))
    told.see({name: 2 * votes for name, votes in DURHAM_NIGHT.items()}, 101, (40, 57))
    teller = Teller(told.watched, told.state, minutes(112))
    page(teller)
    told.events.extend(teller.events)
    return shown(told, Kind.CALLERS_PAGED)


def certified_question() -> Night:
    """The county canvasses ten days after the primary."""
    told = begun(ASKED)
    for at in (188, 190, 194):
        told.see(DURHAM_NIGHT, at)
    event = Event(
        "q", Kind.REMINDER, minutes(14_000), candidate="Satana Deberry", after=told.steps[-1].tally,
        decision=told.steps[-1].decisions[0], seen="1a2b3c4d", due=minutes(14_100),
        reason="Certified? The canvass is due Friday, May 18, 11:00 AM ET: ten days after.",
    )  # fmt: skip
    return replace(shown(told, Kind.RACE_WON), event=event)


# -- people act --------------------------------------------------------------------------


def frozen() -> Night:
    told = begun(ASKED)
    told.see(DURHAM_NIGHT, 100, (40, 57))
    return shown(acted(told, ActKind.FREEZE, 101, why="the clerk doubts a file"), Kind.PERSON_ACTED)


def close_moved() -> Night:
    told = begun(ASKED)
    due = minutes(90)
    return shown(acted(told, ActKind.CLOSE, -3, why="court order", closes_at=due), Kind.CLOSE_MOVED)


def noted() -> Night:
    told = begun(ASKED)
    told.see(DURHAM_NIGHT, 100, (40, 57))
    return shown(acted(told, ActKind.NOTE, 101, why="Echols has conceded"), Kind.NOTE_ADDED)


def confirmed() -> Night:
    told = begun(ASKED)
    for at in (188, 190):
        told.see(DURHAM_NIGHT, at, (56, 57))
    seen = told.last(Kind.READY_TO_CALL).seen
    acted(told, ActKind.CONFIRM, 192, why="the last precinct has 40 voters", seen=seen)
    return shown(told, Kind.RACE_WON)


def called() -> Night:
    """A call against the figures, which stand beside it as they are."""
    return _declared(Basis.CALLED, "the clerk found 900 mail ballots", "phone, clerk Lee Jones")


def certified_by_a_person() -> Night:
    return _declared(Basis.CERTIFIED, "canvassed", "https://example.org/canvass.pdf")


def _declared(basis: Basis, why: str, link: str) -> Night:
    votes = {**DURHAM_NIGHT, "Satana Deberry": 12_600}
    tally = tally_of(DURHAM, votes, None, (56, 57))
    found = _decided(DURHAM, tally, card(DURHAM))
    told = replace(found, outcome=Outcome.WON, basis=basis, blocks=())
    by = Called(Outcome.WON, basis, Outcome.WON, "Ann Example", why, minutes(200), "1", link)
    event = Event(
        "c", Kind.RACE_WON, minutes(200), candidate="Satana Deberry", after=tally, decision=told,
        who="Ann Example",
    )  # fmt: skip
    return Night(event, scene_of(DURHAM, called={"Satana Deberry": by}))


def retracted() -> Night:
    told = begun(ASKED)
    for at in (188, 190, 194):
        told.see(DURHAM_NIGHT, at)
    return shown(acted(told, ActKind.RETRACT, 200, why="wrong race"), Kind.OUTCOME_RETRACTED)


def called_without_votes() -> Night:
    """Zappala in 2023: on no line of the Republican primary, nominated by write-in."""
    one = replace(ALLEGHENY, party="REP")
    by = Called(
        Outcome.WON, Basis.CALLED, Outcome.NONE, "Ann Example",
        "9,697 write-ins, 500 were needed", minutes(9_000), "1", "phone, clerk Lee Jones",
    )  # fmt: skip
    event = Event("w", Kind.RACE_WON, minutes(9_000), candidate="Stephen Zappala", who=by.who)
    return Night(event, scene_of(one, called={"Stephen Zappala": by}))


# -- figures of people and of several sources ---------------------------------------------


def entered() -> Night:
    made = replace(contest(DURHAM_NIGHT), who="Ann Example", link="phone, clerk Lee Jones")
    tally = replace(tally_of(DURHAM, DURHAM_NIGHT), sources=("entered:nc_durham",))
    event = Event(
        "e", Kind.COUNT_UPDATED, minutes(100), after=tally,
        decision=_decided(DURHAM, tally, card(DURHAM), replace(TWO_LOOKS, hand_kept=True)),
    )  # fmt: skip
    return Night(
        event, scene_of(DURHAM, snapshots={"entered:nc_durham": snapshot(made, minutes(98))})
    )


def _two_sources(votes: int, superseded: dict[str, Stood] | None = None) -> tuple[Race, Scene]:
    one = replace(
        DURHAM,
        sources=(
            SourceUse("nc_durham", ("Durham",), "16"),
            SourceUse("nc_state", ("Durham",), "16"),
        ),
    )
    early = {**DURHAM_NIGHT, "Daniel Meier": votes}
    return one, scene_of(
        one,
        snapshots={
            "nc_durham": snapshot(contest(DURHAM_NIGHT), minutes(60), source_time=minutes(58)),
            "nc_state": snapshot(contest(early), minutes(60), source_time=minutes(52)),
        },
        superseded=superseded or {},
    )


def count_of_two_sources() -> Night:
    one, scene = _two_sources(3_325)
    return _count(one, scene)


def superseded() -> Night:
    stood = Stood("Ann Example", "stuck since 9 PM", minutes(59), "1")
    one, scene = _two_sources(3_000, superseded={"nc_state": stood})
    return _count(one, scene)


def _count(one: Race, scene: Scene) -> Night:
    tally = tally_of(one, DURHAM_NIGHT, None, (40, 57))
    found = _decided(one, tally, card(one))
    return Night(Event("n", Kind.COUNT_UPDATED, minutes(60), after=tally, decision=found), scene)


def disagree() -> Night:
    one, scene = _two_sources(3_000)
    tally = tally_of(one, DURHAM_NIGHT, None, (40, 57))
    event = Event(
        "d", Kind.SOURCES_DISAGREE, minutes(60), after=tally,
        reason="nc_durham has 31,180 votes, nc_state has 30,855 (6 minutes older); nc_state lags",
    )  # fmt: skip
    return Night(event, scene)


def agree() -> Night:
    one, scene = _two_sources(3_325)
    tally = tally_of(one, DURHAM_NIGHT, None, (40, 57))
    reason = "the sources that count agree again"
    return Night(Event("a", Kind.SOURCES_AGREE, minutes(70), after=tally, reason=reason), scene)


# -- after the night ---------------------------------------------------------------------


def amended() -> Night:
    told = begun(ASKED)
    for at, votes in ((20_000, DURHAM_CERTIFIED), (20_002, DURHAM_CERTIFIED)):
        told.see(votes, at, status=CERTIFIED)
    for at in (21_000, 21_006):
        told.see({**DURHAM_CERTIFIED, "Roger Echols": 12_700}, at, status=CERTIFIED, version=2)
    return shown(told, Kind.COUNT_AMENDED)


def reminder() -> Night:
    event = Event(
        "r", Kind.REMINDER, minutes(14_000), due=minutes(14_100),
        reason="The canvass is due Friday, May 18, 11:00 AM ET: ten days after the primary.",
    )  # fmt: skip
    return Night(event, scene_of(ASKED))


def follow_up() -> Night:
    event = Event(
        "f", Kind.FOLLOW_UP_SET, minutes(190), candidate="Joe Gonzales",
        reason="A runoff follows on Tuesday, May 22: Joe Gonzales and Nico LaHood.",
    )  # fmt: skip
    return Night(event, scene_of(BEXAR))


def follow_up_waits() -> Night:
    lines = '[[races]]\nid = "bexar-da-2018-runoff"\nname = "Bexar `DA` <runoff>"'
    event = Event(
        "g", Kind.FOLLOW_UP_WAITS, minutes(90_000), candidate="Joe Gonzales",
        reason="the runoff of Bexar DA is in 7 days, on Tuesday, May 22, and no race in "
        f"config.toml follows it; paste this, and fill in its source:\n\n{lines}",
    )  # fmt: skip
    return Night(event, scene_of(BEXAR))


def uncontested() -> Night:
    one = replace(DURHAM, uncontested=True, sources=())
    event = Event("u", Kind.RACE_UNCONTESTED, minutes(-800), candidate="Satana Deberry")
    return Night(event, scene_of(one))


def uncontested_on_the_ballot() -> Night:
    tally = tally_of(PITT, {"Faris Dixon": 31_045})
    event = Event(
        "u", Kind.RACE_UNCONTESTED, minutes(10), candidate="Faris Dixon", after=tally,
        decision=_decided(PITT, tally, card(PITT)),
    )  # fmt: skip
    return Night(event, scene_of(PITT))


# -- what the law makes of it ---------------------------------------------------------------


def _decided(one: Race, tally: Tally, rule: Rule, seen: Evidence = TWO_LOOKS) -> Decision:
    name = one.endorsements[0].candidate
    return decide(one, name, line_of(tally, name), rule, tally, seen)


def found(
    one: Race,
    votes: Mapping[str, int],
    kind: Kind = Kind.RACE_WON,
    *,
    units: tuple[int, int] | None = (57, 57),
    write_in: int | None = None,
    seen: Evidence = TWO_LOOKS,
    complete: bool = True,
    rule: Rule | None = None,
) -> Night:
    """Decide on figures, and tell what comes of it under the state's own law."""
    tally = tally_of(one, votes, COMPLETE if complete else None, units, write_in)
    made = _decided(one, tally, rule or card(one), seen)
    event = Event(
        "x", kind, minutes(180), candidate=made.candidate, after=tally, decision=made,
    )  # fmt: skip
    return Night(event, scene_of(one, rule))


def still_open_california() -> Night:
    """Contra Costa on June 6, 2018: 51,522 votes, 423 short; the rivals' split is ours."""
    return found(
        CONTRA_COSTA, BECTON, Kind.STILL_OPEN, units=(300, 300), write_in=147,
        seen=replace(TWO_LOOKS, outstanding=OUT),
    )  # fmt: skip


def still_open_north_carolina() -> Night:
    """Sampson County's clerk, 2018, had the first been far ahead: 31 votes short of 30 percent."""
    votes = {"First": 1_001, "Second": 800, "Third": 841, "Fourth": 797}
    return found(SAMPSON, votes, Kind.STILL_OPEN)


def still_open_texas() -> Night:
    votes = {"Joe Gonzales": 50_100, "Nico LaHood": 34_042, "Third Name": 16_000}
    return found(BEXAR, votes, Kind.STILL_OPEN)


def paused_too_close() -> Night:
    votes = {"Joe Gonzales": 50_100, "Nico LaHood": 50_400}
    return found(
        BEXAR, votes, Kind.TOO_CLOSE, units=(56, 57), complete=False,
        seen=replace(TWO_LOOKS, paused=True),
    )  # fmt: skip


def clinched() -> Night:
    """Official figures of what is out, as the registrar gives them; the figures are ours."""
    given = Outstanding(1_900, is_estimate=False, source="registrar", at=JUNE_6)
    return found(
        DURHAM, DURHAM_NIGHT, units=(50, 57), complete=False,
        seen=replace(TWO_LOOKS, outstanding=given),
    )  # fmt: skip


def barely_a_majority() -> Night:
    """50.04 percent: above half, though one decimal would not show it."""
    night = found(BEXAR, {"Joe Gonzales": 50_040, "Nico LaHood": 49_960})
    return _certified(night, BEXAR)


def by_one_vote() -> Night:
    """Half of the votes and one."""
    return _certified(found(BEXAR, {"Joe Gonzales": 500_001, "Nico LaHood": 500_000}), BEXAR)


def exactly_half() -> Night:
    """Half is no majority: the top two go to a runoff."""
    votes = {"Joe Gonzales": 50_000, "Nico LaHood": 30_000, "Third Name": 20_000}
    return _certified(found(BEXAR, votes, Kind.RUNOFF_SET), BEXAR)


def tied_for_the_runoff() -> Night:
    votes = {"Nico LaHood": 40_000, "Joe Gonzales": 30_000, "Third Name": 30_000}
    return _certified(found(BEXAR, votes, Kind.RACE_TIED), BEXAR)


def three_tied() -> Night:
    votes = {"Joe Gonzales": 30_000, "Nico LaHood": 30_000, "Third Name": 30_000}
    return _certified(found(BEXAR, votes, Kind.RACE_TIED), BEXAR)


def against_one_of_two() -> Night:
    votes = {"Joe Gonzales": 40_000, "Nico LaHood": 30_000, "Third Name": 30_000}
    return _certified(found(BEXAR, votes, Kind.RUNOFF_SET), BEXAR)


def _certified(night: Night, one: Race) -> Night:
    """Decide the same figures again as certified ones."""
    after = night.event.after
    if after is None:
        raise LookupError
    tally = replace(after, status=CERTIFIED)
    made = _decided(one, tally, night.scene.rule or card(one))
    return replace(night, event=replace(night.event, after=tally, decision=made))


def third_in_north_carolina() -> Night:
    votes = {"Fourth": 1_001, "Second": 967, "First": 774, "Third": 697}
    return _certified(found(SAMPSON, votes, Kind.RACE_LOST), SAMPSON)


def third_before_a_possible_runoff() -> Night:
    """The first is at 49.9 percent on the night: whether a runoff follows is open."""
    votes = {"Nico LaHood": 49_900, "Third Name": 36_100, "Joe Gonzales": 14_000}
    return found(BEXAR, votes, Kind.RACE_LOST)


def third_in_california() -> Night:
    votes = {"Graves": 70_825, "Strauss": 62_444, "Diana Becton": 14_218}
    return _certified(found(CONTRA_COSTA, votes, Kind.RACE_LOST), CONTRA_COSTA)


def ours_may_ask() -> Night:
    """Sampson County's clerk, 2018, from the second's side."""
    votes = {"Second": 1_001, "First": 967, "Third": 774, "Fourth": 697}
    return _certified(found(SAMPSON, votes, Kind.RUNOFF_POSSIBLE), SAMPSON)


def lost_one_nomination() -> Night:
    """Allegheny, 2023: 44.3 to 55.6 in the Democratic primary; the figures fit the shares."""
    votes = {"Matt Dugan": 96_600, "Stephen Zappala": 76_970}
    return found(ALLEGHENY, votes, Kind.RACE_LOST, write_in=200)


def write_ins_lead() -> Night:
    """Allegheny's Republican primary, 2023: nobody on the ballot, 9,697 write-ins for Zappala."""
    one = replace(ALLEGHENY, party="REP")
    tally = tally_of(one, {"Stephen Zappala": 100}, None, (1_000, 1_324), write_in=9_697)
    event = Event(
        "x", Kind.COUNT_UPDATED, minutes(180), after=tally, decision=_decided(one, tally, card(one))
    )
    return Night(event, scene_of(one))


def unexpired() -> Night:
    return found(replace(DURHAM, unexpired=True), DURHAM_NIGHT)


def without_write_ins_in_the_base() -> Night:
    """Where write-ins are no part of the base, 49.9 percent of all may be a majority."""
    rule = replace(card(BEXAR), write_ins_in_base=False)
    votes = {"Joe Gonzales": 50_100, "Nico LaHood": 49_900}
    night = found(BEXAR, votes, write_in=500, rule=rule)
    return _certified(replace(night, scene=replace(night.scene, rule=rule)), BEXAR)


def counties_missing() -> Night:
    """Three of five counties have not answered."""
    counties = tuple((f"s{n}", f"County {n}") for n in range(5))
    one = race(sources=counties)
    tally = replace(
        tally_of(one, DURHAM_NIGHT, None, (40, 57)), missing=("County 2", "County 3", "County 4")
    )
    event = Event(
        "x", Kind.COUNT_UPDATED, minutes(60), after=tally, decision=_decided(one, tally, card(one))
    )
    return Night(event, scene_of(one))


def questioned_by_callers() -> Night:
    told = begun(ASKED)
    for at in (20_000, 20_001):
        told.see(DURHAM_CERTIFIED, at, status=CERTIFIED)
    told.see({**DURHAM_CERTIFIED, "Roger Echols": 16_000}, 21_000, status=CERTIFIED)
    return shown(told, Kind.OUTCOME_QUESTIONED)


def under_check() -> Night:
    hold = Hold(HoldKind.HARD, "a doubling", minutes(80), None)
    event = Event(
        "h", Kind.REPORT_HELD, minutes(140), source="nc_durham", reason=hold.reason, hold=hold,
        before=tally_of(DURHAM, DURHAM_NIGHT, None, (40, 57)),
    )  # fmt: skip
    return Night(event, scene_of(DURHAM))


KINDS: dict[Kind, Callable[[], Night]] = {
    Kind.READY_TO_CALL: ready,
    Kind.GOING_OUT: going_out,
    Kind.CALLERS_PAGED: paged,
    Kind.PERSON_ACTED: frozen,
    Kind.CLOSE_MOVED: close_moved,
    Kind.COUNT_AMENDED: amended,
    Kind.SOURCES_DISAGREE: disagree,
    Kind.SOURCES_AGREE: agree,
    Kind.STILL_OPEN: still_open_california,
    Kind.RACE_UNCONTESTED: uncontested,
    Kind.REMINDER: reminder,
    Kind.FOLLOW_UP_SET: follow_up,
    Kind.FOLLOW_UP_WAITS: follow_up_waits,
}
"""One night for each kind that people or the days after bring."""

WORDINGS: tuple[Callable[[], Night], ...] = (
    reminded, certified_question, noted, confirmed, called, certified_by_a_person, retracted,
    called_without_votes, entered, count_of_two_sources, superseded, uncontested_on_the_ballot,
    still_open_north_carolina, still_open_texas, paused_too_close, clinched, barely_a_majority,
    by_one_vote, exactly_half, tied_for_the_runoff, three_tied, against_one_of_two,
    third_in_north_carolina, third_before_a_possible_runoff, third_in_california, ours_may_ask,
    lost_one_nomination, write_ins_lead, unexpired, without_write_ins_in_the_base,
    counties_missing, questioned_by_callers, under_check,
)  # fmt: skip
"""Every other wording, one night each."""
