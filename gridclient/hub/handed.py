"""Connections that one process accepts and others serve, each in its turn: left to the system, a few connections fall
on the processes as dice do, and one process works alone."""

from __future__ import annotations

import asyncio
import logging
import socket
import threading
from collections.abc import Callable, Sequence
from itertools import cycle
from typing import Final

import uvicorn

_AGAIN_S: Final = 0.5
_LOG: Final = logging.getLogger(__name__)


def new_channel() -> tuple[socket.socket, socket.socket]:
    """Where connections go in, and where they come out again in another process."""
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    near.setblocking(False)
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)  # the least there is: a few connections, not hundreds
    return near, far


def hand_out(line: socket.socket, channels: Sequence[socket.socket], stop: threading.Event) -> None:
    """Accepts until ``stop``; a process that takes none (it is dead, or hangs) is passed over once its channel is
    full, and the few that wait there are for the one that is started in its place."""
    turns = cycle(channels)
    while not stop.is_set():
        try:
            connection, _ = line.accept()
        except OSError as error:
            if not stop.wait(_AGAIN_S):
                _LOG.error("no connection was accepted: %s", error.strerror)
            continue
        with connection:
            _hand_on(connection, turns, len(channels))


def _hand_on(connection: socket.socket, turns: cycle[socket.socket], tries: int) -> None:
    for _ in range(tries):
        try:
            socket.send_fds(next(turns), [b"c"], [connection.fileno()])
            return
        except OSError:  # it is full, or too many are under way
            continue
    _LOG.error("no process takes connections")


class HandedServer(uvicorn.Server):
    """Serves what comes out of a channel."""

    def __init__(self, config: uvicorn.Config, channel: socket.socket) -> None:
        super().__init__(config)
        self._channel = channel
        self._opening: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As for any server; then the channel is heard."""
        await super().startup(sockets)
        self._channel.setblocking(False)
        asyncio.get_running_loop().add_reader(self._channel, self._take)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Takes no more connections, then ends as any server."""
        asyncio.get_running_loop().remove_reader(self._channel)
        await super().shutdown(sockets)

    def _take(self) -> None:
        told, handles, _, _ = socket.recv_fds(self._channel, 1, 1)
        if not told:  # the process that accepts is gone
            asyncio.get_running_loop().remove_reader(self._channel)
        for handle in handles:
            opening = asyncio.create_task(self._open(socket.socket(fileno=handle)))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection, ssl=self.config.ssl)
        except OSError as error:  # it broke off, or nobody there speaks TLS
            _LOG.debug("a connection was not opened: %s", error)
            connection.close()

    def _protocol(self) -> asyncio.Protocol:
        make: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        return make(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
