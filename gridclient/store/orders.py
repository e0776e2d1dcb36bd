"""From the cases that pass a filter to one page of them in the order asked, by keyset.

Cases without a value (no deadline, no unit, no grid) come last in both directions; ties stand in the order of arrival,
turned round when the order is descending.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Final

import numpy as np

from gridclient.domain.case import Channel
from gridclient.domain.errors import InvalidInput
from gridclient.services.rows import Sort, SortKey
from gridclient.store.areas import Areas
from gridclient.store.columns import Column, Places, Table
from gridclient.store.driver import Connection
from gridclient.store.packs import LabelKind
from gridclient.store.selection import Selection
from gridclient.store.titles import TitleOrder

_MOST_STEPS: Final = 16
_MOST_MISSES: Final = 3
_CHANNELS: Final = {channel.value: place for place, channel in enumerate(Channel)}
_LABELLED: Final = {SortKey.UNIT: LabelKind.UNIT, SortKey.GRID: LabelKind.GRID, SortKey.CHANNEL: LabelKind.CHANNEL}
_FEW_VALUES: Final = (SortKey.LEVEL, SortKey.STATE)


@dataclass(frozen=True, slots=True)
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


@dataclass(frozen=True, slots=True)
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
    order: _Steps | _Ranks
    if sort.key in _LABELLED or sort.key in _FEW_VALUES:
        order = _Steps(table, sort, areas)
    else:
        order = _Ranks(getattr(table, sort.key.value), descending=sort.descending)
    places = order.first(chosen, limit + 1, cursor)
    more = len(places) > limit
    places = places[:limit]
    return Page(places, Cursor(order.value(places[-1]), places[-1] + 1) if more and places else None)


class _Steps:
    """The order of a column with few values: value by value, each in the order of arrival."""

    def __init__(self, table: Table, sort: Sort, areas: Areas) -> None:
        self._table = table
        self._descending = sort.descending
        self._kind = _LABELLED.get(sort.key)
        self._column: Column = getattr(table, sort.key.value)
        if self._kind is None:
            values = list(range(1, _MOST_STEPS))
        else:
            values = [no for no, _ in sorted(table.labels(self._kind), key=lambda label: _rank(label[1], sort, areas))]
        self._values = [*(reversed(values) if sort.descending else values), 0]

    def first(self, chosen: Selection, count: int, cursor: Cursor | None) -> list[int]:
        """The first ``count`` behind the cursor."""
        start = 0 if cursor is None else self._values.index(self._number(cursor))
        present: list[int] | None = None
        misses = 0
        found: list[int] = []
        for place, step in enumerate(self._values[start:]):
            if present is not None and step not in present:
                continue
            of_step = self._of_step(chosen, step, count - len(found), cursor if place == 0 else None)
            found += of_step
            if len(found) == count:
                break
            misses += not of_step
            if misses == _MOST_MISSES and present is None:  # dearer than a few tries, cheaper than many
                present = chosen.values(self._column)
        return found

    def _of_step(self, chosen: Selection, step: int, count: int, edge: Cursor | None) -> list[int]:
        places = chosen.where(lambda at: self._column[at] == step)
        taken: list[int] = _in_arrival(places, edge, descending=self._descending)[:count].tolist()
        return taken

    def _number(self, cursor: Cursor) -> int:
        """The column's value for a cursor's; raises ``InvalidInput("list.cursor")``."""
        number = 0 if cursor.value is None else cursor.value
        if self._kind is not None and isinstance(number, str):
            number = self._table.label(self._kind, number) or -1
        if number not in self._values:
            raise InvalidInput("list.cursor")
        return int(number)

    def value(self, place: int) -> int | str | None:
        """What a cursor says of a place."""
        number = int(self._column[place])
        if not number:
            return None
        return number if self._kind is None else self._table.codes[number]


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


class _Ranks:
    """The order of a column of numbers, 0 where there is none."""

    def __init__(self, column: Column, *, descending: bool) -> None:
        self._column = column
        self._descending = descending

    def first(self, chosen: Selection, count: int, cursor: Cursor | None) -> list[int]:
        """The first ``count`` behind the cursor."""
        found: list[int] = []
        if cursor is None or cursor.value is not None:
            found = self._with_value(chosen, count, cursor)
            cursor = None
        if len(found) < count:
            rest = chosen.where(lambda at: self._column[at] == 0)
            found += _in_arrival(rest, cursor, descending=self._descending)[: count - len(found)].tolist()
        return found

    def value(self, place: int) -> int | str | None:
        """What a cursor says of a place."""
        return int(self._column[place]) or None

    def _with_value(self, chosen: Selection, count: int, cursor: Cursor | None) -> list[int]:
        descending = self._descending
        edge = None if cursor is None else int(cursor.value or 0)
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
