"""The batches of an import made ready for the log, in order: beside this process where somebody is free, else here.

The other process gives way to everything else on the machine; nobody waits for it while there is a batch that it does
not have.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gridclient.services.aside import Aside, Claim

_SPARE: Final = 2

Prepared = Any
Prepare = Callable[[Sequence[bytes]], Prepared]


@dataclass(slots=True)
class _Step:
    """Some batches: up to which position, as they were put aside, who prepares them, what came of it."""

    last: int
    batches: Sequence[bytes]
    claim: Claim[Prepared] | None = None
    made: Prepared = None


class Ahead:
    """Steps of one import; for one thread. ``fetch`` gives the next batches with their last position, or ``None``."""

    def __init__(self, fetch: Callable[[], tuple[int, Sequence[bytes]] | None], prepare: Prepare, aside: Aside) -> None:
        self._fetch = fetch
        self._prepare = prepare
        self._aside = aside
        self._steps: deque[_Step] = deque()

    def have(self, count: int) -> int:
        """Prepares that many steps, or all that are left, and has those behind them begun; gives how many are ready.

        Reads the store and takes its time: not for a turn.
        """
        self._look_ahead(2 * count + _SPARE)
        self.feed()
        wanted = [step for step, _ in zip(self._steps, range(count), strict=False)]
        for step in wanted:
            if step.claim is None and step.made is None:
                step.made = self._prepare(step.batches)
                self.feed()
        for step in wanted:
            if step.claim is not None:
                step.made, step.claim = step.claim.result(), None
        self.feed()
        return len(wanted)

    def take(self) -> tuple[int, Prepared]:
        """The next one of those that :meth:`have` told of, and up to which position it reaches."""
        step = self._steps.popleft()
        return step.last, step.made

    def feed(self) -> None:
        """Hands steps over while somebody is free for them, and takes what was prepared off the line."""
        for step in self._steps:
            if step.claim is None and step.made is None:
                if not self._aside.is_free():
                    return
                step.claim = self._aside.hand_over(self._prepare, step.batches)

    def _look_ahead(self, count: int) -> None:
        while len(self._steps) < count and (found := self._fetch()) is not None:
            self._steps.append(_Step(*found))
