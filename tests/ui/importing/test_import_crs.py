"""The three coordinate systems and what each would mean."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gridclient.ui.importing.crs_panel import CrsPanel
from gridclient.ui.theme import LIGHT, apply_theme
from tests.ui.fakes.invented_desk import InventedDesk


def test_on_a_low_screen_what_the_choices_mean_is_scrolled_not_squeezed(
    qapp: QApplication, qtbot: QtBot, invented: InventedDesk
) -> None:
    apply_theme(qapp, LIGHT)
    panel = CrsPanel(data=invented.map_data, base_maps=None)
    qtbot.addWidget(panel)
    panel.resize(700, 120)
    panel.show()
    qtbot.waitExposed(panel)
    assert panel.height() == 120
    told = [label for label in panel.findChildren(QLabel) if label.wordWrap() and label.isVisible()]
    assert len(told) > 2
    assert all(label.height() >= label.heightForWidth(label.width()) for label in told)
