"""The map as an operator works it: real mouse and key events on the real page."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from gridclient.domain.errors import StoreUnavailable
from gridclient.mapview.routes import Place
from gridclient.services.rows import CaseFilter
from tests.fakes.map_data import MIDDLE, SIDE, SOUTH, STEP, WEST, FakeCase, InMemoryMapData, grid_code, middle_of
from tests.fakes.map_stage import MapStage, stage


@pytest.fixture
def data() -> InMemoryMapData:
    lon, lat = middle_of(5, 5)
    lone = FakeCase("case-lone", *middle_of(2, 5), grid_code("basic", 2, 5))
    crowd = [FakeCase(f"case-{n}", lon + n * 3e-4, lat, grid_code("basic", 5, 5), overdue=n == 0) for n in range(4)]
    data = InMemoryMapData(cases=[lone, *crowd])
    data.counts = {
        grid_code("basic", 2, 5): (1, 0),
        grid_code("basic", 5, 5): (4, 1),
        grid_code("zone", 1, 1): (4, 1),
    }
    return data


def test_state_is_what_outside_checks_rely_on(map_stage: MapStage) -> None:
    state = map_stage.state()
    assert set(state) == {"zoom", "center", "layer", "grids", "selected", "cases"}
    assert state["grids"] == {"zone": 4, "community": 16, "basic": 64}
    assert state["selected"] is None
    assert state["cases"] == 5
    assert state["layer"] in {"zone", "community", "basic"}
    assert abs(state["center"]["lng"] - MIDDLE[0]) < SIDE / 8
    assert abs(state["center"]["lat"] - MIDDLE[1]) < SIDE / 8


def test_a_click_chooses_the_grid_of_the_tier_shown(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.set_layers(tier="basic")
    map_stage.wait("gridmap.state().layer === 'basic'")
    map_stage.look_at(*MIDDLE, 13)
    with qtbot.waitSignal(map_stage.bridge.grid_clicked) as clicked:
        map_stage.click(map_stage.pixel(*middle_of(3, 3)))
    assert clicked.args == [grid_code("basic", 3, 3)]
    assert map_stage.state()["selected"] == grid_code("basic", 3, 3)

    map_stage.view.set_layers(tier="zone")
    map_stage.wait("gridmap.state().layer === 'zone'")
    with qtbot.waitSignal(map_stage.bridge.grid_clicked) as clicked:
        map_stage.click(map_stage.pixel(*middle_of(3, 3)))
    assert clicked.args == [grid_code("zone", 0, 0)]


def test_the_desk_s_answer_to_a_click_does_not_move_the_map(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.look_at(WEST, SOUTH, 14)  # the first grids are cut by the edge
    before = map_stage.state()
    with qtbot.waitSignal(map_stage.bridge.grid_clicked) as clicked:
        map_stage.click(map_stage.pixel(*middle_of(0, 0)))
    map_stage.view.select_grid(clicked.args[0] if clicked.args else None)
    map_stage.settle()
    assert map_stage.state() == before | {"selected": grid_code("basic", 0, 0)}


def test_a_click_beside_every_grid_clears_the_choice(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.select_grid(grid_code("zone", 0, 0), centre=False)
    map_stage.wait("gridmap.state().selected")
    with qtbot.waitSignal(map_stage.bridge.grid_clicked) as clicked:
        map_stage.click(QPoint(500, 690))
    assert clicked.args == [""]
    assert map_stage.state()["selected"] is None


def test_hovering_tells_name_worker_counts_and_code(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.set_layers(tier="basic", cases=False)
    map_stage.wait("gridmap.state().layer === 'basic'")
    map_stage.hover(map_stage.pixel(*middle_of(5, 5)))
    qtbot.waitUntil(lambda: bool(map_stage.text(".desk-tip")))
    tip = map_stage.text(".desk-tip") or ""
    for word in ("basic 5-5", "王*", "在办 4", "▲ 超期 1", grid_code("basic", 5, 5)):
        assert word in tip


def test_dragging_pans_and_tells_the_new_view(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.look_at(*MIDDLE, 13)
    before = map_stage.state()["center"]
    with qtbot.waitSignal(map_stage.bridge.view_changed) as moved:
        map_stage.drag(QPoint(500, 350), QPoint(400, 300))
    after = map_stage.state()["center"]
    assert after["lng"] > before["lng"]
    assert after["lat"] < before["lat"]
    assert moved.args is not None
    assert moved.args[0] == pytest.approx(after["lng"])
    assert map_stage.state()["selected"] is None  # a drag is no click


def test_zooming_in_shows_finer_tiers(map_stage: MapStage) -> None:
    shown = []
    for zoom in (9, 11, 14):
        map_stage.look_at(*MIDDLE, zoom)
        shown.append(map_stage.state()["layer"])
    assert shown == ["zone", "community", "basic"]


def test_a_tier_chosen_by_hand_stays_until_auto(map_stage: MapStage, qtbot: QtBot) -> None:
    with qtbot.waitSignal(map_stage.bridge.layers_changed) as changed:
        map_stage.js("(document.querySelector('[data-tier=zone]').click(), 0)")
    assert changed.args is not None
    assert changed.args[0]["tier"] == "zone"
    map_stage.look_at(*MIDDLE, 15)
    assert map_stage.state()["layer"] == "zone"
    map_stage.js("(document.querySelector('[data-tier=auto]').click(), 0)")
    assert map_stage.state()["layer"] == "basic"


def test_figures_colour_the_grids_by_class(map_stage: MapStage, data: InMemoryMapData) -> None:
    code = grid_code("basic", 0, 0)
    asked = data.asked.count("figures")
    shades = []
    for count in (0, 1, 2, 3, 5, 6, 9, 10, 250):
        data.counts = {code: (count, 0)}
        map_stage.view.refresh("figures")
        map_stage.wait(f"gridmap.outlines.figuresOf('{code}')[0] === {count}")
        shades.append(map_stage.js(f"gridmap.outlines.byCode.get('{code}').shade"))
    assert shades == [0, 1, 1, 2, 2, 3, 3, 4, 4]
    assert data.asked.count("figures") == asked + len(shades)


def answered(data: InMemoryMapData, times: int) -> bool:
    return data.asked.count("figures") == times


def test_figures_that_colour_nothing_anew_draw_nothing(
    map_stage: MapStage, data: InMemoryMapData, qtbot: QtBot
) -> None:
    map_stage.view.set_layers(tier="basic")
    map_stage.wait("gridmap.state().layer === 'basic'")
    map_stage.settle()
    map_stage.js(
        "((r, draw) => { window.draws = 0; r._draw = () => { draws += 1; draw.call(r); }; })"
        "(gridmap.outlines.renderer, gridmap.outlines.renderer._draw)"
    )
    before = data.asked.count("figures")
    for nth, count in enumerate((4, 5, 5), start=1):  # of one class
        data.counts = {**data.counts, grid_code("basic", 5, 5): (count, 0)}
        map_stage.view.refresh("figures")
        qtbot.waitUntil(partial(answered, data, before + nth))
        map_stage.settle()
    assert map_stage.js(f"gridmap.outlines.figuresOf('{grid_code('basic', 5, 5)}')") == [5, 0]
    assert map_stage.js("draws") == 0
    data.counts = {}
    map_stage.view.refresh("figures")
    map_stage.wait("draws")
    assert map_stage.ground(*middle_of(5, 5)) == map_stage.ground(*middle_of(6, 6)) == "#efede4"


def test_a_new_colour_in_the_middle_of_a_pinch_is_drawn_where_its_grid_is_seen(map_stage: MapStage) -> None:
    map_stage.view.set_layers(tier="basic")
    map_stage.look_at(*MIDDLE, 12)
    here = map_stage.js(
        f"(p => [p.x, p.y])(gridmap.map.latLngToContainerPoint([{middle_of(6, 6)[1]}, {middle_of(6, 6)[0]}]))"
    )
    before = map_stage.ground(*middle_of(6, 6))
    map_stage.js(  # as Leaflet's own hearing of two fingers does, which this screen has not
        "(m => { m._moveStart(true, false); m._move(m.getCenter(), 13, { pinch: true, round: false }); })(gridmap.map)"
    )
    code = grid_code("basic", 6, 6)
    map_stage.js(f"(gridmap.outlines.recolour({{ '{code}': [12, 0] }}), gridmap.outlines.select(null), 0)")
    map_stage.settle()
    drawn = map_stage.js(
        "(r => [...r._ctx.getImageData("
        f"{here[0]} + 0.1 * gridmap.map.getSize().x, {here[1]} + 0.1 * gridmap.map.getSize().y, 1, 1).data])"
        "(gridmap.outlines.renderer)"
    )
    map_stage.js("(gridmap.map._moveEnd(true), 0)")
    map_stage.settle()
    assert before == "#efede4"
    assert drawn[:3] == [0xBF, 0x3F, 0x3F]
    assert map_stage.ground(*middle_of(6, 6)) == "#bf3f3f"


def test_a_choice_made_elsewhere_is_outlined_and_brought_into_view(map_stage: MapStage) -> None:
    map_stage.look_at(WEST + 0.9 * SIDE, SOUTH + 0.9 * SIDE, 15)
    code = grid_code("basic", 0, 0)
    map_stage.view.select_grid(code)
    map_stage.wait(f"gridmap.state().selected === '{code}'")
    assert map_stage.js(f"gridmap.map.getBounds().contains(gridmap.outlines.boundsOf('{code}'))")
    assert map_stage.js("gridmap.outlines.outline.options.weight") == 3


@pytest.mark.parametrize("there", [False, True])
def test_a_choice_of_a_grid_asks_for_its_cases_once(map_stage: MapStage, data: InMemoryMapData, there: bool) -> None:
    code = grid_code("basic", 5, 5)
    map_stage.look_at(WEST + 0.1 * SIDE, SOUTH + 0.1 * SIDE, 15)
    if there:
        map_stage.view.select_grid(code)
        map_stage.wait(f"gridmap.state().selected === '{code}'")
        map_stage.js("(gridmap.outlines.select(null), 0)")
        map_stage.settle()
    before, asked = map_stage.state()["center"], data.asked.count("cells")
    map_stage.view.select_grid(code, cases=CaseFilter(grid=code))
    map_stage.wait(f"gridmap.state().selected === '{code}'")
    map_stage.settle()
    assert (map_stage.state()["center"] == before) is there
    assert data.asked.count("cells") == asked + 1
    assert sum(map_stage.js("gridmap.marks.cells.map(c => c[0])")) == 4


@pytest.mark.parametrize(("late", "token"), [(2, "accent"), (3, "bad")])
def test_a_bubble_is_red_when_more_than_half_of_it_is_overdue(
    map_stage: MapStage, data: InMemoryMapData, late: int, token: str
) -> None:
    data.cases = [replace(case, overdue=n < late) for n, case in enumerate(data.cases[1:])]
    map_stage.view.refresh_cases(CaseFilter())
    map_stage.settle()
    bubble = "gridmap.marks.hits.find(h => h.cases === 4)"
    assert map_stage.js(f"{bubble}.layer.options.fillColor === gridmap.tokens.get('{token}')")
    assert map_stage.js(f"Boolean({bubble}.layer.options.badge)")


def test_units_that_would_lie_upon_one_another_wait_until_one_comes_closer(
    map_stage: MapStage, data: InMemoryMapData
) -> None:
    lon, lat = middle_of(6, 2)
    data.unit_marks = [(f"unit-{n}", lon + n * 2e-4, lat, f"所 {n}", "office", "on_duty") for n in range(3)]
    map_stage.look_at(lon, lat, 12)
    map_stage.view.set_layers(units=True)
    map_stage.wait("gridmap.marks.units.length === 3")
    map_stage.settle()
    drawn = "gridmap.marks.hits.filter(h => h.kind === 'unit').length"
    assert map_stage.js(drawn) == 1
    map_stage.look_at(lon, lat, 17)
    assert map_stage.js(drawn) == 3


def test_a_click_on_a_case_opens_it(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.look_at(*middle_of(2, 5), 15)
    with qtbot.waitSignal(map_stage.bridge.case_clicked) as clicked:
        map_stage.click(map_stage.pixel(*middle_of(2, 5)))
    assert clicked.args == ["case-lone"]


def test_a_click_on_a_bubble_goes_closer_until_its_cases_come_apart(map_stage: MapStage) -> None:
    map_stage.look_at(*middle_of(5, 5), 13)
    assert sorted(map_stage.js("gridmap.marks.cells.map(c => c[0])")) == [1, 4]
    map_stage.click(map_stage.pixel(middle_of(5, 5)[0] + 4.5e-4, middle_of(5, 5)[1]))
    map_stage.wait("gridmap.map.getZoom() === 15")
    map_stage.look_at(*middle_of(5, 5), 19)
    assert len(map_stage.js("gridmap.marks.cells")) == 4


def test_a_bubble_with_an_overdue_case_is_marked_by_more_than_colour(map_stage: MapStage) -> None:
    map_stage.look_at(*middle_of(5, 5), 13)
    marks = map_stage.js("gridmap.marks.hits.map(h => [h.cases, Boolean(h.layer.options.badge)])")
    assert sorted(marks) == [[1, False], [4, True]]


def test_another_filter_changes_the_cases_drawn(map_stage: MapStage) -> None:
    map_stage.view.refresh_cases(CaseFilter(grid=grid_code("basic", 2, 5)))
    map_stage.wait("gridmap.state().cases === 1")
    map_stage.view.refresh_cases(CaseFilter())
    map_stage.wait("gridmap.state().cases === 5")


def test_shift_and_drag_selects_a_box(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.look_at(*MIDDLE, 13)
    corners = (map_stage.pixel(*middle_of(2, 5)), map_stage.pixel(*middle_of(5, 3)))
    with qtbot.waitSignal(map_stage.bridge.box_selected) as boxed:
        map_stage.drag(*corners, Qt.KeyboardModifier.ShiftModifier)
    west, south = middle_of(2, 3)
    east, north = middle_of(5, 5)
    assert boxed.args == pytest.approx([west, south, east, north], abs=STEP / 10)
    assert map_stage.state()["center"]["lng"] == pytest.approx(MIDDLE[0])  # the map stayed where it was


def test_the_box_button_makes_the_next_drag_a_box(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.look_at(*MIDDLE, 13)
    map_stage.js("(document.querySelector('.desk-tools button').click(), 0)")
    with qtbot.waitSignal(map_stage.bridge.box_selected):
        map_stage.drag(QPoint(400, 300), QPoint(520, 420))
    with (
        qtbot.assertNotEmitted(map_stage.bridge.box_selected, wait=100),
        qtbot.waitSignal(map_stage.bridge.view_changed),
    ):
        map_stage.drag(QPoint(400, 300), QPoint(520, 420))
    map_stage.view.clear_box()
    map_stage.wait("!gridmap.box.rectangle")


def test_keys_move_and_zoom_the_map(map_stage: MapStage) -> None:
    map_stage.look_at(*MIDDLE, 13)
    map_stage.press(Qt.Key.Key_Right)
    map_stage.wait(f"gridmap.map.getCenter().lng > {MIDDLE[0]} + 1e-4")
    map_stage.press(Qt.Key.Key_Plus)
    map_stage.wait("gridmap.map.getZoom() > 13")


def test_escape_gives_up_the_choice(map_stage: MapStage, qtbot: QtBot) -> None:
    map_stage.view.select_grid(grid_code("zone", 0, 0))
    map_stage.wait("gridmap.state().selected")
    with qtbot.waitSignal(map_stage.bridge.grid_clicked) as clicked:
        map_stage.press(Qt.Key.Key_Escape)
    assert clicked.args == [""]


@pytest.mark.parametrize("place", [None, (*MIDDLE, 12.0)])
def test_a_township_s_desk_opens_where_it_was_left_or_on_its_township_and_comes_back_to_that(
    qtbot: QtBot, data: InMemoryMapData, place: Place | None
) -> None:
    data.township = grid_code("zone", 1, 1)  # any area will do
    with stage(qtbot, data, place=place) as made:
        own = {
            "lng": pytest.approx(WEST + SIDE * 3 / 4, abs=SIDE / 50),
            "lat": pytest.approx(SOUTH + SIDE * 3 / 4, abs=SIDE / 50),
        }
        opened = made.state()
        if place is None:
            assert opened["center"] == own
        else:
            assert (opened["center"]["lng"], opened["zoom"]) == (pytest.approx(MIDDLE[0]), 12)
        made.view.select_grid(grid_code("zone", 0, 0))
        made.wait("gridmap.state().selected")
        made.view.select_grid(None)
        made.wait("!gridmap.state().selected")
        made.settle()
        assert made.state()["center"] == own


def test_a_desk_that_cannot_tell_its_township_opens_on_everything(
    qtbot: QtBot, data: InMemoryMapData, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> str:
        raise StoreUnavailable("store.locked")

    monkeypatch.setattr(data, "home", failing)
    with stage(qtbot, data) as made:
        assert made.state()["grids"]["zone"] == 4
        assert made.js("gridmap.map.getBounds().contains(gridmap.outlines.bounds())")


def test_a_desk_without_areas_shows_the_land_that_comes_with_the_program(qtbot: QtBot) -> None:
    empty = InMemoryMapData(geojson=b'{"type": "FeatureCollection", "features": []}')
    with stage(qtbot, empty) as made:
        assert made.js("gridmap.map.getBounds().contains(gridmap.base.around())")
        assert made.view.page_errors == []


def test_the_map_shows_that_it_has_the_keyboard_also_where_land_reaches_its_edge(
    map_stage: MapStage, qtbot: QtBot
) -> None:
    def edge() -> str:
        image = map_stage.view.grab().toImage()
        return image.pixelColor(1, image.height() // 2).name()

    everywhere = "L.rectangle(gridmap.map.getBounds().pad(1), {color: '#123456', fillOpacity: 1, renderer: L.canvas()})"
    map_stage.js(f"({everywhere}.addTo(gridmap.map), 0)")
    qtbot.waitUntil(lambda: edge() == "#123456")
    map_stage.press(Qt.Key.Key_Shift)
    qtbot.waitUntil(lambda: edge() == "#1a5fb4")
