"""What tests of backups and of restoring share: cases with titles, and another way into a store's file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.events import EventDraft, EventKind
from gridclient.store.driver import Database
from gridclient.store.profile import Profile
from gridclient.store.unit_of_work import SqliteWork
from tests.fakes.set_clock import SetClock

NOW = datetime(2026, 11, 20, 14, 0, tzinfo=CHINA_TIME)


def register(profile: Profile, *titles: str) -> None:
    with SqliteWork(profile.database, profile.device, SetClock(NOW))() as unit_of_work:
        for title in titles:
            number = unit_of_work.next_number("371002001", NOW.date())
            payload = {"number": number, "facts": {"title": title}}
            case_id = f"{abs(hash((title, number))):032x}"
            unit_of_work.record(EventDraft(EventKind.REGISTERED, case_id, "t:371002001", "a", payload))


def titles(database: Database) -> list[str]:
    with database.reader() as connection:
        return [title for (title,) in connection.execute("SELECT title FROM cases ORDER BY no")]


@contextmanager
def opened_store(file: Path, key: bytes) -> Iterator[Database]:
    database = Database(file, key)
    yield database
    database.close()


def is_the_owners_only(path: Path) -> bool:
    """Whether nobody else may read it. Windows has no such modes and shows all as everybody's."""
    return os.name != "posix" or not path.stat().st_mode & 0o077
