"""The county sees on the hub's page and in its metrics what its desks have and the hub does not take."""

from __future__ import annotations

import json
import time

import pytest

from gridclient.hub.access import Access
from gridclient.hub.backend import Backend
from gridclient.hub.rights import grants_for
from gridclient.sync.terms import HELD
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events
from tests.fakes.patience import eventually
from tests.fakes.running_hub import HubLine

TOWNSHIP = "371002001"
STREAM = f"t:{TOWNSHIP}"


def test_page_and_metrics_tell_what_a_desk_told_with_its_round(line: HubLine, backend: Backend) -> None:
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(Access(backend, time.time), grants_for(TOWNSHIP, unit="zhzf"))

    def asked(path: str) -> str:
        return line.ask("GET", path).data.decode()

    assert "没有收" not in asked("/")
    for token, answered in (("a stranger's", 401), (desk.token, 200)):
        headers = {HELD: "t:371002001=2/0,t:371002002=3/12"}
        told = line.ask("POST", "/v1/sync", desk.request(), token=token, headers=headers)
        assert told.status == answered
    eventually(lambda: "没有收" in asked("/"))
    assert "<td>t:371002002</td><td>没有上报的权限</td><td class=n>3</td><td class=n>12</td>" in asked("/")
    counts = ("held_devices 1", "held_refused_events 5", "held_aside_events 12")
    assert {f"gridclient_hub_{count}" for count in counts} <= {*asked("/metrics").splitlines()}
    line.sync(desk.token, desk.request())
    eventually(lambda: "没有收" not in asked("/"))


@pytest.mark.parametrize(
    "odd",
    [
        "<b>",
        f"{STREAM}=1",
        f"{STREAM}=-1/1",
        f"{STREAM}=1/1;ref=1/1",
        f"{STREAM}=01/1",
        f"{STREAM}=1/1,",
        f"{STREAM}=1/1,{STREAM}=1/1",
        f"{STREAM}=1/1,ref=1/1",
        "\u00e9=1/1",
        ",".join(f"t:{number:09}=1/1" for number in range(51)),
    ],
)
def test_a_desk_that_tells_what_no_desk_tells_is_refused_and_stands_in_the_record(
    line: HubLine, backend: Backend, odd: str
) -> None:
    access = Access(backend, time.time)
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(access, grants_for(TOWNSHIP))
    desk.records = list(invented_events(desk.origin, 3, seed=1))
    for token, answered in (("a stranger's", (401, "sync.revoked")), (desk.token, (400, "sync.refused"))):
        told = line.ask("POST", "/v1/sync", desk.request([desk.push(1, 3)]), token=token, headers={HELD: odd})
        assert (told.status, json.loads(told.data)["error"]["code"]) == answered
    eventually(lambda: ("sync.refused", desk.device) in [note[1:3] for note in access.notes(10)])
    with backend.reading() as ledger:
        assert ([row.head for row in ledger.streams([STREAM])], ledger.held()) == ([0], {})
