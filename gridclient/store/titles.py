"""The order by title. The columns hold only the first three characters of a title, the table ``cases`` all of it.

Where few candidates share the first characters, their titles are looked up; else the index of titles is read in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from gridclient.store.columns import Column, Places, Table
from gridclient.store.driver import Connection
from gridclient.store.packs import title_key, title_start
from gridclient.store.search import Numbers, numbers_of_text
from gridclient.store.selection import Selection
from gridclient.store.tables import AMONG, listed

_FEW: Final = 50
"""Up to so many more candidates than a page are looked up, whatever reading the index would cost."""
_WALK: Final = 2000
_LOOK_UP: Final = 40
"""How many titles the index yields while one is looked up, on a page of its own to be decrypted."""
_SAMPLE: Final = 4096
_HIGHEST_SIGN: Final = "\U0010ffff"
_HIGHEST_NO: Final = (1 << 63) - 1

Titled = tuple[str, int]
"""A title and its case's number; titles are ordered by these pairs."""


class TitleOrder:
    """Finds the next cases by title, behind ``edge``: title and number of the last case of the page before."""

    def __init__(self, connection: Connection, table: Table, *, descending: bool, edge: Titled | None) -> None:
        self._connection = connection
        self._table = table
        self._descending = descending
        self._after, self._direction = ("<", "DESC") if descending else (">", "ASC")
        self._edge = edge

    def first(self, chosen: Selection, count: int) -> list[int]:
        """The numbers of the first ``count`` of the chosen cases behind the edge, in order."""
        edge = None if self._edge is None else title_key(self._edge[0])
        column = self._table.title
        near = chosen.front(column, count, edge=edge, descending=self._descending, with_zero=True)
        keys = column[near]
        wanted = count + (0 if edge is None else int(np.count_nonzero(keys == edge)))  # those may come before the edge
        if len(near) > wanted:
            signed = -keys if self._descending else keys
            near = near[signed <= np.partition(signed, wanted - 1)[wanted - 1]]
        keys = column[near]
        beside = len(near) - count  # the page itself must be looked up anyway
        if beside <= _FEW or beside * _LOOK_UP <= self._longest_walk(keys):
            return self._looked_up(near, count)
        start = self._before(title_start(int(keys.max() if self._descending else keys.min())))
        if self._edge is not None:
            start = min(start, self._edge) if self._descending else max(start, self._edge)
        return self._walked(chosen, count, start)

    def titled(self, no: int) -> Titled:
        """The title of a case, with its number."""
        (title,) = self._connection.execute("SELECT title FROM cases WHERE no = ?", (no,)).fetchone()
        return title, no

    def _longest_walk(self, keys: Column) -> int:
        """About how many titles begin like these, from a sample: the most that reading the index may pass."""
        step = max(1, self._table.size // _SAMPLE)
        sample = self._table.title[::step]
        return step * int(np.count_nonzero((sample >= keys.min()) & (sample <= keys.max())))

    def _looked_up(self, places: Places, count: int) -> list[int]:
        where = f"NOT INDEXED WHERE no IN {AMONG} AND (title, no) {self._after} (?, ?)"
        return [*self._read(where, (listed((places + 1).tolist()), *(self._edge or self._before(""))), count).tolist()]

    def _walked(self, chosen: Selection, count: int, edge: Titled) -> list[int]:
        """Reads the index of titles from ``edge`` on, in batches, until ``count`` chosen cases are found."""
        batch_size = min(_WALK, count + count * self._table.size // max(1, chosen.size))
        found = list[int]()
        while True:
            batch = self._titles_behind(edge, batch_size)
            found += batch[chosen.has(batch - 1)].tolist()
            if len(found) >= count or len(batch) < batch_size:
                return found[:count]
            edge = self.titled(int(batch[-1]))

    def _titles_behind(self, edge: Titled, limit: int) -> Numbers:
        """The next numbers by title. Two queries: one that compares pairs would scan all cases of the same title."""
        alike = self._read(f"INDEXED BY idx_cases_title WHERE title = ? AND no {self._after} ?", edge, limit)
        later = self._read(f"INDEXED BY idx_cases_title WHERE title {self._after} ?", edge[:1], limit - len(alike))
        return np.concatenate((alike, later))

    def _before(self, start: str) -> Titled:
        """A pair that comes just before all titles that begin with ``start``."""
        return (start + _HIGHEST_SIGN, _HIGHEST_NO) if self._descending else (start, 0)

    def _read(self, which: str, values: Sequence[str | int], limit: int) -> Numbers:
        """Case numbers ordered by title, read as one text (see :mod:`gridclient.store.case_rows`)."""
        (text,) = self._connection.execute(
            f"SELECT group_concat(no) FROM (SELECT no FROM cases {which} "
            f"ORDER BY title {self._direction}, no {self._direction} LIMIT {limit})",
            values,
        ).fetchone()
        return numbers_of_text(text or "")
