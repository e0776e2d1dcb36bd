"""Plain files of the store: written durably, and the disk's faults as ``StoreUnavailable``."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from gridclient.domain.errors import StoreUnavailable, reason_of
from gridclient.services.put_in_place import put_in_place

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def file_faults() -> Iterator[None]:
    """Turns a failing disk into ``StoreUnavailable``; a missing file stays what it is."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise StoreUnavailable("store.disk_full") from error
        raise StoreUnavailable("store.disk_failed", detail=reason_of(error)) from error


def write_durably(path: Path, content: bytes) -> None:
    """Replaces a file as a whole, readable by its owner only; after it returns, a power cut leaves the new content.

    Desk and worker may both write it: the last one counts.
    """
    fresh = path.with_name(f"{path.name}.{os.urandom(4).hex()}.new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(fresh, path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes new names in a folder durable, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
