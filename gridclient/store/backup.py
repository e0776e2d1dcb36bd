"""Backups: by themselves every half hour when something changed, by hand to a file, and back from a file.

A backup holds the store, encrypted with the profile's key; the recovery key (:mod:`gridclient.store.recovery`) opens it
on another machine. Attachments lie beside the store as files of their own and are not in it.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import Conflict, InvalidInput, StoreUnavailable
from gridclient.services.care import BackupKind
from gridclient.services.enrolment import Enrolment
from gridclient.store.attachments import keep_key
from gridclient.store.driver import Connection, Database
from gridclient.store.enrolment_file import read_enrolment
from gridclient.store.file_faults import file_faults, write_durably
from gridclient.store.folding_again import fold_again
from gridclient.store.profile import BEFORE_UPGRADE, Profile, upgrade_store
from gridclient.store.schema import check_version, version_of
from gridclient.store.snapshots import copy_store, exchange_store, has_store, remove_store
from gridclient.store.verify import verify

INTERVAL: Final = timedelta(minutes=30)
KEPT_DAYS: Final = 14
KEPT_WEEKS: Final = 8
SUFFIX: Final = ".gridbackup"
_DAMAGED_SUFFIX: Final = ".db"
_AUTOMATIC: Final = "auto-"
_REPLACED: Final = "replaced-"
_DAMAGED: Final = "damaged-"
_AS_IT_WAS: Final = ("seal ", "index ")
"""Problems of the store that was backed up, by which no case is another. They stay, and ``verify`` goes on saying them;
there may be no other backup."""
_KINDS: Final = {
    _AUTOMATIC: BackupKind.AUTOMATIC,
    _REPLACED: BackupKind.REPLACED,
    BEFORE_UPGRADE: BackupKind.BEFORE_UPGRADE,
    _DAMAGED: BackupKind.DAMAGED,
}
_NAME: Final = re.compile(rf"{_AUTOMATIC}(\d{{8}}-\d{{4}}){re.escape(SUFFIX)}")
_STAMP: Final = "%Y%m%d-%H%M"
_LAST: Final = "last.json"
_MARK: Final = (
    "SELECT (SELECT stamp FROM store_state), (SELECT max(pos) FROM events), (SELECT max(no) FROM audit), "
    "(SELECT version FROM reference_state)"
)


def back_up(profile: Profile, target: Path) -> None:
    """Writes a backup to ``target``, which appears only when it is whole.

    Raises:
        InvalidInput: there is something of that name already (``backup.exists``), or no such folder
            (``backup.no_folder``): a stick that is not there must not become a folder of this disk.
        StoreUnavailable: no room, or the store cannot be read.
    """
    if not target.absolute().parent.is_dir():
        raise InvalidInput("backup.no_folder", folder=str(target.absolute().parent))
    if target.exists():
        raise InvalidInput("backup.exists", file=str(target))
    copy_store(profile.database, target)


def backups_in(folder: Path) -> Sequence[tuple[Path, BackupKind]]:
    """All the backups of a profile, and stores that were put aside, in no order."""
    files = (path for path in folder.iterdir() if path.suffix in (SUFFIX, _DAMAGED_SUFFIX))
    return [(path, _kind_of(path.name)) for path in files]


def _kind_of(name: str) -> BackupKind:
    return next((kind for prefix, kind in _KINDS.items() if name.startswith(prefix)), BackupKind.BY_HAND)


def back_up_if_due(profile: Profile, now: datetime) -> Path | None:
    """Makes a backup if the last is half an hour old and something changed since, and drops what need not be kept.

    Called now and then from one pool thread.

    Raises:
        StoreUnavailable: no room, or the store cannot be read.
    """
    last, mark = _last(profile.backups), _mark(profile.database)
    if last is not None and (last[1] == mark or timedelta(0) <= now - last[0] < INTERVAL):
        return None
    target = profile.backups / f"{_AUTOMATIC}{now.astimezone(CHINA_TIME):{_STAMP}}{SUFFIX}"
    with file_faults():
        for left in profile.backups.glob(f"{_AUTOMATIC}*{SUFFIX}.*"):  # a power cut came while it was made
            left.unlink(missing_ok=True)
    copy_store(profile.database, target)
    with file_faults():
        write_durably(profile.backups / _LAST, json.dumps([now.isoformat(), mark]).encode())
        for path in to_drop(profile.backups.glob(f"*{SUFFIX}"), now):
            path.unlink(missing_ok=True)
    return target


def _mark(database: Database) -> str:
    """A text that changes with every change of the store that makes a new backup due."""
    with database.reader() as connection:
        return "/".join(str(number or 0) for number in connection.execute(_MARK).fetchone())


def _last(folder: Path) -> tuple[datetime, str] | None:
    try:
        at, mark = json.loads((folder / _LAST).read_text("utf-8"))
        return datetime.fromisoformat(at), str(mark)
    except (OSError, ValueError, TypeError):
        return None


def to_drop(files: Iterable[Path], now: datetime) -> Sequence[Path]:
    """The automatic backups to delete. Kept are all of today, the last of each of 14 days and of each of 8 weeks."""
    today = now.astimezone(CHINA_TIME).date()
    days: dict[object, Path] = {}
    weeks: dict[object, Path] = {}
    kept: set[Path] = set()
    known = sorted((taken, path) for path in files if (taken := _taken_at(path)) is not None)
    for taken, path in known:
        age = (today - taken.date()).days
        if age <= 0:
            kept.add(path)
        elif age <= KEPT_DAYS:
            days[taken.date()] = path
        if age <= 7 * KEPT_WEEKS:
            weeks[taken.isocalendar()[:2]] = path
    kept |= {*days.values(), *weeks.values()}
    return [path for _, path in known if path not in kept]


def _taken_at(path: Path) -> datetime | None:
    found = _NAME.fullmatch(path.name)
    try:
        return datetime.strptime(found[1], _STAMP).replace(tzinfo=CHINA_TIME) if found else None
    except ValueError:
        return None


def restore(
    profile: Profile, source: Path, *, now: datetime, key: bytes | None = None, damaged: bool = False
) -> Path | None:
    """Puts a backup in the place of the store; the store that stood there is kept beside the backups.

    The backup is copied, upgraded and verified before anything is replaced. Afterwards the profile has a new database
    and a new incarnation; case numbers go on from where the old store had come. Who the desk is to its hub stays as it
    is; a desk that has one waits with the next round until somebody confirms (``sync.confirm`` among its values).

    Args:
        key: the backup's key where it is not the profile's (from a recovery key).
        damaged: the store that stands there cannot be opened; it is kept with all that SQLite wrote beside it.

    Returns:
        Where the old store lies now, ``None`` if there was none.

    Raises:
        InvalidInput: no file (``backup.missing``), none that the key opens (``backup.foreign``), or what is in it does
            not prove right (``backup.damaged``).
        Conflict: somebody reads the store still (``profile.in_use``).
        StoreUnavailable: newer program, no room.
    """
    if not source.is_file():
        raise InvalidInput("backup.missing", file=str(source))
    fresh = profile.folder / "restoring.db"
    remove_store(fresh)
    given = _numbers_given(profile)
    try:
        with file_faults():
            shutil.copyfile(source, fresh)
            fresh.chmod(0o600)
        try:
            _prove(fresh, profile.key, key or profile.key)
        except StoreUnavailable as fault:
            match fault.code:
                case "store.wrong_key":
                    raise InvalidInput("backup.foreign", file=str(source)) from fault
                case "store.damaged":
                    raise InvalidInput("backup.damaged") from fault
            raise
        profile.begin_incarnation()
        _settle(profile, fresh, given)
        return _exchange(profile, fresh, now, damaged=damaged)
    finally:
        remove_store(fresh)


def _settle(profile: Profile, fresh: Path, given: Sequence[tuple[str, int]]) -> None:
    """Marks the copy as a restored one before it becomes the store, so that it is marked whatever happens then."""
    from gridclient.store.sync_store import begin_doubt  # noqa: PLC0415  (a desk that starts waits for none of it)

    database = Database(fresh, profile.key)
    try:
        with database.writer() as connection:
            _go_on_counting(connection, given)
            begin_doubt(connection, profile.device, _enrolment(profile))
    finally:
        database.close()


def _enrolment(profile: Profile) -> Enrolment | None:
    """The desk's registration with its hub; ``None`` also if the file cannot be read, which must not stop a restore."""
    try:
        return read_enrolment(profile.folder, profile.device.id)
    except StoreUnavailable:
        return None


def _numbers_given(profile: Profile) -> Sequence[tuple[str, int]]:
    """The last case number given per day and township, of the store that is replaced: no number may be given twice.

    Empty where that store is too damaged to be read, which must not stop a restore.
    """
    if not has_store(profile.store_file):
        return ()
    try:
        with profile.database.reader() as connection:
            return connection.execute("SELECT name, value FROM counters").fetchall()
    except StoreUnavailable:
        return ()


def _go_on_counting(connection: Connection, given: Sequence[tuple[str, int]]) -> None:
    connection.executemany(
        "INSERT INTO counters(name, value) VALUES (?, ?) "
        "ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)",
        given,
    )


def _prove(fresh: Path, own_key: bytes, key: bytes) -> None:
    """Upgrades the copy, gives it the profile's key and checks it whole."""
    database = Database(fresh, key)
    try:
        with database.reader() as connection:
            current = check_version(connection)
            if version_of(connection) == 0:
                raise InvalidInput("backup.damaged")
        if not current:
            upgrade_store(database)
        fold_again(database)
        if any(not problem.startswith(_AS_IT_WAS) for problem in verify(database).problems):
            raise InvalidInput("backup.damaged")
        if key != own_key:
            keep_key(database)
            database.change_key(own_key)
    finally:
        database.close()


def _exchange(profile: Profile, fresh: Path, now: datetime, *, damaged: bool) -> Path | None:
    """Moves the old store to the backups, puts the new one in its place and returns where the old one lies now."""
    store, taken = profile.store_file, f"{now.astimezone(CHINA_TIME):%Y%m%d-%H%M%S}"
    aside = profile.backups / (f"{_DAMAGED}{taken}{_DAMAGED_SUFFIX}" if damaged else f"{_REPLACED}{taken}{SUFFIX}")
    profile.database.close()
    try:
        if not damaged and store.with_name(f"{store.name}-wal").exists():  # the last connection takes it away
            raise Conflict("profile.in_use", folder=str(profile.folder))
        known = store.is_file()
        with file_faults():
            exchange_store(fresh, store, aside)
    finally:
        profile.reopen_database()
    return aside if known else None
