"""The rules by which the hub accepts or refuses a push: pure functions, without database, network or clock.

An origin's events come in order, without gaps and chained, and the device signs the last link. Events known already
must be identical; else the push is a fork.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence, Set
from itertools import repeat
from typing import Any, Final, NamedTuple, TypedDict

import msgspec

from gridclient.domain.events import EventKind, Record, link_after, place_mark, place_marks
from gridclient.domain.frozen import frozen
from gridclient.domain.handing import WITHHELD, unit_may_write, units_handed
from gridclient.hub.rows import EventRow, MarkRow, OriginRow, Placement, StandAsk, Standing
from gridclient.services.enrolment import Grant
from gridclient.sync.wire import MOST_EVENTS, Push, PushStatus

_LONGEST_NAME: Final = 200
_LONGEST_TEXT: Final = 256 * 1024
_LARGEST_SMALL: Final = 2**31 - 1
_LARGEST: Final = 2**62
_MOST_HANDED: Final = 5 * MOST_EVENTS
"""Most units that the events of a push hand their cases to, all together: each takes a row."""
_DEEPEST: Final = 100
"""Deepest nesting of a payload: a desk's stack may be smaller than the hub's, and the JSON reader needs it."""
_MANY_DIGITS: Final = 4000
"""Python reads no number with 4,300 digits, and on some desk Python reads it."""
_BREAKS: Final = re.compile("[\0\n\ud800-\udfff]")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def _no_constant(name: str) -> None:
    raise ValueError(name)


_JSON: Final = json.JSONDecoder(parse_constant=_no_constant)


class _Told(TypedDict, total=False):
    """What the rules look at in a payload; of the rest the reader only sees that it is JSON, which takes little."""

    assignments: Any
    sha256: Any
    size: Any
    unit: Any
    withheld: Any


_READ: Final = msgspec.json.Decoder(_Told).decode
_WRITE: Final = msgspec.json.Encoder().encode
_NOBODY: Final[frozenset[str]] = frozenset()
Payloads = Sequence[Mapping[str, Any]]


class Contents(NamedTuple):
    """The payloads of a push, and the units to which each event hands its case."""

    payloads: Payloads
    handed: Sequence[frozenset[str]]


@frozen
class Verdict:
    """The decision on a push: refused for the reason ``why``, or its records from index ``first_new`` on are new."""

    status: PushStatus
    links: tuple[bytes, ...] = ()
    first_new: int = 0
    why: str = ""


def grant_to_write(grants: Collection[Grant], stream: str) -> Grant | None:
    """The grant to write to the stream, one for all of it before one for a unit; ``None`` if there is none."""
    fitting = [grant for grant in grants if grant.writes and grant.stream == stream]
    return min(fitting, key=lambda grant: grant.unit, default=None)


def read_payloads(push: Push) -> Contents | None:
    """The payloads of a push; ``None`` if one of its events cannot be stored in a log."""
    if not 0 < len(push.records) <= MOST_EVENTS or not 0 <= push.origin.incarnation <= _LARGEST_SMALL:
        return None
    if push.first + len(push.records) > _LARGEST:
        return None
    _, hlcs, kinds, versions, subjects, bases, actors, texts = zip(*push.records, strict=True)
    if any(map(_unfit, {*kinds, *subjects, *actors})) or not (all(kinds) and all(subjects)):
        return None
    if max(*versions, *bases) > _LARGEST_SMALL or max(hlcs) > _LARGEST * 2 - 1:
        return None
    payloads = _objects(texts)
    if payloads is None or any(WITHHELD in payload for payload in payloads):  # only the hub adds this, for departments
        return None
    handed = [units_handed(kind, told) if told else _NOBODY for kind, told in zip(kinds, payloads, strict=True)]
    too_many = sum(map(len, handed)) > _MOST_HANDED
    return None if too_many or any(map(_unfit, frozenset().union(*handed))) else Contents(payloads, handed)


def _objects(texts: Sequence[str]) -> Payloads | None:
    """What the rules look at in these JSON objects; ``None`` if a text is anything else, too long, or nested too
    deeply."""
    if max(map(len, texts)) > _LONGEST_TEXT or any("\n" in text for text in texts):
        return None
    if not all(texts) or {(text[0], text[-1]) for text in texts} != {("{", "}")}:
        return None
    if any(_is_odd(text) for text in texts if len(text) > 2 * _DEEPEST):
        return None
    try:
        return list(map(_READ, texts))
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _is_odd(text: str) -> bool:
    """Whether a desk might be unable to read the text although the hub can."""
    if len(text) <= _MANY_DIGITS and text.count("[") + text.count("{") <= _DEEPEST:
        return False
    try:
        level = [_JSON.decode(text)]
    except (ValueError, RecursionError):
        return True
    for _ in range(_DEEPEST):
        inner = (part.values() if isinstance(part, dict) else part for part in level)
        level = [part for parts in inner for part in parts if isinstance(part, dict | list)]
    return bool(level)


def _unfit(name: str) -> bool:
    """Whether a name is too long, or has a line break or lone surrogate: names are passed as lines of UTF-8 text."""
    return len(name) > _LONGEST_NAME or _BREAKS.search(name) is not None


def canonicals(records: Sequence[Record]) -> list[bytes]:
    """:meth:`Record.canonical` of each, in half of the time."""
    text_of = msgspec.Raw
    return [_WRITE((*record[0], *record[1:7], text_of(record[7]))) for record in records]


def chain(base: bytes, canonicals: Sequence[bytes]) -> tuple[bytes, ...]:
    """The links of consecutive events; ``base`` is the link before the first."""
    links = []
    for canonical in canonicals:
        base = link_after(base, canonical)
        links.append(base)
    return tuple(links)


def known_count(push: Push, head: int) -> int:
    """How many of the push's events have numbers up to ``head``, the newest the hub has."""
    return min(max(head - push.first + 1, 0), len(push.records))


def judge(push: Push, links: tuple[bytes, ...], known: int, known_link: bytes) -> Verdict:
    """Compares the computed ``links`` with what the device signed and with what the hub has.

    ``known_link`` is the hub's link of the last of the ``known`` events.
    """
    if links[-1] != push.link_after:
        return Verdict(PushStatus.REFUSED, why="chain")
    if known and links[known - 1] != known_link:
        return Verdict(PushStatus.FORK)
    return Verdict(PushStatus.KNOWN if known == len(links) else PushStatus.APPLIED, links, known)


def unit_allowed(unit: str, push: Push, payloads: Payloads, first: int, handed: Mapping[str, frozenset[str]]) -> bool:
    """Whether a unit's desk may write all new events: only a unit's own steps, only in cases handed to it."""
    pairs = zip(push.records[first:], payloads[first:], strict=True)
    return all(
        unit in handed.get(record.subject, frozenset()) and unit_may_write(unit, record.kind, payload)
        for record, payload in pairs
    )


def dispatched(push: Push, contents: Contents) -> set[str]:
    """The subjects that the push hands to units. Their earlier events are needed to add them to those units' feeds."""
    return {record.subject for record, units in zip(push.records, contents.handed, strict=True) if units}


def after(standing: Standing, ask: StandAsk, placed: Sequence[Placement]) -> Standing:
    """The state for ``ask`` after further pushes of the same transaction were placed."""
    for placement in placed:
        if placement.stream != ask.stream:
            continue
        origin = placement.origin
        handed = dict(standing.handed)
        for unit, subject, _ in placement.handed:
            handed[subject] = handed.get(subject, frozenset()) | {unit}
        marks = [MarkRow(e.subject, e.position, e.link) for e in placement.events if e.subject in ask.counted]
        standing = Standing(
            head=placement.events[-1].position,
            total=placement.total,
            origins=max(standing.origins, origin.no),
            origin=origin if origin[1:3] == ask[1:3] else standing.origin,
            handed=handed,
            earlier=[*standing.earlier, *marks],
        )
    return standing


def placement(
    push: Push,
    contents: Contents,
    verdict: Verdict,
    standing: Standing,
    *,
    public_key: bytes,
    at: int,
) -> Placement:
    """Everything that an accepted push adds to its stream."""
    first = verdict.first_new
    origin = standing.origin
    number = standing.origins + 1 if origin is None else origin.no
    last_seq = push.first + len(push.records) - 1
    _, *columns = zip(*push.records[first:], strict=True)
    positions = range(standing.head + 1, standing.head + 1 + len(push.records) - first)
    seqs = range(push.first + first, last_seq + 1)
    links = verdict.links[first:]
    make = tuple.__new__  # in half the time that the class takes
    rows = zip(positions, repeat(number), seqs, *columns, links, strict=False)
    events = tuple([make(EventRow, row) for row in rows])
    marks = place_marks(zip(positions, links, strict=True))
    handed = contents.handed[first:]
    feeds = _Feeds(standing, {event.subject for event, units in zip(events, handed, strict=True) if units})
    feeds.count(events, marks, handed)
    files = [
        (str(payload["sha256"]), event.subject, _size(payload.get("size")))
        for event, payload in zip(events, contents.payloads[first:], strict=True)
        if "sha256" in payload and event.kind == EventKind.ATTACHED and _SHA256.fullmatch(str(payload["sha256"]))
    ]
    return Placement(
        stream=push.origin.stream,
        total=standing.total + sum(marks),
        origin=OriginRow(number, push.origin.device, push.origin.incarnation, last_seq, push.link_after, public_key),
        events=events,
        signature=push.signature,
        at=at,
        handed=tuple(feeds.new),
        sums={unit: (count, total) for unit, (count, total) in feeds.sums.items()},
        files=tuple(files),
    )


def _size(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value <= _LARGEST else 0


class _Feeds:
    """Adds new events to the counts and sums of units' feeds.

    A case that is handed to a further unit brings all its earlier events into that unit's feed. Each unit of a case is
    counted once and not with every event: a case of thousands of units must not hold up its stream.
    """

    def __init__(self, standing: Standing, dispatched: Set[str]) -> None:
        self.new: list[tuple[str, str, int]] = []
        self.sums = defaultdict[str, list[int]](lambda: [0, 0])
        self._before = standing.handed
        self._earlier: dict[str, list[int]] = {subject: [0, 0] for subject in dispatched}
        for row in standing.earlier:
            if row.subject in self._earlier:
                _add(self._earlier[row.subject], 1, place_mark(row.position, row.link))

    def count(self, events: Iterable[EventRow], marks: Iterable[int], handed: Iterable[frozenset[str]]) -> None:
        here = {subject: [0, 0] for subject in self._before.keys() | self._earlier.keys()}
        units_of: dict[str, set[str]] = {subject: set(self._before.get(subject, ())) for subject in self._earlier}
        for event, mark, units in zip(events, marks, handed, strict=True):
            subject = event.subject
            if (sums := here.get(subject)) is not None:
                sums[0] += 1
                sums[1] += mark
            if units:
                for unit in sorted(units - units_of[subject]):
                    self.new.append((unit, subject, event.position))
                units_of[subject] |= units
        for subject, (count, total) in here.items():
            for unit in self._before.get(subject, ()) if count else ():
                _add(self.sums[unit], count, total)
        for unit, subject, _ in self.new:
            before, now = self._earlier[subject], here[subject]
            _add(self.sums[unit], before[0] + now[0], before[1] + now[1])


def _add(sums: list[int], count: int, total: int) -> None:
    sums[0] += count
    sums[1] += total
