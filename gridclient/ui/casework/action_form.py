"""The form of one action at the foot of the panel. Enter submits it, Esc closes it, and what was typed is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QHideEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from gridclient.domain.errors import GridClientError
from gridclient.services.intake import ClassGuess
from gridclient.ui.casework.form_spec import Field, FieldKind, FormSpec, missing_field
from gridclient.ui.choice_lists import Lists
from gridclient.ui.chooser import Chooser
from gridclient.ui.form_inputs import (
    Input,
    LongText,
    PickButton,
    choice_input,
    chooser_input,
    line_input,
    text_input,
    tick_input,
)
from gridclient.ui.guess_chips import GuessChips
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.key_button import ENTER, KeyButton
from gridclient.ui.laid_out import Part, across, down, label, panel
from gridclient.ui.quiet_combo import QuietCombo
from gridclient.ui.resting import Resting
from gridclient.ui.scroll_area import ScrolledFields

_LABEL_PX: Final = 62
_FIRST_LINE_PX: Final = 9  # of a text, below the upper edge of its field
_TEXT_LINES: Final = 3
_STANDARD, _GRID = "standard", "grid"


class ShortText(LongText):
    """A text field of three lines, of one where there is no room. Enter and Esc belong to the form, Shift+Enter breaks
    the line, Tab leaves the field."""

    def __init__(self, *, hint: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        return self._with_lines(_TEXT_LINES)

    def minimumSizeHint(self) -> QSize:
        return self._with_lines(1)

    def _with_lines(self, count: int) -> QSize:
        return QSize(super().minimumSizeHint().width(), count * QFontMetrics(self.font()).lineSpacing() + 18)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_submit(event):
            event.ignore()
            return
        super().keyPressEvent(event)


def is_submit(event: QKeyEvent) -> bool:
    """Whether the key is Enter without Shift."""
    shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    return event.key() in ENTER and not shift


class ActionForm(QWidget):
    """A form for one case and one action; it is deleted when it is closed.

    Signals:
        submitted(dict): the values; all needed ones are filled.
        cancelled(): Esc or the button. What was typed is kept by who listens to ``edited``.
        edited(dict): the values as they are now, without those of fields whose words choose nothing so far: they are
            not empty.
        pick_requested(bool): the next click on the map chooses the grid; ``False`` ends that.
    """

    submitted = Signal(object)
    cancelled = Signal()
    edited = Signal(object)
    pick_requested = Signal(bool)

    def __init__(self, spec: FormSpec, *, lists: Lists, parent: QWidget) -> None:
        super().__init__(parent)
        self.spec = spec
        self.setProperty("panel", "true")
        self.note = InlineNote(parent=self)
        self.chips = GuessChips(parent=self)
        self.chips.taken.connect(self._take_guess)
        self.pick: PickButton | None = None
        self._choosers: dict[str, Chooser] = {}
        self._inputs = {field.name: self._make(field) for field in spec.fields}
        self.set_lists(lists)
        self.submit_button = KeyButton(spec.submit, key="Enter", kind="primary", parent=self)
        self.submit_button.clicked.connect(self.submit)
        fields = [made.widget for made in self._inputs.values()]
        self._resting = Resting(
            self.submit_button, self.chips, *fields, *([self.pick] if self.pick is not None else [])
        )
        self._cancel_button = KeyButton(self.tr("取消"), key="Esc", parent=self)
        self._cancel_button.clicked.connect(self.cancelled)
        self._lay_out()

    @property
    def values(self) -> dict[str, Any]:
        """The values as they are now."""
        return {name: made.read() for name, made in self._inputs.items()}

    @property
    def needs_lists(self) -> bool:
        """Whether a condition or a grid is chosen in it."""
        return bool(self._choosers)

    def widget_of(self, name: str) -> QWidget:
        """The widget of a field."""
        return self._inputs[name].widget

    def fill(self, values: Mapping[str, Any]) -> None:
        """Sets kept values; unknown names are ignored."""
        for name in self._inputs.keys() & values.keys():
            self._inputs[name].write(values[name])

    def set_lists(self, lists: Lists) -> None:
        """Other lists to choose from; what is chosen stays."""
        for name, chooser in self._choosers.items():
            chooser.set_entries(lists.standard_entries if name == _STANDARD else lists.grid_entries)

    def show_guesses(self, guesses: Sequence[ClassGuess]) -> None:
        """Shows the likeliest conditions while none is chosen."""
        line = self._choosers.get(_STANDARD)
        if line is not None and not line.value:
            self.chips.show_guesses(guesses)
            if guesses:
                line.setPlaceholderText(self.tr("Enter 取第一条建议，或输入拼音首字母"))

    def propose_grid(self, code: str) -> None:
        """Sets the grid that the case's text names, unless one is chosen or being typed."""
        line = self._choosers.get(_GRID)
        if line is not None and not line.value and not line.text() and not line.hasFocus():
            line.set_value(code)
            self.note.say(self.tr("网格按文字判定，请核对。"))

    def take_grid(self, code: str) -> None:
        """Sets the grid where the operator clicked on the map; "" means that there is none."""
        self.stop_picking()
        line = self._choosers[_GRID]
        if code:
            line.set_value(code)
            self.note.clear()
            self._on_changed()
        else:
            self.note.say(self.tr("点击的位置没有网格，请在图上另选，或输入选择。"), "warn")
        self.activateWindow()
        line.setFocus(Qt.FocusReason.OtherFocusReason)

    def stop_picking(self) -> None:
        """Ends the choosing on the map."""
        if self.pick is not None:
            self.pick.setChecked(False)

    def start(self) -> None:
        """Puts the cursor into the verdict, because other fields depend on it; else into the first empty field."""
        empty = [name for name, value in self.values.items() if value in ("", False)]
        first = ["verdict"] if "verdict" in self._inputs else empty or list(self._inputs)
        (self._inputs[first[0]].widget if first else self.submit_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Emits the values once, or says what is missing. For a missing condition it takes the likeliest one. Words
        that choose nothing are not left out silently."""
        undecided = next((chooser for chooser in self._choosers.values() if chooser.undecided), None)
        missing = missing_field(self.spec, self.values)
        if undecided is not None:
            undecided.setFocus(Qt.FocusReason.OtherFocusReason)
            undecided.say_unknown()
        elif missing is not None and missing.kind is FieldKind.STANDARD and self.chips.buttons:
            self.chips.buttons[0].click()
        elif missing is not None:
            self.note.say(self.tr("请填写“{field}”。").format(field=missing.label), "bad")
            self._inputs[missing.name].widget.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.submit_button.isEnabled():
            self.note.clear()
            self._resting.rest(True)
            self.submitted.emit(self.values)

    def refuse(self, error: GridClientError) -> None:
        """Says why the action was refused; the form can be edited again."""
        self.ready()
        self.note.say_error(error)

    def ready(self) -> None:
        """Enables the form again."""
        self._resting.rest(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.pick is not None and self.pick.isChecked():
            self.stop_picking()
        elif event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif is_submit(event):
            if not event.isAutoRepeat():
                self.submit()
        else:
            super().keyPressEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.stop_picking()

    def _make(self, field: Field) -> Input:
        heard, hint = self._on_changed, field.hint
        match field.kind:
            case FieldKind.LINE:
                made = line_input(QLineEdit(self, placeholderText=hint), heard)
            case FieldKind.TEXT:
                made = text_input(text := ShortText(hint=hint, parent=self), heard)
                text.shortened.connect(lambda told: self.note.say(told, "warn"))
            case FieldKind.CHOICE:
                made = choice_input(QuietCombo(parent=self), field.choices, heard)
            case FieldKind.TICK:
                made = tick_input(QCheckBox(field.label, self), heard)
            case FieldKind.STANDARD | FieldKind.GRID:
                self._choosers[field.name] = chooser = Chooser(hint=hint, parent=self)
                made = chooser_input(chooser, heard)
                chooser.chosen.connect(self._on_chosen)
                chooser.unknown.connect(lambda told: self.note.say(told, "bad"))
                chooser.textEdited.connect(self.note.clear)
                if field.kind is FieldKind.GRID:
                    self.pick = PickButton(small=True, parent=self)
                    self.pick.toggled.connect(self.pick_requested)
        made.widget.setAccessibleName(field.label)
        made.write(field.default)
        return made

    def _on_changed(self, *_given: object) -> None:
        undecided = {name for name, chooser in self._choosers.items() if chooser.undecided}
        self.edited.emit({name: value for name, value in self.values.items() if name not in undecided})

    def _on_chosen(self, value: str) -> None:
        """Puts the cursor into the next needed field that is empty."""
        if not value:
            return
        self.note.clear()
        if self.values.get(_STANDARD):
            self.chips.hide()
        waiting = [made for field in self.spec.fields if field.needed and not (made := self._inputs[field.name]).read()]
        if waiting:
            waiting[0].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_guess(self, code: str) -> None:
        self.note.clear()
        self._choosers[_STANDARD].set_value(code)
        self.chips.hide()
        self._on_changed()
        self.start()

    def _lay_out(self) -> None:
        parts: list[Part] = [label(self.spec.title, "strong")]
        if self.spec.lead:
            parts.append(label(self.spec.lead, "muted", wraps=True))
        if self.spec.fields:
            parts.append(self._fields())
        parts += [self.note, across(self.submit_button, self._cancel_button, 1, gap=6)]
        down(*parts, on=self, edges=(12, 8, 12, 10), gap=6)

    def _fields(self) -> ScrolledFields:
        rows: list[Part] = []
        for field in self.spec.fields:
            rows.append(self._row(field))
            if field.name == _STANDARD:
                rows.append(self.chips)
        inner = panel(QWidget(self))
        down(*rows, on=inner, gap=6)
        return ScrolledFields(inner, [made.widget for made in self._inputs.values()], parent=self)

    def _row(self, field: Field) -> QHBoxLayout:
        widget = self._inputs[field.name].widget
        name = label("" if field.kind is FieldKind.TICK else field.label, "muted")
        name.setFixedWidth(_LABEL_PX)
        name.setBuddy(widget)
        top = Qt.AlignmentFlag.AlignVCenter
        if field.kind is FieldKind.TEXT:
            top = Qt.AlignmentFlag.AlignTop
            name.setContentsMargins(0, _FIRST_LINE_PX, 0, 0)
        beside = [self.pick] if self.pick is not None and field.kind is FieldKind.GRID else []
        return across((name, top), (widget, 1), *beside, gap=6)
