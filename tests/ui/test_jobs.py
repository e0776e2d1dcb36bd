"""Work goes to threads and processes; its answers come home on the GUI thread, or not at all."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import Cancelled, GridClientError, NotFound
from gridclient.ui.jobs import Jobs
from gridclient.ui.worker_process import NamedTask


def _fail() -> None:
    raise NotFound("case.unknown", case="1")


def _count_to(report: Callable[..., None], last: int) -> int:
    for number in range(last):
        report(number, last)
    return last


def _count_for_ever(report: Callable[..., None]) -> None:
    while True:
        report("still here")
        time.sleep(0.01)


def _refuse(report: Callable[..., None], code: str) -> None:
    raise NotFound(code, case="7")


def _die(report: Callable[..., None]) -> None:
    raise SystemExit(3)


class _OfNewerFiles:
    """What another program's process answers with."""

    def __reduce__(self) -> tuple[Callable[[str], object], tuple[str]]:
        return import_module, ("gridclient.of_newer_files",)


def _answer_with_the_unknown(report: Callable[..., None]) -> object:
    return _OfNewerFiles()


def _end_late(report: Callable[..., None]) -> str:
    threading.Thread(target=time.sleep, args=(2,)).start()  # the process waits for it
    return "done"


def _niceness(report: Callable[..., None]) -> int:
    return os.nice(0)


def test_an_answer_arrives_on_the_gui_thread(jobs: Jobs, qtbot: QtBot) -> None:
    owner, seen = QObject(), list[Any]()
    jobs.read(owner, threading.get_ident, lambda where: seen.append((where, threading.get_ident())))
    qtbot.waitUntil(lambda: bool(seen))
    worked, answered = seen[0]
    assert worked != answered == threading.get_ident()


def test_a_foreseen_failure_goes_to_its_callback(jobs: Jobs, qtbot: QtBot) -> None:
    owner, seen = QObject(), list[Any]()
    jobs.read(owner, _fail, None, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0].code == "case.unknown"


def test_a_failure_without_a_callback_is_told_to_the_window(jobs: Jobs, qtbot: QtBot) -> None:
    owner = QObject()
    with qtbot.waitSignal(jobs.failed) as told:
        jobs.write(owner, _fail)
    assert told.args is not None
    assert told.args[0].code == "case.unknown"


def test_a_bug_is_told_to_who_asked_as_a_fault_and_not_as_a_cancel(jobs: Jobs, qtbot: QtBot) -> None:
    owner, seen = QObject(), list[Any]()
    with qtbot.capture_exceptions() as faults:
        jobs.read(owner, lambda: 1 // 0, None, seen.append)
        qtbot.waitUntil(lambda: bool(seen))
    assert seen[0].code == "job.failed"
    assert [kind for kind, *_ in faults] == [ZeroDivisionError]


def test_a_newer_request_of_the_same_name_replaces_the_older(jobs: Jobs, qtbot: QtBot) -> None:
    owner, seen, gate = QObject(), list[str](), threading.Event()

    def slow() -> str:
        gate.wait(5)
        return "old"

    jobs.read(owner, slow, seen.append, name="rows")
    jobs.read(owner, lambda: "new", seen.append, name="rows")
    qtbot.waitUntil(lambda: bool(seen))
    gate.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert seen == ["new"]


def test_of_requests_that_were_answered_nothing_is_kept_however_many_names_they_had(jobs: Jobs, qtbot: QtBot) -> None:
    """A desk is not closed for weeks, and every photo that somebody looks at has a name of its own."""
    owner, began, go_on, seen = QObject(), threading.Event(), threading.Event(), list[str]()

    def first() -> str:
        began.set()
        go_on.wait(10)
        return "first"

    jobs.read(owner, first, seen.append, name="same")
    began.wait()
    jobs.read(owner, lambda: "second", seen.append, name="same")
    for number in range(20):
        jobs.read(owner, str, name=f"photo {number}")
    qtbot.waitUntil(lambda: seen == ["second"] and len(jobs._tickets) == 1)
    assert len(jobs._newest) == 1  # the older one may still come
    go_on.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert (seen, len(jobs._newest)) == (["second"], 0)


def test_the_answer_for_a_closed_page_is_dropped(jobs: Jobs, qtbot: QtBot) -> None:
    page, seen, gate = QObject(), list[bool](), threading.Event()
    jobs.read(page, lambda: gate.wait(5), seen.append)
    page.deleteLater()
    QCoreApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete.value)
    assert not shiboken6.isValid(page)
    gate.set()
    qtbot.waitUntil(lambda: not jobs.busy)
    assert seen == []


def test_writes_run_one_after_the_other_in_the_order_of_asking(jobs: Jobs, qtbot: QtBot) -> None:
    owner, order = QObject(), list[tuple[int, int]]()

    def write(number: int) -> None:
        order.append((number, threading.get_ident()))

    for number in range(20):
        jobs.write(owner, partial(write, number))
    qtbot.waitUntil(lambda: not jobs.busy)
    assert [number for number, _ in order] == list(range(20))
    assert len({thread for _, thread in order}) == 1


def test_closing_lets_writes_finish_and_takes_no_more(jobs: Jobs, qtbot: QtBot) -> None:
    owner, written, seen = QObject(), list[int](), list[None]()

    def write() -> None:
        time.sleep(0.02)
        written.append(1)

    for _ in range(5):
        jobs.write(owner, write, seen.append)
    jobs.close()
    jobs.write(owner, write, seen.append)
    qtbot.wait(20)
    assert (len(written), seen) == (5, [])


def test_long_work_runs_in_a_process_and_tells_how_far_it_is(jobs: Jobs, qtbot: QtBot) -> None:
    owner, steps, seen = QObject(), list[Any](), list[Any]()
    jobs.in_process(owner, _count_to, 3, done=seen.append, progressed=lambda *step: steps.append(step))
    qtbot.waitUntil(lambda: bool(seen))
    assert (steps, seen) == ([(0, 3), (1, 3), (2, 3)], [3])


def test_the_answer_does_not_wait_for_the_process_to_end(jobs: Jobs, qtbot: QtBot) -> None:
    owner, working = QObject(), list[int]()
    jobs.in_process(owner, _end_late, done=lambda _: working.append(len(multiprocessing.active_children())))
    qtbot.waitUntil(lambda: bool(working))
    assert working != [0]


@pytest.mark.skipif(not hasattr(os, "nice"), reason="this system has no niceness")
def test_long_work_leaves_the_cores_to_the_window(jobs: Jobs, qtbot: QtBot) -> None:
    owner, seen = QObject(), list[int]()
    jobs.in_process(owner, _niceness, done=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0] > os.nice(0) or seen[0] == 19


def test_long_work_can_be_named_so_that_the_desk_need_not_import_it(jobs: Jobs, qtbot: QtBot) -> None:
    owner, seen = QObject(), list[Any]()
    jobs.in_process(owner, NamedTask("gridclient.services.initials:work_out"), ["综合执法"], done=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [{"综合执法": "zhzf"}]


def test_long_work_can_be_stopped(jobs: Jobs, qtbot: QtBot) -> None:
    owner, steps, seen = QObject(), list[Any](), list[Any]()
    stop = jobs.in_process(owner, _count_for_ever, failed=seen.append, progressed=lambda *step: steps.append(step))
    qtbot.waitUntil(lambda: bool(steps))
    stop()
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], Cancelled)


def test_long_work_can_be_stopped_before_its_process_has_begun(jobs: Jobs, qtbot: QtBot) -> None:
    owner, seen = QObject(), list[GridClientError]()
    jobs.in_process(owner, _count_for_ever, failed=seen.append)()
    qtbot.waitUntil(lambda: bool(seen))
    assert isinstance(seen[0], Cancelled)


def test_a_task_for_which_no_process_can_be_started_is_told_and_no_longer_under_way(jobs: Jobs, qtbot: QtBot) -> None:
    resource = pytest.importorskip("resource", reason="takes the open files away by a POSIX limit")
    owner, seen = QObject(), list[GridClientError]()
    few, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, most))
    try:
        jobs.in_process(owner, _count_to, 3, failed=seen.append)
        qtbot.waitUntil(lambda: not jobs.busy)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (few, most))
    assert [error.code for error in seen] == ["worker.stopped"]


@pytest.mark.parametrize(
    ("task", "values", "code"),
    [
        (_refuse, ("case.unknown",), "case.unknown"),
        (_die, (), "worker.stopped"),
        (_answer_with_the_unknown, (), "worker.reopen"),
    ],
)
def test_a_process_that_fails_says_why(
    jobs: Jobs, qtbot: QtBot, task: Callable[..., None], values: tuple[object, ...], code: str
) -> None:
    owner, seen = QObject(), list[GridClientError]()
    jobs.in_process(owner, task, *values, failed=seen.append)
    qtbot.waitUntil(lambda: bool(seen))
    assert seen[0].code == code


def test_closing_ends_a_process_that_is_still_at_work(jobs: Jobs, qtbot: QtBot) -> None:
    owner, steps = QObject(), list[Any]()
    jobs.in_process(owner, _count_for_ever, progressed=lambda *step: steps.append(step))
    qtbot.waitUntil(lambda: bool(steps))
    jobs.close()


def test_held_reads_wait_until_they_may_go_on(jobs: Jobs, qtbot: QtBot) -> None:
    owner, seen = QObject(), list[str]()
    jobs.hold()
    for name in "abc":
        jobs.read(owner, partial(str, name), seen.append, name="same")
    written = list[int]()
    jobs.write(owner, lambda: 1, written.append)
    qtbot.waitUntil(lambda: bool(written))
    assert not seen
    jobs.go_on()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == ["c"]


def test_held_reads_begin_by_themselves_when_nobody_lets_them_go_on(jobs: Jobs, qtbot: QtBot) -> None:
    owner, seen = QObject(), list[int]()
    jobs.hold()
    jobs.read(owner, lambda: 1, seen.append)
    qtbot.waitUntil(lambda: bool(seen))
