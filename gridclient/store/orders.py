"""From the cases that pass a filter to one page of them in the order asked, by keyset.

Cases without a value (no deadline, no unit, no grid) come last in both directions; ties stand in the order of arrival,
turned round when the order is descending.
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
    """Where the last page ended: the value of its last case (a code for labelled columns, a title) and its number."""

    value: int | str | None
    no: int

    def text(self) -> str:
        """As it travels."""
        return base64.urlsafe_b64encode(json.dumps([self.value, self.no]).encode()).decode()


def read_cursor(text: str, key: SortKey) -> Cursor:
    """The inverse of :meth:`Cursor.text`; raises ``InvalidInput("list.cursor")`` for what is none of this order."""
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
    """The places of one page in their order and, unless it is the last, where it ends."""

    places: list[int]
    next: Cursor | None


def page_of(
    connection: Connection, table: Table, chosen: Selection, sort: Sort, areas: Areas, *, limit: int, after: str | None
) -> Page:
    """The page of the chosen cases that follows ``after``."""
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
    """What labels of one kind are ordered by."""
    if sort.key is SortKey.UNIT:
        return areas.unit_order(code)
    if sort.key is SortKey.CHANNEL:
        return _CHANNELS.get(code, len(_CHANNELS)), code
    return code, ""


def _in_arrival(places: Places, edge: Cursor | None, *, descending: bool) -> Places:
    """Cases of one value in the order of ties, behind the edge if it has that value."""
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
    """The order of a column of numbers, 0 where there is none; labels stand by their rank among ``codes``."""

    def __init__(self, column: Column, codes: list[str] | None, *, descending: bool) -> None:
        self._column = column
        self._codes = codes
        self._descending = descending

    def value(self, place: int) -> int | str | None:
        """What a cursor says of a place."""
        number = int(self._column[place])
        return self._codes[number] if self._codes and number else number or None

    def first_by_steps(self, chosen: Selection, count: int, cursor: Cursor | None) -> list[int]:
        """The first ``count`` behind the cursor, value by value, each in the order of arrival: where values are few."""
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
        """The column's value for a cursor's; raises ``InvalidInput("list.cursor")`` for a label that is gone."""
        if self._codes is None or cursor.value is None:
            return int(cursor.value or 0)
        if cursor.value not in self._codes:
            raise InvalidInput("list.cursor")
        return self._codes.index(str(cursor.value))

    def first_by_size(self, chosen: Selection, count: int, cursor: Cursor | None) -> list[int]:
        """The same where values are many."""
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
    """Indexes of the ``count`` smallest keys in their order; equal keys in the order they stand."""
    indexes = np.arange(len(keys))
    if len(keys) > 4 * count:
        bar = np.partition(keys, count - 1)[count - 1]
        below = np.flatnonzero(keys < bar)
        level = np.flatnonzero(keys == bar)[: count - len(below)]
        indexes = np.concatenate((below, level))
    return indexes[np.argsort(keys[indexes], kind="stable")][:count]
