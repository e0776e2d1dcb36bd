"""Runs blocking work on a few threads, so that the event loop never waits; refuses work when too much is waiting."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Final, Generic, TypeAlias, TypeVar

from gridclient.domain.errors import GridClientError, SyncFault
from gridclient.domain.frozen import frozen

_MOST_WAITING: Final = 400
_MOST_BYTES: Final = 128 << 20
_MOST_TOGETHER: Final = 32
_LOOKS, _LOOK_S = 4, 0.0005
_LIGHT: Final = 128 << 10
_Result = TypeVar("_Result")
_Ask = TypeVar("_Ask")


class WorkPool:
    """``threads`` threads and a queue limited in length and bytes. To be used from one event loop."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, "hub-work")
        self.waiting = 0
        self._bytes = 0

    async def run(self, job: Callable[[], _Result], *, weight: int = 0) -> _Result:
        """Runs a job on a thread; ``weight`` is how many bytes it keeps in memory.

        Raises:
            SyncFault: ``sync.busy``: too much is waiting already.
        """
        with self.room(weight):
            return await self.on_thread(job)

    @contextmanager
    def room(self, weight: int) -> Iterator[None]:
        """Counts as waiting while the block lasts; raises as :meth:`run`."""
        if self.waiting >= _MOST_WAITING or self._bytes + weight > _MOST_BYTES:
            raise SyncFault("sync.busy", retryable=True)
        self.waiting += 1
        self._bytes += weight
        try:
            yield
        finally:
            self.waiting -= 1
            self._bytes -= weight

    def on_thread(self, job: Callable[[], _Result]) -> asyncio.Future[_Result]:
        """Submits a job without a check, for use inside :meth:`room`."""
        return asyncio.get_running_loop().run_in_executor(self._pool, job)

    def close(self) -> None:
        """Waits for running jobs; waiting ones are dropped."""
        self._pool.shutdown(cancel_futures=True)


@frozen
class Rest(Generic[_Result]):
    """The part of one request that takes too long for the others of its batch to wait for. ``heavy``: it takes much
    memory as well, and one such is worked on at a time."""

    job: Callable[[], GridClientError | Rest[_Result] | _Result]
    heavy: bool = False


Outcome: TypeAlias = GridClientError | Rest[_Result] | _Result


class Together(Generic[_Ask, _Result]):
    """Collects small requests (asks) while others are worked on, and works on them in one job (``work``).

    If the job fails as a whole, each ask is worked on ``alone``, as only one of them may be the cause. That is told
    whether the ask has leave to be heavy; without it the outcome of a heavy one is a :class:`Rest`.
    """

    def __init__(
        self,
        pool: WorkPool,
        work: Callable[[Sequence[_Ask]], Sequence[Outcome[_Result]]],
        alone: Callable[[_Ask, bool], Outcome[_Result]],
    ) -> None:
        self._pool, self._work, self._alone = pool, work, alone
        self._heavy = asyncio.Lock()
        self._expected = 0
        self._waiting: list[tuple[_Ask, asyncio.Future[Outcome[_Result]]]] = []
        self._lane: asyncio.Task[None] | None = None  # one only: two would wait for each other's streams

    async def run(self, ask: _Ask, *, weight: int, unpacked: int) -> _Result:
        """The result of an ask of ``unpacked`` bytes; raises as :meth:`WorkPool.run`, or the ask's own error."""
        with self._pool.room(weight):
            outcome = self._by_itself(ask, heavy=True) if unpacked > _LIGHT else await self._soon(ask)
            while isinstance(outcome, Rest):
                async with self._heavy if outcome.heavy else nullcontext():
                    outcome = await self._pool.on_thread(outcome.job)
        if isinstance(outcome, GridClientError):
            raise outcome
        return outcome

    def _soon(self, ask: _Ask) -> asyncio.Future[Outcome[_Result]]:
        future: asyncio.Future[Outcome[_Result]] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, future))
        if self._lane is None or self._lane.done():
            self._lane = asyncio.create_task(self._work_off())
        return future

    async def _work_off(self) -> None:
        while self._waiting:
            await self._gather()
            batch, self._waiting = self._waiting[:_MOST_TOGETHER], self._waiting[_MOST_TOGETHER:]
            job = self._pool.on_thread(partial(self._work, [ask for ask, _ in batch]))
            await asyncio.wait([job])
            failed = job.cancelled() or job.exception() is not None
            for place, (ask, future) in enumerate(batch):
                if not future.done():  # the client may have gone
                    future.set_result(self._by_itself(ask) if failed else job.result()[place])
            self._expected = len(self._waiting) + len(batch)

    async def _gather(self) -> None:
        """Waits up to 2 ms for as many asks as last time: clients just answered ask again soon and share the job."""
        for _ in range(_LOOKS):
            if len(self._waiting) >= self._expected:
                return
            await asyncio.sleep(_LOOK_S)

    def _by_itself(self, ask: _Ask, *, heavy: bool = False) -> Rest[_Result]:
        return Rest(partial(self._alone, ask, heavy), heavy)
