"""While a backup is proved, or a newer program folds the cases again, there is no desk: a small window says so."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gridclient import start
from gridclient.composition import create_profile, open_desk
from gridclient.domain.case import CaseFacts
from gridclient.domain.errors import Cancelled, InvalidInput
from gridclient.store import folding_again
from gridclient.store.driver import Connection
from gridclient.store.schema import RULES, RULES_VALUE, has_todays_rules
from gridclient.store.settings import KEEP_VALUE, read_value
from gridclient.ui.restoring import wait_for
from gridclient.ui.waiting import CatchingUp, WaitingWindow


def test_a_window_says_what_goes_on_and_cannot_be_closed_before_it_is_over(qtbot: QtBot, look: None) -> None:
    seen, over = list[tuple[str, bool]](), threading.Event()

    def look_and_close() -> None:
        window = next(w for w in QApplication.topLevelWidgets() if isinstance(w, WaitingWindow))
        window.close()
        seen.append((window.words.text(), window.isVisible()))
        over.set()

    QTimer.singleShot(50, look_and_close)
    assert wait_for(lambda: over.wait(5), title="正在恢复", words="正在核对")
    assert seen == [("正在核对", True)]
    assert not any(w.isVisible() for w in QApplication.topLevelWidgets() if isinstance(w, WaitingWindow))


def test_what_goes_wrong_is_raised(qtbot: QtBot, look: None) -> None:
    def fail() -> None:
        raise InvalidInput("backup.missing", file="x")

    with pytest.raises(InvalidInput, match=r"backup\.missing"):
        wait_for(fail, title="正在恢复", words="正在核对")


def test_a_desk_whose_cases_a_newer_program_folds_again_says_how_far_it_is_and_can_be_left(
    tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, said, left = tmp_path / "desk", list[str](), threading.Event()
    create_profile(folder, county="371002", township="371002003", name="测试指挥室")
    with open_desk(folder) as opened:
        for title in ("路灯不亮", "井盖缺失"):
            opened.desk.register(CaseFacts(title=title))
        with opened.database.writer() as connection:
            connection.execute(KEEP_VALUE, (RULES_VALUE, "1"))
    fold_some = folding_again._fold_some

    def as_slow_as_many(connection: Connection, first: int) -> None:
        left.wait(30)
        fold_some(connection, first)

    def leave() -> None:
        window = next((w for w in QApplication.topLevelWidgets() if isinstance(w, CatchingUp)), None)
        if window is not None and window.isVisible() and not left.is_set():
            said.extend((window.words.text(), window.figures.text()))
            QTest.keyClick(window.leave, Qt.Key.Key_Return)
            left.set()

    monkeypatch.setattr(folding_again, "_AT_ONCE", 1)
    monkeypatch.setattr(folding_again, "_fold_some", as_slow_as_many)
    looking = QTimer(interval=20)
    looking.timeout.connect(leave)
    looking.start()
    with pytest.raises(Cancelled):
        start.run(folder, made=lambda _app: pytest.fail("nobody left"))
    looking.stop()
    assert "按新的规则整理一遍" in said[0]
    assert said[1] == "已整理 0 / 2 件"
    with open_desk(folder, read_only=True) as opened, opened.database.reader() as connection:
        assert read_value(connection, RULES_VALUE) == f"{RULES}@2"
    with open_desk(folder) as opened, opened.database.reader() as connection:
        assert has_todays_rules(connection)
