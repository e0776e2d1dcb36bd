"""What does not go on from what a desk knows is refused at once or when the gap before it is filled; nothing stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import pytest

from gridclient.domain.errors import RuleViolation
from gridclient.domain.events import EventKey, EventKind, Record, link_after, payload_text, place_mark
from gridclient.services.sync_port import (
    FeedPage,
    FeedState,
    OriginKey,
    PlacedRecord,
    PlacedRun,
    SignedHead,
    StickBatch,
)
from gridclient.sync.signing import public_key, sign_head
from tests.contract.bad_shapes import BAD_CHANGES
from tests.contract.stage import STREAM, UNITS
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import Desks, ToyDesk, code_of, log_of, pending, proved, same_tables


def written(desk: ToyDesk) -> tuple[OriginKey, Sequence[Record]]:
    """Three events of a case, that no hub has."""
    desk.stage.dispatched()
    (batch,) = desk.stick()
    return batch.origin, batch.records


def batch_of(desk: ToyDesk, records: Sequence[Record], before: bytes = bytes(32)) -> StickBatch:
    """These events as the desk signs them, behind that link."""
    link = before
    for record in records:
        link = link_after(link, record.canonical())
    origin, last = OriginKey(*records[0].key[:3]), records[-1].key.seq
    signature = sign_head(desk.key, origin, last, link)
    return StickBatch(origin, records[0].key.seq, tuple(records), before, link, public_key(desk.key), signature)


def by_a_twin(records: Sequence[Record]) -> list[Record]:
    """What a copy of the same machine wrote under the same numbers."""
    return [record._replace(actor="twin") for record in records]


GONE: Final = payload_text({"kind": "units", "documents": [], "gone": [[UNITS[0]]]})
"""A unit is no more."""


def change_of_lists(desk: ToyDesk, stream: str, version: int, told: str = GONE) -> StickBatch:
    """The first event of a stream."""
    key = EventKey(stream, desk.device, 1, 1)
    return batch_of(desk, [Record(key, 1 << 50, EventKind.REFERENCE, version, "ref:units", 0, "admin", told)])


def lists_of(desk: ToyDesk) -> object:
    """The county's lists as they stand in a desk's tables."""
    with desk.profile.database.reader() as connection:
        tables = (
            "units",
            "unit_aliases",
            "grids",
            "standards",
            "calendar_days",
            "business_settings",
            "reference_state",
        )
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]


def placed(batch: StickBatch) -> FeedPage:
    """The hub's word that the batch is all there is of its stream."""
    head = SignedHead(batch.origin, 1, batch.public_key, batch.signature)
    foreign = (PlacedRecord(1, batch.records[0], b""),)
    return FeedPage(batch.origin.stream, 1, True, 1, place_mark(1, batch.link_after), foreign, (), (head,))


@pytest.mark.parametrize(("stream", "version", "kinds"), [("ref", 1, {"units"}), (STREAM, 1, set()), ("ref", 2, set())])
@pytest.mark.parametrize("by_stick", [False, True])
def test_lists_change_only_by_the_countys_stream_in_a_known_form_and_when_the_hub_placed_it(
    desks: Desks, stream: str, version: int, kinds: set[str], by_stick: bool
) -> None:
    """Every desk has the key of that stream, so whoever holds one could write such a change on a stick."""
    one, two = desks
    batch = change_of_lists(one, stream, version)
    if by_stick:
        assert two.sync.take_unplaced([batch]).changes.kinds == frozenset()
    taken = two.sync.take(placed(batch))
    assert taken.agrees and taken.changes.kinds == kinds
    assert two.sync.take(placed(batch)).changes.kinds == frozenset(), "once"


def test_what_is_told_of_the_lists_is_no_case_under_its_own_name_either(desks: Desks) -> None:
    one, two = desks
    two.sync.take(placed(change_of_lists(one, "ref", 1)))
    with pytest.raises(RuleViolation, match=r"case\.unknown"), two.stage.work() as unit_of_work:
        unit_of_work.case("ref:units")


@pytest.mark.parametrize("told", BAD_CHANGES)
def test_a_change_of_lists_that_no_table_can_hold_changes_nothing_and_what_stands_behind_it_comes(
    desks: Desks, told: str
) -> None:
    """What the hub placed cannot be taken back: a page that is refused for it would be refused in every round."""
    one, two = desks
    before = lists_of(two)
    taken = two.sync.take(placed(change_of_lists(one, "ref", 1, told)))
    assert taken.agrees and taken.changes.kinds == frozenset()
    assert lists_of(two) == before
    assert proved(two)


def test_a_gap_is_filled_only_by_what_leads_to_what_stands_behind_it(desks: Desks) -> None:
    one, two = desks
    _, (first, *later) = written(one)
    whole = batch_of(one, (first, *later))
    two.sync.take_unplaced([batch_of(one, later, batch_of(one, (first,)).link_after)])
    before = log_of(two)
    assert code_of(lambda: two.sync.take_unplaced([batch_of(one, by_a_twin((first,)))])) == "sync.chain_broken"
    assert log_of(two) == before
    assert two.sync.take_unplaced([whole]).new_events == 1
    assert proved(two)


def test_behind_a_gap_too_a_batch_has_to_go_on_from_the_one_before_it(desks: Desks) -> None:
    one, two = desks
    _, (first, second, third) = written(one)
    there = batch_of(one, (second,), batch_of(one, (first,)).link_after)
    two.sync.take_unplaced([there])
    before = log_of(two)
    aside = batch_of(one, (third,), batch_of(one, by_a_twin((first, second))).link_after)
    assert code_of(lambda: two.sync.take_unplaced([aside])) == "sync.chain_broken"
    assert log_of(two) == before
    assert two.sync.take_unplaced([batch_of(one, (third,), there.link_after)]).new_events == 1


def test_a_batch_holds_the_events_that_it_names_and_ends_where_it_says(desks: Desks) -> None:
    one, two = desks
    _, records = written(one)
    right = batch_of(one, records)
    moved = records[1]._replace(key=records[1].key._replace(seq=9))
    for wrong in (right._replace(records=(records[0], moved, records[2])), right._replace(link_after=bytes(32))):
        assert code_of(partial(two.sync.take_unplaced, [wrong])) == "sync.chain_broken"
    assert log_of(two) == []


def test_an_event_behind_a_gap_that_brings_no_link_is_refused(desks: Desks) -> None:
    """Nothing would show later whether it goes on from what fills the gap."""
    one, two = desks
    origin, records = written(one)
    page = FeedPage(origin.stream, 1, True, 1, 0, (PlacedRecord(1, records[1], b""),), (), ())
    assert code_of(lambda: two.sync.take(page)) == "sync.chain_broken"
    assert not log_of(two)


def test_a_page_cannot_have_one_event_in_two_forms(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    one.stage.dispatched()
    one.round(hub)
    page = hub.page(FeedState(STREAM, 0, 0, 0), two.device, 10)
    again = page.foreign[1]._replace(position=4, record=page.foreign[1].record._replace(actor="mallory"))
    doubled = replace(page, cursor=4, foreign=(*page.foreign, again))
    assert code_of(lambda: two.sync.take(doubled)) == "sync.chain_broken"
    assert log_of(two) == []
    assert two.sync.take(page).agrees


def test_places_for_more_events_than_a_desk_wrote_acknowledge_none(desks: Desks, hub: FakeHub) -> None:
    one, two = desks
    one.stage.dispatched()
    origin = OriginKey(STREAM, one.device, 1)
    one.push(hub)
    page = hub.page(FeedState(STREAM, 0, 0, 0), one.device, 10)
    assert code_of(lambda: one.sync.take(replace(page, own=(PlacedRun(1, origin, 1, 5),)))) == "sync.gap"
    assert pending(one) == (3, 1)
    one.pull(hub)
    two.pull(hub)
    assert pending(one) == (0, 0)
    assert same_tables(desks) and proved(*desks)
