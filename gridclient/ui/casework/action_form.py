"""The form of one action, inline at the foot of the panel: Enter submits, Esc puts it away, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gridclient.domain.errors import GridClientError
from gridclient.services.intake import ClassGuess
from gridclient.ui.casework.fields import FieldWidget, is_submit, make_field
from gridclient.ui.casework.form_spec import FieldKind, FormSpec, missing_field
from gridclient.ui.choice_lists import Lists
from gridclient.ui.chooser import Chooser
from gridclient.ui.guess_chips import GuessChips
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.key_button import KeyButton

_LABEL_PX = 62


class ActionForm(QWidget):
    """Built for one case and one action, and thrown away with it.

    Signals:
        submitted(dict): the values, all needed ones filled.
        cancelled(): Esc or the button; what was typed is kept by whoever listens to ``edited``.
        edited(dict): the values as they are now.
    """

    submitted = Signal(object)
    cancelled = Signal()
    edited = Signal(object)

    def __init__(self, spec: FormSpec, *, lists: Lists, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        self.setProperty("panel", "true")
        self.note = InlineNote(parent=self)
        self.chips = GuessChips(parent=self)
        self.chips.taken.connect(self._take_guess)
        self._fields = [self._make(field_number, lists) for field_number in range(len(spec.fields))]
        self.submit_button = KeyButton(spec.submit, key="Enter", kind="primary", parent=self)
        self.submit_button.clicked.connect(self.submit)
        self._cancel_button = KeyButton(self.tr("取消"), key="Esc", parent=self)
        self._cancel_button.clicked.connect(self.cancelled)
        for chooser in (made.widget for made in self._fields if isinstance(made.widget, Chooser)):
            chooser.chosen.connect(self._on_chosen)
        self._lay_out()

    @property
    def values(self) -> dict[str, Any]:
        """What is filled in now."""
        return {made.field.name: made.read() for made in self._fields}

    def widget_of(self, name: str) -> QWidget:
        """The widget of a field."""
        return self._made(name).widget

    def fill(self, values: Mapping[str, Any]) -> None:
        """Puts kept values back; names that the form does not know are passed over."""
        for made in self._fields:
            if made.field.name in values:
                made.write(values[made.field.name])

    def set_lists(self, lists: Lists) -> None:
        """Other choices; what is chosen stays."""
        for made in self._fields:
            if isinstance(made.widget, Chooser):
                standard = made.field.kind is FieldKind.STANDARD
                made.widget.set_entries(lists.standard_entries if standard else lists.grid_entries)

    def show_guesses(self, guesses: Sequence[ClassGuess]) -> None:
        """The likeliest conditions while none is chosen."""
        for made in self._fields:
            if made.field.kind is FieldKind.STANDARD and not made.read():
                self.chips.show_guesses(guesses)
                if guesses and isinstance(made.widget, Chooser):
                    made.widget.setPlaceholderText(self.tr("Enter 取第一条建议，或输入拼音首字母"))

    def start(self) -> None:
        """The cursor into the verdict, which decides what else is asked, else into the first field that is empty."""
        verdict = [made for made in self._fields if made.field.name == "verdict"]
        empty = verdict or [made for made in self._fields if made.read() in ("", False)]
        first = (empty or self._fields)[:1]
        (first[0].widget if first else self.submit_button).setFocus(Qt.FocusReason.OtherFocusReason)

    def submit(self) -> None:
        """Asks for what is missing, else hands the values over once. The likeliest condition stands for none."""
        missing = missing_field(self.spec, self.values)
        if missing is not None and missing.kind is FieldKind.STANDARD and self.chips.buttons:
            self.chips.buttons[0].click()
        elif missing is not None:
            self.note.say(self.tr("请填写“{field}”。").format(field=missing.label), "bad")
            self._made(missing.name).widget.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.submit_button.isEnabled():
            self.note.clear()
            self.submit_button.setEnabled(False)
            self.submitted.emit(self.values)

    def refuse(self, error: GridClientError) -> None:
        """The action was not possible: says why and lets the operator mend it."""
        self.submit_button.setEnabled(True)
        self.note.say_error(error)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.cancelled.emit()
        elif is_submit(event):
            if not event.isAutoRepeat():
                self.submit()
        else:
            super().keyPressEvent(event)

    def _make(self, number: int, lists: Lists) -> FieldWidget:
        return make_field(
            self.spec.fields[number],
            standards=lists.standard_entries,
            grids=lists.grid_entries,
            changed=self._on_changed,
            parent=self,
        )

    def _made(self, name: str) -> FieldWidget:
        return next(made for made in self._fields if made.field.name == name)

    def _on_changed(self, *_given: object) -> None:
        self.edited.emit(self.values)

    def _on_chosen(self, value: str) -> None:
        """The cursor goes on to the next field that has to be filled."""
        if not value:
            return
        if all(made.read() for made in self._fields if made.field.kind is FieldKind.STANDARD):
            self.chips.hide()
        waiting = [made for made in self._fields if made.field.needed and not made.read()]
        if waiting:
            waiting[0].widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_guess(self, code: str) -> None:
        for made in self._fields:
            if made.field.kind is FieldKind.STANDARD:
                made.write(code)
        self.chips.hide()
        self._on_changed()
        self.start()

    def _lay_out(self) -> None:
        rows = QVBoxLayout(self)
        rows.setContentsMargins(12, 8, 12, 10)
        rows.setSpacing(6)
        heading = QLabel(self.spec.title, self)
        heading.setProperty("role", "strong")
        rows.addWidget(heading)
        if self.spec.lead:
            lead = QLabel(self.spec.lead, self)
            lead.setProperty("role", "muted")
            lead.setWordWrap(True)
            rows.addWidget(lead)
        for made in self._fields:
            rows.addLayout(self._row(made))
            if made.field.kind is FieldKind.STANDARD:
                rows.addWidget(self.chips)
        rows.addWidget(self.note)
        buttons = QHBoxLayout()
        buttons.addWidget(self.submit_button)
        buttons.addWidget(self._cancel_button)
        buttons.addStretch()
        rows.addLayout(buttons)

    def _row(self, made: FieldWidget) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(6)
        label = QLabel("" if made.field.kind is FieldKind.TICK else made.field.label, self)
        label.setProperty("role", "muted")
        label.setFixedWidth(_LABEL_PX)
        label.setBuddy(made.widget)
        top = Qt.AlignmentFlag.AlignTop if made.field.kind is FieldKind.TEXT else Qt.AlignmentFlag.AlignVCenter
        row.addWidget(label, 0, top)
        row.addWidget(made.widget, 1)
        return row
