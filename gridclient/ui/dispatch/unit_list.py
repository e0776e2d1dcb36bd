"""The list of units as cards: the number that is its key, the name, 主办 or 协办, and the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, cast

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import QListView, QSizePolicy, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gridclient.domain.case import Role
from gridclient.ui.dispatch.choice import Choice, UnitItem
from gridclient.ui.present import part_word
from gridclient.ui.tag import paint_tag, tag_width
from gridclient.ui.theme import SMALL_PX, Tokens, base_font, tokens
from gridclient.ui.value_list import VALUE, Index, ValueList

_GAP, _EDGE, _BADGE, _NAME_PX, _LEFT, _MOST_PX = 5, 8, 20, 20, 37, 218
_DOT: Final = " · "
_LEAST_PX: Final = 56
_SIGNS: Final = ("!！", "@", "#", "$￥", "%", "^", "&", "*", "(（")
_SHIFTED: Final = {sign: digit for digit, signs in enumerate(_SIGNS, 1) for sign in signs}


class UnitDelegate(QStyledItemDelegate):
    """Paints a card."""

    @property
    def _list(self) -> UnitList:
        return cast("UnitList", self.parent())

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(option.rect.width(), card_height(index.data(VALUE), self._list.viewport().width()))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: UnitItem = index.data(VALUE)
        part = self._list.choice.part_of(item.code)
        theme = tokens()
        place: QRect = option.rect
        card = QRectF(place).adjusted(0.5, 0.5, -0.5, -_GAP - 0.5)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setBrush(QColor(theme.accent_ground if part is not None else theme.hover if current else theme.panel))
        edge = theme.accent if part is not None or current else theme.line
        painter.setPen(QPen(QColor(edge), 2 if current and part is not None else 1))
        painter.drawRoundedRect(card, 6, 6)
        self._paint_badge(painter, place, index.row(), theme)
        left, width = place.left() + _LEFT, place.width() - _LEFT - _EDGE
        painter.setFont(base_font(weight=QFont.Weight.DemiBold))
        painter.setPen(QColor(theme.text))
        metrics = painter.fontMetrics()
        word, room = part_word(part), width
        if part is not None:
            room -= tag_width(word) + 6
        name = metrics.elidedText(item.name, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRect(left, place.top() + 4, width, _NAME_PX), Qt.AlignmentFlag.AlignVCenter, name)
        if part is not None:
            chip = QRect(left + metrics.horizontalAdvance(name) + 6, place.top() + 7, tag_width(word), 16)
            ground = theme.accent if part is Role.LEAD else theme.muted
            paint_tag(painter, chip, word, ink=theme.on_accent, ground=ground)
        painter.setFont(base_font(SMALL_PX))
        painter.setPen(QColor(theme.muted))
        metrics = painter.fontMetrics()
        for number, line in enumerate(reason_lines(item.reason, metrics, width)):
            below = QRect(left, place.top() + 4 + _NAME_PX + number * metrics.lineSpacing(), width, 20)
            painter.drawText(below, Qt.AlignmentFlag.AlignTop, line)
        painter.restore()

    def _paint_badge(self, painter: QPainter, place: QRect, row: int, theme: Tokens) -> None:
        if row > 8:
            return
        badge = QRect(place.left() + _EDGE, place.top() + 5, _BADGE, _BADGE)
        paint_tag(painter, badge, str(row + 1), ink=theme.text, frame=theme.line, ground=theme.panel, px=SMALL_PX)


def card_height(item: UnitItem, width: int) -> int:
    """The height of a card whose reason takes one line or two."""
    metrics = QFontMetrics(base_font(SMALL_PX))
    lines = len(reason_lines(item.reason, metrics, width - _LEFT - _EDGE)) * metrics.lineSpacing()
    return _NAME_PX + 10 + lines + _GAP + (2 if lines else 0)


def reason_lines(reason: str, metrics: QFontMetrics, width: int) -> list[str]:
    """The reason over at most two lines, broken between its parts."""
    lines: list[str] = []
    for part in reason.split(_DOT) if reason else ():
        longer = f"{lines[-1]}{_DOT}{part}" if lines else part
        if not lines or (metrics.horizontalAdvance(longer) > width and len(lines) < 2):
            lines.append(part)
        else:
            lines[-1] = longer
    return [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]


class UnitList(QListView):
    """Object name ``unitList``. Its keys are handled by the panel.

    Signals:
        lead_clicked(str): a unit was clicked.
        cooperating_clicked(str): a unit was clicked with Ctrl or with the right button.
    """

    lead_clicked = Signal(str)
    cooperating_clicked = Signal(str)

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("unitList")
        self.setAccessibleName(self.tr("可派遣的单位"))
        self.choice = Choice()
        self.units = ValueList(
            lambda item: item.name, told=lambda item: f"{item.name}\n{item.reason}", spoken=self._spoken, parent=self
        )
        self.setModel(self.units)
        self.setItemDelegate(UnitDelegate(self))
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)

    def sizeHint(self) -> QSize:
        """As high as the cards, up to what the panel can spare, which is more on a high screen."""
        width, most = self.viewport().width(), max(_MOST_PX, self.window().height() * 2 // 7)
        return QSize(200, min(sum(card_height(item, width) for item in self.units.values) + 2, most))

    def minimumSizeHint(self) -> QSize:
        return QSize(120, min(self.sizeHint().height(), _LEAST_PX))

    def show_items(self, items: Sequence[UnitItem], choice: Choice) -> None:
        """Other units; the current row stays on the same unit."""
        current = self.current_code
        self.choice = choice
        self.units.show_values(items)
        codes = [item.code for item in items]
        row = codes.index(current) if current in codes else 0
        self.setCurrentIndex(self.units.index(row))
        self.updateGeometry()

    @property
    def current_code(self) -> str | None:
        """The unit of the current row; ``None`` without one."""
        item = self.currentIndex().data(VALUE)
        return item.code if isinstance(item, UnitItem) else None

    def go_to(self, code: str) -> None:
        """Makes this unit's row the current one and scrolls to it."""
        codes = [item.code for item in self.units.values]
        if code in codes:
            self.setCurrentIndex(self.units.index(codes.index(code)))
            self.scrollTo(self.currentIndex())

    def step(self, by: int) -> None:
        """Moves the current row."""
        row = min(max(self.currentIndex().row() + by, 0), len(self.units.values) - 1)
        self.setCurrentIndex(self.units.index(row))

    def _spoken(self, item: UnitItem) -> str:
        number = self.units.values.index(item) + 1
        return f"{number} {item.name} {part_word(self.choice.part_of(item.code))} {item.reason}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        item = self.indexAt(event.position().toPoint()).data(VALUE)
        if not isinstance(item, UnitItem):
            return
        beside = event.button() == Qt.MouseButton.RightButton
        if beside or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.cooperating_clicked.emit(item.code)
        else:
            self.lead_clicked.emit(item.code)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()
            self.updateGeometry()


def digit_of(event: QKeyEvent) -> tuple[int, bool] | None:
    """The digit of a key, by whatever sign the layout gives for it, and whether Shift was held; ``None`` for other
    keys."""
    blocking = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
    if event.modifiers() & blocking:
        return None
    shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    digit = event.key() - Qt.Key.Key_0
    if 1 <= digit <= 9:
        return digit, shifted
    return (_SHIFTED[event.text()], True) if shifted and event.text() in _SHIFTED else None
