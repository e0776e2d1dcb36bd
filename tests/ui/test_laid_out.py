"""How boxes are filled: room that stretches, parts that stretch, parts that stand somewhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gridclient.ui.laid_out import across, down, label


def test_what_stretches_takes_the_room_and_what_is_placed_keeps_its_size(qtbot: QtBot) -> None:
    whole, words, button, below = QWidget(), QLabel("噪音"), QPushButton("看"), QPushButton("选")
    qtbot.addWidget(whole)
    placed = (button, Qt.AlignmentFlag.AlignTop)
    down(across((down(words, gap=2), 1), placed), (below, Qt.AlignmentFlag.AlignLeft), 1, on=whole, edges=(5, 0, 0, 0))
    whole.resize(600, 300)
    whole.show()
    qtbot.waitExposed(whole)
    assert (button.width(), below.width()) == (button.sizeHint().width(), below.sizeHint().width())
    assert words.x() == below.x() == 5 and words.width() > 400
    assert below.geometry().bottom() < 150  # the room is below


def test_a_label_has_the_look_of_its_role(qtbot: QtBot) -> None:
    made = label("无", "muted", wraps=True)
    qtbot.addWidget(made)
    assert (made.property("role"), made.wordWrap(), label().property("role")) == ("muted", True, None)
