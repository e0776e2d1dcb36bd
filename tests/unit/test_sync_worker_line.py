"""The worker and its line, its store and its sticks: what it keeps open, what it waits for, what it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from gridclient.domain.errors import StoreUnavailable, SyncFault
from gridclient.services.enrolment import Enrolment, Grant
from gridclient.services.rows import Changes
from gridclient.services.sync_control import Belonging, SyncState
from gridclient.services.sync_port import RoundEnd
from gridclient.sync.orders import (
    Answered,
    AskByFile,
    Confirm,
    ExportBundle,
    ImportBundle,
    Move,
    Progressed,
    RoundEnded,
    SetOffline,
    Stands,
    StopBundle,
    Told,
)
from gridclient.sync.signing import new_key
from gridclient.sync.stick import export_bundle
from gridclient.sync.terms import FilePlace
from tests.fakes.sync_hub import FakeHub, FakeLine, Fault
from tests.fakes.sync_store import FakeSyncStore
from tests.fakes.worker_stage import START, TOWN, Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def cut(stage: Stage, fault: SyncFault, *, until: float) -> None:
    """The line fails so until that second."""

    def before() -> None:
        if stage.seconds < until:
            raise fault

    stage.line = FakeLine(stage.hub, "one", before)


UNREACHABLE = SyncFault("sync.unreachable", retryable=True)


# -- the line


def test_one_line_serves_all_rounds_and_is_closed_when_the_desk_is(stage: Stage) -> None:
    stage.run(until=70)
    assert (stage.rounds(), stage.connects, stage.line.closings) == ([0, 30, 60], 1, 1)


def test_after_a_round_that_failed_and_after_another_address_there_is_another_line(stage: Stage) -> None:
    stage.line.faults.append(Fault.NOT_SENT)
    stage.run((10, Move(1, "http://new")), until=11)
    assert len(stage.rounds()) == stage.connects == stage.line.closings == 3


@pytest.mark.parametrize("back_s", [290, 292.5])
def test_round_follows_within_two_seconds_when_the_way_to_the_hub_is_back(stage: Stage, back_s: float) -> None:
    cut(stage, UNREACHABLE, until=back_s)
    stage.network = lambda _url: "10.0.0.2" if stage.seconds >= back_s else ""
    stage.run(until=300)
    (done,) = [at for at, told in stage.told if isinstance(told, RoundEnded) and told.report.end is RoundEnd.DONE]
    assert back_s <= done <= back_s + 2


def test_a_way_that_is_lost_and_comes_back_the_same_is_noticed(stage: Stage) -> None:
    cut(stage, UNREACHABLE, until=310)
    stage.network = lambda _url: "" if 290 <= stage.seconds < 310 else "10.0.0.2"
    stage.run(until=320)
    ended = [at for at, told in stage.told if isinstance(told, RoundEnded)]
    assert 310 <= ended[-1] <= 312
    assert not [at for at in ended if 290 <= at < 310], "while there was no way it tried"


def test_a_hub_that_asks_for_a_minute_gets_it(stage: Stage) -> None:
    cut(stage, SyncFault("sync.busy", retryable=True, retry_after=60), until=1)
    stage.run(until=100)
    assert stage.rounds() == [0, 60, 90]


@pytest.mark.parametrize("code", ["sync.revoked", "sync.update_due", "sync.hub_changed", "sync.certificate_changed"])
def test_a_hub_that_will_not_have_the_desk_is_asked_again_only_by_somebody(stage: Stage, code: str) -> None:
    cut(stage, SyncFault(code), until=1)
    stage.run(until=500)
    assert (stage.rounds(), stage.states()[-1]) == ([0], SyncState.STOPPED)


class HoldingLine(FakeLine):
    """While it carries a piece of a file, somebody registers a case."""

    def __init__(self, hub: FakeHub, device: str, register: Callable[[], None]) -> None:
        super().__init__(hub, device)
        self._register = register
        self.pieces: list[int] = []

    def put_file(self, sha256: str, offset: int, piece: bytes, *, size: int) -> FilePlace:
        if not self.pieces:
            self._register()
        self.pieces.append(len(self.requests))
        return super().put_file(sha256, offset, piece, size=size)


def test_a_case_that_is_registered_while_a_photo_goes_waits_for_one_piece_at_most(stage: Stage) -> None:
    line = HoldingLine(stage.hub, "one", lambda: stage.during.append(stage.write()))
    stage.line = line
    stage.store.attach(bytes(200_000))
    stage.run(until=3)
    assert stage.rounds() == [0, 2]
    assert line.pieces[0] < line.pieces[1], "another piece went before the case"


# -- the store


def test_a_store_that_is_locked_for_a_while_ends_no_worker_and_is_asked_ever_later(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, asked = stage.store.enrolment, []

    def locked() -> Enrolment | None:
        if not 4 <= stage.seconds < 60:
            return read()
        asked.append(stage.seconds)
        assert len(asked) < 20, "it asks for ever"
        raise StoreUnavailable("store.locked")

    monkeypatch.setattr(stage.store, "enrolment", locked)
    stage.run((5, SetOffline(False)), until=500)
    assert asked and stage.rounds()[-1] > 60


def test_a_disk_that_is_full_when_a_certificate_is_to_be_kept_makes_no_stranger_of_the_hub(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full() -> bool:
        raise StoreUnavailable("store.disk_full")

    monkeypatch.setattr(stage, "recertify", full)
    cut(stage, SyncFault("sync.certificate_changed"), until=1)
    stage.run(until=3)
    assert stage.store.rounds()[-1].error == "store.disk_full"
    assert SyncState.STOPPED not in stage.states() and stage.states()[-1] is SyncState.IDLE


# -- what is told


def test_the_desk_is_told_with_which_hub_and_as_what_it_is_registered(stage: Stage) -> None:
    stage.run(until=1)
    told = next(told for _, told in stage.told if isinstance(told, Stands))
    assert (told.url, told.belonging) == ("http://hub", Belonging("A1", ("371002001",), START))


@pytest.mark.parametrize(
    ("grants", "unit", "only_watches"),
    [
        ((Grant(TOWN, writes=True, unit="A04"), Grant("t:371002002", writes=True, unit="A04")), "A04", False),
        ((Grant(TOWN, writes=True), Grant("t:371002002", writes=True, unit="A04")), "", False),
        ((Grant(TOWN), Grant("ref", writes=True)), "", True),
        ((Grant("ref", writes=True),), "", False),
    ],
)
def test_the_desk_is_told_as_whom_its_rights_let_it_act(
    stage: Stage, grants: tuple[Grant, ...], unit: str, only_watches: bool
) -> None:
    enrolment = stage.store.enrolment()
    assert enrolment is not None
    stage.store.keep_enrolment(replace(enrolment, grants=grants))
    stage.run(until=1)
    told = next(told for _, told in stage.told if isinstance(told, Stands))
    assert told.belonging is not None
    assert (told.belonging.unit, told.belonging.only_watches) == (unit, only_watches)


def test_how_far_a_round_and_a_stick_are_is_told(stage: Stage, tmp_path: Path) -> None:
    keyed(stage)
    stage.store.write(TOWN)
    stage.run((1, ExportBundle(1, tmp_path / "a.gridbundle")), until=2)
    steps = [told for _, told in stage.told if isinstance(told, Progressed)]
    assert Progressed("push", 1, 1) in steps and Progressed("export", 0, 0) in steps


# -- files that somebody carries


def keyed(stage: Stage) -> Enrolment:
    """The desk gets the keys for sticks."""
    enrolment = stage.store.enrolment()
    assert enrolment is not None
    enrolment = replace(enrolment, bundle_keys={TOWN: bytes(32)})
    stage.store.keep_enrolment(enrolment)
    return enrolment


def test_a_stick_that_is_written_already_is_not_stopped_any_more(stage: Stage, tmp_path: Path) -> None:
    keyed(stage)
    stage.store.write(TOWN)
    file = tmp_path / "a.gridbundle"

    def heard(told: Told) -> None:
        if told == Progressed("export", 0, 1) and [t for _, t in stage.told].count(told) == 2:
            stage.during.append(StopBundle(1))  # comes while the file is being written

    stage.heard = heard
    stage.run((1, ExportBundle(1, file)), offline=True)
    (answer,) = [told for _, told in stage.told if isinstance(told, Answered)]
    assert (answer.error, file.exists()) == ("", True)


def test_a_fork_that_a_stick_shows_waits_for_somebody_and_then_goes_on_at_once(stage: Stage, tmp_path: Path) -> None:
    enrolment, file = keyed(stage), tmp_path / "a.gridbundle"
    twin = FakeSyncStore("one", (TOWN,), replace(enrolment, signing_key=new_key()))
    twin.write(TOWN, text="other")
    export_bundle(twin, file, now=lambda: START)
    stage.run((5, stage.write), (5.5, ImportBundle(1, file)), (20, Confirm()), until=21)
    assert SyncState.FORKED in stage.states()
    assert stage.rounds() == [0, 20]


def test_deadlines_are_looked_at_after_what_a_stick_brought_and_not_after_what_it_took(
    stage: Stage, tmp_path: Path
) -> None:
    keyed(stage)
    looked: list[float] = []

    def recompute(_advance: Callable[[int, int], None]) -> Changes:
        looked.append(stage.seconds)
        return Changes()

    stage.recompute = recompute
    file = tmp_path / "a.gridbundle"
    stage.run((1, ExportBundle(1, file)), (2, ImportBundle(2, file)), offline=True)
    assert looked == [2]


def test_a_request_for_the_hubs_administrator_is_written(stage: Stage) -> None:
    stage.run((1, AskByFile(1, Path("a.gridrequest"))), offline=True)
    assert stage.asked_files == [Path("a.gridrequest")]
