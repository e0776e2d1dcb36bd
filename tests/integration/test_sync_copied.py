"""A machine that was copied: it is noticed, and where the hub was put back what it has now takes the copy's place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from gridclient.domain.events import EventKey
from gridclient.services.rows import CaseFilter, Changes
from gridclient.services.sync_port import FeedState, OriginKey
from gridclient.store.backup import back_up
from gridclient.store.profile import open_profile
from gridclient.store.tables import number_key
from gridclient.sync.bundle import StickPage
from gridclient.sync.restart import start_anew
from gridclient.sync.stick import import_bundle
from gridclient.sync.wire import PushStatus
from tests.contract.stage import NOW, STREAM, TOWNSHIP
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import (
    ToyDesk,
    code_of,
    desk_on,
    hub_stick,
    make_profile,
    pending,
    proved,
    round_of,
    same_tables,
    some_desks,
)

START = FeedState(STREAM, 0, 0, 0)


@contextmanager
def copy_of(desk: ToyDesk, folder: Path) -> Iterator[ToyDesk]:
    """A second machine with the desk's profile, as it is now."""
    back_up(desk.profile, folder / "copy.gridbackup")
    make_profile(folder / "twin", 1)
    (folder / "twin" / "store.db").write_bytes((folder / "copy.gridbackup").read_bytes())
    with open_profile(folder / "twin", now=NOW) as profile:
        twin = desk_on(profile, 7)
        twin.enrol(key=desk.key)
        yield twin


@contextmanager
def two_pasts(folder: Path, hub: FakeHub) -> Iterator[tuple[ToyDesk, ToyDesk, FakeHub]]:
    """A desk; one that read what a copy of the first wrote; and the hub put back to before that, to which the first
    one reported two other cases. The reader knows that the hub lost what it had read."""
    with some_desks(folder, 2) as (one, two):
        one.stage.register("共同")
        one.round(hub)
        restored = hub.copy()
        with copy_of(one, folder) as twin:
            twin.stage.register("乙")
            twin.round(hub)
        two.round(hub)
        two.sync.restart_feed(STREAM)
        two.pull(restored)
        one.stage.register("甲")
        one.stage.register("丙")
        assert one.push(restored)
        assert set(two.stage.titles(CaseFilter())) == {"共同", "乙"}
        yield one, two, restored


@contextmanager
def parted(tmp_path: Path, hub: FakeHub) -> Iterator[tuple[ToyDesk, ToyDesk]]:
    """A desk and its copy that both went on; the first has reported."""
    with some_desks(tmp_path, 1) as (one,):
        one.stage.register("共同")
        one.round(hub)
        with copy_of(one, tmp_path) as twin:
            one.stage.register("甲")
            twin.stage.register("乙")
            one.round(hub)
            yield one, twin


def test_a_twin_is_noticed_and_nothing_of_either_is_lost(tmp_path: Path, hub: FakeHub) -> None:
    with parted(tmp_path, hub) as (one, twin):
        twin.stage.register("丙")
        assert not twin.push(hub) and hub.answered.status is PushStatus.FORK
        assert twin.sync.begin_incarnation(2) == 2
        assert twin.push(hub)
        assert code_of(lambda: twin.pull(hub)) == "sync.gap"
        twin.sync.restart_feed(STREAM)
        twin.pull(hub)
        one.sync.restart_feed(STREAM)
        one.pull(hub)
        assert len(one.stage.titles(CaseFilter())) == 4
        assert pending(one) == pending(twin) == (0, 0)
        assert same_tables([one, twin]) and proved(one, twin)


def numbers_of(desk: ToyDesk) -> list[str]:
    """The next case numbers of today and of tomorrow."""
    with desk.stage.work() as unit_of_work:
        today = desk.stage.clock.now().date()
        return [unit_of_work.next_number(TOWNSHIP, today + timedelta(days=d)) for d in (0, 0, 0, 1, 1)]


def test_a_twin_that_started_anew_gives_other_case_numbers_than_the_first(tmp_path: Path, hub: FakeHub) -> None:
    with parted(tmp_path, hub) as (one, twin):
        assert round_of(twin, hub).error == "sync.fork"
        start_anew(twin.sync)
        twins = numbers_of(twin)
        assert not {*twins} & {*numbers_of(one)}
        assert len({number_key(number) for number in twins}) == len(twins) and all(map(number_key, twins))
        start_anew(twin.sync)
        assert not {*twins} & {*numbers_of(twin)}, "its own from before are not given again either"


def test_what_a_copied_machine_wrote_gives_way_where_the_restored_hub_took_the_others(
    tmp_path: Path, hub: FakeHub
) -> None:
    """Both are signed by the device; who read the copy's before the hub was put back takes what the hub has now."""
    with some_desks(tmp_path, 3) as (one, two, late):
        one.stage.register("共同")
        one.round(hub)
        restored = hub.copy()
        with copy_of(one, tmp_path) as twin:
            twin.stage.register("乙")
            twin.round(hub)
            two.round(hub)
            one.stage.register("甲")
            one.round(restored)
            assert round_of(two, restored).error == ""
            assert set(two.stage.titles(CaseFilter())) == {"共同", "甲"}
            assert round_of(twin, restored).error == "sync.fork"
            start_anew(twin.sync)
            for desk in (twin, one, two, late):
                assert round_of(desk, restored).error == ""
            assert set(late.stage.titles(CaseFilter())) == {"共同", "甲", "乙"}
            assert same_tables([one, two, late]) and proved(one, two, late, twin)


def test_by_stick_too_it_does_where_the_stretch_that_contradicts_ends_before_a_signature(
    tmp_path: Path, hub: FakeHub
) -> None:
    with two_pasts(tmp_path, hub) as (one, two, restored):
        here = two.sync.feeds()[0]
        cut, rest = restored.page(here, "", 1), restored.page(replace(here, cursor=here.cursor + 1), "", 9)
        assert not cut.heads
        stretches = (StickPage(here.cursor, cut), StickPage(cut.cursor, rest))
        import_bundle(two.sync, hub_stick(tmp_path / "a.gridbundle", two, *stretches), now=lambda: NOW)
        assert set(two.stage.titles(CaseFilter())) == {"共同", "甲", "丙"}
        one.pull(restored)
        assert same_tables((one, two)) and proved(one, two)


def test_what_the_device_did_not_sign_takes_nobodys_place(tmp_path: Path, hub: FakeHub) -> None:
    with two_pasts(tmp_path, hub) as (one, two, restored):
        second = EventKey(STREAM, one.device, 1, 2)
        page = restored.page(START, two.device, 9)
        forged = replace(page, heads=tuple(head._replace(signature=bytes(64)) for head in page.heads))
        assert two.sync.withdraw_forked(forged, second) == Changes()
        assert two.sync.withdraw_forked(page, second).cases


def test_a_signature_of_what_gave_way_proves_nothing_that_comes_in_its_place(tmp_path: Path, hub: FakeHub) -> None:
    with two_pasts(tmp_path, hub) as (one, two, restored):
        second = EventKey(STREAM, one.device, 1, 2)
        page = restored.page(START, two.device, 9)
        assert two.sync.withdraw_forked(page, second).cases
        unsigned = replace(page, cursor=2, foreign=page.foreign[:2], heads=())
        assert code_of(lambda: two.sync.take(unsigned)) == "sync.signature"


def test_nor_is_it_sent_along_with_that(tmp_path: Path, hub: FakeHub) -> None:
    with two_pasts(tmp_path, hub) as (one, two, restored):
        origin = OriginKey(STREAM, one.device, 1)
        two.sync.withdraw_forked(restored.page(START, two.device, 9), EventKey(*origin, 2))
        two.sync.take_unplaced(one.stick())
        assert two.sync.carried_origins() == [(origin, 2)]
        assert len(two.sync.unsent(origin, 2, 9).records) == 2, "one signature covers both"
