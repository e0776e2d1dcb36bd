"""The whole desktop on one profile, put together by hand: services, jobs, window. No global application object."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QWidget

from gridclient.application import RESOURCES, make_application
from gridclient.domain.frozen import frozen
from gridclient.early_desk import EarlyDesk, Late, base_maps_in
from gridclient.mapview.basemaps import BaseMapFolder
from gridclient.mapview.view import MapView
from gridclient.services.sync_port import SyncQueries
from gridclient.sync.control import ProcessSyncControl
from gridclient.ui.faults import faults_told
from gridclient.ui.jobs import Jobs
from gridclient.ui.main_window import MainWindow
from gridclient.ui.pages import PageParts
from gridclient.ui.worker_process import NamedTask

if TYPE_CHECKING:
    from gridclient.composition import OpenedDesk
    from gridclient.services.rows import FinishedImport
    from gridclient.ui.intake.form import IntakeForm

_BACKUP_LOOK_MS: Final = 5 * 60 * 1000
_OFFLINE: Final = "sync.offline"
_SYNC_BEGINS_MS: Final = 1_500  # the first paint comes first
_STORE_OPENS_MS: Final = 3_000  # at the latest: a moment after the map is drawn, if it is
_MAP_SEEN_MS: Final = 40
_AHEAD_MS: Final = 8_000
_DEADLINES_MS: Final = 15_000  # a worker with a line does it after its first round
_BETWEEN_MS: Final = 200
_IMPORT_PAGE: Final = tuple(
    f"gridclient.ui.importing.{part}" for part in ("columns_panel", "papers", "file_panel", "file_view", "page")
)
"""Two thirds of what opening that page takes is importing it."""


@frozen
class Begun:
    """What was begun while the window was still being imported (:mod:`gridclient.start`).

    Attributes:
        opened: the profile, or what answers for it until it is open.
        closing: gives the profile back; the desk's from here on.
        base_maps: what was imported.
        map_view: the map, whose page is loading.
    """

    opened: OpenedDesk | EarlyDesk
    closing: ExitStack
    base_maps: BaseMapFolder
    map_view: MapView | None = None


class App:
    """A desk with its window.

    Attributes:
        window: the main window, not shown yet.
        desk: its services.
    """

    def __init__(self, profile: Path, begun: Begun | None = None) -> None:
        begun = begun or _begin(profile)
        self._stack = begun.closing.pop_all()
        self._opened = begun.opened
        self.desk = begun.opened.desk
        self._profile = profile
        self._base_maps = base_maps = begun.base_maps
        self._stack.callback(base_maps.close)
        self.jobs = Jobs()
        self._stack.callback(self.jobs.close)
        self._sync_control = self._made_control()
        self.window = MainWindow(
            desk=self.desk,
            jobs=self.jobs,
            parts=PageParts(
                pages={
                    "help": self._help,
                    "import": self._import,
                    "settings": self._settings,
                    "sync": self._sync,
                    "conflicts": self._conflicts,
                },
                intake=self._intake,
                base_maps=base_maps,
                sync=self._sync_control,
                map_view=begun.map_view,
                meanwhile=QCoreApplication.processEvents if begun.map_view is not None else lambda: None,
            ),
        )
        if isinstance(begun.opened, EarlyDesk):
            opening = QTimer(self.window, singleShot=True, interval=_STORE_OPENS_MS)
            opening.timeout.connect(begun.opened.open)
            opening.start()
            self.window.map.drawn.connect(lambda: opening.start(_MAP_SEEN_MS))
        else:
            for finished in begun.opened.finished:
                self._tell_finished(finished)
            for error in begun.opened.given_up:
                self.window.banner.tell_error(error)
        self._stack.callback(self.window.deleteLater)
        self._stack.callback(self.window.close)
        self._stack.enter_context(faults_told(self.window.banner, profile / "logs"))
        self.restore_from: tuple[Path, str] | None = None
        self.window.restore_wanted.connect(self._on_restore_wanted)
        self._backup_time = QTimer(self.window, interval=_BACKUP_LOOK_MS)
        self._backup_time.timeout.connect(self.back_up_if_due)
        self._backup_time.start()
        QTimer.singleShot(_AHEAD_MS, self.window, partial(self._import_ahead, iter(_IMPORT_PAGE)))
        QTimer.singleShot(_DEADLINES_MS, self.window, self._look_at_calendar)

    def _made_control(self) -> ProcessSyncControl:
        """The handle on a worker that begins when the window stands, or when the desk is asked to enrol."""
        settings, early = self.desk.settings, self._opened
        enrolled = early.ready.enrolled if isinstance(early, EarlyDesk) else _is_enrolled(early)
        control = ProcessSyncControl(
            "gridclient.syncing:open_for_worker",
            (self._profile,),
            cast(SyncQueries, Late(self._ask_of_sync)),
            enrolled=enrolled,
            offline=bool(settings.value(_OFFLINE)),
            keep_offline=lambda offline: settings.keep_value(_OFFLINE, "1" if offline else ""),
        )
        self._stack.callback(control.close)
        if enrolled:
            QTimer.singleShot(_SYNC_BEGINS_MS, control.start)
        return control

    @property
    def opened(self) -> OpenedDesk:
        """The profile; waits until it is open."""
        return self._opened.opened() if isinstance(self._opened, EarlyDesk) else self._opened

    def _ask_of_sync(self, call: str, *args: Any, **given: Any) -> Any:
        from gridclient.store.enrolment_file import read_enrolment
        from gridclient.store.sync_rounds import SqliteSyncQueries

        profile = self.opened.profile
        queries = SqliteSyncQueries(profile.database, partial(read_enrolment, profile.folder, profile.device.id))
        return getattr(queries, call)(*args, **given)

    def back_up_if_due(self) -> None:
        """Backs the store up in the background if the last backup is old and something changed since."""
        now = self.desk.clock.now()

        def make_if_due() -> Path | None:
            from gridclient.store.backup import back_up_if_due

            return back_up_if_due(self.opened.profile, now)

        self.jobs.read(self.window, make_if_due, name="backup")

    def _look_at_calendar(self) -> None:
        """An update may have brought a legal calendar: open deadlines move to it in a process of their own."""

        def is_due() -> bool:
            from gridclient import recomputing

            desk = self.opened.desk
            return recomputing.is_due(self.opened.profile, desk.reference.calendar(), desk.clock.now().date())

        self.jobs.read(self.window, is_due, self._recompute)

    def _recompute(self, is_due: bool) -> None:
        if is_due:
            task = NamedTask("gridclient.recomputing:recompute_in_worker", {"profile": self._profile})
            self.jobs.in_process(self.window, task, done=self.window.announce)

    def _on_restore_wanted(self, file: Path, key: str) -> None:
        """The store cannot be exchanged under an open window: it closes, and ``gridclient.start`` opens it again."""
        self.restore_from = (file, key)
        self.window.close()

    # Pages are imported when they are opened, the largest a while before: the first paint waits for none of them.

    def _import_ahead(self, parts: Iterator[str]) -> None:
        if part := next(parts, ""):
            import_module(part)
            QTimer.singleShot(_BETWEEN_MS, self.window, partial(self._import_ahead, parts))
        else:
            self.jobs.read(self.window, self._cut_off_import, self._tell_cut_off)

    def _cut_off_import(self) -> str:
        from gridclient.ui.importing.page import cut_off

        return cut_off(self.opened.desk.settings)

    def _tell_cut_off(self, words: str) -> None:
        if words and self.window.pages.page("import") is None:  # which says it itself, or is at another by now
            self.window.pages.progressed.emit(words)

    def _tell_finished(self, finished: FinishedImport) -> None:
        from gridclient.ui.importing.page import UNDER_WAY

        self.jobs.write(self.window, lambda: self.desk.settings.keep_value(UNDER_WAY, ""))
        self.window.banner.list_wanted.connect(self.window.pages.cases_wanted)
        self.window.banner.tell_imported(finished)

    def _help(self) -> QWidget:
        from gridclient.ui.help.page import HelpPage

        return HelpPage(folder=RESOURCES / "help", jobs=self.jobs, keys=self.window.actions_.key_list())

    def _import(self) -> QWidget:
        from gridclient.ui.importing.page import ImportPage

        return ImportPage(
            desk=self.desk,
            jobs=self.jobs,
            run_import=NamedTask("gridclient.importing:import_in_worker", {"profile": self._profile}),
            read_preview=NamedTask("gridclient.import_look:look_in_worker"),
            save_report=NamedTask("gridclient.importing:save_report_in_worker"),
            templates=RESOURCES / "templates",
            base_maps=self._base_maps,
        )

    def _settings(self) -> QWidget:
        from gridclient.care import ProfileCare
        from gridclient.ui.settings.page import SettingsPage

        care = ProfileCare(self.opened, self._base_maps)
        roots = (RESOURCES, RESOURCES.parent / "maps")
        base = self.window.map.base
        page = SettingsPage(desk=self.desk, jobs=self.jobs, care=care, base_in_use=base, licence_roots=roots)
        self.window.map.layers_changed.connect(page.base_maps.show_in_use)
        return page

    def _sync(self) -> QWidget:
        from gridclient.ui.sync.page import SyncPage

        sync, control = self.window.pages.sync, self._sync_control
        return SyncPage(sync=sync, control=control, jobs=self.jobs, clock=self.desk.clock)

    def _conflicts(self) -> QWidget:
        from gridclient.ui.sync.conflict_page import ConflictPage

        return ConflictPage(desk=self.desk, jobs=self.jobs, sync=self.window.pages.sync)

    def _intake(self) -> IntakeForm:
        from gridclient.ui.intake.form import IntakeForm

        window = self.window
        return IntakeForm(desk=self.desk, jobs=self.jobs, initials=window.initials, short=window.cases.model.short)

    def close(self) -> None:
        """Closes the window, lets what writes finish and gives the profile back. Safe to call twice."""
        self._stack.close()


def build_app(profile: Path) -> App:
    """The whole desktop on a profile, without entering the event loop: with what a desk that somebody opens
    (:mod:`gridclient.start`) makes when it was seen (the map, the case's panel) or is asked for it.

    Raises:
        GridClientError: see :func:`gridclient.composition.open_desk`.
    """
    make_application()
    app = App(profile)
    app.window.map.make()
    app.window.pane.make()
    app.window.side.make(hidden=True)
    for name in ("sync", "conflicts"):
        app.window.pages.make(name)
    return app


def _begin(profile: Path) -> Begun:
    """Everything in its turn."""
    from gridclient.composition import open_desk

    closing = ExitStack()
    opened = closing.enter_context(open_desk(profile))
    return Begun(opened, closing, base_maps_in(profile))


def _is_enrolled(opened: OpenedDesk) -> bool:
    from gridclient.store.enrolment_file import read_enrolment

    return read_enrolment(opened.profile.folder, opened.device.id) is not None
