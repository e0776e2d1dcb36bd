"""The three coordinate systems and what each would mean, and whether the places lie where the desk works."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from gridclient.services.import_order import Look
from gridclient.ui.importing.crs_panel import CrsPanel
from gridclient.ui.importing.whereabouts import lies_elsewhere
from gridclient.ui.theme import LIGHT, apply_theme
from tests.fakes.map_data import MIDDLE, SIDE, InMemoryMapData
from tests.ui.fakes.invented_desk import InventedDesk
from tests.ui.importing.import_stage import Stage

PLACE = "122.1195,37.5212"


def test_on_a_low_screen_what_the_choices_mean_is_scrolled_not_squeezed(
    qapp: QApplication, qtbot: QtBot, invented: InventedDesk
) -> None:
    apply_theme(qapp, LIGHT)
    panel = CrsPanel(data=invented.map_data, base_maps=None)
    qtbot.addWidget(panel)
    panel.resize(700, 120)
    panel.show()
    qtbot.waitExposed(panel)
    assert panel.height() == 120
    told = [label for label in panel.findChildren(QLabel) if label.wordWrap() and label.isVisible()]
    assert len(told) > 2
    assert all(label.height() >= label.heightForWidth(label.width()) for label in told)


def named(system: str) -> dict[str, object]:
    """A grid of a file whose makers wrote down their coordinate system, beside what their software declares."""
    ring = [[122.10, 37.50], [122.11, 37.50], [122.11, 37.51], [122.10, 37.50]]
    return {
        "type": "Feature",
        "properties": {"网格名称": "第一网格", "crs": system},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def test_a_system_that_every_row_names_is_chosen_and_drawn_and_said(stage: Stage, tmp_path: Path) -> None:
    file = tmp_path / "grids.geojson"
    declared = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    content = {"type": "FeatureCollection", "crs": declared, "features": [named("GCJ-02"), named("gcj02")]}
    file.write_text(json.dumps(content), encoding="utf-8")
    stage.open(file)
    crs = stage.page.look.crs
    assert crs.value() == "gcj02"
    assert "每一行都写明是 GCJ-02" in crs.declared.text()
    assert stage.page.go.isEnabled() and stage.page.note.text() == ""
    assert stage.has_keyboard(stage.page.check)
    drawn = getattr(crs.view, "drawn", [])
    assert len(drawn) == 1 and b"122.09" in drawn[0]  # half a kilometre from where the numbers are


@pytest.mark.parametrize("systems", [("GCJ-02", "BD-09"), ("GCJ-02", ""), ("高斯", "高斯"), ("", "")])
def test_a_system_that_not_every_row_names_is_asked(stage: Stage, tmp_path: Path, systems: tuple[str, str]) -> None:
    file = tmp_path / "placed.csv"
    rows = [f"{number},路灯不亮,{PLACE},{system}" for number, system in enumerate(systems)]
    file.write_text("\n".join(("编号,标题,经度,纬度,坐标系", *rows)), encoding="utf-8")
    stage.open(file)
    assert stage.page.look.crs.value() == ""
    assert stage.page.note.text() == "请先选择坐标系。"


def test_a_file_whose_next_one_names_nothing_chooses_nothing(stage: Stage, tmp_path: Path) -> None:
    for name, system, chosen in (("one", "坐标系\n1,甲,{},BD09", "bd09"), ("two", "备注\n1,甲,{},一", "")):
        file = tmp_path / f"{name}.csv"
        file.write_text(f"编号,标题,经度,纬度,{system}".format(PLACE), encoding="utf-8")
        stage.open(file)
        assert stage.page.look.crs.value() == chosen


@pytest.mark.parametrize(
    ("place", "said"),
    [
        (PLACE, (False, False)),
        ("120.6391,30.0785", (True, True)),
        ("-71.0587,42.3594", (True, False)),  # outside China nobody is asked for a system
        ("0,0", (False, False)),
    ],
)
def test_a_file_of_another_county_is_said_to_be_one_whatever_its_system(
    stage: Stage, tmp_path: Path, place: str, said: tuple[bool, bool]
) -> None:
    file = tmp_path / "placed.csv"
    file.write_text(f"编号,标题,经度,纬度\n1,路灯不亮,{place}\n2,井盖缺失,{place}\n", encoding="utf-8")
    stage.open(file)
    stage.until(lambda: not stage.jobs.busy)
    words = stage.page.look.remarks.text()
    assert ("没有一处位置在本席位" in words, "换坐标系最多" in words) == said


@pytest.mark.parametrize(("shift", "elsewhere"), [(0.0, False), (SIDE * 0.9, False), (SIDE * 3, True)])
def test_an_area_lies_here_if_any_part_of_it_does(shift: float, elsewhere: bool) -> None:
    lon, lat = MIDDLE
    ring = [[lon + shift + x * SIDE, lat + y * SIDE] for x, y in ((-0.5, 0), (0.5, 0), (0.5, 0.5), (-0.5, 0))]
    areas = {"features": [{"geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}]}
    look = Look("grids", 1, places={"wgs84": json.dumps(areas).encode()})
    assert lies_elsewhere(InMemoryMapData(), look) is elsewhere
    assert not lies_elsewhere(InMemoryMapData(geojson=b'{"features": []}'), look)  # a desk that knows no area yet
