"""Whether there is a profile in a folder, and the lock that keeps it to one desk at a time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gridclient.domain.errors import Conflict
from gridclient.store.file_faults import file_faults

if TYPE_CHECKING:
    from filelock import FileLock


def profile_exists(folder: Path) -> bool:
    """Whether there is a profile in this folder."""
    return (folder / "profile.json").is_file()


def take_lock(folder: Path) -> FileLock:
    """Takes the profile's lock; no other desk can open the profile until it is released.

    Raises:
        Conflict: another desk has the profile open (``profile.in_use``).
        StoreUnavailable: the disk fails.
    """
    from filelock import FileLock, Timeout  # noqa: PLC0415  (whether there is a profile is asked before Qt is loaded)

    lock = FileLock(folder / "desk.lock", timeout=0, mode=0o600, thread_local=False)
    with file_faults():
        try:
            lock.acquire()
        except Timeout:
            raise Conflict("profile.in_use", folder=str(folder)) from None
    return lock
