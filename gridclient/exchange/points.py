"""Points in rows: read from two columns or one, checked, and converted to WGS-84; the file's own numbers are kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from gridclient.domain.coordinates import Crs, convert, in_china
from gridclient.domain.errors import InvalidInput
from gridclient.exchange.cells import Cell
from gridclient.exchange.fields import Fields, RowProblem
from gridclient.exchange.values import number, text

_PAIR = re.compile(r"[\s\[\](),\uff0c;\uff1b、]+")


class Place(NamedTuple):
    """A point in WGS-84 (degrees), and the point and its system as the file has them."""

    lon: float
    lat: float
    source_crs: str
    source_lon: float
    source_lat: float


class PointReader:
    """Reads the point of each row. ``crs`` is the coordinate system of the numbers, ``None`` if nobody said which."""

    def __init__(self, fields: Fields, crs: Crs | None) -> None:
        self.fields = fields
        self.crs = crs
        self._two_columns = fields.has("lon") and fields.has("lat")

    @property
    def is_there(self) -> bool:
        """Whether the table has columns for points."""
        return self._two_columns or self.fields.has("point")

    def numbers(self, cells: Sequence[Cell]) -> tuple[float, float] | None:
        """The two numbers of the row; ``None`` for blank cells and for 0, 0, by which systems mean "no point".

        Raises ``RowProblem``: ``cell.not_number``, ``point.half``, ``point.not_a_pair``.
        """
        found = self._written(cells)
        return None if found == (0, 0) else found

    def says_zero(self, cells: Sequence[Cell]) -> bool:
        """Whether the row's point is 0, 0. Raises as :meth:`numbers` does."""
        return self._written(cells) == (0, 0)

    def _written(self, cells: Sequence[Cell]) -> tuple[float, float] | None:
        if self._two_columns:
            lon = self.fields.read(cells, "lon", number, None)
            lat = self.fields.read(cells, "lat", number, None)
            if lon is None or lat is None:
                if lon is not None or lat is not None:
                    missing = self.fields.title("lat" if lat is None else "lon")
                    raise RowProblem(missing, InvalidInput("point.half"))
                return None
            return lon, lat
        return self.fields.read(cells, "point", _pair, None)

    def place(self, cells: Sequence[Cell]) -> Place | None:
        """The row's point in WGS-84; ``None`` if there is none.

        Raises ``RowProblem``: those of :meth:`numbers`, ``point.swapped``, ``point.out_of_range``,
        ``point.crs_needed``.
        """
        found = self.numbers(cells)
        if found is None:
            return None
        lon, lat = found
        crs = self.crs
        if crs is None:
            if in_china(lon, lat):
                raise RowProblem(self._title(), InvalidInput("point.crs_needed"))
            crs = Crs.WGS84
        if not (-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0) or (in_china(lat, lon) and not in_china(lon, lat)):
            self._refuse(lon, lat)
        if crs is Crs.WGS84:
            return Place(lon, lat, "wgs84", lon, lat)
        return Place(*convert(lon, lat, crs, Crs.WGS84), crs.value, lon, lat)

    def _refuse(self, lon: float, lat: float) -> None:
        if in_china(lat, lon):
            raise RowProblem(self._title(), InvalidInput("point.swapped", lon=lon, lat=lat))
        raise RowProblem(self._title(), InvalidInput("point.out_of_range", lon=lon, lat=lat))

    def _title(self) -> str:
        return self.fields.title("lon") or self.fields.title("point")


def _pair(cell: Cell) -> tuple[float, float] | None:
    """Longitude and latitude from ``122.1,37.5``, the form in which map programs copy a point."""
    found = text(cell)
    if not found:
        return None
    parts = [part for part in _PAIR.split(found) if part]
    if len(parts) != 2:
        raise InvalidInput("point.not_a_pair", text=found[:60])
    lon, lat = number(parts[0]), number(parts[1])
    if lon is None or lat is None:
        raise InvalidInput("point.not_a_pair", text=found[:60])
    return lon, lat
