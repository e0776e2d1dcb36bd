"""The intake form, F3. A pasted text fills fields, and what is typed is kept on every pause. Source: UX.md, 登记."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QKeySequence, QShortcut, QShowEvent, QTextCursor
from PySide6.QtWidgets import QPushButton, QWidget

from gridclient.domain.codes import township_of
from gridclient.domain.coordinates import Crs
from gridclient.domain.errors import GridClientError
from gridclient.domain.roles import Action, may
from gridclient.services.desk import Desk
from gridclient.services.error_text import sentence_of
from gridclient.services.rows import Changes
from gridclient.ui.choice_lists import ChoiceLists, Lists
from gridclient.ui.icons import give_icon
from gridclient.ui.initials import NameInitials
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.intake.inputs import Inputs
from gridclient.ui.intake.lookup import Filed, Found, look_up, register
from gridclient.ui.intake.values import EMPTY, IntakeValues, filled, filled_by_text, values_of
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import ENTER, KeyButton
from gridclient.ui.laid_out import across, down, label, panel
from gridclient.ui.likeness_list import LikenessList
from gridclient.ui.scroll_area import ScrolledColumn

DRAFT: Final = "intake"
_PAUSE_MS: Final = 300
_WIDTH: Final = 440
_MOST_ALIKE: Final = 3
_COMMAND: Final = Qt.KeyboardModifier.ControlModifier


class IntakeForm(QWidget):
    """Object name ``intakeForm``. ``short`` gives a case's number as the list shows it.

    Signals:
        registered(str, Changes): a case was registered: its key, and what was written.
        filed(str): that case was filed too.
        closed(): Esc was pressed; the draft is kept.
        pick_requested(bool): the next click on the map is the point; ``False`` ends that.
        open_wanted(str): a likely duplicate is to be shown.
    """

    registered = Signal(str, object)
    filed = Signal(str)
    closed = Signal()
    pick_requested = Signal(bool)
    open_wanted = Signal(str)

    def __init__(self, *, desk: Desk, jobs: Jobs, initials: NameInitials, short: Callable[[str], str]) -> None:
        super().__init__()
        self.setObjectName("intakeForm")
        self.setAccessibleName(self.tr("登记"))
        panel(self)
        self._desk = desk
        self._jobs = jobs
        self._short = short
        self._lists = ChoiceLists(reference=desk.reference, jobs=jobs, initials=initials, parent=self)
        self._cleared: IntakeValues | None = None
        self._kept = ""
        self._restored = False
        self._grid_chosen = False
        self._grid_kept = False  # it is a draft's, and may have been chosen or have followed from the words
        self._by_text: dict[str, object] = {}
        self._busy = False
        self.inputs = Inputs()
        self.note = InlineNote()
        self.error = InlineNote()
        self.alike = LikenessList()
        self.alike_heading = label(role="warn")
        self.register_button = KeyButton(self.tr("登记"), key="Ctrl+Enter", kind="primary", parent=self)
        self.file_button = KeyButton(self.tr("登记并立案"), key="Ctrl+Shift+Enter", parent=self)
        self.clear_button = QPushButton(self.tr("清空"))
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._lay_out()
        self._connect()

    @property
    def values(self) -> IntakeValues:
        """The values as they are now."""
        return self.inputs.values

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH, 700)

    def refresh(self, changes: Changes) -> None:
        """Refreshes the lists after an import."""
        self._lists.refresh(changes)

    def stop_picking(self) -> None:
        """Ends the choosing of a point on the map."""
        self.inputs.pick.setChecked(False)

    def set_point(self, lon: float, lat: float) -> None:
        """Sets the point that was picked on the map, in WGS-84."""
        self.stop_picking()
        picked = IntakeValues(point=f"{lon:.6f}, {lat:.6f}", crs=Crs.WGS84.value)
        self.inputs.show_values(picked, only=("point", "crs"))
        self._grid_chosen = False
        self.inputs.show_values(EMPTY, only=("grid",))
        self._on_edited()
        self.activateWindow()
        self.inputs.widget_of("point").setFocus()

    def submit(self, *, file: bool) -> None:
        """Registers the case once; with ``file`` it is filed, too. Words that choose nothing are not left out
        silently."""
        undecided = next((one for one in (self.inputs.standard, self.inputs.grid) if one.undecided), None)
        if not self._busy and undecided is not None:
            undecided.setFocus(Qt.FocusReason.OtherFocusReason)
            undecided.say_unknown()
            return
        if self._busy or (file and self._condition_proposed()):
            return
        values = self.values
        self._pause.stop()
        self.stop_picking()
        self.error.clear()
        self._rest(True)
        task = partial(register, self._desk, values, file=file)
        self._jobs.write(self, task, partial(self._on_registered, file=file), self._on_refused)

    def _condition_proposed(self) -> bool:
        """Sets the likeliest condition if none is chosen; returns whether it did. The operator has to see it before the
        case is filed."""
        if self.values.standard or not self.inputs.chips.buttons:
            return False
        self.inputs.chips.buttons[0].click()
        self.error.clear()
        self.note.say(self.tr("已填入最像的立案条件，请核对后再按一次 Ctrl+Shift+Enter。"), "warn")
        return True

    def clear(self) -> None:
        """Empties the form for the next text. The same button undoes that until something is typed."""
        if self._cleared is not None:
            values, self._cleared = self._cleared, None
        else:
            values, self._cleared = EMPTY, self.values
        self._show(values)
        self.inputs.description.setFocus()
        self._keep()
        self._look_up()
        self._name_clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.inputs.pick.isChecked():
                self.stop_picking()
            else:
                self._close()
        elif event.key() in ENTER and event.modifiers() & _COMMAND:
            shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            if not shifted or self.file_button.isVisible():
                self.submit(file=shifted)
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._lists.want()
        self.inputs.description.setFocus()
        if not self._restored:
            self._restored = True
            self._jobs.read(self, partial(self._desk.queries.draft, DRAFT), self._on_draft, name="draft")

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._keep()
        self.inputs.pick.setChecked(False)

    # -- while it is filled -----------------------------------------------------------------------------------------

    def _on_draft(self, text: str) -> None:
        kept = values_of(text)
        if kept.is_empty or not self.values.is_empty:
            return
        self._kept = text
        self._show(kept)
        self.inputs.description.moveCursor(QTextCursor.MoveOperation.End)
        self.note.say(self.tr("已恢复上次没有登记完的内容，请核对后继续。"), "warn")
        self._look_up()

    def _on_edited(self) -> None:
        if self._cleared is not None:
            self._cleared = None
            self._name_clear()
        self.error.clear()
        self._tell_doubts()
        self._pause.start()

    def _on_pause(self) -> None:
        self._keep()
        self._look_up()

    def _on_pasted(self, text: str) -> None:
        before = asdict(self.values)
        values, names = filled(self.values, text, self._by_text, self._desk.clock.now())
        after = asdict(values)
        self._by_text |= {name: after[name] for name in names}
        self.inputs.show_values(values, only=[name for name in after if after[name] != before[name]])
        self.inputs.mark(names)
        if "channel" in names or values.channel != EMPTY.channel:
            self.note.say(self.tr("带 ✓ 的由文字填入，请核对。"))
        elif names:
            self.note.say(self.tr("带 ✓ 的由文字填入，请核对；文字没有说明来源。"))
        self._on_edited()

    def _on_grid(self, code: str) -> None:
        self._grid_chosen, self._grid_kept = bool(code), False
        self._by_text.pop("grid", None)
        self.inputs.mark_grid(False)

    def _on_grid_taken(self, code: str) -> None:
        self.inputs.grid.set_value(code)
        self.inputs.grid.setFocus()  # before the chip that has the keyboard is removed
        self.inputs.show_grid_guess(None)
        self._on_grid(code)
        self._on_edited()

    def _look_up(self) -> None:
        lists = self._lists.now
        read = partial(look_up, self._desk, self.values, lists.grids, lists.guesser)
        self._jobs.read(self, read, self._on_found, name="found")

    def _on_found(self, found: Found) -> None:
        values = self.values
        if self._grid_kept and found.grid and found.grid == values.grid:
            self._grid_chosen = False
            self._by_text["grid"] = found.grid
        if found.grid and not self._grid_chosen and found.grid != values.grid:
            self.inputs.show_values(IntakeValues(grid=found.grid), only=("grid",))
            self._by_text["grid"] = found.grid
            self.inputs.grid.setToolTip(self.tr("按坐标判定") if found.by_point else self.tr("按文字判定，请核对"))
            self._tell_doubts()
        if found.grid or not values.grid:  # one that stays although its words are gone needs a look, too
            self.inputs.mark_grid(bool(found.grid) and not found.by_point and not self._grid_chosen)
        self.inputs.chips.show_guesses(found.guesses if not values.standard else ())
        self.inputs.show_grid_guess(None if self._grid_chosen else found.grid_guess)
        count = len(found.likenesses)
        words = self.tr("疑似重复 {count} 件，Ctrl+↓ 选择，Enter 打开").format(count=count)
        self.alike_heading.setText(words if count else "")
        self.alike_heading.setVisible(bool(count))
        self.alike.show_likenesses(found.likenesses, self._desk.clock.now())
        self.alike.setVisible(bool(count))
        entry = self.alike.sizeHintForRow(0) + 2  # the fields scroll, the likeliest one is always seen
        self.alike.setMinimumHeight(entry)
        self.alike.setMaximumHeight(max(1, min(count, _MOST_ALIKE)) * entry)

    def _tell_doubts(self) -> None:
        """Asks for the system of a point, and says if the grid is only a township, because then no unit of a grid finds
        the case."""
        values = self.values
        unsure = bool(values.point.strip()) and not values.crs
        asked = self.tr("坐标没有说明是哪种坐标系，请问清来源后选择，选错约差 500 米到 1.2 千米。") if unsure else ""
        self.inputs.point_note.say(asked, "warn")
        grid = values.grid
        coarse = bool(grid) and grid == township_of(grid)
        words = self.tr("网格只判定到镇街，请尽量选到社区或基础网格。") if coarse else ""
        self.inputs.grid_note.say(words, "warn")

    def _on_lists(self, lists: Lists) -> None:
        self.inputs.standard.set_entries(lists.standard_entries)
        self.inputs.grid.set_entries(lists.grid_entries)
        self._look_up()

    def _keep(self) -> None:
        self._pause.stop()
        text = self.values.as_text()
        if text != self._kept:
            self._kept = text
            self._jobs.write(self, partial(self._desk.settings.keep_draft, DRAFT, text))

    def _show(self, values: IntakeValues) -> None:
        self._grid_chosen = self._grid_kept = bool(values.grid)
        self._by_text = filled_by_text(values, self._desk.clock.now())
        self.stop_picking()
        self.inputs.show_values(values)
        self.inputs.mark(self._by_text)
        self._tell_doubts()
        self.note.clear()
        self.error.clear()

    def _close(self) -> None:
        self._keep()
        self.closed.emit()

    def _name_clear(self) -> None:
        undo = self._cleared is not None
        self.clear_button.setText(self.tr("撤销清空") if undo else self.tr("清空"))

    # -- registering ------------------------------------------------------------------------------------------------

    def _on_registered(self, filed: Filed, *, file: bool) -> None:
        self._rest(False)
        self._cleared = None
        self._show(EMPTY)
        self._keep()
        self._look_up()
        made, error = filed
        number = self._short(made.number)
        if error is None:
            words = self.tr("已登记并立案 {number}。") if file else self.tr("已登记 {number}。")
            self.note.say(words.format(number=number))
        else:
            words = self.tr("已登记 {number}，但没有立案：{reason}")
            self.note.say(words.format(number=number, reason=sentence_of(error)), "warn")
        self.inputs.description.setFocus()
        self.registered.emit(made.case_id, made.changes)
        if file and error is None:
            self.filed.emit(made.case_id)

    def _on_refused(self, error: GridClientError) -> None:
        self._rest(False)
        self._keep()
        self.error.say_error(error)
        faulty = {"point": "point", "crs": "crs", "time": "happened_at"}.get(
            error.code.partition(".")[0], "description"
        )
        self.inputs.widget_of(faulty).setFocus()

    def _rest(self, busy: bool) -> None:
        self._busy = busy
        self.inputs.rest(busy)
        for button in (self.register_button, self.file_button, self.clear_button):
            button.setEnabled(not busy)

    # -- layout -----------------------------------------------------------------------------------------------------

    def _connect(self) -> None:
        self.inputs.edited.connect(self._on_edited)
        self.inputs.description.pasted.connect(self._on_pasted)
        self.inputs.description.shortened.connect(lambda told: self.note.say(told, "warn"))
        self.inputs.grid.chosen.connect(self._on_grid)
        self.inputs.grid_chips.taken.connect(self._on_grid_taken)
        for chooser in (self.inputs.standard, self.inputs.grid):
            chooser.unknown.connect(lambda told: self.error.say(told, "bad"))
            chooser.textEdited.connect(self.error.clear)
        self.inputs.pick.toggled.connect(self.pick_requested)
        self.alike.open_wanted.connect(self.open_wanted)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Ctrl+Down"), self, self.alike.setFocus, context=within)
        self._pause.timeout.connect(self._on_pause)
        self._lists.ready.connect(self._on_lists)
        self.register_button.clicked.connect(lambda: self.submit(file=False))
        self.file_button.clicked.connect(lambda: self.submit(file=True))
        self.clear_button.clicked.connect(self.clear)

    def _lay_out(self) -> None:
        close = QPushButton()
        close.setProperty("kind", "flat")
        close.setToolTip(self.tr("关闭，内容会保留（Esc）"))
        close.setAccessibleName(self.tr("关闭"))
        give_icon(close, "close")
        close.clicked.connect(self._close)
        heading = across((label(self.tr("登记案件"), "title"), 1), close, edges=(12, 10, 8, 2), gap=6)
        body = panel(QWidget())
        down(self.inputs, 1, on=body, edges=(12, 4, 12, 4))
        buttons = across(self.register_button, self.file_button, self.clear_button, 1, gap=6)
        self.file_button.setVisible(may(self._desk.actor.role, Action.FILE))
        foot = down(self.alike_heading, self.alike, self.note, self.error, buttons, edges=(12, 0, 12, 10), gap=6)
        down(heading, (ScrolledColumn(body), 1), foot, on=self, gap=6)
        for hidden in (self.alike, self.alike_heading):
            hidden.hide()
