"""How figures, names, times and reasons are written for staff. Pure, US copy.

Every name that comes from outside passes through `safe`: it can neither mention,
link, format nor break a message.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from monitor.decision import Block
from monitor.model import UnitKind, Units, VoteType
from monitor.sentences import BLOCK_SENTENCES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import timedelta

    from monitor.decision import Decision
    from monitor.tally import Tally

NAME_LIMIT = 80
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "v"})

_MEMBER = re.compile(r"[UW][A-Z0-9]{8,20}")
_TYPE_WORDS = {
    VoteType.EARLY: "early",
    VoteType.ABSENTEE_MAIL: "mail",
    VoteType.ELECTION_DAY: "election day",
    VoteType.PROVISIONAL: "provisional",
}


def safe(text: str) -> str:
    """Write a name from outside so that Slack shows it as it is and does nothing else."""
    kept = "".join(c for c in text if c.isprintable() or c.isspace())
    plain = re.sub(r"[*~`]|(?<!\w)_+|_+(?!\w)", " ", kept)
    plain = " ".join(plain.split())[:NAME_LIMIT]
    plain = re.sub(r":(?=[A-Za-z+][\w+'-]*:)", " ", plain.replace("://", ": //"))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def safe_text(text: str, limit: int = 400) -> str:
    """Write a longer text from outside, a note or a reason, each word made safe."""
    kept = text if len(text) <= limit else text[: limit - 1] + "…"
    return " ".join(" ".join(safe(word) for word in kept.split()).split())


def link(url: str, label: str) -> str:
    """Write a link; a URL that is not http(s), such as a local sheet's, is left out."""
    if not url.startswith(("http://", "https://")):
        return safe(label)
    shown = "".join(c for c in url if c.isprintable()).replace("`", "%60")
    plain = re.sub(r"[<>|\s]", "", shown).replace("&", "&amp;")
    return f"<{plain}|{safe(label)}>"


def surname(name: str) -> str:
    """Return the last name: the last word that is no suffix, or what stands before a comma."""
    bare = re.sub(r"\([^()]*\)", " ", name)
    words = [word for word in bare.split() if word.strip(".,").lower() not in _SUFFIXES]
    last = " ".join(words).rstrip(",").partition(",")[0].split()
    return last[-1] if last else name


def short_name(name: str, width: int) -> str:
    """Fit a name into a column: in full, without middle names, with an initial, or cut."""
    words = name.split()
    tries = [name]
    if len(words) > 2:  # noqa: PLR2004 - a first, a last and something between
        tries.append(f"{words[0]} {surname(name)}")
    if len(words) > 1:
        tries.append(f"{words[0][0]}. {surname(name)}")
    return next((text for text in tries if len(text) <= width), tries[-1][:width])


def percent(votes: int, total: int) -> str:
    """Write a share with one decimal; it never rounds up to a threshold or to 100."""
    if total <= 0:
        return "0.0%"
    tenths = (2000 * votes + total) // (2 * total)
    if tenths % 50 == 0 and tenths * total > 1000 * votes:
        tenths -= 1
    return f"{tenths // 10}.{tenths % 10}%"


def share(votes: int, total: int, line: tuple[int, int] | None) -> str:
    """Write a share beside a line it is above or below: never the line's own figure.

    `line` is (numerator, denominator) of the rule's share, None where it asks for none.
    50.04% stays 50.04%; what three decimals cannot tell apart is given in votes.
    """
    plain = percent(votes, total)
    if line is None or total <= 0 or votes * line[1] == total * line[0]:
        return plain
    if plain != percent(*line):
        return plain
    for places in (2, 3):
        scale = 100 * 10**places
        shown = (2 * scale * votes + total) // (2 * total)
        if shown * line[1] != scale * line[0]:
            return f"{shown // 10**places}.{shown % 10**places:0{places}}%"
    return f"{votes:,} of {total:,} votes"


def votes(number: int) -> str:
    """Write a number of votes, without its sign: "1 vote", "2,559 votes"."""
    return f"{abs(number):,} {'vote' if abs(number) == 1 else 'votes'}"


def signed(number: int) -> str:
    """Write a margin: +2,559 or -589 or 0."""
    return f"{number:+,}" if number else "0"


def units_short(units: Units | None) -> str:
    """Write reporting units for a headline: "57/57 precincts"."""
    if units is None:
        return "No units published"
    return f"{units.reported:,}/{units.total:,} {units.kind.value}"


def units_long(units: Units | None) -> str:
    """Write reporting units in a sentence: "12 of 57 precincts"."""
    if units is None:
        return "no reporting units are published"
    return f"{units.reported:,} of {units.total:,} {units.kind.value} reporting"


def all_units(units: Units | None) -> str:
    """Begin a SAY sentence: "With all 57 precincts reporting"."""
    if units is None or units.reported < units.total:
        return "With the count reported complete"
    kind = units.kind.value if units.kind is not UnitKind.UNITS else "reporting units"
    return f"With all {units.total:,} {kind} reporting"


def types_line(tally: Tally) -> str:
    """Write the votes by type, largest first, or nothing where the source tells none."""
    sums = _by_type(tally)
    parts = [
        f"{_TYPE_WORDS[kind]} {votes:,}"
        for kind, votes in sorted(sums.items(), key=lambda item: -item[1])
        if votes
    ]
    return ", ".join(parts)


def batch_words(before: Tally | None, after: Tally) -> str:
    """Name the kinds of votes that came between two counts, or nothing where none is told."""
    was, now = _by_type(before), _by_type(after)
    if before is not None and before.total and not was:
        return ""
    grown = {kind: count - was.get(kind, 0) for kind, count in now.items()}
    new = after.total - (before.total if before is not None else 0)
    came = [kind for kind, count in grown.items() if count > 0]
    if sum(grown.values()) != new or not came or min(grown.values()) < 0:
        return ""  # not every vote has its kind, or some changed theirs
    words = listing(_TYPE_WORDS[kind] for kind in _TYPE_WORDS if kind in came)
    return f"{words} only" if len(came) == 1 and VoteType.ELECTION_DAY not in came else words


def _by_type(tally: Tally | None) -> dict[VoteType, int]:
    sums: dict[VoteType, int] = {}
    for line in tally.lines if tally is not None else ():
        for count in line.by_type:
            sums[count.type] = sums.get(count.type, 0) + count.votes
    return {kind: votes for kind, votes in sums.items() if kind in _TYPE_WORDS}


def county_words(name: str, state: str) -> str:
    """Write a county as its state calls it: "Dallas County", "Orleans Parish"."""
    kind = "Parish" if state == "LA" else "County"
    named = name.rpartition(" ")[2].casefold() in ("county", "parish", "city", "borough")
    return name if named else f"{name} {kind}"


def counted(tally: Tally) -> str:
    """Begin a SAY sentence: how much is counted, and nothing more than that."""
    if tally.is_complete:
        return all_units(tally.units)
    if tally.units is None or tally.missing:
        return f"With {tally.total:,} votes counted so far"
    kind = tally.units.kind.value if tally.units.kind is not UnitKind.UNITS else "reporting units"
    return f"With {tally.units.reported:,} of {tally.units.total:,} {kind} reporting"


def reasons(decision: Decision, tally: Tally) -> str:
    """Write every reason why there is no outcome yet, in one sentence."""
    # A second look is news only when nothing else is waited for.
    open_ones = tuple(block for block in decision.blocks if block is not Block.ONE_LOOK)
    if Block.WRITE_IN_AHEAD in open_ones:  # then somebody does run against ours
        open_ones = tuple(block for block in open_ones if block is not Block.UNCONTESTED)
    return block_words(open_ones or decision.blocks, tally)


def block_words(blocks: Iterable[Block], tally: Tally) -> str:
    """Write reasons for no outcome, with the units where the count is not complete."""
    return "; ".join(
        units_long(tally.units)
        if block is Block.NOT_COMPLETE and _units_out(tally.units)
        else BLOCK_SENTENCES[block]
        for block in blocks
    )


def _units_out(units: Units | None) -> int:
    return max(units.total - units.reported, 0) if units is not None else 0


def missing_words(blocks: Iterable[Block], tally: Tally) -> str:
    """Write what an outcome lacks, the units by how many are still out."""
    out = _units_out(tally.units)
    return "; ".join(
        f"{out:,} of {tally.units.total:,} {tally.units.kind.value}"
        if block is Block.NOT_COMPLETE and out and tally.units
        else BLOCK_SENTENCES[block]
        for block in blocks
    )


def sentence(text: str) -> str:
    """Write words as a sentence of their own: "Nothing else is open."; none as none."""
    if not text:
        return ""
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "!", "?")) else ".")


def clock(moment: datetime, zone: str, now: datetime) -> str:
    """Write a time with its zone, and the date if it is not today's: "9:12 PM ET"."""
    local = moment.astimezone(ZoneInfo(zone))
    time = f"{local.hour % 12 or 12}:{local:%M} {local:%p} {zone_letters(local)}"
    if local.date() == now.astimezone(ZoneInfo(zone)).date():
        return time
    return f"{local:%b} {local.day}, {time}"


def clocks(moment: datetime, zone: str, desk: str, now: datetime) -> str:
    """Write a time in the county's zone, and in the desk's where that differs."""
    there = clock(moment, zone, now)
    at_desk = clock(moment, desk, now)
    return there if there == at_desk else f"{there} ({at_desk})"


def day_of(moment: datetime, zone: str) -> str:
    """Write the day of a moment in a zone: "Jun 25"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%b} {local.day}"


def dated(moment: datetime, zone: str) -> str:
    """Write a moment with its weekday, date and zone: "Fri, May 18, 11:00 AM ET"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a}, {local:%b} {local.day}, {clock(moment, zone, moment)}"


def full_day(moment: datetime, zone: str) -> str:
    """Write the day of a moment in a zone, its month in full: "June 6"."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%B} {local.day}"


def zone_letters(local: datetime) -> str:
    """Write a US zone as people say it: ET, CT, MT, PT; others as they are."""
    name = local.strftime("%Z")
    return re.sub(r"^([ECMP])[SD]T$", r"\1T", name) if local.tzinfo is not UTC else "UTC"


def mention(member: str) -> str:
    """Mention a Slack member (U…, W…) or a user group (S…) by its id."""
    return f"<!subteam^{member}>" if member.startswith("S") else f"<@{member}>"


def mentions(people: Iterable[str]) -> str:
    """Mention callers: a Slack member id notifies, a name stands as it is."""
    return listing(f"<@{one}>" if _MEMBER.fullmatch(one) else safe(one) for one in people)


def lasted(time: timedelta) -> str:
    """Write how long something lasted: "23 minutes", "1 hour 5 minutes"."""
    hours, minutes = divmod(max(int(time.total_seconds()) // 60, 1), 60)
    parts = [(hours, "hour"), (minutes, "minute")]
    return " ".join(f"{n} {unit}{'' if n == 1 else 's'}" for n, unit in parts if n)


def listing(names: Iterable[str]) -> str:
    """Join names as a sentence does: "A, B and C"."""
    words = list(names)
    return " and ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)
