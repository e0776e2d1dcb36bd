"""Delimited text (csv, tsv): finds out the encoding and the separator, and counts records as a spreadsheet counts
rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.exchange.cells import Row
from gridclient.exchange.opening import MAX_UNPACKED_BYTES, PIECE, Source
from gridclient.exchange.sheet_rows import MAX_COLUMNS, MAX_ROWS

_FORCED_TEXT = re.compile(r'="([^"]*)"')
_CHINESE = re.compile("[\u4e00-\u9fff]{2}")
_SEPARATORS = ",;\t|^\uff0c\uff1b、"
_LINES_LOOKED_AT = 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@frozen
class Writing:
    """How the text is written. ``lines`` is about how many rows there are. ``forces_text`` says that some cells may be
    written ``="00123"``, which keeps a spreadsheet program from taking them for numbers."""

    encoding: str
    separator: str
    lines: int
    forces_text: bool = False


def examine(source: Source) -> Writing:
    """Finds the encoding and the separator by reading the whole text once.

    Raises ``InvalidInput`` with ``file``: ``file.encoding`` (neither UTF-8 nor GB 18030), ``file.encoding_mixed`` with
    ``row`` (it begins as Chinese in UTF-8), ``file.binary`` (zero bytes), ``file.zip_bomb`` (it unpacks to too much).
    """
    with source.stream() as stream:
        head = stream.read(4)
    marked = next((encoding for mark, encoding in _MARKS if head.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        found = _read_through(source, encoding)
        if found is not None:
            lines, forces_text = found
            return Writing(encoding, _separator(source, encoding), lines, forces_text)
        if encoding == "utf-8":
            _refuse_mixed(source)
    raise InvalidInput("file.encoding", file=source.name)


def rows(source: Source, writing: Writing) -> Iterator[Row]:
    """All rows that hold a value, in order.

    Raises ``InvalidInput`` with ``file`` and ``row``: ``file.quotes`` (an open quotation mark swallows the rest),
    ``file.cell_too_long``, ``file.too_many_rows``, ``file.too_many_columns``.
    """
    number = 0
    with source.stream() as stream:
        text = io.TextIOWrapper(stream, encoding=writing.encoding, newline="")
        reader = csv.reader(text, delimiter=writing.separator, strict=True)
        try:
            for number, cells in enumerate(reader, start=1):
                if number > MAX_ROWS + 1:
                    raise InvalidInput("file.too_many_rows", file=source.name, sheet="", rows=number, most=MAX_ROWS)
                if len(cells) > MAX_COLUMNS:
                    raise InvalidInput("file.too_many_columns", file=source.name, sheet="", most=MAX_COLUMNS)
                if any(cells) and any(map(str.strip, cells)):
                    yield number, [_unforced(cell) for cell in cells] if writing.forces_text else cells
        except csv.Error as problem:
            if "field larger than field limit" in str(problem):
                raise InvalidInput("file.cell_too_long", file=source.name, row=number + 1) from problem
            raise InvalidInput("file.quotes", file=source.name, row=number + 1) from problem
        finally:
            text.detach()


def _unforced(cell: str) -> str:
    forced = _FORCED_TEXT.fullmatch(cell.strip())
    return forced[1] if forced else cell


def _read_through(source: Source, encoding: str) -> tuple[int, bool] | None:
    """About how many lines there are, and whether some cell may be written ``="…"``; ``None`` if the text has another
    encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = size = 0
    forces_text = is_ended = False
    with source.stream() as stream:
        while piece := stream.read(PIECE):
            size += len(piece)
            if size > MAX_UNPACKED_BYTES:
                raise InvalidInput("file.zip_bomb", file=source.name)
            try:
                text = decoder.decode(piece)
            except UnicodeDecodeError:
                return None
            if "\0" in text:
                raise InvalidInput("file.binary", file=source.name)
            lines += text.count("\n")
            is_ended = text.endswith("\n") if text else is_ended
            forces_text = forces_text or '="' in text or text.endswith("=")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return lines + (not is_ended), forces_text


def _refuse_mixed(source: Source) -> None:
    """Raises ``file.encoding_mixed`` if Chinese in UTF-8 comes before the first wrong byte: text in GB 18030 does not
    begin like that."""
    decoder, row, chinese = codecs.getincrementaldecoder("utf-8")(), 1, False
    with source.stream() as stream:
        try:
            while piece := stream.read(PIECE):
                text = decoder.decode(piece)
                row, chinese = row + text.count("\n"), chinese or _CHINESE.search(text) is not None
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as problem:
            text = problem.object[: problem.start].decode()
            if chinese or _CHINESE.search(text):
                row += text.count("\n")
                raise InvalidInput("file.encoding_mixed", file=source.name, row=row) from problem


def _separator(source: Source, encoding: str) -> str:
    """The sign that stands most often, and equally often in each of the first lines; signs in quotation marks are not
    counted."""
    with source.stream() as stream:
        head = stream.read(PIECE).decode(encoding, errors="ignore")
    counts = [Counter(character for character in line if character in _SEPARATORS) for line in _unquoted_lines(head)]
    if not counts:
        return ","

    def weight(separator: str) -> tuple[int, int]:
        first = counts[0][separator]
        return sum(first > 0 and count[separator] == first for count in counts), first

    return max(_SEPARATORS, key=weight)


def _unquoted_lines(text: str) -> list[str]:
    outside = "".join(text.split('"')[::2])
    return [line for line in outside.splitlines() if line.strip(" ")][:_LINES_LOOKED_AT]
