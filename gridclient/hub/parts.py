"""Sealed parts: stretches of 4096 positions that never change any more, packed once as tightly as possible and kept.

Most of a desk's first load consists of them. They are packed in the background; until a part is there, desks get
ordinary pages.
"""

from __future__ import annotations

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Final, NamedTuple

from gridclient.domain.errors import GridClientError
from gridclient.hub.backend import Backend, OrderLedger
from gridclient.hub.feeds import MOST_PUSHES, PART, Reader
from gridclient.hub.page_parts import Names
from gridclient.services.sync_port import FeedPage, OriginKey, PlacedRun
from gridclient.sync.frame import PROTOCOL
from gridclient.sync.pages import SealedPage, encode_page
from gridclient.sync.wire import FeedAsk

LEAST_ROOM: Final = 64 * 1024
"""Desks that ask for smaller pages get ordinary ones, as a part would be too large."""
_LEVEL: Final = 19
_MOST_SIGNS: Final = 8 << 20
"""A part of longer texts (boundaries of grids) is not sealed: it would be more than a desk asks for, or unpacks."""
_AHEAD: Final = 2
_MOST_WAITING: Final = 16
_LOG: Final = logging.getLogger(__name__)


class _Wish(NamedTuple):
    """A part that should be sealed: the part ``number`` of a stream, for a protocol version."""

    stream: str
    number: int
    protocol: int


class PartsShelf:
    """The sealed parts, and a thread that seals more."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._sealer = ThreadPoolExecutor(1, "hub-sealer")
        self._lock = threading.Lock()
        self._waiting: set[_Wish] = set()

    def page(self, ledger: OrderLedger, ask: FeedAsk, reader: Reader) -> SealedPage | None:
        """The sealed part that begins at the cursor; ``None`` if an ordinary page must be sent instead."""
        if ask.cursor % PART or ask.whole or reader.room < LEAST_ROOM:
            return None
        found = ledger.streams((ask.feed,))
        upto = ask.cursor + PART
        if not found or found[0].head < upto:
            return None
        own = Names(ask.feed, ledger.origins(ask.feed)).of_device(reader.device)
        if own and ledger.has_events(ask.feed, ask.cursor, upto, own):
            return None
        number = ask.cursor // PART
        body = ledger.part(ask.feed, number, _form(reader.protocol))
        for ahead in range(_AHEAD):
            if body is None or ahead:
                self._wish(_Wish(ask.feed, number + ahead, reader.protocol), found[0].head)
        return SealedPage(ask.feed, upto, False, 0, 0, body) if body else None

    def close(self) -> None:
        """Ends the thread once the part under way is sealed."""
        self._sealer.shutdown(cancel_futures=True)

    def seal(self, stream: str, number: int, protocol: int = PROTOCOL) -> None:
        """Packs and keeps a part, unless it is kept already."""
        after = number * PART
        with self._backend.reading() as ledger:
            if ledger.part(stream, number, _form(protocol)) is not None:
                return
            names = Names(stream, ledger.origins(stream))
            rows = ledger.events(stream, after, after + PART, PART, ())
            pushes = ledger.pushes(stream, after, after + PART, MOST_PUSHES)
        body = b""
        if sum([len(row.text) for row in rows]) <= _MOST_SIGNS:
            records, heads = names.records(rows, links=False), names.heads(rows, pushes)
            page = FeedPage(stream, after + PART, False, 0, 0, records, (), heads)
            body = encode_page(page, level=_LEVEL, protocol=protocol)
        with self._backend.writing() as ledger:
            ledger.keep_part(stream, number, _form(protocol), body)

    def _wish(self, wish: _Wish, head: int) -> None:
        if (wish.number + 1) * PART > head:
            return
        with self._lock:
            if wish in self._waiting or len(self._waiting) >= _MOST_WAITING:
                return
            self._waiting.add(wish)
        self._sealer.submit(self._seal_wished, wish)

    def _seal_wished(self, wish: _Wish) -> None:
        try:
            self.seal(*wish)
        except GridClientError as error:
            _LOG.warning("part %d of %s not sealed: %s", wish.number, wish.stream, error.code)
        finally:
            with self._lock:
                self._waiting.discard(wish)


@cache
def _form(protocol: int = PROTOCOL) -> str:
    """The first bytes of a page made by this program, which tell protocol and dictionary. Parts of another form are
    made anew."""
    run = PlacedRun(1, OriginKey("ref", "", 0), 1, 1)
    return encode_page(FeedPage("ref", 1, True, 1, 0, (), (run,), ()), protocol=protocol)[:2].hex()
