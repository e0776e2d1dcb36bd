"""The map's other uses: themes, picking a place, previewing an import, units, the marked case, beginning and end."""

from __future__ import annotations

import json
import os
import signal
from itertools import combinations, pairwise

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import StoreUnavailable
from gridclient.mapview.view import MapView
from tests.fakes.map_data import (
    MIDDLE,
    SIDE,
    SOUTH,
    WEST,
    FakeCase,
    InMemoryMapData,
    checkerboard,
    grid_code,
    middle_of,
    square,
)
from tests.fakes.map_stage import MapStage, stage


@pytest.fixture
def data() -> InMemoryMapData:
    data = InMemoryMapData()
    data.unit_marks = [("unit-1", *MIDDLE, "甲派出所", "stationed_b", "out")]
    return data


def test_a_theme_changes_without_a_reload(map_stage: MapStage) -> None:
    map_stage.js("(window.same = 1, 0)")
    place = (WEST + 0.55 * SIDE, SOUTH + 0.55 * SIDE)
    light = map_stage.ground(*place)
    map_stage.view.set_theme("dark")
    map_stage.wait("document.documentElement.classList.contains('dark')")
    map_stage.settle()
    assert (light, map_stage.ground(*place)) == ("#efede4", "#2b3136")
    assert map_stage.js("window.same") == 1


def test_a_dark_desk_opens_dark(qtbot: QtBot, data: InMemoryMapData) -> None:
    with stage(qtbot, data, theme="dark") as dark:
        assert dark.js("getComputedStyle(gridmap.map.getContainer()).backgroundColor") == "rgb(20, 25, 31)"
        image = dark.view.grab().toImage()
        assert image.pixelColor(image.width() // 2, image.height() - 3).lightness() < 60


def test_picking_gives_the_place_and_chooses_no_grid(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.look_at(*MIDDLE, 14)
    map_stage.view.start_picking()
    map_stage.wait("gridmap.mode === 'pick'")
    with (
        qtbot.assertNotEmitted(map_stage.bridge.grid_clicked, wait=100),
        qtbot.waitSignal(map_stage.bridge.point_picked) as picked,
    ):
        map_stage.click(QPoint(500, 350))
    assert picked.args == pytest.approx([*MIDDLE], abs=1e-4)
    map_stage.view.stop_picking()
    map_stage.wait("gridmap.mode === 'browse'")
    assert map_stage.text(".desk-banner") is None


def test_escape_gives_up_picking(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.start_picking()
    map_stage.wait("gridmap.mode === 'pick'")
    with qtbot.waitSignal(map_stage.bridge.picking_cancelled):
        map_stage.press(Qt.Key.Key_Escape)
    assert map_stage.js("gridmap.mode") == "browse"


def test_a_name_stands_in_its_grid_and_gives_way_to_a_bubble(map_stage: MapStage, data: InMemoryMapData) -> None:
    offset = (
        "gridmap.marks.groups.marks.getLayers().filter(l => l.options.text === 'community 1-1')"
        ".map(l => l.options.offset)"
    )
    map_stage.look_at(*MIDDLE, 13)
    assert map_stage.js(offset) == [4]
    lon, lat = WEST + 1.5 * SIDE / 4, SOUTH + 1.5 * SIDE / 4
    data.cases = [FakeCase("case-1", lon, lat, grid_code("basic", 2, 2))]
    map_stage.view.refresh("cases")
    map_stage.wait("gridmap.state().cases === 1")
    map_stage.settle()
    assert map_stage.js(offset) == [24]


@pytest.mark.parametrize("east", [0.0, 6.0, -20.0], ids=["in its middle", "beside its number", "at its edge"])
def test_the_ring_of_the_chosen_case_leaves_the_numbers_of_bubbles_free(
    map_stage: MapStage, data: InMemoryMapData, east: float
) -> None:
    lon, lat = MIDDLE
    data.cases = [FakeCase(f"case-{n}", lon, lat, grid_code("basic", 3, 3)) for n in range(120)]
    map_stage.look_at(lon, lat, 13)
    map_stage.view.refresh("cases")
    map_stage.wait("gridmap.state().cases === 120")
    map_stage.view.show_case(lon + east * 360 / (256 * 2**13), lat, "case-1")
    map_stage.wait("gridmap.marks.chosen?.id === 'case-1'")
    map_stage.settle()
    rings = map_stage.js(
        "(() => { const [bubble] = gridmap.marks.hits; return gridmap.marks.groups.marks.getLayers()"
        ".filter(l => l.options.fill === false)"
        ".map(l => [l._point.distanceTo(bubble.layer._point), l._radius, l.options.weight]); })()"
    )
    assert len(rings) == 2
    assert all(radius - weight / 2 - away > 12 for away, radius, weight in rings)  # "120" is 21 px wide
    drawn = map_stage.js(
        "(() => { const found = []; for (let o = gridmap.marks.renderers.marks._drawFirst; o; o = o.next) "
        "found.push(o.layer.options.fill); return found; })()"
    )
    assert drawn[:2] == [False, False] and True in drawn  # under its own triangle and its neighbours' numbers


def test_names_do_not_lie_upon_one_another(map_stage: MapStage) -> None:
    map_stage.look_at(*MIDDLE, 13)
    map_stage.js(
        "(gridmap.marks.setNames([[0, '竹园村'], [8, '西山口村'], [60, '林家庄村']].map(([down, name]) =>"
        " [gridmap.map.containerPointToLatLng([300, 100 + down]), name, 300])), 0)"
    )
    map_stage.settle()
    placed = map_stage.js(
        "gridmap.marks.groups.marks.getLayers().filter(l => 'offset' in l.options)"
        ".map(l => gridmap.map.latLngToContainerPoint(l.getLatLng()).y + l.options.offset)"
    )
    assert len(placed) == 3
    assert min(b - a for a, b in pairwise(sorted(placed))) >= 12


@pytest.mark.parametrize("bar", [".desk-left", ".desk-zoom", ".desk-legend"])
def test_no_name_lies_under_a_bar_of_the_map(map_stage: MapStage, bar: str) -> None:
    map_stage.look_at(*MIDDLE, 13)
    left, top, right, bottom = map_stage.js(
        f"(() => {{ const bar = document.querySelector('{bar}').getBoundingClientRect();"
        " return [bar.left, bar.top, bar.right, bar.bottom]; })()"
    )
    edge = f"gridmap.map.containerPointToLatLng([{(left + right) / 2}, {bottom if top < 200 else top}])"
    map_stage.js(f"(gridmap.marks.setNames([[{edge}, '黄山社区', 300]]), 0)")
    map_stage.settle()
    placed = map_stage.js(
        "gridmap.marks.groups.marks.getLayers().filter(l => 'offset' in l.options)"
        ".map(l => gridmap.map.latLngToContainerPoint(l.getLatLng()).y + l.options.offset - 4)"
    )
    assert len(placed) == 1
    assert not top - 6 < placed[0] < bottom + 6


def test_no_name_lies_under_the_number_of_an_overdue_grid(map_stage: MapStage) -> None:
    map_stage.look_at(*MIDDLE, 13)
    map_stage.js("(gridmap.setLayers({ cases: false }), 0)")
    middle = "gridmap.map.getCenter()"
    map_stage.js(
        f"(gridmap.marks.setBadges(() => [[{middle}, 3]]), gridmap.marks.setNames([[{middle}, '黄山社区', 300]]), 0)"
    )
    map_stage.settle()
    number, name = map_stage.js(
        "['radius', 'offset'].map(part => gridmap.marks.groups.marks.getLayers()"
        ".filter(l => 'offset' in l.options === (part === 'offset')).map(l => l.options[part]))"
    )
    assert (len(number), len(name)) == (1, 1)
    assert abs(name[0] - 4) >= number[0] + 6


@pytest.mark.parametrize(("at", "placed"), [([500, 698], [678]), ([500, 4], [24]), ([8, 350], []), ([500, 350], [350])])
def test_a_name_is_read_whole_or_not_at_all_at_the_edge_of_the_map(
    map_stage: MapStage, at: list[int], placed: list[int]
) -> None:
    map_stage.look_at(*MIDDLE, 13)
    map_stage.js(f"(gridmap.marks.setNames([[gridmap.map.containerPointToLatLng({at}), '开园社区', 300]]), 0)")
    map_stage.settle()
    middles = map_stage.js(
        "gridmap.marks.groups.marks.getLayers().filter(l => 'offset' in l.options)"
        ".map(l => gridmap.map.latLngToContainerPoint(l.getLatLng()).y + l.options.offset - 4)"
    )
    assert middles == pytest.approx(placed, abs=1)


def test_numbers_of_overdue_grids_that_would_lie_on_one_another_become_one(map_stage: MapStage) -> None:
    map_stage.look_at(*MIDDLE, 13)
    map_stage.js("(gridmap.setLayers({ cases: false }), 0)")
    map_stage.js(
        "(gridmap.marks.setBadges(() => [[300, 3], [309, 40], [317, 60], [380, 7]].map(([across, overdue]) =>"
        " [gridmap.map.containerPointToLatLng([across, 200]), overdue])), 0)"
    )
    map_stage.settle()
    placed = map_stage.js(
        "gridmap.marks.groups.marks.getLayers().filter(l => l.options.badge).map(l => [l.options.text,"
        " l._radius, gridmap.map.latLngToContainerPoint(l.getLatLng()).x]).sort((a, b) => a[2] - b[2])"
    )
    assert [words for words, _, _ in placed] == ["103", "7"]
    (_, wide, left), (_, narrow, right) = placed
    assert wide > narrow  # the larger number has room in its ring
    assert right - left > wide + narrow


def test_preview_shows_where_points_would_land(map_stage: MapStage) -> None:
    map_stage.view.preview([(121.0 + n * 1e-4, 36.0) for n in range(5000)])
    map_stage.wait("gridmap.preview.active")
    drawn = map_stage.js("gridmap.preview.layer.getLayers().map(l => l.getLatLng().lng)")
    assert len(drawn) <= 500
    assert (min(drawn), max(drawn)) == pytest.approx((121.0, 121.0 + 4999e-4))
    assert "5000" in (map_stage.text(".desk-banner") or "")
    assert map_stage.js("gridmap.map.getBounds().contains([36.0, 121.2])")
    map_stage.view.clear_preview()
    map_stage.wait("!gridmap.preview.active")
    assert map_stage.text(".desk-banner") is None
    map_stage.wait("gridmap.map.getBounds().contains(gridmap.outlines.bounds())")  # not at a far place without anything


def test_preview_shows_polygons(map_stage: MapStage) -> None:
    feature = {"type": "Feature", "properties": {}, "geometry": square(120.0, 35.0, 0.1)}
    map_stage.view.preview(json.dumps({"type": "FeatureCollection", "features": [feature]}).encode())
    map_stage.wait("gridmap.preview.active")
    assert map_stage.js("gridmap.map.getBounds().contains([35.05, 120.05])")


def test_units_show_when_wanted_and_can_be_clicked(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.look_at(*MIDDLE, 14)
    assert map_stage.js("gridmap.marks.hits.length") == 0
    map_stage.view.set_layers(units=True)
    map_stage.wait("gridmap.marks.units.length === 1")
    with qtbot.waitSignal(map_stage.bridge.unit_clicked) as clicked:
        map_stage.click(map_stage.pixel(*MIDDLE))
    assert clicked.args == ["unit-1"]


def test_a_marked_case_is_brought_into_view(map_stage: MapStage) -> None:
    map_stage.view.show_case(121.5, 36.5, "case-1")
    map_stage.wait("gridmap.marks.chosen?.id === 'case-1'")
    assert map_stage.js("gridmap.map.getBounds().contains([36.5, 121.5])")
    map_stage.view.clear_case()
    map_stage.wait("!gridmap.marks.chosen")


def test_new_outlines_take_the_place_of_the_old(map_stage: MapStage, data: InMemoryMapData) -> None:
    map_stage.view.select_grid(grid_code("basic", 1, 1), centre=False)
    data.geojson = checkerboard(16)
    map_stage.view.refresh("outlines")
    map_stage.wait("gridmap.state().grids.basic === 256")
    assert map_stage.state()["selected"] == grid_code("basic", 1, 1)


def test_heat_is_drawn_when_wanted(map_stage: MapStage) -> None:
    map_stage.view.set_layers(heat=True)
    map_stage.wait("gridmap.marks.visible.heat")
    assert map_stage.js("gridmap.outlines.opacity") < 1


def test_calls_before_the_page_is_up_are_kept(qtbot: QtBot, data: InMemoryMapData) -> None:
    view = MapView(data=data)
    try:
        view.resize(800, 500)
        view.select_grid(grid_code("zone", 1, 1), centre=False)
        view.set_layers(cases=False, tier="community")
        view.centre_on(*MIDDLE, 12)
        with qtbot.waitSignal(view.bridge.page_ready):
            view.show()
        made = MapStage(view, qtbot)
        made.settle()
        state = made.state()
        assert (state["selected"], state["layer"], state["zoom"]) == (grid_code("zone", 1, 1), "community", 12)
    finally:
        view.shutdown()
        view.deleteLater()
        qtbot.wait(20)


def test_a_page_whose_process_dies_comes_back_as_it_was(qtbot: QtBot, map_stage: MapStage) -> None:
    map_stage.view.select_grid(grid_code("zone", 1, 0), centre=False)
    map_stage.wait("gridmap.state().selected")
    with qtbot.waitSignal(map_stage.bridge.page_ready):
        os.kill(map_stage.view.page().renderProcessPid(), signal.SIGKILL)
    map_stage.settle()
    assert map_stage.state()["selected"] == grid_code("zone", 1, 0)


def test_a_store_that_is_not_there_is_told_and_the_map_stands(qtbot: QtBot, data: InMemoryMapData) -> None:
    with stage(qtbot, data) as made:
        data.fault = StoreUnavailable("store.locked")
        with (
            qtbot.waitSignal(made.view.handler.failed) as failed,
            qtbot.waitSignal(made.bridge.layer_failed) as layer,
        ):
            made.view.refresh("figures")
        assert failed.args == ["store.locked"]
        assert layer.args == ["figures"]
        assert made.state()["grids"]["zone"] == 4


def test_a_map_that_nobody_moved_shows_the_whole_county_whatever_size_its_window_takes(map_stage: MapStage) -> None:
    for height in (700, 260, 420, 300, 330, 360, 390, 450):
        map_stage.view.resize(788, height)
        map_stage.wait(f"gridmap.map.getSize().y === {height} && gridmap.fitted.startsWith(gridmap.map.getSize())")
        assert map_stage.js("gridmap.map.getBounds().contains(gridmap.outlines.bounds())"), height
        lowest = map_stage.js("gridmap.map.latLngToContainerPoint(gridmap.outlines.bounds().getSouthWest()).y")
        legend = map_stage.js("document.querySelector('.desk-legend').getBoundingClientRect().top")
        assert height < 300 or lowest < legend, "nothing lies under the legend"
        assert map_stage.js("gridmap.untouched")


def test_in_a_narrow_map_nothing_lies_under_the_second_line_of_its_bars(map_stage: MapStage) -> None:
    map_stage.view.resize(347, 317)
    map_stage.wait("window.innerWidth === 347 && window.innerHeight === 317")
    map_stage.wait(
        "gridmap.map.latLngToContainerPoint(gridmap.outlines.bounds().getNorthWest()).y >= "
        "document.querySelector('.desk-right').getBoundingClientRect().bottom"
    )
    assert map_stage.js("document.querySelector('.desk-right').getBoundingClientRect().top") > 40


def test_in_a_narrow_map_the_bars_keep_to_one_line_and_the_layers_are_in_the_menu(
    map_stage: MapStage, qtbot: QtBot
) -> None:
    map_stage.view.resize(447, 317)
    map_stage.wait("window.innerWidth === 447 && window.innerHeight === 317")
    tops = "[...document.querySelectorAll('.desk-left, .desk-tools, .desk-right')].map(n => n.offsetTop).join()"
    assert map_stage.js(tops) == "10,10,10"
    map_stage.click(map_stage.spot_of(".desk-right > button"))
    map_stage.wait("!document.querySelector('.desk-menu').hidden")
    with qtbot.waitSignal(map_stage.bridge.layers_changed):
        map_stage.click(map_stage.spot_of(".desk-menu input[name=heat]"))
    assert map_stage.js("document.querySelector('.desk-menu input[name=heat]').checked")
    map_stage.view.resize(900, 330)
    map_stage.wait("document.querySelector('.desk-right > label input[name=heat]') !== null")


@pytest.mark.parametrize("size", [(900, 330), (590, 330), (540, 330), (365, 330), (320, 155), (320, 120), (270, 330)])
def test_what_stands_on_the_map_stands_within_it_and_never_over_each_other(
    map_stage: MapStage, size: tuple[int, int]
) -> None:
    map_stage.view.resize(*size)
    map_stage.wait(f"window.innerWidth === {size[0]} && window.innerHeight === {size[1]}")
    # The page is told of its new width a moment after it has it, and before it is painted again.
    map_stage.wait(f"(document.querySelector('.desk-right > label') === null) === {str(size[0] <= 560).lower()}")
    places = map_stage.js(
        "JSON.stringify([...document.querySelectorAll('.desk-control:not([hidden])')].map(one => {"
        "const at = one.getBoundingClientRect();"
        "return [one.className, at.left, at.top, at.right, at.bottom]; }))"
    )
    assert [one for one in json.loads(places) if one[1] < 0 or one[3] > size[0]] == []
    for one, other in combinations(json.loads(places), 2):
        apart = one[1] >= other[3] or other[1] >= one[3] or one[2] >= other[4] or other[2] >= one[4]
        assert apart, (one, other)


@pytest.mark.parametrize("size", [(420, 204), (640, 204), (420, 300), (900, 330)])
def test_a_whole_county_is_shown_with_no_number_under_a_bar(qtbot: QtBot, size: tuple[int, int]) -> None:
    spots = [(column, row) for column in range(0, 8, 2) for row in range(0, 8, 2)]
    data = InMemoryMapData(
        cases=[FakeCase(f"{spot}{n}", *middle_of(*spot), grid_code("basic", *spot)) for spot in spots for n in range(4)]
    )
    with stage(qtbot, data, size=size) as low:
        low.wait("gridmap.marks.hits.length > 3")
        covered = (
            "gridmap.marks.hits.filter(({layer}) => gridmap.controls.boxes().some("
            "box => !aside(box, {...gridmap.map.latLngToContainerPoint(layer.getLatLng()), half: 4, high: 4}))).length"
        )
        assert low.js(covered) == 0
        if size == (420, 204):
            assert low.text(".desk-note") == "示意"
            low.hover(low.spot_of(".desk-note"))
            low.wait("document.querySelector('.desk-note').innerText.includes('示意边界，非正式界线')")


def test_the_menu_of_base_maps_goes_with_a_choice_of_the_mouse_and_stays_while_arrows_look_for_one(
    map_stage: MapStage, qtbot: QtBot
) -> None:
    hidden = "document.querySelector('.desk-menu').hidden"
    map_stage.target.setFocus()
    map_stage.click(map_stage.spot_of(".desk-right > button"))
    map_stage.wait(f"!{hidden} && document.activeElement.value === 'offline'")
    for key, chosen in ((Qt.Key.Key_Down, "none"), (Qt.Key.Key_Up, "offline")):
        with qtbot.waitSignal(map_stage.bridge.layers_changed) as changed:
            QTest.keyClick(map_stage.target, key)
        assert changed.args is not None and changed.args[0]["base"] == chosen
        assert map_stage.js(f"[{hidden}, document.activeElement.value]") == [False, chosen]
    QTest.keyClick(map_stage.target, Qt.Key.Key_Return)
    map_stage.wait(f"{hidden} && document.activeElement.matches('.desk-right > button')")
    map_stage.click(map_stage.spot_of(".desk-right > button"))
    map_stage.wait(f"!{hidden}")
    with qtbot.waitSignal(map_stage.bridge.layers_changed) as changed:
        map_stage.click(map_stage.spot_of(".desk-menu label:last-child span"))
    assert changed.args is not None and changed.args[0]["base"] == "none"
    map_stage.wait(hidden)
