"""How long an import holds the store at a time: long while nobody wants it, short while somebody works at the desk.

A long turn is cheaper: a page of an index that many rows share is encrypted and written once, the search index gets
fewer and larger pieces to merge. Who asks meanwhile waits for the step that is under way, and for the commit.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

_TURN_S: Final = 0.18
_MOST: Final = 12
"""Steps."""
_SHORT_TURN_S: Final = 0.03
_LATELY_S: Final = 2.0
"""How long turns stay short after somebody asked, for he will ask again."""
_PAUSE_S: Final = 0.003
"""How long the store is left to somebody who waits for it: he asks every millisecond."""
_BREATH_S: Final = 0.001
"""The same where nobody is known to wait."""
_WEIGHT: Final = 0.25
"""Of the last turn, in how large the next ones are made: now and then one is slow, for the index is merged in it."""


class Pace:
    """For one writer that takes turns with others; tells how many steps a turn should have.

    ``asked_for`` tells whether somebody else wanted the store since a time.
    """

    def __init__(self, asked_for: Callable[[int], bool]) -> None:
        self._asked_for = asked_for
        self._steps = 1.0
        self._began = self._ended = 0.0
        self._since = 0
        self._asked: float | None = None

    @property
    def steps(self) -> int:
        """Of the next turn, if nobody asks for the store meanwhile."""
        return round(self._steps)

    def rest(self) -> None:
        """Between two turns: leaves the store to others."""
        pause = _BREATH_S if self._asked is None or self._asked < self._began else _PAUSE_S
        time.sleep(max(0.0, pause - (time.perf_counter() - self._ended)))

    def begin(self) -> None:
        """The store is ours from now on."""
        self._began, self._since = time.perf_counter(), time.time_ns()

    def is_asked(self) -> bool:
        """Whether somebody has waited since the turn began, or before it."""
        if self._asked_for(self._since):
            self._asked = time.perf_counter()
            return True
        return False

    def end(self, steps: int) -> None:
        """The store is free, after so many steps."""
        self.is_asked()
        self._ended = time.perf_counter()
        short = self._asked is not None and self._ended - self._asked < _LATELY_S
        wanted = steps * (_SHORT_TURN_S if short else _TURN_S) / (self._ended - self._began)
        if short:
            self._steps = min(self._steps, wanted)
        else:
            self._steps += _WEIGHT * (wanted - self._steps)
        self._steps = max(1.0, min(float(_MOST), self._steps))
