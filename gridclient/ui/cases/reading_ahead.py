"""Lets the store read ahead into its cache, step by step, while nothing else is under way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, QTimer

from gridclient.domain.errors import GridClientError
from gridclient.ui.jobs import Jobs

_BEGIN_MS: Final = 2_000
_PAUSE_MS: Final = 60
_QUIET_MS: Final = 300
"""Pause after a request, because a step takes a core that painting and the map need then."""


class ReadingAhead(QObject):
    """Starts two seconds after :meth:`begin`, so that window and map come first, and stops when everything is read."""

    def __init__(self, *, step: Callable[[], bool], jobs: Jobs, parent: QObject) -> None:
        super().__init__(parent)
        self._step, self._jobs = step, jobs
        self._begun = False
        self._pause = QTimer(self, singleShot=True)
        self._pause.timeout.connect(self._on_pause_over)
        jobs.busy_changed.connect(self._on_busy_changed)

    def begin(self) -> None:
        """Starts; a second call does nothing."""
        if not self._begun:
            self._begun = True
            self._pause.start(_BEGIN_MS)

    def _on_busy_changed(self, busy: bool) -> None:
        """Delays the next step while something is asked for."""
        if busy and self._pause.isActive():
            self._pause.start(max(_QUIET_MS, self._pause.remainingTime()))

    def _on_pause_over(self) -> None:
        if self._jobs.busy:
            self._pause.start(_QUIET_MS)
        else:
            self._jobs.read(self, self._step, self._on_step_done, _stop, name="ahead")

    def _on_step_done(self, more: bool) -> None:
        if more:
            self._pause.start(_PAUSE_MS)


def _stop(_error: GridClientError) -> None:
    """Ends the reading: an error will be told when the data is asked for."""
