"""How long something will still take."""

from __future__ import annotations

import time
from typing import Final

from gridclient.ui.present import left_text

_KNOWN_S: Final = 2.0


class Pace:
    """Judges by the time since the first :meth:`left`, so that what came before (opening a file) does not count."""

    def __init__(self) -> None:
        self._begun: tuple[float, float] | None = None

    def left(self, done: float, of: float) -> str:
        """The time left in words; "" while that is not known."""
        now = time.monotonic()
        begun, first = self._begun = self._begun or (now, done)
        if now - begun < _KNOWN_S or not first < done < of:
            return ""
        return left_text((now - begun) / (done - first) * (of - done))
