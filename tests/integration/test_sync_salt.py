"""A department that knows all but the reporter's telephone tries numbers against the link, and does not find it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gridclient.domain.events import CHAIN_START, EventKind, link_after, payload_text
from gridclient.domain.handing import SALT, WITHHELD
from gridclient.services.import_findings import ImportKind
from gridclient.services.sync_port import PlacedRecord
from gridclient.store.driver import Database
from tests.contract.stage import UNITS
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_cases import case_rows
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import Desks, ToyDesk

NAME, PHONE, LATER_PHONE = "钱某某", "13900005678", "13900005321"
SPACE = [f"1390000{last:04d}" for last in range(10_000)]
"""The telephones that it tries; all there are would take it a day."""
AMENDED = 2


def told_twice(desk: ToyDesk) -> dict[int, dict[str, Any]]:
    """A case whose reporter stands in four events; their payloads by number, as the operator gave them."""
    stage = desk.stage
    case_id = stage.register("路灯不亮", reporter_name=NAME, reporter_phone=PHONE)
    stage.record(EventKind.AMENDED, case_id, {"facts": {"reporter_phone": LATER_PHONE}})
    stage.file(case_id)
    stage.dispatch(case_id, UNITS[0])
    stage.dispatch(case_id, UNITS[1], kind=EventKind.REASSIGNED, contact={"name": NAME, "phone": PHONE})
    stage.record(EventKind.NOTED, case_id, {"text": f"已回电 {PHONE}"})
    return dict(enumerate(payloads(desk.profile.database), 1))


def payloads(database: Database) -> list[dict[str, Any]]:
    with database.reader() as connection:
        return [json.loads(text) for (text,) in connection.execute("SELECT payload FROM events ORDER BY seq")]


def found(there: PlacedRecord, before: bytes, known: Mapping[str, Any], phone: str) -> Iterator[str]:
    """The telephones that, put in the place of the reporter's, give the link; all else is ``known``."""
    text = payload_text(known)
    for guess in SPACE:
        record = there.record._replace(text=text.replace(phone, guess))
        if link_after(before, record.canonical()) == there.link:
            yield guess


def test_a_department_does_not_find_a_telephone_by_trying(desks: Desks, department: ToyDesk, hub: FakeHub) -> None:
    written = told_twice(desks[0])
    desks[0].round(hub)
    page = hub.page(department.sync.feeds()[0], department.device, 100)
    links = {0: CHAIN_START} | {placed.record.key.seq: placed.link for placed in page.foreign}
    lacking = [placed for placed in page.foreign if WITHHELD in json.loads(placed.record.text)]
    assert [placed.record.key.seq for placed in lacking] == [1, 2, 5, 6]
    for placed in lacking:
        seq = placed.record.key.seq
        assert SALT not in json.loads(placed.record.text)
        phone = LATER_PHONE if seq == AMENDED else PHONE
        unsalted = {name: value for name, value in written[seq].items() if name != SALT}
        assert list(found(placed, links[seq - 1], unsalted, phone)) == []
        assert list(found(placed, links[seq - 1], written[seq], phone)) == [phone], "with the salt it is found"


def test_each_imported_row_has_a_salt_of_its_own_and_the_same_file_adds_nothing(store: ImportStore) -> None:
    store.set_township()
    assert store.bring(case_rows(20), ImportKind.CASES).summary.imported == 20
    assert len({payload[SALT] for payload in payloads(store.database)}) == 20
    assert store.bring(case_rows(20), ImportKind.CASES).summary.unchanged == 20
