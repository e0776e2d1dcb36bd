"""Everything the desk reads: ``services.ports.DeskQueries`` over columns, tables and log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from gridclient.domain.case import Case
from gridclient.domain.events import EventKey
from gridclient.services.ports import Clock
from gridclient.services.rows import (
    Box,
    CaseFilter,
    CasePage,
    CaseRow,
    ContentionView,
    GridFigures,
    Likeness,
    NewCase,
    SavedView,
    Sort,
    TimelineEntry,
)
from gridclient.store.areas import Areas
from gridclient.store.case_rows import numbers_of, read_case_rows
from gridclient.store.columns import Columns, Table
from gridclient.store.counts import box_counts, figures
from gridclient.store.driver import Connection, Database
from gridclient.store.filters import Moment, moment_of, selected
from gridclient.store.first_pages import headed
from gridclient.store.orders import page_of
from gridclient.store.reading_ahead import ReadingAhead
from gridclient.store.settings import read_draft, read_views
from gridclient.store.tally import read_unit_tallies

if TYPE_CHECKING:
    from gridclient.store.histories import Histories

_RECENT: Final = timedelta(days=90)


class SqliteQueries:
    """Safe to use from any thread; each call sees one state of the store.

    ``areas`` gives those of now, the same object until something changes.
    """

    def __init__(
        self, database: Database, columns: Columns, areas: Callable[[], Areas], clock: Clock, *, device: str = ""
    ) -> None:
        self._device = device
        self._database = database
        self._columns = columns
        self._areas = areas
        self._clock = clock
        self._ahead = ReadingAhead(database, columns)

    @cached_property
    def _histories(self) -> Histories:
        from gridclient.store.histories import Histories

        return Histories()

    @contextmanager
    def _at(self, *, only_open: bool) -> Iterator[tuple[Connection, Table, Moment]]:
        with self._columns.at(only_open=only_open) as (connection, table):
            yield connection, table, moment_of(self._areas(), self._clock.now())

    def read_ahead(self) -> bool:
        return self._ahead.step()

    def page(self, chosen: CaseFilter, sort: Sort, *, limit: int = 200, after: str | None = None) -> CasePage:
        with self._at(only_open=chosen.only_open) as (connection, table, moment):
            found = None if after else headed(connection, table, chosen, moment, sort, limit=limit)
            found = found or selected(connection, table, chosen, moment)
            page = page_of(connection, table, found, sort, moment.areas, limit=limit, after=after)
            rows = read_case_rows(connection, [place + 1 for place in page.places], moment.areas)
        return CasePage(tuple(rows), None if page.next is None else page.next.text())

    def total(self, chosen: CaseFilter) -> int:
        with self._at(only_open=chosen.only_open) as (connection, table, moment):
            return selected(connection, table, chosen, moment).size

    def rows(self, case_ids: Iterable[str]) -> Sequence[CaseRow]:
        with self._database.reader() as connection:
            return read_case_rows(connection, numbers_of(connection, case_ids), self._areas())

    def figures(self) -> Mapping[str, GridFigures]:
        with self._at(only_open=True) as (connection, table, moment):
            return figures(connection, table, moment)

    def box_counts(self, grid: str = "") -> Mapping[Box, int]:
        with self._at(only_open=True) as (connection, table, moment):
            return box_counts(connection, table, moment, grid)

    def case(self, case_ref: str) -> Case:
        with self._database.reader() as connection:
            return self._histories.case(connection, case_ref)

    def contentions(self, case_id: str) -> Sequence[ContentionView]:
        with self._database.reader() as connection:
            return self._histories.contentions(connection, case_id, self._device)

    def stands_since(self, case_id: str) -> datetime | None:
        from gridclient.store.sync_rounds import stands_since

        with self._database.reader() as connection:
            return stands_since(connection, case_id)

    def is_own(self, key: EventKey) -> bool:
        return key.device == self._device

    def timeline(self, case_id: str) -> Sequence[TimelineEntry]:
        with self._database.reader() as connection:
            return self._histories.timeline(connection, case_id)

    def likely_duplicates(self, new: NewCase) -> Sequence[Likeness]:
        from gridclient.store.duplicates import likely_duplicates, surroundings

        with self._at(only_open=False) as (_, table, moment):
            around = surroundings(table, new)
        with self._database.reader() as connection:  # lists need not wait for what takes longer
            return likely_duplicates(connection, around, new, areas=moment.areas)

    def recent_units(self, standard: str) -> Mapping[str, int]:
        since = int((self._clock.now() - _RECENT).timestamp())
        with self._database.reader() as connection:
            rows = connection.execute(
                "SELECT unit, count(*) FROM cases WHERE standard = ? AND dispatched_at >= ? AND unit <> '' "
                "GROUP BY unit",
                (standard, since),
            )
            return dict(rows.fetchall())

    def unit_loads(self) -> Mapping[str, int]:
        with self._database.reader() as connection:
            return read_unit_tallies(connection)

    def attachments(self, case_id: str) -> Sequence[Mapping[str, Any]]:
        with self._database.reader() as connection:
            return self._histories.attachments(connection, case_id)

    def views(self) -> Sequence[SavedView]:
        with self._database.reader() as connection:
            return read_views(connection)

    def draft(self, name: str) -> str:
        with self._database.reader() as connection:
            return read_draft(connection, name)
