"""How far each feed is read: its cursor, and count and sum of what it has there (:func:`domain.events.place_mark`).

A whole stream has every position once and in order, so what lies at or before its cursor is counted. Of a feed that is
a part of a stream each position that belongs to it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gridclient.domain.events import place_mark
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
    "SELECT EXISTS(SELECT 1 FROM origins o CROSS JOIN events e ON e.origin = o.no "
    "WHERE o.stream = ? AND e.acked IS NOT NULL)"
)
Marked = tuple[int, bytes]
"""A position and the link of the event there."""


def is_part(feed: str) -> bool:
    """Whether a feed shows only a part of its stream."""
    return "@" in feed


def streams_in_part(connection: Connection) -> frozenset[str]:
    """Streams that this desk reads, or has read, only in part: of their events something may be withheld. While one is
    read again as a whole, that is still so."""
    known = all_feeds(connection)
    whole = {state.feed for state in known if not is_part(state.feed) and not state.repairing}
    parts = {state.feed for state in known} | set(closed_feeds(connection))
    return frozenset(stream_of(feed) for feed in parts if is_part(feed)) - whole


def granted_feeds(enrolment: Enrolment) -> Sequence[str]:
    """The feeds that a desk may read, in the order of its grants."""
    readable = [grant for grant in enrolment.grants if grant.reads]
    whole = {grant.stream for grant in readable if not grant.unit}
    return tuple(dict.fromkeys(grant.stream if grant.stream in whole else grant.feed for grant in readable))


def read_feed(connection: Connection, feed: str) -> FeedState:
    """How far a feed is; one that was never read is at its start."""
    row = connection.execute(f"{_FEED} WHERE feed = ?", (feed,)).fetchone()
    return FeedState(feed, 0, 0, 0) if row is None else _state(*row)


def all_feeds(connection: Connection) -> Sequence[FeedState]:
    """Every feed that was ever read, or is to be."""
    return [_state(*row) for row in connection.execute(f"{_FEED} ORDER BY feed").fetchall()]


def _state(feed: str, cursor: int, count: int, total: int, repairing: int) -> FeedState:
    return FeedState(feed, cursor, count, total % _WRAP, bool(repairing))


def keep_feed(connection: Connection, state: FeedState) -> None:
    """Keeps how far a feed is; the sum of its marks as the signed number that SQLite holds."""
    total = state.total - _WRAP if state.total >= _HALF else state.total
    connection.execute(_KEEP, (state.feed, state.cursor, state.count, total, int(state.repairing)))


def moved(connection: Connection, state: FeedState, page: FeedPage, marked: Iterable[Marked]) -> FeedState:
    """The feed after a page with these events; positions that were counted before are not counted again."""
    new = list(_new_in_part(connection, state, marked) if is_part(state.feed) else _new_in_stream(state, page, marked))
    total = (state.total + sum(place_mark(position, link) for position, link in new)) % _WRAP
    return FeedState(state.feed, max(state.cursor, page.cursor), state.count + len(new), total, state.repairing)


def agrees(state: FeedState, page: FeedPage) -> bool:
    """Whether the feed, after the page, has what the hub says it has."""
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
    """Reads a feed again from its start."""
    connection.execute("DELETE FROM feed_places WHERE feed = ?", (feed,))
    keep_feed(connection, FeedState(feed, 0, 0, 0, repairing=True))


def restart_unread(connection: Connection, feeds: Sequence[str]) -> None:
    """Feeds that this store never read are read with own events whole: there may be some that it lost."""
    known = {state.feed for state in all_feeds(connection)}
    for feed in feeds:
        if feed not in known:
            restart(connection, feed)


def doubt(connection: Connection) -> None:
    """The store is not the one that read the feeds: goes on from the cursors, but with own events whole."""
    connection.execute("UPDATE feeds SET repairing = 1")


def forget_others(connection: Connection, feeds: Sequence[str]) -> None:
    """Drops how far feeds are that may not be read any more; their events stay, and how fresh they were."""
    gone = [state.feed for state in all_feeds(connection) if state.feed not in feeds]
    close_feeds(connection, gone, feeds)
    for feed in gone:
        connection.execute("DELETE FROM feed_places WHERE feed = ?", (feed,))
        connection.execute("DELETE FROM feeds WHERE feed = ?", (feed,))


def change_hub(connection: Connection, feeds: Sequence[str]) -> None:
    """All places are another hub's, or nobody's: what is here is read again where anything has a place."""
    forget_others(connection, ())
    _restart_placed(connection, feeds)


def restart_grown(connection: Connection, feeds: Sequence[str]) -> None:
    """A stream that was read in part or at another time may have places here that the hub does not know any more."""
    known = {state.feed for state in all_feeds(connection)}
    _restart_placed(connection, [feed for feed in feeds if feed not in known and not is_part(feed)])


def _restart_placed(connection: Connection, feeds: Sequence[str]) -> None:
    for feed in feeds:
        if connection.execute(_HAS_PLACES, (stream_of(feed),)).fetchone()[0]:
            restart(connection, feed)


def unconfirmed(connection: Connection, state: FeedState, limit: int) -> Sequence[tuple[int, int, int]]:
    """Events (subject, place in the log, position) that the hub did not confirm although the feed was read to its end.

    Of a whole stream those are behind its end; other wrong ones gave way to the right ones as they came. Of parts of a
    stream those that no part has, as soon as no part is being read again.
    """
    stream = stream_of(state.feed)
    if not is_part(state.feed):
        rows = connection.execute(
            "SELECT e.subject, e.pos, e.acked FROM events e JOIN origins o ON o.no = e.origin "
            "WHERE o.stream = ? AND e.acked > ? LIMIT ?",
            (stream, state.cursor, limit),
        )
        return rows.fetchall()
    others = [f for f in all_feeds(connection) if stream_of(f.feed) == stream and f.feed != state.feed]
    if any(other.repairing or not is_part(other.feed) for other in others):
        return ()
    rows = connection.execute(  # CROSS: in this order, else all places are gone through for each event
        "SELECT e.subject, e.pos, e.acked FROM events e JOIN origins o ON o.no = e.origin "
        "WHERE o.stream = ?1 AND e.acked IS NOT NULL AND NOT EXISTS (SELECT 1 FROM feeds f CROSS JOIN feed_places p "
        "ON p.feed = f.feed AND p.position = e.acked WHERE f.feed LIKE '%@' || ?1) LIMIT ?2",
        (stream, limit),
    )
    return rows.fetchall()
