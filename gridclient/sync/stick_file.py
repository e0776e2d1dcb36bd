"""Reads and writes files on a stick as a whole. An old file stays until the new one lies complete beside it; a file of
another kind is never overwritten."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from gridclient.domain.errors import SyncFault, reason_of
from gridclient.services.put_in_place import put_in_place
from gridclient.sync.bundle import MOST_BYTES


def read_file(file: Path) -> bytes:
    """The content of a file.

    Raises:
        SyncFault: ``file.missing``: the folder is there and the file is not; ``bundle.unreadable``: the folder is
            missing too (the stick was pulled out), or the disk failed; ``bundle.broken``: the file is larger than
            :data:`MOST_BYTES`.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise SyncFault("bundle.broken")
        return file.read_bytes()
    except OSError as error:
        if isinstance(error, FileNotFoundError) and file.parent.is_dir():
            raise SyncFault("file.missing", file=file.name) from None
        raise SyncFault("bundle.unreadable", reason=reason_of(error)) from error


def leave_others(file: Path, head: bytes) -> None:
    """Passes if a file that begins with ``head`` may be written here: there is none, or one of the same kind (also cut
    off within it). The same is checked for ``NAME.part``, its name while it is written.

    Raises:
        SyncFault: ``file.other_kind``: something else is there, a device or a pipe for example.
    """
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
    """Writes a file, or replaces one that begins with ``head`` as a whole; after it returns, a power cut leaves it.

    Raises:
        SyncFault: ``file.other_kind``, ``bundle.not_written``; what is there stays as it is.
    """
    leave_others(file, head)
    part = _part(file)
    try:
        with part.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        put_in_place(part, file)
        if os.name == "posix":
            folder = os.open(file.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise SyncFault("bundle.not_written", reason=reason_of(error)) from error
