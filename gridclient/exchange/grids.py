"""Grids 网格 of the three tiers, by the rules of their codes. Source: DOMAIN.md, areas, grids, codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from gridclient.domain.codes import AreaCode, Tier, read_code, tier_of, township_of
from gridclient.domain.errors import InvalidInput
from gridclient.exchange.areas import AreaSource, Shape
from gridclient.exchange.cells import Cell, is_blank
from gridclient.exchange.divisions import DivisionReader, division_code
from gridclient.exchange.fields import RowProblem, digest
from gridclient.exchange.values import day, identifier, words
from gridclient.services.import_findings import Notice
from gridclient.services.import_records import DivisionRecord, GridRecord

_SPECIAL_NAME = re.compile(r"[(\uff08]专属[)\uff09]\s*$|专属网格$")
_TIER_WORDS = (
    ("片区", Tier.ZONE),
    ("zone", Tier.ZONE),
    ("专属", Tier.BASIC),
    ("special", Tier.BASIC),
    ("基础", Tier.BASIC),
    ("basic", Tier.BASIC),
    ("社区", Tier.COMMUNITY),
    ("community", Tier.COMMUNITY),
    ("村", Tier.COMMUNITY),
)
_ABOVE = {
    Tier.ZONE: (Tier.TOWNSHIP,),
    Tier.COMMUNITY: (Tier.ZONE, Tier.TOWNSHIP),  # a township that is not divided into zones
    Tier.BASIC: (Tier.COMMUNITY,),
}


@dataclass(slots=True)
class GridReader:
    """Makes one record of each row. A row with the code of a county or township becomes a division."""

    source: AreaSource
    divisions: DivisionReader
    _names: dict[str, int] = field(default_factory=dict, init=False)

    def read(self, row: int, cells: Sequence[Cell], shape: Shape | None = None) -> GridRecord | DivisionRecord:
        """Raises ``RowProblem``: ``code.…``, ``grid.…``, ``shape.…``, ``cell.…``."""
        fields = self.source.fields
        if fields.read(cells, "code", _is_division, False):
            return self.divisions.read(row, cells, shape)
        area, notices = self.source.boundary(cells, shape)
        code = self._code(cells)
        tier = tier_of(code)
        self._check_tier(cells, tier)
        name, on_name = self._name(cells, row, code)
        begins, ends = self._validity(cells)
        record = GridRecord(
            sheet=self.source.sheet,
            row=row,
            identity="",
            code=code,
            name=name,
            tier=tier.value,
            parent=self._parent(cells, code, tier),
            special=self._is_special(cells, name) if tier is Tier.BASIC else None,
            external_code=fields.read(cells, "external_code", identifier, ""),
            worker=fields.text(cells, "worker"),
            phone=fields.read(cells, "phone", identifier, ""),
            valid_from=begins,
            valid_to=ends,
            members=self._members(cells),
            boundary=area,
            notices=(*notices, *on_name),
            extra=fields.extra(cells),
        )
        return replace(record, identity=_identity(record))

    def _code(self, cells: Sequence[Cell]) -> str:
        written = self.source.fields.read(cells, "code", _code_or_nothing, None)
        if written is None:
            raise self.source.missing("code", InvalidInput("grid.no_code"))
        if written.is_external:
            raise RowProblem(self.source.fields.title("code"), InvalidInput("grid.code_foreign", text=written.text))
        return written.text

    def _name(self, cells: Sequence[Cell], row: int, code: str) -> tuple[str, tuple[Notice, ...]]:
        name = self.source.fields.text(cells, "name")
        column = self.source.fields.title("name")
        if not name:
            if self.source.damaged and not column:
                raise self.source.missing("name", InvalidInput("grid.no_code"))
            return code, (Notice(column, "grid.no_name", {"text": code}),)
        first = self._names.setdefault(name, row)
        return name, () if first == row else (Notice(column, "grid.same_name", {"name": name, "first": first}),)

    def _check_tier(self, cells: Sequence[Cell], tier: Tier) -> None:
        told = self.source.fields.text(cells, "tier")
        wanted = next((each for word, each in _TIER_WORDS if word in told.lower()), None)
        if wanted is not None and wanted is not tier:
            raise RowProblem(self.source.fields.title("tier"), InvalidInput("grid.tier_differs", text=told))

    def _is_special(self, cells: Sequence[Cell], name: str) -> bool | None:
        """``None`` if nothing says so and there is no kind: a list of the grids' workers leaves them what they are."""
        kind = self.source.fields.text(cells, "kind")
        told = f"{self.source.fields.text(cells, 'tier')} {kind}".lower()
        if "专属" in told or "special" in told or _SPECIAL_NAME.search(name) is not None:
            return True
        return False if kind else None

    def _parent(self, cells: Sequence[Cell], code: str, tier: Tier) -> str:
        """The code of the area above, if the file names it; its tier must be a possible one. Whether the area exists is
        checked by the store."""
        told = self.source.fields.read(cells, "parent", _code_or_nothing, None)
        if told is None:
            return ""
        column = self.source.fields.title("parent")
        if told.tier not in _ABOVE[tier]:
            raise RowProblem(column, InvalidInput("grid.parent_wrong_tier", text=told.text))
        if told.tier is Tier.TOWNSHIP and told.text != township_of(code):
            raise RowProblem(column, InvalidInput("grid.parent_differs", text=told.text, parent=township_of(code)))
        return told.text

    def _validity(self, cells: Sequence[Cell]) -> tuple[date | None, date | None]:
        begins = self.source.fields.read(cells, "valid_from", day, None)
        ends = self.source.fields.read(cells, "valid_to", day, None)
        if begins and ends and ends < begins:
            raise RowProblem(self.source.fields.title("valid_to"), InvalidInput("grid.ends_before_it_begins"))
        return begins, ends

    def _members(self, cells: Sequence[Cell]) -> tuple[str, ...]:
        found = self.source.fields.read(cells, "members", words, ())
        try:
            return tuple(read_code(member).text for member in found)
        except InvalidInput as problem:
            raise RowProblem(self.source.fields.title("members"), problem) from None


def _identity(record: GridRecord) -> str:
    shape = record.boundary.wkb.hex() if record.boundary else ""
    told = (record.name, record.parent, record.special, record.external_code, record.worker, record.phone)
    return digest("grid", record.code, *told, record.valid_from, record.valid_to, *record.members, shape)


def _code_or_nothing(cell: Cell) -> AreaCode | None:
    return None if is_blank(cell) else read_code(cell)


def _is_division(cell: Cell) -> bool:
    """Whether the code is that of a division above communities. A code that cannot be read is none; what is wrong with
    it is said later."""
    if not isinstance(cell, str):
        return False
    try:
        return division_code(cell)[1] != "community"
    except InvalidInput:
        return False
