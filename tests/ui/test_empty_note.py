"""The note in a list's place: what could not be read is said where it can be read."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QListWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import AccountRole
from gridclient.ui.empty_note import EmptyNote
from tests.ui.conftest import OpenWindow, settle
from tests.ui.fakes.invented_desk import empty_desk


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


@pytest.mark.parametrize("role", [AccountRole.OPERATOR, AccountRole.UNIT, AccountRole.WATCHER])
def test_an_empty_desk_proposes_to_register_only_where_that_can_be_done(
    open_window: OpenWindow, qtbot: QtBot, role: AccountRole
) -> None:
    window = open_window(empty_desk(role=role))
    settle(qtbot, window)
    registers = role is AccountRole.OPERATOR
    assert window.cases.note.isVisible() and window.cases.note.words.text().startswith("没有在办案件。")
    for words in (window.cases.note.words.text(), window.pane.panel.top.message.text()):
        assert ("F3" in words) is registers
    assert ("F5" in window.cases.note.words.text()) is not registers
