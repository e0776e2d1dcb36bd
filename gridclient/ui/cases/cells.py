"""The words of a case's cells: state, unit, number and the rest, as the list shows them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from PySide6.QtCore import QCoreApplication

from gridclient.services.rows import CaseRow, SortKey
from gridclient.services.words import CHANNELS, STATES

translate = QCoreApplication.translate
NOBODY: Final = "—"


def short_number(row: CaseRow) -> str:
    """The number without its township, which is the same all down the list: ``20261121-A10047``."""
    return row.number.partition("-")[2] or row.number


def state_word(row: CaseRow) -> str:
    """The state with what stands beside it: a returned case says so until it is dispatched again."""
    if row.state == "filed" and row.returned:
        return translate("CaseList", "被退回")
    if row.escalated and row.state in ("reported", "filed", "dispatched", "handling"):
        return translate("CaseList", "上报县级")
    return STATES.get(row.state, row.state)


def unit_words(row: CaseRow) -> str:
    """The lead unit, with the number of those that cooperate."""
    if not row.unit_name or row.state in ("reported", "filed"):
        return NOBODY
    if row.cooperating:
        return translate("CaseList", "{unit} +{count}").format(unit=row.unit_name, count=row.cooperating)
    return row.unit_name


def moment_words(moment: datetime, today: datetime) -> str:
    """``14:22`` today, ``11-20 09:40`` before."""
    return f"{moment:%H:%M}" if moment.date() == today.date() else f"{moment:%m-%d %H:%M}"


def level_words(row: CaseRow) -> str:
    return translate("CaseList", "{level}级").format(level=row.level)


PLAIN: Final[Mapping[SortKey, Callable[[CaseRow], str]]] = {
    SortKey.NUMBER: short_number,
    SortKey.TITLE: lambda row: row.title,
    SortKey.LEVEL: level_words,
    SortKey.STATE: state_word,
    SortKey.UNIT: unit_words,
    SortKey.CHANNEL: lambda row: CHANNELS.get(row.channel, row.channel),
    SortKey.GRID: lambda row: row.grid_name or NOBODY,
}
"""The words of every cell that does not change by the clock."""
