"""Files on a stick: twice, in any order, in part, from two desks the same comes out; what was changed is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import Cancelled, SyncFault
from gridclient.services.enrolment import Enrolment
from gridclient.services.error_text import sentence_of
from gridclient.services.rows import Changes
from gridclient.services.sync_port import FeedState, OriginKey, StickBatch
from gridclient.sync.bundle import StickPage, _parts, key_for, read_bundle, with_frames
from gridclient.sync.frame import unseal
from gridclient.sync.signing import new_key, public_key, sign_head
from gridclient.sync.stick import export_bundle, import_bundle
from gridclient.sync.terms import Versions
from tests.fakes.invented_events import invented_events
from tests.fakes.sync_hub import HUB, FakeHub
from tests.fakes.sync_store import Chain, FakeSyncStore
from tests.fakes.toy_desk import push_all

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=CHINA_TIME)
TOWN = "t:371002001"
PART = f"d:公安@{TOWN}"
KEYS = {TOWN: bytes(range(32)), "ref": bytes(32)}


def now() -> datetime:
    return NOW


def desk(device: str, keys: dict[str, bytes] = KEYS) -> FakeSyncStore:
    enrolment = Enrolment(HUB, "", "", "", "A1", new_key(), (), keys, NOW)
    return FakeSyncStore(device, (TOWN, "ref"), enrolment)


def written(store: FakeSyncStore, count: int, start: int = 0) -> FakeSyncStore:
    for number in range(start, start + count):
        store.write(TOWN, number=number)
    return store


def logs(store: FakeSyncStore) -> dict[OriginKey, list[bytes]]:
    return {origin: chain.links for origin, chain in store.state.chains.items()}


def stretches(writer: FakeSyncStore, feed: str, *spans: tuple[int, int], at: int = 0) -> list[StickPage]:
    """Parts of a feed as a hub writes them that has all from this desk."""
    hub, enrolment = FakeHub(), writer.enrolment()
    assert enrolment is not None and push_all(writer, enrolment.signing_key, hub)
    return [StickPage(start, hub.page(FeedState(feed, start, 0, 0), "", end - start), at) for start, end in spans]


def batch_of(device: str, count: int, signing: bytes) -> StickBatch:
    origin = OriginKey(TOWN, device, 1)
    chain = Chain()
    for record in invented_events(origin, count):
        chain.append(record)
    signature = sign_head(signing, origin, count, chain.links[-1])
    return StickBatch(origin, 1, tuple(chain.records), bytes(32), chain.links[-1], public_key(signing), signature)


def test_what_one_desk_exports_another_has(tmp_path: Path) -> None:
    one, two, file = written(desk("one"), 5), desk("two"), tmp_path / "a.gridbundle"
    assert export_bundle(one, file, now=now).events == 5
    report = import_bundle(two, file, now=now)
    assert (report.events, report.known) == (5, 0)
    assert logs(two) == logs(one)
    assert two.rounds()[0].by == "stick"


def test_second_import_changes_nothing(tmp_path: Path) -> None:
    one, two, file = written(desk("one"), 5), desk("two"), tmp_path / "a.gridbundle"
    export_bundle(one, file, now=now)
    import_bundle(two, file, now=now)
    before = logs(two)
    report = import_bundle(two, file, now=now)
    assert (report.events, report.known, logs(two)) == (0, 5, before)


def test_second_export_adds_only_what_is_new_and_keeps_the_bytes_before(tmp_path: Path) -> None:
    one, file = written(desk("one"), 5), tmp_path / "a.gridbundle"
    export_bundle(one, file, now=now)
    first = file.read_bytes()
    assert export_bundle(one, file, now=now).events == 0
    assert file.read_bytes() == first
    written(one, 3, 5)
    report = export_bundle(one, file, now=now)
    assert (report.events, report.known) == (3, 5)
    assert file.read_bytes().startswith(first)


def test_other_events_under_numbers_that_the_file_has_are_written_too(tmp_path: Path) -> None:
    one, file = written(desk("one"), 5), tmp_path / "a.gridbundle"
    export_bundle(one, file, now=now)
    again = desk("one")
    again.state.enrolment = one.state.enrolment
    report = export_bundle(written(again, 5, 100), file, now=now)
    assert (report.events, report.known) == (5, 5), "a store that was put back and went on lost nothing from its stick"


def test_two_desks_share_one_file(tmp_path: Path) -> None:
    one, two, file = written(desk("one"), 4), written(desk("two"), 3), tmp_path / "a.gridbundle"
    export_bundle(one, file, now=now)
    export_bundle(two, file, now=now)
    for store in (one, two):
        import_bundle(store, file, now=now)
    assert logs(one) == logs(two)


def test_any_order_of_files_gives_the_same(tmp_path: Path) -> None:
    files = [tmp_path / f"{name}.gridbundle" for name in "abc"]
    for file, device in zip(files, ("one", "two", "three"), strict=True):
        export_bundle(written(desk(device), 3), file, now=now)
    found = []
    for order in permutations(files):
        store = desk("reader")
        for file in (*order, order[0]):
            import_bundle(store, file, now=now)
        found.append(logs(store))
    assert all(log == found[0] for log in found)
    assert len(found[0]) == 3


def test_part_of_a_growing_file_and_then_all_of_it_gives_the_same(tmp_path: Path) -> None:
    one, two, file = written(desk("one"), 4), desk("two"), tmp_path / "a.gridbundle"
    export_bundle(one, file, now=now)
    import_bundle(two, file, now=now)
    written(one, 4, 4)
    export_bundle(one, file, now=now)
    assert import_bundle(two, file, now=now).events == 4
    assert logs(two) == logs(one)


@pytest.fixture(scope="module")
def whole() -> bytes:
    signing = new_key()
    first = with_frames(b"", [(TOWN, [batch_of("one", 3, signing)])], KEYS, signing)
    return with_frames(first, [(TOWN, [batch_of("two", 2, signing)])], KEYS, signing)


@given(st.data())
def test_changed_byte_is_found_wherever_it_stands(whole: bytes, data: st.DataObject) -> None:
    changed = bytearray(whole)
    changed[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SyncFault) as caught:
        read_bundle(bytes(changed), KEYS)
    assert caught.value.code.startswith("bundle.")


@given(st.data())
def test_file_cut_off_within_a_frame_is_refused(whole: bytes, data: st.DataObject) -> None:
    frames = {11, 11 + 4 + int.from_bytes(whole[11:15], "big")}
    length = data.draw(st.integers(0, len(whole) - 1).filter(lambda n: n not in frames))
    with pytest.raises(SyncFault):
        read_bundle(whole[:length], KEYS)


def test_frames_cannot_change_places(whole: bytes) -> None:
    end = 15 + int.from_bytes(whole[11:15], "big")
    with pytest.raises(SyncFault, match=r"bundle\.broken"):
        read_bundle(whole[:11] + whole[end:] + whole[11:end], KEYS)


def test_event_that_was_changed_before_it_was_encrypted_is_forged() -> None:
    signing = new_key()
    batch = batch_of("one", 3, signing)
    changed = batch.records[1]._replace(text='{"text":"other"}')
    forged = batch._replace(records=(batch.records[0], changed, batch.records[2]))
    with pytest.raises(SyncFault, match=r"bundle\.forged"):
        read_bundle(with_frames(b"", [(TOWN, [forged])], KEYS, signing), KEYS)


def test_signature_of_another_device_is_forged() -> None:
    signing = new_key()
    forged = batch_of("one", 3, signing)._replace(public_key=public_key(new_key()))
    with pytest.raises(SyncFault, match=r"bundle\.forged"):
        read_bundle(with_frames(b"", [(TOWN, [forged])], KEYS, signing), KEYS)


def test_events_of_one_stream_in_the_frame_of_another_are_forged() -> None:
    signing = new_key()
    with pytest.raises(SyncFault, match=r"bundle\.forged"):
        read_bundle(with_frames(b"", [("ref", [batch_of("one", 3, signing)])], KEYS, signing), KEYS)


def test_broken_file_is_neither_taken_nor_touched(tmp_path: Path, whole: bytes) -> None:
    file, store = tmp_path / "a.gridbundle", written(desk("three"), 1)
    file.write_bytes(whole[:-1])
    for use in (import_bundle, export_bundle):
        with pytest.raises(SyncFault, match=r"bundle\.broken"):
            use(store, file, now=now)
    assert file.read_bytes() == whole[:-1]
    assert list(tmp_path.iterdir()) == [file]
    assert set(logs(store)) == {OriginKey(TOWN, "three", 1)}


def test_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one, file = written(desk("one"), 2), tmp_path / "a.gridbundle"
    export_bundle(one, file, now=now)
    before = file.read_bytes()
    written(one, 2, 2)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(SyncFault, match=r"bundle\.not_written") as caught:
        export_bundle(one, file, now=now)
    assert "（空间已满）" in sentence_of(caught.value)
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def test_stick_that_was_pulled_out_is_said_in_plain_words(tmp_path: Path) -> None:
    one, file = written(desk("one"), 2), tmp_path / "gone" / "a.gridbundle"
    for work in (export_bundle, import_bundle):
        with pytest.raises(SyncFault) as caught:
            work(one, file, now=now)
        assert "可能已拔出" in sentence_of(caught.value)


class Stopping:
    """Progress that stops the work after so many steps."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def __call__(self, _stage: str, _done: int, _all: int) -> None:
        self.left -= 1
        if self.left < 0:
            raise Cancelled


def test_export_that_is_stopped_leaves_the_old_file(tmp_path: Path) -> None:
    one, file = written(desk("one"), 3), tmp_path / "a.gridbundle"
    export_bundle(one, file, now=now)
    before = file.read_bytes()
    written(one, 2, 3)
    for steps in range(2):
        with pytest.raises(Cancelled):
            export_bundle(one, file, now=now, progress=Stopping(steps))
    assert file.read_bytes() == before
    assert (list(tmp_path.iterdir()), len(one.rounds())) == ([file], 1)


def test_import_that_is_stopped_is_whole_as_far_as_it_came_and_goes_on(tmp_path: Path) -> None:
    file = tmp_path / "hub.gridbundle"
    parts = stretches(written(desk("two"), 4), TOWN, (0, 2), (2, 4))
    file.write_bytes(with_frames(b"", [(TOWN, parts)], KEYS, new_key()))
    one = desk("one")
    told: list[Changes] = []
    with pytest.raises(Cancelled):
        import_bundle(one, file, now=now, progress=Stopping(1), changed=told.append)
    assert (len(one.events(TOWN)), len(told)) == (2, 1)
    assert import_bundle(one, file, now=now, changed=told.append).events == 2
    assert (len(one.events(TOWN)), len(told)) == (4, 2)


def test_other_files_are_foreign(tmp_path: Path) -> None:
    for content in (b"", b"PK\x03\x04", b"GRIDBUNDLE"):
        with pytest.raises(SyncFault, match=r"bundle\.foreign"):
            read_bundle(content, KEYS)
    with pytest.raises(SyncFault, match=r"bundle\.newer"):
        read_bundle(b"GRIDBUNDLE\x09", KEYS)


def test_stranger_cannot_open_it(whole: bytes) -> None:
    for stream, code in (("t:371002002", r"bundle\.key_missing"), (TOWN, r"bundle\.other_hub")):
        with pytest.raises(SyncFault, match=code):
            read_bundle(whole, {stream: bytes(32)})
    assert len(read_bundle(whole, KEYS).batches) == 2


def test_unit_writes_with_its_own_key_and_the_township_can_read_it(tmp_path: Path) -> None:
    part_key = key_for(PART, KEYS)
    assert part_key is not None
    unit, town, file = written(desk("unit", {PART: part_key}), 2), desk("town"), tmp_path / "a.gridbundle"
    export_bundle(unit, file, now=now)
    assert import_bundle(town, file, now=now).events == 2
    export_bundle(written(town, 1), file, now=now)
    assert len(read_bundle(file.read_bytes(), {PART: part_key}).batches) == 1
    assert len(read_bundle(file.read_bytes(), KEYS).batches) == 2


def test_hub_gives_places_by_stick(tmp_path: Path) -> None:
    """A township without a line: its events go to the hub by stick, their places come back the same way."""
    one, file = written(desk("one"), 4), tmp_path / "back.gridbundle"
    halves = stretches(one, TOWN, (0, 3), (2, 4))
    file.write_bytes(with_frames(b"", [(TOWN, halves)], KEYS, new_key()))
    import_bundle(one, file, now=now)
    assert not one.unsent_origins()
    assert (one.feeds()[0].cursor, one.rounds()[0].hub_time) == (4, None)
    import_bundle(one, file, now=now)
    assert one.feeds()[0].cursor == 4


def test_a_program_of_the_first_protocol_reads_sticks_of_townships_but_not_of_departments() -> None:
    """Of departments' events something is withheld, which it would take for damage."""
    (page,) = stretches(written(desk("one"), 2), TOWN, (0, 2))
    first = Versions(1, 1)
    assert unseal(_parts(page)[-1], spoken=first)
    part = page._replace(page=replace(page.page, feed=PART))
    with pytest.raises(SyncFault, match=r"sync\.update_due"):
        unseal(_parts(part)[-1], spoken=first)


def test_feed_that_differs_is_read_again_from_the_file_that_shows_it(tmp_path: Path) -> None:
    county, one, file = desk("county"), desk("one"), tmp_path / "a.gridbundle"
    for feed in ("ref", "ref", TOWN, TOWN):
        county.write(feed, text="记")
    both = {feed: stretches(county, feed, (0, 1), (1, 2), at=int(NOW.timestamp())) for feed in ("ref", TOWN)}
    file.write_bytes(with_frames(b"", [(feed, parts[:1]) for feed, parts in both.items()], KEYS, new_key()))
    import_bundle(one, file, now=now)
    assert one.rounds()[0].hub_time is None, "there is more than this"
    one.state.marks["ref"][1] ^= 1
    file.write_bytes(with_frames(b"", [*both.items()], KEYS, new_key()))
    steps: list[tuple[int, int]] = []
    import_bundle(one, file, now=now, progress=lambda _stage, done, of_all: steps.append((done, of_all)))
    assert [(feed.cursor, feed.repairing) for feed in one.feeds()] == [(2, False)] * 2
    assert {feed.feed: feed.total for feed in one.feeds()} == {f: parts[1].page.total for f, parts in both.items()}
    assert one.rounds()[0].hub_time == NOW
    assert steps[:4] == [(0, 4), (1, 4), (2, 4), (3, 4)] and steps[-1] == (4, 4)
