"""The help page: pages from the shipped folder, a search over all of them, no way out to the network."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.ui.help.page import HelpPage
from gridclient.ui.help.pages import found_in, keys_page, page_of, read_pages
from gridclient.ui.jobs import Jobs
from gridclient.ui.theme import LIGHT, apply_theme

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "help"


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication, jobs: Jobs) -> Iterator[HelpPage]:
    apply_theme(qapp, LIGHT)
    made = HelpPage(folder=FOLDER, jobs=jobs, keys=lambda: [("F2", "派遣"), ("", "没有键的")])
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made.isActiveWindow() and made.titles.rowCount() > 0, timeout=5_000)
    yield made
    made.close()


def test_the_operators_page_comes_first_and_the_keys_last(page: HelpPage) -> None:
    titles = page.titles.stringList()
    assert titles[0] == "席位使用说明"
    assert titles[-1] == "全部快捷键"
    assert "一件案件怎么走" in page.text.toPlainText()


def test_the_list_of_keys_holds_what_has_a_key() -> None:
    text = keys_page("键", ("键", "作用"), [("F2", "派遣"), ("", "没有键的")]).text
    assert "| **F2** | 派遣 |" in text
    assert "没有键的" not in text


def test_every_shipped_page_has_a_title() -> None:
    assert all(found.title != found.name for found in read_pages(FOLDER))


def test_a_page_without_a_title_is_called_by_its_name() -> None:
    assert page_of("notes", "only text").title == "notes"


def test_words_are_counted_in_all_pages() -> None:
    pages = [page_of("a", "# A\n备份 备份"), page_of("b", "# B")]
    assert found_in(pages, "备份") == {"a": 2, "b": 0}
    assert found_in(pages, "  ") == {"a": 0, "b": 0}


def test_the_search_goes_to_the_page_that_has_the_words(page: HelpPage) -> None:
    page.search.setFocus()
    QTest.keyClicks(page.search, "BD-09")
    assert page.titles.stringList()[page.list.currentIndex().row()].startswith("导入数据")
    assert page.text.textCursor().selectedText() == "BD-09"
    assert page.text.extraSelections()


def test_enter_goes_from_place_to_place_over_all_pages(page: HelpPage) -> None:
    page.search.setFocus()
    page.search.insert("恢复码")
    shown = set()
    for _ in range(12):
        shown.add(page.list.currentIndex().row())
        QTest.keyClick(page.search, Qt.Key.Key_Return)
    assert len(shown) >= 2


def test_escape_clears_the_search_first_and_leaves_then(page: HelpPage, qtbot: QtBot) -> None:
    page.search.setFocus()
    page.search.insert("备份")
    QTest.keyClick(page.search, Qt.Key.Key_Escape)
    assert page.search.text() == ""
    with qtbot.waitSignal(page.closed, timeout=5_000):
        QTest.keyClick(page.search, Qt.Key.Key_Escape)


def test_a_link_leads_to_a_page_of_help_and_nowhere_else(page: HelpPage) -> None:
    page.text.anchorClicked.emit(QUrl("backup.md"))
    assert "恢复码" in page.text.toPlainText()
    before = page.text.toPlainText()
    page.text.anchorClicked.emit(QUrl("https://example.org/importing.md"))
    assert page.text.toPlainText() == before
