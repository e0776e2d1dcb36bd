"""The messages between a desk and the hub, and their bytes: what is damaged, cut off or too large is refused here.

One request and one reply a round-trip. The device is known by its token and therefore never travels, unless it carries
what another one wrote.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from typing import Any, Final, NamedTuple, TypeVar

import msgpack

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import Record
from gridclient.domain.frozen import frozen
from gridclient.services.enrolment import Grant
from gridclient.services.sync_port import FeedPage, OriginKey
from gridclient.sync.columns import pack_rows, unpack_run
from gridclient.sync.frame import PROTOCOL, refused, seal, unseal
from gridclient.sync.numbers import LAST_PLACE, MOST_ROWS, all_words, checked, ranged, sized, unpacked
from gridclient.sync.pages import LINK_BYTES, AnyPage, SealedPage, decode_page, encode_page, read_sealed
from gridclient.sync.payloads import MOST_TEXT
from gridclient.sync.proofs import read_grant
from gridclient.sync.signing import SIGNATURE_BYTES
from gridclient.sync.terms import SPOKEN, Versions, no_common

MOST_EVENTS: Final = MOST_ROWS
MOST_REPLY: Final = 32 << 20
_MOST_SIGNS: Final = MOST_TEXT
_MOST_EVENTS_DOWN, _MOST_SIGNS_DOWN = 20 * MOST_EVENTS, 4 * MOST_TEXT  # from all feeds of a county's desk
_Part = TypeVar("_Part")
_LONGEST_NAME: Final = 200
_SWIFT, _DENSE = 3, 9  # levels of compression; pages are packed already


class Push(NamedTuple):
    """Events of one origin with consecutive numbers, the link after them and the device's signature over it.

    ``carried``: they are another device's and came on a stick to the one that sends them.
    """

    origin: OriginKey
    first: int
    records: tuple[Record, ...]
    link_after: bytes
    signature: bytes
    carried: bool = False


class FeedAsk(NamedTuple):
    """What is wanted of a feed: all after ``cursor``; ``whole``: own events with their contents too."""

    feed: str
    cursor: int
    whole: bool


@frozen
class SyncRequest:
    """One round-trip's way up. ``hub`` is "" before the first answer; ``wish``: about so many bytes may come back."""

    hub: str
    incarnation: int
    clock_ms: int
    pushes: tuple[Push, ...]
    feeds: tuple[FeedAsk, ...]
    wish: int


class PushStatus(StrEnum):
    """What became of a push. ``known``: the same was there before, which is as good as applied."""

    APPLIED = "applied"
    KNOWN = "known"
    GAP = "gap"
    FORK = "fork"
    FORBIDDEN = "forbidden"
    REFUSED = "refused"


class PushResult(NamedTuple):
    """The status of the push at the same place of the request, and the number that the hub expects next."""

    status: PushStatus
    expected: int


@frozen
class SyncReply:
    """One round-trip's way down. ``behind``: feeds of which the hub knows less than the desk (an old backup);
    ``grants`` is ``None`` when they are those that were sent last."""

    hub: str
    hub_ms: int
    results: tuple[PushResult, ...]
    pages: tuple[AnyPage, ...]
    behind: tuple[str, ...]
    grants: tuple[Grant, ...] | None


_STATUSES: Final = tuple(PushStatus)


def encode_request(request: SyncRequest, *, level: int = 12, swiftly: bool = False, protocol: int = PROTOCOL) -> bytes:
    """The bytes of a request; ``swiftly``: nearly twice as many in half the time of both sides."""
    pushes = [
        [
            push.origin.stream,
            push.origin.incarnation,
            push.first,
            push.link_after,
            push.signature,
            pack_rows(push.records, swiftly=swiftly),
            *([push.origin.device] if push.carried else []),
        ]
        for push in request.pushes
    ]
    feeds = [list(ask) for ask in request.feeds]
    body = [request.hub, request.incarnation, request.clock_ms, pushes, feeds, request.wish]
    return seal(msgpack.packb(body), level, protocol)


def decode_request(data: bytes, device: str, spoken: Versions = SPOKEN) -> SyncRequest:
    """What ``device`` asks for.

    Raises:
        SyncFault: ``sync.refused`` (damaged, too large), ``sync.update_due`` (the device's program is too old),
            ``sync.hub_old`` (this one is).
    """
    if data and not spoken.oldest <= data[0] <= spoken.newest:
        raise no_common(Versions(data[0], data[0]), spoken)
    with _damage_is_refused():
        hub, incarnation, clock_ms, pushes, feeds, wish = unpacked(unseal(data, spoken=spoken))
        room = _Room(MOST_EVENTS, _MOST_SIGNS)
        found = (_read_push(parts, device) for parts in checked(pushes, list))
        return SyncRequest(
            checked(hub, str),
            ranged(incarnation, 0),
            ranged(clock_ms, 0),
            tuple(room.left(push, push.records) for push in found),
            tuple(
                FeedAsk(checked(feed, str), ranged(cursor, 0), checked(whole, bool))
                for feed, cursor, whole in checked(feeds, list)
            ),
            ranged(wish, 0),
        )


def encode_reply(reply: SyncReply, *, protocol: int = PROTOCOL) -> bytes:
    """The bytes of a reply; pages that were sealed before go as they are."""
    body = [
        reply.hub,
        reply.hub_ms,
        [[_STATUSES.index(result.status), result.expected] for result in reply.results],
        [_page_parts(page if isinstance(page, SealedPage) else _sealed(page, protocol)) for page in reply.pages],
        list(reply.behind),
        reply.grants,
    ]
    return seal(msgpack.packb(body), _SWIFT if reply.pages else _DENSE, protocol)


def decode_reply(data: bytes, device: str, spoken: Versions = SPOKEN) -> SyncReply:
    """What the hub says to ``device``; every page comes out whole (:class:`FeedPage`).

    Raises:
        SyncFault: ``sync.refused`` (damaged, too large), ``sync.update_due``, ``sync.hub_old`` (of another version).
    """
    with _damage_is_refused():
        hub, hub_ms, results, pages, behind, grants = unpacked(unseal(data, most=MOST_REPLY, spoken=spoken))
        room = _Room(_MOST_EVENTS_DOWN, _MOST_SIGNS_DOWN)
        found = (decode_page(read_sealed(parts), device, spoken) for parts in checked(pages, list))
        return SyncReply(
            checked(hub, str),
            ranged(hub_ms, 0),
            tuple(PushResult(_STATUSES[ranged(s, 0)], ranged(expected, 0)) for s, expected in checked(results, list)),
            tuple(room.left(page, [placed.record for placed in page.foreign]) for page in found),
            tuple(all_words(behind)),
            None if grants is None else tuple(read_grant(*parts) for parts in checked(grants, list)),
        )


def _read_push(parts: Any, device: str) -> Push:
    stream, incarnation, first, link, signature, packed, *author = checked(parts, list)
    if len(author) > 1:
        raise refused("push")
    origin = OriginKey(_named(stream), _named(author[0]) if author else device, ranged(incarnation, 0))
    start = ranged(first, 1, LAST_PLACE)
    records = unpack_run(packed, origin, start)
    return Push(origin, start, records, sized(link, LINK_BYTES), sized(signature, SIGNATURE_BYTES), bool(author))


def _named(given: object) -> str:
    """The name of a stream or a device, which may come to stand in a line of the hub's log, and in its record."""
    name = checked(given, str)
    if len(name) > _LONGEST_NAME or not name.isprintable():
        raise ValueError("name")
    return name


def _sealed(page: FeedPage, protocol: int) -> SealedPage:
    contents = encode_page(page, protocol=protocol)
    return SealedPage(page.feed, page.cursor, page.complete, page.count, page.total, contents)


def _page_parts(page: SealedPage) -> list[Any]:
    return [page.feed, page.cursor, page.complete, page.count, page.total, page.contents]


class _Room:
    """What all parts of a message together may bring: a few bytes can stand for many events, and for long ones."""

    def __init__(self, events: int, signs: int) -> None:
        self._events, self._signs = events, signs

    def left(self, part: _Part, records: Sequence[Record]) -> _Part:
        """The part, when there was room for its events."""
        self._events -= len(records)
        self._signs -= sum([len(record.text) for record in records])
        if min(self._events, self._signs) < 0:
            raise ValueError("too much")
        return part


@contextmanager
def _damage_is_refused() -> Iterator[None]:
    """Whatever the parts of the codec stumble over is one thing to those who call it."""
    try:
        yield
    except SyncFault:
        raise
    except (ValueError, TypeError, LookupError, OverflowError, msgpack.UnpackException) as error:
        raise refused(type(error).__name__) from error
