"""Models that views share keep what Qt asks of a model, step by step."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from gridclient.ui.casework.attachments import FilesModel
from gridclient.ui.casework.case_view import AttachedFile
from gridclient.ui.help.page import GroupedTitles
from gridclient.ui.help.pages import page_of
from gridclient.ui.importing.file_view import FirstRowsModel
from gridclient.ui.lines_table import Line, LinesModel
from gridclient.ui.value_list import ValueList

PHOTO = AttachedFile("0" * 64, "张三13800001234.jpg", "近景", 2048)


def watched(model: QAbstractItemModel) -> QAbstractItemModelTester:
    return QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    return made


def test_a_list_becomes_another_and_is_told_that_its_words_changed_while_it_is_empty(owner: QWidget) -> None:
    made = ValueList[str](str, told=str, parent=owner)
    tester = watched(made)
    for values in ((), ("甲", "乙"), ("甲", "乙"), ("丙",), ()):
        made.show_values(values)
        made.words_changed()
        assert made.rowCount() == len(values)
    del tester


def test_files_are_shown_masked_and_plain_by_turns(owner: QWidget) -> None:
    made = FilesModel(parent=owner)
    tester = watched(made)
    for files, plain in (((), True), ((PHOTO,), False), ((PHOTO,), True), ((), False)):
        made.show_files(files, plain=plain)
    del tester


@pytest.mark.parametrize(("size", "words"), [(300, "300 B"), (2_048, "2.0 KB"), (5 << 20, "5.0 MB")])
def test_a_files_size_is_told_as_everywhere_else(owner: QWidget, size: int, words: str) -> None:
    made = FilesModel(parent=owner)
    made.show_files((replace(PHOTO, size=size),), plain=True)
    assert f"近景 {words}" in made.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_tables_become_others(owner: QWidget) -> None:
    lines, cells, titles = LinesModel(("时间", "结果"), owner), FirstRowsModel(owner), GroupedTitles()
    testers = [watched(model) for model in (lines, cells, titles)]
    for count in (2, 3, 0, 1):
        lines.show_lines([Line(str(number), ("14:32", "完成")) for number in range(count)])
        cells.show_rows(("编号", "标题"), tuple((number, ("1", "路灯不亮")) for number in range(count)))
        cells.show_uses({"标题": "标题"})
        titles.show_pages([page_of(name, "# 题") for name in ("operator", "hub")[:count]], {}, {"desk": "席位"})
        assert lines.rowCount() == cells.rowCount() == count
    del testers
