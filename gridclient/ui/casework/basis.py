"""责任依据 and 关联: the standard that justifies the dispatch, and the cases that may be the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtWidgets import QWidget

from gridclient.services.rows import Likeness, StandardRow
from gridclient.ui.casework.fact_table import FactTable
from gridclient.ui.laid_out import down, label
from gridclient.ui.likeness_list import LikenessList
from gridclient.ui.present import joined
from gridclient.ui.scroll_area import ScrollArea


class BasisTab(ScrollArea):
    """The filing condition with its conditions, limit, units and the version in force."""

    def __init__(self) -> None:
        super().__init__()
        self.facts = FactTable()
        self.facts.setContentsMargins(12, 8, 12, 8)
        self.facts.setProperty("panel", "true")
        self.setWidget(self.facts)
        self.setWidgetResizable(True)

    def show_standard(self, row: StandardRow | None) -> None:
        if row is None:
            self.facts.show_facts([("", self.tr("还没有选定立案条件。立案时选定后，这里显示清单依据。"))])
            return
        since = self.tr("自 {date} 起").format(date=f"{row.valid_from:%Y-%m-%d}") if row.valid_from is not None else ""
        self.facts.show_facts(
            (
                (self.tr("类别"), joined((row.big_class, row.small_class))),
                (self.tr("立案条件"), row.filing_condition),
                (self.tr("结案条件"), row.closing_condition),
                (self.tr("处置时限"), row.limit_text),
                (self.tr("主体责任"), "、".join(row.units)),
                (self.tr("配合责任"), "、".join(row.cooperating)),
                (self.tr("清单"), row.list),
                (self.tr("清单编号"), row.code),
                (self.tr("版本"), joined((row.version, since))),
            )
        )


class RelatedTab(QWidget):
    """The list, or a word that there is nothing alike."""

    def __init__(self) -> None:
        super().__init__()
        self.list = LikenessList(parent=self)
        self._empty = label(self.tr("没有发现可能重复的案件。"), "muted")
        down(self._empty, (self.list, 1), on=self, edges=(8, 8, 8, 8), gap=6)
        self.list.hide()

    def show_likenesses(self, likenesses: Sequence[Likeness], now: datetime) -> None:
        self.list.show_likenesses(likenesses, now)
        self.list.setVisible(bool(likenesses))
        self._empty.setVisible(not likenesses)
