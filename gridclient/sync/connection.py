"""HTTP connections made for bad lines: a request takes as few packets as possible, and empty lines follow its last one.

TCP notices the loss of a packet by the packets after it. If the last packet is lost, a timer of a second or more has to
run out first, and most requests of a desk are so small that their only packet is the last one. On a slow line the desk
therefore sends a few empty lines, which every HTTP server skips between requests, while it waits for the answer; it
asks the hub by the header ``COMPANY`` to do the same (:class:`gridclient.hub.answers.Accompanied`).
"""

from __future__ import annotations

import time
from typing import Any, Final

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse
from urllib3.util.wait import wait_for_read

from gridclient.sync.terms import COMPANY, WORKED, worked_seconds

_COMPANY: Final = b"\r\n"
_PAUSES_S: Final = (0.0, 0.0, 0.0, *(0.25,) * 8)
"""Seconds before each empty line. Three go at once, because TCP sends a packet again as soon as three later ones have
arrived (RFC 5681); the others follow steadily, in case the repeated packet is lost as well."""
SLOW_S: Final = 0.25
"""A line is slow, and gets empty lines, if a round-trip takes longer than this without the hub's own work."""


class LineConnection(HTTPConnection):
    """A connection over plain HTTP."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._is_holding = False
        self._head = b""
        self._is_slow = False

    def connect(self) -> None:
        """Opens the connection; the time that this takes is the first measure of the line."""
        began = time.monotonic()
        super().connect()
        self._is_slow = time.monotonic() - began > SLOW_S

    def request(self, *given: Any, **named: Any) -> None:
        """Sends a request, its head in one packet with the beginning of its body."""
        self._is_holding, self._head = True, b""
        if self._is_slow:
            named["headers"] = {**named["headers"], COMPANY: "1"}
        try:
            super().request(*given, **named)
        finally:
            self._is_holding = False
        self._let_go()

    def send(self, data: Any) -> None:
        """Sends bytes of a request; the head is held back until the body begins."""
        if self._is_holding and not self._head:
            self._head = bytes(data)
        else:
            self._let_go(data)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3 gives its own, too
        """Waits for the answer, on a slow line sending empty lines meanwhile, and measures the line."""
        began = time.monotonic()
        if self._is_slow and self.sock is not None:
            for pause in _PAUSES_S:
                if wait_for_read(self.sock, pause):
                    break
                super().send(_COMPANY)
        answer = super().getresponse()
        worked = worked_seconds(answer.headers.get(WORKED, ""))
        self._is_slow = time.monotonic() - began - worked > SLOW_S
        return answer

    def _let_go(self, data: bytes = b"") -> None:
        head, self._head = self._head, b""
        self._is_holding = False
        if head or data:
            super().send(head + data)


class SafeLineConnection(LineConnection, HTTPSConnection):
    """A connection over TLS."""


class LinePool(HTTPConnectionPool):
    """A pool of connections over plain HTTP."""

    ConnectionCls = LineConnection


class SafeLinePool(HTTPSConnectionPool):
    """A pool of connections over TLS."""

    ConnectionCls = SafeLineConnection


POOLS: Final = {"http": LinePool, "https": SafeLinePool}
