"""What a department's desk gets over the line and by stick, on both databases: its cases, and not who reported them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import EventKey, Record, payload_text, place_mark
from gridclient.hub.backend import Backend
from gridclient.hub.carrying import carry
from gridclient.hub.rights import grants_for
from gridclient.hub.service import HubService
from gridclient.services.sync_port import FeedPage, PlacedRecord
from gridclient.sync.bundle import read_bundle
from gridclient.sync.frame import unseal
from gridclient.sync.terms import SPOKEN, Versions
from gridclient.sync.wire import FeedAsk, PushStatus, SyncRequest, encode_request
from tests.fakes.hub_desk import HubDesk

NOW = 1_795_000_000
STREAM, UNIT, OTHER_UNIT, CASE = "t:371002001", "U1", "U2", "c" * 32
PART = f"d:{UNIT}@{STREAM}"
NAME, PHONE = "钱某某", "13900005678"


def happened(desk: HubDesk, kind: str, **payload: Any) -> None:
    seq = len(desk.records) + 1
    key = EventKey(desk.stream, desk.device, desk.incarnation, seq)
    desk.records.append(Record(key, seq << 16, kind, 1, CASE, seq - 1, "operator", payload_text(payload)))


@pytest.fixture
def township(service: HubService) -> HubDesk:
    """A case with its reporter was given to one unit with the contact, then to another without."""
    desk = HubDesk("desk-0001", STREAM)
    desk.enrol(service.access, grants_for("371002001"))
    facts = {"title": "路灯不亮", "reporter_name": NAME, "reporter_phone": PHONE}
    happened(desk, "case_registered", number="1", facts=facts)
    happened(desk, "case_filed", facts={"standard": "S1"})
    contact = {"name": NAME, "phone": PHONE}
    happened(desk, "case_dispatched", assignments=[{"unit": UNIT, "role": "lead"}], contact=contact)
    happened(desk, "case_reassigned", assignments=[{"unit": OTHER_UNIT, "role": "lead"}], reason=f"{NAME}要求改派")
    happened(desk, "case_amended", facts={"description": f"{NAME}再次来电"})
    assert desk.round(service.sync, [desk.push(1, 5)]).results[0].status is PushStatus.APPLIED
    return desk


def department(service: HubService, unit: str = UNIT) -> HubDesk:
    desk = HubDesk(f"desk-{unit}-01", STREAM)
    desk.enrol(service.access, grants_for("371002001", unit=unit))
    return desk


def page_of(service: HubService, desk: HubDesk, feed: str, *, whole: bool = False) -> FeedPage:
    (page,) = desk.round(service.sync, feeds=[FeedAsk(feed, 0, whole)]).pages
    assert isinstance(page, FeedPage)
    return page


def with_telephone(foreign: tuple[PlacedRecord, ...]) -> list[int]:
    return [placed.position for placed in foreign if PHONE in placed.record.text or NAME in placed.record.text]


@pytest.mark.parametrize("whole", [False, True])
def test_over_the_line(service: HubService, township: HubDesk, whole: bool) -> None:
    assert with_telephone(page_of(service, department(service), PART, whole=whole).foreign) == [3]
    page = page_of(service, department(service, OTHER_UNIT), f"d:{OTHER_UNIT}@{STREAM}", whole=whole)
    assert with_telephone(page.foreign) == []
    assert json.loads(page.foreign[0].record.text)["facts"] == {"title": "路灯不亮"}
    assert [placed.link for placed in page.foreign] == [township.link(seq) for seq in range(1, 6)]
    assert page.total == sum(place_mark(p.position, p.link) for p in page.foreign) % 2**64


def test_who_reads_the_whole_stream_gets_it_as_it_was_written(service: HubService, township: HubDesk) -> None:
    other = HubDesk("desk-0002", STREAM)
    other.enrol(service.access, grants_for("371002001"))
    assert [placed.record for placed in page_of(service, other, STREAM).foreign] == township.records


def test_a_desk_gets_back_what_it_wrote_itself(service: HubService, township: HubDesk) -> None:
    """It was the township's and is the unit's now, and its store was lost."""
    service.access.change_rights(township.device, grants_for("371002001", unit=UNIT), township="371002001")
    page = page_of(service, township, PART, whole=True)
    assert [placed.record for placed in page.foreign] == township.records


@pytest.mark.usefixtures("township")
def test_by_stick(service: HubService, backend: Backend) -> None:
    unit = department(service, OTHER_UNIT)
    file = carry(backend, b"", township="371002001", at=NOW).file
    keys = service.access.membership(_known(backend, unit)).bundle_keys
    pages = [stretch.page for stretch in read_bundle(file, keys, unit.device).pages]
    assert [page.feed for page in pages] == [f"d:{OTHER_UNIT}@{STREAM}"]
    assert len(pages[0].foreign) == 5 and with_telephone(pages[0].foreign) == []
    with backend.reading() as ledger:
        whole = {row.stream: row.key for row in ledger.streams()}
    everything = [stretch.page for stretch in read_bundle(file, whole).pages]
    assert [with_telephone(page.foreign) for page in everything if page.feed == STREAM] == [[1, 3, 4, 5]]


@pytest.mark.usefixtures("township")
def test_an_older_department_is_told_to_update_and_an_older_township_goes_on(service: HubService) -> None:
    unit, desk = department(service), HubDesk("desk-0002", STREAM)
    desk.enrol(service.access, grants_for("371002001"))

    def asked(device: HubDesk, feed: str, protocol: int) -> bytes:
        request = SyncRequest(device.hub, 1, 0, (), (FeedAsk(feed, 0, False),), 1 << 20)
        return service.sync(device.token, encode_request(request, protocol=protocol))

    with pytest.raises(SyncFault) as caught:
        asked(unit, PART, SPOKEN.oldest)
    assert caught.value.code == "sync.update_due"
    service.keep()
    assert ("sync.update_due", unit.device) in [note[1:3] for note in service.access.notes(10)]
    assert asked(unit, PART, SPOKEN.newest)
    assert unseal(asked(desk, STREAM, SPOKEN.oldest), spoken=Versions(1, 1))


def test_nobody_pushes_an_event_that_says_something_is_withheld(service: HubService, township: HubDesk) -> None:
    happened(township, "case_noted", text="x", withheld={"reporter_phone": "0"})
    (result,) = township.round(service.sync, [township.push(6, 1)]).results
    assert result.status is PushStatus.REFUSED


def test_a_note_with_all_who_are_suspected_does_not_tell_a_department_which_of_them_it_was(
    service: HubService, township: HubDesk
) -> None:
    """Its second desk gets what the first wrote as it was; other departments do not."""
    first, suspects = department(service), f"是{NAME}、李某某，还是王某某？{PHONE} 13900005679"
    key = EventKey(STREAM, first.device, 1, 1)
    first.records.append(Record(key, 9 << 16, "case_noted", 1, CASE, 5, "operator", payload_text({"text": suspects})))
    assert first.round(service.sync, [first.push(1, 1)]).results[0].status is PushStatus.APPLIED
    second = HubDesk(f"desk-{UNIT}-02", STREAM)
    second.enrol(service.access, grants_for("371002001", unit=UNIT))
    for whole in (False, True):
        assert with_telephone(page_of(service, second, PART, whole=whole).foreign) == [3, 6]
    other = page_of(service, department(service, OTHER_UNIT), f"d:{OTHER_UNIT}@{STREAM}")
    assert with_telephone(other.foreign) == []


def test_who_was_named_after_the_registration_is_hidden_in_it(service: HubService) -> None:
    desk = HubDesk("desk-0009", STREAM)
    desk.enrol(service.access, grants_for("371002001"))
    happened(desk, "case_registered", number="1", facts={"title": "路灯不亮", "description": f"{NAME}来电"})
    happened(desk, "case_amended", facts={"reporter_name": NAME, "reporter_phone": PHONE})
    happened(desk, "case_dispatched", assignments=[{"unit": UNIT, "role": "lead"}])
    assert desk.round(service.sync, [desk.push(1, 3)]).results[0].status is PushStatus.APPLIED
    assert with_telephone(page_of(service, department(service), PART).foreign) == []


def _known(backend: Backend, desk: HubDesk) -> Any:
    with backend.reading() as ledger:
        return ledger.device(desk.device)
