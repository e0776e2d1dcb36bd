"""A page, and two files to look into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.ui.importing.crs_panel import CrsPanel
from gridclient.ui.theme import LIGHT, apply_theme
from tests.ui.fakes.thread_jobs import ThreadJobs
from tests.ui.importing.import_stage import PLACED, PLAIN, DrawnMap, Stage


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
