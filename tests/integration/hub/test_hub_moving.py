"""A hub moves from its file to a real PostgreSQL: whole, compared, or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from gridclient.domain.errors import Conflict, GridClientError, StoreUnavailable
from gridclient.hub import moving
from gridclient.hub.access import Access
from gridclient.hub.opening import check_not_moved, held, open_backend
from gridclient.hub.postgres import PostgresLedger
from gridclient.hub.rights import grants_for
from gridclient.hub.schema import COLUMNS
from gridclient.hub.service import HubService
from gridclient.hub.sqlite import SqliteLedger
from gridclient.sync.wire import FeedAsk, PushStatus
from tests.fakes.hub_databases import database
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events

STREAM = "t:371002001"


@pytest.fixture
def source(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'hub.db'}"


@pytest.fixture
def target(tmp_path: Path) -> Iterator[str]:
    with database("postgres", tmp_path) as url:
        yield url


@pytest.fixture
def desk(source: str) -> HubDesk:
    """A desk that has pushed 300 of its 400 events, dispatches and attachments among them."""
    backend = open_backend(source)
    service = HubService(backend, time.time)
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(service.access, grants_for("371002001"))
    desk.records = list(invented_events(desk.origin, 400))
    results = desk.round(service.sync, desk.pushes(1, 300, 50)).results
    assert {result.status for result in results} == {PushStatus.APPLIED}
    service.close()
    backend.close()
    return desk


def all_rows(url: str) -> dict[str, list[str]]:
    backend = open_backend(url)
    with backend.writing() as ledger:
        found = {
            table: sorted(repr(tuple(row)) for row in ledger.whole(table, names)) for table, names in COLUMNS.items()
        }
    backend.close()
    found["facts"] = [row for row in found["facts"] if "moved" not in row]
    return found


def refused(attempt: Callable[[], object]) -> str:
    with pytest.raises(GridClientError) as error:
        attempt()
    return error.value.code


def test_everything_moves_and_desks_go_on_where_they_were(source: str, target: str, desk: HubDesk) -> None:
    before = all_rows(source)
    assert all(before[table] for table in ("facts", "devices", "codes", "streams", "origins", "events", "pushes"))
    moved = moving.move(source, target)
    assert (moved.streams, moved.again) == ({STREAM: 300}, False)
    assert all_rows(target) == before
    backend = open_backend(target)
    service = HubService(backend, time.time)
    reply = desk.round(service.sync, [desk.push(251, 50), desk.push(301, 100)], [FeedAsk(STREAM, 300, False)])
    assert [result.status for result in reply.results] == [PushStatus.KNOWN, PushStatus.APPLIED]
    assert reply.pages[0].count == 400
    service.close()
    backend.close()


def test_the_old_database_is_not_used_any_more(source: str, target: str, desk: HubDesk) -> None:
    moving.move(source, target)
    assert refused(lambda: moving.move(source, target)) == "hub.moved"
    backend = open_backend(source)
    with backend.reading() as ledger, pytest.raises(Conflict, match=r"hub\.moved"):
        check_not_moved(ledger)
    backend.close()


def test_a_database_with_something_else_in_it_is_left_alone(source: str, target: str, desk: HubDesk) -> None:
    backend = open_backend(target)
    Access(backend, time.time).issue_code(grants_for("371002002"), township="371002002", name="")
    backend.close()
    before = all_rows(target)
    assert refused(lambda: moving.move(source, target)) == "hub.move_not_empty"
    assert all_rows(target) == before
    backend = open_backend(source)
    with backend.reading() as ledger:
        check_not_moved(ledger)
    backend.close()


def test_a_move_that_broke_off_before_its_mark_is_finished_the_next_time(
    source: str, target: str, desk: HubDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The target stood already; only the mark in the old database was missing."""
    monkeypatch.setattr(moving, "MOVED_FACT", "another")
    moving.move(source, target)
    monkeypatch.undo()
    backend = open_backend(source)
    with backend.writing() as ledger:
        assert isinstance(ledger, SqliteLedger)
        ledger.rows("DELETE FROM facts WHERE name = 'another'")
    backend.close()
    assert moving.move(source, target).again
    assert refused(lambda: moving.move(source, target)) == "hub.moved"


@pytest.mark.parametrize("table", ["events", "devices", "audit"])
def test_a_move_that_breaks_off_leaves_nothing(
    source: str, target: str, desk: HubDesk, table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = PostgresLedger.fill

    def fill(self: PostgresLedger, name: str, columns: Sequence[str], rows: Iterable[Any]) -> None:
        whole(self, name, columns, rows)
        if name == table:
            raise StoreUnavailable("hub.store_failed", detail="invented")

    with monkeypatch.context() as broken:
        broken.setattr(PostgresLedger, "fill", fill)
        assert refused(lambda: moving.move(source, target)) == "hub.store_failed"
    assert not any(rows for name, rows in all_rows(target).items() if name != "facts")
    assert not moving.move(source, target).again


def test_what_does_not_arrive_as_it_was_is_noticed(
    source: str, target: str, desk: HubDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sign of one event is another one in the target: the same counts, another hash."""
    whole = PostgresLedger.fill

    def fill(self: PostgresLedger, name: str, columns: Sequence[str], rows: Iterable[Any]) -> None:
        whole(self, name, columns, rows)
        if name == "events":
            self.rows("UPDATE events SET actor = actor || 'x' WHERE pos = 7")

    with monkeypatch.context() as broken:
        broken.setattr(PostgresLedger, "fill", fill)
        assert refused(lambda: moving.move(source, target)) == "hub.move_differs"
    assert not all_rows(target)["events"]


def test_a_hub_that_runs_is_not_moved(source: str, target: str, desk: HubDesk) -> None:
    with held(source):
        assert refused(lambda: moving.move(source, target)) == "hub.running"
    moving.move(source, target)


def test_only_a_file_that_is_there_moves_to_a_server(source: str, target: str, tmp_path: Path) -> None:
    assert refused(lambda: moving.move(source, target)) == "hub.no_database"
    assert not (tmp_path / "hub.db").exists()
    assert refused(lambda: moving.move(target, source)) == "hub.move_direction"
    assert refused(lambda: moving.move(source, source)) == "hub.move_direction"
    assert refused(lambda: moving.move(target, target)) == "hub.move_direction"


def test_a_server_may_have_several_hubs_each_with_its_database(target: str, tmp_path: Path) -> None:
    with database("postgres", tmp_path) as other, held(target), held(other):
        pass


def test_every_table_and_every_column_moves(source: str, desk: HubDesk) -> None:
    """What moves is read out of the words that make the tables."""
    backend = open_backend(source)
    with backend.reading() as ledger:
        tables = ledger.rows("SELECT name FROM sqlite_master WHERE type = 'table'")
        found = {
            name: {row[0] for row in ledger.rows("SELECT name FROM pragma_table_info(?)", (name,))}
            for (name,) in tables
        }
    backend.close()
    assert found == {table: set(columns) for table, columns in COLUMNS.items()}
