"""The help page, F1, with a search over all pages. Nothing is fetched: links lead to other pages of help only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QEvent, QStringListModel, Qt, QUrl
from PySide6.QtGui import (
    QBrush,
    QColor,
    QShowEvent,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTable,
)
from PySide6.QtWidgets import QLineEdit, QTextBrowser, QTextEdit

from gridclient.ui.cover_page import ListedPage
from gridclient.ui.focus_mark import FocusMark
from gridclient.ui.help.pages import HelpBook, HelpPageText, found_in, in_order, keys_page, read_book
from gridclient.ui.help.pictures import HelpText
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, label
from gridclient.ui.theme import SMALL_PX, TITLE_PX, base_font, tokens
from gridclient.ui.value_list import Index

_MARGIN, _CELL, _TITLE_PX = 24, 5, 18
_FENCE: Final = QTextFormat.Property.BlockCodeFence


class GroupedTitles(QStringListModel):
    """The titles of pages and groups. ``pages`` has the page's name for each row; "" for the row of a group."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: tuple[str, ...] = ()

    def row_of(self, name: str) -> int:
        """The row of a page; -1 if there is none."""
        return self.pages.index(name) if name and name in self.pages else -1

    def page_at(self, row: int) -> str:
        """The name of the page in this row; "" for a group."""
        return self.pages[row] if 0 <= row < len(self.pages) else ""

    def show_pages(self, pages: Sequence[HelpPageText], counts: Mapping[str, int], groups: Mapping[str, str]) -> None:
        """Shows the titles with the numbers of matches; ``groups`` are the words of groups."""
        rows: list[tuple[str, str]] = []
        before = ""
        for page in pages:
            if page.group != before and page.group in groups:
                rows.append(("", groups[page.group]))
            before, count = page.group, counts.get(page.name, 0)
            rows.append((page.name, f"{page.title}（{count}）" if count else page.title))
        self.pages = tuple(name for name, _ in rows)
        self.setStringList([title for _, title in rows])

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) if self.page_at(index.row()) else Qt.ItemFlag.NoItemFlags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and not self.page_at(index.row()):
            if role == Qt.ItemDataRole.FontRole:
                return base_font(SMALL_PX)
            if role == Qt.ItemDataRole.ForegroundRole:
                return QColor(tokens().muted)
        return super().data(index, role)


class HelpPage(ListedPage):
    """Object name ``helpPage``. Esc empties the search first, then leaves the page."""

    def __init__(self, *, folder: Path, jobs: Jobs, keys: Sequence[tuple[str, str]]) -> None:
        rows = GroupedTitles()
        super().__init__(name="helpPage", titles=rows)
        self.rows = rows
        self._folder, self._jobs, self._keys = folder, jobs, keys
        self._pages: tuple[HelpPageText, ...] = ()
        self._shown = ""
        self._theme = ""
        self.search = QLineEdit(self)
        self.search.setObjectName("helpSearch")
        self.search.setPlaceholderText(self.tr("在帮助里找，Enter 下一处"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(280)
        self.found = label(role="muted", parent=self)
        self.back = KeyButton(self.tr("回到原处"), key="Alt+←", parent=self)
        self._left: list[tuple[str, int]] = []  # the pages that links led away from, each with the place on it
        self.text = HelpText(self)
        self._arrange()
        self.search.textChanged.connect(self._on_searched)
        self.search.returnPressed.connect(self._find_next)
        self.text.anchorClicked.connect(self._on_link)
        self.back.clicked.connect(self._go_back)
        self.on_key("Ctrl+F", self.search.setFocus)
        self.press_by("Alt+Left", self.back)

    def _arrange(self) -> None:
        self.text.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.text.setStyleSheet("QTextBrowser { border: none; border-radius: 0; padding: 0; }")
        self.text.setOpenLinks(False)
        FocusMark(self.text)
        self.text.document().setDocumentMargin(_MARGIN)
        self.frame(
            self.tr("帮助"), (across(self.list, (self.text, 1), gap=1), 1), head=(self.search, self.found, 1, self.back)
        )
        self.back.hide()

    # -- pages ------------------------------------------------------------------------------------------------------

    def open_page(self, name: str) -> None:
        """Shows the page with this name, if there is one."""
        if self.rows.row_of(name) >= 0:
            self.show_part(self.rows.row_of(name))

    def _on_read(self, book: HelpBook) -> None:
        keys = keys_page(self.tr("全部快捷键"), (self.tr("键"), self.tr("作用")), self._keys)
        self._pages = tuple(in_order((*book.pages, keys)))
        self.text.pictures = book.pictures
        self._show_titles()
        if self._pages:
            self.open_page(self._pages[0].name)

    def on_part(self, place: int) -> None:
        name = self.rows.page_at(place)
        if name and name != self._shown:
            self._shown = name
            self._write()

    def _write(self) -> None:
        """Writes the shown page in the theme's colours."""
        self._theme = tokens().name
        self.text.setMarkdown(next(page.text for page in self._pages if page.name == self._shown))
        self._dress()
        self._mark()

    def _dress(self) -> None:
        """Gives titles the desk's sizes, and tables lines and padding."""
        self._dress_titles()
        self._dress_drawings()
        for frame in self.text.document().rootFrame().childFrames():
            if isinstance(frame, QTextTable):
                look = frame.format()
                look.setCellPadding(_CELL)
                look.setCellSpacing(0)
                look.setBorder(1)
                look.setBorderCollapse(True)
                look.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
                look.setBorderBrush(QBrush(QColor(tokens().line)))
                look.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
                look.setTopMargin(6)
                look.setBottomMargin(10)
                frame.setFormat(look)
        self.text.moveCursor(QTextCursor.MoveOperation.Start)

    def _dress_titles(self) -> None:
        block = self.text.document().begin()
        while block.isValid():
            level = block.blockFormat().headingLevel()
            cursor = QTextCursor(block)
            room = QTextBlockFormat()
            room.setTopMargin(14 if level > 1 else 4)
            room.setBottomMargin(6)
            if block.blockFormat().hasProperty(_FENCE):  # the lines of one block of code stand together
                room.setTopMargin(0 if block.previous().blockFormat().hasProperty(_FENCE) else 4)
                room.setBottomMargin(0 if block.next().blockFormat().hasProperty(_FENCE) else 8)
                room.setBackground(QColor(tokens().window))
                room.setIndent(0)
            cursor.mergeBlockFormat(room)
            if level:
                cursor.select(QTextCursor.SelectionType.BlockUnderCursor)
                look = cursor.charFormat()
                look.clearProperty(QTextCharFormat.Property.FontSizeAdjustment)  # an adjustment would override any size
                look.setProperty(QTextCharFormat.Property.FontPixelSize, _TITLE_PX if level == 1 else TITLE_PX)
                cursor.setCharFormat(look)
            block = block.next()

    def _dress_drawings(self) -> None:
        """Limits drawings to the width of the text."""
        block = self.text.document().begin()
        while block.isValid():
            if (look := block.begin().fragment().charFormat().toImageFormat()).isValid():
                look.setMaximumWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
                cursor = QTextCursor(block)
                cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor)
                cursor.setCharFormat(look)
            block = block.next()

    def _on_link(self, url: QUrl) -> None:
        name = url.path().removesuffix(".md")
        if url.isRelative() and url.path() != name and self.rows.row_of(name) >= 0:
            self._left.append((self._shown, self.text.verticalScrollBar().value()))
            self.back.show()
            self.open_page(name)

    def _go_back(self) -> None:
        name, place = self._left.pop()
        self.back.setVisible(bool(self._left))
        self.open_page(name)
        self.text.verticalScrollBar().setValue(place)
        self.text.setFocus()

    # -- searching --------------------------------------------------------------------------------------------------

    def _on_searched(self, words: str) -> None:
        counts = found_in(self._pages, words)
        total = sum(counts.values())
        self.found.setText(self.tr("{count} 处").format(count=total) if words.strip() else "")
        self._show_titles()
        if words.strip() and total and not counts.get(self._shown):
            self.open_page(next(name for name, count in counts.items() if count))
        self._mark()
        self.text.moveCursor(QTextCursor.MoveOperation.Start)
        self._find_next()

    def _show_titles(self) -> None:
        groups = {"desk": self.tr("席位"), "sync": self.tr("同步"), "county": self.tr("县级管理")}
        self.rows.show_pages(self._pages, found_in(self._pages, self.search.text()), groups)
        self.open_page(self._shown)

    def _mark(self) -> None:
        """Marks every match on the shown page."""
        marks, words = [], self.search.text().strip()
        document = self.text.document()
        cursor = document.find(words) if words else QTextCursor()
        while words and not cursor.isNull():
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format.setBackground(QColor(tokens().warn_ground))
            marks.append(mark)
            cursor = document.find(words, cursor)
        self.text.setExtraSelections(marks)

    def _find_next(self) -> None:
        """Goes to the next match, on the next page that has one if this page has no more."""
        words = self.search.text().strip()
        if not words or self.text.find(words):
            return
        names = [name for name, count in found_in(self._pages, words).items() if count]
        if names:
            after = names[(names.index(self._shown) + 1) % len(names)] if self._shown in names else names[0]
            self.open_page(after)
            self.text.moveCursor(QTextCursor.MoveOperation.Start)
            self.text.find(words)

    def escape(self) -> None:
        if self.search.hasFocus() and self.search.text():
            self.search.clear()
        else:
            self.closed.emit()

    # -- events -----------------------------------------------------------------------------------------------------

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self.isVisible():
            self._follow_theme()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._pages:
            self._jobs.read(self, partial(read_book, self._folder), self._on_read, name="help")
        self._follow_theme()
        self.text.setFocus()

    def _follow_theme(self) -> None:
        """Writes the shown page again after a switch of theme; a hidden page waits until it is shown."""
        if self._shown and self._theme != tokens().name:
            at = self.text.verticalScrollBar().value()
            self._write()
            self.text.verticalScrollBar().setValue(at)
