"""Areas that scroll, under another style."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from gridclient.ui.scroll_area import ScrollArea


class Measured(QLabel):
    """Counts how often it is asked how large it would be."""

    asked = 0

    def minimumSizeHint(self) -> QSize:
        self.asked += 1
        return super().minimumSizeHint()


def test_another_style_does_not_measure_what_an_area_holds(qtbot: QtBot) -> None:
    area, body, words = ScrollArea(), QWidget(), Measured("噪音")
    qtbot.addWidget(area)
    QVBoxLayout(body).addWidget(words)
    area.setWidgetResizable(True)
    area.setWidget(body)
    area.show()
    qtbot.waitExposed(area)
    words.updateGeometry()
    words.asked = 0
    QApplication.sendEvent(area, QEvent(QEvent.Type.StyleChange))
    assert words.asked == 0


def test_what_grows_is_scrolled(qtbot: QtBot) -> None:
    area, words = ScrollArea(), QLabel("噪音")
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setWidget(words)
    area.resize(200, 100)
    area.show()
    qtbot.waitExposed(area)
    words.setStyleSheet("font-size: 300px")
    qtbot.waitUntil(lambda: area.verticalScrollBar().maximum() > 0)
