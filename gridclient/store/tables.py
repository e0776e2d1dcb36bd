"""A case as table rows: one row of ``cases``, and one row of ``parts`` per unit that has the case now.

Both follow only from the folded case and from how many of its own events wait for a position.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from gridclient.domain.case import Assignment, AssignmentState, Case, Role
from gridclient.domain.events import to_seconds
from gridclient.domain.handing import ASIDE
from gridclient.store.driver import Connection
from gridclient.store.log import subject_key

_CONSULTATION: Final = 2  # the second return goes to 会商
_IN_HAND: Final = frozenset({AssignmentState.DISPATCHED, AssignmentState.HANDLING})
_NUMBER: Final = re.compile(r"\d{4}(\d{5})-(\d{4})(\d{2})(\d{2})-([0-9A-Z]{2})(\d{4,6})")
_FIRST_DAY: Final = date(2000, 1, 1).toordinal()
DAY_COUNT: Final = (1 << 20) - 1
"""The bits of :func:`number_key` that are the count of the day."""
TOWNSHIP_BITS: Final = 46
"""The bits of :func:`number_key` below the township."""
NUMBER_DIGITS: Final = 4
"""Digits of the count of the day in a case number, or as many more as it needs."""
_APART: Final = "apart"
_STRETCH, _FIRST_STRETCH, _STRETCHES = 10_000, 10, 89
_NO_DIGIT: Final = re.compile(r"\D+")


class CaseTableRow(NamedTuple):
    """One row of ``cases`` without its ``no``, in the order of the columns."""

    id: bytes
    number: str
    number_key: int
    title: str
    state: str
    is_open: int
    level: int
    urgency: int
    channel: str
    standard: str
    grid: str
    unit: str
    cooperating: int
    due: int | None
    registered_at: int
    dispatched_at: int | None
    closed_at: int | None
    returned: int
    escalated: int
    consultation: int
    conflict: int
    pending: int
    phone: str
    lon: float | None
    lat: float | None


class PartRow(NamedTuple):
    """One row of ``parts`` without its ``case_no``."""

    unit: str
    role: str
    state: str
    in_hand: int


AMONG: Final = "(SELECT value FROM json_each(?))"
"""SQL for a list of numbers, given as the one parameter of :func:`listed`."""
SUBJECTS_ASIDE: Final = (
    f"SELECT DISTINCT e.subject FROM origins o CROSS JOIN events e ON e.origin = o.no WHERE o.stream LIKE '{ASIDE}%'"
)
"""SQL for the numbers of the subjects of which something was set aside."""
_COLUMNS: Final = ", ".join(CaseTableRow._fields)
_INSERT: Final = f"INSERT INTO cases(no, {_COLUMNS}) VALUES (?{', ?' * len(CaseTableRow._fields)})"


def number_key(number: str) -> int:
    """A case number as an integer that sorts like it; 0 for a number of another form.

    Five digits of the township's code, days since 2000, the desk's two characters, the count of the day.
    """
    found = _NUMBER.fullmatch(number)
    if found is None:
        return 0
    township, year, month, day, device, count = found.groups()
    try:
        days = date(int(year), int(month), int(day)).toordinal() - _FIRST_DAY
    except ValueError:
        return 0
    if not 0 <= days < 1 << 15:
        return 0
    return ((int(township) << 15 | days) << 11 | int(device, 36)) << 20 | int(count)


@lru_cache(maxsize=4096)
def number_name(township: str, day: int) -> str:
    """The name that case numbers are counted by, ``<township>-<yyyymmdd>``; ``day`` is an ordinal."""
    return f"{township}-{date.fromordinal(day):%Y%m%d}"


def case_number(name: str, short: str, count: int) -> str:
    """The number of the ``count``-th case of a :func:`number_name`, given by the desk with these two characters."""
    return f"{name}-{short}{count:04d}"


def count_on(connection: Connection, name: str, count: int) -> int:
    """Reserves ``count`` case numbers, counted from 1 per :func:`number_name` unless apart; returns the first."""
    row = connection.execute(
        "INSERT INTO counters(name, value) VALUES (?1, coalesce((SELECT value FROM counters WHERE name = ?3), 0) + ?2) "
        "ON CONFLICT(name) DO UPDATE SET value = value + ?2 RETURNING value",
        (name, count, _APART),
    )
    return int(row.fetchone()[0]) - count + 1


def count_apart(connection: Connection, incarnation: int) -> None:
    """From now on the counts of case numbers have six digits, in a stretch that hangs on the incarnation: another
    machine may count with the same two characters, which only the hub can give."""
    connection.execute("INSERT OR IGNORE INTO counters(name, value) VALUES (?, 0)", (_APART,))
    start = (_FIRST_STRETCH + incarnation % _STRETCHES) * _STRETCH
    connection.execute("UPDATE counters SET value = ?1 + value % ?2", (start, _STRETCH))


def phone_digits(phone: str) -> str:
    """The digits of a telephone number, the form in which numbers are compared."""
    return _NO_DIGIT.sub("", phone) if phone else ""


def table_row(case: Case, pending: int) -> CaseTableRow:
    """The row of ``cases``; ``pending``: how many of the case's own events wait for a position."""
    facts = case.facts
    is_open = case.is_open
    lead = case.lead
    return CaseTableRow(
        id=subject_key(case.id),
        number=case.number,
        number_key=number_key(case.number),
        title=facts.title,
        state=case.state.value,
        is_open=int(is_open),
        level=case.level,
        urgency=facts.urgency,
        channel=facts.channel,
        standard=facts.standard,
        grid=facts.grid,
        unit=lead.unit if lead is not None and _takes_part(lead) else "",
        cooperating=sum(a.role is Role.COOPERATING and _takes_part(a) for a in case.assignments),
        due=_seconds(case.due) if is_open else None,
        registered_at=to_seconds(case.registered_at),
        dispatched_at=_seconds(case.dispatched_at),
        closed_at=_seconds(case.closed_at),
        returned=int(is_open and case.waits_after_return),
        escalated=int(case.escalated),
        consultation=int(case.returns >= _CONSULTATION and is_open),
        conflict=int(bool(case.contentions)),
        pending=pending,
        phone=phone_digits(facts.reporter_phone),
        lon=facts.lon,
        lat=facts.lat,
    )


def part_rows(case: Case) -> tuple[PartRow, ...]:
    """The rows of ``parts``: one per unit that has the case now. A unit that gave it back has none."""
    if not case.assignments:
        return ()
    is_open = case.is_open
    return tuple(
        PartRow(a.unit, a.role.value, a.state.value, int(is_open and a.state in _IN_HAND))
        for a in case.assignments
        if _takes_part(a)
    )


def _takes_part(assignment: Assignment) -> bool:
    return assignment.state is not AssignmentState.RETURNED


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else to_seconds(instant)


def read_rows(connection: Connection, numbers: Sequence[int]) -> dict[int, CaseTableRow]:
    """The stored rows of ``cases``, by case number."""
    rows = connection.execute(f"SELECT no, {_COLUMNS} FROM cases WHERE no IN {AMONG}", (listed(numbers),))
    return {row[0]: CaseTableRow(*row[1:]) for row in rows}


def read_pending(connection: Connection, numbers: Sequence[int]) -> list[tuple[int, str, int]]:
    """Number, grid and count of waiting events of those of the cases that exist."""
    return connection.execute(f"SELECT no, grid, pending FROM cases WHERE no IN {AMONG}", (listed(numbers),)).fetchall()


def read_parts(connection: Connection, numbers: Sequence[int]) -> dict[int, tuple[PartRow, ...]]:
    """The stored rows of ``parts`` by case number, in the order written; cases without parts are left out."""
    rows = connection.execute(
        f"SELECT case_no, unit, role, state, in_hand FROM parts WHERE case_no IN {AMONG} ORDER BY rowid",
        (listed(numbers),),
    )
    found: dict[int, list[PartRow]] = {}
    for no, *part in rows:
        found.setdefault(no, []).append(PartRow(*part))
    return {no: tuple(parts) for no, parts in found.items()}


def listed(numbers: Iterable[int]) -> str:
    """Numbers as the one parameter of :data:`AMONG`."""
    return f"[{','.join(map(str, numbers))}]"


def insert_rows(connection: Connection, rows: Iterable[tuple[int, Sequence[Any]]]) -> None:
    """Inserts new cases, given by number."""
    connection.executemany(_INSERT, [(no, *row) for no, row in rows])


def update_rows(connection: Connection, rows: Iterable[tuple[int, CaseTableRow, CaseTableRow]]) -> None:
    """Updates cases, given as (number, stored row, new row).

    Only columns that differ are named, because SQLite rewrites every index of a named column.
    """
    by_columns: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for no, old, new in rows:
        names = tuple(name for name, was, now in zip(CaseTableRow._fields, old, new, strict=True) if was != now)
        by_columns.setdefault(names, []).append((*(getattr(new, name) for name in names), no))
    by_columns.pop((), None)
    for names, values in by_columns.items():
        connection.executemany(f"UPDATE cases SET {' = ?, '.join(names)} = ? WHERE no = ?", values)


def replace_parts(connection: Connection, old: Sequence[int], new: Iterable[tuple[int, PartRow]]) -> None:
    """Deletes the parts of the ``old`` cases, then inserts the ``new`` ones."""
    if old:
        connection.executemany("DELETE FROM parts WHERE case_no = ?", [(no,) for no in old])
    rows: list[Sequence[Any]] = [(no, *part) for no, part in new]
    connection.executemany("INSERT INTO parts(case_no, unit, role, state, in_hand) VALUES (?, ?, ?, ?, ?)", rows)
