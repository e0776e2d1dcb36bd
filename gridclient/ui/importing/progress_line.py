"""The progress of an import, the time left, and the button that stops it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from gridclient.services.import_findings import ImportPhase
from gridclient.ui.importing.present import progress_text, share_done
from gridclient.ui.key_button import KeyButton
from gridclient.ui.laid_out import across, label
from gridclient.ui.pace import Pace
from gridclient.ui.present import joined

_STEPS: Final = 1000


class ProgressLine(QWidget):
    """Signals:
    stop_wanted(): the operator does not want it any more.
    """

    stop_wanted = Signal()

    def __init__(self, *, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = ""
        self._pace = Pace()
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
        self._kind, self._pace = kind, Pace()
        self.bar.setRange(0, 0)
        self.words.setText(self.tr("正在打开文件…"))
        self.stop.setEnabled(True)
        self.stop.setToolTip("")
        self.show()

    def advance(self, phase: str, done: int, total: int | None) -> str:
        """Shows the progress and returns its words."""
        share = share_done(phase, done, total)
        self.bar.setRange(0, _STEPS if total else 0)
        self.bar.setValue(round(share * _STEPS))
        words = joined((progress_text(phase, done, total, kind=self._kind), self._pace.left(share, 1)))
        self.words.setText(words)
        if phase == ImportPhase.WRITING:  # from here on it cannot be stopped
            self.stop.setEnabled(False)
            self.stop.setToolTip(self.tr("已开始写入，会完整写完。"))
        return words

    def _on_stop(self) -> None:
        self.stop.setEnabled(False)
        self.words.setText(self.tr("正在取消…"))
        self.stop_wanted.emit()
