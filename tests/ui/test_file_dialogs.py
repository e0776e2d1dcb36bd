"""In which folder the dialogs that ask for a file begin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from gridclient.ui.file_dialogs import ask_where_to_save, ask_which_of_many, ask_which_to_open
from gridclient.ui.theme import DARK, LIGHT, Tokens, apply_theme
from tests.ui.conftest import OpenWindow
from tests.ui.fakes.invented_desk import busy_desk


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of somebody with documents and a stick."""
    for folder in ("Documents", "stick"):
        (tmp_path / folder).mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    return tmp_path


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[QWidget]:
    """A page in a window."""
    window = QWidget()
    qtbot.addWidget(window)
    yield QWidget(window)


def begun_in(ask: Callable[[], object], answer: Path | None) -> Path:
    """The folder in which the dialog began that ``ask`` opens; a name is typed into it, or Esc."""
    begun: list[Path] = []

    def type_answer() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        begun.append(Path(dialog.directory().absolutePath()))
        line = dialog.findChild(QLineEdit)
        assert line is not None
        if answer is not None:
            line.setText(str(answer))
        QTest.keyClick(line, Qt.Key.Key_Escape if answer is None else Qt.Key.Key_Return)

    QTimer.singleShot(0, type_answer)
    ask()
    return begun[0]


def test_the_first_dialog_begins_in_the_documents_and_the_next_ones_where_the_last_ended(
    page: QWidget, home: Path
) -> None:
    stick = home / "stick"
    report, photo = stick / "report.xlsx", stick / "photo.jpg"
    photo.write_bytes(b"")
    assert begun_in(lambda: ask_where_to_save(page, "报告保存到", "report.xlsx"), None) == home / "Documents"
    assert begun_in(lambda: ask_where_to_save(page, "报告保存到", "report.xlsx"), report) == home / "Documents"
    other = QWidget(page.window())
    assert begun_in(lambda: ask_which_to_open(other, "从U盘导入", ""), None) == stick
    assert begun_in(lambda: ask_which_of_many(other, "选择附件", ""), photo) == stick


def test_a_desk_opened_again_begins_where_its_last_dialog_ended(
    home: Path, open_window: OpenWindow, qtbot: QtBot
) -> None:
    desk, photo = busy_desk(), home / "stick" / "photo.jpg"
    photo.write_bytes(b"")
    window = open_window(desk)
    assert begun_in(lambda: ask_which_of_many(window, "选择附件", ""), photo) == home / "Documents"
    with qtbot.waitSignal(window.closed):
        window.close()
    qtbot.waitUntil(lambda: "stick" in desk.store.kept.get("desk.window", ""))
    again = open_window(desk)
    assert begun_in(lambda: ask_which_to_open(again, "从U盘导入", ""), None) == home / "stick"


def test_a_stick_that_was_pulled_out_leads_back_to_the_documents(page: QWidget, home: Path) -> None:
    stick = home / "stick"
    begun_in(lambda: ask_where_to_save(page, "导出到U盘", "desk.gridbundle"), stick / "desk.gridbundle")
    stick.rmdir()
    assert begun_in(lambda: ask_which_to_open(page, "从U盘导入", ""), None) == home / "Documents"


def test_without_documents_the_first_dialog_begins_at_home(page: QWidget, home: Path) -> None:
    (home / "Documents").rmdir()
    assert begun_in(lambda: ask_which_to_open(page, "从U盘导入", ""), None) == home


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_the_arrows_of_a_dialog_stand_out_in_both_themes(
    page: QWidget, home: Path, qapp: QApplication, theme: Tokens
) -> None:
    apply_theme(qapp, theme)
    arrows: list[QImage] = []

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, QFileDialog)
        for name in ("backButton", "forwardButton", "toParentButton"):
            button = dialog.findChild(QToolButton, name)
            assert button is not None
            arrows.append(button.icon().pixmap(16, 16).toImage())
        dialog.reject()

    QTimer.singleShot(0, look)
    ask_which_to_open(page, "从U盘导入", "")
    apply_theme(qapp, LIGHT)
    spots = [(x, y) for x in range(16) for y in range(16)]
    for arrow in arrows:
        inks = [colour for spot in spots if (colour := arrow.pixelColor(*spot)).alpha() > 200]
        assert inks
        assert all((ink.lightness() > 128) == (theme is DARK) for ink in inks)
