"""What a cell of a spreadsheet can hold, and a table of such cells with the row numbers that people see."""

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
    """A plain number of a workbook that counts its days from 1904: if it is read as a date, 1,462 days are missing."""


class WholeFrom1904(From1904, int):
    """A whole number of such a workbook."""


class PartFrom1904(From1904, float):
    """A number with a fraction of such a workbook."""


Cell: TypeAlias = str | int | float | bool | datetime | date | time | timedelta | FormulaCell | ErrorCell | None
Row: TypeAlias = tuple[int, Sequence[Cell]]
"""The row number that the spreadsheet shows, and the cells; blank ones at the end may be missing."""


@frozen
class Table:
    """One sheet or one csv file.

    ``titles`` are unique. ``typed`` is true for the cells of xlsx, which have types, and false for csv, where all is
    text. ``expected`` is about how many rows follow the header, for a progress bar. ``rows()`` opens the file anew each
    time and leaves out blank rows; it raises ``InvalidInput("file.…")`` where the file turns out to be broken.
    """

    file: str
    sheet: str
    header_row: int
    titles: tuple[str, ...]
    typed: bool
    expected: int
    rows: Callable[[], Iterator[Row]]


def is_blank(cell: Cell) -> bool:
    """Whether there is nothing in the cell. A text of blanks is nothing, too, because some systems write ``' '``."""
    return cell is None or (isinstance(cell, str) and not cell.strip())
