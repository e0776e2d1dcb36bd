"""The list below the command bar: icon, words, where it is, and the key that does the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gridclient.ui.command.offers import Kind, Offer
from gridclient.ui.icons import icon
from gridclient.ui.tag import paint_tag, tag_width
from gridclient.ui.theme import SMALL_PX, base_font, tokens
from gridclient.ui.value_list import VALUE, Index, ValueList

ROW: Final = 30
_ICON, _EDGE, _GAP = 16, 10, 8
_ICONS: Final = {
    Kind.CASE: "case",
    Kind.COMMAND: "command",
    Kind.UNIT: "unit",
    Kind.GRID: "grid",
    Kind.BOX: "filter",
    Kind.STATE: "filter",
    Kind.VIEW: "filter",
    Kind.SEARCH: "search",
}


class OfferDelegate(QStyledItemDelegate):
    """Paints one offer."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(200, ROW)

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
        """The key in its frame at the right; gives the room it took."""
        if not key:
            return 0
        width = tag_width(key)
        frame = QRect(place.right() - width, place.center().y() - 8, width, 18)
        paint_tag(painter, frame, key, ink=tokens().muted, frame=tokens().line)
        return width + _GAP


class OfferList(QListView):
    """Lies over the window below the bar; never takes the keyboard.

    Signals:
        offer_chosen(Offer): a click.
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
        """Shows the offers under ``below`` (in the window's pixels), the first one marked."""
        self.offers.show_values(offers)
        if not offers:
            self.hide()
            return
        room = self._over.height() - below.bottom() - 12
        height = min(ROW * len(offers) + 10, room)
        self.setGeometry(below.left(), below.bottom() + 4, max(below.width(), 420), height)
        self.step(0)
        self.show()
        self.raise_()

    def current(self) -> Offer | None:
        """The marked offer."""
        marked: Offer | None = self.currentIndex().data(VALUE)
        return marked

    def step(self, by: int) -> None:
        """Moves the mark, round at the ends; 0 marks the first."""
        count = len(self.offers.values)
        if count:
            place = (self.currentIndex().row() + by) % count if by else 0
            self.setCurrentIndex(self.offers.index(place))
