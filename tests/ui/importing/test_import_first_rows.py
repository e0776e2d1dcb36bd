"""The first rows of a file that is looked into, and the columns beside them."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from gridclient.services.import_order import ColumnGuess
from gridclient.ui.importing.columns_panel import ColumnsPanel
from gridclient.ui.importing.file_view import LookPanel
from gridclient.ui.quiet_combo import QuietCombo
from tests.ui.fakes.invented_desk import InventedDesk

LONG = "占道经营影响通行，群众多次反映，请尽快到场处置并回复"


def test_a_column_is_as_wide_as_its_widest_text_or_its_title(qtbot: QtBot, invented: InventedDesk) -> None:
    panel = LookPanel(data=invented.map_data)
    qtbot.addWidget(panel)
    rows = ((2, ("a", "路灯不亮", "1", LONG)), (3, ("iiiiiiii", "井盖", "2", "一")))
    panel.rows.show_rows(("甲", "标题", "紧急程度与办理时限", "说明"), rows)
    panel.show_uses({})
    metrics, widths = panel.table.fontMetrics(), [panel.table.columnWidth(column) for column in range(4)]
    assert widths[0] == 64
    assert metrics.horizontalAdvance("路灯不亮") + 10 < widths[1] < metrics.horizontalAdvance("路灯不亮") + 60
    assert metrics.horizontalAdvance("紧急程度与办理时限") < widths[2] < 240
    assert widths[3] == 240
    panel.show_uses({"甲": "上级平台编号"})  # the title tells whom it serves
    assert panel.table.columnWidth(0) > metrics.horizontalAdvance("甲 → 上级平台编号")


def test_another_file_takes_the_same_rows_and_what_it_does_not_need_is_hidden(qtbot: QtBot) -> None:
    panel, names = ColumnsPanel(), {"title": "标题", "address": "地址", "phone": "电话"}
    qtbot.addWidget(panel)
    guesses = [
        ColumnGuess("title", "主题", True),
        ColumnGuess("address", "", False),
        ColumnGuess("phone", "电话", False),
    ]
    panel.show_columns(guesses, ("主题", "电话"), names)
    panel.show()
    combo = panel.fields["title"]
    assert [panel.fields[field].isVisible() for field in names] == [True, True, True]
    panel.show_columns([ColumnGuess("title", "", True)], ("别的",), names)
    assert panel.fields == {"title": combo}
    assert panel._starred.isVisible()
    panel.show_columns([ColumnGuess("title", "", False)], ("别的",), names)
    assert not panel._starred.isVisible()
    panel.show_columns([ColumnGuess("title", "", True)], ("别的",), names)
    assert (combo.count(), combo.currentData(), panel.missing()) == (2, "", ["标题"])
    assert [row.isVisible() for row in panel.findChildren(QuietCombo)] == [True, False, False]


@pytest.mark.parametrize(("column", "begins"), [("wgbm", "按表头自动对好"), ("", "表头里没有认得的列")])
def test_columns_are_said_to_be_settled_only_where_the_header_was_known(qtbot: QtBot, column: str, begins: str) -> None:
    panel = ColumnsPanel()
    qtbot.addWidget(panel)
    panel.show_columns([ColumnGuess("code", column, True), ColumnGuess("name", "", False)], ("wgbm", "x"), {})
    assert panel.hint.text().startswith(begins)
