"""The only place that submits work: a pool of readers, one writer thread, and a worker process for long pure Python.

A job takes and returns values. Its answer arrives on the GUI thread; the answer for a page that was closed, or for a
request that a newer one of the same name replaced, is dropped. A failure that was foreseen goes to ``failed``; a bug
reaches ``sys.excepthook``.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QThreadPool, Signal

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.ui.worker_process import WorkerProcess

T = TypeVar("T")
Failed = Callable[[GridClientError], None]
_LOG = logging.getLogger(__name__)
_SWITCH_INTERVAL_S: Final = 0.0005
_FOR_EVER: Final = -1


@dataclass(frozen=True, slots=True)
class _Ticket:
    """One request: whose it is, what replaces it, and what hears the answer."""

    number: int
    owner: QObject
    name: str
    done: Callable[[Any], None] | None
    failed: Failed | None


class Jobs(QObject):
    """Gives work to threads and processes and brings the answers home.

    Signals:
        failed(GridClientError): a job failed that named no ``failed``; the window's banner says it.
        busy_changed(bool): whether anything is under way.
    """

    failed = Signal(object)
    busy_changed = Signal(bool)
    _answered = Signal(object, object, object)  # ticket, result, error
    _reported = Signal(object, object)  # what hears it, its values

    def __init__(self, *, readers: int = 3, parent: QObject | None = None) -> None:
        super().__init__(parent)
        sys.setswitchinterval(_SWITCH_INTERVAL_S)
        self._readers = _pool(self, readers)
        self._writer = _pool(self, 1)
        self._newest: dict[tuple[int, str], int] = {}
        self._processes: dict[int, WorkerProcess] = {}
        self._waiting: set[int] = set()
        self._numbers = 0
        self._closed = False
        self._answered.connect(self._on_answered, Qt.ConnectionType.QueuedConnection)
        self._reported.connect(_hand_over, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

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
        ticket = self._ticket(owner, name, done, failed)
        if ticket is not None:
            self._readers.start(lambda: self._run(ticket, task))

    def write(
        self,
        owner: QObject,
        task: Callable[[], T],
        done: Callable[[T], None] | None = None,
        failed: Failed | None = None,
    ) -> None:
        """Runs ``task`` on the one writer thread, in the order of asking. It runs even if its owner goes."""
        ticket = self._ticket(owner, "", done, failed)
        if ticket is not None:
            self._writer.start(lambda: self._run(ticket, task, always=True))

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
        ticket = self._ticket(owner, "", done, failed)
        if ticket is None:
            return lambda: None

        def report(given: tuple[object, ...]) -> None:
            self._reported.emit(lambda *shown: self._progress(ticket, progressed, shown), given)

        def answer(result: object, error: GridClientError | None) -> None:
            self._answered.emit(ticket, result, error)

        process = WorkerProcess(task, values, report=report, answer=answer)
        self._processes[ticket.number] = process
        process.start()
        return process.cancel

    def close(self) -> None:
        """Takes no more work, lets what writes finish, drops every answer. Safe to call twice."""
        self._closed = True
        self._readers.clear()
        for process in tuple(self._processes.values()):
            process.cancel()
        for process in tuple(self._processes.values()):
            process.join()
        self._processes.clear()
        self._readers.waitForDone(_FOR_EVER)
        self._writer.waitForDone(_FOR_EVER)

    def _ticket(
        self, owner: QObject, name: str, done: Callable[[Any], None] | None, failed: Failed | None
    ) -> _Ticket | None:
        if self._closed:
            return None
        self._numbers += 1
        ticket = _Ticket(self._numbers, owner, name, done, failed)
        if name:
            self._newest[id(owner), name] = ticket.number
        self._note(ticket.number, under_way=True)
        return ticket

    def _run(self, ticket: _Ticket, task: Callable[[], Any], *, always: bool = False) -> None:
        """On a pool thread. Without an answer (a bug) the ticket is given back all the same."""
        result: object = None
        error: GridClientError | None = None
        try:
            if always or self._is_wanted(ticket):
                result = task()
        except GridClientError as foreseen:
            error = foreseen
        except BaseException:
            error = Cancelled()
            raise
        finally:
            if shiboken6.isValid(self):
                self._answered.emit(ticket, result, error)

    def _is_wanted(self, ticket: _Ticket) -> bool:
        newest = self._newest.get((id(ticket.owner), ticket.name), ticket.number) if ticket.name else ticket.number
        return not self._closed and newest == ticket.number and shiboken6.isValid(ticket.owner)

    def _on_answered(self, ticket: _Ticket, result: object, error: GridClientError | None) -> None:
        wanted = self._is_wanted(ticket)
        if self._newest.get((id(ticket.owner), ticket.name)) == ticket.number:
            del self._newest[id(ticket.owner), ticket.name]
        process = self._processes.pop(ticket.number, None)
        if process is not None:
            process.join()
        self._note(ticket.number, under_way=False)
        if not wanted:
            return
        if error is None:
            if ticket.done is not None:
                ticket.done(result)
        elif ticket.failed is not None:
            ticket.failed(error)
        elif not isinstance(error, Cancelled):
            _LOG.warning("a job failed: %s", error.code)
            self.failed.emit(error)

    def _progress(self, ticket: _Ticket, progressed: Callable[..., None] | None, shown: tuple[object, ...]) -> None:
        if progressed is not None and self._is_wanted(ticket) and ticket.number in self._waiting:
            progressed(*shown)

    def _note(self, number: int, *, under_way: bool) -> None:
        before = self.busy
        if under_way:
            self._waiting.add(number)
        else:
            self._waiting.discard(number)
        if self.busy != before and not self._closed:
            self.busy_changed.emit(self.busy)


def _hand_over(hears: Callable[..., None], values: tuple[object, ...]) -> None:
    hears(*values)


def _pool(parent: QObject, threads: int) -> QThreadPool:
    pool = QThreadPool(parent)
    pool.setMaxThreadCount(threads)
    pool.setExpiryTimeout(_FOR_EVER)  # a thread keeps its connection to the store
    return pool
