"""Files on a stick as bytes: read whole, written whole. The old one stays until the new one lies beside it; what is no
file of that kind is not written over."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from gridclient.domain.errors import SyncFault
from gridclient.sync.bundle import MOST_BYTES


def read_file(file: Path) -> bytes:
    """All of a file. Raises ``SyncFault``: ``file.missing`` (its folder is there), ``bundle.unreadable``,
    ``bundle.broken`` for one of senseless size."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise SyncFault("bundle.broken")
        return file.read_bytes()
    except OSError as error:
        if isinstance(error, FileNotFoundError) and file.parent.is_dir():
            raise SyncFault("file.missing", file=file.name) from None
        raise SyncFault("bundle.unreadable", reason=error.strerror or type(error).__name__) from error


def leave_others(file: Path, head: bytes) -> None:
    """Raises ``SyncFault("file.other_kind")`` where something lies, or beside it under the name that it has while it is
    written, that does not begin with ``head`` (nor is the beginning of it), or is no file at all (a device, a pipe)."""
    for name in (file, _part(file)):
        _leave_other(name, head)


def _part(file: Path) -> Path:
    return file.with_name(f"{file.name}.part")


def _leave_other(file: Path, head: bytes) -> None:
    if file.exists() and not (file.is_file() or file.is_dir()):
        raise SyncFault("file.other_kind", file=str(file))
    try:
        with file.open("rb") as stream:
            found = stream.read(len(head))
    except OSError:  # nothing is there, or a folder; writing says what is wrong with it
        return
    if not head.startswith(found):
        raise SyncFault("file.other_kind", file=str(file))


def write_file(file: Path, data: bytes, head: bytes) -> None:
    """Puts a file in place of an old one of the kind that begins with ``head``, all or nothing.

    Raises:
        SyncFault: ``file.other_kind``, ``bundle.not_written``; what is there was left as it is.
    """
    leave_others(file, head)
    part = _part(file)
    try:
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
        if os.name == "posix":
            folder = os.open(file.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise SyncFault("bundle.not_written", reason=error.strerror or type(error).__name__) from error
