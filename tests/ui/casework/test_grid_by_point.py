"""图上选点 where a case is filed or corrected: a click on the map gives the grid that lies there."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import Action
from gridclient.services.rows import GridsAt
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.intake.form import IntakeForm
from gridclient.ui.main_window import MainWindow
from tests.ui.casework.panel_keys import Show, form_of, submit
from tests.ui.conftest import press
from tests.ui.fakes.invented_desk import InventedDesk
from tests.ui.fakes.memory_store import MemoryReference

GRID = "371002002001003"
MIDDLE = (122.1, 37.5)


@pytest.fixture
def at_point(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[float, float], GridsAt]:
    """What lies where; elsewhere nothing does."""
    known = {MIDDLE: GridsAt(GRID, GRID[:12], None)}
    nothing = GridsAt(None, None, None)
    monkeypatch.setattr(MemoryReference, "grids_at", lambda _self, *point: known.get(point, nothing))
    return known


def test_a_case_is_filed_in_the_grid_that_was_clicked_on_the_map(
    panel: CasePanel, made: InventedDesk, show: Show, at_point: object, qtbot: QtBot
) -> None:
    case_id = made.register("工地夜间施工噪音扰民", grid="", lon=None, lat=None)
    show(case_id)
    form = form_of(panel, Action.FILE)
    qtbot.waitUntil(lambda: bool(form.chips.buttons))
    form.chips.buttons[0].click()
    assert form.pick is not None
    with qtbot.waitSignal(panel.news.pick_wanted) as asked:
        form.pick.click()
    assert asked.args == [True]
    panel.take_point(*MIDDLE)
    qtbot.waitUntil(lambda: form.values["grid"] == GRID)
    assert not form.pick.isChecked()
    qtbot.waitUntil(form.widget_of("grid").hasFocus)  # Enter goes on
    submit(panel, form, "grid", qtbot)
    assert made.store.case(case_id).facts.grid == GRID


def test_a_click_beside_every_grid_is_told_and_leaves_what_was_chosen(
    panel: CasePanel, made: InventedDesk, show: Show, at_point: object, qtbot: QtBot
) -> None:
    show(made.register("路灯不亮", grid=GRID))
    form = form_of(panel, Action.AMEND)
    assert form.pick is not None
    form.pick.click()
    panel.take_point(121.0, 36.0)
    qtbot.waitUntil(lambda: "没有网格" in form.note.text())
    assert form.values["grid"] == GRID


def test_escape_gives_up_the_point_first_and_the_form_then(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.register("路灯不亮", grid=GRID))
    form = form_of(panel, Action.AMEND)
    assert form.pick is not None
    form.pick.click()
    with qtbot.waitSignal(panel.news.pick_wanted) as asked:
        press(form.pick, Qt.Key.Key_Escape)
    assert asked.args == [False]
    assert panel.foot.form is form
    press(form.pick, Qt.Key.Key_Escape)
    assert panel.foot.form is None


def test_who_leaves_the_form_leaves_the_picking_too(
    panel: CasePanel, made: InventedDesk, show: Show, at_point: object, qtbot: QtBot
) -> None:
    first, second = made.register("路灯不亮", grid=GRID), made.register("井盖缺失", grid=GRID)
    show(first)
    form = form_of(panel, Action.AMEND)
    assert form.pick is not None
    form.pick.click()
    with qtbot.waitSignal(panel.news.pick_wanted) as asked:
        panel.show_case(second)
    assert asked.args == [False]


def test_the_point_goes_to_the_form_that_asked_for_it(
    window: MainWindow, at_point: object, invented: InventedDesk, qtbot: QtBot
) -> None:
    press(window, Qt.Key.Key_F3)
    intake = window.side.form
    assert isinstance(intake, IntakeForm)
    press(intake, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: window.detail.view is not None)
    window.detail.start_action(Action.AMEND)
    form = window.detail.foot.form
    assert form is not None
    assert form.pick is not None
    form.pick.click()
    window.map.picking_cancelled.emit()
    assert not form.pick.isChecked()
    form.pick.click()
    window.map.point_picked.emit(*MIDDLE)
    qtbot.waitUntil(lambda: form.values["grid"] == GRID)
    assert intake.values.is_empty
