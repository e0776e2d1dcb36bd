"""The order by title. The columns hold a title's first signs, the file the rest.

Few candidates are looked up; where very many share their first signs, the file's index of titles is walked.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

import numpy as np

from gridclient.store.columns import Column, Places, Table
from gridclient.store.driver import Connection
from gridclient.store.packs import title_key, title_start
from gridclient.store.selection import Selection

_FEW: Final = 1500
_WALK: Final = 4000
_RATHER_MANY: Final = 6000
_LOOK_UP: Final = 3
"""Titles that are walked past while one is looked up."""
_HIGHEST_SIGN: Final = "\U0010ffff"

Titled = tuple[str, int]
"""A title and the number of its case; the order of titles is the order of such pairs."""


class TitleOrder:
    """Finds what comes first by title behind an ``edge`` (the last of the page before)."""

    def __init__(self, connection: Connection, table: Table, *, descending: bool, edge: Titled | None) -> None:
        self._connection = connection
        self._table = table
        self._descending = descending
        self._edge = edge

    def first(self, chosen: Selection, count: int) -> Sequence[Titled]:
        """The first ``count`` of the chosen cases in their order."""
        edge = None if self._edge is None else title_key(self._edge[0])
        column = self._table.title
        near = chosen.front(column, count, edge=edge, descending=self._descending, with_zero=True)
        keys = column[near]
        wanted = count + (0 if edge is None else int(np.count_nonzero(keys == edge)))  # those may stand before it
        if len(near) > wanted:
            signed = -keys if self._descending else keys
            near = near[signed <= np.partition(signed, wanted - 1)[wanted - 1]]
        keys = column[near]
        if len(near) <= _FEW or (len(near) <= _RATHER_MANY and len(near) * _LOOK_UP <= self._longest_walk(keys)):
            return self._looked_up(near)[:count]
        return self._walked(chosen, count, int(keys.max() if self._descending else keys.min()))[:count]

    def _longest_walk(self, keys: Column) -> int:
        """How many titles there are with these first signs: the wanted ones may stand behind all others."""
        column = self._table.title
        return int(np.count_nonzero((column >= keys.min()) & (column <= keys.max())))

    def _looked_up(self, places: Places) -> list[Titled]:
        numbers = ",".join(map(str, (places + 1).tolist()))
        titled = self._read(f"SELECT title, no FROM cases WHERE no IN ({numbers})", ())
        if self._edge is not None:
            edge, descending = self._edge, self._descending
            titled = [item for item in titled if (item < edge if descending else item > edge)]
        return sorted(titled, reverse=self._descending)

    def _walked(self, chosen: Selection, count: int, first: int) -> list[Titled]:
        """By the index of titles, from those that begin as the ``first`` key says."""
        passes = np.zeros(self._table.size + 1, dtype=np.bool_)
        passes[chosen.places() + 1] = True
        start, after, direction = title_start(first), ">", "ASC"
        if self._descending:
            start, after, direction = start + _HIGHEST_SIGN, "<", "DESC"
        edge, found = self._edge, list[Titled]()
        while len(found) < count:
            # one bound only: with two SQLite would begin at the first each time
            further = edge is not None and (edge[0] <= start if self._descending else edge[0] >= start)
            where, bound = (
                (f"(title, no) {after} (?, ?)", edge) if further and edge else (f"title {after}= ?", (start,))
            )
            batch = self._read(
                f"SELECT title, no FROM cases INDEXED BY idx_cases_title WHERE {where} "
                f"ORDER BY title {direction}, no {direction} LIMIT {_WALK}",
                bound,
            )
            found += [(title, no) for title, no in batch if passes[no]]
            if len(batch) < _WALK:
                break
            edge = batch[-1]
        return found

    def _read(self, sql: str, bound: Sequence[str | int]) -> list[Titled]:
        """In one step, as :mod:`gridclient.store.case_rows` reads."""
        (text,) = self._connection.execute(
            f"SELECT json_group_array(json_array(title, no)) FROM ({sql})", bound
        ).fetchone()
        return [(title, no) for title, no in json.loads(text)]
