"""What devices tell that they have and the hub does not take: which device, how much, and why."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from gridclient.hub.access import Access
from gridclient.hub.backend import Backend
from gridclient.hub.rights import grants_for
from gridclient.hub.service import HubService
from gridclient.hub.status import HubStatus, read_status, status_page
from gridclient.sync.terms import read_held
from tests.contract.hub.conftest import NOW
from tests.fakes.hub_desk import HubDesk

TOWNSHIP, OTHER_TOWNSHIP = "371002001", "371002002"
MINE, OTHERS = f"t:{TOWNSHIP}", f"t:{OTHER_TOWNSHIP}"
TOLD = f"{MINE}=2/0,{OTHERS}=3/12"


@pytest.fixture
def unit(service: HubService) -> HubDesk:
    desk = HubDesk("desk-0003", MINE)
    desk.enrol(service.access, grants_for(TOWNSHIP, unit="zhzf"))
    return desk


@pytest.fixture
def status(backend: Backend) -> Callable[[], HubStatus]:
    return lambda: read_status(backend, Access(backend, lambda: NOW))


def tell(service: HubService, desk: HubDesk, text: str) -> None:
    service.holds(desk.device, text)
    service.keep()


def processes(backend: Backend) -> tuple[HubService, HubService]:
    """Two processes of one hub. Its clock has gone on whenever one of them looks at it."""
    moments = itertools.count(int(NOW))
    return HubService(backend, lambda: next(moments)), HubService(backend, lambda: next(moments))


def test_the_reason_follows_from_the_rights_that_the_desk_has_now(
    service: HubService, unit: HubDesk, status: Callable[[], HubStatus]
) -> None:
    tell(service, unit, TOLD)
    assert [(row.stream, row.why, row.refused, row.aside) for row in status().held] == [
        (MINE, "不是它的步骤，或案件没有派给它", 2, 0),
        (OTHERS, "没有上报的权限", 3, 12),
    ]
    service.access.change_rights(unit.device, grants_for(OTHER_TOWNSHIP), township=OTHER_TOWNSHIP)
    assert [row.why for row in status().held] == ["没有上报的权限", "已有权限，下次同步时上报"]
    service.access.change_rights(unit.device, grants_for("371002", county=True), township="")
    assert status_page(status()).count("没有上报的权限") == 2
    service.access.revoke(unit.device)
    assert not status().held and "没有收" not in status_page(status())


def test_a_right_on_all_townships_counts_for_each(
    service: HubService, unit: HubDesk, status: Callable[[], HubStatus]
) -> None:
    tell(service, unit, f"{MINE}=1/0")
    service.access.change_rights(unit.device, grants_for("", unit="zhzf"), township="")
    assert [row.why for row in status().held] == ["不是它的步骤，或案件没有派给它"]


def test_what_a_desk_holds_no_more_goes_whichever_process_hears_of_it(
    backend: Backend, unit: HubDesk, status: Callable[[], HubStatus]
) -> None:
    one, two = processes(backend)
    for process, text in ((one, TOLD), (two, ""), (one, TOLD), (two, f"{MINE}=2/0")):
        tell(process, unit, text)
        assert len(status().held) == len(read_held(text))


@pytest.mark.parametrize(("first", "last"), [(TOLD, ""), (f"{MINE}=1/0", f"{MINE}=2/0"), ("", TOLD)])
@pytest.mark.parametrize("before", ["", f"{OTHERS}=1/1"])
def test_of_what_two_processes_heard_the_later_stays_in_whatever_order_they_write_it(
    backend: Backend, unit: HubDesk, before: str, first: str, last: str
) -> None:
    one, two = processes(backend)
    tell(one, unit, before)
    one.holds(unit.device, first)
    two.holds(unit.device, last)
    for process in (two, one, two, one):  # each writes every two seconds
        process.keep()
    with backend.reading() as ledger:
        assert [told.text for told in ledger.held().values()] == [last]


def test_a_clock_that_was_ahead_does_not_keep_what_a_desk_told_then(backend: Backend, unit: HubDesk) -> None:
    tell(HubService(backend, lambda: NOW + 86_400), unit, TOLD)
    tell(HubService(backend, lambda: NOW), unit, f"{MINE}=1/0")
    with backend.reading() as ledger:
        assert ledger.held()[unit.device].text == f"{MINE}=1/0"


def test_what_an_earlier_version_kept_is_told_and_replaced(
    backend: Backend, unit: HubDesk, service: HubService, status: Callable[[], HubStatus]
) -> None:
    with backend.writing() as ledger:
        ledger.set_fact(f"held:{unit.device}", TOLD)
    assert len(status().held) == 2
    tell(service, unit, "")
    assert not status().held


@pytest.mark.parametrize("nonsense", ["<b>", "t:1=1/1;t:2=1/1", "t:1=-1/1", "t:1=1", "甲=1/1", "=1/1"])
def test_what_has_another_form_is_not_kept(service: HubService, backend: Backend, unit: HubDesk, nonsense: str) -> None:
    tell(service, unit, f"{nonsense},{OTHERS}=3/12")
    with backend.reading() as ledger:
        assert [told.text for told in ledger.held().values()] == [f"{OTHERS}=3/12"]
