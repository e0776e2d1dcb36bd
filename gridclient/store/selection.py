"""A set of cases, kept as a mask over all cases while it is large and as an array of places once it is small.

Orders and counts narrow it with one test at a time (:meth:`Selection.where`), so that a million cases cost a few passes
over small columns and no copy of a million numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np

from gridclient.store.columns import Column, Mask, Places

Test = Callable[[Any], Mask]
"""Gives one truth value per case for an index of the columns: ``slice(None)`` for all, or places."""

NOBODY: Final[Places] = np.empty(0, dtype=np.intp)
_FEW_SHARE: Final = 16
_MANY: Final = 30_000
_SAMPLE: Final = 4096
_SPARE: Final = 8
_LEAST_SAMPLE: Final = 32


class Selection:
    """A set of cases, ordered by place."""

    def __init__(self, mask: Mask | None, places: Places | None) -> None:
        """Takes either a mask of all cases or some cases' places, ascending."""
        if mask is not None and np.count_nonzero(mask) * _FEW_SHARE <= len(mask):
            places = np.flatnonzero(mask)
            mask = None
        self._mask = mask
        self._places = NOBODY if places is None else places
        self.size = len(self._places) if mask is None else int(np.count_nonzero(mask))

    def passing(self, tests: Iterable[Test]) -> Selection:
        """The cases that pass every test."""
        chosen = self
        for test in tests:
            if chosen._mask is not None:
                chosen = Selection(chosen._mask & test(slice(None)), None)
            else:
                chosen = Selection(None, chosen.where(test))
        return chosen

    def places(self) -> Places:
        """The places of all cases in the set, ascending."""
        return self._places if self._mask is None else np.flatnonzero(self._mask)

    def where(self, test: Test) -> Places:
        """The places of the cases that pass the test, ascending."""
        if self._mask is not None:
            return np.flatnonzero(self._mask & test(slice(None)))
        places = self.places()
        return places[test(places)]

    def has(self, places: Places) -> Mask:
        """For each of ``places``, whether it is in the set."""
        if self._mask is not None:
            return self._mask[places]
        at = np.searchsorted(self._places, places)
        at[at == self.size] = 0
        among: Mask = self._places[at] == places if self.size else np.zeros(len(places), dtype=np.bool_)
        return among

    def sample(self) -> Places:
        """Some thousand places of the set, evenly spread."""
        if self._mask is not None:
            step = max(1, len(self._mask) // _SAMPLE)
            return np.flatnonzero(self._mask[::step]) * step
        return self.places()[:: max(1, self.size // _SAMPLE)]

    def front(
        self, column: Column, count: int, *, edge: int | None, descending: bool, with_zero: bool = False
    ) -> Places:
        """Some places, ascending, that include the ``count`` cases with the smallest values (largest, if descending).

        Args:
            edge: skip values before this one; all cases that have it are included and not counted.
            with_zero: whether 0 is a value.
        """
        bar = self._guess(column, count, edge, descending=descending)
        while True:
            test = _between(column, edge, bar, descending=descending, with_zero=with_zero)
            found = self.where(test)
            if bar is None or np.count_nonzero(column[found] != edge) >= count:
                return found
            bar = None

    def _guess(self, column: Column, count: int, edge: int | None, *, descending: bool) -> int | None:
        """A value, estimated from a sample, behind which the front surely ends; ``None`` if there is no telling."""
        if self.size < _MANY:
            return None
        sample = column[self.sample()]
        whole = len(sample)
        sample = np.sort(sample[_between(sample, edge, None, descending=descending, with_zero=False)(slice(None))])
        rank = 4 * count * whole // self.size + _SPARE
        if len(sample) < _LEAST_SAMPLE or rank >= len(sample):
            return None
        return int(sample[-1 - rank] if descending else sample[rank])


def _between(column: Column, edge: int | None, bar: int | None, *, descending: bool, with_zero: bool) -> Test:
    """The test for values from ``edge`` to ``bar``, in the direction of the order; ``None`` means unlimited."""
    low, high = (bar, edge) if descending else (edge, bar)
    if not with_zero:
        low = 1 if low is None else max(1, low)

    def test(at: Any) -> Mask:
        values = column[at]
        mask: Mask = np.ones(len(values), dtype=np.bool_) if low is None else values >= low
        if high is not None:
            mask &= values <= high
        return mask

    return test
