"""A boundary is an area in degrees inside China, or is refused with what is wrong and where."""

from __future__ import annotations

import pytest
import shapely

from gridclient.domain.coordinates import Crs, convert
from gridclient.domain.errors import InvalidInput
from gridclient.exchange.boundaries import boundary, geometry_of_text
from tests.fakes.exchange_files import SQUARE, moved

BOW = [[122.0, 37.0], [122.1, 37.1], [122.1, 37.0], [122.0, 37.1], [122.0, 37.0]]
INNER = [[122.102, 37.502], [122.108, 37.502], [122.108, 37.508], [122.102, 37.508], [122.102, 37.502]]
FAR_HOLE = moved([[lon / 1, lat] for lon, lat in SQUARE], 0.5)


def area(coordinates: object, kind: str = "Polygon") -> dict[str, object]:
    return {"type": kind, "coordinates": coordinates}


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (None, "shape.missing"),
        ({}, "shape.missing"),
        (area([]), "shape.missing"),
        (area(SQUARE, "LineString"), "shape.line"),
        (area([SQUARE], "MultiLineString"), "shape.line"),
        (area(SQUARE[0], "Point"), "shape.point"),
        ({"type": "GeometryCollection", "geometries": []}, "shape.unknown_type"),
        ({"type": ["Polygon"], "coordinates": [SQUARE]}, "shape.unknown_type"),
        (area([[SQUARE]]), "shape.too_deep"),
        (area([[[SQUARE]]], "MultiPolygon"), "shape.too_deep"),
        (area(SQUARE), "shape.malformed"),
        (area([SQUARE], "MultiPolygon"), "shape.malformed"),
        (area([[*SQUARE[:2], "x", *SQUARE[3:]]]), "shape.malformed"),
        (area([[*SQUARE[:2], [122.1], *SQUARE[3:]]]), "shape.malformed"),
        (area([[*SQUARE[:2], [True, False], *SQUARE[3:]]]), "shape.malformed"),
        (area([[*SQUARE[:2], [float("nan"), 37.5], *SQUARE[3:]]]), "shape.malformed"),
        (area([[*SQUARE[:2], [10**400, 37.5], *SQUARE[3:]]]), "shape.malformed"),
        (area([[SQUARE[0], SQUARE[1], SQUARE[0]]]), "shape.ring_short"),
        (area([[[lat, lon] for lon, lat in SQUARE]]), "shape.swapped"),
        (area([[[lon * 1e5, lat * 1e5] for lon, lat in SQUARE]]), "shape.not_degrees"),
        (area([[[lon, lat + 60] for lon, lat in SQUARE]]), "shape.not_degrees"),
        (area([[[lon + 90, lat] for lon, lat in SQUARE]]), "shape.not_degrees"),
        (area([[SQUARE], [SQUARE]], "MultiPolygon"), "shape.self_crossing"),
        (area([[SQUARE], [INNER]], "MultiPolygon"), "shape.parts_overlap"),
        (area([[[122.1, 37.5], [122.2, 37.6], [122.1, 37.5], [122.1, 37.5]]]), "shape.invalid"),
        (area([[[lon - 190, lat] for lon, lat in SQUARE]]), "shape.outside_china"),
        (area([BOW]), "shape.self_crossing"),
        (area([SQUARE, FAR_HOLE]), "shape.hole_outside"),
        (area([[SQUARE], [moved(SQUARE, 0.005)]], "MultiPolygon"), "shape.self_crossing"),
    ],
)
def test_what_is_no_area_is_refused_with_its_reason(geometry: object, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        boundary(geometry, Crs.WGS84)
    assert refused.value.code == code


def test_a_crossing_is_told_with_its_place() -> None:
    with pytest.raises(InvalidInput) as refused:
        boundary(area([BOW]), Crs.WGS84)
    assert float(str(refused.value.params["lon"])) == pytest.approx(122.05)
    assert float(str(refused.value.params["lat"])) == pytest.approx(37.05)


def test_a_square_is_kept_as_it_is() -> None:
    found, notices = boundary(area([SQUARE]), Crs.WGS84)
    assert not notices
    assert shapely.from_wkb(found.wkb).bounds == (122.10, 37.50, 122.11, 37.51)
    assert found.source_wkb is None
    assert shapely.from_wkb(found.wkb).equals(shapely.MultiPolygon([shapely.Polygon(SQUARE)]))


def test_a_grid_in_two_parts_goes_in_with_a_notice() -> None:
    found, notices = boundary(area([[SQUARE], [moved(SQUARE, 0.05)]], "MultiPolygon"), Crs.WGS84)
    assert [notice.code for notice in notices] == ["shape.several_parts"]
    assert shapely.from_wkb(found.wkb).geom_type == "MultiPolygon"
    assert len(shapely.get_parts(shapely.from_wkb(found.wkb))) == 2


def test_an_open_ring_is_closed_and_told() -> None:
    found, notices = boundary(area([SQUARE[:-1]]), Crs.WGS84)
    assert [notice.code for notice in notices] == ["shape.ring_closed"]
    assert shapely.from_wkb(found.wkb).bounds == (122.10, 37.50, 122.11, 37.51)


def test_an_open_triangle_has_corners_enough() -> None:
    found, notices = boundary(area([SQUARE[:3]]), Crs.WGS84)
    assert [(notice.code, notice.params) for notice in notices] == [("shape.ring_closed", {"rings": 1})]
    assert shapely.from_wkb(found.wkb).area == pytest.approx(0.00005)


def test_a_hole_stays_a_hole() -> None:
    found, _ = boundary(area([SQUARE, INNER]), Crs.WGS84)
    assert shapely.from_wkb(found.wkb).area == pytest.approx(0.0001 - 0.000036)


def test_heights_are_left_out() -> None:
    found, _ = boundary(area([[[*place, 12.5] for place in SQUARE]]), Crs.WGS84)
    assert not shapely.from_wkb(found.wkb).has_z


@pytest.mark.parametrize("crs", [Crs.GCJ02, Crs.BD09])
def test_a_shifted_boundary_lands_where_it_was_drawn_and_keeps_its_numbers(crs: Crs) -> None:
    shifted = [list(convert(lon, lat, Crs.WGS84, crs)) for lon, lat in SQUARE]
    found, _ = boundary(area([shifted]), crs)
    assert shapely.from_wkb(found.wkb).bounds == pytest.approx((122.10, 37.50, 122.11, 37.51), abs=1e-7)
    assert found.source_crs == crs.value
    assert found.source_wkb is not None
    assert shapely.from_wkb(found.source_wkb).bounds != pytest.approx(shapely.from_wkb(found.wkb).bounds, abs=1e-4)


@pytest.mark.parametrize(
    "text",
    [
        "122.1,37.5;122.11,37.5;122.11,37.51;122.1,37.51",
        "122.1 37.5\n122.11 37.5\n122.11 37.51\n122.1 37.51\n122.1 37.5",
        "(122.1,37.5);(122.11,37.5);(122.11,37.51);(122.1,37.51);",
        "POLYGON((122.1 37.5, 122.11 37.5, 122.11 37.51, 122.1 37.51, 122.1 37.5))",
        "MULTIPOLYGON(((122.1 37.5, 122.11 37.5, 122.11 37.51, 122.1 37.51, 122.1 37.5)))",
        "[122.1,37.5];[122.11,37.5];[122.11,37.51];[122.1,37.51]",
        "[[122.1,37.5],[122.11,37.5],[122.11,37.51],[122.1,37.51]]",
        "[[[122.1,37.5],[122.11,37.5],[122.11,37.51],[122.1,37.51],[122.1,37.5]]]",
        "[[[[122.1,37.5],[122.11,37.5],[122.11,37.51],[122.1,37.51],[122.1,37.5]]]]",
        '{"type":"Polygon","coordinates":[[[122.1,37.5],[122.11,37.5],[122.11,37.51],[122.1,37.51],[122.1,37.5]]]}',
    ],
)
def test_a_boundary_in_a_cell_is_read_in_the_usual_forms(text: str) -> None:
    found, _ = boundary(geometry_of_text(text), Crs.WGS84)
    assert shapely.from_wkb(found.wkb).bounds == (122.1, 37.5, 122.11, 37.51)


@pytest.mark.parametrize("text", ["122.1;37.5", "122.1,37.5,3;1,2,3", "POLYGON((", "看附件", "{}", "[]", "[[[[[1]]]]]"])
def test_a_boundary_in_a_cell_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        geometry_of_text(text)
    assert refused.value.code == "shape.unreadable_text"


def test_a_long_run_of_blanks_between_positions_is_read_in_one_pass() -> None:
    """A run that is looked at anew from each of its places takes minutes here."""
    gap = " " * 200_000
    found = geometry_of_text(f"122.1,37.5{gap};\n122.2,37.5;122.2{gap}37.6\r\n122.1,37.5")
    assert found["coordinates"] == [[[122.1, 37.5], [122.2, 37.5], [122.2, 37.6], [122.1, 37.5]]]
