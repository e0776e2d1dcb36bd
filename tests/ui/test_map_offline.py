"""Nothing leaves the machine: what the page may not load, where it may not go, which files it may not read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QObject, QUrl
from PySide6.QtWebEngineCore import QWebEnginePage
from pytestqt.qtbot import QtBot

from gridclient.mapview.network import NetworkGuard, make_profile
from tests.fakes.map_data import InMemoryMapData
from tests.fakes.map_stage import MapStage, stage

OUTSIDE = "https://tiles.example.org"


@pytest.fixture
def map_stage(qtbot: QtBot) -> Iterator[MapStage]:
    with stage(qtbot, InMemoryMapData()) as made:
        yield made


def fetched(map_stage: MapStage, address: str) -> str:
    """``ok <first characters>``, ``refused <status>`` or ``failed`` of a fetch in the page."""
    map_stage.js(
        f"(window.got = null, fetch('{address}').then(async a => {{ got = a.ok ? 'ok ' + (await a.text()).slice(0, 40)"
        " : 'refused ' + a.status }).catch(() => { got = 'failed' }), 0)"
    )
    map_stage.wait("window.got")
    return str(map_stage.js("window.got"))


def test_the_desk_s_own_page_asks_for_nothing_outside(map_stage: MapStage) -> None:
    assert list(map_stage.view.guard.blocked) == []
    assert map_stage.view.guard.allowed >= 2  # the page, its cases
    assert map_stage.view.page_errors == []


def test_a_fetch_to_outside_is_refused(map_stage: MapStage) -> None:
    assert fetched(map_stage, f"{OUTSIDE}/a.json") == "failed"


@pytest.mark.parametrize(
    "element",
    [
        f"Object.assign(new Image(), {{src: '{OUTSIDE}/a.png'}})",
        f"Object.assign(document.createElement('script'), {{src: '{OUTSIDE}/a.js'}})",
        f"Object.assign(document.createElement('link'), {{rel: 'stylesheet', href: '{OUTSIDE}/a.css'}})",
        f"Object.assign(document.createElement('iframe'), {{src: '{OUTSIDE}/a.html'}})",
    ],
)
def test_a_hostile_asset_is_not_loaded(map_stage: MapStage, element: str) -> None:
    map_stage.js(
        "(window.broken = 0, document.addEventListener('securitypolicyviolation', () => { broken += 1 }),"
        f"document.body.append({element}), 0)"
    )
    map_stage.wait("window.broken")
    assert map_stage.js("window.broken") == 1


def test_a_script_written_into_the_page_does_not_run(map_stage: MapStage) -> None:
    map_stage.js(
        "(window.ran = 0, document.body.append(Object.assign(document.createElement('script'), {text: 'ran = 1'})),"
        " document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"ran = 1\">'), 0)"
    )
    map_stage.settle()
    assert map_stage.js("window.ran") == 0


def test_the_guard_blocks_and_notes_what_no_policy_stops(qtbot: QtBot) -> None:
    owner = QObject()
    guard = NetworkGuard(parent=owner)
    page = QWebEnginePage(make_profile(guard=guard, parent=owner))
    try:
        wanted = {f"{OUTSIDE}/a.png", f"{OUTSIDE}/a.js", f"{OUTSIDE}/a.html", "wss://tiles.example.org/"}
        page.setHtml(
            f"<img src='{OUTSIDE}/a.png'><script>new WebSocket('wss://tiles.example.org/')</script>"
            f"<script src='{OUTSIDE}/a.js'></script><iframe src='{OUTSIDE}/a.html'></iframe>",
            QUrl("https://page.example.org/"),
        )
        qtbot.waitUntil(lambda: wanted <= set(guard.blocked))
    finally:
        shiboken6.delete(page)
        owner.deleteLater()
        qtbot.wait(20)


def test_the_page_cannot_go_elsewhere(map_stage: MapStage) -> None:
    map_stage.js(f"(window.stays = 1, location.href = '{OUTSIDE}/', 0)")
    map_stage.js("(window.open('https://tiles.example.org/'), 0)")
    map_stage.settle()
    assert map_stage.js("window.stays") == 1


@pytest.mark.parametrize(
    "address",
    [
        "/page/../../../pyproject.toml",
        "/page/..%2f..%2fpyproject.toml",
        "/page/%2e%2e/%2e%2e/pyproject.toml",
        "/page/..\\\\..\\\\pyproject.toml",
        "/page//etc/passwd",
        "/maps/../gridclient/__init__.py",
        "/maps/%00",
        "/page/vendor",
        "/data/nothing",
        "/data/cases?b=1,2,3&z=4",
        "/data/cases?b=9,9,1,1&z=4",
        "/data/cases?b=0,0,1,1&z=x",
        "/tiles/none/1/2/3",
        "/",
    ],
)
def test_an_address_that_is_none_is_refused(map_stage: MapStage, address: str) -> None:
    assert fetched(map_stage, address) == "refused 404"


def test_another_host_of_the_scheme_has_nothing(map_stage: MapStage) -> None:
    assert fetched(map_stage, "grid://other/page/index.html") == "refused 403"


def test_nothing_can_be_posted(map_stage: MapStage) -> None:
    map_stage.js("(window.got = 0, fetch('/data/words', {method: 'POST', body: 'x'}).then(a => { got = a.status }), 0)")
    map_stage.wait("window.got")
    assert map_stage.js("window.got") == 403
