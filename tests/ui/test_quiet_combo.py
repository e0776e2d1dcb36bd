"""A drop-down whose words are longer than its place."""

from __future__ import annotations

from PySide6.QtWidgets import QStyleOptionComboBox
from pytestqt.qtbot import QtBot

from gridclient.ui.quiet_combo import QuietCombo


def test_words_without_room_keep_their_beginning_and_their_end_and_are_whole_in_the_tooltip(qtbot: QtBot) -> None:
    words = "主办 城市管理综合行政执法局鲸园街道派驻中队（待反馈）"
    combo = QuietCombo()
    qtbot.addWidget(combo)
    combo.addItem(words)
    combo.resize(200, 30)
    option = QStyleOptionComboBox()
    combo.initStyleOption(option)
    shown = combo.shown_words(option)
    assert shown.startswith("主办") and shown.endswith("待反馈）")  # a unit's part, and what it is at
    assert "…" in shown
    assert combo.toolTip() == words
    combo.resize(900, 30)
    combo.initStyleOption(option)
    assert combo.shown_words(option) == words
