"""A hub's file: what is read of it for a push, counted in steps of SQLite's own machine; what fails leaves nothing; no
other file becomes one."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlcipher3

from gridclient.domain.errors import InvalidInput, StoreUnavailable
from gridclient.hub.rights import grants_for
from gridclient.hub.service import HubService
from gridclient.hub.sqlite import SqliteBackend
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events

_PUSH, _LONG = 20, 4_000


class CountedBackend(SqliteBackend):
    """Counts what its writer does, by hundreds of steps."""

    steps = 0

    def count(self) -> None:
        self._writer.set_progress_handler(self._on_progress, 100)

    def _on_progress(self) -> int:
        self.steps += 1
        return 0


def test_a_push_reads_as_little_of_a_long_stream_as_of_a_short_one(tmp_path: Path) -> None:
    backend = CountedBackend(tmp_path / "hub.db")
    service = HubService(backend, lambda: 1_795_000_000.0)
    desk = HubDesk("desk-0001", "t:371002001")
    desk.enrol(service.access, grants_for("371002001"))
    desk.records = list(invented_events(desk.origin, _LONG, seed=1))
    backend.count()
    steps = []
    for push in desk.pushes(1, _LONG, _PUSH):
        before = backend.steps
        service.sync(desk.token, desk.request([push]))
        steps.append(backend.steps - before)
    service.close()
    backend.close()
    assert sum(steps[-5:]) < 2 * sum(steps[5:10])


@pytest.fixture
def backend(tmp_path: Path) -> Iterator[SqliteBackend]:
    backend = SqliteBackend(tmp_path / "hub.db")
    yield backend
    backend.close()


def _facts(backend: SqliteBackend, *names: str) -> list[str | None]:
    with backend.reading() as ledger:
        return [ledger.fact(name) for name in names]


def test_a_transaction_that_breaks_off_leaves_nothing_and_the_next_one_goes(backend: SqliteBackend) -> None:
    with pytest.raises(KeyboardInterrupt), backend.writing() as ledger:
        ledger.set_fact("first", "1")
        raise KeyboardInterrupt
    with backend.writing() as ledger:
        ledger.set_fact("second", "2")
    assert _facts(backend, "first", "second") == [None, "2"]


def test_a_transaction_that_the_disk_has_no_room_for_is_told_and_the_next_one_goes(backend: SqliteBackend) -> None:
    resource = pytest.importorskip("resource", reason="limits of a process as Linux has them")
    soft, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        with pytest.raises(StoreUnavailable, match=r"hub\.store_failed"), backend.writing() as ledger:
            ledger.set_fact("first", "1")
            resource.setrlimit(resource.RLIMIT_FSIZE, (4096, most))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, most))
    with backend.writing() as ledger:
        ledger.set_fact("second", "2")
    assert _facts(backend, "first", "second") == [None, "2"]


def test_who_reads_a_whole_table_keeps_nobody_from_writing(backend: SqliteBackend) -> None:
    with backend.writing() as ledger:
        for name in "abc":
            ledger.set_fact(name, name)
    with backend.reading() as reader:
        rows = iter(reader.whole("facts", ("name",)))
        read = [next(rows)]
        with backend.writing() as ledger:
            ledger.set_fact("d", "d")
        read += rows
    assert {name for (name,) in read} >= set("abc") and ("d",) not in read
    assert _facts(backend, "d") == ["d"]


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        ("INSERT INTO facts(name, value) VALUES ('a', 'b')", sqlcipher3.IntegrityError),
        ("INSERT INTO facts(name, value) VALUES ('c', ?)", sqlcipher3.ProgrammingError),
    ],
)
def test_what_only_a_programs_fault_brings_about_is_not_told_as_the_disks(
    backend: SqliteBackend, statement: str, fault: type[Exception]
) -> None:
    with backend.writing() as ledger:
        ledger.set_fact("a", "1")
    with pytest.raises(fault), backend.writing() as ledger:
        ledger.rows(statement)


def test_a_place_where_no_file_can_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "taken").touch()
    with pytest.raises(StoreUnavailable) as told:
        SqliteBackend(tmp_path / "taken" / "hub.db")
    assert (told.value.code, told.value.params["detail"]) == ("hub.store_failed", os.strerror(errno.EEXIST))


def _note(file: Path) -> None:
    file.write_text("电话 13800001234", encoding="utf-8")  # so short that SQLite takes it for a file with nothing in it


def _other_program(file: Path) -> None:
    with closing(sqlcipher3.connect(str(file))) as connection:
        connection.execute("CREATE TABLE tiles(zoom_level, tile_data)")
        connection.commit()


@pytest.mark.parametrize("write", [_note, _other_program])
def test_a_file_of_something_else_is_refused_and_left_as_it_was(tmp_path: Path, write: Callable[[Path], None]) -> None:
    file = tmp_path / "named by mistake"
    write(file)
    before = file.read_bytes()
    with pytest.raises(InvalidInput) as refused:
        SqliteBackend(file)
    assert (refused.value.code, file.read_bytes()) == ("hub.other_file", before)
