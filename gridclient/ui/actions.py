"""The actions of the desk: their words, keys and icons, and which of them are possible now.

What is possible follows from the chosen cases and the account's role. The window carries the actions out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QWidget

from gridclient.domain.case import OPEN_STATES, WITH_UNIT, CaseState
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import AccountRole, Action, may
from gridclient.services.rows import CaseRow
from gridclient.services.words import ACTIONS, ROLES
from gridclient.ui.icons import give_icon

translate = QCoreApplication.translate
TOGETHER: Final = {
    Action.SIGN: frozenset({"dispatched"}),
    Action.VERIFY: frozenset({"handled"}),
    Action.CLOSE: frozenset({"handled"}),
    Action.URGE: frozenset({"filed", "dispatched", "handling", "handled"}),
}
"""The actions that can be done to several cases at once, because nothing is asked for each case, with the states in
which a case takes part. Dispatch has its own panel."""
_OF_SEVERAL: Final = frozenset({*TOGETHER, Action.FILE, Action.DISPATCH})
_LEVELLED: Final = OPEN_STATES - {"handled"}
STATES_FOR: Final[Mapping[Action, frozenset[str]]] = {
    Action.FILE: frozenset({"reported"}),
    Action.DECLINE: frozenset({"reported"}),
    Action.DISPATCH: frozenset({"filed"}),
    Action.SIGN: WITH_UNIT | {"handled"},
    Action.FEED_BACK: frozenset({"handling", "handled"}),
    Action.VERIFY: WITH_UNIT | {"handled"},
    Action.CLOSE: frozenset({"handled"}),
    Action.RETURN: WITH_UNIT,
    Action.REASSIGN: WITH_UNIT,
    Action.URGE: OPEN_STATES,
    Action.ESCALATE: _LEVELLED,
    Action.DELEGATE: _LEVELLED,
    Action.AMEND: OPEN_STATES,
    Action.NOTE: frozenset(CaseState),
    Action.REOPEN: frozenset({"closed"}),
    Action.RATE: frozenset({"closed"}),
    Action.VOID: OPEN_STATES,
}
"""The states in which an action is offered. Whether it is possible is decided by the rules of the case."""
KEYS: Final = {
    Action.DISPATCH: "F2",
    Action.RETURN: "F4",
    Action.URGE: "F7",
    Action.VERIFY: "F8",
    Action.CLOSE: "F9",
}
_ICONS: Final = {
    Action.DISPATCH: "dispatch",
    Action.RETURN: "return",
    Action.URGE: "urge",
    Action.VERIFY: "verify",
    Action.CLOSE: "close_case",
    Action.AMEND: "edit",
    Action.NOTE: "note",
}
_ANYWHERE: Final = frozenset(
    {"help", "import", "settings", "sync", "conflicts", "offline", "theme", "quit", "register", "command_bar"}
)
_GROUPS: Final = (
    (Action.FILE, Action.DECLINE, Action.DISPATCH, Action.SIGN, Action.FEED_BACK, Action.VERIFY, Action.CLOSE),
    (Action.RETURN, Action.REASSIGN, Action.URGE, Action.ESCALATE, Action.DELEGATE),
    (Action.AMEND, Action.NOTE, Action.RATE, Action.REOPEN, Action.VOID),
)


@frozen
class Known:
    """An action in the list of keys and in the command bar."""

    name: str
    title: str
    key: str


def word_of(action: Action) -> str:
    """The word of an action on buttons and in menus."""
    short = {
        Action.FILE: translate("Actions", "立案"),
        Action.VERIFY: translate("Actions", "核查"),
        Action.FEED_BACK: translate("Actions", "反馈"),
    }
    return short.get(action) or ACTIONS[action]


def kept_from(role: AccountRole, action: Action) -> bool:
    """Whether the desk shows the action as one of the shift leader's: only to an operator who may not do it."""
    return role is AccountRole.OPERATOR and not may(role, action)


def kept_word(action: Action) -> str:
    """The word of an action that is shown but cannot be done here, with who does it."""
    return translate("Actions", "{action}（由{who}办理）").format(
        action=word_of(action), who=ROLES[AccountRole.SHIFT_LEADER]
    )


def desk_words() -> tuple[tuple[str, str, str, str], ...]:
    """The desk's own actions: name, word, key ("" for none), icon."""
    return (
        ("help", translate("Actions", "帮助与快捷键"), "F1", "help"),
        ("register", translate("Actions", "登记"), "F3", "register"),
        ("refresh", translate("Actions", "刷新与同步"), "F5", "refresh"),
        ("import", translate("Actions", "导入"), "Ctrl+I", "import"),
        ("sync", translate("Actions", "同步情况"), "Ctrl+Shift+S", "synced"),
        ("conflicts", translate("Actions", "处理冲突"), "Ctrl+Shift+X", "conflict"),
        ("offline", translate("Actions", "离线/恢复联网"), "", "offline"),
        ("undo", translate("Actions", "撤销上一步"), "Ctrl+Z", "undo"),
        ("command_bar", translate("Actions", "命令栏"), "Ctrl+K", "search"),
        ("search", translate("Actions", "在案件中查找"), "Ctrl+F", "search"),
        ("clear", translate("Actions", "清除筛选条件"), "Ctrl+Shift+F", "filter"),
        ("pane_grids", translate("Actions", "到网格树"), "Ctrl+1", "filter"),
        ("pane_map", translate("Actions", "到地图"), "Ctrl+2", "grid"),
        ("pane_cases", translate("Actions", "到案件列表"), "Ctrl+3", "case"),
        ("pane_detail", translate("Actions", "到案件详情"), "Ctrl+4", "info"),
        ("theme", translate("Actions", "切换浅色/深色"), "Ctrl+D", "theme"),
        ("settings", translate("Actions", "设置"), "Ctrl+,", "settings"),
        ("quit", translate("Actions", "退出"), "Ctrl+Q", "close"),
    )


class DeskActions(QObject):
    """The actions as ``QAction``. They belong to the window, so that their keys work everywhere in it.

    Signals:
        desk_wanted(str): one of the desk's own actions, by name.
        page_wanted(str): a part of the settings, as :meth:`Pages.show` takes it.
        case_wanted(Action): an action on the chosen cases.
        told(str, str): a sentence for the banner, and its kind.
    """

    desk_wanted = Signal(str)
    page_wanted = Signal(str)
    case_wanted = Signal(object)
    told = Signal(str, str)

    def __init__(self, *, role: AccountRole, parent: QWidget) -> None:
        super().__init__(parent)
        self._role, self._window = role, parent
        self.desk: dict[str, QAction] = {}
        self.case: dict[Action, QAction] = {}
        for name, word, key, icon in desk_words():
            made = self._make(word, key, icon)
            made.triggered.connect(lambda _=False, name=name: self.desk_wanted.emit(name))
            self.desk[name] = made
        for action in STATES_FOR:
            made = self._make(word_of(action), KEYS.get(action, ""), _ICONS.get(action, ""))
            made.triggered.connect(lambda _=False, action=action: self.case_wanted.emit(action))
            self.case[action] = made
        self._not_now = {action: self._make_answer(action) for action in KEYS}
        self._nothing_to_undo = QShortcut(self.desk["undo"].shortcut(), parent)
        self._nothing_to_undo.activated.connect(lambda: self.desk_wanted.emit("undo"))
        self.desk["register"].setEnabled(may(role, Action.AMEND))
        self.desk["import"].setEnabled(role is not AccountRole.AUDITOR)
        self._states: set[str] = set()
        self._contended = self._several = False
        self._undoable = self._resting = False
        self._free = {name for name, made in self.desk.items() if made.isEnabled()}
        self._allow()

    def allow_for(self, rows: Iterable[CaseRow]) -> None:
        """Enables the actions that are possible for at least one of these cases, which are the chosen ones."""
        rows = tuple(rows)
        self._states = {row.state for row in rows}
        self._several = len(rows) > 1
        self._contended = any(row.conflict for row in rows)
        self._allow()

    def allow_undo(self, possible: bool) -> None:
        """Says whether there is a step that can be undone."""
        self._undoable = possible
        self._allow()

    def allow_offline(self, possible: bool) -> None:
        """Says whether the desk has a line that can be switched off."""
        self._free = self._free | {"offline"} if possible else self._free - {"offline"}
        self._allow()

    def rest(self, resting: bool) -> None:
        """Disables the desk's actions while a page covers it, except those that open pages."""
        self._resting = resting
        self._allow()

    def _allow(self) -> None:
        for name, made in self.desk.items():
            possible = name in self._free and (name != "undo" or self._undoable)
            made.setEnabled(possible and (not self._resting or name in _ANYWHERE))
        self._nothing_to_undo.setEnabled(not self._undoable and not self._resting)
        for action, made in self.case.items():
            possible = may(self._role, action) and bool(self._states & STATES_FOR[action])
            possible = possible and (not self._several or action in _OF_SEVERAL)
            made.setEnabled(possible and not self._resting)
        for action, answer in self._not_now.items():
            answer.setEnabled(bool(self._states) and not self._resting and not self.case[action].isEnabled())

    def known(self) -> Sequence[Known]:
        """All actions for help and the command bar: function keys first, then other keys, then those without a key."""
        named = [(name, made) for name, made in self.desk.items()]
        named += [(action.value, made) for action, made in self.case.items()]
        found = [Known(name, made.text(), made.shortcut().toString()) for name, made in named]
        return sorted(found, key=lambda one: (not one.key.startswith("F"), not one.key, len(one.key), one.key))

    def key_list(self) -> tuple[tuple[str, str], ...]:
        """Each key with what it does."""
        return tuple((one.key, one.title) for one in self.known() if one.key)

    def trigger(self, name: str) -> None:
        """Carries out what the command bar chose. If it is not possible now, the case's panel or the banner says
        why."""
        made = self.desk.get(name) or self.case[Action(name)]
        if made.isEnabled():
            made.trigger()
        elif name not in self.desk and self._states:
            self.case_wanted.emit(Action(name))
        elif name == "undo":
            self.desk_wanted.emit(name)
        elif name in self.desk:
            self.told.emit(self.tr("现在不能“{action}”。").format(action=made.text()), "info")
        else:
            self.told.emit(self.tr("请先选择案件。"), "info")

    def show_menu(self, place: QPoint) -> None:
        """Opens the context menu at a place of the screen."""
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def menu(self) -> QMenu:
        """The context menu of the list: the actions that are possible, in groups, and those of the shift leader,
        disabled."""
        menu = QMenu(self._window)
        if self._contended:
            menu.addAction(self.desk["conflicts"])
            menu.addSeparator()
        for group in _GROUPS:
            menu.addActions([self.case[action] for action in group if self.case[action].isEnabled()])
            for action in group:
                if kept_from(self._role, action) and self._states & STATES_FOR[action] and not self._several:
                    menu.addAction(kept_word(action)).setEnabled(False)
            menu.addSeparator()
        menu.addActions([self.desk["undo"], self.desk["register"], self.desk["refresh"]])
        return menu

    def _make_answer(self, action: Action) -> QShortcut:
        """A second shortcut for the key of an action while that is disabled: the case's panel then says why."""
        answer = QShortcut(QKeySequence(KEYS[action]), self._window)
        answer.activated.connect(lambda: self.case_wanted.emit(action))
        return answer

    def _make(self, word: str, key: str, icon: str) -> QAction:
        made = QAction(word, self._window)
        if key:
            made.setShortcut(QKeySequence(key))
        if icon:
            give_icon(made, icon)
        self._window.addAction(made)
        return made
