"""One sentence above the list: an error and what to do about it, or what was just done. It replaces pop-ups.

It lies over the lower edge of the map, so that neither the list nor the map moves when it comes and goes. Where a page
covers the desk, it lies above the page's foot.
"""

from __future__ import annotations

from typing import Final, Literal

from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.services.error_text import sentence_of
from gridclient.services.rows import CaseFilter, FinishedImport
from gridclient.ui.icons import give_icon
from gridclient.ui.laid_out import across, label, panel
from gridclient.ui.theme import restyle

_INFO_MS: Final = 6_000
_MARGIN: Final = 8
Kind = Literal["bad", "warn", "info"]


class Banner(QWidget):
    """Object name ``banner``. Good news disappears by itself after 6 seconds, bad news when the operator closes it.

    Signals:
        cases_wanted(tuple[str, ...]): its button was pressed, which chooses the cases that it speaks of.
        list_wanted(CaseFilter): its button was pressed, which shows these cases.
        resized(): its words have changed, so it needs another size.
        escaped(): it was closed by Esc.
    """

    cases_wanted = Signal(object)
    list_wanted = Signal(object)
    resized = Signal()
    escaped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("banner")
        panel(self, "notice")
        self.words = label(wraps=True, parent=self)
        self.button = QPushButton(self)
        self.button.clicked.connect(self._on_button)
        self._cases: tuple[str, ...] = ()
        self._passing = False
        self._listed: CaseFilter | None = None
        self._close = QToolButton(self)
        give_icon(self._close, "close")
        self._close.setToolTip(self.tr("知道了"))
        self._close.clicked.connect(self.hide)
        self._leaving = QTimer(self, singleShot=True, interval=_INFO_MS)
        self._leaving.timeout.connect(self.hide)
        across((self.words, 1), self.button, self._close, on=self, edges=(12, 4, 6, 4), gap=6)
        self.hide()

    def tell_error(self, error: GridClientError) -> None:
        """Shows the sentence of an error; a cancelled job is no error."""
        if not isinstance(error, Cancelled):
            self.tell(sentence_of(error), "bad")

    def answer(self, words: str, kind: Kind) -> None:
        """Says what came of a key. That one step was refused is old when the next one is done; which of many were
        refused is not."""
        self.tell(words, kind, passing=kind != "warn")

    def tell_refused(self, words: str, case_ids: tuple[str, ...]) -> None:
        """Says which of several cases were refused and why, with a button that chooses them."""
        self.tell(words, "warn", button=self.tr("选中这些"))
        self._cases = case_ids

    def tell_imported(self, finished: FinishedImport) -> None:
        """Says that an import was finished at this start, with a button that shows its cases."""
        words = self.tr("上次没有写完的导入“{file}”已接着写完，共 {count} 件案件。")
        self.tell(words.format(file=finished.file, count=f"{finished.count:,}"), button=self.tr("看这些案件"))
        self._leaving.stop()
        self._listed = CaseFilter(imported=finished.cases)

    def tell(self, words: str, kind: Kind = "info", *, button: str = "", passing: bool = False) -> None:
        """Shows a sentence, and a button if that has a word. A ``passing`` sentence disappears when something else is
        done."""
        self._passing, self._listed = passing, None
        self.words.setText(words)
        self.setAccessibleName(words)
        self.button.setText(button)
        self.button.setVisible(bool(button))
        restyle(self, kind=kind)
        self.show()
        self.resized.emit()
        if kind == "info":
            self._leaving.start()
        else:
            self._leaving.stop()

    def pass_by(self) -> None:
        """Something was done: closes a passing sentence."""
        if self._passing:
            self.hide()

    def lie_in(self, room: QRect) -> None:
        """Takes the lower edge of ``room``, as high as the words need."""
        width = max(room.width() - 2 * _MARGIN, 1)
        height = self.heightForWidth(width)
        if height < 0:
            height = self.sizeHint().height()
        self.setGeometry(room.left() + _MARGIN, room.bottom() + 1 - height - _MARGIN, width, height)
        self.raise_()

    def _on_button(self) -> None:
        self.hide()
        if self._listed is None:
            self.cases_wanted.emit(self._cases)
        else:
            self.list_wanted.emit(self._listed)
