"""What a hub on SQLite reads for a push, counted in steps of SQLite's own machine."""

from __future__ import annotations

from pathlib import Path

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
