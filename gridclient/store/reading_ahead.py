"""In idle moments, reads what lists and searches will need: the rows in file order, and the results for frequent
characters.

On a slow disk the 200 scattered rows of a page would each wait for it. A search for a character that most of a million
cases contain takes a tenth of a second.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Final

import numpy as np

from gridclient.domain.event_shapes import is_text
from gridclient.domain.events import EventKind
from gridclient.store.answers import Answer
from gridclient.store.columns import Columns
from gridclient.store.driver import Connection, Database
from gridclient.store.first_pages import LEAST_ROWS
from gridclient.store.packs import ROWS
from gridclient.store.search import TextQuery, find, text_query, tokens_of

_ROWS_A_STEP: Final = 40_000
_BLOCKS_A_STEP: Final = 2_500
_FOUND_AT_ONCE: Final = 100_000
"""Case numbers read as one text; a million of them would be five megabytes, which the allocator never returns."""
_SAMPLE: Final = 240
_FREQUENT_SHARE: Final = 10
_MOST_SIGNS: Final = 32
_TEXTS: Final = ("title", "description", "address")


class ReadingAhead:
    """Runs on a pool thread once the window is shown. No step keeps the columns locked for long."""

    def __init__(self, database: Database, columns: Columns) -> None:
        self._database = database
        self._columns = columns
        self._steps = self._all_steps()

    def step(self) -> bool:
        """Does the next step, about 0.05 s; tells whether there are more."""
        return next(self._steps, None) is not None

    def _all_steps(self) -> Iterator[bool]:
        with self._columns.at() as (_, table):
            size = table.size
        yield True
        for first in range(1, size + 1, _ROWS_A_STEP):
            with self._database.reader() as connection:
                connection.execute(
                    "SELECT sum(cooperating) FROM cases NOT INDEXED WHERE no BETWEEN ? AND ?",
                    (first, first + _ROWS_A_STEP - 1),
                ).fetchone()
            yield True
        yield from self._words()
        if size < LEAST_ROWS:
            return
        with self._database.reader() as connection:
            signs = frequent_signs(connection, size)
        yield True
        for sign in signs:
            query = text_query(sign)
            if query is not None and not self._columns.knows_answer(query):
                self._ask(query)
                yield True

    def _words(self) -> Iterator[bool]:
        """Reads the index of words, so that the first search after a boot does not wait for the disk."""
        last: int | None = -1
        while last is not None:
            with self._database.reader() as connection:
                _, last = connection.execute(
                    "SELECT count(substr(block, -1)), max(id) "
                    "FROM (SELECT id, block FROM search_data WHERE id > ? ORDER BY id LIMIT ?)",
                    (last, _BLOCKS_A_STEP),
                ).fetchone()
            yield True

    def _ask(self, query: TextQuery) -> None:
        with self._database.reader() as connection:
            stamp, last = connection.execute("SELECT stamp, (SELECT max(no) FROM packs) FROM store_state").fetchone()
            size = (last + 1) * ROWS
            places = [
                find(connection, query, between=(first, first + _FOUND_AT_ONCE - 1)) - 1
                for first in range(1, size + 1, _FOUND_AT_ONCE)
            ]
        self._columns.keep_answer(query, Answer.of(np.concatenate(places), size, stamp))


def frequent_signs(connection: Connection, size: int) -> list[str]:
    """Characters that tokens of a tenth of the cases begin with, estimated from a sample; most frequent first."""
    numbers = ",".join(map(str, range(1, size + 1, max(1, size // _SAMPLE))))
    facts = ", ".join(f"payload -> '$.facts.{name}'" for name in _TEXTS)
    (text,) = connection.execute(
        f"SELECT json_group_array(json_array({facts}, payload -> '$.number')) FROM events "
        f"WHERE subject IN ({numbers}) AND kind IN ('{EventKind.REGISTERED.value}', '{EventKind.IMPORTED.value}')"
    ).fetchone()
    texts = json.loads(text)
    counted: Counter[str] = Counter()
    for of_case in texts:
        counted.update({token[0] for said in of_case if is_text(said) for token in tokens_of(said)})
    return [sign for sign, count in counted.most_common(_MOST_SIGNS) if count * _FREQUENT_SHARE >= len(texts)]
