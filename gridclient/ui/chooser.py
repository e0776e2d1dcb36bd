"""A field that finds one of many entries by Chinese words, codes or pinyin initials, and lists what it finds below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QObject, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QCompleter,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from gridclient.ui.key_button import ENTER
from gridclient.ui.laid_out import tip
from gridclient.ui.matching import Entry, find
from gridclient.ui.theme import SMALL_PX, base_font, restyle, tokens
from gridclient.ui.value_list import VALUE, Index, ValueList

_ROW, _ROW_WITH_DETAIL, _EDGE, _SHOWN = 26, 42, 8, 8


def entry_list(parent: QObject) -> ValueList[Entry]:
    """A list model of entries; the second line is the tooltip."""
    return ValueList(lambda entry: entry.title, told=lambda entry: entry.detail, parent=parent)


class EntryDelegate(QStyledItemDelegate):
    """Paints an entry: its title and, muted below it, its second line."""

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        entry: Entry = index.data(VALUE)
        return QSize(0, _ROW_WITH_DETAIL if entry.detail else _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry: Entry = index.data(VALUE)
        theme = tokens()
        place = option.rect.adjusted(_EDGE, 0, -_EDGE, 0)
        painter.save()
        chosen = option.state & QStyle.StateFlag.State_Selected
        painter.fillRect(option.rect, QColor(theme.selection if chosen else theme.panel))
        top = place.adjusted(0, 3, 0, -place.height() // 2) if entry.detail else place
        painter.setPen(QColor(theme.text))
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        metrics = painter.fontMetrics()
        painter.drawText(top, left, metrics.elidedText(entry.title, Qt.TextElideMode.ElideRight, top.width()))
        if entry.detail:
            painter.setFont(base_font(SMALL_PX))
            painter.setPen(QColor(theme.muted))
            second = place.adjusted(0, place.height() // 2, 0, -2)
            shown = painter.fontMetrics().elidedText(entry.detail, Qt.TextElideMode.ElideRight, second.width())
            painter.drawText(second, left, shown)
        painter.restore()


class Chooser(QLineEdit):
    """``value`` is the value of the chosen entry, "" if none is chosen.

    Signals:
        chosen(str): the operator chose another value; "" when the value was typed over or the field cleared.
        unknown(str): words that choose nothing were to be taken; the text says so.
    """

    chosen = Signal(str)
    unknown = Signal(str)

    def __init__(self, *, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(hint)
        self.setClearButtonEnabled(True)
        self._entries: Sequence[Entry] = ()
        self.value = ""
        self._found = entry_list(self)
        completer = QCompleter(self._found, self)
        completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        completer.setMaxVisibleItems(_SHOWN)
        self._popup = QListView(self)
        self._popup.setObjectName("foundList")
        completer.setPopup(self._popup)
        self._popup.setItemDelegate(EntryDelegate(self._popup))  # a completer sets its own when it takes the list
        self.setCompleter(completer)
        completer.activated[QModelIndex].connect(self._on_activated)  # type: ignore[index]  # the stubs know no overload
        self.textEdited.connect(self._on_edited)

    def set_entries(self, entries: Sequence[Entry]) -> None:
        """Other entries. A chosen value stays and shows its new words."""
        self._entries = entries
        if self.value and (not self.hasFocus() or self.text() == self.value):
            self.set_value(self.value)
            self._mark_words()

    def set_value(self, value: str) -> None:
        """Shows a value without a signal. A value without an entry is shown as it is."""
        self.value = value
        entry = next((entry for entry in self._entries if entry.value == value), None)
        self.setText(entry.title if entry is not None else value)
        self.setCursorPosition(0)
        self.setToolTip(tip(f"{entry.title}\n{entry.detail}".strip()) if entry is not None else "")
        restyle(self, invalid=False)

    @property
    def undecided(self) -> bool:
        """Whether there are words that choose nothing."""
        return not self.value and bool(self.text().strip())

    def say_unknown(self) -> None:
        """Marks the words and says that no entry has them, or several."""
        restyle(self, invalid=True)
        told = self.tr("“{field}”里没有“{words}”。按 ↓ 看有哪些；一个也没有时，先在“导入”页导入。")
        if find(self._entries, self.text()):
            told = self.tr("“{field}”里有“{words}”的不止一个，按 ↓ 选一个。")
        self.unknown.emit(told.format(field=self.accessibleName(), words=self.text().strip()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the first entry that was found. Down lists what was found, or all entries."""
        listed = self._popup.isVisible()
        if event.key() in ENTER and self.undecided:
            if not (listed and self._popup.currentIndex().isValid()):
                self._popup.hide()
                if not self._choose_found(only=False):
                    self.say_unknown()
                event.accept()
                return
        elif event.key() == Qt.Key.Key_Down and not listed:
            self._offer("" if self.value else self.text())
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Selects the text, so that typing replaces what was chosen."""
        super().focusInEvent(event)
        if event.reason() not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.PopupFocusReason):
            self._mark_words()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Marks words that choose nothing; they stay and can be corrected."""
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.PopupFocusReason:
            return
        if self.undecided and not self._choose_found(only=True):
            restyle(self, invalid=True)

    def _offer(self, typed: str) -> None:
        self._found.show_values(find(self._entries, typed) or find(self._entries, ""))
        self.completer().complete()

    def _choose_found(self, *, only: bool) -> bool:
        """Takes the first entry that is found for the text; with ``only`` it must be the only one. Returns whether
        there was one."""
        found = find(self._entries, self.text(), most=2)
        if not found or (only and len(found) > 1):
            return False
        self._choose(found[0])
        return True

    def _on_edited(self, text: str) -> None:
        had, self.value = self.value, ""
        restyle(self, invalid=False)
        self._found.show_values(find(self._entries, text))
        if had or not text:
            self.chosen.emit("")

    def _on_activated(self, index: QModelIndex) -> None:
        entry = index.data(VALUE)
        if isinstance(entry, Entry):
            self._choose(entry)

    def _choose(self, entry: Entry) -> None:
        self.set_value(entry.value)
        self.chosen.emit(entry.value)

    def _mark_words(self) -> None:
        if self.value and self.hasFocus():
            self.setSelection(len(self.text()), -len(self.text()))  # backwards, so that its beginning is visible
