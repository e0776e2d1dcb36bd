"""The stage of files on a line that became worse: pieces grow smaller, and photos hold up neither cases nor news."""

from __future__ import annotations

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.sync.files import FileStage
from gridclient.sync.terms import FilePlace
from gridclient.sync.transport import MOST_BYTES, Measure, Pacing
from tests.fakes.sync_hub import FakeHub, FakeLine
from tests.fakes.sync_store import FakeSyncStore
from tests.unit.test_sync_files import DAY, store

SILENCE_S = 20.0


class WorseLine(FakeLine):
    """Carries ``rate`` bytes in a second of the clock ``now``; a piece sent in vain is given up after a while. Keeps
    from which byte on each piece went."""

    def __init__(self, hub: FakeHub, rate: int) -> None:
        super().__init__(hub, "one")
        self._rate = rate
        self.now = 0.0
        self.went: list[int] = []

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        seconds = len(piece) / self._rate
        self.now += min(seconds, SILENCE_S)
        if seconds > SILENCE_S:
            raise SyncFault("sync.timeout", retryable=True)
        self.went.append(offset)
        return super().put_file(sha256, offset, piece, size=size)

    def get_file(self, sha256: str, offset: int, length: int) -> tuple[bytes, int]:
        piece, size = super().get_file(sha256, offset, length)
        self.now += len(piece) / self._rate
        self.went.append(offset)
        return piece, size


def of_a_good_line() -> Pacing:
    """What was learnt while the line was better."""
    return Pacing(up=Measure(MOST_BYTES))


def run(line: WorseLine, desk: FakeSyncStore, pacing: Pacing) -> FileStage:
    stage = FileStage(desk, line, lambda: False, lambda: None, pacing, monotonic=lambda: line.now)
    stage.run(lambda *_: None, DAY)
    return stage


def test_a_photo_goes_over_a_line_that_became_too_slow_for_the_pieces_of_before() -> None:
    hub, desk, pacing, content = FakeHub(), store(), of_a_good_line(), bytes(170_000)
    line, name = WorseLine(hub, 8_000), desk.attach(content)
    stage = run(line, desk, pacing)
    assert (str(stage.fault), stage.left_over, line.went) == ("sync.timeout", False, [])
    assert pacing.up.size == 32_768, "events go in smaller requests, too"
    assert run(line, desk, pacing).left_over
    assert not run(line, desk, pacing).left_over
    assert (line.went, hub.books.files[name]) == (list(range(0, 170_000, 32_768)), content)


@pytest.mark.parametrize("comes", [False, True])
def test_a_piece_for_which_cases_would_wait_long_is_the_last_of_its_size(comes: bool) -> None:
    hub, desk, content = FakeHub(), store(), bytes(400_000)
    if comes:
        hub.books.files[desk.miss(content)] = content
    else:
        desk.attach(content)
    line = WorseLine(hub, 16_000)
    assert run(line, desk, of_a_good_line()).left_over
    assert line.went == [0, 262_144, 294_912]


def test_no_line_is_so_bad_that_pieces_are_smaller() -> None:
    desk, pacing = store(), Pacing(up=Measure(16 << 10))
    desk.attach(bytes(40_000))
    line = WorseLine(FakeHub(), 1_000)
    run(line, desk, pacing)
    run(line, desk, pacing)
    assert (line.went, pacing.up.size) == ([0, 16 << 10, 16 << 11], 16 << 10)


def test_photos_take_a_round_no_longer_than_the_news_of_others_may_wait() -> None:
    desk, line = store(), WorseLine(FakeHub(), 60_000)
    desk.attach(bytes(2_000_000))
    assert run(line, desk, of_a_good_line()).left_over
    assert line.now == pytest.approx(5 * 262_144 / 60_000)
