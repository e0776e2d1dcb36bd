"""GeoJSON and tables of areas: good features go in, damaged ones are refused by their row and property."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import shapely

from gridclient.domain.errors import InvalidInput
from gridclient.exchange import features
from gridclient.exchange.mapping import ColumnMapping
from gridclient.exchange.reading import Reading, read_kind
from gridclient.services.import_findings import ImportKind, RefusedRow
from gridclient.services.import_records import DivisionRecord, GridRecord
from tests.fakes.exchange_files import (
    COMMUNITY,
    SQUARE,
    feature,
    geojson_bytes,
    grids_geojson,
    moved,
    workbook_bytes,
    zip_bytes,
)

BOW = [[122.0, 37.0], [122.1, 37.1], [122.1, 37.0], [122.0, 37.1], [122.0, 37.0]]


def read(path: Path, content: bytes, **options: Any) -> Reading:
    path.write_bytes(content)
    return read_kind(ImportKind.GRIDS, path, **{"crs": "wgs84", **options})


def refusal(path: Path, content: bytes, **options: Any) -> str:
    with pytest.raises(InvalidInput) as refused:
        read(path, content, **options)
    return refused.value.code


def test_grids_are_read_with_tier_kind_and_boundary(tmp_path: Path) -> None:
    first, second = read(tmp_path / "a.geojson", grids_geojson())
    assert isinstance(first, GridRecord)
    assert isinstance(second, GridRecord)
    assert (first.row, first.code, first.tier, first.special) == (1, f"{COMMUNITY}001", "basic", None)
    assert second.special
    assert second.boundary is not None
    assert shapely.from_wkb(second.boundary.wkb).bounds == pytest.approx((122.11, 37.50, 122.12, 37.51))


def test_the_same_file_gives_the_same_identities_and_another_boundary_another(tmp_path: Path) -> None:
    first = [getattr(row, "identity", "") for row in read(tmp_path / "a.geojson", grids_geojson())]
    again = [getattr(row, "identity", "") for row in read(tmp_path / "b.geojson", grids_geojson())]
    other = [getattr(row, "identity", "") for row in read(tmp_path / "c.geojson", grids_geojson(), crs="gcj02")]
    assert first == again
    assert not set(first) & set(other)


def test_damaged_features_are_refused_and_the_good_one_goes_in(tmp_path: Path) -> None:
    code = iter(f"{COMMUNITY}{number:03}" for number in range(1, 20))
    names = [{"网格编码": next(code), "网格名称": f"第{number}网格"} for number in range(8)]
    drawn = [
        feature(names[0], [SQUARE]),
        feature(names[1], SQUARE, "LineString"),
        feature(names[2], [[SQUARE]]),
        feature(names[3], [BOW]),
        feature(names[4], [[[lat, lon] for lon, lat in SQUARE]]),
        {"type": "Feature", "properties": names[5], "geometry": None},
        "nothing",
        feature({"网格名称": "无编码"}, [SQUARE]),
        feature({**names[6], "网格编码": 371002002003007}, [moved(SQUARE, 0.02)]),
        feature({**names[7], "网格编码": 3.71e14}, [SQUARE]),
    ]
    rows = list(read(tmp_path / "a.geojson", geojson_bytes(drawn)))
    refused = {row.row: (row.column, row.code) for row in rows if isinstance(row, RefusedRow)}
    assert refused == {
        2: ("geometry", "shape.line"),
        3: ("geometry", "shape.too_deep"),
        4: ("geometry", "shape.self_crossing"),
        5: ("geometry", "shape.swapped"),
        6: ("geometry", "shape.missing"),
        7: ("", "geojson.not_a_feature"),
        8: ("网格编码", "grid.no_code"),
        10: ("网格编码", "code.not_text"),
    }
    assert [row.code for row in rows if isinstance(row, GridRecord)] == [f"{COMMUNITY}001", f"{COMMUNITY}007"]


def test_a_property_name_that_lost_its_characters_is_named_until_it_is_mapped(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    content = geojson_bytes([feature({"网格编码": f"{COMMUNITY}001", "网格名\ufffd": "第一网格"}, [SQUARE])])
    (refused,) = read(path, content)
    assert isinstance(refused, RefusedRow)
    assert (refused.column, refused.code) == ("网格名\ufffd", "grid.property_name_damaged")
    mapping = ColumnMapping(ImportKind.GRIDS, {"name": "网格名\ufffd"})
    (record,) = read(path, content, mapping=mapping)
    assert isinstance(record, GridRecord)
    assert (record.code, record.name) == (f"{COMMUNITY}001", "第一网格")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"{", "geojson.not_json"),
        (b'{"type":' * 5_000, "geojson.not_json"),
        (b'{"a":' + b"[" * 100_000, "geojson.not_json"),
        (b'{"type": "FeatureCollection"}', "geojson.no_features"),
        (b'{"type": "Collection", "features": [{}]}', "geojson.no_features"),
        (b'{"type": "FeatureCollection", "features": []}', "geojson.no_features"),
        (b'{"type": "Topology", "objects": {}}', "geojson.topology"),
        (b'{"type": "FeatureCollection", "name": "\xff\xfe\x80"}', "file.encoding"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "geojson.not_json"),
    ],
)
def test_a_file_that_is_no_collection_is_refused_as_a_whole(tmp_path: Path, content: bytes, code: str) -> None:
    assert refusal(tmp_path / "a.geojson", content) == code


def test_a_collection_is_refused_beyond_its_bounds_and_taken_up_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = geojson_bytes([feature({"网格编码": f"{COMMUNITY}{n:03}", "甲": n}, [SQUARE]) for n in range(3)])
    for bound, most, code, told in (
        ("MAX_FEATURES", 3, "file.too_many_rows", {"sheet": "", "rows": 3, "most": 2}),
        ("MAX_PROPERTIES", 2, "file.too_many_columns", {"sheet": "", "most": 1}),
        ("MAX_BYTES", len(content), "geojson.too_large", {"most": (len(content) - 1) >> 20}),
    ):
        with monkeypatch.context() as changed:
            changed.setattr(features, bound, most)
            assert len(list(read(tmp_path / "a.geojson", content))) == 3
            changed.setattr(features, bound, most - 1)
            with pytest.raises(InvalidInput) as refused:
                read(tmp_path / "a.geojson", content)
        assert (refused.value.code, refused.value.params) == (code, {"file": "a.geojson", **told})


def test_a_feature_alone_is_a_file_of_one_row(tmp_path: Path) -> None:
    alone = json.dumps(feature({"网格编码": f"{COMMUNITY}001"}, [SQUARE])).encode()
    (record,) = read(tmp_path / "a.geojson", alone)
    assert isinstance(record, GridRecord)
    assert (record.row, record.code) == (1, f"{COMMUNITY}001")


def test_the_line_of_a_geojson_that_is_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path / "a.geojson", b'{"type": "FeatureCollection",\n"features": [\n}')
    assert refused.value.params == {"file": "a.geojson", "line": 3}


def test_the_system_must_be_told_whatever_the_file_claims(tmp_path: Path) -> None:
    name = "urn:ogc:def:crs:OGC:1.3:CRS84"
    claimed = {"type": "name", "properties": {"name": name}}
    content = geojson_bytes([feature({"网格编码": f"{COMMUNITY}001"}, [SQUARE])], crs=claimed)
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path / "a.geojson", content, crs=None)
    assert (refused.value.code, refused.value.params["declared"]) == ("file.crs_needed", name)
    assert len(list(read(tmp_path / "a.geojson", content))) == 1
    assert refusal(tmp_path / "a.geojson", content, crs="mars") == "crs.unknown"


@pytest.mark.parametrize(
    ("claimed", "told"),
    [
        ({"type": "EPSG", "properties": {"code": 4490}}, "4490"),
        ({"type": "link", "properties": {"href": "gcj02.prj"}}, "gcj02.prj"),
        ("GCJ02", "GCJ02"),
        (None, ""),
    ],
)
def test_the_system_that_a_file_claims_is_told_however_it_is_written(tmp_path: Path, claimed: Any, told: str) -> None:
    content = geojson_bytes([feature({"网格编码": f"{COMMUNITY}001"}, [SQUARE])], crs=claimed)
    with pytest.raises(InvalidInput) as refused:
        read(tmp_path / "a.geojson", content, crs=None)
    declared = str(refused.value.params["declared"])
    assert told in declared and bool(declared) == bool(told)


@pytest.mark.parametrize("told", [{"name": "urn:ogc:def:crs:EPSG::4549"}, {"code": 4549}])
def test_a_system_in_metres_is_refused_by_its_name(tmp_path: Path, told: dict[str, Any]) -> None:
    claimed = {"type": "name", "properties": told}
    content = geojson_bytes([feature({"网格编码": f"{COMMUNITY}001"}, [SQUARE])], crs=claimed)
    assert refusal(tmp_path / "a.geojson", content) == "geojson.projected"


def test_geojson_is_read_in_gb18030_in_a_zip_and_under_any_name(tmp_path: Path) -> None:
    content = json.dumps(json.loads(grids_geojson()), ensure_ascii=False).encode("gb18030")
    (first, _) = read(tmp_path / "网格.txt", zip_bytes({"网格.json": content}))
    assert isinstance(first, GridRecord)
    assert first.name == "第一网格(基础)"


def test_grids_come_from_a_table_with_their_boundary_in_a_cell(tmp_path: Path) -> None:
    ring = ";".join(f"{lon},{lat}" for lon, lat in SQUARE)
    rows = [
        ("网格编码", "网格名称", "网格员", "联系电话", "启用日期", "边界坐标"),
        (f"{COMMUNITY}001", "第一网格", "王丽云", 13800000000, "2026-01-01", ring),
        (f"{COMMUNITY}002", "第二网格", "", "", "", ""),
        (371002002003003, "第三网格", "", "", "", ""),
    ]
    path = tmp_path / "a.xlsx"
    drawn, plain, refused = read(path, workbook_bytes(rows, sheet="网格"))
    assert isinstance(drawn, GridRecord)
    assert isinstance(plain, GridRecord)
    assert isinstance(refused, RefusedRow)
    assert (drawn.worker, drawn.phone) == ("王丽云", "13800000000")
    assert drawn.boundary is not None
    assert plain.boundary is None
    assert (refused.sheet, refused.row, refused.column, refused.code) == ("网格", 4, "网格编码", "code.not_text")
    assert refusal(path, path.read_bytes(), crs=None) == "file.crs_needed"


def test_outlines_of_counties_are_divisions_under_both_kinds(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_bytes(geojson_bytes([feature({"adcode": "371002", "name": "环翠区", "level": "district"}, [SQUARE])]))
    for kind in (ImportKind.DIVISIONS, ImportKind.GRIDS):
        (record,) = read_kind(kind, path, crs="gcj02")
        assert isinstance(record, DivisionRecord)
        assert (record.code, record.name, record.level) == ("371002", "环翠区", "county")
        assert record.boundary is not None
        assert record.boundary.source_crs == "gcj02"
