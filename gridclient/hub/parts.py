"""Sealed parts: stretches of a stream that never change any more, packed once as tightly as it goes and kept.

A first load is mostly such parts. They are packed beside the work that desks wait for; until one is there, desks get
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
"""A desk that wishes less gets ordinary pages: a part is larger than it would like."""
_LEVEL: Final = 19
_AHEAD: Final = 2
_MOST_WAITING: Final = 16
_LOG: Final = logging.getLogger(__name__)


class _Wish(NamedTuple):
    """A part that somebody would have liked."""

    stream: str
    number: int
    protocol: int


class PartsShelf:
    """Parts that were sealed, and one thread that seals more of them."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._sealer = ThreadPoolExecutor(1, "hub-sealer")
        self._lock = threading.Lock()
        self._waiting: set[_Wish] = set()

    def page(self, ledger: OrderLedger, ask: FeedAsk, reader: Reader) -> SealedPage | None:
        """The part that begins at the cursor, or ``None`` where an ordinary page has to do."""
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
        return None if body is None else SealedPage(ask.feed, upto, False, 0, 0, body)

    def close(self) -> None:
        """Ends the thread after the part that it is at."""
        self._sealer.shutdown(cancel_futures=True)

    def seal(self, stream: str, number: int, protocol: int = PROTOCOL) -> None:
        """Packs one part and keeps it, unless it is there."""
        after = number * PART
        with self._backend.reading() as ledger:
            if ledger.part(stream, number, _form(protocol)) is not None:
                return
            names = Names(stream, ledger.origins(stream))
            rows = ledger.events(stream, after, after + PART, PART, ())
            pushes = ledger.pushes(stream, after, after + PART, MOST_PUSHES)
        page = FeedPage(
            stream, after + PART, False, 0, 0, names.records(rows, links=False), (), names.heads(rows, pushes)
        )
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
    """Which protocol and dictionary bytes of this version are made with: parts of another one are made anew."""
    run = PlacedRun(1, OriginKey("ref", "", 0), 1, 1)
    return encode_page(FeedPage("ref", 1, True, 1, 0, (), (run,), ()), protocol=protocol)[:2].hex()
