"""A cache of search results: after a write only the blobs of cases that changed since are searched again.

A result is kept as the places of the cases found (case number - 1) or, where many are found, as one bit per case: at
most 125 KB for a million cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from gridclient.domain.frozen import frozen
from gridclient.store.driver import Connection
from gridclient.store.packs import ROWS
from gridclient.store.search import TextQuery, find

_KEPT: Final = 48
_CHANGES_KEPT: Final = 256
_MOST_CHUNKS: Final = 4096
_MOST_SPANS: Final = 2
"""With this many separate ranges of changed blobs, or more, searching all cases again is quicker."""
_BITS_OF_A_NUMBER: Final = 32
_NONE: Final = np.empty(0, dtype=np.int32)

Chunks = NDArray[np.int64]
"""Numbers of blobs, ascending."""


@frozen
class Answer:
    """The result of one search over ``size`` cases at ``stamp``, the number of the store's state.

    ``few`` holds the places of the cases found (case number - 1), ascending; ``bits``, where many are found, one bit
    per case. ``bits`` is ``None`` while ``few`` counts.
    """

    stamp: int
    size: int
    few: NDArray[np.int32]
    bits: NDArray[np.uint8] | None

    @classmethod
    def of(cls, places: NDArray[Any], size: int, stamp: int) -> Answer:
        """Builds a result from the places of the cases found, ascending."""
        if len(places) * _BITS_OF_A_NUMBER < size:
            return cls(stamp, size, places.astype(np.int32), None)
        mask = np.zeros(size, dtype=np.bool_)
        mask[places] = True
        return cls(stamp, size, _NONE, np.packbits(mask))

    def mask(self) -> NDArray[np.bool_] | None:
        """One truth value per case; ``None`` where the result is kept as places."""
        return None if self.bits is None else np.unpackbits(self.bits, count=self.size).view(np.bool_)

    def places(self) -> NDArray[np.intp]:
        """The places of all cases found, ascending."""
        mask = self.mask()
        return self.few.astype(np.intp) if mask is None else np.flatnonzero(mask)


class Answers:
    """The results of the last searches, and which blobs changed at which stamp. For one thread at a time."""

    def __init__(self) -> None:
        self._kept: dict[TextQuery, Answer] = {}
        self._changes: list[tuple[int, Chunks]] = []
        self._since = -1

    def begin(self, stamp: int) -> None:
        """Sets the first stamp that is known. Changes before it were not recorded."""
        self._since = stamp

    def note_change(self, stamp: int, chunks: Chunks) -> None:
        """Records that the write that led to ``stamp`` changed the blobs ``chunks``."""
        self._changes.append((stamp, chunks))
        while len(self._changes) > _CHANGES_KEPT:
            self._since = self._changes.pop(0)[0]

    def find(self, connection: Connection, query: TextQuery, *, stamp: int, size: int) -> Answer:
        """The result of ``query`` at ``stamp``, the state that ``connection`` sees; from the cache if possible."""
        kept = self._kept.pop(query, None)
        if kept is None or kept.stamp != stamp or kept.size != size:
            kept = self._renewed(connection, query, kept, stamp, size)
        self.keep(query, kept)
        return kept

    def knows(self, query: TextQuery) -> bool:
        """Whether a result of the query is cached, however old."""
        return query in self._kept

    def keep(self, query: TextQuery, answer: Answer) -> None:
        """Caches a result, of the present stamp or an earlier one; the least recently used one goes if it is full."""
        while len(self._kept) >= _KEPT:
            self._kept.pop(next(iter(self._kept)))
        self._kept[query] = answer

    def _renewed(self, connection: Connection, query: TextQuery, kept: Answer | None, stamp: int, size: int) -> Answer:
        spans = None if kept is None else self._spans_since(kept.stamp)
        if kept is None or spans is None:
            return Answer.of(find(connection, query) - 1, size, stamp)
        places = kept.places()
        for first, end in spans:
            new = find(connection, query, between=(first + 1, end)) - 1
            before, after = places[: np.searchsorted(places, first)], places[np.searchsorted(places, end) :]
            places = np.concatenate((before, new, after))
        return Answer.of(places, size, stamp)

    def chunks_since(self, stamp: int) -> Chunks | None:
        """Numbers of the blobs that changed after ``stamp``; ``None`` if they are too many or were not recorded."""
        if stamp < self._since:
            return None
        changed = [chunks for later, chunks in self._changes if later > stamp]
        if sum(map(len, changed)) > _MOST_CHUNKS:
            return None
        return np.unique(np.concatenate([np.empty(0, dtype=np.int64), *changed]))

    def _spans_since(self, stamp: int) -> Sequence[tuple[int, int]] | None:
        """The ranges of places, as (first, end), that changed after ``stamp``; ``None`` if too many or not recorded."""
        chunks = self.chunks_since(stamp)
        if chunks is None:
            return None
        breaks = np.flatnonzero(np.diff(chunks) > 1) + 1
        if len(breaks) >= _MOST_SPANS:
            return None
        runs = [run for run in np.split(chunks, breaks) if len(run)]
        return [(int(run[0]) * ROWS, (int(run[-1]) + 1) * ROWS) for run in runs]
