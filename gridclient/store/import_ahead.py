"""Prepares the batches of an import for the log, in order, in a second process where there is one, else here.

The second process runs at low priority. This one waits for it only for batches that it already has.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeAlias, TypeVar

from gridclient.services.aside import Aside, Claim

_SPARE: Final = 2

Prepared = TypeVar("Prepared")
Prepare: TypeAlias = Callable[[Sequence[bytes]], Prepared]


@dataclass(slots=True)
class _Step(Generic[Prepared]):
    """Some batches, prepared together. ``last`` is the position of the last one in ``import_batches``, ``claim`` the
    order given to the second process, ``made`` the result."""

    last: int
    batches: Sequence[bytes]
    claim: Claim[Prepared] | None = None
    made: Prepared | None = None


class Ahead(Generic[Prepared]):
    """The queue of steps of one import, for one thread. ``fetch`` gives the next batches and the position of the last
    one, or ``None`` at the end."""

    def __init__(
        self, fetch: Callable[[], tuple[int, Sequence[bytes]] | None], prepare: Prepare[Prepared], aside: Aside
    ) -> None:
        self._fetch = fetch
        self._prepare = prepare
        self._aside = aside
        self._steps: deque[_Step[Prepared]] = deque()

    def have(self, count: int) -> int:
        """Prepares the next ``count`` steps, or all that are left, and orders those after them. Returns how many are
        ready.

        Reads the store and may take long, so it is called between write transactions.
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
        """Removes the next prepared step; returns the position of its last batch and what was prepared."""
        step = self._steps.popleft()
        assert step.made is not None
        return step.last, step.made

    def feed(self) -> None:
        """Orders more steps from the second process while it is free."""
        for step in self._steps:
            if step.claim is None and step.made is None:
                if not self._aside.is_free():
                    return
                step.claim = self._aside.hand_over(self._prepare, step.batches)

    def _look_ahead(self, count: int) -> None:
        while len(self._steps) < count and (found := self._fetch()) is not None:
            self._steps.append(_Step(*found))
