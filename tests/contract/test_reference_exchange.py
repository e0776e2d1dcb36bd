"""Reference data from one store to another, as events of the stream ``ref``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from gridclient.domain.errors import NotFound
from gridclient.domain.events import EventKind
from gridclient.services.import_findings import ImportKind
from gridclient.store.accounts import keep_settings
from gridclient.store.log import Origins, events_of, read_subject, subject_no
from gridclient.store.reference import touch_reference
from gridclient.store.reference_exchange import apply_change, record_changes
from gridclient.store.verify import verify
from tests.fakes.import_store import DEVICE, ImportStore
from tests.fakes.invented_areas import all_areas, basics, community_code, day, middle, standard, unit, zones

KINDS = ("divisions", "grids", "units", "standards", "standard_lists", "calendar_days", "business_settings")


@pytest.fixture
def told(tmp_path: Path) -> Iterator[ImportStore]:
    """The county's desk, with reference data of every kind."""
    store = ImportStore(tmp_path / "county.db")
    store.bring(all_areas())
    store.bring([replace(zones()[0], members=(community_code(1), community_code(2)), identity="held")])
    store.bring([unit(2, "U-1", "执法中队", aliases=("城管",), grids=(basics()[0].code,))], kind=ImportKind.UNITS)
    store.bring([standard(2)], kind=ImportKind.STANDARDS)
    store.bring([day(2, date(2027, 1, 1), working=False, name="元旦")], kind=ImportKind.CALENDAR)
    for name, value in (("limit.sign", "2 work_hour"), ("county", "371002"), ("name", "环翠楼街道")):
        store.set(name, value)
    store.set_township()
    yield store
    store.close()


@pytest.fixture
def other(tmp_path: Path) -> Iterator[ImportStore]:
    store = ImportStore(tmp_path / "township.db")
    yield store
    store.close()


def tell(store: ImportStore) -> int:
    with store.database.writer() as connection:
        return record_changes(connection, DEVICE, actor="admin", now=store.clock.now())


def payloads(store: ImportStore, after: int = 0) -> list[Any]:
    """What the log of ``ref`` says after event ``after``."""
    found = []
    with store.database.reader() as connection:
        for kind in KINDS:
            no = subject_no(connection, f"ref:{kind}")
            if no is not None:
                found += events_of(read_subject(connection, Origins(), no, f"ref:{kind}"))
    assert {event.kind for event in found} <= {EventKind.REFERENCE}
    return [event.payload for event in sorted(found, key=lambda e: e.key.seq) if event.key.seq > after]


def take(store: ImportStore, heard: list[Any]) -> set[str]:
    with store.database.writer() as connection:
        return {apply_change(connection, payload) for payload in heard}


def known(store: ImportStore) -> tuple[object, ...]:
    """What a desk knows by its port."""
    reference = store.reference
    return (
        sorted(reference.grids(), key=lambda g: g.code),
        list(reference.units()),
        list(reference.standards()),
        reference.calendar().is_working(date(2027, 1, 1)),
        reference.setting("limit.sign"),
        reference.grids_at(*middle(0)),
    )


def test_another_store_knows_the_same_after_taking_what_was_told(told: ImportStore, other: ImportStore) -> None:
    assert known(other) != known(told)
    assert tell(told) == len(KINDS)
    assert take(other, payloads(told)) == {"grids", "units", "standards", "calendar", "settings"}
    assert known(other) == known(told)
    for what_names_one_desk in ("county", "township", "name"):
        assert other.reference.setting(what_names_one_desk) == ""
    assert not any("id" in document for payload in payloads(told) for document in payload["documents"])


def test_what_was_told_is_not_told_again_by_either_side(told: ImportStore, other: ImportStore) -> None:
    count = tell(told)
    take(other, payloads(told))
    assert (count > 0, tell(told), tell(other)) == (True, 0, 0)


def test_only_what_changed_is_told(told: ImportStore, other: ImportStore) -> None:
    count = tell(told)
    take(other, payloads(told))
    told.bring([replace(basics()[0], name="海滨网格", identity="renamed")])
    told.bring([unit(2, "U-1", "综合执法中队", aliases=("城管", "执法"))], kind=ImportKind.UNITS)
    tell(told)
    news = payloads(told, count)
    assert sorted(p["kind"] for p in news) == ["grids", "units"]
    assert {p["kind"]: len(p["documents"]) for p in news}["units"] == 1
    take(other, news)
    assert known(other) == known(told)


def test_what_is_gone_goes_everywhere(told: ImportStore, other: ImportStore) -> None:
    count = tell(told)
    take(other, payloads(told))
    with told.database.writer() as connection:
        connection.execute("DELETE FROM unit_aliases")
        connection.execute("DELETE FROM unit_areas")
        connection.execute("DELETE FROM units")
        touch_reference(connection)
        keep_settings(connection, {"limit.sign": "3 work_hour"})
    tell(told)
    take(other, payloads(told, count))
    assert (list(other.reference.units()), other.reference.setting("limit.sign")) == ([], "3 work_hour")
    for store in (told, other):
        with store.database.writer() as connection:
            touch_reference(connection)
        assert tell(store) == 0


def test_a_grid_that_was_to_end_and_goes_on_goes_on_everywhere(told: ImportStore, other: ImportStore) -> None:
    told.bring([replace(basics()[0], valid_to=date(2026, 2, 1), identity="ends")])
    count = tell(told)
    take(other, payloads(told))
    assert other.reference.grid(basics()[0].code) is None
    with told.database.writer() as connection:
        connection.execute("UPDATE grids SET valid_to = NULL")
        touch_reference(connection)
    tell(told)
    take(other, payloads(told, count))
    assert other.reference.grid(basics()[0].code) is not None
    assert known(other) == known(told)


def test_a_list_in_the_log_is_no_case(told: ImportStore) -> None:
    tell(told)
    assert told.queries.contentions("ref:units") == ()
    with pytest.raises(NotFound, match=r"case\.unknown"):
        told.queries.case("ref:units")


def test_the_log_that_tells_is_whole(told: ImportStore) -> None:
    tell(told)
    assert verify(told.database).problems == ()


def test_a_kind_of_a_newer_version_is_passed_over(other: ImportStore) -> None:
    assert take(other, [{"kind": "weights", "documents": [{"code": "1"}], "gone": []}]) == {""}


def test_a_column_of_a_newer_version_is_left_out(told: ImportStore, other: ImportStore) -> None:
    tell(told)
    heard = [dict(p, documents=[dict(d, shade="blue", id=1) for d in p["documents"]]) for p in payloads(told)]
    take(other, heard)
    assert known(other) == known(told)


def test_a_column_that_an_older_version_does_not_know_stays_as_it_is(told: ImportStore, other: ImportStore) -> None:
    tell(told)
    take(other, payloads(told))
    older = [dict(p, documents=[{**d, "name": "改名"} for d in p["documents"]]) for p in payloads(told)]
    for payload in older:
        for document in payload["documents"]:
            document.pop("worker", None)
    take(other, [payload for payload in older if payload["kind"] == "grids"])
    row = other.reference.grid(basics()[0].code)
    assert row is not None
    assert (row.name, row.worker) == ("改名", "丁一")
