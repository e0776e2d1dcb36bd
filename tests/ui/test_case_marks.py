"""The marks of a line of the case list: what has not gone to the hub."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QStyleOptionViewItem

from gridclient.services.rows import SortKey
from gridclient.ui.cases.columns import COLUMNS
from gridclient.ui.cases.delegate import CaseDelegate
from gridclient.ui.cases.model import CaseModel
from gridclient.ui.theme import ROW_PX
from tests.ui.fakes.invented_desk import NOW
from tests.ui.test_case_table import row

TITLE = next(place for place, column in enumerate(COLUMNS) if column.key is SortKey.TITLE)


def title_cell(**fields: Any) -> tuple[str, QImage]:
    """What the title of a line says on pointing at it, and how it is painted."""
    model = CaseModel(now=NOW)
    model.set_rows([row(1, **fields)], more=False)
    delegate = CaseDelegate(model=model, parent=model)
    delegate.begin(chosen=frozenset(), ratio=1.0)
    image = QImage(300, ROW_PX, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 300, ROW_PX)
    painter = QPainter(image)
    delegate.paint(painter, option, model.index(0, TITLE))
    painter.end()
    return str(model.index(0, TITLE).data(Qt.ItemDataRole.ToolTipRole)), image


def test_a_case_that_has_not_gone_is_marked_and_one_that_was_set_aside_otherwise(qapp: QApplication) -> None:
    gone, waiting, aside = title_cell(), title_cell(pending=True), title_cell(aside=True)
    assert gone[0] == "第 1 件"
    assert "未上报" in waiting[0] and "已搁置" not in waiting[0]
    assert "已搁置" in aside[0] and "联网后上报" not in aside[0]
    assert gone[1] != waiting[1] != aside[1] != gone[1]
    assert gone[1].copy(0, 0, 250, ROW_PX) == aside[1].copy(0, 0, 250, ROW_PX), "the mark stands at the right edge"


def test_a_case_with_steps_of_both_kinds_bears_the_mark_of_what_will_go_and_says_both(qapp: QApplication) -> None:
    said, image = title_cell(pending=True, aside=True)
    assert image == title_cell(pending=True)[1]
    assert "未上报" in said and "已搁置" in said
