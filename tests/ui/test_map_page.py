"""The page as folium makes it: up to date, free of foreign assets, its libraries unchanged, its words all there."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest
from folium.plugins import MarkerCluster

from gridclient.domain.errors import NotFound, StoreUnavailable
from gridclient.mapview.assets import maps_root, page_root, read_asset, refuse_external_assets
from gridclient.mapview.page import render_page
from gridclient.mapview.routes import Routes
from gridclient.mapview.scheme import CHROMIUM_FLAGS, prepare_environment
from gridclient.mapview.words import page_words
from gridclient.ui.theme import DARK, LIGHT
from tests.fakes.map_data import InMemoryMapData

ROOT = page_root()
POLICY = r'Content-Security-Policy" content="([^"]+)"'
HASH = r" 'sha256-[^']+'"


def scripts() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("*.js")))


def test_the_page_is_what_folium_makes_today() -> None:
    fresh = render_page()
    assert (ROOT / "index.html").read_text(encoding="utf-8") == fresh, "run: python -m gridclient.mapview.page"


def test_a_bundle_has_the_page_and_the_base_map_in_its_own_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert (page_root(), maps_root()) == (tmp_path / "resources" / "page", tmp_path / "maps")


def test_a_picture_beside_the_page_s_folder_is_not_given_out(tmp_path: Path) -> None:
    (tmp_path / "page").mkdir()
    for name in ("page/own.png", "page/own.txt", "photo.png"):
        (tmp_path / name).write_bytes(b"x")
    assert read_asset(tmp_path / "page", "own.png") == ("image/png", b"x")
    for address in ("../photo.png", str(tmp_path / "photo.png"), "own.txt"):
        with pytest.raises(NotFound):
            read_asset(tmp_path / "page", address)


def test_every_script_and_style_of_the_page_is_there() -> None:
    addresses = re.findall(r'(?:src|href)="grid://app/page/([^"]+)"', (ROOT / "index.html").read_text(encoding="utf-8"))
    assert len(addresses) == 10
    assert [address for address in addresses if not (ROOT / address).is_file()] == []


def test_a_plugin_with_foreign_assets_is_refused() -> None:
    with pytest.raises(ValueError, match="external asset"):
        render_page(MarkerCluster())


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="https://cdn.example.org/a.js">',
        "<img src='//cdn.example.org/a.png'>",
        "<link HREF=http://cdn.example.org/a.css>",
        '<link href = "https://a">',
    ],
)
def test_foreign_assets_are_found_however_written(markup: str) -> None:
    with pytest.raises(ValueError, match="external asset"):
        refuse_external_assets(markup)


def test_the_page_allows_no_inline_script_but_its_own() -> None:
    html = (ROOT / "index.html").read_text(encoding="utf-8")
    policy = re.search(POLICY, html)
    assert policy is not None
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert "http" not in policy[1]


def test_the_page_goes_out_in_one_piece_and_its_policy_knows_every_block() -> None:
    html = Routes(scripts={"qrc:///qtwebchannel/qwebchannel.js": b"channel();"}).answer("/page/index.html")[1].decode()
    policy, own = (re.search(POLICY, page) for page in (html, (ROOT / "index.html").read_text(encoding="utf-8")))
    assert policy is not None and own is not None
    assert re.sub(HASH, "", policy[1]) == re.sub(HASH, "", own[1]), "nothing else is allowed, and nothing forbidden"
    assert re.findall(r"<script src|<link", html) == []
    for tag, least in (("script", 11), ("style", 5)):
        blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)
        assert len(blocks) >= least
        for block in blocks:
            assert base64.b64encode(hashlib.sha256(block.encode()).digest()).decode() in policy[1]
    assert "url(images/" not in html


def test_a_script_of_qt_that_is_not_there_stays_to_be_asked_for() -> None:
    html = Routes().answer("/page/index.html")[1].decode()
    assert re.findall(r"<script src=[^>]+>", html) == ['<script src="qrc:///qtwebchannel/qwebchannel.js">']


def test_what_the_page_asks_first_goes_with_it_when_the_store_is_there() -> None:
    class Named(InMemoryMapData):
        def outlines(self) -> bytes:
            return json.dumps({"type": "FeatureCollection", "features": [], "name": "</script><!--"}).encode()

    found = r'<script type="application/json" id="(/data/[a-z]+)">(.*?)</script>'
    html = Routes(data=Named()).answer("/page/index.html")[1].decode()
    told = {address: json.loads(body) for address, body in re.findall(found, html)}
    assert set(told) == {f"/data/{name}" for name in ("words", "place", "outlines", "base", "figures")}
    assert told["/data/outlines"]["name"] == "</script><!--"
    assert re.findall(found, Routes().answer("/page/index.html")[1].decode()) == []


def test_an_answer_that_fails_is_left_to_be_asked_for() -> None:
    class Broken(InMemoryMapData):
        def outlines(self) -> bytes:
            raise StoreUnavailable("store.disk_failed")

    html = Routes(data=Broken()).answer("/page/index.html")[1].decode()
    assert 'id="/data/figures"' in html
    assert 'id="/data/outlines"' not in html


def test_vendored_libraries_are_as_published() -> None:
    rows = re.findall(r"\| `([^`]+)` \|.*`([0-9a-f]{64})` \|", (ROOT / "vendor/README.md").read_text(encoding="utf-8"))
    assert len(rows) == 3
    for name, digest in rows:
        assert hashlib.sha256((ROOT / "vendor" / name).read_bytes()).hexdigest() == digest
        assert (ROOT / "vendor" / Path(name).parent / "LICENSE").is_file()


def test_every_word_that_the_scripts_ask_for_is_translated() -> None:
    words = page_words()
    asked = set(re.findall(r"words\.([a-zA-Z_]+)\b(?!\()", scripts()))
    assert asked - set(words) == set()
    dynamic = {"zone", "community", "basic", "auto", "cases", "units", "heat", "on_duty", "out", "inactive"}
    kinds = ("stationed_a", "stationed_b", "department", "office", "community_org", "grid_worker")
    units = {f"unit_{kind}" for kind in kinds}
    assert dynamic | units <= set(words)
    assert set(words) - asked - dynamic - units == set()


def test_every_colour_that_the_scripts_ask_for_is_in_both_themes() -> None:
    css = (ROOT / "gridmap.css").read_text(encoding="utf-8")
    light, dark = (set(re.findall(r"--([\w-]+):", block)) for block in re.findall(r"^:root[^{]*\{([^}]+)\}", css, re.M))
    assert light == dark
    asked = set(re.findall(r"""get\(["']([\w-]+)["']\)""", scripts())) - {"theme"}
    assert asked
    assert asked <= light


def test_the_page_has_the_colours_of_the_desk() -> None:
    css = (ROOT / "gridmap.css").read_text(encoding="utf-8")
    blocks = re.findall(r"^:root[^{]*\{([^}]+)\}", css, re.M)
    for theme, block in zip((LIGHT, DARK), blocks, strict=True):
        page = {name.replace("-", "_"): colour for name, colour in re.findall(r"--([\w-]+): (#\w+)", block)}
        desk = {field.name: str(getattr(theme, field.name)).lower() for field in fields(theme)}
        both = (page.keys() & desk.keys()) - {"green"}  # here that of parks
        assert len(both) > 10
        assert not {name: (page[name], desk[name]) for name in both if page[name] != desk[name]}


def test_importing_the_view_does_not_import_folium() -> None:
    code = "import sys, gridclient.mapview.view; sys.exit('folium' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT.parents[1]).returncode == 0


@pytest.mark.parametrize(("backend", "loaded"), [(None, "none"), ("software", "none"), ("rhi", "")])
def test_only_a_desk_that_a_graphics_card_draws_by_its_administrator_s_word_loads_opengl_on_x11(
    backend: str | None, loaded: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("QT_QUICK_BACKEND")
    if backend is not None:
        monkeypatch.setenv("QT_QUICK_BACKEND", backend)
    monkeypatch.setenv("QT_XCB_GL_INTEGRATION", "as it was")
    del os.environ["QT_XCB_GL_INTEGRATION"]
    prepare_environment()
    assert os.environ.get("QT_XCB_GL_INTEGRATION", "") == loaded


def test_the_environment_keeps_what_the_administrator_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")
    monkeypatch.delenv("QTWEBENGINE_DISABLE_SANDBOX", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000, raising=False)
    prepare_environment()
    prepare_environment()
    flags = os.environ["QTWEBENGINE_CHROMIUM_FLAGS"]
    assert flags == " ".join(["--disable-gpu", *CHROMIUM_FLAGS])
    assert "QTWEBENGINE_DISABLE_SANDBOX" not in os.environ  # an ordinary user keeps the sandbox
