"""Opens a table, whether it is a workbook, a csv file or a csv file in a zip: finds the header and streams the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence, Set
from itertools import islice
from pathlib import Path

from openpyxl.utils import get_column_letter

from gridclient.domain.errors import InvalidInput
from gridclient.exchange import delimited, sheet_rows
from gridclient.exchange.cells import Cell, Row, Table, is_blank
from gridclient.exchange.opening import Form, Source, check_entries, identify
from gridclient.exchange.sheet_rows import SheetPlace, SheetSetting
from gridclient.exchange.xml_parts import SheetPart, WorkbookParts, read_styles, read_texts, read_workbook

_HEADER_WITHIN = 12


def sheets(path: Path | Source) -> tuple[str, ...]:
    """The names of the visible sheets in their order; ``("",)`` for a csv file.

    Raises ``InvalidInput("file.…", file=…)``.
    """
    source = identify(path)
    if source.form is Form.CSV:
        return ("",)
    _require_table(source)
    with source.archive() as archive:
        return tuple(part.name for part in _visible(read_workbook(source.name, archive)))


def filled_sheets(source: Source, *, but: Set[str]) -> tuple[str, ...]:
    """The names of the visible sheets of a workbook that have any value, without those of ``but``."""
    with source.archive() as archive:
        others = [part for part in _visible(read_workbook(source.name, archive)) if part.name not in but]
        return tuple(
            part.name for part in others if _has_values(SheetPlace(source.name, part.name, archive, part.part))
        )


def _has_values(place: SheetPlace) -> bool:
    try:
        return sheet_rows.survey(place).last_row > 0
    except InvalidInput:  # too many, or damaged
        return True


def open_table(
    path: Path | Source, *, sheet: str | None = None, header_row: int = 0, fill_merged: bool = False
) -> Table:
    """Opens a sheet (the first visible one by default) or a csv file.

    With ``header_row`` 0 the header is looked for: it is the first of the upper rows that is about as wide as the
    table. ``fill_merged`` puts the value of each merged area into all its cells. All checks of the container are done
    before this returns.

    Raises ``InvalidInput`` with ``file``: those of ``identify``, ``file.not_a_table``, ``file.no_sheet``,
    ``file.unknown_sheet``, ``file.no_rows``, ``file.no_header``, ``file.too_many_rows``, ``file.too_many_columns``,
    ``file.encoding``, ``file.binary``, ``file.quotes``, ``file.damaged``.
    """
    source = identify(path)
    _require_table(source)
    opened = _Csv(source) if source.form is Form.CSV else _Sheet(source, sheet, fill_merged=fill_merged)
    upper = list(islice(opened.rows(), _HEADER_WITHIN))
    is_csv = source.form is Form.CSV
    header = _header(source.name, opened.sheet, upper, header_row, _usual_width(upper) if is_csv else None)
    return Table(
        file=source.name,
        sheet=opened.sheet,
        header_row=header[0],
        # A csv file is as wide as its line of titles; a sheet may have columns without a title.
        titles=_titles(header[1], 0 if is_csv else max(len(cells) for _, cells in upper)),
        typed=source.form is Form.XLSX,
        expected=max(0, opened.last_row - header[0]),
        rows=lambda: (row for row in opened.rows() if row[0] > header[0]),
    )


class _Csv:
    sheet = ""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._writing = delimited.examine(source)
        self.last_row = self._writing.lines

    def rows(self) -> Iterator[Row]:
        return delimited.rows(self._source, self._writing)


class _Sheet:
    def __init__(self, source: Source, sheet: str | None, *, fill_merged: bool) -> None:
        self._source = source
        with source.archive() as archive:
            check_entries(source.name, archive.infolist())
            workbook = read_workbook(source.name, archive)
            self._part = _chosen(source.name, workbook, sheet)
            self.sheet = self._part.name
            found = sheet_rows.survey(SheetPlace(source.name, self.sheet, archive, self._part.part))
            texts = source.texts.get(workbook.texts_part)
            if texts is None:
                texts = source.texts[workbook.texts_part] = read_texts(source.name, archive, workbook.texts_part)
            styles = read_styles(source.name, archive, workbook.styles_part)
        self._setting = SheetSetting(texts, styles, workbook.dates_from_1904)
        self._filled = found.merged if fill_merged else ()
        self.last_row = found.last_row

    def rows(self) -> Iterator[Row]:
        with self._source.archive() as archive:
            place = SheetPlace(self._source.name, self.sheet, archive, self._part.part)
            yield from sheet_rows.rows(place, self._setting, self._filled)


def _require_table(source: Source) -> None:
    if source.form is Form.GEOJSON:
        raise InvalidInput("file.not_a_table", file=source.name)


def _visible(workbook: WorkbookParts) -> Sequence[SheetPart]:
    return [part for part in workbook.sheets if not part.hidden] or workbook.sheets


def _chosen(file: str, workbook: WorkbookParts, sheet: str | None) -> SheetPart:
    if sheet is None:
        return _visible(workbook)[0]
    for part in workbook.sheets:
        if part.name.strip() == sheet.strip():
            return part
    raise InvalidInput("file.unknown_sheet", file=file, sheet=sheet, sheets="、".join(p.name for p in workbook.sheets))


def _usual_width(upper: list[Row]) -> int | None:
    """The largest number of cells that at least two lines of a csv file have; a single longer line lacks its quotation
    marks."""
    widths = Counter(len(cells) for _, cells in upper)
    return max((width for width, times in widths.items() if times > 1 < width), default=None)


def _header(file: str, sheet: str, upper: list[Row], header_row: int, most: int | None) -> Row:
    if header_row:
        for row in upper:
            if row[0] == header_row:
                return row
        raise InvalidInput("file.no_header", file=file, sheet=sheet, row=header_row)
    if not upper:
        raise InvalidInput("file.no_rows", file=file, sheet=sheet)
    filled = [_width(cells) for _, cells in upper]
    widest = min(max(filled), most or max(filled))
    # A heading or remark above the table fills a cell or two; the header fills most of the width.
    return next(row for row, count in zip(upper, filled, strict=True) if count * 2 > widest)


def _width(cells: Sequence[Cell]) -> int:
    """How many cells are filled; a heading that is merged over the whole table counts as one."""
    filled = [str(cell) for cell in cells if not is_blank(cell)]
    return len(filled) if len(set(filled)) > 1 else len(filled[:1])


def _titles(header: Sequence[Cell], width: int) -> tuple[str, ...]:
    """The titles without line breaks. A blank title becomes the letter of its column; a repeated one gets a number."""
    cells = [*header, *[None] * (width - len(header))]
    found: list[str] = []
    seen: set[str] = set()
    for place, cell in enumerate(cells, start=1):
        plain = "" if is_blank(cell) else " ".join(str(cell).split())
        title = plain or get_column_letter(place)
        number = 2
        while title in seen:
            title = f"{plain or get_column_letter(place)} ({number})"
            number += 1
        seen.add(title)
        found.append(title)
    return tuple(found)
