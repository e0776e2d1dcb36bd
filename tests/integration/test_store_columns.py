"""The columns in memory: always what the file says, for every thread, and their shortcuts change no answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, cast

import pytest

from gridclient.domain.errors import InvalidInput
from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.rows import Box, CaseFilter, Sort, SortKey
from gridclient.store import answers, columns, orders, selection, standing, titles
from gridclient.store.columns import Columns, Table
from gridclient.store.packs import ROWS, STATES
from gridclient.store.queries import SqliteQueries
from tests.contract.stage import GRIDS, STREAM, UNITS, Stage, opened

HOUR = timedelta(hours=1)


def import_many(stage: Stage, count: int, seed: int = 1, title: str = "") -> None:
    """Open and closed cases of random kinds in one transaction; a title is that of all."""
    chance = Random(seed)
    now = int(stage.clock.now().timestamp())
    with stage.work() as unit_of_work:
        for place in range(count):
            payload = {
                "number": f"371002001-2026{chance.randrange(1, 13):02}{chance.randrange(1, 29):02}-A7{place + 1:04}",
                "registered_at": now - chance.randrange(10**6),
                "level": chance.randrange(1, 5),
                "facts": {
                    "title": title
                    or chance.choice(("关于噪音", "关于噪声扰民", "关于路灯", "占道", "")) + str(chance.randrange(9)),
                    "grid": chance.choice((*GRIDS, "")),
                    "channel": chance.choice(("12345", "110", "video")),
                },
            }
            if chance.random() < 0.5:
                payload["closed_at"] = now
            elif chance.random() < 0.8:
                payload["clocks"] = [
                    {"stage": "imported", "limit": "1 work_day", "due": now + chance.randrange(-9, 9) * 3600}
                ]
            unit_of_work.record(EventDraft(EventKind.IMPORTED, stage.new_id(), STREAM, "a", payload))


def test_readers_see_what_another_process_wrote(stage: Stage, tmp_path: Path) -> None:
    assert stage.queries.total(CaseFilter()) == 0
    with opened("sqlite", tmp_path) as other:
        other.register("别处登记")
        assert stage.titles(CaseFilter()) == ["别处登记"]
        (case_id,) = stage.ids(CaseFilter())
        other.file(case_id)
    assert stage.titles(CaseFilter(box=Box.FILED)) == ["别处登记"]


@pytest.mark.parametrize("spare", [0, 64])
def test_cases_beyond_one_blob_are_all_there(stage: Stage, monkeypatch: pytest.MonkeyPatch, spare: int) -> None:
    """Also where every blob more needs another room in memory."""
    monkeypatch.setattr(columns, "_SPARE_CHUNKS", spare)
    for count in (ROWS - 1, 2, ROWS, 3 * ROWS):
        import_many(stage, count)
        with stage.database.reader() as connection:
            known = connection.execute("SELECT count(*) FROM cases").fetchone()[0]
        assert stage.queries.total(CaseFilter()) == known
        assert len(set(stage.ids(CaseFilter()))) == known


def test_only_changed_blobs_are_read_again(stage: Stage) -> None:
    import_many(stage, 4 * ROWS)
    held = Columns(stage.database)
    with held.at() as (_, table):
        before = table.state.copy()
    case_id = stage.ids(CaseFilter(box=Box.REPORTED))[0]
    stage.record(EventKind.VOIDED, case_id, {"reason": "x"})
    with held.at() as (_, table):
        changed = [place for place in range(table.size) if table.state[place] != before[place]]
    assert len(changed) == 1
    assert table.state[changed[0]] == STATES["void"]


def test_changes_in_blobs_far_apart_are_all_read(stage: Stage) -> None:
    import_many(stage, 6 * ROWS)
    assert stage.queries.total(CaseFilter(box=Box.FILED)) == 0
    ids = stage.ids(CaseFilter(box=Box.REPORTED), Sort(SortKey.REGISTERED))
    rows = sorted(stage.queries.rows(ids), key=lambda row: row.rowid)
    chosen = [next(row.id for row in rows if row.grid and row.rowid > place * ROWS) for place in (0, 2, 5)]
    with stage.work() as unit_of_work:
        for case_id in chosen:
            payload = {"facts": {"standard": "C"}}
            unit_of_work.record(EventDraft(EventKind.FILED, case_id, STREAM, "a", payload))
    assert stage.ids(CaseFilter(box=Box.FILED), Sort(SortKey.GRID)) != []
    assert set(stage.ids(CaseFilter(box=Box.FILED))) == set(chosen)


def test_reading_ahead_ends_and_changes_nothing(stage: Stage) -> None:
    stage.register()
    steps = 0
    while stage.queries.read_ahead():
        steps += 1
    assert 0 < steps < 5
    assert stage.queries.total(CaseFilter()) == 1


def test_every_answer_is_of_one_state_while_cases_change(stage: Stage) -> None:
    """Each page must hold only rows that pass its filter, though they are read after the filter was asked."""
    ids = [stage.register(f"案{n}", grid=GRIDS[n % 4], due=HOUR) for n in range(30)]
    stop = threading.Event()

    def write() -> None:
        try:
            for case_id in ids:
                stage.file(case_id)
                stage.dispatch(case_id, UNITS[0])
        finally:
            stop.set()

    def read() -> int:
        rounds = 0
        while not stop.is_set() or not rounds:
            rows = stage.queries.page(CaseFilter(box=Box.REPORTED), Sort(SortKey.NUMBER)).rows
            assert {row.state for row in rows} <= {"reported"}
            figures = stage.queries.figures()
            assert figures[""].open == 30
            assert sum(figures[grid].boxes[Box.FILED] for grid in GRIDS) == figures[""].boxes[Box.FILED]
            rounds += 1
        return rounds

    with ThreadPoolExecutor(4) as pool:
        reading = [pool.submit(read) for _ in range(3)]
        pool.submit(write).result()
        assert all(future.result() for future in reading)
    assert stage.queries.total(CaseFilter(box=Box.DISPATCHED)) == 30


@pytest.mark.parametrize("seed", range(3))
def test_figures_carried_over_any_writes_are_those_that_were_counted(stage: Stage, seed: int) -> None:
    chance = Random(seed)
    import_many(stage, 3 * ROWS, seed)
    assert isinstance(stage.queries, SqliteQueries)
    for _ in range(15):
        for _ in range(chance.randrange(3)):  # several writes between two questions
            change_something(stage, chance)
        carried, counts = stage.queries.figures(), stage.queries.box_counts(GRIDS[0])
        stage.queries._columns._table = Table()
        assert carried == stage.queries.figures()
        assert counts == stage.queries.box_counts(GRIDS[0])


def change_something(stage: Stage, chance: Random) -> None:
    ids = stage.ids(CaseFilter(only_open=True))
    done = chance.choice(("more", "new grid", "moved", "gone", "filed"))
    if done == "more":
        import_many(stage, chance.choice((1, ROWS, 2 * ROWS)), chance.randrange(10**6))
    elif done == "new grid":
        stage.register(grid=f"371002001{chance.randrange(6):03}999", due=HOUR)
    elif done == "moved":
        stage.record(EventKind.AMENDED, chance.choice(ids), {"facts": {"grid": chance.choice((*GRIDS, ""))}})
    elif done == "gone":
        stage.record(EventKind.VOIDED, chance.choice(ids), {"reason": "x"})
    elif reported := stage.ids(CaseFilter(box=Box.REPORTED, grid=GRIDS[1])):
        stage.record(EventKind.FILED, reported[0], {"facts": {"standard": "C"}})


def test_figures_after_a_write_look_only_at_what_was_written(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    import_many(stage, 4 * ROWS)
    stage.queries.figures()
    monkeypatch.setattr(standing, "tally_rows", None)
    case_id = stage.ids(CaseFilter(box=Box.REPORTED, grid=GRIDS[1]))[0]
    before = stage.queries.figures()[GRIDS[1]]
    stage.record(EventKind.VOIDED, case_id, {"reason": "x"})
    assert stage.queries.figures()[GRIDS[1]].open == before.open - 1


@pytest.mark.parametrize("known", [256, 0])
def test_figures_are_right_after_one_write_and_after_the_next(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, known: int
) -> None:
    """Also where nobody knows any more what the writes changed."""
    monkeypatch.setattr(answers, "_CHANGES_KEPT", known)
    import_many(stage, 2 * ROWS)
    before = stage.queries.figures()[GRIDS[1]].open
    for gone, case_id in enumerate(stage.ids(CaseFilter(only_open=True, grid=GRIDS[1]))[:3], start=1):
        stage.record(EventKind.VOIDED, case_id, {"reason": "x"})
        assert stage.queries.figures()[GRIDS[1]].open == before - gone


def test_figures_are_made_anew_only_for_areas_that_a_write_touched(stage: Stage) -> None:
    import_many(stage, 4 * ROWS)
    before = stage.queries.figures()
    stage.record(EventKind.VOIDED, stage.ids(CaseFilter(box=Box.REPORTED, grid=GRIDS[1]))[0], {"reason": "x"})
    after = stage.queries.figures()
    changed = {area for area in before if after[area] is not before[area]}
    assert GRIDS[1] in changed and "" in changed
    assert GRIDS[0] not in changed


ASKED = [
    CaseFilter(),
    CaseFilter(only_open=True),
    CaseFilter(level=2),
    CaseFilter(grid=GRIDS[1]),
    CaseFilter(grid="371002001", channel="110"),
    CaseFilter(text="噪音"),
    CaseFilter(box=Box.OVERDUE),
    CaseFilter(grid=GRIDS[0], level=1, channel="video", only_open=True),
]


WALKED: dict[str, int] = {"_WALK": 7}
WALKED_AT_LAST: dict[str, int] = {"_WALK": 7, "_FEW": -(10**6), "_LOOK_UP": 10**6}


@pytest.mark.parametrize("bounds", [WALKED, WALKED_AT_LAST])
def test_shortcuts_for_very_many_cases_change_no_answer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, bounds: dict[str, int]
) -> None:
    """With the bounds of the shortcuts lowered, a few hundred cases take every one of them."""
    monkeypatch.setattr(selection, "_MANY", 20)
    monkeypatch.setattr(selection, "_SAMPLE", 40)
    monkeypatch.setattr(selection, "_SPARE", 1)
    monkeypatch.setattr(selection, "_LEAST_SAMPLE", 2)
    for name, bound in bounds.items():
        monkeypatch.setattr(titles, name, bound)
    with opened("memory", Path()) as plain:
        for each in (stage, plain):
            import_many(each, 400)
        for chosen in ASKED:
            for key in SortKey:
                for descending in (False, True):
                    sort = Sort(key, descending)
                    whole = stage.ids(chosen, sort, limit=37)
                    assert whole == plain.ids(chosen, sort, limit=1000), (chosen, sort)


def test_a_page_amid_equal_titles_passes_by_none_of_those_before(stage: Stage) -> None:
    import_many(stage, 400, title="路灯不亮")
    page = stage.queries.page(CaseFilter(), Sort(SortKey.TITLE), limit=20)
    steps: list[int] = []
    while page.next:
        taken: list[None] = []
        with stage.database.reader() as connection:
            cast("Any", connection).set_progress_handler(lambda taken=taken: taken.append(None), 1)
            page = stage.queries.page(CaseFilter(), Sort(SortKey.TITLE), limit=20, after=page.next)
            cast("Any", connection).set_progress_handler(None, 1)
        steps.append(len(taken))
    assert steps[-2] < 1.5 * steps[0]


def test_a_cursor_of_a_label_that_is_gone_is_refused(stage: Stage) -> None:
    stage.register()
    cursor = orders.Cursor("no such grid", 1).text()
    with pytest.raises(InvalidInput):
        stage.queries.page(CaseFilter(), Sort(SortKey.GRID), after=cursor)


def import_ended(stage: Stage, count: int) -> None:
    with stage.work() as unit_of_work:
        for _ in range(count):
            facts = {"title": "旧案", "grid": GRIDS[0]}
            payload = {"number": "", "registered_at": 1, "closed_at": 2, "level": 3, "facts": facts}
            unit_of_work.record(EventDraft(EventKind.IMPORTED, stage.new_id(), STREAM, "a", payload))


def test_columns_of_open_cases_alone_answer_like_all_of_them_and_become_all(stage: Stage) -> None:
    import_many(stage, 3 * ROWS)
    import_ended(stage, 3 * ROWS)  # two blobs without an open case
    open_ones, queries = CaseFilter(only_open=True), stage.queries
    held = Columns(stage.database)
    told = [
        SqliteQueries(stage.database, one, lambda: stage.known.areas, stage.clock)
        for one in (held, Columns(stage.database))
    ]
    assert told[1].total(CaseFilter()) == 6 * ROWS  # this one reads all at first
    for fresh in told:
        assert fresh.page(open_ones, Sort()).rows == queries.page(open_ones, Sort()).rows
        assert fresh.total(open_ones) == queries.total(open_ones) > ROWS
        assert fresh.figures() == queries.figures()
        assert fresh.box_counts(GRIDS[0]) == queries.box_counts(GRIDS[0])
    with held.at(only_open=True) as (_, table):
        read = int((table.state != 0).sum())
    assert read < 6 * ROWS - ROWS, "what ended was not read"
    stage.record(EventKind.VOIDED, stage.ids(CaseFilter(box=Box.REPORTED))[0], {"reason": "x"})
    for fresh in told:
        assert fresh.total(open_ones) == queries.total(open_ones)
        assert fresh.total(CaseFilter()) == 6 * ROWS
        assert fresh.total(CaseFilter(text="旧案")) == 3 * ROWS
        assert fresh.figures() == queries.figures()


def test_a_write_among_ended_cases_that_a_desk_has_not_read_counts_none_of_them_twice(stage: Stage) -> None:
    import_many(stage, ROWS)
    import_ended(stage, 3 * ROWS)
    newest = max(stage.queries.rows(stage.ids(CaseFilter())), key=lambda row: row.rowid)
    held = Columns(stage.database)
    opening = SqliteQueries(stage.database, held, lambda: stage.known.areas, stage.clock)
    assert opening.figures() == stage.queries.figures()
    with held.at(only_open=True) as (_, table):
        open_ones = table.open_places()
    with held.at(only_open=True) as (_, table):
        assert table.open_places() is open_ones, "nothing changed, nothing was read again"
    stage.record(EventKind.REOPENED, newest.id, {"reason": "x"})
    assert opening.figures() == stage.queries.figures()
    assert opening.box_counts(GRIDS[0]) == stage.queries.box_counts(GRIDS[0])


def test_a_desk_whose_cases_have_all_ended_opens(stage: Stage) -> None:
    import_ended(stage, ROWS)
    opening = SqliteQueries(stage.database, Columns(stage.database), lambda: stage.known.areas, stage.clock)
    assert opening.total(CaseFilter(only_open=True)) == 0
    assert opening.figures() == stage.queries.figures()


def test_after_a_reading_that_broke_off_no_case_is_open_that_has_ended_since(stage: Stage) -> None:
    import_ended(stage, 2 * ROWS)
    newest = max(stage.queries.rows(stage.ids(CaseFilter())), key=lambda row: row.rowid)
    stage.record(EventKind.REOPENED, newest.id, {"reason": "x"})
    opening = SqliteQueries(stage.database, Columns(stage.database), lambda: stage.known.areas, stage.clock)
    assert opening.total(CaseFilter(only_open=True)) == 1
    with stage.database.writer() as connection:
        (kept,) = connection.execute("SELECT data FROM packs WHERE no = 0").fetchone()
        connection.execute("UPDATE packs SET data = x'00' WHERE no = 0")
    with pytest.raises(ValueError, match="buffer size"):
        opening.total(CaseFilter())
    with stage.database.writer() as connection:
        connection.execute("UPDATE packs SET data = ? WHERE no = 0", (kept,))
    stage.record(EventKind.VOIDED, newest.id, {"reason": "x"})
    assert opening.total(CaseFilter(only_open=True)) == 0
    assert opening.total(CaseFilter()) == 2 * ROWS
