"""The shape of config.toml: its tables and keys, their types and bounds, and what each is for.

Only what one value shows by itself is checked here; that names exist and fit
together is `monitor.config_checks`' business. The docstrings under the keys are
the descriptions in config.schema.json, which editors show while ops type.
"""

from datetime import date, time
from typing import Annotated, Any, cast

from pydantic import ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from monitor.config_slack import Mention, SlackTable
from monitor.config_types import (
    CONTACT,
    PARTY,
    STATE,
    Caller,
    Id,
    Line,
    Pattern,
    PolicyText,
    Table,
    Text,
    Texts,
    Zone,
)
from monitor.races import ElectionKind

GENERATED_BY = "Written by `run.py config schema`; do not edit."


class ElectionTable(Table):
    """One election: a date, a state and a type."""

    date: date
    """Election day, without quotes: 2018-05-08."""
    state: Annotated[str, Field(pattern=STATE)]
    """Two capitals: NC."""
    kind: Annotated[ElectionKind, Field(strict=False)]
    """The type, in the words of NIST SP 1500-100."""


class SourceTable(Table):
    """One results site for one election.

    Further keys are the settings the scraper needs; `run.py check` names them.
    """

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Text]

    election: Text
    """The id of an [elections.ID] table."""
    scraper: Text | None = None
    """A file of scrapers/, without .py. Left out, it is the source's own id."""
    platform: Text | None = None
    """Instead of a scraper: a file of scrapers/platforms/, without .py, for any county."""
    trusted: bool = False
    """Somebody compared what is read with the site itself: outcomes then go out as from any other
    source. For platforms that `check` calls unproven, and for report files."""


class EndorsementTable(Table):
    """Whom we speak for in a race."""

    candidate: Text
    """The name as staff say it: Satana Deberry."""
    by: Texts
    """The organisations that endorse; each must stand on a [[slack.channels]]."""
    aliases: list[Text] = []
    """Other spellings that ballots and results sites use."""


class SourceUseTable(Table):
    """A source the race is counted from.

    Sources with equal `covers` are alternatives, the first one preferred;
    with different ones they are added up.
    """

    source: Text
    """The id of a [sources.ID] table."""
    covers: Texts
    """The counties whose votes for this race the source has."""
    contest_key: Text | None = None
    """The source's own id of the contest; goes before `contest`."""
    contest: Pattern | None = None
    """A regular expression that finds the contest's title there, in 'single quotes'; case is
    ignored."""


class GeneralTable(Table):
    """The general election that follows a nomination."""

    date: date
    """Its day, without quotes: 2018-11-06."""
    opponent: Line = ""
    """The opponent's name, "none", or left out while not known."""


class PolicyTable(Table):
    """How each kind of outcome goes out; one that is left out follows `policy`."""

    won: PolicyText | None = None
    """Nominated or elected."""
    lost: PolicyText | None = None
    """Not nominated, not elected, not in the next round."""
    advanced: PolicyText | None = None
    """Goes on to the general election."""
    runoff: PolicyText | None = None
    """Goes on to a runoff that comes by itself."""
    runoff_possible: PolicyText | None = None
    """A runoff that the second may ask for."""
    tie: PolicyText | None = None
    """Equal votes where it matters."""


class RaceTable(Table):
    """One contest we watch, over all its counties."""

    id: Id
    """Ours, for ever: a race never changes its id or its election."""
    election: Text
    """The id of an [elections.ID] table."""
    name: Text
    """What staff say: Durham DA."""
    office: Text
    """The office in full: District Attorney."""
    office_kind: Id = "prosecutor"
    """The kind of office whose state law decides; see `run.py rules STATE`."""
    party: Annotated[str, Field(pattern=PARTY)] | None = None
    """DEM, REP, …: needed in a party primary, left out in a general election."""
    seats: Annotated[int, Field(ge=1, le=50)] = 1
    """How many are elected or nominated."""
    general: GeneralTable | None = None
    """What follows a nomination: { date = 2018-11-06, opponent = "none" }."""
    polls_close: time | None = None
    """Where this race's polls close at another time than the state's: 20:00:00, with `zone`."""
    zone: Zone | None = None
    """The time zone of `polls_close`: America/Denver."""
    callers: list[Caller] = []
    """Who is asked before an outcome goes out: names, or Slack member ids to be mentioned."""
    policy: PolicyText | None = None
    """How outcomes go out: "auto" (the default without callers), "after-3-minutes" unless a
    caller stops them (the default with callers), or "on-confirmation"."""
    policies: PolicyTable = PolicyTable()
    """Other policies by kind of outcome: { lost = "on-confirmation" }."""
    withdrawn: list[Text] = []
    """Names still on the ballot that withdrew or died: their votes can win nothing."""
    rivals: list[Annotated[list[Text], Field(min_length=2)]] = []
    """Spellings of one rival whom sources name differently: [["Bob Lee", "Robert Lee"]]."""
    uncontested: bool = False
    """Nobody filed against ours and the ballot shows no contest; the race then has no sources."""
    unexpired: bool = False
    """The rest of a term is filled."""
    follows: Id | None = None
    """The id of the race whose runoff or November election this is."""
    group: Id | None = None
    """A word of yours by which channels can choose races."""
    followers: list[Mention] = []
    """Slack members (U…) or user groups (S…) mentioned in the root of the race's thread."""
    endorsements: Annotated[list[EndorsementTable], Field(min_length=1)]
    """Whom we speak for."""
    sources: list[SourceUseTable] = []
    """Where its votes are read, in order of trust."""


class FetchTable(Table):
    """How we call on results sites."""

    contact: Annotated[str, Field(pattern=CONTACT)] | None = None
    """Who we are: an e-mail address or a link, sent in the User-Agent."""
    total_seconds: Annotated[float, Field(gt=0, le=300, allow_inf_nan=False)] = 20.0
    """The longest one exchange may take."""
    max_bytes: Annotated[int, Field(ge=1_000, le=1_000_000_000)] = 32_000_000
    """The largest answer taken, before and after inflating."""
    unconditional_every: Annotated[int, Field(ge=1, le=1_000)] = 10
    """Every how many polls the page is asked for afresh, because "not modified" can lie."""


class Document(Table):
    """The whole of config.toml."""

    elections: Annotated[dict[Id, ElectionTable], Field(min_length=1)]
    """The elections, each under an id of yours."""
    sources: Annotated[dict[Id, SourceTable], Field(min_length=1)]
    """The results sites, each under an id of yours, by default the scraper's name."""
    # An empty file is what half a save looks like; it must never end every race.
    races: Annotated[list[RaceTable], Field(min_length=1)]
    """The races we watch."""
    slack: SlackTable = SlackTable()
    """Where messages go."""
    fetch: FetchTable = FetchTable()
    """How we call on sites."""


class _Plain(GenerateJsonSchema):
    """Without pydantic's made-up titles and nulls: TOML has no null."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False

    def nullable_schema(self, schema: core_schema.NullableSchema) -> dict[str, Any]:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> dict[str, Any]:
        made = super().default_schema(schema)
        return {key: value for key, value in made.items() if (key, value) != ("default", None)}


def schema() -> dict[str, Any]:
    """Return the JSON schema of config.toml, with a description for every key."""
    made = Document.model_json_schema(schema_generator=_Plain)
    head = {"$schema": _Plain.schema_dialect, "$comment": GENERATED_BY}
    return cast("dict[str, Any]", _one_line({**head, **made}))


def _one_line(value: Any) -> Any:
    """Fold the descriptions, which the source wraps, into one line each."""
    if isinstance(value, dict):
        return {
            key: " ".join(inner.split())
            if key == "description" and isinstance(inner, str)
            else _one_line(inner)
            for key, inner in value.items()
        }
    return [_one_line(inner) for inner in value] if isinstance(value, list) else value
