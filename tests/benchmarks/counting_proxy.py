"""A TCP proxy on loopback that counts what passes: all bytes, and of HTTP the bodies apart from their heads."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, NamedTuple

_PIECE: Final = 1 << 16
_WITHOUT_BODY: Final = (b"1", b"204", b"304")


class Counted(NamedTuple):
    """Bytes of both ways: ``body`` of the messages, ``wire`` with their heads; and how many requests there were."""

    body: int
    wire: int
    requests: int
    connections: int

    def since(self, before: Counted) -> Counted:
        return Counted(*(now - then for now, then in zip(self, before, strict=True)))


@dataclass(slots=True)
class HttpMeter:
    """Tells bodies from heads in one way of one connection; the framing of chunks counts with the heads."""

    body: int = 0
    messages: int = 0
    _buffer: bytearray = field(default_factory=bytearray)
    _left: int = 0
    _step: Callable[[], bool] | None = None

    def feed(self, data: bytes) -> None:
        """The next bytes, as they were sent."""
        self._buffer += data
        while self._buffer and (self._step or self._head)():
            pass

    def _head(self) -> bool:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if not end:
            return False
        self._buffer = bytearray(rest)
        first, *lines = bytes(head).split(b"\r\n")
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(b":") for line in lines)}
        is_answer = first.startswith(b"HTTP/")
        self.messages += not is_answer
        if is_answer and first.split(b" ")[1].startswith(_WITHOUT_BODY):
            return True
        if b"content-length" in fields:
            self._left = int(fields[b"content-length"])
            self._step = self._sized if self._left else None
        elif b"chunked" in fields.get(b"transfer-encoding", b""):
            self._step = self._chunk_size
        elif is_answer:
            self._step = self._rest
        return True

    def _sized(self) -> bool:
        self._take()
        if not self._left:
            self._step = None
        return True

    def _chunk_size(self) -> bool:
        line, end, rest = self._buffer.partition(b"\r\n")
        if not end:
            return False
        self._buffer = bytearray(rest)
        if line:  # an empty one ends the chunk before
            self._left = int(bytes(line).split(b";")[0], 16)
            self._step = self._chunk if self._left else self._last_line
        return True

    def _chunk(self) -> bool:
        self._take()
        if not self._left:
            self._step = self._chunk_size
        return True

    def _last_line(self) -> bool:
        _, end, rest = self._buffer.partition(b"\r\n")
        if not end:
            return False
        self._buffer = bytearray(rest)
        self._step = None
        return True

    def _rest(self) -> bool:
        self._left = len(self._buffer)
        self._take()
        return False

    def _take(self) -> None:
        taken = min(self._left, len(self._buffer))
        self.body += taken
        self._left -= taken
        del self._buffer[:taken]


class CountingProxy:
    """Passes connections on to a port of this machine while the block lasts."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._door = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self._wire = self._connections = 0
        self._meters: list[HttpMeter] = []
        self._lines: list[socket.socket] = []
        self._doorman = threading.Thread(target=self._accept, daemon=True)

    @property
    def port(self) -> int:
        return int(self._door.getsockname()[1])

    @property
    def counted(self) -> Counted:
        with self._lock:
            body = sum(meter.body for meter in self._meters)
            return Counted(body, self._wire, sum(meter.messages for meter in self._meters), self._connections)

    def __enter__(self) -> CountingProxy:
        self._doorman.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for line in (self._door, *self._lines):
            _end(line)
            line.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self._target))
            except OSError:
                return
            for line in (near, far):
                line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._lines += (near, far)
            self._connections += 1
            for source, drain in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, drain), daemon=True).start()

    def _pump(self, source: socket.socket, drain: socket.socket) -> None:
        meter = HttpMeter()
        with self._lock:
            self._meters.append(meter)
        with suppress(OSError):
            while data := source.recv(_PIECE):
                with self._lock:
                    self._wire += len(data)
                    meter.feed(data)
                drain.sendall(data)
        _end(drain)


def _end(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
