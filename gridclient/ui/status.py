"""The status line at the bottom of the window. It shows only figures that were counted."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from gridclient.services.rows import Box, GridFigures
from gridclient.ui.desk_lists import Totals
from gridclient.ui.laid_out import across, label

HEIGHT = 24
_TOLD_MS = 12_000


class StatusLine(QWidget):
    """Object name ``statusLine``. ``work`` shows the progress of an import."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statusLine")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.mode, self.figures, self.area, self.share, self.work = (label(role="muted", parent=self) for _ in range(5))
        self.told = label(parent=self)
        self._forgetting = QTimer(self, singleShot=True, interval=_TOLD_MS)
        self._forgetting.timeout.connect(self.told.clear)
        self._total: int | None = None
        self._open: int | None = None
        left = (self.mode, self.figures, self.area, self.share)
        across(*left, 1, self.told, self.work, on=self, edges=(12, 0, 12, 0), gap=18)
        self.mode.setText(self.tr("离线"))

    def show_figures(self, figures: Mapping[str, GridFigures]) -> None:
        """Shows the numbers of open and overdue cases."""
        whole = figures.get("")
        if whole is not None:
            self._open = whole.open
            overdue = whole.boxes.get(Box.OVERDUE, whole.overdue)
            self.area.setText(self.tr("超期 {count}").format(count=f"{overdue:,}") if overdue else "")
            self._show()

    def show_total(self, totals: Totals) -> None:
        """Shows the number of all cases on this machine, and the share of closed ones that the county did not have to
        settle. Source: DOMAIN.md §4, levels."""
        self._total = totals.cases
        self.share.clear()
        if totals.closed:
            below = totals.closed - totals.closed_above
            share = 1000 * below // totals.closed / 10  # never up to 100, nor to the 95 asked for
            self.share.setText(self.tr("三级以下办结 {share}%").format(share=f"{share:.1f}"))
            words = self.tr("已结 {closed} 件，其中 {below} 件在三级以下办结（四级闭环要求不低于 95%）")
            self.share.setToolTip(words.format(closed=f"{totals.closed:,}", below=f"{below:,}"))
        self._show()

    def tell(self, words: str) -> None:
        """Shows what was done last, for 12 seconds."""
        self.told.setText(words)
        self._forgetting.start()

    def _show(self) -> None:
        parts = []
        if self._total is not None:
            parts.append(self.tr("本机 {count} 件").format(count=f"{self._total:,}"))
        if self._open is not None:
            parts.append(self.tr("在办 {count}").format(count=f"{self._open:,}"))
        self.figures.setText(" · ".join(parts))
