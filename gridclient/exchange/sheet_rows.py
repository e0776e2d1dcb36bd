"""Streams the rows of one sheet of a workbook: typed cells, formulas and errors marked, merged cells filled if asked.

The sheet is read with expat here, because the import must see formulas, number formats and merged areas while it
streams, must not trust the sheet's own statement of its size, and must stop at limits of rows and columns. ``openpyxl``
gives these only for a workbook that is wholly in memory; its date arithmetic and its table of formats are used.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.exchange.cells import Cell, ErrorCell, FormulaCell, PartFrom1904, Row, WholeFrom1904, is_blank
from gridclient.exchange.opening import PIECE
from gridclient.exchange.xml_parts import Attributes, NumberStyle, XmlReader, unescaped

MAX_ROWS = 200_000
MAX_COLUMNS = 500
MAX_MERGED = 100_000
MAX_CELL_TEXT = 1 << 20
_EXACT_BELOW = 10**15
_ROW = re.compile(rb'<(?:\w+:)?row\s[^>]*?\br="(\d{1,9})"')
_ROW_STARTS = (b"<row ", b":row ")
_VALUE_STARTS = (b"<v>", b":v>", b"<t>", b":t>", b"<t ", b":t ", b"<f>", b":f>", b"<f ", b":f ", b"<v ", b":v ")
_MERGED = re.compile(rb'mergeCell\s+ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_OVERLAP = 512


@frozen
class Merged:
    """A merged area: rows counted from 1, columns from 0, both ends included."""

    first_row: int
    last_row: int
    first_column: int
    last_column: int


@frozen
class Survey:
    """What a quick look over the sheet's bytes tells before any row is read."""

    last_row: int
    merged: tuple[Merged, ...]


@frozen
class SheetPlace:
    """Where a sheet is: the names of file and sheet for people, the open container, and the sheet's part in it."""

    file: str
    sheet: str
    archive: zipfile.ZipFile
    part: str

    def open(self) -> zipfile.ZipExtFile:
        """The sheet's bytes. Raises ``InvalidInput("file.damaged")`` if the container lacks the part."""
        try:
            stream = self.archive.open(self.part)
        except KeyError:
            raise InvalidInput("file.damaged", file=self.file) from None
        assert isinstance(stream, zipfile.ZipExtFile)
        return stream


@frozen
class SheetSetting:
    """What the cells of the sheet refer to: shared texts, number styles, and whether days count from 1904."""

    texts: list[str]
    styles: list[NumberStyle]
    dates_from_1904: bool


def survey(place: SheetPlace) -> Survey:
    """Finds the last row with a value and the merged areas, as fast as the sheet unpacks.

    Raises ``InvalidInput``: ``file.too_many_rows`` (so a sheet of 1,048,576 rows costs no more than this look),
    ``file.damaged``.
    """
    last_tag = last_row = 0
    merged: set[Merged] = set()
    left = b""
    with place.open() as stream:
        while piece := stream.read(PIECE):
            block = left + piece
            value_at = max(block.rfind(token) for token in _VALUE_STARTS)
            if value_at >= 0:
                last_row = _row_before(block, value_at) or last_tag or last_row
            last_tag = _row_before(block, len(block)) or last_tag
            merged.update(_merged_areas(block))
            if len(merged) > MAX_MERGED:
                raise InvalidInput("file.damaged", file=place.file)
            left = block[-_OVERLAP:]
    if last_row > MAX_ROWS + 1:
        raise InvalidInput("file.too_many_rows", file=place.file, sheet=place.sheet, rows=last_row, most=MAX_ROWS)
    return Survey(last_row, tuple(merged))


def rows(place: SheetPlace, setting: SheetSetting, filled: tuple[Merged, ...]) -> Iterator[Row]:
    """All rows that hold a value, in order. The value of each merged area in ``filled`` stands in all its cells.

    Raises ``InvalidInput``: ``file.damaged``, ``file.too_many_rows``, ``file.too_many_columns``.
    """
    reader = _Sheet(place.file, place.sheet, setting)
    fill = _Filler(filled) if filled else None
    with place.open() as stream:
        while True:
            piece = stream.read(PIECE)
            reader.feed(piece, last=not piece)
            for number, cells in reader.finished:
                if fill:
                    fill.into(number, cells)
                if not all(map(is_blank, cells)):
                    yield number, cells
            reader.finished.clear()
            if not piece:
                return


def column_number(letters: str) -> int:
    """``A`` → 0, ``AA`` → 26. Raises ``ValueError`` for other text."""
    number = 0
    for letter in letters:
        if not "A" <= letter <= "Z" or number > 20_000:
            raise ValueError(letters)
        number = number * 26 + ord(letter) - 64
    return number - 1


class _Filler:
    """Copies the value of each merged area into its other cells."""

    def __init__(self, merged: tuple[Merged, ...]) -> None:
        self._starting: dict[int, list[Merged]] = {}
        for area in merged:
            self._starting.setdefault(area.first_row, []).append(area)
        self._open: list[tuple[Merged, Cell]] = []

    def into(self, number: int, cells: list[Cell]) -> None:
        self._open = [entry for entry in self._open if entry[0].last_row >= number]
        for area in self._starting.get(number, ()):
            value = cells[area.first_column] if area.first_column < len(cells) else None
            self._open.append((area, value))
        for area, value in self._open:
            last = min(area.last_column, MAX_COLUMNS - 1)
            cells.extend([None] * (last + 1 - len(cells)))
            for column in range(area.first_column, last + 1):
                if cells[column] is None:
                    cells[column] = value


class _Sheet(XmlReader):
    """Collects finished rows. A cell arrives as element ``c`` (place, type, style) with ``f``, ``v`` or ``is``/``t`` in
    it."""

    def __init__(self, file: str, sheet: str, setting: SheetSetting) -> None:
        super().__init__(file)
        self.finished: list[tuple[int, list[Cell]]] = []
        self._sheet = sheet
        self._setting = setting
        self._row = 0
        self._cells: list[Cell] = []
        self._column = -1
        self._columns: dict[str, int] = {}
        self._kind = "n"
        self._style: NumberStyle | None = None
        self._pieces: list[str] = []
        self._length = 0
        self._collecting = False
        self._formula: str | None = None
        self._phonetic = False
        self._read_value: dict[str, Callable[[str], Cell]] = {
            "s": self._shared,
            "str": unescaped,
            "inlineStr": unescaped,
            "b": lambda text: text.strip() in {"1", "true"},
            "e": ErrorCell,
            "d": _iso_date,
        }

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name in {"v", "t", "f"}:
            self._collecting = not self._phonetic
            if name == "f":
                self._formula = ""
        elif name == "row":
            self._start_row(attributes)
        elif name == "rPh":
            self._phonetic = True

    def end(self, name: str) -> None:
        self._collecting = False
        if name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()
        elif name == "f":
            self._formula = "".join(self._pieces)
            self._pieces = []
        elif name == "rPh":
            self._phonetic = False

    def text(self, data: str) -> None:
        if self._collecting:
            self._length += len(data)
            if self._length > MAX_CELL_TEXT:
                raise InvalidInput("file.damaged", file=self.file)
            self._pieces.append(data)

    def _start_row(self, attributes: Attributes) -> None:
        number = int(attributes.get("r", self._row + 1))
        if number <= self._row:
            raise InvalidInput("file.damaged", file=self.file)
        self._row, self._cells, self._column = number, [], -1

    def _end_row(self) -> None:
        if self._cells:
            if self._row > MAX_ROWS + 1:
                raise InvalidInput(
                    "file.too_many_rows", file=self.file, sheet=self._sheet, rows=self._row, most=MAX_ROWS
                )
            self.finished.append((self._row, self._cells))
            self._cells = []

    def _start_cell(self, attributes: Attributes) -> None:
        place = attributes.get("r")
        if place is None:
            self._column += 1
        else:
            letters = place.rstrip("0123456789")
            column = self._columns.get(letters)
            if column is None:
                column = self._columns[letters] = column_number(letters)
            self._column = column
        self._kind = attributes.get("t", "n")
        style = attributes.get("s")
        self._style = None
        if style is not None and style.isdecimal() and int(style) < len(self._setting.styles):
            self._style = self._setting.styles[int(style)]
        self._pieces, self._length, self._formula = [], 0, None

    def _end_cell(self) -> None:
        value: Cell = None
        if self._formula is not None:
            value = FormulaCell(self._formula)
        elif self._pieces:
            value = self._read_value.get(self._kind, self._number)("".join(self._pieces))
        if value is None:
            return
        if self._column >= MAX_COLUMNS or self._column < 0:
            raise InvalidInput("file.too_many_columns", file=self.file, sheet=self._sheet, most=MAX_COLUMNS)
        missing = self._column - len(self._cells)
        if missing < 0:
            self._cells[self._column] = value
            return
        if missing:
            self._cells.extend([None] * missing)
        self._cells.append(value)

    def _shared(self, text: str) -> Cell:
        number = int(text)
        return self._setting.texts[number] if 0 <= number < len(self._setting.texts) else ErrorCell(text)

    def _number(self, text: str) -> Cell:
        try:
            number = float(text)
        except ValueError:
            return ErrorCell(text)
        style = self._style
        if style is not None and style.is_date:
            return self._date(number, style)
        from_1904 = self._setting.dates_from_1904
        if not number.is_integer() or abs(number) >= _EXACT_BELOW:
            return PartFrom1904(number) if from_1904 else number
        whole = int(number)
        if style is not None and style.digits and whole >= 0:
            return f"{whole:0{style.digits}d}"
        return WholeFrom1904(whole) if from_1904 else whole

    def _date(self, number: float, style: NumberStyle) -> Cell:
        epoch = CALENDAR_MAC_1904 if self._setting.dates_from_1904 else CALENDAR_WINDOWS_1900
        with suppress(ValueError, OverflowError):
            moment: Cell = from_excel(number, epoch, timedelta=style.is_duration)
            return moment
        return ErrorCell(str(number))


def _iso_date(text: str) -> Cell:
    with suppress(ValueError):
        return datetime.fromisoformat(text.strip().removesuffix("Z"))
    return ErrorCell(text)


def _row_before(block: bytes, end: int) -> int:
    """The number of the last row that begins before ``end``; 0 if none does."""
    start = max(block.rfind(token, 0, end) for token in _ROW_STARTS)
    if start < 0:
        return 0
    found = _ROW.match(block, block.rfind(b"<", 0, start + 1))
    return int(found[1]) if found else 0


def _merged_areas(block: bytes) -> Iterator[Merged]:
    for left, top, right, bottom in _MERGED.findall(block):
        first, last = column_number(left.decode()), column_number(right.decode())
        if first < MAX_COLUMNS and first <= last and int(top) <= int(bottom):
            yield Merged(int(top), int(bottom), first, last)
