"""Every table of a store: what is changed, removed or added there by hand is found, or it stands here why it is not.

What a hand does is a connection of its own, with the store's key and without the program's seals.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from gridclient.cli.verify_words import SEALED
from gridclient.domain.events import EventKind, to_seconds
from gridclient.services.enrolment import Grant
from gridclient.store.audit import newest_lines
from gridclient.store.driver import Connection, Database
from gridclient.store.migrations import upgrade
from gridclient.store.profile import open_profile
from gridclient.store.snapshots import copy_store
from gridclient.store.verify import Verification, verify
from tests.contract.stage import GRIDS, KEY, NOW, STREAM, UNITS
from tests.fakes.command_line import CommandLine, copied, made_demo
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import ToyDesk, toy_desk

OTHER: Final = "t:371002002"
SEARCHED: Final = "the words of a case are written into the index with the case and cannot be read back from it"
ON_THE_WAY: Final = "rows on their way through an import: reading finds damaged ones, and the end removes them"
EXEMPT: Final = {
    "search": SEARCHED,
    "search_signs": SEARCHED,
    "search_data": SEARCHED,
    "search_idx": SEARCHED,
    "search_docsize": SEARCHED,
    "search_config": SEARCHED,
    "search_signs_data": SEARCHED,
    "search_signs_idx": SEARCHED,
    "search_signs_docsize": SEARCHED,
    "search_signs_config": SEARCHED,
    "import_batches": ON_THE_WAY,
    "origins.hlc": "a clock value too high is gone on from; one too low is found",
    "store_state.stamp": "tells a running desk what to read again; one below that of a row is found",
    "store_state +": "only its one row is read",
    "subjects +": "a name without events is no case",
    "labels +": "a number that no case has",
}
"""Tables, columns, and (with ``+``) tables to which a row may be added, with the reason."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ToyDesk]:
    """A desk that was at work, alone and with a hub, and has a row in every table."""
    hub = FakeHub()
    with toy_desk(tmp_path / "one", 1) as desk, toy_desk(tmp_path / "two", 2) as neighbour:
        neighbour.enrol(Grant(OTHER, writes=True))
        far = neighbour.stage.new_id()
        registered = neighbour.stage.registration("别处", grid=GRIDS[3])
        neighbour.stage.record(EventKind.REGISTERED, far, registered, stream=OTHER)
        neighbour.stage.record(EventKind.FILED, far, {"facts": {"standard": "C-01-01-01"}}, stream=OTHER)
        until = to_seconds(NOW + timedelta(days=1))
        lead = {"unit": UNITS[0], "role": "lead", "due": until, "limit": "1 work_day", "return_until": until}
        neighbour.stage.record(EventKind.DISPATCHED, far, {"assignments": [lead]}, stream=OTHER)
        neighbour.round(hub)
        desk.enrol(Grant(STREAM, writes=True), Grant(OTHER, unit=UNITS[0]))
        desk.stage.dispatched("占道经营", UNITS[0], UNITS[1])
        desk.round(hub)
        desk.stage.undo(desk.stage.dispatched("噪音扰民", UNITS[2]))
        with desk.stage.work() as unit_of_work:
            unit_of_work.audit("op1", "case.phone_shown", "1")
        fill(desk.profile.database)
        yield desk


def fill(database: Database) -> None:
    """A row for every table that has none, written by the program."""
    with database.writer() as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for table, columns in tables(connection).items():
            if not table.startswith("search") and not rows_of(connection, table):
                insert(connection, table, [made(kind, 1) for _, kind in columns])


def tables(connection: Connection) -> dict[str, list[tuple[str, str]]]:
    """All tables of the store with their columns, each with its type."""
    found: dict[str, list[tuple[str, str]]] = {}
    for table, column, kind in connection.execute(
        "SELECT t.name, c.name, c.type FROM pragma_table_list t JOIN pragma_table_info(t.name) c "
        "WHERE t.schema = 'main' AND t.type <> 'view' AND t.name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    ):
        found.setdefault(table, []).append((column, kind))
    return found


def rows_of(connection: Connection, table: str) -> int:
    return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def made(kind: str, number: int) -> Any:
    return {"TEXT": f"x{number}", "INTEGER": number, "REAL": number / 2, "BLOB": bytes([number])}[kind]


def insert(connection: Connection, table: str, values: Sequence[Any]) -> None:
    connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)


def tampered(store: Path, statement: str, values: Sequence[Any] = (), *, at: Path) -> Verification:
    """What verification says of a copy in which another program, which has the key, carried out the statement."""
    for left in at.parent.glob(f"{at.name}*"):
        left.unlink()
    shutil.copyfile(store, at)
    database = Database(at, KEY)
    hand = database.separate_connection()
    try:
        hand.execute("PRAGMA query_only = OFF")
        hand.execute("PRAGMA foreign_keys = OFF")
        assert hand.execute(statement, values).rowcount >= 1, statement
        return verify(database)
    finally:
        hand.close()
        database.close()


@pytest.fixture
def store(desk: ToyDesk, tmp_path: Path) -> Path:
    """A closed copy of the desk's store, which proves right."""
    copy_store(desk.profile.database, tmp_path / "whole.db")
    assert verify(desk.profile.database).problems == ()
    return tmp_path / "whole.db"


def test_whatever_a_hand_does_to_any_table_is_found_but_for_what_stands_above(store: Path, tmp_path: Path) -> None:
    unseen: list[str] = []
    seen: list[str] = []
    work = tmp_path / "tampered.db"
    database = Database(store, KEY)
    with database.reader() as connection:
        known = tables(connection)
        first = {table: connection.execute(f"SELECT * FROM {table} LIMIT 1").fetchone() for table in known}
    database.close()
    for table, columns in known.items():
        if EXEMPT.get(table) in (SEARCHED, ON_THE_WAY):
            continue
        row = first[table]
        assert row is not None, table
        where = " AND ".join(f"{column} IS ?" for column, _ in columns)
        deeds: dict[str, tuple[str, Sequence[Any]]] = {
            f"{table}.{column}": (f"UPDATE {table} SET {column} = ? WHERE {where}", (another(kind, value), *row))
            for (column, kind), value in zip(columns, row, strict=True)
        }
        deeds[f"{table} -"] = f"DELETE FROM {table} WHERE {where}", row
        marks = ", ".join("?" * len(columns))
        deeds[f"{table} +"] = f"INSERT INTO {table} VALUES ({marks})", [made(kind, 77) for _, kind in columns]
        for deed, (statement, values) in deeds.items():
            (unseen if tampered(store, statement, values, at=work).ok else seen).append(deed)
    assert set(unseen) <= EXEMPT.keys()
    assert not EXEMPT.keys() & set(seen), "found all the same: it need not stand above"


def test_a_row_lost_in_every_table_of_a_demo_is_found_in_every_table(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    with open_profile(copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "demo"), now=NOW) as profile:
        assert verify(profile.database).problems == ()
        hand = profile.database.separate_connection()
        hand.execute("PRAGMA query_only = OFF")
        hand.execute("PRAGMA foreign_keys = OFF")
        lost = {
            t for t in SEALED if hand.execute(f"DELETE FROM {t} WHERE rowid = (SELECT min(rowid) FROM {t})").rowcount
        }
        hand.close()
        problems = verify(profile.database).problems
    assert {problem.removeprefix("seal ") for problem in problems if problem.startswith("seal ")} == lost
    assert {"grids", "units", "divisions", "counters", "standards", "accounts"} <= lost


def test_every_sealed_table_has_a_name_for_people(store: Path, tmp_path: Path) -> None:
    found = tampered(store, "DELETE FROM seals", at=tmp_path / "tampered.db").problems
    assert sorted(SEALED) == sorted(problem.removeprefix("seal ") for problem in found)


def test_an_upgrade_makes_nothing_right_that_a_hand_changed_before_it(store: Path) -> None:
    with closing(Database(store, KEY)) as database:
        with closing(database.separate_connection()) as hand:
            hand.execute("PRAGMA query_only = OFF")
            hand.execute("UPDATE units SET name = 'another'")
            hand.execute("DELETE FROM seals WHERE name = 'views'")
        with database.writer() as connection:
            upgrade(connection)
            connection.execute("DELETE FROM drafts")
        assert verify(database).problems == ("seal units", "seal views")


def test_what_an_administrator_changed_by_hand_is_accepted_by_name_and_stands_in_the_audit_log(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = CommandLine(copied(made_demo(tmp_path_factory.getbasetemp()), tmp_path / "demo"), capsys)
    with open_profile(desk.profile, now=NOW) as profile, closing(profile.database.separate_connection()) as hand:
        hand.execute("PRAGMA query_only = OFF")
        hand.execute("UPDATE units SET name = 'another' WHERE rowid = 1")
        hand.execute("UPDATE audit SET what = 'another' WHERE no = 1")
        hand.execute("UPDATE events SET payload = '{}' WHERE pos = 1")
    before = desk.json("verify").json["problems"]
    assert {problem.partition(" ")[0] for problem in before} > {"seal", "audit", "chain.broken"}
    assert "\n内容被改动或缺失：单位" in desk("verify").out
    for other in ((), ("--as", "auditor")):
        assert desk.json("verify", "--accept", *other).code == "role.not_allowed"
    assert desk.json("verify").json["problems"] == before
    proof = desk.json("verify", "--accept", "--as", "admin").json
    assert proof["accepted"] == ["audit", "units"]
    assert proof["problems"] == [problem for problem in before if not problem.startswith("seal")], "the log stays wrong"
    assert desk.json("verify", "--accept", "--as", "admin").json["accepted"] == []
    with open_profile(desk.profile, now=NOW) as profile, profile.database.reader() as connection:
        told = [("admin", "table_accepted", "units"), ("admin", "table_accepted", "audit")]
        assert [line[2:] for line in newest_lines(connection, limit=2)] == told


def another(kind: str, value: Any) -> Any:
    """Another value of the column's kind."""
    if isinstance(value, int):
        return 0 if value == 1 else value + 70
    return bytes([value[0] ^ 1]) + value[1:] if isinstance(value, bytes) and value else made(kind, 99)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM audit WHERE no = (SELECT max(no) FROM audit)",
        "DELETE FROM audit",
        "UPDATE counters SET value = value - 1",
        "UPDATE origins SET hlc = 1",
        "UPDATE origins SET signed = 99",
        "UPDATE packs SET stamp = 99",
        "UPDATE store_state SET stamp = 0",
        "UPDATE packs SET data = substr(data, 1, 1000)",
        "DELETE FROM seals",
        "DELETE FROM search_docsize WHERE id = 1",
    ],
)
def test_what_would_do_harm_later_is_found_at_once(store: Path, tmp_path: Path, statement: str) -> None:
    assert not tampered(store, statement, at=tmp_path / "tampered.db").ok
