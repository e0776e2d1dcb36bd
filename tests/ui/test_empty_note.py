"""The note in a list's place: what could not be read is said where it can be read."""

from __future__ import annotations

from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from gridclient.ui.empty_note import EmptyNote


def test_lines_that_are_still_there_do_not_show_through_the_note(qtbot: QtBot, look: None) -> None:
    pictures = []
    for lines in ([], ["路灯不亮"] * 8):
        view = QListWidget()
        qtbot.addWidget(view)
        view.resize(400, 400)
        view.addItems(lines)
        note = EmptyNote(view, key="Enter")
        view.show()
        note.tell("程序出错，这一步没有做成。", "重试")
        pictures.append(view.grab(note.geometry()).toImage())
    assert pictures[0] == pictures[1]
