"""The conflict page: two desks acted on one case at the same time, and a person chooses. Then the next case follows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from gridclient.domain.errors import Conflict, GridClientError, StoreUnavailable
from gridclient.domain.roles import Action, may
from gridclient.services.desk import Desk
from gridclient.services.error_text import sentence_of
from gridclient.services.rows import Box, CaseFilter, CasePage, Changes, Sort, SortKey
from gridclient.ui.banner import Kind
from gridclient.ui.cover_page import CoverPage
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, down, label, panel
from gridclient.ui.present import joined
from gridclient.ui.sync.choice_button import ChoiceButton
from gridclient.ui.sync.conflict_list import ConflictList
from gridclient.ui.sync.contended import KEEP, TAKE, Sheet, load
from gridclient.ui.sync.desk_sync import DeskSync
from gridclient.ui.sync.sides import SidesView
from gridclient.ui.theme import restyle

_LIST_PX: Final = 260
_MOST: Final = 200


class ConflictPage(CoverPage):
    """Object name ``conflictPage``.

    Signals:
        changed(Changes): a choice was made or undone.
    """

    changed = Signal(object)

    def __init__(self, *, desk: Desk, jobs: Jobs, sync: DeskSync) -> None:
        super().__init__(name="conflictPage")
        self._desk, self._jobs, self._sync = desk, jobs, sync
        self._sheet: Sheet | None = None
        self._acting = False
        self._done: list[str] = []  # the cases of the choices that can be undone, the last one at the end
        self.count = label(role="muted", parent=self)
        self.list = ConflictList(parent=self)
        self.title = label(role="title", wraps=True, parent=self)
        self.facts = label(role="muted", parent=self)
        self.sides = SidesView(parent=self)
        self.note = NoteBar(parent=self)
        self.keep = ChoiceButton(key="1", name="keepFirst", parent=self)
        self.take = ChoiceButton(key="2", name="takeLater", parent=self)
        self.open = KeyButton(self.tr("在案件台看这件"), parent=self)
        self.empty = label(self.tr("正在读取…"), "muted", wraps=True, parent=self)
        self._arrange()
        self._connect()

    @property
    def sheet(self) -> Sheet | None:
        """The conflict that is shown."""
        return self._sheet

    def refresh(self, changes: Changes) -> None:
        """Something was written: reads again what it concerns."""
        if self.isVisible() and changes.cases:
            self._read_list()
            if self._sheet is not None and self._sheet.case_id in changes.cases:
                self._read_sheet(self._sheet.case_id)

    # -- putting together -------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self.list.setFixedWidth(_LIST_PX)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.empty.setProperty("panel", "true")
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.empty)
        self.stack.addWidget(self._contention())
        note = across(self.note, edges=(8, 0, 8, 0))
        middle = across(self.list, (self.stack, 1), gap=1)
        self.frame(self.tr("冲突：两个席位同时处理的案件"), note, (middle, 1), head=(self.count, 1))
        self.first = self.list

    def _contention(self) -> QWidget:
        words = down(self.title, self.facts, gap=2)
        top = across((words, 1), (self.open, Qt.AlignmentFlag.AlignTop), edges=(12, 12, 12, 4), gap=6)
        choices = across(self.keep, self.take, edges=(12, 8, 12, 6), gap=10)
        told = label(
            self.tr(
                "按 1 或 2 选，Enter 确定，或直接点击；没选中的一方留在时间线里，标为未生效。选错了按 Ctrl+Z。"
                "先到、后到按到达同步中心的次序，不看钟点。"
            ),
            "muted",
        )
        told.setContentsMargins(14, 0, 12, 10)
        made = panel(QWidget())
        down(top, (self.sides, 1), choices, told, on=made, gap=0)
        return made

    def _connect(self) -> None:
        self.list.chosen.connect(self._on_case)
        self.keep.clicked.connect(lambda: self._choose(KEEP))
        self.take.clicked.connect(lambda: self._choose(TAKE))
        self.open.clicked.connect(self._on_open)
        self.note.undo.clicked.connect(self._undo)
        self._sync.changed.connect(self.refresh)
        keys: dict[str, Callable[[], object]] = {
            "1": partial(self._mark, KEEP),
            "2": partial(self._mark, TAKE),
            "Return": self._on_enter,
            "Enter": self._on_enter,
            "Ctrl+Z": self._undo,
            "F5": self._on_refresh,
        }
        for key, does in keys.items():
            self.on_key(key, does)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._read_list()
        self.list.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        if event.spontaneous():
            return  # the window was minimised, the page is not left
        self.note.hide()
        for case_id in self._done:
            self._sync.acted.emit((case_id,))  # so that Ctrl+Z on the desk can undo them
        self._done.clear()

    # -- reading ----------------------------------------------------------------------------------------------------

    def _read_list(self) -> None:
        queries = self._desk.queries
        task = partial(queries.page, CaseFilter(box=Box.CONFLICT), Sort(SortKey.REGISTERED), limit=_MOST)
        self._jobs.read(self, task, self._show_list, self._tell_error, name="list")

    def _show_list(self, page: CasePage) -> None:
        more = self.tr("{count} 件以上") if page.next is not None else self.tr("{count} 件等待选择")
        self.count.setText(more.format(count=len(page.rows)) if page.rows else "")
        wanted, self._sync.wanted_case = self._sync.wanted_case, ""
        self.list.setVisible(bool(page.rows))
        self.list.show_rows(page.rows, wanted=wanted)
        if not page.rows:
            self._show_nothing()
        elif self._sheet is None and self.list.current:
            self._read_sheet(self.list.current)

    def _on_case(self, case_id: str) -> None:
        if case_id:
            self._read_sheet(case_id)

    def _read_sheet(self, case_id: str) -> None:
        show = partial(self._show_sheets, case_id)
        self._jobs.read(self, partial(load, self._desk, case_id), show, self._tell_error, name="sheet")

    def _show_sheets(self, case_id: str, sheets: Sequence[Sheet]) -> None:
        if case_id != self.list.current:
            return
        if not sheets:  # somebody else chose meanwhile
            self._sheet = None
            self._read_list()
            return
        sheet = sheets[0]
        other = self._sheet is None or (self._sheet.case_id, self._sheet.target) != (sheet.case_id, sheet.target)
        self._sheet = sheet
        several = self.tr("第 1 处，共 {count} 处").format(count=len(sheets)) if len(sheets) > 1 else ""
        self.title.setText(sheet.title)
        self.facts.setText(joined((sheet.number, several)))
        self.sides.show_sheet(sheet)
        self.keep.show_choice(sheet.first.choice, self.tr("先到"), sheet.first.outcome)
        self.take.show_choice(sheet.later.choice, self.tr("后到"), sheet.later.outcome)
        if other:
            self._mark("")
        allowed = may(self._desk.actor.role, Action.RESOLVE)
        for button in (self.keep, self.take):
            button.setEnabled(allowed)
        if not allowed:
            self.note.tell(self.tr("当前角色只能查看，请由值班长或受理派遣员选择。"), "warn")
        self.stack.setCurrentIndex(1)

    def _show_nothing(self) -> None:
        self._sheet = None
        self.sides.clear()
        self.empty.setText(
            self.tr(
                "没有等待选择的案件。\n\n两个席位离线时处理了同一案件、又不能都算数时，会列在这里，由人选择；"
                "互不影响的（备注、照片、催办等）自动合并，不打扰您。"
            )
        )
        self.stack.setCurrentIndex(0)
        self.leave.setFocus()

    # -- choosing ---------------------------------------------------------------------------------------------------

    def _mark(self, choice: str) -> None:
        """Marks the choice that Enter carries out."""
        if choice and self.note.undo.isHidden() and self.keep.isEnabled():
            self.note.hide()  # it asked for a choice, or was read by now
        self.keep.setChecked(choice == KEEP)
        self.take.setChecked(choice == TAKE)

    def _on_enter(self) -> None:
        if self.take.isChecked() or self.take.hasFocus():
            self._choose(TAKE)
        elif self.keep.isChecked() or self.keep.hasFocus():
            self._choose(KEEP)
        else:
            self.note.tell(self.tr("先按 1 或 2 选一方，再按 Enter。"), "warn")

    def _choose(self, choice: str) -> None:
        sheet = self._sheet
        if sheet is None or self._acting or not self.keep.isEnabled():
            return
        if sheet.case_id != self.list.current:  # another case is being read
            return
        self._acting = True
        args = {"choice": choice, "target": sheet.target}
        task = partial(self._desk.act, Action.RESOLVE, sheet.case_id, args, base=sheet.version)
        self._jobs.write(self, task, partial(self._on_chosen, sheet, choice), partial(self._on_refused, sheet))

    def _on_chosen(self, sheet: Sheet, choice: str, changes: Changes) -> None:
        self._acting = False
        self._sheet = None
        self._done.append(sheet.case_id)
        words = self.tr("{number} 已{choice}。")
        words = words.format(number=sheet.number, choice=sheet.side(choice).choice)
        self.note.tell(words, "info", undo=True)
        self.changed.emit(changes)
        self._after_write(sheet.case_id)

    def _on_refused(self, sheet: Sheet, error: GridClientError) -> None:
        self._acting = False
        self._tell_error(error)
        if isinstance(error, Conflict):
            self._read_sheet(sheet.case_id)

    def _undo(self) -> None:
        if not self._done or self._acting:
            return
        self._acting = True
        case_id = self._done.pop()
        task = partial(self._desk.act, Action.UNDO, case_id)
        self._jobs.write(self, task, partial(self._on_undone, case_id), partial(self._on_not_undone, case_id))

    def _on_undone(self, case_id: str, changes: Changes) -> None:
        self._acting = False
        self._sync.wanted_case = case_id
        self.note.tell(self.tr("已撤销，请重新选择。"), "info")
        self.changed.emit(changes)
        self._after_write(case_id)

    def _on_not_undone(self, case_id: str, error: GridClientError) -> None:
        self._acting = False
        if isinstance(error, StoreUnavailable):
            self._done.append(case_id)
        self._tell_error(error)

    def _after_write(self, case_id: str) -> None:
        self._read_list()
        self._read_sheet(case_id)
        self.list.setFocus()

    def _on_open(self) -> None:
        if self._sheet is not None:
            self._sync.case_wanted.emit(self._sheet.case_id)

    def _on_refresh(self) -> None:
        self._sync.now()
        self._read_list()

    def _tell_error(self, error: GridClientError) -> None:
        self.note.tell(sentence_of(error), "bad")


class NoteBar(QWidget):
    """One line under the head of the page: what was just done or what went wrong. Its button ``undo`` is the page's."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        panel(self, "notice")
        self.words = label(wraps=True, parent=self)
        self.undo = KeyButton(self.tr("撤销"), key="Ctrl+Z", parent=self)
        self.undo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        across((self.words, 1), self.undo, on=self, edges=(12, 4, 6, 4), gap=6)
        self.hide()

    def tell(self, words: str, kind: Kind, *, undo: bool = False) -> None:
        """Shows a sentence, and the button where ``undo`` says that it can be taken back."""
        sign = "" if kind == "info" else "▲ "
        self.words.setText(f"{sign}{words}")
        self.setAccessibleName(words)
        self.undo.setVisible(undo)
        restyle(self, kind=kind)
        self.show()
