"""Base maps on the page: what comes with the program, and what a township brings, as pictures and as shapes."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import NotFound
from gridclient.mapview.assets import read_asset
from gridclient.mapview.basemaps import BaseMapFolder, openers
from gridclient.store.mbtiles import MBTilesArchive
from tests.fakes.map_data import InMemoryMapData
from tests.fakes.map_stage import MapStage, stage
from tests.fakes.tile_archives import mvt, png, tiles_around, write_mbtiles, write_pmtiles

PLACE = (121.5, 37.0)  # inside the tiles, far from the checkerboard
BLOCK = (range(212, 217), range(97, 102), 8)
READERS = openers(MBTilesArchive)


def colour_in_the_middle(map_stage: MapStage) -> str:
    image = map_stage.view.grab().toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2).name()


def choose(map_stage: MapStage, folder: BaseMapFolder, number: int = 0) -> str:
    chosen = folder.base_layers()[number].layer_id
    map_stage.view.set_layers(base=chosen)
    map_stage.wait(f"gridmap.base.chosen === '{chosen}'")
    map_stage.wait("gridmap.base.layer && !gridmap.base.layer.isLoading()")
    map_stage.settle()
    return chosen


@pytest.mark.parametrize("kind", ["mbtiles", "pmtiles"])
def test_pictures_of_an_archive_become_the_base_map(kind: str, qtbot: QtBot, tmp_path: Path) -> None:
    tiles = tiles_around(*BLOCK, png((200, 30, 30)))
    write = write_mbtiles if kind == "mbtiles" else write_pmtiles
    write(tmp_path / f"甲 (1)+.{kind}", tiles)
    folder = BaseMapFolder(tmp_path, READERS)
    with stage(qtbot, InMemoryMapData(), base_maps=folder) as map_stage:
        map_stage.look_at(*PLACE, 9)  # finer than the archive: its tiles are enlarged
        choose(map_stage, folder)
        qtbot.waitUntil(lambda: colour_in_the_middle(map_stage) == "#c81e1e")
        assert map_stage.view.page_errors == []
        assert list(map_stage.view.guard.blocked) == []
    folder.close()


def test_shapes_of_an_archive_become_the_base_map_in_the_desk_s_colours(qtbot: QtBot, tmp_path: Path) -> None:
    write_pmtiles(tmp_path / "v.pmtiles", tiles_around(*BLOCK, mvt("landuse_land")), vector=True)
    write_pmtiles(tmp_path / "w.pmtiles", tiles_around(*BLOCK, mvt("water")), vector=True)
    folder = BaseMapFolder(tmp_path, READERS)
    with stage(qtbot, InMemoryMapData(), base_maps=folder) as map_stage:
        map_stage.look_at(*PLACE, 9)
        assert map_stage.js("typeof protomapsL") == "undefined"  # no first paint waits for it
        choose(map_stage, folder, 1)
        qtbot.waitUntil(lambda: colour_in_the_middle(map_stage) == "#dde7ee")
        map_stage.view.set_theme("dark")
        qtbot.waitUntil(lambda: colour_in_the_middle(map_stage) == "#14191f")
        assert map_stage.view.page_errors == []
    folder.close()


def test_a_theme_that_changes_while_shapes_are_awaited_asks_for_their_library_once(
    qtbot: QtBot, tmp_path: Path
) -> None:
    write_pmtiles(tmp_path / "v.pmtiles", tiles_around(*BLOCK, mvt("water")), vector=True)
    folder = BaseMapFolder(tmp_path, READERS)
    with stage(qtbot, InMemoryMapData(), base_maps=folder) as map_stage:
        chosen = folder.base_layers()[0].layer_id
        map_stage.js(
            "(window.made = 0, gridmap.base._archive ="
            " (make => function (about) { made += 1; return make.call(this, about); })"
            f"(gridmap.base._archive), gridmap.setLayers({{ base: '{chosen}' }}),"
            " gridmap.setTheme('dark'), gridmap.setTheme('light'), 0)"
        )
        map_stage.wait("gridmap.base.layer && !gridmap.base.layer.isLoading()")
        map_stage.settle()
        scripts = "[...document.scripts].filter(s => s.src.includes('protomaps')).length"
        assert (map_stage.js(scripts), map_stage.js("made")) == (1, 1)
    folder.close()


@pytest.mark.parametrize("library", [None, b"", b"throw new Error()", b"var protomapsL = {}"])
def test_a_base_map_whose_library_is_missing_or_useless_gives_way_to_the_offline_one_and_is_told(
    library: bytes | None, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_pmtiles(tmp_path / "v.pmtiles", tiles_around(*BLOCK, mvt("water")), vector=True)
    folder = BaseMapFolder(tmp_path, READERS)

    def without_library(root: Path, name: str) -> tuple[str, bytes]:
        if "protomaps" in name and library is None:
            raise NotFound("map.address", address=name)
        if "protomaps" in name:
            return "text/javascript", library or b""
        return read_asset(root, name)

    with stage(qtbot, InMemoryMapData(), base_maps=folder) as map_stage:
        chosen = folder.base_layers()[0].layer_id
        with monkeypatch.context() as broken:
            broken.setattr("gridclient.mapview.routes.read_asset", without_library)
            with (
                qtbot.waitSignal(map_stage.bridge.layer_failed) as failed,
                qtbot.waitSignal(map_stage.bridge.layers_changed) as kept,
            ):
                map_stage.view.set_layers(base=chosen)
            assert failed.args == ["basemap"]
            assert kept.args is not None and kept.args[0]["base"] == "offline"  # and not told at every start
        assert map_stage.js("[gridmap.base.chosen, gridmap.outlines.opacity]") == ["offline", 1]
        assert map_stage.js("document.querySelector('.desk-menu input[type=radio]:checked').value") == "offline"
        if library is None:
            choose(map_stage, folder)  # the next time it may come
            assert map_stage.js("gridmap.outlines.opacity") < 1
    folder.close()


@pytest.mark.parametrize("damaged", [png()[:20], b"no picture", b""], ids=["cut off", "something else", "none there"])
def test_a_base_map_of_which_no_picture_can_be_drawn_gives_way_and_is_told(
    damaged: bytes, qtbot: QtBot, tmp_path: Path
) -> None:
    here = tiles_around(*BLOCK, damaged) if damaged else {}
    elsewhere = tiles_around(range(0, 2), range(0, 2), BLOCK[2], png((200, 30, 30)))
    write_mbtiles(tmp_path / "a.mbtiles", elsewhere | here, bounds="-180,-85,180,85")
    folder = BaseMapFolder(tmp_path, READERS)
    with stage(qtbot, InMemoryMapData(), base_maps=folder) as map_stage:
        failed: list[str] = []
        map_stage.bridge.layer_failed.connect(failed.append)
        map_stage.look_at(*PLACE, 9)
        map_stage.view.set_layers(base=folder.base_layers()[0].layer_id)
        if damaged:
            qtbot.waitUntil(lambda: failed == ["basemap"])
            map_stage.wait("gridmap.base.chosen === 'offline'")
        else:  # it begins somewhere else
            map_stage.wait("gridmap.base.layer && !gridmap.base.layer.isLoading()")
            map_stage.settle()
            assert failed == []
    folder.close()


def test_a_chosen_base_map_is_drawn_though_the_list_of_them_came_late(qtbot: QtBot, tmp_path: Path) -> None:
    folder = BaseMapFolder(tmp_path, READERS)
    with stage(qtbot, InMemoryMapData(), base_maps=folder) as map_stage:
        write_mbtiles(tmp_path / "a.mbtiles", tiles_around(*BLOCK, png()))
        choose_now = folder.base_layers()[0].layer_id
        map_stage.view.set_layers(base=choose_now)
        map_stage.wait("gridmap.base.chosen === 'offline'")
        map_stage.view.refresh("base")
        map_stage.wait(f"gridmap.base.chosen === '{choose_now}' && !!gridmap.base.layer")
    folder.close()


def test_an_imported_base_map_appears_without_a_restart(qtbot: QtBot, tmp_path: Path) -> None:
    folder = BaseMapFolder(tmp_path, READERS)
    with stage(qtbot, InMemoryMapData(), base_maps=folder) as map_stage:
        titles = "[...document.querySelectorAll('.desk-menu span')].map(n => n.textContent)"
        assert map_stage.js(titles) == ["离线底图", "不用底图"]
        write_mbtiles(tmp_path / "a.mbtiles", tiles_around(*BLOCK, png()), name="鲸园街道底图")
        map_stage.view.refresh("base")
        map_stage.wait(f"{titles}.includes('鲸园街道底图')")
    folder.close()


def test_the_survey_licence_of_a_base_map_is_shown_as_text(qtbot: QtBot, tmp_path: Path) -> None:
    said = {"attribution": "<img src=x onerror=alert(1)>审图号 GS(2023)1号"}
    write_mbtiles(tmp_path / "a.mbtiles", tiles_around(*BLOCK, png()), **said)
    folder = BaseMapFolder(tmp_path, READERS)
    with stage(qtbot, InMemoryMapData(), base_maps=folder) as map_stage:
        choose(map_stage, folder)
        assert "审图号 GS(2023)1号" in (map_stage.text(".desk-note") or "")
        assert map_stage.js("document.querySelectorAll('.desk-note img').length") == 0
    folder.close()


def test_the_land_that_comes_with_the_program_is_drawn(qtbot: QtBot) -> None:
    with stage(qtbot, InMemoryMapData()) as map_stage:
        map_stage.look_at(120.5, 36.9, 9)  # inland
        qtbot.waitUntil(lambda: colour_in_the_middle(map_stage) == "#f5f2ea")
        map_stage.look_at(123.2, 37.6, 9)  # at sea
        qtbot.waitUntil(lambda: colour_in_the_middle(map_stage) == "#dde7ee")
        map_stage.view.set_layers(base="none")
        map_stage.wait("gridmap.base.chosen === 'none'")


@pytest.mark.parametrize(
    ("kind", "nested", "closed"), [("LineString", 0, False), ("MultiLineString", 1, False), ("Polygon", 1, True)]
)
def test_a_coast_that_is_cut_off_is_no_shore_from_its_end_to_its_beginning(
    kind: str, nested: int, *, closed: bool, qtbot: QtBot
) -> None:
    way = "[[120, 36], [121, 37], [122, 36]]"
    line = f"{{type: '{kind}', coordinates: {'[' * nested}{way}{']' * nested}}}"
    with stage(qtbot, InMemoryMapData()) as map_stage:
        across, middle, foot = map_stage.js(
            f"""((shape, pen) => {{
                const scale = 36000, path = pathOf(shape, scale);
                const [width, height] = [0, 1].map((i) => (shape.end[i] - shape.corner[i]) * scale);
                const drawn = (x, y) => pen.isPointInStroke(path, x, y);
                return [width, drawn(width / 2, 0), drawn(width / 2, height)];
            }})(shapeOfJson({line}), document.createElement("canvas").getContext("2d"))"""
        )
    assert round(across) == 200
    assert (middle, foot) == (True, closed)


def test_real_roads_are_drawn_with_their_names(qtbot: QtBot, real_data: Path) -> None:
    folder = BaseMapFolder(real_data / "basemap_samples", READERS)
    number = next(i for i, layer in enumerate(folder.base_layers()) if layer.metadata.title == "shanghai_huangpu")
    with stage(qtbot, InMemoryMapData(), base_maps=folder) as map_stage:
        map_stage.look_at(121.4755, 31.231, 15)
        choose(map_stage, folder, number)
        map_stage.wait("gridmap.base.layer.labelers.getIndex(15)?.tree.all().length > 20")
        boxes = map_stage.js("gridmap.base.layer.labelers.getIndex(15).tree.all().map(b => b.minX)")
        assert None not in boxes  # one label without a place hides all others

        def colours() -> set[str]:
            image = map_stage.view.grab().toImage().scaled(200, 140)
            return {QColor(image.pixel(x, y)).name() for x in range(200) for y in range(30, 110)}

        qtbot.waitUntil(lambda: {"#ffffff", "#f7e3b0"} <= colours())
        assert map_stage.view.page_errors == []
    folder.close()
