"""The import page: choose a file, look into it, settle columns and coordinates, check or import, read the result.

Files are read and written in the worker process, so the desk can be used meanwhile. Leaving the page does not stop an
import.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QRadioButton, QWidget

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.services.desk import Desk
from gridclient.services.import_findings import ImportOutcome
from gridclient.services.import_order import Look
from gridclient.services.map_port import BaseMaps
from gridclient.services.ports import DeskSettings
from gridclient.services.rows import CaseFilter
from gridclient.ui.cover_page import CoverPage
from gridclient.ui.importing.columns_panel import ColumnsPanel
from gridclient.ui.importing.file_panel import FilePanel
from gridclient.ui.importing.file_view import FileView, LookPanel
from gridclient.ui.importing.looking import Looking, ReadPreview
from gridclient.ui.importing.papers import Papers, SaveReport, ask_for_file, dropped
from gridclient.ui.importing.present import kinds
from gridclient.ui.importing.progress_line import ProgressLine
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import ENTER, KeyButton
from gridclient.ui.laid_out import across, down, label, panel, tab_order

RunImport = Callable[..., ImportOutcome]
"""``(report, order)``, for the worker process: it reports phase, rows done, rows in all."""
_LEFT_PX = 316
UNDER_WAY = "import.under_way"
"""Setting: the file of a running import."""


def cut_off(settings: DeskSettings) -> str:
    """What to say of an import that was running when the desk ended; "" if there was none."""
    name = settings.value(UNDER_WAY)
    words = QCoreApplication.translate("ImportPage", "上次关闭时正在导入 {file}，可能没有导完；再导一次不会重复。")
    return words.format(file=name) if name else ""


class ImportPage(CoverPage):
    """Object name ``importPage``.

    Signals:
        imported(Changes): something was imported.
        progressed(str): how far an import is, for the status line; "" when none runs.
        cases_wanted(CaseFilter): the desk is to show the cases that came in.
    """

    imported = Signal(object)
    progressed = Signal(str)
    cases_wanted = Signal(object)

    def __init__(
        self,
        *,
        desk: Desk,
        jobs: Jobs,
        run_import: RunImport,
        read_preview: ReadPreview,
        save_report: SaveReport,
        templates: Path,
        base_maps: BaseMaps | None = None,
    ) -> None:
        super().__init__(name="importPage")
        self.setAcceptDrops(True)
        self._desk, self._jobs = desk, jobs
        self._run_import = run_import
        self._outcome: ImportOutcome | None = None
        self._stop: Callable[[], None] | None = None
        self._kinds = kinds(desk.actor.role)
        self.files = FilePanel(kinds=self._kinds, parent=self)
        self.columns = ColumnsPanel(parent=self)
        self.view = FileView(page=self, data=desk.map_data, base_maps=base_maps, kinds=self._kinds)
        self.result = self.view.result
        self.note = InlineNote(parent=self)
        self.looking = Looking(
            desk=desk,
            jobs=jobs,
            read_preview=read_preview,
            files=self.files,
            columns=self.columns,
            view=self.view,
            note=self.note,
            parent=self,
        )
        self._papers = Papers(jobs=jobs, note=self.note, templates=templates, save_report=save_report, parent=self)
        self.progress = ProgressLine(parent=self)
        self.check = KeyButton(self.tr("检查"), key="Ctrl+T", parent=self)
        self.go = KeyButton(self.tr("导入"), key="Ctrl+Enter", kind="primary", parent=self)
        self._arrange()
        self._connect()
        self._settle()
        self._go_to_first()
        jobs.read(self, lambda: cut_off(desk.settings), self._on_cut_off)

    @property
    def look(self) -> LookPanel:
        """The look into the file."""
        return self.view.look

    @property
    def is_running(self) -> bool:
        """Whether an import is running."""
        return self._stop is not None

    @property
    def _is_done(self) -> bool:
        """Whether the result of an import is shown, not only of a check."""
        shown = self.view.currentWidget() is self.result
        return shown and self._outcome is not None and not self._outcome.dry_run

    def _arrange(self) -> None:
        left, foot = panel(QWidget()), panel(QWidget())
        left.setFixedWidth(_LEFT_PX)
        down(self.files, (self.columns, 1), 0, on=left, edges=(12, 12, 12, 8), gap=12)
        foot.setMinimumHeight(44)
        said = ((self.note, 1), (self.progress, 1), 0)
        across(*said, self.check, self.go, on=foot, edges=(12, 7, 12, 7), gap=10)
        hint = label(self.tr("先看、再查、后导；同一文件导两次不会重复"), "muted")
        self.frame(self.tr("导入"), (across(left, (self.view, 1), gap=1), 1), foot, head=(hint, 1))
        self._order()

    def _order(self) -> None:
        left = (*self.files.way(), *self.columns.fields.values())
        tab_order(*left, *self.view.way(), self.progress.stop, self.check, self.go, self.leave)

    def _go_to(self, part: QWidget) -> None:
        """Gives the keyboard to the widget that is to be used next; a hidden page does so when it is shown."""
        self.first = part
        if self.isVisible():
            part.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_to_first(self) -> None:
        look = self.looking.look
        if self.looking.is_under_way:
            self._go_to(self.view)  # until it is known what is in the file, Enter does nothing
        else:
            self._go_to(self.files.choose if look is None else self._first_open(look) or self.check)

    def _first_open(self, look: Look) -> QWidget | None:
        """What is still to be chosen: another kind, the column of a needed field, then the coordinate system."""
        if look.kind not in self._kinds:
            return self.files.kind
        missing = self.columns.first_missing() if look.preview is not None else None
        if missing is None and look.asks_crs and not self.look.crs.value():
            return next(iter(self.look.crs.choices.values()))
        return missing

    def _connect(self) -> None:
        self.files.choose.clicked.connect(self._on_choose_wanted)
        self.looking.asked.connect(self._settle)
        self.looking.seen.connect(self._on_seen)
        self.looking.unreadable.connect(self._on_unreadable)
        self.looking.changed.connect(self._settle)
        self.files.template_wanted.connect(self._papers.template)
        self.view.crs_chosen.connect(lambda _system: self._settle())
        self.check.clicked.connect(lambda: self._begin(dry_run=True))
        self.go.clicked.connect(lambda: self._begin(dry_run=False))
        self.progress.stop_wanted.connect(self._on_stop_wanted)
        self.result.save.clicked.connect(self._on_report_wanted)
        self.result.next.clicked.connect(self._on_choose_wanted)
        self.result.cases.clicked.connect(self._on_cases_wanted)
        for key, button in (
            ("Ctrl+O", self.files.choose),
            ("Ctrl+T", self.check),
            ("Ctrl+Return", self.go),
            ("Ctrl+Enter", self.go),
        ):
            self.press_by(key, button)

    def open_file(self, path: Path) -> None:
        """Looks into a file; its kind is guessed."""
        if self.is_running:
            return
        self.looking.open(path)
        self._go_to_first()

    def _on_seen(self, again: bool) -> None:
        self._order()
        self._settle()
        if not again:
            self._go_to_first()

    def _on_unreadable(self) -> None:
        self._settle()
        asked = self.files.kind.currentIndex() >= 0  # the next arrow key chooses another kind
        self._go_to(self.files.kind if asked else self.files.choose)

    # -- bringing in ------------------------------------------------------------------------------------------------

    def _begin(self, *, dry_run: bool) -> None:
        look = self.looking.look
        if look is None or self._blocked():
            return
        order = self.looking.order(dry_run=dry_run)
        self.note.clear()
        self.view.show_look_again()
        self.progress.begin(look.kind)
        if not dry_run:
            self._keep_under_way(order.file.name)
        self._stop = self._jobs.in_process(
            self, self._run_import, order, done=self._on_done, failed=self._on_failed, progressed=self._on_progressed
        )
        self._go_to(self.view)  # while it runs, Enter does nothing
        self._settle()

    def _keep_under_way(self, name: str) -> None:
        """Remembers the running import, so that the next start can say that it was cut off."""
        self._jobs.write(self, lambda: self._desk.settings.keep_value(UNDER_WAY, name))

    def _on_cut_off(self, words: str) -> None:
        if words and self.looking.file is None:
            self.note.say(words)
            self._keep_under_way("")

    def _on_progressed(self, phase: str, done: int, total: int | None) -> None:
        self.progressed.emit(self.progress.advance(phase, done, total))

    def _on_stop_wanted(self) -> None:
        if self._stop is not None:
            self._stop()

    def _on_done(self, outcome: ImportOutcome) -> None:
        self._outcome = outcome
        self.looking.remember()
        self.view.show_outcome(outcome)
        self._end(self.tr("{result}按 Ctrl+I 查看。").format(result=self.result.headline.text()))
        self._order()
        self._settle()
        self._go_to(self._next_after(outcome))
        if outcome.changes.kinds or outcome.changes.cases:
            self.imported.emit(outcome.changes)

    def _next_after(self, outcome: ImportOutcome) -> QWidget:
        if outcome.dry_run and outcome.summary.imported:
            return self.go
        if outcome.cases and not outcome.refused:
            return self.result.cases
        return self.result.save if outcome.refused or outcome.notices else self.leave

    def _on_failed(self, error: GridClientError) -> None:
        self._end(self.tr("导入没有完成，原因见“导入”页（Ctrl+I）。"))
        if isinstance(error, Cancelled):
            self.note.say(self.tr("已取消，没有写入任何数据。"))
        else:
            self.note.say_error(error)
        self._settle(keep_note=True)
        self._go_to(self.check)

    def _end(self, words: str) -> None:
        """The import is over. If the page is hidden, the status line says how it went."""
        self._stop = None
        self._keep_under_way("")
        self.progress.hide()
        self.progressed.emit("" if self.isVisible() else words)

    def _blocked(self) -> str:
        """Why nothing can be imported yet; "" if it can."""
        look = self.looking.look
        if look is None:
            return self.tr("请先选择文件。")
        if look.kind not in self._kinds:
            return self.tr("本席位不登记案件，不能导入案件；文件里是别的内容时，请在“内容”里选。")
        if look.preview is not None and (missing := self.columns.missing()):
            return self.tr("还没有对好这些列：{columns}").format(columns="、".join(missing))
        if look.asks_crs and not self.look.crs.value():
            return self.tr("请先选择坐标系。")
        return ""

    def _settle(self, *, keep_note: bool = False) -> None:
        """Enables the buttons and sets the note by what is chosen."""
        blocked, running = self._blocked(), self.is_running
        for button in (self.check, self.go):
            button.setEnabled(not blocked and not running)
            button.setToolTip(blocked)
        self.go.set_kind("plain" if self._is_done else "primary")
        for part in (self.files, self.columns, self.view.made_look):
            if part is not None:
                part.setEnabled(not running)
        if self.looking.file is None:
            self.columns.hide()
        if blocked and self.looking.look is not None and not running and not keep_note:
            self.note.say(blocked, "warn")
        elif self.note.text() and self.note.property("role") == "warn":
            self.note.clear()

    # -- dialogs and events -----------------------------------------------------------------------------------------

    def _on_choose_wanted(self) -> None:
        chosen = ask_for_file(self)
        if chosen is not None:
            self.open_file(chosen)

    def _on_report_wanted(self) -> None:
        if self._outcome is not None:
            self._papers.report(self._outcome)

    def _on_cases_wanted(self) -> None:
        if self._outcome is not None:
            self.cases_wanted.emit(CaseFilter(imported=self._outcome.cases))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter makes the choice that has the keyboard, and goes on to what is to be done next."""
        if event.key() not in ENTER or self.is_running or event.isAutoRepeat():
            super().keyPressEvent(event)
            return
        if isinstance(focused := self.focusWidget(), QRadioButton):
            focused.click()
        self._go_to_first()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if dropped(event) is not None and not self.is_running:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.open_file(path)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.view.follow_theme()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stop is None:
            self.progressed.emit("")
        if self.looking.look is not None and self.looking.look.asks_crs:
            self.look.crs.take_map_again()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.view.leave()
