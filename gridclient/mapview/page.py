"""Makes the map's page with folium: the frame of the map and nothing else. Behaviour is ``gridmap.js``.

Importing folium takes half a second and 50 MB, so the page is made once, when its sources change, and lies beside its
scripts: ``python -m gridclient.mapview.page`` writes it, and a test holds the file to what folium makes today. The
desk itself reads the file (``mapview.routes``) and never imports this module.
"""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any

import folium
from branca.element import MacroElement
from folium.elements import JSCSSMixin
from folium.template import Template

from gridclient.mapview.assets import page_root, refuse_external_assets
from gridclient.mapview.scheme import ORIGIN

PAGE = f"{ORIGIN}/page"
SCRIPTS = ("outlines", "marks", "basemaps", "controls", "tools", "pointer", "gridmap")

# Fixed names: the same sources make the same bytes.
_MAP_ID = "desk"


class OfflineMap(folium.Map):
    """A folium map whose only script and style sheet are the vendored Leaflet."""

    default_js = [("leaflet", f"{PAGE}/vendor/leaflet/leaflet.js")]
    default_css = [("leaflet_css", f"{PAGE}/vendor/leaflet/leaflet.css")]


class GridMapScript(JSCSSMixin, MacroElement):
    """Hands folium's map to our own scripts."""

    default_js = [
        ("qwebchannel", "qrc:///qtwebchannel/qwebchannel.js"),
        *((name, f"{PAGE}/{name}.js") for name in SCRIPTS),
    ]
    default_css = [("gridmap_css", f"{PAGE}/gridmap.css")]
    _template = Template(
        """{% macro script(this, kwargs) %}
            window.gridmap = new GridMap({{ this._parent.get_name() }});
        {% endmacro %}"""
    )

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # branca is untyped
        self._name = "GridMapScript"


def render_page(asset: MacroElement | None = None) -> str:
    """The page as folium makes it, with a policy that lets it run nothing but itself.

    ``asset`` is one more folium element (a plugin); raises ValueError when the page would ask for anything outside.
    """
    frame = OfflineMap(
        [36.0, 118.0],
        zoom_start=7,
        tiles=None,
        zoom_control=False,
        prefer_canvas=True,
        **_leaflet_options(),
    )
    frame._id = _MAP_ID
    frame.add_child(GridMapScript())
    if asset is not None:
        frame.add_child(asset)
    html: str = frame.get_root().render()
    html = "\n".join(line.rstrip() for line in html.splitlines() if line.strip()) + "\n"
    html = html.replace("<html>", '<html lang="zh-CN">', 1)
    html = html.replace("<head>", f"<head>\n{_policy(html)}\n<title>map</title>", 1)
    refuse_external_assets(html)
    return html


def _leaflet_options() -> dict[str, Any]:
    return {
        "minZoom": 4,
        "maxZoom": 19,
        "boxZoom": False,
        "attributionControl": False,
        "zoomAnimation": False,
        "fadeAnimation": False,
        "inertia": False,
    }


def _policy(html: str) -> str:
    """The page's Content-Security-Policy: its own scheme only, and of inline blocks only those that stand in it now."""
    scripts = " ".join(_hashes(html, "script"))
    styles = " ".join(_hashes(html, "style"))
    directives = (
        "default-src 'none'",
        f"script-src grid: qrc: {scripts}",
        f"style-src grid: {styles}",
        "img-src grid: data: blob:",
        "connect-src grid:",
        "font-src grid:",
        "base-uri 'none'",
        "form-action 'none'",
    )
    return f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(directives)}">'


def _hashes(html: str, tag: str) -> list[str]:
    blocks = re.findall(rf"<{tag}>(.*?)</{tag}>", html, flags=re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(block.encode()).digest()).decode() for block in blocks)
    return [f"'sha256-{digest}'" for digest in digests]


if __name__ == "__main__":
    (page_root() / "index.html").write_text(render_page(), encoding="utf-8", newline="\n")
