"""The columns of the list: their titles, widths and sort keys, and the words of their cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.domain.frozen import frozen
from gridclient.services.rows import CaseRow, SortKey
from gridclient.services.words import CHANNELS
from gridclient.ui.present import level_word, state_word

translate = QCoreApplication.translate
_NOBODY: Final = "—"


@frozen
class Column:
    """``width`` is in pixels; 0 takes the room that is left. ``shown`` says whether the column is visible by default.
    ``gives_way`` is its turn to be hidden in a narrow list; 0 is never."""

    key: SortKey
    width: int
    shown: bool = True
    gives_way: int = 0


COLUMNS: Final = (
    Column(SortKey.NUMBER, 118),
    Column(SortKey.TITLE, 0),
    Column(SortKey.LEVEL, 58, gives_way=2),
    Column(SortKey.STATE, 84, gives_way=6),
    Column(SortKey.UNIT, 118, gives_way=5),
    Column(SortKey.DUE, 122),
    Column(SortKey.CHANNEL, 70, gives_way=1),
    Column(SortKey.GRID, 118, shown=False, gives_way=4),
    Column(SortKey.REGISTERED, 96, shown=False, gives_way=3),
)
PLACES: Final = {column.key: place for place, column in enumerate(COLUMNS)}
NUMBER, UNIT, TITLE = PLACES[SortKey.NUMBER], PLACES[SortKey.UNIT], PLACES[SortKey.TITLE]
GIVING_WAY: Final = sorted(
    (place for place, column in enumerate(COLUMNS) if column.gives_way), key=lambda place: COLUMNS[place].gives_way
)


def _unit_words(row: CaseRow) -> str:
    """The lead unit and the number of cooperating ones."""
    if not row.unit_name or row.state in ("reported", "filed"):
        return _NOBODY
    if row.cooperating:
        return translate("CaseList", "{unit} +{count}").format(unit=row.unit_name, count=row.cooperating)
    return row.unit_name


PLAIN: Final[Mapping[SortKey, Callable[[CaseRow], str]]] = {
    SortKey.TITLE: lambda row: row.title,
    SortKey.LEVEL: lambda row: level_word(row.level),
    SortKey.STATE: lambda row: state_word(row.state, returned=row.returned, escalated=row.escalated),
    SortKey.UNIT: _unit_words,
    SortKey.CHANNEL: lambda row: CHANNELS.get(row.channel, row.channel),
    SortKey.GRID: lambda row: row.grid_name or _NOBODY,
}
"""The words of the cells that do not depend on the clock."""
