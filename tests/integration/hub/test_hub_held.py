"""The county sees what its desks have and the hub does not take: which desk, how much, and why."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gridclient.hub.access import Access
from gridclient.hub.backend import Backend
from gridclient.hub.rights import grants_for
from gridclient.hub.service import HubService
from gridclient.hub.status import HubStatus, read_status, status_page
from gridclient.services.sync_port import Held
from gridclient.sync.terms import HELD, read_held, write_held
from tests.fakes.hub_databases import KINDS, opened
from tests.fakes.hub_desk import HubDesk
from tests.fakes.running_hub import HubLine

TOWNSHIP, OTHER_TOWNSHIP = "371002001", "371002002"
MINE, OTHERS = f"t:{TOWNSHIP}", f"t:{OTHER_TOWNSHIP}"
TOLD = "t:371002001=2/0,t:371002002=3/12"
PATIENCE_S = 30.0


@pytest.fixture(params=KINDS)
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Backend]:
    with opened(request.param, tmp_path) as backend:
        yield backend


@pytest.fixture
def access(backend: Backend) -> Access:
    return Access(backend, time.time)


@pytest.fixture
def desk(access: Access) -> HubDesk:
    desk = HubDesk("desk-0001", MINE)
    desk.enrol(access, grants_for(TOWNSHIP, unit="zhzf"))
    return desk


def hub(backend: Backend) -> HubService:
    return HubService(backend, time.time)


def status(backend: Backend) -> HubStatus:
    return read_status(backend, Access(backend, time.time))


def held(backend: Backend) -> list[tuple[str, str, int, int]]:
    return [(row.stream, row.why, row.refused, row.aside) for row in status(backend).held]


def eventually(done: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_the_reason_follows_from_the_rights_that_the_desk_has_now(
    backend: Backend, access: Access, desk: HubDesk
) -> None:
    told = hub(backend)
    told.holds(desk.device, TOLD)
    told.keep()
    assert held(backend) == [(MINE, "不是它的步骤，或案件没有派给它", 2, 0), (OTHERS, "没有上报的权限", 3, 12)]
    access.change_rights(desk.device, grants_for(OTHER_TOWNSHIP), township=OTHER_TOWNSHIP)
    assert [why for _, why, _, _ in held(backend)] == ["没有上报的权限", "已有权限，下次同步时上报"]
    access.change_rights(desk.device, grants_for("371002", county=True), township="")
    assert status_page(status(backend)).count("没有上报的权限") == 2
    access.revoke(desk.device)
    assert held(backend) == [] and "没有收" not in status_page(status(backend))


def test_what_a_desk_holds_no_more_goes_whichever_process_hears_of_it(backend: Backend, desk: HubDesk) -> None:
    one, two = hub(backend), hub(backend)
    for process, text in ((one, TOLD), (two, ""), (one, TOLD), (two, "t:371002001=2/0")):
        process.holds(desk.device, text)
        process.keep()
        assert len(held(backend)) == len(read_held(text))


@pytest.mark.parametrize("nonsense", ["<b>", "t:1=1/1;t:2=1/1", "t:1=-1/1", "t:1=1", "甲=1/1", "=1/1"])
def test_what_has_another_form_tells_nothing(backend: Backend, desk: HubDesk, nonsense: str) -> None:
    told = hub(backend)
    told.holds(desk.device, f"{nonsense},{OTHERS}=3/12")
    told.keep()
    assert [row[0] for row in held(backend)] == [OTHERS]


def test_of_very_many_streams_only_the_first_are_told() -> None:
    many = [Held(f"t:{number:09}", 1, 0) for number in range(2_000)]
    assert read_held(write_held(many)) == many[:50] == read_held(",".join(f"{one.stream}=1/0" for one in many))


def test_page_and_metrics_tell_what_a_desk_told_with_its_round(line: HubLine, desk: HubDesk) -> None:
    def asked(path: str) -> str:
        return line.ask("GET", path).data.decode()

    assert "没有收" not in asked("/")
    for token, answered in (("a stranger's", 401), (desk.token, 200)):
        told = line.ask("POST", "/v1/sync", desk.request(), token=token, headers={HELD: TOLD})
        assert told.status == answered
    eventually(lambda: "没有收" in asked("/"))
    assert f"<td>{OTHERS}</td><td>没有上报的权限</td><td class=n>3</td><td class=n>12</td>" in asked("/")
    counts = ("held_devices 1", "held_refused_events 5", "held_aside_events 12")
    assert {f"gridclient_hub_{count}" for count in counts} <= {*asked("/metrics").splitlines()}
    line.sync(desk.token, desk.request())
    eventually(lambda: "没有收" not in asked("/"))
