"""责任依据 and 关联: the standard that justifies the dispatch, and the cases that may be the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from gridclient.services.rows import Likeness, StandardRow
from gridclient.ui.likeness_list import LikenessList
from gridclient.ui.present import joined
from gridclient.ui.theme import tokens


class BasisTab(QScrollArea):
    """The filing condition with its conditions, limit, units and the version in force."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._standard: StandardRow | None = None
        self._text = QLabel()
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setWordWrap(True)
        self._text.setContentsMargins(12, 8, 12, 8)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._text.setProperty("panel", "true")
        self.setWidget(self._text)
        self.setWidgetResizable(True)

    @property
    def text(self) -> str:
        """What it says, without its look."""
        return "\n".join(f"{label} {words}" for label, words in self._rows())

    def show_standard(self, standard: StandardRow | None) -> None:
        self._standard = standard
        self._draw()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _rows(self) -> list[tuple[str, str]]:
        row = self._standard
        if row is None:
            return [("", self.tr("还没有选定立案条件。立案时选定后，这里显示清单依据。"))]
        since = f"{row.valid_from:%Y-%m-%d}" if row.valid_from is not None else ""
        rows = [
            (self.tr("类别"), joined((row.big_class, row.small_class))),
            (self.tr("立案条件"), row.filing_condition),
            (self.tr("结案条件"), row.closing_condition),
            (self.tr("处置时限"), row.limit_text),
            (self.tr("主体责任"), "、".join(row.units)),
            (self.tr("配合责任"), "、".join(row.cooperating)),
            (self.tr("清单"), row.list),
            (self.tr("清单编号"), row.code),
            (self.tr("版本"), joined((row.version, self.tr("自 {date} 起").format(date=since) if since else ""))),
        ]
        return [(label, words) for label, words in rows if words]

    def _draw(self) -> None:
        muted = tokens().muted
        rows = "".join(
            f'<tr><td style="color:{muted}; padding:2px 10px 2px 0; white-space:nowrap">{escape(label)}</td>'
            f'<td style="padding:2px 0">{escape(words)}</td></tr>'
            for label, words in self._rows()
        )
        self._text.setText(f"<table cellspacing=0>{rows}</table>")


class RelatedTab(QWidget):
    """The list, or a word that there is nothing alike."""

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = LikenessList(parent=self)
        self._empty = QLabel(self.tr("没有发现可能重复的案件。"), self)
        self._empty.setProperty("role", "muted")
        rows = QVBoxLayout(self)
        rows.setContentsMargins(8, 8, 8, 8)
        rows.addWidget(self._empty)
        rows.addWidget(self.list, 1)
        self.list.hide()

    def show_likenesses(self, likenesses: Sequence[Likeness], now: datetime) -> None:
        self.list.show_likenesses(likenesses, now)
        self.list.setVisible(bool(likenesses))
        self._empty.setVisible(not likenesses)
