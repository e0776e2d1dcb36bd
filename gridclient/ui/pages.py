"""What is opened from the desk and left again: the intake form beside the list, and the pages that cover the desk.

Each is made when it is first wanted. Together with the main window this is where features meet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

from gridclient.services.care import Care
from gridclient.services.desk import Desk
from gridclient.services.map_port import BaseMaps
from gridclient.services.rows import Changes
from gridclient.ui.help.page import HelpPage
from gridclient.ui.importing.page import ImportPage, ReadPreview, RunImport, SaveReport
from gridclient.ui.initials import NameInitials
from gridclient.ui.intake.form import IntakeForm
from gridclient.ui.jobs import Jobs
from gridclient.ui.map_pane import MapPane
from gridclient.ui.settings.page import SettingsPage

Keys = Callable[[], Sequence[tuple[str, str]]]


@dataclass(frozen=True, slots=True)
class Importing:
    """What the import page is given: tasks for the worker process and where the templates lie."""

    run_import: RunImport
    read_preview: ReadPreview
    save_report: SaveReport
    templates: Path


@dataclass(frozen=True, slots=True)
class PageParts:
    """What the composition gives the pages; a page whose part is missing is not offered."""

    help_folder: Path | None = None
    importing: Importing | None = None
    care: Care | None = None
    licence_roots: tuple[Path, ...] = ()
    base_maps: BaseMaps | None = None


class Pages(QObject):
    """The stack of the desk and what covers it.

    Signals:
        covered(bool): a page covers the desk, or the desk is back.
        changes(Changes): something was written on a page.
        progressed(str): how far an import is; empty when none runs.
        theme_chosen(str), base_map_chosen(str): from the settings.
        restore_wanted(Path, str): from the settings: open the desk again on this backup.
    """

    covered = Signal(bool)
    changes = Signal(object)
    progressed = Signal(str)
    theme_chosen = Signal(str)
    base_map_chosen = Signal(str)
    restore_wanted = Signal(object, str)

    def __init__(self, *, desk: Desk, jobs: Jobs, parts: PageParts, keys: Keys, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk, self._jobs, self._parts, self._keys = desk, jobs, parts, keys
        self.stack = QStackedWidget()
        self._made: dict[str, QWidget] = {}
        self._makers: dict[str, Callable[[], QWidget | None]] = {
            "help": self._make_help,
            "import": self._make_import,
            "settings": self._make_settings,
        }

    def page(self, name: str) -> QWidget | None:
        """A page that was opened before."""
        return self._made.get(name)

    def show(self, name: str) -> bool:
        """Covers the desk with a page; says whether there is such a page."""
        page = self._made.get(name)
        if page is None:
            page = self._makers[name]() if name in self._makers else None
            if page is None:
                return False
            self._made[name] = page
            self.stack.addWidget(page)
        self.stack.setCurrentWidget(page)
        page.setFocus()
        self.covered.emit(True)
        return True

    def back(self) -> None:
        """The desk again."""
        if self.stack.currentIndex():
            self.stack.setCurrentIndex(0)
            self.covered.emit(False)

    def _make_help(self) -> HelpPage | None:
        folder = self._parts.help_folder
        if folder is None:
            return None
        page = HelpPage(folder=folder, jobs=self._jobs, keys=self._keys)
        page.closed.connect(self.back)
        page.load()
        return page

    def _make_import(self) -> ImportPage | None:
        given = self._parts.importing
        if given is None:
            return None
        page = ImportPage(
            desk=self._desk,
            jobs=self._jobs,
            run_import=given.run_import,
            read_preview=given.read_preview,
            save_report=given.save_report,
            templates=given.templates,
            base_maps=self._parts.base_maps,
        )
        page.closed.connect(self.back)
        page.imported.connect(self.changes)
        page.progressed.connect(self.progressed)
        return page

    def _make_settings(self) -> SettingsPage | None:
        care = self._parts.care
        if care is None:
            return None
        page = SettingsPage(desk=self._desk, jobs=self._jobs, care=care, licence_roots=self._parts.licence_roots)
        page.closed.connect(self.back)
        page.changed.connect(self.changes)
        page.theme_chosen.connect(self.theme_chosen)
        page.base_map_chosen.connect(self.base_map_chosen)
        page.restore_wanted.connect(self.restore_wanted)
        return page


class IntakeSide(QObject):
    """F3: the intake form takes the place of the case's panel until it is left.

    Signals:
        registered(str, Changes): a new case.
        open_wanted(str): the operator wants to see a likely duplicate.
        left(): the panel is back.
    """

    registered = Signal(str, object)
    open_wanted = Signal(str)
    left = Signal()

    def __init__(self, *, desk: Desk, jobs: Jobs, initials: NameInitials, map_pane: MapPane, detail: QWidget) -> None:
        super().__init__(detail)
        self._map, self._detail = map_pane, detail
        self.form = IntakeForm(desk=desk, jobs=jobs, initials=initials)
        self.form.hide()
        self.form.closed.connect(self.close)
        self.form.registered.connect(self.registered)
        self.form.open_wanted.connect(self._on_open_wanted)
        self.form.pick_requested.connect(map_pane.pick_point)
        map_pane.point_picked.connect(self.form.set_point)

    def put_into(self, splitter: QSplitter) -> None:
        """The form stands at the right end of the desk."""
        splitter.addWidget(self.form)
        splitter.setCollapsible(splitter.indexOf(self.form), False)

    def open(self) -> None:
        """The form instead of the case."""
        self._detail.hide()
        self.form.show()

    def close(self) -> None:
        """The case instead of the form; what was typed is kept."""
        if self.form.isVisible():
            self._map.pick_point(wanted=False)
            self.form.hide()
            self._detail.show()
            self.left.emit()

    def refresh(self, changes: Changes) -> None:
        """Lists that were imported meanwhile."""
        self.form.refresh(changes)

    def _on_open_wanted(self, case_id: str) -> None:
        self.close()
        self.open_wanted.emit(case_id)
