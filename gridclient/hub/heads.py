"""Limits how long a connection may take to send the head of a request, how long the head may be, for how long the
connection may go on with a body after the answer, and for how long it may stay when the hub ends."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

MOST_HEAD: Final = 64 << 10


class BriefProtocol(HttpToolsProtocol):
    """uvicorn's protocol with these limits; by itself it waits for ever and takes heads and bodies of any length."""

    patience_s = 30.0
    farewell_s = 1.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._words = 0  # bytes of the present request's head
        self._patience: asyncio.TimerHandle | None = None
        self._unanswered: deque[RequestResponseCycle] = deque()
        self._ending = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast("asyncio.Transport", transport))
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._wait_no_longer()
        for cycle in self._unanswered:  # by itself uvicorn tells it to the last one only, and the others write on
            cycle.disconnected = True
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._words += len(data)
        super().data_received(data)
        if self._words > MOST_HEAD:
            self.transport.abort()

    def on_message_begin(self) -> None:
        if self._patience is None:
            self._wait()
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._wait_no_longer()
        super().on_headers_complete()
        self._unanswered.append(self.cycle)

    def on_body(self, body: bytes) -> None:
        self._words -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._words = 0
        self._wait_no_longer()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        self._unanswered.popleft()
        super().on_response_complete()
        if self.cycle.response_complete and self.cycle.more_body:  # nobody reads what is left of the body
            self._wait()
        self._part()

    def shutdown(self) -> None:
        self._ending = True
        super().shutdown()
        self._part()

    def _part(self) -> None:
        """TLS waits for the other side's farewell, but a desk that keeps its line for the next round says none."""
        if self._ending and self.transport.is_closing():
            self.loop.call_later(self.farewell_s, self.transport.abort)

    def _wait(self) -> None:
        self._patience = self.loop.call_later(self.patience_s, self.timeout_keep_alive_handler)

    def _wait_no_longer(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
