"""The line itself: typing asks for offers, Enter takes the marked one, Esc goes back to the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gridclient.services.ports import DeskQueries
from gridclient.services.rows import Box, CaseFilter, CasePage, CaseRow, Sort, SortKey
from gridclient.ui.actions import DeskActions
from gridclient.ui.command.offers import Kind, Offer, Sources, asks_for_a_number, offers_for
from gridclient.ui.command.popup import OfferList
from gridclient.ui.jobs import Jobs
from gridclient.ui.present import whole_number
from gridclient.ui.state import DeskState
from gridclient.ui.tag import faint, paint_tag, tag_width
from gridclient.ui.theme import BUTTON_PX, tokens

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
        self.sources = Sources()
        self._cases: Sequence[CaseRow] = ()
        self._list: OfferList | None = None
        self._hint = self.tr("单位、编号、网格、命令，如 zhzf")
        self.setAccessibleName(self.tr("命令栏"))
        self.setFixedHeight(BUTTON_PX)
        self.setMaximumWidth(520)
        self.textEdited.connect(self._on_text_edited)

    def learn(self, **found: Any) -> None:
        """What can be found besides, by the fields of :class:`Sources`."""
        self.sources = replace(self.sources, **found)

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
        width, ink = tag_width(_KEY), tokens().top_muted
        place = QRect(self.width() - width - 9, (self.height() - 18) // 2, width, 18)
        paint_tag(QPainter(self), place, _KEY, ink=ink, frame=faint(ink))

    def _on_text_edited(self, typed: str) -> None:
        self._cases = ()
        if asks_for_a_number(typed):
            townships = (row.code for row in self.sources.grids if row.tier == "township")
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
        self._list.show_offers(offers_for(self.text(), self.sources, self._cases), below=below)

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


def take_offer(offer: Offer, state: DeskState, actions: DeskActions, sources: Sources) -> None:
    """Chooses, searches or does what the offer, made from these sources, stands for."""
    views = {view.name: view for view in sources.views}
    taken: dict[Kind, Callable[[str], object]] = {
        Kind.COMMAND: actions.trigger,
        Kind.CASE: state.choose_case,
        Kind.GRID: state.choose_grid,
        Kind.UNIT: state.choose_unit,
        Kind.BOX: lambda box: state.show_box(Box(box)),
        Kind.STATE: state.choose_state,
        Kind.VIEW: lambda name: state.show_view(views[name]),
        Kind.SEARCH: state.search,
    }
    taken[offer.kind](offer.value)
