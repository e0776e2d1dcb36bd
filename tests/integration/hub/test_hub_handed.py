"""Handing connections to the hub's processes: a burst waits, nobody is turned away."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress

import pytest

from gridclient.hub.crew import CAN_SHARE_PORT
from gridclient.hub.handed import drop_waiting, hand_out, new_channel

pytestmark = pytest.mark.skipif(not CAN_SHARE_PORT, reason="connections are handed on Linux only")
BURST = 40


@pytest.fixture
def line() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=BURST) as made:
        yield made


@contextmanager
def handed_out(
    line: socket.socket, listening: Collection[int] = (0, 1)
) -> Iterator[tuple[list[socket.socket], list[socket.socket]]]:
    """A burst of desks, and the channels of two processes to which their connections are handed meanwhile."""
    channels, stop = [new_channel() for _ in range(2)], threading.Event()
    into = [near for near, _ in channels]
    giving = threading.Thread(target=hand_out, args=(line, into, listening.__contains__, stop))
    desks = [socket.create_connection(line.getsockname(), timeout=30) for _ in range(BURST)]
    giving.start()
    try:
        giving.join(0.2)  # busy processes: meanwhile their channels are full
        yield desks, [far for _, far in channels]
    finally:
        stop.set()
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
        for _, far in channels:
            drop_waiting(far)
        giving.join()
        for end in (*desks, *(end for channel in channels for end in channel)):
            end.close()


def taken(channels: Sequence[socket.socket], most: int) -> list[int]:
    found: list[int] = []
    for _ in range(BURST * 50):
        for far in channels:
            with suppress(BlockingIOError):
                found += socket.recv_fds(far, 1, 1)[1]
        if len(found) >= most:
            break
        threading.Event().wait(0.01)
    return found


def test_a_burst_that_no_process_has_room_for_waits(line: socket.socket) -> None:
    with handed_out(line) as (desks, channels):
        handles = taken(channels, BURST)
        assert len(handles) == BURST
        for handle in handles:
            os.write(handle, b"x")
            os.close(handle)
        assert all(desk.recv(1) == b"x" for desk in desks)


def test_a_process_that_takes_nothing_keeps_few_connections_which_come_again_when_it_is_dead(
    line: socket.socket,
) -> None:
    with handed_out(line) as (desks, (dead, other)):
        handles = taken([other], BURST * 3 // 4)
        assert len(handles) >= BURST * 3 // 4
        for handle in handles:
            os.write(handle, b"x")
            os.close(handle)
        drop_waiting(dead)
        assert {desk.recv(1) for desk in desks[:8]} == {b"x", b""}


def test_a_process_that_does_not_listen_yet_gets_none(line: socket.socket) -> None:
    with handed_out(line, listening={1}) as (_, (starting, other)):
        handles = taken([other], BURST)
        assert len(handles) == BURST
        with pytest.raises(BlockingIOError):
            socket.recv_fds(starting, 1, 1)
        for handle in handles:
            os.close(handle)
