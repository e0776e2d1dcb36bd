"""Reading ahead goes step by step in quiet moments and ends."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import StoreUnavailable
from gridclient.ui.cases import reading_ahead
from gridclient.ui.cases.reading_ahead import ReadingAhead
from gridclient.ui.jobs import Jobs


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_ahead, "_BEGIN_MS", 0)
    monkeypatch.setattr(reading_ahead, "_PAUSE_MS", 1)
    monkeypatch.setattr(reading_ahead, "_QUIET_MS", 1)


def test_steps_follow_one_another_until_there_are_no_more(jobs: Jobs, qtbot: QtBot) -> None:
    parent, left = QObject(), [True, True, False]
    ahead = ReadingAhead(step=lambda: left.pop(0), jobs=jobs, parent=parent)
    ahead.begin()
    ahead.begin()
    qtbot.waitUntil(lambda: not left and not jobs.busy)


def test_a_step_waits_for_other_work(jobs: Jobs, qtbot: QtBot) -> None:
    parent, seen = QObject(), list[str]()
    jobs.hold()
    jobs.read(parent, lambda: "page", seen.append)

    def step() -> bool:
        seen.append("ahead")
        return False

    ahead = ReadingAhead(step=step, jobs=jobs, parent=parent)
    ahead.begin()
    qtbot.waitUntil(lambda: len(seen) == 2)
    assert seen == ["page", "ahead"]


def test_whoever_asks_for_something_puts_the_next_step_off(
    jobs: Jobs, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading_ahead, "_QUIET_MS", 3_600_000)
    parent, seen = QObject(), list[str]()
    left = iter([True, False])
    ahead = ReadingAhead(step=lambda: next(left), jobs=jobs, parent=parent)
    ahead.begin()
    jobs.read(parent, lambda: "page", seen.append)
    qtbot.waitUntil(lambda: bool(seen) and not jobs.busy)
    with qtbot.waitSignal(parent.destroyed, timeout=100, raising=False):
        pass
    assert next(left)  # no step was made


def test_a_store_that_fails_ends_it_in_silence(jobs: Jobs, qtbot: QtBot) -> None:
    parent, steps, told = QObject(), list[int](), list[object]()

    def step() -> bool:
        steps.append(1)
        raise StoreUnavailable("store.closed")

    jobs.failed.connect(told.append)
    ahead = ReadingAhead(step=step, jobs=jobs, parent=parent)
    ahead.begin()
    qtbot.waitUntil(lambda: bool(steps) and not jobs.busy)
    assert not told
