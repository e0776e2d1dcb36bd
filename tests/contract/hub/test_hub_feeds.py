"""What desks read: whole streams, a unit's part, own runs, sums that agree; on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest

from gridclient.domain.errors import SyncFault
from gridclient.domain.events import Record, payload_text, place_mark
from gridclient.domain.handing import units_handed
from gridclient.hub import feeds, parts
from gridclient.hub.backend import Backend
from gridclient.hub.rights import grants_for
from gridclient.hub.service import HubService
from gridclient.services.sync_port import FeedPage
from gridclient.sync.pages import SealedPage
from gridclient.sync.signing import head_is_signed
from gridclient.sync.wire import FeedAsk, Push, PushStatus
from tests.fakes.hub_desk import HubDesk
from tests.fakes.invented_events import invented_events

STREAM = "t:371002001"
UNIT = "371002001-B20"


def pages_of(
    service: HubService, desk: HubDesk, feed: str, *, cursor: int = 0, whole: bool = False, wish: int = 1 << 20
) -> Iterator[FeedPage]:
    """All pages until the feed is complete."""
    while True:
        (page,) = desk.round(service.sync, feeds=[FeedAsk(feed, cursor, whole)], wish=wish).pages
        assert isinstance(page, FeedPage)
        yield page
        assert page.complete or page.cursor > cursor
        cursor = page.cursor
        if page.complete:
            return


def interleave(service: HubService, *jobs: list[Push], seed: int = 1) -> None:
    """The pushes of several desks, mixed; each desk's in its order."""
    rolls, waiting = random.Random(seed), [list(job) for job in jobs]
    desks = {push.origin.device: DESKS[push.origin.device] for job in jobs for push in job}
    while waiting := [job for job in waiting if job]:
        push = rolls.choice(waiting).pop(0)
        (result,) = desks[push.origin.device].round(service.sync, [push]).results
        assert result.status is PushStatus.APPLIED


DESKS: dict[str, HubDesk] = {}


@pytest.fixture(autouse=True)
def tiny_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wish of nothing gets a few events, so that sixty events are many pages."""
    monkeypatch.setattr(feeds, "_LEAST_BYTES", 300)


@pytest.fixture(autouse=True)
def known_desks(desk: HubDesk, other: HubDesk) -> Iterator[None]:
    DESKS.update({desk.device: desk, other.device: other})
    yield
    DESKS.clear()


@pytest.fixture
def filled(service: HubService, desk: HubDesk, other: HubDesk) -> None:
    interleave(service, desk.pushes(1, 60, 7), other.pushes(1, 40, 3))


@pytest.mark.parametrize("wish", [0, 4096, 1 << 20])
@pytest.mark.usefixtures("filled")
def test_a_desk_gets_all_foreign_events_and_its_own_as_runs(
    service: HubService, desk: HubDesk, other: HubDesk, wish: int
) -> None:
    got = list(pages_of(service, desk, STREAM, wish=wish))
    foreign = [placed for page in got for placed in page.foreign]
    assert [placed.record for placed in foreign] == other.records
    assert not any(placed.link for placed in foreign)
    places = {placed.position: other.link(placed.record.key.seq) for placed in foreign}
    for run in (run for page in got for run in page.own):
        assert run.origin == desk.origin
        places |= {run.position + i: desk.link(run.seq + i) for i in range(run.length)}
    assert sorted(places) == list(range(1, 101))
    last = got[-1]
    assert (last.cursor, last.count) == (100, 100)
    assert last.total == sum(place_mark(position, link) for position, link in places.items()) % 2**64


def test_small_wishes_make_small_pages(service: HubService, desk: HubDesk, other: HubDesk, filled: None) -> None:
    assert len(list(pages_of(service, desk, STREAM, wish=0))) > 1
    assert len(list(pages_of(service, desk, STREAM))) == 1


@pytest.mark.usefixtures("filled")
def test_however_much_a_desk_wishes_a_page_has_an_end(
    service: HubService, desk: HubDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as few:
        few.setattr(feeds, "MOST_ROWS", 10)
        assert {len(page.foreign) for page in pages_of(service, desk, STREAM)} == {10}
    monkeypatch.setattr("gridclient.hub.service._MOST_WISH", 0)
    assert len(list(pages_of(service, desk, STREAM))) > 1


@pytest.mark.usefixtures("filled")
def test_what_one_feed_takes_of_a_wish_the_next_has_no_more(service: HubService, desk: HubDesk) -> None:
    neighbour = HubDesk("desk-0009", "t:371002002")
    neighbour.enrol(service.access, grants_for("371002002"), "371002002")
    neighbour.records = list(invented_events(neighbour.origin, 40, seed=3))
    neighbour.round(service.sync, [neighbour.push(1, 40)])
    reader = HubDesk("desk-0010", STREAM)
    reader.enrol(service.access, grants_for("", supervisor=True), "")
    asks = [FeedAsk(STREAM, 0, False), FeedAsk(neighbour.stream, 0, False)]
    (alone,) = reader.round(service.sync, feeds=asks[1:], wish=4096).pages
    _, after = reader.round(service.sync, feeds=asks, wish=4096).pages
    assert isinstance(alone, FeedPage) and isinstance(after, FeedPage)
    assert len(alone.foreign) == 40
    assert 0 < len(after.foreign) < 20


def test_signatures_in_a_page_fit_the_chain(service: HubService, desk: HubDesk, other: HubDesk, filled: None) -> None:
    heads = [head for page in pages_of(service, desk, STREAM) for head in page.heads]
    assert [head.seq for head in heads] == [40]
    for head in heads:
        assert head_is_signed(head.public_key, head.origin, head.seq, other.link(head.seq), head.signature)


def test_whole_brings_own_events_with_contents_and_links(
    service: HubService, desk: HubDesk, other: HubDesk, filled: None
) -> None:
    placed = [p for page in pages_of(service, desk, STREAM, whole=True, wish=0) for p in page.foreign]
    assert sorted(p.record for p in placed) == sorted([*desk.records, *other.records])
    assert all(p.link == DESKS[p.record.key.device].link(p.record.key.seq) for p in placed)


def test_nothing_new_is_said_with_the_sums(service: HubService, desk: HubDesk, filled: None) -> None:
    (page,) = pages_of(service, desk, STREAM, cursor=100)
    assert (page.complete, page.cursor, page.count, page.foreign, page.own) == (True, 100, 100, (), ())


def test_a_cursor_beyond_the_stream_means_that_the_hub_is_behind(service: HubService, desk: HubDesk) -> None:
    desk.round(service.sync, [desk.push(1, 4)])
    for reader, feed in ((desk, STREAM), (unit_desk(service), f"d:{UNIT}@{STREAM}")):
        reply = reader.round(service.sync, feeds=[FeedAsk(feed, 5, False)])
        assert (reply.behind, reply.pages) == ((feed,), ())


def test_a_request_for_more_feeds_or_with_more_pushes_than_any_desk_has_is_refused(
    service: HubService, desk: HubDesk
) -> None:
    pushes, feeds = [desk.push(1, 1)] * 1001, [FeedAsk(f"t:{number}", 0, False) for number in range(1000)]
    feeds.append(FeedAsk(STREAM, 0, False))
    for many in ({"feeds": feeds}, {"pushes": pushes}, {"feeds": feeds[-1:] * 2}):
        with pytest.raises(SyncFault, match=r"sync\.refused"):
            desk.round(service.sync, **many)
    reply = desk.round(service.sync, pushes[1:], feeds[1:])
    assert (len(reply.results), len(reply.pages)) == (1000, 1)


def test_the_hub_tells_its_time_in_milliseconds(service: HubService, desk: HubDesk) -> None:
    assert desk.round(service.sync).hub_ms == 1_795_000_000_000


def test_feeds_without_a_right_are_left_out_and_the_rights_are_told(service: HubService, desk: HubDesk) -> None:
    asked = [FeedAsk("t:371002002", 0, False), FeedAsk(f"d:{UNIT}@{STREAM}", 0, False)]
    reply = desk.round(service.sync, feeds=asked)
    assert (reply.pages, reply.behind) == ((), ())
    assert reply.grants == grants_for("371002001")


def test_rights_are_told_once_and_again_when_they_change(service: HubService, desk: HubDesk) -> None:
    feeds = [FeedAsk(STREAM, 0, False), FeedAsk("ref", 0, False)]
    assert desk.round(service.sync, feeds=feeds).grants is not None
    assert desk.round(service.sync, feeds=feeds).grants is None
    desk.enrol(service.access, grants_for("", county=True), "")
    reply = desk.round(service.sync, feeds=feeds)
    assert reply.grants is not None
    assert not any(grant.writes for grant in reply.grants if grant.stream == STREAM)


def unit_desk(service: HubService) -> HubDesk:
    desk = HubDesk("unit-0001", STREAM)
    desk.enrol(service.access, grants_for("371002001", unit=UNIT))
    return desk


def handed_subjects(records: list[Record], unit: str) -> set[str]:
    return {r.subject for r in records if unit in units_handed(r.kind, r.event().payload)}


@pytest.mark.parametrize("wish", [0, 1 << 20])
@pytest.mark.parametrize("start", [0, 33])
def test_a_unit_gets_the_cases_handed_to_it_with_all_that_befell_them(
    service: HubService, desk: HubDesk, wish: int, start: int
) -> None:
    """It reads while others write, so that cases come to it whose first events lie below its cursor."""
    desk.records = list(invented_events(desk.origin, 600, seed=5))
    unit = unit_desk(service)
    feed = f"d:{UNIT}@{STREAM}"
    got: dict[int, Record] = {}
    links: dict[int, bytes] = {}
    cursor = 0
    for begin in (1, 301):
        desk.round(service.sync, desk.pushes(begin, 300, 40 + start))
        for page in pages_of(service, unit, feed, cursor=cursor, wish=wish):
            positions = [placed.position for placed in page.foreign]
            assert positions == sorted(set(positions) - got.keys())
            got |= {placed.position: placed.record for placed in page.foreign}
            links |= {placed.position: placed.link for placed in page.foreign}
            cursor = page.cursor
        subjects = handed_subjects(desk.records[: begin + 299], UNIT)
        assert subjects
        expected = {seq: r for seq, r in enumerate(desk.records[: begin + 299], 1) if r.subject in subjects}
        assert got == expected
        assert (page.complete, page.count) == (True, len(expected))
        assert page.total == sum(place_mark(position, link) for position, link in links.items()) % 2**64
    assert all(links[seq] == desk.link(seq) for seq in list(got)[:5])


def test_what_a_unit_wrote_itself_comes_back_as_runs(service: HubService, desk: HubDesk) -> None:
    desk.records = list(invented_events(desk.origin, 600, seed=5))
    desk.round(service.sync, [desk.push(1, 600)])
    unit = unit_desk(service)
    subject = min(handed_subjects(desk.records, UNIT))
    noted = desk.records[0]._replace(subject=subject, kind="case_noted", actor="u", text='{"text":"已到现场"}')
    unit.records = [noted._replace(key=noted.key._replace(device=unit.device, seq=seq)) for seq in (1, 2, 3)]
    reply = unit.round(service.sync, [unit.push(1, 3)], [FeedAsk(f"d:{UNIT}@{STREAM}", 600, False)])
    (page,) = reply.pages
    assert isinstance(page, FeedPage)
    assert [(run.position, run.seq, run.length) for run in page.own] == [(601, 1, 3)]
    assert page.complete and not page.foreign


@pytest.mark.parametrize(
    "step",
    [
        ("case_signed", f'{{"unit":"{UNIT}"}}', PushStatus.APPLIED),
        ("case_noted", '{"text":"x"}', PushStatus.APPLIED),
        ("case_signed", '{"unit":"371002001-B04"}', PushStatus.FORBIDDEN),
        ("case_closed", "{}", PushStatus.FORBIDDEN),
        ("case_dispatched", f'{{"assignments":[{{"unit":"{UNIT}"}}]}}', PushStatus.FORBIDDEN),
    ],
)
@pytest.mark.parametrize("handed", [True, False])
def test_a_unit_writes_only_its_own_steps_of_cases_handed_to_it(
    service: HubService, desk: HubDesk, step: tuple[str, str, PushStatus], handed: bool
) -> None:
    kind, text, status = step
    desk.records = list(invented_events(desk.origin, 600, seed=5))
    desk.round(service.sync, [desk.push(1, 600)])
    unit = unit_desk(service)
    mine = handed_subjects(desk.records, UNIT)
    subject = min(mine if handed else {r.subject for r in desk.records} - mine)
    key = desk.records[0].key._replace(device=unit.device, seq=1)
    unit.records = [desk.records[0]._replace(key=key, subject=subject, kind=kind, text=text)]
    (result,) = unit.round(service.sync, [unit.push(1, 1)]).results
    assert result.status is (status if handed else PushStatus.FORBIDDEN)


def test_a_sealed_part_says_the_same_as_an_ordinary_page(
    service: HubService, backend: Backend, desk: HubDesk, other: HubDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (feeds, parts):
        monkeypatch.setattr(module, "PART", 32)
    interleave(service, desk.pushes(1, 60, 7), other.pushes(1, 40, 3))
    reader = HubDesk("reader-01", STREAM)
    reader.enrol(service.access, grants_for("", supervisor=True), "")
    ordinary = next(pages_of(service, reader, STREAM, wish=parts.LEAST_ROOM - 1))
    shelf = parts.PartsShelf(backend)
    shelf.seal(STREAM, 0)
    shelf.close()
    with backend.reading() as ledger:
        sealed = ledger.part(STREAM, 0, parts._form())
    assert sealed is not None
    got = list(pages_of(service, reader, STREAM, wish=parts.LEAST_ROOM))
    assert got[0] == ordinary
    cursors = [page.cursor for page in got]
    assert cursors in ([32, 64, 100], [32, 64, 96, 100])  # whoever asks has the next part sealed, perhaps in time
    assert [p.position for page in got for p in page.foreign] == list(range(1, 101))
    assert [run.length for page in pages_of(service, desk, STREAM) for run in page.own]


class AtOnce:
    """Seals what is asked for before anything else."""

    def __init__(self, *_given: object) -> None:
        pass

    def submit(self, job: Callable[..., None], *given: object) -> None:
        job(*given)

    def shutdown(self, **_how: object) -> None:
        pass


def test_only_full_parts_are_sealed_ahead_and_given_to_whoever_wrote_nothing_of_them(
    service: HubService, backend: Backend, desk: HubDesk, other: HubDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (feeds, parts):
        monkeypatch.setattr(module, "PART", 32)
    monkeypatch.setattr(parts, "ThreadPoolExecutor", AtOnce)
    shelf = parts.PartsShelf(backend)

    def first_part(device: str) -> SealedPage | None:
        with backend.reading() as ledger:
            return shelf.page(ledger, FeedAsk(STREAM, 0, False), feeds.Reader(device, parts.LEAST_ROOM))

    desk.round(service.sync, [desk.push(1, 60)])
    other.round(service.sync, [other.push(1, 3)])
    first_part("reader-01")
    with backend.reading() as ledger:
        assert [ledger.part(STREAM, number, parts._form()) is not None for number in (0, 1)] == [True, False]
    other.round(service.sync, [other.push(4, 1)])
    first_part("reader-01")
    with backend.reading() as ledger:
        assert ledger.part(STREAM, 1, parts._form()), "it is full now"
    assert first_part(other.device)
    assert not first_part(desk.device)


def test_a_part_of_long_texts_is_read_as_ordinary_pages(
    service: HubService, backend: Backend, desk: HubDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Boundaries of grids are long, and no desk unpacks what is very long."""
    for module in (feeds, parts):
        monkeypatch.setattr(module, "PART", 176)
    long = [payload_text({"text": f"{seq}{'界' * 200_000}"}) for seq in range(176)]
    noted = invented_events(desk.origin, 176)
    desk.records = [record._replace(text=text) for record, text in zip(noted, long, strict=True)]
    interleave(service, desk.pushes(1, 176, 16))
    reader = HubDesk("reader-01", STREAM)
    reader.enrol(service.access, grants_for("", supervisor=True), "")
    shelf = parts.PartsShelf(backend)
    shelf.seal(STREAM, 0)
    shelf.close()
    got = list(pages_of(service, reader, STREAM))
    assert [placed.record for page in got for placed in page.foreign] == desk.records
