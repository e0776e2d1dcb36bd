"""One page of the cases that pass a filter, in the order asked, by keyset.

Cases without a value (no deadline, unit or grid) come last in both directions. Equal values are ordered by case number,
descending if the order is.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Final

import numpy as np

from gridclient.domain.case import Channel
from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.services.rows import Sort, SortKey
from gridclient.store.areas import Areas
from gridclient.store.columns import Column, Places, Table
from gridclient.store.driver import Connection
from gridclient.store.packs import LabelKind
from gridclient.store.selection import Selection
from gridclient.store.titles import TitleOrder

_MOST_STEPS: Final = 16
_CHANNELS: Final = {channel.value: place for place, channel in enumerate(Channel)}
_LABELLED: Final = {SortKey.UNIT: LabelKind.UNIT, SortKey.GRID: LabelKind.GRID, SortKey.CHANNEL: LabelKind.CHANNEL}
_FEW_VALUES: Final = (SortKey.LEVEL, SortKey.STATE, SortKey.CHANNEL)


@frozen
class Cursor:
    """The end of a page: number and value of its last case (a code for grid, unit and channel; a title; a number)."""

    value: int | str | None
    no: int

    def text(self) -> str:
        """The cursor as opaque text for the caller."""
        return base64.urlsafe_b64encode(json.dumps([self.value, self.no]).encode()).decode()


def read_cursor(text: str, key: SortKey) -> Cursor:
    """The inverse of :meth:`Cursor.text`; raises ``InvalidInput("list.cursor")`` if it does not fit this order."""
    try:
        value, no = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, TypeError, binascii.Error):
        raise InvalidInput("list.cursor") from None
    wanted = str if key in _LABELLED or key is SortKey.TITLE else int
    if not isinstance(no, int) or not (value is None or isinstance(value, wanted)):
        raise InvalidInput("list.cursor")
    return Cursor(value, no)


@frozen
class Page:
    """The places of one page, in order, and where it ends; ``next`` is ``None`` on the last page."""

    places: list[int]
    next: Cursor | None


def page_of(
    connection: Connection, table: Table, chosen: Selection, sort: Sort, areas: Areas, *, limit: int, after: str | None
) -> Page:
    """At most ``limit`` of the chosen cases, those behind ``after`` (a cursor's text; ``None``: the first page)."""
    cursor = None if after is None else read_cursor(after, sort.key)
    if sort.key is SortKey.TITLE:
        edge = None if cursor is None else (str(cursor.value or ""), cursor.no)
        titles = TitleOrder(connection, table, descending=sort.descending, edge=edge)
        numbers = titles.first(chosen, limit + 1)
        end = Cursor(*titles.titled(numbers[limit - 1])) if len(numbers) > limit else None
        return Page([no - 1 for no in numbers[:limit]], end)
    order = _order(table, sort, areas)
    first = order.first_by_steps if sort.key in _FEW_VALUES else order.first_by_size
    places = first(chosen, limit + 1, cursor)
    more = len(places) > limit
    places = places[:limit]
    return Page(places, Cursor(order.value(places[-1]), places[-1] + 1) if more and places else None)


def _rank(code: str, sort: Sort, areas: Areas) -> tuple[str | int, str]:
    """The sort key of a label: units by initials, channels by their order in :class:`Channel`, grids by code."""
    if sort.key is SortKey.UNIT:
        return areas.unit_order(code)
    if sort.key is SortKey.CHANNEL:
        return _CHANNELS.get(code, len(_CHANNELS)), code
    return code, ""


def _in_arrival(places: Places, edge: Cursor | None, *, descending: bool) -> Places:
    """Places of equal value by case number, without those up to and including ``edge``."""
    if edge is not None:
        places = places[places < edge.no - 1 if descending else places > edge.no - 1]
    return places[::-1] if descending else places


def _order(table: Table, sort: Sort, areas: Areas) -> _Order:
    kind = _LABELLED.get(sort.key)
    column: Column = getattr(table, sort.key.value)
    if kind is None:
        return _Order(column, None, descending=sort.descending)

    def ranked() -> tuple[Column, list[str]]:
        labels = sorted(table.labels(kind), key=lambda label: _rank(label[1], sort, areas))
        ranks = np.zeros(len(table.codes), dtype=column.dtype)
        ranks[[no for no, _ in labels]] = np.arange(1, len(labels) + 1)
        return ranks.take(column, mode="clip"), ["", *(code for _, code in labels)]

    return _Order(*table.once(("ranked", kind, areas), ranked), descending=sort.descending)


class _Order:
    """The order of one column; 0 means no value. With ``codes`` the column holds ranks, indexes of ``codes``."""

    def __init__(self, column: Column, codes: list[str] | None, *, descending: bool) -> None:
        self._column = column
        self._codes = codes
        self._descending = descending

    def value(self, place: int) -> int | str | None:
        """The value that a cursor keeps for the case at a place."""
        number = int(self._column[place])
        return self._codes[number] if self._codes and number else number or None

    def first_by_steps(self, chosen: Selection, count: int, cursor: Cursor | None) -> list[int]:
        """The first ``count`` places behind the cursor, searched value by value; for columns with few values."""
        values = list(range(1, len(self._codes or range(_MOST_STEPS))))
        values = [*(reversed(values) if self._descending else values), 0]
        edge = 0 if cursor is None else self._number(cursor)
        if edge not in values:
            raise InvalidInput("list.cursor")
        found: list[int] = []
        for value in values[0 if cursor is None else values.index(edge) :]:
            found += self._of_value(chosen, value, count - len(found), cursor)
            cursor = None
            if len(found) == count:
                break
        return found

    def _of_value(self, chosen: Selection, value: int, count: int, edge: Cursor | None) -> list[int]:
        places = chosen.where(lambda at: self._column[at] == value)
        taken: list[int] = _in_arrival(places, edge, descending=self._descending)[:count].tolist()
        return taken

    def _number(self, cursor: Cursor) -> int:
        """The number in the column for a cursor's value; raises ``InvalidInput("list.cursor")`` for an unknown code."""
        if self._codes is None or cursor.value is None:
            return int(cursor.value or 0)
        if cursor.value not in self._codes:
            raise InvalidInput("list.cursor")
        return self._codes.index(str(cursor.value))

    def first_by_size(self, chosen: Selection, count: int, cursor: Cursor | None) -> list[int]:
        """The first ``count`` places behind the cursor, for columns with many values."""
        found: list[int] = []
        if cursor is None or cursor.value is not None:
            found = self._with_value(chosen, count, cursor)
            cursor = None
        if len(found) < count:
            found += self._of_value(chosen, 0, count - len(found), cursor)
        return found

    def _with_value(self, chosen: Selection, count: int, cursor: Cursor | None) -> list[int]:
        descending = self._descending
        edge = None if cursor is None else self._number(cursor)
        near = chosen.front(self._column, count, edge=edge, descending=descending)
        if cursor is not None:
            later = near < cursor.no - 1 if descending else near > cursor.no - 1
            near = near[(self._column[near] != edge) | later]
        if descending:
            near = near[::-1]
        keys = self._column[near].astype(np.int64) * (-1 if descending else 1)
        places: list[int] = near[_smallest(keys, count)].tolist()
        return places


def _smallest(keys: Column, count: int) -> Places:
    """Indexes of the ``count`` smallest keys, in order; equal keys keep their order."""
    indexes = np.arange(len(keys))
    if len(keys) > 4 * count:
        bar = np.partition(keys, count - 1)[count - 1]
        below = np.flatnonzero(keys < bar)
        level = np.flatnonzero(keys == bar)[: count - len(below)]
        indexes = np.concatenate((below, level))
    return indexes[np.argsort(keys[indexes], kind="stable")][:count]
