"""Cases from other systems: any columns by mapping; what no field takes is kept as it is.

The largest files are files of cases, so only fields that have a column are read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from gridclient.domain.case import Channel
from gridclient.domain.codes import read_code
from gridclient.domain.errors import InvalidInput
from gridclient.exchange.cells import Cell, is_blank
from gridclient.exchange.fields import Fields, RowProblem, digest
from gridclient.exchange.points import PointReader
from gridclient.exchange.values import identifier, long_text, moment, text
from gridclient.services.import_findings import Notice
from gridclient.services.registering import LONGEST_TITLE, TITLE_FROM_TEXT
from gridclient.services.words import CHANNELS, STATES, URGENCIES

CONTENT_MARK = "h:"
"""Begins the identity of a case that has no number: a digest of its cells."""
SURE_NUMBER = 8
"""With so many digits two systems hardly ever give the same number."""
_LONGEST_ROW = 100_000
"""Signs in all cells; the hub takes an event of 262,144, in which some signs are written as two."""
_LEVEL = re.compile(r"(?:第|l|level)?\s*([1-4一二三四])\s*级?", re.IGNORECASE)
_SPOILT = re.compile(r"\d+(?:\.\d*)?[eE]\+?\d+|\d+\.\d+")
_SENTENCE_END = re.compile("[。\uff01\uff1f!?]")
_CHINESE_LEVELS = "一二三四"
_CHANNEL_WORDS = {word: key for key, word in CHANNELS.items()} | {
    "网格员上报": Channel.GRID_WORKER.value,
    "12345热线": Channel.HOTLINE_12345.value,
    "政务服务热线": Channel.HOTLINE_12345.value,
    "市民热线": Channel.HOTLINE_12345.value,
    "民情巡察员": Channel.PATROL.value,
    "视频监控": Channel.VIDEO.value,
    "群众来访": Channel.VISIT.value,
}
_STATE_WORDS = {word: key for key, word in STATES.items()} | {
    "办结": "closed", "已办结": "closed", "结案": "closed", "已完成": "closed", "完成": "closed", "归档": "closed",
    "已归档": "closed", "closed": "closed", "resolved": "closed",
    "未受理": "reported", "待立案": "reported", "未办结": "reported", "open": "reported",
    "办理中": "handling", "处理中": "handling", "in progress": "handling",
    "已作废": "void", "已并案": "merged",
}  # fmt: skip


class CaseReader:
    """Reads one row at a time, independently of all other rows."""

    def __init__(self, sheet: str, fields: Fields, points: PointReader) -> None:
        self._sheet = sheet
        self._fields = fields
        self._points = points if points.is_there else None
        self._number_title = fields.title("external_number")
        self._converted: list[tuple[str, int, Callable[[Cell], Any] | None]] = [
            (attribute, fields.places[name], None if convert is text else convert)
            for name, attribute, convert in _CONVERTED
            if name in fields.places
        ]

    def values(self, row: int, cells: Sequence[Cell]) -> dict[str, Any]:
        """The values that :func:`gridclient.services.imported_case.case_of_values` takes; empty fields are left out.

        Raises ``RowProblem``: ``row.too_long``, ``cell.…``, ``point.…``, ``code.…``, ``case.title_missing``,
        ``case.level_unknown``.
        """
        length = sum([len(cell) for cell in cells if type(cell) is str])
        if length > _LONGEST_ROW:
            raise RowProblem("", InvalidInput("row.too_long", count=length, most=_LONGEST_ROW))
        values: dict[str, Any] = {"sheet": self._sheet, "row": row}
        count = len(cells)
        for name, place, convert in self._converted:
            cell = cells[place] if place < count else None
            if cell is None or cell == "":
                continue
            try:
                if convert is not None:
                    values[name] = convert(cell)
                else:
                    values[name] = cell.strip() if type(cell) is str else text(cell)
            except InvalidInput as problem:
                raise RowProblem(self._fields.titles[place], problem) from None
        _add_title(values, self._fields.title("title"))
        _add_words(values)
        if self._points is not None:
            place_found = self._points.place(cells)
            if place_found is None:
                if self._points.says_zero(cells):
                    values["notices"] = (Notice("", "case.point_zero"),)
            else:
                values |= place_found._asdict()
        values["identity"] = self._by_number(values) or self._by_content(cells)
        values["extra"] = self._fields.extra(cells)
        return values

    def _by_number(self, values: dict[str, Any]) -> str:
        """The identity by the other system's number, under the title of its column; "" without a number.

        Two offices may both count 1, 2, 3, so a short number is taken together with the minute of the report. A case
        that comes in twice can be seen and merged; a case that is taken for another one is lost.
        """
        number: str = values.get("external_number", "")
        if not number:
            return ""
        moment_of_report = values.get("reported_at") if len(number) < SURE_NUMBER else None
        minute = f"@{moment_of_report:%Y%m%d%H%M}" if moment_of_report else ""
        return f"n:{self._number_title}:{number}{minute}"

    def _by_content(self, cells: Sequence[Cell]) -> str:
        """The identity of a case without a number: a digest of its cells, without blank ones at the end."""
        filled = ["" if is_blank(cell) else cell for cell in cells]
        while filled[-1] == "":
            filled.pop()
        return f"{CONTENT_MARK}{digest(*filled)}"


def _add_title(values: dict[str, Any], column: str) -> None:
    """Gives every case a title: its own, else the first sentence of the description. A long text in the title's column
    becomes the beginning of the description."""
    title, description = " ".join(values.get("title", "").split()), values.get("description", "")
    if len(title) > LONGEST_TITLE:
        values["description"] = f"{title}\n{description}".strip()
        title = _first_sentence(title)
    values["title"] = title or _first_sentence(description)
    if not values["title"]:
        raise RowProblem(column, InvalidInput("case.title_missing"))


def _first_sentence(description: str) -> str:
    first = description.partition("\n")[0]
    sentence = _SENTENCE_END.split(first, maxsplit=1)[0].strip() or first
    return sentence if len(sentence) <= TITLE_FROM_TEXT else f"{sentence[:TITLE_FROM_TEXT]}…"


def _add_words(values: dict[str, Any]) -> None:
    """Adds the identifiers of known words for channel, state and urgency; the words themselves are kept beside them."""
    if told := values.get("channel_text"):
        values["channel"] = _CHANNEL_WORDS.get(told, told if told in CHANNELS else "")
    if told := values.get("state_text"):
        values["state"] = _STATE_WORDS.get(told.casefold(), told if told in STATES else "")
    if told := values.get("urgency"):
        number = int(told) if told in {"1", "2", "3"} else 0
        values["urgency"] = URGENCIES.get(number, told)


def _level(cell: Cell) -> int | None:
    """A level of 1 to 4 from ``3``, ``三级`` or ``L3``; ``None`` for a blank cell. Raises
    ``InvalidInput("case.level_unknown")``."""
    told = text(cell)
    if not told:
        return None
    found = _LEVEL.fullmatch(told)
    if found is None:
        raise InvalidInput("case.level_unknown", text=told[:20])
    return int(found[1]) if found[1].isascii() else _CHINESE_LEVELS.index(found[1]) + 1


def _grid_code(cell: Cell) -> str:
    """The grid's code as text. Codes of other systems are kept, because the point decides; a number that lost digits is
    refused (``code.…``)."""
    if is_blank(cell):
        return ""
    if not isinstance(cell, str) or _SPOILT.fullmatch(cell.strip()):
        return read_code(cell).text
    return cell.strip()


_CONVERTED: tuple[tuple[str, str, Callable[[Cell], Any]], ...] = (
    ("title", "title", text),
    ("description", "description", long_text),
    ("reported_at", "reported_at", moment),
    ("external_number", "external_number", identifier),
    ("channel", "channel_text", text),
    ("big_class", "big_class", text),
    ("small_class", "small_class", text),
    ("level", "level", _level),
    ("urgency", "urgency", text),
    ("grid_code", "grid_code", _grid_code),
    ("address", "address", text),
    ("reporter_name", "reporter_name", text),
    ("reporter_phone", "reporter_phone", identifier),
    ("state", "state_text", text),
    ("closed_at", "closed_at", moment),
    ("due_at", "due_at", moment),
    ("unit_text", "unit_text", text),
    ("result", "result", long_text),
)
