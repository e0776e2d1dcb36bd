"""A small window while there is no desk on the screen: what is going on, until it is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from gridclient.domain.errors import GridClientError
from gridclient.ui.jobs import Jobs
from gridclient.ui.laid_out import down, label

T = TypeVar("T")
_WIDTH, _EDGE = 460, 20


class WaitingWindow(QWidget):
    """Object name ``waitingWindow``. It goes when the work is over and not before."""

    def __init__(self, title: str, words: str) -> None:
        flags = Qt.WindowType.Window | Qt.WindowType.CustomizeWindowHint | Qt.WindowType.WindowTitleHint
        super().__init__(None, flags)
        self.setObjectName("waitingWindow")
        self.setWindowTitle(title)
        self.over = False
        self.words = label(words, wraps=True, parent=self)
        bar = QProgressBar(self)
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        down(self.words, bar, on=self, edges=(_EDGE, _EDGE, _EDGE, _EDGE), gap=12)
        self.setFixedWidth(_WIDTH)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.setAccepted(self.over)


def wait_for(task: Callable[[], T], *, title: str, words: str) -> T:
    """Runs ``task`` on a thread of its own while the window stands; gives or raises what it does."""
    window, loop = WaitingWindow(title, words), QEventLoop()
    jobs, results, failures = Jobs(), list[T](), list[GridClientError]()
    jobs.write(window, task, results.append, failures.append)
    jobs.busy_changed.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
    window.show()
    loop.exec()
    jobs.close()
    window.over = True
    window.close()
    window.deleteLater()
    if failures:
        raise failures[0]
    return results[0]
