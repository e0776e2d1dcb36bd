"""What tiles' bytes are taken for, and what an archive's own words and numbers are worth."""

from __future__ import annotations

import gzip
import math

import mapbox_vector_tile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridclient.domain.errors import InvalidInput
from gridclient.services.tile_formats import (
    MVT,
    gunzip,
    media_type,
    plain_tile,
    safe_bounds,
    safe_text,
    safe_title,
    vector_layers,
)

LINE = {"geometry": "LINESTRING (0 0, 4096 4096)", "properties": {"kind": "primary"}}
VECTOR: bytes = mapbox_vector_tile.encode([{"name": "roads", "features": [LINE]}, {"name": "水系", "features": [LINE]}])


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0....", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        (b"\x00\x00\x00\x1cftypavif", "image/avif"),
        (VECTOR, MVT),
        (b"", None),
        (b"<html>", None),
        (b"\x1a\xff\xff", None),
        (b"\x9a" + b"\x80" * 8 + b"\x00" + VECTOR[1:], MVT),  # the first number in ten bytes, as many as any takes
        (b"\x9a" + b"\x80" * 9 + b"\x00" + VECTOR[1:], None),
    ],
)
def test_a_tile_is_known_by_its_bytes(body: bytes, kind: str | None) -> None:
    assert media_type(body) == kind


def test_layers_of_vector_tiles_are_named_once() -> None:
    assert vector_layers([VECTOR, VECTOR]) == ("roads", "水系")


def test_what_a_later_tile_holds_besides_is_passed_over() -> None:
    layer = b"".join((b"\x3d", b"1234", b"\x41", b"12345678", b"\x12\x00", b"\x0a\x05", b"roads"))
    nameless = b"\x1a\x02\x78\x02"
    another_field = b"\x22\x07\x0a\x05roofs"
    assert vector_layers([nameless + another_field + b"\x1a" + bytes([len(layer)]) + layer]) == ("roads",)
    assert vector_layers([b"\x1a\x7f" + layer]) == (), "it is said to be longer than the tile"


def test_a_packed_tile_is_unpacked_and_another_left_alone() -> None:
    assert plain_tile(gzip.compress(VECTOR)) == VECTOR
    assert plain_tile(VECTOR) == VECTOR


def test_a_bomb_is_not_unpacked() -> None:
    with pytest.raises(InvalidInput) as refusal:
        gunzip(gzip.compress(bytes(1_000_000)), limit=10_000)
    assert refusal.value.code == "basemap.damaged"


@pytest.mark.parametrize("cut", [3, 12, -4])
def test_a_cut_tile_is_refused(cut: int) -> None:
    with pytest.raises(InvalidInput):
        gunzip(gzip.compress(VECTOR)[:cut])


@given(st.binary())
def test_any_bytes_get_an_answer(body: bytes) -> None:
    assert media_type(body) in {None, MVT, "image/png", "image/jpeg", "image/webp", "image/avif"}


def test_markup_and_control_signs_are_taken_out_of_texts() -> None:
    assert (
        safe_text('<a href="https://x">© 天地图</a> &amp; 审图号\n\x00GS(2023)1号') == "© 天地图 & 审图号  GS(2023)1号"
    )
    assert safe_text({"not": "text"}) == ""
    assert len(safe_text("长" * 5000)) == 200


@pytest.mark.parametrize(
    ("said", "title"),
    [("鲸园底图", "鲸园底图"), (None, "a (1)+b"), ("", "a (1)+b"), ("x.PMTiles", "x"), (".mbtiles", ".mbtiles")],
)
def test_a_base_map_is_called_by_its_name_or_its_file_s(said: object, title: str) -> None:
    assert safe_title(said, "a (1)+b.pmtiles") == title


numbers = st.floats() | st.integers(-400, 400).map(float)


@given(numbers, numbers, numbers, numbers)
def test_bounds_are_always_a_box_of_the_web_map(west: float, south: float, east: float, north: float) -> None:
    box = safe_bounds(west, south, east, north)
    assert -180 <= box.west < box.east <= 180
    assert -86 < box.south < box.north < 86
    if (
        all(map(math.isfinite, (west, south, east, north)))
        and -180 <= west < east <= 180
        and -85 <= south < north <= 85
    ):
        assert (box.west, box.south, box.east, box.north) == (west, south, east, north)
