"""The start of the desk: the map's page is loaded before there is a store, and waits for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gridclient import start
from gridclient.app import App
from gridclient.composition import create_profile
from gridclient.domain.errors import NotFound
from gridclient.mapview.view import MapView
from gridclient.services.rows import CaseFilter
from tests.fakes.map_data import InMemoryMapData


def test_a_page_that_came_before_the_store_shows_the_store_when_it_is_there(qtbot: QtBot) -> None:
    view = MapView()
    qtbot.addWidget(view)
    try:
        qtbot.waitUntil(lambda: view.handler.waiting > 0)
        assert not view.is_ready
        view.refresh_cases(CaseFilter(only_open=True))
        view.resize(800, 600)
        view.show()
        with qtbot.waitSignal(view.bridge.page_ready):
            view.begin(InMemoryMapData())
        assert view.handler.waiting == 0
    finally:
        view.shutdown()


def test_a_page_that_is_told_where_to_look_looks_there_at_once_and_asks_once_for_its_cases(qtbot: QtBot) -> None:
    place, chosen = (122.05, 37.45, 14.0), CaseFilter(only_open=True, text="井盖")
    view, data = MapView(size=(800, 600)), InMemoryMapData()
    qtbot.addWidget(view)
    seen: list[tuple[float, ...]] = []
    view.bridge.view_changed.connect(lambda *where: seen.append(tuple(round(part, 3) for part in where)))
    try:
        view.resize(800, 600)
        view.refresh_cases(chosen)
        view.begin(data, place=place)
        with qtbot.waitSignal(view.bridge.page_drawn):
            view.show()
            view.centre_on(*place)  # as the window does with what it remembers
            view.refresh_cases(chosen)
        assert set(seen) == {place}
        assert data.asked.count("cells") == 1
    finally:
        view.shutdown()


def test_the_page_is_on_its_way_to_its_process_before_the_window_is_built(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(start, "_PAGE_MS", 30_000)  # however busy the machine is
    view = MapView()
    qtbot.addWidget(view)
    sent: list[bool] = []
    view.handler.answered.connect(lambda: sent.append(True))
    try:
        view.begin(InMemoryMapData())
        start._let_page_come(view)
        assert sent == [True]
    finally:
        view.shutdown()


def test_a_page_that_cannot_be_sent_keeps_nobody_waiting(qtbot: QtBot) -> None:
    view = MapView()
    qtbot.addWidget(view)
    sent: list[bool] = []
    view.handler.answered.connect(lambda: sent.append(True))
    try:
        start._let_page_come(view)  # there is no store yet
        assert sent == []
    finally:
        view.shutdown()


def test_a_page_that_finds_its_view_by_itself_asks_once_for_its_cases(qtbot: QtBot) -> None:
    view, data = MapView(size=(800, 600)), InMemoryMapData()
    qtbot.addWidget(view)
    try:
        view.resize(800, 600)
        view.begin(data)
        with qtbot.waitSignal(view.bridge.page_drawn):
            view.show()
        assert data.asked.count("cells") == 1
    finally:
        view.shutdown()


def test_the_desk_opens_with_the_map_that_was_begun(tmp_path: Path, qtbot: QtBot) -> None:
    create_profile(tmp_path / "desk", county="371002", township="371002003", name="测试指挥室")
    seen: list[bool] = []

    def leave_when_the_map_is_there(app: App) -> None:
        view = app.window.map.view
        assert view is not None
        view.bridge.page_drawn.connect(lambda: seen.append(view.isVisible()))
        view.bridge.page_drawn.connect(app.window.close, Qt.ConnectionType.QueuedConnection)

    assert start.run(tmp_path / "desk", made=leave_when_the_map_is_there) == 0
    assert seen == [True]


def test_a_folder_without_a_profile_is_refused_as_ever(tmp_path: Path, qtbot: QtBot) -> None:
    with pytest.raises(NotFound, match=r"profile\.missing"):
        start.run(tmp_path / "nothing")


NOT_BEFORE_THE_FIRST_PAINT = (
    "folium",
    "numpy",
    "openpyxl",
    "sqlite_utils",
    "gridclient.cli.cases",
    "gridclient.composition",
    "gridclient.exchange",
    "gridclient.services.import_records",
    "gridclient.store.backup",
    "gridclient.store.import_journal",
    "gridclient.store.unit_of_work",
    "gridclient.store.verify",
    "gridclient.sync.round",
    "gridclient.ui.casework",
    "gridclient.ui.dispatch",
    "gridclient.ui.help",
    "gridclient.ui.importing",
    "gridclient.ui.intake",
    "gridclient.ui.settings",
)


def test_the_start_imports_nothing_that_the_first_paint_can_do_without() -> None:
    begun = "import sys, gridclient.__main__, gridclient.cli, gridclient.start, gridclient.app; print(*sys.modules)"
    ended = subprocess.run([sys.executable, "-c", begun], capture_output=True, text=True, check=True)
    loaded = ended.stdout.split()
    assert "gridclient.ui.main_window" in loaded
    assert [name for name in NOT_BEFORE_THE_FIRST_PAINT if name in loaded] == []


def test_list_and_tree_are_painted_before_every_kind_of_widget_is_loaded() -> None:
    steps = """
from PySide6 import QtWidgets
from gridclient.services.rows import Sort
from gridclient.system import SystemClock
from gridclient.ui.cases.model import CaseModel
from gridclient.ui.cases.table import CaseTable
from gridclient.ui.grids.tree import GridTree
application = QtWidgets.QApplication([])
before = "QWizard" in vars(QtWidgets)
model, tree = CaseModel(now=SystemClock().now()), GridTree()
table = CaseTable(model=model, parent=tree)
model.set_order(Sort())
for view in (table, tree):
    view.grab()
print(before, "QWizard" in vars(QtWidgets))
"""
    ended = subprocess.run([sys.executable, "-c", steps], capture_output=True, text=True, check=True)
    before, after = ended.stdout.split()
    assert after == before


def _ran(steps: str) -> str:
    return subprocess.run([sys.executable, "-c", steps], capture_output=True, text=True, check=True, timeout=60).stdout


def test_another_thread_can_run_python_while_the_engine_starts() -> None:
    steps = """
import threading, time
from gridclient.application import make_application
from gridclient.mapview.engine import start_engine
turns, started = [], threading.Event()
def take_turns():
    while not started.is_set():
        turns.append(0)
        time.sleep(0.001)
def start():
    other = threading.Thread(target=take_turns)
    other.start()
    start_engine()
    started.set()
    other.join()
    print(len(turns))
make_application(begun=start)
"""
    assert int(_ran(steps)) > 5  # with the lock held it is one or two


def test_the_window_is_imported_while_the_engine_starts() -> None:
    steps = """
import sys
from gridclient import start
window = iter(start._WINDOW)
from gridclient.application import make_application
make_application(begun=lambda: start._start_engine(window))
print("gridclient.mapview.view" in sys.modules, len(list(window)) < len(start._WINDOW))
"""
    assert _ran(steps).split() == ["True", "True"]


def test_what_a_postponed_module_does_not_have_is_an_attribute_that_is_lacking() -> None:
    steps = """
import sys
from gridclient.qt_loading import load_qt
load_qt()
layout = sys.modules["shibokensupport.signature.layout"]
print(hasattr(layout, "no_such_name"), hasattr(layout, "create_signature"))
"""
    assert _ran(steps).split() == ["False", "True"]


def test_qt_is_loaded_without_its_signatures_and_knows_them_where_an_error_names_them() -> None:
    steps = """
import builtins, sys
before = builtins.compile
from gridclient.qt_loading import load_qt
load_qt()
waiting = lambda: hasattr(sys.modules["shibokensupport.signature.layout"], "__source__")
print(before is builtins.compile, builtins.__import__ is builtins.__orig_import__, waiting())
from PySide6.QtCore import QPoint
from PySide6.support.signature import get_signature
try:
    QPoint("a", "b")
except TypeError as error:
    print("QPoint.__init__(xpos: int, ypos: int, /)" in str(error))
print(str(get_signature(QPoint)[2]), waiting())
"""
    assert _ran(steps).splitlines() == ["True True True", "True", "(self, xpos: int, ypos: int, /) -> None False"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the desk opens its store by itself")
def test_until_the_engine_starts_nothing_else_takes_its_time(tmp_path: Path) -> None:
    create_profile(tmp_path / "desk", county="371002", township="371002003", name="测试指挥室")
    steps = """
import sys, threading
from pathlib import Path
from gridclient.forerunner import Forerunner
profile = Path(sys.argv[1])
forerunner = Forerunner.begin(profile)
from PySide6 import QtCore
from gridclient import start
start_engine = start._start_engine
def look_and_start(window):
    print(threading.active_count(), "Qt" in vars(QtCore))
    start_engine(window)
start._start_engine = look_and_start
opening = start._Opening
def open_and_look(*given):
    made = opening(*given)
    print(threading.active_count(), "Qt" in vars(QtCore))
    return made
start._Opening = open_and_look
start.run(profile, forerunner=forerunner, made=lambda app: app.window.map.drawn.connect(app.window.close))
"""
    command = [sys.executable, "-c", steps, str(tmp_path / "desk")]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.split() == ["1", "False", "2", "False"]  # the other thread was begun a moment ago


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the desk opens its store by itself")
def test_the_command_line_begins_the_store_before_it_loads_qt(tmp_path: Path) -> None:
    create_profile(tmp_path / "desk", county="371002", township="371002003", name="测试指挥室")
    steps = """
import sys
from gridclient import forerunner, qt_loading
begin, load = forerunner.Forerunner.begin, qt_loading.load_qt
early = []
def begin_and_watch(profile):
    early.append("PySide6" in sys.modules)
    return begin(profile)
def load_and_watch():
    load()
    from gridclient import start
    stay = start.run
    from PySide6.QtCore import Qt
    def leave(app):
        print(type(app._opened).__name__, *early, app.desk.settings.value("x") == "", flush=True)
        app.window.map.drawn.connect(app.window.close, Qt.ConnectionType.QueuedConnection)
    start.run = lambda *given, **named: stay(*given, made=leave, **named)
forerunner.Forerunner.begin, qt_loading.load_qt = begin_and_watch, load_and_watch
sys.argv = ["gridclient", "--profile", sys.argv[1]]
from gridclient.__main__ import main
sys.exit(main())
"""
    command = [sys.executable, "-c", steps, str(tmp_path / "desk")]
    ended = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert ended.stdout.split() == ["EarlyDesk", "False", "True"]
