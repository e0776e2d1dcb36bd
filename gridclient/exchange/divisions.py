"""Divisions 行政区划 by their official codes: province, city, county, township, community.

Files may have one column of codes (区划代码, adcode) or a pair of columns for each level (town_code9, town).
"""

from __future__ import annotations

from collections.abc import Sequence

from gridclient.domain.codes import read_code
from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.exchange.areas import AreaSource, Shape
from gridclient.exchange.cells import Cell, is_blank
from gridclient.exchange.fields import RowProblem, digest
from gridclient.exchange.values import text
from gridclient.services.import_records import DivisionRecord

LEVELS = ("province", "city", "county", "township", "community")
_BY_LENGTH = {2: "province", 4: "city", 6: "county", 9: "township", 12: "community"}


@frozen
class DivisionReader:
    """Makes one record of each row, for the deepest level of which the row has a code."""

    source: AreaSource

    def read(self, row: int, cells: Sequence[Cell], shape: Shape | None = None) -> DivisionRecord:
        """Raises ``RowProblem``: ``code.…``, ``division.no_code``, ``division.no_name``, ``shape.…``."""
        fields = self.source.fields
        area, notices = self.source.boundary(cells, shape)
        names = {level: fields.text(cells, f"{level}_name") for level in LEVELS}
        path = self._path(cells, names)
        code, level = fields.read(cells, "code", _code_or_nothing, ("", ""))
        if code:
            name = fields.text(cells, "name") or names[level]
        elif path:
            code, level, name = path[-1]
        else:
            raise self.source.missing("code", InvalidInput("division.no_code"))
        if not name:
            raise self.source.missing("name", InvalidInput("division.no_name", text=code))
        above = tuple((upper, title) for upper, rank, title in path if LEVELS.index(rank) < LEVELS.index(level))
        return DivisionRecord(
            sheet=self.source.sheet,
            row=row,
            identity=digest("division", code, name, above, area.wkb.hex() if area else ""),
            code=code,
            name=name,
            level=level,
            parent=parent_of(code),
            ancestors=above,
            boundary=area,
            notices=notices,
            extra=fields.extra(cells),
        )

    def _path(self, cells: Sequence[Cell], names: dict[str, str]) -> list[tuple[str, str, str]]:
        """Code, level and name of each level of which the row has a code, from the top."""
        found: list[tuple[str, str, str]] = []
        for level in LEVELS:
            code, rank = self.source.fields.read(cells, f"{level}_code", _code_or_nothing, ("", ""))
            if not code:
                continue
            if code == (found[-1][0] if found else ""):
                continue  # a city without counties (441900) stands in the county's column too
            if rank != level:
                column = self.source.fields.title(f"{level}_code")
                raise RowProblem(column, InvalidInput("division.other_level", text=code))
            found.append((code, level, names[level]))
        return found


def division_code(cell: Cell) -> tuple[str, str]:
    """The code and its level. The forms 37, 3710 and 371002000000 are brought to the usual length of 6, 9 or 12 digits.

    Raises ``InvalidInput``: see :func:`gridclient.domain.codes.read_code`.
    """
    if not isinstance(cell, str):
        return read_code(cell).text, ""  # raises: a number has lost its leading zeros or digits
    written = text(cell)
    if len(written) == 12 and written.endswith("000"):
        written = written[:6] if written.endswith("000000") else written[:9]
    if len(written) in (2, 4, 6) and written.isascii() and written.isdecimal() and written[0] in "12345678":
        full = written.ljust(6, "0")
        if full.endswith("00"):
            return full, "province" if full.endswith("0000") else "city"
    found = read_code(written)
    level = _BY_LENGTH.get(len(found.text))
    if found.tier is None or level is None:
        raise InvalidInput("code.wrong_length", text=found.text, digits=len(found.text))
    return found.text, level


def parent_of(code: str) -> str:
    """The code of the division above; "" for a province."""
    if len(code) > 6:
        return code[:-3]
    if code.endswith("0000"):
        return ""
    return f"{code[:2]}0000" if code.endswith("00") else f"{code[:4]}00"


def _code_or_nothing(cell: Cell) -> tuple[str, str]:
    return ("", "") if is_blank(cell) else division_code(cell)
