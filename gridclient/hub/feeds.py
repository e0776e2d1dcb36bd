"""Pages of feeds: what a device has not seen of a stream, in the stream's order, or of its part for one unit.

A page is a stretch of positions. Its bytes are guessed from the length of its texts; the desk tunes what it wishes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import Final

from gridclient.domain.frozen import frozen
from gridclient.domain.handing import stream_of
from gridclient.hub.backend import OrderLedger
from gridclient.hub.page_parts import Names
from gridclient.hub.rows import EventRow, SeenRow, StreamRow
from gridclient.services.sync_port import FeedPage
from gridclient.services.withholding import for_unit
from gridclient.sync.frame import PROTOCOL
from gridclient.sync.wire import FeedAsk

MOST_ROWS: Final = 10_000
MOST_PUSHES: Final = 10_000
PART: Final = 4096
"""Positions of a sealed part; pages of a long way end where such a part does."""
_PACKING: Final = 5  # columns and zstd make about a fifth of texts
_EVENT_COST: Final = 40
_LEAST_BYTES: Final = 4096
_LARGEST_WINDOW: Final = 1 << 20
_AVERAGE: Final = 200


@frozen
class Reader:
    """Who asks: own events come as runs only. ``room``: about so many bytes may still go on the line; ``protocol``: in
    which version the conversation is."""

    device: str
    room: int
    protocol: int = PROTOCOL

    @property
    def rows(self) -> int:
        """About how many events that is."""
        return min(max(self.room * _PACKING // _AVERAGE, 1), MOST_ROWS)


def read_page(ledger: OrderLedger, ask: FeedAsk, unit: str, reader: Reader) -> FeedPage | None:
    """The next stretch of a feed; ``None`` when the desk knows more than the hub (it was restored from a backup)."""
    reader = replace(reader, room=max(reader.room, _LEAST_BYTES))
    if unit:
        return _filtered_page(ledger, ask, unit, reader)
    return _whole_page(ledger, ask, reader)


def unchanged(ask: FeedAsk, row: StreamRow | None) -> FeedPage | None:
    """The page of a whole feed of which the desk has everything, which is what most rounds ask for."""
    return None if row is None or row.head != ask.cursor else _nothing_new(ask, row.head, row.head, row.total)


def _whole_page(ledger: OrderLedger, ask: FeedAsk, reader: Reader) -> FeedPage | None:
    found = ledger.streams((ask.feed,))
    head, total = (found[0].head, found[0].total) if found else (0, 0)
    if ask.cursor >= head:
        return _nothing_new(ask, head, head, total)
    names = Names(ask.feed, ledger.origins(ask.feed))
    own = frozenset() if ask.whole else names.of_device(reader.device)
    upto = _end(ask.cursor, head)
    rows = _fitting(ledger.events(ask.feed, ask.cursor, upto, reader.rows, own), reader)
    cursor = upto if rows.whole else rows.events[-1].position
    pushes = ledger.pushes(ask.feed, ask.cursor, cursor, MOST_PUSHES)
    if len(pushes) == MOST_PUSHES:
        cursor = min(cursor, pushes[-1].last_position)
    events = [row for row in rows.events if row.position <= cursor]
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
    """How far a page may go: to the end of a part while there is more than that to come."""
    end = (cursor // PART + 1) * PART
    return end if head >= end + PART else head


@frozen
class _Fitting:
    """As many events as fit, and whether that is all there are."""

    events: Sequence[EventRow]
    whole: bool


def _fitting(rows: Sequence[EventRow], reader: Reader) -> _Fitting:
    left = reader.room
    for place, row in enumerate(rows):
        left -= cost(row)
        if left < 0 and place + 1 < len(rows):
            return _Fitting(rows[: place + 1], whole=False)
    return _Fitting(rows, whole=len(rows) < reader.rows)


def cost(row: EventRow) -> int:
    """About how many bytes an event takes on the line."""
    return (len(row.text) + _EVENT_COST) // _PACKING


def _filtered_page(ledger: OrderLedger, ask: FeedAsk, unit: str, reader: Reader) -> FeedPage | None:
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
    texts_of = cache(partial(ledger.texts_of, stream))  # a case comes with many events
    foreign = [
        event if event.origin in written_there else _for_unit(event, unit, key, texts_of)
        for event in events
        if event.origin not in own
    ]
    near = cursor - ask.cursor <= PART  # signatures are read only where that is not a long way
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


def _for_unit(event: EventRow, unit: str, key: bytes, texts_of: Callable[[str], Sequence[str]]) -> EventRow:
    case = partial(texts_of, event.subject) if event.base else tuple  # what opens it names who reported
    text = for_unit(unit, event.kind, event.subject, event.text, key, case=case)
    return event if text is event.text else event._replace(text=text)


def _nothing_new(ask: FeedAsk, head: int, count: int, total: int) -> FeedPage | None:
    return FeedPage(ask.feed, head, True, count, total, (), (), ()) if ask.cursor == head else None


def _seen(
    ledger: OrderLedger, feed: tuple[str, str], stretch: tuple[int, int], reader: Reader
) -> tuple[Sequence[SeenRow], int]:
    """What comes into the feed after a position, by windows that grow while nothing does; and how far that goes."""
    start, head = stretch
    window = reader.rows
    while True:
        upto = min(start + window, head)
        found = ledger.handed_events(*feed, start, upto)
        if found or upto == head:
            return _whole_steps(found, reader.room, upto)
        start, window = upto, min(window * 2, _LARGEST_WINDOW)


def _whole_steps(found: Sequence[SeenRow], room: int, upto: int) -> tuple[Sequence[SeenRow], int]:
    """As many as fit; those that come into the feed with one position come together, at least one such step."""
    left, before = room, -1
    for place, row in enumerate(found):
        if row.seen != before and place and (left < 0 or place >= MOST_ROWS):
            return found[:place], before
        before = row.seen
        left -= cost(row.event)
    return found, upto
