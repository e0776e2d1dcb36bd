"""How far each feed is read: its cursor, and count and sum of its events (:func:`domain.events.place_mark`).

In a whole stream positions are dense, so all up to the cursor are counted. For a feed that is part of a stream every
position that belongs to it is kept (table ``feed_places``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gridclient.domain.events import place_marks
from gridclient.domain.handing import stream_of
from gridclient.services.enrolment import Enrolment
from gridclient.services.sync_port import FeedPage, FeedState
from gridclient.store.driver import Connection
from gridclient.store.sync_rounds import close_feeds, closed_feeds

_WRAP: Final = 1 << 64
_HALF: Final = 1 << 63
_KEEP: Final = (
    "INSERT INTO feeds(feed, cursor, count, total, repairing) VALUES (?1, ?2, ?3, ?4, ?5) "
    "ON CONFLICT(feed) DO UPDATE SET cursor = ?2, count = ?3, total = ?4, repairing = ?5"
)
_FEED: Final = "SELECT feed, cursor, count, total, repairing FROM feeds"
_HAS_PLACES: Final = (
    "SELECT EXISTS(SELECT 1 FROM origins o CROSS JOIN events e ON e.origin = o.no JOIN places p ON p.pos = e.pos "
    "WHERE o.stream = ?)"
)
Marked = tuple[int, bytes]
"""A position and the link of the event there."""


def is_part(feed: str) -> bool:
    """Whether a feed shows only a part of its stream."""
    return "@" in feed


def streams_in_part(connection: Connection) -> frozenset[str]:
    """Streams that this desk reads, or once read, only in part, so that its events may lack withheld data.

    A stream that is now granted whole still counts until it has been read to its end.
    """
    known = all_feeds(connection)
    whole = {state.feed for state in known if not is_part(state.feed) and not state.repairing}
    parts = {state.feed for state in known} | set(closed_feeds(connection))
    return frozenset(stream_of(feed) for feed in parts if is_part(feed)) - whole


def granted_feeds(enrolment: Enrolment) -> Sequence[str]:
    """The feeds that the enrolment lets the desk read, in the order of its grants."""
    readable = [grant for grant in enrolment.grants if grant.reads]
    whole = {grant.stream for grant in readable if not grant.unit}
    return tuple(dict.fromkeys(grant.stream if grant.stream in whole else grant.feed for grant in readable))


def read_feed(connection: Connection, feed: str) -> FeedState:
    """The state of a feed; cursor 0 if it was never read."""
    row = connection.execute(f"{_FEED} WHERE feed = ?", (feed,)).fetchone()
    return FeedState(feed, 0, 0, 0) if row is None else _state(*row)


def all_feeds(connection: Connection) -> Sequence[FeedState]:
    """The state of every feed that was read or is to be read."""
    return [_state(*row) for row in connection.execute(f"{_FEED} ORDER BY feed").fetchall()]


def _state(feed: str, cursor: int, count: int, total: int, repairing: int) -> FeedState:
    return FeedState(feed, cursor, count, total % _WRAP, bool(repairing))


def keep_feed(connection: Connection, state: FeedState) -> None:
    """Stores the state of a feed; its sum becomes a signed number, as SQLite has no unsigned ones."""
    total = state.total - _WRAP if state.total >= _HALF else state.total
    connection.execute(_KEEP, (state.feed, state.cursor, state.count, total, int(state.repairing)))


def moved(connection: Connection, state: FeedState, page: FeedPage, marked: Iterable[Marked]) -> FeedState:
    """The state of the feed after a page with the events ``marked``. Positions counted before are not counted again."""
    new = list(_new_in_part(connection, state, marked) if is_part(state.feed) else _new_in_stream(state, page, marked))
    total = (state.total + sum(place_marks(new))) % _WRAP
    return FeedState(state.feed, max(state.cursor, page.cursor), state.count + len(new), total, state.repairing)


def agrees(state: FeedState, page: FeedPage) -> bool:
    """Whether cursor, count and sum are those that a complete page gives; ``True`` for any other page."""
    return not page.complete or (state.cursor, state.count, state.total) == (page.cursor, page.count, page.total)


def _new_in_stream(state: FeedState, page: FeedPage, marked: Iterable[Marked]) -> Iterator[Marked]:
    return (mark for mark in marked if state.cursor < mark[0] <= page.cursor)


def _new_in_part(connection: Connection, state: FeedState, marked: Iterable[Marked]) -> Iterator[Marked]:
    for position, link in marked:
        kept = connection.execute(
            "INSERT INTO feed_places(feed, position) VALUES (?, ?) ON CONFLICT DO NOTHING", (state.feed, position)
        )
        if kept.rowcount:
            yield position, link


def restart(connection: Connection, feed: str) -> None:
    """Makes the feed be read again from its start (``repairing``)."""
    connection.execute("DELETE FROM feed_places WHERE feed = ?", (feed,))
    keep_feed(connection, FeedState(feed, 0, 0, 0, repairing=True))


def restart_stream(connection: Connection, stream: str) -> None:
    """Restarts the feeds of the stream."""
    for state in all_feeds(connection):
        if stream_of(state.feed) == stream:
            restart(connection, state.feed)


def restart_unread(connection: Connection, feeds: Sequence[str]) -> None:
    """Restarts feeds that this store never read, so that own events that it may have lost come back whole."""
    known = {state.feed for state in all_feeds(connection)}
    for feed in feeds:
        if feed not in known:
            restart(connection, feed)


def doubt(connection: Connection) -> None:
    """Marks all feeds as ``repairing`` after a restore: reading goes on from the cursors, with own events whole."""
    connection.execute("UPDATE feeds SET repairing = 1")


def forget_others(connection: Connection, feeds: Sequence[str]) -> None:
    """Deletes the state of feeds that may not be read any more. Their events stay, and how fresh they were is kept."""
    gone = [state.feed for state in all_feeds(connection) if state.feed not in feeds]
    close_feeds(connection, gone, feeds)
    for feed in gone:
        connection.execute("DELETE FROM feed_places WHERE feed = ?", (feed,))
        connection.execute("DELETE FROM feeds WHERE feed = ?", (feed,))


def change_hub(connection: Connection, feeds: Sequence[str]) -> None:
    """The desk belongs to another hub: forgets all feeds and restarts those whose streams have positions."""
    forget_others(connection, ())
    _restart_placed(connection, feeds)


def restart_grown(connection: Connection, feeds: Sequence[str]) -> None:
    """Restarts streams that were read only in part, or long ago: some of their positions may be outdated."""
    known = {state.feed for state in all_feeds(connection)}
    _restart_placed(connection, [feed for feed in feeds if feed not in known and not is_part(feed)])


def _restart_placed(connection: Connection, feeds: Sequence[str]) -> None:
    for feed in feeds:
        if connection.execute(_HAS_PLACES, (stream_of(feed),)).fetchone()[0]:
            restart(connection, feed)


def unconfirmed(connection: Connection, state: FeedState, limit: int) -> Sequence[tuple[int, int, int]]:
    """Events (subject, pos, position) whose positions the hub did not confirm while the feed was read again.

    In a whole stream these are behind its end; other wrong ones were replaced on the way. In a stream read in parts
    they are in no part's ``feed_places``; nothing is returned while another part is still being read again.
    """
    stream = stream_of(state.feed)
    if not is_part(state.feed):
        rows = connection.execute(
            "SELECT e.subject, e.pos, p.acked FROM places p CROSS JOIN events e ON e.pos = p.pos "
            "JOIN origins o ON o.no = e.origin WHERE o.stream = ? AND p.acked > ? LIMIT ?",
            (stream, state.cursor, limit),
        )
        return rows.fetchall()
    others = [f for f in all_feeds(connection) if stream_of(f.feed) == stream and f.feed != state.feed]
    if any(other.repairing or not is_part(other.feed) for other in others):
        return ()
    rows = connection.execute(  # CROSS JOIN keeps this order; the other scans all places per event
        "SELECT e.subject, e.pos, p.acked FROM places p JOIN events e ON e.pos = p.pos "
        "JOIN origins o ON o.no = e.origin WHERE o.stream = ?1 AND NOT EXISTS (SELECT 1 FROM feeds f "
        "CROSS JOIN feed_places s ON s.feed = f.feed AND s.position = p.acked WHERE f.feed LIKE '%@' || ?1) LIMIT ?2",
        (stream, limit),
    )
    return rows.fetchall()
