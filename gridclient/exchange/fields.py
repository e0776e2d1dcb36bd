"""The cells of a row by field: which column serves which field, and which column a problem belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import TypeVar

from gridclient.domain.errors import GridClientError, InvalidInput
from gridclient.exchange.cells import Cell, FormulaCell, Row, is_blank
from gridclient.exchange.values import as_shown, text
from gridclient.services.import_findings import RefusedRow

_TEXTS = frozenset({str})
Value = TypeVar("Value")
Default = TypeVar("Default")
Made = TypeVar("Made")


class RowProblem(Exception):
    """Why a row is refused. ``column`` is the title of the wrong cell's column; "" stands for the whole row."""

    def __init__(self, column: str, problem: GridClientError) -> None:
        super().__init__(column, problem.code)
        self.column = column
        self.problem = problem


class Fields:
    """The columns of a table under a mapping (field → column title)."""

    def __init__(self, titles: Sequence[str], columns: Mapping[str, str]) -> None:
        places = {title: place for place, title in enumerate(titles)}
        self.titles = tuple(titles)
        self.places = {name: places[title] for name, title in columns.items()}
        taken = set(self.places.values())
        others = [place for place in range(len(titles)) if place not in taken]
        self._other_titles = tuple(titles[place] for place in others)
        # The two zeros make itemgetter return a tuple even for one column.
        self._other_cells = itemgetter(*others, 0, 0) if titles else None

    def has(self, field: str) -> bool:
        """Whether a column serves this field."""
        return field in self.places

    def title(self, field: str) -> str:
        """The title of the field's column; "" if no column serves it."""
        place = self.places.get(field)
        return "" if place is None else self.titles[place]

    def read(
        self, cells: Sequence[Cell], field: str, convert: Callable[[Cell], Value], default: Default
    ) -> Value | Default:
        """The field's value; ``default`` if no column serves it or the row is too short.

        Raises ``RowProblem`` with the column's title.
        """
        place = self.places.get(field)
        if place is None or place >= len(cells):
            return default
        try:
            return convert(cells[place])
        except InvalidInput as problem:
            raise RowProblem(self.titles[place], problem) from None

    def text(self, cells: Sequence[Cell], field: str) -> str:
        """The field's text; "" if there is none. Raises ``RowProblem``."""
        return self.read(cells, field, text, "")

    def extra(self, cells: Sequence[Cell]) -> dict[str, str]:
        """The cells that no field takes, as the file shows them, by column title; blank cells are left out."""
        if self._other_cells is None:
            return {}
        missing = len(self.titles) - len(cells)
        found = self._other_cells([*cells, *[None] * missing] if missing > 0 else cells)
        if _TEXTS.issuperset(map(type, found)):  # as in every csv file
            kept = {t: cell for t, cell in zip(self._other_titles, found, strict=False) if cell and not cell.isspace()}
        else:
            kept = {
                title: cell if type(cell) is str else as_shown(cell)
                for title, cell in zip(self._other_titles, found, strict=False)
                if (cell or cell == 0) and not (type(cell) is str and cell.isspace())
            }
        if missing < 0:
            from openpyxl.utils import get_column_letter  # noqa: PLC0415  (0.25 s, and hardly a file needs it)

            places = range(len(self.titles), len(cells))
            kept |= {
                get_column_letter(place + 1): as_shown(cells[place]) for place in places if not is_blank(cells[place])
            }
        return kept


def digest(*parts: object) -> str:
    """A digest of 32 hexadecimal digits; the same parts give the same digest on every machine."""
    return hashlib.blake2b("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def read_row(
    sheet: str, titles: Sequence[str], row: Row, read: Callable[[int, Sequence[Cell]], Made], *, typed: bool
) -> Made | RefusedRow:
    """What ``read`` makes of the row, or why the row is refused."""
    number, cells = row
    try:
        if typed:
            _refuse_formulas(titles, cells)
        elif any(cells[len(titles) :]):
            raise RowProblem("", InvalidInput("row.too_many_cells", cells=len(cells), titles=len(titles)))
        return read(number, cells)
    except RowProblem as found:
        return RefusedRow(sheet, number, found.column, found.problem.code, found.problem.params)


def _refuse_formulas(titles: Sequence[str], cells: Sequence[Cell]) -> None:
    for place, cell in enumerate(cells):
        if type(cell) is FormulaCell:
            title = titles[place] if place < len(titles) else ""
            raise RowProblem(title, InvalidInput("cell.formula", text=f"={cell.text}"[:60]))
