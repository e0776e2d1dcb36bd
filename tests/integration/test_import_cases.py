"""Cases of a file in the store: all or none, once, with their place, beside the desk's own work."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.case import CaseState
from gridclient.domain.errors import Cancelled, StoreUnavailable
from gridclient.domain.events import EventDraft, EventKind
from gridclient.services.import_findings import ImportKind, ImportPhase, Notice
from gridclient.services.rows import CaseFilter, Sort
from gridclient.store.verify import verify
from tests.fakes.case_record import CaseRecord
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import NOW, TOWNSHIP, all_areas, basics, community_code, standard
from tests.fakes.invented_cases import case_row, case_rows

ALL = CaseFilter()


@pytest.fixture
def store(store: ImportStore) -> ImportStore:
    store.bring(all_areas())
    store.set_township()
    return store


def leftovers(store: ImportStore) -> dict[str, int]:
    """Rows of what an import writes, in the log and beside it."""
    tables = ("events", "subjects", "cases", "search_docsize", "import_batches", "import_numbers", "counters")
    return {table: count for table in tables if (count := store.count(table))}


def refusals(store: ImportStore, *rows: CaseRecord) -> list[tuple[int, str, str]]:
    """What was refused of the rows; the others went in."""
    before = store.count("cases")
    refused = store.bring(rows, ImportKind.CASES).refused
    assert store.count("cases") - before == len(rows) - len(refused)
    return [(row.row, row.column, row.code) for row in refused]


def test_all_rows_stand_in_log_tables_counts_and_search(store: ImportStore) -> None:
    outcome = store.bring(case_rows(700), ImportKind.CASES)
    assert (outcome.summary.rows, outcome.summary.imported, outcome.summary.refused) == (700, 700, 0)
    assert outcome.changes.kinds == {"cases"}
    assert outcome.cases == ((1, 700),)
    assert store.queries.total(ALL) == 700
    assert store.queries.total(CaseFilter(text="噪音")) == 140
    assert store.queries.figures()[TOWNSHIP].open == len([n for n in range(700) if n % 3])
    assert store.count("import_batches") == store.count("import_numbers") == 0
    found = verify(store.database)
    assert found.problems == ()
    assert (found.events, found.cases) == (700, 700)


def test_each_case_gets_the_grid_of_its_point_and_a_number_of_its_day(store: ImportStore) -> None:
    store.bring(case_rows(3), ImportKind.CASES)
    rows = {row.title: row for row in store.queries.page(ALL, Sort()).rows}
    first = rows["路灯不亮 0"]
    assert first.grid == f"{community_code(1)}001"
    assert first.number == f"{TOWNSHIP}-20260302-010001"
    assert rows["噪音扰民 1"].number == f"{TOWNSHIP}-20260301-010001"
    case = store.queries.case(first.id)
    assert (case.state, case.facts.upper_number) == (CaseState.CLOSED, "A0")


def test_cases_are_found_by_the_initials_of_the_imported_areas_in_which_they_lie(store: ImportStore) -> None:
    named = replace(basics()[0], name="海滨网格", identity="named")
    store.bring([named])
    store.bring(case_rows(16), ImportKind.CASES)

    def found(chosen: CaseFilter) -> list[str]:
        return [row.title for row in store.queries.page(chosen, Sort()).rows]

    assert found(CaseFilter(text="hbwg")) == found(CaseFilter(grid=named.code)) != []
    assert found(CaseFilter(text="hcljd")) == found(CaseFilter(grid=TOWNSHIP)) != []
    store.bring([replace(named, name=named.code, worker="丁九", identity="a list of workers")])
    assert found(CaseFilter(text="hbwg")) == found(CaseFilter(grid=named.code))


def test_numbers_go_on_where_the_desk_stands(store: ImportStore) -> None:
    with store.work() as work:
        assert work.next_number(TOWNSHIP, NOW.date()).endswith("-010001")
    store.bring([case_row(0)], ImportKind.CASES)
    with store.work() as work:
        assert work.next_number(TOWNSHIP, NOW.date()).endswith("-010003")


def test_no_imported_case_has_a_number_that_is_given_afterwards(store: ImportStore) -> None:
    store.bring(case_rows(200), ImportKind.CASES)
    with store.work() as work:
        number = work.next_number(TOWNSHIP, NOW.date())
    with store.database.reader() as connection:
        taken = {taken for (taken,) in connection.execute("SELECT number FROM cases")}
    assert len(taken) == 200 and number not in taken


def test_the_same_file_twice_adds_nothing(store: ImportStore) -> None:
    store.bring(case_rows(250), ImportKind.CASES)
    before = leftovers(store)
    outcome = store.bring(case_rows(250), ImportKind.CASES)
    assert (outcome.summary.imported, outcome.summary.unchanged, outcome.cases) == (0, 250, ())
    assert not outcome.changes.kinds
    assert leftovers(store) == before


def test_a_longer_file_adds_only_what_is_new(store: ImportStore) -> None:
    store.bring(case_rows(100), ImportKind.CASES)
    outcome = store.bring(case_rows(150), ImportKind.CASES)
    assert (outcome.summary.imported, outcome.summary.unchanged, outcome.cases) == (50, 100, ((101, 150),))


def test_rows_that_came_by_another_import_meanwhile_are_known(store: ImportStore) -> None:
    def bring_some(phase: ImportPhase, _done: int, _total: int | None) -> None:
        if phase is ImportPhase.CHECKING and not store.count("cases"):
            store.bring(case_rows(90)[30:], ImportKind.CASES)

    outcome = store.bring(case_rows(150), ImportKind.CASES, progress=bring_some)
    assert (outcome.summary.imported, outcome.summary.unchanged) == (90, 60)
    found = verify(store.database)
    assert found.problems == ()
    assert (found.events, found.cases) == (150, 150)


def test_a_row_that_stands_twice_in_a_file_comes_once(store: ImportStore) -> None:
    outcome = store.bring([case_row(1), replace(case_row(1), row=99)], ImportKind.CASES)
    assert (outcome.summary.imported, outcome.summary.unchanged) == (1, 1)


def test_a_known_case_that_reads_otherwise_is_refused_and_never_overwritten(store: ImportStore) -> None:
    store.bring([case_row(1)], ImportKind.CASES)
    assert refusals(store, case_row(1, title="另一个标题")) == [(3, "", "case.known_differently")]
    assert store.queries.page(ALL, Sort()).rows[0].title == "噪音扰民 1"


def test_a_known_case_without_a_number_that_reads_otherwise_is_named_by_what_differs(store: ImportStore) -> None:
    row = replace(case_row(1), identity="h:1", external_number="")
    store.bring([row], ImportKind.CASES)
    moved = replace(row, lon=case_row(2).lon)  # the file was told to be in another coordinate system
    assert refusals(store, moved) == [(3, "", "case.known_read_differently")]


def test_a_row_of_which_other_desks_brought_another_wording_is_unchanged(store: ImportStore, tmp_path: Path) -> None:
    other, columns = ImportStore(tmp_path / "other.db"), "seq, hlc, kind, version, subject, base, actor, hash, payload"
    other.set_township()
    other.bring([case_row(1, title="另一个标题")], ImportKind.CASES)
    with other.database.reader() as connection:
        ((*theirs, text),) = connection.execute(f"SELECT {columns} FROM events").fetchall()
    other.close()
    store.bring([case_row(1)], ImportKind.CASES)
    with store.database.writer() as connection:
        for no, payload in ((2, text), (3, r'{"digest":"\ud800"}')):
            marks = ", ".join("?" * (len(theirs) + 3))
            connection.execute(
                f"INSERT INTO events(pos, origin, {columns}) VALUES ({marks})", (no, no, *theirs, payload)
            )
    rows = [case_row(1), case_row(1, title="另一个标题"), case_row(1, title="第三个标题")]
    assert store.bring(rows[:1], ImportKind.CASES).summary.unchanged == 1
    assert store.bring(rows[1:2], ImportKind.CASES).summary.unchanged == 1
    assert refusals(store, rows[2]) == [(3, "", "case.known_differently")]


def test_a_case_is_the_same_when_the_grids_were_redrawn_since(store: ImportStore) -> None:
    store.bring([case_row(1)], ImportKind.CASES)
    store.bring([replace(basics()[1], valid_to=NOW.date() - timedelta(days=2))])
    assert store.bring([case_row(1)], ImportKind.CASES).summary.unchanged == 1


def test_the_same_number_of_another_system_is_another_case(store: ImportStore) -> None:
    store.bring([case_row(1)], ImportKind.CASES)
    same = replace(case_row(1), identity=case_row(1).identity.replace("n:", "n:another system's "))
    assert store.bring([same], ImportKind.CASES).summary.imported == 1


def test_a_point_outside_all_grids_waits_for_a_grid_and_is_not_refused(store: ImportStore) -> None:
    far = case_row(1, lon=-71.0772, lat=42.2715)
    outcome = store.bring([far, case_row(2, lon=None, lat=None), case_row(3)], ImportKind.CASES)
    assert outcome.summary.imported == 3
    assert [(notice.code, notice.params["count"]) for notice in outcome.notices] == [("case.grid_pending", 2)]
    row = next(row for row in store.queries.page(ALL, Sort()).rows if row.title == far.title)
    assert (row.grid, row.lon, row.number[:9]) == ("", -71.0772, TOWNSHIP)


def test_points_that_are_zero_are_remarked_once(store: ImportStore) -> None:
    zero = (Notice("", "case.point_zero"),)
    outcome = store.bring([replace(case_row(n), notices=zero) for n in range(3)], ImportKind.CASES)
    assert outcome.summary.imported == 3
    assert [(notice.code, notice.params["count"]) for notice in outcome.notices] == [("case.point_zero", 3)]


def test_cases_that_were_reported_later_than_now_are_remarked_once(store: ImportStore) -> None:
    ahead = NOW + timedelta(days=1)
    outcome = store.bring([replace(case_row(n), reported_at=ahead) for n in range(3)] + [case_row(3)], ImportKind.CASES)
    assert outcome.summary.imported == 4
    assert [(notice.code, notice.params["count"]) for notice in outcome.notices] == [("case.reported_ahead", 3)]


def test_a_case_lies_in_the_grid_of_its_own_day(store: ImportStore) -> None:
    store.bring([replace(basics()[1], valid_to=NOW.date() - timedelta(days=10))])
    store.bring([case_row(1, reported_at=NOW - timedelta(days=20)), case_row(9)], ImportKind.CASES)
    grids = {row.title: row.grid for row in store.queries.page(ALL, Sort()).rows}
    assert grids == {"噪音扰民 1": basics()[1].code, "违章停车 9": community_code(1)}


def test_the_rows_own_grid_code_goes_before_its_point(store: ImportStore) -> None:
    other = basics()[7].code
    store.bring([case_row(1, grid_code=other)], ImportKind.CASES)
    assert store.queries.page(ALL, Sort()).rows[0].grid == other


def test_a_row_keeps_the_code_of_a_grid_that_is_no_more(store: ImportStore) -> None:
    gone = basics()[1]
    store.bring([replace(gone, valid_to=NOW.date() - timedelta(days=10))])
    store.bring([case_row(1, grid_code=gone.code, lon=None, lat=None)], ImportKind.CASES)
    assert store.queries.page(ALL, Sort()).rows[0].grid == gone.code


def test_another_systems_grid_code_is_found_by_the_grids_own_list(store: ImportStore) -> None:
    store.bring([replace(basics()[7], external_code="37100200100106")])
    store.bring([case_row(1, grid_code="37100200100106", lon=None, lat=None)], ImportKind.CASES)
    assert store.queries.page(ALL, Sort()).rows[0].grid == basics()[7].code


def test_a_grids_name_places_a_case_that_has_no_point_where_only_one_of_the_township_has_it(store: ImportStore) -> None:
    store.bring([replace(basics()[7], name="望海小区")])
    rows = [
        case_row(1, grid_code="望海小区", lon=None, lat=None),
        case_row(2, grid_code="望海小区"),
        case_row(3, grid_code="网格001", lon=None, lat=None),
        case_row(4, grid_code="没有的小区", lon=None, lat=None),
    ]
    outcome = store.bring(rows, ImportKind.CASES)
    grids = {row.title[-1]: row.grid for row in store.queries.page(ALL, Sort()).rows}
    assert grids == {"1": basics()[7].code, "2": basics()[2].code, "3": "", "4": ""}
    told = {notice.code: notice.params["count"] for notice in outcome.notices}
    assert told == {"case.grid_name_twice": 1, "case.grid_pending": 2}


def test_a_grid_code_of_ours_that_nobody_knows_is_refused(store: ImportStore) -> None:
    lost = case_row(1, grid_code=f"{community_code(9)}001", lon=None, lat=None)
    assert refusals(store, lost) == [(3, "grid_code", "case.grid_unknown")]


def test_without_a_township_a_case_without_a_place_is_refused(store: ImportStore) -> None:
    store.set("township", "")
    assert refusals(store, case_row(1), case_row(2, lon=None, lat=None)) == [(4, "", "case.township_unknown")]


def test_half_a_sign_in_a_text_is_refused(store: ImportStore) -> None:
    assert refusals(store, case_row(1, title="噪\ud800音"), case_row(2)) == [(3, "", "case.text_damaged")]


def test_a_class_of_the_list_brings_its_standard(store: ImportStore) -> None:
    store.bring([standard(2)], ImportKind.STANDARDS)
    store.bring([case_row(1, small_class="污水井盖"), case_row(2)], ImportKind.CASES)
    cases = [store.queries.case(row.id).facts for row in store.queries.page(ALL, Sort()).rows]
    assert {facts.title[-1]: (facts.standard, facts.case_class) for facts in cases} == {
        "1": ("C-01-02-01", "公用设施 污水井盖"),
        "2": ("", ""),
    }


def test_a_case_that_does_not_say_when_it_was_reported_goes_in_today(store: ImportStore) -> None:
    outcome = store.bring([case_row(1, reported_at=None)], ImportKind.CASES)
    assert (outcome.summary.imported, outcome.notices) == (1, ())
    (row,) = store.queries.page(ALL, Sort()).rows
    assert (row.registered_at, row.number[10:18]) == (NOW, f"{NOW.astimezone(CHINA_TIME):%Y%m%d}")


def test_a_dry_run_says_what_would_happen_and_leaves_nothing(store: ImportStore) -> None:
    outcome = store.bring(case_rows(2500), ImportKind.CASES, dry_run=True)
    assert outcome.summary.imported == 2500
    assert leftovers(store) == {}


@pytest.mark.parametrize("at", [1, 500, 2400])
def test_an_import_that_is_cancelled_leaves_nothing(store: ImportStore, at: int) -> None:
    read = 0

    def rows() -> Iterator[CaseRecord]:
        nonlocal read
        for row in case_rows(2600):
            read += 1
            yield row

    def stop(_phase: ImportPhase, _done: int, _total: int | None) -> None:
        if read >= at:
            raise Cancelled

    with pytest.raises(Cancelled):
        store.bring(rows(), ImportKind.CASES, progress=stop)
    assert leftovers(store) == {}


def test_a_file_that_breaks_off_leaves_nothing(store: ImportStore) -> None:
    def rows() -> Iterator[CaseRecord]:
        yield from case_rows(2300)
        raise OSError("the stick was pulled")

    with pytest.raises(OSError, match="stick"):
        store.bring(rows(), ImportKind.CASES)
    assert leftovers(store) == {}


def test_a_stop_is_passed_over_once_it_writes(store: ImportStore) -> None:
    phases: list[ImportPhase] = []

    def progress(phase: ImportPhase, _done: int, _total: int | None) -> None:
        phases.append(phase)
        if phase is ImportPhase.WRITING:
            raise Cancelled

    assert store.bring(case_rows(600), ImportKind.CASES, progress=progress).summary.imported == 600
    assert ImportPhase.WRITING in phases


def test_a_disk_that_fills_while_rows_are_written_leaves_the_rest_to_the_next_start(store: ImportStore) -> None:
    def progress(phase: ImportPhase, done: int, _total: int | None) -> None:
        if phase is ImportPhase.WRITING and done:
            limit(1)

    def limit(pages: int) -> None:
        with store.database.writer() as connection:
            connection.execute(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(StoreUnavailable) as caught:
        store.bring(case_rows(2600), ImportKind.CASES, progress=progress)
    assert (caught.value.code, caught.value.params["detail"]) == ("import.cut_off", "store.disk_full")
    limit(1 << 30)
    assert store.finish() > 0
    assert store.count("cases") == 2600


def test_the_desk_writes_between_the_turns_of_an_import(store: ImportStore, tmp_path: Path) -> None:
    """Another process's desk, by another connection: its command goes in while the file is not through."""
    desk = ImportStore(tmp_path / "store.db")
    written: list[int] = []

    def write(phase: ImportPhase, done: int, _total: int | None) -> None:
        if phase is ImportPhase.WRITING and not written:
            with desk.work() as work:
                number = work.next_number(TOWNSHIP, NOW.date())
                payload = {"number": number, "facts": {"title": "新案件"}}
                work.record(EventDraft(EventKind.REGISTERED, "c" * 32, f"t:{TOWNSHIP}", "op1", payload))
            written.append(done)

    outcome = store.bring(case_rows(900), ImportKind.CASES, progress=write)
    desk.close()
    assert written[0] < 900
    assert store.queries.total(ALL) == 901
    brought = store.queries.page(CaseFilter(imported=outcome.cases), Sort(), limit=1000).rows
    assert (len(brought), "c" * 32 in {row.id for row in brought}) == (900, False)
    assert verify(store.database).problems == ()


def test_who_holds_the_store_learns_that_another_wants_to_write(store: ImportStore, tmp_path: Path) -> None:
    desk = ImportStore(tmp_path / "store.db")
    since = time.time_ns()
    assert not store.database.asked_for(since)

    def write() -> None:
        with desk.work() as work:
            work.next_number(TOWNSHIP, NOW.date())

    thread = threading.Thread(target=write)
    with store.database.writer():
        thread.start()
        until = time.monotonic() + 30
        while not store.database.asked_for(since):
            assert time.monotonic() < until
            time.sleep(0.001)
    thread.join()
    assert not store.database.asked_for(time.time_ns())
    desk.close()


def test_a_case_that_the_desk_took_in_hand_is_left_as_it_is(store: ImportStore) -> None:
    store.bring([case_row(1)], ImportKind.CASES)
    case_id = store.queries.page(ALL, Sort()).rows[0].id
    with store.work() as work:
        work.record(EventDraft(EventKind.NOTED, case_id, f"t:{TOWNSHIP}", "op1", {"text": "已联系"}))
    assert store.bring([case_row(1)], ImportKind.CASES).summary.unchanged == 1
    assert store.queries.case(case_id).version == 2
