"""Runs several processes that serve one port, because one Python process uses one core.

Only on systems that can pass connections between processes, and on a database that several processes may write to.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from multiprocessing.connection import wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event
from typing import Any, Final

from gridclient.hub.handed import drop_waiting, hand_out, new_channel

_START_S: Final = 60.0
_END_S: Final = 20.0
_AGAIN_S: Final = 1.0
_LOG: Final = logging.getLogger(__name__)

CAN_SHARE_PORT: Final = sys.platform == "linux"

Member = Callable[..., None]
"""``member(number, ready, channel, *arguments)``: serves what comes out of the channel (:mod:`handed`) until a signal
comes; sets ``ready`` when it listens."""


class Crew:
    """Starts ``count`` processes (``member``, a function of a module), restarts those that die, ends all together, and
    passes the connections that arrive on ``line`` to them in turn."""

    def __init__(self, member: Member, count: int, line: socket.socket, arguments: tuple[Any, ...]) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._member, self._arguments = member, arguments
        self._line = line
        self._stop = threading.Event()
        self._channels = [new_channel() for _ in range(count)]
        self._members: list[tuple[SpawnProcess, Event]] = []

    def run(self, ready: Callable[[], None]) -> bool:
        """Runs until SIGTERM or SIGINT; calls ``ready`` once all listen. ``False`` if a process did not start,
        and nobody had told it to end."""
        try:
            with told_to_end(self._stop.set):
                for number in range(len(self._channels)):
                    self._members.append(self._start(number))
                if not all(self._listens(event) for _, event in self._members):
                    return self._stop.is_set()
                into = [near for near, _ in self._channels]
                arguments = (self._line, into, self._is_heard, self._stop)
                threading.Thread(target=hand_out, args=arguments, daemon=True).start()
                ready()
                while not self._stop.is_set():
                    self._replace_dead()
                return True
        finally:
            self._end()

    def _start(self, number: int) -> tuple[SpawnProcess, Event]:
        ready = self._context.Event()
        arguments = (self._channels[number][1], *self._arguments)
        process = self._context.Process(target=_serve_with_parent, args=(self._member, number, ready, arguments))
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # inherited: Ctrl+C goes to all, but is ours
        try:
            process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        return process, ready

    def _listens(self, event: Event) -> bool:
        until = time.monotonic() + _START_S
        while not event.wait(0.1):
            alive = all(process.is_alive() for process, _ in self._members)
            if self._stop.is_set() or not alive or time.monotonic() > until:
                return event.is_set()
        return True

    def _is_heard(self, number: int) -> bool:
        return self._members[number][1].is_set()

    def _replace_dead(self) -> None:
        wait([process.sentinel for process, _ in self._members], timeout=0.5)
        for number, (process, listens) in enumerate(self._members):
            if process.is_alive():
                continue
            listens.clear()  # the others take its connections until it listens
            drop_waiting(self._channels[number][1])
            if not self._stop.wait(_AGAIN_S):
                _LOG.error("process %d of the hub ended (%s) and is started again", number, process.exitcode)
                self._members[number] = self._start(number)

    def _end(self) -> None:
        self._stop.set()
        with suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)  # ends accept() in the thread that hands out
        for process, _ in self._members:
            process.terminate()
        for process, _ in self._members:
            process.join(_END_S)
            if process.is_alive():
                process.kill()
                process.join()
        for end in chain.from_iterable(self._channels):
            end.close()


def _serve_with_parent(member: Member, number: int, ready: Event, arguments: tuple[Any, ...]) -> None:
    """Runs one member; it ends when the parent process is gone."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            parent.join()
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="hub-parent", daemon=True).start()
    member(number, ready, *arguments)


@contextmanager
def told_to_end(end: Callable[[], None]) -> Iterator[None]:
    """Within the block SIGTERM and SIGINT call ``end`` instead of killing: to end a hub so is to end it well."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {sign: signal.signal(sign, lambda *_: end()) for sign in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)
