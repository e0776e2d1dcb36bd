"""What a spreadsheet's cell can hold, and a table of such cells with the row numbers that people see."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from gridclient.domain.frozen import frozen


@frozen
class FormulaCell:
    """A cell with a formula: its value depends on the program that opens it, so it is refused."""

    text: str


@frozen
class ErrorCell:
    """A cell that shows an error (``#N/A``) or cannot be read."""

    text: str


class From1904:
    """A bare number of a workbook that counts its days from 1904; read as a date it is another one."""


class WholeFrom1904(From1904, int):
    """Such a number without a fraction."""


class PartFrom1904(From1904, float):
    """Such a number with one."""


Cell: TypeAlias = str | int | float | bool | datetime | date | time | timedelta | FormulaCell | ErrorCell | None
Row: TypeAlias = tuple[int, Sequence[Cell]]
"""Row number as the spreadsheet shows it, and the cells; trailing blanks may be missing."""


@frozen
class Table:
    """One sheet or one csv file. ``titles`` are unique; ``typed`` tells apart xlsx cells and mere csv text.

    ``expected`` is about how many rows follow the header, for a progress bar. ``rows()`` opens the file anew each time,
    leaves out blank rows and may raise ``InvalidInput("file.…")`` where the file turns out to be broken.
    """

    file: str
    sheet: str
    header_row: int
    titles: tuple[str, ...]
    typed: bool
    expected: int
    rows: Callable[[], Iterator[Row]]


def is_blank(cell: Cell) -> bool:
    """Is there nothing to read? A blank string is nothing (``' '`` is how some systems write it)."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
