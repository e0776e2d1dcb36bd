"""Runs one task in a process of its own. Knows no Qt.

A busy Python thread makes a repaint of the case table take seconds; a process does not.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.domain.frozen import frozen
from gridclient.services.pipe import Unreadable, taken

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from multiprocessing.synchronize import Event

_LOG: Final = logging.getLogger(__name__)
_PATIENCE_S: Final = 5.0
_NICENESS: Final = 5
"""The desk's window has priority where cores are scarce."""
Report = Callable[[tuple[object, ...]], None]
Answer = Callable[[Any, GridClientError | None], None]


@frozen
class NamedTask:
    """A task that only the worker process imports: ``package.module:function``, with keyword arguments."""

    name: str
    given: Mapping[str, Any] = field(default_factory=dict)

    def __call__(self, report: Callable[..., None], *values: object) -> Any:
        module, _, function = self.name.partition(":")
        return getattr(import_module(module), function)(report, *values, **self.given)


class WorkerProcess:
    """Runs ``task(report, *values)``. The task's ``report`` raises ``Cancelled`` after :meth:`cancel`. ``report`` and
    ``answer`` of this object are called on a thread of its own."""

    def __init__(self, task: Callable[..., Any], values: tuple[object, ...], *, report: Report, answer: Answer) -> None:
        self._cancelled = False
        self._stop: Event | None = None
        self._process: SpawnProcess | None = None
        self._thread = threading.Thread(
            target=self._listen, args=(task, values, report, answer), name="worker-listener", daemon=True
        )

    def start(self) -> None:
        """Starts the process and returns at once."""
        self._thread.start()

    def cancel(self) -> None:
        """Makes the task's next ``report`` raise ``Cancelled``."""
        self._cancelled = True
        if self._stop is not None:
            self._stop.set()

    @property
    def is_over(self) -> bool:
        """Whether the process has ended, which takes a fifth of a second after its answer."""
        return not self._thread.is_alive()

    def join(self) -> None:
        """Waits for the end; a process that does not end is terminated after some seconds."""
        if not self._thread.is_alive():
            return
        self._thread.join(_PATIENCE_S)
        if self._process is not None and self._process.is_alive():
            self._process.terminate()
        self._thread.join(_PATIENCE_S)

    def _listen(self, task: Callable[..., Any], values: tuple[object, ...], report: Report, answer: Answer) -> None:
        """Runs on this object's thread, because starting the first process takes 50 ms."""
        try:
            process, ours = self._started(task, values)
        except OSError as problem:  # no memory, no open files left
            _LOG.error("no process was started: %s", problem)
            answer(None, GridClientError("worker.stopped"))
            return
        answered = False
        try:
            while not answered:
                kind, *told = taken(ours, tuple)
                if kind == "progress":
                    report(told[0])
                else:
                    answered = True
                    answer(*_as_answer(kind, told))
        except EOFError:  # the process died; its traceback is on stderr
            answer(None, GridClientError("worker.stopped"))
        except Unreadable:
            answer(None, GridClientError("worker.reopen"))
        finally:
            process.join(_PATIENCE_S)
            if process.is_alive():
                process.terminate()
            ours.close()

    def _started(self, task: Callable[..., Any], values: tuple[object, ...]) -> tuple[SpawnProcess, Connection]:
        """Starts the process; returns it and our end of the pipe."""
        import multiprocessing  # noqa: PLC0415  (nobody starts a process before the window is seen)

        spawning = multiprocessing.get_context("spawn")
        self._stop = stop = spawning.Event()
        if self._cancelled:
            stop.set()
        ours, theirs = spawning.Pipe(duplex=False)
        with theirs:
            process = spawning.Process(target=_work, args=(task, values, theirs, stop), daemon=True)
            process.start()
        self._process = process
        return process, ours


def _as_answer(kind: str, values: list[Any]) -> tuple[Any, GridClientError | None]:
    if kind == "done":
        return values[0], None
    return None, Cancelled() if kind == "cancelled" else GridClientError(values[0], **values[1])


def _work(task: Callable[..., Any], values: tuple[object, ...], link: Connection, stop: Event) -> None:
    """Runs in the process: sends one answer, or writes a traceback to stderr."""
    if hasattr(os, "nice"):  # not on Windows
        os.nice(_NICENESS)

    def report(*told: object) -> None:
        if stop.is_set():
            raise Cancelled
        link.send(("progress", told))

    try:
        link.send(("done", task(report, *values)))
    except Cancelled:
        link.send(("cancelled",))
    except GridClientError as error:
        link.send(("failed", error.code, dict(error.params)))
    finally:
        link.close()
