"""The help page: pages from the shipped folder, a search over all of them, no way out to the network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient.ui.help.page import HelpPage
from gridclient.ui.help.pages import GROUPS, found_in, in_order, keys_page, page_of, read_book
from gridclient.ui.help.pictures import COLOUR, painted, themed
from gridclient.ui.jobs import Jobs
from gridclient.ui.theme import DARK, LIGHT, Tokens, apply_theme, tokens
from tests.ui.focus import shows_the_keyboard

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "help"


@pytest.fixture
def page(qtbot: QtBot, qapp: QApplication, jobs: Jobs) -> Iterator[HelpPage]:
    apply_theme(qapp, LIGHT)
    made = HelpPage(folder=FOLDER, jobs=jobs, keys=[("F2", "派遣"), ("", "没有键的")])
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(lambda: made.isActiveWindow() and made.titles.rowCount() > 0)
    yield made
    made.close()


def titles_by_group(page: HelpPage) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    group = ""
    for name, title in zip(page.rows.pages, page.titles.stringList(), strict=True):
        group = group if name else title
        if name:
            found.setdefault(group, []).append(title)
    return found


def test_pages_stand_in_groups_in_the_order_of_reading(page: HelpPage) -> None:
    groups = titles_by_group(page)
    assert list(groups) == ["席位", "同步", "县级管理"]
    assert groups["席位"] == ["席位使用说明", "导入数据", "备份与恢复", "全部快捷键"]
    assert [title[0] for title in groups["同步"]] == ["①", "②", "③", "④", "⑤"]
    assert groups["县级管理"] == ["同步中心"]


def test_what_has_the_keyboard_shows_it(page: HelpPage) -> None:
    assert [part for part in (page.list, page.text, page.search) if not shows_the_keyboard(part)] == []


def test_a_narrow_page_wraps_its_words_and_tables_and_a_wide_one_stays_readable(page: HelpPage, qtbot: QtBot) -> None:
    page.open_page("operator")
    for width in (1366 * 2 // 3, 1920):  # a common screen at one and a half times its size, and a large one
        page.resize(width, 600)
        qtbot.waitUntil(lambda: page.text.horizontalScrollBar().maximum() == 0)
        assert page.text.document().size().width() <= 860


def test_the_operators_page_is_open_at_first(page: HelpPage) -> None:
    assert page.rows.page_at(page.list.currentIndex().row()) == "operator"
    assert "一件案件怎么走" in page.text.toPlainText()


def test_the_arrow_keys_pass_the_name_of_a_group(page: HelpPage) -> None:
    page.open_page("keys")
    page.list.setFocus()
    QTest.keyClick(page.list, Qt.Key.Key_Down)
    assert page.rows.page_at(page.list.currentIndex().row()) == "sync-1-events"


def test_a_page_in_no_group_stands_behind_the_others() -> None:
    pages = in_order([page_of("zebra", "# Z"), page_of("hub", "# H"), page_of("operator", "# O")])
    assert [found.name for found in pages] == ["operator", "hub", "zebra"]
    assert pages[-1].group == ""


def test_every_named_page_is_shipped() -> None:
    named = {name for names in GROUPS.values() for name in names} - {"keys"}
    assert named == {found.name for found in read_book(FOLDER).pages}


def test_links_and_pictures_of_shipped_pages_lead_somewhere() -> None:
    for found in read_book(FOLDER).pages:
        for target in re.findall(r"\]\(([^)]*)\)", found.text):
            assert (FOLDER / target).is_file(), f"{found.name} names {target}"


def test_drawings_hold_only_colours_that_the_themes_know() -> None:
    known = {str(getattr(LIGHT, field.name)).upper() for field in fields(Tokens) if field.name != "name"}
    pictures = read_book(FOLDER).pictures
    assert len(pictures) == 5
    for name, svg in pictures.items():
        assert {colour.upper() for colour in COLOUR.findall(svg)} <= known, name


def test_a_drawing_takes_the_colours_of_the_theme(qapp: QApplication) -> None:
    ground = f'<rect width="8" height="8" fill="{LIGHT.bad}"/>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8">{ground}</svg>'
    assert painted(svg, LIGHT, ratio=1.0).pixelColor(4, 4).name().upper() == LIGHT.bad.upper()
    assert painted(svg, DARK, ratio=1.0).pixelColor(4, 4).name().upper() == DARK.bad.upper()
    assert painted(svg, LIGHT, ratio=2.0).width() == 16
    assert LIGHT.bad not in themed(svg, DARK)


def test_pages_on_synchronisation_show_their_drawings_within_the_text(page: HelpPage) -> None:
    for name in GROUPS["sync"]:
        page.open_page(name)
        shown = page.text.document()
        blocks = [shown.findBlockByNumber(number) for number in range(shown.blockCount())]
        rooms = [shown.documentLayout().blockBoundingRect(block) for block in blocks if "\ufffc" in block.text()]
        (room,) = rooms
        assert room.height() > 200, name
        assert room.right() <= page.text.lineWrapColumnOrWidth(), name


def test_a_switch_of_theme_paints_the_drawings_again(page: HelpPage, qapp: QApplication) -> None:
    page.open_page("sync-1-events")
    page.text.verticalScrollBar().setValue(40)
    before = page.text.viewport().grab().toImage()
    apply_theme(qapp, DARK)
    QApplication.processEvents()
    after = page.text.viewport().grab().toImage()
    assert page.text.verticalScrollBar().value() == 40
    colours = {after.pixelColor(x, y).name().upper() for x in range(0, 700, 3) for y in range(60, 300, 3)}
    assert DARK.alternate.upper() in colours
    assert LIGHT.alternate.upper() not in colours
    assert after != before


def test_a_hidden_page_takes_the_colours_of_the_theme_when_it_is_seen_again(
    page: HelpPage, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.open_page("sync-1-events")
    written: list[str] = []

    def write() -> None:
        written.append(tokens().name)
        HelpPage._write(page)

    monkeypatch.setattr(page, "_write", write)
    page.hide()
    apply_theme(qapp, DARK)
    QApplication.processEvents()
    assert written == []
    page.show()
    apply_theme(qapp, LIGHT)
    assert written == ["dark", "light"]


def test_titles_are_larger_than_the_text_and_commands_stand_on_a_ground(page: HelpPage) -> None:
    page.open_page("backup")
    shown = page.text.document()
    blocks = [shown.findBlockByNumber(number) for number in range(shown.blockCount())]
    begun = {block.text(): block.begin().fragment().charFormat().font().pixelSize() for block in blocks if block.text()}
    assert (begun["备份与恢复"], begun["恢复"]) == (18, 15)
    command = next(block for block in blocks if block.text().startswith("gridclient --profile"))
    assert command.blockFormat().background().color().name().upper() == LIGHT.window.upper()


def test_nothing_but_the_shipped_drawings_is_shown(page: HelpPage) -> None:
    image = QTextDocument.ResourceType.ImageResource.value
    assert page.text.loadResource(image, QUrl("sync-1-events.svg")) is not None
    assert page.text.loadResource(image, QUrl("https://example.org/other.svg")) is None
    assert page.text.loadResource(image, QUrl("file:///etc/hostname")) is None


def test_the_list_of_keys_holds_what_has_a_key() -> None:
    text = keys_page("键", ("键", "作用"), [("F2", "派遣"), ("", "没有键的")]).text
    assert "| **F2** | 派遣 |" in text
    assert "没有键的" not in text


def test_every_shipped_page_has_a_title() -> None:
    assert all(found.title != found.name for found in read_book(FOLDER).pages)


def test_a_page_without_a_title_is_called_by_its_name() -> None:
    assert page_of("notes", "only text").title == "notes"


def test_words_are_counted_in_all_pages() -> None:
    pages = [page_of("a", "# A\n备份 备份"), page_of("b", "# B\n![备份的图](备份.svg) [看](备份.md)")]
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
    with qtbot.waitSignal(page.closed):
        QTest.keyClick(page.search, Qt.Key.Key_Escape)


def test_a_link_leads_to_a_page_of_help_and_nowhere_else(page: HelpPage) -> None:
    page.text.anchorClicked.emit(QUrl("backup.md"))
    assert "恢复码" in page.text.toPlainText()
    before = page.text.toPlainText()
    page.text.anchorClicked.emit(QUrl("https://example.org/importing.md"))
    assert page.text.toPlainText() == before


def test_from_where_a_link_led_a_key_goes_back_to_the_place_of_the_link(page: HelpPage) -> None:
    page.text.setFocus()
    for key in (Qt.Key.Key_Tab, Qt.Key.Key_Return):  # the first link stands below the edge
        QTest.keyClick(page.text, key)
    assert page.text.toPlainText().startswith("导入数据") and page.back.isVisible()
    assert page.text.verticalScrollBar().value() == 0
    QTest.keyClick(page.text, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert page.text.toPlainText().startswith("席位使用说明") and not page.back.isVisible()
    assert page.text.verticalScrollBar().value() > 0
    assert page.text.hasFocus()


def test_what_is_said_of_synchronisation_is_found(page: HelpPage) -> None:
    page.search.setFocus()
    page.search.insert("换新起点")
    assert page.rows.page_at(page.list.currentIndex().row()) == "sync-5-trust"
    assert page.text.textCursor().selectedText() == "换新起点"
