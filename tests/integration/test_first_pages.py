"""The first page of a search for one sign is the same whether or not all its cases were asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from gridclient.services.import_findings import ImportKind
from gridclient.services.rows import CaseFilter, Sort, SortKey
from gridclient.store import first_pages
from gridclient.store.columns import Table
from gridclient.store.search import text_query
from tests.fakes.import_store import ImportStore
from tests.fakes.invented_areas import all_areas
from tests.fakes.invented_cases import case_row

CASES = 400
FREQUENT, RARE = CaseFilter(text="噪"), CaseFilter(text="罕")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ImportStore]:
    store = ImportStore(Path(tmp_path_factory.mktemp("pages")) / "s.db")
    store.bring(all_areas())
    store.set_township()
    titles = ("噪音扰民", "路灯不亮", "噪声", "罕见")
    rows = (
        case_row(number, title=titles[0 if number % 97 else 3] if number % 3 else titles[1]) for number in range(CASES)
    )
    store.bring((replace(row, state="reported", closed_at=None) for row in rows), ImportKind.CASES)
    yield store
    store.close()


@pytest.fixture
def store(filled: ImportStore, monkeypatch: pytest.MonkeyPatch) -> ImportStore:
    """As if it were large."""
    monkeypatch.setattr(first_pages, "LEAST_ROWS", 1)
    monkeypatch.setattr(first_pages, "_LARGEST_SHARE", 1)
    filled.columns._table = Table()
    return filled


def knows(store: ImportStore, chosen: CaseFilter) -> bool:
    query = text_query(chosen.text)
    assert query is not None
    return store.columns.knows_answer(query)


@pytest.mark.parametrize("key", list(SortKey))
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("chosen", [FREQUENT, replace(FREQUENT, only_open=True), replace(FREQUENT, level=3)])
def test_the_first_page_of_a_frequent_sign_needs_not_all_its_cases(
    store: ImportStore, key: SortKey, descending: bool, chosen: CaseFilter
) -> None:
    sort = Sort(key, descending)
    quick = store.queries.page(chosen, sort, limit=20)
    assert not knows(store, chosen)
    assert store.queries.total(chosen) > 20
    assert knows(store, chosen)
    assert store.queries.page(chosen, sort, limit=20) == quick
    assert len(quick.rows) == 20


def test_the_next_page_goes_on_behind_the_first(store: ImportStore) -> None:
    first = store.queries.page(FREQUENT, Sort(), limit=20)
    second = store.queries.page(FREQUENT, Sort(), limit=20, after=first.next)
    both = store.queries.page(FREQUENT, Sort(), limit=40)
    assert [*first.rows, *second.rows] == list(both.rows)


def test_a_rare_sign_is_asked_of_the_whole_index(store: ImportStore) -> None:
    found = store.queries.page(RARE, Sort(), limit=20)
    assert knows(store, RARE)
    assert 0 < len(found.rows) < 20


def test_a_sign_with_fewer_cases_than_a_page_is_found_whole(store: ImportStore) -> None:
    found = store.queries.page(FREQUENT, Sort(), limit=CASES)
    assert found.next is None
    assert len(found.rows) == store.queries.total(FREQUENT)
