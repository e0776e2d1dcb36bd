"""The first page of a search for one Chinese character whose result is not cached, without searching all cases.

The first cases of an order usually lie close together in the store, so only that range of the index is searched.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from gridclient.services.rows import CaseFilter, Sort
from gridclient.store.columns import Table
from gridclient.store.driver import Connection
from gridclient.store.filters import Moment, selected
from gridclient.store.orders import page_of
from gridclient.store.search import find, text_query
from gridclient.store.selection import Selection

LEAST_ROWS: Final = 100_000
"""In a smaller store searching all cases is quick enough."""
_TRIED: Final = 12
"""Pages of the order that are searched: enough for a character in every tenth case; rarer ones are quick anyway."""
_LARGEST_SHARE: Final = 4


def headed(
    connection: Connection, table: Table, chosen: CaseFilter, moment: Moment, sort: Sort, *, limit: int
) -> Selection | None:
    """The first ``limit`` + 1 cases of the order that pass the filter; ``None`` if this way does not find so many."""
    query = text_query(chosen.text)
    if query is None or query.words or table.size < LEAST_ROWS or table.answers.knows(query):
        return None
    textless = selected(connection, table, replace(chosen, text=""), moment)
    tried = np.array(page_of(connection, table, textless, sort, moment.areas, limit=_TRIED * limit, after=None).places)
    if not len(tried) or int(np.ptp(tried)) * _LARGEST_SHARE > table.size:
        return None
    hits = find(connection, query, between=(int(tried.min()) + 1, int(tried.max()) + 1)) - 1
    found = tried[np.isin(tried, hits)][: limit + 1]
    return Selection(None, np.sort(found)) if len(found) > limit else None
