"""Between two desks: a backup takes the store's place while a small window says what is going on, until it is over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from gridclient.domain.errors import GridClientError
from gridclient.services.error_text import sentence_of
from gridclient.ui.banner import Kind
from gridclient.ui.jobs import Jobs
from gridclient.ui.laid_out import down, label
from gridclient.ui.main_window import MainWindow

translate = QCoreApplication.translate
T = TypeVar("T")
_WIDTH, _EDGE = 460, 20


def restored_from(file: Path, restore: Callable[[], Path | None]) -> tuple[str, Kind]:
    """Waits for ``restore``, which gives where the old store lies now; gives what the next desk's banner says."""
    words = translate("Restore", "正在核对 {file}，无误后才替换现在的数据。案件多时要几分钟。")
    try:
        aside = wait_for(restore, title=translate("Restore", "正在恢复"), words=words.format(file=file.name))
    except GridClientError as error:
        return translate("Restore", "没有恢复：{why}").format(why=sentence_of(error)), "bad"
    words = translate("Restore", "已用 {file} 恢复，备份之后的登记和操作不在其中。原来的数据在 {aside}。")
    return words.format(file=file.name, aside=aside), "warn"


def tell_restored(window: MainWindow, words: str, kind: Kind) -> None:
    """The desk that opens says what it stands on now, until somebody goes on working."""
    window.banner.tell(words, kind, passing=True)
    for done in (window.batch.done, window.pane.news.changes, window.side.registered):
        done.connect(window.banner.pass_by)


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
