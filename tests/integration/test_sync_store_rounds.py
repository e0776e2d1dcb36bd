"""Rounds of real desks with a real hub in one process: what the store, the rounds and the hub make of each other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from gridclient.domain.events import EventDraft, EventKind
from gridclient.hub.access import Applicant
from gridclient.hub.opening import open_backend
from gridclient.hub.service import HubService
from gridclient.services.enrolment import Grant
from gridclient.services.rows import CaseFilter
from gridclient.services.sync_port import RoundEnd, RoundReport
from gridclient.store.backup import back_up, restore
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.store.verify import verify
from gridclient.sync.restart import start_anew
from gridclient.sync.round import Surroundings, run_round
from gridclient.sync.signing import public_key
from gridclient.sync.transport import FilePlace, Pacing, Untold
from tests.contract.stage import NOW, STREAM, TOWNSHIP, UNITS
from tests.fakes.toy_desk import ToyDesk, desk_on, same_tables, toy_desk


@dataclass
class Line(Untold):
    """A line without a network. It has no files."""

    hub: HubService
    token: str
    bytes_sent: int = 0
    bytes_received: int = 0

    def sync(self, body: bytes) -> bytes:
        answer = self.hub.sync(self.token, body)
        self.bytes_sent += len(body)
        self.bytes_received += len(answer)
        return answer

    def file_place(self, *_file: object) -> FilePlace:
        return FilePlace(0, whole=False)

    def put_file(self, *_piece: object, **_size: object) -> FilePlace:
        return FilePlace(0, whole=False)

    def get_file(self, *_piece: object) -> bytes:
        return b""

    def close(self) -> None:
        pass


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubService]:
    backend = open_backend(f"sqlite:///{tmp_path / 'hub.db'}")
    service = HubService(backend, NOW.timestamp)
    yield service
    service.close()
    backend.close()


@pytest.fixture
def desks(tmp_path: Path, hub: HubService) -> Iterator[tuple[ToyDesk, ToyDesk]]:
    with ExitStack() as stack:
        one, two = (stack.enter_context(toy_desk(tmp_path / str(n), n)) for n in (1, 2))
        join(hub, one)
        join(hub, two)
        yield one, two


def join(hub: HubService, desk: ToyDesk, *grants: Grant) -> None:
    given = grants or (Grant(STREAM, writes=True),)
    code = hub.access.issue_code(given, township=TOWNSHIP, name="指挥室")
    got = hub.access.enrol(code, Applicant(desk.device, "指挥室", public_key(desk.key)))
    desk.sync.keep_enrolment(got.enrolment(desk.key, NOW, url="http://hub"))


def round_of(hub: HubService, desk: ToyDesk) -> RoundReport:
    enrolment = desk.sync.enrolment()
    assert enrolment is not None
    return run_round(desk.sync, Line(hub, enrolment.token), Surroundings(now=desk.stage.clock.now), Pacing())


def done(hub: HubService, *desks: ToyDesk) -> None:
    for desk in desks:
        report = round_of(hub, desk)
        assert (report.end, report.error) == (RoundEnd.DONE, "")


def agree(*desks: ToyDesk) -> bool:
    for desk in desks:
        assert SqliteSyncQueries(desk.profile.database).pending() == (0, 0, 0)
        assert verify(desk.profile.database).problems == ()
    return same_tables(desks)


def test_desks_of_a_township_agree_after_their_rounds(hub: HubService, desks: tuple[ToyDesk, ToyDesk]) -> None:
    one, two = desks
    case_id = one.stage.register("暴露垃圾")
    one.stage.file(case_id)
    done(hub, one, two)
    one.stage.dispatch(case_id, UNITS[0])
    two.stage.dispatch(case_id, UNITS[1])
    done(hub, one, two, one)
    assert SqliteSyncQueries(one.profile.database).conflicts() == [case_id]
    assert agree(one, two)
    assert SqliteSyncQueries(one.profile.database).fresh_as_of() == NOW


def test_a_first_load_over_sealed_parts(hub: HubService, desks: tuple[ToyDesk, ToyDesk]) -> None:
    one, two = desks
    with one.stage.work() as unit_of_work:
        for n in range(5000):
            payload = {"number": f"{TOWNSHIP}-20261120-01{n:04d}", "facts": {"title": f"案件{n}"}}
            unit_of_work.record(EventDraft(EventKind.REGISTERED, one.stage.new_id(), STREAM, "t", payload))
    done(hub, one, two)
    assert agree(one, two) and two.stage.queries.total(CaseFilter()) == 5000


def test_a_department_reads_its_part(hub: HubService, desks: tuple[ToyDesk, ToyDesk], tmp_path: Path) -> None:
    one, two = desks
    with toy_desk(tmp_path / "3", 3) as department:
        join(hub, department, Grant(STREAM, writes=True, unit=UNITS[1]))
        first, second = one.stage.dispatched("甲", UNITS[0]), one.stage.dispatched("乙", UNITS[1])
        done(hub, one, department)
        assert department.stage.titles(CaseFilter()) == ["乙"]
        department.stage.sign(second, UNITS[1])
        one.stage.give_back(first, UNITS[0])
        one.stage.dispatch(first, UNITS[1])
        done(hub, department, one, two, department)
        assert sorted(department.stage.titles(CaseFilter())) == ["乙", "甲"]
        assert agree(department, one)
        join(hub, department)
        done(hub, department)
        assert agree(one, two, department)


def test_a_restored_desk_is_whole_after_its_round(
    hub: HubService, desks: tuple[ToyDesk, ToyDesk], tmp_path: Path
) -> None:
    one, two = desks
    one.stage.register("之前")
    done(hub, one)
    one.stage.register("未报")
    back_up(one.profile, tmp_path / "a.gridbackup")
    one.stage.register("之后")
    done(hub, one, two)
    restore(one.profile, tmp_path / "a.gridbackup", now=NOW)
    again = desk_on(one.profile, 5)
    again.stage.register("恢复后")
    done(hub, again, two)
    assert agree(again, two) and again.stage.queries.total(CaseFilter()) == 4


def test_a_twin_goes_on_under_new_numbers(hub: HubService, desks: tuple[ToyDesk, ToyDesk], tmp_path: Path) -> None:
    one, two = desks
    one.stage.register("共同")
    done(hub, one)
    back_up(one.profile, tmp_path / "a.gridbackup")
    one.stage.register("甲")
    done(hub, one, two)
    profile = one.profile
    mine = profile.device
    restore(profile, tmp_path / "a.gridbackup", now=NOW)
    with profile.database.writer() as connection:  # as if the machine had been copied: nobody began anew
        connection.execute("UPDATE writers SET incarnation = 1")
    profile._keep(replace(profile._identity, incarnation=mine.incarnation))
    twin = desk_on(profile, 6)
    twin.stage.register("乙")
    assert round_of(hub, twin).error == "sync.fork"
    assert start_anew(twin.sync) == 1
    done(hub, twin, two)
    assert agree(twin, two) and twin.stage.queries.total(CaseFilter()) == 3
