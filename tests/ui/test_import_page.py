"""The import page worked with real keys and clicks, over real files read by the real readers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QTableView, QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import InvalidInput
from gridclient.import_look import look_in_worker
from gridclient.importing import save_report_in_worker
from gridclient.services.import_findings import ImportKind, ImportOutcome, ImportPhase, ImportSummary, RefusedRow
from gridclient.services.import_order import ColumnChoice, ImportOrder, LookOrder
from gridclient.services.rows import Changes
from gridclient.ui.importing import progress_line
from gridclient.ui.importing.crs_panel import CrsPanel
from gridclient.ui.importing.page import ImportPage
from gridclient.ui.importing.tables import FindingsModel
from gridclient.ui.theme import LIGHT, apply_theme
from tests.ui.fakes.invented_desk import empty_desk
from tests.ui.fakes.thread_jobs import ThreadJobs

ROOT = Path(__file__).resolve().parents[2]
PLAIN = "编号,标题,说明\n1,路灯不亮,一\n2,井盖缺失,二\n"
PLACED = "编号,标题,经度,纬度\n1,路灯不亮,122.1195,37.5212\n"
REFUSED = (RefusedRow("", 3, "层级", "case.level_unknown", {"text": "九"}),)


class Importer:
    """Stands for the composition's import: remembers its orders and gives what it was told to."""

    def __init__(self) -> None:
        self.orders: list[ImportOrder] = []
        self.go_on = threading.Event()
        self.go_on.set()
        self.refused: tuple[RefusedRow, ...] = ()
        self.error: InvalidInput | None = None

    def __call__(self, report: Callable[..., None], order: ImportOrder) -> ImportOutcome:
        self.orders.append(order)
        if self.error is not None:
            raise self.error
        report(ImportPhase.READING.value, 1, 2)
        while not self.go_on.wait(0.01):
            report(ImportPhase.READING.value, 1, 2)
        imported = 2 - len(self.refused)
        summary = ImportSummary(order.file.name, ImportKind.CASES, 2, imported, 0, len(self.refused), 0.1)
        changes = Changes() if order.dry_run else Changes(kinds=frozenset({"cases"}))
        return ImportOutcome(summary, self.refused, (), changes)


class DrawnMap(QWidget):
    """Stands for the map: remembers what it was given to draw."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.drawn: list[bytes] = []
        self.centred: list[tuple[float, float]] = []
        self.is_shut = False

    def preview(self, places: bytes) -> None:
        self.drawn.append(places)

    def clear_preview(self) -> None:
        self.drawn.clear()

    def centre_on(self, lon: float, lat: float, _zoom: float) -> None:
        self.centred.append((lon, lat))

    def shutdown(self) -> None:
        self.is_shut = True


class Stage:
    """A page on the screen with everything it talks to."""

    def __init__(self, qtbot: QtBot, jobs: ThreadJobs) -> None:
        self.importer, self.desk, self._qtbot = Importer(), empty_desk(), qtbot
        self.page = ImportPage(
            desk=self.desk.desk,
            jobs=jobs,
            run_import=self.importer,
            read_preview=look_in_worker,
            save_report=save_report_in_worker,
            templates=ROOT / "resources" / "templates",
        )
        qtbot.addWidget(self.page)
        self.page.resize(1100, 640)
        self.page.show()
        self.page.activateWindow()
        qtbot.waitUntil(self.page.isActiveWindow, timeout=5_000)

    def open(self, path: Path) -> None:
        self.page.open_file(path)
        self.until(lambda: self.page.files.name.text() != "" and "正在" not in self.page.files.about.text())

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=15_000)

    def press(self, key: Qt.Key, control: bool = True) -> None:
        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        QTest.keyClick(QApplication.focusWidget() or self.page, key, modifier)

    def has_keyboard(self, part: QWidget) -> bool:
        return QApplication.focusWidget() is part

    def choose(self, field: str, title: str) -> None:
        """Another column for a field, by the keyboard."""
        combo = self.page.columns.fields[field]
        combo.setFocus()
        steps = combo.findData(title) - combo.currentIndex()
        for _ in range(abs(steps)):
            QTest.keyClick(combo, Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up)


@pytest.fixture
def stage(qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    apply_theme(qapp, LIGHT)

    def make(self: CrsPanel) -> None:
        if self.view is None:
            drawn: Any = DrawnMap(self)
            self.view = drawn
            self._line.addWidget(drawn, 1)

    monkeypatch.setattr(CrsPanel, "make_map", make)
    jobs = ThreadJobs(readers=2)
    made = Stage(qtbot, jobs)
    yield made
    made.importer.go_on.set()
    made.page.close()
    jobs.close()
    jobs.deleteLater()


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain.csv"
    path.write_text(PLAIN, encoding="utf-8")
    return path


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    path = tmp_path / "placed.csv"
    path.write_text(PLACED, encoding="utf-8")
    return path


def test_the_page_opens_without_what_only_a_file_needs(stage: Stage, plain: Path) -> None:
    assert stage.page.findChildren(QTableView) == []
    stage.open(plain)
    assert stage.page.findChildren(QTableView) == [stage.page.look.table]


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
    with qtbot.waitSignal(stage.page.imported, timeout=15_000) as told:
        stage.press(Qt.Key.Key_Return)
    assert told.args == [Changes(kinds=frozenset({"cases"}))]
    assert stage.importer.orders == [ImportOrder("cases", plain)]
    assert "导入 2" in stage.page.result.headline.text()


def test_the_keyboard_stands_on_what_is_to_be_done_next_from_the_file_to_its_report(
    stage: Stage, placed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, report = stage.page, tmp_path / "report.xlsx"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(placed), ""))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(report), ""))
    page.setFocus()  # as the desk does it
    stage.press(Qt.Key.Key_Return, control=False)
    stage.until(lambda: stage.has_keyboard(page.look.crs.choices["wgs84"]))
    stage.press(Qt.Key.Key_Down, control=False)
    stage.press(Qt.Key.Key_Return, control=False)
    assert page.look.crs.value() == "gcj02"
    for step in (page.check, page.go, page.result.save):
        stage.until(partial(stage.has_keyboard, step))
        stage.press(Qt.Key.Key_Return, control=False)
    stage.until(lambda: "报告已保存" in page.note.text())
    assert [(order.dry_run, order.crs) for order in stage.importer.orders] == [(True, "gcj02"), (False, "gcj02")]
    assert report.is_file()


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


def test_a_check_says_that_nothing_was_written(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    stage.press(Qt.Key.Key_T)
    stage.until(lambda: bool(stage.importer.orders) and not stage.page.is_running)
    assert stage.importer.orders[0].dry_run
    assert "没有写入" in stage.page.result.headline.text()


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


def test_a_running_import_can_be_stopped(stage: Stage, plain: Path) -> None:
    stage.importer.go_on.clear()
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: "读取" in stage.page.progress.words.text())
    assert not stage.page.files.isEnabled()
    stage.page.progress.stop.click()
    stage.until(lambda: not stage.page.is_running)
    assert stage.page.note.text() == "已取消，没有写入任何数据。"
    assert stage.page.go.isEnabled()


def test_what_is_being_written_is_written_whole(stage: Stage) -> None:
    line = stage.page.progress
    line.begin("cases")
    assert line.stop.isEnabled()
    line.advance(ImportPhase.WRITING.value, 10, 100)
    assert not line.stop.isEnabled()


def test_refused_rows_are_told_with_place_and_sentence_and_saved_as_a_report(
    stage: Stage, plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.importer.refused = REFUSED
    report = tmp_path / "report.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(report), ""))
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: stage.page.view.currentWidget() is stage.page.result)
    found: FindingsModel = stage.page.result.findings
    line = [found.index(0, column).data() for column in range(4)]
    assert line == ["▲ 未导入", "第 3 行", "层级", "“九”不是层级，请填 1 至 4。"]
    stage.press(Qt.Key.Key_S)
    stage.until(lambda: "报告已保存" in stage.page.note.text())
    assert report.is_file()


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


def test_rows_of_the_file_before_never_stand_under_another_name(stage: Stage, plain: Path, placed: Path) -> None:
    stage.open(plain)
    assert stage.page.look.isVisible()
    stage.page.open_file(placed)
    assert stage.page.files.name.text() == "placed.csv"
    assert not stage.page.look.isVisible()
    assert not stage.page.columns.isVisible()
    stage.until(stage.page.look.isVisible)


def test_a_second_import_shows_the_file_and_not_what_came_of_the_first(stage: Stage, plain: Path) -> None:
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: stage.page.view.currentWidget() is stage.page.result)
    stage.importer.go_on.clear()
    stage.page.go.click()
    assert stage.page.view.currentWidget() is stage.page.look
    stage.page.progress.stop.click()
    stage.until(lambda: "已取消" in stage.page.note.text())
    assert stage.page.view.currentWidget() is stage.page.look


@pytest.mark.parametrize(("rows", "unchanged", "word"), [(0, 0, "只有表头"), (2, 2, "已经在本机"), (2, 1, "没有需要")])
def test_an_import_without_a_finding_says_why(stage: Stage, rows: int, unchanged: int, word: str) -> None:
    summary = ImportSummary("a.csv", ImportKind.CASES, rows, rows - unchanged, unchanged, 0, 0.1)
    stage.page.result.show_outcome(ImportOutcome(summary, (), (), Changes()), dry_run=False)
    assert word in stage.page.result.hint.text()


def test_an_error_of_the_import_is_said_in_place_and_can_be_tried_again(stage: Stage, plain: Path) -> None:
    stage.importer.error = InvalidInput("file.damaged", file="plain.csv")
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: "已损坏" in stage.page.note.text())
    assert stage.page.go.isEnabled()


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


def test_escape_leaves_the_page_and_the_import_goes_on(stage: Stage, plain: Path, qtbot: QtBot) -> None:
    stage.importer.go_on.clear()
    stage.open(plain)
    stage.page.go.click()
    stage.until(lambda: stage.page.is_running)
    stage.page.leave.setFocus()
    with qtbot.waitSignal(stage.page.closed, timeout=5_000):
        stage.press(Qt.Key.Key_Escape, control=False)
    stage.page.hide()
    told: list[str] = []
    stage.page.progressed.connect(told.append)
    stage.importer.go_on.set()
    stage.until(lambda: bool(told) and told[-1].startswith("导入完成："))  # who works elsewhere is told


def test_the_map_is_given_back_when_the_page_is_left(stage: Stage, placed: Path) -> None:
    stage.open(placed)
    view: Any = stage.page.look.crs.view
    stage.page.hide()
    assert view.is_shut
    assert stage.page.look.crs.view is None
    stage.page.show()
    again: Any = stage.page.look.crs.view
    assert again is not None and again is not view


def test_a_template_is_saved_where_it_is_wanted(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "units.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    action = next(a for a in stage.page.files.templates.menu().actions() if "单位" in a.text())
    action.trigger()
    stage.until(lambda: "模板已保存" in stage.page.note.text())
    assert target.read_bytes() == (ROOT / "resources" / "templates" / "units.xlsx").read_bytes()


def test_a_base_map_tells_of_itself_and_needs_no_columns(stage: Stage, real_data: Path) -> None:
    stage.open(real_data / "basemap_samples" / "weihai_region_admin.pmtiles")
    assert "缩放级别：4 至 12" in stage.page.look.archive.text()
    assert not stage.page.columns.isVisible()
    assert stage.page.go.isEnabled()


def test_time_left_is_said_when_it_can_be_known(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    line = stage.page.progress
    now = [0.0]
    monkeypatch.setattr(progress_line, "time", SimpleNamespace(monotonic=lambda: now[0]))
    line.begin("cases")
    assert "剩" not in line.advance(ImportPhase.READING.value, 500, 50_000)
    now[0] = 4.0
    assert line.advance(ImportPhase.READING.value, 10_000, 50_000).endswith("约剩 36 秒")
