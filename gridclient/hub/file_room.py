"""Room for files. Some of the disk stays free, so that cases still come in when photos have filled the rest; and what
one desk brings in a day has a limit, so that none takes the room of all others before anybody has looked."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from gridclient.domain.errors import StoreUnavailable, reason_of
from gridclient.hub.audit import DISK_FULL, MUCH_TODAY

KEPT_FREE: Final = 1 << 30
MOST_A_DAY: Final = 16 << 30
"""Far more than a desk takes up in a day; what it has kept in years, and the hub has lost, comes in some days."""
_DAY_S: Final = 86_400
_CHINA_S: Final = 8 * 3600


class FileRoom:
    """The room of one process of a hub. Safe to use from several threads. ``clock`` gives seconds since 1970."""

    def __init__(
        self,
        folder: Path,
        clock: Callable[[], float],
        *,
        kept_free: int = KEPT_FREE,
        most_a_day: int = MOST_A_DAY,
    ) -> None:
        self._folder = folder
        self._kept_free, self._most_a_day = kept_free, most_a_day
        self._clock = clock
        self._lock = threading.Lock()
        self._day = 0
        self._brought: Counter[str] = Counter()

    def lack(self, device: str) -> str:
        """Why nothing more is taken from the device now: ``DISK_FULL``, ``MUCH_TODAY``; "" if there is room.

        Raises:
            StoreUnavailable: the disk does not say (``hub.store_failed``).
        """
        try:
            free = shutil.disk_usage(self._folder).free
        except OSError as error:
            raise StoreUnavailable("hub.store_failed", detail=reason_of(error)) from error
        if free < self._kept_free:
            return DISK_FULL
        with self._lock:
            return MUCH_TODAY if self._today()[device] >= self._most_a_day else ""

    def took(self, device: str, size: int) -> None:
        """Counts what came from the device."""
        with self._lock:
            self._today()[device] += size

    def _today(self) -> Counter[str]:
        day = int(self._clock() + _CHINA_S) // _DAY_S
        if day != self._day:
            self._day, self._brought = day, Counter()
        return self._brought
