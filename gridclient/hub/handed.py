"""Passes accepted connections to the serving processes in turn.

Left to the system, a few connections would be spread at random, and one process might get most of them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import cycle, islice
from typing import Final

import uvicorn

from gridclient.domain.errors import reason_of

_AGAIN_S: Final = 0.5
_FULL_S: Final = 0.005
_PATIENCE_S: Final = 10.0
_LOG: Final = logging.getLogger(__name__)


def new_channel() -> tuple[socket.socket, socket.socket]:
    """A pair of sockets: connections sent into the first are received from the second, in another process."""
    near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    near.setblocking(False)
    far.setblocking(False)
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1)  # the least: room for a few waiting connections
    return near, far


def hand_out(
    line: socket.socket, channels: Sequence[socket.socket], listens: Callable[[int], bool], stop: threading.Event
) -> None:
    """Accepts connections until ``stop`` and passes each to the next process that listens and has room in its channel.

    If none has room, the connection waits, and later ones wait in the system's queue.
    """
    turns = cycle(range(len(channels)))
    while not stop.is_set():
        try:
            connection, _ = line.accept()
        except OSError as error:
            if not stop.wait(_AGAIN_S):
                _LOG.error("no connection was accepted: %s", reason_of(error))
            continue
        with connection:
            until = time.monotonic() + _PATIENCE_S
            while not any(
                listens(number) and _handed(connection, channels[number]) for number in islice(turns, len(channels))
            ):
                if stop.wait(_FULL_S):
                    return
                if time.monotonic() > until:
                    _LOG.error("no process takes connections")
                    break


def _handed(connection: socket.socket, channel: socket.socket) -> bool:
    try:
        socket.send_fds(channel, [b"c"], [connection.fileno()])
    except OSError:  # the channel is full
        return False
    return True


def drop_waiting(channel: socket.socket) -> None:
    """Closes connections left in a channel; their desks will connect again."""
    with suppress(OSError):
        while handles := socket.recv_fds(channel, 1, 1)[1]:
            os.close(handles[0])


class HandedServer(uvicorn.Server):
    """A uvicorn server that serves the connections from a channel."""

    def __init__(self, config: uvicorn.Config, channel: socket.socket) -> None:
        super().__init__(config)
        self._channel = channel
        self._opening: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts as any server, then receives from the channel."""
        await super().startup(sockets)
        asyncio.get_running_loop().add_reader(self._channel, self._take)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stops receiving, then ends as any server."""
        asyncio.get_running_loop().remove_reader(self._channel)
        await super().shutdown(sockets)

    def _take(self) -> None:
        told, handles, _, _ = socket.recv_fds(self._channel, 1, 1)
        if not told:  # the accepting process has ended
            asyncio.get_running_loop().remove_reader(self._channel)
        for handle in handles:
            opening = asyncio.create_task(self._open(socket.socket(fileno=handle)))
            self._opening.add(opening)
            opening.add_done_callback(self._opening.discard)

    async def _open(self, connection: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection, ssl=self.config.ssl)
        except OSError as error:  # closed by the other side, or no TLS
            _LOG.debug("a connection was not opened: %s", error)
            connection.close()

    def _protocol(self) -> asyncio.Protocol:
        make: Callable[..., asyncio.Protocol] = self.config.http_protocol_class
        return make(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)
