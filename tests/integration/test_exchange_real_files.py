"""Files that others made go in whole, or are refused row by row with what is wrong with them."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from statistics import median

import pytest
import shapely
from openpyxl import load_workbook

from gridclient.domain.calendar import CHINA_TIME
from gridclient.domain.geometry import distance
from gridclient.exchange.preview import preview
from gridclient.exchange.reading import read_kind
from gridclient.exchange.tables import open_table
from gridclient.services.import_findings import ImportKind, RefusedRow
from gridclient.services.import_records import (
    CalendarRecord,
    DivisionRecord,
    ImportedCase,
    Record,
    StandardRecord,
)
from tests.fakes.case_record import facts_of

BOSTON = "boston311_2011/311_service_requests_2011.zip"


def all_good(kind: ImportKind, path: Path, *, crs: str | None = None) -> list[Record]:
    """The records of a file of which no row may be refused."""
    rows = list(read_kind(kind, path, crs=crs))
    refused = [row for row in rows if isinstance(row, RefusedRow)]
    assert not refused, refused[:3]
    return [row for row in rows if not isinstance(row, RefusedRow)]


def test_all_messages_to_a_local_government_go_in(real_data: Path) -> None:
    found = all_good(ImportKind.CASES, real_data / "tipdm2020" / "附件3.xlsx")
    cases = [case for case in found if isinstance(case, ImportedCase)]
    assert len(cases) == 4_326
    assert len({case.identity for case in cases}) == 4_326
    first = cases[0]
    assert (first.row, first.external_number, facts_of(first)["reporter_name"]) == (2, "188006", "A000102948")
    assert first.description.startswith("座落在")
    times = sorted(datetime.fromtimestamp(case.reported, CHINA_TIME) for case in cases if case.reported)
    assert (len(times), times[0].year, times[-1].year) == (4_326, 2017, 2020)
    assert all(set(facts_of(case)["extra"]) == {"反对数", "点赞数"} for case in cases)


def test_the_own_reader_and_openpyxl_see_the_same_cells(real_data: Path) -> None:
    path = real_data / "tipdm2020" / "附件3.xlsx"
    workbook = load_workbook(path, read_only=True)
    theirs = [tuple(row) for row in workbook.worksheets[0].iter_rows(min_row=2, values_only=True)]
    workbook.close()
    assert [tuple(cells) for _, cells in open_table(path).rows()] == theirs
    described = [case.description for case in read_kind(ImportKind.CASES, path) if isinstance(case, ImportedCase)]
    assert [text.split() for text in described] == [str(row[4]).split() for row in theirs]


@pytest.mark.slow
def test_all_service_requests_of_a_city_go_in(real_data: Path) -> None:
    found = all_good(ImportKind.CASES, real_data / BOSTON)
    cases = [case for case in found if isinstance(case, ImportedCase)]
    assert len(cases) == len({case.identity for case in cases}) == 58_251
    assert Counter(case.closed for case in cases) == {True: 54_570, False: 3_681}
    assert sum(case.due is None for case in cases) == 10_981
    assert datetime.fromtimestamp(max(case.due or 0 for case in cases), CHINA_TIME).year == 2059
    assert Counter((case.lon, case.lat) for case in cases).most_common(1)[0][1] == 4_775
    assert sum(case.address == "" for case in cases) == 2_829
    assert not any(value.isspace() for case in cases for value in facts_of(case)["extra"].values())


def test_a_preview_shows_the_default_point_before_it_fills_one_grid(real_data: Path) -> None:
    found = preview(real_data / BOSTON, ImportKind.CASES)
    assert (len(found.rows), len(found.points), found.crs_needed) == (50, 200, False)
    assert [notice.code for notice in found.file_notices] == ["point.heap"]


def test_all_standards_go_in_alike_from_the_workbook_and_from_the_flat_file(real_data: Path) -> None:
    folder = real_data / "case_standards_yuncheng"
    merged = all_good(ImportKind.STANDARDS, folder / "muban.xlsx")
    flat = all_good(ImportKind.STANDARDS, folder / "standards_flat.csv")
    assert len(merged) == len({row.identity for row in merged}) == 519
    assert [row.identity for row in merged] == [row.identity for row in flat]
    standards = [row for row in merged if isinstance(row, StandardRecord)]
    assert Counter(row.kind for row in standards) == {"component": 375, "event": 144}
    assert len({row.code for row in standards}) == 519
    assert {row.limit for row in standards if row.limit_text == "2紧急工作时"} == {"2 urgent_hour"}
    assert [notice.code for row in standards for notice in row.notices] == ["limit.remark"]


@pytest.mark.parametrize(
    ("name", "rows"), [("areas_all_china", 2_978), ("towns_5cities", 619), ("villages_5cities", 16_028)]
)
def test_all_official_codes_go_in(real_data: Path, name: str, rows: int) -> None:
    found = all_good(ImportKind.DIVISIONS, real_data / "divisions_2023" / f"{name}.csv")
    assert len(found) == len({row.code for row in found if isinstance(row, DivisionRecord)}) == rows


def test_all_days_of_the_calendar_go_in(real_data: Path) -> None:
    found = all_good(ImportKind.CALENDAR, real_data / "holidays_cn" / "calendar_2023_2026.csv")
    days = {row.day: row.working for row in found if isinstance(row, CalendarRecord)}
    assert len(days) == 1_461
    assert (days[date(2026, 2, 13)], days[date(2026, 2, 14)], days[date(2026, 2, 17)]) == (True, True, False)


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("assinEdge", {(1, "geometry", "shape.line")}),
        ("安康社区边界", {(1, "geometry", "shape.line")}),
        ("assinGrid", {(row, "网格名\ufffd", "grid.property_name_damaged") for row in range(1, 10)}),
    ],
)
def test_damaged_grid_files_are_refused_row_by_row(
    real_data: Path, name: str, refused: set[tuple[int, str, str]]
) -> None:
    rows = list(read_kind(ImportKind.GRIDS, real_data / "grid_samples" / f"{name}.geojson", crs="wgs84"))
    assert {(row.row, row.column, row.code) for row in rows if isinstance(row, RefusedRow)} == refused
    assert len(rows) == len(refused)


def outlines(path: Path, crs: str) -> dict[str, DivisionRecord]:
    return {row.code: row for row in all_good(ImportKind.DIVISIONS, path, crs=crs) if isinstance(row, DivisionRecord)}


def centre(wkb: bytes) -> tuple[float, float]:
    place = shapely.from_wkb(wkb).centroid
    return place.x, place.y


def test_the_shifted_outlines_land_where_they_should(real_data: Path) -> None:
    folder = real_data / "boundaries_county"
    shifted = outlines(folder / "cnmaps_amap_gcj02.geojson", "gcj02")
    true = outlines(folder / "fastgeocn_tianditu_like.geojson", "wgs84")
    assert len(shifted) == 46
    assert shifted.keys() == true.keys()
    pairs = [(shifted[code].boundary, true[code].boundary) for code in true]
    off = [distance(*centre(here.wkb), *centre(there.wkb)) for here, there in pairs if here and there]
    unconverted = [
        distance(*centre(here.source_wkb), *centre(there.wkb))
        for here, there in pairs
        if here and there and here.source_wkb
    ]
    assert len(off) == len(unconverted) == 46
    assert median(off) < 200
    assert median(unconverted) > 400
    huancui = shifted["371002"].boundary
    assert huancui is not None
    assert huancui.source_wkb is not None
    (lon, lat), (raw_lon, raw_lat) = centre(huancui.wkb), centre(huancui.source_wkb)
    assert distance(lon, lat, raw_lon, lat) == pytest.approx(435, abs=15)
    assert distance(lon, lat, lon, raw_lat) == pytest.approx(99, abs=15)
