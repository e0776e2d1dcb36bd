"""The dark bar at the top: the room's name, the command bar, buttons, lamps, the account. Source: UX.md, main
screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from gridclient.domain.roles import AccountRole, Actor
from gridclient.services.words import ROLES
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, literal, tip
from gridclient.ui.theme import TOP_PX

_LEAST_NAME_PX: Final = 96
_COMMAND_PX: Final = 210  # with its hint and its key
_NAME_SHARE: Final = 3  # of the bar the name takes a third at most
_AT_THE_ACCOUNT = ("settings", "theme", "help", "quit")


class TopBar(QWidget):
    """Object name ``topBar``. Its buttons and the account's menu trigger actions of the desk."""

    def __init__(self, *, command: QWidget, lamp: QWidget, actions: Mapping[str, QAction], actor: Actor) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(TOP_PX)
        self.room = _RoomName(self, textFormat=Qt.TextFormat.PlainText)
        self.room.setProperty("role", "title")
        self.lamp = lamp
        self.account = QPushButton(literal(self._who(actor)), self)
        self.account.setProperty("kind", "account")
        self.account.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self.account)
        menu.addActions([actions[name] for name in _AT_THE_ACCOUNT])
        self.account.setMenu(menu)
        self._command = command
        for part in (command, lamp):
            part.setParent(self)
        self._buttons = (
            self._button(actions["register"], key="F3", icon="register"),
            self._button(actions["import"]),
        )
        room, right = across(self.room, edges=(0, 0, 6, 0)), across(self.lamp, self.account, gap=14)
        self._row = across(room, (command, 8), *self._buttons, 1, right, on=self, edges=(12, 0, 12, 0), gap=10)

    def stops(self) -> tuple[QWidget, ...]:
        """The widgets to which Tab goes after the command bar."""
        return (*self._buttons, self.lamp, self.account)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A long name leaves the command bar its room."""
        super().resizeEvent(event)
        others = self._row.sizeHint().width() - min(self.room.sizeHint().width(), self.room.maximumWidth())
        others += _COMMAND_PX - self._command.sizeHint().width()
        self.room.setMaximumWidth(max(_LEAST_NAME_PX, min(self.width() // _NAME_SHARE, self.width() - others)))

    def _who(self, actor: Actor) -> str:
        """The role and the person who has it. A unit is shown by its name alone, and so is a role for which nobody is
        named."""
        role, name = ROLES.get(actor.role, actor.role), actor.name or actor.account
        if actor.role is AccountRole.UNIT or name == role:
            return name
        return self.tr("{role} · {account}").format(role=role, account=name)

    def _button(self, action: QAction, *, key: str = "", icon: str = "") -> KeyButton:
        button = KeyButton(action.text(), key=key, kind="bar", icon=icon, parent=self)
        button.setEnabled(action.isEnabled())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        action.enabledChanged.connect(button.setEnabled)
        button.clicked.connect(action.trigger)
        return button


class _RoomName(QLabel):
    """The room's name. On a narrow screen it is shortened before anything else."""

    def minimumSizeHint(self) -> QSize:
        return QSize(_LEAST_NAME_PX, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        words = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(tip(self.text()) if words != self.text() else "")
        left, role = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, QPalette.ColorRole.WindowText
        self.style().drawItemText(QPainter(self), self.rect(), left.value, self.palette(), True, words, role)
