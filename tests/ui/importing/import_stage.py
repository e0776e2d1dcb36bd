"""The import page on the screen with everything it talks to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import InvalidInput
from gridclient.import_look import look_in_worker
from gridclient.importing import save_report_in_worker
from gridclient.services.import_findings import ImportKind, ImportOutcome, ImportPhase, ImportSummary, RefusedRow
from gridclient.services.import_order import ImportOrder
from gridclient.services.rows import Changes
from gridclient.ui.importing.page import ImportPage
from tests.ui.fakes.invented_desk import empty_desk
from tests.ui.fakes.thread_jobs import ThreadJobs

ROOT = Path(__file__).resolve().parents[3]
PLAIN = "编号,标题,说明\n1,路灯不亮,一\n2,井盖缺失,二\n"
PLACED = "编号,标题,经度,纬度\n1,路灯不亮,122.1195,37.5212\n"


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
        cases = () if order.dry_run or not imported else ((1, imported),)
        return ImportOutcome(summary, self.refused, (), changes, order.dry_run, cases)


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
        self.importer, self.desk, self._qtbot, self.jobs = Importer(), empty_desk(), qtbot, jobs
        self.page = self.another_page()
        self.page.resize(1100, 640)
        self.page.show()
        self.page.activateWindow()
        qtbot.waitUntil(self.page.isActiveWindow)

    def another_page(self) -> ImportPage:
        """As the desk makes it when it starts again."""
        page = ImportPage(
            desk=self.desk.desk,
            jobs=self.jobs,
            run_import=self.importer,
            read_preview=look_in_worker,
            save_report=save_report_in_worker,
            templates=ROOT / "resources" / "templates",
        )
        self._qtbot.addWidget(page)
        return page

    def open(self, path: Path) -> None:
        self.page.open_file(path)
        self.until(lambda: self.page.files.name.text() != "" and "正在" not in self.page.files.about.text())

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition)

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
