"""Finds out what a file really is, whatever its name says, and reads its bytes without harm.

Every file that is imported passes here: its size, its form (by content), and the figures in the directory of a zip
container. Streams are read in pieces, so that a container that lies about its sizes costs no memory.
"""

from __future__ import annotations

import codecs
import errno
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from enum import StrEnum
from pathlib import Path
from typing import IO

from gridclient.domain.errors import InvalidInput, reason_of
from gridclient.domain.frozen import frozen

MAX_FILE_BYTES = 200 << 20
MAX_UNPACKED_BYTES = 1 << 30
MAX_ENTRIES = 2_000
MAX_DIRECTORY_BYTES = 1 << 20
MAX_RATIO = 250
"""Real sheets shrink to a tenth or a sixtieth; a bomb comes near deflate's limit of 1,032."""
RATIO_COUNTS_FROM = 4 << 20
PIECE = 1 << 16


class Form(StrEnum):
    """How the content is written."""

    XLSX = "xlsx"
    CSV = "csv"
    GEOJSON = "geojson"


@frozen
class Source:
    """A file whose form is known. ``member`` is the only file in a zip that was packed for sending; "" for a file that
    is not packed. ``texts`` keeps the shared texts of a workbook, as reading them takes longest."""

    path: Path
    form: Form
    member: str = ""
    texts: dict[str, list[str]] = field(default_factory=dict, compare=False)

    @property
    def name(self) -> str:
        """The file's name for people."""
        return self.path.name

    @contextmanager
    def stream(self) -> Iterator[IO[bytes]]:
        """The bytes of a text (csv, GeoJSON), unpacked if they were packed. Raises ``InvalidInput("file.…")``."""
        with readable(self.name):
            if not self.member:
                with self.path.open("rb") as stream:
                    yield stream
                return
            with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                yield stream

    @contextmanager
    def archive(self) -> Iterator[zipfile.ZipFile]:
        """The container of a workbook. Raises ``InvalidInput("file.…")``."""
        with readable(self.name), zipfile.ZipFile(self.path) as archive:
            yield archive


@contextmanager
def readable(file: str) -> Iterator[None]:
    """Turns the errors that reading hostile or broken bytes can raise into ``InvalidInput("file.…", file=…)``."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, UnicodeDecodeError) as problem:
        raise InvalidInput("file.damaged", file=file) from problem
    except OSError as problem:
        if problem.errno == errno.EINVAL:  # the zip directory points before the beginning of the file
            raise InvalidInput("file.damaged", file=file) from problem
        raise InvalidInput("file.unreadable", file=file, reason=reason_of(problem)) from problem


def identify(path: Path | Source) -> Source:
    """Finds out by its content what the file is, unless it is known.

    Raises ``InvalidInput`` with ``file``: ``file.missing``, ``file.folder``, ``file.empty``, ``file.too_large``,
    ``file.old_xls``, ``file.encrypted``, ``file.basemap``, ``file.geojson_encoding``, ``file.html``,
    ``file.xml_spreadsheet``, ``file.xlsb``, ``file.not_xlsx``, ``file.nested``, ``file.zip_many``, ``file.zip_bomb``,
    ``file.damaged``, ``file.unreadable``.
    """
    if isinstance(path, Source):
        return path
    with readable(path.name):
        if not path.is_file():
            raise InvalidInput("file.folder" if path.is_dir() else "file.missing", file=path.name)
        size = path.stat().st_size
        if size == 0:
            raise InvalidInput("file.empty", file=path.name)
        if size > MAX_FILE_BYTES:
            raise InvalidInput("file.too_large", file=path.name, megabytes=size >> 20, most=MAX_FILE_BYTES >> 20)
        with path.open("rb") as stream:
            head = stream.read(4096)
        if head.startswith(b"PK"):
            return _container(path)
        return Source(path, _text_form(path.name, head, path))


def _text_form(file: str, head: bytes, path: Path) -> Form:
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        _raise_for_compound(path)
    if head.startswith((b"PMTiles", b"SQLite format 3\0")):
        raise InvalidInput("file.basemap", file=file)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) and start[2:].strip(b"\0 \t\r\n").startswith(b"{"):
        raise InvalidInput("file.geojson_encoding", file=file)
    if start.startswith(b"{"):
        return Form.GEOJSON
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<head", b"<body")):
        raise InvalidInput("file.html", file=file)
    if start.startswith(b"<"):
        raise InvalidInput("file.xml_spreadsheet", file=file)
    if not start.strip(b"\0"):
        raise InvalidInput("file.empty", file=file)
    if Path(file).suffix.lower() in {".xlsx", ".xlsm", ".xls", ".et"}:
        raise InvalidInput("file.not_xlsx", file=file)
    return Form.CSV


def _raise_for_compound(path: Path) -> None:
    """Raises ``file.encrypted`` or ``file.old_xls``: encrypted xlsx files and old xls files are both OLE2
    containers."""
    with path.open("rb") as stream:
        content = stream.read(8 << 20)
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise InvalidInput("file.encrypted", file=path.name)
    raise InvalidInput("file.old_xls", file=path.name)


def _container(path: Path) -> Source:
    _check_directory_size(path)
    with zipfile.ZipFile(path) as archive:
        entries = archive.infolist()
        check_entries(path.name, entries)
        names = {entry.filename for entry in entries}
    if "[Content_Types].xml" in names or "xl/workbook.xml" in names:
        if "xl/workbook.bin" in names:
            raise InvalidInput("file.xlsb", file=path.name)
        if not any(name.startswith("xl/") for name in names):
            raise InvalidInput("file.not_xlsx", file=path.name)
        return Source(path, Form.XLSX)
    members = [entry for entry in entries if not entry.is_dir() and not entry.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        raise InvalidInput("file.zip_many", file=path.name, count=len(members))
    member = members[0].filename
    with zipfile.ZipFile(path) as archive, archive.open(member) as stream:
        head = stream.read(4096)
    if not head:
        raise InvalidInput("file.empty", file=path.name)
    if head.startswith((b"PK", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")):
        raise InvalidInput("file.nested", file=path.name)
    return Source(path, _text_form(member, head, path), member)


def _check_directory_size(path: Path) -> None:
    """Raises ``file.zip_bomb`` for a directory of millions of entries before ``zipfile`` reads it into memory."""
    size = path.stat().st_size
    with path.open("rb") as stream:
        stream.seek(max(0, size - (1 << 16) - 22))
        tail = stream.read()
    found = tail.rfind(b"PK\5\6")
    if found < 0 or len(tail) < found + 22:
        raise InvalidInput("file.damaged", file=path.name)
    entries, directory = struct.unpack_from("<HI", tail, found + 10)
    if entries > MAX_ENTRIES or directory > MAX_DIRECTORY_BYTES:
        raise InvalidInput("file.zip_bomb", file=path.name)


def check_entries(file: str, entries: list[zipfile.ZipInfo]) -> None:
    """Refuses a container whose directory announces a bomb, a password or an unusual compression.

    The figures can be relied on: ``zipfile`` never unpacks more than the directory announces.
    """
    for entry in entries:
        if entry.flag_bits & 0x1:
            raise InvalidInput("file.encrypted", file=file)
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise InvalidInput("file.damaged", file=file)
        packed = max(entry.compress_size, 1)
        if entry.file_size > RATIO_COUNTS_FROM and entry.file_size / packed > MAX_RATIO:
            raise InvalidInput("file.zip_bomb", file=file)
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise InvalidInput("file.zip_bomb", file=file)
