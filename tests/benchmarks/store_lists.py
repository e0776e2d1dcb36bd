"""What the desk waits for when it reads: pages of any filter in any order, counts, searches, duplicates.

    python -m tests.benchmarks.store_lists [--cases N …] [--folder DIR] [--rounds N] [--json]

Beside each store's figures stands a floor of the same run: the same 200 rows read by their keys with nothing but SQL.
The stores are built once (:mod:`tests.benchmarks.build_store`) and kept in the folder.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from gridclient.domain.case import Channel
from gridclient.services.rows import Box, CaseFilter, CaseRow, NewCase, Sort, SortKey
from gridclient.store.answers import Answers
from gridclient.store.columns import Columns
from gridclient.store.packs import FORMAT, ROWS, read_pack, write_packs
from gridclient.store.queries import SqliteQueries
from gridclient.store.reference import SqliteReference
from tests.benchmarks.build_store import NOW, build, open_built
from tests.fakes.set_clock import SetClock

WORDS = ("噪音", "小区", "噪音扰民", "pothole", "request", "street", "graffiti", "幸福 噪音", "区", "a")
SIGNS = ("a", "s", "1", "的")
"""Read ahead where they are frequent; the last of WORDS tells what one costs that was not."""
PAGE = 200


class Bench:
    """One store and the questions put to it."""

    def __init__(self, folder: Path, rounds: int) -> None:
        self.profile = open_built(folder)
        self.database = self.profile.database
        self.rounds = rounds
        self.reference = SqliteReference(self.database, NOW.date)
        self.columns = Columns(self.database)
        self.queries = SqliteQueries(self.database, self.columns, self.reference.areas, SetClock(NOW))
        self.chance = random.Random(7)
        self.grids = [row.code for row in self.reference.grids()]
        self.units = [row.code for row in self.reference.units()]

    def run(self) -> dict[str, Any]:
        """All figures, in milliseconds."""
        started = time.perf_counter()
        first = self.queries.page(CaseFilter(only_open=True), Sort()).rows
        figures: dict[str, Any] = {"first_page": _ms(time.perf_counter() - started)}
        started = time.perf_counter()
        steps = self.steps_ahead()
        figures["read_ahead"] = {"ms": _ms(time.perf_counter() - started), "longest": _ms(max(steps))}
        figures["search_frequent_sign"] = {sign: self.search(sign, known=True) for sign in SIGNS}
        asked = [(self.any_filter(), self.any_sort()) for _ in range(self.rounds)]
        worded = [(replace(a[0], text=self.chance.choice(WORDS[:7])), a[1]) for a in asked[: self.rounds // 3]]
        figures["floor_200_rows_by_key"] = self.measured([self.rows_by_key() for _ in range(self.rounds)])
        figures["page_200"] = self.measured([self.page(a, PAGE) for a in asked])
        figures["page_100"] = self.measured([self.page(a, PAGE // 2) for a in asked])
        figures["next_page_200"] = self.measured(self.next_pages(asked))
        figures["page_200_with_a_new_text"] = self.measured([self.after_a_change(self.page(a, PAGE)) for a in worded])
        figures["total"] = self.measured([partial(self.queries.total, a[0]) for a in asked])
        figures["worst_pages"] = {
            name: self.measured([ask] * 7)["p50"] for name, ask in self.worst_cases(first).items()
        }
        figures["figures_all_grids_after_a_write"] = self.measured([self.queries.figures] * 60, before=self.write)
        figures["figures_all_grids"] = self.measured([self.queries.figures] * 20)
        figures["box_counts"] = self.measured([self.queries.box_counts] * 20)
        figures["search_first_page"] = {word: self.search(word) for word in WORDS}
        figures["likely_duplicates"] = self.measured([self.duplicates(row) for row in first[:40]])
        figures["memory_mb"] = round(psutil.Process().memory_info().rss / 1e6)
        return figures

    def steps_ahead(self) -> list[float]:
        """Seconds that each step took which the desk makes in quiet moments."""
        steps, more = [], True
        while more:
            started = time.perf_counter()
            more = self.queries.read_ahead()
            steps.append(time.perf_counter() - started)
        return steps

    def any_filter(self) -> CaseFilter:
        """None, one or several conditions, as an operator would set them."""
        chance = self.chance
        fields: dict[str, Callable[[], Any]] = {
            "grid": lambda: chance.choice(self.grids),
            "box": lambda: chance.choice(list(Box)),
            "only_open": lambda: True,
            "states": lambda: frozenset(chance.sample(("reported", "filed", "handling", "closed"), 2)),
            "unit": lambda: chance.choice(self.units),
            "level": lambda: chance.randrange(1, 5),
            "channel": lambda: chance.choice([channel.value for channel in Channel]),
        }
        names = chance.sample(sorted(fields), chance.choice((0, 1, 1, 1, 2, 2, 3)))
        return CaseFilter(**{name: fields[name]() for name in names})

    def page(self, asked: tuple[CaseFilter, Sort], limit: int, after: str | None = None) -> Callable[[], object]:
        return partial(self.queries.page, *asked, limit=limit, after=after)

    def after_a_change(self, ask: Callable[[], object]) -> Callable[[], object]:
        """The same when something was written since: no search is remembered."""

        def asked() -> object:
            self.forget_searches()
            return ask()

        return asked

    def forget_searches(self) -> None:
        with self.columns.at() as (_, table):
            table.answers = Answers()

    def write(self) -> None:
        """Some cases are written as they are: readers take them for changed, and the store stays what it was."""
        with self.database.writer() as connection:
            (last,) = connection.execute("SELECT max(no) FROM packs").fetchone()
            chunks = self.chance.sample(range(last + 1), min(3, last + 1))
            firsts = [(chunk * ROWS + 1, read_pack(connection, chunk)[: FORMAT.size]) for chunk in chunks]
            write_packs(connection, firsts)

    def any_sort(self) -> Sort:
        return Sort(self.chance.choice(list(SortKey)), self.chance.random() < 0.5)

    def worst_cases(self, rows: Sequence[CaseRow]) -> dict[str, Callable[[], object]]:
        """Filters that an index of the order cannot serve, and the reverse."""
        row = rows[0]
        zone = next(grid.code for grid in self.reference.grids() if grid.tier == "zone")
        unit = next(row.unit for row in rows if row.unit)
        rare = CaseFilter(grid=row.grid, level=4, channel="visit")
        chosen = {
            "rare filter by title": (rare, Sort(SortKey.TITLE)),
            "unit, text, zone by number": (CaseFilter(grid=zone, unit=unit, text="噪音"), Sort(SortKey.NUMBER)),
            "last township by grid, backwards": (CaseFilter(grid=self.grids[-1][:9]), Sort(SortKey.GRID, True)),
            "closed by deadline": (CaseFilter(states=frozenset({"closed"})), Sort(SortKey.DUE)),
            "everything by title, backwards": (CaseFilter(), Sort(SortKey.TITLE, True)),
            "frequent text by title": (CaseFilter(text="request"), Sort(SortKey.TITLE)),
            "oldest open": (CaseFilter(only_open=True), Sort(SortKey.REGISTERED)),
            "box on the map": (CaseFilter(bounds=(122.05, 37.4, 122.2, 37.5)), Sort(SortKey.UNIT)),
        }
        return {name: self.page(a, PAGE) for name, a in chosen.items()}

    def rows_by_key(self) -> Callable[[], object]:
        with self.database.reader() as connection:
            last = connection.execute("SELECT max(no) FROM cases").fetchone()[0]
        numbers = ",".join(str(self.chance.randrange(1, last)) for _ in range(PAGE))

        def read() -> object:
            with self.database.reader() as connection:
                return connection.execute(f"SELECT * FROM cases WHERE no IN ({numbers})").fetchall()

        return read

    def next_pages(self, asked: Sequence[tuple[CaseFilter, Sort]]) -> list[Callable[[], object]]:
        cursors = [(a, self.queries.page(*a, limit=PAGE).next) for a in asked]
        return [self.page(a, PAGE, c) for a, c in cursors if c is not None]

    def search(self, word: str, *, known: bool = False) -> dict[str, float]:
        """``known``: frequent signs were read ahead, other words are asked of the index."""
        chosen = CaseFilter(text=word)
        times = []
        for _ in range(5):
            if not known:
                self.forget_searches()
            started = time.perf_counter()
            self.queries.page(chosen, Sort(), limit=PAGE)
            times.append(time.perf_counter() - started)
        return {"ms": _ms(statistics.median(times)), "hits": self.queries.total(chosen)}

    def duplicates(self, row: CaseRow) -> Callable[[], object]:
        return lambda: self.queries.likely_duplicates(NewCase(row.title, "", "13800001111", row.lon, row.lat, NOW))

    def measured(
        self, asks: Sequence[Callable[[], object]], before: Callable[[], None] = lambda: None
    ) -> dict[str, float]:
        """Median, 95th percentile and worst, and the 95th percentile of processor time, which neighbours spare.

        ``before`` is done before each and not counted.
        """
        times, busy = [], []
        for ask in asks:
            before()
            started, began = time.perf_counter(), time.process_time()
            ask()
            times.append(time.perf_counter() - started)
            busy.append(time.process_time() - began)
        times.sort()
        at = int(len(times) * 0.95)
        return {
            "p50": _ms(times[len(times) // 2]),
            "p95": _ms(times[at]),
            "max": _ms(times[-1]),
            "cpu_p95": _ms(sorted(busy)[at]),
        }


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, nargs="+", default=[240_000, 1_000_000])
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "gridclient-bench")
    parser.add_argument("--rounds", type=int, default=300)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    for cases in asked.cases:
        bench = Bench(build(asked.folder, cases), asked.rounds)
        found = {"cases": cases, **bench.run()}
        bench.profile.close()
        print(json.dumps(found, ensure_ascii=False) if asked.json else _lines(found), flush=True)


def _lines(found: dict[str, Any]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in found.items())


if __name__ == "__main__":
    main()
