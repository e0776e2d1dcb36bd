"""A list model of frozen values. What a view asks for is worked out from the value when it is painted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final, Generic, TypeVar

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon

from gridclient.ui.laid_out import tip

Index = QModelIndex | QPersistentModelIndex
Value = TypeVar("Value")
NO_INDEX: Final = QModelIndex()
VALUE: Final = Qt.ItemDataRole.UserRole
"""The role under which delegates get the value itself."""


class ValueList(QAbstractListModel, Generic[Value]):
    """Shows ``values`` in their order. ``words`` gives the text of a value, ``told`` its tooltip, ``spoken`` its text
    for screen readers."""

    def __init__(
        self,
        words: Callable[[Value], str],
        *,
        told: Callable[[Value], str],
        spoken: Callable[[Value], str] | None = None,
        icon: Callable[[Value], QIcon] | None = None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        role = Qt.ItemDataRole
        self._roles: dict[int, Callable[[Value], Any] | None] = {
            role.DisplayRole: words,
            role.EditRole: words,
            role.AccessibleTextRole: spoken or words,
            role.ToolTipRole: told,
            role.DecorationRole: icon,
        }
        self.values: tuple[Value, ...] = ()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.values)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        value = self.values[index.row()]
        if role == VALUE:
            return value
        words = self._roles.get(role)
        found = words(value) if words is not None else None
        return tip(found) if found and role == Qt.ItemDataRole.ToolTipRole else found

    def show_values(self, values: Sequence[Value]) -> None:
        """Other values. If they are equal to the present ones, choice and scroll position stay."""
        if tuple(values) != self.values:
            self.beginResetModel()
            self.values = tuple(values)
            self.endResetModel()
        else:
            self.words_changed()

    def words_changed(self) -> None:
        """Says that the texts of the values have changed."""
        if self.values:
            self.dataChanged.emit(self.index(0), self.index(len(self.values) - 1))
