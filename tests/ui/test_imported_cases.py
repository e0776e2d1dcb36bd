"""From an import to the cases that it brought, on a desk as it is put together over a real store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.app import App, build_app
from gridclient.composition import create_profile
from gridclient.domain.case import CaseFacts
from gridclient.services.rows import Box
from gridclient.ui.importing.page import ImportPage

FILE = "编号,标题,办结时间\n1,路灯不亮,\n2,井盖缺失,2026-01-05 10:00\n3,噪音扰民,\n"
ENTER, CTRL = Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def app(tmp_path: Path, qtbot: QtBot) -> Iterator[App]:
    """A desk that had registered two cases before."""
    create_profile(tmp_path / "desk", county="371002", township="371002003", name="测试指挥室")
    made = build_app(tmp_path / "desk")
    for title in ("占道经营", "暴露垃圾"):
        made.opened.desk.register(CaseFacts(title=title))
    made.window.show()
    qtbot.waitUntil(made.window.isActiveWindow)
    yield made
    made.close()


@pytest.fixture
def page(app: App, qtbot: QtBot, tmp_path: Path) -> ImportPage:
    """The import page after a file went in by keys."""
    file = tmp_path / "cases.csv"
    file.write_text(FILE, encoding="utf-8")
    app.window.pages.show("import")
    page = app.window.pages.page("import")
    assert isinstance(page, ImportPage)
    page.open_file(file)
    bring(page, qtbot)
    return page


def bring(page: ImportPage, qtbot: QtBot) -> None:
    qtbot.waitUntil(page.go.isEnabled, timeout=20_000)
    QTest.keyClick(page, ENTER, CTRL)
    qtbot.waitUntil(lambda: page.result.isVisible() and not page.is_running, timeout=20_000)


def shown(app: App) -> set[str]:
    return {row.title for row in app.window.cases.model.rows}


def test_the_panel_says_of_a_case_that_brought_no_deadline_when_its_clocks_begin(
    app: App, page: ImportPage, qtbot: QtBot
) -> None:
    window = app.window
    QTest.keyClick(page.result.cases, ENTER)
    qtbot.waitUntil(lambda: "路灯不亮" in shown(app))
    row = next(row for row in window.cases.model.rows if row.title == "路灯不亮")
    window.state.choose_case(row.id)
    qtbot.waitUntil(lambda: window.detail.view is not None and window.detail.view.case.id == row.id)
    header = window.detail.top.header
    assert (header.waiting.isVisible(), header.waiting.text()) == (True, "立案后计时")
    assert not header.working.isVisible()


def test_enter_shows_exactly_what_came_in_until_its_chip_is_taken_off(app: App, page: ImportPage, qtbot: QtBot) -> None:
    window = app.window
    assert QApplication.focusWidget() is page.result.cases
    QTest.keyClick(page.result.cases, ENTER)
    qtbot.waitUntil(lambda: shown(app) == {"路灯不亮", "井盖缺失", "噪音扰民"})
    assert not page.isVisible() and QApplication.focusWidget() is window.cases.table
    chip = window.cases.bar.chip("imported")
    assert chip is not None and chip.text() == "导入的 3 件 ×"
    for _ in range(2):
        window.state.toggle_box(Box.REPORTED)
    assert not window.state.filter.only_open, "its ended cases are still shown"
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: shown(app) == {"占道经营", "暴露垃圾", "路灯不亮", "噪音扰民"})


def test_the_same_file_again_leads_nowhere_and_says_why(page: ImportPage, qtbot: QtBot) -> None:
    bring(page, qtbot)
    assert not page.result.cases.isVisible()
    assert "已经在本机" in page.result.hint.text()
    assert QApplication.focusWidget() is page.leave


def test_a_case_that_is_registered_afterwards_is_not_among_them(app: App, page: ImportPage, qtbot: QtBot) -> None:
    QTest.keyClick(page.result.cases, ENTER)
    qtbot.waitUntil(lambda: len(shown(app)) == 3)
    app.window.announce(app.opened.desk.register(CaseFacts(title="管线破损")).changes)
    qtbot.waitUntil(lambda: not app.jobs.busy)
    assert "管线破损" not in shown(app)
