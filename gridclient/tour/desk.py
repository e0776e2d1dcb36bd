"""The stops at one desk: look, choose a grid, dispatch, register, search, use the command bar, open the import page."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from gridclient.services.rows import Box
from gridclient.tour.hands import Hands

_TEXT: Final = (
    "工单编号：RX20261121900001\n来电人：张某某 联系电话：13800000001\n事发地址：鲸园街道海滨路12号院\n"
    "诉求内容：市民反映该处工地夜间施工噪音扰民，持续至凌晨，希望尽快处理。"
)
_CONTROL: Final = Qt.KeyboardModifier.ControlModifier


def walk_desk(hands: Hands) -> None:
    """All these stops in order."""
    for stop in (_choose_grid, _dispatch, _register, _search, _command, _bring_in):
        stop(hands)


def first_to_dispatch(hands: Hands) -> str:
    """Opens the box 待派遣 and chooses its first case."""
    window, table = hands.window, hands.window.cases.table
    hands.click(window.boxes.buttons[Box.FILED])
    hands.until("filed", lambda: window.state.filter.box is Box.FILED and table.model().rowCount() > 0)
    hands.settle()
    table.setFocus()
    hands.key(Qt.Key.Key_Home, on=table)
    hands.until("case", lambda: bool(window.state.selected))
    hands.settle()
    return window.state.selected[0]


def dispatch_chosen(hands: Hands, case_id: str, picture: str = "") -> None:
    """Accepts the proposal by F2 and Enter."""
    queries = hands.app.opened.desk.queries
    hands.key(Qt.Key.Key_F2, on=hands.window)
    if picture:
        hands.picture(picture)
    hands.settle()
    hands.key(Qt.Key.Key_Return)
    hands.until("dispatched", lambda: queries.case(case_id).state.value != "filed")


def _choose_grid(hands: Hands) -> None:
    tree = hands.window.tree
    tree.setFocus()
    for key in (Qt.Key.Key_Home, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Return):
        hands.key(key, on=tree)
    hands.until("grid", lambda: bool(hands.window.state.filter.grid))
    hands.picture("grid")
    hands.clear()


def _dispatch(hands: Hands) -> None:
    dispatch_chosen(hands, first_to_dispatch(hands), "dispatch")
    hands.picture("dispatched")
    hands.clear()


def _register(hands: Hands) -> None:
    window = hands.window
    hands.key(Qt.Key.Key_F3, on=window)
    hands.until("intake", lambda: window.side.form is not None and window.side.form.isVisible())
    QGuiApplication.clipboard().setText(_TEXT)
    hands.key(Qt.Key.Key_V, _CONTROL)
    hands.picture("intake")
    hands.key(Qt.Key.Key_Escape)


def _search(hands: Hands) -> None:
    hands.key(Qt.Key.Key_F, _CONTROL, on=hands.window)
    QGuiApplication.clipboard().setText("噪音")
    hands.key(Qt.Key.Key_V, _CONTROL)
    hands.key(Qt.Key.Key_Return)
    hands.until("search", lambda: hands.window.state.filter.text == "噪音")
    hands.picture("search")
    hands.clear()


def _command(hands: Hands) -> None:
    hands.key(Qt.Key.Key_K, _CONTROL, on=hands.window)
    QTest.keyClicks(hands.focus, "zhzf")
    hands.picture("command")
    hands.key(Qt.Key.Key_Escape)


def _bring_in(hands: Hands) -> None:
    hands.window.actions_.trigger("import")
    pages = hands.window.pages
    hands.until("import", lambda: (page := pages.page("import")) is not None and page.isVisible())
    hands.picture("import")
    hands.key(Qt.Key.Key_Escape)
