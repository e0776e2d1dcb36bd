"""The order by title. The columns hold a title's first signs, the file the rest.

Candidates are looked up where they are few beside the titles that begin alike; else the file's index of titles is
walked.
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
"""So many more than the page has are looked up without asking what a walk would cost."""
_WALK: Final = 2000
_LOOK_UP: Final = 40
"""Titles that are walked past while one is looked up, on a page of its own to be decrypted."""
_SAMPLE: Final = 4096
_HIGHEST_SIGN: Final = "\U0010ffff"
_HIGHEST_NO: Final = (1 << 63) - 1

Titled = tuple[str, int]
"""A title and the number of its case; the order of titles is the order of such pairs."""


class TitleOrder:
    """Finds what comes first by title behind an ``edge`` (the last of the page before)."""

    def __init__(self, connection: Connection, table: Table, *, descending: bool, edge: Titled | None) -> None:
        self._connection = connection
        self._table = table
        self._descending = descending
        self._after, self._direction = ("<", "DESC") if descending else (">", "ASC")
        self._edge = edge

    def first(self, chosen: Selection, count: int) -> list[int]:
        """The numbers of the first ``count`` of the chosen cases in their order."""
        edge = None if self._edge is None else title_key(self._edge[0])
        column = self._table.title
        near = chosen.front(column, count, edge=edge, descending=self._descending, with_zero=True)
        keys = column[near]
        wanted = count + (0 if edge is None else int(np.count_nonzero(keys == edge)))  # those may stand before it
        if len(near) > wanted:
            signed = -keys if self._descending else keys
            near = near[signed <= np.partition(signed, wanted - 1)[wanted - 1]]
        keys = column[near]
        beside = len(near) - count  # those of the page itself are read in any case
        if beside <= _FEW or beside * _LOOK_UP <= self._longest_walk(keys):
            return self._looked_up(near, count)
        start = self._before(title_start(int(keys.max() if self._descending else keys.min())))
        if self._edge is not None:
            start = min(start, self._edge) if self._descending else max(start, self._edge)
        return self._walked(chosen, count, start)

    def titled(self, no: int) -> Titled:
        """The case with its title."""
        (title,) = self._connection.execute("SELECT title FROM cases WHERE no = ?", (no,)).fetchone()
        return title, no

    def _longest_walk(self, keys: Column) -> int:
        """About how many titles there are with these first signs: the wanted ones may stand behind all others."""
        step = max(1, self._table.size // _SAMPLE)
        sample = self._table.title[::step]
        return step * int(np.count_nonzero((sample >= keys.min()) & (sample <= keys.max())))

    def _looked_up(self, places: Places, count: int) -> list[int]:
        where = f"NOT INDEXED WHERE no IN {AMONG} AND (title, no) {self._after} (?, ?)"
        return [*self._read(where, (listed((places + 1).tolist()), *(self._edge or self._before(""))), count).tolist()]

    def _walked(self, chosen: Selection, count: int, edge: Titled) -> list[int]:
        """By the index of titles from an edge on."""
        batch_size = min(_WALK, count + count * self._table.size // max(1, chosen.size))
        found = list[int]()
        while True:
            batch = self._titles_behind(edge, batch_size)
            found += batch[chosen.has(batch - 1)].tolist()
            if len(found) >= count or len(batch) < batch_size:
                return found[:count]
            edge = self.titled(int(batch[-1]))

    def _titles_behind(self, edge: Titled, limit: int) -> Numbers:
        """In two parts: asked for pairs behind a pair, SQLite passes by all cases of the same title first."""
        alike = self._read(f"INDEXED BY idx_cases_title WHERE title = ? AND no {self._after} ?", edge, limit)
        later = self._read(f"INDEXED BY idx_cases_title WHERE title {self._after} ?", edge[:1], limit - len(alike))
        return np.concatenate((alike, later))

    def _before(self, start: str) -> Titled:
        """What comes before all titles that begin so."""
        return (start + _HIGHEST_SIGN, _HIGHEST_NO) if self._descending else (start, 0)

    def _read(self, which: str, values: Sequence[str | int], limit: int) -> Numbers:
        """Numbers by title, in one step as :mod:`gridclient.store.case_rows` reads."""
        (text,) = self._connection.execute(
            f"SELECT group_concat(no) FROM (SELECT no FROM cases {which} "
            f"ORDER BY title {self._direction}, no {self._direction} LIMIT {limit})",
            values,
        ).fetchone()
        return numbers_of_text(text or "")
