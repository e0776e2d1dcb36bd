"""Attachments in the hub's folder, named by their SHA-256: complete files, and beginnings that grow by chunks."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final

from gridclient.domain.errors import InvalidInput, StoreUnavailable, reason_of
from gridclient.services.put_in_place import put_in_place
from gridclient.sync.terms import FilePlace

MOST_CHUNK: Final = 256 * 1024
LARGEST: Final = 32 * 1024 * 1024
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_STALE_S: Final = 14 * 24 * 3600


class FileShelf:
    """The folder. Two desks may send the same file at once: they write the same bytes at the same offsets."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts = folder / "parts"
        try:
            self._parts.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _failed(error) from error

    def path(self, sha256: str) -> Path:
        """The path of the complete file, present or not. Raises ``InvalidInput("sync.file_name")``."""
        if not _SHA256.fullmatch(sha256):
            raise InvalidInput("sync.file_name")
        return self._folder / sha256[:2] / sha256

    def state(self, sha256: str) -> FilePlace:
        """How much of the file is here."""
        whole = self.path(sha256)
        if whole.is_file():
            return FilePlace(whole.stat().st_size, True)
        part = self._part(sha256)
        return FilePlace(part.stat().st_size if part.is_file() else 0, False)

    def put(self, sha256: str, offset: int, chunk: bytes, length: int) -> FilePlace:
        """Appends a chunk at ``offset``; returns how much is here then.

        A chunk for another offset changes nothing. Once all ``length`` bytes are here and do not have the SHA-256,
        everything is deleted and the state is 0.

        Raises:
            InvalidInput: ``sync.file_too_large``.
            StoreUnavailable: the disk failed (``hub.store_failed``).
        """
        if not 0 < length <= LARGEST or offset + len(chunk) > length:
            raise InvalidInput("sync.file_too_large")
        state = self.state(sha256)
        try:
            if not state.whole and state.offset >= length:  # left by a killed hub, or the length was wrong
                self._part(sha256).unlink(missing_ok=True)
                state = FilePlace(0, False)
            if state.whole or offset != state.offset:
                return state
            return self._write(sha256, offset, chunk, length)
        except OSError as error:
            raise _failed(error) from error

    def drop_stale(self) -> None:
        """Deletes beginnings that nobody continued. Raises ``StoreUnavailable`` if the disk fails."""
        limit = time.time() - _STALE_S
        try:
            for part in self._parts.iterdir():
                with suppress(FileNotFoundError):  # another process of the hub was faster
                    if part.stat().st_mtime < limit:
                        part.unlink()
        except OSError as error:
            raise _failed(error) from error

    def _write(self, sha256: str, offset: int, chunk: bytes, length: int) -> FilePlace:
        part = self._part(sha256)
        handle = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
        with os.fdopen(handle, "r+b") as file:
            file.seek(offset)
            file.write(chunk)
            if offset + len(chunk) < length:
                return FilePlace(offset + len(chunk), False)
            file.seek(0)
            try:
                is_whole = self._settle(sha256, file)
            except OSError:  # no room: this piece is sent again, and not all of them
                file.truncate(offset)
                raise
        part.unlink(missing_ok=True)
        return FilePlace(length if is_whole else 0, is_whole)

    def _settle(self, sha256: str, came: BinaryIO) -> bool:
        """Puts a file in place if it has its SHA-256: a copy, as others may still write to the beginning."""
        handle, name = tempfile.mkstemp(dir=self._parts)
        proved, digest = Path(name), hashlib.sha256()
        try:
            with os.fdopen(handle, "wb") as file:
                while piece := came.read(MOST_CHUNK):
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            if digest.hexdigest() != sha256:
                return False
            whole = self.path(sha256)
            whole.parent.mkdir(exist_ok=True)
            put_in_place(proved, whole)
            return True
        finally:
            proved.unlink(missing_ok=True)

    def _part(self, sha256: str) -> Path:
        return self._parts / self.path(sha256).name


def _failed(error: OSError) -> StoreUnavailable:
    return StoreUnavailable("hub.store_failed", detail=reason_of(error))
