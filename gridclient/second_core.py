"""A second process for what an import can do beside the first: it gives way to everything else on the machine.

Part of the composition. Where there is one core only, or little to do, everything is done in place.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import pickle
import queue
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any, Final, Generic

from gridclient.services.aside import IN_PLACE, Aside, Claim, Given, Made, WhenAsked

WORTH_IT_FROM: Final = 4_000
"""Rows from which on a second process wins more than its start costs."""
_AHEAD: Final = 3
_SELDOM: Final = (100_000, 20, 20)
_YIELDING: Final = 10
_BELOW_NORMAL: Final = 0x4000
_PATIENCE_S: Final = 5.0


@contextmanager
def aside_for(rows: int) -> Iterator[Aside]:
    """Somebody to do a part of so many rows' work, until the block ends."""
    if rows < WORTH_IT_FROM:
        yield IN_PLACE
        return
    with _seldom_collected():
        if _cores() == 1:
            yield IN_PLACE
            return
        core = SecondCore()
        try:
            yield core
        finally:
            core.close()


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Rows are tuples and texts without cycles: looking for cycles among them takes a tenth of the time."""
    before = gc.get_threshold()
    gc.set_threshold(*_SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


class _Piece(Generic[Given, Made]):
    """A piece of work that was handed over: a :class:`Claim`. If the other process died, it is done here."""

    def __init__(self, core: SecondCore, work: Callable[[Given], Made], given: Given) -> None:
        self._core = core
        self._here: Claim[Made] | None = WhenAsked(work, given)
        self._answer: bytes | None = None

    def answer(self, answer: bytes) -> None:
        self._answer = answer
        self._here = None

    def is_there(self) -> bool:
        self._core.hear()
        return self._answer is not None or not self._core.alive

    def result(self) -> Made:
        while self._answer is None and self._core.alive:
            self._core.hear(wait=True)
        if self._here is not None:
            return self._here.result()
        made: Made = pickle.loads(self._answer or b"")  # from our own process
        self._answer = None
        return made


class SecondCore:
    """An :class:`Aside`; for one thread. Close it. ``handed`` counts the pieces that it was given."""

    def __init__(self) -> None:
        multiprocessing.current_process().daemon = False  # the desk's worker is one, and those may have no children
        spawning = multiprocessing.get_context("spawn")
        self._ours, theirs = spawning.Pipe()
        self._process = spawning.Process(target=_serve, args=(theirs,), name="import-helper", daemon=True)
        with _main_hidden():
            self._process.start()
        theirs.close()
        self._pieces: deque[_Piece[Any, Any]] = deque()
        self._ready = False
        self.alive = True
        self.handed = 0
        self.process_id = self._process.pid or 0

    def is_free(self) -> bool:
        self.hear()
        return self.alive and self._ready and len(self._pieces) < _AHEAD

    def hand_over(self, work: Callable[[Given], Made], given: Given) -> Claim[Made]:
        piece = _Piece(self, work, given)
        if self.alive:
            try:
                self._ours.send_bytes(pickle.dumps((work, given), pickle.HIGHEST_PROTOCOL))
                self._pieces.append(piece)
                self.handed += 1
            except OSError:
                self._lose()
        return piece

    def hear(self, *, wait: bool = False) -> None:
        """Takes the answers that came."""
        try:
            while self.alive and self._ours.poll(None if wait else 0):
                answer = self._ours.recv_bytes()
                if self._ready:
                    self._pieces.popleft().answer(answer)
                self._ready = True
                wait = False
        except (EOFError, OSError):
            self._lose()

    def close(self) -> None:
        """Ends the process; what was not asked for is lost."""
        self._ours.close()
        self._process.join(_PATIENCE_S)
        if self._process.is_alive():
            self._process.kill()
            self._process.join(_PATIENCE_S)
        self._process.close()

    def _lose(self) -> None:
        self.alive = False
        self._pieces.clear()


@contextmanager
def _main_hidden() -> Iterator[None]:
    """A spawned process runs the main module's imports again, the whole desk's maybe; this one needs none of them."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _serve(link: Connection) -> None:
    """The other process: answers in the order of the questions, and ends with whoever asks."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the import itself
    _give_way()
    gc.set_threshold(*_SELDOM)
    questions: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    answers: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(link, questions), daemon=True).start()
    threading.Thread(target=_answer, args=(link, answers), daemon=True).start()
    answers.put(b"")
    while True:
        work, given = pickle.loads(questions.get())  # from our own process
        answers.put(pickle.dumps(work(given), pickle.HIGHEST_PROTOCOL))


def _listen(link: Connection, questions: queue.SimpleQueue[bytes]) -> None:
    """Takes questions off the line while one is worked on, so that nobody waits for the line to become free."""
    try:
        while True:
            questions.put(link.recv_bytes())
    except (EOFError, OSError):
        os._exit(0)


def _answer(link: Connection, answers: queue.SimpleQueue[bytes]) -> None:
    """Sends: an answer is more than the line holds, and whoever asked listens between two pieces of his own."""
    with suppress(OSError):  # the listener ends this process
        while True:
            link.send_bytes(answers.get())


def _give_way() -> None:
    if sys.platform == "win32":
        kernel = ctypes.windll.kernel32
        kernel.SetPriorityClass(kernel.GetCurrentProcess(), _BELOW_NORMAL)
    else:
        os.nice(_YIELDING)
