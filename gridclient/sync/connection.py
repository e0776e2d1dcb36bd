"""One connection as a bad line needs it: a request in as few packets as it has, and company for its last one.

TCP notices a lost packet by those that come after it. What nothing comes after is missed only when a timer of a second
or more runs out, and a desk's request is so small that this is its common fate. On a slow line a few empty lines,
which every HTTP server passes over between requests, are therefore sent while the answer is awaited, and the hub is
asked to do the like.
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
"""Three at once: TCP takes what three overtook for lost at once; for fewer it waits whether it was only late. Then
steadily: what was sent again and lost again is missed by the next one that comes after it."""
SLOW_S: Final = 0.25
"""What takes longer there and back, without the hub's own work, is a line on which company pays; on others nothing is
sent."""


class LineConnection(HTTPConnection):
    """Over plain HTTP."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._is_holding = False
        self._head = b""
        self._is_slow = False

    def connect(self) -> None:
        """Opens it; how long that took says a first time how quick the line is."""
        began = time.monotonic()
        super().connect()
        self._is_slow = time.monotonic() - began > SLOW_S

    def request(self, *given: Any, **named: Any) -> None:
        """Sends a request; its head goes with the beginning of its body, which otherwise takes a packet more."""
        self._is_holding, self._head = True, b""
        if self._is_slow:
            named["headers"] = {**(named.get("headers") or {}), COMPANY: "1"}
        try:
            super().request(*given, **named)
        finally:
            self._is_holding = False
        self._let_go()

    def send(self, data: Any) -> None:
        """Bytes of a request."""
        if self._is_holding and not self._head:
            self._head = bytes(data)
        else:
            self._let_go(data)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # urllib3 gives its own, too
        """The answer, awaited in company."""
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
    """Over TLS."""


class LinePool(HTTPConnectionPool):
    """Plain HTTP."""

    ConnectionCls = LineConnection


class SafeLinePool(HTTPSConnectionPool):
    """TLS."""

    ConnectionCls = SafeLineConnection


POOLS: Final = {"http": LinePool, "https": SafeLinePool}
