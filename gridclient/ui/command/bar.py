"""The command bar: typing lists offers below it, Enter takes the marked one, Esc goes back to the cases. Source: UX.md,
命令栏."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gridclient.services.ports import DeskQueries
from gridclient.services.rows import Box, CaseFilter, CasePage, CaseRow, Sort, SortKey
from gridclient.ui.actions import DeskActions
from gridclient.ui.command.offers import Kind, Offer, Sources, asks_for_a_number, offers_for
from gridclient.ui.icons import icon
from gridclient.ui.jobs import Jobs
from gridclient.ui.key_button import ENTER
from gridclient.ui.present import whole_number
from gridclient.ui.state import DeskState, with_state
from gridclient.ui.tag import faint, paint_tag, tag_width
from gridclient.ui.theme import BUTTON_PX, SMALL_PX, base_font, tokens
from gridclient.ui.value_list import VALUE, Index, ValueList

_KEY: Final = "Ctrl K"
_KEY_PX: Final = 80  # with its margins
_MOST_CASES: Final = 5
_STEPS: Final = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 5, Qt.Key.Key_PageUp: -5}
_ROW: Final = 30
_ICON, _EDGE, _GAP = 16, 10, 8
_ICONS: Final = {
    Kind.CASE: "case",
    Kind.COMMAND: "command",
    Kind.PAGE: "settings",
    Kind.UNIT: "unit",
    Kind.GRID: "grid",
    Kind.BOX: "filter",
    Kind.STATE: "filter",
    Kind.VIEW: "filter",
    Kind.ORDER: "filter",
    Kind.SEARCH: "search",
}


class OfferDelegate(QStyledItemDelegate):
    """Paints an offer."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, _ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        offer: Offer = index.data(VALUE)
        theme = tokens()
        place = option.rect
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selection))
            painter.drawRoundedRect(QRectF(place).adjusted(4, 1, -4, -1), 5, 5)
        inner = place.adjusted(_EDGE, 0, -_EDGE, 0)
        icon(_ICONS[offer.kind], theme.muted).paint(painter, QRect(inner.left(), inner.center().y() - 7, _ICON, _ICON))
        inner.setLeft(inner.left() + _ICON + _GAP)
        inner.setRight(inner.right() - self._paint_key(painter, inner, offer.key))
        middle = Qt.AlignmentFlag.AlignVCenter
        detail_font = base_font(SMALL_PX)
        detail_px = min(QFontMetrics(detail_font).horizontalAdvance(offer.detail), inner.width() // 2)
        title = QFontMetrics(base_font()).elidedText(
            offer.title, Qt.TextElideMode.ElideRight, inner.width() - detail_px - _GAP
        )
        painter.setFont(base_font())
        painter.setPen(QColor(theme.text))
        painter.drawText(inner, middle, title)
        painter.setFont(detail_font)
        painter.setPen(QColor(theme.muted))
        detail = QFontMetrics(detail_font).elidedText(offer.detail, Qt.TextElideMode.ElideLeft, detail_px + 1)
        painter.drawText(inner, middle | Qt.AlignmentFlag.AlignRight, detail)

    def _paint_key(self, painter: QPainter, place: QRect, key: str) -> int:
        """Paints the key in its frame at the right; returns the width that it took."""
        if not key:
            return 0
        width = tag_width(key)
        frame = QRect(place.right() - width, place.center().y() - 8, width, 18)
        paint_tag(painter, frame, key, ink=tokens().muted, frame=tokens().line)
        return width + _GAP


class OfferList(QListView):
    """Lies over the window below the bar; never takes the keyboard.

    Signals:
        offer_chosen(Offer): an offer was clicked.
    """

    offer_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("commandList")
        self._over = parent
        self.offers = ValueList[Offer](lambda offer: offer.title, told=lambda offer: offer.detail, parent=self)
        self.setModel(self.offers)
        self.setItemDelegate(OfferDelegate(self))
        self.setUniformItemSizes(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.entered.connect(self.setCurrentIndex)
        self.clicked.connect(lambda index: self.offer_chosen.emit(index.data(VALUE)))
        self.hide()

    def show_offers(self, offers: Sequence[Offer], *, below: QRect) -> None:
        """Shows the offers under ``below`` (in pixels of the window), the first one marked."""
        self.offers.show_values(offers)
        if not offers:
            self.hide()
            return
        room = self._over.height() - below.bottom() - 12
        height = min(_ROW * len(offers) + 10, room)
        self.setGeometry(below.left(), below.bottom() + 4, max(below.width(), 420), height)
        self.step(0)
        self.show()
        self.raise_()

    def current(self) -> Offer | None:
        """The marked offer."""
        marked: Offer | None = self.currentIndex().data(VALUE)
        return marked

    def step(self, by: int) -> None:
        """Moves the mark, from the last to the first, too; 0 marks the first."""
        count = len(self.offers.values)
        if count:
            place = (self.currentIndex().row() + by) % count if by else 0
            self.setCurrentIndex(self.offers.index(place))


class CommandBar(QLineEdit):
    """Object name ``commandBar``.

    Signals:
        offer_taken(Offer): the operator chose an offer.
        left(): the operator is done; the keyboard goes back to the list.
    """

    offer_taken = Signal(object)
    left = Signal()

    def __init__(self, *, queries: DeskQueries, jobs: Jobs) -> None:
        super().__init__()
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
        """Sets fields of :class:`Sources`."""
        self.sources = replace(self.sources, **found)

    # -- events -----------------------------------------------------------------------------------------------------

    def offers(self) -> Sequence[Offer]:
        """The offers that are listed now."""
        return self._list.offers.values if self._list is not None and self._list.isVisible() else ()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _STEPS and self._list is not None and self._list.isVisible():
            self._list.step(_STEPS[key])
        elif key in _STEPS:
            self._show_offers()
        elif key in ENTER:
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
        """Empties the bar, unless another window or a menu took the keyboard for a while."""
        super().focusOutEvent(event)
        if self._list is not None:
            self._list.hide()
        if event.reason() not in (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason):
            self.clear()
            self._cases = ()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shows as much of the hint as does not run into the key; less than its half says nothing."""
        super().resizeEvent(event)
        metrics, room = self.fontMetrics(), self.width() - _KEY_PX
        shown = metrics.elidedText(self._hint, Qt.TextElideMode.ElideRight, room)
        self.setPlaceholderText(shown if 2 * room > metrics.horizontalAdvance(self._hint) else "")

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
    """Carries out an offer that was made from these sources."""
    views = {view.name: view for view in sources.views}
    taken: dict[Kind, Callable[[str], object]] = {
        Kind.COMMAND: actions.trigger,
        Kind.PAGE: actions.page_wanted.emit,
        Kind.CASE: state.choose_case,
        Kind.GRID: state.choose_grid,
        Kind.UNIT: state.choose_unit,
        Kind.BOX: lambda box: state.show_box(Box(box)),
        Kind.STATE: lambda chosen: state.narrow(**with_state(chosen)),
        Kind.VIEW: lambda name: state.show_view(views[name]),
        Kind.ORDER: lambda key: state.order_by(SortKey(key), state.sort == Sort(SortKey(key))),
        Kind.SEARCH: state.search,
    }
    taken[offer.kind](offer.value)
