"""A page of a feed as bytes of its own: sealed once, the same for every device that has nothing of its own in it."""

from __future__ import annotations

from typing import Any, Final, TypeAlias

import msgpack

from gridclient.domain.events import EventKey
from gridclient.domain.frozen import frozen
from gridclient.domain.handing import stream_of
from gridclient.services.sync_port import FeedPage, OriginKey, PlacedRecord, PlacedRun, SignedHead
from gridclient.sync.columns import pack_rows, records, unpack_rows
from gridclient.sync.frame import MOST_UNPACKED, PROTOCOL, seal, unseal
from gridclient.sync.numbers import (
    LAST_PLACE,
    checked,
    pieces,
    place,
    ranged,
    ranged_all,
    read_numbers,
    read_steps,
    sized,
    unpacked,
    write_numbers,
    write_steps,
)
from gridclient.sync.signing import KEY_BYTES, SIGNATURE_BYTES
from gridclient.sync.terms import SPOKEN, Versions

LINK_BYTES: Final = 32
_LARGEST_TOTAL: Final = 2**64 - 1


@frozen
class SealedPage:
    """A page whose contents are bytes already (:func:`encode_page`), kept by the hub and sent as they are."""

    feed: str
    cursor: int
    complete: bool
    count: int
    total: int
    contents: bytes


AnyPage: TypeAlias = FeedPage | SealedPage


def encode_page(page: FeedPage, *, level: int = 9, protocol: int = PROTOCOL) -> bytes:
    """The records, own runs and signatures of a page; empty when there are none."""
    if not (page.foreign or page.own or page.heads):
        return b""
    origins: dict[OriginKey, int] = {}
    keys: dict[bytes, int] = {}
    parts = [_pack_foreign(page, origins), _pack_own(page), _pack_heads(page, origins, keys)]
    table = [[origin.stream, origin.device, origin.incarnation] for origin in origins]
    body: bytes = msgpack.packb([table, b"".join(keys), *parts])
    return seal(body, level, protocol)


def read_sealed(parts: Any) -> SealedPage:
    """The page, when its parts are shaped like one; ``ValueError`` or ``TypeError`` otherwise."""
    feed, cursor, complete, count, total, contents = checked(parts, list)
    return SealedPage(
        checked(feed, str),
        ranged(cursor, 0, LAST_PLACE),
        checked(complete, bool),
        ranged(count, 0),
        ranged(total, 0, _LARGEST_TOTAL),
        checked(contents, bytes),
    )


def decode_page(sealed: SealedPage, device: str, spoken: Versions = SPOKEN) -> FeedPage:
    """The page whole again; own runs are those of ``device``.

    Raises:
        ValueError, TypeError, KeyError, IndexError: nothing that :func:`encode_page` makes.
        SyncFault: the bytes are damaged or of another version.
    """
    head = (sealed.feed, sealed.cursor, sealed.complete, sealed.count, sealed.total)
    if not sealed.contents:
        return FeedPage(*head, (), (), ())
    table, key_bytes, foreign, own, heads = unpacked(unseal(sealed.contents, most=MOST_UNPACKED, spoken=spoken))
    origins = [OriginKey(checked(s, str), checked(d, str), ranged(i, 0)) for s, d, i in checked(table, list)]
    keys = list(pieces(checked(key_bytes, bytes), KEY_BYTES))
    return FeedPage(
        *head,
        _unpack_foreign(foreign, origins),
        _unpack_own(own, OriginKey(stream_of(sealed.feed), device, 0)),
        _unpack_heads(heads, origins, keys),
    )


def _pack_foreign(page: FeedPage, origins: dict[OriginKey, int]) -> list[Any]:
    if not page.foreign:
        return []
    picks, steps = [], []
    last: dict[OriginKey, int] = {}
    for placed in page.foreign:
        stream, device, incarnation, seq = placed.record.key
        origin = OriginKey(stream, device, incarnation)
        picks.append(origins.setdefault(origin, len(origins)))
        steps.append(seq - last.get(origin, 0) - 1)
        last[origin] = seq
    linked = [row for row, placed in enumerate(page.foreign) if placed.link]
    return [
        write_steps([placed.position - row for row, placed in enumerate(page.foreign)]),
        write_numbers(picks),
        write_numbers(steps),
        None if len(linked) in (0, len(page.foreign)) else linked,
        b"".join(placed.link for placed in page.foreign),
        pack_rows([placed.record for placed in page.foreign]),
    ]


def _unpack_foreign(parts: object, origins: list[OriginKey]) -> tuple[PlacedRecord, ...]:
    if not checked(parts, list):
        return ()
    positions, picks, steps, linked, links, packed = checked(parts, list)
    columns = unpack_rows(packed)
    count = len(columns[0])
    found = [position + row for row, position in enumerate(read_steps(positions, count))]
    places = ranged_all(found, 1, LAST_PLACE)
    keys = _keys([place(origins, pick) for pick in read_numbers(picks, count)], read_numbers(steps, count))
    links_of = _links(linked, links, count)
    return tuple(map(PlacedRecord, places, records(keys, columns), links_of))


def _keys(origins: list[OriginKey], steps: list[int]) -> list[EventKey]:
    last: dict[OriginKey, int] = {}
    keys = []
    for origin, step in zip(origins, steps, strict=True):
        last[origin] = ranged(last.get(origin, 0) + 1 + step, 1, LAST_PLACE)
        keys.append(EventKey(*origin, last[origin]))
    return keys


def _links(linked: Any, links: object, count: int) -> list[bytes]:
    found = list(pieces(checked(links, bytes), LINK_BYTES))
    if linked is None:
        return found if found else [b""] * count
    spread = dict(zip(checked(linked, list), found, strict=True))
    if not all(type(row) is int and 0 <= row < count for row in spread):
        raise ValueError("links")
    return [spread.get(row, b"") for row in range(count)]


def _pack_own(page: FeedPage) -> list[list[int]]:
    if any(run.origin.stream != stream_of(page.feed) for run in page.own):
        raise ValueError("a run of another stream")
    return [[run.position, run.origin.incarnation, run.seq, run.length] for run in page.own]


def _unpack_own(parts: Any, origin: OriginKey) -> tuple[PlacedRun, ...]:
    return tuple(
        PlacedRun(
            ranged(position, 1, LAST_PLACE),
            origin._replace(incarnation=ranged(start, 0)),
            ranged(seq, 1, LAST_PLACE),
            ranged(count, 1, LAST_PLACE),
        )
        for position, start, seq, count in checked(parts, list)
    )


def _pack_heads(page: FeedPage, origins: dict[OriginKey, int], keys: dict[bytes, int]) -> list[list[Any]]:
    return [
        [
            origins.setdefault(head.origin, len(origins)),
            head.seq,
            keys.setdefault(sized(head.public_key, KEY_BYTES), len(keys)),
            sized(head.signature, SIGNATURE_BYTES),
        ]
        for head in page.heads
    ]


def _unpack_heads(parts: Any, origins: list[OriginKey], keys: list[bytes]) -> tuple[SignedHead, ...]:
    return tuple(
        SignedHead(
            place(origins, checked(origin, int)),
            ranged(seq, 1),
            place(keys, checked(key, int)),
            sized(signature, SIGNATURE_BYTES),
        )
        for origin, seq, key, signature in checked(parts, list)
    )
