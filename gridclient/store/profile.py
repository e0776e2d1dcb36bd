"""A profile: the one folder that holds everything of one desk, and the lock that keeps it to one desk at a time.

``profile.json`` names the device and ``keys/store.key`` opens ``store.db``; both are made once. No lock is taken to
read only (``read_only``) or by a process that works for the desk that holds the lock (``lock=False``).
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
import shutil
from collections.abc import Mapping, Set
from contextlib import suppress
from dataclasses import asdict, fields, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gridclient.domain.codes import DEVICE_SIGNS
from gridclient.domain.errors import InvalidInput, NotFound, StoreUnavailable
from gridclient.domain.frozen import frozen
from gridclient.services.put_in_place import put_in_place
from gridclient.store.driver import KEY_BYTES, Database
from gridclient.store.file_faults import file_faults, sync_folder, write_durably
from gridclient.store.log import Device, writing_device
from gridclient.store.profile_lock import profile_exists, take_lock
from gridclient.store.schema import check_version, has_todays_rules, version_of
from gridclient.store.snapshots import copy_store, finish_exchange, has_store, is_exchange_decided, remove_store

if TYPE_CHECKING:
    from filelock import FileLock

    from gridclient.store.folding_again import Told

BEFORE_UPGRADE: Final = "before-upgrade-"
BY_HAND: Final = "manual-"
FOLDERS: Final = ("keys", "attachments", "basemaps", "backups", "logs", "hub")
_BEGUN: Final = "profile.begun"
"""Renamed to ``profile.json`` as the last step of making a profile; while it exists the store is empty."""
_MAY_BE_THERE: Final = frozenset({"QtWebEngine", "logs", "hub", "desk.lock"})
"""What may be in a folder before a profile is made there: left by a window without profile or a hub."""
_KEY_PURPOSE: Final = b"gridclient store"


@frozen
class _Identity:
    """The content of ``profile.json``. ``key_check`` tells a wrong key from a damaged store."""

    device: str
    short: str
    incarnation: int
    key_check: str
    created_at: str


class Profile:
    """An opened profile with its database. Close it; as a context manager it closes itself."""

    def __init__(
        self, folder: Path, identity: _Identity, key: bytes, lock: FileLock | None, *, read_only: bool
    ) -> None:
        self.folder = folder
        self.store_file = folder / "store.db"
        self.attachments, self.basemaps, self.backups = (folder / n for n in ("attachments", "basemaps", "backups"))
        self.read_only = read_only
        self.key = key
        self.database = Database(self.store_file, key, read_only=read_only)
        self._identity = identity
        self._lock = lock

    @property
    def device(self) -> Device:
        """The device that writes here."""
        return Device(self._identity.device, self._identity.incarnation, self._identity.short)

    def reopen_database(self) -> None:
        """Opens the store file again (after a restore has exchanged it)."""
        self.database.close()
        self.database = Database(self.store_file, self.key, read_only=self.read_only)

    def begin_incarnation(self, number: int = 0) -> None:
        """Events are numbered anew from now on, under incarnation ``number``, or the next one if 0."""
        known = _read_identity(self.folder)  # another process of this desk may have begun one
        self._keep(replace(known, incarnation=max(number, known.incarnation if number else known.incarnation + 1)))

    def take_short(self, short: str) -> None:
        """New case numbers contain these two characters from now on."""
        self._keep(replace(_read_identity(self.folder), short=short))

    def _keep(self, identity: _Identity) -> None:
        if identity != self._identity:
            _write_identity(self.folder / "profile.json", identity)
        self._identity = identity

    def close(self) -> None:
        """Closes the database and releases the lock."""
        self.database.close()
        if self._lock is not None:
            self._lock.release()

    def __enter__(self) -> Profile:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def refuse_other_files(folder: Path, left: Set[str] = frozenset()) -> None:
    """Raises ``InvalidInput("profile.folder_not_empty")`` if anything but ``left`` and what may be there is in it."""
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if any(not name.startswith(f"{_BEGUN}.") for name in names - _MAY_BE_THERE - left):  # those a power cut left
        raise InvalidInput("profile.folder_not_empty", folder=str(folder))


def create_profile(folder: Path, *, now: datetime, key: bytes | None = None) -> Profile:
    """Makes an empty profile and opens it; one left unfinished by a power cut is made anew.

    Args:
        key: the store's key, from a recovery key, to restore a backup on another machine.

    Raises:
        InvalidInput: there is a profile already (``profile.exists``), or the folder holds something else, perhaps the
            remains of one (``profile.folder_not_empty``).
        Conflict: another process is making one there (``profile.in_use``).
        StoreUnavailable: the folder cannot be written.
    """
    with file_faults():
        if profile_exists(folder):
            raise InvalidInput("profile.exists", folder=str(folder))
        there = {path.name for path in folder.iterdir()} if folder.is_dir() else None
        left = (
            {_BEGUN, *FOLDERS, *(path.name for path in folder.glob("store.db*"))} if _is_unfinished(folder) else set()
        )
        refuse_other_files(folder, left)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = take_lock(folder)
    try:
        if profile_exists(folder):  # made in the meantime
            raise InvalidInput("profile.exists", folder=str(folder))
        try:
            _fill(folder, key or secrets.token_bytes(KEY_BYTES), now)
        except BaseException:
            _remove_begun(folder, there)
            raise
    finally:
        lock.release()
        if there is None:
            with suppress(OSError):  # it is a profile, or was emptied; only now Windows removes the lock's file
                folder.rmdir()
    return open_profile(folder, now=now)


def _is_unfinished(folder: Path) -> bool:
    """Whether a power cut left a half-made profile. A store with cases is never taken for one."""
    if not (folder / _BEGUN).is_file() or not has_store(folder / "store.db"):
        return (folder / _BEGUN).is_file()
    try:
        database = Database(folder / "store.db", _read_key(folder), read_only=True)
        try:
            with database.reader() as connection:
                return version_of(connection) == 0 or not connection.execute("SELECT 1 FROM subjects").fetchone()
        finally:
            database.close()
    except StoreUnavailable:  # the cut came within a page
        return True


def _fill(folder: Path, key: bytes, now: datetime) -> None:
    """Makes keys, store and identity. ``profile.json`` gets its name last, so a folder that has it is complete."""
    short = "".join(secrets.choice(DEVICE_SIGNS) for _ in range(2))
    with file_faults():
        folder.chmod(0o700)
        remove_store(folder / "store.db")
    _write_identity(folder / _BEGUN, _Identity(secrets.token_hex(8), short, 1, _key_check(key), now.isoformat()))
    with file_faults():
        for name in FOLDERS:
            (folder / name).mkdir(mode=0o700, exist_ok=True)  # on Windows only ``mkdir`` heeds it, since Python 3.12.4
        (folder / "keys").chmod(0o700)
        write_durably(_key_file(folder), f"{key.hex()}\n".encode())
        (folder / "store.db").touch(mode=0o600)
    database = Database(folder / "store.db", key)
    try:
        upgrade_store(database)
    finally:
        database.close()
    with file_faults():
        put_in_place(folder / _BEGUN, folder / "profile.json")
        sync_folder(folder)


def _remove_begun(folder: Path, there: set[str] | None) -> None:
    if there is None:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for name in {*FOLDERS} - there:
        shutil.rmtree(folder / name, ignore_errors=True)
    with suppress(OSError):
        remove_store(folder / "store.db")
        for name in {_BEGUN, "desk.lock"} - there:
            (folder / name).unlink(missing_ok=True)


def open_profile(
    folder: Path,
    *,
    now: datetime,
    read_only: bool = False,
    lock: bool = True,
    held: FileLock | None = None,
    damaged: bool = False,
    told: Told = lambda _done, _of: None,
) -> Profile:
    """Opens a profile, upgrading an older store after a backup of it.

    Args:
        held: the lock, where it was taken before; the profile's as soon as that is open.
        damaged: its store is known to be damaged and not looked at: a backup is to take its place.
        told: how far it is where a newer program has to bring many cases after its rules, of none while that is not
            counted; stops it by raising, and the next start goes on.

    Raises:
        NotFound: there is no profile (``profile.missing``).
        Conflict: another desk has it open (``profile.in_use``).
        StoreUnavailable: key or store are missing, damaged, newer than this program, or older and only to be read.
    """
    if not profile_exists(folder):
        raise NotFound("profile.missing", folder=str(folder))
    taken = take_lock(folder) if held is None and lock and not read_only else None
    held = held or taken
    try:
        _settle_exchange(folder, held=held is not None)
        identity, key = _read_identity(folder), _read_key(folder)
        if not hmac.compare_digest(identity.key_check, _key_check(key)):
            raise StoreUnavailable("store.wrong_key")
        profile = Profile(folder, identity, key, held, read_only=read_only)
        try:
            if not damaged:
                _bring_up_to_date(profile, now, told)
            if held is not None and not damaged:
                _catch_up(profile, told)
        except BaseException:
            profile.database.close()
            raise
    except BaseException:
        if taken is not None:
            taken.release()
        raise
    return profile


def put_key_back(folder: Path, key: bytes) -> None:
    """Writes a lost or damaged key file anew. Raises ``InvalidInput("recovery.key")`` for a wrong key."""
    if not hmac.compare_digest(_read_identity(folder).key_check, _key_check(key)):
        raise InvalidInput("recovery.key")
    with file_faults():
        _key_file(folder).parent.mkdir(mode=0o700, exist_ok=True)
        write_durably(_key_file(folder), f"{key.hex()}\n".encode())


def _settle_exchange(folder: Path, *, held: bool) -> None:
    """Finishes a restore that a power cut interrupted. Only the holder of the lock may; others get ``store.locked``."""
    if not is_exchange_decided(folder):
        return
    if not held:
        raise StoreUnavailable("store.locked")
    with file_faults():
        finish_exchange(folder / "store.db", folder / "backups")


def _bring_up_to_date(profile: Profile, now: datetime, told: Told) -> None:
    try:
        with file_faults():
            if not has_store(profile.store_file):  # SQLite would make an empty one
                raise StoreUnavailable("store.missing", folder=str(profile.folder))
        with profile.database.reader() as connection:
            if version_of(connection) == 0:
                raise StoreUnavailable("store.missing", folder=str(profile.folder))
            current = check_version(connection)
        if current:
            return
        if profile.read_only:
            raise StoreUnavailable("store.older")
        told(0, 0)
        copy_store(profile.database, profile.backups / f"{BEFORE_UPGRADE}{now:%Y%m%d-%H%M%S}.gridbackup")
        upgrade_store(profile.database)
    except StoreUnavailable as fault:
        if fault.code == "store.wrong_key":  # key_check has proved the key, so the file is damaged
            raise StoreUnavailable("store.damaged", detail="header") from fault
        raise


def _catch_up(profile: Profile, told: Told) -> None:
    """Folds cases again if other rules folded them, and takes over a higher incarnation from the store.

    The store notes a new incarnation first; a power cut may keep it from ``profile.json``.
    """
    with profile.database.reader() as connection:
        known = writing_device(connection, profile.device)
        folded = has_todays_rules(connection)
    if not folded:
        from gridclient.store.folding_again import fold_again  # noqa: PLC0415  (a store of today needs none of it)

        fold_again(profile.database, told)
    if known.incarnation > profile.device.incarnation:
        profile.begin_incarnation(known.incarnation)


def upgrade_store(database: Database) -> None:
    """Brings an empty or older store to this version."""
    from gridclient.store.migrations import upgrade  # noqa: PLC0415  (sqlite-utils loads only when needed)

    with database.writer() as connection:
        upgrade(connection)


def _key_file(folder: Path) -> Path:
    return folder / "keys" / "store.key"


def _key_check(key: bytes) -> str:
    return hmac.digest(key, _KEY_PURPOSE, "sha256").hex()


def _read_key(folder: Path) -> bytes:
    try:
        with file_faults():
            key = bytes.fromhex(_key_file(folder).read_text("ascii"))
    except FileNotFoundError:
        raise StoreUnavailable("store.key_missing", folder=str(folder)) from None
    except ValueError:
        raise StoreUnavailable("store.wrong_key") from None
    return key


def _read_identity(folder: Path) -> _Identity:
    try:
        with file_faults():
            known: Mapping[str, Any] = json.loads((folder / "profile.json").read_text("utf-8"))
        return _Identity(**{part.name: known[part.name] for part in fields(_Identity)})
    except (ValueError, KeyError, TypeError):
        raise StoreUnavailable("profile.damaged", folder=str(folder)) from None


def _write_identity(file: Path, identity: _Identity) -> None:
    text = json.dumps(asdict(identity), indent=2)
    with file_faults():
        write_durably(file, f"{text}{os.linesep}".encode())
