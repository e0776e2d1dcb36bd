"""Which enrolment a desk keeps that has cases already: one by which the hub takes some of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import create_autospec

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Admission, Grant
from gridclient.services.sync_port import OriginKey, SyncStore
from gridclient.sync.enrol_file import read_request, write_admission, write_request
from gridclient.sync.enrolling import take_admission

DEVICE, KEY = "device-1", bytes(range(32))
OWN, NEXT = "t:371002003", "t:371002004"


def take(streams: Sequence[str], grants: tuple[Grant, ...], folder: Path) -> bool:
    """Whether it was kept by a new desk whose cases of these streams wait."""
    store = create_autospec(SyncStore, instance=True, device=DEVICE)
    store.enrolment.return_value = None
    store.unsent_origins.return_value = [(OriginKey(stream, DEVICE, 1), 1) for stream in streams]
    admission = Admission("hub-1", "", "A1", (*grants, Grant("ref")), {}, bytes(32))
    file = folder / "a.gridadmission"
    file.write_bytes(write_admission(read_request(write_request(KEY, DEVICE, "一号席")), admission))
    try:
        take_admission(store, file, key=lambda: KEY, now=lambda: datetime.now(UTC))
    finally:
        kept: bool = store.keep_enrolment.called
    return kept


@pytest.mark.parametrize(
    ("streams", "grants"),
    [
        ([OWN, NEXT, "ref"], (Grant(OWN, writes=True),)),  # a case in a neighbour's grid
        ([], (Grant(OWN, writes=True, unit="unit.city"),)),
        (["ref"], (Grant(OWN),)),
    ],
)
def test_an_enrolment_by_which_the_hub_takes_some_of_the_cases_is_kept(
    streams: Sequence[str], grants: tuple[Grant, ...], tmp_path: Path
) -> None:
    assert take(streams, grants, tmp_path)


@pytest.mark.parametrize(
    ("grants", "code"),
    [
        ((Grant(NEXT, writes=True),), "enrol.other_township"),
        ((Grant(OWN), Grant(NEXT)), "enrol.registers_nothing"),  # a supervisor
        ((Grant(OWN, writes=True, unit="unit.city"),), "enrol.registers_nothing"),
        ((), "enrol.registers_nothing"),  # a county without a stream as yet
    ],
)
def test_an_enrolment_by_which_the_hub_takes_no_case_is_not_kept(
    grants: tuple[Grant, ...], code: str, tmp_path: Path
) -> None:
    with pytest.raises(SyncFault, match=code.replace(".", r"\.")):
        take([OWN], grants, tmp_path)
