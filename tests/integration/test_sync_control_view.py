"""What a desk is told by its handle on the worker: numbers, changes, and what became of what it asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path

import pytest

from gridclient.domain.errors import Cancelled, GridClientError, StoreUnavailable, SyncFault
from gridclient.services.enrolment import Enrolment
from gridclient.services.rows import Changes
from gridclient.services.sync_control import Belonging, BundleReport, SyncState, SyncView
from gridclient.services.sync_port import RoundEnd, RoundReport
from gridclient.sync.control import ProcessSyncControl
from gridclient.sync.enrol_file import check_digits, read_request
from gridclient.sync.orders import Answered, Changed, Committed, Progressed, RoundEnded, Stands, Told
from gridclient.sync.signing import new_key
from gridclient.sync.stick import export_bundle
from gridclient.sync.worker_link import WorkerLink
from tests.fakes.fake_sync import NOON
from tests.fakes.sync_hub import HUB
from tests.fakes.sync_parts import TOWN, FakeSyncQueries
from tests.fakes.sync_store import FakeSyncStore
from tests.integration.test_sync_control import OPENING, Desk, is_retrying, nobody

__all__ = ["nobody"]


@pytest.fixture
def desk(nobody: str) -> Iterator[Desk]:
    made = Desk(nobody)
    made.wait_for(is_retrying)
    yield made
    made.control.close()


def test_what_a_stick_brings_reaches_who_shows_it(desk: Desk, tmp_path: Path) -> None:
    other = FakeSyncStore("two", (TOWN,), Enrolment(HUB, "", "", "", "A2", new_key(), (), {TOWN: bytes(32)}, NOON))
    other.write(TOWN, subject="cd" * 16)
    file = tmp_path / "a.gridbundle"
    export_bundle(other, file, now=lambda: NOON)
    desk.queries.waiting = (7, 5, 0)
    report = desk.control.import_bundle(file)
    assert (report.file, report.events) == (file, 1)
    view = desk.wait_for(lambda view: view.pending_events == 7 and not view.stage)
    assert (view.pending_cases, view.done, view.all) == (5, 0, 0)
    assert [changes for changes in desk.changes if changes != Changes()] == [report.changes]
    assert any((view.stage, view.all) == ("import", 1) for view in desk.views)


def test_what_the_store_says_stands_in_the_view(nobody: str) -> None:
    queries = FakeSyncQueries()
    queries.waiting, queries.contended, queries.fresh = (3, 2, 1), ("a", "b"), NOON
    queries.gone = (("凤林街道", NOON - timedelta(days=2)),)
    cancelled, done = (RoundReport(NOON, end) for end in (RoundEnd.CANCELLED, RoundEnd.DONE))
    queries.past = (cancelled, done)
    desk = Desk(nobody, queries=queries)
    view = desk.wait_for(lambda view: view.counted)
    desk.control.close()
    assert (view.pending_events, view.pending_cases, view.pending_files, view.conflicts) == (3, 2, 1, 2)
    assert (view.fresh_at, view.closed, view.last) == (NOON, queries.gone, done)
    assert desk.control.rounds(1) == (cancelled,)


def test_a_store_that_is_locked_leaves_the_numbers_as_they_were(desk: Desk) -> None:
    desk.queries.waiting = (4, 2, 1)
    desk.control.committed()
    desk.wait_for(lambda view: view.pending_events == 4)
    desk.queries.is_locked, desk.queries.waiting = True, (9, 9, 9)
    told = len(desk.views)
    desk.control.committed()
    assert desk.wait_for(lambda view: view.counted, after=told).pending_events == 4


def test_a_switch_that_could_not_be_kept_is_kept_when_the_desk_closes_and_only_then(nobody: str) -> None:
    kept: list[bool] = []

    def keep(offline: bool) -> None:
        kept.append(offline)
        if len(kept) == 1:
            raise StoreUnavailable("store.disk_full")

    control = ProcessSyncControl(OPENING, (nobody, 1), FakeSyncQueries(), enrolled=True, keep_offline=keep)
    control.start()
    assert control.view().state is SyncState.IDLE
    control.set_offline(True)
    control.close()
    assert kept == [True, True]
    control.close()
    assert kept == [True, True], "it was kept already"


def test_every_order_reaches_the_worker_as_what_it_is(desk: Desk, tmp_path: Path) -> None:
    request = tmp_path / "a.gridrequest"
    digits = desk.control.ask_by_file(request)
    assert (digits, read_request(request.read_bytes()).name) == (check_digits(request.read_bytes()), "席位")
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: desk.control.enrol("http://hub", "no code"), "enrol.code_mistyped"),
        (lambda: desk.control.move("http://127.0.0.2"), "sync.hub_key_unknown"),
        (lambda: desk.control.choose_proxy("ftp://a:1"), "sync.proxy"),
        (lambda: desk.control.take_admission(request), "enrol.file_no_admission"),
        (lambda: desk.control.import_bundle(request), "bundle.foreign"),
        (lambda: desk.control.export_bundle(request), "file.other_kind"),
    ]
    for call, code in calls:
        with pytest.raises(GridClientError) as caught:
            call()
        assert caught.value.code == code


def test_each_word_of_the_worker_changes_its_own_part_of_the_view() -> None:
    queries, report = FakeSyncQueries(), RoundReport(NOON, RoundEnd.DONE, pulled=3)
    stands = Stands(
        SyncState.RUNNING, NOON, "http://hub", True, "http://proxy:8080", Belonging("A1", ("371002001",), NOON)
    )
    control = ProcessSyncControl(OPENING, (), queries, enrolled=True)

    def told(news: Told | Committed | SyncState) -> SyncView:
        assert control._taken_in(news) == Changes()
        return control.view()

    view = told(stands)
    said = (view.state, view.next_at, view.hub_url, view.by_stick, view.proxy, view.belonging)
    assert Stands(*said) == stands
    ends: tuple[Told | SyncState, ...] = (stands, RoundEnded(report), Answered(1), SyncState.STOPPED)
    for end in ends:
        view = told(Progressed("pull", 3, 9))
        assert (view.stage, view.done, view.all) == ("pull", 3, 9)
        view = told(end)
        assert (view.stage, view.done, view.all) == ("", 0, 0), end
    assert (view.state, view.next_at, view.last, view.hub_url) == (SyncState.STOPPED, None, report, "http://hub")
    counted: tuple[Told | Committed, ...] = (RoundEnded(report), Changed(Changes()), Answered(1), Committed())
    for number, news in enumerate(counted, 1):
        queries.waiting = (number, 0, 0)
        assert told(news).pending_events == number, news


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("cancelled", Cancelled),
        ("store.disk_full", StoreUnavailable),
        ("attachment.missing", StoreUnavailable),
        ("profile.damaged", StoreUnavailable),
        ("sync.unreachable", SyncFault),
        ("bundle.broken", SyncFault),
        ("enrol.code_used", GridClientError),
    ],
)
def test_a_fault_of_the_worker_is_the_same_fault_at_the_desk(code: str, kind: type[GridClientError]) -> None:
    told: list[object] = []
    link = WorkerLink(OPENING, (), offline=lambda: False, tell=told.append)
    answer: Future[BundleReport | None] = Future()
    link._tickets[1] = answer
    link._answer(Answered(1, None, code, {"file": "a"}))
    error = answer.exception(0)
    assert type(error) is kind and isinstance(error, GridClientError)
    assert error.code == code and (kind is Cancelled or error.params == {"file": "a"})
    assert told == [Answered(1, None, code, {"file": "a"})] and not link._tickets


@pytest.mark.parametrize("alone", [False, True])
def test_a_desk_whose_rights_make_it_somebody_else_is_to_be_opened_again(alone: bool) -> None:
    def reopens(unit: str = "", *, only_watches: bool = False) -> bool:
        whose = Belonging("A1", ("371002001",), NOON, unit, only_watches)
        control._taken_in(Stands(SyncState.IDLE, NOON, "http://hub", False, "", whose))
        return control.view().reopen

    control = ProcessSyncControl(OPENING, (), FakeSyncQueries(), enrolled=not alone)
    if alone:
        control._taken_in(Stands(SyncState.ALONE, None, ""))
    assert [reopens(), reopens(), reopens("A04"), reopens(only_watches=True), reopens()] == [
        False,
        False,
        True,
        True,
        False,
    ]
