"""The import page worked with real keys and clicks, over real files read by the real readers."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import AccountRole
from gridclient.import_look import look_in_worker
from gridclient.services.import_findings import RefusedRow
from gridclient.services.import_order import ColumnChoice, ImportOrder, LookOrder
from gridclient.services.rows import Changes
from gridclient.ui.importing.file_view import LookPanel
from tests.ui.fakes.invented_desk import empty_desk
from tests.ui.file_answer import answer_files
from tests.ui.importing.import_stage import PLAIN, Stage


def test_the_page_opens_without_what_only_a_file_needs(stage: Stage, plain: Path) -> None:
    assert stage.page.findChildren(LookPanel) == []
    stage.open(plain)
    assert stage.page.findChildren(LookPanel) == [stage.page.look]


def test_a_file_is_shown_with_its_kind_its_rows_and_its_columns(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    assert stage.page.files.kind.currentData() == "cases"
    assert stage.page.look.rows.rowCount() == 2
    assert stage.page.look.rows.index(1, 1).data() == "井盖缺失"
    assert stage.page.columns.columns()["title"] == "标题"
    titles = [stage.page.look.rows.headerData(column, Qt.Orientation.Horizontal) for column in range(3)]
    assert titles == ["编号 → 上级平台编号", "标题 ✓", "说明"]


def test_it_goes_in_by_keys_alone_and_what_came_of_it_is_said(stage: Stage, plain: Path, qtbot: QtBot) -> None:
    stage.open(plain)
    with qtbot.waitSignal(stage.page.imported) as told:
        stage.press(Qt.Key.Key_Return)
    assert stage.has_keyboard(stage.page.result.cases)
    assert told.args == [Changes(kinds=frozenset({"cases"}))]
    assert stage.importer.orders == [ImportOrder("cases", plain)]
    assert "导入 2" in stage.page.result.headline.text()


def test_the_keyboard_stands_on_what_is_to_be_done_next_from_the_file_to_its_report(
    stage: Stage, placed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, report = stage.page, tmp_path / "report.xlsx"
    stage.importer.refused = (RefusedRow("", 3, "层级", "case.level_unknown", {"text": "九"}),)
    answer_files(monkeypatch, placed)
    page.setFocus()  # as the desk does it
    stage.press(Qt.Key.Key_Return, control=False)
    stage.until(lambda: stage.has_keyboard(page.look.crs.choices["wgs84"]))
    stage.press(Qt.Key.Key_Down, control=False)
    stage.press(Qt.Key.Key_Return, control=False)
    assert page.look.crs.value() == "gcj02"
    answer_files(monkeypatch, report)
    for step in (page.check, page.go, page.result.save):
        stage.until(partial(stage.has_keyboard, step))
        stage.press(Qt.Key.Key_Return, control=False)
    stage.until(lambda: "报告已保存" in page.note.text())
    assert [(order.dry_run, order.crs) for order in stage.importer.orders] == [(True, "gcj02"), (False, "gcj02")]
    assert report.is_file()


def test_a_second_enter_after_the_file_does_not_ask_for_one_again(
    stage: Stage, plain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Path] = []

    def answer(_dialog: QFileDialog) -> list[str]:
        asked.append(plain)
        return [str(plain)]

    answer_files(monkeypatch, plain)
    monkeypatch.setattr(QFileDialog, "selectedFiles", answer)
    stage.page.setFocus()
    for _ in range(3):
        stage.press(Qt.Key.Key_Return, control=False)
    stage.until(partial(stage.has_keyboard, stage.page.check))
    assert (asked, stage.importer.orders) == ([plain], [])


def test_tab_goes_from_the_file_through_its_columns_to_the_buttons(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    stage.page.files.kind.setFocus()
    stage.press(Qt.Key.Key_Tab, control=False)
    combos = list(stage.page.columns.fields.values())
    assert QApplication.focusWidget() is combos[0]
    combos[-1].setFocus()
    for part in (stage.page.look.table, stage.page.check, stage.page.go, stage.page.leave):
        stage.press(Qt.Key.Key_Tab, control=False)
        assert QApplication.focusWidget() is part
    stage.press(Qt.Key.Key_Tab, control=False)  # round again: nothing of the file is passed by
    assert QApplication.focusWidget() is stage.page.files.choose


def test_the_coordinate_system_is_asked_and_drawn_before_anything_goes_in(stage: Stage, placed: Path) -> None:
    stage.open(placed)
    page = stage.page
    assert not page.go.isEnabled()
    assert page.note.text() == "请先选择坐标系。"
    assert "约差" in page.look.crs._apart["wgs84"].text()
    QTest.mouseClick(page.look.crs.choices["gcj02"], Qt.MouseButton.LeftButton, pos=QPoint(8, 8))
    view: Any = page.look.crs.view
    assert b"122.11" in view.drawn[-1]
    assert page.go.isEnabled()
    stage.press(Qt.Key.Key_E)
    assert len(view.centred) == 1
    page.go.click()
    stage.until(lambda: bool(stage.importer.orders))
    assert stage.importer.orders[0].crs == "gcj02"


def test_another_column_is_taken_and_remembered_for_this_header(stage: Stage, plain: Path, tmp_path: Path) -> None:
    stage.open(plain)
    stage.choose("title", "说明")
    assert stage.page.look.rows.headerData(2, Qt.Orientation.Horizontal) == "说明 → 标题"
    stage.press(Qt.Key.Key_Return)
    stage.until(lambda: stage.page.view.currentWidget() is stage.page.result)
    chosen = stage.importer.orders[0].mapping
    assert isinstance(chosen, ColumnChoice) and chosen.columns["title"] == "说明"
    other = tmp_path / "next_month.csv"
    other.write_text(PLAIN.replace("路灯", "广告牌"), encoding="utf-8")
    stage.until(lambda: bool(stage.desk.desk.settings.value(f"import.columns.{fingerprint(plain)}")))
    stage.open(other)
    stage.until(lambda: stage.page.columns.columns().get("title") == "说明")
    assert "沿用" in stage.page.note.text()


def fingerprint(path: Path) -> str:
    seen = look_in_worker(None, LookOrder(path)).preview
    assert seen is not None
    return seen.fingerprint


def test_a_column_serves_one_field(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    stage.choose("title", "编号")
    assert stage.page.columns.columns()["title"] == "编号"
    assert list(stage.page.columns.columns().values()).count("编号") == 1


def test_a_file_that_cannot_be_read_is_said_in_place(stage: Stage, tmp_path: Path) -> None:
    path = tmp_path / "broken.xlsx"
    path.write_bytes(b"PK\x03\x04 no workbook")
    stage.page.open_file(path)
    stage.until(lambda: "已损坏" in stage.page.note.text())
    assert not stage.page.go.isEnabled()


def test_a_file_that_is_nothing_known_has_no_kind_left_from_the_file_before(
    stage: Stage, plain: Path, tmp_path: Path
) -> None:
    stage.open(plain)
    path = tmp_path / "words.xlsx"
    path.write_bytes(b"no workbook")
    stage.open(path)
    assert stage.page.files.kind.isVisible()
    assert stage.page.files.kind.currentData() is None
    assert "不是 xlsx" in stage.page.note.text()
    assert stage.has_keyboard(stage.page.files.choose)  # another file is what helps
    assert "读不了" in stage.page.view.empty.text()
    stage.page.open_file(plain)
    assert "读不了" not in stage.page.view.empty.text()


def test_a_file_that_cannot_be_read_as_the_kind_that_was_chosen_leaves_the_keyboard_at_the_kinds(
    stage: Stage, plain: Path
) -> None:
    stage.open(plain)
    kind = stage.page.files.kind
    kind.setFocus()
    QTest.keyClick(kind, Qt.Key.Key_End)
    stage.until(lambda: "读不了" in stage.page.view.empty.text())
    assert stage.has_keyboard(kind)


def test_rows_of_the_file_before_never_stand_under_another_name(stage: Stage, plain: Path, placed: Path) -> None:
    stage.open(plain)
    assert stage.page.look.isVisible()
    stage.page.open_file(placed)
    assert stage.page.files.name.text() == "placed.csv"
    assert not stage.page.look.isVisible()
    assert not stage.page.columns.isVisible()
    stage.until(stage.page.look.isVisible)


def test_another_kind_is_looked_at_again(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    stage.page.files.kind.setFocus()
    QTest.keyClick(stage.page.files.kind, Qt.Key.Key_Down)
    stage.until(lambda: "单位编码" in stage.page.columns._names.values())
    assert "还没有对好这些列" in stage.page.note.text()
    assert not stage.page.go.isEnabled()
    assert stage.has_keyboard(stage.page.files.kind)  # the next arrow key chooses the next kind
    stage.press(Qt.Key.Key_Return, control=False)
    assert stage.has_keyboard(next(iter(stage.page.columns.fields.values())))  # what is missing stands first


def test_a_dropped_file_is_opened(stage: Stage, plain: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(plain))])
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(300, 300), Qt.DropAction.CopyAction, mime, left, none)
    QApplication.sendEvent(stage.page, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(stage.page, QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, mime, left, none))
    stage.until(lambda: stage.page.look.rows.rowCount() == 2)


def test_the_wheel_changes_no_column(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    before = stage.page.columns.columns()
    combo = stage.page.columns.fields["title"]
    wheel = QWheelEvent(
        QPointF(5, 5), combo.mapToGlobal(QPointF(5, 5)), QPoint(0, -120), QPoint(0, -120),
        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(combo, wheel)
    assert stage.page.columns.columns() == before


def test_the_map_is_given_back_when_the_page_is_left(stage: Stage, placed: Path) -> None:
    stage.open(placed)
    view: Any = stage.page.look.crs.view
    stage.page.hide()
    assert view.is_shut
    assert stage.page.look.crs.view is None
    stage.page.show()
    again: Any = stage.page.look.crs.view
    assert again is not None and again is not view


def test_a_base_map_tells_of_itself_and_needs_no_columns(stage: Stage, real_data: Path) -> None:
    stage.open(real_data / "basemap_samples" / "weihai_region_admin.pmtiles")
    assert "缩放级别：4 至 12" in stage.page.look.archive.text()
    assert not stage.page.columns.isVisible()
    assert stage.page.go.isEnabled()


def test_who_registers_no_cases_is_offered_none_and_told_so_before_the_file_is_checked(
    stage: Stage, plain: Path
) -> None:
    stage.desk = empty_desk(role=AccountRole.UNIT)
    page = stage.page = stage.another_page()
    page.show()
    offered = [page.files.kind.itemText(place) for place in range(page.files.kind.count())]
    menu, empty = page.files.templates.menu(), page.view.currentWidget()
    assert menu is not None and isinstance(empty, QLabel)
    told = (*offered, *(entry.text() for entry in menu.actions()), empty.text())
    assert "案件" not in " ".join(told) and "单位" in offered
    stage.open(plain)  # its head is that of cases
    assert not page.check.isEnabled() and not page.go.isEnabled()
    assert "不登记案件" in page.note.text() and page.first is page.files.kind
