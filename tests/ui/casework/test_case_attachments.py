"""附件: photos come by button, drop and clipboard; small images are made elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QSize, Qt, QTemporaryDir, QTimer, QUrl
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gridclient import start
from gridclient.app import App
from gridclient.composition import create_profile
from gridclient.domain.case import CaseFacts
from gridclient.ui.casework import attachments
from gridclient.ui.casework.attachments import SIDE, AttachmentsTab, name_outside, thumbnail
from gridclient.ui.casework.case_view import AttachedFile, load_view
from gridclient.ui.casework.panel import CasePanel
from gridclient.ui.jobs import Jobs
from tests.ui.casework.panel_keys import Show
from tests.ui.fakes.invented_desk import InventedDesk, empty_desk
from tests.ui.fakes.memory_files import InMemoryFiles, photo
from tests.ui.focus import shows_the_keyboard


@pytest.fixture
def made(tmp_path: Path) -> InventedDesk:
    desk = empty_desk()
    kept = tmp_path / "kept"
    kept.mkdir()
    return replace(desk, desk=replace(desk.desk, files=InMemoryFiles(kept)))


Opened = Callable[[], AttachmentsTab]


@pytest.fixture
def case_id(made: InventedDesk) -> str:
    return made.register("积水")


@pytest.fixture
def another(made: InventedDesk, jobs: Jobs, qtbot: QtBot) -> Opened:
    """The panel of the desk's next start."""

    def started() -> AttachmentsTab:
        tab = AttachmentsTab(desk=made.desk, jobs=jobs)
        qtbot.addWidget(tab)
        qtbot.waitUntil(lambda: not jobs.busy)
        return tab

    return started


@pytest.fixture
def tab(made: InventedDesk, case_id: str, jobs: Jobs, qtbot: QtBot) -> AttachmentsTab:
    shown = AttachmentsTab(desk=made.desk, jobs=jobs)
    qtbot.addWidget(shown)
    shown.show_view(load_view(made.desk, case_id))
    shown.show()
    return shown


def test_how_files_come_is_told_until_there_are_some(
    tab: AttachmentsTab, made: InventedDesk, case_id: str, tmp_path: Path, qtbot: QtBot
) -> None:
    """On a low screen its line stood where the photos' names should be."""
    told = next(label for label in tab.findChildren(QLabel) if "Ctrl+V" in label.text())
    assert told.isVisible()
    with qtbot.waitSignal(tab.attached):
        tab.attach([photo(tmp_path)])
    tab.show_view(load_view(made.desk, case_id))
    assert tab.list.isVisible() and not told.isVisible()


def test_a_file_is_kept_and_named_in_the_case(
    tab: AttachmentsTab, made: InventedDesk, case_id: str, tmp_path: Path, qtbot: QtBot
) -> None:
    tab.kind.setCurrentText("处置前")
    with qtbot.waitSignal(tab.attached):
        tab.attach([photo(tmp_path)])
    attached = made.store.attachments(case_id)[0]
    assert (attached["name"], attached["kind"]) == ("远处.png", "处置前")
    assert made.store.case(case_id).attachments == 1


def test_a_pasted_picture_is_attached(
    tab: AttachmentsTab, made: InventedDesk, case_id: str, tmp_path: Path, qtbot: QtBot
) -> None:
    QGuiApplication.clipboard().setImage(QImage(str(photo(tmp_path))))
    with qtbot.waitSignal(tab.attached):
        QTest.keyClick(tab, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert made.store.attachments(case_id)[0]["name"] == "20261120-143200.png"


def test_that_the_clipboard_holds_no_picture_is_said(tab: AttachmentsTab) -> None:
    QGuiApplication.clipboard().setText("华盛公寓11号楼")
    QTest.keyClick(tab, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert tab.note.text() == "剪贴板里没有图片或文件。"
    tab.resize(344, 500)
    tab.grab()
    assert tab.note.geometry().bottom() - tab.add_button.geometry().bottom() < 40  # beside the key that was meant


def test_without_files_the_tab_wants_no_room_from_what_stands_above_and_below_it(tab: AttachmentsTab) -> None:
    assert tab.sizeHint().height() < 120


def test_dropped_files_are_attached(
    tab: AttachmentsTab, made: InventedDesk, case_id: str, tmp_path: Path, qtbot: QtBot
) -> None:
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(photo(tmp_path)))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    drag = QDragEnterEvent(QPoint(5, 5), copy, dropped, left, none)
    QApplication.sendEvent(tab, drag)
    assert drag.isAccepted()
    with qtbot.waitSignal(tab.attached):
        QApplication.sendEvent(tab, QDropEvent(QPointF(5, 5), copy, dropped, left, none))
    assert made.store.case(case_id).attachments == 1


def test_what_is_no_picture_is_refused_in_place(
    tab: AttachmentsTab, made: InventedDesk, case_id: str, tmp_path: Path, qtbot: QtBot
) -> None:
    text = tmp_path / "readme.txt"
    text.write_text("x")
    tab.attach([text])
    qtbot.waitUntil(lambda: bool(tab.note.property("role") == "bad"))
    assert made.store.case(case_id).attachments == 0


def test_a_file_that_was_refused_is_still_told_when_the_others_are_kept(
    tab: AttachmentsTab, made: InventedDesk, case_id: str, tmp_path: Path, qtbot: QtBot
) -> None:
    text = tmp_path / "readme.txt"
    text.write_text("x")
    with qtbot.waitSignal(tab.attached):
        tab.attach([text, photo(tmp_path)])
    assert made.store.case(case_id).attachments == 1
    assert "readme.txt" in tab.note.text()


def test_a_small_image_keeps_its_proportions(made: InventedDesk, tmp_path: Path) -> None:
    files = made.desk.files
    kept = files.keep(photo(tmp_path), at=made.clock.now())
    assert thumbnail(files, kept.sha256).size() == QSize(SIDE, SIDE // 2)


def test_a_file_that_is_not_on_this_desk_has_no_image(made: InventedDesk) -> None:
    assert thumbnail(made.desk.files, "0" * 64).isNull()


def test_a_file_opens_under_the_name_it_came_with_and_no_longer_than_the_desk(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(attachments, "_show_outside", opened.append)
    profile, given = tmp_path / "desk", photo(tmp_path).rename(tmp_path / "照片.bat")
    create_profile(profile, county="371002", township="371002003", name="测试指挥室")

    def work(app: App) -> None:
        case_id = app.desk.register(CaseFacts(title="积水")).case_id
        tab = app.window.detail.top.attachments
        tab.show_view(load_view(app.desk, case_id))
        with qtbot.waitSignal(tab.attached):
            tab.attach([given])
        tab.show_view(load_view(app.desk, case_id))
        tab.list.doubleClicked.emit(tab.files.index(0))
        qtbot.waitUntil(lambda: bool(opened))
        assert opened[0].name == "照片.bat.png" and opened[0].read_bytes() == given.read_bytes()
        QTimer.singleShot(0, app.window, app.window.close)

    assert start.run(profile, made=work) == 0
    assert not opened[0].parent.parent.exists()


def test_what_a_killed_desk_had_opened_is_gone_after_its_next_start(
    another: Opened, made: InventedDesk, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(attachments, "_show_outside", opened.append)
    kept = made.desk.files.keep(photo(tmp_path), at=made.clock.now())
    tab = another()
    tab.files.show_values([AttachedFile(kept.sha256, kept.name, "", kept.size)])
    tab.list.doubleClicked.emit(tab.files.index(0))
    qtbot.waitUntil(lambda: bool(opened))
    assert opened[0].is_file()
    another()
    assert not opened[0].parent.parent.exists()


def test_a_file_opens_though_what_a_killed_desk_left_was_not_looked_for_yet(
    made: InventedDesk, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    monkeypatch.setattr(attachments, "_show_outside", opened.append)
    kept, settings = made.desk.files.keep(photo(tmp_path), at=made.clock.now()), made.desk.settings
    reading_ends = threading.Event()
    with closing(Jobs(readers=1)) as jobs:
        jobs.read(jobs, lambda: reading_ends.wait(30))
        tab = AttachmentsTab(desk=made.desk, jobs=jobs)
        qtbot.addWidget(tab)
        tab.files.show_values([AttachedFile(kept.sha256, kept.name, "", kept.size)])
        tab.list.doubleClicked.emit(tab.files.index(0))
        qtbot.waitUntil(lambda: bool(settings.value("desk.outside")))
        reading_ends.set()
        qtbot.waitUntil(lambda: not jobs.busy)
        assert [path.is_file() for path in opened] == [True]


@pytest.mark.parametrize("name", ["papers", "gridclient-x/../papers", "gridclient-papers/x"])
def test_no_folder_is_removed_that_the_desk_did_not_make(
    another: Opened, made: InventedDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A store that somebody else made, and that was restored here, may name any."""
    monkeypatch.setattr(attachments, "PLACE", tmp_path)
    for made_by_others in ("papers", "gridclient-x", "gridclient-papers/x"):
        (tmp_path / made_by_others).mkdir(parents=True)
    made.desk.settings.keep_value("desk.outside", str(tmp_path / name))
    another()
    assert (tmp_path / "papers").is_dir() and (tmp_path / "gridclient-papers" / "x").is_dir()


PAGE = b"BM<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("name", "content", "outside"),
    [
        ("现场.JPEG", b"\xff\xd8\xff\xe0", "现场.JPEG"),
        ('3:00 "西门"?.jpg', b"\xff\xd8\xff\xe0", "3_00 _西门__.jpg"),  # Windows takes none of these
        ("Aux.jpg", b"\xff\xd8\xff\xe0", "_Aux.jpg"),  # there it is a device
        ("com12.jpg", b"\xff\xd8\xff\xe0", "com12.jpg"),
        ("照片.bat", b"\x89PNG\r\n\x1a\n", "照片.bat.png"),
        ("回执.html", PAGE, "回执.html.bin"),  # begins as a BMP does
        ("回执.bmp", PAGE, "回执.bmp.bin"),
        ("图.svg", b"<!--0000WEBP--><svg xmlns='http://www.w3.org/2000/svg'/>", "图.svg.bin"),
    ],
)
def test_a_file_is_opened_as_what_it_is_and_not_as_what_it_is_called(name: str, content: bytes, outside: str) -> None:
    assert name_outside(name, content) == outside


def test_a_file_that_no_program_opens_is_told(
    made: InventedDesk, tab: AttachmentsTab, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with qtbot.waitSignal(tab.attached) as told:
        tab.attach([photo(tmp_path)])
    tab.show_view(load_view(made.desk, next(iter(told.args[1].cases))))
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    tab.list.doubleClicked.emit(tab.files.index(0))
    qtbot.waitUntil(lambda: "没有能打开它的程序" in tab.note.text())


def test_the_files_show_that_they_have_the_keyboard(tab: AttachmentsTab) -> None:
    tab.files.show_values([AttachedFile("a", "a.pdf", "", 1)])
    tab.list.show()
    assert shows_the_keyboard(tab.list)


def test_papers_and_photos_are_told_apart_and_stand_in_one_line(
    made: InventedDesk, tab: AttachmentsTab, tmp_path: Path
) -> None:
    files = made.desk.files
    kept = files.keep(photo(tmp_path), at=made.clock.now())
    model = tab.files
    model.show_values([AttachedFile(name, name, "", 1) for name in ("a.pdf", "b.PDF", "c.png", kept.sha256)])
    shown = [model.data(model.index(row), Qt.ItemDataRole.DecorationRole).pixmap(SIDE).toImage() for row in range(3)]
    assert shown[0] == shown[1] != shown[2]
    model.show_image(kept.sha256, thumbnail(files, kept.sha256))
    drawn = model.data(model.index(3), Qt.ItemDataRole.DecorationRole)
    assert drawn.actualSize(QSize(SIDE, SIDE)) == QSize(SIDE, SIDE)


def test_small_images_of_cases_looked_at_long_ago_are_let_go(tab: AttachmentsTab, tmp_path: Path) -> None:
    image = QImage(str(photo(tmp_path)))
    names = [f"{number:064x}" for number in range(103)]
    for name in names:
        tab.files.show_values([AttachedFile(name, "a.png", "", 1)])
        tab.files.show_image(name, image)
    tab.files.show_values([AttachedFile(name, "a.png", "", 1) for name in names])
    assert tab.files.missing() == names[:2]


def test_where_no_other_program_can_read_a_file_it_is_told_and_nothing_is_written(
    made: InventedDesk, tab: AttachmentsTab, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with qtbot.waitSignal(tab.attached) as told:
        tab.attach([photo(tmp_path)])
    (case_id,) = told.args[1].cases
    tab.show_view(load_view(made.desk, case_id))
    (here := tmp_path / "here").mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr(attachments, "QTemporaryDir", lambda _name: QTemporaryDir(str(tmp_path / "none" / "x")))
    monkeypatch.setattr(attachments, "_show_outside", lambda path: pytest.fail(f"shown: {path}"))
    tab.list.doubleClicked.emit(tab.files.index(0))
    qtbot.waitUntil(lambda: bool(tab.note.property("role") == "bad"))
    assert list(here.iterdir()) == []


def test_a_photo_that_others_or_this_desk_lack_is_marked(
    made: InventedDesk, tab: AttachmentsTab, case_id: str, tmp_path: Path, qtbot: QtBot
) -> None:
    files = made.desk.files
    assert isinstance(files, InMemoryFiles)
    with qtbot.waitSignal(tab.attached):
        tab.attach([photo(tmp_path)])

    def shown() -> str:
        tab.show_view(load_view(made.desk, case_id))
        return str(tab.files.index(0).data())

    assert shown() == "近景 远处.png"
    (name,) = files.paths
    files.waiting.add(name)
    assert shown() == "近景 远处.png\n仅在本机"
    files.paths.clear()
    assert shown() == "近景 远处.png\n尚未收到"
    assert "尚未收到" in tab.files.index(0).data(Qt.ItemDataRole.ToolTipRole)


def test_three_photos_stand_side_by_side_in_a_panel_as_it_comes(
    panel: CasePanel, made: InventedDesk, show: Show
) -> None:
    show(made.handling("积水"))
    tab = panel.top.attachments
    panel.top.tabs.setCurrentWidget(tab)
    tab.files.show_values([AttachedFile(f"{n:064}", f"现场{n}.jpg", "近景", 2048) for n in range(60)])
    tab.list.show()
    tab.list.doItemsLayout()
    assert tab.list.verticalScrollBar().maximum() > 0
    tops = [tab.list.visualRect(tab.files.index(n)).top() for n in range(4)]
    assert tops[0] == tops[1] == tops[2] < tops[3]
