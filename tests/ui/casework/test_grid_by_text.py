"""A case without a grid is filed where its words say, as long as they name one place and nobody says another."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import Action
from gridclient.ui.casework.action_form import ActionForm
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.chooser import Chooser
from gridclient.ui.intake.form import IntakeForm
from gridclient.ui.main_window import MainWindow
from tests.ui.casework.panel_keys import Show, focused, form_of, keys, press, submit
from tests.ui.fakes.invented_desk import InventedDesk

GRID = "371002002001003"


def test_a_case_in_no_grid_is_filed_in_the_one_that_its_text_names_unless_another_is_chosen(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    case_id = made.register("古陌社区工地夜间施工噪音扰民", grid="", lon=None, lat=None)
    show(case_id)
    form = form_of(panel, Action.FILE)
    qtbot.waitUntil(lambda: form.values["grid"] == "371002002001")
    assert form.note.text() == "网格按文字判定，请核对。"
    qtbot.waitUntil(lambda: bool(form.chips.buttons))
    form.chips.buttons[0].click()
    submit(panel, form, "standard", qtbot)
    assert made.store.case(case_id).facts.grid == "371002002001"


@pytest.mark.parametrize("text", ["工地夜间施工噪音扰民", "鲸园街道工地夜间施工", "古陌社区与北山社区之间夜间施工"])
def test_a_text_that_names_no_single_community_leaves_the_grid_to_the_operator(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot, text: str
) -> None:
    show(made.register(text, grid="", lon=None, lat=None))
    form = form_of(panel, Action.FILE)
    qtbot.waitUntil(lambda: bool(form.chips.buttons))
    assert form.values["grid"] == ""


def test_the_grid_that_a_text_names_takes_the_place_of_nothing(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    show(made.register("古陌社区夜间施工噪音扰民", grid=GRID))
    form = form_of(panel, Action.FILE)
    qtbot.waitUntil(lambda: bool(form.chips.buttons))
    assert form.values["grid"] == GRID


def correcting(panel: CasePanel, qtbot: QtBot) -> tuple[ActionForm, Chooser]:
    """修改 of the shown case, its field 网格 with all of its words chosen."""
    form = form_of(panel, Action.AMEND)
    grid = form.widget_of("grid")
    assert isinstance(grid, Chooser)
    qtbot.waitUntil(lambda: grid.text() == "古陌社区 第三网格(基础)")
    grid.setFocus()
    grid.selectAll()
    return form, grid


def test_a_correction_offers_the_grids_by_name_though_nothing_was_filed_before_it(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot
) -> None:
    """It showed the code, and said that there is no such grid."""
    case_id = made.handling("积水")
    show(case_id)
    form, grid = correcting(panel, qtbot)
    keys(grid, "371002002002")
    press(grid)
    submit(panel, form, "grid", qtbot)
    assert made.store.case(case_id).facts.grid.startswith("371002002002")


@pytest.mark.parametrize("words", ["qqqq", "37100"], ids=["none", "several"])
def test_a_correction_with_words_that_choose_no_grid_does_not_take_the_cases_grid_away(
    panel: CasePanel, made: InventedDesk, show: Show, qtbot: QtBot, words: str
) -> None:
    case_id = made.handling("积水")
    before = made.store.case(case_id).facts.grid
    show(case_id)
    form, grid = correcting(panel, qtbot)
    keys(grid, words)
    QTest.mouseClick(form.submit_button, Qt.MouseButton.LeftButton)
    assert f"“{words}”" in form.note.text() and ("不止一个" in form.note.text()) == (words == "37100")
    assert focused(panel) is grid
    assert made.store.case(case_id).facts.grid == before != ""
    assert form.submit_button.isEnabled()


def test_a_registration_with_words_that_are_no_grid_says_so_and_does_not_leave_them_out(
    window: MainWindow, invented: InventedDesk, qtbot: QtBot
) -> None:
    cases = len(invented.store.cases)
    QTest.keyClick(window, Qt.Key.Key_F3)
    form = window.side.form
    assert isinstance(form, IntakeForm)
    QTest.keyClicks(form.inputs.description, "noise")
    grid = form.inputs.grid
    grid.setFocus()
    QTest.keyClicks(grid, "qqqq")
    QTest.keyClick(form.inputs.description, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert "“网格”里没有“qqqq”" in form.error.text()
    qtbot.waitUntil(lambda: not window._jobs.busy)
    assert (len(invented.store.cases), grid.text()) == (cases, "qqqq")
