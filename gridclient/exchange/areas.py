"""What divisions and grids share when they are read: the boundary of a row, and titles that lost their characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import pairwise

from gridclient.domain.coordinates import Crs
from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.exchange.boundaries import boundary, geometry_of_text
from gridclient.exchange.cells import Cell
from gridclient.exchange.fields import Fields, RowProblem
from gridclient.services.import_findings import Notice
from gridclient.services.import_records import Boundary

_IDEOGRAPHS = ("\u3400", "\u9fff")

GEOMETRY = "geometry"


@frozen
class Shape:
    """The geometry that came beside the cells of a row, as GeoJSON has it; tables write it into a cell."""

    geometry: object


@frozen
class AreaSource:
    """Where areas come from: ``crs`` None means that nobody said which system the numbers are in.

    ``damaged`` are the titles that lost their characters on the way.
    """

    sheet: str
    fields: Fields
    crs: Crs | None
    damaged: tuple[str, ...] = ()

    def boundary(self, cells: Sequence[Cell], shape: Shape | None) -> tuple[Boundary | None, tuple[Notice, ...]]:
        """The row's boundary, if it has one. Raises ``RowProblem``: ``shape.…``, ``point.crs_needed``."""
        if shape is not None:
            column, geometry = GEOMETRY, shape.geometry
        else:
            column, geometry = self.fields.title("boundary"), self.fields.read(cells, "boundary", _written, None)
            if geometry is None:
                return None, ()
        if self.crs is None:
            raise RowProblem(column, InvalidInput("point.crs_needed"))
        try:
            return boundary(geometry, self.crs)
        except InvalidInput as problem:
            raise RowProblem(column, problem) from None

    def missing(self, field: str, problem: InvalidInput) -> RowProblem:
        """A field is missing: put down to a damaged title when there is one and no column serves the field."""
        if self.damaged and not self.fields.has(field):
            title = self.damaged[0]
            return RowProblem(title, InvalidInput("grid.property_name_damaged", title=title))
        return RowProblem(self.fields.title(field), problem)


def damaged_titles(titles: Sequence[str]) -> tuple[str, ...]:
    """Those of the titles that lost their characters on the way."""
    return tuple(title for title in titles if is_damaged(title))


def is_damaged(title: str) -> bool:
    """Did the title lose its characters on the way (``网格名\\ufffd``, ``缃戞牸``, ``ç½\\x91æ ¼``)?"""
    if "\ufffd" in title or any(unicodedata.category(sign) in {"Cc", "Co", "Cn"} for sign in title):
        return True
    return any(_was_read_as(title, encoding) for encoding in ("gbk", "latin-1", "cp1252"))


def _was_read_as(title: str, encoding: str) -> bool:
    """Is it Chinese in UTF-8 that somebody read in this encoding? A few real words (状态) would make Hebrew."""
    if title.isascii():
        return False
    try:
        meant = title.encode(encoding).decode("utf-8")
    except UnicodeError:
        return False
    return (
        len(meant) > 1
        and any(_IDEOGRAPHS[0] <= sign <= _IDEOGRAPHS[1] or sign == "\ufffd" for sign in meant)
        and not any(left == right == "\ufffd" for left, right in pairwise(meant))
    )


def _written(cell: Cell) -> object:
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if not isinstance(cell, str):
        raise InvalidInput("shape.unreadable_text")
    return geometry_of_text(cell.strip())
