"""Slows down guessing of codes: after some wrong ones an address has to wait, after many of them everybody."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Final

_WINDOW_S: Final = 600.0
_MOST_WRONG: Final = 10
_MOST_WRONG_OF_ALL: Final = 200
_MOST_ADDRESSES: Final = 10_000
_EVERYBODY: Final = ""


class GuessBrake:
    """Counts wrong codes of the last ten minutes, by address and in all. ``clock`` gives seconds that never go back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Seconds until the address may try again; 0 if it may now."""
        with self._lock:
            return max(self._left(address, _MOST_WRONG), self._left(_EVERYBODY, _MOST_WRONG_OF_ALL))

    def wrong(self, address: str) -> None:
        """Counts a wrong code from the address."""
        with self._lock:
            for key in (address, _EVERYBODY):
                self._wrong.setdefault(key, deque(maxlen=_MOST_WRONG_OF_ALL)).append(self._clock())
                self._wrong.move_to_end(key)
            while len(self._wrong) > _MOST_ADDRESSES:
                self._wrong.popitem(last=False)

    def _left(self, key: str, most: int) -> int:
        tries = self._wrong.get(key)
        now = self._clock()
        while tries and tries[0] <= now - _WINDOW_S:
            tries.popleft()
        if not tries or len(tries) < most:
            return 0
        return int(tries[0] + _WINDOW_S - now) + 1
