"""Requests under way: while the hub works on one, the next one is already on a line of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Final, NamedTuple

from gridclient.sync.transport import Transport

_MOST: Final = 2


class Carried(NamedTuple):
    """An answer, and the seconds that it took, without what this machine does beside: a slow one is no slow line.
    ``worked``: how many of them the hub says that it took itself."""

    answer: bytes
    seconds: float
    worked: float


class Lanes:
    """One round's lines to the hub. Used with ``with``, which ends when every answer is there, whatever happened."""

    def __init__(self, line: Transport, monotonic: Callable[[], float]) -> None:
        self._lines = [line]
        self._monotonic = monotonic
        self._pool = ThreadPoolExecutor(_MOST, "sync-line")
        self._under_way: set[Future[Carried]] = set()

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, where: TracebackType | None
    ) -> None:
        self._pool.shutdown()

    def carry(self, body: bytes) -> Carried:
        """Sends a request and waits for its answer. Raises as :class:`Transport`."""
        return self._carried(self._lines[0], body)

    def send(self, body: bytes) -> Future[Carried]:
        """The same without waiting; nothing else may be under way."""
        answer = self._pool.submit(self._carried, self._lines[0], body)
        self._under_way.add(answer)
        answer.add_done_callback(self._under_way.discard)
        return answer

    def send_ahead(self, body: bytes) -> Future[Carried] | None:
        """The same while one other request is under way; ``None`` where there is no second line."""
        if len(self._lines) < _MOST:
            beside = self._lines[0].beside()
            if beside is None:
                return None
            self._lines.append(beside)
        self._lines.reverse()
        return self.send(body)

    def rest(self) -> None:
        """Waits until nothing is under way, whatever the answers are."""
        wait(tuple(self._under_way))

    def _carried(self, line: Transport, body: bytes) -> Carried:
        began = self._monotonic()
        answer = line.sync(body)
        return Carried(answer, self._monotonic() - began, line.terms.worked)
