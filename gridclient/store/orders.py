"""From the cases that pass a filter to one page of them in the order asked, by keyset.

Cases without a value (no deadline, no unit, no grid) come last in both directions; ties stand in the order of arrival,
turned round when the order is descending.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gridclient.domain.case import Channel
from gridclient.domain.errors import InvalidInput
from gridclient.services.rows import Sort, SortKey
from gridclient.store.areas import Areas
from gridclient.store.columns import Places, Table
from gridclient.store.driver import Connection
from gridclient.store.packs import LabelKind
from gridclient.store.titles import TitleOrder

Keys = NDArray[np.int64]

_LAST: Final = np.iinfo(np.int64).max
_CHANNELS: Final = {channel.value: place for place, channel in enumerate(Channel)}
_NUMBERED: Final = {
    SortKey.LEVEL: "level",
    SortKey.STATE: "state",
    SortKey.REGISTERED: "registered",
    SortKey.DUE: "due",
}
_LABELLED: Final = {SortKey.UNIT: LabelKind.UNIT, SortKey.GRID: LabelKind.GRID, SortKey.CHANNEL: LabelKind.CHANNEL}


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


class _Order:
    """How one column orders places: integer keys, smaller first; ``_LAST`` for cases without a value."""

    def __init__(self, table: Table, sort: Sort, areas: Areas) -> None:
        self._table = table
        self._sign = -1 if sort.descending else 1
        self._kind = _LABELLED.get(sort.key)
        self._ranks: Keys = _ranks(table, self._kind, areas) if self._kind else np.empty(0, dtype=np.int64)
        self._column: NDArray[Any] = getattr(table, self._kind or _NUMBERED.get(sort.key) or sort.key.value)

    def keys(self, places: Places | slice) -> Keys:
        """The keys of these places."""
        values = self._column[places]
        keys = values.astype(np.int64) if self._kind is None else self._ranks.take(values)
        if self._sign < 0:
            np.negative(keys, out=keys)
        keys[values == 0] = _LAST
        return keys

    def value(self, place: int) -> int | str | None:
        """What a cursor says of a place."""
        number = int(self._column[place])
        if not number:
            return None
        return self._table.codes[number] if self._kind is not None else number

    def key(self, value: int | str | None) -> int:
        """The key of a cursor's value."""
        if value is None:
            return int(_LAST)
        if self._kind is None:
            return self._sign * int(value)
        return self._sign * int(self._ranks[self._table.label(self._kind, str(value)) or 0])


def _ranks(table: Table, kind: LabelKind, areas: Areas) -> Keys:
    """The place of each label in the order of its kind, by label number."""
    order: Callable[[str], Any] = str
    if kind is LabelKind.UNIT:
        order = areas.unit_order
    elif kind is LabelKind.CHANNEL:
        order = _channel_order
    ranks = np.zeros(len(table.codes), dtype=np.int64)
    for rank, (no, _) in enumerate(sorted(table.labels(kind), key=lambda label: order(label[1])), start=1):
        ranks[no] = rank
    return ranks


def _channel_order(code: str) -> tuple[int, str]:
    return _CHANNELS.get(code, len(_CHANNELS)), code


def page_of(
    connection: Connection, table: Table, places: Places, sort: Sort, areas: Areas, *, limit: int, after: str | None
) -> Page:
    """The page of ``places`` (ascending) that follows ``after``."""
    cursor = None if after is None else read_cursor(after, sort.key)
    if sort.key is SortKey.TITLE:
        edge = None if cursor is None else (str(cursor.value or ""), cursor.no)
        titled = TitleOrder(connection, table, descending=sort.descending, edge=edge).first(places, limit + 1)
        end = Cursor(*titled[limit - 1]) if len(titled) > limit else None
        return Page([no - 1 for _, no in titled[:limit]], end)
    order = _Order(table, sort, areas)
    if sort.descending:
        places = places[::-1]
    keys = order.keys(places)
    if cursor is not None:
        places, keys = _behind(places, keys, order.key(cursor.value), cursor.no - 1, descending=sort.descending)
    chosen = places[_smallest(keys, limit + 1)].tolist()
    more = len(chosen) > limit
    chosen = chosen[:limit]
    return Page(chosen, Cursor(order.value(chosen[-1]), chosen[-1] + 1) if more and chosen else None)


def _behind(places: Places, keys: Keys, key: int, place: int, *, descending: bool) -> tuple[Places, Keys]:
    """What comes after a cursor."""
    later = places < place if descending else places > place
    kept = (keys > key) | ((keys == key) & later)
    return places[kept], keys[kept]


def _smallest(keys: Keys, count: int) -> Places:
    """Indexes of the ``count`` smallest keys in their order; equal keys in the order they stand."""
    if len(keys) > 4 * count:
        bar = np.partition(keys, count - 1)[count - 1]
        below = np.flatnonzero(keys < bar)
        level = np.flatnonzero(keys == bar)[: count - len(below)]
        indexes = np.concatenate((below, level))
    else:
        indexes = np.arange(len(keys))
    return indexes[np.argsort(keys[indexes], kind="stable")][:count]
