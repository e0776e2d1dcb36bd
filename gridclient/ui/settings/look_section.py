"""The section 外观: the theme on this machine."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QRadioButton

from gridclient.ui.settings.section import Section
from gridclient.ui.theme import DARK, LIGHT, tokens

translate = QCoreApplication.translate


class LookSection(Section):
    """Signals:
    theme_chosen(str): ``light`` or ``dark``.
    """

    theme_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__(
            translate("LookSection", "外观"),
            translate("LookSection", "只影响这台电脑，随时可换（Ctrl+D）。"),
        )
        self.themes = {LIGHT.name: QRadioButton(self.tr("浅色"), self), DARK.name: QRadioButton(self.tr("深色"), self)}
        group = QButtonGroup(self)
        for name, button in self.themes.items():
            group.addButton(button)
            button.clicked.connect(lambda _=False, name=name: self.theme_chosen.emit(name))
            self.line.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        self.line.addStretch(1)
        self.refresh()

    def refresh(self) -> None:
        """Shows the present theme."""
        self.themes[tokens().name].setChecked(True)
