"""The look into the chosen file: read in the worker process, shown in the page's panels. Only the latest one counts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QTimer, Signal

from gridclient.domain.errors import Cancelled, GridClientError
from gridclient.services.desk import Desk
from gridclient.services.import_order import ColumnChoice, ImportOrder, Look, LookOrder
from gridclient.ui.importing.columns_panel import PLACING, ColumnsPanel
from gridclient.ui.importing.file_panel import FilePanel
from gridclient.ui.importing.file_view import FileView
from gridclient.ui.importing.whereabouts import lies_elsewhere
from gridclient.ui.inline_note import InlineNote
from gridclient.ui.jobs import Jobs
from gridclient.ui.window_memory import texts_in

_ROWS_A_TURN, _LIKELY_ROWS = 6, 24
_MEMORY: Final = "import.columns."
"""The setting with this name and a header's fingerprint keeps the columns that were chosen for it."""
ReadPreview = Callable[..., Look]
"""``(report, order)``, for the worker process."""


class Looking(QObject):
    """Looks again when another kind, sheet or place column is chosen.

    Signals:
        asked(): a look has begun.
        seen(bool): it is known what is in the file; ``True`` if it was looked into again.
        unreadable(): the file cannot be read.
        changed(): other columns were chosen.

    Attributes:
        file: the chosen file.
        look: what is in it; ``None`` until that is known.
    """

    asked = Signal()
    seen = Signal(bool)
    unreadable = Signal()
    changed = Signal()

    def __init__(
        self,
        *,
        desk: Desk,
        jobs: Jobs,
        read_preview: ReadPreview,
        files: FilePanel,
        columns: ColumnsPanel,
        view: FileView,
        note: InlineNote,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._desk, self._jobs, self._read_preview = desk, jobs, read_preview
        self._files, self._columns, self._view, self._note = files, columns, view, note
        self.file: Path | None = None
        self.look: Look | None = None
        self._count = 0
        self._stop: Callable[[], None] | None = None
        self._files.asked.connect(self._ask)
        self._columns.changed.connect(self._on_column_changed)

    @property
    def is_under_way(self) -> bool:
        """Whether an answer is still to come."""
        return self._stop is not None

    def open(self, path: Path) -> None:
        """Looks into a file; its kind is guessed."""
        self.file = path
        self._columns.hide()
        self._ask("", "")

    def order(self, *, dry_run: bool) -> ImportOrder:
        """The order to import the file as it is chosen now. Raises ``ValueError`` if it is not known what is in it."""
        if self.file is None or self.look is None:
            raise ValueError("nothing was looked into")
        chosen = self._columns.differing() if self.look.preview is not None else {}
        return ImportOrder(
            kind=self.look.kind,
            file=self.file,
            crs=self._view.look.crs.value() if self.look.asks_crs else None,
            sheet=self._files.chosen_sheet() or None,
            mapping=ColumnChoice(chosen) if chosen else None,
            dry_run=dry_run,
            list_name=self._files.chosen_list(),
        )

    def remember(self) -> None:
        """Keeps the chosen columns for the next file with this header."""
        preview = self.look.preview if self.look is not None else None
        if preview is not None:
            name, chosen = _MEMORY + preview.fingerprint, self._columns.differing()
            text = json.dumps(chosen, ensure_ascii=False) if chosen else ""
            self._jobs.write(self, lambda: self._desk.settings.keep_value(name, text))

    def _ask(self, kind: str, sheet: str, mapping: ColumnChoice | None = None) -> None:
        """Looks into the file; a look that is under way is cancelled."""
        if self.file is None:
            return
        if self._stop is not None:
            self._stop()
        self._count += 1
        number, self.look = self._count, None
        if mapping is None:  # else rows or results of the previous file would be shown
            self._view.show_nothing()
        self._note.clear()
        self._files.show_file(self.file)
        self._stop = self._jobs.in_process(
            self,
            self._read_preview,
            LookOrder(self.file, kind, sheet or None, mapping),
            done=lambda look: self._on_look(look, number, sheet, mapping, again=bool(kind or mapping)),
            failed=lambda error: self._on_look_failed(error, number, kind),
        )
        counts = range(_ROWS_A_TURN, _LIKELY_ROWS + 1, _ROWS_A_TURN)
        rows = (partial(self._columns.make_rows, count) for count in counts)
        QTimer.singleShot(0, self, partial(self._make_ready, (self._view.make_look, *rows)))
        self.asked.emit()

    def _make_ready(self, parts: Sequence[Callable[[], None]]) -> None:
        """Makes the widgets for the answer while the file is read, one part in each turn of the event loop."""
        if parts:
            parts[0]()
            QTimer.singleShot(0, self, partial(self._make_ready, parts[1:]))

    def _on_look(self, look: Look, number: int, sheet: str, mapping: ColumnChoice | None, *, again: bool) -> None:
        if number != self._count:
            return
        self.look, self._stop = look, None
        self._files.show_look(look, sheet)
        self._jobs.read(self, partial(_list_names, self._desk), self._files.offer_lists, name="lists")
        self._view.show_look(look)
        judge = partial(lies_elsewhere, self._desk.map_data, look)
        self._jobs.read(self, judge, partial(self._on_judged, look), name="whereabouts")
        preview = look.preview
        self._columns.setVisible(preview is not None)
        if preview is not None:
            if mapping is None:
                self._columns.show_columns(preview.columns, preview.titles, look.titles)
                self._recall(number, preview.fingerprint)
            self._view.look.show_uses(self._columns.uses())
        self.seen.emit(again)

    def _on_judged(self, look: Look, is_elsewhere: bool) -> None:
        if is_elsewhere and look is self.look:
            self._view.look.say_elsewhere()

    def _recall(self, number: int, fingerprint: str) -> None:
        """Sets the columns that were chosen for this header before."""

        def apply(text: str) -> None:
            kept = texts_in(text)
            if number != self._count or not kept:
                return
            self._columns.apply(kept)
            self._note.say(self.tr("列对应沿用上次为这种表头选的。"))
            self._show_columns(PLACING & set(kept))

        self._jobs.read(self, lambda: self._desk.settings.value(_MEMORY + fingerprint), apply, name="columns")

    def _on_look_failed(self, error: GridClientError, number: int, kind: str) -> None:
        if number != self._count or isinstance(error, Cancelled):
            return
        self._stop = None
        self._files.show_problem(kind)
        self._columns.hide()
        self._view.show_unreadable()
        self._note.say_error(error)
        self.unreadable.emit()

    def _on_column_changed(self, field: str) -> None:
        self._view.show_look_again()
        self._show_columns(PLACING & {field})

    def _show_columns(self, placing: set[str] | frozenset[str]) -> None:
        self._view.look.show_uses(self._columns.uses())
        if placing and self.look is not None:
            self._ask(self.look.kind, self._files.chosen_sheet(), ColumnChoice(self._columns.differing()))
        self.changed.emit()


def _list_names(desk: Desk) -> tuple[str, ...]:
    return tuple({row.list for row in desk.reference.standards()})
