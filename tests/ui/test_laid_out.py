"""How boxes are filled: room that stretches, parts that stretch, parts that stand somewhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gridclient.ui.casework.header import TitleLine
from gridclient.ui.importing.file_view import FirstRowsModel
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.laid_out import across, down, label, tip
from gridclient.ui.quiet_combo import QuietCombo
from gridclient.ui.sync.choice_button import ChoiceButton
from gridclient.ui.value_list import ValueList


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


STRANGE = '<h1>已办结</h1><img src="//192.0.2.1/x/y.png">&lt;'


def shown(made: QLabel) -> str:
    """What is to be read there, as somebody would mark it."""
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    made.setSelection(0, len(made.text()))
    return made.selectedText()


def test_what_somebody_wrote_is_shown_as_it_is_and_is_no_page(qtbot: QtBot) -> None:
    title, made, note = TitleLine(), label(STRANGE), InlineNote()
    for widget in (title, made, note):
        qtbot.addWidget(widget)
        widget.resize(900, 60)
    title.show_title(STRANGE)
    note.say(STRANGE)
    assert shown(made) == shown(note) == STRANGE
    assert shown(title).replace("\u200b", "") == STRANGE


def test_a_tooltip_tells_what_somebody_wrote_as_it_is(qtbot: QtBot) -> None:
    combo, choice = QuietCombo(), ChoiceButton(key="1", name="keepFirst")
    for widget in (combo, choice):
        qtbot.addWidget(widget)
    combo.addItem(STRANGE)
    choice.show_choice("派遣", "先到", STRANGE)
    words, cells = ValueList[str](str, told=str, parent=combo), FirstRowsModel(combo)
    words.show_values([STRANGE])
    cells.show_rows(("标题",), ((2, (STRANGE,)),))
    in_lists = (index.data(Qt.ItemDataRole.ToolTipRole) for index in (words.index(0), cells.index(0, 0)))
    for told in (combo.toolTip(), choice.toolTip(), *in_lists, tip(STRANGE)):
        page = QTextDocument()
        page.setHtml(told)
        assert page.toPlainText().endswith(STRANGE)
    assert tip("甲\n乙 & 丙") == "甲\n乙 & 丙"
