"""Garbage dies on the GUI thread: a QObject that dies elsewhere leaves its timers to fire into nothing."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gridclient.ui.garbage import GarbageCollector

CYCLES = 20_000


@pytest.fixture
def collected_on() -> Iterator[set[str]]:
    """The names of the threads on which Python collected."""
    names: set[str] = set()

    def note(_phase: str, _told: dict[str, int]) -> None:
        names.add(threading.current_thread().name)

    gc.callbacks.append(note)
    yield names
    gc.callbacks.remove(note)


def leave_garbage() -> None:
    for _ in range(CYCLES):
        cycle: list[object] = []
        cycle.append(cycle)


def test_what_a_thread_throws_away_is_collected_by_the_gui_thread(qtbot: QtBot, collected_on: set[str]) -> None:
    collector = GarbageCollector()
    collector.begin()
    thread = threading.Thread(target=leave_garbage, name="pool")
    thread.start()
    thread.join()
    assert not collected_on
    qtbot.waitUntil(lambda: bool(collected_on))
    collector.end()
    assert collected_on == {threading.main_thread().name}


def test_in_the_end_python_collects_as_it_did_before(qtbot: QtBot) -> None:
    before = gc.isenabled()
    try:
        for wanted in (True, False):
            if wanted:
                gc.enable()
            collector = GarbageCollector()
            assert not gc.isenabled()
            collector.end()
            assert gc.isenabled() is wanted
            gc.disable()
    finally:
        if before:
            gc.enable()
