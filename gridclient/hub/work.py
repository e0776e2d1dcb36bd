"""Blocking work on a few threads, so that the event loop never waits for the database; a full house says so at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

from gridclient.domain.errors import SyncFault

_MOST_WAITING: Final = 400
_MOST_BYTES: Final = 128 << 20
_Result = TypeVar("_Result")


class WorkPool:
    """``threads`` threads and a queue of bounded length and weight. To be used from one event loop."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, "hub-work")
        self.waiting = 0
        self._bytes = 0

    async def run(self, job: Callable[[], _Result], *, weight: int = 0) -> _Result:
        """Runs a job on a thread; ``weight`` is how many bytes it holds.

        Raises:
            SyncFault: ``sync.busy``: too much is waiting already.
        """
        if self.waiting >= _MOST_WAITING or self._bytes + weight > _MOST_BYTES:
            raise SyncFault("sync.busy", retryable=True)
        self.waiting += 1
        self._bytes += weight
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, job)
        finally:
            self.waiting -= 1
            self._bytes -= weight

    def close(self) -> None:
        """Waits for the jobs that run; those that wait are dropped."""
        self._pool.shutdown(cancel_futures=True)
