"""Many first events at once stand in the log as if they had come one by one."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from gridclient.domain.events import EventDraft, EventKind, payload_text
from gridclient.store.driver import Connection
from gridclient.store.log import Appender
from tests.fakes.import_store import DEVICE, ImportStore
from tests.fakes.invented_areas import NOW

DRAFT = EventDraft(EventKind.IMPORTED, "", "t:371002001", 'op"1"\n所', {})
MADE = [(f"{number:032x}", payload_text({"facts": {"title": f"噪音 {number}"}})) for number in range(1, 6)]
MADE.append(("desk:1", "{}"))


class RolledBackError(Exception):
    """Nothing of a way of writing stays for the other."""


def written(store: ImportStore, *, many_at_once: bool) -> list[tuple[Any, ...]]:
    """The rows of the log, its subjects and its origins after one way of writing, which is rolled back."""
    rows: list[tuple[Any, ...]] = []
    with pytest.raises(RolledBackError), store.database.writer() as connection:
        write(connection, many_at_once=many_at_once)
        for table in ("events", "subjects", "origins"):
            rows += connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
        raise RolledBackError
    return rows


def write(connection: Connection, *, many_at_once: bool) -> None:
    for turn in (MADE[:2], MADE[2:]):
        appender = Appender(connection, DEVICE)
        if many_at_once:
            appender.append_new(DRAFT, turn, NOW)
        else:
            for subject, text in turn:
                no = appender.add_subject(subject)
                draft = EventDraft(DRAFT.kind, subject, DRAFT.stream, DRAFT.actor, json.loads(text))
                appender.append(appender.next_event(draft, NOW), no)
        last = appender.add_subject(f"last of {len(turn)}")
        appender.append(appender.next_event(DRAFT, NOW + timedelta(seconds=1)), last)
        appender.flush()


def test_many_events_at_once_are_the_same_as_one_by_one(store: ImportStore) -> None:
    alone = written(store, many_at_once=False)
    assert len(alone) == 8 + 8 + 1
    assert written(store, many_at_once=True) == alone
