"""Pages of feeds: the events of a stream, or of a unit's part of it, that a device has not read yet, in order.

A page covers a stretch of positions. Its size in bytes is estimated from the length of its texts; the desk adapts its
wish.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Final

from gridclient.domain.frozen import frozen
from gridclient.domain.handing import UNIT_KINDS, stream_of
from gridclient.hub.backend import Ledger, OrderLedger
from gridclient.hub.page_parts import Names
from gridclient.hub.rows import EventRow, SeenRow, StreamRow
from gridclient.services.sync_port import FeedPage
from gridclient.services.withholding import for_unit
from gridclient.sync.frame import PROTOCOL
from gridclient.sync.wire import FeedAsk

MOST_ROWS: Final = 10_000
MOST_PUSHES: Final = 10_000
PART: Final = 4096
"""Positions in a sealed part. While much is to come, pages end where a part does."""
_PACKING: Final = 5  # packed, texts take about a fifth
_EVENT_COST: Final = 40
_LEAST_BYTES: Final = 4096
_LARGEST_WINDOW: Final = 1 << 20
_AVERAGE: Final = 200


@frozen
class Reader:
    """The device that asks, whose own events are sent only as runs. ``room``: about how many bytes the page may take;
    ``protocol``: the protocol version of the request."""

    device: str
    room: int
    protocol: int = PROTOCOL

    @property
    def rows(self) -> int:
        """About how many events fit into ``room``."""
        return min(self.room * _PACKING // _AVERAGE, MOST_ROWS)


def read_page(ledger: Ledger, ask: FeedAsk, unit: str, reader: Reader) -> FeedPage | None:
    """The next page of a feed; ``unit`` "" for a whole stream. ``None`` if the desk's cursor is beyond the hub's (the
    hub was restored from a backup)."""
    reader = replace(reader, room=max(reader.room, _LEAST_BYTES))
    if unit:
        return _filtered_page(ledger, ask, unit, reader)
    return _whole_page(ledger, ask, reader)


def unchanged(ask: FeedAsk, row: StreamRow | None) -> FeedPage | None:
    """The empty page for a desk that has all of a whole stream, the most frequent answer; else ``None``."""
    return None if row is None or row.head != ask.cursor else _nothing_new(ask, row.head, row.head, row.total)


def _whole_page(ledger: OrderLedger, ask: FeedAsk, reader: Reader) -> FeedPage | None:
    found = ledger.streams((ask.feed,))
    head, total = (found[0].head, found[0].total) if found else (0, 0)
    if ask.cursor >= head:
        return _nothing_new(ask, head, head, total)
    names = Names(ask.feed, ledger.origins(ask.feed))
    own = frozenset() if ask.whole else names.of_device(reader.device)
    upto = _end(ask.cursor, head)
    pushes = ledger.pushes(ask.feed, ask.cursor, upto, MOST_PUSHES)
    upto = min(upto, pushes[-1].last_position)  # of very many pushes not all were read
    rows = _Fitting((), whole=True)
    if any(push.origin not in own for push in pushes):
        rows = _fitting(ledger.events(ask.feed, ask.cursor, upto, reader.rows, own), reader)
    events, cursor = rows.events, upto if rows.whole else rows.events[-1].position
    complete = cursor == head
    return FeedPage(
        feed=ask.feed,
        cursor=cursor,
        complete=complete,
        count=head if complete else 0,
        total=total if complete else 0,
        foreign=names.records(events, links=ask.whole),
        own=names.runs([push for push in pushes if push.origin in own], ask.cursor, cursor),
        heads=names.heads(events, pushes),
    )


def _end(cursor: int, head: int) -> int:
    """The position up to which a page may go: the end of a part while at least one more part follows."""
    end = (cursor // PART + 1) * PART
    return end if head >= end + PART else head


@frozen
class _Fitting:
    """The events that fit, and whether these are all."""

    events: Sequence[EventRow]
    whole: bool


def _fitting(rows: Sequence[EventRow], reader: Reader) -> _Fitting:
    left = reader.room
    for index, row in enumerate(rows):
        left -= cost(row)
        if left < 0 and index + 1 < len(rows):
            return _Fitting(rows[: index + 1], whole=False)
    return _Fitting(rows, whole=len(rows) < reader.rows)


def cost(row: EventRow) -> int:
    """About how many bytes an event takes when sent."""
    return (len(row.text) + _EVENT_COST) // _PACKING


def _filtered_page(ledger: Ledger, ask: FeedAsk, unit: str, reader: Reader) -> FeedPage | None:
    stream = stream_of(ask.feed)
    row, count, total = ledger.feed_sum(stream, unit)
    head, key = (0, b"") if row is None else (row.head, row.key)
    if ask.cursor >= head:
        return _nothing_new(ask, head, count, total)
    seen, cursor = _seen(ledger, (stream, unit), (ask.cursor, head), reader)
    names = Names(stream, ledger.origins(stream))
    written_there = names.of_device(reader.device)
    own = frozenset() if ask.whole else written_there
    events = sorted(row.event for row in seen)
    part = _Part(ledger, stream, unit, key)
    foreign = [
        event if event.origin in written_there else part.given(event, names.device(event.origin))
        for event in events
        if event.origin not in own
    ]
    near = cursor - ask.cursor <= PART  # reading the signatures of a longer stretch takes long
    complete = cursor == head
    return FeedPage(
        feed=ask.feed,
        cursor=cursor,
        complete=complete,
        count=count if complete else 0,
        total=total if complete else 0,
        foreign=names.records(foreign, links=True),
        own=names.single_runs([event for event in events if event.origin in own]),
        heads=names.heads(foreign, ledger.pushes(stream, ask.cursor, cursor, MOST_PUSHES) if near else ()),
    )


class _Part:
    """What the desks of a unit get of a stream. ``key`` is the stream's."""

    def __init__(self, ledger: Ledger, stream: str, unit: str, key: bytes) -> None:
        self._unit = unit
        self._key = key
        self._texts_of = cache(partial(ledger.texts_of, stream))  # many events are of the same case
        self._device = cache(ledger.device)

    def given(self, event: EventRow, writer: str) -> EventRow:
        """The event without its reporter, unless a desk of the unit wrote it: what is masked in a note with many names
        would tell which of them it was."""
        case = partial(self._texts_of, event.subject)
        text = for_unit(self._unit, event.kind, event.subject, event.text, self._key, case=case)
        if text is event.text or (event.kind in UNIT_KINDS and self._is_ours(writer)):
            return event
        return event._replace(text=text)

    def _is_ours(self, writer: str) -> bool:
        device = self._device(writer)
        return device is not None and any(grant.unit == self._unit for grant in device.grants)


def _nothing_new(ask: FeedAsk, head: int, count: int, total: int) -> FeedPage | None:
    return FeedPage(ask.feed, head, True, count, total, (), (), ()) if ask.cursor == head else None


def _seen(
    ledger: OrderLedger, feed: tuple[str, str], stretch: tuple[int, int], reader: Reader
) -> tuple[Sequence[SeenRow], int]:
    """The next rows of a unit's feed, read in windows that grow until there are any; and up to which position."""
    start, head = stretch
    window = reader.rows
    while True:
        upto = min(start + window, head)
        found = ledger.handed_events(*feed, start, upto)
        if found or upto == head:
            return _whole_steps(found, reader.room, upto)
        start, window = upto, min(window * 2, _LARGEST_WINDOW)


def _whole_steps(found: Sequence[SeenRow], room: int, upto: int) -> tuple[Sequence[SeenRow], int]:
    """As many rows as fit, at least one step. Rows that one position adds to the feed (a step) stay together."""
    left, before = room, -1
    for index, row in enumerate(found):
        if row.seen != before and index and (left < 0 or index >= MOST_ROWS):
            return found[:index], before
        before = row.seen
        left -= cost(row.event)
    return found, upto
