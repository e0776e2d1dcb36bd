"""Which enrolment a desk keeps that has cases already: one by which the hub takes some of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Admission, Enrolment, Grant
from gridclient.sync.enrol_file import read_request, write_admission, write_request
from gridclient.sync.enrolling import take_admission
from tests.fakes.sync_store import FakeSyncStore

DEVICE, KEY = "device-1", bytes(range(32))
OWN, NEXT = "t:371002003", "t:371002004"


def take(
    streams: Sequence[str], grants: tuple[Grant, ...], folder: Path, before: Enrolment | None = None
) -> tuple[bool, SyncFault | None]:
    """Whether it was kept by a desk whose cases of these streams wait, and why it was not."""
    store, refused = FakeSyncStore(DEVICE, (), before), None
    for stream in streams:
        store.write(stream)
    admission = Admission("hub-1", "", "A1", (*grants, Grant("ref")), {}, bytes(32))
    file = folder / "a.gridadmission"
    file.write_bytes(write_admission(read_request(write_request(KEY, DEVICE, "一号席")), admission))
    try:
        take_admission(store, file, key=lambda: KEY, now=lambda: datetime.now(UTC))
    except SyncFault as fault:
        refused = fault
    return store.enrolment() is not before, refused


@pytest.mark.parametrize(
    ("streams", "grants", "code"),
    [
        ([OWN, NEXT, "ref"], (Grant(OWN, writes=True),), ""),  # a case in a neighbour's grid
        ([], (Grant(OWN, writes=True, unit="unit.city"),), ""),
        (["ref"], (Grant(OWN),), ""),
        ([OWN], (Grant(NEXT, writes=True),), "enrol.other_township"),
        ([OWN], (Grant(OWN), Grant(NEXT)), "enrol.registers_nothing"),  # a supervisor
        ([OWN], (Grant(OWN, writes=True, unit="unit.city"),), "enrol.registers_nothing"),
        ([OWN], (), "enrol.registers_nothing"),  # a county without a stream as yet
        ([OWN], (Grant(OWN), Grant("ref", writes=True)), "enrol.registers_nothing"),  # one with a stream
    ],
)
def test_only_an_enrolment_by_which_the_hub_takes_some_of_the_cases_is_kept(
    streams: Sequence[str], grants: tuple[Grant, ...], code: str, tmp_path: Path
) -> None:
    kept, refused = take(streams, grants, tmp_path)
    assert (kept, refused.code if refused else "") == (not code, code)


def test_a_desk_that_was_enrolled_before_may_get_other_rights_while_its_cases_wait(tmp_path: Path) -> None:
    before = Enrolment("hub-1", "", "", "", "A1", KEY, (Grant(OWN, writes=True),), {}, datetime.now(UTC))
    assert take([OWN], (Grant(OWN),), tmp_path, before) == (True, None)


def test_of_many_townships_the_first_are_named_and_that_there_are_more(tmp_path: Path) -> None:
    _, refused = take([f"t:37100200{number}" for number in (4, 2, 1, 3)], (), tmp_path)
    assert refused is not None and refused.params["mine"] == "371002001、371002002、371002003…"
    _, refused = take([f"t:37100200{number}" for number in (3, 2, 1)], (), tmp_path)
    assert refused is not None and refused.params["mine"] == "371002001、371002002、371002003"
