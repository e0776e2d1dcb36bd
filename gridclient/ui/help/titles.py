"""The list of the pages of help: titles in groups; the name of a group stands above and cannot be chosen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QStringListModel, Qt
from PySide6.QtGui import QColor

from gridclient.ui.help.pages import HelpPageText
from gridclient.ui.theme import SMALL_PX, base_font, tokens

Index = QModelIndex | QPersistentModelIndex
_NOTHING: Final = Qt.ItemFlag.NoItemFlags


class GroupedTitles(QStringListModel):
    """Rows of titles; ``pages`` has for each row the name of its page, "" for the name of a group."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: tuple[str, ...] = ()

    def row_of(self, name: str) -> int:
        """The row of a page, -1 for none."""
        return self.pages.index(name) if name and name in self.pages else -1

    def page_at(self, row: int) -> str:
        """The name of the page in this row, "" for none."""
        return self.pages[row] if 0 <= row < len(self.pages) else ""

    def show_pages(self, pages: Sequence[HelpPageText], counts: Mapping[str, int], groups: Mapping[str, str]) -> None:
        """The titles with how often something was found; ``groups`` are the words for groups."""
        rows = list(_rows(pages, counts, groups))
        self.pages = tuple(name for name, _ in rows)
        self.setStringList([title for _, title in rows])

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) if self.page_at(index.row()) else _NOTHING

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and not self.page_at(index.row()):
            if role == Qt.ItemDataRole.FontRole:
                return base_font(SMALL_PX)
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(tokens().muted)
        return super().data(index, role)


def _rows(
    pages: Sequence[HelpPageText], counts: Mapping[str, int], groups: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    before = ""
    for page in pages:
        if page.group != before and page.group in groups:
            yield "", groups[page.group]
        before = page.group
        count = counts.get(page.name, 0)
        yield page.name, f"{page.title}（{count}）" if count else page.title
