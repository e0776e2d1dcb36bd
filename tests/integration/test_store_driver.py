"""The door to SQLite: encryption, transactions, readers beside a writer, the environment's faults by their names."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import Mock

import pytest

from gridclient.domain.errors import StoreUnavailable
from gridclient.store import driver
from gridclient.store.driver import Database, schema_tool

KEY = bytes(range(32))
FILL = "INSERT INTO lines(text) VALUES (?)"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(tmp_path / "store.db", KEY)
    with opened.writer() as connection:
        connection.execute("CREATE TABLE lines(no INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT")
    yield opened
    opened.close()


def count(database: Database) -> int:
    with database.reader() as connection:
        return int(connection.execute("SELECT count(*) FROM lines").fetchone()[0])


def test_nothing_in_the_file_can_be_read_without_the_key(database: Database) -> None:
    with database.writer() as connection:
        connection.execute(FILL, ("居民张三 13800001111",))
    database.close()
    content = database.path.read_bytes()
    assert b"13800001111" not in content
    assert b"SQLite format" not in content


def test_the_settings_of_the_store_are_on(database: Database) -> None:
    with database.writer() as connection:
        found = [
            connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "recursive_triggers")
        ]
    assert found == ["wal", 2, 1, 1]


def test_only_what_can_be_fetched_again_is_not_waited_for_on_the_disk(database: Database) -> None:
    found = []
    for lasting in (True, False, True):
        with database.writer(lasting=lasting) as connection:
            found += connection.execute("PRAGMA synchronous").fetchone()
    database.close()
    again = Database(database.path, KEY)
    with again.writer(lasting=False) as connection:
        found += connection.execute("PRAGMA synchronous").fetchone()
    again.close()
    assert found == [2, 1, 2, 1]  # FULL, NORMAL


@pytest.mark.parametrize(("pages", "tidy", "copied"), [(5000, False, False), (5000, True, True), (9000, False, True)])
def test_long_log_is_copied_into_the_file_by_a_tidy_commit_first(
    database: Database, pages: int, tidy: bool, copied: bool
) -> None:
    with database.writer() as connection:
        connection.executemany(FILL, [("字" * 1300,)] * 3000)
    assert database.path.stat().st_size < 1 << 20
    with database.writer(tidy=tidy) as connection:
        connection.executemany(FILL, [("字" * 1300,)] * (pages - 3000))
    assert (database.path.stat().st_size > 10 << 20) is copied


def test_an_exception_rolls_the_transaction_back(database: Database) -> None:
    with pytest.raises(KeyError), database.writer() as connection:
        connection.execute(FILL, ("x",))
        raise KeyError
    assert count(database) == 0


def test_sqlite_utils_works_within_the_transaction(database: Database) -> None:
    with pytest.raises(KeyError), database.writer() as connection:
        schema_tool(connection).table("lines").insert({"text": "x"})
        raise KeyError
    assert count(database) == 0


def test_a_reader_sees_one_state_while_others_write(database: Database) -> None:
    with database.reader() as connection:
        before = connection.execute("SELECT count(*) FROM lines").fetchone()
        with database.writer() as writer:
            writer.execute(FILL, ("x",))
        assert connection.execute("SELECT count(*) FROM lines").fetchone() == before
    assert count(database) == 1


def test_blocks_of_one_thread_share_a_reader(database: Database) -> None:
    with database.reader() as outer, database.reader() as inner:
        assert inner is outer


def test_threads_read_at_once_and_connections_are_used_again(database: Database) -> None:
    gate = threading.Barrier(3)
    seen = set()

    def read() -> None:
        with database.reader() as connection:
            gate.wait(10)
            seen.add(id(connection))

    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(read) for _ in range(3)]:
            future.result()
    assert len(seen) == 3
    with database.reader() as connection:
        assert id(connection) in seen


def test_readers_cannot_write(database: Database) -> None:
    with pytest.raises(StoreUnavailable) as caught, database.reader() as connection:
        connection.execute(FILL, ("x",))
    assert caught.value.code == "store.disk_failed"


def test_another_key_does_not_open_it(database: Database) -> None:
    database.close()
    other = Database(database.path, bytes(32))
    with pytest.raises(StoreUnavailable) as caught, other.reader():
        pass
    assert caught.value.code == "store.wrong_key"


def test_a_short_key_does_not_open_it(database: Database) -> None:
    with pytest.raises(StoreUnavailable) as caught, Database(database.path, b"short").reader():
        pass
    assert caught.value.code == "store.wrong_key"


def test_a_damaged_page_is_named_and_not_read(database: Database) -> None:
    with database.writer() as connection:
        connection.executemany(FILL, [(f"{n} " * 100,) for n in range(2000)])
    database.close()
    content = bytearray(database.path.read_bytes())
    for place in range(4096 * 20, len(content), 4096):
        content[place + 100] ^= 1
    database.path.write_bytes(content)
    damaged = Database(database.path, KEY)
    with pytest.raises(StoreUnavailable) as caught, damaged.reader() as connection:
        connection.execute("SELECT sum(length(text)) FROM lines").fetchone()
    assert caught.value.code in {"store.damaged", "store.wrong_key", "store.disk_failed"}
    damaged.close()


def test_a_writer_who_waits_too_long_is_told(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "BUSY_TIMEOUT_MS", 50)
    other = Database(database.path, KEY)
    with database.writer(), pytest.raises(StoreUnavailable) as caught, other.writer():
        pass
    assert caught.value.code == "store.locked"
    other.close()


def test_a_read_only_database_refuses_to_write(database: Database) -> None:
    reading = Database(database.path, KEY, read_only=True)
    assert count(reading) == 0
    with pytest.raises(StoreUnavailable, match=r"store\.read_only"), reading.writer():
        pass
    reading.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell which medium nobody can write")
def test_a_store_on_a_medium_that_nobody_can_write_is_read_and_nothing_is_put_beside_it(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.writer() as connection:
        connection.execute(FILL, ("x",))
    database.close()
    files = [database.path]
    monkeypatch.setattr(os, "statvfs", lambda _path: Mock(f_flag=os.ST_RDONLY))
    disc = Database(database.path, KEY, read_only=True)
    with disc.reader() as connection:
        assert connection.execute("SELECT count(*) FROM lines").fetchone() == (1,)
        assert list(database.path.parent.iterdir()) == files
    disc.close()


def test_a_closed_database_says_so(database: Database) -> None:
    database.close()
    for block in (database.reader, database.writer):
        with pytest.raises(StoreUnavailable, match=r"store\.closed"), block():
            pass


def test_a_reader_that_outlives_closing_ends_in_peace(database: Database) -> None:
    with database.reader() as connection:
        database.close()
        assert connection.execute("SELECT count(*) FROM lines").fetchone()[0] == 0


def test_a_missing_folder_is_a_failing_disk(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match=r"store\.disk_failed"), Database(tmp_path / "no" / "x.db", KEY).reader():
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are a matter of POSIX")
def test_a_full_disk_stops_a_transaction_and_leaves_nothing_of_it(tmp_path: Path) -> None:
    """In a process of its own, whose files may not grow beyond two megabytes."""
    child = subprocess.run(
        [sys.executable, "-m", "tests.integration.store_full_disk", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert child.stdout.split() == ["refused", "before=after", "writes", "again"], child.stderr
