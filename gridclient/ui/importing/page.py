"""The import page: choose a file, look, settle columns and coordinates, check or bring it in, read what came of it.

Reading and writing are done in the worker process, so the desk goes on; leaving the page does not stop an import.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QRadioButton, QVBoxLayout, QWidget

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.services.desk import Desk
from gridclient.services.import_findings import ImportOutcome
from gridclient.services.import_order import ColumnChoice, ImportOrder, Look, LookOrder
from gridclient.services.map_port import BaseMaps
from gridclient.ui.importing.columns_memory import as_text, from_text, memory_name
from gridclient.ui.importing.columns_panel import PLACING, ColumnsPanel
from gridclient.ui.importing.dialogs import ask_for_file, dropped
from gridclient.ui.importing.file_panel import FilePanel
from gridclient.ui.importing.file_view import FileView
from gridclient.ui.importing.frame import foot_line, head_line, left_side
from gridclient.ui.importing.keyboard import first_open, press_by, put_in_order
from gridclient.ui.importing.look_panel import LookPanel
from gridclient.ui.importing.papers import Papers, SaveReport
from gridclient.ui.importing.progress_line import ProgressLine
from gridclient.ui.importing.result_panel import ResultPanel
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton

_ROWS_A_TURN, _LIKELY_ROWS = 6, 24
RunImport = Callable[..., ImportOutcome]
"""``(report, order)``, for the worker process: it reports phase, rows done, rows in all."""
ReadPreview = Callable[..., Look]
"""``(report, order)``, for the worker process."""


class ImportPage(QWidget):
    """Object name ``importPage``.

    Signals:
        closed(): the operator is done here; an import that runs goes on.
        imported(Changes): something came in.
        progressed(str): how far an import is, for the status line; empty when none runs.
    """

    closed = Signal()
    imported = Signal(object)
    progressed = Signal(str)

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
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("importPage")
        self.setProperty("panel", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self._desk, self._jobs = desk, jobs
        self._run_import, self._read_preview = run_import, read_preview
        self._file: Path | None = None
        self._look: Look | None = None
        self._outcome: ImportOutcome | None = None
        self._asked = 0
        self._stop: Callable[[], None] | None = None
        self._stop_looking: Callable[[], None] | None = None
        self.files = FilePanel(parent=self)
        self.columns = ColumnsPanel(parent=self)
        self.view = FileView(page=self, data=desk.map_data, base_maps=base_maps)
        self.note = InlineNote(parent=self)
        self._papers = Papers(jobs=jobs, note=self.note, templates=templates, save_report=save_report, parent=self)
        self.progress = ProgressLine(parent=self)
        self.check = KeyButton(self.tr("检查"), key="Ctrl+T", parent=self)
        self.go = KeyButton(self.tr("导入"), key="Ctrl+Enter", kind="primary", parent=self)
        self.leave = KeyButton(self.tr("返回"), key="Esc", parent=self)
        self._arrange()
        self._connect()
        self._settle()
        self._go_to_first()

    @property
    def look(self) -> LookPanel:
        """The look into the file."""
        return self.view.look

    @property
    def result(self) -> ResultPanel:
        """What came of the last import."""
        return self.view.result

    @property
    def is_running(self) -> bool:
        """Whether an import is under way."""
        return self._stop is not None

    def _arrange(self) -> None:
        middle = QHBoxLayout()
        middle.setSpacing(1)
        middle.addWidget(left_side(self.files, self.columns))
        middle.addWidget(self.view, 1)
        line = QVBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(1)
        line.addWidget(head_line(self.leave))
        line.addLayout(middle, 1)
        line.addWidget(foot_line(self.note, self.progress, self.check, self.go))
        self._order()

    def _order(self) -> None:
        left = (*self.files.way(), *self.columns.fields.values())
        put_in_order((*left, *self.view.way(), self.progress.stop, self.check, self.go, self.leave))

    def _go_to(self, part: QWidget) -> None:
        """The keyboard to what is to be done next; a page that is not seen takes it when it is opened."""
        self.setFocusProxy(part)
        if self.isVisible():
            part.setFocus(Qt.FocusReason.OtherFocusReason)

    def _go_to_first(self) -> None:
        look = self._look
        if self._stop_looking is not None:
            self._go_to(self.view)  # until it is known what is in the file, Enter does nothing
        else:
            self._go_to(self.files.choose if look is None else first_open(self.columns, self.look, look) or self.check)

    def _connect(self) -> None:
        self.files.choose_wanted.connect(self._on_choose_wanted)
        self.files.asked.connect(self._ask)
        self.files.template_wanted.connect(self._papers.template)
        self.columns.changed.connect(self._on_column_changed)
        self.view.crs_chosen.connect(lambda _system: self._settle())
        self.check.clicked.connect(lambda: self._begin(dry_run=True))
        self.go.clicked.connect(lambda: self._begin(dry_run=False))
        self.leave.clicked.connect(self.closed)
        self.progress.stop_wanted.connect(self._on_stop_wanted)
        self.view.report_wanted.connect(self._on_report_wanted)
        self.view.next_wanted.connect(self._on_choose_wanted)
        for key, button in (
            ("Ctrl+O", self.files.choose),
            ("Ctrl+T", self.check),
            ("Ctrl+Return", self.go),
            ("Ctrl+Enter", self.go),
            ("Esc", self.leave),
        ):
            press_by(key, button, self)

    # -- looking ----------------------------------------------------------------------------------------------------

    def open_file(self, path: Path) -> None:
        """Looks into a file; its kind is guessed."""
        if self.is_running:
            return
        self._file = path
        self.columns.hide()
        self._ask("", "")
        self._go_to_first()

    def _ask(self, kind: str, sheet: str, mapping: ColumnChoice | None = None) -> None:
        """Looks again; an earlier look that is still under way is given up."""
        if self._file is None:
            return
        if self._stop_looking is not None:
            self._stop_looking()
        self._asked += 1
        number, self._look, self._outcome = self._asked, None, None
        if mapping is None:  # rows of the file before would stand under this one's name, a result over another kind
            self.view.show_nothing()
        self.note.clear()
        self.files.show_file(self._file)
        self._stop_looking = self._jobs.in_process(
            self,
            self._read_preview,
            LookOrder(self._file, kind, sheet or None, mapping),
            done=lambda look: self._on_look(look, number, sheet, mapping, again=bool(kind or mapping)),
            failed=lambda error: self._on_look_failed(error, number, kind),
        )
        rows = (partial(self.columns.make_rows, count) for count in range(_ROWS_A_TURN, _LIKELY_ROWS + 1, _ROWS_A_TURN))
        QTimer.singleShot(0, self, partial(self._make_ready, (self.view.make_ready, *rows)))
        self._settle()

    def _make_ready(self, parts: Sequence[Callable[[], None]]) -> None:
        """Makes what the answer will need while the file is read, one part in each turn of the window."""
        if parts:
            parts[0]()
            QTimer.singleShot(0, self, partial(self._make_ready, parts[1:]))

    def _on_look(self, look: Look, number: int, sheet: str, mapping: ColumnChoice | None, *, again: bool) -> None:
        if number != self._asked:
            return
        self._look, self._stop_looking = look, None
        self.files.show_look(look, sheet)
        self._jobs.read(self, partial(_list_names, self._desk), self.files.offer_lists, name="lists")
        self.view.show_look(look)
        preview = look.preview
        self.columns.setVisible(preview is not None)
        if preview is not None:
            if mapping is None:
                self.columns.show_columns(preview.columns, preview.titles, look.titles)
                self._recall(number, preview.fingerprint)
            self.look.show_uses(self.columns.uses())
        self._order()
        self._settle()
        if not again:
            self._go_to_first()

    def _recall(self, number: int, fingerprint: str) -> None:
        """The columns that were chosen for this header before."""

        def apply(text: str) -> None:
            kept = from_text(text)
            if number != self._asked or not kept:
                return
            self.columns.apply(kept)
            self.note.say(self.tr("列对应沿用上次为这种表头选的。"))
            self._show_columns(PLACING & set(kept))

        self._jobs.read(self, lambda: self._desk.settings.value(memory_name(fingerprint)), apply, name="columns")

    def _on_look_failed(self, error: GridClientError, number: int, kind: str) -> None:
        if number != self._asked or isinstance(error, Cancelled):
            return
        self._stop_looking = None
        self.files.show_problem(kind)
        self.columns.hide()
        self.view.show_nothing()
        self.note.say_error(error)
        self._settle()
        self._go_to(self.files.kind)

    def _on_column_changed(self, field: str) -> None:
        self.view.show_look_again()
        self._show_columns(PLACING & {field})

    def _show_columns(self, placing: set[str] | frozenset[str]) -> None:
        self.look.show_uses(self.columns.uses())
        if placing and self._look is not None:
            self._ask(self._look.kind, self.files.chosen_sheet(), ColumnChoice(self.columns.differing()))
        self._settle()

    # -- bringing in ------------------------------------------------------------------------------------------------

    def _begin(self, *, dry_run: bool) -> None:
        look, file = self._look, self._file
        if look is None or file is None or self._blocked():
            return
        chosen = self.columns.differing() if look.preview is not None else {}
        order = ImportOrder(
            kind=look.kind,
            file=file,
            crs=self.look.crs.value() if look.asks_crs else None,
            sheet=self.files.chosen_sheet() or None,
            mapping=ColumnChoice(chosen) if chosen else None,
            dry_run=dry_run,
            list_name=self.files.chosen_list(),
        )
        self.note.clear()
        self.view.show_look_again()
        self.progress.begin(look.kind)
        self._stop = self._jobs.in_process(
            self, self._run_import, order, done=self._on_done, failed=self._on_failed, progressed=self._on_progressed
        )
        self._go_to(self.view)  # while it runs, Enter does nothing
        self._settle()

    def _on_progressed(self, phase: str, done: int, total: int | None) -> None:
        self.progressed.emit(self.progress.advance(phase, done, total))

    def _on_stop_wanted(self) -> None:
        if self._stop is not None:
            self._stop()

    def _on_done(self, outcome: ImportOutcome) -> None:
        self._outcome = outcome
        self._remember()
        self.view.show_outcome(outcome)
        self._end(self.result.headline.text())
        self._order()
        self._settle()
        told = self.result.save if outcome.refused or outcome.notices else self.leave
        self._go_to(self.go if outcome.dry_run and outcome.summary.imported else told)
        if outcome.changes.kinds or outcome.changes.cases:
            self.imported.emit(outcome.changes)

    def _on_failed(self, error: GridClientError) -> None:
        self._end(self.tr("导入没有完成，原因见“导入”页（Ctrl+I）。"))
        if isinstance(error, Cancelled):
            self.note.say(self.tr("已取消，没有写入任何数据。"))
        else:
            self.note.say_error(error)
        self._settle(keep_note=True)
        self._go_to(self.check)

    def _end(self, words: str) -> None:
        """Who is elsewhere is told how it went, until he comes here."""
        self._stop = None
        self.progress.end()
        self.progressed.emit("" if self.isVisible() else words)

    def _remember(self) -> None:
        """What was chosen for this header, for the next file that has it."""
        preview = self._look.preview if self._look is not None else None
        if preview is not None:
            name, text = memory_name(preview.fingerprint), as_text(self.columns.differing())
            self._jobs.write(self, lambda: self._desk.settings.keep_value(name, text))

    # -- what is possible now ---------------------------------------------------------------------------------------

    def _blocked(self) -> str:
        """Why nothing can be brought in yet; empty when it can."""
        if self._look is None:
            return self.tr("请先选择文件。")
        if self._look.preview is not None and (missing := self.columns.missing()):
            return self.tr("还没有对好这些列：{columns}").format(columns="、".join(missing))
        if self._look.asks_crs and not self.look.crs.value():
            return self.tr("请先选择坐标系。")
        return ""

    def _settle(self, *, keep_note: bool = False) -> None:
        """Buttons and the note, by what is there."""
        blocked, running = self._blocked(), self.is_running
        for button in (self.check, self.go):
            button.setEnabled(not blocked and not running)
            button.setToolTip(blocked)
        for part in (self.files, self.columns, self.view.made_look):
            if part is not None:
                part.setEnabled(not running)
        if self._look is None and self._file is None:
            self.columns.hide()
        if blocked and self._look is not None and not running and not keep_note:
            self.note.say(blocked, "warn")
        elif self.note.text() and self.note.property("role") == "warn":
            self.note.clear()

    # -- dialogs and events -----------------------------------------------------------------------------------------

    def _on_choose_wanted(self) -> None:
        chosen = ask_for_file(self, self._file)
        if chosen is not None:
            self.open_file(chosen)

    def _on_report_wanted(self) -> None:
        if self._outcome is not None:
            self._papers.report(self._outcome)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter settles the choice it stands on, and goes on to what is next."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) or self.is_running or event.isAutoRepeat():
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
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "view"):
            self.view.follow_theme()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stop is None:
            self.progressed.emit("")
        if self._look is not None and self._look.asks_crs:
            self.look.crs.take_map_again()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if not event.spontaneous():
            self.view.leave()


def _list_names(desk: Desk) -> tuple[str, ...]:
    return tuple({row.list for row in desk.reference.standards()})
