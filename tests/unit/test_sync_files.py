"""The stage of files: what a hub says about files that it lost keeps nobody from sending those that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import Cancelled, StoreUnavailable, SyncFault
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.services.sync_port import RoundEnd
from gridclient.sync.files import FileStage
from gridclient.sync.round import RoundPorts, run_round
from gridclient.sync.signing import public_key
from gridclient.sync.terms import SPOKEN, FilePlace, Terms
from gridclient.sync.transport import Pacing
from tests.fakes.sync_hub import HUB, FakeHub, FakeLine
from tests.fakes.sync_store import FakeSyncStore

TOWN, DAY = "t:371002001", "20261120"
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=CHINA_TIME)
FULL = SyncFault("sync.hub_store", retryable=True)


class RefusingLine(FakeLine):
    """To a hub whose list of lost files is not to be had."""

    def __init__(self, hub: FakeHub, device: str, fault: SyncFault) -> None:
        super().__init__(hub, device)
        self._fault = fault

    @property
    def terms(self) -> Terms:
        return Terms(SPOKEN, "", "5e1f")

    def lacking_files(self) -> Sequence[str]:
        raise self._fault


class AskedLine(RefusingLine):
    """Notes in ``asked`` when it is asked for the list of lost files, which is empty."""

    def __init__(self, asked: list[str]) -> None:
        super().__init__(FakeHub(), "one", SyncFault("sync.refused"))
        self._asked = asked

    def lacking_files(self) -> Sequence[str]:
        self._asked.append("lacking")
        return ()


class ChoosyLine(FakeLine):
    """To a hub that will not take one file, or none at all (``None``)."""

    def __init__(self, hub: FakeHub, device: str, fault: SyncFault, unwanted: str | None = None) -> None:
        super().__init__(hub, device)
        self._fault = fault
        self._unwanted = unwanted
        self.offered: list[str] = []

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        self.offered.append(sha256)
        if self._unwanted in (None, sha256):
            raise self._fault
        return super().put_file(sha256, offset, piece, size=size)


class TiringLine(ChoosyLine):
    """Breaks with the second file."""

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        if self.offered:
            raise SyncFault("sync.timeout", retryable=True)
        return super().put_file(sha256, offset, piece, size=size)


class UnreadableStore(FakeSyncStore):
    """A desk whose disk does not give one of its files."""

    lost = ""

    def read_file(self, sha256: str, offset: int, length: int) -> bytes:
        if sha256 == self.lost:
            raise StoreUnavailable("store.disk_failed", detail="Input/output error")
        return super().read_file(sha256, offset, length)


class DroppingLine(FakeLine):
    """To a hub that finds every whole file to be another one, and drops it."""

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        place = super().put_file(sha256, offset, piece, size=size)
        if offset + len(piece) < size:
            return place
        self._hub.books.files.pop(sha256)
        return FilePlace(0, whole=False)


def store(kind: type[FakeSyncStore] = FakeSyncStore) -> FakeSyncStore:
    grants = (Grant(TOWN, writes=True),)
    return kind("one", (TOWN,), Enrolment(HUB, "http://hub", "", "token", "A1", bytes(32), grants, {}, NOW))


class CountingLine(FakeLine):
    """Keeps what was asked for: the file, and from which byte on."""

    def __init__(self, hub: FakeHub, device: str) -> None:
        super().__init__(hub, device)
        self.sent: list[int] = []
        self.fetched: list[int] = []
        self.asked = 0

    def file_place(self, sha256: str) -> FilePlace:
        self.asked += 1
        return super().file_place(sha256)

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        self.sent.append(offset)
        return super().put_file(sha256, offset, piece, size=size)

    def get_file(self, sha256: str, offset: int, length: int) -> tuple[bytes, int]:
        self.fetched.append(offset)
        return super().get_file(sha256, offset, length)


class UnnamedLine(CountingLine):
    """To a hub that has no event which names the file: nothing of it is taken."""

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        return super().put_file(sha256, offset, piece[:0], size=size)


class LyingLine(CountingLine):
    """To a hub that gives something else for every file."""

    def get_file(self, sha256: str, offset: int, length: int) -> tuple[bytes, int]:
        super().get_file(sha256, offset, length)
        return bytes(20_000)[offset : offset + length], 20_000


class Steps:
    """What the stage told of its progress; raises ``Cancelled`` before the step ``last``."""

    def __init__(self, last: int = 1 << 30) -> None:
        self.told: list[tuple[str, int, int]] = []
        self._last = last

    def __call__(self, stage: str, done: int, of_all: int) -> None:
        self.told.append((stage, done, of_all))

    def check(self) -> None:
        if len(self.told) == self._last:
            raise Cancelled


def run(desk: FakeSyncStore, line: FakeLine, pacing: Pacing | None = None, steps: Steps | None = None) -> FileStage:
    steps = steps or Steps()
    stage = FileStage(desk, line, lambda: False, steps.check, pacing or Pacing())
    stage.run(steps, DAY)
    return stage


@pytest.mark.parametrize(
    "fault", [SyncFault("sync.busy", retryable=True), SyncFault("sync.forbidden"), SyncFault("sync.refused")]
)
def test_files_that_wait_go_although_the_list_of_lost_ones_is_refused(fault: SyncFault) -> None:
    hub, desk = FakeHub(), store()
    content = bytes(range(256))
    name = desk.attach(content)
    run(desk, RefusingLine(hub, "one", fault))
    assert hub.books.files[name] == content
    assert desk.state.looked == "", "it is asked again"


def test_hub_is_asked_for_lost_files_once_a_day_and_only_by_a_desk_that_has_some() -> None:
    desk, asked = store(), list[str]()
    run(desk, AskedLine(asked))
    assert asked == []
    desk.attach(bytes(9))
    run(desk, AskedLine(asked))
    run(desk, AskedLine(asked))
    assert asked == ["lacking"]


def test_a_hub_that_will_not_have_this_desk_any_more_ends_the_stage() -> None:
    desk = store()
    desk.attach(bytes(9))
    with pytest.raises(SyncFault, match=r"sync\.revoked"):
        run(desk, RefusingLine(FakeHub(), "one", SyncFault("sync.revoked")))


def test_a_file_that_never_comes_out_right_calls_for_no_round_of_its_own() -> None:
    desk, pacing = store(), Pacing()
    name = desk.attach(bytes(600_000))
    line = DroppingLine(FakeHub(), "one")
    left = []
    for _ in range(5):
        stage = FileStage(desk, line, lambda: False, lambda: None, pacing)
        stage.run(lambda *_: None, DAY)
        left.append((stage.left_over, desk.state.sent[name] // 1024))
    assert left == [(True, 256), (True, 512), (False, 0), (False, 256), (False, 512)]
    assert pacing.spoilt == {name}


@pytest.mark.parametrize("more", [0, 1, 5000])
def test_a_file_of_which_the_hub_has_as_much_and_not_the_same_is_sent_from_its_start(more: int) -> None:
    hub, desk = FakeHub(), store()
    name = desk.attach(b"photo" * 1000)
    hub.books.files[name] = bytes(5000 + more)
    run(desk, FakeLine(hub, "one"))
    assert hub.books.files[name] == b"photo" * 1000


def missed(desk: FakeSyncStore, hub: FakeHub) -> str:
    """A file of another desk that the hub has."""
    content = b"photo of another desk"
    name = desk.miss(content)
    hub.books.files[name] = content
    return name


@pytest.mark.parametrize("code", ["sync.refused", "sync.forbidden", "sync.file_too_large"])
def test_a_file_that_the_hub_will_not_take_keeps_no_other_from_going(code: str) -> None:
    hub, desk = FakeHub(), store()
    unwanted, wanted, awaited = desk.attach(b"unwanted"), desk.attach(b"wanted"), missed(desk, hub)
    run(desk, ChoosyLine(hub, "one", SyncFault(code), unwanted))
    assert set(hub.books.files) == {wanted, awaited}
    assert awaited in desk.state.files
    assert [file.sha256 for file in desk.waiting_files(9)] == [unwanted]


def test_a_hub_without_room_is_offered_one_photo_a_round_and_gives_those_that_it_has() -> None:
    hub, desk = FakeHub(), store()
    first, _second, awaited = desk.attach(b"one"), desk.attach(b"two"), missed(desk, hub)
    line = ChoosyLine(hub, "one", FULL)
    run(desk, line)
    assert (line.offered, awaited in desk.state.files) == ([first], True)


def test_on_a_line_that_broke_nothing_more_is_tried() -> None:
    hub, desk = FakeHub(), store()
    desk.attach(b"one")
    awaited = missed(desk, hub)
    run(desk, ChoosyLine(hub, "one", SyncFault("sync.timeout", retryable=True)))
    assert awaited not in desk.state.files
    desk.attach(b"two")
    assert run(desk, TiringLine(hub, "one", SyncFault("sync.refused"))).fault is not None
    assert awaited not in desk.state.files, "also where a file was refused before"


def test_why_photos_did_not_go_is_told_of_a_round_that_went_through_otherwise() -> None:
    hub, desk = FakeHub(), store()
    hub.keys["one"] = public_key(bytes(32))
    desk.write(TOWN)
    desk.attach(b"photo")
    report = run_round(desk, ChoosyLine(hub, "one", FULL), RoundPorts(now=lambda: NOW), Pacing())
    assert (report.end, report.pushed, report.error) == (RoundEnd.DONE, 1, "sync.hub_store")
    assert desk.rounds()[0] == report


def test_a_photo_that_the_desks_disk_does_not_give_fails_no_round_and_is_told() -> None:
    hub, desk = FakeHub(), store(UnreadableStore)
    assert isinstance(desk, UnreadableStore)
    desk.lost, readable = desk.attach(b"lost"), desk.attach(b"readable")
    report = run_round(desk, FakeLine(hub, "one"), RoundPorts(now=lambda: NOW), Pacing())
    assert (report.end, report.error) == (RoundEnd.DONE, "store.disk_failed")
    assert set(hub.books.files) == {readable}


def test_a_photo_goes_and_comes_in_pieces_as_large_as_the_line_carries_and_both_are_told() -> None:
    hub, size = FakeHub(), 300_000
    content, pacing = bytes(range(250)) * (size // 250), Pacing()
    whole = [("files", 0, size), *(("files", min(at + 131_072, size), size) for at in range(0, size, 131_072))]
    pacing.up.size = 131_072
    one, two, going, coming = store(), store(), Steps(), Steps()
    name = one.attach(content)
    run(one, FakeLine(hub, "one"), pacing, going)
    assert (going.told, hub.books.files[name], one.waiting_files(9)) == (whole, content, [])
    two.miss(content)
    run(two, FakeLine(hub, "two"), pacing, coming)
    assert (coming.told, two.state.files[name]) == (whole, content)


@pytest.mark.parametrize(("carries", "piece"), [(4 << 10, 16 << 10), (2 << 20, 256 << 10)])
def test_no_line_is_so_bad_or_so_good_that_pieces_are_smaller_or_larger(carries: int, piece: int) -> None:
    desk, pacing, line = store(), Pacing(), CountingLine(FakeHub(), "one")
    pacing.up.size = carries
    desk.attach(bytes(600_000))
    run(desk, line, pacing)
    assert line.sent[:2] == [0, piece]


def test_a_round_gives_photos_so_many_bytes_each_way_and_asks_for_another_soon() -> None:
    hub, content = FakeHub(), bytes(700_000)
    line, one, two = CountingLine(hub, "one"), store(), store()
    name = one.attach(content)
    assert run(one, line).left_over
    assert (line.sent, len(hub.books.files[name])) == (list(range(0, 262_144, 32_768)), 262_144)
    two.miss(content)
    hub.books.files[name] = content
    assert run(two, line).left_over
    assert (line.fetched, len(two.state.files[name])) == (line.sent, 262_144)
    while two.missing_files(9):
        run(two, line)
    assert two.state.files[name] == content


def test_a_photo_goes_on_where_the_hub_has_it() -> None:
    hub, desk, line = FakeHub(), store(), CountingLine(FakeHub(), "one")
    line._hub = hub
    name = desk.attach(b"photo" * 1000)
    hub.books.files[name] = (b"photo" * 1000)[:1234]
    run(desk, line)
    assert (line.sent, hub.books.files[name]) == ([1234], b"photo" * 1000)


def test_a_photo_that_the_hub_has_from_another_desk_is_not_sent() -> None:
    hub, desk = FakeHub(), store()
    line = CountingLine(hub, "one")
    hub.books.files[desk.attach(b"photo")] = b"photo"
    run(desk, line)
    assert (line.sent, desk.waiting_files(9)) == ([], [])


def test_a_photo_is_asked_for_by_nobody_while_events_wait() -> None:
    desk, hub = store(), FakeHub()
    desk.attach(b"photo")
    missed(desk, hub)
    line = CountingLine(hub, "one")
    FileStage(desk, line, lambda: True, lambda: None, Pacing()).run(lambda *_: None, DAY)
    assert (line.asked, line.sent, line.fetched) == (0, [], [])


def test_a_round_that_is_ended_within_a_photo_keeps_what_the_hub_has_of_it() -> None:
    desk, hub = store(), FakeHub()
    name = desk.attach(bytes(200_000))
    with pytest.raises(Cancelled):
        run(desk, FakeLine(hub, "one"), steps=Steps(3))
    assert desk.state.sent[name] == len(hub.books.files[name]) == 65_536


def test_a_photo_that_no_event_at_the_hub_names_is_offered_once_a_round() -> None:
    desk, line, pacing = store(), UnnamedLine(FakeHub(), "one"), Pacing()
    name = desk.attach(bytes(200_000))
    run(desk, line, pacing)
    assert (line.sent, pacing.spoilt) == ([0], {name})


def test_a_photo_that_the_hub_does_not_have_yet_holds_up_no_other() -> None:
    desk, hub = store(), FakeHub()
    line = CountingLine(hub, "one")
    desk.miss(b"on its way")
    awaited = missed(desk, hub)
    run(desk, line)
    assert (line.fetched, awaited in desk.state.files) == ([0, 0], True)


def test_a_photo_that_comes_as_something_else_is_asked_for_once_a_round() -> None:
    desk, pacing = store(), Pacing()
    name = desk.miss(bytes(9))
    line = LyingLine(FakeHub(), "one")
    run(desk, line, pacing)
    assert (line.fetched, pacing.spoilt, name in desk.state.files) == ([0], {name}, False)
