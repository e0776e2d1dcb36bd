"""Files for a stick (``*.gridbundle``): frames one after the other, each encrypted for those who read one feed.

A frame names its feed in plain text; its contents are signed by whoever wrote it and bound to all bytes before it, so
frames can be added and a tail can be missing whole, but nothing can be changed, left out or exchanged between. The
same reading serves desk and hub; what is read was checked whole, down to the chain and signature of every batch.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
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
from gridclient.sync.numbers import checked, ranged, sized, unpacked
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
    """A stretch of a feed, as the hub wrote it for whoever stands at ``start`` or beyond.

    ``at``: when, in seconds since 1970; ``writer``: the public key of who wrote it, as it was read.
    """

    start: int
    page: FeedPage
    at: int = 0
    writer: bytes = b""


Content: TypeAlias = StickBatch | StickPage


@frozen
class Bundle:
    """What a file holds for its reader. ``locked`` frames are for others; ``writers``: public keys of who wrote."""

    batches: tuple[StickBatch, ...] = ()
    pages: tuple[StickPage, ...] = ()
    frames: int = 0
    locked: int = 0
    writers: frozenset[bytes] = frozenset()


def key_for(feed: str, keys: Mapping[str, bytes]) -> bytes | None:
    """The key of a feed; who may read a whole stream can work out the key of every unit's part of it."""
    known = keys.get(feed)
    if known is None and (whole := keys.get(stream_of(feed))) is not None:
        return hmac_digest(whole, feed.encode(), "sha256")
    return known


def read_bundle(data: bytes, keys: Mapping[str, bytes], device: str = "", *, to_add: bool = False) -> Bundle:
    """Reads and checks a whole file; own runs in pages are those of ``device``. ``to_add``: more frames will go to its
    end, so that it does not matter when all that are there are for others.

    Raises:
        SyncFault: ``bundle.foreign``, ``bundle.newer``, ``bundle.broken`` (also when it was cut off within a frame),
            ``bundle.forged``, ``bundle.other_hub`` (a key does not fit), ``bundle.key_missing`` (nothing is for
            this reader).
    """
    batches: list[StickBatch] = []
    pages: list[StickPage] = []
    writers: set[bytes] = set()
    frames = locked = 0
    for feed, box, bound in _boxes(data):
        frames += 1
        key = key_for(feed, keys)
        if key is None:
            locked += 1
            continue
        with _Damage():
            writer, contents = _open(box, key, bound)
            writers.add(writer)
            for content in _contents(feed, contents, device):
                if isinstance(content, StickPage):
                    pages.append(content._replace(writer=writer))
                else:
                    batches.append(content)
    if frames and locked == frames and not to_add:
        raise SyncFault("bundle.key_missing")
    return Bundle(tuple(batches), tuple(pages), frames, locked, frozenset(writers))


def with_frames(
    data: bytes, added: Sequence[tuple[str, Sequence[Content]]], keys: Mapping[str, bytes], signing: bytes
) -> bytes:
    """The file with more frames at its end; ``data`` is empty for a new one and was read before.

    Raises:
        SyncFault: ``bundle.key_missing``: no key for one of the feeds.
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
    """Feed, box and what the box is bound to, of every frame."""
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
        with _Damage():
            feed = name.decode()
        yield feed, box, running.digest() + name
        running.update(data[start:end])
        start = end


def _open(box: bytes, key: bytes, bound: bytes) -> tuple[bytes, bytes]:
    """Who wrote a frame, and its body."""
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
    """Whether the chain leads to the link at the end, and the device signed that link."""
    link = batch.link_before
    for record in batch.records:
        link = link_after(link, record.canonical())
    last = batch.first + len(batch.records) - 1
    return link == batch.link_after and head_is_signed(batch.public_key, batch.origin, last, link, batch.signature)


class _Damage:
    """Whatever the parts of the codec stumble over is a broken file to those who read it."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, SyncFault):
            if error.code == "sync.update_due":
                raise SyncFault("bundle.newer") from error
            if not error.code.startswith("bundle."):
                raise SyncFault("bundle.broken") from error
        elif isinstance(error, ValueError | TypeError | LookupError | OverflowError | msgpack.UnpackException):
            raise SyncFault("bundle.broken") from error
