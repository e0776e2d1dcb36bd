"""The settings page: a list of its sections at the left, the chosen one beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QStringListModel, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget

from gridclient.services.care import Care
from gridclient.services.desk import Desk
from gridclient.ui.cover_page import ListedPage
from gridclient.ui.jobs import Jobs
from gridclient.ui.laid_out import across
from gridclient.ui.settings.about_section import AboutSection
from gridclient.ui.settings.audit_section import AuditSection
from gridclient.ui.settings.backup_section import BackupSection
from gridclient.ui.settings.base_map_section import BaseMapSection
from gridclient.ui.settings.limits_section import LimitsSection
from gridclient.ui.settings.lists_section import ListsSection
from gridclient.ui.settings.look_section import LookSection


class SettingsPage(ListedPage):
    """Object name ``settingsPage``.

    Signals:
        theme_chosen(str): ``light`` or ``dark``.
        base_map_chosen(str): "offline", "none" or the id of an imported map.
        changed(Changes): a base map was deleted, or other lists are in use.
        restore_wanted(Path, str): close the desk, restore this backup with this recovery key, open again.
    """

    theme_chosen = Signal(str)
    base_map_chosen = Signal(str)
    changed = Signal(object)
    restore_wanted = Signal(object, str)

    def __init__(
        self,
        *,
        desk: Desk,
        jobs: Jobs,
        care: Care,
        base_in_use: Callable[[], str],
        licence_roots: Sequence[Path] = (),
    ) -> None:
        super().__init__(name="settingsPage", titles=QStringListModel())
        self.look = LookSection()
        self.limits = LimitsSection(desk=desk, jobs=jobs)
        self.standards = ListsSection(care=care, jobs=jobs)
        self.backups = BackupSection(care=care, jobs=jobs)
        self.base_maps = BaseMapSection(care=care, jobs=jobs, in_use=base_in_use)
        self.audit = AuditSection(care=care, jobs=jobs)
        self.about = AboutSection(jobs=jobs, roots=licence_roots)
        before = (self.look, self.limits, self.standards, self.backups, self.base_maps)
        self.sections = (*before, self.audit, self.about)
        self.list.setObjectName("settingsList")
        self.titles.setStringList([section.title for section in self.sections])
        self.stack = QStackedWidget(self)
        for section in self.sections:
            self.stack.addWidget(section)
        self.frame(self.tr("设置"), (across(self.list, (self.stack, 1), gap=1), 1))
        self.look.theme_chosen.connect(self.theme_chosen)
        self.backups.restore_wanted.connect(self.restore_wanted)
        self.base_maps.chosen.connect(self.base_map_chosen)
        self.base_maps.changed.connect(self.changed)
        self.standards.changed.connect(self.changed)

    def open_part(self, name: str) -> None:
        """Opens the section that this attribute holds, ``backups`` for one."""
        self.show_part(self.sections.index(getattr(self, name)))

    def on_part(self, place: int) -> None:
        self.stack.setCurrentIndex(max(0, place))
        self.backups.hide_key()
        self.sections[max(0, place)].refresh()

    def escape(self) -> None:
        """Answers an open question with no; without one, leaves the page."""
        if self.backups.confirm.isVisible():
            self.backups.confirm.no.click()
        else:
            super().escape()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.look.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.list.currentIndex().isValid():
            self.show_part(0)
        else:
            self.on_part(self.list.currentIndex().row())
        self.list.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.backups.hide_key()
