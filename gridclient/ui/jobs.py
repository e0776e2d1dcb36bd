"""Runs the work of pages: a pool of readers, one writer thread, and worker processes for long pure Python.

A job takes and returns values. Its answer arrives on the GUI thread; the answer for a page that was closed, or for a
request that a newer one of the same name replaced, is dropped. A foreseen error goes to ``failed``, a bug to
``sys.excepthook``.
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
    """A request: its owner, its name, the task, and who hears of the result.

    Tickets stay on the GUI thread and are released there, because a page whose last reference is released on another
    thread is destroyed on that thread, which crashes. Other threads know only a ticket's number.
    """

    owner: QObject
    name: str
    task: Callable[[], Any] | None
    done: Callable[[Any], None] | None
    failed: Failed | None
    progressed: Callable[..., None] | None = None


class Jobs(QObject):
    """Gives work to threads and processes and brings the answers to the GUI thread.

    Signals:
        failed(GridClientError): a job without its own ``failed`` failed; the window's banner says it.
        busy_changed(bool): whether any job is under way.
        closed(): no job is under way, and none will be.
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
        self._newest: dict[tuple[int, str], int] = {}  # (owner, name) → number of its newest request
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

    def has_asked(self, owner: QObject, name: str = "") -> bool:
        """Whether an answer for this owner, and of this name if one is given, is still to come."""
        return any(ticket.owner is owner and name in ("", ticket.name) for ticket in self._tickets.values())

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
        """Delays new reads until :meth:`go_on`, by at most a tenth of a second: something is to be painted first, and
        threads that read would take Python's lock away from painting."""
        self._holding.start()

    def go_on(self) -> None:
        """Starts the delayed reads in the order in which they were asked for."""
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
        """Runs ``task`` on the writer thread, in the order of asking, even if its owner is deleted meanwhile."""
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
        """Runs ``task(report, *values)`` in a process of its own and returns the function that cancels it.

        ``task`` must be a function of a module and ``values`` must be picklable. It calls ``report(…)`` with what
        ``progressed`` is to get on the GUI thread. After a cancel that call raises ``Cancelled``, and the task must
        leave everything in order.
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
        """Takes no more work, lets writes finish and drops all answers. Can be called twice."""
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
        """Runs on a pool thread, which must never hold the last reference to something in the ticket."""
        result: object = None
        error: GridClientError | None = None
        try:
            result = self._result(number, always=always)
        except GridClientError as foreseen:
            error = foreseen
            error.__traceback__ = None  # its frames refer to objects of the GUI thread
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
    pool.setExpiryTimeout(_FOR_EVER)  # threads live on, because each keeps its connection to the store
    return pool
