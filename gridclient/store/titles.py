"""The order by title. The columns hold a title's first signs, the file the rest.

Few candidates are looked up; where very many share their first signs, the file's index of titles is walked.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from gridclient.store.columns import Places, Table
from gridclient.store.driver import Connection
from gridclient.store.packs import title_key

_FEW: Final = 1500
_WALK: Final = 4000

Titled = tuple[str, int]
"""A title and the number of its case; the order of titles is the order of such pairs."""


class TitleOrder:
    """Finds what comes first by title behind an ``edge`` (the last of the page before)."""

    def __init__(self, connection: Connection, table: Table, *, descending: bool, edge: Titled | None) -> None:
        self._connection = connection
        self._table = table
        self._descending = descending
        self._edge = edge

    def first(self, places: Places, count: int) -> Sequence[Titled]:
        """The first ``count`` of ``places`` in their order."""
        keys = self._table.title[places]
        uncertain = 0  # those that share the edge's first signs may stand before it
        if self._edge is not None:
            edge = title_key(self._edge[0])
            kept = keys <= edge if self._descending else keys >= edge
            places, keys = places[kept], keys[kept]
            uncertain = int(np.count_nonzero(keys == edge))
        wanted = count + uncertain
        candidates = places
        if len(places) > wanted:
            signed = -keys if self._descending else keys
            candidates = places[signed <= np.partition(signed, wanted - 1)[wanted - 1]]
        found = self._looked_up(candidates) if len(candidates) <= _FEW else self._walked(places, count)
        return found[:count]

    def _looked_up(self, places: Places) -> list[Titled]:
        numbers = ",".join(map(str, (places + 1).tolist()))
        titled: list[Titled] = self._connection.execute(
            f"SELECT title, no FROM cases WHERE no IN ({numbers})"
        ).fetchall()
        if self._edge is not None:
            edge, descending = self._edge, self._descending
            titled = [item for item in titled if (item < edge if descending else item > edge)]
        return sorted(titled, reverse=self._descending)

    def _walked(self, places: Places, count: int) -> list[Titled]:
        passes = np.zeros(self._table.size + 1, dtype=np.bool_)
        passes[places + 1] = True
        after, direction = ("<", "DESC") if self._descending else (">", "ASC")
        where = "" if self._edge is None else f"WHERE (title, no) {after} (?, ?)"
        rows = self._connection.execute(
            f"SELECT title, no FROM cases INDEXED BY idx_cases_title {where} "
            f"ORDER BY title {direction}, no {direction}",
            self._edge or (),
        )
        found: list[Titled] = []
        while len(found) < count and (batch := rows.fetchmany(_WALK)):
            found += [(title, no) for title, no in batch if passes[no]]
        return found
