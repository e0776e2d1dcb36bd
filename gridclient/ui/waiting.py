"""Small windows that say what is going on while no desk is open."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import down, label
from gridclient.ui.pace import Pace
from gridclient.ui.present import joined

_WIDTH, _EDGE = 460, 20
_SHOWN_MS: Final = 400  # work that is over by then is not shown


class WaitingWindow(QWidget):
    """Object name ``waitingWindow``. The operator cannot close it; it closes when the work is over."""

    def __init__(self, title: str, words: str) -> None:
        flags = Qt.WindowType.Window | Qt.WindowType.CustomizeWindowHint | Qt.WindowType.WindowTitleHint
        super().__init__(None, flags)
        self.setObjectName("waitingWindow")
        self.setWindowTitle(title)
        self.over = False
        self.words = label(words, wraps=True, parent=self)
        self.bar = QProgressBar(self)
        self.bar.setRange(0, 0)
        self.bar.setTextVisible(False)
        self.lines = down(self.words, self.bar, on=self, edges=(_EDGE, _EDGE, _EDGE, _EDGE), gap=12)
        self.setFixedWidth(_WIDTH)

    def end(self) -> None:
        """Closes the window: the work is over."""
        self.over = True
        self.close()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self.over)


class CatchingUp(WaitingWindow):
    """Shown while a newer program rebuilds the store by its rules, if that takes longer than 0.4 s.

    Signals:
        left(): the operator does not want to wait; the next start goes on.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__(self.tr("正在更新数据"), "")
        self.figures = label(parent=self)
        self.leave = KeyButton(self.tr("退出，下次打开时接着整理"), parent=self)
        self.leave.clicked.connect(self._on_left)
        for part in (self.figures, self.leave):
            self.lines.addWidget(part)
        self._pace = Pace()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFocus()  # so that Enter does not press the button by accident
        QTimer.singleShot(_SHOWN_MS, self, self.show)

    def show_progress(self, done: int, of: int) -> None:
        """Shows how many cases of how many are done. With ``of`` 0 the work cannot be counted, and it cannot be
        left."""
        counted = of > 0
        self.words.setText(
            self.tr("程序更新后要把案件按新的规则整理一遍，只做这一次。中途退出不会丢数据。")
            if counted
            else self.tr("程序更新后要先备份，再改写数据，只做这一次。请不要关机。")
        )
        self.bar.setRange(0, of)
        self.bar.setValue(done)
        for part in (self.figures, self.leave):
            part.setVisible(counted)
        if counted:
            figures = self.tr("已整理 {done} / {of} 件").format(done=f"{done:,}", of=f"{of:,}")
            self.figures.setText(joined((figures, self._pace.left(done, of))))

    def _on_left(self) -> None:
        self.leave.setEnabled(False)
        self.left.emit()
