"""The words of a case's cells: state, unit, number and the rest, as the list shows them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.services.rows import CaseRow, SortKey
from gridclient.services.words import CHANNELS
from gridclient.ui.present import state_word

translate = QCoreApplication.translate
NOBODY: Final = "—"


def unit_words(row: CaseRow) -> str:
    """The lead unit, with the number of those that cooperate."""
    if not row.unit_name or row.state in ("reported", "filed"):
        return NOBODY
    if row.cooperating:
        return translate("CaseList", "{unit} +{count}").format(unit=row.unit_name, count=row.cooperating)
    return row.unit_name


def level_words(row: CaseRow) -> str:
    return translate("CaseList", "{level}级").format(level=row.level)


PLAIN: Final[Mapping[SortKey, Callable[[CaseRow], str]]] = {
    SortKey.TITLE: lambda row: row.title,
    SortKey.LEVEL: level_words,
    SortKey.STATE: lambda row: state_word(row.state, returned=row.returned, escalated=row.escalated),
    SortKey.UNIT: unit_words,
    SortKey.CHANNEL: lambda row: CHANNELS.get(row.channel, row.channel),
    SortKey.GRID: lambda row: row.grid_name or NOBODY,
}
"""The words of every cell that does not change by the clock."""
