"""The import page without a mouse: the way of Tab through it, and what is to be done next."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtWidgets import QWidget

from gridclient.services.import_order import Look
from gridclient.ui.importing.columns_panel import ColumnsPanel
from gridclient.ui.importing.file_panel import FilePanel
from gridclient.ui.importing.look_panel import LookPanel
from gridclient.ui.importing.result_panel import ResultPanel


def put_in_order(
    files: FilePanel, columns: ColumnsPanel, look: LookPanel, result: ResultPanel, buttons: Sequence[QWidget]
) -> None:
    """Tab goes down the left side, through what is shown of the file and along the buttons below."""
    order = (
        *(files.choose, files.templates, files.kind, files.sheet, files.list, *columns.fields.values()),
        *(look.table, *look.crs.choices.values(), look.crs.near, result.save, result.next, result.table),
        *buttons,
    )
    for before, after in pairwise(order):
        QWidget.setTabOrder(before, after)


def first_open(columns: ColumnsPanel, panel: LookPanel, look: Look) -> QWidget | None:
    """What a look at a file leaves to be chosen: a column that must be there, then the coordinate system."""
    missing = columns.first_missing() if look.preview is not None else None
    if missing is None and look.asks_crs and not panel.crs.value():
        return next(iter(panel.crs.choices.values()))
    return missing
