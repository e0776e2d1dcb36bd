"""The widgets of a form's fields, each with a value that is read, set and heard alike."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QWidget

from gridclient.ui.casework.form_spec import Field, FieldKind
from gridclient.ui.chooser import Chooser
from gridclient.ui.matching import Entry

_TEXT_LINES: Final = 3
_ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ShortText(QPlainTextEdit):
    """A few lines. Enter and Esc belong to the form, Shift+Enter breaks the line, Tab goes on.

    Signals:
        edited(): the text changed.
    """

    edited = Signal()

    def __init__(self, *, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.setFixedHeight(_TEXT_LINES * QFontMetrics(self.font()).lineSpacing() + 18)
        self.textChanged.connect(self.edited)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_submit(event):
            event.ignore()
            return
        super().keyPressEvent(event)


def is_submit(event: QKeyEvent) -> bool:
    """Enter, alone or on the keypad."""
    shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    return event.key() in _ENTER and not shift


class FieldWidget:
    """One field as the form holds it."""

    def __init__(self, field: Field, widget: QWidget, read: Callable[[], Any], write: Callable[[Any], None]) -> None:
        self.field = field
        self.widget = widget
        self.read = read
        self.write = write


def make_field(
    field: Field,
    *,
    standards: Sequence[Entry],
    grids: Sequence[Entry],
    changed: Callable[..., None],
    parent: QWidget,
) -> FieldWidget:
    """The widget of ``field``; ``changed`` hears every edit."""
    made = _MAKERS[field.kind](field, changed, parent)
    if isinstance(made.widget, Chooser):
        made.widget.set_entries(standards if field.kind is FieldKind.STANDARD else grids)
    made.widget.setAccessibleName(field.label)
    made.write(field.default)
    return made


def _line(field: Field, changed: Callable[..., None], parent: QWidget) -> FieldWidget:
    edit = QLineEdit(parent)
    edit.setPlaceholderText(field.hint)
    edit.textEdited.connect(changed)
    return FieldWidget(field, edit, edit.text, edit.setText)


def _text(field: Field, changed: Callable[..., None], parent: QWidget) -> FieldWidget:
    edit = ShortText(hint=field.hint, parent=parent)
    edit.edited.connect(changed)

    def write(value: Any) -> None:
        blocked = edit.blockSignals(True)  # only what the operator types is an edit
        edit.setPlainText(str(value))
        edit.blockSignals(blocked)

    return FieldWidget(field, edit, edit.toPlainText, write)


def _choice(field: Field, changed: Callable[..., None], parent: QWidget) -> FieldWidget:
    box = QComboBox(parent)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    for value, word in field.choices:
        box.addItem(word, value)
    box.activated.connect(changed)

    def write(value: Any) -> None:
        box.setCurrentIndex(max(box.findData(value), 0))

    return FieldWidget(field, box, box.currentData, write)


def _tick(field: Field, changed: Callable[..., None], parent: QWidget) -> FieldWidget:
    box = QCheckBox(field.label, parent)
    box.clicked.connect(changed)

    def write(value: Any) -> None:
        box.setChecked(bool(value))

    return FieldWidget(field, box, box.isChecked, write)


def _chooser(field: Field, changed: Callable[..., None], parent: QWidget) -> FieldWidget:
    edit = Chooser(hint=field.hint, parent=parent)
    edit.chosen.connect(changed)
    return FieldWidget(field, edit, lambda: edit.value, edit.set_value)


_MAKERS: Final = {
    FieldKind.LINE: _line,
    FieldKind.TEXT: _text,
    FieldKind.CHOICE: _choice,
    FieldKind.TICK: _tick,
    FieldKind.STANDARD: _chooser,
    FieldKind.GRID: _chooser,
}
