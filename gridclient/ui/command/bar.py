"""The line itself: typing asks for offers, Enter takes the marked one, Esc goes back to the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gridclient.services.ports import DeskQueries
from gridclient.services.rows import CaseFilter, CasePage, CaseRow, GridRow, SavedView, Sort, SortKey, UnitRow
from gridclient.ui.actions import Known
from gridclient.ui.command.offers import Kind, Offer, Sources, asks_for_a_number, offers_for
from gridclient.ui.command.popup import OfferList
from gridclient.ui.jobs import Jobs
from gridclient.ui.present import whole_number
from gridclient.ui.theme import BUTTON_PX, base_font, tokens

_KEY: Final = "Ctrl K"
_KEY_PX: Final = 80  # with what is free around it and the hint
_MOST_CASES: Final = 5
_STEPS: Final = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 5, Qt.Key.Key_PageUp: -5}


class CommandBar(QLineEdit):
    """Object name ``commandBar``.

    Signals:
        offer_taken(Offer): what the operator chose.
        left(): the operator is done; the keyboard goes back to the list.
    """

    offer_taken = Signal(object)
    left = Signal()

    def __init__(self, *, queries: DeskQueries, jobs: Jobs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("commandBar")
        self._queries, self._jobs = queries, jobs
        self._sources = Sources()
        self._cases: Sequence[CaseRow] = ()
        self._list: OfferList | None = None
        self._hint = self.tr("单位、编号、网格、命令，如 zhzf")
        self.setAccessibleName(self.tr("命令栏"))
        self.setFixedHeight(BUTTON_PX)
        self.setMaximumWidth(520)
        self.textEdited.connect(self._on_text_edited)

    # -- what can be found ------------------------------------------------------------------------------------------

    @property
    def sources(self) -> Sources:
        return self._sources

    def set_commands(self, commands: Sequence[Known]) -> None:
        """Everything the desk can be told to do but to go here."""
        self._sources = replace(self._sources, commands=[one for one in commands if one.name != "command_bar"])

    def set_units(self, units: Sequence[UnitRow]) -> None:
        self._sources = replace(self._sources, units=units)

    def set_grids(self, grids: Sequence[GridRow]) -> None:
        self._sources = replace(self._sources, grids=grids)

    def set_views(self, views: Sequence[SavedView]) -> None:
        self._sources = replace(self._sources, views=views)

    def set_township(self, code: str) -> None:
        """Units and grids of this township come first."""
        self._sources = replace(self._sources, township=code)

    def learn_initials(self, initials: Mapping[str, str]) -> None:
        self._sources = replace(self._sources, initials=initials)

    # -- events -----------------------------------------------------------------------------------------------------

    def offers(self) -> Sequence[Offer]:
        """What the list shows now."""
        return self._list.offers.values if self._list is not None and self._list.isVisible() else ()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS and self._list is not None and self._list.isVisible():
            self._list.step(_STEPS[key])
        elif key in _STEPS:
            self._show_offers()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self._list.current() if self._list is not None and self._list.isVisible() else None)
        elif key == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() != Qt.FocusReason.ActiveWindowFocusReason:
            self.selectAll()
            self._show_offers()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """A word that nobody follows up goes with the list; another window or a menu only interrupts it."""
        super().focusOutEvent(event)
        if self._list is not None:
            self._list.hide()
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.clear()
            self._cases = ()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where the hint would run into the key, the key says enough."""
        super().resizeEvent(event)
        needed = self.fontMetrics().horizontalAdvance(self._hint) + _KEY_PX
        self.setPlaceholderText(self._hint if needed <= self.width() else "")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.text() or self.hasFocus():
            return
        font = base_font(11)
        width = QFontMetrics(font).horizontalAdvance(_KEY) + 10
        place = QRect(self.width() - width - 9, (self.height() - 18) // 2, width, 18)
        ink, frame = QColor(tokens().top_muted), QColor(tokens().top_muted)
        frame.setAlphaF(0.55)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(frame, 1))
        painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setFont(font)
        painter.setPen(ink)
        painter.drawText(place, Qt.AlignmentFlag.AlignCenter, _KEY)

    def _on_text_edited(self, typed: str) -> None:
        self._cases = ()
        if asks_for_a_number(typed):
            townships = (row.code for row in self._sources.grids if row.tier == "township")
            asked = CaseFilter(text=whole_number(typed.strip(), townships))
            newest = Sort(SortKey.REGISTERED, descending=True)
            self._jobs.read(
                self,
                lambda: self._queries.page(asked, newest, limit=_MOST_CASES),
                lambda page: self._show_cases(page, typed),
                name="cases",
            )
        self._show_offers()

    def _show_cases(self, page: CasePage, typed: str) -> None:
        if typed == self.text() and self.hasFocus():
            self._cases = page.rows
            self._show_offers()

    def _show_offers(self) -> None:
        if self._list is None:
            self._list = OfferList(self.window())
            self._list.offer_chosen.connect(self._take)
        below = QRect(self.mapTo(self.window(), self.rect().topLeft()), self.size())
        self._list.show_offers(offers_for(self.text(), self._sources, self._cases), below=below)

    def _take(self, offer: Offer | None) -> None:
        if offer is None and self.text().strip():
            offer = Offer(Kind.SEARCH, self.text().strip(), "")
        self._leave()
        if offer is not None:
            self.offer_taken.emit(offer)

    def _leave(self) -> None:
        if self._list is not None:
            self._list.hide()
        self.clear()
        self._cases = ()
        self.left.emit()
