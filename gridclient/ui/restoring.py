"""Replaces the store by a backup between two desks, while a small window says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QEventLoop, Qt

from gridclient.domain.errors import GridClientError
from gridclient.services.error_text import sentence_of
from gridclient.ui.banner import Kind
from gridclient.ui.jobs import Jobs
from gridclient.ui.waiting import WaitingWindow

translate = QCoreApplication.translate
T = TypeVar("T")


def restored_from(file: Path, restore: Callable[[], Path | None]) -> tuple[str, Kind]:
    """Runs ``restore``, which returns where the old store lies now. Returns the sentence and the kind for the next
    desk's banner."""
    words = translate("Restore", "正在核对 {file}，无误后才替换现在的数据。案件多时要几分钟。")
    try:
        aside = wait_for(restore, title=translate("Restore", "正在恢复"), words=words.format(file=file.name))
    except GridClientError as error:
        return translate("Restore", "没有恢复：{why}").format(why=sentence_of(error)), "bad"
    words = translate("Restore", "已用 {file} 恢复，备份之后的登记和操作不在其中。原来的数据在 {aside}。")
    return words.format(file=file.name, aside=aside), "warn"


def wait_for(task: Callable[[], T], *, title: str, words: str) -> T:
    """Runs ``task`` on a thread of its own while a waiting window is open. Returns its result or raises its error."""
    window, loop = WaitingWindow(title, words), QEventLoop()
    jobs, results, failures = Jobs(), list[T](), list[GridClientError]()
    jobs.write(window, task, results.append, failures.append)
    jobs.busy_changed.connect(loop.quit, Qt.ConnectionType.QueuedConnection)
    window.show()
    loop.exec()
    jobs.close()
    window.end()
    if failures:
        raise failures[0]
    return results[0]
