"""The dark bar at the top: whose room this is, the command bar, what is begun from here, the lamp, the account."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from gridclient.domain.roles import Actor
from gridclient.services.words import ROLES
from gridclient.ui.key_button import KeyButton
from gridclient.ui.theme import TOP_PX, tokens

_LAMP_PX = 9
_AT_THE_ACCOUNT = ("settings", "theme", "help", "quit")


class SyncLamp(QWidget):
    """Object name ``syncLamp``: is it safe to switch off? Green says that nothing waits to be sent."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("syncLamp")
        self._pending = 0
        self._words = QLabel(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(_LAMP_PX + 6, 0, 0, 0)
        line.addWidget(self._words)
        self.show_pending(0)

    @property
    def pending(self) -> int:
        return self._pending

    def show_pending(self, pending: int) -> None:
        """How many cases hold something that no other machine has."""
        self._pending = pending
        self._words.setText(self.tr("未上报 {count} 件").format(count=f"{pending:,}"))
        self.setAccessibleName(self._words.text())
        self.setToolTip(self.tr("只存在本机，联网后上报") if pending else self.tr("本机没有等待上报的案件"))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._words.sizeHint().width() + _LAMP_PX + 6, TOP_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().lamp_warn if self._pending else tokens().lamp_ok))
        painter.drawEllipse(0, (self.height() - _LAMP_PX) // 2, _LAMP_PX, _LAMP_PX)


class TopBar(QWidget):
    """Object name ``topBar``; its buttons and the menu at the account trigger the desk's actions."""

    def __init__(
        self,
        *,
        command: QWidget,
        actions: Mapping[str, QAction],
        actor: Actor,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(TOP_PX)
        self.room = QLabel(self)
        self.room.setProperty("role", "title")
        self.lamp = SyncLamp(self)
        who = self.tr("{role} · {account}").format(role=ROLES.get(actor.role, actor.role), account=actor.account)
        self.account = QPushButton(who, self)
        self.account.setProperty("kind", "account")
        self.account.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self.account)
        menu.addActions([actions[name] for name in _AT_THE_ACCOUNT])
        self.account.setMenu(menu)
        command.setParent(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(10)
        line.addWidget(self.room)
        line.addSpacing(6)
        line.addWidget(command, 8)
        line.addWidget(self._button(actions["register"], key="F3", icon="register"))
        line.addWidget(self._button(actions["import"]))
        line.addStretch(1)
        line.addWidget(self.lamp)
        line.addSpacing(4)
        line.addWidget(self.account)

    def show_room(self, name: str) -> None:
        """The room's name, as the county gave it."""
        self.room.setText(name)

    def _button(self, action: QAction, *, key: str = "", icon: str = "") -> KeyButton:
        button = KeyButton(action.text(), key=key, kind="bar", icon=icon, parent=self)
        button.setObjectName(f"button_{action.text()}")
        button.setEnabled(action.isEnabled())
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        action.enabledChanged.connect(button.setEnabled)
        button.clicked.connect(action.trigger)
        return button
