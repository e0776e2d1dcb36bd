"""The small parts of a workbook: its list of sheets, shared texts and number formats.

They are read with expat in pieces. A document type declaration ends the reading: entity bombs need one, and no
spreadsheet program writes one. Local names are compared, so strict and transitional files can both be read.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Callable
from typing import IO, TypeAlias
from xml.parsers import expat

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from gridclient.domain.errors import InvalidInput
from gridclient.domain.frozen import frozen
from gridclient.exchange.opening import PIECE

MAX_SMALL_PART = 32 << 20
MAX_TEXTS = 5_000_000
Attributes: TypeAlias = dict[str, str]
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
# Date formats of Chinese programs that stand in no list but the standard's own (ECMA-376 18.8.30, zh-cn).
_CHINESE_DATE_FORMATS = frozenset({*range(27, 37), *range(50, 59)})


class XmlReader:
    """An expat parser that is fed piece by piece. Subclasses override ``start``, ``end`` and ``text``, which get local
    names."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self.text
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype

    def start(self, name: str, attributes: Attributes, /) -> None:
        """Called when an element begins."""

    def end(self, name: str) -> None:
        """Called when an element ends."""

    def text(self, data: str) -> None:
        """Called with text between elements."""

    def feed(self, piece: bytes, *, last: bool = False) -> None:
        """Parses one piece. Raises ``InvalidInput``: ``file.damaged``, ``file.zip_bomb``."""
        try:
            self._parser.Parse(piece, last)
        except (expat.ExpatError, LookupError, ValueError) as problem:
            raise InvalidInput("file.damaged", file=self.file) from problem

    def read(self, stream: IO[bytes]) -> None:
        """Parses the whole stream. Raises as :meth:`feed` does."""
        while piece := stream.read(PIECE):
            self.feed(piece)
        self.feed(b"", last=True)

    def _start(self, name: str, attributes: Attributes) -> None:
        self.start(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self.end(name.rpartition(":")[2])

    def _refuse_doctype(self, *_declaration: object) -> None:
        raise InvalidInput("file.zip_bomb", file=self.file)


class _Elements(XmlReader):
    """Calls ``seen`` for every element, which is enough for lists and relations."""

    def __init__(self, file: str, seen: Callable[[str, Attributes], None]) -> None:
        super().__init__(file)
        self._seen = seen

    def start(self, name: str, attributes: Attributes) -> None:
        self._seen(name, attributes)


class _Texts(XmlReader):
    """Collects the shared texts; phonetic guides (rPh) are left out."""

    def __init__(self, file: str) -> None:
        super().__init__(file)
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._inside = False
        self._phonetic = 0

    def start(self, name: str, _attributes: Attributes) -> None:
        if name == "si":
            self._pieces = []
        elif name == "rPh":
            self._phonetic += 1
        self._inside = name == "t" and not self._phonetic

    def end(self, name: str) -> None:
        self._inside = False
        if name == "rPh":
            self._phonetic -= 1
        elif name == "si":
            if len(self.found) >= MAX_TEXTS:
                raise InvalidInput("file.zip_bomb", file=self.file)
            self.found.append(unescaped("".join(self._pieces)))

    def text(self, data: str) -> None:
        if self._inside:
            self._pieces.append(data)


@frozen
class SheetPart:
    """One sheet: its name for people and the part of the container that holds it."""

    name: str
    part: str
    hidden: bool


@frozen
class NumberStyle:
    """How a style shows numbers: as a date, as a length of time, or with so many digits and leading zeros."""

    is_date: bool = False
    is_duration: bool = False
    digits: int = 0


@frozen
class WorkbookParts:
    """What all sheets of a workbook share; ``…_part`` are names of parts in the container, "" if it has no such
    part."""

    sheets: tuple[SheetPart, ...]
    dates_from_1904: bool
    styles_part: str
    texts_part: str


def unescaped(text: str) -> str:
    """The text with escapes resolved: a workbook writes a carriage return as ``_x000D_``."""
    return _ESCAPED.sub(_character, text) if "_x" in text else text


def read_workbook(file: str, archive: zipfile.ZipFile) -> WorkbookParts:
    """The sheets of the workbook in their order. Raises ``InvalidInput``: ``file.damaged``, ``file.no_sheet``."""
    main = next((part for kind, part in _relations(file, archive, "").values() if kind == "officeDocument"), "")
    main = main or "xl/workbook.xml"
    relations = _relations(file, archive, main)
    sheets: list[SheetPart] = []
    from_1904 = False

    def seen(name: str, attributes: Attributes) -> None:
        nonlocal from_1904
        if name == "sheet":
            key = next((value for title, value in attributes.items() if title.rpartition(":")[2] == "id"), "")
            kind, part = relations.get(key, ("", ""))
            if kind == "worksheet":
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(SheetPart(attributes.get("name", ""), part, hidden))
        elif name == "workbookPr":
            from_1904 = attributes.get("date1904") in {"1", "true"}

    _read_part(file, archive, main, seen)
    if not sheets:
        raise InvalidInput("file.no_sheet", file=file)
    by_kind = dict(relations.values())
    return WorkbookParts(tuple(sheets), from_1904, by_kind.get("styles", ""), by_kind.get("sharedStrings", ""))


def read_texts(file: str, archive: zipfile.ZipFile, part: str) -> list[str]:
    """The shared texts in the order of their numbers; an empty list if the workbook has none."""
    if part not in archive.namelist():
        return []
    reader = _Texts(file)
    with archive.open(part) as stream:
        reader.read(stream)
    return reader.found


def read_styles(file: str, archive: zipfile.ZipFile, part: str) -> list[NumberStyle]:
    """How each cell style shows numbers, in the order of the styles' numbers."""
    if part not in archive.namelist():
        return []
    formats: dict[str, str] = {}
    styles: list[NumberStyle] = []
    inside_cell_formats = False

    def seen(name: str, attributes: Attributes) -> None:
        nonlocal inside_cell_formats
        if name == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name in {"cellXfs", "cellStyleXfs", "cellStyles", "dxfs"}:
            inside_cell_formats = name == "cellXfs"
        elif name == "xf" and inside_cell_formats:
            styles.append(_number_style(attributes.get("numFmtId", "0"), formats))

    _read_part(file, archive, part, seen)
    return styles


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    if 0xD800 <= number < 0xE000:
        return "\ufffd"
    return chr(number) if number else ""


def _number_style(number: str, formats: dict[str, str]) -> NumberStyle:
    identifier = int(number) if number.isdecimal() else 0
    code = formats.get(number) or BUILTIN_FORMATS.get(identifier, "General")
    if number not in formats and identifier in _CHINESE_DATE_FORMATS:
        return NumberStyle(is_date=True)
    if is_date_format(code):
        return NumberStyle(is_date=True, is_duration=is_timedelta_format(code))
    return NumberStyle(digits=len(code) if len(code) > 1 and not code.strip("0") else 0)


def _relations(file: str, archive: zipfile.ZipFile, owner: str) -> dict[str, tuple[str, str]]:
    """The relations of a part: id → (last word of the relation's type, name of the other part). ``owner`` "" is the
    container itself."""
    folder, name = posixpath.split(owner)
    found: dict[str, tuple[str, str]] = {}

    def seen(element: str, attributes: Attributes) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", ""))).lstrip("/")
            found[attributes.get("Id", "")] = (attributes.get("Type", "").rpartition("/")[2], target)

    part = posixpath.join(folder, "_rels", f"{name}.rels")
    if part in archive.namelist():
        _read_part(file, archive, part, seen)
    return found


def _read_part(file: str, archive: zipfile.ZipFile, part: str, seen: Callable[[str, Attributes], None]) -> None:
    """Calls ``seen`` for every element of a part. Raises ``InvalidInput``: ``file.damaged``, ``file.zip_bomb``."""
    try:
        entry = archive.getinfo(part)
    except KeyError:
        raise InvalidInput("file.damaged", file=file) from None
    if entry.file_size > MAX_SMALL_PART:
        raise InvalidInput("file.zip_bomb", file=file)
    with archive.open(entry) as stream:
        _Elements(file, seen).read(stream)
