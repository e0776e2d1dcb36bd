"""Verification finds what was changed behind the log's back, wherever it was changed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from gridclient.domain.events import EventKind
from gridclient.services.enrolment import Grant
from gridclient.services.rows import CaseFilter
from gridclient.store.chain_proof import Findings, check_chains
from gridclient.store.driver import Connection
from gridclient.store.tally import GridTally, read_tallies
from gridclient.store.verify import verify
from tests.contract.stage import GRIDS, STREAM, UNITS, Stage, opened
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import ToyDesk


@pytest.fixture
def told(stage: Stage) -> Stage:
    """Four cases, two streams, an undone step, an audit log."""
    stage.register("暴露垃圾", due=timedelta(hours=1))
    stage.dispatched("占道经营", UNITS[0], UNITS[1])
    stage.undo(stage.dispatched("噪音扰民"))
    stage.record(EventKind.REGISTERED, stage.new_id(), stage.registration("别处", grid=GRIDS[3]), stream="t:371002002")
    for place in range(3):
        with stage.work() as unit_of_work:
            unit_of_work.audit("op1", "case.phone_shown", str(place))
    return stage


def problems_after(stage: Stage, *statements: str) -> set[str]:
    """The kinds of problems found after somebody wrote into the file."""
    with stage.database.writer() as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for statement in statements:
            assert connection.execute(statement).rowcount != 0
    report = verify(stage.database)
    assert report.ok is (not report.problems)
    return {problem.split(" ")[0] for problem in report.problems}


def test_an_untouched_store_proves_right(told: Stage) -> None:
    report = verify(told.database)
    assert (report.ok, report.events, report.cases, report.problems) == (True, 9, 4, ())


def test_an_empty_store_proves_right(stage: Stage) -> None:
    assert verify(stage.database).ok


@pytest.mark.parametrize(
    ("statement", "kinds"),
    [
        ("UPDATE events SET payload = replace(payload, '占道', '合法') WHERE payload LIKE '%占道%'", {"chain.broken"}),
        ("UPDATE events SET actor = 'somebody' WHERE pos = 3", {"chain.broken"}),
        ("UPDATE events SET hash = zeroblob(32) WHERE pos = 9", {"chain.broken", "chain.head"}),
        ("UPDATE events SET payload = '{}' WHERE pos = 1", {"chain.broken", "case.stranger"}),
        ("UPDATE events SET payload = 'no json' WHERE pos = 1", {"chain.broken", "event.unreadable"}),
        ("DELETE FROM events WHERE pos = 3", {"chain.gap", "chain.head"}),
        ("DELETE FROM events WHERE pos = 8", {"chain.head"}),
        ("UPDATE origins SET seq = seq + 1", {"chain.head"}),
        ("UPDATE cases SET state = 'closed' WHERE no = 2", {"case.row"}),
        ("UPDATE cases SET due = due + 86400 WHERE due IS NOT NULL", {"case.row"}),
        ("DELETE FROM parts WHERE role = 'cooperating'", {"case.parts"}),
        ("UPDATE parts SET state = 'verified' WHERE role = 'lead'", {"case.parts"}),
        ("UPDATE packs SET data = zeroblob(length(data))", {"case.pack"}),
        ("UPDATE tallies SET dispatched = dispatched + 1", {"tally"}),
        ("DELETE FROM tallies", {"tally"}),
        ("UPDATE unit_tallies SET in_hand = in_hand - 1", {"unit_tally"}),
        ("INSERT INTO unit_tallies(unit, in_hand) VALUES ('nobody', 1)", {"unit_tally"}),
        ("DELETE FROM search WHERE rowid = 1", {"search"}),
        ("INSERT INTO search(rowid, words) VALUES (99, 'x')", {"search"}),
        ("DELETE FROM labels WHERE kind = 'unit'", {"case.pack"}),
        ("UPDATE events SET origin = 77 WHERE pos = 1", {"chain.origin", "event.unreadable"}),
        ("UPDATE origins SET whole = 0", {"chain.head"}),
        ("UPDATE audit SET actor = 'nobody' WHERE no = 2", {"audit"}),
        ("DELETE FROM audit WHERE no = 2", {"audit"}),
        ("UPDATE cases SET pending = 0", {"case.row"}),
    ],
)
def test_what_was_changed_is_found(told: Stage, statement: str, kinds: set[str]) -> None:
    assert kinds <= problems_after(told, statement)


def test_a_case_that_nobody_registered_is_found(told: Stage) -> None:
    columns = "id, number, number_key, title, state, is_open, level, urgency, channel, standard, grid, unit, " \
        "cooperating, registered_at, returned, escalated, consultation, conflict, pending, phone"  # fmt: skip
    assert "case.stranger" in problems_after(
        told,
        "INSERT INTO subjects(no, id) VALUES (50, zeroblob(16))",
        f"INSERT INTO cases(no, {columns}) SELECT 50, {columns} FROM cases WHERE no = 1",
    )


def test_a_case_that_is_missing_is_found(told: Stage) -> None:
    assert {"case.missing", "search"} & problems_after(told, "DELETE FROM cases WHERE no = 1")


def test_events_of_a_case_whose_name_is_lost_are_found_by_its_number(told: Stage) -> None:
    problems_after(told, "DELETE FROM cases WHERE no = 1", "DELETE FROM subjects WHERE no = 1")
    problems = verify(told.database).problems
    assert "case.missing #1" in problems and any(problem.startswith("chain.broken") for problem in problems)


@pytest.mark.parametrize("table", ["parts", "counters", "search", "events"])
def test_a_table_that_is_missing_is_found(told: Stage, table: str) -> None:
    with told.database.writer() as connection:
        connection.execute(f"DROP TABLE {table}")
    report = verify(told.database)
    assert not report.ok and f"table {table}" in report.problems


def test_of_several_gaps_the_first_is_named(told: Stage) -> None:
    problems_after(told, "DELETE FROM events WHERE pos IN (3, 6)")
    (gap,) = (problem for problem in verify(told.database).problems if problem.startswith("chain.gap"))
    assert gap.endswith("/3")


@pytest.mark.parametrize("change", ["count = count + 1", "total = total + 1"])
def test_a_feed_that_does_not_add_up_is_found_unless_it_is_being_read_again(
    desk: ToyDesk, hub: FakeHub, change: str
) -> None:
    other = "t:371002002"
    desk.enrol(Grant(STREAM, writes=True), Grant(other, writes=True))
    desk.stage.register()
    far = desk.stage.registration("别处", grid=GRIDS[3])
    for case_id in (desk.stage.new_id(), desk.stage.new_id()):
        desk.stage.record(EventKind.REGISTERED, case_id, far, stream=other)
    desk.round(hub)
    database = desk.profile.database
    assert verify(database).ok
    with database.writer() as connection:
        connection.execute(f"UPDATE feeds SET {change} WHERE feed = ?", (other,))
    assert verify(database).problems == (f"feed {other}",)
    with database.writer() as connection:
        connection.execute("UPDATE feeds SET repairing = 1")
    assert verify(database).ok


def test_a_page_changed_outside_sqlite_is_found(told: Stage) -> None:
    told.database.close()
    content = bytearray(told.database.path.read_bytes())
    content[-2000] ^= 1
    told.database.path.write_bytes(content)
    with opened("sqlite", told.database.path.parent) as again:
        report = verify(again.database)
    assert any(problem.startswith("page") for problem in report.problems)


def test_verification_sees_one_moment_while_the_desk_works(told: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def walked_while_work_goes_on(connection: Connection, findings: Findings) -> None:
        told.register("其间")
        check_chains(connection, findings)
        told.register("其后")

    def read_after_more_work(connection: Connection) -> dict[str, GridTally]:
        told.register("还有")
        return read_tallies(connection)

    monkeypatch.setattr("gridclient.store.verify.check_chains", walked_while_work_goes_on)
    monkeypatch.setattr("gridclient.store.verify.read_tallies", read_after_more_work)
    report = verify(told.database)
    assert (report.problems, report.cases) == ((), 4)
    assert told.queries.total(CaseFilter()) == 7
