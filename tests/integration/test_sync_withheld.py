"""A department's store has the cases of its unit and not who reported them; all else is proved as before."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from gridclient.domain.case import CaseState, Contact
from gridclient.domain.events import EventKind, Record, payload_text
from gridclient.domain.handing import WITHHELD
from gridclient.services.enrolment import Grant
from gridclient.services.rows import CaseFilter
from gridclient.services.sync_port import FeedPage, FeedState, RoundEnd
from gridclient.services.withholding import for_unit, lacks
from gridclient.store.driver import Database
from gridclient.store.verify import verify
from gridclient.sync.queue import PushQueue
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.transport import Pacing
from tests.contract.stage import NOW, STREAM, UNITS
from tests.fakes.sync_hub import FakeHub, FakeLine
from tests.fakes.toy_desk import Desks, ToyDesk, code_of, proved, round_of, same_tables, some_desks, toy_desk

NAME, PHONE, LATER_PHONE = "钱某某", "13900005678", "13900005679"
IDENTITY = "371002199001011234"
REPORTER: dict[str, Any] = {
    "description": f"{NAME}（身份证{IDENTITY}）来电 {PHONE}",
    "reporter_name": NAME,
    "reporter_phone": PHONE,
    "keep_secret": True,
    "extra": {"家庭住址": "幸福里3号"},
}
SECRETS = (NAME, PHONE, LATER_PHONE, IDENTITY, "幸福里")
PART = f"d:{UNITS[0]}@{STREAM}"


def everything_in(database: Database) -> str:
    """Every value of every table, those of the search index too."""
    with database.reader() as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        values = [value for name in tables for row in connection.execute(f'SELECT * FROM "{name}"') for value in row]
    return "\n".join(value.decode(errors="ignore") if isinstance(value, bytes) else str(value) for value in values)


def told(phone: str) -> dict[str, str]:
    return {"name": NAME, "phone": phone}


def given_to_unit(desk: ToyDesk, *units: str) -> str:
    """A case with its reporter, registered, amended, filed and dispatched."""
    case_id = desk.stage.register(f"{NAME}反映路灯不亮", **REPORTER)
    desk.stage.record(EventKind.AMENDED, case_id, {"facts": {"reporter_phone": LATER_PHONE}})
    desk.stage.file(case_id)
    desk.stage.dispatch(case_id, *(units or UNITS[:1]))
    return case_id


def lacking(desk: ToyDesk) -> int:
    report = verify(desk.profile.database)
    assert report.problems == ()
    return report.lacking


def test_a_department_has_the_reporter_nowhere_in_its_store(desks: Desks, department: ToyDesk, hub: FakeHub) -> None:
    case_id = given_to_unit(desks[0])
    desks[0].round(hub)
    assert all(secret in everything_in(desks[0].profile.database) for secret in SECRETS)
    department.round(hub, cut=2)
    there = everything_in(department.profile.database)
    assert "路灯不亮" in there
    assert [secret for secret in SECRETS if secret in there] == []
    case = department.stage.case(case_id)
    assert case.facts.keep_secret and {"reporter_name", "reporter_phone", "extra"} <= case.withheld
    assert (lacking(desks[0]), lacking(department)) == (0, 2)
    department.stage.sign(case_id, UNITS[0])
    department.round(hub)
    desks[0].round(hub)
    assert desks[0].stage.case(case_id).state is CaseState.HANDLING
    assert lacking(department) == 2


def test_with_the_tick_the_unit_gets_the_contact_whatever_it_has(
    desks: Desks, department: ToyDesk, hub: FakeHub
) -> None:
    case_id = given_to_unit(desks[0])
    desks[0].round(hub)
    department.round(hub)
    assert department.stage.case(case_id).contact is None
    desks[0].stage.dispatch(case_id, UNITS[0], kind=EventKind.REASSIGNED, contact=told(LATER_PHONE))
    desks[0].round(hub)
    department.round(hub)
    assert department.stage.case(case_id).contact == Contact(NAME, LATER_PHONE)
    desks[0].stage.dispatch(case_id, UNITS[1], kind=EventKind.REASSIGNED, contact=told(PHONE))
    desks[0].round(hub)
    department.round(hub)
    assert PHONE not in everything_in(department.profile.database), "it was for another unit"
    assert department.stage.case(case_id).contact is None
    assert proved(*desks)


def test_two_amendments_that_contend_at_the_township_contend_at_the_department(tmp_path: Path, hub: FakeHub) -> None:
    with some_desks(tmp_path, 3) as (one, two, department):
        department.enrol(Grant(STREAM, writes=True, unit=UNITS[0]))
        case_id = given_to_unit(one)
        for desk in (one, two):
            desk.round(hub)
        for desk, phone in ((one, "13900000001"), (two, "13900000002")):
            desk.stage.record(EventKind.AMENDED, case_id, {"facts": {"reporter_phone": phone, "address": phone}})
        for desk in (one, two, one, department):
            desk.round(hub)
        here, there = one.stage.case(case_id), department.stage.case(case_id)
        assert len(here.contentions) == 1
        assert [c.key for c in there.contentions] == [c.key for c in here.contentions]
        assert (there.refused, there.version, there.state) == (here.refused, here.version, here.state)
        assert proved(one, two, department)


def withheld(record: Record) -> Record:
    return record._replace(text=for_unit("U-0", record.kind, record.subject, record.text, b"key"))


@pytest.fixture
def page(desks: Desks, hub: FakeHub) -> FeedPage:
    """The whole stream with its links, as a desk that repairs gets it."""
    given_to_unit(desks[0])
    assert desks[0].push(hub)
    return hub.page(FeedState(STREAM, 0, 0, 0, repairing=True), "f" * 16, 100)


def test_a_desk_that_reads_all_takes_no_event_of_which_something_is_withheld(desks: Desks, page: FeedPage) -> None:
    desk = desks[1]
    less = tuple(placed._replace(record=withheld(placed.record)) for placed in page.foreign)
    assert code_of(lambda: desk.sync.take(replace(page, foreign=less))) == "sync.chain_broken"
    unlinked = tuple(placed._replace(link=b"") for placed in less)
    assert code_of(lambda: desk.sync.take(replace(page, foreign=unlinked))) == "sync.chain_broken"
    assert desk.sync.take(page).agrees
    assert code_of(lambda: desk.sync.take(replace(page, foreign=less))) == "sync.chain_broken"
    assert lacking(desk) == 0


def test_an_own_event_does_not_come_back_with_less_than_was_written(
    desks: Desks, department: ToyDesk, hub: FakeHub, tmp_path: Path
) -> None:
    given_to_unit(desks[0])
    assert desks[0].push(hub)
    page = hub.page(FeedState(PART, 0, 0, 0), department.device, 100)
    assert department.sync.take(page).agrees
    with toy_desk(tmp_path / "put back", 1) as desk:
        assert desk.device == desks[0].device
        desk.enrol(Grant(STREAM, writes=True, unit=UNITS[0]))
        assert code_of(lambda: desk.sync.take(page)) == "sync.chain_broken"


@pytest.mark.parametrize("before", [0, 1])
def test_a_department_takes_no_other_event_under_a_link_that_does_not_follow(
    desks: Desks, department: ToyDesk, hub: FakeHub, before: int
) -> None:
    """``before``: events of a case that the department does not get, so that the others stand behind a gap."""
    for _ in range(before):
        desks[0].stage.register("别的单位的案件")
    given_to_unit(desks[0])
    assert desks[0].push(hub)
    page = hub.page(FeedState(PART, 0, 0, 0), department.device, 100)
    whole = [place for place, placed in enumerate(page.foreign) if not lacks(placed.record.text)]
    assert whole
    for place in whole:
        placed = page.foreign[place]
        other = placed._replace(record=placed.record._replace(actor="somebody"))
        forged = replace(page, foreign=(*page.foreign[:place], other, *page.foreign[place + 1 :]))
        assert code_of(partial(department.sync.take, forged)) == "sync.chain_broken"
    wrong = tuple(placed._replace(link=bytes(32)) for placed in page.foreign)
    assert code_of(lambda: department.sync.take(replace(page, foreign=wrong))).startswith("sync.")
    assert department.sync.take(page).agrees


def test_what_a_department_took_that_no_chain_could_show_gives_way_to_what_the_hub_has(
    desks: Desks, department: ToyDesk, hub: FakeHub
) -> None:
    """The dispatch stands behind events of another case, which the department does not get."""
    case_id = desks[0].stage.register("路灯不亮")
    desks[0].stage.file(case_id)
    for title in ("别的单位的案件", "另一件"):
        desks[0].stage.register(title)
    desks[0].stage.dispatch(case_id, *UNITS[:1])
    assert desks[0].push(hub)
    page = hub.page(FeedState(PART, 0, 0, 0), department.device, 100)
    other = page.foreign[-1]._replace(record=page.foreign[-1].record._replace(actor="mallory"))
    assert department.sync.take(replace(page, foreign=(*page.foreign[:-1], other))).agrees
    assert department.stage.queries.timeline(case_id)[-1].actor == "mallory"
    department.sync.restart_feed(PART)
    report = run_round(department.sync, FakeLine(hub, department.device), RoundPorts(now=lambda: NOW), Pacing())
    assert (report.end, report.error) == (RoundEnd.DONE, "")
    assert department.stage.queries.timeline(case_id)[-1].actor != "mallory"
    assert department.sync.feeds()[0].repairing is False and proved(department)
    with department.profile.database.reader() as connection:
        assert connection.execute("SELECT what FROM audit").fetchall() == [("sync.given_way",)]


def test_a_changed_event_of_a_township_is_not_excused_by_saying_that_something_was_withheld(desks: Desks) -> None:
    given_to_unit(desks[0])
    with desks[0].profile.database.writer() as connection:
        (text,) = connection.execute("SELECT payload FROM events WHERE seq = 2").fetchone()
        changed = json.dumps({**json.loads(text), WITHHELD: {"reporter_phone": "0"}})
        connection.execute("UPDATE events SET payload = ? WHERE seq = 2", (changed,))
    problems = verify(desks[0].profile.database).problems
    assert any(problem.startswith("chain.broken") for problem in problems)


def test_a_department_that_becomes_the_township_gets_everything(
    desks: Desks, department: ToyDesk, hub: FakeHub
) -> None:
    given_to_unit(desks[0])
    desks[0].round(hub)
    department.round(hub)
    assert lacking(department) == 2
    department.enrol()
    department.round(hub, cut=2)
    assert lacking(department) == 0
    assert same_tables(desks)
    assert department.stage.titles(CaseFilter(text=NAME)) == [f"{NAME}反映路灯不亮"]


@pytest.mark.parametrize("ended", [True, False])
def test_what_a_department_got_of_a_stream_that_it_may_not_read_any_more_still_proves_right(
    desks: Desks, department: ToyDesk, hub: FakeHub, ended: bool
) -> None:
    given_to_unit(desks[0])
    assert desks[0].push(hub)
    if ended:
        assert round_of(department, hub).end is RoundEnd.DONE
    else:
        department.pull(hub)
    department.enrol(Grant("ref"))
    assert lacking(department) == 2


def test_what_a_department_has_already_stays_when_the_hub_begins_to_withhold(
    desks: Desks, department: ToyDesk, hub: FakeHub
) -> None:
    case_id = given_to_unit(desks[0])
    assert desks[0].push(hub)
    old = hub.page(FeedState(PART, 0, 0, 0), "f" * 16, 100)
    originals = dict(zip(range(1, 100), hub.records(STREAM), strict=False))
    whole = tuple(placed._replace(record=originals[placed.position]) for placed in old.foreign)
    assert department.sync.take(replace(old, foreign=whole)).agrees
    department.sync.restart_feed(PART)
    department.round(hub)
    assert department.stage.case(case_id).facts.reporter_name == NAME
    assert lacking(department) == 0


@pytest.mark.parametrize("units", [(UNITS[0], UNITS[1]), (UNITS[1], UNITS[0])])
def test_a_desk_of_two_units_keeps_the_fuller_of_two_forms(desks: Desks, hub: FakeHub, units: tuple[str, str]) -> None:
    desk = desks[1]
    desk.enrol(*(Grant(STREAM, writes=True, unit=unit) for unit in units))
    case_id = given_to_unit(desks[0], UNITS[0])
    desks[0].stage.dispatch(case_id, UNITS[1], kind=EventKind.REASSIGNED, contact=told(PHONE))
    desks[0].round(hub)
    desk.round(hub)
    assert desk.stage.case(case_id).contact == Contact(NAME, PHONE)
    assert lacking(desk) == 2


def test_what_the_hub_lost_is_not_brought_back_by_a_department_without_its_reporter(
    desks: Desks, department: ToyDesk, hub: FakeHub
) -> None:
    empty = hub.copy()
    given_to_unit(desks[0])
    desks[0].round(hub)
    department.round(hub)
    department.sync.restart_feed(PART)
    department.pull(empty)
    assert [origin.device for origin, _ in department.sync.carried_origins()] == [desks[0].device]
    queue = PushQueue(department.sync)
    queue.begin(department.key)
    assert queue.next_batch(100) == ()
    assert queue.is_empty
    desks[0].sync.restart_feed(STREAM)
    desks[0].round(empty)
    department.round(empty)
    assert proved(*desks) and lacking(department) == 2


def test_another_original_than_the_one_that_was_withheld_is_not_taken(
    desks: Desks, department: ToyDesk, hub: FakeHub
) -> None:
    given_to_unit(desks[0])
    assert desks[0].push(hub)
    page = hub.page(FeedState(PART, 0, 0, 0), department.device, 100)
    assert department.sync.take(page).agrees
    department.sync.restart_feed(PART)
    first = page.foreign[0]
    assert lacks(first.record.text)
    invented = payload_text({"number": "1", "level": 3, "facts": {"title": "别的", "reporter_phone": "13911112222"}})
    forged = first._replace(record=first.record._replace(text=invented))
    assert code_of(lambda: department.sync.take(replace(page, foreign=(forged,)))) == "sync.chain_broken"
    wrong = tuple(placed._replace(link=bytes(32)) for placed in page.foreign)
    assert code_of(lambda: department.sync.take(replace(page, foreign=wrong))) == "sync.chain_broken"
    assert department.sync.take(page).agrees


def test_a_chain_whose_gap_is_filled_goes_on_over_what_was_withheld(
    desks: Desks, department: ToyDesk, hub: FakeHub
) -> None:
    before = desks[0].stage.register("井盖缺失", **REPORTER)
    desks[0].stage.file(before)
    given_to_unit(desks[0])
    desks[0].round(hub)
    department.round(hub)
    desks[0].stage.dispatch(before, UNITS[0])
    desks[0].round(hub)
    department.round(hub)
    with department.profile.database.reader() as connection:
        assert connection.execute("SELECT whole, seq FROM origins WHERE own = 0").fetchall() == [(1, 7)]
    assert lacking(department) == 3
