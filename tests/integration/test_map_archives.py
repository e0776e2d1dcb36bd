"""Base-map files as people bring them: read where they are good, refused with a code where they are not."""

from __future__ import annotations

import gzip
import random
import sqlite3
import struct
import sys
import tracemalloc
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from gridclient.domain.errors import InvalidInput, NotFound
from gridclient.mapview.basemaps import BaseMapFolder, inspect_archive, layer_id, openers
from gridclient.mapview.pmtiles_archive import PMTilesArchive
from gridclient.services.map_port import Bounds, TileArchive
from gridclient.store.mbtiles import MBTilesArchive
from tests.fakes.tile_archives import Place, mvt, png, tiles_around, write_mbtiles, write_pmtiles

READERS = openers(MBTilesArchive)
PICTURES: dict[Place, bytes] = {(1, 1, 0): png((1, 2, 3)), (8, 214, 99): png((4, 5, 6)), (8, 215, 99): png((7, 8, 9))}
SHAPES = tiles_around(range(212, 217), range(97, 102), 8, mvt())


def refused(path: Path) -> str:
    with pytest.raises(InvalidInput) as refusal:
        inspect_archive(path, READERS)
    return refusal.value.code


def opened(kind: str, folder: Path) -> TileArchive:
    if kind == "mbtiles":
        return MBTilesArchive(write_mbtiles(folder / "a.mbtiles", PICTURES, name="甲"))
    return PMTilesArchive(write_pmtiles(folder / "a.pmtiles", PICTURES, name="甲"))


@pytest.mark.parametrize("kind", ["mbtiles", "pmtiles"])
def test_each_tile_is_found_where_it_was_put(kind: str, tmp_path: Path) -> None:
    archive = opened(kind, tmp_path)
    assert {place: archive.tile(*place) for place in PICTURES} == PICTURES
    for absent in ((8, 214, 100), (8, 0, 0), (7, 107, 49), (9, 3, 3), (0, 0, 0), (8, -1, 0), (8, 256, 0), (60, 1, 1)):
        assert archive.tile(*absent) is None
    archive.close()


@pytest.mark.parametrize("kind", ["mbtiles", "pmtiles"])
def test_an_archive_describes_itself(kind: str, tmp_path: Path) -> None:
    archive = opened(kind, tmp_path)
    about = archive.metadata()
    archive.close()
    assert (about.title, about.kind) == ("甲", "raster")
    assert (about.min_zoom, about.max_zoom) == (1, 8)


def test_vector_tiles_come_unpacked_with_their_layers(tmp_path: Path) -> None:
    path = write_pmtiles(tmp_path / "v.pmtiles", SHAPES, vector=True)
    archive = PMTilesArchive(path)
    assert archive.tile(8, 214, 99) == mvt()
    assert archive.metadata().vector_layers == ("water",)
    assert archive.metadata().bounds == Bounds(121, 36, 123, 38)
    archive.close()


def test_mbtiles_says_zooms_and_bounds_itself(tmp_path: Path) -> None:
    said = {"minzoom": "3", "maxzoom": "9", "bounds": "121,36,123,38", "attribution": "<b>国家地理信息</b>"}
    archive = MBTilesArchive(write_mbtiles(tmp_path / "a.mbtiles", PICTURES, **said))
    about = archive.metadata()
    archive.close()
    assert (about.min_zoom, about.max_zoom, about.bounds) == (3, 9, Bounds(121, 36, 123, 38))
    assert about.attribution == "国家地理信息"


def test_reading_leaves_the_file_and_its_folder_as_they_were(tmp_path: Path) -> None:
    path = write_mbtiles(tmp_path / "甲 (1)+#%3f.mbtiles", PICTURES)
    before = path.read_bytes()
    archive = MBTilesArchive(path)
    assert archive.tile(1, 1, 0) == PICTURES[1, 1, 0]
    archive.close()
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_name_of_a_file_does_not_decide_its_kind(tmp_path: Path) -> None:
    path = write_mbtiles(tmp_path / "wrong.pmtiles", PICTURES)
    assert inspect_archive(path, READERS).bytes == path.stat().st_size


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "basemap.not_archive"),
        (b"PK\x03\x04 an office file", "basemap.not_archive"),
        (b"PMTiles\x02" + bytes(200), "basemap.version"),
        (b"PMTiles\x03", "basemap.damaged"),
        (b"PMTiles\x03" + bytes(119), "basemap.damaged"),
        (b"PMTiles\x03" + b"\xff" * 300, "basemap.damaged"),
        (b"SQLite format 3\x00" + b"\xff" * 300, "basemap.damaged"),
    ],
)
def test_what_is_no_archive_is_refused(body: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pmtiles"
    path.write_bytes(body)
    assert refused(path) == code


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.mbtiles") == "basemap.unreadable"


def test_a_database_of_something_else_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table cases (id text)")
    assert refused(path) == "basemap.not_archive"


def test_an_archive_without_a_tile_is_refused(tmp_path: Path) -> None:
    assert refused(write_mbtiles(tmp_path / "a.mbtiles", {})) == "basemap.empty"


@pytest.mark.parametrize("writer", [write_mbtiles, write_pmtiles])
def test_tiles_that_cannot_be_drawn_are_refused(writer: Callable[..., Path], tmp_path: Path) -> None:
    assert refused(writer(tmp_path / "a", {(1, 0, 0): b"<html>no tile</html>"})) == "basemap.tile_format"


def test_an_archive_cut_short_is_refused(tmp_path: Path) -> None:
    path = write_pmtiles(tmp_path / "v.pmtiles", SHAPES, vector=True)
    whole = path.read_bytes()
    for length in range(0, len(whole) - 1, 7):
        path.write_bytes(whole[:length])
        assert refused(path).startswith("basemap.")
    many = {(5, x, 0): b"\x89PNG\r\n\x1a\n" + bytes([x]) * 99 for x in range(32)}
    path.write_bytes(write_pmtiles(path, many).read_bytes()[:-1])
    assert refused(path) == "basemap.damaged"


@pytest.mark.parametrize("kind", ["mbtiles", "pmtiles"])
def test_damaged_bytes_never_raise_anything_else(kind: str, tmp_path: Path) -> None:
    chance = random.Random(11)
    archive = opened(kind, tmp_path)
    archive.close()
    path = tmp_path / f"a.{kind}"
    whole = path.read_bytes()
    for _ in range(150):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            damaged[chance.randrange(min(len(damaged), 1500))] = chance.randrange(256)
        path.write_bytes(damaged)
        try:
            reader = READERS[b"SQLite format 3\x00" if kind == "mbtiles" else b"PMTiles"](path)
        except InvalidInput:
            continue
        for place in PICTURES:
            try:
                reader.tile(*place)
            except InvalidInput as error:
                assert error.code.startswith("basemap.")
        reader.close()


def test_a_view_that_never_ends_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gridclient.store.mbtiles._LIMIT_S", 0.2)
    path = tmp_path / "endless.mbtiles"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(
            "create view tiles as with recursive n(i) as (select 1 union all select i + 1 from n) "
            "select 1 as zoom_level, 0 as tile_column, 0 as tile_row, x'00' as tile_data from n where i < 0"
        )
    assert refused(path) == "basemap.damaged"


def test_tiles_that_are_made_up_in_a_view_cost_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.mbtiles"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("create table metadata(name, value)")
        connection.execute(
            "create view tiles as select 1 zoom_level, 0 tile_column, 0 tile_row, zeroblob(300000000) tile_data"
        )
    tracemalloc.start()
    with pytest.raises(InvalidInput) as refused:
        MBTilesArchive(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (refused.value.code, peak < 64 << 20) == ("basemap.damaged", True)


def test_words_that_are_made_up_in_a_view_cost_no_memory(tmp_path: Path) -> None:
    path = write_mbtiles(tmp_path / "a.mbtiles", PICTURES)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("drop table metadata")
        connection.execute(
            "create view metadata as with recursive n(i) as (select 1 union all select i + 1 from n limit 20) "
            "select 'name' || i as name, hex(zeroblob(8000000)) as value from n"
        )
    tracemalloc.start()
    archive = MBTilesArchive(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    archive.close()
    assert peak < 64 << 20


@pytest.mark.parametrize("entries", [b"\x01" + b"\x80" * 10 + b"\x00" + b"\x01" * 3, b"\x00" * (1 << 20) + b"\x01"])
def test_a_directory_with_endless_numbers_or_without_end_is_damaged(tmp_path: Path, entries: bytes) -> None:
    path = write_pmtiles(tmp_path / "a.pmtiles", {(0, 0, 0): PICTURES[1, 1, 0]})
    body = bytearray(path.read_bytes())
    packed = gzip.compress(entries)
    struct.pack_into("<QQ", body, 8, len(body), len(packed))
    path.write_bytes(bytes(body) + packed)
    assert refused(path) == "basemap.damaged"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows deletes no open file")
def test_a_folder_shows_what_can_be_read_and_forgets_what_is_gone(tmp_path: Path) -> None:
    good = write_pmtiles(tmp_path / "甲 (1)+.pmtiles", PICTURES)
    (tmp_path / "bad.mbtiles").write_bytes(b"SQLite format 3\x00 not really")
    (tmp_path / "readme.txt").write_text("no map", encoding="utf-8")
    folder = BaseMapFolder(tmp_path, READERS)
    assert [layer.layer_id for layer in folder.base_layers()] == [layer_id(good)]
    assert folder.tile(layer_id(good), 1, 1, 0) == PICTURES[1, 1, 0]
    good.unlink()
    assert folder.base_layers() == []
    with pytest.raises(NotFound):
        folder.tile(layer_id(good), 1, 1, 0)
    folder.close()


def test_a_folder_that_is_not_there_holds_no_base_maps(tmp_path: Path) -> None:
    assert BaseMapFolder(tmp_path / "none", READERS).base_layers() == []


@pytest.mark.parametrize(
    ("pattern", "kind", "layers", "place"),
    [
        ("weihai*.pmtiles", "vector", ("coast", "county", "lakes", "land", "province_lines"), (8, 214, 99)),
        ("shanghai*.pmtiles", "vector", ("roads",), (12, 3430, 1673)),
        ("stamen*.pmtiles", "raster", (), (3, 6, 3)),
    ],
)
def test_real_archives_are_read(
    pattern: str, kind: str, layers: tuple[str, ...], place: Place, real_data: Path
) -> None:
    path = next((real_data / "basemap_samples").glob(pattern))
    archive = PMTilesArchive(path)
    assert (archive.metadata().kind, archive.metadata().vector_layers) == (kind, layers)
    assert archive.tile(*place)
    archive.close()
