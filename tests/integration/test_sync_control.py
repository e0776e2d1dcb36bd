"""The desk's handle on its worker: a real process that is started, ordered about, killed and ended."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.services.pipe import Unreadable, taken
from gridclient.services.rows import Changes
from gridclient.services.sync_control import SyncState, SyncView
from gridclient.sync.control import ProcessSyncControl
from gridclient.sync.orders import ExportBundle, Stop, Told
from gridclient.sync.serving import PipeOrders
from tests.fakes.killed_import import KILLED
from tests.fakes.sync_parts import FakeSyncQueries

OPENING = "tests.fakes.sync_parts:open_parts"
PATIENCE_S = 20.0


class Desk:
    """A control with what it told."""

    def __init__(self, url: str, opening: str = OPENING, queries: FakeSyncQueries | None = None) -> None:
        self.queries = queries or FakeSyncQueries()
        self.kept: list[bool] = []
        self.control = ProcessSyncControl(opening, (url, 3), self.queries, keep_offline=self.kept.append)
        self.views: list[SyncView] = []
        self.changes: list[Changes] = []
        self._told = threading.Condition()
        self.control.listen(self._on_told)
        self.control.start()

    def _on_told(self, view: SyncView, changes: Changes) -> None:
        with self._told:
            self.views.append(view)
            self.changes.append(changes)
            self._told.notify_all()

    def wait_for(self, wanted: Callable[[SyncView], bool], after: int = 0) -> SyncView:
        with self._told:
            found = self._told.wait_for(lambda: any(wanted(v) for v in self.views[after:]), PATIENCE_S)
            assert found, f"never told; the last views were {self.views[-3:]}"
            return next(view for view in self.views[after:] if wanted(view))

    @property
    def worker(self) -> int:
        process = self.control._worker.process
        assert process is not None and process.pid is not None
        return process.pid


@pytest.fixture
def nobody() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@pytest.fixture
def desk(nobody: str) -> Iterator[Desk]:
    made = Desk(nobody)
    yield made
    made.control.close()


@pytest.fixture
def updated(nobody: str) -> Iterator[Desk]:
    """A desk whose program's files were changed while it was open."""
    made = Desk(nobody, "tests.fakes.sync_parts:open_newer_parts")
    yield made
    made.control.close()


def is_retrying(view: SyncView) -> bool:
    return view.state is SyncState.RETRYING


def test_line_that_is_down_is_told_and_tried_again(desk: Desk) -> None:
    view = desk.wait_for(is_retrying)
    assert view.last is not None and view.last.error == "sync.unreachable"
    assert view.next_at is not None
    assert view.counted


def test_switch_reaches_the_worker(desk: Desk) -> None:
    desk.wait_for(is_retrying)
    desk.control.set_offline(True)
    desk.wait_for(lambda view: view.state is SyncState.OFFLINE)
    desk.control.set_offline(False)
    desk.wait_for(is_retrying, after=len(desk.views))
    desk.control.set_offline(True)
    desk.control.close()
    assert desk.kept[-1], "the next start of the desk would not know"


def test_worker_of_a_desk_that_was_switched_off_does_no_round() -> None:
    control = ProcessSyncControl(OPENING, ("http://127.0.0.1:9", 3), FakeSyncQueries(), enrolled=True, offline=True)
    told = threading.Event()
    views: list[SyncView] = []

    def listen(view: SyncView, _changes: Changes) -> None:
        views.append(view)
        if view.hub_url:
            told.set()

    control.listen(listen)
    control.start()
    assert told.wait(PATIENCE_S)
    control.close()
    assert {view.state for view in views} == {SyncState.OFFLINE}


def test_desk_that_is_alone_has_no_worker_and_commits_all_the_same() -> None:
    queries = FakeSyncQueries()
    control = ProcessSyncControl(OPENING, ("http://127.0.0.1:9", 3), queries)
    before = threading.active_count()
    for _ in range(3):
        control.committed()
    control.sync_now()
    control.stop_bundle()
    assert (control._worker.process, threading.active_count()) == (None, before)
    assert control.view().state is SyncState.ALONE
    assert not control.view().counted
    control.close()
    control.start()
    assert (control._worker.process, threading.active_count()) == (None, before), "it was closed"


def test_stick_is_written_by_the_worker_and_faults_come_back(desk: Desk, tmp_path: Path) -> None:
    desk.wait_for(is_retrying)
    assert desk.control.export_bundle(tmp_path / "a.gridbundle").events == 3
    assert (tmp_path / "a.gridbundle").read_bytes().startswith(b"GRIDBUNDLE")
    with pytest.raises(GridClientError, match=r"file\.missing"):
        desk.control.import_bundle(tmp_path / "none.gridbundle")


def test_commit_is_counted_at_once(desk: Desk) -> None:
    desk.wait_for(is_retrying)
    desk.queries.waiting = (4, 2, 1)
    desk.control.committed()
    view = desk.wait_for(lambda view: view.pending_events == 4)
    assert (view.pending_cases, view.pending_files) == (2, 1)


@pytest.mark.skipif(os.name != "posix", reason="holds the worker with a POSIX signal")
def test_stick_that_is_stopped_says_so_and_leaves_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.wait_for(is_retrying)
    os.kill(desk.worker, signal.SIGSTOP)
    raised: list[BaseException] = []
    asked = threading.Event()

    def order(ticket: int) -> ExportBundle:
        asked.set()
        return ExportBundle(ticket, tmp_path / "a.gridbundle")

    def export() -> None:
        try:
            desk.control._worker.ask(order)
        except Cancelled as stopped:
            raised.append(stopped)

    waiting = threading.Thread(target=export)
    waiting.start()
    assert asked.wait(PATIENCE_S)
    desk.control.stop_bundle()
    os.kill(desk.worker, signal.SIGCONT)
    waiting.join(PATIENCE_S)
    assert raised and not list(tmp_path.iterdir())
    assert desk.control.export_bundle(tmp_path / "a.gridbundle").events == 3


def test_killed_worker_is_started_again_and_keeps_the_switch(desk: Desk) -> None:
    desk.wait_for(is_retrying)
    desk.control.set_offline(True)
    desk.wait_for(lambda view: view.state is SyncState.OFFLINE)
    before, told = desk.worker, len(desk.views)
    os.kill(before, KILLED)
    desk.wait_for(lambda view: view.state is SyncState.OFFLINE and desk.worker != before, after=told)


@pytest.mark.skipif(os.name != "posix", reason="holds the worker with a POSIX signal")
def test_order_that_a_killed_worker_had_is_answered(desk: Desk, tmp_path: Path) -> None:
    desk.wait_for(is_retrying)
    os.kill(desk.worker, signal.SIGSTOP)
    killer = threading.Timer(0.5, os.kill, (desk.worker, signal.SIGKILL))
    killer.start()
    with pytest.raises(GridClientError, match=r"worker\.stopped"):
        desk.control.export_bundle(tmp_path / "a.gridbundle")
    killer.join()


def test_close_ends_the_worker(desk: Desk) -> None:
    desk.wait_for(is_retrying)
    worker = desk.worker
    desk.control.close()
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and Path(f"/proc/{worker}").exists():
        time.sleep(0.05)
    assert not Path(f"/proc/{worker}").exists()


def test_worker_of_newer_files_is_told_and_what_is_unsent_stays_counted(updated: Desk, tmp_path: Path) -> None:
    updated.wait_for(lambda view: view.state is SyncState.BROKEN)
    updated.queries.waiting = (4, 2, 1)
    updated.control.committed()
    view = updated.wait_for(lambda view: view.pending_events == 4)
    assert (view.state, view.next_at) == (SyncState.BROKEN, None)
    with pytest.raises(GridClientError, match=r"worker\.reopen"):
        updated.control.export_bundle(tmp_path / "a.gridbundle")
    process = updated.control._worker.process
    assert process is not None and not process.is_alive(), "it goes on beside a desk that does not hear it"


def test_worker_that_cannot_start_is_told(nobody: str) -> None:
    desk = Desk(nobody, "tests.fakes.sync_parts:open_no_parts")
    desk.wait_for(lambda view: view.state is SyncState.BROKEN)
    desk.control.close()


def test_killed_worker_leaves_no_round_that_never_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        desk = Desk(f"http://127.0.0.1:{silent.getsockname()[1]}")
        desk.wait_for(lambda view: view.state is SyncState.RUNNING)
        os.kill(desk.worker, KILLED)
        view = desk.wait_for(is_retrying)
        desk.control.close()
    assert view.next_at is None and view.last is None, "told by its worker, not by its end"


def test_order_of_an_older_desk_ends_the_worker_and_tells_the_desk() -> None:
    ours, theirs = multiprocessing.Pipe()
    ours.send("an order that is gone")
    assert PipeOrders(theirs).take(PATIENCE_S) == Stop()
    with pytest.raises(Unreadable):
        taken(ours, Told)


def test_desk_knows_as_what_it_is_registered(desk: Desk) -> None:
    view = desk.wait_for(is_retrying)
    assert view.belonging is not None
    assert (view.belonging.short, view.belonging.townships) == ("A1", ("371002001",))
