"""The worker: when it does rounds, what their end makes of it, and that it obeys in the middle of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.services.enrolment import Enrolment
from gridclient.services.rows import Changes
from gridclient.services.sync_control import SyncState
from gridclient.services.sync_port import RoundEnd
from gridclient.sync.orders import (
    Answered,
    Changed,
    ChooseProxy,
    Confirm,
    Enrol,
    ExportBundle,
    ImportBundle,
    Move,
    Order,
    RoundEnded,
    SetOffline,
    Stands,
    Stop,
    StopBundle,
    SyncNow,
    TakeAdmission,
)
from gridclient.sync.signing import new_key, public_key
from gridclient.sync.stick import export_bundle
from tests.fakes.sync_hub import HUB, FakeLine, Fault
from tests.fakes.sync_store import FakeSyncStore
from tests.fakes.worker_stage import START, TOWN, Stage


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_rounds_come_at_the_start_and_every_half_minute(stage: Stage) -> None:
    stage.run(until=100)
    assert stage.rounds() == [0, 30, 60, 90]
    assert stage.states() == [SyncState.IDLE, *[SyncState.RUNNING, SyncState.IDLE] * 4]
    assert not [told for _, told in stage.told if told == Changed(Changes())], "nothing changed"


def test_commit_is_followed_by_a_round_after_two_seconds(stage: Stage) -> None:
    stage.run((5, stage.write), until=10)
    assert stage.rounds() == [0, 7]
    assert not stage.store.unsent_origins()


def test_photo_that_is_too_much_for_one_round_goes_on_soon(stage: Stage) -> None:
    content = bytes(700_000)
    name = stage.store.attach(content)
    stage.run(until=40)
    assert stage.hub.books.files[name] == content
    assert stage.rounds() == [0, 2, 4, 34]


def _meets_another_certificate(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next request does."""
    answered = stage.line.sync

    def meet(_body: bytes) -> bytes:
        monkeypatch.setattr(stage.line, "sync", answered)
        raise SyncFault("sync.certificate_changed")

    monkeypatch.setattr(stage.line, "sync", meet)


def test_a_new_certificate_of_the_same_hub_needs_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.is_same_hub = True
    _meets_another_certificate(stage, monkeypatch)
    stage.run(until=20)
    assert stage.rounds() == [0, 0] and {SyncState.STOPPED, SyncState.RETRYING}.isdisjoint(stage.states())
    assert stage.store.rounds()[1].error == "sync.certificate_renewed", "it was told as a stranger's"


def test_a_strangers_certificate_stops_the_rounds(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    _meets_another_certificate(stage, monkeypatch)
    stage.run(until=100)
    assert stage.rounds() == [0] and stage.states()[-1] is SyncState.STOPPED
    assert stage.store.rounds()[0].error == "sync.certificate_changed"


def test_after_another_address_or_proxy_a_round_follows_at_once(stage: Stage) -> None:
    stage.run((5, Move(1, "http://new")), (9, ChooseProxy(2, "direct")), until=12)
    assert (stage.moved, stage.proxies) == (["http://new"], ["direct"])
    assert stage.rounds() == [0, 5, 9]
    assert [told for _, told in stage.told if isinstance(told, Answered)] == [Answered(1), Answered(2)]


def test_the_chosen_proxy_is_told_without_its_password(stage: Stage) -> None:
    stage.run((5, ChooseProxy(1, "http://desk:secret@10.0.0.1:3128")), (9, ChooseProxy(2, "")), until=12)
    told = [told.proxy for _, told in stage.told if isinstance(told, Stands)]
    assert list(dict.fromkeys(told)) == ["", "http://desk@10.0.0.1:3128"] and told[-1] == ""


def test_order_for_a_round_is_obeyed_at_once(stage: Stage) -> None:
    stage.run((5, SyncNow()), until=6)
    assert stage.rounds() == [0, 5]


def test_failing_rounds_come_ever_later_and_the_state_says_when(stage: Stage) -> None:
    stage.line.faults.extend([Fault.NOT_SENT] * 5)
    stage.run(until=16)
    ended = [at for at, told in stage.told if isinstance(told, RoundEnded)]
    assert ended == [0, 0.5, 1.5, 3.5, 7.5, 15.5]
    retrying = [told for _, told in stage.told if isinstance(told, Stands) and told.state is SyncState.RETRYING]
    assert retrying[1].next_at == START + timedelta(seconds=1.5)
    assert stage.states()[-1] is SyncState.IDLE


def test_offline_switch_stops_rounds_and_the_way_back_begins_with_one(stage: Stage) -> None:
    stage.run((5, SetOffline(True)), (8, SetOffline(False)), (9, SetOffline(True)), (200, SetOffline(False)), until=201)
    assert stage.rounds() == [0, 8, 200]
    assert SyncState.OFFLINE in stage.states()


def test_worker_that_starts_offline_stays_so(stage: Stage) -> None:
    stage.run(offline=True, until=100)
    assert stage.rounds() == []


def test_switch_in_the_middle_of_a_round_cuts_it_between_two_batches(stage: Stage) -> None:
    for _ in range(60):
        stage.store.write(TOWN)
    stage.line = FakeLine(stage.hub, "one", before=lambda: stage.during.extend([SyncNow(), SetOffline(True)]))
    stage.hub.page_size = 3
    stage.run(until=50)
    report = next(told.report for _, told in stage.told if isinstance(told, RoundEnded))
    assert report.end is RoundEnd.CANCELLED
    assert len(stage.line.requests) == 1
    assert stage.states()[-1] is SyncState.OFFLINE


def test_fork_waits_for_somebody_and_then_loses_nothing(stage: Stage) -> None:
    stage.store.write(TOWN, text="before")
    old = stage.store.backup()

    def cloned() -> Order:
        stage.store.state = old
        stage.store.state.chains.clear()
        stage.store.write(TOWN, text="other")
        return SyncNow()

    stage.run((5, cloned), (50, SyncNow()), (100, Confirm()), until=101)
    assert SyncState.FORKED in stage.states()
    assert stage.rounds() == [0, 5, 100]
    assert len(stage.hub.records(TOWN)) == 2
    assert not stage.store.unsent_origins()


def test_restored_desk_does_no_round_before_somebody_looked(stage: Stage) -> None:
    stage.store.doubt = True
    stage.run((50, SyncNow()), (60, Confirm()), until=61)
    assert stage.rounds() == [60]
    assert (stage.states()[0], stage.store.incarnation) == (SyncState.CONFIRM, 1), "nobody else has used its numbers"


def test_revoked_desk_stops_until_somebody_asks(stage: Stage) -> None:
    stage.hub.revoked.add("one")

    def back() -> Order:
        stage.hub.revoked.clear()
        return SyncNow()

    stage.run((500, back), until=501)
    assert stage.rounds() == [0, 500]
    assert SyncState.STOPPED in stage.states()


def test_desk_without_a_hub_is_alone_until_it_enrols(stage: Stage) -> None:
    enrolment = stage.store.state.enrolment
    stage.store.state.enrolment = None

    def found() -> Order:
        stage.store.state.enrolment = enrolment
        return Enrol(2, "http://hub", "good")

    stage.run((5, Enrol(1, "http://hub", "bad")), (6, found), until=7)
    answers = [told for _, told in stage.told if isinstance(told, Answered)]
    assert [(answer.ticket, answer.error) for answer in answers] == [(1, "enrol.code_unknown"), (2, "")]
    assert stage.states()[0] is SyncState.ALONE
    assert stage.rounds() == [6]


def test_stick_is_written_and_read_by_order(stage: Stage, tmp_path: Path) -> None:
    enrolment = stage.store.state.enrolment
    assert enrolment is not None
    stage.store.keep_enrolment(
        Enrolment(HUB, "http://hub", "", "t", "A1", enrolment.signing_key, (), {TOWN: bytes(32)}, START)
    )
    stage.store.write(TOWN)
    file = tmp_path / "a.gridbundle"
    stage.run(
        (1, ExportBundle(1, file)), (2, ImportBundle(2, file)), (3, ImportBundle(3, tmp_path / "none")), offline=True
    )
    answers = [told for _, told in stage.told if isinstance(told, Answered)]
    assert answers[0].bundle is not None and answers[0].bundle.events == 1
    assert answers[1].bundle is not None and answers[1].bundle.known == 1
    assert answers[2].error == "file.missing"


def test_what_is_done_later_in_a_case_that_was_set_aside_follows_it_at_once_on_a_desk_without_a_line(
    stage: Stage,
) -> None:
    enrolment = stage.store.enrolment()
    assert enrolment is not None
    stage.store.keep_enrolment(replace(enrolment, url=""))
    stage.run((5, stage.write), until=60)
    assert stage.rounds() == [] and stage.store.followed == 1


def test_on_a_desk_with_a_line_it_follows_in_the_round_when_nothing_is_on_its_way(stage: Stage) -> None:
    stage.run((5, stage.write), until=20)
    assert stage.store.followed == 0


def test_stick_that_is_stopped_leaves_file_and_store_as_they_were(stage: Stage, tmp_path: Path) -> None:
    enrolment = stage.store.enrolment()
    assert enrolment is not None
    keyed = replace(enrolment, grants=(), bundle_keys={TOWN: bytes(32)})
    stage.store.keep_enrolment(keyed)
    stage.store.write(TOWN)
    other = FakeSyncStore("two", (TOWN,), replace(keyed, signing_key=new_key()))
    other.write(TOWN)
    brought, file = tmp_path / "in.gridbundle", tmp_path / "out.gridbundle"
    export_bundle(other, brought, now=lambda: START)

    def stopped(order: ExportBundle | ImportBundle) -> Callable[[], Order]:
        def give() -> Order:
            stage.during.append(StopBundle(order.ticket))
            return order

        return give

    stage.run(
        (1, stopped(ExportBundle(1, file))),
        (2, stopped(ImportBundle(2, brought))),
        (3, StopBundle(3)),
        (4, ImportBundle(4, brought)),
        offline=True,
    )
    answers = [told for _, told in stage.told if isinstance(told, Answered)]
    assert [answer.error for answer in answers] == ["cancelled", "cancelled", ""]
    assert answers[2].bundle is not None and answers[2].bundle.events == 1, "something of it was taken before"
    assert list(tmp_path.iterdir()) == [brought]


def test_full_disk_is_waited_out(stage: Stage) -> None:
    stage.store.disk_is_full = True

    def freed() -> None:
        stage.store.disk_is_full = False

    stage.run((100, freed), until=500)
    ended = [told.report for _, told in stage.told if isinstance(told, RoundEnded)]
    assert ended[0].error == "store.disk_full"
    assert ended[-1].end is RoundEnd.DONE


def test_pulled_changes_are_told_as_they_come(stage: Stage) -> None:
    other = FakeSyncStore("two", (TOWN,), stage.store.state.enrolment or pytest.fail("no enrolment"))
    key = new_key()
    stage.hub.keys["two"] = public_key(key)
    other.state.enrolment = Enrolment(HUB, "http://hub", "", "t", "A2", key, (), {}, START)
    other.write(TOWN, subject="cd" * 16)
    from gridclient.sync.round import RoundPorts, run_round
    from gridclient.sync.transport import Pacing

    run_round(other, FakeLine(stage.hub, "two"), RoundPorts(now=lambda: START), Pacing())
    stage.run(until=1)
    assert Changes(frozenset({"cd" * 16})) in [told.changes for _, told in stage.told if isinstance(told, Changed)]


def test_desk_without_a_line_tries_none_and_says_so(stage: Stage) -> None:
    stage.run((40, TakeAdmission(1, Path("a.gridadmission"))), (50, stage.write), (60, SyncNow()), until=500)
    assert [at for at in stage.rounds() if at > 40] == []
    last = [told for _, told in stage.told if isinstance(told, Stands)][-1]
    assert (last.state, last.next_at, last.url, last.by_stick) == (SyncState.IDLE, None, "", True)


def test_switch_is_of_no_use_to_a_desk_without_a_line(stage: Stage) -> None:
    stage.take_admission(Path())
    stage.run((1, SetOffline(True)), (2, SetOffline(False)))
    assert set(stage.states()) == {SyncState.IDLE}
    assert not stage.rounds()


def test_a_desk_that_dies_during_a_round_ends_its_worker(stage: Stage) -> None:
    """Its pipe says the same as often as it is asked: the worker went on asking, and kept every answer."""
    asked = 0

    def gone() -> Order:
        nonlocal asked
        asked += 1
        assert asked < 100, "it asks for ever"
        stage.plan.appendleft((0.0, gone))
        return Stop()

    stage.store.attach(bytes(300_000))
    stage.line = FakeLine(stage.hub, "one", before=lambda: stage.plan.appendleft((0.0, gone)))
    stage.run(until=99)
    assert asked and stage.store.rounds()[0].end is RoundEnd.CANCELLED
