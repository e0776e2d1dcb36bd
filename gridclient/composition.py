"""Builds a desk's services on a profile, by hand and without Qt: for the window, the command line and the demo.

What only some of its callers need (backups, proofs, writing) is imported when it is used: opening is on the way to the
window's first paint.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gridclient.domain.calendar import WorkCalendar
from gridclient.domain.codes import Tier, county_of, tier_of
from gridclient.domain.errors import GridClientError, InvalidInput, NotFound, RuleViolation, StoreUnavailable
from gridclient.domain.frozen import frozen
from gridclient.domain.roles import AccountRole, Actor, require_administrator
from gridclient.services.desk import Desk
from gridclient.services.enrolment import CASES
from gridclient.services.ports import Clock, Work
from gridclient.services.rows import CaseFilter, FinishedImport
from gridclient.services.words import ACCOUNTS
from gridclient.store import profile as profiles
from gridclient.store.accounts import keep_accounts, keep_settings, read_account
from gridclient.store.attachments import AttachmentStore
from gridclient.store.columns import Columns
from gridclient.store.driver import Database
from gridclient.store.enrolment_file import read_enrolment
from gridclient.store.log import Device
from gridclient.store.map_data import SqliteMapData
from gridclient.store.profile_lock import profile_exists
from gridclient.store.queries import SqliteQueries
from gridclient.store.reference import SqliteReference
from gridclient.store.settings import SqliteDeskSettings
from gridclient.store.unfinished import unfinished_imports
from gridclient.system import RandomIds, SystemClock

if TYPE_CHECKING:
    from filelock import FileLock

    from gridclient.services.ports import UnitOfWork
    from gridclient.store.folding_again import Told
    from gridclient.store.import_journal import Ended
    from gridclient.store.verify import Verification

DEFAULT_ACCOUNT = "operator"
WATCHING_ACCOUNT = "supervisor"
_FIRST_ROLES = {
    "operator": AccountRole.OPERATOR,
    "leader": AccountRole.SHIFT_LEADER,
    "supervisor": AccountRole.SUPERVISOR,
    "admin": AccountRole.ADMIN,
    "auditor": AccountRole.AUDITOR,
}
FIRST_ACCOUNTS = tuple(Actor(code, role, name=ACCOUNTS[code]) for code, role in _FIRST_ROLES.items())


@frozen
class OpenedDesk:
    """A profile that is open: the desk's services and what administration needs beside them."""

    profile: profiles.Profile
    reference: SqliteReference
    desk: Desk
    finished: Sequence[FinishedImport] = ()
    """Imports that were cut off and that this start finished, to be told."""
    given_up: Sequence[GridClientError] = ()
    """Imports that were cut off and could not be finished, to be told."""

    @property
    def database(self) -> Database:
        return self.profile.database

    @property
    def device(self) -> Device:
        return self.profile.device

    def read_ahead(self) -> None:
        """Reads what a window asks for first, so that it is there by then."""
        self.desk.queries.total(CaseFilter(only_open=True))

    def verify(self) -> Verification:
        """Proves log, tables, counts and files; see :func:`gridclient.store.verify.verify`."""
        from gridclient.store.verify import verify

        found = verify(self.database)
        damaged = AttachmentStore(self.profile.attachments, self.database).damaged()
        return replace(found, problems=(*found.problems, *(f"file {sha256}" for sha256 in damaged)))

    def accept(self) -> Sequence[str]:
        """Takes tables that were changed by another hand as they are now, which the audit log tells; gives which.

        Raises:
            RuleViolation: ``role.not_allowed``.
        """
        from gridclient.store.audit import append_line
        from gridclient.store.seals import accept_broken

        require_administrator(self.desk.actor, "accept")
        with self.database.writer() as connection:
            tables, now = accept_broken(connection), self.desk.clock.now()
            for table in tables:
                append_line(connection, at=now, actor=self.desk.actor.account, what="table_accepted", subject=table)
        return tables

    def backup(self, target: Path) -> None:
        """Writes an encrypted copy of the store; see :func:`gridclient.store.backup.back_up`."""
        from gridclient.store.backup import back_up

        back_up(self.profile, target)

    def work_with(self, clock: Clock, salt: Callable[[], str] | None = None) -> Work:
        """Units of work whose events are dated by ``clock`` and salted by ``salt``, or at random."""
        return _work(self.profile, clock, salt)


def create_profile(folder: Path, *, county: str, township: str, name: str) -> str:
    """Makes an empty desk and gives its recovery key.

    Raises:
        InvalidInput: no name (``profile.no_name``), the codes do not fit each other (``profile.codes``), or there is a
            desk already.
    """
    if not name.strip():
        raise InvalidInput("profile.no_name")
    if tier_of(county) is not Tier.COUNTY or tier_of(township) is not Tier.TOWNSHIP or county != county_of(township):
        raise InvalidInput("profile.codes", county=county, township=township)
    from gridclient.store.recovery import recovery_key

    now = SystemClock().now()
    with profiles.create_profile(folder, now=now) as profile:
        with profile.database.writer() as connection:
            keep_accounts(connection, FIRST_ACCOUNTS)
            keep_settings(connection, {"county": county, "township": township, "name": name})
        return recovery_key(profile.key)


def restore_profile(folder: Path, file: Path, *, key_text: str) -> Path | None:
    """Puts a backup in the place of a desk's store, or makes a new desk of it; gives where the old store lies now.

    Args:
        key_text: the recovery key, for a backup of another desk; else "".

    Raises:
        NotFound: there is no desk here and no recovery key to make one with.
        GridClientError: see :func:`gridclient.store.backup.restore`.
    """
    from gridclient.store.recovery import read_recovery_key

    key = read_recovery_key(key_text) if key_text else None
    now = SystemClock().now()
    if not profile_exists(folder):
        _restore_anew(folder, file, key, now)
        return None
    try:
        return _restore_in_place(folder, file, key, now)
    except StoreUnavailable as fault:
        if key is None or fault.code not in ("store.key_missing", "store.wrong_key"):
            raise
        profiles.put_key_back(folder, key)
        return _restore_in_place(folder, file, key, now)


def _restore_in_place(folder: Path, file: Path, key: bytes | None, now: datetime) -> Path | None:
    from gridclient.store.backup import restore

    damaged = False
    try:
        profile = profiles.open_profile(folder, now=now)
    except StoreUnavailable as fault:
        if fault.code not in ("store.damaged", "store.missing"):
            raise
        damaged = True
        profile = profiles.open_profile(folder, now=now, damaged=True)
    with profile:
        return restore(profile, file, now=now, key=key, damaged=damaged)


def _restore_anew(folder: Path, file: Path, key: bytes | None, now: datetime) -> None:
    """A new desk with the backup's key; nothing of it stays if the backup does not prove right."""
    from gridclient.store.backup import restore

    if key is None:
        raise NotFound("profile.missing", folder=str(folder))
    there = folder.exists()
    try:
        with profiles.create_profile(folder, now=now, key=key) as profile:
            restore(profile, file, now=now)
            kept_aside = list(profile.backups.iterdir())
        for empty in kept_aside:
            empty.unlink()
    except BaseException:
        if not there:
            shutil.rmtree(folder, ignore_errors=True)
        raise


@contextmanager
def open_desk(
    folder: Path,
    *,
    account: str | None = None,
    read_only: bool = False,
    shared: bool = False,
    held: FileLock | None = None,
    told: Told = lambda _done, _of: None,
) -> Iterator[OpenedDesk]:
    """Opens a profile until the block ends.

    Args:
        account: who acts; if nobody is named, the desk itself (:func:`_actor`).
        read_only: only reads, beside a desk that may be open.
        shared: writes on behalf of the desk that holds the profile (its worker process).
        held: the profile's lock, where it was taken before.
        told: see :func:`gridclient.store.profile.open_profile`.

    Raises:
        Cancelled: by ``told``.
        NotFound: no desk was made here, or no such account.
        Conflict: another desk has the profile.
        RuleViolation: ``account.not_of_desk``.
        StoreUnavailable: the store cannot be opened.
    """
    clock = SystemClock()
    with profiles.open_profile(
        folder, now=clock.now(), read_only=read_only, lock=not shared, held=held, told=told
    ) as profile:
        opened = _opened(profile, clock, account)
        if not (read_only or shared) and unfinished_imports(profile.database):
            ended = _finish_imports(profile, clock)
            opened = replace(opened, finished=ended.finished, given_up=ended.given_up)
        yield opened


def calendar_of(folder: Path) -> WorkCalendar:
    """The work calendar of a profile, or the legal one where there is no profile."""
    if not profile_exists(folder):
        from gridclient.store.legal_calendar import legal_calendar

        return legal_calendar()
    with open_desk(folder, read_only=True) as opened:
        return opened.desk.reference.calendar()


def _opened(profile: profiles.Profile, clock: Clock, account: str | None) -> OpenedDesk:
    database = profile.database
    reference = SqliteReference(database, lambda: clock.now().date())
    columns = Columns(database)
    desk = Desk(
        queries=SqliteQueries(database, columns, reference.areas, clock, device=profile.device.id),
        work=_work(profile, clock),
        reference=reference,
        settings=SqliteDeskSettings(database),
        map_data=SqliteMapData(columns, reference, clock),
        clock=clock,
        ids=RandomIds(),
        actor=_actor(profile, reference, account),
        files=AttachmentStore(profile.attachments, database),
        townships=lambda: _townships(profile),
    )
    return OpenedDesk(profile, reference, desk)


def _townships(profile: profiles.Profile) -> frozenset[str]:
    """Those whose cases the hub takes of this desk, as its last round knew; none without a hub."""
    enrolment = read_enrolment(profile.folder, profile.device.id)
    grants = enrolment.grants if enrolment is not None else ()
    return frozenset(g.stream.removeprefix(CASES) for g in grants if g.is_of_cases and g.writes and not g.unit)


def _work(profile: profiles.Profile, clock: Clock, salt: Callable[[], str] | None = None) -> Work:
    """Units of work; their modules are imported by the first of them."""
    database, device = profile.database, profile.device

    @cache
    def made() -> Work:
        from gridclient.store.unit_of_work import SqliteWork

        return SqliteWork(database, device, clock, **({} if salt is None else {"salt": salt}))

    def begin() -> AbstractContextManager[UnitOfWork]:
        return made()()

    return begin


def _finish_imports(profile: profiles.Profile, clock: Clock) -> Ended:
    from gridclient.store.case_recorder import BulkRecorder
    from gridclient.store.import_journal import finish_imports

    return finish_imports(profile.database, BulkRecorder(profile.device, clock))


def _actor(profile: profiles.Profile, reference: SqliteReference, account: str | None) -> Actor:
    """Who acts. On a desk whose rights bind it, nobody else can be named: the hub would refuse forever what they do."""
    bound = _bound_account(profile, reference)
    if bound is None:
        return _account(profile.database, reference, DEFAULT_ACCOUNT if account is None else account)
    if account not in (None, bound.account):
        raise RuleViolation("account.not_of_desk", account=account)
    return bound


def _bound_account(profile: profiles.Profile, reference: SqliteReference) -> Actor | None:
    """A department's desk acts for its unit, one that may write no case watches; ``None`` for every other desk."""
    enrolment = read_enrolment(profile.folder, profile.device.id)
    if enrolment is not None and (code := enrolment.unit):
        unit = reference.unit(code)
        return Actor(code, AccountRole.UNIT, code, unit.name if unit is not None else code)
    if enrolment is not None and enrolment.only_watches:
        return replace(read_account(profile.database, WATCHING_ACCOUNT), role=AccountRole.WATCHER)
    return None


def _account(database: Database, reference: SqliteReference, code: str) -> Actor:
    """The account of this code; a unit's own code is an account that acts for this unit."""
    try:
        return read_account(database, code)
    except NotFound:
        unit = reference.unit(code)
        if unit is None or unit.status == "inactive":
            raise
        return Actor(unit.code, AccountRole.UNIT, unit.code, unit.name)
