"""The map's place in the window: what it remembers, and what it says when the page cannot draw something."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.mapview.view import MapView
from gridclient.services.rows import CaseFilter, Changes
from gridclient.ui.intake.form import IntakeForm
from gridclient.ui.main_window import MainWindow
from gridclient.ui.map_pane import MapPane, place_in
from tests.fakes.map_data import InMemoryMapData, grid_code
from tests.fakes.map_stage import MapStage
from tests.ui.conftest import press

OpenPane = Callable[[str], tuple[MapPane, MapStage]]


@pytest.fixture
def data() -> InMemoryMapData:
    return InMemoryMapData()


@pytest.fixture
def open_pane(qtbot: QtBot, look: None, data: InMemoryMapData) -> Iterator[OpenPane]:
    opened: list[MapPane] = []

    def open_one(kept: str) -> tuple[MapPane, MapStage]:
        pane = MapPane(data=data)
        opened.append(pane)
        pane.restore(kept)
        pane.resize(800, 500)
        with qtbot.waitSignal(pane.drawn):
            pane.make()
            pane.show()
        assert isinstance(pane.view, MapView)
        stage = MapStage(pane.view, qtbot)
        stage.settle()
        return pane, stage

    yield open_one
    for pane in opened:
        pane.shutdown()
        pane.deleteLater()
    qtbot.wait(20)


def test_the_layers_that_were_chosen_on_the_map_are_there_again(open_pane: OpenPane, qtbot: QtBot) -> None:
    pane, stage = open_pane("")
    with qtbot.waitSignal(stage.bridge.layers_changed):
        stage.js("(gridmap.controls.wishes.layer('units', true), 0)")
    pane.show_base("none")
    _, again = open_pane(pane.as_text())
    again.wait("gridmap.marks.visible.units && gridmap.base.chosen === 'none'")


def test_a_page_that_knows_the_size_of_its_window_is_ready_before_that_is_shown(
    qtbot: QtBot, data: InMemoryMapData
) -> None:
    view = MapView(data=data, size=(900, 420))
    try:
        qtbot.waitUntil(lambda: view.is_ready)
        assert MapStage(view, qtbot).js("new URLSearchParams(location.search).get('size')") == "900x420"
    finally:
        view.shutdown()
        view.deleteLater()
        qtbot.wait(20)


def test_its_key_gives_the_keyboard_to_the_map_which_shows_that_it_has_it(open_pane: OpenPane) -> None:
    """The pane around it had the keyboard: no key moved the map, and nothing told where the keys went."""
    pane, stage = open_pane("")
    zoom = stage.js("gridmap.map.getZoom()")
    pane.take_keyboard()
    stage.wait("document.activeElement === gridmap.map.getContainer()")
    assert stage.js("gridmap.map.getContainer().matches(':focus-visible')")
    focused = pane.window().focusWidget()
    assert focused is stage.target
    QTest.keyClick(focused, Qt.Key.Key_Plus, Qt.KeyboardModifier.ShiftModifier)  # as a keyboard gives it
    stage.wait(f"gridmap.map.getZoom() > {zoom}")
    stage.settle()
    step = stage.js("gridmap.map.options.zoomDelta")
    assert stage.js("gridmap.map.getZoom()") == pytest.approx(zoom + step)


def test_only_a_view_that_somebody_chose_is_kept(open_pane: OpenPane, qtbot: QtBot) -> None:
    pane, stage = open_pane("")
    assert place_in(pane.as_text()) is None
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Plus):
        with qtbot.waitSignal(stage.bridge.view_changed) as moved:
            stage.press(key)
        assert moved.args is not None and place_in(pane.as_text()) == tuple(moved.args)
    pane.show_filter(CaseFilter(grid=grid_code("zone", 0, 0)))
    stage.wait("gridmap.state().selected")
    with qtbot.waitSignal(stage.bridge.view_changed):
        pane.show_filter(CaseFilter())  # everything again
    assert place_in(pane.as_text()) is None


def test_a_place_that_an_older_desk_kept_is_understood() -> None:
    assert place_in("[122.1, 37.5, 13]") == (122.1, 37.5, 13.0)
    assert place_in('{"place": [122.1, 37.5, 13], "layers": {}}') == (122.1, 37.5, 13.0)
    assert place_in("") is place_in('{"place": null}') is None


def test_what_the_page_cannot_draw_is_said_and_asked_for_again(
    open_pane: OpenPane, data: InMemoryMapData, qtbot: QtBot
) -> None:
    pane, stage = open_pane("")
    told: list[tuple[str, str]] = []
    pane.told.connect(lambda *said: told.append(said))
    stage.bridge.on_page_layer_failed("basemap")
    assert told == [("所选底图画不出来，已换回自带的离线底图。可在“设置”里移除它，再重新导入。", "warn")]
    for layer in ("units", "base", "figures"):
        told.clear()
        stage.bridge.on_page_layer_failed(layer)
        assert "没有读全" in told[0][0]
    stage.js("(gridmap.marks.show({ units: true }), 0)")
    before, asked = data.asked.count("units"), list[str]()
    stage.bridge.stale.connect(asked.append)
    pane.refresh(Changes())
    qtbot.waitUntil(lambda: data.asked.count("units") > before)
    assert sorted(asked) == ["base", "cases", "figures", "units"]


def test_what_the_page_could_not_read_while_the_window_was_made_is_said_once_the_window_stands(
    look: None, data: InMemoryMapData, qtbot: QtBot
) -> None:
    early = MapView()
    pane = MapPane(data=data, early=early)
    early.bridge.on_page_layer_failed("cases")  # nobody hears the pane yet
    told: list[tuple[str, str]] = []
    pane.told.connect(lambda *said: told.append(said))
    pane.take_early()
    pane.shutdown()
    pane.deleteLater()
    qtbot.wait(20)
    assert [kind for words, kind in told if "没有读全" in words] == ["warn"]


def test_a_page_whose_process_dies_again_and_again_comes_back_three_times_without_what_was_taken_away(
    open_pane: OpenPane, qtbot: QtBot
) -> None:
    _, stage = open_pane("")
    view = stage.view
    view.show_case(121.5, 36.5, "case-1")
    view.clear_case()
    for _ in range(3):
        with qtbot.waitSignal(stage.bridge.page_ready):
            os.kill(view.page().renderProcessPid(), signal.SIGKILL)
        stage.settle()
        assert stage.js("gridmap.marks.chosen") is None
    with qtbot.waitSignal(view.page().renderProcessTerminated):
        os.kill(view.page().renderProcessPid(), signal.SIGKILL)
    assert not view.is_ready and not view.page().isLoading()


def test_escape_on_the_map_ends_the_picking_of_a_point_in_the_form_too(window: MainWindow) -> None:
    press(window, Qt.Key.Key_F3)
    form = window.side.form
    assert isinstance(form, IntakeForm)
    form.inputs.pick.click()
    assert form.inputs.pick.isChecked()
    window.map.picking_cancelled.emit()
    assert not form.inputs.pick.isChecked()


def test_escape_that_ends_nothing_on_the_map_is_passed_on(open_pane: OpenPane, qtbot: QtBot) -> None:
    pressed: list[int] = []

    class Hearing(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
                pressed.append(event.key())
            return False

    pane, stage = open_pane("")
    hearing = Hearing()
    pane.installEventFilter(hearing)
    pane.pick_point(wanted=True)
    stage.wait("gridmap.mode === 'pick'")
    with qtbot.waitSignal(stage.bridge.picking_cancelled):
        stage.press(Qt.Key.Key_Escape)
    assert not pressed
    stage.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: pressed == [Qt.Key.Key_Escape])


def test_on_a_screen_at_125_percent_the_map_leaves_no_row_or_column_unpainted() -> None:
    steps = """
from PySide6.QtCore import QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget
from gridclient.application import make_application
from gridclient.ui.map_pane import MapPane
from gridclient.ui.theme import LIGHT, apply_theme
from tests.fakes.map_data import InMemoryMapData
application = make_application()
apply_theme(application, LIGHT)
window = QWidget()
pane = MapPane(data=InMemoryMapData())
pane.setParent(window)
pane.setGeometry(45, 45, 261, 261)
window.resize(400, 400)
def look():
    seen = application.primaryScreen().grabWindow(0).toImage()
    across = [seen.pixelColor(at, 200) for at in range(10, 450)]
    down = [seen.pixelColor(200, at) for at in range(10, 450)]
    print(across.count(QColor("black")), down.count(QColor("black")), seen.devicePixelRatio())
    pane.shutdown()
    application.quit()
pane.drawn.connect(lambda: QTimer.singleShot(300, look))
window.show()
window.move(0, 0)
pane.make()
application.exec()
"""
    scaled = {**os.environ, "QT_SCALE_FACTOR": "1.25"}
    told = subprocess.check_output([sys.executable, "-c", steps], text=True, timeout=60, env=scaled)
    assert told.split() == ["0", "0", "1.25"]
