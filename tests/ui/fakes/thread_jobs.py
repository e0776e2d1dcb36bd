"""Jobs whose worker process is a thread: the same answers in the same order, without the second it takes to start."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Qt, Signal

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.ui.jobs import Jobs

T = TypeVar("T")


class ThreadJobs(Jobs):
    """``in_process`` on a reader thread."""

    _shown = Signal(int, object)

    def __init__(self, *, readers: int = 2) -> None:
        super().__init__(readers=readers)
        self._hearing: list[Callable[..., None] | None] = []
        self._shown.connect(self._on_shown, Qt.ConnectionType.QueuedConnection)

    def in_process(
        self,
        owner: QObject,
        task: Callable[..., T],
        *values: object,
        done: Callable[[T], None] | None = None,
        failed: Callable[[GridClientError], None] | None = None,
        progressed: Callable[..., None] | None = None,
    ) -> Callable[[], None]:
        stop, number = threading.Event(), len(self._hearing)
        self._hearing.append(progressed)

        def report(*shown: Any) -> None:
            if stop.is_set():
                raise Cancelled
            self._shown.emit(number, shown)

        self.read(owner, lambda: task(report, *values), done, failed)
        return stop.set

    def _on_shown(self, number: int, shown: tuple[Any, ...]) -> None:
        hears = self._hearing[number]
        if hears is not None:
            hears(*shown)
