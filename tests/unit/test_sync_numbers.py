"""What a hub says that no store could hold: the round ends, nothing was taken, and nothing breaks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import EventKey, Record
from gridclient.services.sync_port import FeedPage, OriginKey, PlacedRecord, PlacedRun, RoundEnd
from gridclient.sync.wire import (
    Push,
    SyncReply,
    SyncRequest,
    decode_reply,
    decode_request,
    encode_reply,
    encode_request,
)
from tests.fakes.round_desk import TOWN, Desk
from tests.fakes.sync_hub import FakeHub

ORIGIN = OriginKey(TOWN, "one", 1)
FAR = 2**63 - 1
PAGE = FeedPage(TOWN, 1, True, 1, 1, (), (), ())


def placed(position: int, seq: int) -> FeedPage:
    record = Record(EventKey(*ORIGIN, seq), 1, "k", 1, "s", 0, "a", "{}")
    return replace(PAGE, foreign=(PlacedRecord(position, record, bytes(32)),))


@pytest.mark.parametrize(
    "page",
    [
        replace(PAGE, cursor=FAR),
        replace(PAGE, own=(PlacedRun(FAR, ORIGIN, 1, 1),)),
        replace(PAGE, own=(PlacedRun(1, ORIGIN, FAR, 1),)),
        replace(PAGE, own=(PlacedRun(1, ORIGIN, 1, FAR),)),
        placed(FAR, 1),
        placed(1, FAR),
    ],
)
def test_places_and_numbers_behind_which_no_other_could_stand_are_refused(page: FeedPage) -> None:
    with pytest.raises(SyncFault) as caught:
        decode_reply(encode_reply(SyncReply("h", 1, (), (page,), (), None)), "one")
    assert caught.value.code == "sync.refused"


def test_a_hub_whose_clock_stands_behind_the_end_of_time_is_refused() -> None:
    class Late(FakeHub):
        def sync(self, body: bytes, device: str) -> bytes:
            return encode_reply(replace(decode_reply(super().sync(body, device), device), hub_ms=FAR))

    desk = Desk(Late(), "one")
    desk.write()
    report = desk.round()
    assert (report.end, report.error) == (RoundEnd.FAILED, "sync.refused")
    assert desk.store.unsent_origins()


@pytest.mark.parametrize("stream", ["t:371002001\n2026-11-20 10:00 hub started", "t:1\0", "t:" + "1" * 300])
def test_a_stream_whose_name_could_stand_in_no_record_is_refused(stream: str) -> None:
    origin = OriginKey(stream, "one", 1)
    records = (Record(EventKey(*origin, 1), 1, "k", 1, "s", 0, "a", "{}"),)
    push = Push(origin, 1, records, bytes(32), bytes(64))
    with pytest.raises(SyncFault) as caught:
        decode_request(encode_request(SyncRequest("", 1, 1, (push,), (), 1)), "one")
    assert caught.value.code == "sync.refused"
