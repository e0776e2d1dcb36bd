"""The pipe to the worker's process: starts the worker and, if it died, another one; sends orders, receives answers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from gridclient.domain.errors import Cancelled, GridClientError, StoreUnavailable, SyncFault
from gridclient.services.pipe import Unreadable, taken
from gridclient.services.sync_control import BundleReport, SyncState
from gridclient.sync.orders import Answered, Order, RoundEnded, Stop, StopBundle, Ticketed, Told

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_LOG: Final = logging.getLogger(__name__)
PATIENCE_S: Final = 5.0
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 60.0
_VAIN_STARTS: Final = 3
"""After this many workers in a row that finished neither a round nor an order, no other one is started."""
_OF_THE_STORE: Final = ("store.", "attachment.", "profile.")


class WorkerLink:
    """Keeps one worker running and reads, on a thread of its own, what it tells.

    Args:
        opening: ``package.module:function``, called with ``given`` in the worker's process to open its parts.
        offline: the position of the offline switch; called at each start of a worker.
        tell: receives, on the reading thread, everything that the worker tells, and ``RETRYING`` or ``BROKEN`` after
            the end of a worker. After ``BROKEN`` no other one is started.

    Attributes:
        process: the newest worker; ``None`` before the first.
        has_begun: whether :meth:`start` was called before :meth:`close`.
    """

    def __init__(
        self,
        opening: str,
        given: tuple[Any, ...],
        *,
        offline: Callable[[], bool],
        tell: Callable[[Told | SyncState], None],
    ) -> None:
        self._opening = opening
        self._given = given
        self._offline = offline
        self._tell = tell
        self.process: BaseProcess | None = None
        self.has_begun = False
        self._lock = threading.RLock()
        self._pipe: Connection | None = None
        self._tickets: dict[int, Future[BundleReport | None]] = {}
        self._numbers = count(1)
        self._without_worker = "worker.stopped"
        self._started = threading.Event()
        self._closing = threading.Event()
        self._reader = threading.Thread(target=self._keep_running, name="sync-reader", daemon=True)

    def start(self) -> bool:
        """Starts the worker and returns at once. If it was started before or is closed, does nothing: ``False``."""
        with self._lock:
            if self.has_begun or self._closing.is_set():
                return False
            self.has_begun = True
        self._reader.start()
        return True

    def give(self, order: Order) -> bool:
        """Sends an order; ``False`` if there is no worker that could receive it."""
        with self._lock:
            if self._pipe is None:
                return False
            try:
                self._pipe.send(order)
            except (OSError, ValueError):
                return False
            return True

    def ask(self, order_for: Callable[[int], Ticketed]) -> BundleReport | None:
        """Sends an order and waits for its answer. Blocking.

        Args:
            order_for: makes the order from the number of its ticket.

        Raises:
            GridClientError: what the worker answered; ``worker.stopped`` or ``worker.reopen`` if it ended or there is
                none.
        """
        self._started.wait(PATIENCE_S)
        ticket = next(self._numbers)
        answer: Future[BundleReport | None] = Future()
        with self._lock:  # nobody can stop it before it is on its way
            self._tickets[ticket] = answer
            given = self.give(order_for(ticket))
        if not given:
            self._tickets.pop(ticket, None)
            raise GridClientError(self._without_worker)
        while True:
            try:
                return answer.result(PATIENCE_S)
            except NotYet:
                if self._closing.is_set():
                    raise GridClientError(self._without_worker) from None

    def stop_asked(self) -> None:
        """Orders the worker to stop all work for which a caller of :meth:`ask` waits."""
        with self._lock:
            for ticket in list(self._tickets):
                self.give(StopBundle(ticket))

    def close(self) -> None:
        """Ends the worker; if it does not obey, by force after :data:`PATIENCE_S`."""
        self._closing.set()
        self.give(Stop())
        self._join()
        if self._reader.is_alive():
            self._reader.join(PATIENCE_S)

    def _keep_running(self) -> None:
        """Starts one worker after the other and reads its pipe, until the desk closes or another one would not help: it
        cannot start, or is of another version of the program."""
        pause, vain = _FIRST_PAUSE_S, 0
        while not self._closing.is_set():
            worked = False
            try:
                worked = self._read(self._start_process())
            except OSError as problem:
                _LOG.error("the worker of synchronisation was not started: %s", problem)
            except Unreadable as problem:
                _LOG.error("the worker of synchronisation speaks otherwise: %s", problem)
                self._process_ended(SyncState.BROKEN)
                return
            pause, vain = (_FIRST_PAUSE_S, 0) if worked else (pause, vain + 1)
            self._process_ended(SyncState.BROKEN if vain >= _VAIN_STARTS else SyncState.RETRYING)
            if not self._closing.wait(pause):
                _LOG.error("the worker of synchronisation ended; another one is started")
            pause = min(pause * 2, _LONGEST_PAUSE_S)

    def _start_process(self) -> Connection:
        # The first paint does not wait a fifth of a second for what only the worker needs.
        import multiprocessing

        from gridclient.sync.serving import serve

        spawning = multiprocessing.get_context("spawn")
        ours, theirs = spawning.Pipe()
        values = (theirs, self._opening, self._given, self._offline())
        process = spawning.Process(target=serve, args=values, name="gridclient-sync", daemon=True)
        process.start()
        theirs.close()
        with self._lock:
            self.process, self._pipe = process, ours
        self._started.set()
        if self._closing.is_set():
            self.give(Stop())
        return ours

    def _read(self, pipe: Connection) -> bool:
        """Hands on what a worker tells until it ends. Returns whether it finished a round or an order.

        Raises:
            Unreadable: it told something that this program does not know.
        """
        worked = False
        while True:
            try:
                news: Told = taken(pipe, Told)
            except (EOFError, OSError):
                return worked
            worked = worked or isinstance(news, RoundEnded | Answered)
            if isinstance(news, Answered):
                self._answer(news)
            else:
                self._tell(news)

    def _process_ended(self, state: SyncState) -> None:
        """Clears up after a worker that ended, answers all who wait for it, and tells the state from now on."""
        with self._lock:
            pipe, self._pipe = self._pipe, None
            self._without_worker = "worker.reopen" if state is SyncState.BROKEN else "worker.stopped"
        if pipe is not None:
            pipe.close()  # one that still lives hears it
        self._join()
        for ticket in list(self._tickets):
            self._answer(Answered(ticket, None, self._without_worker))
        self._tell(state)

    def _join(self) -> None:
        process = self.process
        if process is not None and process.pid is not None:
            process.join(PATIENCE_S)
            if process.is_alive():
                process.terminate()

    def _answer(self, answer: Answered) -> None:
        future = self._tickets.pop(answer.ticket, None)
        if future is not None and answer.error:
            future.set_exception(_error(answer))
        elif future is not None:
            future.set_result(answer.bundle)
        self._tell(answer)


def _error(answer: Answered) -> GridClientError:
    params = dict(answer.params)
    if answer.error == "cancelled":
        return Cancelled()
    if answer.error.startswith(_OF_THE_STORE):
        return StoreUnavailable(answer.error, **params)
    if answer.error.startswith(("sync.", "bundle.")):
        return SyncFault(answer.error, **params)
    return GridClientError(answer.error, **params)
