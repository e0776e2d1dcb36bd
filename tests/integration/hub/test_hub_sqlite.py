"""A hub's file: what is read of it for a push, counted in steps of SQLite's own machine; no other file becomes one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import sqlcipher3

from gridclient.domain.errors import InvalidInput
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
