"""A desk's side of a stick: what it takes along, what it believes, what it tells while it works."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.services.rows import Changes
from gridclient.services.sync_port import FeedState, OriginKey
from gridclient.sync.bundle import MAGIC, MOST_BYTES, StickPage, key_for, with_frames
from gridclient.sync.signing import new_key, public_key
from gridclient.sync.stick import _fitting, export_bundle, import_bundle
from gridclient.sync.stick_file import read_file, write_file
from tests.fakes.sync_store import FakeSyncStore
from tests.unit.test_sync_bundle import KEYS, NOW, PART, TOWN, desk, now, stretches, written

OTHER = "t:371002002"


class Steps:
    """What was told of the progress."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, int]] = []

    def __call__(self, stage: str, done: int, of_all: int) -> None:
        self.told.append((stage, done, of_all))


def carried(store: FakeSyncStore, file: Path) -> set[tuple[str, int]]:
    """Device and number of the events that a desk gets from a file."""
    import_bundle(store, file, now=now)
    return {(record.key.device, record.key.seq) for chain in store.state.chains.values() for record in chain.records}


def hub_file(file: Path, *parts: tuple[Sequence[StickPage], bytes]) -> Path:
    """A file with parts of feeds, each written by the holder of its key."""
    sealed = b""
    for pages, signing in parts:
        sealed = with_frames(sealed, [(page.page.feed, (page,)) for page in pages], KEYS, signing)
    file.write_bytes(sealed)
    return file


# -- out


def test_a_desk_that_has_nothing_new_makes_a_file_all_the_same_and_leaves_one_that_is_there(tmp_path: Path) -> None:
    one, file = desk("one"), tmp_path / "a.gridbundle"
    assert export_bundle(one, file, now=now).events == 0
    made = file.stat()
    assert (import_bundle(desk("two"), file, now=now).events, made.st_size) == (0, 11)
    export_bundle(one, file, now=now)
    assert (file.stat().st_ino, file.stat().st_mtime_ns) == (made.st_ino, made.st_mtime_ns), "it was written over"


def test_a_unit_adds_to_a_file_that_holds_only_what_it_may_not_read(tmp_path: Path) -> None:
    file, part_key = tmp_path / "a.gridbundle", key_for(PART, KEYS)
    assert part_key is not None
    export_bundle(written(desk("town"), 2), file, now=now)
    assert export_bundle(written(desk("unit", {PART: part_key}), 1), file, now=now).events == 1
    assert carried(desk("reader"), file) == {("town", 1), ("town", 2), ("unit", 1)}


def test_events_of_a_stream_whose_right_was_taken_away_stay_and_the_others_go(tmp_path: Path) -> None:
    one, file = desk("one"), tmp_path / "a.gridbundle"
    one.write(OTHER)
    one.write(TOWN)
    assert export_bundle(one, file, now=now).events == 1
    assert [origin.stream for origin, _ in one.unsent_origins()] == [OTHER, TOWN]


def test_what_the_hub_has_by_now_is_not_taken_along_again(tmp_path: Path) -> None:
    one, file = written(desk("one"), 3), tmp_path / "a.gridbundle"
    export_bundle(one, file, now=now)
    written(one, 3, 3)
    one.state.chains[OriginKey(TOWN, "one", 1)].places |= {seq: seq for seq in range(1, 7)}
    written(one, 1, 6)
    export_bundle(written(desk("two"), 2), file, now=now)
    report = export_bundle(one, file, now=now)
    assert (report.events, report.known, one.rounds()[0].pushed) == (1, 3, 1)


def test_a_store_that_was_put_back_to_before_its_stick_adds_what_it_has(tmp_path: Path) -> None:
    one, file = written(desk("one"), 5), tmp_path / "a.gridbundle"
    export_bundle(one, file, now=now)
    back = desk("one")
    back.state.enrolment = one.state.enrolment
    assert export_bundle(written(back, 2), file, now=now).events == 2


def test_a_file_of_another_kind_is_neither_read_nor_written_over(tmp_path: Path) -> None:
    for name in ("a.gridbundle", "a.gridbundle.part"):
        file = tmp_path / name
        file.write_bytes(b"PK\x03\x04")
        with pytest.raises(SyncFault, match=r"file\.other_kind"):
            export_bundle(written(desk("one"), 1), tmp_path / "a.gridbundle", now=now)
        assert file.read_bytes() == b"PK\x03\x04"
        file.unlink()


@pytest.mark.skipif(os.name != "posix", reason="no such files there")
def test_what_is_no_file_at_all_is_left_alone(tmp_path: Path) -> None:
    pipe, folder = tmp_path / "a.gridbundle", tmp_path / "b.gridbundle"
    os.mkfifo(pipe)
    folder.mkdir()
    for place, code in ((pipe, "file.other_kind"), (folder, "bundle.not_written")):
        with pytest.raises(SyncFault) as caught:
            write_file(place, MAGIC, MAGIC)
        assert caught.value.code == code
    assert pipe.is_fifo() and folder.is_dir() and len(list(tmp_path.iterdir())) == 2


def test_a_file_is_written_over_only_by_its_own_kind_and_nothing_is_left_open(tmp_path: Path) -> None:
    file = tmp_path / "stick" / "a.gridbundle"
    file.parent.mkdir()
    for content in (MAGIC, MAGIC + b"\x01"):
        write_file(file, content, MAGIC)
    with pytest.raises(SyncFault, match=r"file\.other_kind"):
        write_file(file, b"GRIDENROL", b"GRIDENROL")
    assert (read_file(file), list(file.parent.iterdir())) == (MAGIC + b"\x01", [file])


def test_what_is_not_there_and_what_is_of_senseless_size_is_not_read(tmp_path: Path) -> None:
    huge = tmp_path / "huge.gridbundle"
    with huge.open("wb") as stream:
        stream.truncate(MOST_BYTES + 1)
    for file, code in ((huge, "bundle.broken"), (tmp_path / "none.gridbundle", "file.missing")):
        with pytest.raises(SyncFault) as caught:
            import_bundle(desk("one"), file, now=now)
        assert caught.value.code == code


def test_a_desk_that_is_registered_nowhere_neither_writes_nor_reads(tmp_path: Path) -> None:
    alone, file = FakeSyncStore("one", (TOWN,), None), tmp_path / "a.gridbundle"
    for work in (export_bundle, import_bundle):
        with pytest.raises(SyncFault, match=r"sync\.not_enrolled"):
            work(alone, file, now=now)
    assert not file.exists()


def test_how_much_is_written_is_told_before_each_batch(tmp_path: Path) -> None:
    one, steps = written(desk("one"), 3), Steps()
    for _ in range(2):
        one.write("ref")
    export_bundle(one, tmp_path / "a.gridbundle", now=now, progress=steps)
    assert steps.told == [("export", done, 5) for done in (0, 0, 3, 5)]


def test_a_desk_whose_disk_is_full_can_still_carry_its_work_away(tmp_path: Path) -> None:
    one, file = written(desk("one"), 3), tmp_path / "a.gridbundle"
    one.disk_is_full = True
    assert export_bundle(one, file, now=now).events == 3
    assert carried(desk("two"), file) == {("one", 1), ("one", 2), ("one", 3)}


# -- in


def test_places_that_somebody_else_gives_than_the_hub_are_forged_whoever_gave_the_others(tmp_path: Path) -> None:
    key, other = new_key(), new_key()
    first, second = stretches(written(desk("two"), 4), TOWN, (0, 2), (2, 4))
    one = desk("one")
    enrolment = one.enrolment()
    assert enrolment is not None
    one.keep_enrolment(replace(enrolment, hub_key=public_key(key)))
    for parts in ([(first, other), (second, key)], [(first, key), (second, other)]):
        file = hub_file(tmp_path / "a.gridbundle", *(([page], signing) for page, signing in parts))
        with pytest.raises(SyncFault, match=r"bundle\.forged"):
            import_bundle(one, file, now=now)
    assert not one.state.chains
    import_bundle(one, hub_file(tmp_path / "b.gridbundle", ([first, second], key)), now=now)
    assert len(one.events(TOWN)) == 4


def test_parts_that_come_too_early_or_of_a_feed_that_the_desk_does_not_read_are_left(tmp_path: Path) -> None:
    one, county = desk("one"), desk("county")
    county.state.feeds[OTHER] = FeedState(OTHER, 0, 0, 0)
    county.write(OTHER)
    early, unread = stretches(written(county, 4), TOWN, (2, 4)), stretches(county, OTHER, (0, 1))
    sealed = with_frames(b"", [(TOWN, early), (OTHER, unread)], {**KEYS, OTHER: bytes(32)}, new_key())
    file = tmp_path / "a.gridbundle"
    file.write_bytes(sealed)
    enrolment = one.enrolment()
    assert enrolment is not None
    one.keep_enrolment(replace(enrolment, bundle_keys={**KEYS, OTHER: bytes(32)}))
    assert import_bundle(one, file, now=now).events == 0
    assert not one.state.chains


def test_a_stretch_that_overlaps_is_cut_where_the_desk_stands_and_a_units_part_is_not(tmp_path: Path) -> None:
    """The positions of a part follow when a case came to the unit: what is behind the cursor may be new in it."""
    one, county = desk("one"), written(desk("county"), 4)
    first, all_of_it = stretches(county, TOWN, (0, 2), (0, 4))
    import_bundle(one, hub_file(tmp_path / "a.gridbundle", ([first], new_key())), now=now)
    taken: list[Changes] = []
    again = hub_file(tmp_path / "b.gridbundle", ([all_of_it], new_key()))
    assert import_bundle(one, again, now=now, changed=taken.append).events == 2
    part = replace(all_of_it.page, feed=PART)
    stretch, here = StickPage(0, part), FeedState(PART, 2, 2, 0)
    assert _fitting(stretch, here) is None
    assert _fitting(stretch, replace(here, cursor=0)) == part


def test_the_hubs_newest_time_counts(tmp_path: Path) -> None:
    county = desk("county")
    for feed in ("ref", TOWN):
        county.write(feed)
    early, late = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    for name, times in (("a", (early, late)), ("b", (late, early))):
        pages = [
            page
            for feed, at in zip(("ref", TOWN), times, strict=True)
            for page in stretches(county, feed, (0, 1), at=int(at.timestamp()))
        ]
        one = desk("one")
        import_bundle(one, hub_file(tmp_path / f"{name}.gridbundle", (pages, new_key())), now=now)
        assert one.rounds()[0].hub_time == late


def test_a_feed_that_differs_and_that_the_file_does_not_repair_is_not_called_fresh(tmp_path: Path) -> None:
    one, county = desk("one"), written(desk("county"), 2)
    first, second = stretches(county, TOWN, (0, 1), (1, 2), at=int(NOW.timestamp()))
    import_bundle(one, hub_file(tmp_path / "a.gridbundle", ([first], new_key())), now=now)
    one.state.marks[TOWN][1] ^= 1
    import_bundle(one, hub_file(tmp_path / "b.gridbundle", ([second], new_key())), now=now)
    (feed,) = [feed for feed in one.feeds() if feed.feed == TOWN]
    assert (feed.cursor, feed.repairing, one.rounds()[0].hub_time) == (0, True, None)


def test_a_feed_that_differs_and_that_the_file_holds_whole_is_right_at_once(tmp_path: Path) -> None:
    one, county = desk("one"), written(desk("county"), 2)
    first, second = stretches(county, TOWN, (0, 1), (1, 2), at=int(NOW.timestamp()))
    import_bundle(one, hub_file(tmp_path / "a.gridbundle", ([first], new_key())), now=now)
    one.state.marks[TOWN][1] ^= 1
    import_bundle(one, hub_file(tmp_path / "b.gridbundle", ([first, second], new_key())), now=now)
    (feed,) = [feed for feed in one.feeds() if feed.feed == TOWN]
    assert (feed.cursor, one.rounds()[0].hub_time) == (2, NOW)


def test_how_much_was_read_is_told_and_so_is_what_it_changed(tmp_path: Path) -> None:
    file = hub_file(tmp_path / "a.gridbundle", (stretches(written(desk("hub"), 2), TOWN, (0, 2)), new_key()))
    export_bundle(written(desk("two"), 3), file, now=now)
    steps, told, one = Steps(), list[Changes](), desk("one")
    report = import_bundle(one, file, now=now, progress=steps, changed=told.append)
    assert steps.told == [("import", done, 5) for done in (0, 2, 5)]
    assert (report.events, len(told), one.rounds()[0].pulled) == (5, 2, 5)
