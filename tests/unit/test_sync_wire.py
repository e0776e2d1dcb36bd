"""What is written on the line comes back the same; what is damaged is refused and never anything else."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import EventKey, Record
from gridclient.services.enrolment import Grant
from gridclient.services.sync_port import FeedPage, Held, OriginKey, PlacedRecord, PlacedRun, SignedHead
from gridclient.sync import payloads
from gridclient.sync.columns import pack_rows, unpack_rows
from gridclient.sync.frame import seal
from gridclient.sync.pages import SealedPage, encode_page
from gridclient.sync.terms import SPOKEN, Terms, Versions, is_held, read_held, read_terms, write_held
from gridclient.sync.wire import (
    FeedAsk,
    Push,
    PushResult,
    PushStatus,
    SyncReply,
    SyncRequest,
    decode_reply,
    decode_request,
    encode_reply,
    encode_request,
)
from tests.fakes.invented_events import invented_events

DEVICE = "0123456789abcdef"
ORIGIN = OriginKey("t:371002001", DEVICE, 1)
OTHER = OriginKey("t:371002001", "fedcba9876543210", 2)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(0, 2**62)
SUBJECTS = st.one_of(
    st.sampled_from(["00" * 16, "ab" * 16, "AB" * 16, "案件"]),
    st.binary(min_size=16, max_size=16).map(bytes.hex),
    NAMES,
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), NAMES, st.just("operator")),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=8,
)


def payload_texts() -> st.SearchStrategy[str]:
    """Canonical payloads most of the time, and texts that are none."""
    from gridclient.domain.events import payload_text

    made = st.dictionaries(st.sampled_from(["unit", "due", "text", "clocks"]) | NAMES, VALUES, max_size=5)
    return st.one_of(made.map(payload_text), NAMES, st.sampled_from(['{"a":"\n"}', '"', ',"', '{"a":^}', "\x00"]))


ROWS = st.tuples(
    st.integers(0, 2**63 - 1),
    st.sampled_from(["case_registered", "case_signed"]) | NAMES,
    st.integers(1, 2**40),
    SUBJECTS,
    NUMBERS,
    st.sampled_from(["operator", "371002001-B02"]) | NAMES,
    payload_texts(),
)


@st.composite
def runs(draw: st.DrawFn, origin: OriginKey = ORIGIN) -> tuple[Record, ...]:
    """Events of one origin with consecutive numbers."""
    first = draw(st.integers(1, 2**40))
    return tuple(Record(EventKey(*origin, first + n), *row) for n, row in enumerate(draw(st.lists(ROWS, max_size=8))))


@st.composite
def pushes(draw: st.DrawFn) -> Push:
    records = draw(runs())
    link, signature = draw(st.binary(min_size=32, max_size=32)), draw(st.binary(min_size=64, max_size=64))
    return Push(ORIGIN, records[0].key.seq if records else 1, records, link, signature)


@st.composite
def feed_pages(draw: st.DrawFn) -> FeedPage:
    records = draw(runs(OTHER)) + draw(runs(ORIGIN))
    links = st.sampled_from([b"", bytes(range(32))])
    foreign = tuple(PlacedRecord(draw(st.integers(1, 2**40)), record, draw(links)) for record in records)
    own = draw(st.lists(st.builds(PlacedRun, POSITIONS, st.just(ORIGIN), POSITIONS, POSITIONS), max_size=3))
    heads = draw(
        st.lists(st.builds(SignedHead, st.sampled_from([ORIGIN, OTHER]), POSITIONS, KEYS, SIGNATURES), max_size=3)
    )
    feed = draw(st.sampled_from(["t:371002001", "d:公安@t:371002001"]))
    total = draw(st.integers(0, 2**64 - 1))
    return FeedPage(feed, draw(NUMBERS), draw(st.booleans()), draw(NUMBERS), total, foreign, tuple(own), tuple(heads))


POSITIONS = st.integers(1, 2**40)
KEYS = st.binary(min_size=32, max_size=32)
SIGNATURES = st.binary(min_size=64, max_size=64)
ASKS = st.builds(FeedAsk, NAMES, NUMBERS, st.booleans())
REQUESTS = st.builds(
    SyncRequest, NAMES, NUMBERS, NUMBERS, st.lists(pushes(), max_size=3).map(tuple), st.lists(ASKS).map(tuple), NUMBERS
)
REPLIES = st.builds(
    SyncReply,
    NAMES,
    NUMBERS,
    st.lists(st.builds(PushResult, st.sampled_from(PushStatus), NUMBERS), max_size=3).map(tuple),
    st.lists(feed_pages(), max_size=2).map(tuple),
    st.lists(NAMES, max_size=2).map(tuple),
    st.none() | st.lists(st.builds(Grant, NAMES, st.booleans(), st.booleans(), NAMES), max_size=2).map(tuple),
)


@given(REQUESTS)
def test_request_comes_back_the_same(request: SyncRequest) -> None:
    assert decode_request(encode_request(request), DEVICE) == request


@given(REPLIES)
def test_reply_comes_back_the_same(reply: SyncReply) -> None:
    assert decode_reply(encode_reply(reply), DEVICE) == reply


@given(feed_pages())
def test_sealed_page_reads_like_the_page_it_was_made_of(page: FeedPage) -> None:
    sealed = SealedPage(page.feed, page.cursor, page.complete, page.count, page.total, encode_page(page, level=19))
    assert decode_reply(encode_reply(SyncReply("h", 1, (), (sealed,), (), None)), DEVICE).pages == (page,)


def test_many_invented_events_come_back_the_same_however_they_are_packed() -> None:
    records = tuple(invented_events(ORIGIN, 2000))
    request = SyncRequest("h", 1, 1, (Push(ORIGIN, 1, records, bytes(32), bytes(64)),), (), 1)
    dense, swift = encode_request(request), encode_request(request, swiftly=True)
    assert decode_request(dense, DEVICE) == decode_request(swift, DEVICE) == request
    assert len(dense) < len(swift) < 2.5 * len(dense)


@given(pushes())
def test_bytes_under_the_hash_are_a_json_array_with_the_payload_as_it_is(push: Push) -> None:
    for record in push.records:
        head = json.dumps([*record.key, *record[1:-1]], ensure_ascii=False, separators=(",", ":"))
        assert record.canonical() == f"{head[:-1]},{record.text}]".encode()


def test_two_devices_are_told_apart_by_their_tokens_only() -> None:
    request = SyncRequest("h", 1, 1, (Push(ORIGIN, 1, tuple(invented_events(ORIGIN, 1)), bytes(32), bytes(64)),), (), 1)
    read = decode_request(encode_request(request), OTHER.device)
    assert read.pushes[0].origin.device == OTHER.device == read.pushes[0].records[0].key.device


@given(st.binary(max_size=60))
def test_any_bytes_are_refused(data: bytes) -> None:
    for read in (decode_request, decode_reply):
        for damaged in (data, b"\x01\x01" + data):
            with pytest.raises(SyncFault):
                read(damaged, DEVICE)


@given(VALUES | st.lists(VALUES | st.binary(max_size=20), min_size=5, max_size=7))
def test_any_well_formed_body_is_read_or_refused(body: object) -> None:
    import msgpack

    try:
        packed = seal(msgpack.packb(body), 3)
    except OverflowError:
        return
    for read in (decode_request, decode_reply):
        try:
            read(packed, DEVICE)
        except SyncFault as fault:
            assert fault.code == "sync.refused"


@given(REPLIES, st.data())
def test_damaged_reply_is_refused(reply: SyncReply, data: st.DataObject) -> None:
    """The head's number may become that of the protocol before, which is spoken too: it says nothing of the body."""
    whole = bytearray(encode_reply(reply))
    place = data.draw(st.integers(0, len(whole) - 1))
    cut = bytes(whole[:place])
    whole[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SyncFault):
        decode_reply(cut, DEVICE)
    if place == 0 and SPOKEN.oldest <= whole[0] <= SPOKEN.newest:
        assert decode_reply(bytes(whole), DEVICE) == decode_reply(encode_reply(reply), DEVICE)
    else:
        with pytest.raises(SyncFault):
            decode_reply(bytes(whole), DEVICE)


@given(runs(), st.data())
def test_rows_whose_parts_were_exchanged_are_read_or_refused(records: tuple[Record, ...], data: st.DataObject) -> None:
    """A forger has no checksum to fear: whatever stands in the columns, nothing but the four named errors comes."""
    parts = pack_rows(records)
    place = data.draw(st.integers(0, len(parts) - 1))
    parts[place] = data.draw(st.sampled_from(parts) | VALUES | st.binary(max_size=20))
    with suppress(ValueError, TypeError, LookupError, OverflowError):
        unpack_rows(parts)


@pytest.mark.parametrize("text", ["", "1", "2-x;;", "1-2;ZZ;", "1-2;a;b;c"])
def test_a_hub_that_tells_its_terms_in_words_unknown_here_tells_nothing(text: str) -> None:
    assert read_terms(text, "5") == Terms()


def test_versions_that_end_before_they_begin_are_none() -> None:
    assert read_terms("2-1;a;b") == Terms(None, "a", "b")


def test_of_what_the_hub_does_not_take_in_very_many_streams_only_the_first_are_told() -> None:
    many = [Held(f"t:{number:09}", 1, 0) for number in range(2_000)]
    assert is_held(write_held(many))
    assert read_held(write_held(many)) == many[:50] == read_held(",".join(f"{one.stream}=1/0" for one in many))


def test_message_of_another_protocol_says_that_an_update_is_due() -> None:
    with pytest.raises(SyncFault) as caught:
        decode_request(b"\x07" + encode_request(SyncRequest("", 1, 1, (), (), 1))[1:], DEVICE)
    assert (caught.value.code, caught.value.retryable) == ("sync.hub_old", True), "the hub will be updated some day"
    with pytest.raises(SyncFault) as caught:
        decode_request(encode_request(SyncRequest("", 1, 1, (), (), 1)), DEVICE, Versions(8, 9))
    assert caught.value.code == "sync.update_due"
    with pytest.raises(SyncFault) as caught:
        decode_reply(encode_reply(SyncReply("h", 1, (), (), (), None), protocol=7), DEVICE)
    assert caught.value.code == "sync.update_due"


def test_bomb_is_refused_before_it_grows() -> None:
    with pytest.raises(SyncFault) as caught:
        decode_request(seal(bytes((64 << 20) + 1), 1), DEVICE)
    assert caught.value.params == {"why": "unpacked size"}


def test_payload_that_repeats_itself_through_signs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(payloads, "MOST_TEXT", 10_000)
    key = EventKey(*ORIGIN, 1)
    long = Record(key, 0, "k", 1, "s", 0, "a", '{"text":"' + "好" * 1000 + '"}')
    with pytest.raises(ValueError, match="too much text"):
        unpack_rows(pack_rows([long] * 20))
