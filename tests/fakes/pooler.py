"""What may stand between a hub and its PostgreSQL server: a pooler of connections, with the real server behind it."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import psycopg

_NO_SECURE_LINE: Final = frozenset({80877103, 80877104})


class Pooler:
    """Lends its connections to the server for one transaction each, or (``whole``) for as long as a client stays."""

    def __init__(self, url: str, *, whole: bool) -> None:
        given = psycopg.conninfo.conninfo_to_dict(url)
        self._server = str(Path(str(given["host"])) / ".s.PGSQL.5432")
        self._whole = whole
        self._free: list[socket.socket] = []
        self._open: list[socket.socket] = []
        self._clients: list[socket.socket] = []
        self._greeting = b""
        self._door = socket.create_server(("127.0.0.1", 0))
        port = self._door.getsockname()[1]
        self.url = f"postgresql://{given['user']}@127.0.0.1:{port}/{given['dbname']}"
        self._threads = [threading.Thread(target=self._serve)]
        self._threads[0].start()

    def cut(self) -> None:
        """Ends the connections of all clients; the server does not learn of it."""
        for client in self._clients:
            _shut(client)
        self._clients.clear()

    def close(self) -> None:
        _shut(self._door)
        self.cut()
        for server in self._open:
            _shut(server)
        for thread in self._threads:
            thread.join()
        for server in self._open:
            server.close()

    def _serve(self) -> None:
        with self._door, suppress(OSError):
            while True:
                client, _ = self._door.accept()
                self._clients.append(client)
                self._threads.append(threading.Thread(target=self._talk, args=(client,)))
                self._threads[-1].start()

    def _talk(self, client: socket.socket) -> None:
        lent: socket.socket | None = None
        with client, suppress(OSError):
            begin = _begin(client)
            if self._whole or not self._greeting:
                lent = self._connected(begin)
            client.sendall(self._greeting)
            while asked := _asked(client):
                lent = lent or (self._free.pop() if self._free else self._connected(begin))
                lent.sendall(asked)
                kind = told = b""
                while kind != b"Z":
                    kind, told = _message(lent)
                    client.sendall(told)
                if told.endswith(b"I") and not self._whole:  # no transaction is open
                    self._free.append(lent)
                    lent = None

    def _connected(self, begin: bytes) -> socket.socket:
        server = socket.socket(socket.AF_UNIX)
        self._open.append(server)
        server.connect(self._server)
        server.sendall(begin)
        kind, greeting = b"", b""
        while kind != b"Z":
            kind, told = _message(server)
            greeting += told
        self._greeting = greeting
        return server


@contextmanager
def pooled(url: str, *, whole: bool) -> Iterator[Pooler]:
    pooler = Pooler(url, whole=whole)
    try:
        yield pooler
    finally:
        pooler.close()


def _begin(client: socket.socket) -> bytes:
    """A client's first message, in which it says who it is."""
    while True:
        head = _exactly(client, 8)
        length, code = struct.unpack("!II", head)
        if code not in _NO_SECURE_LINE:
            return head + _exactly(client, length - 8)
        client.sendall(b"N")


def _asked(client: socket.socket) -> bytes:
    """All messages up to one that wants an answer; nothing if the client ends."""
    asked, kind = b"", b""
    while kind not in (b"Q", b"S"):
        kind, message = _message(client)
        if kind == b"X":
            return b""
        asked += message
    return asked


def _message(line: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(line, 5)
    return head[:1], head + _exactly(line, int.from_bytes(head[1:]) - 4)


def _exactly(line: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        piece = line.recv(count - len(found))
        if not piece:
            raise OSError("the line ended")
        found += piece
    return found


def _shut(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
