"""How long an import keeps the store locked at a time: long while nobody else writes, short while somebody does.

Longer turns are cheaper, because index pages are encrypted and written once for many rows. Whoever wants to write
meanwhile waits for the step under way and for the commit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

_TURN_S: Final = 0.18
_MOST: Final = 12
"""Most steps in one turn."""
_SHORT_TURN_S: Final = 0.03
_LATELY_S: Final = 2.0
"""How long turns stay short after somebody wanted to write."""
_PAUSE_S: Final = 0.003
"""Pause between turns while somebody waits for the store; a waiting writer tries every millisecond."""
_BREATH_S: Final = 0.001
"""Pause between turns while nobody is known to wait."""
_WEIGHT: Final = 0.25
"""Weight of the last turn in the size of the next: a single turn may be slow, when it merges the search index."""


class Pace:
    """Says how many steps the next turn of a long writer should have. A turn is one transaction of several steps.

    ``asked_for`` tells whether another process wanted to write since a time (``time.time_ns``).
    """

    def __init__(self, asked_for: Callable[[int], bool]) -> None:
        self._asked_for = asked_for
        self._steps = 1.0
        self._began = self._ended = 0.0
        self._since = 0
        self._asked: float | None = None

    @property
    def steps(self) -> int:
        """How many steps the next turn should have."""
        return round(self._steps)

    def rest(self) -> None:
        """Waits between two turns, so that others can write."""
        pause = _BREATH_S if self._asked is None or self._asked < self._began else _PAUSE_S
        time.sleep(max(0.0, pause - (time.perf_counter() - self._ended)))

    def begin(self) -> None:
        """A turn begins: the transaction has the lock."""
        self._began, self._since = time.perf_counter(), time.time_ns()

    def is_asked(self) -> bool:
        """Whether somebody else has wanted to write since the turn began."""
        if self._asked_for(self._since):
            self._asked = time.perf_counter()
            return True
        return False

    def end(self, steps: int) -> None:
        """The turn of so many steps has ended; adapts the size of the next one to its duration."""
        self.is_asked()
        self._ended = time.perf_counter()
        short = self._asked is not None and self._ended - self._asked < _LATELY_S
        wanted = steps * (_SHORT_TURN_S if short else _TURN_S) / (self._ended - self._began)
        if short:
            self._steps = min(self._steps, wanted)
        else:
            self._steps += _WEIGHT * (wanted - self._steps)
        self._steps = max(1.0, min(float(_MOST), self._steps))
