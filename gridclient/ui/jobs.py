"""Where pages submit work: a pool of readers, one writer thread, and a worker process for long pure Python.

A job takes and returns values. Its answer arrives on the GUI thread; the answer for a page that was closed, or for a
request that a newer one of the same name replaced, is dropped. A failure that was foreseen goes to ``failed``; a bug
reaches ``sys.excepthook``.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.domain.frozen import frozen
from gridclient.ui.worker_process import WorkerProcess

T = TypeVar("T")
Failed = Callable[[GridClientError], None]
_LOG = logging.getLogger(__name__)
_SWITCH_INTERVAL_S: Final = 0.0005
_FOR_EVER: Final = -1
_HELD_MS: Final = 100


@frozen
class _Ticket:
    """One request: whose it is, what replaces it, what is to be done and what hears of it.

    Tickets stay on the GUI thread's side and are let go there: a page whose last reference died on another thread
    would be destroyed on that thread, which crashes. Threads know a ticket's number.
    """

    owner: QObject
    name: str
    task: Callable[[], Any] | None
    done: Callable[[Any], None] | None
    failed: Failed | None
    progressed: Callable[..., None] | None = None


class Jobs(QObject):
    """Gives work to threads and processes and brings the answers home.

    Signals:
        failed(GridClientError): a job failed that named no ``failed``; the window's banner says it.
        busy_changed(bool): whether anything is under way.
        closed(): nothing is under way any more, nor will be.
    """

    failed = Signal(object)
    busy_changed = Signal(bool)
    closed = Signal()
    _answered = Signal(int, object, object)  # number, result, error
    _reported = Signal(int, object)  # number, values

    def __init__(self, *, readers: int = 3, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        self._readers = _pool(self, readers)
        self._writer = _pool(self, 1)
        self._tickets: dict[int, _Ticket] = {}
        self._newest: dict[tuple[int, str], int] = {}  # of the names that are under way: an older one may still come
        self._processes: dict[int, WorkerProcess] = {}
        self._held: list[int] = []
        self._holding = QTimer(self, singleShot=True, interval=_HELD_MS)
        self._holding.timeout.connect(self.go_on)
        self._numbers = 0
        self._closed = False
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)
        self._reported.connect(self._on_reported, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        return bool(self._tickets)

    def has_asked(self, owner: QObject) -> bool:
        """Whether something that the owner asked for is on its way."""
        return any(ticket.owner is owner for ticket in self._tickets.values())

    def read(
        self,
        owner: QObject,
        task: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Failed | None = None,
        *,
        name: str = "",
    ) -> None:
        """Runs ``task`` on a reader thread. A newer request of the same owner and ``name`` replaces this one."""
        number = self._take(_Ticket(owner, name, task, done, failed))
        if number is not None and self._holding.isActive():
            self._held.append(number)
        elif number is not None:
            self._readers.start(lambda: self._run(number))

    def hold(self) -> None:
        """Lets what is read from now on wait until :meth:`go_on`, for a tenth of a second at most: there is something
        to paint first, and threads that read would take Python's lock away from it cell by cell."""
        self._holding.start()

    def go_on(self) -> None:
        """Begins what waited, in the order of asking."""
        self._holding.stop()
        held, self._held = self._held, []
        for number in held:
            self._readers.start(partial(self._run, number))

    def write(
        self,
        owner: QObject,
        task: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Runs ``task`` on the one writer thread, in the order of asking. It runs even if its owner goes."""
        number = self._take(_Ticket(owner, "", task, done, failed))
        if number is not None:
            self._writer.start(lambda: self._run(number, always=True))

    def in_process(
        self,
        owner: QObject,
        task: Callable[..., T],
        *values: object,
        done: Callable[[T], None] | None = None,
        failed: Failed | None = None,
        progressed: Callable[..., None] | None = None,
    ) -> Callable[[], None]:
        """Runs ``task(report, *values)`` in a process of its own and gives back what cancels it.

        ``task`` is a function of a module and ``values`` can be pickled. It calls ``report(…)`` with what
        ``progressed`` shall get on the GUI thread; after a cancel that call raises ``Cancelled`` and the task leaves
        things whole.
        """
        number = self._take(_Ticket(owner, "", None, done, failed, progressed))
        if number is None:
            return lambda: None

        def report(shown: tuple[object, ...]) -> None:
            self._reported.emit(number, shown)

        def answer(result: object, error: GridClientError | None) -> None:
            self._answered.emit(number, result, error)

        process = WorkerProcess(task, values, report=report, answer=answer)
        self._processes = {known: other for known, other in self._processes.items() if not other.is_over}
        self._processes[number] = process
        process.start()
        return process.cancel

    def close(self) -> None:
        """Takes no more work, lets what writes finish, drops every answer. Safe to call twice."""
        self._closed = True
        self._holding.stop()
        self._held.clear()
        self._readers.clear()
        for process in tuple(self._processes.values()):
            process.cancel()
        for process in tuple(self._processes.values()):
            process.join()
        self._processes.clear()
        self._readers.waitForDone(_FOR_EVER)
        self._writer.waitForDone(_FOR_EVER)
        self.closed.emit()

    def _take(self, ticket: _Ticket) -> int | None:
        if self._closed:
            return None
        self._numbers += 1
        if ticket.name:
            self._newest[id(ticket.owner), ticket.name] = self._numbers
        self._tickets[self._numbers] = ticket
        if len(self._tickets) == 1:
            self.busy_changed.emit(True)
        return self._numbers

    def _run(self, number: int, *, always: bool = False) -> None:
        """On a pool thread, which must not be the last to hold anything of the ticket."""
        result: object = None
        error: GridClientError | None = None
        try:
            result = self._result(number, always=always)
        except GridClientError as foreseen:
            error = foreseen
            error.__traceback__ = None  # its frames hold what belongs to the GUI thread
        except BaseException as bug:  # noqa: BLE001  # a bug: PySide6 6.8 drops what leaves a pool's task
            error = GridClientError("job.failed")
            sys.excepthook(type(bug), bug, bug.__traceback__)
        finally:
            self._answered.emit(number, result, error)

    def _result(self, number: int, *, always: bool) -> object:
        ticket = self._tickets[number]
        wanted = always or self._is_wanted(number, ticket)
        return ticket.task() if ticket.task is not None and wanted else None

    def _is_wanted(self, number: int, ticket: _Ticket) -> bool:
        newest = self._newest.get((id(ticket.owner), ticket.name), number) if ticket.name else number
        return not self._closed and newest == number and shiboken6.isValid(ticket.owner)

    def _on_answered(self, number: int, result: object, error: GridClientError | None) -> None:
        ticket = self._tickets.pop(number)
        wanted = self._is_wanted(number, ticket)
        if not any(other.owner is ticket.owner and other.name == ticket.name for other in self._tickets.values()):
            self._newest.pop((id(ticket.owner), ticket.name), None)
        if not self._tickets and not self._closed:
            self.busy_changed.emit(False)
        if wanted:
            self._tell(ticket, result, error)

    def _tell(self, ticket: _Ticket, result: object, error: GridClientError | None) -> None:
        if error is None:
            if ticket.done is not None:
                ticket.done(result)
        elif ticket.failed is not None:
            ticket.failed(error)
        elif not isinstance(error, Cancelled):
            _LOG.warning("a job failed: %s", error.code)
            self.failed.emit(error)

    def _on_reported(self, number: int, shown: tuple[object, ...]) -> None:
        ticket = self._tickets.get(number)
        if ticket is not None and ticket.progressed is not None and self._is_wanted(number, ticket):
            ticket.progressed(*shown)


def _pool(parent: QObject, threads: int) -> QThreadPool:
    pool = QThreadPool(parent)
    pool.setMaxThreadCount(threads)
    pool.setExpiryTimeout(_FOR_EVER)  # a thread keeps its connection to the store
    return pool
