"""How long something will still take."""

from __future__ import annotations

import time
from typing import Final

from gridclient.ui.present import left_text

_KNOWN_S: Final = 2.0


class Pace:
    """Judges by the time from the first :meth:`left` to the last step, so that what came before (opening a file) does
    not count, and waiting for the next step does not make it longer."""

    def __init__(self) -> None:
        self._begun: tuple[float, float] | None = None
        self._step = (0.0, 0.0)

    def left(self, done: float, of: float) -> str:
        """The time left in words; "" while that is not known."""
        if self._begun is None or done != self._step[1]:
            self._step = (time.monotonic(), done)
        begun, first = self._begun = self._begun or self._step
        took = self._step[0] - begun
        if took < _KNOWN_S or not first < done < of:
            return ""
        return left_text(took / (done - first) * (of - done))
