"""What becomes of the map page's requests when something is wrong with them, with their answer, or with who asks."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QUrl
from PySide6.QtWebEngineCore import QWebEnginePage
from pytestqt.qtbot import QtBot

from tests.fakes.map_data import InMemoryMapData
from tests.fakes.map_stage import MapStage, stage

PICTURE = "grid://app/page/vendor/leaflet/images/layers.png"


@pytest.fixture
def data() -> InMemoryMapData:
    return InMemoryMapData()


@pytest.fixture
def map_stage(qtbot: QtBot, data: InMemoryMapData) -> Iterator[MapStage]:
    with stage(qtbot, data) as made:
        yield made


def test_a_fault_of_our_own_in_an_answer_is_not_kept_quiet_and_the_page_waits_for_nothing(
    map_stage: MapStage, data: InMemoryMapData, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing() -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(data, "home", failing)
    with qtbot.captureExceptions() as raised:
        map_stage.js("(window.got = '', fetch('/data/place').then(a => { got = a.ok ? 'given' : 'refused' }), 0)")
        map_stage.wait("window.got")
    assert map_stage.js("window.got") == "refused"
    assert [kind for kind, _, _ in raised] == [ZeroDivisionError]


def test_an_answer_that_the_page_waits_for_no_longer_is_dropped(
    map_stage: MapStage, data: InMemoryMapData, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, let_go = threading.Event(), threading.Event()

    def slow() -> str:
        asked.set()
        let_go.wait(30)
        return ""

    monkeypatch.setattr(data, "home", slow)
    another = "(window.got = 0, fetch('/data/words').then(() => { got = 1 }), 0)"
    with qtbot.captureExceptions() as raised:
        map_stage.js(
            "(window.got = 0, window.patience = new AbortController(),"
            " fetch('/data/place', { signal: patience.signal }).catch(() => { got = 1 }), 0)"
        )
        qtbot.waitUntil(asked.is_set)
        map_stage.js("(patience.abort(), 0)")
        map_stage.wait("window.got")
        map_stage.js(another)  # by then the desk has heard of it
        map_stage.wait("window.got")
        let_go.set()
        map_stage.js(another)
        map_stage.wait("window.got")
    assert raised == []


def test_an_answer_goes_to_who_asked_for_it_though_another_was_quicker(
    map_stage: MapStage, data: InMemoryMapData, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_go = threading.Event()

    def slow() -> str:
        let_go.wait(30)
        return "371002001"

    monkeypatch.setattr(data, "home", slow)
    map_stage.js(
        "(window.got = [], ['place', 'base'].map(name => fetch(`/data/${name}`)"
        ".then(answer => answer.json()).then(told => { got.push([name, Object.keys(told)]) })), 0)"
    )
    map_stage.wait("got.length")
    let_go.set()
    map_stage.wait("got.length === 2")
    assert map_stage.js("got") == [["base", ["offline", "layers"]], ["place", ["place", "home"]]]


def test_a_page_from_elsewhere_is_given_nothing(map_stage: MapStage, qtbot: QtBot) -> None:
    own = f"(window.got = '', Object.assign(new Image(), {{ src: '{PICTURE}', onload: () => {{ got = 'seen' }} }}), 0)"
    map_stage.js(own)
    map_stage.wait("window.got")
    foreign = QWebEnginePage(map_stage.view.page().profile())
    try:
        foreign.setHtml(
            f"<img src='{PICTURE}' onload='document.title = \"seen\"' onerror='document.title = \"refused\"'>",
            QUrl("https://page.example.org/"),
        )
        qtbot.waitUntil(lambda: foreign.title() in {"seen", "refused"})
        assert foreign.title() == "refused"
    finally:
        shiboken6.delete(foreign)
