"""The settings page: its parts in a list at the left, the chosen one beside it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QStringListModel, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListView, QStackedWidget, QVBoxLayout, QWidget

from gridclient.services.care import Care
from gridclient.services.desk import Desk
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.settings.about_section import AboutSection
from gridclient.ui.settings.backup_section import BackupSection
from gridclient.ui.settings.base_map_section import BaseMapSection
from gridclient.ui.settings.limits_section import LimitsSection, read_values
from gridclient.ui.settings.look_section import LookSection

_LIST_PX: Final = 200
_LIST_STYLE: Final = "QListView::item { height: 32px; padding: 0 12px; }"


class SettingsPage(QWidget):
    """Object name ``settingsPage``.

    Signals:
        closed(): the operator is done here.
        theme_chosen(str): ``light`` or ``dark``.
        base_map_chosen(str): "offline", "none" or an imported map's id.
        changed(Changes): something of the desk is another than before (a base map went).
        restore_wanted(Path, str): close the desk, put this backup in the store's place, open again.
    """

    closed = Signal()
    theme_chosen = Signal(str)
    base_map_chosen = Signal(str)
    changed = Signal(object)
    restore_wanted = Signal(object, str)

    def __init__(
        self, *, desk: Desk, jobs: Jobs, care: Care, licence_roots: Sequence[Path] = (), parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("settingsPage")
        self.setProperty("panel", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._desk, self._jobs = desk, jobs
        self.look = LookSection(parent=self)
        self.limits = LimitsSection(parent=self)
        self.backups = BackupSection(care=care, jobs=jobs, parent=self)
        self.base_maps = BaseMapSection(care=care, jobs=jobs, parent=self)
        self.about = AboutSection(jobs=jobs, roots=licence_roots, parent=self)
        self.sections = (self.look, self.limits, self.backups, self.base_maps, self.about)
        self.leave = KeyButton(self.tr("返回"), key="Esc", parent=self)
        self._arrange()
        self.look.theme_chosen.connect(self.theme_chosen)
        self.backups.restore_wanted.connect(self.restore_wanted)
        self.base_maps.chosen.connect(self.base_map_chosen)
        self.base_maps.changed.connect(self.changed)
        self.leave.clicked.connect(self.closed)
        escape = QShortcut(QKeySequence("Esc"), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.closed)

    def _arrange(self) -> None:
        self.list = QListView(self)
        self.list.setObjectName("settingsList")
        self.list.setFixedWidth(_LIST_PX)
        self.list.setStyleSheet(_LIST_STYLE)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setModel(QStringListModel([section.title for section in self.sections], self.list))
        self.stack = QStackedWidget(self)
        for section in self.sections:
            self.stack.addWidget(section)
        self.list.selectionModel().currentChanged.connect(lambda index, _before: self._on_part(index.row()))
        title = QLabel(self.tr("设置"), self)
        title.setProperty("role", "title")
        head = QWidget(self)
        head.setProperty("panel", "true")
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 7, 12, 7)
        line.addWidget(title)
        line.addStretch(1)
        line.addWidget(self.leave)
        middle = QHBoxLayout()
        middle.setSpacing(1)
        middle.addWidget(self.list)
        middle.addWidget(self.stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(1)
        whole.addWidget(head)
        whole.addLayout(middle, 1)

    def show_part(self, place: int) -> None:
        """Opens one part by its place in the list."""
        self.list.setCurrentIndex(self.list.model().index(place, 0))

    def _on_part(self, place: int) -> None:
        self.stack.setCurrentIndex(max(0, place))
        self.backups.hide_key()
        section = self.sections[max(0, place)]
        if section is self.limits:
            self._jobs.read(self, partial(read_values, self._desk.reference), self.limits.show_values, name="limits")
        elif isinstance(section, BackupSection | BaseMapSection | AboutSection | LookSection):
            section.refresh()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "look"):
            self.look.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.list.currentIndex().isValid():
            self.show_part(0)
        else:
            self._on_part(self.list.currentIndex().row())
        self.list.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.backups.hide_key()
