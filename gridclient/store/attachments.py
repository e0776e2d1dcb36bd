"""Photos and papers of cases: kept once by the SHA-256 of their content, as sealed files in the profile's folder.

A file is in place, whole and on the disk, before anything names it; what a case knows of it (name, kind) stands in the
event that attaches it. Chunks and queues for the line are the sync's matter.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, Protocol

from gridclient.domain.errors import InvalidInput, NotFound, StoreUnavailable
from gridclient.services.ports import FileState, KeptFile
from gridclient.services.put_in_place import put_in_place
from gridclient.store.driver import Database
from gridclient.store.file_faults import file_faults, sync_folder
from gridclient.store.settings import KEEP_VALUE, read_value

if TYPE_CHECKING:
    from gridclient.store.sealed_files import SealedFile

LARGEST_BYTES: Final = 20 * 1024 * 1024
SEALED_BEGINS: Final = 16
"""Bytes before the content in a file of the folder."""
_CHUNK: Final = 1024 * 1024
_LONGEST_NAME: Final = 120
_HEAD: Final = 16
_PURPOSE: Final = b"gridclient attachments"
_KEY: Final = "attachments.key"
_DIGEST: Final = re.compile("[0-9a-f]{64}")
_STATES: Final = (
    "SELECT n.value, a.sha256 IS NOT NULL, CASE WHEN q.sha256 IS NULL THEN EXISTS(SELECT 1 FROM desk_values "
    "WHERE name = 'sync.hub' AND value <> '') ELSE q.incoming = 0 AND q.sent < a.size END FROM json_each(?) n "
    "LEFT JOIN attachment_files a ON a.sha256 = n.value LEFT JOIN file_queue q ON q.sha256 = n.value"
)


class _Readable(Protocol):
    def read(self, length: int, /) -> bytes: ...


class AttachmentStore:
    """The folder of attachments and the table that describes them. Safe to use from several threads."""

    def __init__(self, folder: Path, database: Database) -> None:
        self._folder = folder
        self._database = database

    def keep(self, source: Path, *, at: datetime) -> KeptFile:
        """Takes a copy of a file; the same content again costs nothing.

        Raises:
            InvalidInput: it cannot be read, is empty, too big or no picture or PDF (``attachment.…``).
            StoreUnavailable: the copy cannot be written.
        """
        name = source.name[-_LONGEST_NAME:]
        if not source.is_file():  # a pipe would hold the desk's writing until somebody fills it
            raise InvalidInput("attachment.unreadable", name=name)
        try:
            with source.open("rb") as stream:
                return self.take(stream, name, at)
        except OSError as error:
            raise InvalidInput("attachment.unreadable", name=name) from error

    def content(self, sha256: str) -> bytes:
        """The whole of a file.

        Raises:
            NotFound: it is not on this desk (``attachment.missing``).
            StoreUnavailable: it cannot be read.
        """
        return self.piece(sha256, 0, LARGEST_BYTES)

    def piece(self, sha256: str, offset: int, length: int) -> bytes:
        """At most ``length`` bytes of a file from ``offset`` on. Raises as :meth:`content` does."""
        try:
            with file_faults(), self._place(sha256).open("rb") as stream:
                return self.sealed(stream, offset).read(length)
        except FileNotFoundError:
            raise NotFound("attachment.missing", sha256=sha256) from None

    def sealed(self, stream: BinaryIO, offset: int | None = None) -> SealedFile:
        """The content of an open file of this folder, from ``offset`` on; ``None``: of a new, empty file."""
        from gridclient.store.sealed_files import SealedFile  # noqa: PLC0415  # a desk opens without a cipher

        with self._database.reader() as connection:
            kept = read_value(connection, _KEY)
        key = bytes.fromhex(kept) if kept else self._database.key_for(_PURPOSE)
        return SealedFile.begin(stream, key) if offset is None else SealedFile.of(stream, key, offset)

    def states(self, names: Collection[str]) -> Mapping[str, FileState]:
        """See ``services.ports.AttachmentFiles``. A file just attached counts as only here before it is in the
        queue."""
        with self._database.reader() as connection:
            rows = connection.execute(_STATES, (json.dumps(sorted(names)),)).fetchall()
        return {name: _state(here=here, waits=waits) for name, here, waits in rows}

    def damaged(self) -> list[str]:
        """The files of the table whose content is missing or is not what its name says."""
        return [sha256 for sha256 in self._known() if not self._is_whole(sha256)]

    def missing(self) -> int:
        """How many files of the table are not there; told at once, without reading them."""
        return sum(not self._place(sha256).is_file() for sha256 in self._known())

    def _known(self) -> list[str]:
        with self._database.reader() as connection:
            return [sha256 for (sha256,) in connection.execute("select sha256 from attachment_files order by sha256")]

    def take(self, stream: _Readable, name: str, at: datetime) -> KeptFile:
        """Keeps what is read of ``stream``. Raises as :meth:`keep` does."""
        with _writing(self._folder) as (part, part_stream):
            with file_faults():
                sealed = self.sealed(part_stream)
            digest, size, head = hashlib.sha256(), 0, b""
            while chunk := stream.read(_CHUNK):
                size += len(chunk)
                if size > LARGEST_BYTES:
                    raise InvalidInput("attachment.too_big", name=name, limit=LARGEST_BYTES // (1024 * 1024))
                head = head or chunk[:_HEAD]
                digest.update(chunk)
                with file_faults():
                    sealed.write(chunk)
            if not size:
                raise InvalidInput("attachment.empty", name=name)
            kept = KeptFile(digest.hexdigest(), name, size, _media_type(head, name))
            _settle(part, part_stream, self._place(kept.sha256))
        with self._database.writer() as connection:
            connection.execute(
                "insert into attachment_files (sha256, size, media_type, name, added_at) values (?, ?, ?, ?, ?)"
                " on conflict (sha256) do nothing",
                (kept.sha256, kept.size, kept.media_type, kept.name, at.isoformat()),
            )
        return kept

    def _place(self, sha256: str) -> Path:
        if not is_digest(sha256):
            raise NotFound("attachment.missing", sha256=sha256)
        return self._folder / sha256[:2] / sha256

    def _is_whole(self, sha256: str) -> bool:
        try:
            return hashlib.sha256(self.content(sha256)).hexdigest() == sha256
        except (StoreUnavailable, NotFound):
            return False


def keep_key(database: Database) -> None:
    """Writes down the key of the attachments; to be called before the store's key changes, which would lose it."""
    with database.writer() as connection:
        if not read_value(connection, _KEY):
            connection.execute(KEEP_VALUE, (_KEY, database.key_for(_PURPOSE).hex()))


def is_digest(name: object) -> bool:
    """Whether ``name`` has the form of a file's name here: a SHA-256 in hexadecimal digits."""
    return isinstance(name, str) and _DIGEST.fullmatch(name) is not None


def _state(*, here: bool, waits: bool) -> FileState:
    if not here:
        return FileState.NOT_HERE
    return FileState.ONLY_HERE if waits else FileState.SHARED


def _settle(part: Path, stream: BinaryIO, place: Path) -> None:
    """Puts what was written on the disk and in its place, at once and for good."""
    with file_faults():
        stream.flush()
        os.fsync(stream.fileno())
        stream.close()  # Windows moves no open file
        place.parent.mkdir(exist_ok=True)
        put_in_place(part, place)
        sync_folder(place.parent)


@contextmanager
def _writing(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """A file beside its later place."""
    with file_faults():
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    path = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            yield path, stream
    finally:
        path.unlink(missing_ok=True)


def _media_type(head: bytes, name: str) -> str:
    """By what the file is, never by what it is called. Raises ``InvalidInput`` for other kinds."""
    for start, signature, media_type in _SIGNATURES:
        if head[start : start + len(signature)] == signature:
            return media_type
    raise InvalidInput("attachment.wrong_type", name=name)


_SIGNATURES: Final = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypheix", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (0, b"GIF8", "image/gif"),
    (0, b"BM", "image/bmp"),
    (0, b"%PDF-", "application/pdf"),
)
