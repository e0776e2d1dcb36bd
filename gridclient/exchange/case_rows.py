"""Makes the rows of a table of cases ready for the store, in portions, some of them in a second process.

A portion needs no other rows, so it can be read anywhere. What depends on earlier rows (is this number there already?)
is decided here, in the order of the file.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias

from gridclient.domain.coordinates import Crs
from gridclient.domain.frozen import frozen
from gridclient.exchange.cases import CONTENT_MARK, CaseReader
from gridclient.exchange.cells import Cell, Row, Table
from gridclient.exchange.fields import Fields, read_row
from gridclient.exchange.points import PointReader
from gridclient.services.aside import Aside, Claim, WhenAsked
from gridclient.services.import_findings import RefusedRow
from gridclient.services.import_records import ImportedCase
from gridclient.services.imported_case import case_of_values

_PORTION: Final = 250
_MOST_WAITING: Final = 12
Ready: TypeAlias = tuple[Any, ...] | RefusedRow
"""The fields of an ``ImportedCase`` without their names, because with names they cost twice as much to send."""


@frozen
class Portion:
    """Some rows with everything that is needed to read them. ``typed``: see
    :class:`gridclient.exchange.cells.Table`."""

    sheet: str
    titles: Sequence[str]
    typed: bool
    columns: Mapping[str, str]
    crs: Crs | None
    rows: Sequence[Row]


def ready_cases(portion: Portion) -> list[Ready]:
    """Reads a portion: one entry for each row. Two rows without a number that are equal in every cell get the same
    identity."""
    fields = Fields(portion.titles, portion.columns)
    reader = CaseReader(portion.sheet, fields, PointReader(fields, portion.crs))

    def ready(number: int, cells: Sequence[Cell]) -> tuple[Any, ...]:
        return tuple(case_of_values(reader.values(number, cells)))

    return [read_row(portion.sheet, portion.titles, row, ready, typed=portion.typed) for row in portion.rows]


class SeenCases:
    """Remembers the cases of one file and compares each new one with them."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[int, int]] = {}
        self._times: Counter[str] = Counter()

    def judged(self, case: ImportedCase, cells: Sequence[Cell]) -> ImportedCase | RefusedRow:
        """The case with its final identity, or why it is refused.

        Rows without a number that are equal in every cell are numbered, so that each of them stays a case. The same
        number with other contents is refused (``case.number_twice``), because one of the two would be lost; the same
        row twice is harmless.
        """
        identity = case.identity
        if identity.startswith(CONTENT_MARK):
            self._times[identity] += 1
            if (times := self._times[identity]) > 1:
                return case._replace(identity=f"{identity}:{times}")
            return case
        content = hash(tuple(cells))
        row, before = self._first.setdefault(identity, (case.row, content))
        if before == content:
            return case
        params = {"number": case.external_number, "first": row}
        return RefusedRow(case.sheet, case.row, "", "case.number_twice", params)


def cases_aside(
    table: Table, columns: Mapping[str, str], crs: Crs | None, aside: Aside
) -> Iterator[ImportedCase | RefusedRow]:
    """All rows of the table in order.

    Portions go to ``aside`` while it has room and are read here otherwise; at most a few of them wait at a time.
    """
    seen = SeenCases()
    waiting: deque[tuple[list[Row], Claim[list[Ready]]]] = deque()
    rows = table.rows()
    while taken := list(islice(rows, _PORTION)):
        portion = Portion(table.sheet, table.titles, table.typed, columns, crs, taken)
        if aside.is_free():
            waiting.append((taken, aside.hand_over(ready_cases, portion)))
        else:
            waiting.append((taken, WhenAsked(lambda made: made, ready_cases(portion))))
        while waiting and (len(waiting) > _MOST_WAITING or waiting[0][1].is_there()):
            yield from _judged(seen, *waiting.popleft())
    while waiting:
        yield from _judged(seen, *waiting.popleft())


def _judged(seen: SeenCases, rows: Sequence[Row], claim: Claim[list[Ready]]) -> Iterator[ImportedCase | RefusedRow]:
    for (_, cells), made in zip(rows, claim.result(), strict=True):
        yield made if isinstance(made, RefusedRow) else seen.judged(ImportedCase._make(made), cells)
