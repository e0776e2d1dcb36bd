"""Desks without a line follow each other's clocks, so that what came after stands after; but not to any end."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gridclient.domain.events import CHAIN_START, EventKey, EventKind, Record, link_after
from gridclient.services.sync_port import OriginKey, RoundEnd, RoundReport, StickBatch
from gridclient.sync.signing import new_key, public_key, sign_head
from tests.contract.stage import NOW, STREAM
from tests.fakes.toy_desk import ToyDesk, proved, same_tables, some_desks

LAST = 2**63 - 1


def noted(case_id: str, hlc: int) -> StickBatch:
    """A note of a desk that says it is that late."""
    key, origin = new_key(), OriginKey(STREAM, "f" * 16, 1)
    record = Record(EventKey(*origin, 1), hlc, EventKind.NOTED, 1, case_id, 1, "x", '{"text":"记"}')
    link = link_after(CHAIN_START, record.canonical())
    return StickBatch(origin, 1, (record,), CHAIN_START, link, public_key(key), sign_head(key, origin, 1, link))


def noted_at(desk: ToyDesk, case_id: str, text: str) -> timedelta:
    """How far off the desk's clock stands when it writes a note; it is the case's last."""
    desk.stage.record(EventKind.NOTED, case_id, {"text": text})
    last = desk.stage.case(case_id).last_event
    assert last is not None and last.payload["text"] == text
    return last.at - NOW


@pytest.mark.parametrize("hlc", [int((NOW + timedelta(days=32)).timestamp() * 1000) << 16, LAST])
def test_a_stick_of_a_desk_whose_clock_is_far_off_leaves_the_own_one_alone(tmp_path: Path, hlc: int) -> None:
    with some_desks(tmp_path, 2) as (one, two):
        case_id = one.stage.register()
        two.sync.take_unplaced([*one.stick(), noted(case_id, hlc)])
        assert noted_at(two, case_id, "后记") < timedelta(minutes=1)
        one.sync.take_unplaced([noted(case_id, hlc), *two.stick()])
        assert same_tables([one, two]) and proved(one, two)


def test_among_sticks_one_that_is_far_off_does_not_hide_one_that_is_a_day_ahead(tmp_path: Path) -> None:
    with some_desks(tmp_path, 2) as (one, two):
        two.sync.keep_round(RoundReport(NOW, RoundEnd.DONE, hub_time=NOW - timedelta(days=60), by="stick"))
        one.stage.clock.advance(days=1)
        case_id = one.stage.register()
        two.sync.take_unplaced([*one.stick(), noted(case_id, LAST)])
        assert timedelta(days=1) <= noted_at(two, case_id, "后记") < timedelta(days=1, minutes=1)
        assert noted_at(two, case_id, "再记") < timedelta(days=1, minutes=1)


def test_a_desk_whose_own_clock_stands_years_behind_still_writes_after_what_a_stick_brought(tmp_path: Path) -> None:
    """Its battery is empty, and it has no line; what it last had of the hub tells about when it is."""
    with some_desks(tmp_path, 2) as (one, two):
        two.sync.keep_round(RoundReport(NOW, RoundEnd.DONE, hub_time=NOW - timedelta(days=20), by="stick"))
        two.stage.clock.advance(days=-4000)
        case_id = one.stage.register()
        two.sync.take_unplaced([*one.stick(), noted(case_id, LAST)])
        assert timedelta() <= noted_at(two, case_id, "后记") < timedelta(minutes=1)
        one.sync.take_unplaced([noted(case_id, LAST), *two.stick()])
        assert same_tables([one, two]) and proved(one, two)
