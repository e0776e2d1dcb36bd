"""The real files of other systems, from the file to the store."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from gridclient.exchange.reading import read_kind
from gridclient.services.import_findings import ImportKind, ImportOutcome
from gridclient.services.importing import import_records
from gridclient.services.rows import CaseFilter
from gridclient.store.verify import verify
from tests.fakes.import_store import ImportStore

ROOT = Path(__file__).resolve().parents[2]
DEMO_GRIDS = ROOT / "maps" / "demo" / "grids_371002.geojson"


@pytest.fixture
def store(store: ImportStore) -> ImportStore:
    store.set_township()
    return store


def bring(store: ImportStore, kind: ImportKind, path: Path, crs: str | None = None) -> ImportOutcome:
    reading = read_kind(kind, path, crs=crs)
    return import_records(
        reading, file=reading.file, kind=kind, sink=store.sink(kind), clock=store.clock, expected=reading.expected
    )


def figures(outcome: ImportOutcome) -> tuple[int, int, int, int]:
    summary = outcome.summary
    return summary.rows, summary.imported, summary.unchanged, summary.refused


def requests(real_data: Path, folder: Path, rows: int | None = None) -> Path:
    """The service requests of 2011 as a file, the first ``rows`` of them."""
    archive = next((real_data / "boston311_2011").glob("*.zip"), None)
    if archive is None:
        pytest.skip("the service requests are not on this machine")
    path = folder / "requests.csv"
    with zipfile.ZipFile(archive) as packed, packed.open(packed.namelist()[0]) as lines:
        content = lines.read()
    if rows is not None:
        content = b"\n".join(content.split(b"\n")[: rows + 1]) + b"\n"
    path.write_bytes(content)
    return path


def test_the_grids_of_the_demo_county_go_in_whole_and_once(store: ImportStore) -> None:
    assert figures(bring(store, ImportKind.GRIDS, DEMO_GRIDS, "wgs84")) == (975, 975, 0, 0)
    assert figures(bring(store, ImportKind.GRIDS, DEMO_GRIDS, "wgs84")) == (975, 0, 975, 0)


def test_the_divisions_of_five_cities_go_in_whole_and_once(store: ImportStore, real_data: Path) -> None:
    path = real_data / "divisions_2023" / "villages_5cities.csv"
    assert figures(bring(store, ImportKind.DIVISIONS, path)) == (16_028, 16_028, 0, 0)
    assert figures(bring(store, ImportKind.DIVISIONS, path)) == (16_028, 0, 16_028, 0)
    assert store.count("divisions") > 16_028  # the townships, counties and cities above came along


def test_the_519_standards_go_in_and_a_second_time_add_nothing(store: ImportStore, real_data: Path) -> None:
    path = real_data / "case_standards_yuncheng" / "muban.xlsx"
    assert figures(bring(store, ImportKind.STANDARDS, path))[:2] == (519, 519)
    assert figures(bring(store, ImportKind.STANDARDS, path)) == (519, 0, 519, 0)
    assert len(store.reference.standards()) == 519


def test_the_legal_calendar_goes_in(store: ImportStore, real_data: Path) -> None:
    path = real_data / "holidays_cn" / "calendar_2023_2026.csv"
    assert figures(bring(store, ImportKind.CALENDAR, path)) == (1461, 1461, 0, 0)


def test_the_4326_messages_go_in_whole_and_once(store: ImportStore, real_data: Path) -> None:
    path = real_data / "tipdm2020" / "附件3.xlsx"
    assert figures(bring(store, ImportKind.CASES, path)) == (4326, 4326, 0, 0)
    assert figures(bring(store, ImportKind.CASES, path)) == (4326, 0, 4326, 0)
    assert store.queries.total(CaseFilter(text="噪音")) > 10
    assert verify(store.database).problems == ()


def test_service_requests_of_another_city_go_in_with_their_points_and_wait_for_a_grid(
    store: ImportStore, real_data: Path, tmp_path: Path
) -> None:
    path = requests(real_data, tmp_path, rows=3_000)
    outcome = bring(store, ImportKind.CASES, path)
    assert figures(outcome) == (3000, 3000, 0, 0)
    assert {notice.code: notice.params for notice in outcome.notices}["case.grid_pending"] == {"count": 3000}
    assert figures(bring(store, ImportKind.CASES, path)) == (3000, 0, 3000, 0)
    assert verify(store.database).problems == ()


@pytest.mark.slow
def test_the_58251_service_requests_go_in_whole(store: ImportStore, real_data: Path, tmp_path: Path) -> None:
    assert figures(bring(store, ImportKind.CASES, requests(real_data, tmp_path))) == (58_251, 58_251, 0, 0)
    assert store.queries.total(CaseFilter()) == 58_251
