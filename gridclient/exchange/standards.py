"""Filing and closing conditions 立案结案标准 from a table.

Such tables merge a class over its conditions, so only the first row of a class names it; the others take it from the
row above. One sheet may hold the codes as numbers (1) and the next as text (01): the lists count classes with two
digits, so both become 01.
"""

from __future__ import annotations

from collections.abc import Sequence

from gridclient.domain.errors import InvalidInput
from gridclient.domain.limits import format_limit, read_limit
from gridclient.exchange.cells import Cell
from gridclient.exchange.fields import Fields, RowProblem, digest
from gridclient.exchange.values import long_text, text
from gridclient.services.import_findings import Notice
from gridclient.services.import_records import StandardRecord

_KINDS = (("部件", "component"), ("component", "component"), ("事件", "event"), ("event", "event"))
_LETTERS = {"component": "C", "event": "E"}
_CLASS_FIELDS = ("big_code", "big_name", "small_code", "small_name")
_OWN_FIELDS = (
    "filing_condition", "closing_condition", "limit", "handling_unit", "supervising_unit", "cooperating_unit",
)  # fmt: skip


class StandardReader:
    """Makes one record of each row; the rows must come in the order of the sheet."""

    def __init__(self, sheet: str, fields: Fields) -> None:
        self._sheet = sheet
        self._fields = fields
        self._above: dict[str, str] = {}
        self._numbers: dict[tuple[str, ...], dict[tuple[str, ...], int]] = {}

    def read(self, row: int, cells: Sequence[Cell]) -> StandardRecord:
        """Raises ``RowProblem``: ``standard.no_class``, ``standard.no_condition``, ``standard.kind_unknown``,
        ``standard.code_unclear``, ``limit.…``."""
        fields = self._fields
        kind = self._kind(cells)
        big_code, big_name, small_code, small_name = self._classes(cells)
        condition = fields.read(cells, "filing_condition", long_text, "")
        if not condition:
            raise RowProblem(fields.title("filing_condition"), InvalidInput("standard.no_condition"))
        number = self._number((kind, big_code, small_code), cells)
        limit_text, limit, notices = self._limit(cells)
        told = (
            kind, big_code, big_name, small_code, small_name, condition,
            fields.read(cells, "closing_condition", long_text, ""), limit_text, limit,
            fields.text(cells, "handling_unit"), fields.text(cells, "supervising_unit"),
            fields.text(cells, "cooperating_unit"),
        )  # fmt: skip
        code = f"{_LETTERS[kind]}-{big_code}-{small_code}-{number:02d}"
        return StandardRecord(
            self._sheet, row, digest("standard", code, *told), code, *told, notices, fields.extra(cells)
        )

    def _number(self, place: tuple[str, ...], cells: Sequence[Cell]) -> int:
        """The number of the row's condition within its class. A refused condition counts; one that stands there twice
        has one number."""
        numbers = self._numbers.setdefault(place, {})
        return numbers.setdefault(tuple(self._fields.read(cells, f, str, "") for f in _OWN_FIELDS), len(numbers) + 1)

    def _kind(self, cells: Sequence[Cell]) -> str:
        column = self._fields.title("kind")
        told = self._fields.text(cells, "kind") or self._above.get("kind", "") if column else self._sheet
        self._above["kind"] = told
        found = next((kind for word, kind in _KINDS if word in told.lower()), "")
        if not found:
            raise RowProblem(column, InvalidInput("standard.kind_unknown", text=told[:20]))
        return found

    def _classes(self, cells: Sequence[Cell]) -> tuple[str, ...]:
        """Codes and names of the two classes; what the row leaves out is taken from the row above."""
        given = {
            field: self._fields.read(cells, field, _class_code if field.endswith("code") else text, "")
            for field in _CLASS_FIELDS
        }
        if given["big_code"] not in {"", self._above.get("big_code")}:
            self._above = {"kind": self._above["kind"]}
        elif given["small_code"] not in {"", self._above.get("small_code")}:
            self._above.pop("small_name", None)
        self._above.update((field, value) for field, value in given.items() if value)
        for field in _CLASS_FIELDS:
            if field not in self._above:
                raise RowProblem(self._fields.title(field), InvalidInput("standard.no_class"))
        return tuple(self._above[field] for field in _CLASS_FIELDS)

    def _limit(self, cells: Sequence[Cell]) -> tuple[str, str, tuple[Notice, ...]]:
        column = self._fields.title("limit")
        written = self._fields.text(cells, "limit")
        try:
            found = read_limit(written)
        except InvalidInput as problem:
            raise RowProblem(column, problem) from None
        limit = format_limit(found.limit)
        if found.remark:
            return written, limit, (Notice(column, "limit.remark", {"text": written, "remark": found.remark}),)
        return written, limit, ()


def _class_code(cell: Cell) -> str:
    if isinstance(cell, float) or (isinstance(cell, int) and not 0 <= cell < 100):
        raise InvalidInput("standard.code_unclear", text=str(cell)[:20])
    found = text(cell)
    return found.zfill(2) if found.isdecimal() else found
