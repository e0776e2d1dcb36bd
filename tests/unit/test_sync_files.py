"""The stage of files: what a hub says about files that it lost keeps nobody from sending those that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.sync.files import FileStage
from gridclient.sync.terms import SPOKEN, FilePlace, Terms
from gridclient.sync.transport import Pacing
from tests.fakes.sync_hub import HUB, FakeHub, FakeLine
from tests.fakes.sync_store import FakeSyncStore

TOWN, DAY = "t:371002001", "20261120"


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


class DroppingLine(FakeLine):
    """To a hub that finds every whole file to be another one, and drops it."""

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        place = super().put_file(sha256, offset, piece, size=size)
        if offset + len(piece) < size:
            return place
        self._hub.books.files.pop(sha256)
        return FilePlace(0, whole=False)


def store() -> FakeSyncStore:
    since = datetime(2026, 11, 20, 10, 0, tzinfo=CHINA_TIME)
    grants = (Grant(TOWN, writes=True),)
    return FakeSyncStore("one", (TOWN,), Enrolment(HUB, "http://hub", "", "token", "A1", bytes(32), grants, {}, since))


def run(desk: FakeSyncStore, line: FakeLine) -> None:
    FileStage(desk, line, lambda: False, lambda: None, Pacing()).run(lambda *_: None, DAY)


@pytest.mark.parametrize(
    "fault", [SyncFault("sync.busy", retryable=True), SyncFault("sync.forbidden"), SyncFault("sync.refused")]
)
def test_files_that_wait_go_although_the_list_of_lost_ones_is_refused(fault: SyncFault) -> None:
    hub, desk = FakeHub(), store()
    content = bytes(range(256))
    name = desk.attach(content)
    run(desk, RefusingLine(hub, "one", fault))
    assert hub.books.files[name] == content
    assert desk.shelf_looked() == "", "it is asked again"


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
        left.append(stage.left_over)
    assert left == [True, True, False, False, False]
    assert pacing.spoilt == {name}


@pytest.mark.parametrize("more", [0, 1, 5000])
def test_a_file_of_which_the_hub_has_as_much_and_not_the_same_is_sent_from_its_start(more: int) -> None:
    hub, desk = FakeHub(), store()
    name = desk.attach(b"photo" * 1000)
    hub.books.files[name] = bytes(5000 + more)
    run(desk, FakeLine(hub, "one"))
    assert hub.books.files[name] == b"photo" * 1000
