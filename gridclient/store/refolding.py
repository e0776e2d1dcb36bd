"""Folds cases again when events come in from elsewhere or change their position, and updates the tables.

The caller reports new and moved events; :meth:`Refolding.carry_out` writes them into the log and folds each case once.
A case whose own events only got positions, in the order they already had, is not folded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any, Final, NamedTuple

from gridclient.domain.case import Case
from gridclient.domain.events import Event, EventKind, Record
from gridclient.domain.fold import fold_all
from gridclient.services.rows import Changes
from gridclient.services.sync_port import PlacedRun
from gridclient.store.driver import Connection
from gridclient.store.log import INSERT, ORDER, NewSubjects, Origins, subject_no, subject_text
from gridclient.store.places import LOGGED, place, place_new, place_runs
from gridclient.store.projection import Projection, TouchedCase
from gridclient.store.tables import AMONG, listed

_UNREADABLE: Final = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
_TELLING: Final = frozenset(
    {
        EventKind.REGISTERED,
        EventKind.IMPORTED,
        EventKind.AMENDED,
        EventKind.FILED,
        EventKind.REOPENED,
        EventKind.UNDONE,
        EventKind.RESOLVED,
    }
)
"""Kinds that may change the texts by which a case is found."""
_READ: Final = (
    f"SELECT subject, e.pos, origin, seq, hlc, kind, version, base, actor, payload, acked, hash FROM {LOGGED} "
    f"WHERE subject IN {AMONG}"
)
_READ_ORDER: Final = (
    f"SELECT subject, e.pos, origin, hlc, acked, hash FROM {LOGGED} WHERE subject IN {AMONG} ORDER BY subject, {ORDER}"
)
_IDS: Final = f"SELECT no, id FROM subjects WHERE no IN {AMONG}"


class Refolded(NamedTuple):
    """The result: all cases that changed in any way, and how many have a new conflict."""

    changes: Changes
    conflicts: int


@dataclass(slots=True)
class _Line:
    """One event of a case in memory; ``acked`` is its position (``None``: it waits), ``pos`` its row in the log."""

    pos: int
    origin: int
    hlc: int
    acked: int | None
    link: bytes
    own: bool
    event: Event

    @property
    def order(self) -> tuple[bool, int, int, bytes]:
        return _order(self.acked, self.hlc, self.link)


@dataclass(slots=True)
class _Subject:
    no: int
    id: str
    known: bool
    fresh: list[_Line] = field(default_factory=list)
    renewed: dict[int, Event] = field(default_factory=dict)
    places: dict[int, int | None] = field(default_factory=dict)


class Refolding:
    """The subjects that one transaction touches, and their new and moved events."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._origins = Origins()
        self._subjects: dict[int, _Subject] = {}
        self._numbers: dict[str, int] = {}
        self._new_subjects = NewSubjects(connection)
        self._rows: list[tuple[Any, ...]] = []
        self._placed: list[tuple[int, int]] = []
        self._runs: list[tuple[int, int, int, int]] = []
        self._texts: list[tuple[str, int]] = []
        self._settled = Counter[int]()
        self._pos: int = connection.execute("SELECT max(pos) FROM events").fetchone()[0] or 0

    def add(self, origin: int, record: Record, event: Event, link: bytes, *, own: bool, acked: int | None) -> None:
        """Adds an event that is new to the log; ``acked`` is its position, ``None`` if it has none."""
        subject = self._subject_of(record.subject)
        self._pos += 1
        _, hlc, kind, version, _, base, actor, text = record
        self._rows.append((self._pos, origin, record.key.seq, hlc, kind, version, subject.no, base, actor, text, link))
        if acked is not None:
            self._placed.append((acked, self._pos))
        subject.fresh.append(_Line(self._pos, origin, hlc, acked, link, own, event))

    def renew(self, subject: int, pos: int, event: Event, text: str) -> None:
        """Replaces the payload of an event of the log by one from which less is withheld."""
        self._by_number(subject).renewed[pos] = event
        self._texts.append((text, pos))

    def place(self, subject: int, pos: int, acked: int | None) -> None:
        """Gives an event of the log (by ``pos``) the position ``acked``, or takes its position away (``None``)."""
        self._by_number(subject).places[pos] = acked

    def place_next(self, origin: int, runs: Iterable[PlacedRun], subjects: Mapping[int, int]) -> None:
        """Gives own events their first positions, in the order they have; ``subjects``: how many of each subject."""
        self._runs += [(run.position - run.seq, origin, run.seq, run.seq + run.length - 1) for run in runs]
        self._settled.update(subjects)

    def expect(self, subjects: Iterable[int]) -> None:
        """Reads many subjects at once that will be named next."""
        rows = self._connection.execute(_IDS, (listed(list(subjects)),))
        for no, key in rows:
            if no not in self._subjects:
                self._keep(_Subject(no, subject_text(key), known=True))

    def touch(self, subject: int) -> None:
        """Marks a subject to be folded again."""
        self._by_number(subject)

    def carry_out(self) -> Refolded:
        """Writes the events and positions, folds the touched cases and updates their tables."""
        pending = self._only_placed()
        refolded = [subject for subject in self._subjects.values() if subject.no not in pending]
        stood = self._read([subject.no for subject in refolded if subject.known])
        self._write()
        touched = []
        for subject in refolded:
            old = sorted(stood.get(subject.no, ()), key=lambda line: line.order)
            new = self._after(subject, old)
            waiting = sum(line.own and line.acked is None for line in new)
            case = folded(line.event for line in new)
            if case is not None:
                same_facts = bool(old) and not subject.renewed and _facts_stay(old, new)
                before = case if same_facts else folded(line.event for line in old)
                touched.append(TouchedCase(subject.no, case, before, 0, waiting))
        projection = Projection(self._connection)
        conflicts = projection.write(touched)
        projection.write_pending(pending)
        projection.write_placed(self._settled)
        changed = (*(t.case.id for t in touched), *(self._subjects[no].id for no in pending), *self._settled_ids())
        return Refolded(Changes(frozenset(changed)), conflicts)

    def _only_placed(self) -> dict[int, int]:
        """The cases whose events only got positions and kept their order, with how many own events still wait."""
        placed = [s.no for s in self._subjects.values() if s.places and not (s.fresh or s.renewed)]
        waiting = dict.fromkeys(placed, 0)
        after = []
        for no, pos, origin, hlc, acked, link in self._connection.execute(_READ_ORDER, (listed(placed),)):
            place = self._subjects[no].places.get(pos, acked)
            after.append((no, *_order(place, hlc, link)))
            waiting[no] += place is None and self._origins.is_own(self._connection, origin)
        for one, other in pairwise(after):
            if one > other:
                waiting.pop(one[0], None)
        return waiting

    def _after(self, subject: _Subject, old: Sequence[_Line]) -> list[_Line]:
        if subject.renewed:
            old = [replace(line, event=subject.renewed.get(line.pos, line.event)) for line in old]
        moved = [_placed(line, subject.places[line.pos]) if line.pos in subject.places else line for line in old]
        return sorted((*moved, *subject.fresh), key=lambda line: line.order)

    def _write(self) -> None:
        connection = self._connection
        self._new_subjects.write()
        if self._rows:
            connection.executemany(INSERT, self._rows)
            place_new(connection, self._rows[0][0] - 1, self._placed)
        place(
            connection, [(acked, pos) for subject in self._subjects.values() for pos, acked in subject.places.items()]
        )
        place_runs(connection, self._runs)
        connection.executemany("UPDATE events SET payload = ? WHERE pos = ?", self._texts)

    def _settled_ids(self) -> list[str]:
        rows = self._connection.execute(_IDS, (listed(list(self._settled)),))
        return [subject_text(key) for _, key in rows]

    def _read(self, numbers: Sequence[int]) -> dict[int, list[_Line]]:
        """All events of these subjects."""
        lines: dict[int, list[_Line]] = {no: [] for no in numbers}
        for no, pos, origin, seq, hlc, kind, version, base, actor, text, acked, link in self._connection.execute(
            _READ, (listed(numbers),)
        ):
            key = self._origins.key(self._connection, origin, seq)
            record = Record(key, hlc, kind, version, self._subjects[no].id, base, actor, text)
            own = self._origins.is_own(self._connection, origin)
            lines[no].append(_Line(pos, origin, hlc, acked, link, own, record.event()))
        return lines

    def _subject_of(self, text: str) -> _Subject:
        no = self._numbers.get(text)
        if no is not None:
            return self._subjects[no]
        no = subject_no(self._connection, text)
        if no is not None:
            return self._by_number(no)
        return self._keep(_Subject(self._new_subjects.add(text), text, known=False))

    def _by_number(self, no: int) -> _Subject:
        subject = self._subjects.get(no)
        if subject is None:
            (key,) = self._connection.execute("SELECT id FROM subjects WHERE no = ?", (no,)).fetchone()
            subject = self._keep(_Subject(no, subject_text(key), known=True))
        return subject

    def _keep(self, subject: _Subject) -> _Subject:
        self._subjects[subject.no] = subject
        self._numbers[subject.id] = subject.no
        return subject


def _order(acked: int | None, hlc: int, link: bytes) -> tuple[bool, int, int, bytes]:
    """The same order as ``log.ORDER``."""
    return (acked is None, acked or 0, hlc, link)


def _placed(line: _Line, acked: int | None) -> _Line:
    return _Line(line.pos, line.origin, line.hlc, acked, line.link, line.own, line.event)


def _facts_stay(old: Sequence[_Line], new: Sequence[_Line]) -> bool:
    """Whether the facts of the case are surely the same in both orders: no event from where they first differ may
    change facts, and no event before waits for a later one."""
    same = next((place for place, (x, y) in enumerate(zip(old, new, strict=False)) if x.pos != y.pos), len(old))
    waits = any(line.event.base > place for place, line in enumerate(new[:same]))
    return same > 0 and not waits and not any(line.event.kind in _TELLING for line in new[same:])


def folded(events: Iterable[Event]) -> Case | None:
    """The case after its events, or ``None``. Events whose payload lacks what their kind needs are left out: what one
    desk wrote must not stop the others."""
    given = tuple(events)
    try:
        return fold_all(given)
    except _UNREADABLE:
        return fold_all(_readable(given))


def _readable(events: Sequence[Event]) -> list[Event]:
    kept: list[Event] = []
    for event in events:
        try:
            fold_all((*kept, event))
        except _UNREADABLE:
            continue
        kept.append(event)
    return kept
