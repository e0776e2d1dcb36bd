"""The last rounds as a table: when, how it ended, events sent and received, bytes, duration, and why one failed.

Successive rounds that brought nothing are one row, and so are those that failed for the same reason. An idle desk makes
2,800 rounds a day, which would hide those that carried something.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from gridclient.domain.frozen import frozen
from gridclient.services.sync_port import RoundEnd, RoundReport
from gridclient.ui.lines_table import Line, LinesModel, LinesTable
from gridclient.ui.present import size_words
from gridclient.ui.sync.present import when_words
from gridclient.ui.sync.round_words import end_words, has_failed, note_words, seconds_words
from gridclient.ui.theme import ROW_PX

_WIDTHS: Final = (128, 84, 58, 58, 140, 76)
_PIECE: Final = 8 << 10
_EDGES: Final = 16
_PUSHED, _PULLED, _BYTES = 2, 3, 4
_NARROW: Final = 720
_STYLE: Final = "QTableView::item { padding: 4px 5px; }"  # with the 3 px of each item aligned with the header


@frozen
class Row:
    """A round. ``quiet`` is the number of earlier rounds that are in the same row, ``since`` the time of the first of
    them."""

    report: RoundReport
    quiet: int = 0
    since: datetime | None = None


def rows_of(rounds: Sequence[RoundReport]) -> tuple[Row, ...]:
    """Rounds, the newest first, put together into rows."""
    rows: list[Row] = []
    for report in rounds:
        if rows and _carried_nothing(report) == _carried_nothing(rows[-1].report) is not None:
            rows[-1] = replace(rows[-1], quiet=rows[-1].quiet + 1, since=report.at)
        else:
            rows.append(Row(report))
    return tuple(rows)


def _carried_nothing(report: RoundReport) -> str | None:
    """The note on a round that carried nothing; ``None`` for other rounds."""
    carried = report.pushed or report.pulled or report.bytes_sent + report.bytes_received > _PIECE  # pieces of a photo
    if report.by == "line" and report.end is not RoundEnd.CANCELLED and not carried:
        return note_words(report)
    return None


class RoundsModel(LinesModel):
    """Rounds, the newest first."""

    numbers = frozenset({2, 3, 5})

    def __init__(self) -> None:
        super().__init__()
        self._rounds: tuple[RoundReport, ...] = ()
        self._now: datetime | None = None
        self.titles = (
            self.tr("时间"),
            self.tr("结果"),
            self.tr("上行"),
            self.tr("下行"),
            self.tr("字节"),
            self.tr("用时"),
            self.tr("说明"),
        )

    def show_rounds(self, rounds: Sequence[RoundReport], now: datetime) -> None:
        """Other rounds; the same ones again change nothing."""
        if tuple(rounds) != self._rounds or self._now is None or self._now.date() != now.date():
            self._rounds, self._now = tuple(rounds), now
            self.show_lines(rows_of(rounds))

    def line(self, value: Row) -> Line:
        report, note = value.report, self.note(value)
        when = when_words(report.at, self._now or report.at)
        size = f"↑{size_words(report.bytes_sent)} ↓{size_words(report.bytes_received)}"
        texts = (
            f"{when}:{report.at:%S}",
            end_words(report),
            f"{report.pushed:,}",
            f"{report.pulled:,}",
            self.tr("U盘") if report.by == "stick" else size,
            seconds_words(report.seconds),
            note,
        )
        return Line("", texts, note, (1, "bad_text") if has_failed(report) else (-1, ""))

    def note(self, row: Row) -> str:
        """The note of a row."""
        said = note_words(row.report)
        if row.since is None:
            return said
        words = self.tr("{when} 以来 {count} 次都是这样。") if said else self.tr("{when} 以来 {count} 次，都没有新内容")
        count = words.format(when=when_words(row.since, self._now or row.since), count=f"{row.quiet + 1:,}")
        return f"{said} {count}".strip()


class RoundsTable(LinesTable):
    """Object name ``syncRounds``."""

    def __init__(self, *, parent: QWidget) -> None:
        model = RoundsModel()
        super().__init__(model=model, widths=_WIDTHS, parent=parent)
        self.rounds = model
        self.setObjectName("syncRounds")
        self.setAccessibleName(self.tr("最近的同步"))
        self.setStyleSheet(_STYLE)
        self.verticalHeader().setMinimumSectionSize(ROW_PX)
        self.horizontalHeader().setResizeContentsPrecision(0)  # the rows in sight; 500 take a third of a second
        self._soon = QTimer(self, singleShot=True, interval=0)  # after the columns have their widths
        self._soon.timeout.connect(self._wrap)
        self.rounds.modelReset.connect(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hides the bytes in a narrow window, so that notes have room."""
        super().resizeEvent(event)
        self.setColumnHidden(_BYTES, self.width() < _NARROW)
        self._soon.start()

    def _fit(self) -> None:
        """Widens the columns to their widest figure in sight, and to the largest counts of events wherever they stand;
        they never shrink, so nothing jumps."""
        reports, width = [row.report for row in self.rounds.values], self.fontMetrics().horizontalAdvance
        largest = {
            _PUSHED: max((report.pushed for report in reports), default=0),
            _PULLED: max((report.pulled for report in reports), default=0),
        }
        for section in range(len(_WIDTHS)):
            count = width(f"{largest[section]:,}") + _EDGES if section in largest else 0
            needed = max(self.sizeHintForColumn(section), count)
            self.setColumnWidth(section, max(self.columnWidth(section), needed))
        self._soon.start()

    def _wrap(self) -> None:
        """Gives rows with long notes several lines. Qt would measure all rows, which takes seconds at a switch of
        theme."""
        room, metrics = self.columnWidth(len(_WIDTHS)) - _EDGES, self.fontMetrics()
        for place, row in enumerate(self.rounds.values):
            note = self.rounds.note(row)
            if note and metrics.horizontalAdvance(note) > room:
                self.resizeRowToContents(place)
            elif self.rowHeight(place) != ROW_PX:
                self.setRowHeight(place, ROW_PX)
