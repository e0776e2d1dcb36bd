"""What the map says of what lies under the mouse, what a click, box or key on it means, and how its marks are drawn."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import NoReturn

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import StoreUnavailable
from tests.fakes.map_data import (
    MIDDLE,
    SOUTH,
    STEP,
    WEST,
    FakeCase,
    InMemoryMapData,
    checkerboard,
    grid_code,
    middle_of,
    square,
)
from tests.fakes.map_stage import MapStage


def map_of_parents() -> bytes:
    """The checkerboard where one basic grid has a community grid above it and a zone above that, another is special, a
    third has a hole, and one more is tiny."""
    collection = json.loads(checkerboard())
    by_code = {feature["properties"]["code"]: feature for feature in collection["features"]}
    by_code[grid_code("basic", 2, 2)]["properties"]["parent"] = grid_code("community", 1, 1)
    by_code[grid_code("community", 1, 1)]["properties"]["parent"] = grid_code("zone", 0, 0)
    by_code[grid_code("basic", 6, 6)]["properties"] |= {"tier": "special", "special": True}
    lon, lat = middle_of(1, 6)
    hole = [[lon + x * STEP / 4, lat + y * STEP / 4] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
    by_code[grid_code("basic", 1, 6)]["geometry"]["coordinates"].append(hole)
    properties = {"code": "371002001001900", "name": "小格", "tier": "basic"}
    geometry = square(WEST + 1e-4, SOUTH + 1e-4, STEP / 100)
    collection["features"].append({"type": "Feature", "properties": properties, "geometry": geometry})
    return json.dumps(collection).encode()


@pytest.fixture
def data() -> InMemoryMapData:
    lon, lat = middle_of(5, 5)
    lone = FakeCase("case-lone", *middle_of(2, 5), grid_code("basic", 2, 5))
    crowd = [FakeCase(f"case-{n}", lon, lat, grid_code("basic", 5, 5), overdue=n == 0) for n in range(4)]
    return InMemoryMapData(
        geojson=map_of_parents(),
        cases=[lone, *crowd],
        counts={grid_code("basic", 5, 5): (4, 1)},
        unit_marks=[("unit-1", *middle_of(2, 2), "城管中队", "stationed_a", "out")],
    )


def tip_at(map_stage: MapStage, qtbot: QtBot, at: QPoint) -> list[str]:
    """The lines that the map says of what lies there."""
    map_stage.hover(at)
    qtbot.waitUntil(lambda: bool(map_stage.text(".desk-tip")))
    return (map_stage.text(".desk-tip") or "").split("\n")


def test_of_a_grid_is_told_which_ones_it_lies_in_and_that_nothing_is_open(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.set_layers(tier="basic", cases=False)
    map_stage.look_at(*MIDDLE, 13)
    code = grid_code("basic", 2, 2)
    lines = ["basic 2-2", "community 1-1 · zone 0-0 · 甲镇", "网格员 王*", "无在办案件", code]
    assert tip_at(map_stage, qtbot, map_stage.pixel(*middle_of(2, 2))) == lines


def test_a_special_grid_is_one_of_the_basic_tier_and_is_said_to_be_special(map_stage: MapStage, qtbot: QtBot) -> None:
    assert map_stage.state()["grids"]["basic"] == 65
    map_stage.view.set_layers(tier="basic", cases=False)
    map_stage.look_at(*MIDDLE, 12)
    assert tip_at(map_stage, qtbot, map_stage.pixel(*middle_of(6, 6)))[0] == "basic 6-6 · 专属网格"


def test_of_a_case_a_bubble_and_a_unit_is_told_what_they_are(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.set_layers(units=True)
    map_stage.look_at(*MIDDLE, 13)
    map_stage.wait("gridmap.marks.units.length")
    map_stage.settle()
    assert tip_at(map_stage, qtbot, map_stage.pixel(*middle_of(2, 5))) == ["1 件案件，点击查看"]
    assert tip_at(map_stage, qtbot, map_stage.pixel(*middle_of(5, 5))) == ["4 件案件▲ 超期 1"]
    assert tip_at(map_stage, qtbot, map_stage.pixel(*middle_of(2, 2))) == ["城管中队", "出动"]
    map_stage.js("(gridmap.map.setZoom(14, { animate: false }), 0)")
    assert map_stage.text(".desk-tip") is None  # what it said lies elsewhere now


def test_what_is_told_near_the_edge_stands_within_the_map(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.set_layers(cases=False)
    map_stage.look_at(*MIDDLE, 13)
    for at in (QPoint(960, 350), QPoint(500, 640)):
        map_stage.look_at(*MIDDLE, 14)
        tip_at(map_stage, qtbot, at)
        left, top, right, bottom = map_stage.js(
            "(r => [r.left, r.top, r.right, r.bottom])(document.querySelector('.desk-tip').getBoundingClientRect())"
        )
        assert left >= 0 and top >= 0 and right <= 1000 and bottom <= 700
        assert right < at.x() or left > at.x() or bottom < at.y() or top > at.y()


def test_while_a_place_is_picked_nothing_is_said_of_grids(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.set_layers(cases=False)
    map_stage.view.start_picking()
    map_stage.wait("gridmap.mode === 'pick'")
    map_stage.hover(map_stage.pixel(*middle_of(5, 5)))
    map_stage.settle()
    assert map_stage.text(".desk-tip") is None


def test_cases_that_lie_at_one_place_become_the_list_s_box(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.look_at(*middle_of(5, 5), 18)
    map_stage.click(map_stage.pixel(*middle_of(5, 5)))
    map_stage.wait("gridmap.map.getZoom() === gridmap.map.getMaxZoom()")
    map_stage.settle()
    with qtbot.waitSignal(map_stage.bridge.box_selected) as boxed:
        map_stage.click(map_stage.pixel(*middle_of(5, 5)))
    assert boxed.args is not None
    west, south, east, north = boxed.args
    lon, lat = middle_of(5, 5)
    assert west < lon < east < west + 0.001 and south < lat < north < south + 0.001


def test_a_click_in_a_hole_of_a_grid_chooses_the_one_above_it(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.set_layers(tier="basic", cases=False)
    map_stage.look_at(*MIDDLE, 12)
    with qtbot.waitSignal(map_stage.bridge.grid_clicked) as clicked:
        map_stage.click(map_stage.pixel(*middle_of(1, 6)))
    assert clicked.args == [grid_code("community", 0, 3)]
    assert map_stage.ground(*middle_of(1, 6)).startswith("see-through")
    lon, lat = middle_of(1, 6)
    with qtbot.waitSignal(map_stage.bridge.grid_clicked) as clicked:
        map_stage.click(map_stage.pixel(lon + 0.4 * STEP, lat))
    assert clicked.args == [grid_code("basic", 1, 6)]


def test_a_box_that_nobody_drew_is_none_and_escape_gives_it_up(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.select_grid(grid_code("zone", 0, 0), centre=False)
    map_stage.wait("gridmap.state().selected")
    pressed = "document.querySelector('.desk-tools button').getAttribute('aria-pressed')"
    map_stage.js("(document.querySelector('.desk-tools button').click(), 0)")
    assert map_stage.js(pressed) == "true"
    map_stage.press(Qt.Key.Key_Escape)
    map_stage.wait(f"{pressed} === 'false'")
    assert map_stage.state()["selected"] == grid_code("zone", 0, 0)
    map_stage.js("(document.querySelector('.desk-tools button').click(), 0)")
    with qtbot.assertNotEmitted(map_stage.bridge.box_selected, wait=100):
        map_stage.drag(QPoint(400, 300), QPoint(402, 301))
    assert map_stage.js(pressed) == "false"


def test_the_end_of_a_box_is_no_click_on_a_grid(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.look_at(*MIDDLE, 13)
    with (
        qtbot.assertNotEmitted(map_stage.bridge.grid_clicked, wait=200),
        qtbot.waitSignal(map_stage.bridge.box_selected),
    ):
        map_stage.drag(QPoint(400, 300), QPoint(520, 420), Qt.KeyboardModifier.ShiftModifier)
    with qtbot.waitSignal(map_stage.bridge.grid_clicked):
        map_stage.click(map_stage.pixel(*middle_of(3, 3)))


def test_without_cases_the_grids_with_overdue_ones_are_numbered(map_stage: MapStage) -> None:
    texts = "gridmap.marks.groups.marks.getLayers().filter(l => l.options.badge).map(l => l.options.text)"
    checked = "[...document.querySelectorAll('.desk-right input[type=checkbox]')].map(i => [i.name, i.checked])"
    assert map_stage.js(checked) == [["cases", True], ["units", False], ["heat", False]]
    map_stage.view.set_layers(tier="basic", cases=False)
    map_stage.wait("gridmap.state().layer === 'basic'")
    map_stage.settle()
    assert map_stage.js(texts) == ["1"]
    assert map_stage.state()["cases"] == 0
    assert map_stage.js(checked) == [["cases", False], ["units", False], ["heat", False]]


def test_bubbles_that_become_one_stand_in_the_middle_of_their_cases(map_stage: MapStage) -> None:
    lon, lat = middle_of(4, 4)
    map_stage.look_at(lon, lat, 14)
    cells = json.dumps([[1, lon + 8e-4, lat, 1, "beside"], [3, lon, lat, 1, None]])
    ((count, x, y, late, case_id),) = map_stage.js(f"apart(gridmap.map, {cells})")
    assert (count, late, case_id) == (4, 2, None)
    assert (x, y) == (pytest.approx(lon + 2e-4, abs=1e-6), pytest.approx(lat, abs=1e-6))


def test_many_cases_are_told_in_thousands(map_stage: MapStage) -> None:
    assert map_stage.js("[1, 999, 1000, 1250, 9949, 10000, 12600].map(shortCount)") == [
        *("1", "999", "1.0k", "1.3k", "9.9k", "10k", "13k")
    ]


@pytest.mark.parametrize(("status", "token"), [("on_duty", "good"), ("out", "warn-text"), ("inactive", "muted")])
def test_a_unit_s_square_tells_its_kind_and_whether_it_is_there(
    map_stage: MapStage, data: InMemoryMapData, status: str, token: str
) -> None:
    data.unit_marks = [("unit-1", *MIDDLE, "派出所", "stationed_a", status)]
    map_stage.look_at(*MIDDLE, 14)
    map_stage.view.set_layers(units=True)
    map_stage.wait("gridmap.marks.units.length")
    map_stage.settle()
    square = "gridmap.marks.hits.find(h => h.kind === 'unit').layer.options"
    assert map_stage.js(f"[{square}.text, {square}.color === gridmap.tokens.get('{token}')]") == ["驻", True]


def test_of_two_marks_under_the_mouse_the_nearer_is_meant(map_stage: MapStage, qtbot: QtBot) -> None:
    lon, lat = MIDDLE
    pixel = 360 / (256 * 2**17)
    map_stage.look_at(lon, lat, 17)
    cells = [[1, lon + east * pixel, lat, 0, name] for name, east in (("near", 0), ("far", 7))]
    map_stage.js(f"(gridmap.marks.setCells({json.dumps(cells)}), 0)")
    map_stage.wait("gridmap.marks.hits.length === 2")
    for name, east in (("near", 0.0), ("far", 7.0)):
        with qtbot.waitSignal(map_stage.bridge.case_clicked) as clicked:
            map_stage.click(map_stage.pixel(lon + east * pixel, lat))
        assert clicked.args == [name]


def test_an_import_that_is_looked_at_stands_alone(map_stage: MapStage) -> None:
    map_stage.settle()
    assert map_stage.js("gridmap.marks.hits.length")
    map_stage.view.preview([middle_of(5, 5)])  # where cases are
    map_stage.wait("gridmap.preview.active")
    map_stage.settle()
    assert map_stage.js("gridmap.marks.hits.length") == 0
    assert map_stage.js("gridmap.outlines.opacity") < 1
    map_stage.view.preview([(WEST, SOUTH)])  # another guess at its coordinates
    map_stage.settle()
    warns = "l.options?.fillColor === gridmap.tokens.get('warn')"
    drawn = f"Object.values(gridmap.map._layers).filter(l => {warns}).length"
    map_stage.wait(f"{drawn} === 1")
    map_stage.view.clear_preview()
    map_stage.look_at(*MIDDLE, 13)
    assert map_stage.js("gridmap.marks.hits.length")


def test_the_chosen_case_is_drawn_away_from_the_edge_and_the_map_stays_where_it_is_seen(map_stage: MapStage) -> None:
    map_stage.look_at(*MIDDLE, 14)
    still = map_stage.state()["center"]
    map_stage.view.show_case(*MIDDLE, "case-1")
    map_stage.wait("gridmap.marks.chosen?.id === 'case-1'")
    assert map_stage.state()["center"] == still
    lng, lat = map_stage.js("(p => [p.lng, p.lat])(gridmap.map.containerPointToLatLng([8, 350]))")
    map_stage.view.show_case(lng, lat, "case-2")
    map_stage.wait("gridmap.map.latLngToContainerPoint(gridmap.marks.chosen).x >= 45")
    assert map_stage.state()["zoom"] == 14
    map_stage.look_at(*MIDDLE, 16)
    map_stage.view.show_case(WEST - 1, SOUTH, "case-3")
    map_stage.wait("gridmap.map.getBounds().contains(gridmap.marks.chosen)")
    assert map_stage.state()["zoom"] == 16


def test_a_grid_that_is_seen_only_small_is_brought_closer(map_stage: MapStage) -> None:
    map_stage.look_at(*MIDDLE, 11)
    map_stage.view.select_grid(grid_code("basic", 4, 4))
    map_stage.wait("gridmap.map.getZoom() > 13")
    assert map_stage.js(f"gridmap.map.getBounds().contains(gridmap.outlines.boundsOf('{grid_code('basic', 4, 4)}'))")


def test_the_menu_of_base_maps_goes_with_escape_or_a_click_beside_it(map_stage: MapStage, qtbot: QtBot) -> None:
    opener = "document.querySelector('.desk-right > button')"
    hidden = "document.querySelector('.desk-menu').hidden"
    map_stage.js(f"({opener}.click(), 0)")
    assert map_stage.js(hidden) is False
    assert map_stage.js("[document.activeElement.name, document.activeElement.value]") == ["base", "offline"]
    map_stage.view.select_grid(grid_code("zone", 0, 0), centre=False)
    map_stage.wait("gridmap.state().selected")
    map_stage.target.setFocus()
    QTest.keyClick(map_stage.target, Qt.Key.Key_Escape)
    map_stage.wait(hidden)
    assert map_stage.js(f"document.activeElement === {opener}")
    assert map_stage.state()["selected"] == grid_code("zone", 0, 0)
    map_stage.js(f"({opener}.click(), 0)")
    map_stage.click(QPoint(500, 600))
    map_stage.wait(hidden)


def test_without_a_base_map_no_land_is_drawn_and_the_choice_is_remembered(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.js("(document.querySelector('.desk-right > button').click(), 0)")
    with qtbot.waitSignal(map_stage.bridge.layers_changed) as changed:
        map_stage.js("(document.querySelector('input[name=base][value=none]').click(), 0)")
    assert changed.args is not None and changed.args[0]["base"] == "none"
    assert map_stage.js("gridmap.base.land.getLayers().length") == 0
    assert "示意边界，非正式界线" in (map_stage.text(".desk-note") or "")


def test_a_chosen_tier_is_the_one_that_is_pressed(map_stage: MapStage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(map_stage.bridge.layers_changed):
        map_stage.js("(document.querySelector('[data-tier=community]').click(), 0)")
    pressed = "[...document.querySelectorAll('[data-tier][aria-pressed=true]')].map(b => b.dataset.tier)"
    assert map_stage.js(pressed) == ["community"]


def test_the_theme_reaches_the_marks_and_the_box(map_stage: MapStage, data: InMemoryMapData) -> None:
    data.cases = [replace(case, overdue=False) for case in data.cases]
    map_stage.look_at(*MIDDLE, 13)
    map_stage.drag(QPoint(400, 300), QPoint(520, 420), Qt.KeyboardModifier.ShiftModifier)
    map_stage.wait("Boolean(gridmap.box.rectangle)")
    map_stage.view.set_theme("dark")
    map_stage.wait("document.documentElement.classList.contains('dark')")
    map_stage.settle()
    colours = "[gridmap.marks.hits[0].layer.options.fillColor, gridmap.box.rectangle.options.color]"
    accent = map_stage.js("gridmap.tokens.get('accent')")
    assert map_stage.js(colours) == [accent, accent]


def test_the_plus_of_a_keyboard_comes_one_step_closer_though_shift_is_pressed_for_it(map_stage: MapStage) -> None:
    map_stage.look_at(*MIDDLE, 12)
    map_stage.press(Qt.Key.Key_Right)
    map_stage.settle()
    QTest.keyClick(map_stage.target, Qt.Key.Key_Plus, Qt.KeyboardModifier.ShiftModifier)
    map_stage.wait("gridmap.map.getZoom() > 12 && !gridmap.map._animatingZoom")
    map_stage.settle()
    assert map_stage.state()["zoom"] == 13


def test_while_the_map_is_dragged_nothing_is_said(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.set_layers(cases=False)
    map_stage.look_at(*MIDDLE, 13)
    tip_at(map_stage, qtbot, QPoint(500, 350))
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(map_stage.target, left, Qt.KeyboardModifier.NoModifier, QPoint(500, 350))
    for step in range(1, 6):
        QTest.mouseMove(map_stage.target, QPoint(500 - 20 * step, 350))
        qtbot.wait(16)
    map_stage.settle()
    said = map_stage.text(".desk-tip")
    QTest.mouseRelease(map_stage.target, left, Qt.KeyboardModifier.NoModifier, QPoint(400, 350))
    assert said is None


def test_a_box_begins_with_the_left_button_and_on_the_map(map_stage: MapStage, qtbot: QtBot) -> None:
    pressed = "document.querySelector('.desk-tools button').getAttribute('aria-pressed')"
    map_stage.js("(document.querySelector('.desk-tools button').click(), 0)")
    right, left = Qt.MouseButton.RightButton, Qt.MouseButton.LeftButton
    with qtbot.assertNotEmitted(map_stage.bridge.box_selected, wait=100):
        for button, begin in ((right, QPoint(400, 300)), (left, map_stage.spot_of(".desk-legend"))):
            QTest.mousePress(map_stage.target, button, Qt.KeyboardModifier.NoModifier, begin)
            QTest.mouseMove(map_stage.target, begin + QPoint(60, -60))
            qtbot.wait(16)
            QTest.mouseRelease(map_stage.target, button, Qt.KeyboardModifier.NoModifier, begin + QPoint(60, -60))
        assert map_stage.js(pressed) == "true"


def test_one_tiny_grid_does_not_keep_a_tier_from_being_shown(map_stage: MapStage) -> None:
    map_stage.look_at(*MIDDLE, 14)
    assert map_stage.state()["layer"] == "basic"


def test_a_name_stands_in_the_largest_part_of_its_grid_and_nowhere_if_it_is_too_small(map_stage: MapStage) -> None:
    parts = [square(120.0, 36.0, 0.01)["coordinates"], square(121.0, 36.0, 0.1)["coordinates"]]
    shape = json.dumps({"type": "MultiPolygon", "coordinates": parts})
    middle = map_stage.js(f"(p => [p.lng, p.lat])(centroid(shapeOfJson({shape}).rings))")
    assert middle == [pytest.approx(121.05), pytest.approx(36.05)]
    named = "gridmap.marks.groups.marks.getLayers().filter(l => 'offset' in l.options).length"
    for width, drawn in ((30, 0), (60, 1)):
        map_stage.js(f"(gridmap.marks.setNames([[gridmap.map.getCenter(), '竹园村', {width}]]), 0)")
        map_stage.settle()
        assert map_stage.js(named) == drawn


def test_a_place_is_gone_to_also_at_the_same_zoom(map_stage: MapStage) -> None:
    map_stage.look_at(*MIDDLE, 13)
    map_stage.view.centre_on(WEST, SOUTH, 13)
    map_stage.wait(f"Math.abs(gridmap.map.getCenter().lng - {WEST}) < 1e-4")


def test_cases_that_could_not_be_read_are_asked_for_with_the_next_move(
    map_stage: MapStage, data: InMemoryMapData, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_given: object) -> NoReturn:
        raise StoreUnavailable("store.locked")

    map_stage.look_at(*MIDDLE, 13)
    with monkeypatch.context() as locked:
        locked.setattr(data, "cells", failing)
        with qtbot.waitSignal(map_stage.bridge.layer_failed) as failed:
            map_stage.view.refresh("cases")
    assert failed.args == ["cases"]
    asked = data.asked.count("cells")
    map_stage.js("(gridmap.map.panBy([5, 0], { animate: false }), 0)")
    qtbot.waitUntil(lambda: data.asked.count("cells") > asked)
