"""The beat by which the list and the case's panel count time, so that both say the same of a deadline at any moment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from gridclient.services.ports import Clock

_STEP: Final = timedelta(seconds=20)
_SECOND: Final = timedelta(seconds=1)


def last_beat(now: datetime) -> datetime:
    """The last full third of a minute."""
    return now - timedelta(seconds=now.second % _STEP.seconds, microseconds=now.microsecond)


class Beat(QObject):
    """Strikes at every full third of a minute while it runs.

    Signals:
        struck(datetime): the present time, :meth:`now`.
    """

    struck = Signal(object)

    def __init__(self, clock: Clock, *, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._timer = QTimer(self, singleShot=True, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._strike)

    def now(self) -> datetime:
        """The time to show: that of the last beat."""
        return last_beat(self._clock.now())

    def start(self) -> None:
        """Waits for the next beat."""
        now = self._clock.now()
        self._timer.start((last_beat(now) + _STEP - now) // (_SECOND / 1000) + 1)

    def stop(self) -> None:
        """Strikes no more."""
        self._timer.stop()

    def _strike(self) -> None:
        self.struck.emit(self.now())
        self.start()
