"""What the readers of divisions and grids share: the boundary of a row, and finding column titles that lost their
characters."""

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
    """The geometry of a GeoJSON feature, which stands beside the cells of its row. Tables have it in a cell instead."""

    geometry: object


@frozen
class AreaSource:
    """One sheet or file of areas.

    ``crs`` is the coordinate system of its boundaries, ``None`` if nobody said which. ``damaged`` are the column titles
    that lost their characters (see :func:`is_damaged`).
    """

    sheet: str
    fields: Fields
    crs: Crs | None
    damaged: tuple[str, ...] = ()

    def boundary(self, cells: Sequence[Cell], shape: Shape | None) -> tuple[Boundary | None, tuple[Notice, ...]]:
        """The row's boundary with remarks on it; ``None`` if the row has none. ``shape`` counts before the column
        ``boundary``.

        Raises ``RowProblem``: ``shape.…``, ``point.crs_needed``.
        """
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
        """The problem of a row without the needed ``field``. If no column serves the field and a title is damaged, that
        title is named as the cause."""
        if self.damaged and not self.fields.has(field):
            title = self.damaged[0]
            return RowProblem(title, InvalidInput("grid.property_name_damaged", title=title))
        return RowProblem(self.fields.title(field), problem)


def damaged_titles(titles: Sequence[str]) -> tuple[str, ...]:
    """Those of the titles that lost their characters (see :func:`is_damaged`)."""
    return tuple(title for title in titles if is_damaged(title))


def is_damaged(title: str) -> bool:
    """Whether the title lost its characters by a wrong encoding (``网格名\\ufffd``, ``缃戞牸``, ``ç½\\x91æ ¼``)."""
    if "\ufffd" in title or any(unicodedata.category(sign) in {"Cc", "Co", "Cn"} for sign in title):
        return True
    return any(_was_read_as(title, encoding) for encoding in ("gbk", "latin-1", "cp1252"))


def _was_read_as(title: str, encoding: str) -> bool:
    """Whether the title is Chinese in UTF-8 that was read as ``encoding``.

    A few real words (状态) give Hebrew letters when they are read that way; they are not damaged.
    """
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
    """The geometry that is written in a cell, ``None`` for a blank one. Raises
    ``InvalidInput("shape.unreadable_text")``."""
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return None
    if not isinstance(cell, str):
        raise InvalidInput("shape.unreadable_text")
    return geometry_of_text(cell.strip())
