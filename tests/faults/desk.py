"""A desk of the fault suite: a real profile, real commands through the use cases, everything that befalls a machine."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

from gridclient.domain.case import CaseFacts
from gridclient.domain.errors import GridClientError
from gridclient.domain.events import EventDraft, EventKind
from gridclient.domain.handing import ASIDE
from gridclient.domain.roles import AccountRole, Action, Actor
from gridclient.services.acting import ActOnCase, act_on_case
from gridclient.services.enrolment import Grant
from gridclient.services.registering import RegisterCase, register_case
from gridclient.services.rows import CaseFilter, Sort
from gridclient.store.backup import back_up, restore
from gridclient.store.columns import Columns
from gridclient.store.driver import Database
from gridclient.store.places import LOGGED
from gridclient.store.profile import open_profile
from gridclient.store.queries import SqliteQueries
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.store.sync_store import SqliteSyncStore
from gridclient.store.unit_of_work import SqliteWork
from gridclient.sync.signing import head_is_signed
from tests.contract.fakes import KnownAreas
from tests.fakes.set_clock import SetClock
from tests.fakes.toy_desk import make_profile
from tests.ui.fakes.invented_desk import GRIDS, NOW, STANDARDS, TOWNSHIP, UNITS
from tests.ui.fakes.memory_store import MemoryReference

TOWN: Final = f"t:{TOWNSHIP}"
REFERENCE: Final = MemoryReference(GRIDS, UNITS, STANDARDS)
KNOWN: Final = KnownAreas({row.code: row for row in GRIDS}, {unit.code: unit for unit in UNITS})
FULL: Final = Grant(TOWN, writes=True)
READER: Final = Grant(TOWN)
PHONES: Final = ("13900005678", "13900005679", "13900005680")
"""Of those who reported; a department gets one only with a dispatch to its unit."""

ONLY_HERE: Final = f"acked IS NULL AND (o.own = 1 OR o.stream LIKE '{ASIDE}%')"
"""The condition of own events that no hub has placed, set aside or not; see :func:`accounts_in`."""

Deed = tuple[Action, Mapping[str, Any]]


def department(place: int) -> Grant:
    """The right of a unit's desk."""
    return Grant(TOWN, writes=True, unit=UNITS[place].code)


DEEDS: Final[Sequence[Deed]] = (
    (Action.FILE, {"standard": STANDARDS[1].code}),
    (Action.FILE, {"standard": STANDARDS[1].code}),
    *((Action.DISPATCH, {"lead": unit.code, "reason": "就近"}) for unit in UNITS[:3]),
    (Action.DISPATCH, {"lead": UNITS[0].code, "cooperating": [UNITS[1].code], "reason": "联合"}),
    (Action.REASSIGN, {"lead": UNITS[1].code, "reason": "改派"}),
    (Action.SIGN, {}),
    (Action.SIGN, {}),
    (Action.RETURN, {"reason_code": "not_ours", "reason": "不属本单位"}),
    (Action.FEED_BACK, {"result": "已清理"}),
    (Action.FEED_BACK, {"result": "已劝离"}),
    (Action.VERIFY, {}),
    (Action.CLOSE, {"closing_condition_met": True}),
    (Action.VOID, {"reason": "误报"}),
    (Action.NOTE, {"text": "已电话联系"}),
    (Action.AMEND, {"title": "占道经营"}),
    (Action.AMEND, {"title": "噪音扰民"}),
    (Action.URGE, {"text": "请尽快"}),
    (Action.ESCALATE, {"reason": "超期"}),
    (Action.REOPEN, {"reason": "反复"}),
    (Action.UNDO, {}),
    (Action.DISPATCH, {"lead": UNITS[0].code, "reason": "需上门", "contact": True}),
    (Action.AMEND, {"reporter_phone": PHONES[1]}),
    (Action.AMEND, {"reporter_phone": PHONES[2], "address": "古陌路12号"}),
    (Action.RESOLVE, {"choice": "keep"}),
    (Action.RESOLVE, {"choice": "take"}),
)


class _LaterKind(str):
    """A kind that this version does not know."""

    __slots__ = ()

    @property
    def value(self) -> str:
        return str(self)


@dataclass
class Desk:
    """One machine. Every command has an account of its own, by which its event is known wherever it comes to."""

    folder: Path
    name: str
    number: int
    grant: Grant
    clock: SetClock = field(default_factory=lambda: SetClock(NOW))
    recorded: set[str] = field(default_factory=set)
    revoked: bool = False
    deprived: bool = False
    backup: Path | None = None
    commands: int = 0

    def __post_init__(self) -> None:
        if not (self.folder / "profile.json").exists():
            make_profile(self.folder, self.number)
        self.open()

    def open(self) -> None:
        self.profile = open_profile(self.folder, now=NOW)
        self._built()

    def _built(self) -> None:
        database = self.profile.database
        self.queries = SqliteQueries(database, Columns(database), lambda: KNOWN.areas, self.clock)
        self.work = SqliteWork(database, self.profile.device, self.clock)
        self.sync = SqliteSyncStore(self.profile, self.clock, head_is_signed)
        self.lamps = SqliteSyncQueries(database)

    def close(self) -> None:
        self.profile.close()

    def reopen(self) -> None:
        """As after a power cut: nobody said goodbye."""
        self.close()
        self.open()

    @property
    def database(self) -> Database:
        return self.profile.database

    @property
    def token(self) -> str:
        enrolment = self.sync.enrolment()
        assert enrolment is not None
        return enrolment.token

    def cases(self) -> list[str]:
        return [row.id for row in self.queries.page(CaseFilter(), Sort(), limit=200).rows]

    def _actor(self, role: AccountRole) -> Actor:
        self.commands += 1
        return Actor(f"{self.name}/{self.commands}", role, self.grant.unit)

    def register(self, title: str) -> str:
        """A new case, by the use case that the intake form calls."""
        actor = self._actor(AccountRole.SHIFT_LEADER)
        ids = SimpleNamespace(new_id=lambda: f"{self.number:02x}{self.commands:030x}")
        facts = CaseFacts(title=title, grid=GRIDS[4].code, reporter_name="钱某某", reporter_phone=PHONES[0])
        done = register_case(RegisterCase(facts, actor), work=self.work, reference=REFERENCE, clock=self.clock, ids=ids)
        self.recorded.add(actor.account)
        return done.case_id

    def act(self, deed: Deed, case_id: str) -> bool:
        """One action, by the use case of all actions; whether the rules allowed it."""
        actor = self._actor(AccountRole.UNIT if self.grant.unit else AccountRole.SHIFT_LEADER)
        command = ActOnCase(deed[0], case_id, actor, deed[1])
        try:
            act_on_case(command, work=self.work, reference=REFERENCE, clock=self.clock)
        except GridClientError:
            return False
        self.recorded.add(actor.account)
        return True

    def act_unknown(self, case_id: str, kind: str) -> None:
        """What a desk of a later version writes."""
        actor = self._actor(AccountRole.SHIFT_LEADER)
        with self.work() as unit_of_work:
            unit_of_work.record(
                EventDraft(cast("EventKind", _LaterKind(kind)), case_id, TOWN, actor.account, {"beam": 7})
            )
        self.recorded.add(actor.account)

    def tick(self, by: timedelta) -> None:
        self.clock.at += by

    def back_up(self, target: Path) -> None:
        back_up(self.profile, target)
        self.backup = target

    def restore(self, now: datetime) -> set[str]:
        """Puts the backup in place; gives the commands that only the store that stood there had not sent."""
        assert self.backup is not None
        waiting = self.accounts(ONLY_HERE)
        aside = restore(self.profile, self.backup, now=now)
        self._built()
        lost = waiting - self.accounts("1")
        if lost and aside is not None:
            kept = Database(aside, self.profile.key)
            try:
                assert lost <= accounts_in(kept, "1"), "a restore threw away what was not sent"
            finally:
                kept.close()
        return lost

    def copied(self, folder: Path, name: str) -> Desk:
        """The same machine once more: its whole folder copied while it was off."""
        self.close()
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("desk.lock"))
        self.open()
        return Desk(folder, name, self.number, self.grant, SetClock(self.clock.at))

    def accounts(self, where: str) -> set[str]:
        """The commands whose events are in the store."""
        return accounts_in(self.database, where)


def accounts_in(database: Database, where: str) -> set[str]:
    with database.reader() as connection:
        rows = connection.execute(
            f"SELECT DISTINCT e.actor FROM {LOGGED} JOIN origins o ON o.no = e.origin WHERE {where}"
        ).fetchall()
    return {actor for (actor,) in rows}
