"""Files for a stick (``*.gridbundle``): a sequence of frames, each encrypted for the readers of one feed.

A frame names its feed in plain text. Its content is signed by its writer and bound to all bytes before it: frames can
be added, and whole frames can be missing at the end, but nothing can be changed, left out or exchanged in between.
Desk and hub read files alike; what is returned was checked down to the chain and signature of every batch.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import sha256
from hmac import digest as hmac_digest
from itertools import groupby
from typing import Any, Final, NamedTuple, TypeAlias

import msgpack
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import link_after
from gridclient.domain.frozen import frozen
from gridclient.domain.handing import stream_of
from gridclient.services.sync_port import FeedPage, OriginKey, StickBatch
from gridclient.sync.columns import pack_rows, unpack_run
from gridclient.sync.frame import MOST_ON_THE_LINE, seal, unseal
from gridclient.sync.numbers import UNREADABLE, checked, ranged, sized, unpacked
from gridclient.sync.pages import LINK_BYTES, decode_page, encode_page, read_sealed
from gridclient.sync.signing import KEY_BYTES, SIGNATURE_BYTES, head_is_signed, is_signed, public_key, sign
from gridclient.sync.terms import SPOKEN, WITHHOLDING

SUFFIX: Final = ".gridbundle"
MOST_BYTES: Final = 256 << 20
BATCH: Final = 2000
MAGIC: Final = b"GRIDBUNDLE"
_VERSION: Final = 1
_HEAD: Final = MAGIC + bytes((_VERSION,))
_LENGTH_BYTES: Final = 4
_NONCE_BYTES: Final = 12
_CHECK_BYTES: Final = 8
_MOST_FRAME: Final = MOST_ON_THE_LINE + 1024
_BATCHES, _PAGES = 0, 1
_LATEST: Final = 1 << 34
_LEVEL: Final = 19
_FRAME: Final = b"gridclient bundle 1\0"


class StickPage(NamedTuple):
    """A stretch of a feed, written by the hub for readers who have read the feed up to ``start`` or further.

    ``at``: when it was written, in seconds since 1970; ``writer``: the writer's public key (32 bytes), set by reading.
    """

    start: int
    page: FeedPage
    at: int = 0
    writer: bytes = b""


Content: TypeAlias = StickBatch | StickPage


@frozen
class Bundle:
    """The content of a file for one reader."""

    batches: tuple[StickBatch, ...] = ()
    pages: tuple[StickPage, ...] = ()


def key_for(feed: str, keys: Mapping[str, bytes]) -> bytes | None:
    """The key of a feed (32 bytes), ``None`` if unknown; from the key of a stream follow those of its units' parts."""
    known = keys.get(feed)
    if known is None and (whole := keys.get(stream_of(feed))) is not None:
        return hmac_digest(whole, feed.encode(), "sha256")
    return known


def read_bundle(data: bytes, keys: Mapping[str, bytes], device: str = "", *, to_add: bool = False) -> Bundle:
    """Reads and checks a whole file.

    Args:
        keys: the reader's keys, by feed.
        device: the reader; runs of own events in pages are this device's.
        to_add: frames are going to be added, so it does not matter if all present ones are for others.

    Raises:
        SyncFault: ``bundle.foreign``: it is no such file; ``bundle.newer``: a later version wrote it;
            ``bundle.broken``: damaged, or cut off within a frame; ``bundle.forged``: a chain or signature is wrong;
            ``bundle.other_hub``: a key does not fit; ``bundle.key_missing``: no frame is for this reader.
    """
    batches: list[StickBatch] = []
    pages: list[StickPage] = []
    is_any = is_mine = False
    for feed, box, bound in _boxes(data):
        is_any = True
        key = key_for(feed, keys)
        if key is None:
            continue
        is_mine = True
        with _damage_named():
            writer, contents = _open(box, key, bound)
            for content in _contents(feed, contents, device):
                if isinstance(content, StickPage):
                    pages.append(content._replace(writer=writer))
                else:
                    batches.append(content)
    if is_any and not is_mine and not to_add:
        raise SyncFault("bundle.key_missing")
    return Bundle(tuple(batches), tuple(pages))


def with_frames(
    data: bytes, added: Sequence[tuple[str, Sequence[Content]]], keys: Mapping[str, bytes], signing: bytes
) -> bytes:
    """The file with frames added at its end.

    Args:
        data: the file as it was read and checked before; empty for a new one.
        added: contents by feed; each feed and kind becomes a frame.
        signing: the writer's private key (32 bytes).

    Raises:
        SyncFault: ``bundle.key_missing``: there is no key for one of the feeds.
    """
    file = bytearray(data or _HEAD)
    for feed, contents in added:
        key = key_for(feed, keys)
        if key is None:
            raise SyncFault("bundle.key_missing")
        for kind, same in groupby(contents, key=lambda content: isinstance(content, StickPage)):
            body: bytes = msgpack.packb([_PAGES if kind else _BATCHES, [_parts(content) for content in same]])
            file += _frame(feed, key, body, signing, sha256(file).digest())
    return bytes(file)


def _frame(feed: str, key: bytes, body: bytes, signing: bytes, before: bytes) -> bytes:
    name = feed.encode()
    bound = before + name
    signature = sign(signing, _FRAME, sha256(bound + body).digest())
    plain = seal(msgpack.packb([public_key(signing), signature, body]), _LEVEL, SPOKEN.oldest)
    nonce = secrets.token_bytes(_NONCE_BYTES)
    box = nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, bound)
    frame = bytes((len(name),)) + name + box
    return (len(frame) + _CHECK_BYTES).to_bytes(_LENGTH_BYTES, "big") + frame + _check(before, frame)


def _check(before: bytes, frame: bytes) -> bytes:
    """Finds damage also in frames that the reader has no key for."""
    return sha256(before + frame).digest()[:_CHECK_BYTES]


def _boxes(data: bytes) -> Iterator[tuple[str, bytes, bytes]]:
    """The feed of every frame, its encrypted box, and the bytes that the box is bound to."""
    if not data.startswith(MAGIC) or len(data) < len(_HEAD):
        raise SyncFault("bundle.foreign")
    if data[len(MAGIC)] != _VERSION:
        raise SyncFault("bundle.newer")
    running = sha256(_HEAD)
    start = len(_HEAD)
    while start < len(data):
        length = int.from_bytes(data[start : start + _LENGTH_BYTES], "big")
        end = start + _LENGTH_BYTES + length
        if not _CHECK_BYTES < length <= _MOST_FRAME or end > len(data):
            raise SyncFault("bundle.broken")
        frame = data[start + _LENGTH_BYTES : end - _CHECK_BYTES]
        if _check(running.digest(), frame) != data[end - _CHECK_BYTES : end]:
            raise SyncFault("bundle.broken")
        name, box = frame[1 : 1 + frame[0]], frame[1 + frame[0] :]
        with _damage_named():
            feed = name.decode()
        yield feed, box, running.digest() + name
        running.update(data[start:end])
        start = end


def _open(box: bytes, key: bytes, bound: bytes) -> tuple[bytes, bytes]:
    """The public key of a frame's writer, and the decrypted body."""
    try:
        plain = ChaCha20Poly1305(key).decrypt(box[:_NONCE_BYTES], box[_NONCE_BYTES:], bound)
    except InvalidTag as error:  # its check was right: nothing happened to it on the way
        raise SyncFault("bundle.other_hub") from error
    writer, signature, body = unpacked(unseal(plain))
    body = checked(body, bytes)
    if not is_signed(sized(writer, KEY_BYTES), _FRAME, sha256(bound + body).digest(), checked(signature, bytes)):
        raise SyncFault("bundle.forged")
    return writer, body


def _contents(feed: str, body: bytes, device: str) -> Iterator[Content]:
    kind, contents = unpacked(body)
    for parts in checked(contents, list):
        if kind == _PAGES:
            yield _read_page(feed, parts, device)
        elif kind == _BATCHES:
            yield _read_batch(stream_of(feed), parts)
        else:
            raise SyncFault("bundle.newer")


def _parts(content: Content) -> list[Any]:
    if isinstance(content, StickPage):
        start, page, at, _ = content
        head = [page.feed, start, at, page.cursor, page.complete, page.count, page.total]
        protocol = SPOKEN.oldest if stream_of(page.feed) == page.feed else WITHHOLDING
        return [*head, encode_page(page, level=_LEVEL, protocol=protocol)]
    origin, first, records, before, after, public, signature = content
    return [*origin, first, before, after, public, signature, pack_rows(records)]


def _read_page(feed: str, parts: Any, device: str) -> StickPage:
    name, start, at, *rest = parts
    if name != feed:
        raise SyncFault("bundle.forged")
    return StickPage(ranged(start, 0), decode_page(read_sealed([feed, *rest]), device), ranged(at, 0, _LATEST))


def _read_batch(stream: str, parts: Any) -> StickBatch:
    named, device, incarnation, first, before, after, public, signature, packed = parts
    origin = OriginKey(checked(named, str), checked(device, str), ranged(incarnation, 0))
    start = ranged(first, 1, 2**62)
    records = unpack_run(packed, origin, start)
    batch = StickBatch(
        origin,
        start,
        records,
        sized(before, LINK_BYTES),
        sized(after, LINK_BYTES),
        sized(public, KEY_BYTES),
        sized(signature, SIGNATURE_BYTES),
    )
    if origin.stream != stream or not records or not _is_sound(batch):
        raise SyncFault("bundle.forged")
    return batch


def _is_sound(batch: StickBatch) -> bool:
    """Whether the events chain up to the batch's last link, and the device signed that link."""
    link = batch.link_before
    for record in batch.records:
        link = link_after(link, record.canonical())
    last = batch.first + len(batch.records) - 1
    return link == batch.link_after and head_is_signed(batch.public_key, batch.origin, last, link, batch.signature)


@contextmanager
def _damage_named() -> Iterator[None]:
    """Turns every fault of the codec's parts into one of the file: ``bundle.newer``, else ``bundle.broken``."""
    try:
        yield
    except SyncFault as error:
        if error.code.startswith("bundle."):
            raise
        raise SyncFault("bundle.newer" if error.code == "sync.update_due" else "bundle.broken") from error
    except UNREADABLE as error:
        raise SyncFault("bundle.broken") from error
