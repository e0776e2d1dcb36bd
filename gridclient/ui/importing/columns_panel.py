"""Which column of the file serves which field: guessed, and changeable. Each column serves one field at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from gridclient.services.import_order import ColumnGuess
from gridclient.ui.laid_out import down, label
from gridclient.ui.quiet_combo import QuietCombo
from gridclient.ui.scroll_area import ScrolledColumn
from gridclient.ui.theme import restyle

PLACING: Final = frozenset({"lon", "lat", "point", "boundary"})
"""Fields that say where something lies. When their columns change, the map has to be drawn again."""


class ColumnsPanel(QWidget):
    """A drop-down for each field. Needed fields come first and are marked.

    Signals:
        changed(str): another column was chosen for this field.
    """

    changed = Signal(str)

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, QuietCombo] = {}
        self._titles: QStandardItemModel | None = None
        self._guessed: dict[str, str] = {}
        self._required: tuple[str, ...] = ()
        self._names: Mapping[str, str] = {}
        title = label(self.tr("列对应"), "header", parent=self)
        self.hint = label(role="muted", wraps=True, parent=self)
        self._starred = label(self.tr("带 * 的必须有"), "muted", parent=self)
        self._rows: list[tuple[QLabel, QuietCombo]] = []
        self._body = QWidget()
        self._body.setProperty("panel", "true")
        self._form = QFormLayout(self._body)
        self._form.setContentsMargins(0, 2, 10, 2)
        self._form.setHorizontalSpacing(10)
        self._form.setVerticalSpacing(5)
        down(title, self.hint, self._starred, (ScrolledColumn(self._body, parent=self), 1), on=self, gap=4)

    def make_rows(self, count: int) -> None:
        """Makes at least so many rows. They are used again for every file, because making them takes longer than
        filling them."""
        for place in range(len(self._rows), count):
            name, combo = label(parent=self._body), QuietCombo(parent=self._body)
            combo.activated.connect(lambda _chosen, combo=combo: self._on_chosen(combo))
            self._form.addRow(name, combo)
            self._form.setRowVisible(place, False)
            self._rows.append((name, combo))

    def show_columns(self, guesses: Sequence[ColumnGuess], titles: Sequence[str], names: Mapping[str, str]) -> None:
        """Shows the fields of a kind with the columns of the file; ``names`` are the words of fields."""
        self._guessed = {guess.field: guess.column for guess in guesses}
        self._required = tuple(guess.field for guess in guesses if guess.required)
        self._starred.setVisible(bool(self._required))
        known = any(guess.column for guess in guesses)
        self.hint.setText(
            self.tr("按表头自动对好，同样的表头下次沿用")
            if known
            else self.tr("表头里没有认得的列，请自己选；同样的表头下次沿用")
        )
        self._names = names
        ordered = sorted(guesses, key=lambda guess: (not guess.required, not guess.column))
        self.make_rows(len(ordered))
        self.fields = {guess.field: combo for guess, (_, combo) in zip(ordered, self._rows, strict=False)}
        offered = self._offered(titles)
        for place, (name, combo) in enumerate(self._rows):
            self._form.setRowVisible(place, place < len(ordered))
            combo.setModel(offered)  # a hidden one too: the entries of the file before are deleted
            if place < len(ordered):
                self._fill(name, combo, ordered[place])

    def _offered(self, titles: Sequence[str]) -> QStandardItemModel:
        """The entries that all drop-downs share."""
        old, self._titles = self._titles, QStandardItemModel(self)
        if old is not None:
            old.deleteLater()
        for title in ("", *titles):
            item = QStandardItem(title or self.tr("（不取）"))
            item.setData(title, Qt.ItemDataRole.UserRole)
            self._titles.appendRow(item)
        return self._titles

    def _fill(self, shown: QLabel, combo: QuietCombo, guess: ColumnGuess) -> None:
        name = self._names.get(guess.field, guess.field)
        shown.setText(name + (" *" if guess.required else ""))
        restyle(shown, role="strong" if guess.required else "")
        combo.setAccessibleName(name)
        combo.setCurrentIndex(max(0, combo.findData(guess.column)))

    def apply(self, columns: Mapping[str, str]) -> None:
        """Sets the columns that were chosen for such a file before; columns that this file lacks are ignored."""
        for field, title in columns.items():
            combo = self.fields.get(field)
            place = combo.findData(title) if combo is not None else -1
            if combo is not None and place >= 0:
                combo.setCurrentIndex(place)
                self._free(field, title)

    def columns(self) -> dict[str, str]:
        """Field → column, for fields that have one."""
        return {field: combo.currentData() for field, combo in self.fields.items() if combo.currentData()}

    def differing(self) -> dict[str, str]:
        """Field → column ("" for none), for fields whose column is not the guessed one."""
        chosen = {field: str(combo.currentData() or "") for field, combo in self.fields.items()}
        return {field: title for field, title in chosen.items() if title != self._guessed.get(field, "")}

    def uses(self) -> dict[str, str]:
        """Column → the word of the field that it serves."""
        return {title: self._names.get(field, field) for field, title in self.columns().items()}

    def missing(self) -> list[str]:
        """The words of needed fields without a column."""
        held = self.columns()
        return [self._names.get(field, field) for field in self._required if field not in held]

    def first_missing(self) -> QuietCombo | None:
        """The drop-down of the first needed field without a column."""
        held = self.columns()
        return next((self.fields[field] for field in self._required if field not in held), None)

    def _on_chosen(self, combo: QuietCombo) -> None:
        field = next(field for field, other in self.fields.items() if other is combo)
        self._free(field, str(combo.currentData() or ""))
        self.changed.emit(field)

    def _free(self, field: str, title: str) -> None:
        """Takes the column from any other field that has it."""
        for other, combo in self.fields.items():
            if title and other != field and combo.currentData() == title:
                combo.setCurrentIndex(0)
