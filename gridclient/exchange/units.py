"""Units 派驻机构、部门 from a table in the form of the shipped template or any other with such columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.exchange.cells import Cell
from gridclient.exchange.fields import Fields, RowProblem, digest
from gridclient.exchange.points import PointReader
from gridclient.exchange.values import identifier, text, words
from gridclient.services.import_records import UnitRecord
from gridclient.services.words import DUTY, UNIT_KINDS

_KIND_WORDS = {word: key for key, word in UNIT_KINDS.items()} | {
    "A类": "stationed_a", "a类派驻": "stationed_a", "A类派驻机构": "stationed_a",
    "B类": "stationed_b", "b类派驻": "stationed_b", "B类派驻机构": "stationed_b",
    "部门": "department", "县级": "department", "区级部门": "department", "县直部门": "department",
    "区直部门": "department", "镇街内设机构": "office", "内设机构": "office", "镇街平台": "office", "平台": "office",
    "社区": "community_org", "村": "community_org", "村居": "community_org", "网格": "grid_worker",
}  # fmt: skip
_DUTY_WORDS = {word: key for key, word in DUTY.items()} | {"正常": "on_duty", "值班": "on_duty"}


@frozen
class UnitReader:
    """Makes one record of each row."""

    sheet: str
    fields: Fields
    points: PointReader

    def read(self, row: int, cells: Sequence[Cell]) -> UnitRecord:
        """Raises ``RowProblem``: ``unit.no_code``, ``unit.no_name``, ``unit.kind_unknown``, ``unit.status_unknown``,
        ``cell.…``, ``point.…``."""
        place = self.points.place(cells) if self.points.is_there else None
        record = UnitRecord(
            sheet=self.sheet,
            row=row,
            identity="",
            code=self._needed(cells, "code", InvalidInput("unit.no_code")),
            name=self._needed(cells, "name", InvalidInput("unit.no_name")),
            kind=self.fields.read(cells, "kind", _kind, ""),
            status=self.fields.read(cells, "status", _status, ""),
            aliases=self.fields.read(cells, "aliases", words, ()),
            parent=self.fields.read(cells, "parent", identifier, ""),
            township=self.fields.read(cells, "township", identifier, ""),
            leader=self.fields.text(cells, "leader"),
            phone=self.fields.read(cells, "phone", identifier, ""),
            people=self.fields.read(cells, "people", words, ()),
            fields=self.fields.read(cells, "fields", words, ()),
            grids=self.fields.read(cells, "grids", _codes, ()),
            address=self.fields.text(cells, "address"),
            lon=place.lon if place else None,
            lat=place.lat if place else None,
            source_crs=place.source_crs if place else "",
            source_lon=place.source_lon if place else None,
            source_lat=place.source_lat if place else None,
            extra=self.fields.extra(cells),
        )
        return replace(record, identity=_identity(record))

    def _needed(self, cells: Sequence[Cell], field: str, problem: InvalidInput) -> str:
        found = self.fields.read(cells, field, identifier, "")
        if not found:
            raise RowProblem(self.fields.title(field), problem)
        return found


def _identity(record: UnitRecord) -> str:
    lists = (record.aliases, record.people, record.fields, record.grids)
    told = (record.code, record.name, record.kind, record.status, record.parent, record.township, record.leader)
    place = (record.address, record.lon, record.lat)
    return digest("unit", *told, record.phone, *lists, *place, sorted(record.extra.items()))


def _kind(cell: Cell) -> str:
    told = text(cell)
    found = _KIND_WORDS.get(told, told if told in UNIT_KINDS else "")
    if not found:
        raise InvalidInput("unit.kind_unknown", text=told[:20], known="、".join(UNIT_KINDS.values()))
    return found


def _status(cell: Cell) -> str:
    told = text(cell)
    found = _DUTY_WORDS.get(told, told if told in DUTY else "")
    if told and not found:
        raise InvalidInput("unit.status_unknown", text=told[:20], known="、".join(DUTY.values()))
    return found


def _codes(cell: Cell) -> tuple[str, ...]:
    """Codes of areas of any tier. A single code may have become a number in the spreadsheet, which is refused
    (``code.not_text``)."""
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        raise InvalidInput("code.not_text", text=cell)
    return words(cell)
