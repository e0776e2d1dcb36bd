"""A line between desk and hub that can be made silent or be cut: a proxy of TCP streams on loopback."""

from __future__ import annotations

import select
import socket
import threading
from contextlib import suppress
from typing import Final

_LOOK_S: Final = 0.05


class BadProxy:
    """``silent``: accepts, swallows everything and says nothing. ``cut_after``: bytes after which a stream is cut."""

    def __init__(self, port: int) -> None:
        self._hub = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open = True
        self.silent = False
        self.cut_after: int | None = None
        self.cuts = 0
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        self._open = False
        for thread in self._threads:
            thread.join(5)
        self._listening.close()

    def _accept(self) -> None:
        while self._open:
            ready, _, _ = select.select([self._listening], [], [], _LOOK_S)
            if ready:
                stream, _ = self._listening.accept()
                thread = threading.Thread(target=self._carry, args=(stream,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _carry(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(self._hub, timeout=5) as far:
            carried = 0
            while self._open:
                ready, _, _ = select.select([near, far], [], [], _LOOK_S)
                for one in ready:
                    data = one.recv(4096)
                    if not data:
                        return
                    if self.silent:
                        continue
                    carried += len(data)
                    if self.cut_after is not None and carried > self.cut_after:
                        self.cuts += 1
                        return
                    (far if one is near else near).sendall(data)
