"""The head of the panel: the title, where the case comes from, its state, and its two clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from gridclient.domain.case import AssignmentState, CaseState
from gridclient.services.deadline_text import moment_text
from gridclient.services.masking import mask_numbers
from gridclient.services.words import CHANNELS, PARTS
from gridclient.ui.breaking import CopiedLabel, breakable
from gridclient.ui.casework.case_view import CaseView
from gridclient.ui.laid_out import across, down, label, tip
from gridclient.ui.present import (
    ClockFace,
    double_clock,
    joined,
    level_word,
    limit_words,
    moment_words,
    state_word,
    waits_for_filing,
)
from gridclient.ui.theme import CLOCK_PX, SMALL_PX, base_font, state_colour, tokens

_TILE_PX: Final = 49
_TITLE_LINES: Final = 2
_LEAST_PX: Final = 400


class TitleLine(CopiedLabel):
    """The case's title over at most two lines; the whole title is in the tooltip."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "title")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._title = ""

    @property
    def words(self) -> str:
        return self._title

    def show_title(self, title: str) -> None:
        self.ensurePolished()
        self._title = title
        self._fit()
        self.setToolTip(tip(title))
        self.setMaximumHeight(_TITLE_LINES * QFontMetrics(self.font()).lineSpacing() + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def _fit(self) -> None:
        """Shortens the title with dots; long words of Latin letters are broken anywhere."""
        metrics = QFontMetrics(self.font())
        room = _TITLE_LINES * (self.width() - 2 * metrics.averageCharWidth())
        shown = metrics.elidedText(self._title, Qt.TextElideMode.ElideRight, max(room, _LEAST_PX))
        self.setText(breakable(shown))


class ClockTile(QWidget):
    """One clock: heading, time, and a background by its urgency."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        self._face = ClockFace("", "")
        self.tone = "calm"
        self._sign = ""
        self.setFixedHeight(_TILE_PX)

    def show_face(self, face: ClockFace, *, tone: str, sign: str) -> None:
        self._face, self.tone, self._sign = face, tone, sign
        self.setAccessibleName(f"{face.heading} {face.time}")
        self.update()

    @property
    def text(self) -> str:
        """The words of the tile."""
        return f"{self._sign} {self._face.heading} {self._face.time}".strip()

    def sizeHint(self) -> QSize:
        return QSize(120, _TILE_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = tokens()
        ground, ink = {
            "warn": (theme.warn_ground, theme.warn_text),
            "bad": (theme.bad_ground, theme.bad_text),
        }.get(self.tone, (theme.alternate, theme.text))
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(self.rect(), 4, 4)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setPen(QColor(ink if self.tone != "calm" else theme.muted))
        painter.setFont(base_font(SMALL_PX))
        painter.drawText(QRect(9, 4, self.width() - 18, 18), left, f"{self._sign} {self._face.heading}".strip())
        painter.setPen(QColor(ink))
        font = base_font(CLOCK_PX, weight=QFont.Weight.DemiBold)
        if QFontMetrics(font).horizontalAdvance(self._face.time) > self.width() - 18:
            font = base_font(weight=QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.drawText(QRect(9, 21, self.width() - 18, 25), left, self._face.time)


class StateLine(QWidget):
    """A dot, the word of the state, and beside it units and counts."""

    def __init__(self, *, parent: QWidget) -> None:
        super().__init__(parent)
        self._view: CaseView | None = None
        self.setFixedHeight(20)

    def show_view(self, view: CaseView) -> None:
        self._view = view
        self.setAccessibleName(self.text)
        self.setToolTip(tip(self.text))
        self.update()

    @property
    def text(self) -> str:
        """The words of the line, for instance ``待派遣 · 退回 1 次``."""
        if self._view is None:
            return ""
        case = self._view.case
        counts = (
            (case.returns, self.tr("退回 {count} 次")),
            (case.reworks, self.tr("返工 {count} 次")),
            (case.urges, self.tr("催办 {count} 次")),
        )
        word = state_word(case.state, returned=case.returned, escalated=case.escalated)
        told = (text.format(count=count) for count, text in counts if count)
        return joined((word, *self._units(self._view), *told))

    def _units(self, view: CaseView) -> tuple[str, ...]:
        """The lead; once its result was found good, what closing still waits for."""
        case, lead = view.case, view.case.lead
        if lead is None or case.returned:
            return ()
        if case.state is not CaseState.HANDLED or lead.state is not AssignmentState.VERIFIED:
            return (view.unit_name(lead.unit),)
        waits = self.tr("协办{unit}{state}")
        parts = tuple(waits.format(unit=view.unit_name(a.unit), state=PARTS[a.state]) for a in case.open_parts)
        return parts or (self.tr("可以结案"),)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._view is None:
            return
        theme, case = tokens(), self._view.case
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(state_colour(theme, case.state, returned=case.returned, escalated=case.escalated)))
        painter.drawEllipse(0, 6, 8, 8)
        painter.setPen(QColor(theme.text))
        width = self.width() - 14
        shown = painter.fontMetrics().elidedText(self.text, Qt.TextElideMode.ElideRight, width)
        painter.drawText(QRect(14, 0, width, 20), Qt.AlignmentFlag.AlignVCenter, shown)


class CaseHeader(QWidget):
    """Title, number · channel · grid · level, state, and both clocks with an explanation in their tooltip."""

    def __init__(self) -> None:
        super().__init__()
        self.title = TitleLine(parent=self)
        self.facts = label(role="muted", wraps=True)
        self.facts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.state = StateLine(parent=self)
        self.still = label(role="warn", wraps=True)
        self.waiting = label(waits_for_filing(), "muted")
        self.working = ClockTile(parent=self)
        self.natural = ClockTile(parent=self)
        clocks = across(self.working, self.natural, edges=(0, 3, 0, 0), gap=6)
        down(
            self.title, self.facts, self.state, self.still, self.waiting, clocks, on=self, edges=(12, 10, 12, 6), gap=3
        )

    def show_view(self, view: CaseView, now: datetime) -> None:
        """Shows a case as it is at ``now``."""
        case = view.case
        channel = CHANNELS.get(case.facts.channel, case.facts.channel)
        self.title.show_title(mask_numbers(case.facts.title))
        grid = view.grid_name or self.tr("网格待定")
        self.facts.setText(joined((case.number, channel, grid, level_word(case.level))))
        self.state.show_view(view)
        self.still.setVisible(view.still is not None)
        if view.still is not None:
            words = self.tr("停更：本席位已无权查看这件，内容停在 {when}")
            self.still.setText(words.format(when=moment_words(view.still, now)))
        self.show_time(view, now)

    def show_time(self, view: CaseView, now: datetime) -> None:
        """Shows the clocks at ``now``; hides them if no limit runs, and says of a new case when one will."""
        running = view.clock is not None
        self.waiting.setVisible(not running and view.case.state is CaseState.REPORTED)
        self.working.setVisible(running)
        self.natural.setVisible(running)
        if view.clock is None:
            return
        both = double_clock(view.clock, now, state=view.case.state, calendar=view.calendar, hours=view.hours)
        heading = self.tr("{stage}时限 {limit}，到期 {due}").format(
            stage=both.stage, limit=limit_words(view.clock.limit), due=moment_text(view.clock.due)
        )
        told = "\n".join((heading, *view.explanation))
        for tile, face in ((self.working, both.working), (self.natural, both.natural)):
            tile.show_face(face, tone=both.tone, sign=both.sign)
            tile.setToolTip(tip(told))
        self.working.setAccessibleDescription(both.spoken)
