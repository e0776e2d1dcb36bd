"""Handing connections to the hub's processes: a burst waits, nobody is turned away."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from gridclient.hub.crew import CAN_SHARE_PORT
from gridclient.hub.handed import hand_out, new_channel

pytestmark = pytest.mark.skipif(not CAN_SHARE_PORT, reason="connections are handed on Linux only")
BURST = 40


@pytest.fixture
def line() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=BURST) as made:
        yield made


def test_a_burst_that_no_process_has_room_for_waits(line: socket.socket) -> None:
    channels, stop = [new_channel() for _ in range(2)], threading.Event()
    into = [near for near, _ in channels]
    giving = threading.Thread(target=hand_out, args=(line, into, lambda _number: True, stop))
    desks = [socket.create_connection(line.getsockname()) for _ in range(BURST)]
    giving.start()
    try:
        giving.join(0.2)  # busy processes: meanwhile their channels are full
        taken = []
        for _ in range(BURST * 50):
            for _, far in channels:
                with suppress(BlockingIOError):
                    taken += socket.recv_fds(far, 1, 1)[1]
            if len(taken) == BURST:
                break
            giving.join(0.01)
        assert len(taken) == BURST
        for handle in taken:
            os.write(handle, b"x")
            os.close(handle)
        assert all(desk.recv(1) == b"x" for desk in desks)
    finally:
        stop.set()
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        giving.join()
        for end in (*desks, *(end for channel in channels for end in channel)):
            end.close()
