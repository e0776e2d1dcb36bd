"""Backup and restore of a hub on SQLite, step by step as the help page says; what a restored hub answers to desks."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import urllib3

from gridclient.domain.events import EventKey, Record
from gridclient.hub.access import Access
from gridclient.hub.opening import open_backend
from gridclient.hub.rights import grants_for
from gridclient.services.sync_port import FeedPage
from gridclient.sync.wire import FeedAsk, PushStatus
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events
from tests.fakes.running_hub import HubLine, hub_process

STREAM = "t:371002001"
EARLY, LATE = b"early photo" * 40, b"late photo" * 40


@pytest.fixture
def pool() -> Iterator[urllib3.PoolManager]:
    with urllib3.PoolManager(timeout=30) as pool:
        yield pool


@pytest.fixture
def desk(tmp_path: Path) -> HubDesk:
    """Forty events, and two attachments after them."""
    backend = open_backend(database(tmp_path))
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(Access(backend, time.time), grants_for("371002001"))
    backend.close()
    desk.records = list(invented_events(desk.origin, 40))
    for seq, content in ((41, EARLY), (42, LATE)):
        text = f'{{"name":"a.png","sha256":"{name_of(content)}","size":{len(content)}}}'
        key = EventKey(STREAM, desk.device, 1, seq)
        desk.records.append(Record(key, desk.records[-1].hlc + 1, "attachment_added", 1, "c" * 32, 0, "operator", text))
    return desk


def database(folder: Path) -> str:
    return f"sqlite:///{folder / 'hub' / 'hub.db'}"


def name_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(line: HubLine, desk: HubDesk, content: bytes) -> int:
    headers = {"Upload-Offset": "0", "Upload-Length": str(len(content))}
    return line.ask("PUT", f"/v1/files/{name_of(content)}", content, token=desk.token, headers=headers).status


def back_up(folder: Path, to: Path) -> None:
    """The database first, then the folder; ``.backup`` of the program ``sqlite3`` is this call."""
    to.mkdir()
    source, copy = sqlite3.connect(folder / "hub.db"), sqlite3.connect(to / "hub.db")
    source.backup(copy)
    source.close()
    copy.close()
    shutil.copytree(folder / "files", to / "files")


def restore(folder: Path, backup: Path) -> None:
    """While nobody serves it."""
    for name in ("hub.db", "hub.db-wal", "hub.db-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copy(backup / "hub.db", folder / "hub.db")
    shutil.rmtree(folder / "files")
    shutil.copytree(backup / "files", folder / "files")


def test_after_an_old_backup_desks_bring_back_what_the_hub_lost(
    tmp_path: Path, desk: HubDesk, pool: urllib3.PoolManager
) -> None:
    hub, backup = tmp_path / "hub", tmp_path / "backup"
    asked = FeedAsk(STREAM, 42, False)
    with hub_process(database(tmp_path), hub) as (_, url):
        line = HubLine(url, pool)
        desk.round(line.sync, [desk.push(1, 20), desk.push(21, 10)])
        back_up(hub, backup)  # while it runs
        assert desk.round(line.sync, [desk.push(31, 12)], [asked]).pages[0].count == 42
        assert (put(line, desk, EARLY), put(line, desk, LATE)) == (200, 200)
    restore(hub, backup)
    with hub_process(database(tmp_path), hub) as (_, url):
        line = HubLine(url, pool)
        behind = desk.round(line.sync, [desk.push(42, 1)], [asked])
        assert behind.behind == (STREAM,), "the desk knows more than the hub"
        assert (behind.results[0].status, behind.results[0].expected) == (PushStatus.GAP, 31)
        assert line.ask("HEAD", f"/v1/files/{name_of(LATE)}", token=desk.token).status == 404, "no event names it yet"
        again = desk.round(line.sync, [desk.push(21, 10), desk.push(31, 12)], [FeedAsk(STREAM, 0, True)])
        assert [result.status for result in again.results] == [PushStatus.KNOWN, PushStatus.APPLIED]
        (page,) = again.pages
        assert isinstance(page, FeedPage)
        assert [placed.record.key.seq for placed in page.foreign] == list(range(1, 43))
        lacking = line.ask("GET", "/v1/files", token=desk.token).data
        assert lacking == b"".join(sorted(hashlib.sha256(content).digest() for content in (EARLY, LATE)))
        assert (put(line, desk, EARLY), put(line, desk, LATE)) == (200, 200)
        assert line.ask("GET", f"/v1/files/{name_of(LATE)}", token=desk.token).data == LATE
        assert line.ask("GET", "/v1/files", token=desk.token).data == b""


def test_a_backup_made_while_the_hub_runs_is_whole(tmp_path: Path, desk: HubDesk, pool: urllib3.PoolManager) -> None:
    """What was only in the write-ahead log is in it."""
    hub, backup = tmp_path / "hub", tmp_path / "backup"
    with hub_process(database(tmp_path), hub) as (_, url):
        desk.round(HubLine(url, pool).sync, [desk.push(1, 40)])
        assert (hub / "hub.db-wal").stat().st_size > 0
        back_up(hub, backup)
    copy = sqlite3.connect(backup / "hub.db")
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert copy.execute("SELECT count(*) FROM events").fetchone() == (40,)
    copy.close()
