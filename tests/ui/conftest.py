"""What the tests of windows share: the desk's look, its jobs, a desk of invented cases and its window."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Protocol

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gridclient.services.initials import initials as initials_of
from gridclient.services.rows import CaseFilter, Sort, SortKey
from gridclient.services.sync_control import SyncState, SyncView
from gridclient.ui.actions import STATES_FOR, desk_words, word_of
from gridclient.ui.cases.page import PAGE, CaseList
from gridclient.ui.command.offers import Sources, names_to_learn
from gridclient.ui.dispatch.panel import DispatchPanel
from gridclient.ui.garbage import GarbageCollector
from gridclient.ui.help.page import HelpPage
from gridclient.ui.intake.form import IntakeForm
from gridclient.ui.jobs import Jobs
from gridclient.ui.main_window import MainWindow
from gridclient.ui.map_pane import MapPane
from gridclient.ui.pages import PageParts
from gridclient.ui.settings.page import SettingsPage
from gridclient.ui.state import Question
from gridclient.ui.theme import LIGHT, apply_theme
from tests.fakes.fake_sync import FakeSync
from tests.fakes.map_data import InMemoryMapData
from tests.fakes.map_stage import MapStage, stage
from tests.ui.fakes.invented_care import InventedCare
from tests.ui.fakes.invented_desk import STANDARDS, InventedDesk, busy_desk, empty_desk

OpenList = Callable[[InventedDesk], CaseList]
EVERYTHING = Question(CaseFilter(), Sort(SortKey.NUMBER))
HELP = Path(__file__).parents[2] / "resources" / "help"


@pytest.fixture(scope="session", autouse=True)
def garbage(qapp: QApplication) -> Iterator[None]:
    """What tests leave behind dies on the GUI thread, as it does on the desk, and not on a thread of a later test."""
    collector = GarbageCollector(qapp)
    collector.begin()
    yield
    collector.end()


@pytest.fixture
def map_stage(qtbot: QtBot, data: InMemoryMapData) -> Iterator[MapStage]:
    """A map of the test's own ``data``, whose page says no error and asks for nothing outside."""
    with stage(qtbot, data) as made:
        yield made
        assert made.view.page_errors == []
        assert list(made.view.guard.blocked) == []


@pytest.fixture
def jobs(qtbot: QtBot) -> Iterator[Jobs]:
    """Jobs that are drained when the test ends."""
    made = Jobs(readers=2)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def look(qapp: QApplication) -> None:
    """The light theme, whatever a test before has switched to."""
    apply_theme(qapp, LIGHT)


@pytest.fixture
def invented() -> InventedDesk:
    """A desk in the middle of a shift."""
    return busy_desk()


def parts_for(invented: InventedDesk, jobs: Jobs, window: Callable[[], MainWindow]) -> PageParts:
    """The pages that need no composition."""
    desk = invented.desk
    return PageParts(
        pages={
            "help": lambda: HelpPage(folder=HELP, jobs=jobs, keys=window().actions_.key_list()),
            "settings": lambda: SettingsPage(desk=desk, jobs=jobs, care=InventedCare(), base_in_use=lambda: "none"),
        },
        intake=lambda: IntakeForm(desk=desk, jobs=jobs, initials=window().initials, short=window().cases.model.short),
        sync=FakeSync(SyncView(SyncState.ALONE, counted=False)),
    )


class OpenWindow(Protocol):
    """Opens the window over a desk and waits until its list is filled."""

    def __call__(self, invented: InventedDesk) -> MainWindow: ...


@pytest.fixture(scope="session")
def initials() -> str:
    """The initials of every word on the invented desk, as the desk keeps them: no worker process is needed."""
    names = {name for row in STANDARDS for name in (row.small_class, row.filing_condition)}
    names |= {word for _, word, _, _ in desk_words()} | {word_of(action) for action in STATES_FOR}
    names |= set(names_to_learn(Sources()))
    return json.dumps({name: initials_of(name) for name in names})


PartsOf = Callable[[Jobs, Callable[[], MainWindow]], PageParts]
"""The pages of a window, given its jobs and, once it is there, the window."""


@pytest.fixture
def open_with(
    qtbot: QtBot, look: None, initials: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[InventedDesk, PartsOf], MainWindow]]:
    """Windows without the map's view, which has tests of its own; closed and drained at the end."""
    monkeypatch.setattr(MapPane, "make", lambda _self: None)
    opened: list[tuple[MainWindow, Jobs]] = []

    def open_one(invented: InventedDesk, parts_of: PartsOf) -> MainWindow:
        invented.store.kept.setdefault("desk.initials", initials)
        jobs = Jobs(readers=2)
        made = MainWindow(desk=invented.desk, jobs=jobs, parts=parts_of(jobs, lambda: made))
        opened.append((made, jobs))
        with qtbot.waitSignal(made.cases.rows_shown):
            made.show()
        made.pane.make_soon()  # as when the map has been drawn
        qtbot.waitUntil(lambda: made.findChild(QWidget, "caseDetail") is not None)
        made.activateWindow()
        qtbot.waitUntil(lambda: made.isActiveWindow() and not jobs.busy)  # else no shortcut is heard
        return made

    yield open_one
    for window, jobs in opened:
        window.close()
        jobs.close()
        window.deleteLater()
        jobs.deleteLater()
    qtbot.wait(1)


@pytest.fixture
def open_window(open_with: Callable[[InventedDesk, PartsOf], MainWindow]) -> OpenWindow:
    """Windows with the pages that need no composition."""
    return lambda invented: open_with(invented, partial(parts_for, invented))


@pytest.fixture
def window(open_window: OpenWindow, invented: InventedDesk) -> MainWindow:
    """The window over the invented desk."""
    return open_window(invented)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    """Waits until everything that the window asked for has been answered and is laid out."""
    qtbot.waitUntil(lambda: not window._jobs.busy)
    QApplication.processEvents()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def press(widget: QWidget, key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """A key, as the keyboard would send it."""
    QTest.keyClick(widget, key, modifier)


@pytest.fixture
def crowded() -> InventedDesk:
    """A desk with more cases than one page."""
    made = empty_desk()
    for number in range(PAGE * 2 + 30):
        made.register(f"第 {number} 件", ago=timedelta(minutes=number))
    return made


@pytest.fixture
def open_list(qtbot: QtBot, jobs: Jobs, look: None) -> OpenList:
    def open_one(invented: InventedDesk) -> CaseList:
        made = CaseList(desk=invented.desk, jobs=jobs)
        qtbot.addWidget(made)
        made.resize(788, 400)
        made.show()
        with qtbot.waitSignal(made.rows_shown):
            made.show_question(EVERYTHING, grid_name="全部网格")
        qtbot.waitUntil(lambda: not jobs.busy)
        return made

    return open_one


def propose(panel: DispatchPanel, made: InventedDesk, case_id: str, qtbot: QtBot) -> None:
    """Shows a case in the panel, with the keyboard there when its proposal has come."""
    panel.show_case(made.store.case(case_id))
    qtbot.waitUntil(lambda: bool(panel.choice.lead))
    panel.take_focus()
