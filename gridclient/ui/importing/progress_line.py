"""The progress of an import, the time left, and the button that stops it."""

from __future__ import annotations

import time
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from gridclient.services.import_findings import ImportPhase
from gridclient.ui.importing.present import progress_text, share_done
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, label

_STEPS: Final = 1000
_SURE_AFTER_S: Final = 1.0
_SURE_FROM: Final = 0.03


class ProgressLine(QWidget):
    """Signals:
    stop_wanted(): the operator does not want it any more.
    """

    stop_wanted = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ""
        self._started: float | None = None
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setMinimumWidth(160)
        self.words = label(parent=self)
        self.stop = KeyButton(self.tr("取消"), parent=self)
        self.stop.clicked.connect(self._on_stop)
        across((self.bar, 1), self.words, self.stop, on=self, gap=12)
        self.hide()

    def begin(self, kind: str) -> None:
        """An import begins; its size is not known yet."""
        self._started, self._kind = None, kind
        self.bar.setRange(0, 0)
        self.words.setText(self.tr("正在打开文件…"))
        self.stop.setEnabled(True)
        self.stop.setToolTip("")
        self.show()

    def advance(self, phase: str, done: int, total: int | None) -> str:
        """Shows the progress and returns its words."""
        if self._started is None:  # the time for opening the file is not counted
            self._started = time.monotonic()
        share, elapsed = share_done(phase, done, total), time.monotonic() - self._started
        self.bar.setRange(0, _STEPS if total else 0)
        self.bar.setValue(round(share * _STEPS))
        sure = elapsed > _SURE_AFTER_S and share > _SURE_FROM
        words = progress_text(phase, done, total, elapsed * (1 - share) / share if sure else None, kind=self._kind)
        self.words.setText(words)
        if phase == ImportPhase.WRITING:  # from here on it cannot be stopped
            self.stop.setEnabled(False)
            self.stop.setToolTip(self.tr("已开始写入，会完整写完。"))
        return words

    def _on_stop(self) -> None:
        self.stop.setEnabled(False)
        self.words.setText(self.tr("正在取消…"))
        self.stop_wanted.emit()
