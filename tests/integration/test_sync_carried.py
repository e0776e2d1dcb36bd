"""Events that came on a stick go to the hub with whoever took them, before what was done upon them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from gridclient.domain.events import link_after
from gridclient.hub.carrying import carry
from gridclient.services.rows import CaseFilter, Changes
from gridclient.services.sync_port import FeedState, OriginKey, RoundEnd, StickBatch
from gridclient.store.sync_rounds import SqliteSyncQueries
from gridclient.sync.bundle import StickPage, with_frames
from gridclient.sync.signing import new_key, public_key, sign_head
from gridclient.sync.stick import export_bundle, import_bundle
from gridclient.sync.wire import Push, PushStatus, SyncRequest, decode_reply, encode_request
from tests.contract.stage import NOW, STREAM, UNITS
from tests.fakes.invented_events import invented_events
from tests.fakes.sync_hub import FakeHub
from tests.fakes.toy_desk import Desks, code_of, give_stick_key, hub_stick
from tests.faults.county import County
from tests.faults.desk import DEEDS, FULL, TOWN, Desk
from tests.faults.proof import assert_all_agree, hub_events
from tests.ui.fakes.invented_desk import TOWNSHIP

FILE, DISPATCH, SIGN, NOTE = 0, 2, 7, 15


@contextmanager
def county(folder: Path, desks: int) -> Iterator[County]:
    made = County(folder, (FULL,) * desks)
    try:
        yield made
    finally:
        made.close()


def stick(made: County, giver: int, taker: int) -> None:
    """One of three sticks, each of which comes about again."""
    made.export(giver, next(_numbers))
    made.carry(taker, -1)


_numbers = iter(range(10_000))


def refused(made: County) -> Sequence[object]:
    return [key for desk in made.desks for case in desk.cases() for key in desk.queries.case(case).refused]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[County]:
    with county(tmp_path, 2) as made:
        yield made


def test_who_acts_on_what_a_stick_brought_takes_it_along_to_the_hub(two: County) -> None:
    two.register(0)
    two.act(0, 0, FILE)
    stick(two, 0, 1)
    two.act(1, 0, DISPATCH)
    report = two.round(1)
    assert report is not None and (report.end, report.pushed, report.rejected) == (RoundEnd.DONE, 3, 0)
    assert [placed.record.actor.partition("/")[0] for placed in hub_events(two).values()] == ["d1", "d1", "d2"]
    two.act(0, 0, NOTE)
    two.heal()
    assert not refused(two)
    assert_all_agree(two)


def test_what_went_to_and_fro_comes_to_the_hub_in_the_order_of_who_had_seen_what(two: County) -> None:
    two.register(0)
    for turn, deed in enumerate((FILE, DISPATCH, SIGN, NOTE, NOTE)):
        stick(two, turn % 2, 1 - turn % 2)
        two.act(1 - turn % 2, 0, deed)
    two.round(1)
    assert [placed.record.actor.partition("/")[0] for placed in hub_events(two).values()] == [
        *("d1", "d2", "d1", "d2", "d1"),
        "d2",
    ]
    two.heal()
    assert not refused(two)
    assert_all_agree(two)


def test_a_stick_with_a_long_past_shows_its_reader_where_others_stood_between(tmp_path: Path) -> None:
    """The third desk gets the whole exchange at once, from two sticks, and is the only one with a line."""
    with county(tmp_path, 3) as made:
        made.register(0)
        for turn, deed in enumerate((FILE, DISPATCH, SIGN, NOTE)):
            stick(made, turn % 2, 1 - turn % 2)
            made.act(1 - turn % 2, 0, deed)
        stick(made, 0, 2)
        stick(made, 1, 2)
        made.round(2)
        assert len(hub_events(made)) == 5
        made.heal()
        assert not refused(made)
        assert_all_agree(made)


def test_what_a_restored_desk_lost_comes_back_by_who_had_its_stick(two: County) -> None:
    two.back_up(0)
    two.register(0)
    stick(two, 0, 1)
    two.restore(0)
    assert not two.desks[0].cases()
    two.heal()
    assert len(two.desks[0].cases()) == 1
    assert_all_agree(two)


def test_the_events_of_a_revoked_desk_are_not_carried_and_stop_nobody(two: County) -> None:
    two.register(0)
    stick(two, 0, 1)
    two.revoke(0)
    two.register(1)
    report = two.round(1)
    assert report is not None and (report.end, report.pushed, report.rejected) == (RoundEnd.DONE, 1, 0)
    assert len(hub_events(two)) == 1
    assert len(two.desks[1].cases()) == 1, "what the revoked desk wrote is nobody's history"
    two.heal()
    assert_all_agree(two)


def test_what_a_twin_wrote_under_the_same_number_gives_way_to_the_hubs(two: County) -> None:
    two.round(0)
    two.twin(0)
    two.register(0)
    two.act(0, 0, FILE)
    two.register(2)
    stick(two, 0, 1)
    two.act(1, 0, NOTE)
    two.round(2)
    report = two.round(1)
    assert report is not None and report.end is RoundEnd.DONE
    two.heal()
    assert_all_agree(two)


def test_an_own_event_that_a_stick_brings_back_waits_for_those_before_it(two: County) -> None:
    """The desk was put back to a backup from before all of them; the others are at the hub."""
    two.back_up(0)
    two.register(0)
    two.round(0)
    two.act(0, 0, FILE)
    two.export(0, 0)
    two.restore(0)
    two.carry(0, -1)
    two.desks[0].sync.end_doubt()
    report = two.round(0)
    assert report is not None and (report.end, report.pushed) == (RoundEnd.DONE, 1)
    two.heal()
    assert_all_agree(two)


def test_what_was_withdrawn_can_come_again(two: County) -> None:
    two.register(0)
    two.act(0, 0, FILE)
    stick(two, 0, 1)
    two.deprive(0)
    two.round(1)
    assert not two.desks[1].cases()
    two.carry(1, -1)
    assert len(two.desks[1].cases()) == 1
    two.heal()
    assert len(two.desks[1].cases()) == 1
    assert_all_agree(two)


def test_a_desk_that_lost_the_right_keeps_its_own_on_both_sides_of_what_it_carries(two: County) -> None:
    two.register(1)
    stick(two, 1, 0)
    two.act(0, 0, FILE)
    stick(two, 0, 1)
    two.act(1, 0, NOTE)
    two.deprive(1)
    report = two.round(1)
    assert report is not None and (report.end, report.error, report.pushed) == (RoundEnd.DONE, "", 0)
    assert two.desks[1].lamps.pending()[0] == 2
    two.heal()
    assert not refused(two)
    assert_all_agree(two)


def forged_stick(folder: Path, victim: Desk, named: Desk) -> Path:
    """What somebody who has the township's stick key, and not the other desk's own, writes in its name."""
    origin, signing, enrolment = OriginKey(TOWN, named.sync.device, 1), new_key(), victim.sync.enrolment()
    assert enrolment is not None
    records, link = tuple(invented_events(origin, 3)), bytes(32)
    for record in records:
        link = link_after(link, record.canonical())
    batch = StickBatch(origin, 1, records, bytes(32), link, public_key(signing), sign_head(signing, origin, 3, link))
    file = folder / "forged.gridbundle"
    file.write_bytes(with_frames(b"", [(TOWN, (batch,))], enrolment.bundle_keys, signing))
    return file


def test_what_somebody_wrote_in_another_desks_name_goes_and_that_desk_is_heard_afterwards(
    two: County, tmp_path: Path
) -> None:
    one, other = two.desks
    import_bundle(other.sync, forged_stick(tmp_path, other, one), now=other.clock.now)
    assert other.cases(), "who it is shows only at the hub"
    report = two.round(1)
    assert report is not None and (report.end, report.error) == (RoundEnd.DONE, "")
    assert not other.cases()
    two.register(0)
    two.round(0)
    report = two.round(1)
    assert report is not None and (report.end, report.error) == (RoundEnd.DONE, "")
    two.heal()
    assert_all_agree(two)


def test_by_stick_too_what_somebody_wrote_in_another_desks_name_gives_way_to_what_the_hub_placed(
    two: County, tmp_path: Path
) -> None:
    """A desk without a line hears nothing else of its hub than the places on a stick."""
    one, other = two.desks
    import_bundle(other.sync, forged_stick(tmp_path, other, one), now=other.clock.now)
    forged = frozenset(other.cases())
    two.register(0)
    two.round(0)
    file, told = tmp_path / "hub.gridbundle", Changes()
    file.write_bytes(carry(two.hub.backend, b"", township=TOWNSHIP, at=0).file)
    for _ in range(2):
        report = import_bundle(other.sync, file, now=other.clock.now)
        told |= report.changes
    assert other.cases() == one.cases()
    assert forged and forged <= told.cases, "the screens show them still"
    assert [end.withdrawn for end in other.lamps.rounds(2)] == [0, len(forged)]
    two.heal()
    assert_all_agree(two)


def test_deeds_stand_where_these_tests_think() -> None:
    assert [DEEDS[n][0].value for n in (FILE, DISPATCH, SIGN, NOTE)] == ["file", "dispatch", "sign", "note"]


def test_a_stick_that_goes_on_from_what_only_the_hub_has_is_carried_too(two: County) -> None:
    """It holds what its author had not sent; the one before came by line, and its reader has not pulled it yet."""
    two.register(0)
    two.round(0)
    two.act(0, 0, FILE)
    stick(two, 0, 1)
    two.register(1)
    report = two.round(1)
    assert report is not None and (report.end, report.error) == (RoundEnd.DONE, "")
    assert len(hub_events(two)) == 3
    two.heal()
    assert_all_agree(two)


def carried(made: County, carrier: int, change: Callable[[Push], Push]) -> PushStatus:
    """What the hub says when a desk carries the first batch of the first desk, changed."""
    author, sender = made.desks[0], made.desks[carrier]
    (origin, first), *_ = author.sync.unsent_origins()
    unsent = author.sync.unsent(origin, first, 100)
    enrolment = author.sync.enrolment()
    assert enrolment is not None
    last = first + len(unsent.records) - 1
    signature = sign_head(enrolment.signing_key, origin, last, unsent.link_after)
    push = change(Push(origin, first, unsent.records, unsent.link_after, signature, carried=True))
    body = encode_request(SyncRequest("", 1, 0, (push,), (), 1))
    reply = decode_reply(made.hub.sync(sender.token, body), sender.sync.device)
    return reply.results[0].status


def _same(push: Push) -> Push:
    return push


@pytest.mark.parametrize(
    ("change", "status"),
    [
        (lambda push: push._replace(signature=bytes(64)), PushStatus.REFUSED),
        (lambda push: push._replace(records=push.records[:-1]), PushStatus.REFUSED),
        (lambda push: push._replace(link_after=bytes(32)), PushStatus.REFUSED),
        (lambda push: push._replace(origin=push.origin._replace(device="f" * 16)), PushStatus.FORBIDDEN),
        (_same, PushStatus.APPLIED),
    ],
)
def test_only_what_its_author_signed_is_carried(
    two: County, change: Callable[[Push], Push], status: PushStatus
) -> None:
    two.register(0)
    two.act(0, 0, FILE)
    assert carried(two, 1, change) is status
    assert len(hub_events(two)) == (2 if status is PushStatus.APPLIED else 0)


def test_who_may_not_read_a_stream_carries_nothing_of_it(two: County) -> None:
    two.register(0)
    two.deprive(1)
    assert carried(two, 1, _same) is PushStatus.FORBIDDEN


def test_nobody_carries_for_an_author_who_lost_the_right(two: County) -> None:
    two.register(0)
    two.deprive(0)
    assert carried(two, 1, _same) is PushStatus.FORBIDDEN


def test_what_a_stick_brings_into_conflict_is_told(desks: Desks, hub: FakeHub, tmp_path: Path) -> None:
    one, other = desks
    case_id = one.stage.register()
    one.stage.file(case_id)
    for desk in desks:
        desk.round(hub)
        give_stick_key(desk)
    for desk, unit in zip(desks, UNITS, strict=False):
        desk.stage.dispatch(case_id, unit)
    file = tmp_path / "a.gridbundle"
    export_bundle(one.sync, file, now=lambda: NOW)
    report = import_bundle(other.sync, file, now=lambda: NOW)
    (kept,) = SqliteSyncQueries(other.profile.database).rounds(1)
    assert (report.conflicts, kept.conflicts) == (1, 1)


def test_a_stick_whose_places_nobody_signed_is_refused(desks: Desks, hub: FakeHub, tmp_path: Path) -> None:
    one, other = desks
    one.stage.register()
    assert one.push(hub)
    page = replace(hub.page(FeedState(STREAM, 0, 0, 0), other.device, 9), heads=())
    file = hub_stick(tmp_path / "a.gridbundle", other, StickPage(0, page))
    assert code_of(lambda: import_bundle(other.sync, file, now=lambda: NOW)) == "sync.signature"
    assert not other.stage.ids(CaseFilter())
