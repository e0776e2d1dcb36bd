"""How boxes are filled: room that stretches, parts that stretch, parts that stand somewhere."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QTextDocument
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from gridclient.domain.roles import AccountRole, Actor
from gridclient.services.intake import ClassGuess
from gridclient.services.rows import CaseFilter, SavedView, Sort
from gridclient.ui.actions import DeskActions
from gridclient.ui.cases.filter_bar import ChipButton
from gridclient.ui.cases.filter_menus import ViewChanges, fill_one_of, fill_views
from gridclient.ui.casework.header import TitleLine
from gridclient.ui.guess_chips import GuessChips
from gridclient.ui.importing.file_view import FirstRowsModel
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.laid_out import across, down, label, tip
from gridclient.ui.quiet_combo import QuietCombo
from gridclient.ui.sync.choice_button import ChoiceButton
from gridclient.ui.top_bar import TopBar
from gridclient.ui.value_list import ValueList
from tests.ui.fakes.invented_desk import STANDARDS


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


def read_on(words: str) -> str:
    """What Qt paints of a button's or an entry's words: & marks the next letter as a key, two are one."""
    assert QKeySequence.mnemonic(words).isEmpty()
    return words.replace("&&", "&")


def test_an_ampersand_in_a_name_is_shown_and_is_no_key(qtbot: QtBot) -> None:
    name, menu, guesses, changed = "A&B", QMenu(), GuessChips(), list[object]()
    chip = ChipButton(name)
    for widget in (menu, guesses, chip):
        qtbot.addWidget(widget)
    view = SavedView(name, CaseFilter(), Sort())
    drop = ViewChanges(changed.append, changed.append, changed.append, lambda *_: None)
    fill_views(menu, [view], drop)
    in_menus = [entry.text() for one in (menu, *menu.findChildren(QMenu)) for entry in one.actions()]
    assert [read_on(words) for words in in_menus].count(name) == 3
    menu.clear()
    fill_one_of(menu, "unit", {"A01": name}, changed.append)
    guesses.show_guesses([ClassGuess(replace(STANDARDS[0], filing_condition=name), 1.0, ())])
    who = QWidget()
    qtbot.addWidget(who)
    actor = Actor("a", AccountRole.UNIT, "a", name)
    top = TopBar(command=QWidget(), lamp=QWidget(), actions=DeskActions(role=actor.role, parent=who).desk, actor=actor)
    top.setParent(who)
    for shown_words in (menu.actions()[0].text(), chip.text(), guesses.buttons[0].text(), top.account.text()):
        assert name in read_on(shown_words)
